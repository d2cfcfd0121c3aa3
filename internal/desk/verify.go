package desk

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/warehouse"
)

// Verify names every job whose money does not add up: its cost is labour and parts,
// and its parts are what the stores' issues to it cost.
func Verify(ctx context.Context, r db.Reader) (wrong []string, err error) {
	issued, err := warehouse.CostOfRecords(ctx, r, Noun)
	if err != nil {
		return nil, err
	}
	// What a double drew is counted by the job it was merged into.
	doubles, err := db.All(ctx, r, func(j *Job) []any { return []any{&j.ID, &j.MergedInto} }, `SELECT id, merged_into FROM desk_job WHERE merged_into <> '' ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for _, j := range doubles {
		if got, ok := issued[j.ID]; ok {
			issued[j.MergedInto] += got
			delete(issued, j.ID)
		}
	}
	// Past jobs came with their cost; nothing was drawn for them.
	jobs, err := db.All(ctx, r, func(j *Job) []any { return []any{&j.ID, &j.Number, &j.Labour, &j.Parts, &j.Cost} },
		`SELECT id, number, labour, parts, cost FROM desk_job WHERE source <> 'import' AND (parts <> 0 OR cost <> labour + parts) ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for _, j := range jobs {
		if j.Cost != j.Labour+j.Parts {
			wrong = append(wrong, fmt.Sprintf("job %s: cost %s is not labour %s and parts %s", j.Number, j.Cost, j.Labour, j.Parts))
		}
		if got := issued[j.ID]; got != j.Parts {
			wrong = append(wrong, fmt.Sprintf("job %s: parts %s, but the stores issued %s to it", j.Number, j.Parts, got))
		}
		delete(issued, j.ID)
	}
	for id, got := range issued {
		if got != 0 {
			wrong = append(wrong, fmt.Sprintf("job %s: the stores issued %s to it, which it does not count", id, got))
		}
	}
	return wrong, nil
}
