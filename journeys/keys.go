package journeys

import (
	"fmt"
	"strings"

	"github.com/chromedp/chromedp/kb"
)

// stop is where the keyboard is.
type stop struct {
	Name string // what it reads
	Is   bool   // what was looked for
	Lost bool   // nowhere on the page
	Why  string // why it cannot be seen
}

// where says where the keyboard is, and whether a person sees it there.
func (b *B) where(what string) (s stop) {
	b.t.Helper()
	b.Eval(fmt.Sprintf(`(what => {
		const e = document.activeElement, fold = s => (s || "").replace(/\s+/g, " ").trim();
		if (!e || e === document.body) return {Lost: true, Name: ""};
		const names = [e.innerText, e.getAttribute("aria-label"), ...[...(e.labels || [])].map(l => l.innerText), e.name].map(fold).map(s => s.replace(/\s*\*$/, "")).filter(Boolean);
		let is = names.includes(what);
		try { is = is || e.matches(what); } catch { /* a text */ }
		const s = getComputedStyle(e), after = [e.nextElementSibling, ...(e.labels || [])].filter(Boolean)
			.flatMap(x => [getComputedStyle(x), getComputedStyle(x, "::after"), ...[...x.children].map(c => getComputedStyle(c, "::after"))]);
		const ring = s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || s.borderTopStyle === "solid" && parseFloat(s.borderTopWidth) >= 3;
		const r = e.getBoundingClientRect();
		const why = e.matches("main, dialog, [data-complaints]") ? "" : ![s, ...after].some(ring) ? "no ring around it"
			: r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth ? "outside the screen" : "";
		return {Name: names[0] || e.tagName, Is: is, Lost: false, Why: why};
	})(%s)`, quote(what)), &s)
	return s
}

// Reach presses Tab until the keyboard is at what reads so (or is so: a selector),
// and fails the test if it cannot be seen at a stop on the way, or is never there.
func (b *B) Reach(what string, key ...string) {
	b.t.Helper()
	press := kb.Tab
	if len(key) > 0 {
		press = key[0]
	}
	var way []string
	for range 150 {
		if s := b.where(what); s.Is {
			return
		}
		b.Key(press)
		s := b.where(what)
		if s.Why != "" {
			b.t.Errorf("%s: the keyboard is at %q, %s", b.Location(), s.Name, s.Why)
		}
		way = append(way, s.Name)
	}
	b.t.Fatalf("%s: the keyboard does not reach %s; it came by %s", b.Location(), what, strings.Join(way[:40], " → "))
}

// At fails the test unless the keyboard is at what reads or is so.
func (b *B) At(what string) {
	b.t.Helper()
	if !b.until(func() bool { return b.where(what).Is }) {
		b.t.Fatalf("%s: the keyboard is at %q, not at %s", b.Location(), b.where(what).Name, what)
	}
}

// Choose types into a field that offers records and takes the first with Enter, once
// that is one that reads so.
func (b *B) Choose(text string) {
	b.t.Helper()
	b.Key(text)
	var offered bool
	if !b.until(func() bool {
		b.eval(fmt.Sprintf(`((e, text) => !!e && e.value === text && [...document.getElementById(e.getAttribute("aria-controls"))
			.querySelectorAll("[aria-selected=true]")].some(o => o.innerText.includes(text)))(document.activeElement, %s)`, quote(text)), &offered)
		return offered
	}) {
		b.t.Fatalf("%s: nothing is offered for %s", b.Location(), text)
	}
	b.Key(kb.Enter)
}
