package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// tableRows writes the rows of a table. A page has fifty of them with eight cells
// each, so they are the one part written by hand: a tenth of the time of the rest.
func tableRows(w Words, t Table) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, out io.Writer) error {
		h := make(markup, 0, 200*len(t.Rows)*max(1, len(t.Columns)))
		tick := ""
		if len(t.Bulk) > 0 {
			tick = w.T("ui.tick") + " "
		}
		for i := range t.Rows {
			h.row(&t, &t.Rows[i], tick)
		}
		_, err := out.Write(h)
		return err
	})
}

// markup is a piece of a page being written.
type markup []byte

func (h *markup) raw(s string) { *h = append(*h, s...) }

// text writes what came from elsewhere, so that it stays text.
func (h *markup) text(s string) {
	start := 0
	for i := 0; i < len(s); i++ {
		var as string
		switch s[i] {
		case '&':
			as = "&amp;"
		case '<':
			as = "&lt;"
		case '>':
			as = "&gt;"
		case '"':
			as = "&#34;"
		case '\'':
			as = "&#39;"
		default:
			continue
		}
		*h = append(append(*h, s[start:i]...), as...)
		start = i + 1
	}
	*h = append(*h, s[start:]...)
}

func (h *markup) attr(name, value string) {
	if value != "" {
		h.raw(" " + name + `="`)
		h.text(value)
		h.raw(`"`)
	}
}

func (h *markup) link(class, href, title, text string) {
	h.raw("<a")
	h.attr("class", class)
	h.attr("href", string(templ.URL(href)))
	h.attr("title", title)
	h.raw(">")
	h.text(text)
	h.raw("</a>")
}

func (h *markup) row(t *Table, r *Row, tick string) {
	class := toneClass("edge", r.Tone)
	if r.Quiet {
		class += " pale"
	}
	if r.Href != "" {
		class += " opens"
	}
	h.raw("<tr")
	h.attr("class", class)
	h.raw(">")
	if len(t.Bulk) > 0 {
		h.raw(`<td class="tick-cell">`)
		if r.Check != "" {
			h.raw(`<label><input type="checkbox" name="id"`)
			h.attr("value", r.Check)
			h.attr("form", t.id()+"-bulk")
			h.attr("aria-label", tick+r.name())
			h.raw("></label>")
		}
		h.raw("</td>")
	}
	for n := range r.Cells {
		h.cell(t, r, n)
	}
	h.raw("</tr>")
}

// long says whether what a thing is called is a sentence: on a phone its state stands
// below it, not beside.
func long(text string) bool { return width(text) > 44 }

func (h *markup) cell(t *Table, r *Row, n int) {
	c := &r.Cells[n]
	var head Head
	if n < len(t.Columns) {
		head = t.Columns[n]
	}
	h.raw(`<td class="`)
	switch {
	case c.State:
		h.raw("state-cell")
	case c.Tone != Plain:
		h.raw("text-")
		h.text(string(c.Tone))
	}
	for _, p := range [...]struct {
		is   bool
		name string
	}{{n == 0, " first"}, {n == 0 && long(c.Text), " long"}, {c.Num || head.Num, " num"}, {head.Minor, " minor"}, {c.Text == "" && c.Icon == "", " blank"}, {brief(c.Text), " brief"},
		{c.Flag != "", " flag"}, {c.Flag == No, " no"}, {c.When, " when"}, {head.Named, " named"}} {
		if p.is {
			h.raw(p.name)
		}
	}
	h.raw(`"`)
	if c.Num || head.Num || c.When || head.Named || c.Flag != "" { // said before the figure, or for the yes, where there is no heading, on a phone
		h.attr("data-label", head.Label)
	}
	h.raw(">")
	if c.Icon != "" {
		h.raw(drawing(c.Icon))
	}
	switch {
	case n == 0 && r.Href != "":
		h.link("row-link", r.Href, c.Title, c.Text)
	case c.State && c.Text != "":
		h.raw("<span")
		h.attr("class", "state "+toneClass("state", c.Tone))
		h.attr("title", c.Title)
		h.raw(">")
		h.text(c.Text)
		h.raw("</span>")
	case c.Flag != "" && c.Href == "":
		h.raw("<span>")
		h.text(c.Text)
		h.raw("</span>")
	case c.Href != "":
		h.link("", c.Href, c.Title, c.Text)
	case c.Title != "":
		h.raw("<span")
		h.attr("title", c.Title)
		h.raw(">")
		h.text(c.Text)
		h.raw("</span>")
	default:
		h.text(c.Text)
	}
	if c.Sub != "" {
		h.raw("<small>")
		h.text(c.Sub)
		h.raw("</small>")
	}
	h.raw("</td>")
}
