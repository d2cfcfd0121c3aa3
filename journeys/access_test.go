package journeys

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// notPages are the doors behind which there is no page to look at, and why.
var notPages = map[string]string{
	"GET /live":                                "a stream of changes",
	"GET /pick/{source}":                       "choices, as JSON",
	"GET /healthz":                             "for machines",
	"GET /readyz":                              "for machines",
	"GET /worker.js":                           "a script, for the browser alone",
	"GET /api/openapi.json":                    "for machines; GET /api shows it",
	"GET /items/scan":                          "what a code says, as JSON",
	"GET /files/{id}":                          "the file itself",
	"GET /files/{id}/thumb":                    "a picture",
	"GET /intake/{id}/refused":                 "a file to download",
	"GET /desk":                                "leads on to one's own desk page",
	"GET /counting/sheets/{id}/find":           "leads on to the line that is meant",
	"GET /warehouse/stock/{store}/{item}/card": "its rows for programs and exports; people are led to the card",
	"GET /{$}":                                 "leads on to one's own work",
	"GET /sign-in/device":                      "opened by the code of a computer that is being registered",
}

// phone390 and desk are the screens that every page is looked at on.
var (
	phone390 = Size{Width: 390, Height: 844, Touch: true}
	desk     = Desktop
)

// colours are the rules whose answer depends on the light.
var colours = []string{"color-contrast", "link-in-text-block"}

// looks are how each page is looked at. Rules of structure depend on language and
// width, those of colour on width and light: so all of axe's rules run in each
// language on each width, and the rules of colour besides in the light that this
// leaves out, in Chinese. Every page is seen in all four of width and light in
// Chinese and in two of them in English.
var looks = []struct {
	lang  string
	views []view
}{
	{"zh", []view{{desk, false, nil}, {phone390, true, nil}, {desk, true, colours}, {phone390, false, colours}}},
	{"en", []view{{phone390, false, nil}, {desk, true, nil}}},
}

type view struct {
	size  Size
	dark  bool
	rules []string // nil: all, and looking for what else is wrong
}

// Every page that links lead anybody to can be used by those who cannot see or hold
// a mouse, in both languages, on a desk and on a phone, by day and by night: axe
// finds nothing, nothing is wider than the screen or cut off, a thumb hits what it
// aims at, the keyboard is seen, and the page complains of nothing in its console.
//
// Who may open a page and which record it shows change what is on it; of each route
// so many pages are looked at as show every part that any of them has: the fullest in
// all of looks, the others in the first view of each language, a desk by day in
// Chinese and a phone by day in English. Long tables are cut to rows of every kind.
func TestEveryPageIsForEverybody(t *testing.T) {
	demoHouse(t)
	began := time.Now()
	site := house.h.Site
	mux := doors(site.Routes())
	furnish(t, mux)
	var all []leaf
	var mu sync.Mutex
	t.Run("links", func(t *testing.T) {
		for _, role := range demoRoles(t) {
			t.Run(role, func(t *testing.T) {
				t.Parallel()
				w := newWalker(t, mux, role)
				found, broken := w.walk(seeds[role]...)
				for _, why := range broken {
					t.Error(why)
				}
				mu.Lock()
				defer mu.Unlock()
				all = append(all, found...)
			})
		}
	})
	slices.SortFunc(all, func(a, b leaf) int { return strings.Compare(a.role+" "+a.at, b.role+" "+b.at) })
	chosen := choose(all)
	t.Logf("%d pages walked in %s", len(all), time.Since(began).Round(time.Millisecond))
	reached := map[string]bool{}
	for _, l := range all {
		reached[l.route] = true
	}
	// The door as a stranger sees it.
	chosen["GET /sign-in"] = []leaf{{role: "nobody", at: "/sign-in"}}
	reached["GET /sign-in"] = true
	// What is not there, and what one may not see.
	chosen["error"] = []leaf{{role: "nobody", at: "/nowhere", error: true}, {role: technician, session: newWalker(t, mux, technician).session, at: "/desk/settings", error: true}}
	for _, rt := range site.Routes() {
		if strings.HasPrefix(rt.At, "GET ") && notPages[rt.At] == "" && !reached[rt.At] {
			t.Errorf("no link of anybody leads to %s", rt.At)
		}
		if notPages[rt.At] != "" && chosen[rt.At] != nil {
			t.Errorf("%s is a page after all", rt.At)
		}
	}

	work := make(chan leaf, len(all)+1)
	n := 0
	for _, ls := range chosen {
		for i, l := range ls {
			l.further = i > 0
			work <- l
			n++
		}
	}
	close(work)
	t.Logf("%d pages of %d routes to look at", n, len(chosen))
	said := map[string]bool{}
	opened := &kinds{seen: map[string]bool{}}
	t.Run("look", func(t *testing.T) {
		for _, worker := range []string{"one", "two"} {
			t.Run(worker, func(t *testing.T) {
				t.Parallel()
				b := Browser(t)
				b.Tolerate("401 (Unauthorized) " + house.srv.URL + "/offline/key") // the person changes under a page that is about to ask for theirs
				b.Open(house.srv.URL+"/sign-in", desk, "zh", false)
				for l := range work {
					for _, wrong := range regard(b, l, opened) {
						mu.Lock()
						if key := l.route + wrong; !said[key] {
							said[key] = true
							t.Errorf("%s as %s, %s", l.at, l.role, wrong)
						}
						mu.Unlock()
					}
				}
			})
		}
	})
	t.Logf("looked at everything after %s", time.Since(began).Round(time.Millisecond))
}

// few leaves of every table so many rows as show each kind of row, and puts what
// stands at the thumb below the page, where it covers nothing: one scrolls.
const few = `document.querySelectorAll(".top, .thumb, .form-foot, .bulk").forEach(e => { e.style.position = "static"; });
document.querySelectorAll(".labels ~ .labels").forEach(e => e.remove());
document.querySelectorAll("tbody").forEach(body => {
	const seen = {};
	[...body.rows].forEach(row => {
		const like = row.className + [...row.cells].map(c => c.className).join();
		seen[like] = (seen[like] || 0) + 1;
		if (seen[like] > 2 && row.sectionRowIndex > 5 && !row.matches("[data-line]")) row.remove();
	});
})`

// regard looks at a page in every way and says what is wrong with it.
func regard(b *B, l leaf, opened *kinds) (wrong []string) {
	say := func(lang string, v view, what string) {
		how := lang + " "
		if v.size.Touch {
			how += "phone"
		} else {
			how += "desk"
		}
		if v.dark {
			how += " at night"
		}
		wrong = append(wrong, how+": "+what)
	}
	b.Cookie(house.srv.URL, "session", cmp.Or(l.session, "nobody"))
	sample := l.route == "GET /ui" // whose questions nobody answers
	for _, look := range looks {
		b.Cookie(house.srv.URL, "lang", look.lang)
		b.Screen(look.views[0].size, look.views[0].dark)
		b.Go(house.srv.URL + l.at)
		b.Eval(few, nil)
		for n, v := range look.views {
			if l.further && n > 0 {
				continue
			}
			if n > 0 {
				b.Screen(v.size, v.dark)
			}
			if v.rules == nil {
				for _, what := range b.Look(v.size) {
					say(look.lang, v, what)
				}
			}
			for _, a := range b.Axe(v.rules...) {
				say(look.lang, v, a.String())
			}
		}
		last := look.views[len(look.views)-1]
		if l.further {
			last = look.views[0]
		}
		again := func(when string) {
			for _, what := range b.Look(last.size) {
				say(look.lang, last, when+": "+what)
			}
			for _, a := range b.Axe() {
				if a.ID == "target-size" { // what an open box covers in part is not aimed at meanwhile
					a.Nodes = slices.DeleteFunc(a.Nodes, func(n string) bool { return strings.Contains(n, "partially obscured") })
				}
				if len(a.Nodes) > 0 {
					say(look.lang, last, when+": "+a.String())
				}
			}
		}
		for kind := opened.next(b, look.lang); kind != "" && !sample; kind = opened.next(b, look.lang) {
			again("opened " + kind)
		}
		for _, c := range b.Heard() {
			if !l.error { // whose status is its answer
				say(look.lang, look.views[0], "the page complained: "+c)
			}
		}
		if l.further || l.error || sample || look.lang != "en" {
			continue
		}
		if refused, said := sendEmpty(b); refused && !said {
			say(look.lang, last, "sent empty: nothing is said to be missing")
		} else if refused {
			again("refused")
			b.Heard() // the status is its answer
		}
	}
	return wrong
}

var roleButton = regexp.MustCompile(`name="role" value="(\d+)"`)

// demoRoles are the people that the demo's door offers.
func demoRoles(t *testing.T) (roles []string) {
	body := get(t, "/sign-in")
	for _, m := range roleButton.FindAllStringSubmatch(body, -1) {
		roles = append(roles, m[1])
	}
	if len(roles) < 10 {
		t.Fatalf("the door offers %d roles", len(roles))
	}
	return roles
}
