// Package webtest is a person at a browser, without the browser: it opens pages
// of a handler, keeps the cookies it is given, reads what can be read, fills a
// form and presses its button. Tables of calls test a site row by row.
package webtest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
)

// Origin is the address under which a Client sees the site: HTTPS, so that
// secure cookies are kept.
const Origin = "https://hospital.test"

// Call is one row of a table: a request and what must be seen of the answer.
type Call struct {
	Name   string     // of the sub-test; "METHOD URL" if empty
	Method string     // "" is GET, or POST if there is a Form, JSON, Body or Files
	URL    string     // path and query
	Form   url.Values // sent as a form post
	Files  []File     // sent with Form as multipart/form-data
	JSON   any        // sent as a JSON body, and JSON is asked for
	Body   string     // sent as it is, with the Content-Type from Header
	Header map[string]string
	Cookie map[string]string // for this call only, besides those the client keeps

	Want     int      // status; 0 is 200
	Location string   // where a redirect leads, path and query; "" is not looked at
	See      []string // texts that must be read in the answer: of HTML what a person reads, else the body
	NotSee   []string // texts that must not
	Check    func(t testing.TB, p *Page)
}

// File is a file chosen in a file input.
type File struct {
	Field, Name string
	Body        []byte
}

// Run makes the calls one after another as one person, each in its own sub-test.
// Redirects are not followed, so that Want and Location can see them.
func Run(t *testing.T, site http.Handler, calls ...Call) {
	t.Helper()
	New(t, site).Run(t, calls...)
}

// Client is one person: a site, and the cookies that it gave.
type Client struct {
	t    testing.TB
	site http.Handler
	jar  http.CookieJar
	// Header is sent with every request, such as Accept-Language or a token.
	Header map[string]string
}

// New returns a person who has never been at the site.
func New(t testing.TB, site http.Handler) *Client {
	jar, _ := cookiejar.New(nil) // never fails
	return &Client{t: t, site: site, jar: jar, Header: map[string]string{}}
}

// Run makes the calls with the cookies that this person holds, keeping what the
// site sets.
func (c *Client) Run(t *testing.T, calls ...Call) {
	t.Helper()
	for _, call := range calls {
		name := call.Name
		if name == "" {
			name = call.method() + " " + call.URL
		}
		t.Run(name, func(t *testing.T) {
			t.Helper()
			one := *c
			one.t = t
			one.Do(call)
		})
	}
}

// Do makes one call, checks it and returns the answer. It follows no redirect.
func (c *Client) Do(call Call) *Page {
	c.t.Helper()
	p := c.send(call)
	want := call.Want
	if want == 0 {
		want = http.StatusOK
	}
	if p.Status != want {
		c.t.Errorf("status %d, want %d\n%s", p.Status, want, p.excerpt())
	}
	if got := p.Header.Get("Location"); call.Location != "" && strings.TrimPrefix(got, Origin) != call.Location {
		c.t.Errorf("leads to %q, want %q", got, call.Location)
	}
	p.See(call.See...)
	p.NotSee(call.NotSee...)
	if call.Check != nil {
		call.Check(c.t, p)
	}
	return p
}

// Get opens a page as a person does: redirects are followed, and anything but
// 200 at the end fails the test.
func (c *Client) Get(url string) *Page {
	c.t.Helper()
	return c.arrive(c.send(Call{URL: url}))
}

// Post sends a form to an address without having seen the page it stands on, and
// follows where the answer leads. To fill a form that is on a page, see Page.Press.
func (c *Client) Post(url string, form url.Values) *Page {
	c.t.Helper()
	return c.arrive(c.send(Call{Method: http.MethodPost, URL: url, Form: form}))
}

// arrive follows redirects until a page stands still.
func (c *Client) arrive(p *Page) *Page {
	c.t.Helper()
	for range 10 {
		to := p.leadsTo()
		if to == "" {
			if p.Status != http.StatusOK {
				c.t.Errorf("%s: status %d, want 200\n%s", p.URL, p.Status, p.excerpt())
			}
			return p
		}
		if !strings.HasPrefix(to, Origin+"/") {
			c.t.Fatalf("%s: leads away from the site, to %s", p.URL, to)
		}
		p = c.send(Call{URL: to})
	}
	c.t.Fatalf("%s: redirected ten times without arriving", p.URL)
	return nil
}

func (call Call) method() string {
	switch {
	case call.Method != "":
		return call.Method
	case call.Form != nil || call.JSON != nil || call.Body != "" || len(call.Files) > 0:
		return http.MethodPost
	}
	return http.MethodGet
}

// payload is the body of the call and what kind it is.
func (call Call) payload(t testing.TB) (io.Reader, string) {
	t.Helper()
	switch {
	case call.JSON != nil:
		b, err := json.Marshal(call.JSON)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(b), "application/json"
	case len(call.Files) > 0:
		return multipartBody(call.Form, call.Files)
	case call.Form != nil:
		return strings.NewReader(call.Form.Encode()), "application/x-www-form-urlencoded"
	case call.Body != "":
		return strings.NewReader(call.Body), ""
	}
	return http.NoBody, ""
}

func multipartBody(form url.Values, files []File) (io.Reader, string) {
	var body bytes.Buffer // writing to it never fails
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, v := range values {
			w.WriteField(name, v)
		}
	}
	for _, f := range files {
		part, _ := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {mime.FormatMediaType("form-data", map[string]string{"name": f.Field, "filename": f.Name})},
			"Content-Type":        {"application/octet-stream"},
		})
		part.Write(f.Body)
	}
	w.Close()
	return &body, w.FormDataContentType()
}

func (c *Client) send(call Call) *Page {
	c.t.Helper()
	target := call.URL
	if strings.HasPrefix(target, "/") {
		target = Origin + target
	}
	u, err := url.Parse(target)
	if err != nil || !u.IsAbs() {
		c.t.Fatalf("%q is no address on the site", call.URL)
	}
	body, kind := call.payload(c.t)
	req := httptest.NewRequestWithContext(c.t.Context(), call.method(), target, body)
	req.Header.Set("Accept", "text/html")
	if call.JSON != nil {
		req.Header.Set("Accept", "application/json")
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for _, header := range []map[string]string{c.Header, call.Header} {
		for k, v := range header {
			req.Header.Set(k, v)
		}
	}
	if req.Method == http.MethodPost && req.Header.Get("Origin") == "" && req.Header.Get("Sec-Fetch-Site") == "" && req.Header.Get("Authorization") == "" {
		req.Header.Set("Sec-Fetch-Site", "same-origin") // as a browser says of a form on a page of the site
	}
	for _, cookie := range c.jar.Cookies(u) {
		req.AddCookie(cookie)
	}
	for name, value := range call.Cookie {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	c.site.ServeHTTP(rec, req)
	answer := rec.Result()
	c.jar.SetCookies(u, answer.Cookies())
	return newPage(c, req, answer)
}

// Cookie is the value of a cookie that the site has given and not taken back.
func (c *Client) Cookie(name string) (value string, ok bool) {
	u, _ := url.Parse(Origin + "/")
	for _, cookie := range c.jar.Cookies(u) {
		if cookie.Name == name {
			return cookie.Value, true
		}
	}
	return "", false
}
