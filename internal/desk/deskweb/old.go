package deskweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/warehouse"
)

// oldRoutes are the doors of old pieces that come back for new ones.
func oldRoutes() []web.Route {
	return []web.Route{
		{At: "GET /desk/old", Need: web.SignedIn, Do: olds, List: &desk.Olds},
		{At: "GET /desk/old/{id}", Need: web.SignedIn, Do: old, Gives: desk.Old{}},
		{At: "POST /desk/old/{id}/back", Need: web.SignedIn, Do: takeOld, Form: &desk.BroughtForm, Gives: desk.Old{}},
	}
}

// olds is the list of old pieces, at first those that are missing.
func olds(r *web.Req) error {
	p := web.ListPage{Default: "open=true", Page: ui.Page{Sub: r.T("desk.old.sub")}, Empty: ui.Nothing{Text: r.T("desk.old.empty"), Icon: "circle-check"}}
	if r.By.May(desk.MayDispatch) {
		p.Page.Tabs = beside(r)
	} else if r.By.May(desk.MayWork) {
		p.Page.Back = &ui.Link{Label: r.T("desk.mine"), Href: "/desk/mine"}
	}
	return r.List(&desk.Olds, desk.OldScope(r.By), p)
}

// old is one line, with what counts it in.
func old(r *web.Req) error {
	o, err := desk.Olds.Get(r.Context(), r.Read(), desk.OldScope(r.By).And("x.id = ?", r.PathValue("id")))
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(o)
	}
	now := r.Read().Moment()
	facts := []ui.Fact{
		{Label: r.T("desk.old.qty"), Text: r.W2.Number(o.Qty) + " " + o.Unit}, {Label: r.T("desk.old.back"), Text: r.W2.Number(o.Back) + " " + o.Unit},
		{Label: r.T("desk.old.worker"), Text: o.WorkerName}, {Label: r.T("desk.old.at"), Text: r.W2.Instant(o.At, now)}, {Label: r.T("desk.old.number"), Text: o.Number, Sub: o.Title},
	}
	if _, err := desk.Get(r.Context(), r.Read(), r.By, o.Job); err == nil {
		facts[4].Href = "/desk/jobs/" + o.Job
	}
	if o.SettledAt != 0 {
		facts = append(facts, ui.Fact{Label: r.T("desk.old.settled_by"), Text: o.SettledBy, Sub: r.W2.Instant(o.SettledAt, now)})
	}
	if o.Note != "" {
		facts = append(facts, ui.Fact{Label: r.T("desk.old.note"), Text: o.Note, Wide: true})
	}
	p := ui.Page{Heading: o.What, Sub: r.T("desk.old"), Narrow: true, Live: []string{desk.Noun}, Back: &ui.Link{Label: r.T("desk.old"), Href: "/desk/old"}, Mark: oldMark(r, &o)}
	p.Body = ui.Section("", ui.Facts(facts...))
	if o.Open && o.Worker != r.By.ID && (r.By.May(desk.MayDispatch) || r.By.May(warehouse.MayIssue)) {
		f, err := r.Form(&desk.BroughtForm, &desk.Brought{Back: o.Missing()}, ui.Form{ID: "back", Action: "/desk/old/" + o.ID + "/back", Version: version(o.Version), Submit: r.T("desk.old.take")})
		if err != nil {
			return err
		}
		p.Body = ui.Below(p.Body, ui.Section(r.T("desk.old.take"), ui.Ask(r.W2, f)))
	}
	return r.Show(p, o)
}

func oldMark(r *web.Req, o *desk.Old) *ui.Mark {
	if o.Open {
		return &ui.Mark{Word: r.T("desk.old.missing"), Tone: ui.Soon}
	}
	return &ui.Mark{Word: r.T("desk.old.settled"), Tone: ui.Done}
}

func takeOld(r *web.Req) error {
	return web.Submit(r, &desk.BroughtForm, old, func(tx *db.Tx, b *desk.Brought) (web.Done, error) {
		o, err := desk.TakeOld(r.Context(), tx, r.PathValue("id"), r.Version(), *b)
		return web.Done{To: "/desk/old/" + o.ID, Say: "desk.done.old", Args: []string{o.What}, Data: o}, err
	})
}

// oldTable is what is to come back for the parts of a job; nil when there is nothing.
func oldTable(r *web.Req, job string) (*ui.Table, error) {
	all, err := desk.OldOf(r.Context(), r.Read(), job)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &ui.Table{ID: "old", Bare: true, Caption: r.T("desk.old"), Columns: []ui.Head{{Label: r.T("desk.old.what")}, {Label: r.T("desk.old.qty"), Num: true}, {Label: r.T("desk.old.back"), Num: true}, {Label: r.T("desk.jobs.state")}}}
	for i := range all {
		o := &all[i]
		m := oldMark(r, o)
		row := ui.Row{Cells: []ui.Cell{{Text: o.What, Sub: o.Note}, {Text: r.W2.Number(o.Qty) + " " + o.Unit, Num: true}, {Text: r.W2.Number(o.Back) + " " + o.Unit, Num: true}, {Text: m.Word, State: true, Tone: m.Tone}}}
		if o.Worker == r.By.ID || r.By.May(desk.MayDispatch) || r.By.May(desk.MaySee) {
			row.Href = "/desk/old/" + o.ID
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}
