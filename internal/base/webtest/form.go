package webtest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Fill is what a person enters, by the name of the field: a text, the value or
// the text of a choice, "on" for a checkbox; several values for fields of the
// same name; nil to empty or uncheck it.
type Fill = url.Values

// Press finds the button that reads button (or that the CSS selector selects),
// fills the form it stands in and presses it, as a person would: hidden fields and
// what stood in the other fields go along, and redirects are followed. It fails
// the test for what a person could not do: a button or field that is not there,
// or is there twice, disabled, hidden or read-only, or a choice that is not offered.
func (p *Page) Press(button string, fill Fill, files ...File) *Page {
	p.client.t.Helper()
	return p.client.arrive(p.client.send(p.press(button, fill, files)))
}

// PressWant is Press for a form that is not accepted: it returns the answer
// itself, whose status must be want.
func (p *Page) PressWant(want int, button string, fill Fill, files ...File) *Page {
	p.client.t.Helper()
	call := p.press(button, fill, files)
	call.Want = want
	return p.client.Do(call)
}

// Follow opens the link that reads text, or that the CSS selector selects.
func (p *Page) Follow(text string) *Page {
	p.client.t.Helper()
	link := p.one("a[href]", text)
	return p.client.Get(p.address(attr(link, "href")))
}

// Input is what stands in the field of that name: of a choice its value, of a
// checkbox that is not checked "". No such field fails the test.
func (p *Page) Input(name string) string {
	p.client.t.Helper()
	fields := slices.DeleteFunc(p.all("input, select, textarea"), func(n *html.Node) bool { return attr(n, "name") != name })
	if len(fields) == 0 {
		p.client.t.Fatalf("%s: no field %q\n%s", p.URL, name, p.excerpt())
	}
	for _, n := range fields {
		if values := standing(n); len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// one finds the only element of that kind which reads text, or else which text
// selects.
func (p *Page) one(kind, text string) *html.Node {
	p.client.t.Helper()
	var found []*html.Node
	for _, n := range p.all(kind) {
		if slices.Contains([]string{textOf(n), fold(attr(n, "aria-label")), within(n)}, fold(text)) {
			found = append(found, n)
		}
	}
	if len(found) == 0 && strings.ContainsAny(text, "#.[]:> ") {
		found = slices.DeleteFunc(p.all(text), func(n *html.Node) bool { return !slices.Contains(p.all(kind), n) })
	}
	if len(found) != 1 {
		p.client.t.Fatalf("%s: %d times %q among %q", p.URL, len(found), text, p.Texts(kind))
	}
	return found[0]
}

// within reads what stands in an element, without its own label.
func within(n *html.Node) string {
	var b strings.Builder
	for c := range n.ChildNodes() {
		read(&b, c)
	}
	return fold(b.String())
}

const buttons = "button:not([type]), button[type=submit], input[type=submit], input[type=image]"

func (p *Page) press(text string, fill Fill, files []File) Call {
	p.client.t.Helper()
	button := p.one(buttons, text)
	if disabled(button) {
		p.client.t.Fatalf("%s: the button %q is disabled", p.URL, text)
	}
	form := p.formOf(button)
	if form == nil {
		p.client.t.Fatalf("%s: the button %q stands in no form", p.URL, text)
	}
	values := url.Values{}
	left := Fill{}
	for name, entered := range fill {
		left[name] = slices.Clone(entered)
	}
	chosen := map[string]bool{}
	for _, n := range p.all("input, select, textarea, button") {
		name := attr(n, "name")
		if name == "" || disabled(n) || p.formOf(n) != form {
			continue
		}
		if isButton(n) {
			if n == button {
				values.Add(name, attr(n, "value"))
			}
			continue
		}
		if attr(n, "type") == "file" {
			if slices.ContainsFunc(files, func(f File) bool { return f.Field == name }) {
				chosen[name] = true
			}
			continue
		}
		if entered, ok := fill[name]; ok && enterable(n) {
			chosen[name] = true
			if len(entered) > 0 && len(left[name]) == 0 && !checkable(n) { // a further line, left as it is
				values[name] = append(values[name], standing(n)...)
				continue
			}
			for _, v := range enter(n, left) {
				values.Add(name, v)
			}
			continue
		}
		for _, v := range standing(n) {
			values.Add(name, v)
		}
	}
	for name := range fill {
		if !chosen[name] {
			p.client.t.Fatalf("%s: the form of %q has no field %q that a person can fill", p.URL, text, name)
		}
		if len(left[name]) > 0 {
			p.client.t.Fatalf("%s: %q cannot be entered in the field %q of the form of %q", p.URL, left[name], name, text)
		}
	}
	for _, f := range files {
		if !chosen[f.Field] {
			p.client.t.Fatalf("%s: the form of %q has no file field %q", p.URL, text, f.Field)
		}
	}
	return p.sent(form, button, values, files)
}

// sent is the request that the browser would make of the form.
func (p *Page) sent(form, button *html.Node, values url.Values, files []File) Call {
	p.client.t.Helper()
	either := func(onButton, onForm string) string {
		if has(button, onButton) {
			return attr(button, onButton)
		}
		return attr(form, onForm)
	}
	u, err := p.base.Parse(either("formaction", "action"))
	if err != nil {
		p.client.t.Fatalf("%s: where the form is sent: %v", p.URL, err)
	}
	u.Fragment = ""
	call := Call{Header: map[string]string{"Referer": Origin + p.URL, "Sec-Fetch-Site": "same-origin"}}
	if strings.EqualFold(either("formmethod", "method"), http.MethodPost) {
		call.Method, call.Form, call.Files = http.MethodPost, values, files
		call.Header["Origin"] = Origin
		if len(files) > 0 && !strings.EqualFold(either("formenctype", "enctype"), "multipart/form-data") {
			p.client.t.Fatalf("%s: the form would send only the names of the files: it lacks enctype multipart/form-data", p.URL)
		}
	} else {
		u.RawQuery = values.Encode()
	}
	call.URL = u.String()
	return call
}

// enter takes from left what a person enters in this field, and returns what the
// field then sends. What does not fit stays in left.
func enter(n *html.Node, left Fill) []string {
	name := attr(n, "name")
	switch {
	case n.DataAtom == atom.Select:
		var sends []string
		for _, o := range options(n) {
			i := slices.IndexFunc(left[name], func(s string) bool { return s == optionValue(o) || fold(s) == textOf(o) })
			if i < 0 || disabled(o) || len(sends) > 0 && !has(n, "multiple") {
				continue
			}
			sends = append(sends, optionValue(o))
			left[name] = slices.Delete(left[name], i, i+1)
		}
		return sends
	case checkable(n):
		value := checkValue(n)
		i := slices.IndexFunc(left[name], func(s string) bool { return s == value || s == "on" && attr(n, "type") == "checkbox" })
		if i < 0 {
			return nil
		}
		left[name] = slices.Delete(left[name], i, i+1)
		return []string{value}
	}
	if len(left[name]) == 0 {
		return []string{""}
	}
	first := left[name][0]
	left[name] = left[name][1:]
	return []string{first}
}

// standing is what the field sends untouched.
func standing(n *html.Node) []string {
	switch {
	case n.DataAtom == atom.Textarea:
		var b strings.Builder
		for c := range n.ChildNodes() {
			b.WriteString(c.Data)
		}
		return []string{b.String()}
	case n.DataAtom == atom.Select:
		var selected []string
		for _, o := range options(n) {
			if has(o, "selected") && !disabled(o) {
				selected = append(selected, optionValue(o))
			}
		}
		if has(n, "multiple") {
			return selected
		}
		if len(selected) > 0 {
			return selected[len(selected)-1:]
		}
		for _, o := range options(n) {
			if !disabled(o) {
				return []string{optionValue(o)}
			}
		}
		return nil
	case checkable(n):
		if !has(n, "checked") {
			return nil
		}
		return []string{checkValue(n)}
	}
	return []string{attr(n, "value")}
}

func (p *Page) formOf(n *html.Node) *html.Node {
	if id := attr(n, "form"); id != "" {
		for _, form := range p.all("form") {
			if attr(form, "id") == id {
				return form
			}
		}
		return nil
	}
	for up := range n.Ancestors() {
		if up.DataAtom == atom.Form {
			return up
		}
	}
	return nil
}

func options(sel *html.Node) (found []*html.Node) {
	for n := range sel.Descendants() {
		if n.DataAtom == atom.Option {
			found = append(found, n)
		}
	}
	return found
}

func optionValue(o *html.Node) string {
	if has(o, "value") {
		return attr(o, "value")
	}
	return textOf(o)
}

func checkable(n *html.Node) bool {
	return n.DataAtom == atom.Input && (attr(n, "type") == "checkbox" || attr(n, "type") == "radio")
}

func checkValue(n *html.Node) string {
	if has(n, "value") {
		return attr(n, "value")
	}
	return "on"
}

func isButton(n *html.Node) bool {
	if n.DataAtom == atom.Button {
		return true
	}
	return n.DataAtom == atom.Input && slices.Contains([]string{"submit", "image", "button", "reset"}, attr(n, "type"))
}

// enterable tells the fields that a person can change.
func enterable(n *html.Node) bool {
	return attr(n, "type") != "hidden" && !has(n, "readonly")
}

// disabled counts a field in a disabled group too, except in the group's legend.
func disabled(n *html.Node) bool {
	if has(n, "disabled") {
		return true
	}
	inLegend := false
	for up := range n.Ancestors() {
		switch {
		case up.DataAtom == atom.Legend:
			inLegend = true
		case up.DataAtom == atom.Fieldset:
			if has(up, "disabled") && !inLegend {
				return true
			}
			inLegend = false
		case up.DataAtom == atom.Optgroup && has(up, "disabled"):
			return true
		}
	}
	return false
}
