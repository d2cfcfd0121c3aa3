package purchasingweb

import (
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
)

var offerLine = form.Of[purchasing.OfferLine]{Name: "purchasing.offered", Fields: []form.Field[purchasing.OfferLine]{
	{Key: "line", Into: func(l *purchasing.OfferLine) any { return &l.Line }, Kind: form.Hidden},
	{Key: "price", Into: func(l *purchasing.OfferLine) any { return &l.Price }},
}}

var offerPaper = form.Of[purchasing.Offer]{Name: "purchasing.offer", Fields: []form.Field[purchasing.Offer]{
	{Key: "supplier", Into: func(o *purchasing.Offer) any { return &o.Supplier }, Ref: "suppliers", Required: true},
	{Key: "days", Into: func(o *purchasing.Offer) any { return &o.Days }, Most: 365},
	{Key: "score", Into: func(o *purchasing.Offer) any { return &o.Score }, Most: 100, Hint: true},
	form.LinesOf("lines", func(o *purchasing.Offer) *[]purchasing.OfferLine { return &o.Lines }, &offerLine, housesMost),
}}

type singleAsked struct{ Single string }

var singlePaper = form.Of[singleAsked]{Name: "purchasing.single", Fields: []form.Field[singleAsked]{
	{Key: "single", Into: func(s *singleAsked) any { return &s.Single }, Kind: form.Area, Required: true, Most: 500},
}}

var awardPaper = form.Of[purchasing.Award]{Name: "purchasing.award", Fields: []form.Field[purchasing.Award]{
	{Key: "supplier", Into: func(a *purchasing.Award) any { return &a.Supplier }, Ref: "suppliers", Hint: true},
	{Key: "market", Into: func(a *purchasing.Award) any { return &a.Market }, Kind: form.Area, Most: 500, Hint: true},
	{Key: "why", Into: func(a *purchasing.Award) any { return &a.Why }, Most: 300},
	{Key: "due", Into: func(a *purchasing.Award) any { return &a.Due }},
}}

var awardLine = form.Of[purchasing.AwardLine]{Name: "purchasing.given", Fields: []form.Field[purchasing.AwardLine]{
	{Key: "line", Into: func(l *purchasing.AwardLine) any { return &l.Line }, Kind: form.Hidden},
	{Key: "supplier", Into: func(l *purchasing.AwardLine) any { return &l.Supplier }, Most: 40},
}}

// splitPaper gives each line to a bidder of its own.
var splitPaper = form.Of[purchasing.Award]{Name: "purchasing.split", Fields: []form.Field[purchasing.Award]{
	form.LinesOf("lines", func(a *purchasing.Award) *[]purchasing.AwardLine { return &a.Lines }, &awardLine, housesMost),
	{Key: "market", Into: func(a *purchasing.Award) any { return &a.Market }, Kind: form.Area, Most: 500, Hint: true},
	{Key: "why", Into: func(a *purchasing.Award) any { return &a.Why }, Most: 300},
	{Key: "due", Into: func(a *purchasing.Award) any { return &a.Due }},
}}

func enquiries(r *web.Req) error {
	return r.List(&purchasing.Enquiries, purchasing.Everything(), web.ListPage{Page: ui.Page{Tabs: tabs(r)}})
}

func enquiryOf(r *web.Req) (purchasing.Enquiry, error) {
	return purchasing.EnquiryByID(r.Context(), r.Read(), r.PathValue("id"))
}

// enquiry lays the offers side by side: a line for each item, a column for each
// supplier, the cheapest marked, beside what it cost the last time.
func enquiry(r *web.Req) error {
	e, err := enquiryOf(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(e)
	}
	to := "/purchasing/enquiries/" + e.ID
	facts := []ui.Fact{{Label: r.T("purchasing.enquiries.method"), Text: r.T("purchasing.method." + e.Method), Sub: r.T("purchasing.bidders", r.W2.Number(e.Bidders))},
		{Label: r.T("purchasing.enquiries.amount"), Text: r.W2.Money(e.Amount), Sub: r.T("ui.yuan"), Num: true}, {Label: r.T("purchasing.enquiries.plan_number"), Text: e.PlanNumber, Href: "/purchasing/plans/" + e.Plan},
		{Label: r.T("purchasing.enquiries.buyer_name"), Text: e.BuyerName, Sub: r.When(e.At)}}
	for _, f := range [][2]string{{"purchasing.award.market", e.Market}, {"purchasing.award.why", e.Why}, {"purchasing.single.single", e.Single}, {"purchasing.leave_by", e.LeaveName}} {
		if f[1] != "" {
			facts = append(facts, ui.Fact{Label: r.T(f[0]), Text: f[1], Wide: true})
		}
	}
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("purchasing.offers"), Columns: []ui.Head{{Label: r.T("purchasing.wish.item")}, {Label: r.T("purchasing.set.qty"), Num: true}, {Label: r.T("purchasing.last"), Num: true}, {Label: r.T("purchasing.estimate"), Num: true}}}
	scores, err := scoresOf(r)
	if err != nil {
		return err
	}
	var who []string
	at := map[string]int{}
	sums := map[string]money.Fen{}
	for _, l := range e.Asked {
		for _, q := range l.Quotes {
			if _, ok := at[q.Supplier]; !ok {
				at[q.Supplier] = len(who)
				who = append(who, q.Supplier)
				t.Columns = append(t.Columns, ui.Head{Label: q.SupplierName, Num: true})
			}
			sums[q.Supplier] += mul(q.Price, l.Qty)
		}
	}
	for _, l := range e.Asked {
		row := ui.Row{Cells: []ui.Cell{{Text: l.Title(), Sub: l.Number}, {Text: l.Say(l.Qty), Num: true}, {Text: "–", Num: true}, {Text: r.W2.Money(l.Estimate), Num: true}}}
		if l.Last > 0 {
			row.Cells[2].Text = r.W2.Money(l.Last)
		}
		cells := make([]ui.Cell, len(who))
		for k, q := range l.Quotes {
			c := ui.Cell{Text: r.W2.Money(q.Price), Sub: r.T("purchasing.offer.sub", r.W2.Number(q.Days), r.W2.Number(q.Score)), Num: true}
			if k == 0 {
				c.Tone = ui.Done
			}
			if q.Chosen {
				c.Text = "✓ " + c.Text
			}
			cells[at[q.Supplier]] = c
		}
		row.Cells = append(row.Cells, cells...)
		t.Rows = append(t.Rows, row)
	}
	if len(who) > 0 {
		total := ui.Row{Cells: []ui.Cell{{Text: r.T("purchasing.slip.total")}, {}, {}, {Text: r.W2.Money(e.Amount), Num: true}}}
		did := ui.Row{Cells: []ui.Cell{{Text: r.T("purchasing.scores")}, {}, {}, {}}}
		for _, s := range who {
			total.Cells = append(total.Cells, ui.Cell{Text: r.W2.Money(sums[s]), Num: true})
			c := ui.Cell{Text: "–", Num: true}
			if score, known := scores[s]; known {
				c.Text, c.Href = r.W2.Number(score), r.Way("/receiving/suppliers")
			}
			did.Cells = append(did.Cells, c)
		}
		t.Rows = append(t.Rows, total, did)
	}
	story, err := r.Story(purchasing.EnquiryNoun, e.ID, e.Number)
	if err != nil {
		return err
	}
	files, err := papers(r, purchasing.EnquiryNoun, e.ID, to)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: e.Number, Sub: r.T("purchasing.enquiries.one"), Mark: &ui.Mark{Word: r.T("purchasing.enquiries.state." + string(e.State)), Tone: ui.Quiet}, Wide: true,
		Back: &ui.Link{Label: r.T("purchasing.enquiries"), Href: "/purchasing/enquiries"}, Live: []string{purchasing.EnquiryNoun}, Body: ui.Below(ui.Facts(facts...), ui.Section(r.T("purchasing.offers"), ui.List(r.W2, t)), files, story)}
	if e.State == purchasing.Open && r.By.May(purchasing.MayBuy) {
		ask, award := ui.Accent, ui.Plain // with bidders enough, or leave to do with fewer, it is time to decide
		if int64(len(who)) >= e.Bidders || len(who) > 0 && e.LeaveBy != "" {
			ask, award = ui.Plain, ui.Accent
		}
		give, err := shut(r, &awardPaper, &purchasing.Award{}, "award", to+"/award", e.Version, award)
		if err != nil {
			return err
		}
		alone, err := shut(r, &singlePaper, &singleAsked{e.Single}, "single", to+"/single", e.Version, "")
		if err != nil {
			return err
		}
		p.Actions = append(p.Actions, ui.Action{Name: "offer", Label: r.T("purchasing.do.offer"), Href: to + "/offer", Icon: "plus", Tone: ask}, give)
		if len(who) > 1 && len(e.Asked) > 1 {
			p.Actions = append(p.Actions, ui.Action{Name: "split", Label: r.T("purchasing.do.split"), Href: to + "/split", Icon: "arrows-exchange"})
		}
		p.Actions = append(p.Actions, alone, press(r, "drop", to+"/drop", e.Version, ui.Danger))
	}
	if e.State == purchasing.Open && e.Single != "" && e.LeaveBy == "" && r.By.May(purchasing.MayLeave) {
		p.Actions = append(p.Actions, press(r, "leave", to+"/leave", e.Version, ui.Accent))
	}
	return r.Show(p, nil)
}

func blankOffer(r *web.Req) error {
	e, err := enquiryOf(r)
	if err != nil {
		return err
	}
	o := purchasing.Offer{Score: 80, Days: 3}
	by := map[string]purchasing.EnquiryLine{}
	for _, l := range e.Asked {
		o.Lines = append(o.Lines, purchasing.OfferLine{Line: l.Line})
		by[strconv.FormatInt(l.Line, 10)] = l
	}
	to := "/purchasing/enquiries/" + e.ID
	f, err := r.Form(&offerPaper, &o, ui.Form{Action: to + "/offer", Submit: r.T("purchasing.do.offer"), Cancel: to})
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		x.Half = x.Kind != ui.KindLines
		if x.Kind == ui.KindLines {
			x.Spare = -1
			besideAsked(r, x, by)
		}
	}
	return r.Show(ui.Page{Heading: r.T("purchasing.do.offer"), Sub: e.Number, Wide: true, Back: &ui.Link{Label: e.Number, Href: to}, Body: ui.Ask(r.W2, f)}, nil)
}

// besideAsked puts beside each row what is asked for: the item, how much of it, and what it
// cost last; by are the lines of the enquiry by their number.
func besideAsked(r *web.Req, x *ui.Field, by map[string]purchasing.EnquiryLine) {
	x.Beside([]string{r.T("purchasing.wish.item"), r.T("purchasing.set.qty"), r.T("purchasing.last")}, func(row int) []string {
		l := by[x.Answer(row, "line")]
		last := "–"
		if l.Last > 0 {
			last = r.W2.Money(l.Last)
		}
		return []string{l.Title(), l.Say(l.Qty), last}
	})
}

func offer(r *web.Req) error {
	return web.Submit(r, &offerPaper, blankOffer, func(tx *db.Tx, o *purchasing.Offer) (web.Done, error) {
		e, err := purchasing.Note(r.Context(), tx, r.PathValue("id"), *o)
		return web.Done{To: "/purchasing/enquiries/" + r.PathValue("id"), Say: "purchasing.done.noted", Data: e}, err
	})
}

func single(r *web.Req) error {
	return web.Submit(r, &singlePaper, enquiry, func(tx *db.Tx, s *singleAsked) (web.Done, error) {
		return web.Done{To: "/purchasing/enquiries/" + r.PathValue("id"), Say: "purchasing.done.single"}, purchasing.AskSingle(r.Context(), tx, r.PathValue("id"), s.Single)
	})
}

func giveLeave(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/purchasing/enquiries/" + r.PathValue("id"), Say: "purchasing.done.leave"}, purchasing.GiveLeave(r.Context(), tx, r.PathValue("id"), r.Version())
	})
}

func award(r *web.Req) error { return awarded(r, &awardPaper, enquiry) }

func awarded(r *web.Req, spec *form.Of[purchasing.Award], again func(*web.Req) error) error {
	return web.Submit(r, spec, again, func(tx *db.Tx, a *purchasing.Award) (web.Done, error) {
		all, err := purchasing.Decide(r.Context(), tx, r.PathValue("id"), *a)
		d := web.Done{To: "/purchasing/orders", Say: "purchasing.done.drafted", Args: []string{strconv.Itoa(len(all))}, Data: all}
		if len(all) == 1 {
			d.To = "/purchasing/orders/" + all[0].ID
		}
		return d, err
	})
}

// scoresOf is how each supplier did in the last year, of those of whom enough is known.
func scoresOf(r *web.Req) (map[string]int64, error) {
	today := r.Site.DB.Today()
	all, err := receiving.Standings(r.Context(), r.Read(), today.AddDays(-365), today, today)
	of := map[string]int64{}
	for _, s := range all {
		if s.Score >= 0 {
			of[s.Supplier] = s.Score
		}
	}
	return of, err
}

// blankSplit gives every line to its cheapest offer to begin with.
func blankSplit(r *web.Req) error {
	e, err := enquiryOf(r)
	if err != nil {
		return err
	}
	scores, err := scoresOf(r)
	if err != nil {
		return err
	}
	var a purchasing.Award
	by := map[string]purchasing.EnquiryLine{}
	for _, l := range e.Asked {
		given := purchasing.AwardLine{Line: l.Line}
		if len(l.Quotes) > 0 {
			given.Supplier = l.Quotes[0].Supplier
		}
		a.Lines = append(a.Lines, given)
		by[strconv.FormatInt(l.Line, 10)] = l
	}
	to := "/purchasing/enquiries/" + e.ID
	f, err := r.Form(&splitPaper, &a, ui.Form{Action: to + "/split", Submit: r.T("purchasing.do.award"), Version: web.VersionText(e.Version), Cancel: to, Intro: r.T("purchasing.split.intro")})
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		if x.Half = x.Kind != ui.KindLines && x.Kind != ui.KindArea; x.Kind != ui.KindLines {
			continue
		}
		x.Spare = -1
		for c := range x.Columns {
			if x.Columns[c].Name != "supplier" {
				continue
			}
			x.Columns[c].Kind = ui.KindChoice
			for row := range x.Lines {
				x.Lines[row][c].Options = bidders(r, by[x.Answer(row, "line")], scores)
			}
		}
		besideAsked(r, x, by)
	}
	return r.Show(ui.Page{Heading: r.T("purchasing.do.split"), Sub: e.Number, Wide: true, Back: &ui.Link{Label: e.Number, Href: to}, Body: ui.Ask(r.W2, f)}, nil)
}

// bidders are who offers for a line, with price, days and how they did, or nobody.
func bidders(r *web.Req, l purchasing.EnquiryLine, scores map[string]int64) []ui.Option {
	all := []ui.Option{{Label: r.T("purchasing.given.nobody")}}
	for _, q := range l.Quotes {
		label := joined(q.SupplierName+" "+r.W2.Money(q.Price), r.T("purchasing.offer.sub", r.W2.Number(q.Days), r.W2.Number(q.Score)))
		if s, known := scores[q.Supplier]; known {
			label = joined(label, r.T("purchasing.scored", r.W2.Number(s)))
		}
		all = append(all, ui.Option{Value: q.Supplier, Label: label})
	}
	return all
}

func split(r *web.Req) error { return awarded(r, &splitPaper, blankSplit) }

func drop(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/purchasing/enquiries/" + r.PathValue("id"), Say: "purchasing.done.dropped"}, purchasing.Drop(r.Context(), tx, r.PathValue("id"))
	})
}
