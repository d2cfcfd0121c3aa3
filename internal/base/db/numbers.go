package db

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Numbered is where the documents of a series carry their number.
type Numbered struct{ Table, Column string }

// VerifyNumbers names every series in which a number is missing, or stands on a
// document although it was never given out: papers without gaps are what auditors
// look for first. Tables are constants of the rooms.
func VerifyNumbers(ctx context.Context, r Reader, series map[string]Numbered) (wrong []string, err error) {
	type count struct {
		year string
		n    int64
		top  string
	}
	for _, s := range slices.Sorted(maps.Keys(series)) {
		at := series[s]
		given, err := All(ctx, r, func(c *count) []any { return []any{&c.year, &c.n} },
			`SELECT CAST(year AS TEXT), last FROM base_number WHERE series = $1 ORDER BY year`, s)
		if err != nil {
			return nil, err
		}
		// SERIES-2026-000123: the year and the number have fixed places behind the series.
		found, err := All(ctx, r, func(c *count) []any { return []any{&c.year, &c.n, &c.top} },
			fmt.Sprintf(`SELECT substr(%[1]s, %[2]d, 4), count(*), max(%[1]s) FROM %[3]s WHERE %[1]s LIKE $1 GROUP BY 1 ORDER BY 1`, at.Column, len(s)+2, at.Table), s+"-____-%")
		if err != nil {
			return nil, err
		}
		have := map[string]count{}
		for _, f := range found {
			have[f.year] = f
		}
		for _, g := range given {
			f := have[g.year]
			delete(have, g.year)
			top, _ := strconv.ParseInt(f.top[strings.LastIndexByte(f.top, '-')+1:], 10, 64)
			if f.n != g.n || top != g.n {
				wrong = append(wrong, fmt.Sprintf("number series %s-%s: %d given out, %d on paper, the last is %s", s, g.year, g.n, f.n, f.top))
			}
		}
		for _, f := range have {
			wrong = append(wrong, fmt.Sprintf("number series %s-%s: none given out, %d on paper", s, f.year, f.n))
		}
	}
	return wrong, nil
}
