package hospital_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/web"
	"houqin/internal/base/webtest"
	"houqin/internal/hospital"
	"houqin/internal/rules"
)

var clauseID = regexp.MustCompile(`\b[A-X]-\d{3}(\.[a-z_]+)?\b`)

// tested are the tests of each room and its counter, with the clauses that stand on
// the "// Clause:" line above them.
func tested(t *testing.T) map[string]map[string][]string {
	t.Helper()
	all := map[string]map[string][]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		room := strings.Split(filepath.ToSlash(path), "/")[1]
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") {
				continue
			}
			if all[room] == nil {
				all[room] = map[string][]string{}
			}
			all[room][fn.Name.Name] = []string{}
			for line := range strings.SplitSeq(fn.Doc.Text(), "\n") {
				if ids, ok := strings.CutPrefix(line, "Clause: "); ok {
					all[room][fn.Name.Name] = append(all[room][fn.Name.Name], strings.Fields(ids)...)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A room that claims a clause names tests of its own which say that they prove it, and
// a test that says so is named by the claim: neither stands without the other.
func TestEveryClaimIsProved(t *testing.T) {
	book, err := hospital.Book(nil)
	if err != nil {
		t.Fatal(err)
	}
	zh, proofs := book.In("zh"), tested(t)
	for room, claims := range hospital.Claimed {
		for _, c := range claims {
			if _, ok := rules.ByID(c.Clause); !ok {
				t.Errorf("%s claims %s, which is not in the book", room, c.Clause)
			}
			if !slices.Contains(rules.Hows, string(c.How)) || c.How == rules.Open {
				t.Errorf("%s keeps %s in no known way: %q", room, c.Clause, c.How)
			}
			if c.How == rules.Background {
				if said, _ := rules.ByID(c.Clause); said.Background == nil && !zh.Has(c.Reason) {
					t.Errorf("%s says that %s asks nothing, and not why", room, c.Clause)
				}
				continue
			}
			if !zh.Has(c.By) {
				t.Errorf("%s keeps %s, and no words say how: %q", room, c.Clause, c.By)
			}
			if len(c.Tests) == 0 {
				t.Errorf("%s claims %s and names no test", room, c.Clause)
			}
			for _, name := range c.Tests {
				if of, ok := proofs[room][name]; !ok {
					t.Errorf("%s claims %s by %s, and has no such test", room, c.Clause, name)
				} else if !slices.Contains(of, c.Clause) {
					t.Errorf("%s claims %s by %s, above which no // Clause: names it", room, c.Clause, name)
				}
			}
		}
	}
	for room, of := range proofs {
		for name, ids := range of {
			for _, id := range ids {
				if !slices.ContainsFunc(hospital.Claimed[room], func(c rules.Claim) bool { return c.Clause == id && slices.Contains(c.Tests, name) }) {
					t.Errorf("%s of %s says that it proves %s, and no claim names it", name, room, id)
				}
			}
		}
	}
}

// A clause or a parameter that the code speaks of is in the book.
func TestEveryClauseSpokenOfIsInTheBook(t *testing.T) {
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasPrefix(filepath.ToSlash(path), "../base/") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, id := range clauseID.FindAllString(string(b), -1) {
			found++
			clause, param, has := strings.Cut(id, ".")
			c, ok := rules.ByID(clause)
			if ok && has {
				// A claim's words end in a clause and may say more.
				ok = slices.ContainsFunc(c.Params, func(p rules.Param) bool { return p.Key == id }) || strings.Contains(string(b), ".rule."+id)
			}
			if !ok && !notInTheBook[id] {
				t.Errorf("%s speaks of %s (%s), which is not in the book", path, id, param)
			}
		}
		return nil
	})
	if err != nil || found < 100 {
		t.Errorf("%d clauses spoken of, %v", found, err)
	}
}

// notInTheBook look like clauses and are not: what tests ask for in vain.
var notInTheBook = map[string]bool{"A-010.nothing": true}

// The pages that claims lead to are there.
func TestEveryClaimLeadsSomewhere(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		doors := map[string]bool{}
		for _, rt := range h.Site.Routes() {
			doors[rt.At] = true
		}
		until := h.DB.Today()
		for _, c := range hospital.Claims {
			if c.Page != "" && !doors["GET "+c.Page] {
				t.Errorf("%s leads to %s, where no door is", c.Clause, c.Page)
			}
			if c.Evidence == nil {
				continue
			}
			e, err := c.Evidence(t.Context(), h.DB, until.AddDays(-30), until)
			if err != nil {
				t.Errorf("%s: %v", c.Clause, err)
			}
			for _, link := range []string{e.Link, e.BrokenLink} {
				path, _, _ := strings.Cut(link, "?")
				if link != "" && !doors["GET "+path] {
					t.Errorf("the evidence of %s opens %s, where no door is", c.Clause, link)
				}
			}
		}
		if err := h.Measure(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// A register that is said to be kept is one of the book's, its list answers, and what
// is printed of a record has a door; one whose clause a room records is not forgotten.
func TestEveryRegisterKeptIsThere(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		doors := map[string]bool{}
		for _, rt := range h.Site.Routes() {
			doors[rt.At] = true
		}
		known := map[string]bool{}
		for _, g := range rules.Registers {
			known[g.Name.Zh] = true
			for _, id := range g.Clauses {
				if slices.ContainsFunc(rules.Of(hospital.Claims, id), func(c rules.Claim) bool { return c.How == rules.Records && c.Page != "" }) && hospital.Registers[g.Name.Zh].Page == "" {
					t.Errorf("%s: %s is recorded, and the register is not said to be kept", g.Name.Zh, id)
				}
			}
		}
		h.Site.Who = func(*http.Request) (web.Visitor, error) {
			all := db.Rights{}
			for _, p := range hospital.Permissions {
				all[p] = db.Scope{All: true}
			}
			return web.Visitor{Actor: db.Actor{ID: "everything", Name: "全权", Rights: all}, Lang: "zh"}, nil
		}
		for name, at := range hospital.Registers {
			path, _, _ := strings.Cut(at.Page, "?")
			if !known[name] || !doors["GET "+path] || at.Print != "" && !doors["GET "+at.Print] {
				t.Errorf("%s is kept at %+v, and that is not there", name, at)
			}
			webtest.Run(t, h.Site, webtest.Call{URL: at.Page, NotSee: []string{"«"}})
		}
		webtest.Run(t, h.Site, webtest.Call{URL: "/rules/registers", See: []string{"共 61 种，本系统已有 22 种", "工具台账", "可打印"}, NotSee: []string{"«"}})
	})
}

// Where several claims count for one clause, they count different things or say that
// they look again: the clause's figure is no sum of the same papers.
func TestNothingIsCountedTwiceForAClause(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		until := h.DB.Today()
		at := map[string]string{}
		for _, c := range hospital.Claims {
			if c.Evidence == nil || c.Again {
				continue
			}
			e, err := c.Evidence(t.Context(), h.DB, until.AddDays(-30), until)
			if err != nil {
				t.Fatal(err)
			}
			page, _, _ := strings.Cut(e.Link, "?")
			if other, ok := at[c.Clause+page]; ok && page != "" {
				t.Errorf("%s is counted at %s by %s and by %s", c.Clause, page, other, c.By)
			}
			at[c.Clause+page] = c.By
			if strings.HasPrefix(page, "/approvals/cases") {
				t.Errorf("%s: %s counts what was asked for, which its own room counts", c.Clause, c.By)
			}
		}
	})
}

// The kinds of documents that are said to be asked about are those that a room's source
// names.
func TestTheWaysInUseAreThoseAskedAbout(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		found := map[string]bool{}
		err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
			room := strings.Split(filepath.ToSlash(path), "/")
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || len(room) != 3 || slices.Contains([]string{"approvals", "hospital", "demo"}, room[1]) {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "May") {
					return false // a permission
				}
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && slices.Contains(approvals.Kinds, strings.Trim(l.Value, `"`)) {
					found[strings.Trim(l.Value, `"`)] = true
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range approvals.Kinds {
			if found[k] != slices.Contains(approvals.Used, k) {
				t.Errorf("%s is asked about: %v; said to be: %v", k, found[k], !found[k])
			}
		}
	})
}

// A clause that is kept in part says on its page what is not there yet, in both languages;
// what is kept whole lacks nothing.
func TestWhatIsKeptInPartSaysWhatIsLacking(t *testing.T) {
	book, err := hospital.Book(nil)
	if err != nil {
		t.Fatal(err)
	}
	partly := 0
	for _, c := range rules.Book {
		of := rules.Of(hospital.Claims, c.ID)
		lacks := slices.ContainsFunc(of, func(c rules.Claim) bool { return c.Lacks != "" })
		whole := len(of) == 0 || slices.ContainsFunc(of, func(c rules.Claim) bool { return !c.Partly })
		if whole == lacks {
			t.Errorf("%s: kept whole %v, says what is lacking %v", c.ID, whole, lacks)
		}
		if !whole {
			partly++
		}
		for _, x := range of {
			for _, lang := range []string{"zh", "en"} {
				if x.Lacks != "" && !book.In(lang).Has(x.Lacks) {
					t.Errorf("%s: no word %s in %s", c.ID, x.Lacks, lang)
				}
			}
		}
	}
	if partly == 0 || partly != rules.Cover(hospital.Claims).Partly {
		t.Errorf("%d clauses are kept in part, %d by their coverage", partly, rules.Cover(hospital.Claims).Partly)
	}
}
