package journeys

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed find.js
var find string

type found struct {
	X, Y        float64
	Why         string // why not
	Enter, File bool
}

// Click clicks what reads so: the text, label or title of a button, a link or any
// other thing, or a CSS selector. It waits for it to come, to be alone, enabled
// and uncovered, and afterwards until the page stands still.
func (b *B) Click(what string) {
	b.t.Helper()
	f := b.find("click", what, "")
	b.do("clicking "+what, chromedp.MouseClickXY(f.X, f.Y))
	b.settle()
}

// Type enters text in a field named by its label, placeholder, name or a CSS
// selector, instead of what stood there. In a list to choose from it chooses; a
// date is given as 2026-11-21.
func (b *B) Type(field, text string) {
	b.t.Helper()
	f := b.find("field", field, text)
	switch {
	case f.File:
		b.t.Fatalf("%s takes a file; use Upload", field)
	case f.Enter && text == "":
		b.Key(kb.Delete)
	case f.Enter:
		b.Key(text)
	}
	b.settle()
}

// Upload chooses a file in the file field named as in Type.
func (b *B) Upload(field, path string) {
	b.t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		b.t.Fatal(err)
	}
	if f := b.find("field", field, ""); !f.File {
		b.t.Fatalf("%s takes no file", field)
	}
	b.do("choosing "+path, chromedp.SetUploadFiles(chromedp.CSS("[data-found]"), []string{path}))
	b.Eval(`document.querySelectorAll("[data-found]").forEach(e => delete e.dataset.found)`, nil)
	b.settle()
}

// Draw draws a line by hand across what is so, a place to sign, until there is ink.
func (b *B) Draw(what string) {
	b.t.Helper()
	inked := `(c => !!c.fitted && c.closest("[data-signature]").querySelector("input[type=hidden]").value !== "")(document.querySelector(` + quote(what) + `))`
	if !b.until(func() bool {
		f := b.find("click", what, "")
		b.do("drawing on "+what, func(ctx context.Context, tab *chromedp.Target) (none chromedp.Void, err error) {
			held := int64(1)
			for k, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMouseReleased} {
				if kind == input.DispatchMouseEventTypeMouseReleased {
					held = 0
				}
				if _, err = cdp.Call(ctx, tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: f.X + float64(20*k) - 30, Y: f.Y + float64(8*(k%2)), Button: input.MouseButtonLeft, Buttons: held, ClickCount: 1}); err != nil {
					return none, err
				}
			}
			return none, nil
		})
		b.settle()
		var ink bool
		return b.eval(inked, &ink) == nil && ink
	}) {
		b.t.Fatalf("%s: nothing can be drawn on %s", b.Location(), what)
	}
}

// Key presses keys one after another where the cursor stands, as a scanner does
// too. Package kb names those that are not letters, such as kb.Enter, kb.Tab.
func (b *B) Key(keys string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	b.do("pressing keys", func(ctx context.Context, tab *chromedp.Target) (none chromedp.Void, err error) {
		for _, r := range keys {
			if _, known := kb.Keys[r]; !known && r != '\n' { // Chinese comes from an input method, not from a key
				_, err = cdp.Call(ctx, tab, input.InsertText, input.InsertTextParams{Text: string(r)})
			} else {
				err = press(ctx, tab, r, modifiers)
			}
			if err != nil {
				return none, err
			}
		}
		return none, nil
	})
	b.settle()
}

// press sends a key with its character in one event, so that a page which
// prevents the one prevents the other, as with a real keyboard.
func press(ctx context.Context, tab *chromedp.Target, r rune, modifiers []chromedp.Modifier) error {
	events := kb.Encode(r)
	down, up := *events[0], *events[len(events)-1]
	if len(events) == 3 && len(modifiers) == 0 {
		down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
	}
	for _, event := range []input.DispatchKeyEventParams{down, up} {
		for _, m := range modifiers {
			event.Modifiers |= int64(m)
		}
		if _, err := cdp.Call(ctx, tab, input.DispatchKeyEvent, event); err != nil {
			return err
		}
	}
	return nil
}

// See waits until each text can be read on the page.
func (b *B) See(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if !b.until(func() bool { return strings.Contains(b.text(), fold(text)) }) {
			b.t.Fatalf("%s: %q cannot be read:\n%s", b.Location(), text, b.text())
		}
	}
}

// NotSee waits until none of the texts can be read on the page.
func (b *B) NotSee(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if !b.until(func() bool { return !strings.Contains(b.text(), fold(text)) }) {
			b.t.Fatalf("%s: %q can be read:\n%s", b.Location(), text, b.text())
		}
	}
}

// Text is what can be read on the page now, fields included, white space folded.
func (b *B) Text() string {
	b.t.Helper()
	b.settle()
	return b.text()
}

// text is "" while the page changes.
func (b *B) text() (read string) {
	b.eval(`document.title + "\n" + document.body.innerText + "\n" + [...document.querySelectorAll("input, textarea")]
		.filter(e => !["hidden", "password", "checkbox", "radio"].includes(e.type) && e.checkVisibility({visibilityProperty: true}))
		.map(e => e.value).join("\n")`, &read)
	return fold(read)
}

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// Eval runs a script in the page, awaits it and reads its value into dst (nil: no
// matter). For what no other verb can say.
func (b *B) Eval(script string, dst any) {
	b.t.Helper()
	if err := b.eval(script, dst); err != nil {
		b.t.Fatalf("script %s: %v", script, err)
	}
}

func (b *B) eval(script string, dst any) error {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if dst == nil {
		return chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](script, chromedp.EvalAwaitPromise))
	}
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](script, chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, dst)
}

func (b *B) find(kind, what, value string) (f found) {
	b.t.Helper()
	call := fmt.Sprintf("(%s)(%s, %s, %s)", find, quote(kind), quote(what), quote(value))
	var err error
	if !b.until(func() bool {
		f = found{}
		err = b.eval(call, &f)
		return err == nil && f.Why == ""
	}) {
		why := f.Why
		if err != nil {
			why = err.Error()
		}
		b.t.Fatalf("%s: %s %q: %s\n%s", b.Location(), kind, what, why, b.text())
	}
	return f
}

// quote writes a text as a script does.
func quote(s string) string {
	q, _ := json.Marshal(s) // of a string, never fails
	return string(q)
}

// until asks again and again whether a thing has come true, within b's patience.
func (b *B) until(holds func() bool) bool {
	for deadline := time.Now().Add(b.patience); ; time.Sleep(30 * time.Millisecond) {
		if holds() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// settle waits until no page is being loaded and no part of it fetched.
func (b *B) settle() {
	b.t.Helper()
	still := func() bool {
		var quiet bool
		err := b.eval(`document.readyState === "complete" && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")`, &quiet)
		b.mu.Lock()
		defer b.mu.Unlock()
		return err == nil && quiet && !b.loading
	}
	if !b.until(still) {
		b.t.Fatalf("the page does not come to rest")
	}
}
