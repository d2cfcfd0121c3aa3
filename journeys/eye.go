package journeys

import (
	// axe-core 4.14.1, © Deque Systems, Mozilla Public License 2.0 (see
	// testdata/axe.LICENSE.txt), unchanged; used in these tests only.
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axe string

// Violation is a rule of accessibility that the page breaks, with the elements
// that break it.
type Violation struct {
	ID, Impact, Help string
	Nodes            []string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s\n    %s", v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n    "))
}

// Axe checks the page as it stands against WCAG 2.2, levels A and AA, and axe's
// own rules of good practice; or against the named rules alone.
func (b *B) Axe(rules ...string) (violations []Violation) {
	b.t.Helper()
	b.settle()
	only := `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`
	if len(rules) > 0 {
		only = `{type: "rule", values: ["` + strings.Join(rules, `", "`) + `"]}`
	}
	var there bool
	if b.Eval(`!!window.axe`, &there); !there {
		b.Eval(`(() => {`+axe+`})()`, nil)
	}
	b.Eval(`axe.run(document, {
		resultTypes: ["violations"], preload: false,
		runOnly: `+only+`,
	}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help,
		Nodes: v.nodes.map(n => n.target.join(" ") + " — " + n.html.slice(0, 200) + " — " + n.failureSummary.replace(/\s+/g, " "))})))`, &violations)
	return violations
}

//go:embed look.js
var look string

// Look says what is wrong with the page as it stands on the screen that was set:
// not one heading, wider than the screen, text cut off, and, on a phone, what a
// thumb would miss, on a desk, where the keyboard would not be seen.
func (b *B) Look(size Size) (wrong []string) {
	b.t.Helper()
	b.settle()
	b.Eval(fmt.Sprintf("(%s)({ width: %d, phone: %v })", look, size.Width, size.Touch), &wrong)
	return wrong
}

// Accessible fails the test for every rule that Axe finds broken, except those
// whose ids are named.
func (b *B) Accessible(except ...string) {
	b.t.Helper()
next:
	for _, v := range b.Axe() {
		for _, id := range except {
			if v.ID == id {
				continue next
			}
		}
		b.t.Errorf("%s: %v", b.Location(), v)
	}
}

// Fits fails the test if the page must be moved sideways to be read.
func (b *B) Fits() {
	b.t.Helper()
	b.settle()
	var wide []string
	b.Eval(`document.documentElement.scrollWidth <= innerWidth ? [] :
		[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
			.slice(0, 5).map(e => e.outerHTML.slice(0, 160)).concat(document.documentElement.scrollWidth + " > " + innerWidth)`, &wide)
	if len(wide) > 0 {
		b.t.Errorf("%s: wider than the screen:\n  %s", b.Location(), strings.Join(wide, "\n  "))
	}
}

// Screenshot writes a PNG picture of the whole page.
func (b *B) Screenshot(path string) {
	b.t.Helper()
	b.settle()
	b.write(path, chromedp.FullScreenshot(100))
}

// PDF prints the page to a file, on the paper that its style sheet asks for.
func (b *B) PDF(path string) {
	b.t.Helper()
	b.settle()
	b.write(path, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
}

func (b *B) write(path string, make chromedp.Action[[]byte]) {
	b.t.Helper()
	data, err := chromedp.Run(b.ctx, make)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		b.t.Fatalf("%s: %v", path, err)
	}
}
