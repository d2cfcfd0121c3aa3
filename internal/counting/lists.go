package counting

import (
	"fmt"
	"time"

	"houqin/internal/base/list"
	"houqin/internal/base/words"
)

// Accuracy is hundredths of a per cent as people read them: 98.75 %.
func Accuracy(wrong int64) string {
	right := 10_000 - wrong
	return fmt.Sprintf("%d.%02d %%", right/100, right%100)
}

// Counts is the list of counts, newest first.
var Counts = list.Of[Count]{
	Name:  "counting.counts",
	From:  `counting_count c LEFT JOIN warehouse_store w ON w.id = c.store`,
	Order: "-id", Alias: "c", Table: "counting_count", Live: []string{Noun},
	Href: func(c *Count) string { return "/counting/counts/" + c.ID },
	Columns: []list.Column[Count]{
		{Key: "number", SQL: "c.number", Into: func(c *Count) any { return &c.Number }},
		{Key: "state", SQL: "c.state", Into: func(c *Count) any { return &c.State }, OneOf: States, Enum: "counting.count.state", Tone: countTone},
		{Key: "store", SQL: "c.store", Into: func(c *Count) any { return &c.Store }, Ref: "stores", Text: func(c *Count) string { return c.StoreName }},
		{Key: "cycle", SQL: "c.cycle", Into: func(c *Count) any { return &c.Cycle }, OneOf: append([]string{Once}, Cycles...), Enum: "counting.cycle"},
		{Key: "goods", SQL: "c.goods", Into: func(c *Count) any { return &c.Goods }, OneOf: GoodsKinds, Enum: "counting.goods"},
		{Key: "due", SQL: "c.due", Into: func(c *Count) any { return &c.Due }, Range: true},
		{Key: "lines", SQL: "c.lines", Into: func(c *Count) any { return &c.Lines }, Said: func(w *words.Words, c *Count) string {
			if w == nil || !c.Open || c.Done == c.Lines {
				return fmt.Sprint(c.Lines)
			}
			return fmt.Sprintf("%d / %d", c.Done, c.Lines)
		}},
		{Key: "differing", SQL: "c.differing", Into: func(c *Count) any { return &c.Differing }, Range: true},
		{Key: "wrong", SQL: "c.wrong", Into: func(c *Count) any { return &c.Wrong }, Said: func(_ *words.Words, c *Count) string {
			if c.CountedAt.IsZero() {
				return ""
			}
			return Accuracy(c.Wrong)
		}},
		{Key: "gain", SQL: "c.gain", Into: func(c *Count) any { return &c.Gain }, Range: true},
		{Key: "loss", SQL: "c.loss", Into: func(c *Count) any { return &c.Loss }, Range: true},
		{Key: "document_number", SQL: "c.document_number", Into: func(c *Count) any { return &c.DocumentNumber }, Aside: true},
		{Key: "paper", SQL: "c.paper", Into: func(c *Count) any { return &c.Paper }, Aside: true},
		{Key: "book", SQL: "c.book", Into: func(c *Count) any { return &c.Book }, Aside: true},
		{Key: "counted_day", SQL: "c.counted_day", Into: func(c *Count) any { return &c.CountedDay }, Range: true, Aside: true},
		{Key: "ended_day", SQL: "c.ended_day", Into: func(c *Count) any { return &c.EndedDay }, Range: true, Aside: true},
		{Key: "open", SQL: "c.open", Into: func(c *Count) any { return &c.Open }, Aside: true},
		{Key: "begun_name", SQL: "c.begun_name", Into: func(c *Count) any { return &c.BegunName }, Aside: true},
		{Key: "posted_name", SQL: "c.posted_name", Into: func(c *Count) any { return &c.PostedName }, Aside: true},
		{Key: "analysis", SQL: "c.analysis", Into: func(c *Count) any { return &c.Analysis }, Aside: true},
		{Key: "in_time", SQL: "(" + inTime + ")", Into: func(c *Count) any { return &c.InTime }, Hidden: true},
		{Key: "signed_in_time", SQL: "(" + signedInTime + ")", Into: func(c *Count) any { return &c.SignedInTime }, Hidden: true},
		{Key: "analysed_in_time", SQL: "(" + analysedInTime + ")", Into: func(c *Count) any { return &c.AnalysedInTime }, Hidden: true},
		{Key: "by_paper", SQL: "(" + byPaper + ")", Into: func(c *Count) any { return &c.ByPaper }, Hidden: true},
		{Key: "id", SQL: "c.id", Into: func(c *Count) any { return &c.ID }, Hidden: true},
		{Key: "plan", SQL: "c.plan", Into: func(c *Count) any { return &c.Plan }, Hidden: true},
		{Key: "bin_from", SQL: "c.bin_from", Into: func(c *Count) any { return &c.BinFrom }, Hidden: true},
		{Key: "bin_until", SQL: "c.bin_until", Into: func(c *Count) any { return &c.BinUntil }, Hidden: true},
		{Key: "blind", SQL: "c.blind", Into: func(c *Count) any { return &c.Blind }, Hidden: true},
		{Key: "done", SQL: "CASE WHEN c.state = 'counting' THEN (SELECT CAST(coalesce(sum(s.done), 0) AS BIGINT) FROM counting_sheet s WHERE s.count = c.id) ELSE c.done END", Into: func(c *Count) any { return &c.Done }, Hidden: true},
		{Key: "begun_by", SQL: "c.begun_by", Into: func(c *Count) any { return &c.BegunBy }, Hidden: true},
		{Key: "begun_at", SQL: "c.begun_at", Into: func(c *Count) any { return &c.BegunAt }, Hidden: true},
		{Key: "counted_at", SQL: "c.counted_at", Into: func(c *Count) any { return &c.CountedAt }, Hidden: true},
		{Key: "keeper", SQL: "c.keeper", Into: func(c *Count) any { return &c.Keeper }, Hidden: true},
		{Key: "keeper_name", SQL: "c.keeper_name", Into: func(c *Count) any { return &c.KeeperName }, Hidden: true},
		{Key: "keeper_at", SQL: "c.keeper_at", Into: func(c *Count) any { return &c.KeeperAt }, Hidden: true},
		{Key: "accountant", SQL: "c.accountant", Into: func(c *Count) any { return &c.Accountant }, Hidden: true},
		{Key: "accountant_name", SQL: "c.accountant_name", Into: func(c *Count) any { return &c.AccountantName }, Hidden: true},
		{Key: "accountant_at", SQL: "c.accountant_at", Into: func(c *Count) any { return &c.AccountantAt }, Hidden: true},
		{Key: "case", SQL: "c.case_id", Into: func(c *Count) any { return &c.Case }, Hidden: true},
		{Key: "document", SQL: "c.document", Into: func(c *Count) any { return &c.Document }, Hidden: true},
		{Key: "posted_by", SQL: "c.posted_by", Into: func(c *Count) any { return &c.PostedBy }, Hidden: true},
		{Key: "ended_at", SQL: "c.ended_at", Into: func(c *Count) any { return &c.EndedAt }, Hidden: true},
		{Key: "note", SQL: "c.note", Into: func(c *Count) any { return &c.Note }, Hidden: true},
		{Key: "version", SQL: "c.version", Into: func(c *Count) any { return &c.Version }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(c *Count) any { return &c.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "w.department", Into: func(c *Count) any { return &c.Keeping }, Hidden: true},
	},
}

func countTone(c *Count, _ time.Time) string {
	switch c.State {
	case Posted, Agreed:
		return "done"
	case Dropped:
		return "quiet"
	case Settling, Approved:
		return "soon"
	}
	return "accent"
}

// Sheets is the list of sheets, the oldest first: what is still out.
var Sheets = list.Of[Sheet]{
	Name:  "counting.sheets",
	From:  `counting_sheet s JOIN counting_count c ON c.id = s.count LEFT JOIN warehouse_store w ON w.id = c.store`,
	Order: "id", Live: []string{SheetNoun},
	Href: func(s *Sheet) string { return "/counting/sheets/" + s.ID },
	Columns: []list.Column[Sheet]{
		{Key: "count_number", SQL: "c.number", Into: func(s *Sheet) any { return &s.CountNumber }, Text: func(s *Sheet) string { return fmt.Sprintf("%s · %d", s.CountNumber, s.N) }},
		{Key: "label", SQL: "s.label", Into: func(s *Sheet) any { return &s.Label }},
		{Key: "round", SQL: "s.round", Into: func(s *Sheet) any { return &s.Round }},
		{Key: "size", SQL: "s.lines", Into: func(s *Sheet) any { return &s.Size }, Said: func(_ *words.Words, s *Sheet) string { return fmt.Sprintf("%d / %d", s.Done, s.Size) }},
		{Key: "counter_name", SQL: "s.counter_name", Into: func(s *Sheet) any { return &s.CounterName }},
		{Key: "store", SQL: "c.store", Into: func(s *Sheet) any { return &s.Store }, Ref: "stores", Text: func(s *Sheet) string { return s.StoreName }},
		{Key: "due", SQL: "c.due", Into: func(s *Sheet) any { return &s.Due }, Range: true},
		{Key: "open", SQL: "s.open", Into: func(s *Sheet) any { return &s.Open }},
		{Key: "handed_at", SQL: "s.handed_at", Into: func(s *Sheet) any { return &s.HandedAt }, Range: true, Aside: true},
		{Key: "id", SQL: "s.id", Into: func(s *Sheet) any { return &s.ID }, Hidden: true},
		{Key: "count", SQL: "s.count", Into: func(s *Sheet) any { return &s.Count }, Hidden: true},
		{Key: "n", SQL: "s.n", Into: func(s *Sheet) any { return &s.N }, Hidden: true},
		{Key: "done", SQL: "s.done", Into: func(s *Sheet) any { return &s.Done }, Hidden: true},
		{Key: "first", SQL: "s.first", Into: func(s *Sheet) any { return &s.First }, Hidden: true},
		{Key: "counter", SQL: "s.counter", Into: func(s *Sheet) any { return &s.Counter }, Hidden: true},
		{Key: "taken_at", SQL: "s.taken_at", Into: func(s *Sheet) any { return &s.TakenAt }, Hidden: true},
		{Key: "version", SQL: "s.version", Into: func(s *Sheet) any { return &s.Version }, Hidden: true},
		{Key: "blind", SQL: "c.blind", Into: func(s *Sheet) any { return &s.Blind }, Hidden: true},
		{Key: "count_state", SQL: "c.state", Into: func(s *Sheet) any { return &s.CountState }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(s *Sheet) any { return &s.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "w.department", Into: func(s *Sheet) any { return &s.Keeping }, Hidden: true},
	},
}

// Lines is the list of the lines of counts. Where the person counts blind, who lists them
// leaves the books' figures away until the sheet is handed in.
var Lines = list.Of[Line]{
	Name: "counting.lines",
	From: `counting_line l JOIN counting_count c ON c.id = l.count LEFT JOIN warehouse_store w ON w.id = c.store LEFT JOIN catalog_item i ON i.id = l.item LEFT JOIN warehouse_bin b ON b.id = l.bin`,
	// What is still counted blind is nobody's to look up.
	Where: "(c.blind = false OR c.state NOT IN ('counting', 'recounting'))",
	Order: "n", Short: true, Live: []string{Noun},
	Columns: []list.Column[Line]{
		{Key: "name", SQL: "i.name", Into: func(l *Line) any { return &l.Name }, Text: func(l *Line) string { return l.Title() }},
		{Key: "n", SQL: "l.n", Into: func(l *Line) any { return &l.N }, Sort: true},
		{Key: "bin_code", SQL: "coalesce(b.code, '')", Into: func(l *Line) any { return &l.BinCode }},
		{Key: "lot", SQL: "l.lot", Into: func(l *Line) any { return &l.Lot }},
		{Key: "first_book", SQL: "l.book1", Into: func(l *Line) any { return &l.First.Book }, Said: said(func(l *Line) string { return l.Say(l.Last().Book) })},
		{Key: "first_qty", SQL: "l.qty1", Into: func(l *Line) any { return &l.First.Qty }, Said: said(func(l *Line) string { return l.Say(l.First.Qty) })},
		{Key: "second_qty", SQL: "l.qty2", Into: func(l *Line) any { return &l.Second.Qty }, Said: func(_ *words.Words, l *Line) string {
			if l.Done < 2 {
				return ""
			}
			return l.Say(l.Second.Qty)
		}},
		{Key: "diff", SQL: "l.diff", Into: func(l *Line) any { return &l.Diff }, Said: func(_ *words.Words, l *Line) string { return l.SayDiff() }, Tone: func(l *Line, _ time.Time) string {
			if l.Diff < 0 {
				return "danger"
			}
			return ""
		}},
		{Key: "value", SQL: "l.value", Into: func(l *Line) any { return &l.Value }, Range: true},
		{Key: "reason", SQL: "l.reason", Into: func(l *Line) any { return &l.Reason }, OneOf: Reasons, Enum: "counting.reason"},
		{Key: "why", SQL: "l.why", Into: func(l *Line) any { return &l.Why }, Aside: true},
		{Key: "expiry", SQL: "l.expiry", Into: func(l *Line) any { return &l.Expiry }, Range: true, Aside: true},
		{Key: "first_name", SQL: "l.name1", Into: func(l *Line) any { return &l.First.Name }, Aside: true},
		{Key: "first_at", SQL: "l.at1", Into: func(l *Line) any { return &l.First.At }, Aside: true},
		{Key: "second_name", SQL: "l.name2", Into: func(l *Line) any { return &l.Second.Name }, Aside: true},
		{Key: "second_at", SQL: "l.at2", Into: func(l *Line) any { return &l.Second.At }, Aside: true},
		{Key: "differs", SQL: "(l.diff <> 0)", Into: func(l *Line) any { return &l.differs }, Aside: true},
		{Key: "extra", SQL: "l.extra", Into: func(l *Line) any { return &l.Extra }, Aside: true},
		{Key: "unit", SQL: "i.unit", Into: func(l *Line) any { return &l.Unit }, Aside: true},
		{Key: "number", SQL: "i.number", Into: func(l *Line) any { return &l.Number }, Aside: true},
		{Key: "book", SQL: "l.book", Into: func(l *Line) any { return &l.Book }, Hidden: true},
		{Key: "id", SQL: "l.id", Into: func(l *Line) any { return &l.ID }, Hidden: true},
		{Key: "count", SQL: "l.count", Into: func(l *Line) any { return &l.Count }, Hidden: true},
		{Key: "sheet", SQL: "l.sheet", Into: func(l *Line) any { return &l.Sheet }, Hidden: true},
		{Key: "again", SQL: "l.again", Into: func(l *Line) any { return &l.Again }, Hidden: true},
		{Key: "item", SQL: "l.item", Into: func(l *Line) any { return &l.Item }, Hidden: true},
		{Key: "bin", SQL: "l.bin", Into: func(l *Line) any { return &l.Bin }, Hidden: true},
		{Key: "done", SQL: "l.done", Into: func(l *Line) any { return &l.Done }, Hidden: true},
		{Key: "second_book", SQL: "l.book2", Into: func(l *Line) any { return &l.Second.Book }, Hidden: true},
		{Key: "spec", SQL: "i.spec", Into: func(l *Line) any { return &l.Spec }, Hidden: true},
		{Key: "packs", SQL: "i.packs", Into: func(l *Line) any { return &l.packs }, Hidden: true},
	},
}

// said is a quantity of a line that somebody has counted.
func said(say func(*Line) string) func(*words.Words, *Line) string {
	return func(_ *words.Words, l *Line) string {
		if l.Done == 0 {
			return ""
		}
		return say(l)
	}
}
