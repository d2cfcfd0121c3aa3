package counting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
)

// Ask sends the differences on their way: the store's books are put right by a paper,
// and not by the store (S-019). Needs MaySettle. Conflict: a difference without a reason,
// a quarterly count that is not signed by both (S-016), what approvals.Ask refuses.
// Invalid: a monthly count from which nothing was learnt (S-018).
func Ask(ctx context.Context, tx *db.Tx, id string, version int64, a Analysis) (Count, error) {
	c, err := take(ctx, tx, id, version, "ask")
	if err != nil {
		return c, err
	}
	if t := strings.TrimSpace(a.Text); t != "" {
		c.Analysis = t
	}
	if err := c.lacks(); err != nil {
		return c, err
	}
	d, err := c.paper(ctx, tx)
	if err != nil {
		return c, err
	}
	if _, err := approvals.Changed(ctx, tx, Noun, c.ID, d.Digest); err != nil {
		return c, err
	}
	k, err := approvals.Ask(ctx, tx, d)
	if err != nil {
		return c, err
	}
	c.Case, c.Note = k.ID, ""
	if k.State == approvals.Agreed {
		c.State, c.Paper = Approved, k.Number
	}
	return c, keep(ctx, tx, &c, "ask", k.Number)
}

// sames is about how many kinds of goods at most a paper says what it is about.
const sames = 200

// paper is what the approvals are asked about. Keepers who counted are named as who
// wrote it: their figures stand only where somebody else counted them too.
func (c *Count) paper(ctx context.Context, tx *db.Tx) (approvals.Document, error) {
	lines, err := differing(ctx, tx, c.ID)
	if err != nil {
		return approvals.Document{}, err
	}
	digest, err := approvals.DigestOf(digested(lines))
	if err != nil {
		return approvals.Document{}, err
	}
	d := approvals.Document{Kind: "warehouse.adjustment", Noun: Noun, Record: c.ID, Number: c.Number, Title: c.StoreName + " " + c.Number, Reason: c.Analysis, Department: c.Keeping, Amount: c.Amount(), Digest: digest,
		Attrs: map[string]any{"cause": "count"}, Facts: []approvals.Fact{{Key: "gain", Value: c.Gain.String()}, {Key: "loss", Value: c.Loss.String()}, {Key: "lines", Value: sayLines(lines)}}}
	for _, k := range c.keepers {
		d.Hands = append(d.Hands, approvals.Hand{Part: "keeper", Person: k})
	}
	seen := map[string]bool{}
	for _, l := range lines {
		for _, f := range []Figure{l.First, l.Second} {
			if f.By == "" || seen[f.By] {
				continue
			}
			seen[f.By] = true
			part := "counter"
			if slices.Contains(c.keepers, f.By) {
				part = "editor"
			}
			d.Hands = append(d.Hands, approvals.Hand{Part: part, Person: f.By})
		}
		if same := "item:" + l.Item; len(d.Same) < sames && !slices.Contains(d.Same, same) {
			d.Same = append(d.Same, same)
		}
	}
	return d, nil
}

// digested is what of the differences must not change under way.
func digested(lines []Line) (all [][]any) {
	for _, l := range lines {
		all = append(all, []any{l.Item, l.Bin, l.Lot, l.Diff, l.Value, l.Reason, l.Why})
	}
	return all
}

// toldLines is how many lines stand on the card of who decides.
const toldLines = 8

func sayLines(lines []Line) string {
	var say []string
	for _, l := range lines[:min(toldLines, len(lines))] {
		say = append(say, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s", l.Title(), l.Lot, l.SayDiff(), l.Value)), " "))
	}
	if len(lines) > toldLines {
		say = append(say, "…")
	}
	return strings.Join(say, "\n")
}

// Ended is told what became of the approval of a count.
func Ended(ctx context.Context, tx *db.Tx, k approvals.Case) error {
	if err := tx.Lock(ctx, "counting_count", k.Record); err != nil {
		return err
	}
	c, err := whole(ctx, tx, k.Record)
	if err != nil {
		return err
	}
	if c.Case != k.ID || c.State != Asked && c.State != Approved {
		return nil // its figures are others by now
	}
	if k.State == approvals.Agreed {
		c.State, c.Paper = Approved, k.Number
		return keep(ctx, tx, &c, "agreed_to", k.Number)
	}
	c.State, c.Case, c.Paper, c.Note = Settling, "", "", k.EndedNote
	return keep(ctx, tx, &c, string(k.State), k.EndedNote)
}
