package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"sync"

	"github.com/a-h/templ"

	"houqin/internal/base/fault"
	"houqin/internal/base/ui"
	"houqin/internal/base/words"
)

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
	if !r.Follows() {
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

// Labels answers with a sheet of stickers.
func (r *Req) Labels(s ui.LabelSheet) error {
	s.Words, s.Lang = r.W2, r.W2.Lang
	var b bytes.Buffer
	if err := ui.PrintLabels(s).Render(r.Context(), &b); err != nil {
		return err
	}
	return r.send("text/html; charset=utf-8", b.Bytes())
}
