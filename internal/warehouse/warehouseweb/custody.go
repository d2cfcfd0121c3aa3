package warehouseweb

import (
	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/warehouse"
)

// custodyRoutes are the doors of others' goods in the stores.
var custodyRoutes = []web.Route{
	{At: "GET /warehouse/custodies", Need: warehouse.MaySee, Do: custodies, List: &warehouse.Custodies},
	{At: "POST /warehouse/custodies", Need: warehouse.MayIssue, Do: askCustody, Form: &custodyPaper, Gives: warehouse.Custody{}},
	{At: "GET /warehouse/custodies/{id}", Need: warehouse.MaySee, Do: custody, Gives: warehouse.Custody{}},
	{At: "POST /warehouse/custodies/{id}/take_in", Need: warehouse.MayIssue, Do: takeIn, Form: &warehouse.LaidForm},
	{At: "POST /warehouse/custodies/{id}/give_back", Need: warehouse.MayIssue, Do: giveBack, Form: &warehouse.FetchedForm},
	{At: "POST /warehouse/custodies/{id}/drop", Need: warehouse.MayIssue, Do: dropCustody, Form: &warehouse.WhyForm},
}

var custodyPaper = form.Of[warehouse.Custody]{Name: "warehouse.custody_ask", Fields: []form.Field[warehouse.Custody]{
	{Key: "store", Into: func(c *warehouse.Custody) any { return &c.Store }, Ref: "stores", Required: true},
	{Key: "owner", Into: func(c *warehouse.Custody) any { return &c.Owner }, Required: true, Most: 60, Hint: true},
	{Key: "name", Into: func(c *warehouse.Custody) any { return &c.Name }, Required: true, Most: 60},
	{Key: "many", Into: func(c *warehouse.Custody) any { return &c.Many }, Required: true, Most: 40},
	{Key: "until", Into: func(c *warehouse.Custody) any { return &c.Until }, Required: true},
	{Key: "why", Into: func(c *warehouse.Custody) any { return &c.Why }, Required: true, Most: 200, Hint: true},
}}

func custodies(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	return register(r, &warehouse.Custodies, warehouse.MayIssue, "ask_custody", &custodyPaper, &warehouse.Custody{Store: own, Until: r.Site.DB.Today().AddDays(7)},
		web.ListPage{Page: ui.Page{Sub: r.T("warehouse.custodies.sub")}, Default: "open=true"})
}

func askCustody(r *web.Req) error {
	return web.Submit(r, &custodyPaper, custodies, func(tx *db.Tx, c *warehouse.Custody) (web.Done, error) {
		err := warehouse.AskCustody(r.Context(), tx, c)
		return web.Done{To: "/warehouse/custodies/" + c.ID, Say: "warehouse.done.custody_asked", Args: []string{c.Number}, Data: c}, err
	})
}

// custody is one thing of somebody else's: whose, how long, by whose leave.
func custody(r *web.Req) error {
	c, err := warehouse.CustodyByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(c)
	}
	tones := map[warehouse.CustodyState]ui.Tone{warehouse.GivenBack: ui.Done, warehouse.CustodyRefused: ui.Danger, warehouse.CustodyDropped: ui.Quiet}
	p := ui.Page{Heading: c.Name + " " + c.Many, Sub: c.Number, Back: &ui.Link{Label: r.T("warehouse.custodies"), Href: "/warehouse/custodies"}, Live: []string{warehouse.CustodyNoun, approvals.Noun},
		Mark: &ui.Mark{Word: r.T(warehouse.CustodyNoun + ".state." + string(c.State)), Tone: tones[c.State]}}
	if p.Mark.Tone == "" {
		p.Mark.Tone = ui.Soon
	}
	if p.Actions, err = r.Buttons(warehouse.CustodyNoun, "/warehouse/custodies/"+c.ID, c.Version, warehouse.CustodyLife.Open(r.By, &c)); err != nil {
		return err
	}
	until := ui.Fact{Label: r.T("warehouse.custodies.until"), Text: r.W2.Day(c.Until)}
	if c.State == warehouse.CustodyKept && c.Until < r.Site.DB.Today() {
		until.Tone, until.State = ui.Danger, true
	}
	facts := []ui.Fact{{Label: r.T("warehouse.custodies.owner"), Text: c.Owner}, until, {Label: r.T("warehouse.custodies.store"), Text: c.StoreName, Href: "/warehouse/stores/" + c.Store},
		{Label: r.T("warehouse.custodies.asked_name"), Text: c.AskedName, Sub: r.When(c.AskedAt)}, {Label: r.T("warehouse.custodies.why"), Text: c.Why, Wide: true}}
	asked, ok, err := approvals.Last(r.Context(), r.Read(), warehouse.CustodyNoun, c.ID)
	if err != nil {
		return err
	}
	if sees, err := approvals.Sees(r.Context(), r.Read(), r.By, asked.ID); err != nil {
		return err
	} else if ok && sees {
		facts = append(facts, ui.Fact{Label: r.T("warehouse.custodies.case"), Text: asked.Number, Href: "/approvals/cases/" + asked.ID})
	} else if c.Paper != "" {
		facts = append(facts, ui.Fact{Label: r.T("warehouse.custodies.paper"), Text: c.Paper})
	}
	for _, f := range []ui.Fact{{Label: r.T("warehouse.custodies.spot"), Text: c.Spot}, {Label: r.T("warehouse.custodies.kept_name"), Text: c.KeptName, Sub: r.When(c.KeptAt)},
		{Label: r.T("warehouse.custodies.back_to"), Text: c.BackTo}, {Label: r.T("warehouse.custodies.back_name"), Text: c.BackName, Sub: r.When(c.BackAt)}, {Label: r.T("warehouse.custodies.note"), Text: c.Note, Wide: true}} {
		if f.Text != "" {
			facts = append(facts, f)
		}
	}
	story, err := r.Story(warehouse.CustodyNoun, c.ID, c.Number)
	if err != nil {
		return err
	}
	p.Body = ui.Below(ui.Facts(facts...), story)
	return r.Show(p, c)
}

func takeIn(r *web.Req) error {
	return web.Submit(r, &warehouse.LaidForm, custody, func(tx *db.Tx, at *warehouse.Laid) (web.Done, error) {
		c, err := warehouse.TakeIn(r.Context(), tx, r.PathValue("id"), r.Version(), *at)
		return web.Done{To: "/warehouse/custodies/" + c.ID, Say: "warehouse.done.custody_kept", Args: []string{c.Name}, Data: c}, err
	})
}

func giveBack(r *web.Req) error {
	return web.Submit(r, &warehouse.FetchedForm, custody, func(tx *db.Tx, to *warehouse.Fetched) (web.Done, error) {
		c, err := warehouse.GiveBack(r.Context(), tx, r.PathValue("id"), r.Version(), *to)
		return web.Done{To: "/warehouse/custodies/" + c.ID, Say: "warehouse.done.custody_back", Args: []string{c.Name}, Data: c}, err
	})
}

func dropCustody(r *web.Req) error {
	return web.Submit(r, &warehouse.WhyForm, custody, func(tx *db.Tx, why *warehouse.Why) (web.Done, error) {
		c, err := warehouse.DropCustody(r.Context(), tx, r.PathValue("id"), r.Version(), *why)
		return web.Done{To: "/warehouse/custodies/" + c.ID, Say: "warehouse.done.custody_dropped", Args: []string{c.Name}, Data: c}, err
	})
}
