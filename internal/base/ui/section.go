package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// None is a part with nothing in it; no card is drawn around it.
var None templ.Component = none{}

type none struct{}

func (none) Render(context.Context, io.Writer) error { return nil }

// Section is a [Card] around parts, for pages put together in Go.
func Section(title string, body templ.Component, more ...Link) templ.Component {
	if body == None {
		return None
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return Card(title, more...).Render(templ.WithChildren(ctx, body), w)
	})
}

// Beside puts two parts beside each other on a wide screen, the main one first.
func Beside(main, aside templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return Columns().Render(templ.WithChildren(ctx, templ.Join(main, aside)), w)
	})
}

// Below puts parts below each other with room between.
func Below(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return Stack().Render(templ.WithChildren(ctx, templ.Join(parts...)), w)
	})
}
