package ui

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLayoutTellsWhereOneIs(t *testing.T) {
	w := speak(t, "en")
	p := samplePage(w, nil)
	p.Theme = "dark"
	doc := draw(t, Layout(p))
	root := one(t, doc, tag("html"))
	if attr(root, "lang") != "en" || attr(root, "data-theme") != "dark" {
		t.Errorf("lang %q theme %q", attr(root, "lang"), attr(root, "data-theme"))
	}
	if got := text(one(t, doc, tag("title"))); got != "工单 · 医院" {
		t.Errorf("title %q", got)
	}
	if got := attr(one(t, doc, tag("body")), "data-live"); got != "jobs,stock" {
		t.Errorf("follows %q", got)
	}
	for _, nav := range all(doc, tag("nav")) {
		if attr(nav, "class") == "tabs" {
			continue
		}
		now := all(nav, has("aria-current", "page"))
		if len(now) != 1 || attr(now[0], "href") != "/4" {
			t.Errorf("%s shows %d places as the current one", attr(nav, "class"), len(now))
		}
	}
	thumb := one(t, doc, class("thumb"))
	if got := len(all(thumb, tag("a"))); got != 5 {
		t.Errorf("%d doors at the thumb, want the first four and the rest", got)
	}
	for _, c := range all(doc, class("count")) {
		if text(c) != "99+" || !class("late")(c) {
			t.Errorf("count %q class %q", text(c), attr(c, "class"))
		}
	}
	skip := one(t, doc, class("skip"))
	one(t, doc, has("id", strings.TrimPrefix(attr(skip, "href"), "#")))
}

// A person who is not signed in sees no doors and no way out.
func TestOutsideThereAreNoDoors(t *testing.T) {
	doc := pages(t, "zh")["door"]
	if n := all(doc, tag("nav")); len(n) != 0 {
		t.Errorf("%d navigations", len(n))
	}
	if n := all(doc, has("action", "/sign-out")); len(n) != 0 {
		t.Error("one may sign out without being in")
	}
	role := one(t, doc, has("name", "role"))
	if attr(role, "value") != "nurse" || !strings.Contains(text(role), "护士长") {
		t.Errorf("role button %v", role.Attr)
	}
}

// Holds: v5.0.0-7.4.4
func TestWhoSignedInMaySignOutAndChangeTheLook(t *testing.T) {
	w := speak(t, "zh")
	doc := draw(t, Layout(samplePage(w, nil)))
	for _, f := range all(doc, has("action", "/look")) {
		if back := one(t, f, has("name", "back")); attr(back, "value") != "/x?y=1" {
			t.Errorf("leads back to %q", attr(back, "value"))
		}
		pressed := all(f, has("aria-pressed", "true"))
		if len(pressed) != 2 || attr(pressed[0], "value") != "zh" || attr(pressed[1], "value") != "auto" {
			t.Errorf("pressed: %d", len(pressed))
		}
	}
	if len(all(doc, has("action", "/sign-out"))) == 0 {
		t.Error("no way out")
	}
}

func TestButtonsSayWhatTheyDo(t *testing.T) {
	w := speak(t, "zh")
	ask := Form{ID: "pause", Action: "/jobs/1/pause", Submit: "暂停", Fields: []Field{{Name: "why", Label: "原因"}}}
	doc := draw(t, Buttons(w,
		Action{Name: "finish", Label: "完成", Post: "/jobs/1/finish", Tone: Accent, Hidden: []Pair{{"_key", "k1"}, {"_version", "7"}}},
		Action{Name: "cancel", Label: "取消工单", Post: "/jobs/1/cancel", Tone: Danger, Confirm: "确定取消？"},
		Action{Name: "pause", Label: "暂停", Ask: &ask, Open: true},
		Action{Name: "sign", Label: "签单", Post: "/jobs/1/sign", Closed: "完成后由科室签"},
		Action{Name: "print", Label: "打印", Href: "/jobs/1/slip", Fresh: true},
	))
	f := one(t, doc, has("action", "/jobs/1/finish"))
	if attr(f, "method") != "post" || attr(one(t, f, has("name", "_key")), "value") != "k1" || attr(one(t, f, has("name", "_version")), "value") != "7" {
		t.Error("finish does not post its key and version")
	}
	if _, ok := given(f, "data-once"); !ok {
		t.Error("finish can be pressed twice")
	}
	if got := attr(one(t, doc, has("action", "/jobs/1/cancel")), "data-confirm"); got != "确定取消？" {
		t.Errorf("cancel asks %q", got)
	}
	details := one(t, doc, tag("details"))
	if _, open := given(details, "open"); !open || len(all(details, has("name", "why"))) != 1 {
		t.Error("the question of pause is not open")
	}
	if len(all(doc, has("action", "/jobs/1/sign"))) != 0 {
		t.Error("a closed step can be posted")
	}
	closed := one(t, doc, class("closed"))
	if _, off := given(one(t, closed, tag("button")), "disabled"); !off || !strings.Contains(text(closed), "完成后由科室签") {
		t.Errorf("closed step says %q", text(closed))
	}
	if a := one(t, doc, has("href", "/jobs/1/slip")); attr(a, "target") != "_blank" || attr(a, "rel") != "noopener" {
		t.Error("the slip does not open beside")
	}
}

func TestListRowsCanBeOpenedSortedAndFollowed(t *testing.T) {
	w := speak(t, "zh")
	doc := draw(t, List(w, show{w, true}.table()))
	box := one(t, doc, has("id", "g-list-rows"))
	if attr(box, "hx-get") != "/ui?state=dispatched" || attr(box, "hx-trigger") != "live-jobs from:body" || attr(box, "hx-select") != "#g-list-rows" {
		t.Errorf("rows follow %v", box.Attr)
	}
	body := one(t, doc, tag("tbody"))
	for _, tr := range all(body, tag("tr")) {
		links := all(tr, class("row-link"))
		if len(links) != 1 || !strings.HasPrefix(attr(links[0], "href"), "/ui?row=") || !class("opens")(tr) {
			t.Errorf("row %q does not open", text(tr))
		}
	}
	head := one(t, doc, has("aria-sort", "ascending"))
	if attr(one(t, head, tag("a")), "href") != "/ui?sort=-due" {
		t.Error("the sorted column does not turn")
	}
	search := one(t, doc, class("search"))
	got := map[string]string{}
	for _, i := range all(search, tag("input")) {
		got[attr(i, "name")] = attr(i, "value")
	}
	for name, value := range map[string]string{"sort": "-due", "state": "dispatched", "day.from": "2026-11-01"} {
		if got[name] != value {
			t.Errorf("searching forgets %s=%s", name, value)
		}
	}
	if attr(search, "action") != "/ui" {
		t.Errorf("search goes to %q", attr(search, "action"))
	}
	for _, c := range all(doc, class("chip")) {
		if attr(c, "href") == "" {
			t.Error("a chip cannot be removed")
		}
	}
	bulk := one(t, doc, class("bulk"))
	for _, i := range all(body, has("type", "checkbox")) {
		if attr(i, "form") != attr(bulk, "id") || attr(i, "name") != "id" || attr(i, "value") == "" {
			t.Errorf("tick %v is not posted", i.Attr)
		}
	}
}

func TestAnEmptyListSaysWhatToDo(t *testing.T) {
	w := speak(t, "zh")
	doc := draw(t, List(w, Table{Columns: []Head{{Label: "单号"}}, Empty: Nothing{Text: "没有待签的工单", Hint: "完成后会出现", Action: &Action{Label: "报修", Href: "/new"}}}))
	if len(all(doc, tag("table"))) != 0 {
		t.Error("an empty table is drawn")
	}
	if e := one(t, doc, class("empty")); !strings.Contains(text(e), "没有待签的工单") || attr(one(t, e, tag("a")), "href") != "/new" {
		t.Errorf("says %q", text(e))
	}
}

func TestFiltersStandInAddresses(t *testing.T) {
	for _, c := range []struct {
		name string
		f    Filter
		want []Pair
	}{
		{"several", Filter{Key: "state", Values: []string{"a", "b"}}, []Pair{{"state", "a"}, {"state", "b"}}},
		{"none", Filter{Key: "state"}, nil},
		{"from a day", Filter{Key: "day", Kind: FilterDay, From: "2026-11-01"}, []Pair{{"day.from", "2026-11-01"}}},
		{"a reference", Filter{Key: "dept", Kind: FilterRef, Shown: "内一科", Values: []string{"d1"}}, []Pair{{"dept", "内一科"}, {"dept.id", "d1"}}},
		{"a text", Filter{Key: "who", Kind: FilterText, Values: []string{"王"}}, []Pair{{"who", "王"}}},
	} {
		if got := c.f.pairs(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestStagesShowWhereALifeStands(t *testing.T) {
	w := speak(t, "zh")
	doc := draw(t, Stages(w, show{w, true}.stages()...))
	now := one(t, doc, has("aria-current", "step"))
	if !strings.HasPrefix(text(now), "处理中") {
		t.Errorf("stands at %q", text(now))
	}
}

func TestFacesTellPeopleApart(t *testing.T) {
	for name, want := range map[string]string{"王建国": "国", "Wang Jianguo": "W", "li": "L", "": "·", "欧阳 静": "静"} {
		if got := face(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestProgressStopsAskingWhenOver(t *testing.T) {
	w := speak(t, "zh")
	asks := func(over bool) bool {
		p := one(t, draw(t, Progress(w, Running{ID: "p", Label: "导入", Part: 1, Whole: 2, Here: "/imports/1", Over: over})), has("id", "p"))
		_, ok := given(p, "hx-get")
		return ok
	}
	if !asks(false) || asks(true) {
		t.Error("a running import must be asked for, a finished one not")
	}
}

func TestSlipsDealLinesOverPages(t *testing.T) {
	w := speak(t, "zh")
	for _, c := range []struct {
		lines, pages int
		blank        []int // empty lines on the pages of one copy
	}{{0, 1, []int{4}}, {5, 1, []int{2}}, {7, 1, []int{0}}, {8, 2, []int{0, 4}}, {21, 3, []int{0, 0, 0}}} {
		doc := draw(t, Print(sampleSheet(w, c.lines)))
		slips := all(doc, class("slip"))
		if len(slips) != 3*c.pages {
			t.Errorf("%d lines: %d pages, want %d for each of three copies", c.lines, len(slips), c.pages)
			continue
		}
		rows := 0
		for n, s := range slips[:c.pages] {
			blank := len(all(one(t, s, class("slip-lines")), class("blank")))
			if blank != c.blank[n] {
				t.Errorf("%d lines, page %d: %d empty lines, want %d", c.lines, n+1, blank, c.blank[n])
			}
			rows += len(all(one(t, s, tag("tbody")), tag("tr"))) - blank
			if got := len(all(s, class("slip-totals"))) == 1; got != (n == c.pages-1) {
				t.Errorf("%d lines, page %d: the total stands on the wrong page", c.lines, n+1)
			}
			if !strings.Contains(text(s), "CK-2026-000123") || !strings.Contains(text(s), "存根联") {
				t.Errorf("page %d does not say what it is", n+1)
			}
		}
		if rows != c.lines {
			t.Errorf("%d lines printed, want %d", rows, c.lines)
		}
	}
}

func TestLabelsLeaveUsedPlacesFree(t *testing.T) {
	l := LabelSheet{Skip: 23, Labels: make([]Label, 25)}
	for i := range l.Labels {
		l.Labels[i].Title = "x"
	}
	s := l.sheets()
	if len(s) != 2 || len(s[0]) != 24 || s[0][22].Title != "" || s[0][23].Title != "x" || len(s[1]) != 24 {
		t.Errorf("%d sheets", len(s))
	}
	if got := (LabelSheet{}).sheets(); len(got) != 0 {
		t.Errorf("no labels make %d sheets", len(got))
	}
}

// Holds: v5.0.0-16.5.1
func TestErrorPageTellsTheNumberToAskFor(t *testing.T) {
	doc := pages(t, "zh")["failure"]
	f := one(t, doc, class("failure"))
	if !strings.Contains(text(f), "404") || text(one(t, f, tag("code"))) != "8f" {
		t.Errorf("says %q", text(f))
	}
}

func BenchmarkListOf50(b *testing.B) {
	w := speak(b, "zh")
	t := show{w, true}.table()
	for len(t.Rows) < 50 {
		t.Rows = append(t.Rows, t.Rows[:6]...)
	}
	p := Layout(samplePage(w, List(w, t)))
	for b.Loop() {
		if err := p.Render(b.Context(), discard{}); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// Rows are written by hand, so what others typed is tried on them once more.
// Holds: v5.0.0-1.2.1 AB-11
func TestForeignTextInRowsStaysText(t *testing.T) {
	w := speak(t, "zh")
	evil := `"'><script>alert(1)</script>&amp;`
	doc := draw(t, List(w, Table{Columns: []Head{{Label: evil}, {Label: evil}, {Label: evil}}, Bulk: []Action{{Label: "签", Post: "/sign"}}, Rows: []Row{
		{Href: "javascript:alert(1)", Check: evil, Cells: []Cell{{Text: evil, Title: evil, Sub: evil}, {Text: evil, State: true}, {Text: evil, Href: "javascript:alert(1)"}}}}}))
	if len(all(doc, tag("script"))) != 0 {
		t.Error("a script came in")
	}
	link := one(t, doc, class("row-link"))
	if text(link) != evil || attr(link, "title") != evil {
		t.Errorf("text came back as %q", text(link))
	}
	for _, a := range all(doc, tag("a")) {
		if strings.HasPrefix(attr(a, "href"), "javascript") {
			t.Error("a link leads to a script")
		}
	}
	if got := attr(one(t, doc, has("name", "id")), "value"); got != evil {
		t.Errorf("posts %q", got)
	}
}

// On a phone a cell that only its heading explains has it before it, and a name as long
// as a sentence has the row's whole width, its state below it.
func TestACellSaysWhatItIsOnAPhone(t *testing.T) {
	doc := draw(t, List(speak(t, "zh"), Table{Columns: []Head{{Label: "条款"}, {Label: "原值", Named: true}, {Label: "新值"}}, Rows: []Row{
		{Cells: []Cell{{Text: "已建账固定资产未经主管部门同意不得搬迁、外借、转让。"}, {Text: "500"}, {Text: "800"}}}, {Cells: []Cell{{Text: "上会起点"}, {}, {}}}}}))
	if was := all(doc, class("named")); len(was) != 2 || attr(was[0], "data-label") != "原值" || text(was[0]) != "500" {
		t.Errorf("%d cells are named", len(was))
	}
	if long := all(doc, class("long")); len(long) != 1 || !class("first")(long[0]) {
		t.Errorf("%d names are long", len(long))
	}
}

// On a phone, where a row has no headings, a yes is read as its column's name, a day
// with it, and a no is not read at all.
func TestAFlagIsReadByItsColumnOnAPhone(t *testing.T) {
	doc := draw(t, List(speak(t, "zh"), Table{Columns: []Head{{Label: "工具"}, {Label: "院外使用"}, {Label: "已归还"}, {Label: "应还"}}, Rows: []Row{
		{Cells: []Cell{{Text: "电锤"}, {Text: "是", Flag: Yes}, {Text: "否", Flag: No}, {Text: "2026-11-30", When: true}}}}}))
	if due := one(t, doc, class("when")); attr(due, "data-label") != "应还" {
		t.Errorf("a day is labelled %q", attr(due, "data-label"))
	}
	flags := all(doc, class("flag"))
	if len(flags) != 2 {
		t.Fatalf("%d flags", len(flags))
	}
	if yes := flags[0]; attr(yes, "data-label") != "院外使用" || class("no")(yes) || text(yes) != "是" {
		t.Errorf("a yes is %q labelled %q", text(yes), attr(yes, "data-label"))
	}
	if no := flags[1]; !class("no")(no) || text(no) != "否" {
		t.Errorf("a no is %q", text(no))
	}
	css, err := os.ReadFile(filepath.Join("assets", "css", "3-list.css"))
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []string{`td.flag.no { display: none; }`, `td.flag::before { content: attr(data-label); }`, `td.when::before { content: attr(data-label) " "`, `td.named::before, .table tbody td.when::before {`, `td.first.long { flex-basis: 100%; }`} {
		if !bytes.Contains(css, []byte(rule)) {
			t.Errorf("the style lacks %s", rule)
		}
	}
}

// Two main buttons are none: looking something up, and what stands beside the page's own
// form, does without the accent.
func TestOnlyWhatAPageIsForHasTheAccent(t *testing.T) {
	w := speak(t, "zh")
	for name, c := range map[string]struct {
		form Form
		want bool
	}{
		"what a page is for":  {Form{Submit: "出库"}, true},
		"a question beside":   {Form{Submit: "确认", Inline: true}, true},
		"something looked up": {Form{Submit: "查找", Inline: true, Method: "get"}, false},
		"a second form":       {Form{Submit: "指定", Inline: true, Second: true}, false},
	} {
		button := one(t, draw(t, Ask(w, c.form)), tag("button"))
		if got := class("btn-accent")(button); got != c.want {
			t.Errorf("%s: the accent is %v, want %v", name, got, c.want)
		}
	}
}

func TestATableInAPageLeavesOutColumnsInWhichNothingStands(t *testing.T) {
	w := speak(t, "zh")
	table := Table{Columns: []Head{{Label: "物品"}, {Label: "货位"}, {Label: "数量"}}, Rows: []Row{{Cells: []Cell{{Text: "灯泡"}, {}, {Text: "3 只"}}}, {Cells: []Cell{{Text: "水泥"}, {}, {Text: "1 袋"}}}}}
	heads := func() (said []string) {
		for _, n := range all(draw(t, List(w, table)), tag("th")) {
			said = append(said, text(n))
		}
		return said
	}
	if got := heads(); len(got) != 3 {
		t.Errorf("a list shows %q: its columns stay where they are", got)
	}
	table.Bare = true
	if got := heads(); !slices.Equal(got, []string{"物品", "数量"}) {
		t.Errorf("a table in a page shows %q", got)
	}
	table.Rows[1].Cells[1].Text = "A-01"
	if got := heads(); len(got) != 3 {
		t.Errorf("with one shelf known it shows %q", got)
	}
}

func TestNoCardIsDrawnAroundNothing(t *testing.T) {
	if got := text(draw(t, Section("经过", None))); got != "" {
		t.Errorf("%q", got)
	}
}

// The last box of a row takes the places that are left: the ruling has no hole.
func TestTheBoxesOfASlipFillTheirRows(t *testing.T) {
	box, wide := Fact{Label: "库房", Text: "总库"}, Fact{Label: "备注", Text: "急", Wide: true}
	for name, c := range map[string]struct {
		boxes []Fact
		want  []int
	}{
		"three":            {[]Fact{box, box, box}, []int{1, 1, 1}},
		"two":              {[]Fact{box, box}, []int{1, 2}},
		"four":             {[]Fact{box, box, box, box}, []int{1, 1, 1, 3}},
		"before a wide":    {[]Fact{box, wide, box, box}, []int{3, 3, 1, 2}},
		"full, then wide":  {[]Fact{box, box, box, wide, box}, []int{1, 1, 1, 3, 3}},
		"wide after wide":  {[]Fact{wide, wide}, []int{3, 3}},
		"six and one more": {[]Fact{box, box, box, box, box, box, box}, []int{1, 1, 1, 1, 1, 1, 3}},
	} {
		var got []int
		for n := range c.boxes {
			got = append(got, Sheet{Boxes: c.boxes}.places(n))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
