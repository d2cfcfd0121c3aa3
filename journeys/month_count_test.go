package journeys

import (
	"fmt"
	"path/filepath"

	"houqin/internal/base/list"
	"houqin/internal/counting"
)

// lying is where what lies.
type lying struct{ item, lot, bin string }

// counts: the section head has the shelves counted blind, by two persons on their phones; what
// differs is counted by the other, explained, agreed to and posted by finance. It gives what
// lies on the shelves that were counted.
func (m *month) counts() (shelf map[lying]int64) {
	head := m.as(sectionHead, Phone)
	begin := m.as(sectionHead, Desktop)
	begin.Go(m.url + "/counting/counts/new")
	begin.Click(`[name="store"]`)
	begin.Choose("总务库房")
	begin.Type(`[name="goods"]`, "C 类（其余）")
	begin.Type(`[name="most"]`, "6")
	begin.Type(`[name="sheet"]`, "3")
	begin.Click("#f .btn-accent")
	begin.See("盲盘")
	count := path(m.t, begin)

	shelf = map[lying]int64{}
	off := map[string]int64{} // of the first line of each sheet a piece is missing
	sheets := m.out(count)
	if len(sheets) < 2 {
		m.t.Fatalf("%d sheets are out", len(sheets))
	}
	keeper := m.as(storekeeper, Phone)
	for n, s := range sheets {
		m.tally([]*B{keeper, head}[n%2], s, off, shelf, true)
	}
	begin.Go(m.url + count)
	begin.See("复盘中")
	for _, s := range m.out(count) { // by who did not count it first
		by := head
		var number string
		if err := m.h.DB.QueryRowContext(m.t.Context(), `SELECT number FROM people_person WHERE id = $1`, s.First).Scan(&number); err != nil {
			m.t.Fatal(err)
		}
		if number == sectionHead {
			by = keeper
		}
		by.Go(m.url + "/counting/sheets/" + s.ID)
		by.See("复盘须由初盘人以外的人进行")
		m.tally(by, s, off, shelf, false)
	}

	m.keeper.Go(m.url + count + "/reasons")
	for n := range len(off) {
		m.keeper.Type(fmt.Sprintf(`[name="lines.%d.reason"]`, n), "出库未及时记账")
	}
	m.keeper.Click("#f .btn-accent")
	m.keeper.Go(m.url + count)
	m.keeper.Click("报批差异")
	m.keeper.Type(`#step-ask [name="text"]`, "夜间急领次日补单，已约定当班补齐")
	m.keeper.Click("#step-ask button[type=submit]")
	m.keeper.See("审批中")
	if signed := m.agree(counting.Noun, filepath.Base(count)); len(signed) == 0 {
		m.t.Error("nobody agreed to the difference")
	}
	m.finance.Go(m.url + count + "/post")
	m.finance.Click("确认调账")
	m.finance.Click("dialog [data-yes]")
	m.finance.See("已调账")
	return shelf
}

// out are the sheets of a count that wait for a counter.
func (m *month) out(count string) []counting.Sheet {
	m.t.Helper()
	all, err := counting.Sheets.All(m.t.Context(), m.h.DB, list.Where{}.And("s.count = ? AND s.open = true", filepath.Base(count)), 9)
	if err != nil {
		m.t.Fatal(err)
	}
	return all
}

// tally: somebody takes a sheet, which says nothing of the books, and writes down what lies
// there; of the first line a piece is missing.
func (m *month) tally(b *B, s counting.Sheet, off map[string]int64, shelf map[lying]int64, first bool) {
	m.t.Helper()
	ctx := m.t.Context()
	lines, err := counting.LinesOf(ctx, m.h.DB, s.ID)
	if err != nil {
		m.t.Fatal(err)
	}
	b.Go(m.url + "/counting/sheets/" + s.ID)
	b.Click("领表开盘")
	b.Click("整表录入")
	for n, l := range lines {
		book, err := counting.BookOf(ctx, m.h.DB, &s, &l)
		if err != nil {
			m.t.Fatal(err)
		}
		if first && n == 0 {
			off[l.ID] = 1
		}
		found := int64(book) - off[l.ID]
		if first {
			shelf[lying{l.Item, l.Lot, l.Bin}] += found
		}
		b.Type(fmt.Sprintf(`[name="lines.%d.qty"]`, n), fmt.Sprint(found))
	}
	b.Click("#f .btn-accent")
	b.Click("交表")
	b.See("已交")
}
