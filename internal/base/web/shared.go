package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
)

// sharedEvery is how often a shared part is built anew at most. Screens that are told of
// a change at once wait so long for one another: with the 300 ms over which browsers scatter
// a first change is shown well within a second.
const sharedEvery = 400 * time.Millisecond

// parts are the shared parts of a site by who may see them.
type parts struct {
	mu   sync.Mutex
	next map[string]*part     // not begun yet: whoever asks now gets it
	last map[string]time.Time // when the last of it was begun
}

// part is one building of a shared part.
type part struct {
	ready        chan struct{}
	text, zipped []byte // as it is, and compressed
	err          error
}

// Shared is Part for what many screens follow: it is built once for all who see the same
// records, may the same, read the same language and ask in the same moment. see is the
// scope of the records; nothing else in it may depend on who the person is. What is
// answered was read after it was asked for, so that a change somebody was told of is in it.
func (r *Req) Shared(see list.Where, build func() (templ.Component, error)) (bool, error) {
	if !r.Follows() {
		return false, nil
	}
	p, mine := r.Site.parts.join(fmt.Sprint(r.likes(), see))
	if mine != nil {
		mine(func() { p.text, p.err = r.render(build) })
	}
	select {
	case <-p.ready:
	case <-r.Context().Done():
		return true, r.Context().Err()
	}
	if p.err != nil { // of the one who built it: perhaps their connection broke
		text, err := r.render(build)
		if err != nil {
			return true, err
		}
		return true, r.send("text/html; charset=utf-8", text)
	}
	return true, r.pack("text/html; charset=utf-8", p.text, p.zipped)
}

// errUnbuilt stands until a building has come to its end: who waits for one that breaks
// off builds for themselves.
var errUnbuilt = errors.New("a shared part was not built")

// join gives the next building of a part, and to one of those who wait for it the way to
// build it.
func (s *parts) join(key string) (p *part, build func(func())) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p = s.next[key]; p != nil {
		return p, nil
	}
	if s.next == nil {
		s.next, s.last = map[string]*part{}, map[string]time.Time{}
	}
	p = &part{ready: make(chan struct{}), err: errUnbuilt}
	s.next[key] = p
	wait := time.Until(s.last[key].Add(sharedEvery))
	return p, func(draw func()) {
		defer close(p.ready)
		if wait > 0 {
			time.Sleep(wait)
		}
		s.mu.Lock()
		delete(s.next, key) // who comes from now on may know more
		s.last[key] = time.Now()
		for k, at := range s.last {
			if time.Since(at) > time.Minute {
				delete(s.last, k)
			}
		}
		s.mu.Unlock()
		draw()
		if p.err == nil {
			p.zipped = squeeze(p.text)
		}
	}
}

// likes is what all have in common who see the same: where they look, in which language,
// and what they may.
func (r *Req) likes() string {
	return r.URL.RequestURI() + " " + r.W2.Lang + " " + rights(r.By)
}

// rights are what somebody may, and where.
func rights(by db.Actor) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %v", by.Unit, by.System)
	for _, may := range slices.Sorted(maps.Keys(by.Rights)) {
		s := by.Rights[may]
		fmt.Fprintf(&b, " %s %v %s", may, s.All, slices.Sorted(slices.Values(s.Units)))
	}
	return b.String()
}

// Follows says that a page asks again for the part that follows changes.
func (r *Req) Follows() bool {
	return r.Header.Get("HX-Request") != "" && r.Header.Get("HX-Boosted") == "" && r.Method == http.MethodGet
}

func (r *Req) render(build func() (templ.Component, error)) ([]byte, error) {
	c, err := build()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = c.Render(context.WithoutCancel(r.Context()), &b)
	return b.Bytes(), err
}

func squeeze(text []byte) []byte {
	var b bytes.Buffer
	z := zips.Get().(*gzip.Writer)
	defer zips.Put(z)
	z.Reset(&b)
	z.Write(text)
	z.Close()
	return b.Bytes()
}
