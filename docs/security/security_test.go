package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every line of the catalogue that applies is shown by a test or a document, is an
// exception with its reason, or is open with its reason.
func TestEveryLineStandsSomewhere(t *testing.T) {
	root, lines := all(t)
	for _, l := range lines {
		switch {
		case l.applies != "yes":
			if len(l.tests) > 0 || !strings.HasPrefix(l.applies, "no:") && !strings.HasPrefix(l.applies, "later:") {
				t.Errorf("%s applies %q and has %d tests", l.id, l.applies, len(l.tests))
			}
		case l.state() == "":
			t.Errorf("%s has no test, no document and no reason: %s", l.id, l.text)
		}
		for _, s := range l.standing {
			links := documents.FindAllStringSubmatch(s.text, -1)
			if s.kind == "doc" && len(links) == 0 {
				t.Errorf("%s is documented without naming a document: %s", l.id, s.text)
			}
			for _, m := range links {
				b, err := os.ReadFile(filepath.Join(root, "docs", m[1]))
				if err != nil || m[2] != "" && !headings(string(b))[m[2]] {
					t.Errorf("%s points to %s#%s, which is not there: %v", l.id, m[1], m[2], err)
				}
			}
		}
	}
}

var (
	documents = regexp.MustCompile(`\]\(([^)#]+)#?([^)]*)\)`)
	heading   = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInLink = regexp.MustCompile(`[^\p{L}\p{N} -]`)
)

// headings of a page, as links name them.
func headings(text string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		all[strings.ReplaceAll(notInLink.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return all
}

// The document says what the repository shows today.
func TestTheDocumentIsFresh(t *testing.T) {
	root, _ := all(t)
	text, err := page(root)
	if err != nil {
		t.Fatal(err)
	}
	was, err := os.ReadFile(filepath.Join(root, target))
	if err != nil || string(was) != text {
		t.Errorf("%s is not as it would be written today; run go run ./docs/security (%v)", target, err)
	}
}

func all(t *testing.T) (string, []*line) {
	root, err := house()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := asked(root)
	if err != nil {
		t.Fatal(err)
	}
	return root, lines
}
