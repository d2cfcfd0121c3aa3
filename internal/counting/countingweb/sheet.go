package countingweb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/counting"
)

// one is the sheet of the address with its lines, covered from who counts it.
func one(r *web.Req) (counting.Sheet, error) {
	s, err := counting.SheetByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return s, err
	}
	s.Lines, err = counting.LinesOf(r.Context(), r.Read(), s.ID)
	return s.Covered(), err
}

// mine says whether the person has the sheet and may write on it.
func mine(r *web.Req, s *counting.Sheet) bool { return s.Open && s.Counter == r.By.ID }

// sheet is one sheet: on a phone the scanner's box, then the lines in the order of the
// bins; a tap opens one.
func sheet(r *web.Req) error {
	s, err := one(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(s)
	}
	return show(r, &s)
}

func show(r *web.Req, s *counting.Sheet, flash ...ui.Note) error {
	at := "/counting/sheets/" + s.ID
	p := ui.Page{Heading: r.T("counting.sheet.name", s.N), Sub: strings.Trim(s.CountNumber+" · "+s.StoreName+" · "+s.Label, " ·"), Back: &ui.Link{Label: s.CountNumber, Href: "/counting/counts/" + s.Count}, Live: []string{counting.SheetNoun},
		Mark: &ui.Mark{Word: fmt.Sprintf("%d / %d", s.Done, s.Size), Tone: ui.Accent}, Flash: append(flash, sheetNotes(r, s)...), Actions: sheetSteps(r, s, at)}
	var parts []templ.Component
	if mine(r, s) {
		parts = append(parts, ui.Section(r.T("counting.scan"), ui.Ask(r.W2, scanBox(r, s))))
	}
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("counting.sheet.lines"), Columns: []ui.Head{{Label: r.T("counting.lines.name")}, {Label: r.T("counting.lines.bin_code")}, {Label: r.T("counting.lines.lot")}, {Label: r.T("counting.found")}}}
	open := !s.Blind || !s.Open
	if open {
		t.Columns = append(t.Columns, ui.Head{Label: r.T("counting.lines.first_book"), Num: true}, ui.Head{Label: r.T("counting.lines.diff"), Num: true})
	}
	for n := range s.Lines {
		l := &s.Lines[n]
		found := ui.Cell{Text: r.T("counting.line.to_count"), State: true, Tone: ui.Soon}
		if l.Done >= s.Round {
			found = ui.Cell{Text: l.Say(figureOf(s, l).Qty), State: true, Tone: ui.Done}
		}
		row := ui.Row{Cells: []ui.Cell{{Text: l.Title(), Sub: l.Number}, {Text: l.BinCode}, {Text: l.Lot, Sub: r.W2.Day(l.Expiry)}, found}}
		if open {
			book, diff := ui.Cell{Num: true}, ui.Cell{Num: true}
			if l.Done > 0 {
				book.Text, diff.Text = l.Say(l.Last().Book), l.SayDiff()
			}
			row.Cells = append(row.Cells, book, diff)
		}
		if mine(r, s) {
			row.Href = at + "/lines/" + l.ID
		}
		t.Rows = append(t.Rows, row)
	}
	p.Body = ui.Below(append(parts, ui.Section(r.T("counting.sheet.lines"), ui.List(r.W2, t)))...)
	return r.Show(p, s)
}

// figureOf is what was found in the sheet's own round.
func figureOf(s *counting.Sheet, l *counting.Line) counting.Figure {
	if s.Round == 2 {
		return l.Second
	}
	return l.First
}

func sheetNotes(r *web.Req, s *counting.Sheet) (ns []ui.Note) {
	var e *fault.Error
	if errors.As(r.Failed(&handPaper), &e) {
		if len(e.Fields) == 0 {
			ns = append(ns, ui.Note{Text: r.T(e.Key, e.Args...), Tone: ui.Danger})
		}
		for _, f := range e.Fields {
			ns = append(ns, ui.Note{Text: r.T(f.Key, f.Args...), Tone: ui.Danger})
		}
	}
	switch {
	case !s.HandedAt.IsZero():
		ns = append(ns, ui.Note{Text: r.T("counting.note.handed", s.CounterName, r.W2.Instant(s.HandedAt, r.Site.DB.Now())), Tone: ui.Done})
	case s.Open && s.Counter != "" && s.Counter != r.By.ID:
		ns = append(ns, ui.Note{Text: r.T("counting.taken", s.CounterName), Tone: ui.Soon})
	case s.Open && s.Counter == "" && s.Round == 2:
		ns = append(ns, ui.Note{Text: r.T("counting.note.second"), Tone: ui.Plain})
	}
	return ns
}

func sheetSteps(r *web.Req, s *counting.Sheet, at string) (all []ui.Action) {
	press := func(name, icon string, tone ui.Tone) {
		all = append(all, ui.Action{Name: name, Label: r.T("counting.sheet." + name), Icon: icon, Tone: tone, Post: at + "/" + name, Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}})
	}
	if s.Open && r.By.MayIn(counting.MayCount, s.Keeping) {
		switch {
		case s.Counter == "":
			press("take", "hand-finger", ui.Accent)
		case mine(r, s):
			if s.Done < s.Size {
				all = append(all, ui.Action{Name: "next", Label: r.T("counting.do.next"), Href: at + "/find", Icon: "player-play", Tone: ui.Accent})
				press("hand_in", "send", ui.Plain)
			} else {
				press("hand_in", "send", ui.Accent)
			}
			all = append(all, ui.Action{Name: "type", Label: r.T("counting.do.type"), Href: at + "/type", Icon: "keyboard"})
			if s.Round == 1 {
				all = append(all, ui.Action{Name: "extra", Label: r.T("counting.do.extra"), Href: at + "/extra", Icon: "plus"})
			}
			press("give_back", "arrow-back-up", ui.Plain)
		}
	}
	return append(all, ui.Action{Name: "print", Label: r.T("counting.print"), Href: at + "/print", Icon: "printer", Fresh: true})
}

// scanBox asks for a code: with a scanner, the camera, or typed. It only looks, so that
// it is an address like any other.
func scanBox(r *web.Req, s *counting.Sheet) ui.Form {
	return ui.Form{ID: "scan", Method: "get", Action: "/counting/sheets/" + s.ID + "/find", Submit: r.T("counting.scan.go"), Inline: true,
		Fields: []ui.Field{{Name: "code", Label: r.T("counting.scan.code"), Hint: r.T("counting.scan.code.hint"), Kind: ui.KindCode, Autofocus: true, Max: 100}}}
}

// find leads to the line that a code means: a barcode with its lot, an item's number, or
// a bin; without a code to the next that nobody has counted.
func find(r *web.Req) error {
	s, err := one(r)
	if err != nil {
		return err
	}
	at := "/counting/sheets/" + s.ID
	code := strings.TrimSpace(r.URL.Query().Get("code"))
	if len(code) > 100 {
		return fault.OnField("code", "base.too_long", 100)
	}
	if code == "" {
		if l := next(&s, 0); l != nil && mine(r, &s) {
			return r.Go(at + "/lines/" + l.ID)
		}
		return r.Go(at)
	}
	item, read, _, err := catalog.ByBarcode(r.Context(), r.Read(), code)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	var best *counting.Line
	for n := range s.Lines {
		l := &s.Lines[n]
		meant := l.Item == item.ID && (read.Lot == "" || read.Lot == l.Lot) || strings.EqualFold(l.Number, code) || strings.EqualFold(l.BinCode, code) || l.Lot != "" && strings.EqualFold(l.Lot, code)
		if meant && (best == nil || best.Done >= s.Round && l.Done < s.Round) {
			best = l
		}
	}
	if best == nil || !mine(r, &s) {
		return show(r, &s, ui.Note{Text: r.T("counting.note.not_here", code), Tone: ui.Soon, Link: &ui.Link{Label: r.T("counting.do.extra"), Href: at + "/extra"}})
	}
	return r.Go(at + "/lines/" + best.ID)
}

// next is the first line after a number that is still to be counted, else the first of
// all that is; nil when none is.
func next(s *counting.Sheet, after int64) (first *counting.Line) {
	for n := range s.Lines {
		l := &s.Lines[n]
		if l.Done >= s.Round {
			continue
		}
		if l.N > after {
			return l
		}
		if first == nil {
			first = l
		}
	}
	return first
}

// pieces is what was found of one line, in up to three of its packs, the smallest first.
type pieces struct{ N0, N1, N2 string }

var piecesPaper = form.Of[pieces]{Name: "counting.pieces", Fields: []form.Field[pieces]{
	{Key: "n2", Into: func(p *pieces) any { return &p.N2 }, Most: 40},
	{Key: "n1", Into: func(p *pieces) any { return &p.N1 }, Most: 40},
	{Key: "n0", Into: func(p *pieces) any { return &p.N0 }, Most: 40},
}}

// said is the quantity as the counter would write it: 2箱 3盒 4只.
func (p *pieces) said(packs []quantity.Pack) string {
	var all []string
	for n, s := range []string{p.N2, p.N1, p.N0} {
		s = strings.TrimSpace(s)
		if at := 2 - n; s != "" && at < len(packs) {
			if strings.Trim(s, "0123456789") == "" {
				s += packs[at].Unit
			}
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}

// line is one line on a phone: what to count, where, and big boxes for how many.
func line(r *web.Req) error {
	s, err := one(r)
	if err != nil {
		return err
	}
	at := "/counting/sheets/" + s.ID
	var l *counting.Line
	for n := range s.Lines {
		if s.Lines[n].ID == r.PathValue("line") {
			l = &s.Lines[n]
		}
	}
	if l == nil {
		return fault.New(fault.NotFound, "base.not_found")
	}
	if !mine(r, &s) {
		return r.Go(at)
	}
	packs := l.Packs()
	f, err := r.Form(&piecesPaper, piecesOf(figureOf(&s, l), l.Done >= s.Round, packs), ui.Form{ID: "pieces", Action: at + "/lines/" + l.ID, Submit: r.T("counting.do.note")})
	if err != nil {
		return err
	}
	var fields []ui.Field
	for n, x := range f.Fields {
		p := 2 - n
		if p >= len(packs) {
			continue
		}
		x.Kind, x.Label, x.Inputmode, x.Unit, x.Autofocus = ui.KindNumber, r.T("counting.pieces.in", packs[p].Unit), "numeric", packs[p].Unit, p == 0
		if packs[p].Factor > 1 {
			x.Hint = r.T("counting.pieces.factor", packs[p].Unit, packs[p].Factor, packs[0].Unit)
		}
		fields = append(fields, x)
	}
	f.Fields = fields
	facts := []ui.Fact{{Label: r.T("counting.lines.bin_code"), Text: l.BinCode}, {Label: r.T("counting.lines.lot"), Text: l.Lot, Sub: r.W2.Day(l.Expiry)}, {Label: r.T("counting.lines.number"), Text: l.Number}}
	facts = slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Text == "" }) // a phone's room is for the figures
	if !s.Blind && s.Round == 1 {
		book, err := counting.BookOf(r.Context(), r.Read(), &s, l)
		if err != nil {
			return err
		}
		facts = append(facts, ui.Fact{Label: r.T("counting.lines.first_book"), Text: l.Say(book)})
	}
	parts := []templ.Component{ui.Facts(facts...), ui.Ask(r.W2, f)}
	p := ui.Page{Heading: l.Title(), Sub: fmt.Sprintf("%s · %d / %d", s.CountNumber, s.Done, s.Size), Narrow: true, Back: &ui.Link{Label: r.T("counting.sheet.name", s.N), Href: at}}
	if n := next(&s, l.N); n != nil && n.ID != l.ID {
		p.Actions = []ui.Action{{Name: "skip", Label: r.T("counting.do.skip"), Href: at + "/lines/" + n.ID, Icon: "player-track-next"}}
	}
	box := scanBox(r, &s)
	box.Fields[0].Autofocus, box.Fields[0].Hint = false, ""
	p.Body = ui.Below(append(parts, ui.Section(r.T("counting.scan"), ui.Ask(r.W2, box)))...)
	return r.Show(p, l)
}

// piecesOf is a figure as it would be typed again.
func piecesOf(f counting.Figure, counted bool, packs []quantity.Pack) *pieces {
	p := &pieces{}
	if !counted {
		return p
	}
	rest := int64(f.Qty)
	for n := min(2, len(packs)-1); n >= 0; n-- {
		many := rest / packs[n].Factor
		rest -= many * packs[n].Factor
		if many > 0 || n == 0 {
			*[]*string{&p.N0, &p.N1, &p.N2}[n] = fmt.Sprint(many)
		}
	}
	return p
}

func tallyOne(r *web.Req) error {
	return web.Submit(r, &piecesPaper, line, func(tx *db.Tx, p *pieces) (web.Done, error) {
		s, err := counting.SheetByID(r.Context(), tx, r.By, r.PathValue("id"))
		if err != nil {
			return web.Done{}, err
		}
		if s.Lines, err = counting.LinesOf(r.Context(), tx, s.ID); err != nil {
			return web.Done{}, err
		}
		var l counting.Line
		for _, x := range s.Lines {
			if x.ID == r.PathValue("line") {
				l = x
			}
		}
		if l.ID == "" {
			return web.Done{}, fault.New(fault.NotFound, "base.not_found")
		}
		text := p.said(l.Packs())
		if text == "" {
			return web.Done{}, fault.OnField("n0", "base.required")
		}
		s, err = counting.Tally(r.Context(), tx, s.ID, 0, []counting.Found{{Line: l.ID, Qty: text}})
		var e *fault.Error
		if errors.As(err, &e) && len(e.Fields) > 0 {
			f := e.Fields[0]
			return web.Done{}, fault.OnField("n0", f.Key, f.Args...)
		}
		to := "/counting/sheets/" + r.PathValue("id")
		if n := next(&s, l.N); n != nil {
			to += "/lines/" + n.ID
		}
		return web.Done{To: to, Say: "counting.done.noted", Args: []string{l.Title(), text}}, err
	})
}

// written is a whole sheet as it is typed from paper.
type written struct {
	At    period.Instant
	Lines []counting.Found
}

// typedMost is how many lines stand on one page.
const typedMost = 400

var tallyLine = form.Of[counting.Found]{Name: "counting.tallied", Fields: []form.Field[counting.Found]{
	{Key: "line", Into: func(f *counting.Found) any { return &f.Line }, Kind: form.Hidden, Required: true},
	{Key: "qty", Into: func(f *counting.Found) any { return &f.Qty }, Most: 40},
}}

var tallyPaper = form.Of[written]{Name: "counting.tally", Fields: []form.Field[written]{
	{Key: "at", Into: func(w *written) any { return &w.At }, Hint: true},
	form.LinesOf("lines", func(w *written) *[]counting.Found { return &w.Lines }, &tallyLine, typedMost),
}}

// typing is the whole sheet on a wide screen.
func typing(r *web.Req) error {
	s, err := one(r)
	if err != nil {
		return err
	}
	at := "/counting/sheets/" + s.ID
	if !mine(r, &s) {
		return r.Go(at)
	}
	var w written
	byID := map[string]*counting.Line{}
	for n := range s.Lines {
		l := &s.Lines[n]
		byID[l.ID] = l
		f := counting.Found{Line: l.ID}
		if l.Done >= s.Round {
			f.Qty = l.Say(figureOf(&s, l).Qty)
		}
		w.Lines = append(w.Lines, f)
	}
	f, err := r.Form(&tallyPaper, &w, ui.Form{Action: at + "/tally", Submit: r.T("counting.do.save"), Cancel: at, Intro: r.T("counting.tally.intro"), Draft: true})
	if err != nil {
		return err
	}
	f.Tell(func(id string) []string {
		l := byID[id]
		if l == nil {
			return nil
		}
		return []string{l.BinCode, l.Title(), strings.TrimSpace(l.Lot + " " + r.W2.Day(l.Expiry)), l.Unit}
	}, r.T("counting.lines.bin_code"), r.T("counting.lines.name"), r.T("counting.lines.lot"), r.T("counting.lines.unit"))
	return r.Show(ui.Page{Heading: r.T("counting.do.type"), Sub: s.CountNumber + " · " + r.T("counting.sheet.name", s.N), Wide: true, Back: &ui.Link{Label: r.T("counting.sheet.name", s.N), Href: at}, Body: ui.Ask(r.W2, f)}, nil)
}

func tally(r *web.Req) error {
	return web.Submit(r, &tallyPaper, typing, func(tx *db.Tx, w *written) (web.Done, error) {
		s, err := counting.Tally(r.Context(), tx, r.PathValue("id"), w.At, w.Lines)
		return sheetDone(s, "counting.done.tallied"), err
	})
}

var extraPaper = form.Of[counting.Extra]{Name: "counting.extra", Fields: []form.Field[counting.Extra]{
	{Key: "item", Into: func(x *counting.Extra) any { return &x.Item }, Ref: "goods", Required: true},
	{Key: "qty", Into: func(x *counting.Extra) any { return &x.Qty }, Required: true, Most: 40},
	{Key: "bin", Into: func(x *counting.Extra) any { return &x.Bin }, Ref: "bins"},
	{Key: "lot", Into: func(x *counting.Extra) any { return &x.Lot }, Most: 60},
	{Key: "expiry", Into: func(x *counting.Extra) any { return &x.Expiry }},
}}

// blankExtra asks for goods that lie there and are on no sheet.
func blankExtra(r *web.Req) error {
	s, err := one(r)
	if err != nil {
		return err
	}
	at := "/counting/sheets/" + s.ID
	return asked(r, &extraPaper, &counting.Extra{}, ui.Form{Action: at + "/extra", Submit: r.T("counting.do.extra"), Cancel: at, Intro: r.T("counting.extra.intro")},
		ui.Page{Heading: r.T("counting.do.extra"), Sub: s.CountNumber, Narrow: true, Back: &ui.Link{Label: r.T("counting.sheet.name", s.N), Href: at}})
}

func extra(r *web.Req) error {
	return web.Submit(r, &extraPaper, blankExtra, func(tx *db.Tx, x *counting.Extra) (web.Done, error) {
		s, err := counting.Add(r.Context(), tx, r.PathValue("id"), *x)
		return sheetDone(s, "counting.done.added"), err
	})
}

func sheetDone(s counting.Sheet, say string) web.Done {
	return web.Done{To: "/counting/sheets/" + s.ID, Say: say, Args: []string{fmt.Sprint(s.N)}, Data: s.Covered()}
}

// handPaper asks nothing; as a form its refusals stand on the page.
var handPaper = form.Of[struct{}]{Name: "counting.handing"}

// moved is a step of a sheet.
func moved(r *web.Req, say string, step func(context.Context, *db.Tx, string) (counting.Sheet, error)) error {
	return web.Submit(r, &handPaper, sheet, func(tx *db.Tx, _ *struct{}) (web.Done, error) {
		s, err := step(r.Context(), tx, r.PathValue("id"))
		return sheetDone(s, say), err
	})
}

func take(r *web.Req) error     { return moved(r, "counting.done.taken", counting.Take) }
func giveBack(r *web.Req) error { return moved(r, "counting.done.given_back", counting.GiveBack) }
func handIn(r *web.Req) error   { return moved(r, "counting.done.handed_in", counting.HandIn) }
