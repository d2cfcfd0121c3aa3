package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Icon draws a small picture in the colour of the text around it. It says
// nothing to those who hear the page, so a word always stands beside it or in
// the label of its button. An unknown name draws nothing.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, drawing(name))
		return err
	})
}

// HasIcon reports whether there is a drawing of this name.
func HasIcon(name string) bool { _, ok := icons[name]; return ok }

func drawing(name string) string {
	inner, ok := icons[name]
	if !ok {
		return ""
	}
	return `<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">` + inner + `</svg>`
}
