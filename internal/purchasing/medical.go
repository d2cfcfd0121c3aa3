package purchasing

import (
	"context"
	"slices"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// buysMedical says whether the person buys medical consumables: who sits on the post that
// P-018.owner names on the day, and everybody of the department in which they work.
func buysMedical(ctx context.Context, tx *db.Tx) (bool, error) {
	owner, err := rules.Value(ctx, tx, "P-018.owner", tx.Today())
	if err != nil || tx.By.System {
		return true, err
	}
	holders, err := approvals.HoldersOn(ctx, tx, owner.Value, tx.Today())
	if err != nil || slices.Contains(holders, tx.By.ID) {
		return err == nil, err
	}
	for _, id := range holders {
		p, err := people.Get(ctx, tx, id)
		if err != nil {
			return false, err
		}
		if p.Department != "" && p.Department == tx.By.Unit {
			return true, nil
		}
	}
	return false, nil
}

// othersToBuy are the medical consumables among items that are another department's to
// buy (P-018).
func othersToBuy(ctx context.Context, tx *db.Tx, ids []string) (map[string]bool, error) {
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	others := map[string]bool{}
	for _, i := range items {
		if i.Category == catalog.Medical {
			others[i.ID] = true
		}
	}
	if len(others) == 0 {
		return nil, nil
	}
	if may, err := buysMedical(ctx, tx); err != nil || may {
		return nil, err
	}
	return others, nil
}

// owned refuses an order for medical consumables by anybody but their owner (P-018).
func owned(ctx context.Context, tx *db.Tx, lines []OrderLine) error {
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.Item)
	}
	others, err := othersToBuy(ctx, tx, ids)
	if err == nil && len(others) > 0 {
		err = fault.New(fault.Conflict, "purchasing.not_owner").Under("P-018")
	}
	return err
}

func itemsOf(lines []PlanLine) (ids []string) {
	for _, l := range lines {
		ids = append(ids, l.Item)
	}
	return ids
}
