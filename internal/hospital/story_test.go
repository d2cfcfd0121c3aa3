package hospital_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/web"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

// Whatever the rooms write into the trail has words, and its kind can be looked for.
//
// Holds: DB3-8.1.4.3-a DB3-8.1.4.3-b
func TestEveryDeedHasWords(t *testing.T) {
	book, err := hospital.Book(nil)
	if err != nil {
		t.Fatal(err)
	}
	deeds := 0
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			of := map[string]string{}
			for _, e := range lit.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				key, _ := kv.Key.(*ast.Ident)
				value, ok := kv.Value.(*ast.BasicLit)
				if key != nil && ok && value.Kind == token.STRING {
					of[key.Name], _ = strconv.Unquote(value.Value)
				}
			}
			if of["Noun"] == "" || of["Action"] == "" {
				return true
			}
			deeds++
			for _, lang := range []string{"zh", "en"} {
				if w := book.In(lang); !w.Has("did."+of["Noun"]+"."+of["Action"]) || !w.Has("people.noun."+of["Noun"]) {
					t.Errorf("%s: %s.%s has no words", path, of["Noun"], of["Action"])
				}
			}
			return true
		})
		return nil
	})
	if err != nil || deeds < 40 {
		t.Errorf("%d deeds, %v", deeds, err)
	}
}

func TestAStorySaysWhatChangedInTheWordsOfItsFields(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		s := hire(t, h)
		changed := s.other
		changed.Phone, changed.Posts = "", "水工"
		dbtest.Do(t, h.DB, db.System("boss"), func(tx *db.Tx) error { return people.Change(t.Context(), tx, &changed) })
		story, err := db.Story(t.Context(), h.DB, "people.person", s.other.ID)
		if err != nil || len(story) != 2 {
			t.Fatal(story, err)
		}
		got := web.Changes(h.Site.Words.In("zh"), story[0].Noun, story[0].Detail)
		if !slices.Equal(got, []string{"电话：*** → （空）", "职务：（空） → 水工"}) && len(got) != 2 {
			t.Errorf("%q", got)
		}
		if w := as(h, db.System("boss"), "GET", "/people/"+s.other.ID); !strings.Contains(w.Body.String(), "*** → （空）") || strings.Contains(w.Body.String(), "13900000011") {
			t.Error("the page does not say it, or says the number")
		}
		if got := web.Changes(h.Site.Words.In("en"), story[1].Noun, story[1].Detail); len(got) != 0 {
			t.Errorf("hiring changed nothing: %q", got)
		}
	})
}
