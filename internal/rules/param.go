package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/fault"
	"houqin/internal/base/money"
)

// Type is what a parameter is a number of, or what else may stand in it.
type Type string

const (
	Yuan    Type = "yuan" // kept in fen, written in yuan
	Minutes Type = "minutes"
	Hours   Type = "hours"
	Days    Type = "days"
	Months  Type = "months"
	Years   Type = "years"
	Percent Type = "percent"
	Count   Type = "count"
	Degrees Type = "degrees" // Celsius
	Clock   Type = "clock"   // 23:00
	OnOff   Type = "onoff"
	Choice  Type = "choice"
	Cycle   Type = "cycle" // how often
	Post    Type = "post"  // who
)

// Cycles and Posts are what parameters of these types choose from.
var (
	Cycles = []string{"shift", "daily", "twice_weekly", "weekly", "monthly", "quarterly", "half_yearly", "yearly"}
	Posts  = []string{"department_leader", "head_nurse", "section_chief", "managing_department", "general_affairs", "logistics", "equipment_department", "finance",
		"property_accountant", "storekeeper", "hospital_office", "vice_president", "president", "hospital_leader", "office_meeting", "president_secretary_meeting",
		"affairs_meeting", "budget_committee", "safety_committee", "staff_congress", "supervising_authority"}
)

// Edge says on which side of a threshold the value itself falls.
type Edge string

const (
	NoEdge Edge = ""
	From   Edge = "from"  // the value itself counts as reached: 500 and above
	Above  Edge = "above" // the value itself does not: above 1,000; later than 10 minutes
)

// Sureness of a law's text: seen by search, seen in part, general knowledge.
var Sureness = []string{"V", "P", "G"}

// Law is the limit that stands beside a parameter, and how sure it is.
type Law struct {
	Said
	Sure string `json:"sure"`
}

// Param is one value of a clause that the hospital may set.
type Param struct {
	Key     string   `json:"key"` // A-010.threshold
	Type    Type     `json:"type"`
	Default string   `json:"default"`
	Least   int64    `json:"least,omitempty"` // numbers: allowed range, both included; yuan in fen
	Most    int64    `json:"most,omitempty"`
	OneOf   []string `json:"one_of,omitempty"`
	Edge    Edge     `json:"edge,omitempty"`
	Name    Said     `json:"name"`
	Law     *Law     `json:"law,omitempty"`
}

// readParam reads "threshold yuan 500 0..1000000 from | name | name".
func readParam(clause, s string) (Param, error) {
	spec, name, _ := strings.Cut(s, " | ")
	said, err := both(name)
	f := strings.Fields(spec)
	if err != nil || len(f) < 3 {
		return Param{}, fmt.Errorf("a parameter is its key, type, default, range and name")
	}
	p := Param{Key: clause + "." + f[0], Type: Type(f[1]), Default: f[2], Name: said}
	rest := f[3:]
	switch p.Type {
	case OnOff:
		p.OneOf = []string{"on", "off"}
	case Cycle:
		p.OneOf = Cycles
	case Post:
		p.OneOf = Posts
	case Clock:
	case Choice:
		if len(rest) > 0 {
			p.OneOf, rest = strings.Split(rest[0], ","), rest[1:]
		}
	case Yuan, Minutes, Hours, Days, Months, Years, Percent, Count, Degrees:
		if len(rest) > 0 {
			least, most, _ := strings.Cut(rest[0], "..")
			if p.Least, err = strconv.ParseInt(least, 10, 64); err == nil {
				p.Most, err = strconv.ParseInt(most, 10, 64)
			}
			if p.Type == Yuan {
				p.Least, p.Most = p.Least*100, p.Most*100
			}
			rest = rest[1:]
		}
	default:
		return p, fmt.Errorf("no type %q", p.Type)
	}
	if len(rest) == 1 {
		p.Edge, rest = Edge(rest[0]), nil
	}
	if err != nil || len(rest) > 0 || p.Edge != NoEdge && (p.Edge != From && p.Edge != Above || !p.Numeric()) {
		return p, fmt.Errorf("not a range, or too much")
	}
	if p.Default, err = p.Check("value", p.Default); err != nil {
		return p, fmt.Errorf("the shipped value does not fit: %w", err)
	}
	return p, nil
}

// Numeric says whether the value is a number with a range.
func (p Param) Numeric() bool { return len(p.OneOf) == 0 && p.Type != Clock }

// Check tidies a value as typed and refuses, at path, what does not fit: something
// else than the type, a number outside the range, a choice that is none.
func (p Param) Check(path, value string) (string, error) {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return "", fault.OnField(path, "base.required")
	case p.Type == Clock:
		t, err := time.Parse("15:04", value)
		if err != nil {
			return "", fault.OnField(path, "rules.bad_clock")
		}
		return t.Format("15:04"), nil
	case !p.Numeric():
		if !slices.Contains(p.OneOf, value) {
			return "", fault.OnField(path, "base.bad_value", value)
		}
		return value, nil
	}
	n, err := p.number(value)
	switch {
	case err != nil && p.Type == Yuan:
		return "", fault.OnField(path, "base.money")
	case err != nil:
		return "", fault.OnField(path, "base.number")
	case n < p.Least || n > p.Most:
		return "", fault.OnField(path, "base.between", p.Written(p.Least), p.Written(p.Most))
	}
	return p.Written(n), nil
}

// number is a numeric value: fen of yuan, else the number itself.
func (p Param) number(value string) (int64, error) {
	if p.Type == Yuan {
		f, err := money.Parse(value)
		return int64(f), err
	}
	return strconv.ParseInt(value, 10, 64)
}

// Written is a number as it stands in a value: fen as yuan.
func (p Param) Written(n int64) string {
	if p.Type == Yuan {
		return money.Fen(n).String()
	}
	return strconv.FormatInt(n, 10)
}

// Reached says whether n stands on the upper side of a threshold, whose own side Edge
// says: at 500 with From, 500 is reached; with Above only what is more.
func (p Param) Reached(threshold, n int64) bool {
	if p.Edge == Above {
		return n > threshold
	}
	return n >= threshold
}
