package hospital_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/base/web"
	"houqin/internal/base/webtest"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/hospital"
	"houqin/internal/people"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// town is a small hospital with a ward, a store, and one person in each role: each does
// what the pages of their own role let them do, and nothing is done for them.
type town struct {
	t                   *testing.T
	h                   *hospital.Hospital
	now                 time.Time
	staff               map[string]people.Person
	who                 people.Person // who sits at the screen
	ward, office, money departments.Department
	gloves, lamp        catalog.Item
	store               warehouse.Store
}

// towns builds it on both engines.
func towns(t *testing.T, f func(*town)) {
	run := func(t *testing.T, address string) {
		w := &town{t: t, h: enter(t, hospital.Config{DB: address, Data: t.TempDir()}), now: dbtest.Noon, staff: map[string]people.Person{}}
		w.h.DB.Now = func() time.Time { return w.now }
		w.h.Site.Paces = web.Paces{}
		w.h.Site.Who = func(*http.Request) (web.Visitor, error) {
			by, err := people.ActorOf(t.Context(), w.h.DB, w.who.ID, w.now)
			return web.Visitor{Actor: by, Lang: "zh"}, err
		}
		w.furnish()
		f(w)
		if wrong, err := w.h.Verify(t.Context()); err != nil || len(wrong) > 0 {
			t.Errorf("the books do not agree: %v %v", wrong, err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, dbtest.SQLite(t, hospital.Migrations)) })
	t.Run("postgres", func(t *testing.T) {
		if address, ok := dbtest.Postgres(t, hospital.Migrations); ok {
			run(t, address)
		}
	})
}

func (w *town) furnish() {
	w.t.Helper()
	ctx := w.t.Context()
	dbtest.Do(w.t, w.h.DB, db.System("setup"), func(tx *db.Tx) error {
		board := departments.Department{Code: "B01", Name: "院办", Kind: departments.Office}
		w.money = departments.Department{Code: "B03", Name: "财务科", Kind: departments.Office}
		w.office = departments.Department{Code: "H00", Name: "后勤科", Kind: departments.Office}
		w.ward = departments.Department{Code: "N03", Name: "三病区", Kind: departments.Ward}
		for _, x := range []*departments.Department{&board, &w.money, &w.office, &w.ward} {
			if err := departments.Found(ctx, tx, x); err != nil {
				return err
			}
		}
		heads := map[*departments.Department]string{}
		for n, p := range []struct {
			name, role string
			in         *departments.Department
			head       bool
			posts      []string
		}{
			{"王护士", "ward", &w.ward, false, nil}, {"赵护士长", "head_nurse", &w.ward, true, nil},
			{"陈库管", "storekeeper", &w.office, false, []string{"storekeeper"}}, {"许库管", "storekeeper", &w.office, false, nil}, {"马师傅", "technician", &w.office, false, nil},
			{"郑科长", "section_head", &w.office, false, []string{"general_affairs", "section_chief", "equipment_department"}},
			{"孙主任", "director", &w.office, true, []string{"logistics", "managing_department"}}, {"李计划", "planner", &w.office, false, nil}, {"周采购", "buyer", &w.office, false, nil},
			{"钱会计", "finance", &w.money, true, []string{"finance"}}, {"吴资产", "property_accountant", &w.money, false, []string{"property_accountant"}},
			{"冯副院长", "vice_president", &board, false, []string{"vice_president", "hospital_leader"}}, {"何院长", "president", &board, true, []string{"president"}},
			{"秦秘书", "secretary", &board, false, []string{"hospital_office"}}, {"尤审计", "auditor", &board, false, []string{"audit"}}, {"管理员", "administrator", &board, false, nil}, {"审计管理员", "audit_admin", &board, false, nil},
		} {
			x := people.Person{Number: fmt.Sprint(1001 + n), Name: p.name, Department: p.in.ID}
			if err := people.Hire(ctx, tx, &x); err != nil {
				return err
			}
			w.staff[p.name] = x
			role, err := people.RoleByCode(ctx, tx, p.role)
			if err != nil {
				return err
			}
			a := people.Appointment{Person: x.ID, Role: role.ID, Extent: people.Everywhere, From: tx.Today()}
			if p.in == &w.ward {
				a.Extent, a.Unit = people.InDepartment, w.ward.ID
			}
			if err := people.Grant(ctx, tx, &a); err != nil {
				return err
			}
			if p.head {
				heads[p.in] = x.ID
			}
			for _, post := range p.posts {
				if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: x.ID}); err != nil {
					return err
				}
			}
		}
		for d, head := range heads {
			d.Head = head
			if err := departments.Change(ctx, tx, d); err != nil {
				return err
			}
		}
		if err := departments.SetRequesters(ctx, tx, w.ward.ID, []string{w.staff["王护士"].ID, w.staff["赵护士长"].ID}); err != nil {
			return err
		}
		for _, n := range []string{"康达医疗", "永固管业", "安泰照明"} {
			if err := suppliers.Add(ctx, tx, &suppliers.Supplier{Name: n}); err != nil {
				return err
			}
		}
		w.gloves = catalog.Item{Number: "A001", Name: "检查手套", Spec: "M", Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 100}}, Category: catalog.Consumable, Price: 50}
		w.lamp = catalog.Item{Number: "B001", Name: "灯管", Spec: "T8 18W", Unit: "只", Category: catalog.Spare, Price: 1200}
		for _, i := range []*catalog.Item{&w.gloves, &w.lamp} {
			if err := catalog.Add(ctx, tx, i); err != nil {
				return err
			}
		}
		w.store = warehouse.Store{Code: "A", Name: "总库", Department: w.office.ID, Keepers: []string{w.staff["陈库管"].ID}}
		return warehouse.SetUp(ctx, tx, &w.store)
	})
}

// as lets somebody sit down at the screen.
func (w *town) as(name string) *webtest.Client {
	w.t.Helper()
	p, ok := w.staff[name]
	if !ok {
		w.t.Fatalf("nobody is called %s", name)
	}
	w.who = p
	return webtest.New(w.t, w.h.Site)
}

// agree lets those before whom a document lies sign it, each on the page of their own
// decisions, until nobody is left; it says who signed.
func (w *town) agree(noun, record string) (signed []string) {
	w.t.Helper()
	ctx := w.t.Context()
	for range 8 {
		c, open, err := approvals.OpenOf(ctx, w.h.DB, noun, record)
		if err != nil {
			w.t.Fatal(err)
		}
		if !open {
			return signed
		}
		turns, err := approvals.Course(ctx, w.h.DB, c.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		before := len(signed)
		for _, turn := range turns {
			for _, chair := range turn.Waiting {
				for name, p := range w.staff {
					if p.ID != chair.Person {
						continue
					}
					w.as(name).Get("/approvals").See(c.Title)
					w.as(name).Get("/approvals/cases/"+c.ID).Press("form#agree button", nil).NotSee("«")
					signed = append(signed, name)
				}
			}
		}
		if len(signed) == before {
			w.t.Fatalf("%s waits for nobody: %+v", c.Title, turns)
		}
	}
	return signed
}

// only is the page of the only record of a list.
func only[T any](w *town, l *list.Of[T], id func(*T) string) string {
	w.t.Helper()
	all, err := l.All(w.t.Context(), w.h.DB, list.Where{}, 2)
	if err != nil || len(all) != 1 {
		w.t.Fatalf("%s: %d, %v", l.Name, len(all), err)
	}
	return id(&all[0])
}
