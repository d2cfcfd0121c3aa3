package receivingweb

import (
	"maps"
	"slices"
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/warehouse"
)

// linesMost is how many lines one lorry may bring.
const linesMost = 200

var camePaper = form.Of[receiving.Came]{Name: "receiving.came", Fields: []form.Field[receiving.Came]{
	{Key: "item", Into: func(l *receiving.Came) any { return &l.Item }, Ref: "items", Required: true},
	{Key: "qty", Into: func(l *receiving.Came) any { return &l.Qty }, Most: 40},
	{Key: "again", Into: func(l *receiving.Came) any { return &l.Again }, Most: 40},
	{Key: "lot", Into: func(l *receiving.Came) any { return &l.Lot }, Kind: form.Code, Most: 200},
	{Key: "expiry", Into: func(l *receiving.Came) any { return &l.Expiry }},
	{Key: "refused", Into: func(l *receiving.Came) any { return &l.Refused }, Most: 40},
	{Key: "cause", Into: func(l *receiving.Came) any { return &l.Cause }, OneOf: receiving.Causes, Enum: "receiving.cause"},
	{Key: "noted", Into: func(l *receiving.Came) any { return &l.Noted }, Most: 40},
	{Key: "bin", Into: func(l *receiving.Came) any { return &l.Bin }, Ref: "bins"},
	{Key: "note", Into: func(l *receiving.Came) any { return &l.Note }, Most: 100},
}}

// paper is what the keeper fills in at the gate.
var paper = form.Of[receiving.Arrival]{Name: "receiving.arrival", Fields: []form.Field[receiving.Arrival]{
	{Key: "order", Into: func(a *receiving.Arrival) any { return &a.Order }, Kind: form.Hidden, Most: 60},
	{Key: "plan", Into: func(a *receiving.Arrival) any { return &a.Plan }, Kind: form.Hidden, Most: 60},
	{Key: "contract", Into: func(a *receiving.Arrival) any { return &a.Contract }, Kind: form.Hidden, Most: 80},
	{Key: "supplier", Into: func(a *receiving.Arrival) any { return &a.Supplier }, Ref: "suppliers"},
	{Key: "store", Into: func(a *receiving.Arrival) any { return &a.Store }, Ref: "stores", Required: true},
	{Key: "invoice", Into: func(a *receiving.Arrival) any { return &a.Invoice }, Most: 60, Hint: true},
	{Key: "delivery", Into: func(a *receiving.Arrival) any { return &a.Delivery }, Most: 60},
	{Key: "arrived", Into: func(a *receiving.Arrival) any { return &a.Arrived }},
	form.LinesOf("lines", func(a *receiving.Arrival) *[]receiving.Came { return &a.Lines }, &camePaper, linesMost),
	{Key: "second", Into: func(a *receiving.Arrival) any { return &a.Second }, Hint: true},
	{Key: "note", Into: func(a *receiving.Arrival) any { return &a.Note }, Most: 200},
}}

var verdictPaper = form.Of[receiving.Verdict]{Name: "receiving.verdict", Fields: []form.Field[receiving.Verdict]{
	{Key: "line", Into: func(v *receiving.Verdict) any { return &v.Line }, Kind: form.Hidden, Required: true},
	{Key: "refused", Into: func(v *receiving.Verdict) any { return &v.Refused }, Most: 40},
	{Key: "cause", Into: func(v *receiving.Verdict) any { return &v.Cause }, OneOf: receiving.Causes, Enum: "receiving.cause"},
}}

// testPaper is the second person's.
var testPaper = form.Of[receiving.Tested]{Name: "receiving.test", Fields: []form.Field[receiving.Tested]{
	form.LinesOf("lines", func(t *receiving.Tested) *[]receiving.Verdict { return &t.Lines }, &verdictPaper, linesMost),
	{Key: "finding", Into: func(t *receiving.Tested) any { return &t.Finding }, Most: 300, Hint: true},
}}

// ownStore is the store a form begins with: one that the person keeps, else the only one
// that is not a ward's.
func ownStore(r *web.Req) (string, error) {
	kept, err := warehouse.KeptBy(r.Context(), r.Read(), r.By.ID)
	if err != nil || len(kept) > 0 {
		if err != nil {
			return "", err
		}
		return kept[0].ID, nil
	}
	all, err := warehouse.Stores.All(r.Context(), r.Read(), everything.And("w.closed = false AND w.ward = false"), 1)
	if len(all) == 0 {
		return "", err
	}
	return all[0].ID, nil
}

// sheetOf is what a sheet at the gate begins with: what is to come of an order, of a plan
// or on a contract, said and how much of it.
type sheetOf struct {
	receiving.Arrival
	number, from string
	left         map[string]string
	again        map[string]quantity.Qty // of what is left, in place of goods that went back
}

// begin reads which of the three the address or the form that came back names.
func begin(r *web.Req) (s sheetOf, err error) {
	ask := func(key string) string { return r.URL.Query().Get(key) }
	if r.Failed(&paper) != nil {
		in, err := r.Input()
		if err != nil {
			return s, err
		}
		ask = in.Value
	}
	s = sheetOf{Arrival: receiving.Arrival{Order: ask("order"), Plan: ask("plan"), Contract: ask("contract"), Arrived: r.Site.DB.Today()}, left: map[string]string{}}
	more := func(item, left string, some bool) {
		if s.left[item] = left; some {
			s.Lines = append(s.Lines, receiving.Came{Item: item})
		}
	}
	switch {
	case s.Contract != "":
		s.Supplier = ask("supplier")
		c, err := purchasing.ContractOf(r.Context(), r.Read(), s.Supplier, s.Contract, r.Site.DB.Today())
		if err != nil {
			return s, err
		}
		s.number, s.from = c.Name, c.SupplierName
		for _, p := range c.Prices {
			if left, bound := p.Left(); bound {
				more(p.Item, p.Say(left), left > 0)
			} else {
				more(p.Item, r.T("receiving.no_bound"), true)
			}
		}
	case s.Plan != "":
		p, err := purchasing.PlanByID(r.Context(), r.Read(), s.Plan)
		if err != nil {
			return s, err
		}
		s.number = p.Number
		for _, l := range p.Goods {
			more(l.Item, l.Say(l.Qty-l.Ordered), l.Qty > l.Ordered)
		}
	default:
		o, err := purchasing.OrderByID(r.Context(), r.Read(), s.Order)
		if err != nil {
			return s, err
		}
		s.number, s.from, s.Store = o.Number, o.SupplierName, o.Store
		for _, l := range o.Goods {
			more(l.Item, l.Say(l.Left()), l.Left() > 0)
		}
	}
	if s.again, err = receiving.Again(r.Context(), r.Read(), s.Arrival); err != nil {
		return s, err
	}
	if err := s.sayAgain(r); err != nil {
		return s, err
	}
	if s.Store == "" {
		s.Store, err = ownStore(r)
	}
	return s, err
}

// sayAgain adds to what is left how much of it is to come in place of goods that went back.
func (s *sheetOf) sayAgain(r *web.Req) error {
	items, err := catalog.Few(r.Context(), r.Read(), slices.Collect(maps.Keys(s.again)))
	for id, q := range s.again {
		if q == 0 {
			continue
		}
		if _, there := s.left[id]; there {
			s.left[id] = r.T("receiving.left_again", s.left[id], items[id].Say(q))
		}
	}
	return err
}

func (s *sheetOf) intro(r *web.Req) string {
	text := r.T("receiving.arrival.intro", s.number)
	if len(s.again) > 0 {
		text += r.T("receiving.arrival.intro_again")
	}
	return text
}

// leaveOut leaves a column out of a field's lines.
func leaveOut(x *ui.Field, name string) {
	n := slices.IndexFunc(x.Columns, func(c ui.Field) bool { return c.Name == name })
	x.Columns = slices.Delete(slices.Clone(x.Columns), n, n+1)
	for k := range x.Lines {
		x.Lines[k] = slices.Delete(slices.Clone(x.Lines[k]), n, n+1)
	}
}

// blank is the sheet for one order, plan or contract: its lines stand there, what came is
// to be counted.
func blank(r *web.Req) error {
	s, err := begin(r)
	if err != nil {
		return err
	}
	f, err := r.Form(&paper, &s.Arrival, ui.Form{Action: "/receiving/receipts", Submit: r.T("receiving.do.arrive"), Cancel: "/receiving", Intro: s.intro(r), Draft: true})
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		if x.Name == "supplier" && s.Plan == "" {
			x.Kind = ui.KindHidden // the order's, or the contract's
			x.Value = s.Supplier
		}
		x.Half = x.Kind != ui.KindLines && x.Kind != ui.KindCheck
		if x.Kind != ui.KindLines {
			continue
		}
		x.Spare = 1
		if len(s.again) == 0 {
			leaveOut(x, "again")
		}
		for c := range x.Columns {
			if x.Columns[c].Name == "qty" {
				x.Columns[c].Example = r.T("receiving.qty.example")
			}
		}
		x.Beside([]string{r.T("receiving.left")}, func(row int) []string { return []string{s.left[x.Answer(row, "item")]} })
	}
	return r.Show(ui.Page{Heading: r.T("receiving.do.arrive"), Sub: s.number + " " + s.from, Wide: true, Back: &ui.Link{Label: r.T("receiving.gate"), Href: "/receiving"}, Body: ui.Ask(r.W2, f)}, nil)
}

func arrive(r *web.Req) error {
	return web.Submit(r, &paper, blank, func(tx *db.Tx, a *receiving.Arrival) (web.Done, error) {
		x, err := receiving.Arrive(r.Context(), tx, *a)
		return web.Done{To: "/receiving/receipts/" + x.ID, Say: "receiving.done." + string(x.State), Args: []string{x.Number}, Data: x}, err
	})
}

// blankCheck is the second person's sheet.
func blankCheck(r *web.Req) error {
	x, err := one(r)
	if err != nil {
		return err
	}
	var t receiving.Tested
	by := map[string]receiving.Line{}
	for _, l := range x.Goods {
		v := receiving.Verdict{Line: l.N, Cause: l.Cause}
		if l.Refused > 0 {
			v.Refused = l.Say(l.Refused)
		}
		t.Lines = append(t.Lines, v)
		by[strconv.FormatInt(l.N, 10)] = l
	}
	to := "/receiving/receipts/" + x.ID
	f, err := r.Form(&testPaper, &t, ui.Form{Action: to + "/check", Version: web.VersionText(x.Version), Submit: r.T("receiving.do.check"), Cancel: to, Intro: r.T("receiving.test.intro", x.ByName)})
	if err != nil {
		return err
	}
	for n := range f.Fields {
		if x := &f.Fields[n]; x.Kind == ui.KindLines {
			x.Spare = -1
			x.Beside([]string{r.T("receiving.came.item"), r.T("receiving.came.qty"), r.T("receiving.came.lot"), r.T("receiving.came.expiry")}, func(row int) []string {
				l := by[x.Answer(row, "line")]
				return []string{l.Title(), l.Say(l.Came), l.Lot, string(l.Expiry)}
			})
		}
	}
	return r.Show(ui.Page{Heading: r.T("receiving.do.check"), Sub: x.Number + " " + x.SupplierName, Wide: true, Back: &ui.Link{Label: x.Number, Href: to}, Body: ui.Ask(r.W2, f)}, nil)
}

func check(r *web.Req) error {
	return web.Submit(r, &testPaper, blankCheck, func(tx *db.Tx, t *receiving.Tested) (web.Done, error) {
		x, err := receiving.Check(r.Context(), tx, r.PathValue("id"), r.Version(), *t)
		return web.Done{To: "/receiving/receipts/" + x.ID, Say: "receiving.done.tested", Args: []string{x.Number}, Data: x}, err
	})
}
