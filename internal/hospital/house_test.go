package hospital_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/web"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

// each opens the whole building on both engines, empty.
func each(t *testing.T, f func(*testing.T, *hospital.Hospital)) {
	t.Run("sqlite", func(t *testing.T) { f(t, open(t, dbtest.SQLite(t, hospital.Migrations))) })
	t.Run("postgres", func(t *testing.T) {
		if address, ok := dbtest.Postgres(t, hospital.Migrations); ok {
			f(t, open(t, address))
		}
	})
}

// open opens the whole building on one database.
func open(t *testing.T, address string) *hospital.Hospital {
	t.Helper()
	h, err := hospital.Open(t.Context(), hospital.Config{DB: address, Data: t.TempDir(), Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// as answers a request as somebody, whatever the cookies say.
func as(h *hospital.Hospital, by db.Actor, method, at string) *httptest.ResponseRecorder {
	h.Site.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: by, Lang: "zh"}, nil }
	r := httptest.NewRequest(method, at, nil)
	if method != "GET" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.Site.ServeHTTP(w, r)
	return w
}

var inBraces = regexp.MustCompile(`\{\w+\}`)

// Every door of the building refuses nobody, and a person without any right, unless
// it says that it is open to them.
// Holds: v5.0.0-8.2.1 v5.0.0-8.3.1 v5.0.0-6.3.4 DB3-8.1.4.2-a API5:2023 A01:2025 AB-03
func TestEveryDoorIsLocked(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		nothing := dbtest.Person("somebody")
		for _, rt := range h.Site.Routes() {
			method, path, _ := strings.Cut(rt.At, " ")
			at := inBraces.ReplaceAllString(path, "06j10taa0183ztkfdbdc")
			if rt.Need == web.Anyone || at == "/live" {
				continue
			}
			for _, prefix := range []string{"", "/api"} {
				if rt.PageOnly && prefix != "" {
					continue
				}
				if w := as(h, db.Actor{}, method, prefix+at); prefix == "" && (w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/sign-in")) || prefix != "" && w.Code != 401 {
					t.Errorf("%s %s lets nobody in: %d", method, prefix+at, w.Code)
				}
				w := as(h, nothing, method, prefix+at)
				if rt.Need == web.SignedIn {
					if w.Code >= 500 {
						t.Errorf("%s %s: %d", method, prefix+at, w.Code)
					}
					continue
				}
				if w.Code != 403 {
					t.Errorf("%s %s lets a person without rights in: %d", method, prefix+at, w.Code)
				}
			}
		}
	})
}

// Each permission that a door asks for exists, has words, and is in a shipped role.
// Holds: v5.0.0-8.1.1
func TestEveryPermissionIsKnown(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		zh := h.Site.Words.In("zh")
		for _, rt := range h.Site.Routes() {
			if rt.Need != web.Anyone && rt.Need != web.SignedIn && !slices.Contains(hospital.Permissions, rt.Need) {
				t.Errorf("%s needs %q, which no room declares", rt.At, rt.Need)
			}
		}
		for _, p := range hospital.Permissions {
			if !zh.Has("may." + p) {
				t.Errorf("the permission %s has no words", p)
			}
			if !slices.ContainsFunc(hospital.Roles, func(r people.RoleSpec) bool { return slices.Contains(r.Rights, p) }) {
				t.Errorf("no shipped role holds %s", p)
			}
		}
	})
}

// Every list of the building runs with every sort, filter and search, and its
// default view walks no whole table.
// Holds: v5.0.0-1.2.4 v5.0.0-1.2.9 A05:2025 AB-32
func TestEveryListRuns(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		boss := db.System("boss")
		seen := map[string]bool{}
		for _, rt := range h.Site.Routes() {
			if rt.List == nil || seen[rt.List.Describe(boss).Name] {
				continue
			}
			d := rt.List.Describe(boss)
			seen[d.Name] = true
			queries := []url.Values{{}, {"size": {"200"}}}
			if d.Search {
				for _, q := range []string{"水", "水管", "sg", "abc", "RK-2026-000123", "don't \"quote\" * me"} {
					queries = append(queries, url.Values{"q": {q}})
				}
			}
			for _, c := range d.Columns {
				if c.Sort {
					queries = append(queries, url.Values{"sort": {c.Key}}, url.Values{"sort": {"-" + c.Key}})
				}
				for _, o := range c.OneOf {
					queries = append(queries, url.Values{c.Key: {o}})
				}
				switch {
				case c.Ref != "":
					queries = append(queries, url.Values{c.Key: {"06j10taa0183ztkfdbdc"}})
				case c.Kind == list.Flag:
					queries = append(queries, url.Values{c.Key: {"true"}})
				}
				if c.Range {
					v := map[list.Kind]string{list.Day: "2026-11-21", list.Instant: "2026-11-21", list.Money: "12.50"}[c.Kind]
					if v == "" {
						v = "7"
					}
					queries = append(queries, url.Values{c.Key + ".from": {v}, c.Key + ".to": {v}})
				}
			}
			for _, v := range queries {
				q, err := rt.List.Parse(v, boss)
				if err != nil {
					t.Errorf("%s?%s: %v", d.Name, v.Encode(), err)
					continue
				}
				if _, err := rt.List.Rows(t.Context(), h.DB, q, list.Where{}); err != nil {
					t.Errorf("%s?%s: %v", d.Name, v.Encode(), err)
				}
			}
			if h.DB.Postgres() || d.Short || strings.Contains(rt.At, "{") { // a record's own rows are few
				continue
			}
			spy := &spy{DB: h.DB}
			q, _ := rt.List.Parse(url.Values{}, boss)
			if _, err := rt.List.Rows(t.Context(), spy, q, list.Where{}); err != nil {
				t.Error(err)
			}
			for _, line := range spy.plans(t) {
				if strings.HasPrefix(line, "SCAN") && !strings.Contains(line, " USING ") || strings.Contains(line, "FOR ORDER BY") {
					t.Errorf("%s: its default view walks or sorts a whole table: %s", d.Name, line)
				}
			}
		}
		if len(seen) < 8 {
			t.Errorf("only %d lists were found", len(seen))
		}
	})
}

// spy keeps the queries that a list sends.
type spy struct {
	*db.DB
	sent []string
	args [][]any
}

func (s *spy) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s.sent, s.args = append(s.sent, q), append(s.args, args)
	return s.DB.QueryContext(ctx, q, args...)
}

// plans are what SQLite means to do for each. (Counting stops at a thousand rows and
// goes another way.)
func (s *spy) plans(t *testing.T) (lines []string) {
	for i, q := range s.sent {
		all, err := db.All(t.Context(), s.DB, func(p *plan) []any { return []any{&p.id, &p.parent, &p.unused, &p.detail} }, "EXPLAIN QUERY PLAN "+q, s.args[i]...)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			lines = append(lines, p.detail)
		}
	}
	return lines
}

type plan struct {
	id, parent, unused int64
	detail             string
}

var missing = regexp.MustCompile(`«[^»]*»`)

// Every word is there in both languages (the book refuses otherwise), and every word
// is used somewhere: by its key in the code, or by a table that forms it.
func TestEveryWordIsUsed(t *testing.T) {
	book, err := hospital.Book(nil)
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	data := map[string]bool{}
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".txt") {
				b, err := os.ReadFile(path)
				for _, w := range regexp.MustCompile(`\w+`).FindAllString(string(b), -1) {
					data[w] = true
				}
				return err
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			code.Write(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	text := code.String()
	literals := map[string]bool{}
	for _, m := range regexp.MustCompile(`"([^"\s]+)"`).FindAllStringSubmatch(text, -1) {
		literals[m[1]] = true
	}
	// A word of a table's data, such as a holiday's name, and a number are said by the data.
	said := func(w string) bool {
		_, err := strconv.Atoi(w)
		return literals[w] || literals[strings.ToUpper(w)] || data[w] || err == nil || w == "hint" || w == "empty" || w == "id"
	}
	for _, key := range book.Keys() {
		p, may := strings.CutPrefix(key, "may.")
		ok := literals[key] || may && slices.Contains(hospital.Permissions, p) || strings.HasPrefix(key, "did.") || strings.HasPrefix(key, "base.status.")
		// Formed by a table or a concatenation: a beginning of the key stands in the code,
		// and so does the rest, whole or word by word.
		for i := 1; i < len(key) && !ok; i++ {
			if !literals[key[:i]] {
				continue
			}
			rest := strings.TrimPrefix(key[i:], ".")
			ok = said(rest) || !slices.ContainsFunc(strings.Split(rest, "."), func(w string) bool { return !said(w) && !literals["."+w] })
		}
		if !ok {
			t.Errorf("the word %s is used nowhere", key)
		}
	}
}

// The API's document is made of what the routes really are.
// Holds: API9:2023
func TestTheDocumentIsWhole(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		doc := h.Site.OpenAPI("Houqin", "test")
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(b), `"operationId"`); n < 30 {
			t.Errorf("%d operations", n)
		}
		if missing.Match(b) {
			t.Errorf("a word is missing: %s", missing.FindAll(b, -1))
		}
	})
}

// saysWords are the calls whose argument of this number is a word's key.
var saysWords = map[string]int{"fault.New": 1, "fault.OnField": 1, "T": 0, "Add": 1}

// Every word that the code says, as a message, a complaint or a label, is in the book.
func TestEveryWordSaidIsThere(t *testing.T) {
	book, err := hospital.Book(nil)
	if err != nil {
		t.Fatal(err)
	}
	zh := book.In("zh")
	said := 0
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "sitetest.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			name := sel.Sel.Name
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "fault" {
				name = "fault." + name
			}
			at, ok := saysWords[name]
			if !ok || len(call.Args) <= at {
				return true
			}
			lit, ok := call.Args[at].(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			key, _ := strconv.Unquote(lit.Value)
			if !strings.Contains(key, ".") || strings.ContainsAny(key, " /") {
				return true // not a key: a header, a path
			}
			said++
			if !zh.Has(key) {
				t.Errorf("%s says %q, which is in no words file", path, key)
			}
			return true
		})
		return nil
	})
	if err != nil || said < 200 {
		t.Errorf("%d words said, %v", said, err)
	}
}
