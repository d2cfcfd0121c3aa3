package wardstoresweb

import (
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// linesMost is how many items a sheet may have.
const linesMost = 1000

var tallyLine = form.Of[wardstores.Tally]{Name: "wardstores.tally", Fields: []form.Field[wardstores.Tally]{
	{Key: "item", Into: func(t *wardstores.Tally) any { return &t.Item }, Kind: form.Hidden, Required: true},
	{Key: "found", Into: func(t *wardstores.Tally) any { return &t.Found }, Most: 40},
	{Key: "cause", Into: func(t *wardstores.Tally) any { return &t.Cause }, OneOf: wardstores.Causes[:3], Enum: "wardstores.cause"},
	{Key: "note", Into: func(t *wardstores.Tally) any { return &t.Note }, Most: 100},
}}

var countPaper = form.Of[wardstores.Counting]{Name: "wardstores.counting", Fields: []form.Field[wardstores.Counting]{
	{Key: "store", Into: func(c *wardstores.Counting) any { return &c.Store }, Kind: form.Hidden, Required: true},
	{Key: "kind", Into: func(c *wardstores.Counting) any { return &c.Kind }, Kind: form.Hidden, Required: true},
	form.LinesOf("lines", func(c *wardstores.Counting) *[]wardstores.Tally { return &c.Lines }, &tallyLine, linesMost),
	{Key: "note", Into: func(c *wardstores.Counting) any { return &c.Note }, Most: 200},
}}

var handoverPaper = form.Of[wardstores.Counting]{Name: "wardstores.handing", Fields: []form.Field[wardstores.Counting]{
	{Key: "store", Into: func(c *wardstores.Counting) any { return &c.Store }, Kind: form.Hidden, Required: true},
	form.LinesOf("lines", func(c *wardstores.Counting) *[]wardstores.Tally { return &c.Lines }, &tallyLine, linesMost),
	{Key: "taker", Into: func(c *wardstores.Counting) any { return &c.Taker }, Ref: "ward_people", Required: true},
	{Key: "giver_sign", Into: func(c *wardstores.Counting) any { return &c.GiverSign }, Kind: form.Signature, Most: 140_000, Required: true},
	{Key: "taker_sign", Into: func(c *wardstores.Counting) any { return &c.TakerSign }, Kind: form.Signature, Most: 140_000, Required: true},
	{Key: "note", Into: func(c *wardstores.Counting) any { return &c.Note }, Most: 200},
}}

// counts is the register of checks, counts and handovers.
func counts(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(wardstores.MayUse) {
		p.Page.Actions = []ui.Action{{Name: "week", Label: r.T("wardstores.kind.week"), Href: "/ward-stores/counts/new?kind=week", Icon: "clipboard-check"},
			{Name: "month", Label: r.T("wardstores.kind.month"), Href: "/ward-stores/counts/new?kind=month", Icon: "clipboard-check", Tone: ui.Accent}}
	}
	return r.List(&wardstores.Counts, wardstores.Scope(r.By), p)
}

// blankCount is the sheet of a check or a month's count. A check begins with what should
// be there; a count is typed item by item.
func blankCount(r *web.Req) error {
	kind := r.URL.Query().Get("kind")
	if in, err := r.Input(); kind == "" && err == nil {
		kind = in.Value("kind")
	}
	if kind != "week" {
		kind = "month"
	}
	return sheet(r, kind, &countPaper, "/ward-stores/counts", r.T("wardstores.count.intro."+kind))
}

// blankHandover is the full count with which a head nurse hands her store on, signed by
// both on the same page (S-039).
func blankHandover(r *web.Req) error {
	return sheet(r, "handover", &handoverPaper, "/ward-stores/handover", r.T("wardstores.count.intro.handover"))
}

func sheet(r *web.Req, kind string, spec form.Any, to, intro string) error {
	s, all, err := own(r)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return none(r, r.T("wardstores.kind."+kind))
	}
	lines, _, err := wardstores.Sheet(r.Context(), r.Read(), s.ID)
	if err != nil {
		return err
	}
	items, err := itemsOf(r, lines)
	if err != nil {
		return err
	}
	c, should := wardstores.Counting{Store: s.ID, Kind: kind}, map[string]string{}
	for _, l := range lines {
		i := items[l.Item]
		t := wardstores.Tally{Item: l.Item}
		if kind == "week" {
			t.Found = typed(i.Say(max(0, l.Book-l.Away)))
		}
		c.Lines, should[l.Item] = append(c.Lines, t), i.Say(max(0, l.Book-l.Away))
	}
	f, err := r.Form(spec, &c, ui.Form{Action: to, Submit: r.T("wardstores.do.enter"), Intro: intro, Draft: true, Cancel: "/ward-store?store=" + s.ID})
	if err != nil {
		return err
	}
	f.Tell(func(item string) []string { return []string{items[item].Title(), should[item]} }, r.T("wardstores.take.item"), r.T("wardstores.should"))
	return r.Show(ui.Page{Heading: r.T("wardstores.kind." + kind), Sub: s.Name, Back: &ui.Link{Label: r.T("wardstores.mine"), Href: "/ward-store?store=" + s.ID}, Body: ui.Ask(r.W2, f)}, nil)
}

// typed is a quantity as one would type it.
func typed(said string) string {
	if said = strings.ReplaceAll(said, " ", ""); said == "" {
		return "0"
	}
	return said
}

func itemsOf(r *web.Req, lines []wardstores.Line) (map[string]catalog.Item, error) {
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.Item)
	}
	return catalog.Few(r.Context(), r.Read(), ids)
}

func enterCount(r *web.Req) error {
	return web.Submit(r, &countPaper, blankCount, func(tx *db.Tx, in *wardstores.Counting) (web.Done, error) {
		c, err := wardstores.Enter(r.Context(), tx, *in)
		return entered(c), err
	})
}

func enterHandover(r *web.Req) error {
	return web.Submit(r, &handoverPaper, blankHandover, func(tx *db.Tx, in *wardstores.Counting) (web.Done, error) {
		in.Kind = "handover"
		c, err := wardstores.Enter(r.Context(), tx, *in)
		return entered(c), err
	})
}

func entered(c wardstores.Count) web.Done {
	d := web.Done{To: "/ward-stores/counts/" + c.ID, Say: "wardstores.done.counted", Args: []string{c.Number}, Data: c}
	if c.Differences > 0 {
		d.Say = "wardstores.done.differs"
	}
	return d
}

// count is one count: what was found, who signed, and for the month what came and went.
func count(r *web.Req) error {
	c, err := wardstores.CountByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(c)
	}
	items, err := itemsOf(r, c.Lines)
	if err != nil {
		return err
	}
	tone := ui.Done
	if c.Open {
		tone = ui.Soon
	}
	p := ui.Page{Heading: r.T("wardstores.kind." + c.Kind), Sub: c.Number + " · " + c.StoreName, Back: &ui.Link{Label: r.T("wardstores.counts"), Href: "/ward-stores/counts"}, Live: []string{wardstores.CountNoun},
		Mark: &ui.Mark{Word: r.T(wardstores.CountNoun + ".state." + string(c.State)), Tone: tone}}
	if p.Actions, err = r.Buttons(wardstores.CountNoun, "/ward-stores/counts/"+c.ID, c.Version, wardstores.CountLife.Open(r.By, &c)); err != nil {
		return err
	}
	p.Actions = append(p.Actions, ui.Action{Name: "print", Label: r.T("wardstores.print"), Href: "/ward-stores/counts/" + c.ID + "/print", Icon: "printer", Fresh: true})
	facts := []ui.Fact{{Label: r.T("wardstores.counts.day"), Text: string(c.Day)}, {Label: r.T("wardstores.counts.by_name"), Text: c.ByName, Sub: r.When(c.At)},
		{Label: r.T("wardstores.counts.amount"), Text: r.W2.Money(c.Amount), Sub: r.T("ui.yuan"), Num: true}, {Label: r.T("wardstores.counts.differences"), Text: r.W2.Number(c.Differences), Num: true}}
	signed := func(label, name, sub string) {
		if name != "" {
			facts = append(facts, ui.Fact{Label: r.T(label), Text: name, Sub: sub})
		}
	}
	signed("wardstores.counts.reconciled_name", c.ReconciledName, r.When(c.ReconciledAt)+" "+c.ReconciledNote)
	signed("wardstores.counts.audited_name", c.AuditedName, r.When(c.AuditedAt)+" "+c.AuditedNote)
	if c.Note != "" {
		facts = append(facts, ui.Fact{Label: r.T("wardstores.counts.note"), Text: c.Note, Wide: true})
	}
	if c.Kind == "handover" {
		if facts, err = bothSigned(r, &c, facts); err != nil {
			return err
		}
	}
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("wardstores.sheet"), Columns: []ui.Head{{Label: r.T("wardstores.take.item")}, {Label: r.T("wardstores.book"), Num: true},
		{Label: r.T("wardstores.away"), Num: true}, {Label: r.T("wardstores.tally.found"), Num: true}, {Label: r.T("wardstores.tally.cause")}}}
	for _, l := range c.Lines {
		i := items[l.Item]
		row := ui.Row{Cells: []ui.Cell{{Text: i.Title(), Sub: i.Number}, {Text: i.Say(l.Book), Num: true}, {Num: true}, {Text: i.Say(l.Found), Num: true}, {Sub: l.Note}}}
		if l.Away != 0 {
			row.Cells[2].Text = i.Say(l.Away)
		}
		if l.Cause != "" {
			row.Tone, row.Cells[3].Tone, row.Cells[4].Text = ui.Soon, ui.Danger, r.T("wardstores.cause."+l.Cause)
		}
		t.Rows = append(t.Rows, row)
	}
	body := []templ.Component{ui.Facts(facts...)}
	if c.Kind == "month" {
		moved, err := movedIn(r, &c)
		if err != nil {
			return err
		}
		body = append(body, ui.Section(r.T("wardstores.moved", string(c.Month)), ui.List(r.W2, moved)))
	}
	story, err := r.Story(wardstores.CountNoun, c.ID, c.Number)
	if err != nil {
		return err
	}
	p.Body = ui.Below(append(body, ui.Section(r.T("wardstores.sheet"), ui.List(r.W2, t)), ui.Section(r.T("wardstores.story"), story))...)
	return r.Show(p, nil)
}

// bothSigned adds who handed over and who took on, each with the signature.
func bothSigned(r *web.Req, c *wardstores.Count, facts []ui.Fact) ([]ui.Fact, error) {
	giver, taker, err := wardstores.Signatures(r.Context(), r.Read(), c.ID)
	for _, s := range []struct{ label, name, sign string }{{"wardstores.handing.giver_sign", c.GiverName, giver}, {"wardstores.handing.taker_sign", c.TakerName, taker}} {
		f := ui.Fact{Label: r.T(s.label), Text: s.name}
		if strings.HasPrefix(s.sign, "data:image/png") {
			f.Part = drawn(s.sign, s.name)
		}
		facts = append(facts, f)
	}
	return facts, err
}

// movedIn is what the stores' books say came into a ward's store and went out of it in the
// month of a count, by kinds of papers: what logistics and finance compare with (S-033).
func movedIn(r *web.Req, c *wardstores.Count) (ui.Table, error) {
	t := ui.Table{ID: "moved", Bare: true, Caption: r.T("wardstores.moved", string(c.Month)), Empty: ui.Nothing{Text: r.T("wardstores.moved.none"), Icon: "package"},
		Columns: []ui.Head{{Label: r.T("wardstores.moved.kind")}, {Label: r.T("wardstores.moved.papers"), Num: true}, {Label: r.T("wardstores.moved.in"), Num: true}, {Label: r.T("wardstores.moved.out"), Num: true}}}
	_, kinds, err := warehouse.MonthOf(r.Context(), r.Read(), c.Store, c.Month)
	if err != nil {
		return t, err
	}
	for _, k := range kinds {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("warehouse.kind." + string(k.Kind))}, {Text: r.W2.Number(k.Papers), Num: true}, {Text: r.W2.Money(k.In), Num: true}, {Text: r.W2.Money(k.Out), Num: true}}})
	}
	return t, nil
}

func reconcile(r *web.Req) error { return signCount(r, wardstores.Reconcile) }

func audit(r *web.Req) error { return signCount(r, wardstores.Audit) }

func signCount(r *web.Req, f signs) error {
	return web.Submit(r, &wardstores.RemarkForm, count, func(tx *db.Tx, say *wardstores.Remark) (web.Done, error) {
		c, err := f(r.Context(), tx, r.PathValue("id"), r.Version(), *say)
		return web.Done{To: "/ward-stores/counts/" + c.ID, Say: "wardstores.done.signed", Args: []string{c.Number}, Data: c}, err
	})
}

// printCount is the sheet on paper, with the places to sign.
func printCount(r *web.Req) error {
	c, err := wardstores.CountByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	items, err := itemsOf(r, c.Lines)
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/ward-stores/counts/" + c.ID)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("wardstores.number")}, {Label: r.T("wardstores.take.item")}, {Label: r.T("wardstores.book"), Num: true},
		{Label: r.T("wardstores.away"), Num: true}, {Label: r.T("wardstores.tally.found"), Num: true}, {Label: r.T("wardstores.tally.cause")}}}
	for n, l := range c.Lines {
		i, away, cause := items[l.Item], "", ""
		if l.Away != 0 {
			away = i.Say(l.Away)
		}
		if l.Cause != "" {
			cause = strings.TrimSpace(r.T("wardstores.cause."+l.Cause) + " " + l.Note)
		}
		g.Rows = append(g.Rows, []string{r.W2.Number(int64(n + 1)), i.Number, i.Title(), i.Say(l.Book), away, i.Say(l.Found), cause})
	}
	s := ui.Sheet{Title: r.T("wardstores.paper." + c.Kind), Number: c.Number, Date: string(c.Day), QR: code, Size: ui.A4, Lines: g, Back: ui.Link{Href: "/ward-stores/counts/" + c.ID},
		Boxes:  []ui.Fact{{Label: r.T("wardstores.counts.store"), Text: c.StoreName}, {Label: r.T("wardstores.counts.by_name"), Text: c.ByName}},
		Totals: []ui.Fact{{Label: r.T("wardstores.counts.amount"), Text: r.W2.Money(c.Amount)}}}
	if c.Kind == "handover" {
		s.Boxes = append(s.Boxes, ui.Fact{Label: r.T("wardstores.handing.giver_sign"), Text: c.GiverName}, ui.Fact{Label: r.T("wardstores.handing.taker_sign"), Text: c.TakerName})
		s.Signatures = []string{r.T("wardstores.handing.giver_sign"), r.T("wardstores.handing.taker_sign")}
	} else {
		s.Signatures = []string{r.T("wardstores.counts.by_name"), r.T("wardstores.counts.reconciled_name"), r.T("wardstores.counts.audited_name")}
	}
	return r.Sheet(s)
}
