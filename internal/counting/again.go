package counting

import (
	"context"
	"slices"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
)

// goOn takes a count further once no sheet of its round is out: what differs in the
// first round is dealt out anew, then the figures stand. A count that agrees and that
// nobody need sign or analyse is over.
func (c *Count) goOn(ctx context.Context, tx *db.Tx) error {
	if err := c.sum(ctx, tx); err != nil {
		return err
	}
	out, err := sheetsOut(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if out > 0 {
		return keep(ctx, tx, c, "", "")
	}
	if c.State == Counting {
		dealt, err := dealAnew(ctx, tx, c)
		if err != nil {
			return err
		}
		if dealt > 0 {
			c.State = Recounting
			return keep(ctx, tx, c, "recount", "")
		}
	}
	c.State, c.CountedAt, c.CountedDay = Settling, tx.At(), tx.Today()
	if err := noteTurns(ctx, tx, c); err != nil {
		return err
	}
	if c.Differing == 0 && len(c.Missing()) == 0 {
		c.State = Agreed
		return c.end(ctx, tx, "agreed", "")
	}
	return keep(ctx, tx, c, "counted", "")
}

// dealAnew makes the sheets of the second round: what differed, apart by who counted it,
// so that anybody else may take it.
func dealAnew(ctx context.Context, tx *db.Tx, c *Count) (dealt int, err error) {
	differs, err := differing(ctx, tx, c.ID)
	if err != nil || len(differs) == 0 {
		return 0, err
	}
	n, err := lastSheet(ctx, tx, c.ID)
	if err != nil {
		return 0, err
	}
	byFirst, order := map[string][]Line{}, []string{}
	for _, l := range differs {
		if byFirst[l.First.By] == nil {
			order = append(order, l.First.By)
		}
		byFirst[l.First.By] = append(byFirst[l.First.By], l)
	}
	for _, first := range order {
		for part := range slices.Chunk(byFirst[first], sheetUsual) {
			n++
			s := Sheet{ID: tx.NewID(), Count: c.ID, N: n, Round: 2, First: first, Size: int64(len(part)), Label: labelOf(part[0].BinCode, part[len(part)-1].BinCode)}
			if err := insertSheet(ctx, tx, &s); err != nil {
				return dealt, err
			}
			for _, l := range part {
				if _, err := tx.Exec(ctx, `UPDATE counting_line SET again = $1, done = 1 WHERE id = $2`, s.ID, l.ID); err != nil {
					return dealt, err
				}
			}
			dealt += len(part)
		}
	}
	return dealt, nil
}

// Again has everything that differs counted once more by others, because somebody doubts
// it or because what was missing then is missing no longer. An approval, given or under
// way, is void. Needs MayArrange.
func Again(ctx context.Context, tx *db.Tx, id string, version int64) (Count, error) {
	c, err := take(ctx, tx, id, version, "again")
	if err != nil {
		return c, err
	}
	if err := c.recall(ctx, tx, "recounted"); err != nil {
		return c, err
	}
	c.Keeper, c.KeeperName, c.KeeperAt, c.Accountant, c.AccountantName, c.AccountantAt = "", "", 0, "", "", 0
	if _, err := dealAnew(ctx, tx, &c); err != nil {
		return c, err
	}
	return c, keep(ctx, tx, &c, "again", "")
}

// recall voids what was agreed or is on its way.
func (c *Count) recall(ctx context.Context, tx *db.Tx, digest string) error {
	if c.Case == "" {
		return nil
	}
	c.Case, c.Paper = "", "" // the hook finds no count that waits for its case any more
	if _, err := tx.Exec(ctx, `UPDATE counting_count SET case_id = '', paper = '' WHERE id = $1`, c.ID); err != nil {
		return err
	}
	_, err := approvals.Changed(ctx, tx, Noun, c.ID, digest)
	return err
}
