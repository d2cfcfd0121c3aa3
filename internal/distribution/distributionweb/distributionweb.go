// Package distributionweb is the table at which goods are given out: lists, who
// signed, the sheet to sign on, and on everybody's phone what they may fetch.
package distributionweb

import (
	"context"
	"embed"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/distribution"
	"houqin/internal/warehouse"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /distribution/lists", Need: distribution.MaySee, Do: lists, List: &distribution.Lists},
	{At: "GET /distribution/lists/new", Need: distribution.MayDraw, Do: blank, PageOnly: true},
	{At: "POST /distribution/lists", Need: distribution.MayDraw, Do: draw, Form: &paper, Gives: distribution.List{}},
	{At: "GET /distribution/lists/{id}", Need: distribution.MaySee, Do: one, Gives: distribution.List{}},
	{At: "GET /distribution/lists/{id}/print", Need: distribution.MaySee, Do: print, PageOnly: true},
	{At: "POST /distribution/lists/{id}/release", Need: distribution.MayRelease, Do: release, Gives: distribution.List{}},
	{At: "POST /distribution/lists/{id}/settle", Need: distribution.MayHand, Do: settle, Gives: distribution.List{}},
	{At: "POST /distribution/lists/{id}/drop", Need: distribution.MayDraw, Do: drop, Form: &distribution.DropForm, Gives: distribution.List{}},

	{At: "GET /distribution/shares", Need: distribution.MaySee, Do: shares, List: &distribution.Shares},
	{At: "POST /distribution/shares/hand", Need: distribution.MayHand, Do: handTicked, PageOnly: true},
	{At: "GET /distribution/shares/{id}", Need: web.SignedIn, Do: share, Gives: distribution.Share{}},
	{At: "POST /distribution/shares/{id}/hand", Need: distribution.MayHand, Do: hand, Form: &taking, Gives: distribution.Share{}},
	{At: "POST /distribution/shares/{id}/sign", Need: web.SignedIn, Do: sign, Gives: distribution.Share{}},
	{At: "GET /distribution/mine", Need: web.SignedIn, Do: mine, PageOnly: true},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

var goodLine = form.Of[distribution.Wanted]{Name: "distribution.good", Fields: []form.Field[distribution.Wanted]{
	{Key: "item", Into: func(w *distribution.Wanted) any { return &w.Item }, Ref: "goods", Required: true},
	{Key: "qty", Into: func(w *distribution.Wanted) any { return &w.Qty }, Required: true, Most: 40},
}}

var groupLine = form.Of[distribution.Group]{Name: "distribution.group", Fields: []form.Field[distribution.Group]{
	{Key: "department", Into: func(g *distribution.Group) any { return &g.Department }, Ref: "departments", Required: true},
	{Key: "packs", Into: func(g *distribution.Group) any { return &g.Packs }},
}}

var shareLine = form.Of[distribution.Named]{Name: "distribution.named", Fields: []form.Field[distribution.Named]{
	{Key: "person", Into: func(n *distribution.Named) any { return &n.Person }, Ref: "people"},
	{Key: "floor", Into: func(n *distribution.Named) any { return &n.Floor }, Most: 60},
	{Key: "department", Into: func(n *distribution.Named) any { return &n.Department }, Ref: "departments"},
	{Key: "packs", Into: func(n *distribution.Named) any { return &n.Packs }},
}}

var paper = form.Of[distribution.Draft]{Name: "distribution.list", Fields: []form.Field[distribution.Draft]{
	{Key: "title", Into: func(d *distribution.Draft) any { return &d.Title }, Required: true, Most: 60, Hint: true},
	{Key: "kind", Into: func(d *distribution.Draft) any { return &d.Kind }, Required: true, OneOf: distribution.Kinds, Enum: "distribution.kind"},
	{Key: "festival", Into: func(d *distribution.Draft) any { return &d.For }, OneOf: distribution.Festivals, Enum: "distribution.festival", Hint: true},
	{Key: "store", Into: func(d *distribution.Draft) any { return &d.Store }, Required: true, Ref: "stores"},
	{Key: "day", Into: func(d *distribution.Draft) any { return &d.Day }, Required: true},
	{Key: "until", Into: func(d *distribution.Draft) any { return &d.Until }, Required: true, Hint: true},
	form.LinesOf("goods", func(d *distribution.Draft) *[]distribution.Wanted { return &d.Goods }, &goodLine, 20),
	form.LinesOf("whom", func(d *distribution.Draft) *[]distribution.Group { return &d.Whom }, &groupLine, 200),
	form.LinesOf("shares", func(d *distribution.Draft) *[]distribution.Named { return &d.Shares }, &shareLine, 500),
}}

// taker is who takes a share for somebody.
type taker struct{ Taker string }

var taking = form.Of[taker]{Name: "distribution.taking", Fields: []form.Field[taker]{
	{Key: "taker", Into: func(t *taker) any { return &t.Taker }, Ref: "people", Hint: true},
}}

// Pickers find the lists.
func Pickers(s *web.Site) {
	s.Picker("distributions", web.Picker{Need: distribution.MaySee, Find: findLists, Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
		l, err := distribution.Lists.Get(ctx, r, list.Where{}.And("l.id = ?", id))
		return l.Title, err
	}, Sees: func(ctx context.Context, r db.Reader, by db.Actor, id string) error {
		_, err := distribution.Get(ctx, r, by, id)
		return err
	}})
}

func findLists(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
	all, err := distribution.Lists.All(ctx, r, distribution.Scope(by), 200)
	for _, l := range all {
		if len(picks) < 20 && (text == "" || l.ID == text || strings.EqualFold(l.Number, text) || strings.Contains(l.Title, text)) {
			picks = append(picks, web.Pick{ID: l.ID, Label: l.Title, Hint: l.Number, Code: l.Number})
		}
	}
	return picks, err
}

func tabs(r *web.Req) (out []ui.Link) {
	for _, t := range [][2]string{{"distribution.lists", "/distribution/lists"}, {"distribution.shares", "/distribution/shares"}} {
		out = append(out, ui.Link{Label: r.T(t[0]), Href: t[1], Current: r.URL.Path == t[1]})
	}
	return out
}

func lists(r *web.Req) error {
	p := web.ListPage{Default: "open=true", Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(distribution.MayDraw) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("distribution.do.new"), Href: "/distribution/lists/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&distribution.Lists, distribution.Scope(r.By), p)
}

func shares(r *web.Req) error {
	p := web.ListPage{Default: "state=waiting", Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(distribution.MayHand) {
		p.Bulk = []ui.Action{{Name: "hand", Label: r.T("distribution.do.hand"), Post: "/distribution/shares/hand", Icon: "checks", Tone: ui.Accent, Confirm: r.T("distribution.do.hand.sure"), Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}}
	}
	return r.List(&distribution.Shares, distribution.ShareScope(r.By), p)
}

func blank(r *web.Req) error {
	today := r.Site.DB.Today()
	d := distribution.Draft{Kind: "festival", Day: today, Until: today.AddDays(6)}
	kept, err := warehouse.KeptBy(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return err
	}
	if len(kept) > 0 {
		d.Store = kept[0].ID
	}
	f, err := r.Form(&paper, &d, ui.Form{Action: "/distribution/lists", Submit: r.T("distribution.do.draw"), Cancel: "/distribution/lists", Intro: r.T("distribution.list.intro"), Draft: true})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("distribution.do.new"), Wide: true, Back: &ui.Link{Label: r.T("distribution.lists"), Href: "/distribution/lists"}, Body: ui.Ask(r.W2, f)}, nil)
}

func done(l distribution.List, say string, err error) (web.Done, error) {
	return web.Done{To: "/distribution/lists/" + l.ID, Say: say, Args: []string{l.Number}, Data: l}, err
}

func draw(r *web.Req) error {
	return web.Submit(r, &paper, blank, func(tx *db.Tx, d *distribution.Draft) (web.Done, error) {
		l, err := distribution.Draw(r.Context(), tx, *d)
		return done(l, "distribution.done.drawn", err)
	})
}

func release(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		l, err := distribution.Release(r.Context(), tx, r.PathValue("id"), r.Version())
		return done(l, "distribution.done.released", err)
	})
}

func settle(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		l, err := distribution.Settle(r.Context(), tx, r.PathValue("id"), r.Version())
		return done(l, "distribution.done.settled", err)
	})
}

func drop(r *web.Req) error {
	return web.Submit(r, &distribution.DropForm, one, func(tx *db.Tx, w *distribution.Why) (web.Done, error) {
		l, err := distribution.Drop(r.Context(), tx, r.PathValue("id"), r.Version(), *w)
		return done(l, "distribution.done.dropped", err)
	})
}

var icons = map[string]string{"release": "send", "settle": "circle-check", "drop": "ban"}

// one is a list: what can be done now, what a pack holds, how far it is, its papers.
func one(r *web.Req) error {
	l, err := distribution.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(l)
	}
	at := "/distribution/lists/" + l.ID
	p := ui.Page{Heading: l.Title, Sub: l.Number, Back: &ui.Link{Label: r.T("distribution.lists"), Href: "/distribution/lists"}, Live: []string{distribution.Noun},
		Mark: &ui.Mark{Word: r.T("distribution.list.state." + string(l.State)), Tone: tone(l.State)}}
	if p.Actions, err = r.Buttons(distribution.Noun, at, l.Version, distribution.Life.Open(r.By, &l)); err != nil {
		return err
	}
	for n := range p.Actions {
		p.Actions[n].Icon = icons[p.Actions[n].Name]
	}
	p.Actions = append(p.Actions, ui.Action{Name: "who", Label: r.T("distribution.do.who"), Href: "/distribution/shares?list=" + l.ID, Icon: "users"},
		ui.Action{Name: "print", Label: r.T("distribution.do.print"), Href: at + "/print", Icon: "printer", Fresh: true})
	stages, err := distribution.Stand(r.Context(), r.Read(), l.ID)
	if err != nil {
		return err
	}
	goods := ui.Table{ID: "goods", Bare: true, Caption: r.T("distribution.list.goods"), Columns: []ui.Head{{Label: r.T("distribution.good.item")}, {Label: r.T("distribution.good.qty"), Num: true}, {Label: r.T("distribution.all"), Num: true}}}
	for _, g := range l.Goods {
		href := "" // what came in of it, and by which order, stands on its card
		if r.By.MayIn(warehouse.MaySee, l.Keeping) {
			href = "/warehouse/stock/" + l.Store + "/" + g.Item
		}
		goods.Rows = append(goods.Rows, ui.Row{Href: href, Cells: []ui.Cell{{Text: g.Name}, {Text: g.Say(1), Num: true}, {Text: g.Say(l.Packs), Num: true}}})
	}
	story, err := r.Story(distribution.Noun, l.ID, l.Number, l.Title)
	if err != nil {
		return err
	}
	parts := []templ.Component{ui.Facts(facts(r, &l, stages)...), ui.Section(r.T("distribution.list.goods"), ui.List(r.W2, goods))}
	if len(l.Papers) > 0 {
		parts = append(parts, ui.Section(r.T("distribution.papers"), ui.List(r.W2, papers(r, &l))))
	}
	p.Body = ui.Below(append(parts, story)...)
	return r.Show(p, l)
}

func tone(s distribution.State) ui.Tone {
	switch s {
	case distribution.Settled:
		return ui.Done
	case distribution.Dropped:
		return ui.Quiet
	}
	return ui.Soon
}

func facts(r *web.Req, l *distribution.List, stages map[string]distribution.Stage) []ui.Fact {
	now := r.Site.DB.Now()
	fs := []ui.Fact{{Label: r.T("distribution.lists.kind"), Text: r.T("distribution.kind." + l.Kind)}, {Label: r.T("distribution.lists.store"), Text: l.StoreName},
		{Label: r.T("distribution.lists.day"), Text: r.W2.Day(l.Day)}, {Label: r.T("distribution.lists.until"), Text: r.W2.Day(l.Until)}}
	if l.Festival != "" {
		fs[0].Sub = r.T("distribution.festival." + l.Festival)
	}
	for _, s := range distribution.Stages {
		if n := stages[s]; n.Shares > 0 {
			fs = append(fs, ui.Fact{Label: r.T("distribution.stage." + s), Text: r.T("distribution.shares_packs", strconv.FormatInt(n.Shares, 10), strconv.FormatInt(n.Packs, 10)), Href: "/distribution/shares?list=" + l.ID + "&state=" + s})
		}
	}
	fs = append(fs, ui.Fact{Label: r.T("distribution.lists.drawn_name"), Text: l.DrawnName, Sub: r.W2.Instant(l.DrawnAt, now)})
	if l.ReleasedAt > 0 {
		fs = append(fs, ui.Fact{Label: r.T("distribution.lists.released_name"), Text: l.ReleasedName, Sub: r.W2.Instant(l.ReleasedAt, now)}, ui.Fact{Label: r.T("distribution.lists.amount"), Text: r.W2.Money(l.Amount), Num: true})
	}
	if l.SettledAt > 0 {
		fs = append(fs, ui.Fact{Label: r.T("distribution.settled"), Text: l.SettledName, Sub: r.W2.Instant(l.SettledAt, now)})
	}
	if l.Note != "" {
		fs = append(fs, ui.Fact{Label: r.T("distribution.dropping.text"), Text: l.Note, Wide: true})
	}
	return fs
}

func papers(r *web.Req, l *distribution.List) ui.Table {
	t := ui.Table{ID: "papers", Bare: true, Caption: r.T("distribution.papers"), Columns: []ui.Head{{Label: r.T("distribution.lists.number")}, {Label: r.T("distribution.paper")}, {Label: r.T("distribution.lists.amount"), Num: true}}}
	for _, p := range l.Papers {
		what, href := "distribution.paper.out", ""
		if p.Back {
			what = "distribution.paper.back"
		}
		if r.By.May(warehouse.MaySee) {
			href = "/warehouse/documents/" + p.Document
		}
		t.Rows = append(t.Rows, ui.Row{Href: href, Cells: []ui.Cell{{Text: p.Number}, {Text: r.T(what)}, {Text: r.W2.Money(p.Amount), Num: true}}})
	}
	return t
}

// printMost is how many shares are printed at once.
const printMost = 2000

// print is the sheet on which people sign: one row for each.
func print(r *web.Req) error {
	l, err := distribution.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	all, err := distribution.Shares.All(r.Context(), r.Read(), list.Where{}.And("s.list = ?", l.ID), printMost)
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/distribution/lists/" + l.ID)
	if err != nil {
		return err
	}
	var pack []string
	for _, g := range l.Goods {
		pack = append(pack, g.Name+" "+g.Say(1))
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("distribution.shares.department")}, {Label: r.T("distribution.shares.name")}, {Label: r.T("distribution.shares.number")},
		{Label: r.T("distribution.shares.packs"), Num: true}, {Label: r.T("distribution.sign_here")}}}
	for n := range all {
		s := all[len(all)-1-n] // as they were written down
		g.Rows = append(g.Rows, []string{strconv.Itoa(n + 1), s.DepartmentName, s.Name, s.Number, strconv.FormatInt(s.Packs, 10), s.SignedName})
	}
	return r.Sheet(ui.Sheet{Title: r.T("distribution.print"), Number: l.Number, Date: string(l.Day), QR: code, Size: ui.A4, Lines: g, Back: ui.Link{Href: "/distribution/lists/" + l.ID},
		Boxes:      []ui.Fact{{Label: r.T("distribution.lists.title"), Text: l.Title}, {Label: r.T("distribution.lists.store"), Text: l.StoreName}, {Label: r.T("distribution.list.goods"), Text: r.W2.List(pack), Wide: true}},
		Signatures: []string{r.T("distribution.lists.drawn_name"), r.T("distribution.lists.released_name"), r.T("distribution.shares.handed_name")}})
}

func handTicked(r *web.Req) error {
	return r.Ticked("/distribution/shares", "distribution.done.handed", func(tx *db.Tx, id string) error {
		_, err := distribution.Hand(r.Context(), tx, id, "")
		return err
	})
}

// share is what one person or floor gets.
func share(r *web.Req) error {
	s, err := distribution.GetShare(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(s)
	}
	back := ui.Link{Label: r.T("distribution.mine"), Href: "/distribution/mine"}
	if r.By.May(distribution.MaySee) {
		back = ui.Link{Label: s.Title, Href: "/distribution/shares?list=" + s.List}
	}
	p := ui.Page{Heading: s.Name, Sub: s.Title, Back: &back, Narrow: true, Live: []string{distribution.Noun}, Mark: &ui.Mark{Word: r.T("distribution.stage." + s.State), Tone: stageTone(s.State)}}
	if s.Waiting() && r.By.May(distribution.MayHand) {
		f, err := r.Form(&taking, &taker{Taker: s.Person}, ui.Form{ID: "hand", Action: "/distribution/shares/" + s.ID + "/hand", Submit: r.T("distribution.do.hand")})
		if err != nil {
			return err
		}
		p.Actions = append(p.Actions, ui.Action{Name: "hand", Label: r.T("distribution.do.hand"), Icon: "checks", Tone: ui.Accent, Ask: &f, Open: r.Failed(&taking) != nil})
	}
	if s.Waiting() && s.Person == r.By.ID {
		p.Actions = append(p.Actions, signing(r, s))
	}
	fs := []ui.Fact{{Label: r.T("distribution.shares.department"), Text: s.DepartmentName}, {Label: r.T("distribution.shares.packs"), Text: strconv.FormatInt(s.Packs, 10), Num: true}, {Label: r.T("distribution.lists.until"), Text: r.W2.Day(s.Until)}}
	pack, err := distribution.Pack(r.Context(), r.Read(), &s)
	if err != nil {
		return err
	}
	fs = append(fs, ui.Fact{Label: r.T("distribution.gets"), Text: r.W2.List(pack), Wide: true})
	if s.SignedAt > 0 {
		fs = append(fs, ui.Fact{Label: r.T("distribution.shares.signed_name"), Text: s.SignedName, Sub: r.W2.Instant(s.SignedAt, r.Site.DB.Now())})
	}
	if s.HandedName != "" {
		fs = append(fs, ui.Fact{Label: r.T("distribution.shares.handed_name"), Text: s.HandedName})
	}
	p.Body = ui.Facts(fs...)
	return r.Show(p, s)
}

func stageTone(state string) ui.Tone {
	switch state {
	case "signed":
		return ui.Done
	case "left":
		return ui.Quiet
	}
	return ui.Soon
}

func signing(r *web.Req, s distribution.Share) ui.Action {
	return ui.Action{Name: "sign", Label: r.T("distribution.do.sign"), Icon: "signature", Tone: ui.Accent, Post: "/distribution/shares/" + s.ID + "/sign", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}
}

func hand(r *web.Req) error {
	return web.Submit(r, &taking, share, func(tx *db.Tx, t *taker) (web.Done, error) {
		s, err := distribution.Hand(r.Context(), tx, r.PathValue("id"), t.Taker)
		return web.Done{To: "/distribution/shares/" + s.ID, Say: "distribution.done.handed", Data: s}, err
	})
}

func sign(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		s, err := distribution.Sign(r.Context(), tx, r.PathValue("id"))
		return web.Done{To: "/distribution/mine", Say: "distribution.done.signed", Args: []string{s.Title}, Data: s}, err
	})
}

// mineMost is how many shares the page of one's own shows.
const mineMost = 30

// wardMost is how many of the ward's unfetched shares stand there.
const wardMost = 100

// unfetched are those of one's department who have not fetched theirs, and its floors.
func unfetched(r *web.Req, all []distribution.Share) ui.Table {
	t := ui.Table{ID: "ward", Bare: true, Caption: r.T("distribution.ward"), Columns: []ui.Head{{Label: r.T("distribution.shares.name")}, {Label: r.T("distribution.shares.packs"), Num: true},
		{Label: r.T("distribution.lists.title")}, {Label: r.T("distribution.lists.until")}}}
	for _, s := range all {
		if s.Person != r.By.ID {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: s.Name}, {Text: r.W2.Number(s.Packs), Num: true}, {Text: s.Title}, {Text: r.W2.Day(s.Until)}}})
		}
	}
	return t
}

// mine is what the person may fetch, and what they fetched before.
func mine(r *web.Req) error {
	all, goods, err := distribution.Mine(r.Context(), r.Read(), r.By.ID, mineMost)
	if err != nil {
		return err
	}
	var parts []templ.Component
	past := ui.Table{ID: "past", Bare: true, Caption: r.T("distribution.past"), Columns: []ui.Head{{Label: r.T("distribution.lists.title")}, {Label: r.T("distribution.lists.state")}}}
	for _, s := range all {
		var pack []string
		for _, g := range goods[s.List] {
			pack = append(pack, g.Name+" "+g.Say(s.Packs))
		}
		if s.Waiting() {
			parts = append(parts, ui.Section(s.Title, ui.Below(ui.Facts(ui.Fact{Label: r.T("distribution.gets"), Text: r.W2.List(pack), Wide: true}, ui.Fact{Label: r.T("distribution.lists.until"), Text: r.W2.Day(s.Until)}), ui.Buttons(r.W2, signing(r, s)))))
			continue
		}
		when := ""
		if s.SignedAt > 0 {
			when = r.W2.Instant(s.SignedAt, r.Site.DB.Now())
		}
		past.Rows = append(past.Rows, ui.Row{Href: "/distribution/shares/" + s.ID, Cells: []ui.Cell{{Text: s.Title, Sub: r.W2.List(pack)}, {Text: r.T("distribution.stage." + s.State), Sub: when, State: true, Tone: stageTone(s.State)}}})
	}
	if r.By.Unit != "" {
		left, err := distribution.Unfetched(r.Context(), r.Read(), []string{r.By.Unit}, wardMost)
		if err != nil {
			return err
		}
		if t := unfetched(r, left); len(t.Rows) > 0 {
			parts = append(parts, ui.Section(r.T("distribution.ward"), ui.List(r.W2, t)))
		}
	}
	if len(all) == 0 {
		parts = append(parts, ui.Empty(r.W2, ui.Nothing{Text: r.T("distribution.mine.empty")}))
	}
	if len(past.Rows) > 0 {
		parts = append(parts, ui.Section(r.T("distribution.past"), ui.List(r.W2, past)))
	}
	return r.Show(ui.Page{Heading: r.T("distribution.mine"), Narrow: true, Live: []string{distribution.Noun}, Body: ui.Below(parts...)}, nil)
}
