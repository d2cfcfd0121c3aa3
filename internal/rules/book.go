package rules

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed book/*.txt
var pages embed.FS

// Book is every clause, area by area; Registers and Routes are what they ask for by name.
var (
	Book      = must(readBook())
	Registers = must(readRegisters())
	Routes    = must(readRoutes())
	byID      = index(Book)
)

// must is for what the program itself brings along: a flaw in it shows at once and
// in every test.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func index(book []Clause) map[string]*Clause {
	m := make(map[string]*Clause, len(book))
	for i := range book {
		m[book[i].ID] = &book[i]
	}
	return m
}

// ByID is a clause of the book.
func ByID(id string) (Clause, bool) {
	c, ok := byID[id]
	if !ok {
		return Clause{}, false
	}
	return *c, true
}

// Parameter finds a parameter by its key, W-011.normal, with its clause.
func Parameter(key string) (Param, Clause, bool) {
	id, _, _ := strings.Cut(key, ".")
	c, ok := ByID(id)
	if !ok {
		return Param{}, c, false
	}
	i := slices.IndexFunc(c.Params, func(p Param) bool { return p.Key == key })
	if i < 0 {
		return Param{}, c, false
	}
	return c.Params[i], c, true
}

func readBook() (book []Clause, err error) {
	for _, area := range Areas {
		text, err := pages.ReadFile("book/" + area + ".txt")
		if err != nil {
			return nil, err
		}
		for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
			c, err := readClause(block)
			if err != nil {
				return nil, fmt.Errorf("book/%s.txt: %w", area, err)
			}
			if c.Area != area || len(book) > 0 && book[len(book)-1].Area == area && book[len(book)-1].ID >= c.ID {
				return nil, fmt.Errorf("book/%s.txt: %s stands out of order", area, c.ID)
			}
			book = append(book, c)
		}
	}
	return book, nil
}

// readClause reads one clause: its id, kind and room on the first line, then a line
// for each thing said, which begins with what it is.
func readClause(block string) (Clause, error) {
	lines := strings.Split(block, "\n")
	head := strings.Fields(lines[0])
	if len(head) != 3 || !slices.Contains(Kinds, head[1]) {
		return Clause{}, fmt.Errorf("%q is no clause, kind and room", lines[0])
	}
	c := Clause{ID: head[0], Area: head[0][:1], Kind: head[1], Room: head[2]}
	for _, l := range lines[1:] {
		what, rest, _ := strings.Cut(l, " ")
		if err := c.say(what, rest); err != nil {
			return c, fmt.Errorf("%s: %q: %w", c.ID, l, err)
		}
	}
	if c.Text.Zh == "" || c.Text.En == "" || len(c.Sources) == 0 {
		return c, fmt.Errorf("%s lacks its text or its source", c.ID)
	}
	return c, nil
}

func (c *Clause) say(what, rest string) error {
	switch what {
	case "zh":
		c.Text.Zh = rest
		return nil
	case "en":
		c.Text.En = rest
		return nil
	case "from":
		c.Sources = strings.Split(rest, "; ")
		return nil
	case "set":
		p, err := readParam(c.ID, rest)
		c.Params = append(c.Params, p)
		return err
	case "law": // about the parameter just above
		if len(c.Params) == 0 {
			return fmt.Errorf("stands above any parameter")
		}
		sure, text, _ := strings.Cut(rest, " ")
		said, err := both(text)
		c.Params[len(c.Params)-1].Law = &Law{said, sure}
		if err == nil && !slices.Contains(Sureness, sure) {
			err = fmt.Errorf("how sure is %q?", sure)
		}
		return err
	}
	said, err := both(rest)
	switch what {
	case "fact":
		c.Facts = append(c.Facts, said)
	case "conflict":
		c.Conflicts = append(c.Conflicts, said)
	case "variant":
		c.Variants = append(c.Variants, said)
	case "background":
		c.Background = &said
	default:
		return fmt.Errorf("unknown")
	}
	return err
}

// both reads a sentence in both languages: Chinese | English.
func both(s string) (Said, error) {
	zh, en, ok := strings.Cut(s, " | ")
	if !ok || zh == "" || en == "" {
		return Said{}, fmt.Errorf("does not say it in both languages")
	}
	return Said{zh, en}, nil
}

// rows are the lines of a page whose columns stand between bars.
func rows(page string, columns int) (all [][]string, err error) {
	text, err := pages.ReadFile("book/" + page)
	if err != nil {
		return nil, err
	}
	for l := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		row := strings.Split(l, " | ")
		if len(row) != columns {
			return nil, fmt.Errorf("book/%s: %q has %d columns, not %d", page, l, len(row), columns)
		}
		all = append(all, row)
	}
	return all, nil
}

func readRegisters() (all []Register, err error) {
	lines, err := rows("registers.txt", 7)
	for _, l := range lines {
		all = append(all, Register{Said{l[0], l[1]}, Said{l[2], l[3]}, Said{l[4], l[5]}, strings.Fields(l[6])})
	}
	return all, err
}

func readRoutes() (all []Route, err error) {
	lines, err := rows("routes.txt", 3)
	for _, l := range lines {
		all = append(all, Route{Said{l[0], l[1]}, strings.Fields(l[2])})
	}
	return all, err
}
