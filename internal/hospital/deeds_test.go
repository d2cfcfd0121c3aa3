package hospital_test

import (
	"context"
	"fmt"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/catalog"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

// deed is something that one person does, drawn as often as it weighs against the others.
// What must be done in every history proves that the history was one.
type deed struct {
	name   string
	weight int
	must   bool
	do     func(*quarter) error
}

var deeds = append(append([]deed{
	{"ask for goods", 8, true, (*quarter).ask},
	{"ask another store", 3, true, (*quarter).askStore},
	{"call a request off", 1, false, (*quarter).callOff},
	{"decide a paper", 30, true, (*quarter).decide},
	{"share out", 8, true, (*quarter).shareOut},
	{"fetch from the other store", 4, false, (*quarter).fetch},
	{"pick", 8, true, (*quarter).pick},
	{"lay back", 1, false, (*quarter).layBack},
	{"hand over", 6, true, (*quarter).handOver},
	{"load a tour", 4, true, (*quarter).load},
	{"sign on the ward", 7, true, (*quarter).signFor},
	{"sign on the carrier's phone", 2, false, (*quarter).deliver},
	{"unload a tour", 1, false, (*quarter).unload},
	{"look at what came back", 3, false, (*quarter).lookAt},
	{"rush goods out", 2, true, (*quarter).rush},
	{"hand the slip in", 2, false, (*quarter).owe},
	{"count an old piece in", 2, false, (*quarter).oldPiece},
	{"take back from a department", 2, true, (*quarter).takeBack},
	{"take a slip back", 1, false, (*quarter).reverse},
	{"take goods in", 6, true, (*quarter).arrive},
	{"test goods", 3, false, (*quarter).test},
	{"book goods", 3, false, (*quarter).book},
	{"take a receipt back", 1, false, (*quarter).undo},
	{"draw a form up", 3, true, (*quarter).drawForm},
	{"apply for writing off", 3, true, (*quarter).applyForm},
	{"look at what is given up", 4, false, (*quarter).inspect},
	{"take old goods back", 2, false, (*quarter).takeOld},
	{"write off", 2, false, (*quarter).writeOff},
	{"drop a form", 1, false, (*quarter).dropForm},
	{"sell what lies apart", 2, false, (*quarter).sell},
	{"weigh", 2, false, (*quarter).weigh},
	{"pay for what was sold", 2, false, (*quarter).payFor},
	{"destroy", 1, false, (*quarter).destroy},
	{"draw a list up", 2, true, (*quarter).drawList},
	{"release a list", 2, true, (*quarter).release},
	{"sign for a share", 6, true, (*quarter).share},
	{"settle a list", 1, false, (*quarter).settleList},
	{"close a month", 1, false, (*quarter).closeMonth},
}, wardDeeds...), countDeeds...)

// one is any of the records that a query names, or none.
func (q *quarter) one(query string, args ...any) (string, error) {
	all, err := db.Texts(q.t.Context(), q.d, query, args...)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", errNothing
	}
	return all[q.dice.IntN(len(all))], nil
}

// with does something with any of the records that a query names.
func (q *quarter) with(query, who string, f func(ctx context.Context, tx *db.Tx, id string) error) error {
	id, err := q.one(query)
	if err != nil {
		return err
	}
	return q.as(who, func(ctx context.Context, tx *db.Tx) error { return f(ctx, tx, id) })
}

func (q *quarter) often(n int) bool { return q.dice.IntN(n) > 0 } // but for one time in n

func (q *quarter) qty(most int) string { return fmt.Sprint(1 + q.dice.IntN(most)) }

func (q *quarter) good() catalog.Item { return q.goods()[q.dice.IntN(4)] }

func (q *quarter) store() warehouse.Store {
	if q.often(4) {
		return q.main
	}
	return q.tools
}

func (q *quarter) among(names ...string) string { return names[q.dice.IntN(len(names))] }

func (q *quarter) ask() error {
	who, of := q.among("王护士", "李护士"), q.n1
	if q.often(3) {
		who, of = "丁护士", q.n2
	}
	s := requests.Slip{Department: of.ID, Deliver: q.often(2)}
	for _, n := range q.dice.Perm(4)[:1+q.dice.IntN(3)] {
		s.Lines = append(s.Lines, requests.Want{Item: q.goods()[n].ID, Qty: q.qty(12)})
	}
	return q.as(who, func(ctx context.Context, tx *db.Tx) error { _, err := requests.Ask(ctx, tx, s); return err })
}

func (q *quarter) askStore() error {
	b := requests.Between{To: q.tools.ID, From: q.main.ID, Purpose: "备货不足", Deliver: q.often(3)}
	if !q.often(3) {
		b.To, b.From = b.From, b.To
	}
	for _, n := range q.dice.Perm(4)[:1+q.dice.IntN(2)] {
		b.Lines = append(b.Lines, requests.Want{Item: q.goods()[n].ID, Qty: q.qty(9)})
	}
	return q.as("许库管", func(ctx context.Context, tx *db.Tx) error { _, err := requests.AskStore(ctx, tx, b); return err })
}

func (q *quarter) callOff() error {
	return q.with(`SELECT id FROM requests_request WHERE open = true ORDER BY number`, "丁护士", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := requests.Cancel(ctx, tx, id, 0, "不需要了")
		return err
	})
}

// decide lets one before whom a paper lies agree to it, mostly.
func (q *quarter) decide() error {
	id, err := q.one(`SELECT id FROM approvals_case WHERE open = true ORDER BY number`)
	if err != nil {
		return err
	}
	turns, err := approvals.Course(q.t.Context(), q.d, id)
	if err != nil {
		return err
	}
	var before []string
	for _, t := range turns {
		for _, c := range t.Waiting {
			before = append(before, q.names[c.Person])
		}
	}
	if len(before) == 0 {
		return errNothing
	}
	digest, err := q.one(`SELECT digest FROM approvals_case WHERE id = $1`, id)
	if err != nil {
		return err
	}
	s := approvals.Signature{Digest: digest}
	return q.as(q.among(before...), func(ctx context.Context, tx *db.Tx) error {
		switch q.dice.IntN(14) {
		case 0:
			_, err := approvals.Refuse(ctx, tx, id, "暂缓", s)
			return err
		case 1:
			_, err := approvals.SendBack(ctx, tx, id, "补充说明", s)
			return err
		}
		_, err := approvals.Agree(ctx, tx, id, "", s)
		return err
	})
}

func (q *quarter) shareOut() error {
	return q.with(`SELECT id FROM requests_request WHERE state IN ('agreed', 'waiting') ORDER BY number`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) error {
		lines, err := requests.LinesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		var all []requests.Choice
		for _, l := range lines {
			c := requests.Choice{Line: l.Line, Qty: fmt.Sprint(int64(l.Left()))}
			if !q.often(3) && l.Left() > 0 {
				c.Qty, c.Way, c.From, c.Note = fmt.Sprint(q.dice.Int64N(int64(l.Left())+1)), requests.Ways[q.dice.IntN(len(requests.Ways))], q.tools.ID, "不足"
			}
			all = append(all, c)
		}
		_, err = requests.Decide(ctx, tx, id, 0, all)
		return err
	})
}

func (q *quarter) fetch() error {
	var lines []requests.Line
	var into string
	err := q.with(`SELECT DISTINCT q.id FROM requests_request q JOIN requests_line l ON l.request = q.id AND l.way = 'move' WHERE q.open = true ORDER BY q.id`, "许库管", func(ctx context.Context, tx *db.Tx, id string) (err error) {
		if lines, err = requests.LinesOf(ctx, tx, id); err != nil {
			return err
		}
		if into, _, err = db.Text(ctx, tx, `SELECT store FROM requests_request WHERE id = $1`, id); err != nil {
			return err
		}
		var all []requests.Fetching
		moving := lines[:0]
		for _, l := range lines {
			if l.Way == "move" && l.Left() > 0 {
				moving = append(moving, l)
				all = append(all, requests.Fetching{Line: l.Line, Qty: fmt.Sprint(int64(l.Left()))})
			}
		}
		lines = moving
		_, err = requests.Fetch(ctx, tx, id, 0, all)
		return err
	})
	for _, l := range lines {
		if err == nil {
			q.lay(l.FromStore, l.Given(), -l.Left())
			q.lay(into, l.Given(), l.Left())
		}
	}
	return err
}

func (q *quarter) pick() error {
	return q.with(`SELECT id FROM requests_request WHERE state = 'picking' ORDER BY number`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) error {
		picks, err := requests.PicksOf(ctx, tx, id, false)
		if err != nil {
			return err
		}
		var found []requests.Taken
		for _, p := range picks {
			if !q.often(5) {
				found = append(found, requests.Taken{Pick: p.ID, Qty: fmt.Sprint(q.dice.Int64N(int64(p.Qty) + 1)), Note: "架上不够"})
			}
		}
		_, err = requests.Picked(ctx, tx, id, 0, found)
		return err
	})
}

func (q *quarter) layBack() error {
	return q.with(`SELECT id FROM requests_request WHERE state IN ('picking', 'ready') ORDER BY number`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := requests.Unpick(ctx, tx, id, 0)
		return err
	})
}

// taker is who takes in what was asked for: somebody of the ward, or a keeper of the store
// that asks.
func (q *quarter) taker(ctx context.Context, r db.Reader, id string) (string, error) {
	of, err := db.Texts(ctx, r, `SELECT department FROM requests_request WHERE id = $1`, id)
	if err != nil {
		return "", err
	}
	switch of[0] {
	case q.n1.ID:
		return "李护士", nil
	case q.n2.ID:
		return "丁护士", nil
	}
	return "许库管", nil
}

// handing is what somebody of the ward takes over: of chairs the old ones, or some.
func (q *quarter) handing(ctx context.Context, r db.Reader, id string) (requests.Handing, error) {
	h := requests.Handing{Signature: "签收"}
	taker, err := q.taker(ctx, r, id)
	if err != nil {
		return h, err
	}
	h.Receiver = q.staff[taker].ID
	picks, err := requests.PicksOf(ctx, r, id, false)
	if err != nil {
		return h, err
	}
	for _, p := range picks {
		if !q.often(5) {
			h.Lines = append(h.Lines, requests.Accepted{Pick: p.ID, Qty: fmt.Sprint(q.dice.Int64N(int64(p.Qty) + 1)), Why: "damaged", Note: "破损"})
		}
		if p.Item == q.chair.ID {
			h.Old = append(h.Old, requests.Back{Line: p.Line, Qty: "1", Due: r.Today().AddDays(7)})
		}
	}
	return h, nil
}

func (q *quarter) handOver() error {
	return q.with(`SELECT id FROM requests_request WHERE state = 'ready' ORDER BY number`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) error {
		h, err := q.handing(ctx, tx, id)
		if err == nil {
			_, err = requests.Hand(ctx, tx, id, 0, h)
		}
		return err
	})
}

func (q *quarter) load() error {
	return q.with(`SELECT id FROM requests_request WHERE state = 'ready' ORDER BY number`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := requests.Load(ctx, tx, requests.Loading{Store: q.main.ID, Carrier: q.staff["马师傅"].ID, Requests: []string{id}})
		return err
	})
}

func (q *quarter) signFor() error {
	id, err := q.one(`SELECT id FROM requests_request WHERE state = 'out' ORDER BY number`)
	if err != nil {
		return err
	}
	who, err := q.taker(q.t.Context(), q.d, id)
	if err != nil {
		return err
	}
	if !q.often(6) {
		who = q.among("李护士", "丁护士", "陈库管")
	}
	return q.as(who, func(ctx context.Context, tx *db.Tx) error {
		h, err := q.handing(ctx, tx, id)
		if err == nil {
			_, err = requests.Sign(ctx, tx, id, 0, h)
		}
		return err
	})
}

func (q *quarter) deliver() error {
	return q.with(`SELECT id FROM requests_request WHERE state = 'out' ORDER BY number`, "马师傅", func(ctx context.Context, tx *db.Tx, id string) error {
		h, err := q.handing(ctx, tx, id)
		if err == nil {
			_, err = requests.Deliver(ctx, tx, id, 0, h)
		}
		return err
	})
}

func (q *quarter) unload() error {
	return q.with(`SELECT id FROM requests_tour WHERE open = true ORDER BY number`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := requests.Unload(ctx, tx, id, 0)
		return err
	})
}

func (q *quarter) lookAt() error {
	return q.with(`SELECT id FROM requests_return WHERE open = true ORDER BY id`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := requests.TakeIn(ctx, tx, id, requests.Looked{Outcome: requests.Outcomes[q.dice.IntN(3)], Note: "看过"})
		return err
	})
}

func (q *quarter) rush() error {
	who, of := "李护士", q.n1
	if q.often(2) {
		who, of = "丁护士", q.n2
	}
	h := requests.Hurry{Store: q.store().ID, Department: of.ID, Receiver: q.staff[who].ID, Signature: who, Why: "抢救", Lines: []requests.Want{{Item: q.goods()[q.dice.IntN(3)].ID, Qty: q.qty(9)}}}
	return q.as("陈库管", func(ctx context.Context, tx *db.Tx) error { _, err := requests.RushOut(ctx, tx, h); return err })
}

func (q *quarter) owe() error {
	return q.with(`SELECT id FROM requests_request WHERE state = 'owed' ORDER BY number`, q.among("李护士", "丁护士"), func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := requests.HandInSlip(ctx, tx, id, 0)
		return err
	})
}

func (q *quarter) oldPiece() error {
	return q.with(`SELECT id FROM requests_old WHERE settled_at = 0 ORDER BY id`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) (err error) {
		if q.often(4) {
			_, err = requests.CountIn(ctx, tx, id, q.qty(3))
		} else {
			_, err = requests.Excuse(ctx, tx, id, "随病床报废")
		}
		return err
	})
}
