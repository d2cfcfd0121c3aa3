package purchasingweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/departments"
	"houqin/internal/purchasing"
)

var wishPaper = form.Of[purchasing.WishLine]{Name: "purchasing.wish", Fields: []form.Field[purchasing.WishLine]{
	{Key: "item", Into: func(l *purchasing.WishLine) any { return &l.Item }, Ref: "items", Required: true},
	{Key: "qty", Into: func(l *purchasing.WishLine) any { return &l.Qty }, Required: true, Most: 40},
	{Key: "quality", Into: func(l *purchasing.WishLine) any { return &l.Quality }, Most: 100},
	{Key: "price", Into: func(l *purchasing.WishLine) any { return &l.Price }},
	{Key: "why", Into: func(l *purchasing.WishLine) any { return &l.Why }, Most: 200},
}}

var needPaper = form.Of[purchasing.Wish]{Name: "purchasing.need", Fields: []form.Field[purchasing.Wish]{
	{Key: "department", Into: func(w *purchasing.Wish) any { return &w.Department }, Ref: "departments", Required: true},
	{Key: "month", Into: func(w *purchasing.Wish) any { return &w.Month }, Kind: form.Month, Hint: true},
	form.LinesOf("lines", func(w *purchasing.Wish) *[]purchasing.WishLine { return &w.Lines }, &wishPaper, linesMost),
}}

var urgentPaper = form.Of[purchasing.Wish]{Name: "purchasing.urgent", Fields: []form.Field[purchasing.Wish]{
	{Key: "department", Into: func(w *purchasing.Wish) any { return &w.Department }, Ref: "departments", Required: true},
	{Key: "reason", Into: func(w *purchasing.Wish) any { return &w.Reason }, Kind: form.Area, Most: 500},
	form.LinesOf("lines", func(w *purchasing.Wish) *[]purchasing.WishLine { return &w.Lines }, &wishPaper, linesMost),
}}

func needs(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(purchasing.MayPlan) {
		a, err := shut(r, &monthPaper, &monthAsked{Month: r.Site.DB.Today().Month().Add(1).First()}, "consolidate", "/purchasing/plans", 0, ui.Accent)
		if err != nil {
			return err
		}
		p.Page.Actions = append(p.Page.Actions, a)
	}
	if r.By.May(purchasing.MayAsk) {
		p.Page.Actions = append(p.Page.Actions, ui.Action{Name: "new", Label: r.T("purchasing.do.ask"), Href: "/purchasing/needs/new", Icon: "plus", Tone: ui.Accent},
			ui.Action{Name: "urgent", Label: r.T("purchasing.do.ask_urgent"), Href: "/purchasing/needs/urgent", Icon: "alarm"})
	}
	return r.List(&purchasing.Needs, purchasing.Scope(r.By), p)
}

// own is the department that a person asks for, when it is one.
func own(r *web.Req) (string, error) {
	all, err := departments.Departments.All(r.Context(), r.Read(), list.Scoped(r.By.Scope(purchasing.MayAsk), "d.id").And("d.closed = false"), 2)
	if err != nil || len(all) != 1 {
		return "", err
	}
	return all[0].ID, nil
}

// blankNeed begins with what the department asked for the last time.
func blankNeed(r *web.Req) error {
	w := purchasing.Wish{Month: r.Site.DB.Today().Month().Add(1).First()}
	var err error
	if w.Department, err = own(r); err != nil {
		return err
	}
	if w.Department != "" {
		last, ok, err := purchasing.LastNeed(r.Context(), r.Read(), w.Department)
		if err != nil {
			return err
		}
		for _, l := range last.Needs {
			w.Lines = append(w.Lines, purchasing.WishLine{Item: l.Item, Qty: l.Say(l.Qty), Quality: l.Quality, Price: l.Price, Why: l.Why})
		}
		if !ok {
			w.Lines = []purchasing.WishLine{{Quality: r.T("purchasing.good_quality")}}
		}
	}
	return writeNeed(r, &needPaper, &w, "/purchasing/needs", "ask", "purchasing.need.intro")
}

func blankUrgent(r *web.Req) error {
	w := purchasing.Wish{Lines: []purchasing.WishLine{{Quality: r.T("purchasing.good_quality")}}}
	var err error
	if w.Department, err = own(r); err != nil {
		return err
	}
	return writeNeed(r, &urgentPaper, &w, "/purchasing/needs/urgent", "ask_urgent", "purchasing.urgent.intro")
}

func writeNeed(r *web.Req, spec form.Any, w *purchasing.Wish, action, name, intro string) error {
	f, err := r.Form(spec, w, ui.Form{Action: action, Submit: r.T("purchasing.do." + name), Intro: r.T(intro), Cancel: "/purchasing/needs", Draft: r.Failed(spec) == nil && len(w.Lines) <= 1})
	if err != nil {
		return err
	}
	x := &f.Fields[len(f.Fields)-1]
	f.Fields[0].Half, f.Fields[1].Half = true, f.Fields[1].Kind != ui.KindArea
	var ids []string
	for n := range x.Lines {
		ids = append(ids, x.Answer(n, "item"))
	}
	dep, m := f.Fields[0].Value, w.Month
	if m == "" {
		m = r.Site.DB.Today()
	}
	if len(ids) > 0 && dep != "" {
		hints, err := purchasing.HintsFor(r.Context(), r.Read(), dep, m.Month(), r.Site.DB.Today(), ids)
		if err != nil {
			return err
		}
		goods, err := named(r, ids)
		if err != nil {
			return err
		}
		x.Beside([]string{r.T("purchasing.wish.likely"), r.T("purchasing.wish.stock")}, func(n int) []string {
			i, ok := goods[ids[n]]
			if !ok {
				return []string{"", ""}
			}
			h := hints[ids[n]]
			likely, _ := about(r, h.Outlook, i.Say)
			return []string{likely, i.Say(h.Stock)}
		})
	}
	p := ui.Page{Heading: r.T("purchasing.do." + name), Wide: true, Back: &ui.Link{Label: r.T("purchasing.needs"), Href: "/purchasing/needs"}, Body: ui.Ask(r.W2, f)}
	left, err := leaves(r, dep, m)
	if len(left) > 0 {
		p.Body = ui.Below(ui.Figures(left...), p.Body)
	}
	if err != nil {
		return err
	}
	return r.Show(p, nil)
}

func submit(r *web.Req) error {
	return web.Submit(r, &needPaper, blankNeed, func(tx *db.Tx, w *purchasing.Wish) (web.Done, error) {
		n, err := purchasing.Submit(r.Context(), tx, *w)
		return web.Done{To: "/purchasing/needs/" + n.ID, Say: "purchasing.done.asked", Args: []string{n.Number}, Data: n}, err
	})
}

func submitUrgent(r *web.Req) error {
	return web.Submit(r, &urgentPaper, blankUrgent, func(tx *db.Tx, w *purchasing.Wish) (web.Done, error) {
		n, err := purchasing.AskUrgent(r.Context(), tx, *w)
		return web.Done{To: "/purchasing/needs/" + n.ID, Say: "purchasing.done.asked_urgent", Args: []string{n.Number}, Data: n}, err
	})
}

func needOf(r *web.Req) (purchasing.Need, error) {
	return purchasing.SeeNeed(r.Context(), r.Read(), r.By, r.PathValue("id"))
}

func need(r *web.Req) error {
	n, err := needOf(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(n)
	}
	to := "/purchasing/needs/" + n.ID
	facts := []ui.Fact{{Label: r.T("purchasing.needs.department"), Text: n.DepartmentName}, {Label: r.T("purchasing.needs.month"), Text: month(n.Month)},
		{Label: r.T("purchasing.needs.amount"), Text: r.W2.Money(n.Amount), Sub: r.T("ui.yuan"), Num: true}, {Label: r.T("purchasing.needs.by_name"), Text: n.ByName, Sub: r.When(n.At)}}
	for _, f := range [][2]string{{"purchasing.urgent.reason", n.Reason}, {"purchasing.answer", n.Answer}} {
		if f[1] != "" {
			facts = append(facts, ui.Fact{Label: r.T(f[0]), Text: f[1], Wide: true})
		}
	}
	if n.Paper != "" {
		facts = append(facts, ui.Fact{Label: r.T("purchasing.paper"), Text: n.Paper})
	}
	if n.Plan != "" {
		f := ui.Fact{Label: r.T("purchasing.in_plan"), Text: r.T("purchasing.open_plan")}
		if r.By.May(purchasing.MaySee) {
			f.Href = "/purchasing/plans/" + n.Plan
			facts = append(facts, f)
		}
	}
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("purchasing.lines"), Columns: []ui.Head{{Label: r.T("purchasing.wish.item")}, {Label: r.T("purchasing.wish.qty"), Num: true},
		{Label: r.T("purchasing.wish.quality")}, {Label: r.T("purchasing.wish.price"), Num: true}, {Label: r.T("purchasing.amount"), Num: true}, {Label: r.T("purchasing.wish.why")}}}
	for _, l := range n.Needs {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Title(), Sub: l.Number}, {Text: l.Say(l.Qty), Num: true}, {Text: l.Quality}, {Text: r.W2.Money(l.Price), Sub: "/" + l.Unit, Num: true},
			{Text: r.W2.Money(mul(l.Price, l.Qty)), Num: true}, {Text: l.Why}}})
	}
	asked, err := purchasing.AskingOf(r.Context(), r.Read(), n.ID)
	if err != nil {
		return err
	}
	kept, err := quotas(r, asked, n.Month)
	if err != nil {
		return err
	}
	story, err := r.Story(purchasing.NeedNoun, n.ID, n.Number)
	if err != nil {
		return err
	}
	files, err := papers(r, purchasing.NeedNoun, n.ID, to)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: n.Number, Sub: r.T("purchasing.needs.kind." + string(n.Kind)), Mark: &ui.Mark{Word: r.T("purchasing.needs.state." + string(n.State)), Tone: ui.Quiet},
		Back: &ui.Link{Label: r.T("purchasing.needs"), Href: "/purchasing/needs"}, Live: []string{purchasing.NeedNoun}, Body: ui.Below(ui.Facts(facts...), ui.Section(r.T("purchasing.lines"), ui.List(r.W2, t)), kept, files, story)}
	if n.State == purchasing.Asked && r.By.May(purchasing.MayPlan) {
		a, err := shut(r, &purchasing.WordForm, nil, "send_back", to+"/send-back", n.Version, "")
		if err != nil {
			return err
		}
		p.Actions = append(p.Actions, a)
	}
	if n.State == purchasing.Asked && r.By.MayIn(purchasing.MayAsk, n.Department) {
		p.Actions = append(p.Actions, press(r, "recall", to+"/recall", n.Version, ""))
	}
	if n.State == purchasing.Agreed && r.By.May(purchasing.MayPlan) {
		p.Actions = append(p.Actions, press(r, "plan_urgent", to+"/plan", n.Version, ui.Accent))
	}
	return r.Show(p, nil)
}

func sendBack(r *web.Req) error {
	return web.Submit(r, &purchasing.WordForm, need, func(tx *db.Tx, w *purchasing.Word) (web.Done, error) {
		return web.Done{To: "/purchasing/needs/" + r.PathValue("id"), Say: "purchasing.done.sent_back"}, purchasing.SendBack(r.Context(), tx, r.PathValue("id"), r.Version(), w.Reason)
	})
}

func recall(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/purchasing/needs/" + r.PathValue("id"), Say: "purchasing.done.recalled"}, purchasing.Recall(r.Context(), tx, r.PathValue("id"), r.Version())
	})
}

func planUrgent(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		unit, err := sits(r, tx)
		if err != nil {
			return web.Done{}, err
		}
		p, err := purchasing.FromUrgent(r.Context(), tx, r.PathValue("id"), r.Version(), unit)
		return web.Done{To: "/purchasing/plans/" + p.ID, Say: "purchasing.done.consolidated", Args: []string{p.Number}, Data: p}, err
	})
}
