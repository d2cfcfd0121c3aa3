package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
)

// Phones is what a site needs so that a phone may keep pages and what was done on them.
type Phones struct {
	// On says whether the hospital wants it now.
	On func(context.Context, db.Reader) (bool, error)
	// Key is 32 bytes under which the person's phones seal what they keep; always the same.
	Key func(context.Context, *db.Tx) ([]byte, error)
}

func (r *Req) phones() (bool, error) {
	if r.Site.Phones == nil {
		return false, nil
	}
	return r.Site.Phones.On(r.Context(), r.Read())
}

// workerAt is the one address of the service worker. It stands at the root, so that it
// also answers when the app is opened from the phone's own list.
const workerAt = "/worker.js"

// worker hands out the service worker, anew each time: a version mended today is on
// every phone that comes by today.
func worker(r *Req) error {
	on, err := r.phones()
	if err != nil {
		return err
	}
	return r.send("text/javascript; charset=utf-8", ui.Worker(on))
}

// waiting is the page of what was done without a network and waits to be sent.
func waiting(r *Req) error {
	p := ui.Page{Heading: r.T("base.queue"), Narrow: true, Body: ui.Waiting(r.W2)}
	return r.Show(p, nil)
}

// phoneKey gives the person's phone the key under which it keeps things.
func phoneKey(r *Req) error {
	on, err := r.phones()
	if err == nil && !on {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	if err != nil {
		return err
	}
	var key []byte
	if err := r.Do(func(tx *db.Tx) (err error) { key, err = r.Site.Phones.Key(r.Context(), tx); return err }); err != nil {
		return err
	}
	return r.Give(map[string][]byte{"key": key})
}

// Keep lets the person's phone keep a page about to be shown, and those at the
// addresses given along with it, for when there is no network. A page drawn again
// after a refusal is never kept.
func (r *Req) Keep(p *ui.Page, also ...string) error {
	on, err := r.phones()
	if err != nil || !on || r.JSON() || r.asked != nil || r.Method != http.MethodGet || r.By.ID == "" {
		return err
	}
	r.W.Header().Set("Houqin-Keep", r.By.ID)
	p.Keep, p.Also = true, also
	return nil
}

// Said is when a phone says that something was done that was sent later, and by how
// much its clock was ahead of the server's when it was sent. Both are only ever told,
// never reckoned with. ok is false for what was sent at once.
func (r *Req) Said() (at period.Instant, ahead time.Duration, ok bool) {
	done, err1 := strconv.ParseInt(r.Header.Get("Houqin-Said"), 10, 64)
	clock, err2 := strconv.ParseInt(r.Header.Get("Houqin-Clock"), 10, 64)
	const century = 100 * 365 * 24 * 3600 * 1000 // in milliseconds; a phone that is further off says nothing
	now := r.Read().Moment().UnixMilli()
	if err1 != nil || err2 != nil || max(done, clock)-now > century || now-min(done, clock) > century {
		return 0, 0, false
	}
	return period.At(time.UnixMilli(done)), time.Duration(clock-now) * time.Millisecond, true
}

// Later says whether this was done on a phone that had no network, and is sent now.
func (r *Req) Later() bool { _, _, ok := r.Said(); return ok }

// LeftOut says, in the reader's language, what of a submission is not taken although the
// rest is: nobody who could be asked sees the answer to what a phone sends later. It is
// said before Submit, and told to the phone with the rest.
func (r *Req) LeftOut(what string) { r.but = what }

// tellPhone says to a phone that sends later what a person would have read at once: the
// sentence with the number, and the page it would have led to.
func (r *Req) tellPhone(to, say string, args []string, but string) {
	if !r.Later() {
		return
	}
	if to = Inside(to); to != "" {
		r.W.Header().Set("Houqin-To", to)
	}
	text := but
	if say != "" {
		some := make([]any, len(args))
		for i, a := range args {
			some[i] = a
		}
		if text = r.T(say, some...); but != "" {
			text += " · " + but
		}
	}
	r.W.Header().Set("Houqin-Done", url.PathEscape(text))
}
