package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// line is one thing the catalogue asks.
type line struct {
	id, applies, text string
	tests             []test
	standing          []standing
}

// test is a test that shows a line.
type test struct{ name, path string }

// standing is what is said of a line besides its tests.
type standing struct {
	kind string // one of kinds
	text string
}

// kinds of standing, as they are read in the document. What is open stays so until
// somebody takes the line away; what is untried is over with the first test.
var kinds = map[string]string{"doc": "documented", "exception": "exception", "open": "open", "untried": "open"}

// families are the parts of the catalogue by the beginning of their ids.
var families = []struct{ begins, title string }{
	{"v5.0.0-", "OWASP ASVS 5.0.0, levels 1 and 2, and what of level 3 is worth taking"},
	{"DB3-", "GB/T 22239-2019 (等保 2.0) level 3, what the application itself meets"},
	{"PI-", "Personal information and data"},
	{"API", "OWASP API Security Top 10, 2023"},
	{"A", "OWASP Top 10 for web applications, 2025"},
	{"AB-", "Forty abuse cases"},
	{"C", "Collisions, and what was decided"},
}

func familyOf(id string) int {
	best := -1
	for i, f := range families {
		if strings.HasPrefix(id, f.begins) && (best < 0 || len(f.begins) > len(families[best].begins)) {
			best = i
		}
	}
	return best
}

// asked reads the catalogue with what is said of its lines and what the tests show.
func asked(root string) ([]*line, error) {
	var all []*line
	by := map[string]*line{}
	err := columns(filepath.Join(root, "docs/security/catalogue.tsv"), 3, func(c []string) error {
		if by[c[0]] != nil || familyOf(c[0]) < 0 {
			return fmt.Errorf("%q stands twice or belongs to no part", c[0])
		}
		l := &line{id: c[0], applies: c[1], text: c[2]}
		by[l.id], all = l, append(all, l)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = columns(filepath.Join(root, "docs/security/standing.tsv"), 3, func(c []string) error {
		for id := range strings.FieldsSeq(c[0]) {
			if by[id] == nil || kinds[c[1]] == "" || strings.TrimSpace(c[2]) == "" {
				return fmt.Errorf("%s: no such line, no such kind %q, or no reason", id, c[1])
			}
			by[id].standing = append(by[id].standing, standing{c[1], c[2]})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = shown(root, func(id string, t test) error {
		if by[id] == nil {
			return fmt.Errorf("%s: %s holds %q, which the catalogue does not have", t.path, t.name, id)
		}
		by[id].tests = append(by[id].tests, t)
		return nil
	})
	for _, l := range all {
		if len(l.tests) > 0 {
			l.standing = slices.DeleteFunc(l.standing, func(s standing) bool { return s.kind == "untried" })
		}
	}
	return all, err
}

// columns reads a file of columns between tabs.
func columns(path string, n int, each func([]string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for at := 1; in.Scan(); at++ {
		if in.Text() == "" || in.Text()[0] == '#' {
			continue
		}
		c := strings.Split(in.Text(), "\t")
		if len(c) != n {
			return fmt.Errorf("%s line %d: %d columns", filepath.Base(path), at, len(c))
		}
		if err := each(c); err != nil {
			return fmt.Errorf("%s line %d: %w", filepath.Base(path), at, err)
		}
	}
	return in.Err()
}

// shown gives each line that a test of the house says it holds.
func shown(root string, each func(id string, t test) error) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		placed := map[*ast.Comment]bool{}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Doc == nil || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") && !strings.HasPrefix(f.Name.Name, "Fuzz") {
				continue
			}
			for _, c := range f.Doc.List {
				ids, ok := held(c.Text)
				placed[c] = ok
				for _, id := range ids {
					if err := each(id, test{f.Name.Name, filepath.ToSlash(rel)}); err != nil {
						return err
					}
				}
			}
		}
		for _, g := range file.Comments {
			for _, c := range g.List {
				if _, ok := held(c.Text); ok && !placed[c] {
					return fmt.Errorf("%s: %q stands above no test", rel, c.Text)
				}
			}
		}
		return nil
	})
}

func held(comment string) (ids []string, ok bool) {
	rest, ok := strings.CutPrefix(comment, "// Holds:")
	if !ok {
		return nil, false
	}
	ids = strings.Fields(rest)
	slices.Sort(ids)
	return slices.Compact(ids), ok
}
