// Package ui is what Houqin looks like: a nurse, a storekeeper and a director
// see the same list, the same form and the same buttons, whatever the room.
//
// It is made of plain view structs, filled by whoever has something to show,
// and of templ components that draw them. It knows no hospital, no database and
// no request: a room says what there is, ui says how it looks.
//
// Every page works under a content security policy without inline script,
// inline style or eval, and without JavaScript for reporting, approving and
// signing. See [ContentSecurityPolicy].
package ui

import "embed"

// Words speaks the reader's language. Keys of this package begin with "ui.",
// and none of them takes an argument.
type Words interface {
	T(key string, args ...any) string
}

// WordFiles holds words/zh.json and words/en.json of this package.
//
//go:embed words/*.json
var WordFiles embed.FS

// ContentSecurityPolicy is the policy the pages are written for. The wasm word
// is there for the barcode reader, which is loaded only when the browser has
// none of its own; data and blob pictures are signatures and photos not yet sent.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Tone is what a colour means. There is one accent; red is danger or overdue
// only, amber soon, green done.
type Tone string

const (
	Plain  Tone = ""       // nothing to notice
	Accent Tone = "accent" // under way; on a button: the main thing to do
	Danger Tone = "danger" // dangerous, overdue, refused
	Soon   Tone = "soon"   // due soon, needs a look
	Done   Tone = "done"   // finished, holds
	Quiet  Tone = "quiet"  // over, of no further interest
)

// Pair is one hidden value of a form.
type Pair struct{ Name, Value string }

// Link is a word that leads somewhere.
type Link struct {
	Label, Href string
	Icon        string
	Current     bool
}

// Mark is a small coloured word: the state of a thing.
type Mark struct {
	Word string
	Tone Tone
}

// Action is something a person may do now: follow a link (Href), post at once
// (Post with Hidden), or answer a few questions first (Ask). An action with
// Closed is drawn shut, with the reason beside it.
type Action struct {
	Name    string // stable, for tests and for keys: "dispatch"
	Label   string
	Hint    string // a second, smaller line where there is room
	Icon    string
	Href    string
	Post    string
	Hidden  []Pair // posted along: _key, _version …
	Ask     *Form  // opens below the buttons
	Open    bool   // Ask stands open from the start, as after an error
	Confirm string // a question put before posting
	Closed  string // why it may not be done now
	Tone    Tone   // Accent: the main button; Danger: cannot be taken back
	Fresh   bool   // opens in a new tab: prints, downloads to look at
	Focus   bool   // the keyboard stands on it when the page opens; of a Post
}

// Button is an action that leads to href.
func Button(label, href string) Action { return Action{Label: label, Href: href} }

// Nothing is said where a list is empty: what that means and what to do next.
type Nothing struct {
	Text   string
	Hint   string
	Icon   string
	Action *Action
}
