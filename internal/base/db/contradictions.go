package db

import (
	"context"
	"fmt"
)

// Contradiction is what never may be found in a book: a query for the numbers of the
// records that it is true of, in an order.
type Contradiction struct{ Says, Query string }

// Contradictions names the records that contradict themselves, as "name number says", at
// most a hundred of a kind.
func Contradictions(ctx context.Context, r Reader, name string, all []Contradiction) (wrong []string, err error) {
	for _, c := range all {
		found, err := Texts(ctx, r, c.Query+" LIMIT 100")
		if err != nil {
			return wrong, err
		}
		for _, n := range found {
			wrong = append(wrong, fmt.Sprintf("%s %s %s", name, n, c.Says))
		}
	}
	return wrong, nil
}
