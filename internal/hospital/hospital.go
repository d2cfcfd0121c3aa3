// Package hospital is the building: it opens the database, hangs every room on the
// site, and wires what happens after a commit and by the clock. Who wants to know
// what the house consists of reads this one list.
package hospital

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/assets"
	"houqin/internal/assets/assetsweb"
	"houqin/internal/base/authority"
	"houqin/internal/base/backup"
	"houqin/internal/base/courier"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/jobs"
	"houqin/internal/base/period"
	"houqin/internal/base/seal"
	"houqin/internal/base/sheet"
	"houqin/internal/base/ui"
	"houqin/internal/base/watch"
	"houqin/internal/base/web"
	"houqin/internal/base/words"
	"houqin/internal/calendar"
	"houqin/internal/calendar/calendarweb"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/counting"
	"houqin/internal/counting/countingweb"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
	"houqin/internal/disposal"
	"houqin/internal/disposal/disposalweb"
	"houqin/internal/distribution"
	"houqin/internal/distribution/distributionweb"
	"houqin/internal/files"
	"houqin/internal/files/filesweb"
	"houqin/internal/inbox/inboxweb"
	"houqin/internal/intake"
	"houqin/internal/intake/intakeweb"
	"houqin/internal/messages"
	"houqin/internal/messages/messagesweb"
	"houqin/internal/people"
	"houqin/internal/people/peopleweb"
	"houqin/internal/places"
	"houqin/internal/places/placesweb"
	"houqin/internal/purchasing"
	"houqin/internal/purchasing/purchasingweb"
	"houqin/internal/receiving"
	"houqin/internal/receiving/receivingweb"
	"houqin/internal/requests"
	"houqin/internal/requests/requestsweb"
	"houqin/internal/rules"
	"houqin/internal/rules/rulesweb"
	"houqin/internal/suppliers"
	"houqin/internal/suppliers/suppliersweb"
	"houqin/internal/wardstores"
	"houqin/internal/wardstores/wardstoresweb"
	"houqin/internal/warehouse"
	"houqin/internal/warehouse/warehouseweb"
)

//go:embed words/*.json
var own embed.FS

// Version of the program; the build sets it.
var Version = "dev"

// Config is how one hospital is run.
type Config struct {
	DB      string // path of an SQLite file, or postgres://…
	Data    string // folder for files and keys
	Store   string // folder or s3://… for files; default files in Data
	Scanner string // unix:/path or host:port of a virus scanner (clamd); "" for none
	Address string // how people reach the site, for codes and messages
	Demo    bool
	Secure  bool // cookies only over HTTPS
	// SealHash is the digest of new seals, one of seal.Algorithms; "" is the first.
	SealHash string
	Log      *slog.Logger
	// KeyFile holds the keys that seal what must not be read from the database; default
	// "keys" beside an SQLite file, else in Data. Keys, when set, is their text itself and comes first.
	KeyFile, Keys string
	// Mail is where letters are handed in; Reach are networks of the hospital's own that
	// messages may go to.
	Mail  courier.Mailbox
	Reach []netip.Prefix
}

// Migrations of every room, from the ground floor up.
var Migrations = []fs.FS{
	rules.Migrations,
	departments.Migrations,
	calendar.Migrations,
	catalog.Migrations,
	suppliers.Migrations,
	places.Migrations,
	people.Migrations,
	files.Migrations,
	messages.Migrations,
	approvals.Migrations,
	warehouse.Migrations,
	disposal.Migrations,
	distribution.Migrations,
	counting.Migrations,
	assets.Migrations,
	requests.Migrations,
	wardstores.Migrations,
	purchasing.Migrations,
	receiving.Migrations,
	desk.Migrations,
	intake.Migrations,
}

// Texts of every counter.
var Texts = []fs.FS{
	web.WordFiles,
	ui.WordFiles,
	sheet.Words,
	backup.Words,
	authority.Words,
	seal.Words,
	rulesweb.Words,
	departmentsweb.Words,
	calendarweb.Words,
	catalogweb.Words,
	suppliersweb.Words,
	placesweb.Words,
	peopleweb.Words,
	filesweb.Words,
	messagesweb.Words,
	approvalsweb.Words,
	warehouseweb.Words,
	disposalweb.Words,
	distributionweb.Words,
	countingweb.Words,
	assetsweb.Words,
	requestsweb.Words,
	wardstoresweb.Words,
	purchasingweb.Words,
	receivingweb.Words,
	deskweb.Words,
	inboxweb.Words,
	intakeweb.Words,
	own,
}

// Hospital is one hospital, open for work.
type Hospital struct {
	DB   *db.DB
	Site *web.Site
	Jobs *jobs.Runner
	// Watch writes down what concerns safety.
	Watch *watch.Watchman
	// Files keeps photos and documents; Office carries imports out, Messages what leaves the house.
	Files    *files.Store
	Office   *intake.Office
	Messages *messages.Office
	cfg      Config
	learner  learner
	// Keyless names the key under which the database holds something sealed and that is
	// not here; "" when all is well.
	Keyless string
}

// Open opens the database, brings it up to date and hangs every room on the site.
// Nothing runs yet: Start does.
func Open(ctx context.Context, cfg Config) (*Hospital, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if !db.IsPostgres(cfg.DB) {
		if err := os.MkdirAll(filepath.Dir(cfg.DB), 0o750); err != nil {
			return nil, err
		}
	}
	d, err := db.Open(cfg.DB)
	if err != nil {
		return nil, err
	}
	d.Log = cfg.Log
	if err := d.Migrate(ctx, Migrations...); err != nil {
		d.Close()
		return nil, err
	}
	h := &Hospital{DB: d, Jobs: jobs.New(d, cfg.Log), cfg: cfg}
	if err := h.furnish(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return h, nil
}

// Book is every word of the building.
func Book(zone *time.Location) (*words.Book, error) {
	b := &words.Book{Zone: zone}
	for _, t := range Texts {
		if err := b.Add(t); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (h *Hospital) furnish(ctx context.Context) error {
	if err := hooks(); err != nil {
		return err
	}
	book, err := Book(h.DB.Zone)
	if err != nil {
		return err
	}
	s := web.New(h.DB, book, h.cfg.Log)
	if err := h.unlock(ctx); err != nil {
		return err
	}
	if err := h.DB.Do(ctx, db.System("start"), func(tx *db.Tx) error {
		return errors.Join(people.EnsureRoles(ctx, tx, Roles), rules.List(ctx, tx, Claims), rules.Carry(ctx, tx, "approvals.window", approvals.Window))
	}); err != nil {
		return err
	}
	s.Version, s.Demo, s.Secure, s.Address = Version, h.cfg.Demo, h.cfg.Secure, h.cfg.Address
	s.Hospital = "后勤"
	s.Rule = func(clause string) string { return "/rules/" + clause }
	h.Site = s
	if h.Files, err = files.Open(ctx, h.cfg.Files()); err != nil {
		return err
	}
	if h.Files.Scanner, err = files.OpenScanner(h.cfg.Scanner); err != nil {
		return err
	}
	h.Office = intake.NewOffice(h.DB, h.cfg.Log)
	h.Office.Wire(h.Jobs)
	h.Messages = &messages.Office{DB: h.DB, Courier: courier.New(h.cfg.Reach, h.cfg.Mail, h.DB.Now), Words: book.In(words.Langs[0]), Address: h.cfg.Address}
	h.Messages.Wire(h.Jobs)
	h.rooms(s)
	h.clock()
	return nil
}

// rooms hangs the counters on the site.
func (h *Hospital) rooms(s *web.Site) {
	door, counter := peopleweb.New(s, Permissions), deskweb.New()
	counter.Files = h.Files
	counter.Advice.Wanted = make(chan struct{}, 1)
	h.learner.counter = counter
	door.Forget, door.Prove = messages.Forget, ProveTrail
	s.Phones = &deskweb.Phones
	if h.cfg.Demo {
		door.Demo = demoRoles
		s.Room([]web.Route{{At: "GET /ui", Need: web.SignedIn, Do: gallery, PageOnly: true}})
	}
	s.Who, s.Nav, s.Home = door.Visitor, h.nav, start
	s.Room([]web.Route{{At: "GET /{$}", Need: web.Anyone, Do: front, PageOnly: true}, {At: "GET /begin", Need: web.SignedIn, Do: begin, PageOnly: true}})
	for _, routes := range [][]web.Route{
		book().Routes(),
		departmentsweb.Routes,
		placesweb.Routes,
		door.Routes(),
		calendarweb.Routes,
		catalogweb.Routes,
		suppliersweb.Routes,
		filesweb.New(h.Files, guard).Routes(),
		approvalsweb.New(h.Files, papers).Routes(),
		warehouseweb.Routes,
		disposalweb.Routes,
		distributionweb.Routes,
		countingweb.Routes,
		assetsweb.Routes,
		requestsweb.Routes,
		wardstoresweb.Routes,
		purchasingweb.Routes,
		receivingweb.Routes,
		counter.Routes(),
		inboxweb.Routes,
		intakeweb.New(h.Office).Routes(),
		messagesweb.New(h.Messages).Routes(),
	} {
		s.Room(routes)
	}
	for _, pickers := range []func(*web.Site){
		departmentsweb.Pickers,
		placesweb.Pickers,
		peopleweb.Pickers,
		catalogweb.Pickers,
		suppliersweb.Pickers,
		warehouseweb.Pickers,
		disposalweb.Pickers,
		distributionweb.Pickers,
		assetsweb.Pickers,
		requestsweb.Pickers,
		wardstoresweb.Pickers,
		deskweb.Pickers,
	} {
		pickers(s)
	}
}

// guard says who sees the files of a record: whoever sees the record.
var guard = files.Guard{
	desk.Noun: func(ctx context.Context, r db.Reader, by db.Actor, job string) error {
		_, err := desk.Get(ctx, r, by, job)
		return err
	},
	desk.NoticeNoun: func(ctx context.Context, r db.Reader, by db.Actor, notice string) error {
		if !by.May(desk.MayDispatch) {
			return fault.New(fault.Forbidden, "base.need", desk.MayDispatch)
		}
		_, err := desk.NoticeOf(ctx, r, by, notice)
		return err
	},
	"assets.card":       assets.Visible,
	purchasing.NeedNoun: purchasing.NeedVisible, purchasing.PlanNoun: purchasing.Visible, purchasing.EnquiryNoun: purchasing.Visible, purchasing.Noun: purchasing.Visible,
	receiving.Noun: receiving.Visible, receiving.InvoiceNoun: receiving.InvoiceVisible,
	approvals.Noun: func(ctx context.Context, r db.Reader, by db.Actor, id string) error {
		_, err := approvals.Get(ctx, r, by, id)
		return err
	},
}

// demoRoles are the buttons on the demo's door: somebody of the invented staff each.
// Their numbers are those that the demo's builder gives out.
var demoRoles = []peopleweb.DemoRole{
	{Number: "1065", Role: "ward", Icon: "heart"}, {Number: "1040", Role: "dispatcher", Icon: "phone-call"}, {Number: "1045", Role: "technician", Icon: "tool"},
	{Number: "1036", Role: "storekeeper", Icon: "package"}, {Number: "1033", Role: "director", Icon: "dashboard"}, {Number: "1001", Role: "head_nurse", Icon: "users"},
	{Number: "1161", Role: "planner", Icon: "clipboard-list"}, {Number: "1162", Role: "buyer", Icon: "truck"}, {Number: "1164", Role: "property_accountant", Icon: "calculator"},
	{Number: "1163", Role: "finance", Icon: "receipt"}, {Number: "1034", Role: "section_head", Icon: "hierarchy"}, {Number: "1160", Role: "vice_president", Icon: "gavel"}, {Number: "1158", Role: "president", Icon: "award"}, {Number: "1159", Role: "secretary", Icon: "stamp"}, {Number: "1035", Role: "data_clerk", Icon: "edit"},
	{Number: "1028", Role: "administrator", Icon: "settings"}, {Number: "1029", Role: "security_admin", Icon: "shield"}, {Number: "1030", Role: "audit_admin", Icon: "history"}, {Number: "1039", Role: "auditor", Icon: "eye"},
}

// keysKept is how long a repeated submit is still recognised.
const keysKept = 7 * 24 * time.Hour

// clock is the work that comes round by itself.
func (h *Hospital) clock() {
	h.Jobs.Every("base.forget_keys", time.Hour, func(ctx context.Context, tx *db.Tx) error {
		return db.ForgetKeys(ctx, tx, period.At(tx.Now.Add(-keysKept)))
	})
	h.Jobs.Every("base.statistics", time.Hour, db.KeepStatistics)
	h.seals()
	h.Jobs.Every("rules.measure", time.Hour, func(ctx context.Context, tx *db.Tx) error { return jobs.Later(ctx, tx, rules.MeasureDue{}) })
	jobs.Outside(h.Jobs, func(ctx context.Context, _ rules.MeasureDue) error { return h.Measure(ctx) })
	h.guards()
	h.Jobs.Every("approvals.chase", 5*time.Minute, approvals.Chase)
	h.Jobs.Every("approvals.refresh", 5*time.Minute, approvals.Refresh)
	h.Jobs.Every("approvals.debts", time.Hour, approvals.ReportDebts)
	h.Jobs.Every("counting.begin", time.Hour, counting.BeginDue)
	h.Jobs.Every("desk.chase", time.Minute, desk.Chase)
	h.Jobs.Every("desk.standing", 10*time.Minute, desk.RaiseDue)
	h.Jobs.Every("people.sweep", 24*time.Hour, people.Sweep)
	h.Jobs.Every("desk.forget_guests", 24*time.Hour, desk.ForgetGuests)
	h.Jobs.Every("files.sweep", 24*time.Hour, func(ctx context.Context, tx *db.Tx) error { return jobs.Later(ctx, tx, files.SweepDue{}) })
	h.Jobs.Every("files.rescan", 5*time.Minute, func(ctx context.Context, tx *db.Tx) error {
		if h.Files.Scanner == nil {
			return nil
		}
		return jobs.Later(ctx, tx, files.RescanDue{})
	})
	jobs.Outside(h.Jobs, func(ctx context.Context, _ files.RescanDue) error {
		return files.Rescan(ctx, h.DB, func(ctx context.Context, f func(*db.Tx) error) error { return h.DB.Do(ctx, db.System("files"), f) }, h.Files)
	})
	jobs.Outside(h.Jobs, func(ctx context.Context, _ files.SweepDue) error {
		_, err := files.Sweep(ctx, h.DB, func(ctx context.Context, f func(*db.Tx) error) error { return h.DB.Do(ctx, db.System("files"), f) }, h.Files)
		return err
	})
}

// Start takes up the work after commits and by the clock.
func (h *Hospital) Start() {
	if name, err := db.Setting(context.Background(), h.DB, "hospital.name"); err == nil && name != "" {
		h.Site.Hospital = name // it may have been given since Open: by the demo, by an import
	}
	h.Watch.Start()
	if all, err := people.Alarms(context.Background(), h.DB); err == nil {
		for _, a := range all {
			h.cfg.Log.Warn("nobody has looked at an alarm yet", "kind", a.Kind, "note", a.Note, "at", a.At.Time())
		}
	}
	h.Jobs.Start()
	h.learn()
}

// Close ends what runs and closes the database; requests in flight have ended before.
func (h *Hospital) Close() error {
	h.Jobs.Stop()
	h.learner.stop()
	h.Watch.Stop()
	h.Office.Stop() // between two pieces; the next start goes on
	return h.DB.Close()
}
