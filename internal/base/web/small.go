package web

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/ui"
)

func itoa(n int) string { return strconv.Itoa(n) }

// look changes language and colours; they are kept in a cookie and, once signed in,
// with the person.
func look(r *Req) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "base.unreadable")
	}
	for name, of := range map[string][]string{"lang": {"zh", "en"}, "theme": {"auto", "light", "dark"}} {
		for _, v := range of {
			if r.PostForm.Get(name) == v {
				r.cookie(name, v, 365*24*3600)
			}
		}
	}
	return r.Go(local(r.PostForm.Get("back"), r.Host))
}

// health says that the program runs.
func health(r *Req) error { return r.send("text/plain", []byte("ok\n")) }

// ready says that it can work: the database answers and takes what is written.
func ready(r *Req) error {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if r.Site.stopping.Load() {
		return fault.New(fault.Unavailable, "base.closing")
	}
	if err := r.Site.DB.Ready(ctx); err != nil {
		if fault.KindOf(err) != fault.Unavailable {
			err = fault.New(fault.Unavailable, "base.database_away").Because(err)
		}
		return err
	}
	return r.send("text/plain", []byte("ready\n"))
}

// saved views of lists

// views are the saved views of a list that this person may use, and the one that
// stands open if it is their own.
func (r *Req) views(name string) (links []ui.Link, own string, err error) {
	type view struct{ id, person, name, query string }
	cond, args := "person = $2", []any{name, r.By.ID}
	for _, role := range r.Visitor.Held {
		args = append(args, role.Value)
		cond += " OR role = $" + itoa(len(args))
	}
	vs, err := db.All(r.Context(), r.Read(), func(v *view) []any { return []any{&v.id, &v.person, &v.name, &v.query} },
		`SELECT id, person, name, query FROM base_view WHERE list = $1 AND (`+cond+`) ORDER BY name, id LIMIT 50`, args...)
	for _, v := range vs {
		open := r.URL.RawQuery == v.query
		links = append(links, ui.Link{Label: v.name, Href: r.URL.Path + "?" + v.query, Current: open})
		if open && v.person == r.By.ID {
			own = v.id
		}
	}
	return links, own, err
}

func (r *Req) saveViewAction(list string, asked url.Values) *ui.Action {
	if len(asked) == 0 {
		return nil
	}
	v := url.Values{}
	for k, s := range asked {
		if k != "after" && k != "before" && k != "format" && k != "all" {
			v[k] = s
		}
	}
	if len(v) == 0 {
		return nil
	}
	hidden := []ui.Pair{{Name: "list", Value: list}, {Name: "query", Value: v.Encode()}, {Name: "path", Value: r.URL.Path}}
	share := []ui.Option{{Label: r.T("base.view.mine")}}
	for _, role := range r.Visitor.Held {
		share = append(share, ui.Option{Value: role.Value, Label: role.Label})
	}
	return &ui.Action{Name: "save-view", Label: r.T("base.view.save"), Ask: &ui.Form{ID: "save-view", Action: "/views", Key: r.NewKey(),
		Hidden: hidden, Submit: r.T("base.view.save"), Inline: true, Fields: []ui.Field{
			{Name: "name", Label: r.T("base.view.name"), Kind: ui.KindText, Required: true, Max: 40},
			{Name: "role", Label: r.T("base.view.shared"), Kind: ui.KindChoice, Options: share}}}}
}

// saveView keeps a list's filters under a name, for oneself or for a role one holds.
func saveView(r *Req) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	name, path := in.Value("name"), in.Value("path")
	if n := len([]rune(name)); n == 0 || n > 40 {
		return fault.OnField("name", "base.required")
	}
	if len(in.Value("query")) > 4000 || !strings.HasPrefix(path, "/") {
		return fault.OnField("query", "base.too_long", 4000)
	}
	role := in.Value("role")
	if role != "" && !slices.ContainsFunc(r.Visitor.Held, func(o ui.Option) bool { return o.Value == role }) {
		return fault.OnField("role", "base.bad_value", role) // nobody shares with roles that they do not hold
	}
	return r.Act(in, func(tx *db.Tx) (Done, error) {
		id := tx.NewID()
		if _, err := tx.Exec(r.Context(), `INSERT INTO base_view (id, list, person, role, name, query) VALUES ($1,$2,$3,$4,$5,$6)`,
			id, in.Value("list"), r.By.ID, role, name, in.Value("query")); err != nil {
			return Done{}, err
		}
		return Done{To: path + "?" + in.Value("query"), Say: "base.view.saved"},
			tx.Trail(r.Context(), db.Event{Noun: "base.view", Record: id, Action: "save", Note: name})
	})
}

// dropView forgets a view of one's own.
func dropView(r *Req) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	return r.Act(in, func(tx *db.Tx) (Done, error) {
		err := tx.One(r.Context(), fault.New(fault.NotFound, "base.not_found"), `DELETE FROM base_view WHERE id = $1 AND person = $2`, r.PathValue("id"), r.By.ID)
		if err != nil {
			return Done{}, err
		}
		return Done{To: local(r.Referer(), r.Host)}, tx.Trail(r.Context(), db.Event{Noun: "base.view", Record: r.PathValue("id"), Action: "drop"})
	})
}

// stopper ends the live streams when the program stops.
type stopper struct {
	stopping atomic.Bool
	once     sync.Once
	quit     chan struct{}
	make     sync.Once
}

func (s *stopper) closing() <-chan struct{} {
	s.make.Do(func() { s.quit = make(chan struct{}) })
	return s.quit
}

// Stop lets readiness fail and live streams end, before the server is shut down.
func (s *stopper) Stop() {
	s.stopping.Store(true)
	s.closing()
	s.once.Do(func() { close(s.quit) })
}

var _ http.Handler = (*Site)(nil)

// WordFiles are the words of the kernel.
//
//go:embed words/*.json
var WordFiles embed.FS
