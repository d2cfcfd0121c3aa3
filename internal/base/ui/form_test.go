package ui

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestComplaintsLeadToTheirFields(t *testing.T) {
	w := speak(t, "zh")
	doc := draw(t, Ask(w, show{w, true}.form("f", true)))
	top := one(t, doc, class("complaints"))
	if attr(top, "role") != "alert" || !strings.Contains(text(top), "预算已用完") {
		t.Errorf("the top says %q", text(top))
	}
	want := map[string]string{"f-place": "这个房间已停用", "f-phone": "分机号是四位数字", "f-cost": "超过科室限额 1,000.00", "f-lines.1.quantity": "库存只有 12 卷"}
	links := all(top, tag("a"))
	if len(links) != len(want) {
		t.Errorf("%d links, want %d", len(links), len(want))
	}
	for _, a := range links {
		id := strings.TrimPrefix(attr(a, "href"), "#")
		input := one(t, doc, has("id", id))
		if attr(input, "aria-invalid") != "true" {
			t.Errorf("%s is not marked as wrong", id)
		}
		var said []string
		for by := range strings.FieldsSeq(attr(input, "aria-describedby")) {
			said = append(said, text(one(t, doc, has("id", by))))
		}
		if !slices.Contains(said, want[id]) {
			t.Errorf("%s is described by %q, want %q", id, said, want[id])
		}
	}
	if len(all(draw(t, Ask(w, show{w, true}.form("f", false))), class("complaints"))) != 0 {
		t.Error("a form without mistakes complains")
	}
}

func TestWhatWasTypedIsKept(t *testing.T) {
	w := speak(t, "zh")
	doc := draw(t, Ask(w, show{w, true}.form("f", true)))
	for name, want := range map[string]string{"phone": "6512", "day": "2026-11-21", "cost": "1280.50", "place": "内科楼 5 层 512", "place.id": "p1", "locked": "内一科",
		"lines.1.item": "绝缘胶带", "lines.1.item.id": "i2", "lines.1.quantity": "60", "_key": "k-f", "_version": "7"} {
		if got := attr(one(t, doc, has("name", name)), "value"); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := text(one(t, doc, has("name", "what"))); got != "插座冒火花，已断电" {
		t.Errorf("what is %q", got)
	}
	chosen := func(n *html.Node) bool { _, ok := given(n, "checked"); return ok }
	var values []string
	for _, n := range all(doc, chosen) {
		values = append(values, attr(n, "value"))
	}
	if !slices.Equal(values, []string{"electric", "am"}) {
		t.Errorf("chosen: %v", values)
	}
}

// Every kind asks with the input that suits it, and phones show the right keys.
func TestKindsAskWithTheirInput(t *testing.T) {
	w := speak(t, "zh")
	for _, c := range []struct {
		field Field
		want  map[string]string
	}{
		{Field{}, map[string]string{"type": "text"}},
		{Field{Kind: KindNumber, Most: "9"}, map[string]string{"type": "text", "inputmode": "decimal", "autocomplete": "off", "max": ""}},
		{Field{Kind: KindMoney}, map[string]string{"type": "text", "inputmode": "decimal"}},
		{Field{Kind: KindDay, Least: "2026-01-01", Most: "2026-12-31"}, map[string]string{"type": "date", "min": "2026-01-01", "max": "2026-12-31"}},
		{Field{Kind: KindInstant}, map[string]string{"type": "datetime-local"}},
		{Field{Kind: KindMonth}, map[string]string{"type": "month"}},
		{Field{Kind: KindPassword}, map[string]string{"type": "password", "autocomplete": "current-password"}},
		{Field{Kind: KindPassword, Autocomplete: "new-password"}, map[string]string{"autocomplete": "new-password"}},
		{Field{Kind: KindOTP, Max: 6}, map[string]string{"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6"}},
		{Field{Kind: KindPhone}, map[string]string{"type": "tel"}},
		{Field{Kind: KindPhoto, Many: true, Max: 5}, map[string]string{"type": "file", "accept": "image/*", "maxlength": ""}},
		{Field{Kind: KindFile, Accept: ".xlsx"}, map[string]string{"type": "file", "accept": ".xlsx"}},
		{Field{Kind: KindCheck, Value: "1"}, map[string]string{"type": "checkbox", "value": "1"}},
		{Field{Kind: KindCode}, map[string]string{"type": "text", "autocomplete": "off"}},
		{Field{Kind: KindRef}, map[string]string{"role": "combobox", "aria-expanded": "false", "autocomplete": "off"}},
	} {
		c.field.Name, c.field.Label = "x", "问题"
		doc := draw(t, Ask(w, Form{Fields: []Field{c.field}}))
		input := one(t, doc, has("id", "f-x"))
		for key, want := range c.want {
			if got := attr(input, key); got != want {
				t.Errorf("%s: %s=%q, want %q", c.field.Kind, key, got, want)
			}
		}
	}
}

func TestALockedFieldIsShownAndPosted(t *testing.T) {
	w := speak(t, "zh")
	options := []Option{{Value: "1", Label: "电"}, {Value: "2", Label: "水"}}
	for _, x := range []Field{{Value: "2"}, {Kind: KindChoice, Value: "2"}, {Kind: KindCards, Value: "2"}, {Kind: KindChoices, Values: []string{"2"}}, {Kind: KindCode, Value: "2"}, {Kind: KindArea, Value: "2"}} {
		x.Name, x.Label, x.Locked, x.Options = "x", "问题", true, options
		doc := draw(t, Ask(w, Form{Fields: []Field{x}}))
		var posted []string
		for _, n := range all(doc, has("name", "x")) {
			_, off := given(n, "disabled")
			_, read := given(n, "readonly")
			if !off && !read && attr(n, "type") != "hidden" {
				t.Errorf("%q can be changed", x.Kind)
			}
			if !off && n.Data == "textarea" {
				posted = append(posted, text(n))
			} else if !off {
				posted = append(posted, attr(n, "value"))
			}
		}
		if !slices.Equal(posted, []string{"2"}) {
			t.Errorf("%q posts %v, want what it shows", x.Kind, posted)
		}
		if len(all(doc, class("scan-button"))) != 0 {
			t.Errorf("%q can be scanned into", x.Kind)
		}
	}
	for value, want := range map[string]int{"1": 1, "": 0} {
		doc := draw(t, Ask(w, Form{Fields: []Field{{Name: "x", Label: "问题", Kind: KindCheck, Value: value, Locked: true}}}))
		if got := len(all(doc, has("type", "hidden"))); got != want {
			t.Errorf("a locked check of %q posts %d values, want %d", value, got, want)
		}
	}
}

func TestLinesWaitForMoreWithoutScript(t *testing.T) {
	w := speak(t, "zh")
	field := Field{Name: "lines", Label: "明细", Kind: KindLines, Columns: []Field{{Name: "item", Label: "物品", Kind: KindCode}, {Name: "id", Kind: KindHidden}, {Name: "n", Label: "数量", Kind: KindNumber, Unit: "个"}}}
	for _, c := range []struct{ filled, spare, want int }{{0, 0, 3}, {2, 0, 5}, {2, 1, 3}} {
		field.Lines, field.Spare = make([][]Field, c.filled), c.spare
		doc := draw(t, Ask(w, Form{Fields: []Field{field}}))
		rows := all(one(t, doc, tag("tbody")), tag("tr"))
		if len(rows) != c.want {
			t.Errorf("%d filled, %d spare: %d lines, want %d", c.filled, c.spare, len(rows), c.want)
		}
		last := rows[len(rows)-1]
		if _, spare := given(last, "data-spare"); !spare {
			t.Error("the last line is not marked as spare")
		}
		input := one(t, last, has("name", "lines."+string(rune('0'+c.want-1))+".item"))
		if want := "物品 " + string(rune('0'+c.want)); attr(input, "aria-label") != want {
			t.Errorf("heard as %q, want %q", attr(input, "aria-label"), want)
		}
	}
}

// A signature is drawn or typed, by the keyboard and without script too: of the two
// fields just one is posted.
func TestASignatureIsDrawnOrTyped(t *testing.T) {
	w := speak(t, "zh")
	for value, posted := range map[string]string{"": "text", "王敏": "text", "data:image/png;base64,AAAA": "hidden"} {
		doc := draw(t, Ask(w, Form{Fields: []Field{{Name: "sign", Label: "签名", Kind: KindSignature, Value: value}}}))
		for _, input := range all(doc, has("name", "sign")) {
			_, off := given(input, "disabled")
			if off == (attr(input, "type") == posted) || !off && attr(input, "value") != value {
				t.Errorf("%q: the %s field: off %v, value %q", value, attr(input, "type"), off, attr(input, "value"))
			}
		}
	}
}

func TestFilesMakeAFormMultipart(t *testing.T) {
	w := speak(t, "zh")
	for kind, want := range map[Kind]string{KindPhoto: "multipart/form-data", KindFile: "multipart/form-data", KindText: ""} {
		f := one(t, draw(t, Ask(w, Form{Fields: []Field{{Name: "x", Label: "x", Kind: kind}}})), tag("form"))
		if attr(f, "enctype") != want {
			t.Errorf("%s: %q", kind, attr(f, "enctype"))
		}
	}
}

// On a phone a line is a card of two columns: what it is about stands alone on top, the
// last cell is not cut in half beside nothing, and no room is left for what is not said.
func TestALineLiesOnAPhoneWithoutGaps(t *testing.T) {
	lines := Field{Kind: KindLines, Name: "lines", Label: "明细", Spare: -1,
		Columns: []Field{{Name: "id", Kind: KindHidden}, {Name: "a", Label: "物品", Kind: KindShown}, {Name: "b", Label: "批号", Kind: KindShown}, {Name: "c", Label: "应取", Kind: KindShown}, {Name: "d", Label: "实取"}, {Name: "e", Label: "原因"}},
		Lines:   [][]Field{{{Value: "1"}, {Shown: "口罩"}, {Shown: "261005"}, {Shown: "1 盒"}, {Value: "1盒"}, {}}, {{Value: "2"}, {Shown: "水泥"}, {}, {Shown: "2 袋"}, {Value: "2袋"}, {}}}}
	doc := draw(t, Ask(speak(t, "zh"), Form{Fields: []Field{lines}}))
	var got []string
	for _, row := range all(doc, func(n *html.Node) bool { _, ok := given(n, "data-line"); return ok }) {
		said := ""
		for _, cell := range all(row, func(n *html.Node) bool { _, ok := given(n, "data-label"); return ok }) {
			said += attr(cell, "data-label")
			for _, c := range []string{"whole", "unsaid"} {
				if class(c)(cell) {
					said += "=" + c
				}
			}
			said += " "
		}
		got = append(got, said)
	}
	want := []string{"物品=whole 批号 应取 实取 原因 ", "物品=whole 批号=unsaid 应取 实取 原因=whole "}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
