package internal_test

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
)

// floors says where each room stands. A room imports only rooms on strictly lower
// landings. "why" is what to do about it.
var floors = map[string]string{
	"base":        "0",
	"forecast":    "1",  // no tables, no people: arithmetic
	"suggest":     "1",  // no tables, no people: words and the answers they were given
	"rules":       "1",  // the rulebook: below everybody who keeps a clause
	"recovery":    "1a", // no tables: what the law lets rooms deduct from a wage
	"departments": "1a", "calendar": "1a", "catalog": "1a", "suppliers": "1a",
	"places": "1b",
	"people": "1c",
	"files":  "1d", "messages": "1d",
	"approvals": "1e", // below everybody who asks it
	"warehouse": "2a", "assets": "2a",
	"disposal":     "2b",
	"counting":     "2b", // book and shelf compared
	"distribution": "2b", // goods given out person by person
	"requests":     "2b", // what departments ask the stores for
	"wardstores":   "2b", // what wards keep for themselves
	"purchasing":   "2c",
	"receiving":    "2d", // holds what comes against what was bought
	"desk":         "3a",
	"inbox":        "4a", "intake": "4a",
	"hospital": "8",
	"demo":     "9", // builds an invented hospital through everybody's commands
}

// source is one Go file of the house that is not a test.
type source struct {
	path, room, pkg string // pkg is the folder below internal
	file            *ast.File
}

func sources(t *testing.T) (all []source) {
	t.Helper()
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(fset, path, nil, 0)
		pkg := filepath.ToSlash(filepath.Dir(path))
		all = append(all, source{path, strings.Split(pkg, "/")[0], pkg, f})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func isWeb(pkg string) bool {
	return strings.HasSuffix(pkg, "web") && strings.Count(pkg, "/") == 1 && !strings.HasPrefix(pkg, "base/")
}

func imports(s source) (inside, outside []string) {
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		if rest, ok := strings.CutPrefix(p, "houqin/internal/"); ok {
			inside = append(inside, rest)
		} else {
			outside = append(outside, p)
		}
	}
	return inside, outside
}

func TestRoomsImportOnlyLowerFloors(t *testing.T) {
	for _, s := range sources(t) {
		floor, ok := floors[s.room]
		if !ok {
			t.Errorf("%s stands on no floor: enter it in the floor plan", s.room)
			continue
		}
		inside, _ := imports(s)
		for _, to := range inside {
			other := strings.Split(to, "/")[0]
			switch {
			case isWeb(to) && s.room != "hospital":
				t.Errorf("%s imports %s: nobody but the building imports a counter; what it needs belongs into the room itself", s.path, to)
			case other == s.room || isWeb(s.pkg) && floors[other] < floors["hospital"]:
			case s.room == "base":
				t.Errorf("%s imports %s: base knows nothing of hospitals", s.path, to)
			case floors[other] >= floor:
				t.Errorf("%s (floor %s) imports %s (floor %s): move the shared fact down, lift the process into a room above, or set a hook in hospital", s.path, floor, to, floors[other])
			}
		}
	}
}

// Rules see a moment and a person in their Tx; asking the clock, the dice or the
// whole database would escape it.
func TestRoomsAskNeitherTheClockNorTheDatabase(t *testing.T) {
	for _, s := range sources(t) {
		if s.room == "base" || s.room == "hospital" || s.room == "demo" {
			continue
		}
		_, outside := imports(s)
		for _, p := range outside {
			if p == "math/rand" || p == "math/rand/v2" || p == "database/sql" && !isWeb(s.pkg) {
				t.Errorf("%s imports %s: randomness and connections belong to base", s.path, p)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			switch {
			case !ok:
			case x.Name == "time" && (sel.Sel.Name == "Now" || sel.Sel.Name == "Since"):
				t.Errorf("%s asks the clock: use tx.Now or r.Moment()", s.path)
			case x.Name == "db" && sel.Sel.Name == "DB" && !isWeb(s.pkg) && !holdsDatabase[s.path]:
				t.Errorf("%s holds the database: rooms write through *db.Tx and read through db.Reader", s.path)
			}
			return true
		})
	}
}

// holdsDatabase are the few files of rooms that run units of work of their own,
// with the reason.
var holdsDatabase = map[string]bool{
	"people/pin.go":       true, // a wrong PIN on another's phone stays counted
	"people/signin.go":    true, // a failed sign-in is counted although it fails
	"messages/deliver.go": true, // what was carried out of the house is written down afterwards
	"people/secret.go":    true, // a password is hashed outside the unit that keeps it: everybody else would wait
	"people/first.go":     true, // the same of who comes for the first time
	"people/desk.go":      true, // remembers from request to request who is behind a session
	"intake/run.go":       true, // an import is many units of work
	"intake/office.go":    true, // and goes on in the background
}

// readsBelow are files that read tables of lower rooms, with the reason.
var readsBelow = map[string]string{
	"desk/measures.go":       "a figure is cut by what lower rooms keep, and divided by their beds and areas",
	"purchasing/measured.go": "what was bought is summed by the kind of goods that the catalog's classes say",
	"warehouse/supplies.go":  "so is what came in and went out, food by weight",
}

var tableName = regexp.MustCompile(`\b(?i:FROM|JOIN|INTO|UPDATE|TABLE)\s+([a-z]+)_[a-z_]+`)

// A table's SQL stands only in its room, so that changing a table is looking at one folder.
func TestATablesSQLStandsInItsRoom(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			for _, m := range tableName.FindAllStringSubmatch(lit.Value, -1) {
				owner := m[1]
				// Lists name the records their rows refer to: a LEFT JOIN to a lower room is reading a name.
				joined := regexp.MustCompile(`LEFT JOIN `+owner+`_`).MatchString(lit.Value) || readsBelow[s.path] != ""
				if _, isRoom := floors[owner]; isRoom && owner != s.room && !(joined && floors[owner] < floors[s.room]) && !slices.Contains(readsTrail, s.path) {
					t.Errorf("%s has SQL on a table of %s", s.path, owner)
				}
			}
			return true
		})
	}
}

// readsTrail are the pages that show the kernel's own books.
var readsTrail = []string{"people/trail.go", "people/watched.go"}

var (
	createTable = regexp.MustCompile(`CREATE TABLE (\w+)`)
	references  = regexp.MustCompile(`REFERENCES ([a-z]+)_`)
)

func TestForeignKeysPointDownward(t *testing.T) {
	files, err := filepath.Glob("*/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no migrations", err)
	}
	for _, f := range files {
		room := strings.Split(filepath.ToSlash(f), "/")[0]
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range createTable.FindAllStringSubmatch(string(b), -1) {
			if !strings.HasPrefix(m[1], room+"_") {
				t.Errorf("%s: table %s does not begin with its room's name", f, m[1])
			}
		}
		for _, m := range references.FindAllStringSubmatch(string(b), -1) {
			if m[1] != room && floors[m[1]] >= floors[room] {
				t.Errorf("%s (floor %s) refers to %s (floor %s)", f, floors[room], m[1], floors[m[1]])
			}
		}
	}
}

// One file tells one story.
func TestFilesStayReadable(t *testing.T) {
	const most = 600
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_templ.go") {
			continue
		}
		b, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(b), "\n"); n > most {
			t.Errorf("%s has %d lines: split it where it begins to tell a second story", s.path, n)
		}
	}
}
