package journeys

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// leaf is one address as somebody sees it.
type leaf struct {
	role, session string
	at, route     string
	kind          string          // of what was answered
	parts         map[string]bool // what the page is made of: elements by class, kinds of fields, questions
	links         []string
	further       bool // a route's fullest page was looked at before
	error         bool // says what is wrong
}

// doors finds the route that an address belongs to.
func doors(routes []web.Route) *http.ServeMux {
	mux := http.NewServeMux()
	for _, rt := range routes {
		if strings.HasPrefix(rt.At, "GET ") {
			mux.HandleFunc(rt.At, func(http.ResponseWriter, *http.Request) {})
		}
	}
	return mux
}

// walker goes through the house by its links, as one person, without a browser.
type walker struct {
	role, home, session string
	http.Client
	mux  *http.ServeMux
	seen map[string]int
}

// Of each page so many are opened by each role: as many of a kind (with the same
// questions in the address), so many in all.
const alike, ofARoute = 2, 6

func newWalker(t *testing.T, mux *http.ServeMux, role string) *walker {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{role: role, Client: http.Client{Jar: jar, Transport: samePlace{}}, mux: mux, seen: map[string]int{}}
	r, err := w.PostForm(house.srv.URL+"/sign-in/demo", url.Values{"role": {role}})
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	w.home = r.Request.URL.RequestURI()
	for _, c := range jar.Cookies(r.Request.URL) {
		if c.Name == "session" {
			w.session = c.Value
		}
	}
	if w.session == "" || strings.HasPrefix(w.home, "/sign-in") {
		t.Fatalf("%s was not let in: %s", role, w.home)
	}
	return w
}

// samePlace says with every request, as a browser does, that it comes from the site
// itself.
type samePlace struct{}

func (samePlace) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", house.srv.URL)
	return http.DefaultTransport.RoundTrip(r)
}

// walk opens home and everything that links lead to from there, and from seeds.
func (w *walker) walk(seeds ...string) (found []leaf, broken []string) {
	queue := append([]string{w.home}, seeds...)
	queued := map[string]bool{}
	for n := 0; n < len(queue); n++ {
		at := queue[n]
		l, why := w.open(at)
		if why != "" {
			broken = append(broken, why)
			continue
		}
		if l.route == "" {
			continue
		}
		found = append(found, l)
		for _, to := range l.links {
			if !queued[to] && w.wants(to) {
				queued[to] = true
				queue = append(queue, to)
			}
		}
	}
	return found, broken
}

// wants says whether one more page of this kind is to be opened.
func (w *walker) wants(at string) bool {
	u, err := url.Parse(at)
	if err != nil {
		return false
	}
	_, route := w.mux.Handler(&http.Request{Method: "GET", Host: "h", URL: u})
	kind := route + "?" + strings.Join(slices.Sorted(maps.Keys(u.Query())), "&")
	if u.Query().Has("format") || w.seen[kind] >= alike || w.seen[route] >= ofARoute {
		return false
	}
	w.seen[kind]++
	w.seen[route]++
	return true
}

// seeds are pages that no link leads to, or none of the few that are followed, and who
// opens them.
var seeds = map[string][]string{
	administrator: {"/again?back=/me", "/api", "/ui", "/begin"},                                                                // before what is dangerous; for makers of programs; until the desk is at work
	headNurse:     {"/requests?state=asked"},                                                                                   // the newest, among many, wait for the head
	technician:    {"/offline"},                                                                                                // led to only while something waits
	storekeeper:   {"/requests?q=夜班巡检", "/counting/counts?state=counting", "/requests?state=waiting", "/warehouse/issues/new"}, // issuing without a request is led to where the hospital lets its counter
	nurse:         {"/requests/mine?state=out"},
	director:      {"/desk/complaints", "/desk/prices"},
	"1163":        {"/receiving/invoices?state=open"},  // finance
	"1164":        {"/counting/counts?state=approved"}, // the property accountant
}

// post sends a form, and answers where it led.
func (w *walker) post(t *testing.T, at, kind string, body io.Reader) string {
	t.Helper()
	r, err := w.Post(house.srv.URL+at, kind, body)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	said, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 {
		t.Fatalf("%s: %d %v %s", at, r.StatusCode, err, said)
	}
	return r.Request.URL.RequestURI()
}

// attach sends a form with a file.
func (w *walker) attach(t *testing.T, at, field, name string, data []byte, values map[string]string) string {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for k, v := range values {
		form.WriteField(k, v)
	}
	f, err := form.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	f.Write(data)
	form.Close()
	return w.post(t, at, form.FormDataContentType(), &body)
}

// furnish adds to the demo what it does not have and pages can show: a class of
// items, an import with rows that are refused, a photo.
func furnish(t *testing.T, mux *http.ServeMux) {
	t.Helper()
	newWalker(t, mux, dataClerk).post(t, "/classes", "application/x-www-form-urlencoded", strings.NewReader("code=99&name=巡查试用"))
	admin := newWalker(t, mux, administrator)
	admin.post(t, "/channels", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"kind": {"wecom"}, "name": {"值班群"}, "address": {"https://chat.example/robot?key=1"}, "events": {"emergency"}}.Encode()))
	at := admin.attach(t, "/intake", "file", "科室.csv", []byte("科室编码,科室名称,类别\nX1,巡查一区,病区\nX1,巡查二区,病区\n,无码,病区\n"), map[string]string{"kind": "departments"})
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		l, why := admin.open(at)
		if why != "" {
			t.Fatal(why)
		}
		if slices.Contains(l.links, at+"/rows") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the import was never read")
		}
	}
	owing(t)
	boss := newWalker(t, mux, director)
	if !boss.proposes(t, "A-010", "threshold") {
		t.Fatal("the rule A-010 cannot be changed")
	}
	worker := newWalker(t, mux, technician)
	found, _ := worker.walk()
	for _, l := range found {
		if l.route == "GET /desk/jobs/{id}" && l.parts["details   picture "] {
			worker.attach(t, strings.Split(l.at, "?")[0]+"/picture", "photos", "现场.png", dot(t), nil)
			return
		}
	}
	t.Fatal("no job of the technician takes a photo")
}

// owing has the nurse owe a paper, and another way of agreeing lie as a draft.
func owing(t *testing.T) {
	t.Helper()
	ctx, d := t.Context(), house.h.DB
	if err := d.Do(ctx, db.System("journey"), func(tx *db.Tx) error {
		p, err := people.ByNumber(ctx, tx, nurse)
		if err != nil {
			return err
		}
		if _, err := approvals.Owe(ctx, tx, approvals.Debt{Noun: "journey", Record: "1", Number: "WX-0", Title: "巡查试用", Clause: "W-005", Paper: "report",
			Person: p.ID, Due: period.At(tx.Now.Add(24 * time.Hour))}); err != nil {
			return err
		}
		rt, err := approvals.RouteOn(ctx, tx, "purchasing.urgent", tx.Today())
		if err != nil {
			return err
		}
		rt.Since, rt.Reason = tx.Today().AddDays(30), "巡查试用"
		return approvals.Draft(ctx, tx, &rt)
	}); err != nil {
		t.Fatal(err)
	}
}

// proposes asks for another value of a rule, and says whether one of a few was
// possible.
func (w *walker) proposes(t *testing.T, clause, param string) bool {
	t.Helper()
	for _, value := range []string{"3", "30", "3000", "30000", "300000"} {
		r, err := w.PostForm(house.srv.URL+"/rules/"+clause+"/changes", url.Values{"param": {clause + "." + param}, "value": {value},
			"since": {time.Now().AddDate(0, 0, 60).Format("2006-01-02")}, "reason": {"巡查试用"}})
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode == 200 {
			return true
		}
	}
	return false
}

// dot is a small picture.
func dot(t *testing.T) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (w *walker) open(at string) (l leaf, why string) {
	r, err := w.Get(house.srv.URL + at)
	if err != nil {
		return l, err.Error()
	}
	defer r.Body.Close()
	// Not the address asked for but the one led to.
	_, route := w.mux.Handler(r.Request)
	l = leaf{role: w.role, session: w.session, at: r.Request.URL.RequestURI(), route: route, kind: r.Header.Get("Content-Type")}
	if r.StatusCode != 200 {
		return l, fmt.Sprintf("%s, as %s: a link leads to %d", at, w.role, r.StatusCode)
	}
	if strings.HasPrefix(l.kind, "text/html") {
		l.parts, l.links, err = read(r.Body)
	}
	if err != nil {
		return l, err.Error()
	}
	return l, ""
}

var (
	digits = regexp.MustCompile(`\d+`)
	record = regexp.MustCompile(`[0-9a-z]{20}`)
)

// read collects what a page is made of and where it leads.
func read(page io.Reader) (parts map[string]bool, links []string, err error) {
	parts = map[string]bool{}
	inSVG := 0
	for z := html.NewTokenizer(page); ; {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); err != io.EOF {
				return nil, nil, err
			}
			return parts, links, nil
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "svg" {
				inSVG--
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			if tag.Data == "svg" {
				inSVG++
			}
			if inSVG > 0 {
				continue
			}
			a := map[string]string{}
			for _, x := range tag.Attr {
				a[x.Key] = x.Val
			}
			_, download := a["download"]
			if to, _, _ := strings.Cut(a["href"], "#"); tag.Data == "a" && strings.HasPrefix(to, "/") && !download {
				links = append(links, to)
			}
			if to := a["hx-get"]; strings.HasPrefix(to, "/") {
				links = append(links, to)
			}
			for _, c := range strings.Fields(a["class"]) {
				parts[tag.Data+"."+c] = true
			}
			parts[strings.Join([]string{tag.Data, a["type"], a["role"], a["data-name"], digits.ReplaceAllString(record.ReplaceAllString(a["name"], ""), "")}, " ")] = true
		}
	}
}

// choose takes of each route as few pages as show every part that any page of it
// has, whoever sees it; the fullest first.
func choose(found []leaf) (chosen map[string][]leaf) {
	byRoute, chosen := map[string][]leaf{}, map[string][]leaf{}
	for _, l := range found {
		if l.parts != nil {
			byRoute[l.route] = append(byRoute[l.route], l)
		}
	}
	for route, ls := range byRoute {
		shown := map[string]bool{}
		for {
			news := func(l leaf) (n int) {
				for p := range l.parts {
					if !shown[p] {
						n++
					}
				}
				return n
			}
			best := slices.MaxFunc(ls, func(a, b leaf) int { return cmp.Compare(news(a), news(b)) })
			if news(best) == 0 {
				break
			}
			maps.Copy(shown, best.parts)
			chosen[route] = append(chosen[route], best)
		}
	}
	return chosen
}
