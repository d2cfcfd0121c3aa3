package requests

import (
	"context"
	"fmt"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
)

// agreed is what comes of a request that was agreed to: the store decides, or in an
// emergency the slip that was owed is there.
func agreed(ctx context.Context, tx *db.Tx, q *Request) error {
	if q.Kind == Rush {
		q.State = Done
		return approvals.Settle(ctx, tx, Noun, q.ID, "request", q.Number)
	}
	q.State = Agreed
	for n := range q.Lines {
		if q.Lines[n].Granted > 0 {
			return nil
		}
	}
	q.State = Done
	return nil
}

// Ended is told what became of a request that was asked about.
func Ended(ctx context.Context, tx *db.Tx, c approvals.Case) error {
	if err := tx.Lock(ctx, "requests_request", c.Record); err != nil {
		return err
	}
	q, err := whoever(ctx, tx, c.Record)
	if err != nil {
		return err
	}
	switch c.State {
	case approvals.Voided: // changed under it; it is asked for anew in the same unit
		return tx.Trail(ctx, db.Event{Noun: Noun, Record: q.ID, Action: "void", Note: c.Number})
	case approvals.Agreed:
		if err := agreed(ctx, tx, &q); err != nil {
			return err
		}
	case approvals.Returned:
		q.State, q.Reason = Returned, c.EndedNote
	case approvals.Refused:
		q.State, q.Reason = Refused, c.EndedNote
	case approvals.Withdrawn:
		if q.State == Cancelled {
			return nil
		}
		q.State, q.Reason = Returned, c.EndedNote
	}
	return keep(ctx, tx, &q, "case."+string(c.State), c.EndedNote)
}

// Cut is how much of a line is agreed to.
type Cut struct {
	Line int64
	Qty  string
	Note string
}

// Grant lets whoever decides on a request agree to less of its lines than was asked
// for, with the reason; never to more. It is done before the signature, which is given
// where all decisions are. Forbidden: who does not sit at the case, or asked for it.
func Grant(ctx context.Context, tx *db.Tx, id string, version int64, cuts []Cut) (Request, error) {
	if err := tx.Lock(ctx, "requests_request", id); err != nil {
		return Request{}, err
	}
	q, err := whoever(ctx, tx, id)
	if err != nil {
		return q, err
	}
	if sits, err := Decides(ctx, tx, tx.By, &q); err != nil {
		return q, err
	} else if !sits {
		if _, err := Get(ctx, tx, tx.By, id); err != nil {
			return q, err
		}
		return q, fault.New(fault.Forbidden, "requests.not_deciding").Under("S-012")
	}
	if version != 0 && version != q.Version {
		return q, fault.Stale()
	}
	if err := Life.Move(tx.By, &q, "grant"); err != nil {
		return q, err
	}
	var ids []string
	for _, l := range q.Lines {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return q, err
	}
	var bad fault.Complaints
	for n, c := range cuts {
		if c.Line < 1 || c.Line > int64(len(q.Lines)) {
			return q, fault.OnField("lines", "base.bad_value", fmt.Sprint(c.Line))
		}
		l := &q.Lines[c.Line-1]
		path := fmt.Sprintf("lines.%d.", n)
		qty, err := quantity.Parse(c.Qty, items[l.Item].Packs)
		if strings.TrimSpace(c.Qty) == "0" {
			qty, err = 0, nil
		}
		switch {
		case err != nil || qty < 0:
			bad.Add(path+"qty", "requests.bad_qty", c.Qty, catalog.SayPacks(items[l.Item].Packs))
		case qty > l.Qty:
			bad.Add(path+"qty", "requests.not_more", items[l.Item].Say(l.Qty))
		case qty < l.Qty && strings.TrimSpace(c.Note) == "":
			bad.Add(path+"note", "requests.less_why")
		}
		l.Granted, l.GrantedNote, l.GrantedName = qty, strings.TrimSpace(c.Note), tx.By.Name
		if qty == l.Qty {
			l.GrantedName = ""
		}
	}
	if err := bad.Err(); err != nil {
		return q, err
	}
	for n := range q.Lines {
		if err := putLine(ctx, tx, q.ID, &q.Lines[n]); err != nil {
			return q, err
		}
	}
	return q, keep(ctx, tx, &q, "grant", q.Number)
}

// Decides says whether a person sits at the case of a request now and may decide.
func Decides(ctx context.Context, r db.Reader, by db.Actor, q *Request) (bool, error) {
	c, ok, err := approvals.OpenOf(ctx, r, Noun, q.ID)
	if err != nil || !ok {
		return false, err
	}
	sits, _, closed, err := approvals.Sits(ctx, r, by, &c)
	return sits && closed == nil, err
}

// Cancel calls a request off before anything of it was given, or its rest after.
func Cancel(ctx context.Context, tx *db.Tx, id string, version int64, reason string) (Request, error) {
	q, err := take(ctx, tx, id, version, "cancel")
	if err != nil {
		return q, err
	}
	if err := fault.Given(reason, "text"); err != nil {
		return q, err
	}
	q.State, q.Reason = Cancelled, strings.TrimSpace(reason)
	for n := range q.Lines {
		l := &q.Lines[n]
		if l.Issued > 0 {
			q.State = Done
		}
		l.Declined, l.Way, l.Promised = l.Granted-l.Issued, "", ""
		if err := putLine(ctx, tx, q.ID, l); err != nil {
			return q, err
		}
	}
	// Whatever was asked or agreed is void: nothing may be given on it any more.
	if _, err := approvals.Changed(ctx, tx, Noun, q.ID, "cancelled"); err != nil {
		return q, err
	}
	return q, keep(ctx, tx, &q, "cancel", q.Reason)
}
