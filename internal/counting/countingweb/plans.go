package countingweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/counting"
	"houqin/internal/warehouse"
)

var orderPaper = form.Of[counting.Order]{Name: "counting.order", Fields: []form.Field[counting.Order]{
	{Key: "store", Into: func(o *counting.Order) any { return &o.Store }, Ref: "stores", Required: true},
	{Key: "goods", Into: func(o *counting.Order) any { return (*string)(&o.Goods) }, OneOf: counting.GoodsKinds, Enum: "counting.goods", Required: true},
	{Key: "bin_from", Into: func(o *counting.Order) any { return &o.BinFrom }, Most: 40},
	{Key: "bin_until", Into: func(o *counting.Order) any { return &o.BinUntil }, Most: 40},
	{Key: "most", Into: func(o *counting.Order) any { return &o.Most }, Most: 20_000, Hint: true},
	{Key: "sheet", Into: func(o *counting.Order) any { return &o.Sheet }, Most: 200, Hint: true},
	{Key: "due", Into: func(o *counting.Order) any { return &o.Due }},
	{Key: "blind", Into: func(o *counting.Order) any { return &o.Blind }, Hint: true},
}}

var planPaper = form.Of[counting.Plan]{Name: "counting.planning", Fields: []form.Field[counting.Plan]{
	{Key: "name", Into: func(p *counting.Plan) any { return &p.Name }, Required: true, Most: 60},
	{Key: "store", Into: func(p *counting.Plan) any { return &p.Store }, Ref: "stores", Required: true},
	{Key: "cycle", Into: func(p *counting.Plan) any { return &p.Cycle }, OneOf: counting.Cycles, Enum: "counting.cycle", Required: true},
	{Key: "goods", Into: func(p *counting.Plan) any { return (*string)(&p.Goods) }, OneOf: counting.GoodsKinds, Enum: "counting.goods", Required: true},
	{Key: "bin_from", Into: func(p *counting.Plan) any { return &p.BinFrom }, Most: 40},
	{Key: "bin_until", Into: func(p *counting.Plan) any { return &p.BinUntil }, Most: 40},
	{Key: "most", Into: func(p *counting.Plan) any { return &p.Most }, Most: 20_000, Hint: true},
	{Key: "sheet", Into: func(p *counting.Plan) any { return &p.Sheet }, Most: 200, Hint: true},
	{Key: "next", Into: func(p *counting.Plan) any { return &p.Next }, Hint: true},
	{Key: "blind", Into: func(p *counting.Plan) any { return &p.Blind }, Hint: true},
	{Key: "closed", Into: func(p *counting.Plan) any { return &p.Closed }, Hint: true},
}}

// ownStore is the store that the person keeps, when it is one.
func ownStore(r *web.Req) (string, error) {
	own, err := warehouse.KeptBy(r.Context(), r.Read(), r.By.ID)
	if err != nil || len(own) != 1 {
		return "", err
	}
	return own[0].ID, nil
}

// asked draws a form on a page of its own.
func asked(r *web.Req, spec form.Any, value any, f ui.Form, p ui.Page) error {
	f.Draft = true
	f, err := r.Form(spec, value, f)
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		x.Half = x.Kind != ui.KindCheck && x.Kind != ui.KindLines
	}
	p.Body = ui.Ask(r.W2, f)
	return r.Show(p, nil)
}

func blank(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	return asked(r, &orderPaper, &counting.Order{Store: own, Goods: counting.All, Blind: true, Sheet: 50, Due: r.Site.DB.Today()},
		ui.Form{Action: "/counting/counts", Submit: r.T("counting.do.begin"), Cancel: "/counting/counts", Intro: r.T("counting.order.intro")},
		ui.Page{Heading: r.T("counting.do.begin"), Back: &ui.Link{Label: r.T("counting.counts"), Href: "/counting/counts"}})
}

func begin(r *web.Req) error {
	return web.Submit(r, &orderPaper, blank, func(tx *db.Tx, o *counting.Order) (web.Done, error) {
		c, err := counting.Begin(r.Context(), tx, *o)
		return begun(c), err
	})
}

func begun(c counting.Count) web.Done {
	return web.Done{To: "/counting/counts/" + c.ID, Say: "counting.done.begun", Args: []string{c.Number}, Data: c}
}

func blankPlan(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	usual, err := counting.CycleUsual(r.Context(), r.Read(), r.Site.DB.Today())
	if err != nil {
		return err
	}
	return asked(r, &planPaper, &counting.Plan{Store: own, Cycle: usual, Goods: counting.Turn, Most: 20, Blind: true, Sheet: 50, Next: r.Site.DB.Today()},
		ui.Form{Action: "/counting/plans", Submit: r.T("counting.do.save"), Cancel: "/counting/plans", Intro: r.T("counting.planning.intro")},
		ui.Page{Heading: r.T("counting.do.plan"), Back: &ui.Link{Label: r.T("counting.plans"), Href: "/counting/plans"}})
}

func addPlan(r *web.Req) error {
	return web.Submit(r, &planPaper, blankPlan, func(tx *db.Tx, p *counting.Plan) (web.Done, error) {
		err := counting.Save(r.Context(), tx, p)
		return saved(p), err
	})
}

func saved(p *counting.Plan) web.Done {
	return web.Done{To: "/counting/plans/" + p.ID, Say: "counting.done.saved", Args: []string{p.Name}, Data: p}
}

// plan is one plan: who may arrange changes it here and begins its next count early.
func plan(r *web.Req) error {
	p, err := counting.PlanByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(p)
	}
	page := ui.Page{Heading: p.Name, Sub: p.StoreName + " · " + r.T("counting.cycle."+p.Cycle), Live: []string{counting.PlanNoun}, Back: &ui.Link{Label: r.T("counting.plans"), Href: "/counting/plans"}}
	if !r.By.MayIn(counting.MayArrange, p.Keeping) {
		page.Body = ui.Facts(ui.Fact{Label: r.T("counting.plans.goods"), Text: r.T("counting.goods." + string(p.Goods))}, ui.Fact{Label: r.T("counting.plans.next"), Text: r.W2.Day(p.Next)},
			ui.Fact{Label: r.T("counting.plans.bin_from"), Text: p.BinFrom}, ui.Fact{Label: r.T("counting.plans.bin_until"), Text: p.BinUntil})
		return r.Show(page, p)
	}
	if !p.Closed {
		page.Actions = []ui.Action{{Name: "begin", Label: r.T("counting.do.begin"), Icon: "checklist", Post: "/counting/plans/" + p.ID + "/begin", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}}
	}
	return asked(r, &planPaper, &p, ui.Form{Action: "/counting/plans/" + p.ID, Version: web.VersionText(p.Version), Submit: r.T("counting.do.save"), Cancel: "/counting/plans"}, page)
}

func changePlan(r *web.Req) error {
	return web.Submit(r, &planPaper, plan, func(tx *db.Tx, p *counting.Plan) (web.Done, error) {
		p.ID, p.Version = r.PathValue("id"), r.Version()
		err := counting.Save(r.Context(), tx, p)
		return saved(p), err
	})
}

func beginPlan(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		c, err := counting.Begin(r.Context(), tx, counting.Order{Plan: r.PathValue("id")})
		return begun(c), err
	})
}
