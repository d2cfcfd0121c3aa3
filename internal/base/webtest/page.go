package webtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Page is an answer of the site. Its assertions fail the test of the client that
// asked for it, and go on.
type Page struct {
	URL    string // path and query that were asked for
	Status int
	Header http.Header
	Body   string

	client *Client
	base   *url.URL
	method string
	doc    *html.Node
}

func newPage(c *Client, req *http.Request, answer *http.Response) *Page {
	c.t.Helper()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	p := &Page{
		URL: req.URL.RequestURI(), Status: answer.StatusCode, Header: answer.Header, Body: string(body),
		client: c, base: req.URL, method: req.Method,
	}
	if kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")); kind == "text/html" {
		if p.doc, err = html.ParseWithOptions(bytes.NewReader(body), html.ParseOptionEnableScripting(false)); err != nil {
			c.t.Fatal(err)
		}
		p.sound()
	}
	return p
}

// sound finds what a strict content security policy would silently not run, and
// ids that stand twice, by which labels and scripts find the wrong thing.
func (p *Page) sound() {
	p.client.t.Helper()
	ids := map[string]bool{}
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on"):
				p.client.t.Errorf("%s: <%s %s=%q>: the security policy forbids styles and scripts in attributes", p.URL, n.Data, a.Key, a.Val)
			case a.Key == "id" && ids[a.Val]:
				p.client.t.Errorf("%s: id %q stands twice", p.URL, a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case slices.Contains([]string{"href", "action", "formaction", "src"}, a.Key) && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:"):
				p.client.t.Errorf("%s: <%s %s=%q>: the security policy forbids scripts in addresses", p.URL, n.Data, a.Key, a.Val)
			}
		}
		if n.DataAtom == atom.Style || n.DataAtom == atom.Script && !has(n, "src") && runs(attr(n, "type")) {
			p.client.t.Errorf("%s: <%s> in the page: the security policy forbids it", p.URL, n.Data)
		}
	}
}

// runs tells a script from a block of data such as application/json.
func runs(kind string) bool {
	return kind == "" || kind == "module" || strings.Contains(kind, "javascript")
}

// Text is what a person reads: the title and the texts of the page with what
// stands in its fields, white space folded, but nothing that is hidden.
func (p *Page) Text() string {
	if p.doc == nil {
		return p.Body
	}
	return textOf(p.doc)
}

func textOf(n *html.Node) string {
	var b strings.Builder
	read(&b, n)
	return fold(b.String())
}

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// parts are the elements that begin on a line of their own; the others run on,
// so that 工单<b>12</b>号 reads 工单12号.
var parts = []atom.Atom{
	atom.Title, atom.P, atom.Div, atom.Br, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Tr, atom.Td, atom.Th,
	atom.Table, atom.Caption, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Section, atom.Article, atom.Header,
	atom.Footer, atom.Nav, atom.Main, atom.Aside, atom.Form, atom.Fieldset, atom.Legend, atom.Label, atom.Button, atom.Input,
	atom.Select, atom.Option, atom.Optgroup, atom.Textarea, atom.Details, atom.Summary, atom.Dialog, atom.Hr, atom.Pre, atom.Img,
}

func read(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.WriteString(n.Data)
		return
	case n.Type == html.CommentNode:
		return
	case n.Type == html.ElementNode:
		switch n.DataAtom {
		case atom.Script, atom.Style, atom.Template:
			return
		case atom.Input:
			if kind := attr(n, "type"); kind == "hidden" || kind == "password" || kind == "checkbox" || kind == "radio" {
				return
			}
		}
		if has(n, "hidden") {
			return
		}
		part := slices.Contains(parts, n.DataAtom)
		if part {
			b.WriteByte('\n')
			defer b.WriteByte('\n')
		}
		for _, key := range []string{"value", "placeholder", "alt"} {
			if v := attr(n, key); v != "" && (n.DataAtom == atom.Input || n.DataAtom == atom.Img || n.DataAtom == atom.Textarea) {
				fmt.Fprintf(b, " %s ", v)
			}
		}
		if v := attr(n, "aria-label"); v != "" {
			fmt.Fprintf(b, " %s ", v)
		}
	}
	for child := range n.ChildNodes() {
		read(b, child)
	}
}

// See fails the test for each text that cannot be read on the page.
func (p *Page) See(texts ...string) *Page {
	p.client.t.Helper()
	read := p.Text()
	for _, text := range texts {
		if !contains(read, text) {
			p.client.t.Errorf("%s: %q is not there\n%s", p.URL, text, p.excerpt())
		}
	}
	return p
}

// NotSee fails the test for each text that can be read on the page.
func (p *Page) NotSee(texts ...string) *Page {
	p.client.t.Helper()
	read := p.Text()
	for _, text := range texts {
		if contains(read, text) {
			p.client.t.Errorf("%s: %q is there\n%s", p.URL, text, p.excerpt())
		}
	}
	return p
}

// contains compares with white space folded, so that a line break in the page or
// in the test makes no difference.
func contains(read, text string) bool {
	return strings.Contains(read, text) || strings.Contains(fold(read), fold(text))
}

// In fails the test unless an element that sel (CSS) selects reads text.
func (p *Page) In(sel, text string) *Page {
	p.client.t.Helper()
	if found := p.Texts(sel); !slices.ContainsFunc(found, func(s string) bool { return contains(s, text) }) {
		p.client.t.Errorf("%s: no %s reads %q; they read %q", p.URL, sel, text, found)
	}
	return p
}

// NotIn fails the test if an element that sel selects reads text.
func (p *Page) NotIn(sel, text string) *Page {
	p.client.t.Helper()
	for _, s := range p.Texts(sel) {
		if contains(s, text) {
			p.client.t.Errorf("%s: %s reads %q", p.URL, sel, s)
		}
	}
	return p
}

// Texts reads every element that sel selects, in the order of the page.
func (p *Page) Texts(sel string) (texts []string) {
	p.client.t.Helper()
	for _, n := range p.all(sel) {
		texts = append(texts, textOf(n))
	}
	return texts
}

// Count is how many elements sel selects.
func (p *Page) Count(sel string) int {
	p.client.t.Helper()
	return len(p.all(sel))
}

// Attr is an attribute of the first element that sel selects, "" if there is none.
func (p *Page) Attr(sel, name string) string {
	p.client.t.Helper()
	if found := p.all(sel); len(found) > 0 {
		return attr(found[0], name)
	}
	return ""
}

// JSON reads the body into dst; a body that is not JSON fails the test.
func (p *Page) JSON(dst any) {
	p.client.t.Helper()
	if err := json.Unmarshal([]byte(p.Body), dst); err != nil {
		p.client.t.Fatalf("%s: %v\n%s", p.URL, err, p.excerpt())
	}
}

func (p *Page) all(sel string) []*html.Node {
	p.client.t.Helper()
	compiled, err := cascadia.ParseGroup(sel)
	if err != nil {
		p.client.t.Fatalf("selector %q: %v", sel, err)
	}
	if p.doc == nil {
		p.client.t.Fatalf("%s: no page but %s\n%s", p.URL, p.Header.Get("Content-Type"), p.excerpt())
	}
	return cascadia.QueryAll(p.doc, compiled)
}

// address is where a link on this page leads.
func (p *Page) address(ref string) string {
	p.client.t.Helper()
	u, err := p.base.Parse(ref)
	if err != nil {
		p.client.t.Fatalf("%s: the address %q: %v", p.URL, ref, err)
	}
	return u.String()
}

func (p *Page) excerpt() string {
	const most = 2000
	text := p.Text()
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + " …"
	}
	return text
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// leadsTo is the address that this answer redirects to with GET, or "".
func (p *Page) leadsTo() string {
	p.client.t.Helper()
	switch p.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther:
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if p.method != http.MethodGet { // would send the form again
			return ""
		}
	default:
		return ""
	}
	if to := p.Header.Get("Location"); to != "" {
		return p.address(to)
	}
	return ""
}
