package warehouse_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// Whatever is received, issued, used and taken back in whatever order: the books
// agree with their postings, nothing is negative, and every fen that came in lies
// in the store, was borne by a department or went back.
// Holds: v5.0.0-2.3.3
func TestNoMoneyAndNoGoodsAreLost(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		items := []catalog.Item{h.gloves, h.lamp}
		stores := 0
		rapid.Check(t, func(r *rapid.T) {
			var bin warehouse.Bin
			h.do(func(tx *db.Tx) error { // each time a store of its own, so that a failure can be made smaller
				stores++
				h.store = warehouse.Store{Code: fmt.Sprint("S", stores), Name: "试库", Department: h.stores.ID}
				if err := warehouse.SetUp(t.Context(), tx, &h.store); err != nil {
					return err
				}
				bin = warehouse.Bin{Store: h.store.ID, Code: "A-1"}
				return warehouse.AddBin(t.Context(), tx, &bin)
			})
			var papers []string
			in, out := money.Fen(0), money.Fen(0)
			counted := map[string]quantity.Qty{}
			clock.Add(time.Duration(rapid.IntRange(0, 72).Draw(r, "hours")) * time.Hour)
			today := d.Today()
			item := func() catalog.Item { return rapid.SampledFrom(items).Draw(r, "item") }
			refused := func(err error) bool {
				if err != nil && fault.KindOf(err) == fault.Internal {
					r.Fatal(err)
				}
				return err != nil
			}
			steps := rapid.IntRange(1, 10).Draw(r, "steps")
			for range steps {
				switch rapid.IntRange(0, 9).Draw(r, "step") {
				case 0, 1, 2:
					var lines []warehouse.In
					for range rapid.IntRange(1, 3).Draw(r, "lines") {
						l := warehouse.In{Item: item().ID, Qty: fmt.Sprint(rapid.IntRange(1, 40).Draw(r, "qty")), Amount: money.Fen(rapid.IntRange(0, 5000).Draw(r, "fen")).String()}
						if days := rapid.IntRange(0, 9).Draw(r, "days"); l.Item == h.gloves.ID || days > 6 {
							l.Expiry = today.AddDays(days)
						}
						if rapid.Bool().Draw(r, "binned") {
							l.Bin = bin.ID
						}
						lines = append(lines, l)
					}
					var doc warehouse.Document
					err := h.try(func(tx *db.Tx) (err error) {
						doc, err = warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "FP-1", Lines: lines})
						return err
					})
					if !refused(err) {
						papers = append(papers, doc.ID)
						in += doc.Amount
						for _, m := range doc.Moves {
							counted[m.Item] += m.Qty
						}
					}
				case 3, 4, 5, 6, 7:
					var lines []warehouse.Out
					for range rapid.IntRange(1, 3).Draw(r, "lines") {
						lines = append(lines, warehouse.Out{Item: item().ID, Qty: fmt.Sprint(rapid.IntRange(1, 30).Draw(r, "qty"))})
					}
					doc, err := h.issue(lines...)
					if !refused(err) {
						papers = append(papers, doc.ID)
						out += doc.Amount
						for _, m := range doc.Moves {
							counted[m.Item] += m.Qty
							if m.Expiry != "" && m.Expiry < today {
								r.Fatalf("%s issued the lot %s that ended %s", doc.Number, m.Lot, m.Expiry)
							}
						}
					}
				default:
					if len(papers) == 0 {
						continue
					}
					id := rapid.SampledFrom(papers).Draw(r, "paper")
					was, err := warehouse.Get(t.Context(), d, id)
					if err != nil {
						r.Fatal(err)
					}
					var doc warehouse.Document
					err = h.try(func(tx *db.Tx) (err error) {
						doc, err = warehouse.Reverse(t.Context(), tx, id, "错")
						return err
					})
					if refused(err) {
						continue
					}
					if was.Kind == warehouse.Receipt {
						in -= was.Amount
					} else {
						out -= was.Amount
					}
					for _, m := range doc.Moves {
						counted[m.Item] += m.Qty
					}
				}
			}
			h.sound()
			held := money.Fen(0)
			for _, i := range items {
				got, err := warehouse.HoldingOf(t.Context(), d, h.store.ID, i.ID)
				if err != nil && fault.KindOf(err) != fault.NotFound {
					r.Fatal(err)
				}
				if got.Qty != int64(counted[i.ID]) {
					r.Fatalf("%d of %s in the books, %d by hand", got.Qty, i.Name, counted[i.ID])
				}
				held += got.Amount
			}
			if held != in-out {
				r.Fatalf("%s came in, %s went out, %s is there", in, out, held)
			}
		})
	})
}

// Holds: v5.0.0-2.3.4 v5.0.0-15.4.2 AB-08 API6:2023
func TestTheLastPieceGoesOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "1", Amount: "0.01", Expiry: "2028-01-01"}, warehouse.In{Item: h.lamp.ID, Qty: "64", Amount: "64"})
		var wait sync.WaitGroup
		errs := make([]error, 32)
		for n := range errs {
			wait.Go(func() {
				// half of them name the items the other way round: nobody may wait for nobody
				lines := []warehouse.Out{{Item: h.gloves.ID, Qty: "1"}, {Item: h.lamp.ID, Qty: "1"}}
				if n%2 == 0 {
					lines[0], lines[1] = lines[1], lines[0]
				}
				_, errs[n] = h.issue(lines...)
			})
		}
		wait.Wait()
		got := 0
		for _, err := range errs {
			switch {
			case err == nil:
				got++
			case !fault.Is(err, "warehouse.none_left"):
				t.Error(err)
			}
		}
		if got != 1 || h.holding(h.gloves).Qty != 0 || h.holding(h.lamp).Qty != 63 {
			t.Errorf("%d took the last piece; %d and %d are left", got, h.holding(h.gloves).Qty, h.holding(h.lamp).Qty)
		}
		if n := d.Stats().Retried.Load(); n > 0 {
			t.Errorf("%d units met a deadlock", n)
		}
		h.sound()
	})
}

// Many people receive and issue the same goods at once; an item that is new to the
// store comes in twice at the same moment.
func TestManyHandsAtOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		var wait sync.WaitGroup
		var mu sync.Mutex
		var failed []error
		for n := range 24 {
			wait.Go(func() {
				lines := []warehouse.In{{Item: h.gloves.ID, Qty: "5", Amount: "1", Lot: "L", Expiry: "2028-01-01"}, {Item: h.lamp.ID, Qty: "5", Amount: "1"}}
				if n%2 == 0 {
					lines[0], lines[1] = lines[1], lines[0]
				}
				var doc warehouse.Document
				err := h.try(func(tx *db.Tx) (err error) {
					doc, err = warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "FP-1", Lines: lines})
					return err
				})
				if err == nil {
					_, err = h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "3"}, warehouse.Out{Item: h.gloves.ID, Qty: "3"})
				}
				if err == nil && n%3 == 0 {
					// goods of a lot are one heap: what is left of it goes back as long as it is enough
					err = h.try(func(tx *db.Tx) error { _, err := warehouse.Reverse(t.Context(), tx, doc.ID, "退"); return err })
					if fault.Is(err, "warehouse.gone") {
						err = nil
					}
				}
				if err != nil {
					mu.Lock()
					failed = append(failed, err)
					mu.Unlock()
				}
			})
		}
		wait.Wait()
		if err := errors.Join(failed...); err != nil {
			t.Error(err)
		}
		h.sound()
	})
}

// Books that were bent show.
// Holds: DB3-8.1.4.7-b
// Clause: S-001
func TestVerifyFindsWhatWasBent(t *testing.T) {
	for rule, bend := range map[string]string{
		"balance":     `UPDATE warehouse_balance SET qty = qty + 1`,
		"stock":       `UPDATE warehouse_stock SET amount = amount + 1`,
		"card":        `UPDATE warehouse_stock SET seq = seq + 1`,
		"consumption": `UPDATE warehouse_consumption SET amount = amount - 1`,
		"line":        `INSERT INTO warehouse_posting (document, line, leg, day, kind, account, store, item, qty, amount) SELECT id, 1, 9, '2027-01-01', 'supplier', 'x', store, (SELECT min(id) FROM catalog_item), 0, 5 FROM warehouse_document WHERE kind = 'receipt'`,
	} {
		t.Run(rule, func(t *testing.T) {
			dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
				h := open(t, d)
				h.receive(warehouse.In{Item: h.lamp.ID, Qty: "7", Amount: "10"})
				if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "2"}); err != nil {
					t.Fatal(err)
				}
				h.sound()
				if err := d.Do(t.Context(), db.System("bender"), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), bend); return err }); err != nil {
					t.Fatal(err)
				}
				wrong, err := warehouse.Verify(t.Context(), d)
				if err != nil || len(wrong) == 0 || wrong[0].Rule != rule && wrong[len(wrong)-1].Rule != rule {
					t.Errorf("found %v, %v", wrong, err)
				}
			})
		})
	}
	t.Run("the ledger itself cannot be bent", func(t *testing.T) {
		dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
			h := open(t, d)
			h.receive(warehouse.In{Item: h.lamp.ID, Qty: "7", Amount: "10"})
			for _, q := range []string{`UPDATE warehouse_posting SET qty = 1`, `DELETE FROM warehouse_posting`, `UPDATE warehouse_document SET amount = 1`, `DELETE FROM warehouse_document`} {
				err := d.Do(t.Context(), db.System("bender"), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), q); return err })
				if !fault.Is(err, "base.append_only") {
					t.Errorf("%s: %v", q, err)
				}
			}
		})
	})
}
