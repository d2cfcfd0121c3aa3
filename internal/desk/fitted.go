package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/catalog"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// Fitted is a material that jobs got: how many, and how many of these failed again.
type Fitted struct {
	Item  string `json:"item"`
	Name  string `json:"name"`
	Jobs  int64  `json:"jobs"`
	Again int64  `json:"again"`
	Link  string `json:"link"` // opens those that failed again
}

// fittedMost is how many materials are told.
const fittedMost = 20

// FailedParts are the materials fitted in jobs that were finished on the days from … until,
// of those that a person sees, and that failed again within the days that make a repeat: the
// most often first, at most twenty. Who chooses better material begins with them.
func FailedParts(ctx context.Context, r db.Reader, by db.Actor, from, until period.Day) ([]Fitted, error) {
	first, end := rules.Moments(r, from, until)
	w := Scope(by).And("j.finished_at >= ? AND j.finished_at < ? AND j.parts > 0 AND j.external = '' AND j.state IN ('done', 'closed')", first, end)
	again := map[string]bool{}
	var ids []string
	if err := Jobs.Each(ctx, r, list.Query{}, w, func(j *Job) error {
		again[j.ID], ids = j.Repeated, append(ids, j.ID)
		return nil
	}); err != nil {
		return nil, err
	}
	items, err := warehouse.ItemsOfRecords(ctx, r, Noun, ids)
	if err != nil {
		return nil, err
	}
	sums := map[string]*Fitted{}
	for job, of := range items {
		for _, item := range of {
			f := sums[item]
			if f == nil {
				f = &Fitted{Item: item, Link: "/desk/jobs?" + strings.Join([]string{"finished_at.from=" + string(from), "finished_at.to=" + string(until), "state=done,closed", "repeated=true", "item=" + item}, "&")}
				sums[item] = f
			}
			f.Jobs++
			if again[job] {
				f.Again++
			}
		}
	}
	var all []Fitted
	for _, f := range sums {
		if f.Again > 0 {
			all = append(all, *f)
		}
	}
	slices.SortFunc(all, func(x, y Fitted) int {
		return cmp.Or(cmp.Compare(y.Again, x.Again), cmp.Compare(x.Jobs, y.Jobs), cmp.Compare(x.Item, y.Item))
	})
	all = all[:min(len(all), fittedMost)]
	named := make([]string, len(all))
	for n := range all {
		named[n] = all[n].Item
	}
	known, err := catalog.Few(ctx, r, named)
	for n := range all {
		if item, ok := known[all[n].Item]; ok {
			all[n].Name = item.Title()
		}
	}
	return all, err
}

// Got narrows to the jobs for which a material was drawn and not taken back as a whole.
func Got(w list.Where, item string) list.Where {
	return warehouse.RecordsWith(w, "j.id", Noun, item)
}
