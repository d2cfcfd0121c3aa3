package suppliersweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/suppliers"
)

// tabs are the room's lists side by side.
func tabs(r *web.Req) (all []ui.Link) {
	for _, t := range [][2]string{{"suppliers.list", "/suppliers"}, {"suppliers.complaints", "/supplier-complaints"}} {
		all = append(all, ui.Link{Label: r.T(t[0]), Href: t[1], Current: r.URL.Path == t[1]})
	}
	return all
}

func complain(r *web.Req) error {
	return web.Submit(r, &suppliers.ComplaintForm, show, func(tx *db.Tx, c *suppliers.Complaint) (web.Done, error) {
		c.Supplier = r.PathValue("id")
		err := suppliers.Complain(r.Context(), tx, c)
		return web.Done{To: "/supplier-complaints/" + c.ID, Say: "suppliers.done.complained", Args: []string{c.Number}, Data: c}, err
	})
}

func complaints(r *web.Req) error {
	return r.List(&suppliers.Complaints, list.Where{}, web.ListPage{Page: ui.Page{Tabs: tabs(r)}})
}

// complaint is what was held against a supplier, and what came of it.
func complaint(r *web.Req) error {
	c, err := suppliers.ComplaintByID(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	facts := []ui.Fact{{Label: r.T("suppliers.complaints.supplier"), Text: c.SupplierName, Href: "/suppliers/" + c.Supplier}, {Label: r.T("suppliers.complaints.kind"), Text: r.T("suppliers.complaints.kind." + c.Kind)},
		{Label: r.T("suppliers.complaints.by_name"), Text: c.ByName, Sub: r.When(c.At)}}
	if c.Paper != "" {
		facts = append(facts, ui.Fact{Label: r.T("suppliers.complaints.paper"), Text: c.Paper})
	}
	facts = append(facts, ui.Fact{Label: r.T("suppliers.complaints.said"), Text: c.Said, Wide: true})
	if c.Answer != "" {
		facts = append(facts, ui.Fact{Label: r.T("suppliers.verdict.answer"), Text: c.Answer, Wide: true}, ui.Fact{Label: r.T("suppliers.complaints.answered_name"), Text: c.AnsweredName, Sub: r.When(c.AnsweredAt)})
	}
	story, err := r.Story(suppliers.ComplaintNoun, c.ID, c.Number)
	if err != nil {
		return err
	}
	mark := became(r, &c)
	p := ui.Page{Heading: c.Number, Sub: r.T("suppliers.complaints.one"), Mark: &ui.Mark{Word: mark.Text, Tone: mark.Tone}, Back: &ui.Link{Label: r.T("suppliers.complaints"), Href: "/supplier-complaints"},
		Live: []string{suppliers.ComplaintNoun}, Body: ui.Below(ui.Facts(facts...), story)}
	if c.State == "open" && r.By.May(suppliers.MayAnswer) && c.By != r.By.ID {
		f, err := r.Form(&suppliers.VerdictForm, nil, ui.Form{ID: "answer", Action: "/supplier-complaints/" + c.ID + "/answer", Version: web.VersionText(c.Version), Submit: r.T("suppliers.do.answer"), Tone: ui.Accent})
		if err != nil {
			return err
		}
		p.Actions = []ui.Action{{Name: "answer", Label: r.T("suppliers.do.answer"), Tone: ui.Accent, Ask: &f, Open: r.Failed(&suppliers.VerdictForm) != nil}}
	}
	return r.Show(p, c)
}

func answer(r *web.Req) error {
	return web.Submit(r, &suppliers.VerdictForm, complaint, func(tx *db.Tx, v *suppliers.Verdict) (web.Done, error) {
		c, err := suppliers.Answer(r.Context(), tx, r.PathValue("id"), r.Version(), *v)
		return web.Done{To: "/supplier-complaints/" + r.PathValue("id"), Say: "suppliers.done.answered", Args: []string{c.Number}, Data: c}, err
	})
}
