package suggest

import (
	"slices"
	"strings"
	"testing"
)

// past is a small house's past: what people wrote and what it was.
var past = []Example{
	{"走廊灯不亮", "electric"}, {"插座没电", "electric"}, {"病房跳闸", "electric"}, {"灯管闪烁", "electric"}, {"开关坏了没电", "electric"}, {"配电箱跳闸", "electric"},
	{"水龙头漏水", "water"}, {"下水道堵塞", "water"}, {"马桶漏水", "water"}, {"水管爆裂", "water"}, {"洗手池下水慢", "water"}, {"厕所水箱漏水", "water"},
	{"电梯停在三楼不动", "lift"}, {"电梯门关不上", "lift"}, {"电梯异响", "lift"}, {"电梯按钮不亮", "lift"},
	{"Bucket cyl leaking", "hydraulic"}, {"hyd hose leaking oil", "hydraulic"}, {"hydraulic hose burst", "hydraulic"},
}

func TestAGuessNamesTheWordsThatDecided(t *testing.T) {
	m := Learn(past)
	for _, c := range []struct{ text, answer, word string }{
		{"三病房又跳闸了", "electric", "跳闸"},
		{"龙头一直漏水", "water", "漏水"},
		{"二号电梯不动", "lift", "电梯"},
		{"HOSE LEAKING at pump", "hydraulic", "hose"},
	} {
		g, ok := m.Ask(c.text)
		if !ok || g.Answer != c.answer {
			t.Errorf("%s: %+v, want %s", c.text, g, c.answer)
		}
		if !slices.ContainsFunc(g.Words, func(w string) bool { return strings.Contains(w, c.word) || strings.Contains(c.word, w) }) {
			t.Errorf("%s is %s because of %q", c.text, g.Answer, g.Words)
		}
		for _, w := range g.Words {
			if !strings.Contains(strings.ToLower(c.text), w) {
				t.Errorf("%s: %q does not stand there", c.text, w)
			}
		}
		if g.Sure <= 0 || g.Sure > 1 || g.Second == g.Answer || g.Second == "" || len(g.Words) > 3 {
			t.Errorf("%s: %+v", c.text, g)
		}
	}
}

func TestWhereNothingIsKnownNothingIsSaid(t *testing.T) {
	m := Learn(past)
	for _, text := range []string{"", "   ", "!!!", "zzz qqq"} {
		if g, ok := m.Ask(text); ok {
			t.Errorf("%q means %+v", text, g)
		}
	}
	for _, few := range [][]Example{nil, {{"灯", "electric"}}, {{"灯", "electric"}, {"灯泡", "electric"}}, {{"", "a"}, {"x", ""}}} {
		if g, ok := Learn(few).Ask("灯"); ok {
			t.Errorf("%d examples of one answer: %+v", len(few), g)
		}
	}
}

// The same past makes the same model, so that what is shown can be explained tomorrow.
func TestLearningIsRepeatable(t *testing.T) {
	a, _ := Learn(past).Ask("走廊漏水")
	for range 3 {
		b, _ := Learn(past).Ask("走廊漏水")
		if a.Answer != b.Answer || a.Sure != b.Sure || !slices.Equal(a.Words, b.Words) {
			t.Errorf("%+v, then %+v", a, b)
		}
	}
}

func TestFeatures(t *testing.T) {
	for text, want := range map[string][]string{
		"灯不亮":        {"灯", "灯不", "灯不亮", "不", "不亮", "亮"},
		"A/C off":    {"ac", "off", "ac off"},
		"Leaking":    {"leaking", "^leak", "$king"},
		"301灯":       {"301", "灯"},
		"won't, L/H": {"wont", "^wont", "lh", "wont lh"},
	} {
		var got []string
		for _, f := range features(text) {
			got = append(got, f.key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A model that learned nothing would be right as often as the commonest answer is given.
func TestTrialKnowsTheCommonest(t *testing.T) {
	var many []Example
	for range 20 {
		many = append(many, past...)
	}
	r := Trial(many, 5)
	if r.Examples != 20*len(past) || r.Answers != 4 || r.Right < 0.99 || r.Commonest < 0.30 || r.Commonest > 0.33 {
		t.Errorf("%+v", r)
	}
	if none := Trial(nil, 5); none.Examples != 0 || none.Right != 0 {
		t.Errorf("%+v", none)
	}
}

func FuzzAsk(f *testing.F) {
	m := Learn(past)
	for _, e := range past {
		f.Add(e.Text)
	}
	f.Add("\xff\xfe灯\x00")
	f.Fuzz(func(t *testing.T, text string) {
		if g, ok := m.Ask(text); ok && (g.Sure <= 0 || g.Sure > 1.0001) {
			t.Errorf("%q: %+v", text, g)
		}
	})
}
