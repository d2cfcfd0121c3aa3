package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/id"
	"houqin/internal/base/ui"
	"houqin/internal/base/words"
)

// Req is one request being answered.
type Req struct {
	*http.Request
	W       http.ResponseWriter
	Site    *Site
	Route   *Route
	By      db.Actor
	Visitor Visitor
	Number  string       // of the request, as in the log
	W2      *words.Words // the reader's language

	api    bool
	status int
	wrote  bool
	asked  *asked
	in     *form.Input
	but    string
}

// asked is a submission that failed: what was typed, and why it failed.
type asked struct {
	form  string
	in    *form.Input
	err   error
	drawn bool // the page has the form, so what was typed is in it
}

// typed is what was typed, in one line, for a page that no longer has the form.
func (a *asked) typed() string {
	var words []string
	for _, k := range slices.Sorted(maps.Keys(a.in.Values)) {
		if v := a.in.Value(k); v != "" && !strings.HasPrefix(k, "_") && !strings.HasSuffix(k, ".id") && len(v) < 500 {
			words = append(words, v)
		}
	}
	return strings.Join(words, " · ")
}

func (r *Req) words(v Visitor) {
	lang := v.Lang
	if lang == "" {
		lang = "zh"
		if c, err := r.Cookie("lang"); err == nil {
			lang = c.Value
		} else if a := r.Header.Get("Accept-Language"); a != "" && !strings.Contains(a, "zh") && strings.Contains(a, "en") {
			lang = "en"
		}
	}
	r.W2 = r.Site.Words.In(lang)
}

// T is a word in the reader's language.
func (r *Req) T(key string, args ...any) string { return r.W2.T(key, args...) }

// JSON says whether a program asks.
func (r *Req) JSON() bool {
	return r.api || strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

// Read is the database to read from.
func (r *Req) Read() db.Reader { return r.Site.DB }

// Do runs f as one unit of work for this person.
func (r *Req) Do(f func(*db.Tx) error) error { return r.Site.DB.Do(r.Context(), r.By, f) }

// Done is how a successful command is answered: people go on to a page and read a
// sentence there, programs get the data.
type Done struct {
	To   string
	Say  string // words key
	Args []string
	Data any
	// But says, in the reader's language, what of it was not taken.
	But string
}

// Act runs f once as one unit of work and answers. A form or request that carries
// a key is never carried out twice: the repetition gets the first answer.
func (r *Req) Act(in *form.Input, f func(*db.Tx) (Done, error)) error {
	key := r.Header.Get("Idempotency-Key")
	if key == "" && in != nil {
		key = in.Value("_key")
	}
	if len(key) > 100 {
		return fault.OnField("_key", "base.too_long", 100)
	}
	result, again, err := r.Site.DB.Once(r.Context(), r.By, key, r.digest(in), func(tx *db.Tx) ([]byte, error) {
		d, err := f(tx)
		if err != nil {
			return nil, err
		}
		d.But = r.but
		return json.Marshal(d)
	})
	if err != nil {
		return err
	}
	if again {
		r.W.Header().Set("Idempotency-Replayed", "true")
	}
	var d struct {
		To   string
		Say  string
		Args []string
		Data json.RawMessage
		But  string
	}
	if err := json.Unmarshal(result, &d); err != nil {
		return err
	}
	if r.JSON() {
		r.tellPhone(d.To, d.Say, d.Args, d.But)
		if d.Data == nil || string(d.Data) == "null" {
			d.Data = []byte("{}")
		}
		return r.send("application/json", d.Data)
	}
	if d.Say != "" {
		r.flash(d.Say, d.Args)
	}
	return r.Go(d.To)
}

// digest tells one input from another, so that a key used for something else shows.
func (r *Req) digest(in *form.Input) string {
	h := sha256.New()
	say := func(s string) { fmt.Fprintf(h, "%d %s", len(s), s) } // with its length, so that two never run together
	say(r.Method)
	say(r.URL.Path)
	say(r.URL.RawQuery)
	if in != nil {
		for _, k := range slices.Sorted(maps.Keys(in.Values)) {
			if k != "_key" {
				say(k)
				fmt.Fprint(h, len(in.Values[k]))
				for _, v := range in.Values[k] {
					say(v)
				}
			}
		}
		for _, k := range slices.Sorted(maps.Keys(in.Files)) {
			say(k)
			for _, f := range in.Files[k] {
				say(f.Filename)
				fmt.Fprint(h, f.Size)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Go sends the person on to a page of this site.
func (r *Req) Go(to string) error {
	if to = Inside(to); to == "" {
		to = "/"
	}
	r.status, r.wrote = http.StatusSeeOther, true
	if r.Header.Get("HX-Request") != "" && r.Header.Get("HX-Boosted") == "" {
		r.W.Header().Set("HX-Location", to)
		r.status = http.StatusOK
		r.W.WriteHeader(r.status)
		return nil
	}
	http.Redirect(r.W, r.Request, to, http.StatusSeeOther)
	return nil
}

// Way is the address of a page without parts that vary, when this person may open it,
// else "": nobody is led where they are refused.
func (r *Req) Way(to string) string {
	path, _, _ := strings.Cut(to, "?")
	for _, rt := range r.Site.routes {
		if rt.At == "GET "+path && rt.Need != Anyone && rt.Need != SignedIn && !r.By.May(rt.Need) {
			return ""
		}
	}
	return to
}

// Input reads the posted form or JSON, once.
func (r *Req) Input() (*form.Input, error) {
	if r.in != nil {
		return r.in, nil
	}
	r.patient()
	in, err := form.Read(r.Request)
	if err != nil {
		return nil, err
	}
	// A form says whose it is when a page may be older than the session it is sent in.
	if who := in.Value("_who"); who != "" && who != r.By.ID {
		return nil, fault.New(fault.SignIn, "base.another_person")
	}
	in.Zone = r.Site.DB.Zone
	in.Refs = r.refs()
	r.in = in
	return in, nil
}

// Version is the version of the record that the person saw when they sent this
// form, 0 when it was not said.
// If-Match says better what they saw: what their own act before this one made of the
// record, or * when they have decided that it does not matter.
func (r *Req) Version() int64 {
	if m := r.Header.Get("If-Match"); m != "" {
		n, _ := strconv.ParseInt(strings.Trim(m, `"`), 10, 64)
		return n
	}
	if r.in == nil {
		return 0
	}
	n, _ := strconv.ParseInt(r.in.Value("_version"), 10, 64)
	return n
}

// Press carries out a command that asks nothing but the button.
func (r *Req) Press(f func(*db.Tx) (Done, error)) error {
	in, err := r.Input()
	if err == nil {
		err = in.Bare()
	}
	if err != nil {
		return err
	}
	return r.Act(in, f)
}

// Ticked is Press for the rows of a list that are ticked: with all of them or, when one
// is refused, with none.
func (r *Req) Ticked(to, say string, do func(tx *db.Tx, id string) error) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	return r.Act(in, func(tx *db.Tx) (Done, error) {
		for _, id := range in.Values["id"] {
			if err := do(tx, id); err != nil {
				return Done{}, err
			}
		}
		return Done{To: to, Say: say}, nil
	})
}

// Submit reads a form into a fresh T and carries out f once. When something is
// wrong the page is drawn again by show, with what was typed and every complaint;
// programs get the complaints as a problem.
func Submit[T any](r *Req, spec *form.Of[T], show func(*Req) error, f func(*db.Tx, *T) (Done, error)) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	t := new(T)
	if err = spec.Decode(r.Context(), in, t); err == nil {
		err = r.Act(in, func(tx *db.Tx) (Done, error) { return f(tx, t) })
	}
	return r.redraw(spec.Title(), show, err)
}

// Take is Submit for a command that runs units of work of its own, such as a
// sign-in whose failure must be kept: f also answers.
func Take[T any](r *Req, spec *form.Of[T], show func(*Req) error, f func(*T) error) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	t := new(T)
	if err = spec.Decode(r.Context(), in, t); err == nil {
		err = f(t)
	}
	return r.redraw(spec.Title(), show, err)
}

// redraw draws the page of a submission again where the person can mend it.
func (r *Req) redraw(form string, show func(*Req) error, err error) error {
	if err == nil || r.JSON() || show == nil {
		return err
	}
	switch k := fault.KindOf(err); k {
	case fault.Invalid, fault.Conflict, fault.Unavailable, fault.TooMany:
		r.status = status[k]
		r.asked = &asked{form: form, in: r.in, err: err}
		return show(r)
	}
	return err
}

// Failed is the fault of the submission this page is drawn again for, or nil.
func (r *Req) Failed(spec form.Any) error {
	if r.asked != nil && r.asked.form == spec.Title() {
		return r.asked.err
	}
	return nil
}

// Show answers with data as JSON, or with the page.
func (r *Req) Show(p ui.Page, data any) error {
	if r.JSON() {
		return r.Give(data)
	}
	r.frame(&p)
	b := buffers.Get().(*bytes.Buffer)
	defer func() { b.Reset(); buffers.Put(b) }()
	if err := ui.Layout(p).Render(r.Context(), b); err != nil {
		return err
	}
	return r.send("text/html; charset=utf-8", b.Bytes())
}

// Part answers a page that follows changes with what it follows, without the frame around
// it; false when a whole page was asked for.
func (r *Req) Part(c templ.Component) (bool, error) {
	if !r.follows() {
		return false, nil
	}
	b := buffers.Get().(*bytes.Buffer)
	defer func() { b.Reset(); buffers.Put(b) }()
	if err := c.Render(r.Context(), b); err != nil {
		return true, err
	}
	return true, r.send("text/html; charset=utf-8", b.Bytes())
}

// Sheet answers with a page that is made for paper.
func (r *Req) Sheet(s ui.Sheet) error {
	s.Words, s.Lang, s.Hospital = r.W2, r.W2.Lang, r.Site.Hospital
	var b bytes.Buffer
	if err := ui.Print(s).Render(r.Context(), &b); err != nil {
		return err
	}
	return r.send("text/html; charset=utf-8", b.Bytes())
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Give answers with JSON.
func (r *Req) Give(data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return r.send("application/json", b)
}

func (r *Req) frame(p *ui.Page) {
	p.Words, p.Lang, p.Theme = r.W2, r.W2.Lang, r.Visitor.Theme
	p.Hospital, p.Demo = r.Site.Hospital, r.Site.Demo
	p.Here = r.URL.RequestURI()
	p.Languages = []ui.Link{{Label: "中文", Href: "zh", Current: p.Lang == "zh"}, {Label: "English", Href: "en", Current: p.Lang == "en"}}
	if p.SignedIn = r.By.ID != ""; p.SignedIn {
		p.Person, p.Roles, p.PersonHref, p.PersonID = r.By.Name, r.Visitor.Roles, "/me", r.By.ID
		p.Nav = r.Site.Nav(r)
		p.Home = r.Site.Home(r)
		if r.Site.Notes != nil {
			p.Flash = append(p.Flash, r.Site.Notes(r)...)
		}
	}
	if r.asked != nil {
		if e, ok := errors.AsType[*fault.Error](r.asked.err); ok {
			if len(e.Fields) == 0 {
				p.Flash = append(p.Flash, ui.Note{Text: r.say(e), Tone: ui.Danger})
			}
			for _, l := range r.cited(e) {
				p.Flash = append(p.Flash, ui.Note{Text: r.T("base.rule.why"), Link: &l})
			}
		}
		if typed := r.asked.typed(); !r.asked.drawn && typed != "" {
			p.Flash = append(p.Flash, ui.Note{Text: r.T("base.typed", typed)})
		}
	}
	if n, ok := r.flashed(); ok {
		p.Flash = append(p.Flash, n)
	}
}

// cited are links to the rules behind a fault.
func (r *Req) cited(e *fault.Error) (links []ui.Link) {
	if r.Site.Rule == nil {
		return nil
	}
	for _, c := range e.Clauses() {
		links = append(links, ui.Link{Label: r.T("base.rule", c), Href: r.Site.Rule(c)})
	}
	return links
}

// say is a fault in the reader's words.
func (r *Req) say(e *fault.Error) string { return Say(r.W2, e) }

// Say is a fault in words.
func Say(w *words.Words, e *fault.Error) string {
	if e.Key == "base.need" && len(e.Args) == 1 {
		if p, ok := e.Args[0].(string); ok {
			return w.T(e.Key, words.Key("may."+p))
		}
	}
	return w.T(e.Key, e.Args...)
}

// problem is a fault for a program, as RFC 9457 has it.
func (r *Req) problem(e *fault.Error) {
	type complaint struct {
		Field   string `json:"field"`
		Key     string `json:"key"`
		Message string `json:"message"`
		Rule    string `json:"rule,omitempty"`
	}
	p := struct {
		Type   string      `json:"type"`
		Title  string      `json:"title"`
		Status int         `json:"status"`
		Detail string      `json:"detail,omitempty"`
		Ref    string      `json:"request"`
		Rule   string      `json:"rule,omitempty"` // the clause of the hospital's rulebook that refuses
		Errors []complaint `json:"errors,omitempty"`
	}{"about:blank", r.T("base.status." + itoa(r.status)), r.status, r.say(e), r.Number, e.Clause, nil}
	if e.Key != "base.internal" {
		p.Type = "urn:houqin:fault:" + e.Key
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, complaint{f.Path, f.Key, r.T(f.Key, f.Args...), f.Clause})
	}
	b, _ := json.Marshal(p)
	r.send("application/problem+json", b)
}

// NewKey is an idempotency key for a form about to be drawn.
func (r *Req) NewKey() string { return id.Secret() }

// flash leaves a sentence for the next page.
func (r *Req) flash(key string, args []string) {
	b, _ := json.Marshal(append([]string{key}, args...))
	r.cookie("flash", base64.RawURLEncoding.EncodeToString(b), 60)
}

func (r *Req) flashed() (ui.Note, bool) {
	c, err := r.Cookie("flash")
	if err != nil || r.Header.Get("Houqin-Person") != "" { // what a phone fetches to keep, nobody reads now
		return ui.Note{}, false
	}
	r.cookie("flash", "", -1)
	var say []any
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(b, &say) != nil || len(say) == 0 {
		return ui.Note{}, false
	}
	key, ok := say[0].(string)
	if !ok || !r.W2.Has(key) {
		return ui.Note{}, false
	}
	return ui.Note{Text: r.T(key, say[1:]...), Tone: ui.Done}, true
}

// cookie sets a cookie that scripts cannot read and other sites cannot send or set.
func (r *Req) cookie(name, value string, seconds int) {
	if r.Site.Secure {
		name = prefix + name
	}
	http.SetCookie(r.W, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		Secure: r.Site.Secure, SameSite: http.SameSiteLaxMode})
}

// SetCookie is for those who keep sessions.
func (r *Req) SetCookie(name, value string, seconds int) { r.cookie(name, value, seconds) }

func escape(s string) string { return url.QueryEscape(s) }

// Origin is this site's address as the visitor reached it, or as configured, for
// codes on walls and links in messages.
func (r *Req) Origin() string {
	if r.Site.Address != "" {
		return r.Site.Address
	}
	if r.TLS != nil || r.Site.Secure { // only where nothing is configured: on this machine, and in a demo
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// Labels answers with a sheet of stickers.
func (r *Req) Labels(s ui.LabelSheet) error {
	s.Words, s.Lang = r.W2, r.W2.Lang
	var b bytes.Buffer
	if err := ui.PrintLabels(s).Render(r.Context(), &b); err != nil {
		return err
	}
	return r.send("text/html; charset=utf-8", b.Bytes())
}
