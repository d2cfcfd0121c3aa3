package words_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/words"
)

func files(zh, en string) fs.FS {
	return fstest.MapFS{"words/zh.json": {Data: []byte(zh)}, "words/en.json": {Data: []byte(en)}}
}

func book(t testing.TB, zh, en string) *words.Book {
	t.Helper()
	var b words.Book
	if err := b.Add(files(zh, en)); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestT(t *testing.T) {
	b := book(t, `{
		"desk.jobs": "{0} 张工单", "desk.late": "{1} 的 {0} 张工单逾期", "desk.dispatch": "派工",
		"desk.due": "须在 {0} 前，{1}", "desk.said": "{0} 于 {1} {2}", "brace": "{{0}} 是占位符", "all": "{0}", "form": "{0}"
	}`, `{
		"desk.jobs": "{0} {0|job|jobs}", "desk.late": "{0} {0|job|jobs} of {1} {0|is|are} late", "desk.dispatch": "dispatch",
		"desk.due": "due by {0}: {1}", "desk.said": "{0} chose to {2} at {1}", "brace": "{{0}} is a placeholder", "all": "{0}", "form": "{0|one|many}"
	}`)
	at := period.At(time.Date(2026, 11, 21, 6, 5, 0, 0, time.UTC))
	type step string
	for _, c := range []struct {
		key    string
		args   []any
		zh, en string
	}{
		{"desk.dispatch", nil, "派工", "dispatch"},
		{"desk.jobs", []any{1}, "1 张工单", "1 job"},
		{"desk.jobs", []any{0}, "0 张工单", "0 jobs"},
		{"desk.jobs", []any{int64(12345)}, "12,345 张工单", "12,345 jobs"},
		{"desk.jobs", []any{"1,000+"}, "1,000+ 张工单", "1,000+ jobs"},
		{"desk.late", []any{2, "ICU"}, "ICU 的 2 张工单逾期", "2 jobs of ICU are late"},
		{"desk.late", []any{1}, "«1» 的 1 张工单逾期", "1 job of «1» is late"},
		{"desk.said", []any{"李", at, words.Key("desk.dispatch")}, "李 于 2026-11-21 14:05 派工", "李 chose to dispatch at 2026-11-21 14:05"},
		{"desk.due", []any{"Tomorrow 08:30", "Today 09:00"}, "须在 Tomorrow 08:30 前，Today 09:00", "due by tomorrow 08:30: Today 09:00"},
		{"desk.due", []any{"Tomas", "Yew"}, "须在 Tomas 前，Yew", "due by Tomas: Yew"},
		{"brace", nil, "{0} 是占位符", "{0} is a placeholder"},
		{"nowhere", []any{1}, "«nowhere»", "«nowhere»"},
		{"all", []any{words.Key("nowhere")}, "«nowhere»", "«nowhere»"},
		{"all", []any{2026}, "2026", "2026"},
		{"all", []any{-10000}, "-10,000", "-10,000"},
		{"all", []any{money.Fen(-123456789)}, "-1,234,567.89", "-1,234,567.89"},
		{"all", []any{quantity.Qty(1234)}, "1,234", "1,234"},
		{"all", []any{period.Day("2026-11-21")}, "2026-11-21", "2026-11-21"},
		{"all", []any{period.Month("2026-11")}, "2026-11", "2026-11"},
		{"all", []any{period.Instant(0)}, "", ""},
		{"all", []any{200 * time.Minute}, "3小时20分", "3 h 20 min"},
		{"all", []any{step("done")}, "done", "done"},
		{"all", []any{1.5}, "1.5", "1.5"},
		{"all", []any{nil}, "<nil>", "<nil>"},
		{"all", []any{time.Saturday}, "Saturday", "Saturday"},
		{"form", []any{quantity.Qty(1)}, "1", "one"},
		{"form", []any{"1"}, "1", "one"},
		{"form", []any{uint8(1)}, "1", "one"},
		{"form", []any{"1,000+"}, "1,000+", "many"},
	} {
		if got := b.In("zh").T(c.key, c.args...); got != c.zh {
			t.Errorf("%s %v: %q, want %q", c.key, c.args, got, c.zh)
		}
		if got := b.In("en").T(c.key, c.args...); got != c.en {
			t.Errorf("%s %v: %q, want %q", c.key, c.args, got, c.en)
		}
	}
	if w := b.In("en"); !w.Has("all") || w.Has("nowhere") {
		t.Error("Has does not tell what is there")
	}
}

func TestEverybodyGetsALanguage(t *testing.T) {
	b := book(t, `{"a": "甲"}`, `{"a": "A"}`)
	for lang, want := range map[string]string{"zh": "甲", "en": "A", "en-GB": "A", "EN_us": "A", "zh-CN": "甲", "fr": "甲", "": "甲", "e": "甲"} {
		if got := b.In(lang).T("a"); got != want {
			t.Errorf("a reader of %q gets %s", lang, got)
		}
	}
	if err := b.Add(files(`{"c": "丙", "b": "乙"}`, `{"b": "B", "c": "C"}`)); err != nil {
		t.Fatal(err)
	}
	if got := b.Keys(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("keys are %v", got)
	}
	var empty words.Book
	if got := empty.In("en").T("a"); got != "«a»" || len(empty.Keys()) != 0 {
		t.Errorf("an empty book says %q", got)
	}
}

func TestAddRefusesAllOrNothingAndNamesTheKeys(t *testing.T) {
	for _, c := range []struct {
		what, zh, en string
		names        []string
	}{
		{"missing in one", `{"x.a": "甲", "x.b": "乙"}`, `{"x.a": "A", "x.c": "C"}`, []string{`en.json: "x.b"`, `zh.json: "x.c"`}},
		{"added before", `{"old": "旧", "x.a": "甲"}`, `{"old": "old", "x.a": "A"}`, []string{`zh.json: "old"`, `en.json: "old"`}},
		{"twice in a file", `{"x.a": "甲", "x.a": "乙"}`, `{"x.a": "A"}`, []string{`"x.a" stands twice`}},
		{"argument lost", `{"x.a": "{0} 和 {1}"}`, `{"x.a": "{0|it|they}"}`, []string{`en.json: "x.a" leaves out`}},
		{"nested", `{"x": {"a": "甲"}}`, `{"x": "A"}`, []string{`"x" is no text`}},
		{"a number", `{"x": 1}`, `{"x": "A"}`, []string{`"x" is no text`}},
		{"open brace", `{"x.a": "{0"}`, `{"x.a": "{0}"}`, []string{`"x.a": a brace`}},
		{"closing brace alone", `{"x.a": "0}"}`, `{"x.a": "A"}`, []string{`"x.a": a brace`}},
		{"a named hole", `{"x.a": "{name}"}`, `{"x.a": "{name}"}`, []string{`{name} names no argument`}},
		{"three forms", `{"x.a": "{0}"}`, `{"x.a": "{0|a|b|c}"}`, []string{`needs two forms`}},
		{"too high", `{"x.a": "{99}"}`, `{"x.a": "{99}"}`, []string{`{99} names no argument`}},
		{"an array", `[]`, `{}`, []string{"not an object"}},
		{"cut off", `{"x.a": "甲"`, `{"x.a": "A"}`, []string{"zh.json"}},
		{"two objects", `{"x.a": "甲"}{}`, `{"x.a": "A"}`, []string{"behind the object"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			b := book(t, `{"old": "原"}`, `{"old": "first"}`)
			err := b.Add(files(c.zh, c.en))
			if err == nil {
				t.Fatal("was taken")
			}
			for _, name := range c.names {
				if !strings.Contains(err.Error(), name) {
					t.Errorf("%v does not name %s", err, name)
				}
			}
			if got := b.Keys(); !slices.Equal(got, []string{"old"}) || b.In("en").T("old") != "first" {
				t.Errorf("the book now holds %v", got)
			}
		})
	}
	if err := new(words.Book).Add(fstest.MapFS{"words/zh.json": {Data: []byte(`{}`)}}); err == nil {
		t.Error("a room without English was taken")
	}
}

func TestMoments(t *testing.T) {
	b := book(t, `{}`, `{}`)
	zh, en := b.In("zh"), b.In("en")
	now := time.Date(2026, 11, 21, 15, 0, 0, 0, zh.Zone)
	for _, c := range []struct {
		at     time.Time
		zh, en string
	}{
		{time.Date(2026, 11, 21, 14, 5, 59, 0, zh.Zone), "今天 14:05", "Today 14:05"},
		{time.Date(2026, 11, 21, 0, 0, 0, 0, zh.Zone), "今天 00:00", "Today 00:00"},
		{time.Date(2026, 11, 20, 23, 59, 0, 0, zh.Zone), "昨天 23:59", "Yesterday 23:59"},
		{time.Date(2026, 11, 22, 8, 0, 0, 0, zh.Zone), "明天 08:00", "Tomorrow 08:00"},
		{time.Date(2026, 11, 3, 14, 5, 0, 0, zh.Zone), "11-03 14:05", "11-03 14:05"},
		{time.Date(2026, 12, 31, 9, 0, 0, 0, zh.Zone), "12-31 09:00", "12-31 09:00"},
		{time.Date(2025, 11, 3, 14, 5, 0, 0, zh.Zone), "2025-11-03", "2025-11-03"},
		{time.Date(2027, 1, 3, 14, 5, 0, 0, zh.Zone), "2027-01-03", "2027-01-03"},
		{time.Time{}, "", ""},
	} {
		at := period.At(c.at)
		if got := zh.Instant(at, now.UTC()); got != c.zh {
			t.Errorf("%v: %q, want %q", c.at, got, c.zh)
		}
		if got := en.Instant(at, now.UTC()); got != c.en {
			t.Errorf("%v: %q, want %q", c.at, got, c.en)
		}
	}
	for due, want := range map[time.Time]string{
		time.Date(2026, 11, 22, 0, 0, 0, 0, zh.Zone):   "今天 24:00",
		time.Date(2026, 12, 1, 0, 0, 0, 0, zh.Zone):    "11-30 24:00",
		time.Date(2027, 1, 1, 0, 0, 0, 0, zh.Zone):     "12-31 24:00",
		time.Date(2025, 11, 3, 0, 0, 0, 0, zh.Zone):    "2025-11-02",
		time.Date(2026, 11, 21, 17, 30, 0, 0, zh.Zone): "今天 17:30",
		{}: "",
	} {
		if got := zh.Due(period.At(due), now); got != want {
			t.Errorf("due %v: %q, want %q", due, got, want)
		}
	}
	newYear := time.Date(2027, 1, 1, 8, 0, 0, 0, zh.Zone)
	if got := zh.Instant(period.At(newYear.Add(-9*time.Hour)), newYear); got != "昨天 23:00" {
		t.Errorf("an hour before the new year is %q", got)
	}
	zh.Zone = time.UTC
	if got := zh.Full(period.At(now)); got != "2026-11-21 07:00" {
		t.Errorf("by the clocks of UTC it is %q", got)
	}
	if got := b.In("zh").Full(period.At(now)); got != "2026-11-21 15:00" {
		t.Errorf("one reader's zone changed another's: %q", got)
	}
}

func TestNumbersAndSpans(t *testing.T) {
	b := book(t, `{}`, `{}`)
	zh, en := b.In("zh"), b.In("en")
	for n, want := range map[int64]string{0: "0", 999: "999", 1234: "1,234", -1234567: "-1,234,567", -1 << 63: "-9,223,372,036,854,775,808"} {
		if got := zh.Number(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for f, want := range map[money.Fen]string{0: "0.00", 5: "0.05", -5: "-0.05", 123450: "1,234.50", 100000000: "1,000,000.00"} {
		if got := en.Money(f); got != want {
			t.Errorf("%d fen are %q, want %q", f, got, want)
		}
	}
	for d, want := range map[time.Duration][2]string{
		0:                              {"0分钟", "0 min"},
		3*time.Hour + 20*time.Minute:   {"3小时20分", "3 h 20 min"},
		-20 * time.Minute:              {"-20分钟", "-20 min"},
		time.Hour + 59*time.Second:     {"1小时", "1 h"},
		49*time.Hour + 40*time.Minute:  {"2天1小时", "2 d 1 h"},
		48 * time.Hour:                 {"2天", "2 d"},
		45*time.Second + 900*1e6:       {"45秒", "45 s"},
		20*time.Minute + 5*time.Second: {"20分5秒", "20 min 5 s"},
		10 * time.Millisecond:          {"不到1秒", "under 1 s"},
		time.Duration(-1 << 63):        {"-106751天23小时", "-106751 d 23 h"},
	} {
		if got := [2]string{zh.Span(d), en.Span(d)}; got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// T is called thousands of times for a page.
func TestTIsCheap(t *testing.T) {
	w := book(t, `{"plain": "派工", "late": "{1} 的 {0} 张工单逾期"}`, `{"plain": "dispatch", "late": "{0} {0|job|jobs} of {1} late"}`).In("en")
	if n := testing.AllocsPerRun(100, func() { w.T("plain") }); n > 0 {
		t.Errorf("a plain text takes %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { w.T("late", 3, "ICU") }); n > 1 {
		t.Errorf("a text with arguments takes %v allocations", n)
	}
}

func FuzzAdd(f *testing.F) {
	for _, s := range []string{`{"a":"{0} {0|x|y} {{z}}"}`, `{"a":"}"}`, `{"a":"{"}`, `{"a":1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b words.Book
		if b.Add(files(s, s)) != nil {
			return
		}
		for _, k := range b.Keys() {
			if got := b.In("en").T(k, 1, 2, 3); got == "«"+k+"»" && !strings.Contains(s, "«") {
				t.Fatalf("%q was added and is not there", k)
			}
		}
	})
}

func BenchmarkT(b *testing.B) {
	w := book(b, `{"late": "{1} 的 {0} 张工单逾期"}`, `{"late": "{0} {0|job|jobs} of {1} late"}`).In("en")
	b.ReportAllocs()
	for b.Loop() {
		w.T("late", 3, "ICU")
	}
}

func BenchmarkInstant(b *testing.B) {
	w := book(b, `{}`, `{}`).In("zh")
	now := time.Date(2026, 11, 21, 15, 0, 0, 0, w.Zone)
	at := period.At(now)
	b.ReportAllocs()
	for b.Loop() {
		w.Instant(at, now)
	}
}
