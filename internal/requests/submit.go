package requests

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// digest of what is agreed to: these goods, in these quantities, for this purpose.
func (q *Request) digest() (string, error) {
	var lines []any
	for _, l := range q.Lines {
		lines = append(lines, l.Item, int64(l.Qty), l.Note)
	}
	said := []any{q.Department, q.Kind, q.Month, q.Purpose, q.Special, q.Over, lines}
	if q.Between() {
		said = append(said, q.Store, q.To)
	}
	return approvals.DigestOf(said)
}

// submit asks whoever must agree to a request as it stands; what was asked or agreed
// before is void when it is another one now.
func submit(ctx context.Context, tx *db.Tx, q *Request) error {
	if err := quota(ctx, tx, q); err != nil {
		return err
	}
	digest, err := q.digest()
	if err != nil {
		return err
	}
	if c, ok, err := approvals.OpenOf(ctx, tx, Noun, q.ID); err != nil {
		return err
	} else if ok { // asked anew, it goes its way from the beginning
		if voided, err := approvals.Changed(ctx, tx, Noun, q.ID, digest); err != nil {
			return err
		} else if !voided {
			q.Paper, q.State = c.Number, Asked
			return nil
		}
	}
	facts, same, title, err := q.about(ctx, tx)
	if err != nil {
		return err
	}
	c, err := approvals.Ask(ctx, tx, approvals.Document{Kind: "warehouse.request", Noun: Noun, Record: q.ID, Number: q.Number, Title: title, Reason: q.Purpose, Department: q.Department,
		Amount: q.Amount, Attrs: map[string]any{"special": q.Special, "over": q.Over, "between": q.Between()}, Facts: facts, Same: same, Digest: digest})
	if err != nil {
		return err
	}
	q.Paper, q.State = c.Number, Asked
	if c.State == approvals.Agreed { // a way without steps
		return agreed(ctx, tx, q)
	}
	return nil
}

// about says what a request is about, for who decides on it: what is asked for, how much
// of that the stores and the department have, and what its quota leaves. What is not used
// up is summed with what was asked for beside it (AB-05); what is used up comes again every
// week and is held by the quota.
func (q *Request) about(ctx context.Context, r db.Reader) (facts []approvals.Fact, same []string, title string, err error) {
	var ids []string
	for _, l := range q.Lines {
		ids = append(ids, l.Item)
	}
	few, err := catalog.Few(ctx, r, ids)
	if err != nil {
		return nil, nil, "", err
	}
	var lines, stock, have []string
	for _, l := range q.Lines {
		i := few[l.Item]
		lines = append(lines, i.Title()+" "+i.Say(l.Qty))
		if i.Category != catalog.Consumable && i.Category != catalog.Medical && i.Category != catalog.Food {
			same = append(same, "item:"+i.ID)
		}
	}
	title = lines[0]
	if len(lines) > 1 {
		title += fmt.Sprintf(" …×%d", len(lines))
		facts = append(facts, approvals.Fact{Key: "lines", Value: strings.Join(lines, "；")})
	}
	if q.Between() { // nobody has it for good, and no quota holds it
		facts, err = q.whence(ctx, r, few, facts)
		return facts, nil, title, err
	}
	house, own, err := warehouse.Lie(ctx, r, q.Department, ids)
	if err != nil {
		return nil, nil, "", err
	}
	for _, l := range q.Lines {
		i := few[l.Item]
		stock = append(stock, i.Title()+" "+i.Say(house[l.Item]))
		if own[l.Item] > 0 {
			have = append(have, i.Title()+" "+i.Say(own[l.Item]))
		}
	}
	left, err := q.left(ctx, r, few)
	return append(facts, approvals.Fact{Key: "stock", Value: strings.Join(stock, "；")}, approvals.Fact{Key: "on_hand", Value: strings.Join(have, "；")}, approvals.Fact{Key: "budget", Value: left}), same, title, err
}

// left is what the tightest of the quotas that a request draws on leaves before it, of
// how much: "320.00 / 500.00"; "" without a quota.
func (q *Request) left(ctx context.Context, r db.Reader, items map[string]catalog.Item) (string, error) {
	all, err := q.draws(ctx, r, items)
	if err != nil || len(all) == 0 {
		return "", err
	}
	m := slices.MinFunc(all, func(a, b draw) int { return cmp.Compare(a.Left(), b.Left()) })
	return m.Left().String() + " / " + m.Quota.String(), nil
}
