package receiving_test

import (
	"context"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/catalog"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/suppliers"
)

// What a supplier promised and brought, what was refused and what people complained of
// make its score; who is only complained of has none.
func TestASuppliersFigures(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		var idle suppliers.Supplier
		h.must(h.try(db.System("setup"), func(ctx context.Context, tx *db.Tx) error {
			idle = suppliers.Supplier{Name: "无单商行"}
			return suppliers.Add(ctx, tx, &idle)
		}))
		whole := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		_, err := h.arrive(whole, receiving.Came{Item: h.lamp.ID, Qty: "20"})
		h.must(err)
		half := h.ordered(map[*catalog.Item]string{&h.lamp: "40"})
		_, err = h.arrive(half, receiving.Came{Item: h.lamp.ID, Qty: "6", Refused: "1", Cause: "damaged"})
		h.must(err)
		h.must(h.try(dbtest.Person("陈库管", suppliers.MayComplain), func(ctx context.Context, tx *db.Tx) error {
			for _, s := range []string{h.a.ID, idle.ID} {
				if err := suppliers.Complain(ctx, tx, &suppliers.Complaint{Supplier: s, Kind: "late", Said: "晚到"}); err != nil {
					return err
				}
			}
			return nil
		}))
		all, err := suppliers.ToAnswer(t.Context(), d, db.Actor{}, 10)
		h.must(err)
		h.must(h.try(dbtest.Person("周采购", suppliers.MayAnswer), func(ctx context.Context, tx *db.Tx) error {
			for _, c := range all {
				if _, err := suppliers.Answer(ctx, tx, c.ID, 0, suppliers.Verdict{Answer: "属实", Upheld: true}); err != nil {
					return err
				}
			}
			return nil
		}))
		clock.Set(clock.Now().AddDate(0, 0, 5)) // the day promised has passed
		first := d.Today().AddDays(-60)
		found, err := receiving.Standings(t.Context(), d, first, d.Today(), d.Today())
		h.must(err)
		if len(found) != 2 || found[0].Supplier != h.a.ID || found[1].Supplier != idle.ID {
			t.Fatalf("%+v", found)
		}
		s := found[0]
		if s.Orders != 2 || s.Promised != 2 || s.OnTime != 1 || s.Due != 2 || s.Full != 1 || s.Receipts != 2 || s.Came != 2 || s.Refused != 1 || s.Complaints != 1 || s.Upheld != 1 || s.Ordered != 40*1200 {
			t.Errorf("%+v", s)
		}
		if s.InTime() != 50 || s.Whole() != 50 || s.Good() != 50 || s.Score != (50+50+50+80)/4 {
			t.Errorf("in time %d, whole %d, good %d, score %d", s.InTime(), s.Whole(), s.Good(), s.Score)
		}
		if x := found[1]; x.Score != -1 || x.Complaints != 1 {
			t.Errorf("scored without an order: %+v", x)
		}
		if before, err := receiving.Standings(t.Context(), d, first.AddDays(-400), first.AddDays(-300), d.Today()); err != nil || len(before) != 0 {
			t.Errorf("figures of days in which nothing was: %+v %v", before, err)
		}
	})
}

// What recomputes itself is silent while the books agree, and names what does not.
func TestVerifyNamesWhatDoesNotAgree(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		x, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "8", Refused: "2", Cause: "damaged"})
		h.must(err)
		y, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "3"})
		h.must(err)
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Undo(ctx, tx, y.ID, 0, receiving.Word{Reason: "点错"})
			return err
		}))
		i, err := h.match(h.fin, h.invoice("FP-1"), receiving.Keyed{Day: d.Today(), Amount: 6 * 1200, Lines: []receiving.KeyedLine{{Item: h.lamp.ID, Qty: "6", Amount: 6 * 1200}}})
		h.must(err)
		wrong := func() string {
			t.Helper()
			found, err := receiving.Verify(t.Context(), d)
			h.must(err)
			more, err := purchasing.Verify(t.Context(), d)
			h.must(err)
			return strings.Join(append(found, more...), "\n")
		}
		if w := wrong(); w != "" || i.State != receiving.Matched {
			t.Fatalf("%s %s", i.State, w)
		}
		for sql, want := range map[string]string{
			`UPDATE receiving_line SET came = came + 1 WHERE receipt = '` + x.ID + `'`:              x.Number,
			`UPDATE receiving_receipt SET amount = amount + 1 WHERE id = '` + x.ID + `'`:            "other sums",
			`UPDATE purchasing_order_line SET received = received + 1`:                              "order " + o.Number,
			`UPDATE receiving_invoice_line SET qty = qty + 1`:                                       "FP-1 agrees",
			`UPDATE receiving_invoice SET state = 'paid'`:                                           "without a voucher",
			`UPDATE purchasing_order SET planner = buyer`:                                           "bought by its planner",
			`UPDATE purchasing_order SET amount = 1`:                                                "another sum",
			`UPDATE receiving_receipt SET second = true, checked_by = '' WHERE id = '` + x.ID + `'`: "second look",
		} {
			err := d.Try(t.Context(), db.System("fault"), func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), sql); err != nil {
					return err
				}
				found, err := receiving.Verify(t.Context(), tx)
				if err != nil {
					return err
				}
				more, err := purchasing.Verify(t.Context(), tx)
				if all := strings.Join(append(found, more...), "\n"); !strings.Contains(all, want) {
					t.Errorf("after %s\n%s is not named in %q", sql, want, all)
				}
				return err
			})
			if err != nil && !strings.Contains(err.Error(), "trail") {
				t.Error(err)
			}
		}
	})
}
