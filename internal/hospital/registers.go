package hospital

import (
	"context"
	_ "embed"
	"strings"

	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/base/db"
	"houqin/internal/people"
	"houqin/internal/rules/rulesweb"
)

//go:embed registers.txt
var registers string

// Registers are the registers of the rulebook that this house keeps, by their names in
// the book: the list of their records, and what is printed of one record; "partly" where
// the records are there but not the register's own paper.
var Registers = func() map[string]rulesweb.Place {
	all := map[string]rulesweb.Place{}
	for line := range strings.SplitSeq(strings.TrimSpace(registers), "\n") {
		name, at, _ := strings.Cut(line, " | ")
		page, print, _ := strings.Cut(at, " |")
		p := rulesweb.Place{Page: page, Print: strings.TrimSpace(print)}
		if p.Print == "partly" {
			p.Print, p.Partly = "", true
		}
		all[name] = p
	}
	return all
}()

// book is the counter of the rulebook with what only the whole building knows.
func book() *rulesweb.Counter {
	c := rulesweb.New(Claims)
	c.Registers = Registers
	c.Moves = approvalsweb.Moves
	c.Holders = func(ctx context.Context, r db.Reader, lang, may string) (names []string, err error) {
		all, err := people.RolesWith(ctx, r, may)
		for _, role := range all {
			names = append(names, role.Name(lang))
		}
		return names, err
	}
	return c
}
