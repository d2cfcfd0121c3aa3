package disposal

import (
	"context"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Outlook is where a form would go if it were applied for on a day.
type Outlook struct {
	From  period.Day           `json:"from"`
	Limit rules.Setting        `json:"limit"` // the threshold of that day
	Tier  int                  `json:"tier"`
	Steps []approvals.Prospect `json:"steps"`
}

// Outlooks are where a form that nobody has applied for yet would go today and, when
// another threshold is confirmed for a later day, from that day on: by the amount that
// stands on it, without what was asked for beside it.
func Outlooks(ctx context.Context, r db.Reader, s *Slip, today period.Day) (all []Outlook, err error) {
	days := []period.Day{today}
	if s.Origin == OfStore {
		past, err := rules.History(ctx, r, "A-010")
		if err != nil {
			return nil, err
		}
		next := period.Day("")
		for _, c := range past {
			if c.Outcome == rules.Confirmed && c.Since > today && (next == "" || c.Since < next) {
				next = c.Since
			}
		}
		if next != "" {
			days = append(days, next)
		}
	}
	d, err := s.document(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, day := range days {
		o := Outlook{From: day}
		if o.Limit, err = rules.Value(ctx, r, "A-010.threshold", day); err != nil {
			return nil, err
		}
		rt, err := approvals.RouteOn(ctx, r, d.Kind, day)
		if err != nil {
			return nil, err
		}
		if o.Tier, o.Steps, err = approvals.Preview(ctx, r, &rt, d, s.Head, day); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}
