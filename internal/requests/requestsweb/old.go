package requestsweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/requests"
)

type counting struct{ Qty string }
type excusing struct{ Reason string }

var (
	countPaper = form.Of[counting]{Name: "requests.count_in", Fields: []form.Field[counting]{
		{Key: "qty", Into: func(c *counting) any { return &c.Qty }, Required: true, Most: 40},
	}}
	excusePaper = form.Of[excusing]{Name: "requests.excuse", Fields: []form.Field[excusing]{
		{Key: "reason", Into: func(e *excusing) any { return &e.Reason }, Required: true},
	}}
)

// olds is the register of old pieces that new ones were given for.
func olds(r *web.Req) error {
	return r.List(&requests.Olds, requests.OldScope(r.By), web.ListPage{Default: "open=true", Page: ui.Page{Tabs: listTabs(r)}})
}

func old(r *web.Req) error {
	o, err := requests.OldByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(o)
	}
	facts := []ui.Fact{{Label: r.T("requests.olds.department"), Text: o.DepartmentName}, {Label: r.T("requests.olds.number"), Text: o.Number, Href: "/requests/" + o.Request},
		{Label: r.T("requests.olds.qty"), Text: o.Say(o.Qty)}, {Label: r.T("requests.olds.back"), Text: o.Say(o.Back)}, {Label: r.T("requests.olds.due"), Text: r.W2.Day(o.Due)},
		{Label: r.T("requests.olds.store"), Text: o.StoreName}, {Label: r.T("requests.olds.made_at"), Text: r.When(o.MadeAt)}}
	if o.Reason != "" {
		facts = append(facts, ui.Fact{Label: r.T("requests.olds.reason"), Text: o.Reason + " · " + o.ExcusedBy, Wide: true})
	}
	story, err := r.Story("requests.old", o.ID)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: o.Title(), Sub: r.T("requests.olds"), Back: &ui.Link{Label: r.T("requests.olds"), Href: "/old-pieces"}, Live: []string{"requests.old"},
		Mark: &ui.Mark{Word: r.T("requests.old.settled"), Tone: ui.Done}, Body: ui.Below(ui.Facts(facts...), ui.Section(r.T("requests.story"), story))}
	if o.Open {
		p.Mark = &ui.Mark{Word: r.T("requests.old.owed"), Tone: ui.Soon}
		for _, a := range []struct {
			may, unit, name string
			spec            form.Any
			tone            ui.Tone
		}{{requests.MayServe, o.Keeping, "count", &countPaper, ui.Accent}, {requests.MayExcuse, o.Department, "excuse", &excusePaper, ui.Plain}} {
			if !r.By.MayIn(a.may, a.unit) {
				continue
			}
			f, err := r.Form(a.spec, nil, ui.Form{ID: a.name, Action: "/old-pieces/" + o.ID + "/" + a.name, Submit: r.T("requests.old." + a.name)})
			if err != nil {
				return err
			}
			p.Actions = append(p.Actions, ui.Action{Name: a.name, Label: r.T("requests.old." + a.name), Ask: &f, Open: r.Failed(a.spec) != nil, Tone: a.tone})
		}
	}
	return r.Show(p, nil)
}

func countIn(r *web.Req) error {
	return web.Submit(r, &countPaper, old, func(tx *db.Tx, c *counting) (web.Done, error) {
		o, err := requests.CountIn(r.Context(), tx, r.PathValue("id"), c.Qty)
		return web.Done{To: "/old-pieces/" + o.ID, Say: "requests.done.counted_in", Data: o}, err
	})
}

func excuse(r *web.Req) error {
	return web.Submit(r, &excusePaper, old, func(tx *db.Tx, e *excusing) (web.Done, error) {
		o, err := requests.Excuse(r.Context(), tx, r.PathValue("id"), e.Reason)
		return web.Done{To: "/old-pieces/" + o.ID, Say: "requests.done.excused", Data: o}, err
	})
}
