// Package intakeweb is the counter where spreadsheets are handed in: looked through
// while one waits or goes away, corrected, imported, and handed back where a row was
// refused.
package intakeweb

import (
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/intake"
)

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// Counter knows the office behind it.
type Counter struct{ office *intake.Office }

// New opens the counter of an office.
func New(o *intake.Office) *Counter { return &Counter{o} }

// Routes are the doors of the room.
func (c *Counter) Routes() []web.Route {
	return []web.Route{
		{At: "GET /intake", Need: intake.MayImport, Do: index, List: &intake.Imports},
		{At: "GET /intake/new", Need: intake.MayImport, Do: blank, PageOnly: true},
		{At: "POST /intake", Need: intake.MayImport, Do: bring, Form: &paper, Gives: intake.Import{}, Limit: intake.FileMost + 1<<20, Heavy: true},
		{At: "GET /intake/{id}", Need: intake.MayImport, Do: c.show, Gives: intake.Import{}},
		{At: "GET /intake/{id}/rows", Need: intake.MayImport, Do: rows, List: &intake.Rows},
		{At: "POST /intake/{id}/correct", Need: intake.MayImport, Do: correct, PageOnly: true},
		{At: "POST /intake/{id}/start", Need: intake.MayImport, Do: start, Form: &how, Gives: intake.Import{}},
		{At: "POST /intake/{id}/cancel", Need: intake.MayImport, Do: cancel, Gives: intake.Import{}},
		{At: "GET /intake/{id}/refused", Need: intake.MayImport, Do: refused, PageOnly: true},
	}
}

// brought is what is handed in.
type brought struct {
	Kind string
	File form.Uploads
}

// paper is the form with which a spreadsheet is handed in.
var paper = form.Of[brought]{Name: "intake.form", Fields: []form.Field[brought]{
	{Key: "kind", Into: func(b *brought) any { return &b.Kind }, Required: true, OneOf: intake.Kinds, Enum: "intake.kind", Hint: true},
	{Key: "file", Into: func(b *brought) any { return &b.File }, Required: true, Kind: form.File, Hint: true},
}}

// way is how the rows are entered.
type way struct{ Whole bool }

var how = form.Of[way]{Name: "intake.how", Fields: []form.Field[way]{
	{Key: "whole", Into: func(w *way) any { return &w.Whole }},
}}

func index(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Actions: []ui.Action{{Name: "new", Label: r.T("intake.new"), Href: "/intake/new", Icon: "upload", Tone: ui.Accent}}}}
	return r.List(&intake.Imports, intake.Scope(r.By), p)
}

func blank(r *web.Req) error {
	f, err := r.Form(&paper, &brought{Kind: r.URL.Query().Get("kind")}, ui.Form{Action: "/intake", Submit: r.T("intake.bring"), Cancel: "/intake", Multipart: true, Intro: r.T("intake.intro")})
	if err != nil {
		return err
	}
	for i := range f.Fields {
		if f.Fields[i].Name == "file" {
			f.Fields[i].Accept, f.Fields[i].Many = ".xlsx,.xlsm,.xls,.csv,.tsv,.txt", false
		}
	}
	return r.Show(ui.Page{Heading: r.T("intake.new"), Narrow: true, Back: &ui.Link{Label: r.T("intake.imports"), Href: "/intake"}, Body: ui.Ask(r.W2, f)}, nil)
}

func bring(r *web.Req) error {
	return web.Submit(r, &paper, blank, func(tx *db.Tx, b *brought) (web.Done, error) {
		if len(b.File) != 1 {
			return web.Done{}, fault.OnField("file", "intake.one_file")
		}
		file, err := b.File[0].Open()
		if err != nil {
			return web.Done{}, err
		}
		defer file.Close()
		m, err := intake.Bring(r.Context(), tx, b.Kind, b.File[0].Filename, file)
		return web.Done{To: "/intake/" + m.ID, Data: m}, err
	})
}

// one is the import of the address.
func one(r *web.Req) (intake.Import, error) {
	if _, err := intake.Imports.Get(r.Context(), r.Read(), intake.Scope(r.By).And("m.id = ?", r.PathValue("id"))); err != nil {
		return intake.Import{}, err
	}
	return intake.Get(r.Context(), r.Read(), r.PathValue("id"))
}

func rows(r *web.Req) error {
	m, err := one(r)
	if err != nil {
		return err
	}
	return r.List(&intake.Rows, intake.Of(m.ID), web.ListPage{Page: ui.Page{Heading: r.T("intake.rows_of", m.Name),
		Back: &ui.Link{Label: m.Name, Href: "/intake/" + m.ID}}})
}

func start(r *web.Req) error {
	id := r.PathValue("id")
	in, err := r.Input()
	if err != nil {
		return err
	}
	w := way{}
	if err := how.Decode(r.Context(), in, &w); err != nil {
		return err
	}
	return r.Act(in, func(tx *db.Tx) (web.Done, error) {
		if err := intake.Start(r.Context(), tx, id, r.Version(), w.Whole); err != nil {
			return web.Done{}, err
		}
		m, err := intake.Get(r.Context(), tx, id)
		return web.Done{To: "/intake/" + id, Data: m}, err
	})
}

func cancel(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		if err := intake.Cancel(r.Context(), tx, id); err != nil {
			return web.Done{}, err
		}
		m, err := intake.Get(r.Context(), tx, id)
		say := "intake.done.cancelled"
		if m.Imported == 0 {
			say = "intake.done.cancelled_none"
		}
		return web.Done{To: "/intake/" + id, Say: say, Args: []string{fmt.Sprint(m.Imported)}, Data: m}, err
	})
}

// refused hands the refused rows back as a file.
func refused(r *web.Req) error {
	m, err := one(r)
	if err != nil {
		return err
	}
	p, list, done, err := intake.Refusals(r.Context(), r.Read(), &m)
	if err != nil {
		return err
	}
	defer done()
	format, kind := "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if r.URL.Query().Get("format") == "csv" {
		format, kind = "csv", "text/csv; charset=utf-8"
	}
	h := r.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(fmt.Sprintf("%s %s.%s", r.T("intake.refused_sheet"), m.Name, format)))
	h.Set("Cache-Control", "no-store")
	_ = http.NewResponseController(r.W).SetWriteDeadline(r.Read().Moment().Add(10 * time.Minute)) // tests cannot
	if err := p.WriteRefused(r.W, format, list, r.W2); err != nil {
		r.Site.Log.Error("refused rows broken off", "import", m.ID, "err", err, "request", r.Number)
		panic(http.ErrAbortHandler) // the answer has begun
	}
	return nil
}

func (c *Counter) show(r *web.Req) error {
	m, err := one(r)
	if err != nil {
		return err
	}
	here := "/intake/" + m.ID
	if m.Over() && r.Header.Get("HX-Target") == "progress" {
		return r.Go(here) // what followed the progress now sees the whole page
	}
	p := ui.Page{Heading: m.Name, Sub: r.T("intake.kind." + m.Kind), Back: &ui.Link{Label: r.T("intake.imports"), Href: "/intake"},
		Mark: mark(r, &m)}
	var parts []templ.Component
	switch m.State {
	case intake.Checking, intake.Running:
		parts = append(parts, c.progress(r, &m, here))
	case intake.Ready:
		f, err := preview(r, &m, here)
		if err != nil {
			return err
		}
		parts = append(parts, f...)
	default:
		f, err := result(r, &m, here)
		if err != nil {
			return err
		}
		parts = append(parts, f...)
	}
	story, err := r.Story("intake.import", m.ID)
	if err != nil {
		return err
	}
	p.Body = stack(append(parts, ui.Section(r.T("intake.story"), story))...)
	return r.Show(p, m)
}

func mark(r *web.Req, m *intake.Import) *ui.Mark {
	t := map[intake.State]ui.Tone{intake.Checking: ui.Accent, intake.Running: ui.Accent, intake.Ready: ui.Soon, intake.Done: ui.Done,
		intake.Failed: ui.Danger, intake.Turned: ui.Danger, intake.Cancelled: ui.Quiet}
	return &ui.Mark{Word: r.T("intake.state." + string(m.State)), Tone: t[m.State]}
}

// progress is how far it is; one can go away and come back.
func (c *Counter) progress(r *web.Req, m *intake.Import, here string) templ.Component {
	done := m.Done
	if n, ok := c.office.Progress(m.ID); ok && n > done {
		done = n
	}
	label, sure := "intake.checking", r.T("intake.cancel_checking")
	if m.State == intake.Running {
		label, sure = "intake.running", r.T("intake.cancel_running")
		if m.Whole {
			sure = r.T("intake.cancel_whole")
		}
	}
	run := ui.Running{ID: "progress", Label: r.T(label), Part: int(done), Whole: int(m.Total), Here: here, Sub: r.T("intake.leave"),
		Cancel: &ui.Action{Name: "cancel", Label: r.T("intake.cancel"), Post: here + "/cancel", Confirm: sure, Tone: ui.Danger,
			Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}}
	again := ui.Buttons(r.W2, ui.Action{Name: "again", Label: r.T("intake.look_again"), Href: here, Icon: "refresh"})
	return stack(ui.Progress(r.W2, run), again)
}
