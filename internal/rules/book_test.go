package rules_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"houqin/internal/base/fault"
	"houqin/internal/rules"
)

func TestTheBookIsWhole(t *testing.T) {
	if len(rules.Book) != 465 || len(rules.Registers) != 61 || len(rules.Routes) != 33 {
		t.Errorf("%d clauses, %d registers, %d routes", len(rules.Book), len(rules.Registers), len(rules.Routes))
	}
	notes, params := 0, 0
	half := regexp.MustCompile(`\p{Han}[,;:()?!]|[,;:()?!]\p{Han}`)
	han := regexp.MustCompile(`\p{Han}`)
	read := func(where string, said ...rules.Said) {
		for _, s := range said {
			if half.MatchString(s.Zh) {
				t.Errorf("%s: half-width punctuation in %s", where, s.Zh)
			}
			if s.Zh == "" || s.En == "" || han.MatchString(s.En) {
				t.Errorf("%s: not in both languages: %+v", where, s)
			}
		}
	}
	seen := map[string]bool{}
	for _, c := range rules.Book {
		read(c.ID, c.Text)
		read(c.ID, slices.Concat(c.Facts, c.Conflicts, c.Variants)...)
		if seen[c.ID] {
			t.Errorf("%s stands twice", c.ID)
		}
		seen[c.ID] = true
		notes += len(c.Conflicts)
		params += len(c.Params)
		for _, p := range c.Params {
			read(p.Key, p.Name)
			if p.Law != nil {
				read(p.Key, p.Law.Said)
			}
			if seen[p.Key] {
				t.Errorf("%s stands twice", p.Key)
			}
			seen[p.Key] = true
			if p.Numeric() && (p.Most == 0 && p.Least == 0) && p.Default != "0" {
				t.Errorf("%s has no range", p.Key)
			}
		}
	}
	if notes != 19 || params < 200 {
		t.Errorf("%d conflicts, %d parameters", notes, params)
	}
	for _, r := range rules.Registers {
		read("register", r.Name, r.Often, r.Fields)
		for _, id := range r.Clauses {
			if !seen[id] {
				t.Errorf("the register %s names %s", r.Name.En, id)
			}
		}
	}
	for _, r := range rules.Routes {
		read("route", r.Name)
		for _, id := range r.Clauses {
			if !seen[id] {
				t.Errorf("the route %s names %s", r.Name.En, id)
			}
		}
	}
}

// What takes money from a person or a person from their post is off until the
// hospital says otherwise, and the law's limit stands beside it.
func TestNobodyPaysUnlessTheHospitalSaysSo(t *testing.T) {
	for _, c := range rules.Book {
		takes := slices.ContainsFunc(c.Params, func(p rules.Param) bool {
			return strings.Contains(p.Key, ".fine") || strings.Contains(p.Key, ".cap") || strings.HasSuffix(p.Key, ".dismiss") || strings.HasSuffix(p.Key, ".pay")
		})
		if !takes {
			continue
		}
		if !slices.ContainsFunc(c.Params, func(p rules.Param) bool {
			return p.Type == rules.OnOff && p.Default == "off" && p.Law != nil
		}) {
			t.Errorf("%s takes money or a post and is not switched off with the law beside it", c.ID)
		}
	}
	for _, key := range []string{"A-020.cap", "S-037.cap", "V-021.cap"} {
		if p, _, ok := rules.Parameter(key); !ok || p.Most != 20 {
			t.Errorf("%s may go beyond a fifth of the wage: %+v", key, p)
		}
	}
}

// Every threshold of the book, on its two sides and on itself.
func TestEveryThresholdHasTwoSides(t *testing.T) {
	n := 0
	for _, c := range rules.Book {
		for _, p := range c.Params {
			if p.Edge == rules.NoEdge {
				continue
			}
			n++
			const at = 500
			if p.Reached(at, at-1) || !p.Reached(at, at+1) || p.Reached(at, at) != (p.Edge == rules.From) {
				t.Errorf("%s with edge %s: %v %v %v", p.Key, p.Edge, p.Reached(at, at-1), p.Reached(at, at), p.Reached(at, at+1))
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d thresholds", n)
	}
	for key, edge := range map[string]rules.Edge{"A-010.threshold": rules.From, "C-006.amount": rules.From, "J-008.threshold": rules.From, "J-009.threshold": rules.Above,
		"V-015.threshold": rules.From, "V-006.minutes": rules.Above, "Q-001.least": rules.From, "G-020.times": rules.From} {
		if p, _, ok := rules.Parameter(key); !ok || p.Edge != edge {
			t.Errorf("%s falls to %q, want %q", key, p.Edge, edge)
		}
	}
}

func TestAValueFitsItsParameter(t *testing.T) {
	for _, c := range []struct{ key, value, want, complaint string }{
		{"A-010.threshold", " 800 ", "800.00", ""},
		{"A-010.threshold", "1", "1.00", ""},
		{"A-010.threshold", "1000000", "1000000.00", ""},
		{"A-010.threshold", "1000000.01", "", "base.between"},
		{"A-010.threshold", "0.99", "", "base.between"},
		{"A-010.threshold", "much", "", "base.money"},
		{"A-010.threshold", "", "", "base.required"},
		{"G-005.hours", "24", "24", ""},
		{"G-005.hours", "23", "", "base.between"},
		{"G-005.hours", "1.5", "", "base.number"},
		{"A-020.cap", "20", "20", ""},
		{"A-020.cap", "21", "", "base.between"},
		{"H-007.out", "22:30", "22:30", ""},
		{"H-007.out", "25:00", "", "rules.bad_clock"},
		{"A-027.all_to_finance", "off", "off", ""},
		{"A-027.all_to_finance", "perhaps", "", "base.bad_value"},
		{"A-010.above", "president", "president", ""},
		{"A-010.above", "somebody", "", "base.bad_value"},
		{"S-014.named", "always", "always", ""},
	} {
		p, _, ok := rules.Parameter(c.key)
		if !ok {
			t.Fatalf("no %s", c.key)
		}
		got, err := p.Check("value", c.value)
		if got != c.want || c.complaint == "" && err != nil || c.complaint != "" && !fault.Is(err, c.complaint) {
			t.Errorf("%s = %q: %q, %v", c.key, c.value, got, err)
		}
	}
	if _, _, ok := rules.Parameter("A-010.nothing"); ok {
		t.Error("a parameter that is not in the book")
	}
	if _, ok := rules.ByID("Z-999"); ok {
		t.Error("a clause that is not in the book")
	}
}
