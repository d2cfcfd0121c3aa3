package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// texts are the words of this package in one language; an unknown key fails the test.
type texts struct {
	t    testing.TB
	lang string
	said map[string]string
}

func speak(t testing.TB, lang string) texts {
	t.Helper()
	data, err := WordFiles.ReadFile("words/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	w := texts{t, lang, map[string]string{}}
	if err := json.Unmarshal(data, &w.said); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w texts) T(key string, args ...any) string {
	s, ok := w.said[key]
	if !ok {
		w.t.Errorf("no word for %q in %s", key, w.lang)
	}
	if len(args) > 0 {
		w.t.Errorf("%q is given arguments, which words of this package do not take", key)
	}
	return s
}

// draw renders a component and takes it apart.
func draw(t testing.TB, c templ.Component) *html.Node {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	n, err := html.ParseWithOptions(&b, html.ParseOptionEnableScripting(false)) // as a browser without script reads it
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func all(n *html.Node, keep func(*html.Node) bool) (found []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && keep(d) {
			found = append(found, d)
		}
	}
	return found
}

func tag(names ...string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(names, n.Data) }
}

func has(key, value string) func(*html.Node) bool {
	return func(n *html.Node) bool { return attr(n, key) == value }
}

func class(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(strings.Fields(attr(n, "class")), name) }
}

func attr(n *html.Node, key string) string { v, _ := given(n, key); return v }

func given(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		} else if d.Data == "img" {
			b.WriteString(attr(d, "alt"))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func one(t testing.TB, n *html.Node, keep func(*html.Node) bool) *html.Node {
	t.Helper()
	found := all(n, keep)
	if len(found) != 1 {
		t.Fatalf("found %d, want one", len(found))
	}
	return found[0]
}

func samplePage(w texts, body templ.Component) Page {
	return Page{Words: w, Lang: w.lang, Hospital: "医院", Heading: "工单", SignedIn: true, Person: "陈静", Roles: "护士长", PersonHref: "/me", Find: "/find", Demo: true, Here: "/x?y=1",
		Languages: []Link{{Label: "中文", Href: "zh", Current: true}, {Label: "English", Href: "en"}}, Live: []string{"jobs", "stock"}, Back: &Link{Label: "全部", Href: "/all"},
		Mark: &Mark{"处理中", Accent}, Flash: []Note{{Text: "已出库", Tone: Done, Link: &Link{Label: "打印", Href: "/p"}}}, Tabs: []Link{{Label: "概况", Href: "/a", Current: true}, {Label: "流水", Href: "/b"}},
		Nav:     []NavGroup{{Items: []NavItem{{Label: "我的", Href: "/1"}, {Label: "待办", Href: "/2", Count: 120, Late: true}, {Label: "报修", Href: "/3"}, {Label: "工单", Href: "/4", Current: true}}}, {Label: "仓库", Items: []NavItem{{Label: "库存", Href: "/5"}}}},
		Actions: []Action{{Label: "报修", Href: "/new", Tone: Accent}}, Body: body}
}

// pages is everything this package can draw, each as a whole page.
func pages(t testing.TB, lang string) map[string]*html.Node {
	w := speak(t, lang)
	door := Entrance{Product: "后勤", Roles: []Tile{{Label: "护士长", Href: "nurse", Hint: "内一科"}}, Other: []Action{Button("SSO", "/sso")}, Foot: []Link{{Label: "关于", Href: "/about"}},
		Form: Form{ID: "door", Action: "/sign-in", Submit: "登录", Fields: []Field{{Name: "number", Label: "工号"}, {Name: "password", Label: "密码", Kind: KindPassword}, {Name: "otp", Label: "验证码", Kind: KindOTP}}}}
	outside := samplePage(w, nil)
	outside.SignedIn, outside.Heading, outside.Tabs = false, "", nil
	outside.Body = SignIn(w, door, outside)
	s := show{w, lang == "zh"}
	empty := s.table()
	empty.Rows = nil
	photos := []Photo{{Href: "/f/1", Thumb: "/t/1", Name: "插座", Sub: "13:52", Remove: "/f/1/remove"}, {Href: "/f/2", Name: "报告.pdf"}}
	return map[string]*html.Node{
		"gallery": draw(t, Layout(samplePage(w, Gallery(w, lang)))),
		"empty":   draw(t, Layout(samplePage(w, List(w, empty)))),
		"photos":  draw(t, Layout(samplePage(w, Photos(w, photos)))),
		"qr":      draw(t, Layout(samplePage(w, QR("<svg></svg>", "CK-1")))),
		"door":    draw(t, Layout(outside)),
		"failure": draw(t, Layout(samplePage(w, ErrorPage(w, Failure{Status: 404, Title: "没有", Text: "…", Request: "8f", Actions: []Action{Button("首页", "/")}})))),
		"slip":    draw(t, Print(sampleSheet(w, 9))),
		"labels":  draw(t, PrintLabels(LabelSheet{Words: w, Lang: lang, Title: "地点", Skip: 1, Labels: []Label{{QR: "<svg></svg>", Title: "512", Lines: []string{"内一科"}, Number: "P-1"}}, Back: Link{Href: "/"}})),
	}
}

func sampleSheet(w texts, lines int) Sheet {
	s := Sheet{Words: w, Lang: w.lang, Hospital: "医院", Title: "物资出库单", Number: "CK-2026-000123", Date: "2026年11月21日", QR: "<svg></svg>", Copies: []string{"存根联", "科室联", "仓库联"}, Size: A5,
		Boxes: []Fact{{Label: "领用科室", Text: "内一科"}, {Label: "备注", Text: "交旧领新", Wide: true}}, Lines: &Grid{Heads: []Head{{Label: "物品"}, {Label: "数量", Num: true}}, Blank: 4},
		Capitals: "叁拾陆元伍角整", Totals: []Fact{{Label: "合计", Text: "36.50"}}, Signatures: []string{"发货", "领用"}, Note: "一式三联", Back: Link{Label: "返回", Href: "/"}}
	for range lines {
		s.Lines.Rows = append(s.Lines.Rows, []string{"插座", "1"})
	}
	return s
}

func everyPage(t *testing.T, check func(t *testing.T, doc *html.Node)) {
	for _, lang := range []string{"zh", "en"} {
		for name, doc := range pages(t, lang) {
			t.Run(name+" "+lang, func(t *testing.T) { check(t, doc) })
		}
	}
}

// The content security policy forbids all of these; a browser would drop them silently.
// Holds: v5.0.0-3.4.3 v5.0.0-3.6.1 AB-11
func TestPagesHoldNothingTheirPolicyForbids(t *testing.T) {
	everyPage(t, func(t *testing.T, doc *html.Node) {
		for _, n := range all(doc, func(*html.Node) bool { return true }) {
			if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
				t.Errorf("<%s> inline", n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") || strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
				if (a.Key == "src" || n.Data == "link" && a.Key == "href") && !strings.HasPrefix(a.Val, "/") {
					t.Errorf("<%s %s=%q> leads outside", n.Data, a.Key, a.Val)
				}
			}
		}
	})
}

func TestEveryQuestionHasAName(t *testing.T) {
	everyPage(t, func(t *testing.T, doc *html.Node) {
		labels := map[string]string{}
		for _, l := range all(doc, tag("label")) {
			labels[attr(l, "for")] = text(l)
		}
		for _, n := range all(doc, tag("input", "select", "textarea")) {
			if attr(n, "type") == "hidden" {
				continue
			}
			if attr(n, "aria-label") == "" && labels[attr(n, "id")] == "" {
				t.Errorf("<%s name=%q> has no label", n.Data, attr(n, "name"))
			}
		}
		for _, n := range all(doc, tag("button", "a", "summary")) {
			if text(n) == "" && attr(n, "aria-label") == "" {
				t.Errorf("<%s %v> says nothing", n.Data, n.Attr)
			}
		}
		for _, n := range all(doc, tag("img", "canvas")) {
			if _, ok := given(n, "alt"); !ok && attr(n, "aria-label") == "" {
				t.Errorf("<%s> has no text", n.Data)
			}
		}
	})
}

func TestIdsAreOneOfAKindAndReferencesHold(t *testing.T) {
	everyPage(t, func(t *testing.T, doc *html.Node) {
		ids := map[string]int{}
		for _, n := range all(doc, func(n *html.Node) bool { return attr(n, "id") != "" }) {
			ids[attr(n, "id")]++
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("id %q stands %d times", id, n)
			}
		}
		for _, key := range []string{"for", "aria-controls", "aria-describedby", "aria-labelledby", "form"} {
			for _, n := range all(doc, func(n *html.Node) bool { return attr(n, key) != "" }) {
				for id := range strings.FieldsSeq(attr(n, key)) {
					if ids[id] == 0 {
						t.Errorf("%s=%q of <%s> leads nowhere", key, id, n.Data)
					}
				}
			}
		}
	})
}

func TestHeadingsDescendWithoutGaps(t *testing.T) {
	everyPage(t, func(t *testing.T, doc *html.Node) {
		if n := len(all(doc, tag("h1"))); n == 0 {
			t.Error("no h1")
		}
		main := all(doc, tag("main"))
		if len(main) != 1 {
			t.Fatalf("%d main", len(main))
		}
		last := byte('1')
		for _, h := range all(main[0], tag("h1", "h2", "h3", "h4")) {
			if h.Data[1] > last+1 {
				t.Errorf("h%c after h%c: %s", h.Data[1], last, text(h))
			}
			last = h.Data[1]
		}
	})
}

func TestBothLanguagesSayTheSameAndNothingIsUnused(t *testing.T) {
	zh, en := speak(t, "zh"), speak(t, "en")
	source := map[string]bool{}
	files, _ := filepath.Glob("*.templ")
	more, _ := filepath.Glob("*.go")
	for _, f := range append(files, more...) {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(ui\.[a-z_0-9]+)"`).FindAllStringSubmatch(string(data), -1) {
			source[m[1]] = true
		}
	}
	for _, size := range []Size{A4, A5, Halves, Carbon, "labels"} {
		source["ui.paper_"+string(size)] = true
	}
	for key, s := range zh.said {
		if en.said[key] == "" || s == "" {
			t.Errorf("%q is not said in both", key)
		}
		if !source[key] {
			t.Errorf("%q is used nowhere", key)
		}
	}
	for key := range en.said {
		if zh.said[key] == "" {
			t.Errorf("%q is not said in Chinese", key)
		}
	}
	for key := range source {
		if key != "ui.paper_" && zh.said[key] == "" {
			t.Errorf("%q has no word", key)
		}
	}
}

// Holds: v5.0.0-1.2.1 v5.0.0-1.1.2 AB-11 A05:2025
func TestForeignTextStaysText(t *testing.T) {
	w := speak(t, "zh")
	evil := `"><script>alert(1)</script>`
	doc := draw(t, Layout(samplePage(w, Ask(w, Form{Action: "javascript:alert(1)", Fields: []Field{{Name: "n", Label: evil, Value: evil, Error: evil, Hint: evil}}, Submit: evil, Cancel: "javascript:alert(1)"}))))
	for _, s := range all(doc, tag("script")) {
		if attr(s, "src") == "" {
			t.Error("a script came in")
		}
	}
	if f := one(t, doc, has("id", "f")); strings.HasPrefix(attr(f, "action"), "javascript") {
		t.Error("the form posts to a script")
	}
	if i := one(t, doc, has("name", "n")); attr(i, "value") != evil {
		t.Errorf("what was typed came back as %q", attr(i, "value"))
	}
	for _, a := range all(doc, tag("a")) {
		if strings.HasPrefix(attr(a, "href"), "javascript") {
			t.Error("a link leads to a script")
		}
	}
}
