package inbox

import (
	"context"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/desk"
	"houqin/internal/requests"
)

// WardHeaps are what is open for a department in rooms other than the desk and the
// approvals, whoever asked for it: one line each, as of [Heaps]. Lies reads within the
// departments for which the person holds the room's permission.
var WardHeaps = []Heap{
	{"ward_goods", "/requests?open=true", requests.Noun, holds(requests.MayAsk), of(requests.OpenOf, goodsAsked)},
}

// Ward is everything open for the departments that a person reports for, whoever asked:
// jobs not yet signed off, documents under way, paper owed, and what other rooms have
// open for them. An empty heap other than the jobs is left out.
func Ward(ctx context.Context, r db.Reader, by db.Actor) (trays []Tray, err error) {
	now := period.At(r.Moment())
	jobs, err := desk.Pending.All(ctx, r, desk.Ward(by), Shown+1)
	if err != nil {
		return nil, err
	}
	t := Tray{Name: "ward_jobs", Href: "/desk/jobs?open=true", More: len(jobs) > Shown, Jobs: jobs[:min(len(jobs), Shown)]}
	for i := range t.Jobs {
		if j := &t.Jobs[i]; j.Active() && !j.Due.IsZero() && j.Due <= now {
			t.Late++
		}
	}
	trays = append(trays, t)
	units := desk.Wards(by).Units
	cases, err := approvals.UnderWay(ctx, r, by, units, Shown+1)
	if err != nil {
		return nil, err
	}
	if len(cases) > 0 {
		trays = append(trays, Tray{Name: "ward_cases", Href: "/approvals/asked", Jobs: []desk.Job{}, More: len(cases) > Shown, Cases: cases[:min(len(cases), Shown)]})
		if by.May(approvals.MaySee) {
			trays[len(trays)-1].Href = "/approvals/cases?open=true"
		}
	}
	debts, err := approvals.OwedOf(ctx, r, by, units, Shown+1)
	if err != nil {
		return nil, err
	}
	if len(debts) > 0 {
		t := Tray{Name: "ward_debts", Href: "/approvals/debts", Jobs: []desk.Job{}, More: len(debts) > Shown, Debts: debts[:min(len(debts), Shown)]}
		for i := range t.Debts {
			if t.Debts[i].Due <= now {
				t.Late++
			}
		}
		trays = append(trays, t)
	}
	others, err := lying(ctx, r, by, WardHeaps)
	return append(trays, others...), err
}
