package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/hospital"
	"houqin/internal/rules"
)

type rulesCmd struct {
	JSON bool `name:"json" help:"Print it for programs."`
}

func (rulesCmd) Help() string {
	return `
Prints how many clauses of the rulebook this program keeps, and how, and which are
open. It reads no database.

Examples:
  houqin rules
  houqin rules --json`
}

func (c *rulesCmd) Run(d *desk) error {
	sum := rules.Cover(hospital.Claims)
	if c.JSON {
		return json.NewEncoder(d.out).Encode(sum)
	}
	background := sum.By[string(rules.Background)]
	fmt.Fprintf(d.out, "%d clauses, %d claimed: %d kept (%d of them in part) and %d of background, which ask nothing; %d open\n",
		sum.Clauses, sum.Claimed, sum.Claimed-background, sum.Partly, background, len(sum.Open))
	for _, how := range rules.Hows {
		if n := sum.By[how]; n > 0 {
			fmt.Fprintf(d.out, "  %-11s %d\n", how, n)
		}
	}
	for _, area := range rules.Areas {
		open := slices.DeleteFunc(slices.Clone(sum.Open), func(id string) bool { return id[:1] != area })
		if len(open) > 0 {
			fmt.Fprintf(d.out, "open %s: %s\n", area, strings.Join(open, " "))
		}
	}
	return nil
}
