package approvals

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/departments"
)

// Route is the way a kind of document goes, from a day on: tiers by what the document
// is and how much it is about. Of tiers with the same condition exactly one has the
// amount; of several conditions the first that holds decides, and the last is none.
type Route struct {
	ID      string         `json:"id"` // "" as shipped
	Kind    string         `json:"kind"`
	Since   period.Day     `json:"since"`
	Tiers   []Tier         `json:"tiers"`
	Reason  string         `json:"reason,omitempty"`
	State   string         `json:"state"`
	By      string         `json:"by"`
	ByName  string         `json:"by_name"`
	At      period.Instant `json:"at"`
	Version int64          `json:"version"`
}

// Tier is one line of the table.
type Tier struct {
	When        string   `json:"when,omitempty"`        // condition on the kind's properties
	Departments []string `json:"departments,omitempty"` // these and what lies below them
	From        *Limit   `json:"from,omitempty"`        // none: from nothing
	Below       *Limit   `json:"below,omitempty"`       // the first amount that is too much; none: any
	Stages      []Stage  `json:"stages"`
}

// Stage is who is asked side by side; the next stage begins when this one agrees.
type Stage struct {
	Who     []Who  `json:"who"`
	Need    int64  `json:"need,omitempty"`    // how many of them; 0 all
	Hours   int64  `json:"hours,omitempty"`   // of working time; 0 HoursShipped
	Instead string `json:"instead,omitempty"` // who is asked when they have passed
}

// Who is one of them.
type Who struct {
	Is   string `json:"is"`
	Each int64  `json:"each,omitempty"` // how many of those who stand for it: 0 any one, -1 every one
}

// HoursShipped is how long a step has unless the way says otherwise: three working
// days of eight hours. No clause states it.
const HoursShipped = 24

// steps text separators
const (
	then, beside = "→", "+"
)

// stepsMost is how many stages a way has at most, and how many side by side.
const stepsMost = 12

// group is what tiers must have in common for their amounts to share the line.
func (t *Tier) group() string { return t.When + "\x00" + strings.Join(t.Departments, ",") }

func (t *Tier) catchall() bool { return t.When == "" && len(t.Departments) == 0 }

// tierOf is the tier of a document that weighs so much: the first group whose
// condition holds, and in it the one tier that has the amount.
func (rt *Route) tierOf(ctx context.Context, r db.Reader, d *Document, day period.Day) (int, error) {
	for n := 0; n < len(rt.Tiers); {
		group, end := rt.Tiers[n].group(), n
		for end < len(rt.Tiers) && rt.Tiers[end].group() == group {
			end++
		}
		fits, err := rt.Tiers[n].fits(ctx, r, d, day)
		if err != nil {
			return 0, err
		}
		if fits {
			return rt.within(ctx, r, n, end, d, day)
		}
		n = end
	}
	return 0, fault.New(fault.Conflict, "approvals.no_tier", d.Amount.String())
}

func (rt *Route) within(ctx context.Context, r db.Reader, n, end int, d *Document, day period.Day) (int, error) {
	found := -1
	for i := n; i < end; i++ {
		s, err := rt.Tiers[i].span(ctx, r, day)
		if err != nil {
			return 0, err
		}
		if !s.has(d.Amount) {
			continue
		}
		if found >= 0 {
			return 0, fault.New(fault.Conflict, "approvals.two_tiers", d.Amount.String())
		}
		found = i
	}
	if found < 0 {
		return 0, fault.New(fault.Conflict, "approvals.no_tier", d.Amount.String())
	}
	return found, nil
}

func (t *Tier) fits(ctx context.Context, r db.Reader, d *Document, day period.Day) (bool, error) {
	if len(t.Departments) > 0 {
		in := false
		for _, unit := range t.Departments {
			below, err := departments.Below(ctx, r, unit)
			if err != nil {
				return false, err
			}
			in = in || slices.Contains(below, d.Department)
		}
		if !in {
			return false, nil
		}
	}
	if t.When == "" {
		return true, nil
	}
	c, err := compile(d.Kind, t.When)
	if err != nil {
		return false, err
	}
	return c.holds(ctx, r, d, day)
}

// Check refuses a way that would leave a document without exactly one tier, or a step
// without anybody, on the day from which it holds: every flaw at its place.
func (rt *Route) Check(ctx context.Context, r db.Reader, day period.Day) error {
	var bad fault.Complaints
	if len(rt.Tiers) == 0 {
		bad.Add("tiers", "base.no_lines")
	}
	for n := range rt.Tiers {
		if err := rt.Tiers[n].check(ctx, r, rt.Kind, fmt.Sprintf("tiers.%d.", n), day, &bad); err != nil {
			return err
		}
	}
	if err := rt.covered(ctx, r, day, &bad); err != nil {
		return err
	}
	if err := rt.led(ctx, r, day, &bad); err != nil {
		return err
	}
	return bad.Err()
}

// covered: groups stand together, the last asks no condition, and in each one the
// tiers follow each other without gap or overlap, from nothing to any amount.
func (rt *Route) covered(ctx context.Context, r db.Reader, day period.Day, bad *fault.Complaints) error {
	var seen []string
	for n := 0; n < len(rt.Tiers); {
		group, end := rt.Tiers[n].group(), n
		for end < len(rt.Tiers) && rt.Tiers[end].group() == group {
			end++
		}
		at := fmt.Sprintf("tiers.%d.when", n)
		switch {
		case slices.Contains(seen, group):
			bad.Add(at, "approvals.group_apart")
		case rt.Tiers[n].catchall() && end < len(rt.Tiers):
			bad.Add(fmt.Sprintf("tiers.%d.when", end), "approvals.never_reached")
		case !rt.Tiers[n].catchall() && end == len(rt.Tiers):
			bad.Add(at, "approvals.no_catchall")
		}
		seen = append(seen, group)
		if err := rt.partition(ctx, r, n, end, day, bad); err != nil {
			return err
		}
		n = end
	}
	return nil
}

func (rt *Route) partition(ctx context.Context, r db.Reader, n, end int, day period.Day, bad *fault.Complaints) error {
	type part struct {
		span
		n int
	}
	var parts []part
	for i := n; i < end; i++ {
		s, err := rt.Tiers[i].span(ctx, r, day)
		if err != nil {
			return err
		}
		parts = append(parts, part{s, i})
	}
	slices.SortFunc(parts, func(a, b part) int { return int(min(1, max(-1, a.from-b.from))) })
	last := cut(0)
	for _, p := range parts {
		at := fmt.Sprintf("tiers.%d.amount", p.n)
		switch {
		case p.below <= p.from:
			bad.Add(at, "approvals.empty_tier")
		case p.from > last:
			bad.Add(at, "approvals.gap", last.said(), p.from.said())
		case p.from < last:
			bad.Add(at, "approvals.overlap", p.from.said(), last.said())
		}
		last = max(last, p.below)
	}
	if last < nowhere {
		bad.Add(fmt.Sprintf("tiers.%d.amount", end-1), "approvals.gap_above", last.said())
	}
	return nil
}

// check is what is wrong with a tier by itself.
func (t *Tier) check(ctx context.Context, r db.Reader, kind, path string, day period.Day, bad *fault.Complaints) error {
	if t.When != "" {
		if _, err := compile(kind, t.When); err != nil {
			complain(bad, path+"when", err)
		}
	}
	if len(t.Stages) == 0 {
		bad.Add(path+"steps", "approvals.nobody_agrees")
	}
	if len(t.Stages) > stepsMost {
		bad.Add(path+"steps", "approvals.too_many_steps", stepsMost)
	}
	for _, s := range t.Stages {
		if len(s.Who) > stepsMost {
			bad.Add(path+"steps", "approvals.too_many_steps", stepsMost)
		}
		if s.Need < 0 || s.Need > int64(len(s.Who)) {
			bad.Add(path+"steps", "approvals.need_too_many", s.Need, len(s.Who))
		}
		if at, _ := Meant(ctx, r, s.Instead, day); meeting(at) != "" {
			bad.Add(path+"steps", "approvals.instead_meets")
		}
		for _, w := range append(slices.Clone(s.Who), instead(s)...) {
			if err := w.check(ctx, r, path+"steps", day, bad); err != nil {
				return err
			}
		}
	}
	return nil
}

// alone says whether a step is agreed to when nobody but these people agree who were
// named for it by their names.
func (s *Stage) alone(ids []string) bool {
	n := 0
	for _, w := range s.Who {
		if person, ok := strings.CutPrefix(w.Is, "person:"); ok && slices.Contains(ids, person) {
			n++
		}
	}
	return n > 0 && (n == len(s.Who) || s.Need > 0 && n >= int(s.Need))
}

func instead(s Stage) []Who {
	if s.Instead == "" {
		return nil
	}
	return []Who{{Is: s.Instead}}
}

// check: who is named exists, and somebody stands for it.
func (w Who) check(ctx context.Context, r db.Reader, path string, day period.Day, bad *fault.Complaints) error {
	who, err := Meant(ctx, r, w.Is, day)
	if err != nil {
		bad.Add(path, "approvals.no_such_who", w.Is)
		return nil
	}
	if who == Head || who == Parent || meeting(who) != "" {
		return nil
	}
	if post, ok := strings.CutPrefix(who, "post:"); ok && !slices.Contains(Posts, post) {
		bad.Add(path, "approvals.no_such_who", post)
		return nil
	}
	found, err := standing(ctx, r, who, "", day)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		bad.Add(path, "approvals.nobody_holds", SayKey(who))
	} else if w.Each > int64(len(found)) {
		bad.Add(path, "approvals.need_too_many", w.Each, len(found))
	}
	return nil
}

// complain keeps what a fault says, at a place.
func complain(bad *fault.Complaints, path string, err error) {
	if e, ok := err.(*fault.Error); ok {
		bad.Add(path, e.Key, e.Args...)
	}
}
