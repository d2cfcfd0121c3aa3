package counting

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/warehouse"
)

// ToCount are the sheets that the person may count: first those they have, then those
// nobody has that they did not count first. What a keeper counted is not recounted by another.
func ToCount(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Sheet, error) {
	all, err := Sheets.All(ctx, r, list.Scoped(by.Scope(MayCount), "w.department").And("s.open = true AND c.open = true AND s.counter IN ('', ?) AND s.first <> ?", by.ID, by.ID), 2*limit)
	slices.SortStableFunc(all, func(a, b Sheet) int { return strings.Compare(b.Counter, a.Counter) })
	if err != nil || !slices.ContainsFunc(all, func(s Sheet) bool { return s.Round == 2 }) {
		return all[:min(len(all), limit)], err
	}
	own, err := warehouse.KeptBy(ctx, r, by.ID)
	keepers := map[string][]string{}
	for _, w := range own {
		if keepers[w.ID], err = warehouse.Keepers(ctx, r, w.ID); err != nil {
			return nil, err
		}
	}
	all = slices.DeleteFunc(all, func(s Sheet) bool { return slices.Contains(keepers[s.Store], s.First) })
	return all[:min(len(all), limit)], err
}

// ToSettle are the counts whose figures stand and of which somebody has to give reasons,
// sign, or ask for approval.
func ToSettle(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Count, error) {
	return Counts.All(ctx, r, list.Scoped(by.Scope(MaySettle), "w.department").And("c.open = true AND c.state = 'counted'"), limit)
}

// ToPost are the counts that were agreed to and that the person may post, who does not
// keep the store.
func ToPost(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Count, error) {
	all, err := Counts.All(ctx, r, list.Scoped(by.Scope(MayPost), "w.department").And("c.open = true AND c.state = 'approved'"), limit)
	if err != nil || len(all) == 0 {
		return all, err
	}
	own, err := warehouse.KeptBy(ctx, r, by.ID)
	return slices.DeleteFunc(all, func(c Count) bool {
		return slices.ContainsFunc(own, func(w warehouse.Store) bool { return w.ID == c.Store })
	}), err
}
