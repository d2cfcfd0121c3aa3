package calendar

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"houqin/internal/base/period"
)

//go:embed holidays.txt
var holidaysText string

// holiday is one day of the table: off, or worked in exchange.
type holiday struct {
	name string
	off  bool
}

type table struct {
	first, last int // years that are known
	days        map[period.Day]holiday
	names       []string
}

// holidays is read at the first question; a line that cannot be read is a mistake
// of the program and stops it.
var holidays = sync.OnceValue(func() table {
	t, err := readHolidays(holidaysText)
	if err != nil {
		panic(err)
	}
	return t
})

// Holidays are the names of the public holidays: words calendar.holiday.<name>.
func Holidays() []string { return holidays().names }

// Known says whether the country's holidays of a year are known; of any other year
// only the weekends are.
func Known(year int) bool {
	t := holidays()
	return t.first <= year && year <= t.last
}

func readHolidays(text string) (table, error) {
	t := table{days: map[period.Day]holiday{}}
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "known" && len(words) == 2 {
			if _, err := fmt.Sscanf(words[1], "%d-%d", &t.first, &t.last); err != nil {
				return t, fmt.Errorf("%q: %w", line, err)
			}
			continue
		}
		if len(words) < 3 {
			return t, fmt.Errorf("%q: a year, a name and days are needed", line)
		}
		year, name := words[0], words[1]
		if _, err := strconv.Atoi(year); err != nil {
			return t, fmt.Errorf("%q: %w", line, err)
		}
		if !seen[name] {
			seen[name] = true
			t.names = append(t.names, name)
		}
		for _, w := range words[2:] {
			w, worked := strings.CutPrefix(w, "+")
			from, to, span := strings.Cut(w, "-")
			if !span {
				to = from
			}
			first, err := monthDay(year, from)
			if err != nil {
				return t, fmt.Errorf("%q: %w", line, err)
			}
			last, err := monthDay(year, to)
			if err != nil || last < first {
				return t, fmt.Errorf("%q: no span %s: %w", line, w, err)
			}
			for d := first; d <= last; d = d.AddDays(1) {
				if _, ok := t.days[d]; ok {
					return t, fmt.Errorf("%q: %s stands there twice", line, d)
				}
				t.days[d] = holiday{name, !worked}
			}
		}
	}
	return t, nil
}

func monthDay(year, s string) (period.Day, error) {
	if len(s) != 4 {
		return "", fmt.Errorf("no month and day: %q", s)
	}
	return period.ParseDay(year + "-" + s[:2] + "-" + s[2:])
}

func weekend(d period.Day) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }
