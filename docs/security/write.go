package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// page is the whole document.
func page(root string) (string, error) {
	lines, err := asked(root)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(`<!-- Written by go run ./docs/security. Do not edit: change docs/security/*.tsv, or the comments "// Holds:" above the tests. -->
# What holds

Security is a list of small promises. Below stands every promise that applies to this program, in our own words, with the
tests that show it. *Held* means that tests in this repository fail when it stops being true. *Partly* means that tests show
some of it, and what is missing is named. *Documented* points to the page that says it. *Exception* is a deviation with its
reason. *Open* is not shown by anything yet, with the reason. Where the standards themselves collide, the decision stands at
the end.

How to report a flaw, how keys are kept and replaced, what is limited and what travels where: [security/keeping.md](security/keeping.md).

`)
	fmt.Fprintf(&b, "| | lines | held | partly | documented | exception | open |\n|---|---:|---:|---:|---:|---:|---:|\n")
	for i, f := range families {
		n := map[string]int{}
		all := 0
		for _, l := range lines {
			if familyOf(l.id) == i && l.applies == "yes" {
				all++
				n[l.state()]++
			}
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d |\n", f.title, all, n["held"], n["partly"], n["documented"], n["exception"], n["open"])
	}
	for i, f := range families {
		fmt.Fprintf(&b, "\n## %s\n\n| id | what is asked | | shown by |\n|---|---|---|---|\n", f.title)
		for _, l := range lines {
			if familyOf(l.id) == i && l.applies == "yes" {
				fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", l.id, cell(l.text), l.state(), l.shownBy())
			}
		}
	}
	b.WriteString("\n## What does not apply, or not yet\n\n| id | |\n|---|---|\n")
	for _, l := range lines {
		if l.applies != "yes" {
			fmt.Fprintf(&b, "| %s | %s |\n", l.id, cell(l.applies))
		}
	}
	return b.String(), nil
}

// state of a line: what its tests and its standing add up to.
func (l *line) state() string {
	has := func(kind string) bool {
		return slices.ContainsFunc(l.standing, func(s standing) bool { return kinds[s.kind] == kinds[kind] })
	}
	switch {
	case has("open") && (len(l.tests) > 0 || has("doc")):
		return "partly"
	case has("open"):
		return "open"
	case has("exception"):
		return "exception"
	case len(l.tests) > 0:
		return "held"
	case has("doc"):
		return "documented"
	}
	return ""
}

// shownBy names tests, documents and reasons. The tests stand with their folder, so
// that moving them within a file changes nothing here.
func (l *line) shownBy() string {
	var parts []string
	slices.SortFunc(l.tests, func(a, b test) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.name, b.name)) })
	for _, t := range l.tests {
		parts = append(parts, fmt.Sprintf("[%s](../%s)", t.name, path.Clean(t.path)))
	}
	for _, s := range l.standing {
		text := cell(s.text)
		if s.kind != "doc" {
			text = "*" + kinds[s.kind] + ":* " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "<br>")
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
