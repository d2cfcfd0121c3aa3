// Package sitetest sets up a small site for the tests of one counter.
package sitetest

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words"
)

// Site is a site whose visitor the test names.
type Site struct {
	*web.Site
	By db.Actor // nobody when empty
}

// New makes a site on a database with the words of the rooms given.
func New(t testing.TB, d *db.DB, rooms ...fs.FS) *Site {
	t.Helper()
	book := &words.Book{Zone: d.Zone}
	for _, f := range append([]fs.FS{web.WordFiles, ui.WordFiles}, rooms...) {
		if err := book.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	s := &Site{Site: web.New(d, book, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})))}
	s.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: s.By, Lang: "zh"}, nil }
	return s
}

// Nobody stands in for a picker whose room is not under test: it finds nothing.
func (s *Site) Nobody(source string) {
	s.Picker(source, web.Picker{Need: web.SignedIn,
		Find: func(context.Context, db.Reader, db.Actor, string) ([]web.Pick, error) { return nil, nil },
		Label: func(context.Context, db.Reader, string) (string, error) {
			return "", fault.New(fault.NotFound, "base.not_found")
		}})
}
