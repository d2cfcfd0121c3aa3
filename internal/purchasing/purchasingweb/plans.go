package purchasingweb

import (
	"strconv"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/purchasing"
)

type monthAsked struct{ Month period.Day }

var monthPaper = form.Of[monthAsked]{Name: "purchasing.month", Fields: []form.Field[monthAsked]{
	{Key: "month", Into: func(m *monthAsked) any { return &m.Month }, Kind: form.Month, Required: true, Hint: true},
}}

type planAsked struct {
	Review string
	Lines  []purchasing.Set
}

var setPaper = form.Of[purchasing.Set]{Name: "purchasing.set", Fields: []form.Field[purchasing.Set]{
	{Key: "line", Into: func(s *purchasing.Set) any { return &s.Line }, Kind: form.Hidden},
	{Key: "qty", Into: func(s *purchasing.Set) any { return &s.Qty }, Required: true, Most: 40},
	{Key: "price", Into: func(s *purchasing.Set) any { return &s.Price }},
	{Key: "why", Into: func(s *purchasing.Set) any { return &s.Why }, Most: 200},
}}

var planPaper = form.Of[planAsked]{Name: "purchasing.plan", Fields: []form.Field[planAsked]{
	{Key: "review", Into: func(p *planAsked) any { return &p.Review }, Kind: form.Area, Most: 500, Hint: true},
	form.LinesOf("lines", func(p *planAsked) *[]purchasing.Set { return &p.Lines }, &setPaper, housesMost),
}}

// finishPaper asks why a plan ends of which something is left.
var finishPaper = form.Of[purchasing.Word]{Name: "purchasing.finish", Fields: []form.Field[purchasing.Word]{
	{Key: "reason", Into: func(w *purchasing.Word) any { return &w.Reason }, Most: 200, Hint: true},
}}

func finish(r *web.Req) error {
	return web.Submit(r, &finishPaper, plan, func(tx *db.Tx, w *purchasing.Word) (web.Done, error) {
		p, err := purchasing.Finish(r.Context(), tx, r.PathValue("id"), r.Version(), *w)
		return web.Done{To: "/purchasing/plans/" + r.PathValue("id"), Say: "purchasing.done.finished", Args: []string{p.Number}, Data: p}, err
	})
}

// sits is the department of who acts: a plan's heads are the planner's.
func sits(r *web.Req, tx db.Reader) (string, error) {
	p, err := people.Get(r.Context(), tx, r.By.ID)
	return p.Department, err
}

// named are items by their ids.
func named(r *web.Req, ids []string) (map[string]catalog.Item, error) {
	return catalog.Few(r.Context(), r.Read(), ids)
}

func discard(r *web.Req) error {
	return web.Submit(r, &purchasing.WordForm, plan, func(tx *db.Tx, w *purchasing.Word) (web.Done, error) {
		p, err := purchasing.Discard(r.Context(), tx, r.PathValue("id"), r.Version(), *w)
		return web.Done{To: "/purchasing/plans/" + r.PathValue("id"), Say: "purchasing.done.discarded", Args: []string{p.Number}, Data: p}, err
	})
}

func plans(r *web.Req) error {
	return r.List(&purchasing.Plans, purchasing.Everything(), web.ListPage{Page: ui.Page{Tabs: tabs(r)}})
}

func consolidate(r *web.Req) error {
	return web.Submit(r, &monthPaper, needs, func(tx *db.Tx, m *monthAsked) (web.Done, error) {
		unit, err := sits(r, tx)
		if err != nil {
			return web.Done{}, err
		}
		p, err := purchasing.Consolidate(r.Context(), tx, m.Month, unit)
		return web.Done{To: "/purchasing/plans/" + p.ID, Say: "purchasing.done.consolidated", Args: []string{p.Number}, Data: p}, err
	})
}

func planOf(r *web.Req) (purchasing.Plan, error) {
	return purchasing.PlanByID(r.Context(), r.Read(), r.PathValue("id"))
}

func plan(r *web.Req) error {
	p, err := planOf(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(p)
	}
	to := "/purchasing/plans/" + p.ID
	facts := []ui.Fact{{Label: r.T("purchasing.plans.month"), Text: month(p.Month)}, {Label: r.T("purchasing.plans.amount"), Text: r.W2.Money(p.Amount), Sub: r.T("ui.yuan"), Num: true},
		{Label: r.T("purchasing.plans.planner_name"), Text: p.PlannerName, Sub: r.When(p.At)}}
	if p.Paper != "" {
		facts = append(facts, ui.Fact{Label: r.T("purchasing.paper"), Text: p.Paper})
	}
	if p.Review != "" {
		facts = append(facts, ui.Fact{Label: r.T("purchasing.plan.review"), Text: p.Review, Wide: true})
	}
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("purchasing.lines"), Columns: []ui.Head{{Label: r.T("purchasing.wish.item")}, {Label: r.T("purchasing.wanted"), Num: true},
		{Label: r.T("purchasing.stock"), Num: true}, {Label: r.T("purchasing.used"), Num: true, Minor: true}, {Label: r.T("purchasing.foretold")}, {Label: r.T("purchasing.proposed"), Num: true},
		{Label: r.T("purchasing.set.qty"), Num: true}, {Label: r.T("purchasing.amount"), Num: true}, {Label: r.T("purchasing.ordered"), Num: true, Minor: true}, {Label: r.T("purchasing.set.why"), Minor: true}}}
	for _, l := range p.Goods {
		likely, how := about(r, l.Outlook, l.Say)
		asked := r.T("purchasing.askers", r.W2.Number(l.Askers))
		if l.Askers == 0 {
			asked = r.T("purchasing.runs_short")
		}
		row := ui.Row{Cells: []ui.Cell{{Text: l.Title(), Sub: l.Number}, {Text: l.Say(l.Wanted), Sub: asked, Num: true}, {Text: l.Say(l.Stock), Sub: onTheWay(r, &l), Num: true},
			{Text: l.Say(l.Used), Num: true}, {Text: likely, Sub: how}, {Text: l.Say(l.Proposed), Num: true}, {Text: l.Say(l.Qty), Num: true}, {Text: r.W2.Money(mul(l.Price, l.Qty)), Num: true}, {Text: l.Say(l.Ordered), Num: true}, {Text: l.Why}}}
		if l.Qty > l.Proposed {
			row.Cells[6].Tone = ui.Soon
		}
		t.Rows = append(t.Rows, row)
	}
	asked, err := purchasing.AskersOf(r.Context(), r.Read(), p.ID)
	if err != nil {
		return err
	}
	askers, err := quotas(r, asked, p.Month)
	if err != nil {
		return err
	}
	story, err := r.Story(purchasing.PlanNoun, p.ID, p.Number)
	if err != nil {
		return err
	}
	files, err := papers(r, purchasing.PlanNoun, p.ID, to)
	if err != nil {
		return err
	}
	done, err := actual(r, &p)
	if err != nil {
		return err
	}
	others, err := claims(r, &p)
	if err != nil {
		return err
	}
	x := ui.Page{Heading: p.Number, Sub: r.T("purchasing.plans.one"), Mark: &ui.Mark{Word: r.T("purchasing.plans.state." + string(p.State)), Tone: ui.Quiet}, Wide: true,
		Back: &ui.Link{Label: r.T("purchasing.plans"), Href: "/purchasing/plans"}, Live: []string{purchasing.PlanNoun}, Body: ui.Below(ui.Facts(facts...), done, ui.Section(r.T("purchasing.lines"), ui.List(r.W2, t)), others, askers, files, story)}
	switch {
	case p.State == purchasing.Draft && r.By.May(purchasing.MayPlan):
		x.Actions = append(x.Actions, ui.Action{Name: "edit", Label: r.T("purchasing.do.edit"), Href: to + "/edit", Icon: "edit", Tone: ui.Accent})
		drop, err := shut(r, &purchasing.WordForm, nil, "discard", to+"/discard", p.Version, ui.Danger)
		if err != nil {
			return err
		}
		x.Actions = append(x.Actions, drop)
	case p.State == purchasing.Approved && r.By.May(purchasing.MayBuy):
		x.Actions = append(x.Actions, press(r, "enquire", to+"/enquire", 0, ui.Accent), press(r, "contract", to+"/contract", 0, ""))
	}
	if p.State == purchasing.Approved && r.By.May(purchasing.MayPlan) {
		end, err := shut(r, &finishPaper, &purchasing.Word{}, "finish", to+"/finish", p.Version, "")
		if err != nil {
			return err
		}
		x.Actions = append(x.Actions, end)
	}
	x.Actions = append(x.Actions, ui.Action{Name: "print", Label: r.T("purchasing.print"), Href: to + "/print", Icon: "printer", Fresh: true})
	return r.Show(x, nil)
}

// onTheWay is what of a line comes besides what lies there: ordered, or in other plans.
func onTheWay(r *web.Req, l *purchasing.PlanLine) string {
	var coming, planned string
	if l.Coming > 0 {
		coming = r.T("purchasing.coming", l.Say(l.Coming))
	}
	if l.Planned > 0 {
		planned = r.T("purchasing.planned", l.Say(l.Planned))
	}
	if l.Claimed > 0 {
		planned = joined(planned, r.T("purchasing.claimed", l.Say(l.Claimed)))
	}
	return joined(coming, planned)
}

// claims are what other plans want of the same goods, each with the way to that plan.
func claims(r *web.Req, p *purchasing.Plan) (templ.Component, error) {
	if p.State == purchasing.PlanClosed || p.State == purchasing.PlanDropped {
		return ui.Below(), nil
	}
	all, err := purchasing.ClaimsOn(r.Context(), r.Read(), p)
	if err != nil || len(all) == 0 {
		return ui.Below(), err
	}
	t := ui.Table{ID: "claims", Bare: true, Caption: r.T("purchasing.claims"), Columns: []ui.Head{{Label: r.T("purchasing.wish.item")}, {Label: r.T("purchasing.plans.one")}, {Label: r.T("purchasing.plans.month"), Minor: true},
		{Label: r.T("purchasing.claims.left"), Num: true}, {Label: r.T("purchasing.claims.open"), Num: true}}}
	for _, c := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Title(), Sub: c.Goods.Number}, {Text: c.Number, Sub: r.T("purchasing.plans.state." + string(c.State)), Href: "/purchasing/plans/" + c.Plan}, {Text: month(c.Month)},
			{Text: c.Say(c.Left), Num: true}, {Text: c.Say(c.Open), Num: true}}})
	}
	return ui.Section(r.T("purchasing.claims"), ui.List(r.W2, t)), nil
}

// editPlan is the planner's grid: what was asked, what there is and what is foretold
// beside the quantity to set; the arrows and the tab key lead through it.
func editPlan(r *web.Req) error {
	p, err := planOf(r)
	if err != nil {
		return err
	}
	a := planAsked{Review: p.Review}
	by := map[string]purchasing.PlanLine{}
	for _, l := range p.Goods {
		a.Lines = append(a.Lines, purchasing.Set{Line: l.Line, Qty: l.Say(l.Qty), Price: l.Price, Why: l.Why})
		by[strconv.FormatInt(l.Line, 10)] = l
	}
	to := "/purchasing/plans/" + p.ID
	f, err := r.Form(&planPaper, &a, ui.Form{Action: to, Submit: r.T("purchasing.do.save"), Version: web.VersionText(p.Version), Cancel: to, Intro: r.T("purchasing.plan.intro"),
		More: []ui.Action{{Name: "ask", Label: r.T("purchasing.do.ask_leave")}}})
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		if x.Kind != ui.KindLines {
			continue
		}
		x.Spare = -1
		x.Beside([]string{r.T("purchasing.wish.item"), r.T("purchasing.wanted"), r.T("purchasing.stock"), r.T("purchasing.foretold"), r.T("purchasing.proposed")}, func(row int) []string {
			l := by[x.Answer(row, "line")]
			likely, how := about(r, l.Outlook, l.Say)
			return []string{l.Title(), l.Say(l.Wanted), joined(l.Say(l.Stock), onTheWay(r, &l)), joined(likely, how), l.Say(l.Proposed)}
		})
	}
	return r.Show(ui.Page{Heading: p.Number, Sub: month(p.Month), Wide: true, Back: &ui.Link{Label: p.Number, Href: to}, Body: ui.Ask(r.W2, f)}, nil)
}

func changePlan(r *web.Req) error {
	return web.Submit(r, &planPaper, editPlan, func(tx *db.Tx, a *planAsked) (web.Done, error) {
		id := r.PathValue("id")
		in, err := r.Input()
		if err != nil {
			return web.Done{}, err
		}
		p, err := purchasing.Change(r.Context(), tx, id, r.Version(), a.Lines)
		d := web.Done{To: "/purchasing/plans/" + id + "/edit", Say: "purchasing.done.saved", Args: []string{p.Number}, Data: p}
		if err != nil || in.Value("_step") != "ask" {
			return d, err
		}
		p, err = purchasing.AskLeave(r.Context(), tx, id, p.Version, a.Review)
		return web.Done{To: "/purchasing/plans/" + id, Say: "purchasing.done.asked_leave", Args: []string{p.Number}, Data: p}, err
	})
}

func printPlan(r *web.Req) error {
	p, err := planOf(r)
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/purchasing/plans/" + p.ID)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("purchasing.wish.item")}, {Label: r.T("purchasing.wish.quality")}, {Label: r.T("purchasing.wanted"), Num: true}, {Label: r.T("purchasing.stock"), Num: true},
		{Label: r.T("purchasing.set.qty"), Num: true}, {Label: r.T("purchasing.wish.price"), Num: true}, {Label: r.T("purchasing.amount"), Num: true}, {Label: r.T("purchasing.set.why")}}}
	for _, l := range p.Goods {
		if l.Qty > 0 {
			g.Rows = append(g.Rows, []string{strconv.Itoa(len(g.Rows) + 1), l.Title(), l.Quality, l.Say(l.Wanted), l.Say(l.Stock), l.Say(l.Qty), r.W2.Money(l.Price), r.W2.Money(mul(l.Price, l.Qty)), l.Why})
		}
	}
	s := ui.Sheet{Title: r.T("purchasing.slip.plan"), Number: p.Number, Date: string(period.DayOf(p.At.Time(), r.Site.DB.Zone)), QR: code, Size: ui.A4, Lines: g, PerPage: 12, // a reason takes three lines
		Boxes: []ui.Fact{{Label: r.T("purchasing.plans.month"), Text: month(p.Month)}, {Label: r.T("purchasing.plans.planner_name"), Text: p.PlannerName}, {Label: r.T("purchasing.plan.review"), Text: p.Review, Wide: true}},
		Back:  ui.Link{Href: "/purchasing/plans/" + p.ID}}
	total(r, &s, p.Amount)
	for _, k := range []string{"head", "keeper", "leader", "planner"} {
		s.Signatures = append(s.Signatures, r.T("purchasing.sign."+k))
	}
	return r.Sheet(s)
}

func total(r *web.Req, s *ui.Sheet, amount money.Fen) {
	s.Totals = []ui.Fact{{Label: r.T("purchasing.slip.total"), Text: r.W2.Money(amount)}}
	if r.W2.Lang == "zh" {
		s.Capitals = amount.Capitals()
	}
}

func enquire(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		e, err := purchasing.Enquire(r.Context(), tx, r.PathValue("id"))
		return web.Done{To: "/purchasing/enquiries/" + e.ID, Say: "purchasing.done.enquired", Args: []string{e.Number}, Data: e}, err
	})
}

func byContract(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		all, err := purchasing.OrderByContract(r.Context(), tx, r.PathValue("id"))
		return web.Done{To: "/purchasing/orders", Say: "purchasing.done.drafted", Args: []string{strconv.Itoa(len(all))}, Data: all}, err
	})
}
