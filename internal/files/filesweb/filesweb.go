// Package filesweb is the counter of pictures and documents: it takes them in for
// any record, shows pictures, and hands documents out as downloads.
package filesweb

import (
	"embed"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/files"
)

// Counter knows where the bytes are and who may see which record.
type Counter struct {
	store *files.Store
	guard files.Guard
}

// New opens the counter.
func New(s *files.Store, g files.Guard) *Counter { return &Counter{s, g} }

// Routes are the doors of the room.
func (c *Counter) Routes() []web.Route {
	return []web.Route{
		{At: "GET /files", Need: web.SignedIn, Do: c.of, Gives: []files.File{}},
		{At: "POST /files", Need: files.MayAttach, Do: c.attach, Form: &paper, Gives: []files.File{}, Limit: bodyMost, Heavy: true},
		{At: "GET /files/{id}", Need: web.SignedIn, Do: c.whole},
		{At: "GET /files/{id}/thumb", Need: web.SignedIn, Do: c.thumb},
		{At: "POST /files/{id}/remove", Need: web.SignedIn, Do: c.remove, Gives: files.File{}},
	}
}

// bodyMost is how much may be sent at once: a few photos of a phone.
const bodyMost = 64 << 20

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

type asked struct {
	Noun, Record, Back string
	Files              form.Uploads
}

var paper = form.Of[asked]{Name: "files.form", Fields: []form.Field[asked]{
	{Key: "noun", Into: func(a *asked) any { return &a.Noun }, Kind: form.Hidden, Required: true, Most: 60},
	{Key: "record", Into: func(a *asked) any { return &a.Record }, Kind: form.Hidden, Required: true, Most: 60},
	{Key: "back", Into: func(a *asked) any { return &a.Back }, Kind: form.Hidden, Most: 300},
	{Key: "files", Into: func(a *asked) any { return &a.Files }, Kind: form.File, Required: true, Hint: true},
}}

// asked is the record of the address or of the form that was sent.
func (c *Counter) asked(r *web.Req) (a asked, err error) {
	q := r.URL.Query()
	a = asked{Noun: q.Get("noun"), Record: q.Get("record"), Back: q.Get("back")}
	if r.Method == http.MethodPost {
		in, err := r.Input()
		if err != nil {
			return a, err
		}
		a = asked{Noun: in.Value("noun"), Record: in.Value("record"), Back: in.Value("back")}
	}
	return a, c.guard.May(r.Context(), r.Read(), r.By, a.Noun, a.Record)
}

// of shows the files of a record, with what may be done with them.
func (c *Counter) of(r *web.Req) error {
	a, err := c.asked(r)
	if err != nil {
		return err
	}
	all, err := files.Of(r.Context(), r.Read(), a.Noun, a.Record)
	if err != nil {
		return err
	}
	if r.JSON() {
		if all == nil {
			all = []files.File{}
		}
		return r.Give(all)
	}
	p := ui.Page{Heading: r.T("files.title"), Narrow: true, Live: []string{"files.file"}}
	if back := web.Inside(a.Back); back != "" {
		p.Back = &ui.Link{Label: r.T("files.back"), Href: back}
	}
	photos := files.Shown(all, r.W2, r.Site.DB.Now())
	for i, f := range all {
		if files.MayTakeAway(r.By, f) {
			photos[i].Remove = f.Href() + "/remove"
		}
	}
	var f *ui.Form
	if r.By.May(files.MayAttach) {
		filled, err := r.Form(&paper, &a, ui.Form{Action: "/files", Submit: r.T("files.attach"), Tone: ui.Accent, Multipart: true})
		if err != nil {
			return err
		}
		for i := range filled.Fields {
			if filled.Fields[i].Kind == ui.KindFile {
				filled.Fields[i].Accept = files.Accept
			}
		}
		f = &filled
	}
	story, err := r.Story("files.file", a.Record)
	if err != nil {
		return err
	}
	p.Body = desk(r.W2, photos, a, f, story)
	return r.Show(p, nil)
}

// attach takes the files in before the unit of work begins.
func (c *Counter) attach(r *web.Req) error {
	a, err := c.asked(r)
	if err != nil {
		return err
	}
	in, err := r.Input()
	if err != nil {
		return err
	}
	kept, refused := c.store.Receive(r.Context(), in.Files["files"]...)
	return web.Submit(r, &paper, c.of, func(tx *db.Tx, _ *asked) (web.Done, error) {
		if refused != nil {
			return web.Done{}, refused
		}
		var all []files.File
		for i := range kept {
			f, err := files.Attach(r.Context(), tx, c.store, files.Upload{Noun: a.Noun, Record: a.Record, Kept: &kept[i]})
			if err != nil {
				return web.Done{}, err
			}
			all = append(all, f)
		}
		return web.Done{To: back(a), Say: "files.done.attached", Args: []string{strconv.Itoa(len(all))}, Data: all}, nil
	})
}

func back(a asked) string {
	return "/files?" + url.Values{"noun": {a.Noun}, "record": {a.Record}, "back": {a.Back}}.Encode()
}

// one is the file of the address, if the person may see its record.
func (c *Counter) one(r *web.Req) (files.File, error) {
	f, err := files.Get(r.Context(), r.Read(), r.PathValue("id"))
	if err == nil {
		err = c.guard.May(r.Context(), r.Read(), r.By, f.Noun, f.Record)
	}
	return f, err
}

func (c *Counter) remove(r *web.Req) error {
	f, err := c.one(r)
	if err != nil {
		return err
	}
	a := asked{Noun: f.Noun, Record: f.Record}
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		if in, err := r.Input(); err == nil {
			a.Back = in.Value("back")
		}
		f, err := files.Remove(r.Context(), tx, f.ID)
		return web.Done{To: back(a), Say: "files.done.removed", Args: []string{f.Name}, Data: f}, err
	})
}

func (c *Counter) whole(r *web.Req) error { return c.hand(r, false) }
func (c *Counter) thumb(r *web.Req) error { return c.hand(r, true) }

// hand gives the bytes out. Whatever they are, a browser shows a picture or saves a
// file and does nothing else with them: no other kind is guessed, no script runs,
// no other site can draw them in. Browsers keep them, and ask each time whether
// they may still show them.
func (c *Counter) hand(r *web.Req, thumb bool) error {
	f, err := c.one(r)
	if err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	tag := `"` + f.SHA256 + `"`
	if thumb {
		tag = `"` + f.SHA256 + `-small"`
	}
	if r.Header.Get("If-None-Match") == tag {
		h.Set("ETag", tag)
		r.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	body, size, err := c.store.Read(r.Context(), f, thumb)
	if err != nil {
		return err
	}
	defer body.Close()
	how := "attachment"
	if f.Picture() {
		how = "inline"
	}
	h.Set("ETag", tag)
	h.Set("Content-Type", f.Mime)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Disposition", how+"; filename*=UTF-8''"+strings.ReplaceAll(url.QueryEscape(f.Name), "+", "%20"))
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(r.W, body); err != nil {
		// The answer has begun; breaking the connection is the only honest end.
		r.Site.Log.Warn("a file was not handed out whole", "file", f.ID, "err", err, "request", r.Number)
		panic(http.ErrAbortHandler)
	}
	return nil
}
