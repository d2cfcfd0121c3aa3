// Package inbox is the tray on everybody's desk: what waits for my work, for my
// signature, for my decision, and what I asked for and where it stands.
package inbox

import (
	"context"
	"slices"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/desk"
	"houqin/internal/rules"
)

// Tray is one heap of things of the same kind.
type Tray struct {
	Name string     `json:"name"` // "work", "sign", "send", "unsolved", "asked", "decisions", "meetings", "opinions", "requests", "debts" or a [Heap]'s: words are inbox.<name>
	Href string     `json:"href"` // where all of them are
	Jobs []desk.Job `json:"jobs"` // the most pressing, at most Shown
	More bool       `json:"more"`
	Late int        `json:"late"` // how many of those shown are overdue

	Decisions []approvals.Awaited `json:"decisions,omitempty"`
	Cases     []approvals.Case    `json:"cases,omitempty"`
	Pages     map[string]string   `json:"-"` // of cases that open as their document, by the case
	Debts     []approvals.Debt    `json:"debts,omitempty"`
	Things    []Thing             `json:"things,omitempty"` // of all other rooms
}

// Len is how many of the heap are shown.
func (t *Tray) Len() int {
	return len(t.Jobs) + len(t.Decisions) + len(t.Cases) + len(t.Debts) + len(t.Things)
}

// Shown is how many of a heap the tray shows.
const Shown = 20

// heaps are the kinds of things that wait, in the order of their weight, with who
// has such a heap at all and what lies in it.
var heaps = []struct {
	name, href string
	has        func(db.Actor) bool
	lies       func(context.Context, db.Reader, db.Actor) (list.Where, error)
}{
	{"work", "/desk/mine", func(by db.Actor) bool { return by.May(desk.MayWork) }, func(_ context.Context, _ db.Reader, by db.Actor) (list.Where, error) {
		return list.Where{}.And("j.open = true AND j.worker = ? AND j.state <> ?", by.ID, desk.Done), nil
	}},
	{"send", "/desk/board", func(by db.Actor) bool { return by.May(desk.MayDispatch) }, func(_ context.Context, _ db.Reader, by db.Actor) (list.Where, error) {
		return list.Scoped(by.Scope(desk.MayDispatch), "j.department").And("j.open = true AND j.state = ?", desk.Reported), nil
	}},
	{"sign", "/desk/ward", func(by db.Actor) bool { return by.May(desk.MaySign) }, func(_ context.Context, _ db.Reader, by db.Actor) (list.Where, error) {
		return list.Scoped(by.Scope(desk.MaySign), "j.department").And("j.open = true AND j.state = ?", desk.Done), nil
	}},
	// What is unsolved for too long is reported upward (W-010).
	{"unsolved", "/desk/jobs?open=true", func(by db.Actor) bool {
		return by.May(desk.MayArrange) || by.May(rules.MayConfirm) && by.May(desk.MaySee)
	}, desk.Unsolved},
	{"asked", "/desk/jobs?open=true", func(by db.Actor) bool { return by.May(desk.MayReport) }, func(_ context.Context, _ db.Reader, by db.Actor) (list.Where, error) {
		return list.Where{}.And("j.open = true AND j.reporter = ?", by.ID), nil
	}},
}

// Of is everything that waits for a person at a moment, the most pressing first.
func Of(ctx context.Context, r db.Reader, by db.Actor) ([]Tray, error) {
	now := period.At(r.Moment())
	trays, err := papers(ctx, r, by)
	if err != nil {
		return nil, err
	}
	others, err := lying(ctx, r, by, slices.Concat(AtDoors, Heaps))
	if err != nil {
		return nil, err
	}
	trays = append(trays, others...)
	for _, h := range heaps {
		if !h.has(by) {
			continue
		}
		lies, err := h.lies(ctx, r, by)
		if err != nil {
			return nil, err
		}
		jobs, err := desk.Pending.All(ctx, r, lies, Shown+1)
		if err != nil {
			return nil, err
		}
		t := Tray{Name: h.name, Href: h.href, More: len(jobs) > Shown, Jobs: jobs[:min(len(jobs), Shown)]}
		for _, j := range t.Jobs {
			if !j.Due.IsZero() && j.Due < now {
				t.Late++
			}
		}
		trays = append(trays, t)
	}
	return trays, nil
}

// papers are the heaps of the approvals: what waits for the person's decision or
// opinion, which meetings' decisions they enter, what they owe paper for, and what they
// asked for. An empty heap is left out, since most people have none.
func papers(ctx context.Context, r db.Reader, by db.Actor) (trays []Tray, err error) {
	now := period.At(r.Moment())
	add := func(t Tray, n int) {
		if t.Jobs, t.More = []desk.Job{}, n > Shown; n > 0 {
			trays = append(trays, t)
		}
	}
	await := func(name, href string, all []approvals.Awaited) {
		t := Tray{Name: name, Href: href, Decisions: all[:min(len(all), Shown)]}
		for _, d := range t.Decisions {
			if d.Due <= now {
				t.Late++
			}
		}
		add(t, len(all))
	}
	decisions, err := approvals.DecisionsFor(ctx, r, by, Shown+1)
	if err != nil {
		return nil, err
	}
	await("decisions", "/approvals", decisions)
	if by.May(approvals.MayEnter) {
		waiting, err := approvals.ToEnter(ctx, r, Shown+1)
		if err != nil {
			return nil, err
		}
		await("meetings", "/approvals/meetings", waiting)
	}
	debts, err := approvals.OwedBy(ctx, r, by, Shown+1)
	if err != nil {
		return nil, err
	}
	t := Tray{Name: "debts", Href: "/approvals/debts", Debts: debts[:min(len(debts), Shown)]}
	for _, d := range t.Debts {
		if d.Due <= now {
			t.Late++
		}
	}
	add(t, len(debts))
	opinions, err := approvals.OpinionsFrom(ctx, r, by, Shown+1)
	if err != nil {
		return nil, err
	}
	add(Tray{Name: "opinions", Href: "/approvals", Cases: opinions[:min(len(opinions), Shown)]}, len(opinions))
	requests, err := approvals.AskedBy(ctx, r, by, Shown+1)
	if err != nil {
		return nil, err
	}
	add(Tray{Name: "requests", Href: "/approvals/asked", Cases: requests[:min(len(requests), Shown)]}, len(requests))
	return trays, nil
}

// Count is how much waits, for the number beside the door: what must be done, not
// what one merely asked for.
func Count(trays []Tray) (n, late int) {
	for _, t := range trays {
		if t.Name != "asked" && t.Name != "requests" {
			n += t.Len()
			late += t.Late
		}
	}
	return n, late
}
