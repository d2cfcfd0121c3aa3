package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
)

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
	if r.moved(spec.Title(), in, show) {
		return show(r)
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
	if r.moved(spec.Title(), in, show) {
		return show(r)
	}
	t := new(T)
	if err = spec.Decode(r.Context(), in, t); err == nil {
		err = f(t)
	}
	return r.redraw(spec.Title(), show, err)
}

// moved moves a line of the form, where that is all that was asked for: a page without a
// script moves its lines this way. It is drawn again with what was typed; nothing is
// checked and nothing happens.
func (r *Req) moved(form string, in *form.Input, show func(*Req) error) bool {
	line := in.Value("_move")
	if line == "" || r.JSON() || show == nil {
		return false
	}
	in.Move(line)
	r.asked = &asked{form: form, in: in}
	return true
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

// Kept is what was posted and the fault, for a page that draws the submission again in
// its own way; nil and nil when it is not drawn again.
func (r *Req) Kept(spec form.Any) (*form.Input, error) {
	if r.asked == nil || r.asked.form != spec.Title() {
		return nil, nil
	}
	r.asked.drawn = true
	return r.asked.in, r.asked.err
}

// Failed is the fault of the submission this page is drawn again for, or nil.
func (r *Req) Failed(spec form.Any) error {
	if r.asked != nil && r.asked.form == spec.Title() {
		return r.asked.err
	}
	return nil
}
