package hospital_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"houqin/internal/base/db"
	"houqin/internal/hospital"
)

// mayWrite are the texts that pages may say without the words files, and why.
var mayWrite = map[string]string{
	"中文":      "a language's own name",
	"English": "a language's own name",
	"请经 HTTPS 访问 / This address is reached by HTTPS only": "said before anybody's language is known",
	",，、;；":     "what people may type between several things",
	" ,，;；、":    "what people may type between several things",
	"、":         "what stands between posts in the field that edits them",
	"No.":       "stands before the number on printed forms of either language",
	"后勤":        "the program's own name, until the hospital has given its own",
	"Houqin 后勤": "the program's own name, in a certificate",
	"— ":        "a dash",
}

// texts are the fields of page parts that people read.
var texts = []string{"Label", "Text", "Heading", "Title", "Sub", "Hint", "Submit", "Intro", "Caption", "Example", "Word", "Unit", "Note", "Line", "Say", "Confirm", "Closed", "Empty", "Short", "Name"}

// unread are fields of the same names that people do not read, by their type.
var unread = map[string]bool{"Action.Name": true, "Field.Name": true, "Pair.Name": true, "Of.Name": true, "Step.Name": true, "Done.Say": true, "Flow.Name": true, "Search.Name": true}

var (
	han = func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool {
			return unicode.Is(unicode.Han, r) || strings.ContainsRune("，。；：？！（）、“”《》", r)
		})
	}
	sentence = regexp.MustCompile(`^[A-Z][a-z]+( [A-Za-z0-9'’,]+)+[.!?:]?$`)
	wordsKey = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`) // other tests look whether it is in the files
	letters  = regexp.MustCompile(`\p{L}{2}`)
)

// written says why a piece of a page's code is a text that belongs into the words
// files, or "".
func written(s string) string {
	switch {
	case mayWrite[s] != "":
		return ""
	case han(s):
		return "Chinese"
	case sentence.MatchString(s):
		return "a sentence"
	}
	return ""
}

// Nothing that a person reads is written into a page: it stands in the words files,
// in both languages. Looked at are the counters, the parts that pages are made of,
// and the building's own pages; not the gallery of parts, whose content is a sample.
func TestNoTextIsWrittenIntoAPage(t *testing.T) {
	files := 0
	for _, root := range []string{"../base/ui", "../base/web", "../base/authority", ".", ".."} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if root == ".." && path != ".." && strings.Count(filepath.ToSlash(path), "/") >= 2 && !strings.HasSuffix(d.Name(), "web") {
					return fs.SkipDir
				}
				return nil
			}
			name := d.Name()
			if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "gallery") ||
				root == ".." && !strings.HasSuffix(filepath.Dir(path), "web") || name == "roles.go" && root == "." {
				return nil
			}
			files++
			for _, what := range textsIn(t, path) {
				t.Errorf("%s: %s; write it into the words files", path, what)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 60 {
		t.Errorf("only %d files were looked at", files)
	}
}

// textsIn are the texts that a file of Go code says by itself.
func textsIn(t *testing.T, path string) (found []string) {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	say := func(at token.Pos, why, s string) {
		found = append(found, "line "+strconv.Itoa(set.Position(at).Line)+" says "+strconv.Quote(s)+" ("+why+")")
	}
	var page strings.Builder // the markup of a template, without what is filled in
	silent := map[ast.Node]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil || silent[n] {
			return false
		}
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			name := called(n)
			switch {
			case name == "templruntime.WriteString":
				for _, a := range n.Args {
					if s, ok := literal(a); ok {
						page.WriteString(s)
						silent[a] = true
					}
				}
			case slices.Contains([]string{"panic", "errors.New", "fmt.Errorf", "template.New", "Error", "Warn", "Info"}, name):
				return false // read by those who run the program
			}
		case *ast.CompositeLit:
			kind := typeName(n.Type)
			for _, e := range n.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				key, _ := kv.Key.(*ast.Ident)
				s, ok := literal(kv.Value)
				if key == nil || !ok || !slices.Contains(texts, key.Name) || unread[kind+"."+key.Name] || !letters.MatchString(s) || wordsKey.MatchString(s) || mayWrite[s] != "" {
					continue
				}
				if kind == "" && key.Name == "Name" {
					continue
				}
				say(kv.Pos(), kind+"."+key.Name, s)
				silent[kv.Value] = true
			}
		case *ast.BasicLit:
			if s, ok := literal(n); ok {
				if why := written(s); why != "" {
					say(n.Pos(), why, s)
				}
			}
		}
		return true
	})
	for z := html.NewTokenizer(strings.NewReader(page.String())); ; {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.TextToken:
			if s := strings.TrimSpace(string(z.Text())); letters.MatchString(s) && mayWrite[s] == "" {
				found = append(found, "its markup says "+strconv.Quote(s))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			for _, a := range z.Token().Attr {
				if slices.Contains([]string{"title", "alt", "placeholder", "aria-label", "aria-description"}, a.Key) && letters.MatchString(a.Val) {
					found = append(found, "its markup says "+strconv.Quote(a.Val)+" in "+a.Key)
				}
			}
		}
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// called is the name of what is called: errors.New, panic, and of a method its own.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && f.Sel.Name != "Error" && f.Sel.Name != "Warn" && f.Sel.Name != "Info" {
			return x.Name + "." + f.Sel.Name
		}
		return f.Sel.Name
	}
	return ""
}

func typeName(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.IndexExpr:
		return typeName(t.X)
	case *ast.IndexListExpr:
		return typeName(t.X)
	case *ast.ArrayType:
		return typeName(t.Elt)
	case *ast.StarExpr:
		return typeName(t.X)
	}
	return ""
}

// Whatever is done to a record stands in the trail, and the trail can be narrowed to
// records of its kind.
func TestEveryDeedCanBeLookedFor(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		var kinds []string
		for _, rt := range h.Site.Routes() {
			if rt.At == "GET /audit" {
				for _, c := range rt.List.Describe(db.System("audit")).Columns {
					if c.Key == "noun" {
						kinds = c.OneOf
					}
				}
			}
		}
		if len(kinds) < 10 {
			t.Fatalf("the trail offers %q", kinds)
		}
		for _, key := range h.Site.Words.Keys() {
			deed := strings.Split(key, ".")
			if deed[0] == "did" && len(deed) == 4 && !slices.Contains(kinds, deed[1]+"."+deed[2]) {
				t.Errorf("%s: the trail cannot be narrowed to %s.%s; enter it among the kinds of peopleweb/audit.go", key, deed[1], deed[2])
			}
		}
	})
}

// What is written into a page is found, wherever it stands.
func TestAWrittenTextIsFound(t *testing.T) {
	for name, code := range map[string]string{
		"a Chinese word":   `func f() string { return "报修" }`,
		"a sentence":       `var s = g("The lamp is broken")`,
		"a label":          `var s = ui.Fact{Label: "Where"}`,
		"a unit in a list": `var s = []ui.Figure{{Value: n, Unit: "pieces"}}`,
		"markup":           `func f() { templruntime.WriteString(b, 1, "<p class=\"x\">Nothing here</p>") }`,
		"an attribute":     `func f() { templruntime.WriteString(b, 1, "<a title=\"Next page\">"); templruntime.WriteString(b, 2, "</a>") }`,
		"a list's comma":   `var s = strings.Join(names, "，")`,
	} {
		path := filepath.Join(t.TempDir(), "page.go")
		if err := os.WriteFile(path, []byte("package p\n\n"+code+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if found := textsIn(t, path); len(found) != 1 {
			t.Errorf("%s: found %q", name, found)
		}
	}
	path := filepath.Join(t.TempDir(), "page.go")
	if err := os.WriteFile(path, []byte("package p\n\nvar a, b, c = ui.Fact{Label: r.T(\"desk.jobs.place\"), Text: x}, fmt.Errorf(\"The disk is full\"), ui.Field{Unit: \"desk.minutes\", Name: \"trade\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if found := textsIn(t, path); len(found) != 0 {
		t.Errorf("found what is no text: %q", found)
	}
}
