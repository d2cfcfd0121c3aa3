package countingweb

import (
	"fmt"

	"houqin/internal/base/list"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/counting"
)

// printSheet is a sheet on paper, to be filled in by hand; counted blind it says nothing
// of the books.
func printSheet(r *web.Req) error {
	s, err := one(r)
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/counting/sheets/" + s.ID)
	if err != nil {
		return err
	}
	open := !s.Blind || !s.Open
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("counting.lines.bin_code")}, {Label: r.T("counting.lines.number")}, {Label: r.T("counting.lines.name")}, {Label: r.T("counting.lines.lot")}, {Label: r.T("counting.lines.expiry")}, {Label: r.T("counting.lines.unit")}}}
	if open {
		g.Heads = append(g.Heads, ui.Head{Label: r.T("counting.lines.first_book"), Num: true})
	}
	g.Heads = append(g.Heads, ui.Head{Label: r.T("counting.found"), Num: true}, ui.Head{Label: r.T("counting.print.remark")})
	for n := range s.Lines {
		l := &s.Lines[n]
		row := []string{fmt.Sprint(l.N), l.BinCode, l.Number, l.Title(), l.Lot, string(l.Expiry), l.Unit}
		if open {
			book, err := counting.BookOf(r.Context(), r.Read(), &s, l)
			if err != nil {
				return err
			}
			row = append(row, l.Say(book))
		}
		found := ""
		if l.Done >= s.Round {
			found = l.Say(figureOf(&s, l).Qty)
		}
		g.Rows = append(g.Rows, append(row, found, ""))
	}
	g.Blank = 3
	return r.Sheet(ui.Sheet{Title: r.T("counting.print.title"), Number: fmt.Sprintf("%s · %d", s.CountNumber, s.N), Date: string(s.Due), QR: code, Size: ui.A4, Lines: g, Back: ui.Link{Href: "/counting/sheets/" + s.ID},
		Boxes: []ui.Fact{{Label: r.T("counting.counts.store"), Text: s.StoreName}, {Label: r.T("counting.sheets.label"), Text: s.Label}, {Label: r.T("counting.sheet.round"), Text: fmt.Sprint(s.Round)}},
		Note:  r.T("counting.print.note"), Signatures: []string{r.T("counting.print.counter"), r.T("counting.print.witness"), r.T("counting.print.time")}})
}

// report is the written result of a count: for a quarter with the signatures of both,
// for the heads of finance and of general affairs (S-016).
func report(r *web.Req) error {
	c, err := counting.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	at := "/counting/counts/" + c.ID
	if c.CountedAt.IsZero() {
		return r.Go(at)
	}
	code, err := qr.SVG(r.Origin() + at)
	if err != nil {
		return err
	}
	all, err := counting.Lines.All(r.Context(), r.Read(), list.Where{}.And("l.count = ? AND l.diff <> 0", c.ID), 20_000)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("counting.lines.name")}, {Label: r.T("counting.place")}, {Label: r.T("counting.lines.first_book"), Num: true}, {Label: r.T("counting.found"), Num: true},
		{Label: r.T("counting.lines.diff"), Num: true}, {Label: r.T("counting.lines.value"), Num: true}, {Label: r.T("counting.lines.reason")}}}
	for _, l := range all {
		why := l.Why
		if l.Reason != "" {
			why = r.T("counting.reason."+l.Reason) + " " + l.Why
		}
		g.Rows = append(g.Rows, []string{fmt.Sprint(l.N), l.Title(), l.BinCode + " " + l.Lot, l.Say(l.Last().Book), l.Say(l.Last().Qty), l.SayDiff(), r.W2.Money(l.Value), why})
	}
	g.Blank = max(0, 2-len(g.Rows))
	s := ui.Sheet{Title: r.T("counting.report.title"), Number: c.Number, Date: string(c.CountedDay), QR: code, Size: ui.A4, Lines: g, Back: ui.Link{Href: at},
		Totals: []ui.Fact{{Label: r.T("counting.figure.gain"), Text: r.W2.Money(c.Gain)}, {Label: r.T("counting.figure.loss"), Text: r.W2.Money(c.Loss)}},
		Boxes: []ui.Fact{{Label: r.T("counting.counts.store"), Text: c.StoreName}, {Label: r.T("counting.counts.cycle"), Text: r.T("counting.cycle." + c.Cycle)}, {Label: r.T("counting.counts.goods"), Text: r.T("counting.goods." + string(c.Goods))},
			{Label: r.T("counting.figure.lines"), Text: fmt.Sprint(c.Lines)}, {Label: r.T("counting.figure.differing"), Text: fmt.Sprint(c.Differing)}, {Label: r.T("counting.figure.accuracy"), Text: counting.Accuracy(c.Wrong)},
			{Label: r.T("counting.counts.book"), Text: r.W2.Money(c.Book)}, {Label: r.T("counting.counts.paper"), Text: c.Paper}, {Label: r.T("counting.counts.document_number"), Text: c.DocumentNumber}}}
	if c.Analysis != "" {
		s.Boxes = append(s.Boxes, ui.Fact{Label: r.T("counting.analysis.text"), Text: c.Analysis, Wide: true})
	}
	for _, who := range [][2]string{{"counting.signed.keeper", c.KeeperName}, {"counting.signed.accountant", c.AccountantName}, {"counting.signed.finance", ""}, {"counting.signed.affairs", ""}} {
		label := r.T(who[0])
		if who[1] != "" {
			label += " " + who[1]
		}
		s.Signatures = append(s.Signatures, label)
	}
	return r.Sheet(s)
}
