package demo

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// amendments are what the hospital changed in its rulebook: proposed and in force so
// many days after its first, confirmed by the vice-president unless still open.
var amendments = []struct {
	by                    string
	param, value          string
	reason, paper         string
	proposed, since, sure int // days; sure 0: still open
}{
	{"section_head", "W-011.urgent", "180", "急修超过三小时病区反映强烈", "院办〔2026〕31号", 3, 8, 5},
	{"director", "S-036.warn", "120", "近效期提示提前，便于科室间调剂", "", 10, 15, 12},
	{"director", "A-010.threshold", "1000", "物价上涨，建议提高上会起点", "", Days - 2, Days + 5, 0},
}

// amend lets the hospital change its rules as it went along.
func (w *world) amend(ctx context.Context, start time.Time) error {
	for _, a := range amendments {
		c := rules.Change{Param: a.param, Value: a.value, Since: period.DayOf(start.AddDate(0, 0, a.since), w.d.Zone), Reason: a.reason, Paper: a.paper}
		err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
			if err := rules.Propose(ctx, at(tx, start.AddDate(0, 0, a.proposed).Add(10*time.Hour), w.role(a.by).actor), &c); err != nil || a.sure == 0 {
				return err
			}
			return rules.Confirm(ctx, at(tx, start.AddDate(0, 0, a.sure).Add(15*time.Hour), w.role("vice_president").actor), c.ID, "同意")
		})
		if err != nil {
			return err
		}
	}
	return nil
}
