package warehouse_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// Whatever papers of whatever kinds move goods between two stores, departments,
// suppliers, the books' gains and losses, in whatever order, with lots held and let go
// and months closed between: the books agree with the postings, nothing is negative,
// no goods and no fen are lost, nothing expired or held goes out, and what a month was
// closed with stays.
func TestAnyHistoryOfAllKindsIsSound(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		items := []catalog.Item{h.gloves, h.lamp}
		runs := 0
		rapid.Check(t, func(r *rapid.T) {
			runs++
			var stores [2]warehouse.Store
			h.do(func(tx *db.Tx) error {
				for n := range stores {
					stores[n] = warehouse.Store{Code: fmt.Sprint("H", runs, "-", n), Name: "试库", Department: h.stores.ID}
					if err := warehouse.SetUp(t.Context(), tx, &stores[n]); err != nil {
						return err
					}
				}
				return nil
			})
			var papers []warehouse.Document
			held := map[string]string{} // hold by store, item and lot
			closed := map[string]warehouse.Close{}
			var counted [2]map[string]quantity.Qty
			counted[0], counted[1] = map[string]quantity.Qty{}, map[string]quantity.Qty{}
			var value [2]money.Fen
			at := func() int { return rapid.IntRange(0, 1).Draw(r, "store") }
			item := func() catalog.Item { return rapid.SampledFrom(items).Draw(r, "item") }
			qty := func() quantity.Qty { return quantity.Qty(rapid.IntRange(1, 30).Draw(r, "qty")) }
			// do carries a command out; a refusal is fine, a mistake of the program is not
			do := func(f func(*db.Tx) error) bool {
				err := h.try(f)
				if err != nil && fault.KindOf(err) == fault.Internal {
					r.Fatal(err)
				}
				return err == nil
			}
			index := func(store string) int {
				return slices.IndexFunc(stores[:], func(s warehouse.Store) bool { return s.ID == store })
			}
			book := func(doc warehouse.Document) {
				papers = append(papers, doc)
				n := index(doc.Store)
				for _, m := range doc.Moves {
					counted[n][m.Item] += m.Qty
					value[n] += m.Amount
					if m.Account == warehouse.OfStore {
						counted[index(doc.To)][m.Item] -= m.Qty
						value[index(doc.To)] -= m.Amount
					}
					if doc.Kind != warehouse.Issued && doc.Kind != warehouse.Transfer {
						continue
					}
					if m.Expiry != "" && m.Expiry < doc.Day || held[doc.Store+m.Item+m.Lot] != "" {
						r.Fatalf("%s let %+v out", doc.Number, m)
					}
				}
			}
			post := func(doc warehouse.Document) {
				if do(func(tx *db.Tx) error { return warehouse.Post(t.Context(), tx, &doc) }) {
					book(doc)
				}
			}
			for range rapid.IntRange(1, 14).Draw(r, "steps") {
				n := at()
				store, i := stores[n], item()
				out := warehouse.Move{Line: 1, Item: i.ID, Qty: -qty(), Pick: true}
				switch rapid.IntRange(0, 13).Draw(r, "step") {
				case 0, 1, 2:
					l := warehouse.In{Item: i.ID, Qty: fmt.Sprint(qty()), Amount: money.Fen(rapid.IntRange(0, 5000).Draw(r, "fen")).String()}
					if i.ShelfDays > 0 {
						l.Expiry = d.Today().AddDays(rapid.IntRange(0, 40).Draw(r, "days"))
					}
					var doc warehouse.Document
					if do(func(tx *db.Tx) (err error) {
						doc, err = warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: store.ID, Supplier: h.supplier.ID, Invoice: "1", Lines: []warehouse.In{l}})
						return err
					}) {
						book(doc)
					}
				case 3, 4:
					out.Account, out.AccountID, out.Department = warehouse.OfDepartment, h.icu.ID, h.icu.ID
					post(warehouse.Document{Kind: warehouse.Issued, Store: store.ID, Department: h.icu.ID, Moves: []warehouse.Move{out}})
				case 5, 6:
					post(warehouse.Document{Kind: warehouse.Transfer, Store: store.ID, To: stores[1-n].ID, Moves: []warehouse.Move{out}})
				case 7:
					var doc warehouse.Document
					if do(func(tx *db.Tx) (err error) {
						doc, err = warehouse.TakeBack(t.Context(), tx, warehouse.Return{Store: store.ID, Department: h.icu.ID, Named: "护士", Reason: "多领", Lines: []warehouse.Back{{Item: i.ID, Qty: fmt.Sprint(-out.Qty)}}})
						return err
					}) {
						book(doc)
					}
				case 8:
					out.Account, out.AccountID = warehouse.OfSupplier, h.supplier.ID
					post(warehouse.Document{Kind: warehouse.SentBack, Store: store.ID, Supplier: h.supplier.ID, Moves: []warehouse.Move{out}})
				case 9:
					out.Account = warehouse.OfGainLoss
					doc := warehouse.Document{Kind: warehouse.Counted, Store: store.ID, Moves: []warehouse.Move{out}}
					if rapid.Bool().Draw(r, "more") {
						doc.Moves = append(doc.Moves, warehouse.Move{Line: 2, Item: h.lamp.ID, Qty: qty(), Amount: money.Fen(rapid.IntRange(0, 900).Draw(r, "fen")), Account: warehouse.OfGainLoss})
					}
					post(doc)
				case 10:
					out.Account = warehouse.OfWriteOff
					post(warehouse.Document{Kind: warehouse.WrittenOff, Store: store.ID, Moves: []warehouse.Move{out}})
				case 11:
					lots, err := warehouse.Lots.All(t.Context(), d, list.Where{}.And("b.store = ?", store.ID), 20)
					if err != nil {
						r.Fatal(err)
					}
					if len(lots) == 0 {
						continue
					}
					l := rapid.SampledFrom(lots).Draw(r, "lot")
					key := store.ID + l.Item + l.Lot
					if id := held[key]; id != "" {
						if !do(func(tx *db.Tx) error { return warehouse.ReleaseLot(t.Context(), tx, id, "好") }) {
							r.Fatal("not released")
						}
						delete(held, key)
					} else if !do(func(tx *db.Tx) (err error) {
						held[key], err = warehouse.HoldLot(t.Context(), tx, store.ID, l.Item, l.Lot, "查")
						return err
					}) {
						r.Fatal("not held")
					}
				case 12:
					if len(papers) == 0 {
						continue
					}
					was := rapid.SampledFrom(papers).Draw(r, "paper")
					var doc warehouse.Document
					if do(func(tx *db.Tx) (err error) { doc, err = warehouse.Reverse(t.Context(), tx, was.ID, "错"); return err }) {
						book(doc)
					}
				default:
					clock.Add(time.Duration(rapid.IntRange(1, 40).Draw(r, "on")) * 24 * time.Hour)
					m, over, err := warehouse.NextToClose(t.Context(), d, store.ID, d.Today())
					if err != nil {
						r.Fatal(err)
					}
					if !over {
						continue
					}
					id, err := h.close(store.ID, m)
					if err != nil {
						r.Fatal(err)
					}
					if closed[id], err = warehouse.CloseByID(t.Context(), d, id); err != nil {
						r.Fatal(err)
					}
				}
			}
			wrong, err := warehouse.Verify(t.Context(), d)
			if err != nil || len(wrong) > 0 {
				r.Fatal(wrong, err)
			}
			for n, s := range stores {
				var lies money.Fen
				for _, i := range items {
					got, err := warehouse.HoldingOf(t.Context(), d, s.ID, i.ID)
					if err != nil && fault.KindOf(err) != fault.NotFound {
						r.Fatal(err)
					}
					if got.Qty != int64(counted[n][i.ID]) {
						r.Fatalf("%d of %s in the books, %d by hand", got.Qty, i.Name, counted[n][i.ID])
					}
					lies += got.Amount
				}
				if lies != value[n] {
					r.Fatalf("%s in the books, %s by hand", lies, value[n])
				}
			}
			for id, was := range closed {
				if now, err := warehouse.CloseByID(t.Context(), d, id); err != nil || now != was {
					r.Fatalf("closed with %+v, now %+v, %v", was, now, err)
				}
			}
		})
	})
}

// Thirty-two people carry, issue, send back, take back and write off the same goods in
// two stores at once, both ways round; one piece is wanted by all of them and goes once.
func TestThirtyTwoHandsInTwoStores(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		to := h.second()
		bring := func(store string, lines ...warehouse.In) {
			h.do(func(tx *db.Tx) error {
				_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: store, Supplier: h.supplier.ID, Invoice: "1", Lines: lines})
				return err
			})
		}
		rare := h.fresh()
		bring(h.store.ID, warehouse.In{Item: h.lamp.ID, Qty: "400", Amount: "400"}, warehouse.In{Item: h.gloves.ID, Qty: "400", Amount: "40", Expiry: "2028-01-01"}, warehouse.In{Item: rare, Qty: "1", Amount: "9"})
		bring(to.ID, warehouse.In{Item: h.lamp.ID, Qty: "400", Amount: "500"}, warehouse.In{Item: h.gloves.ID, Qty: "400", Amount: "50", Expiry: "2028-02-01"})
		var wait sync.WaitGroup
		got := make([]bool, 32)
		for n := range got {
			wait.Go(func() {
				from, into := h.store.ID, to.ID
				if n%2 == 0 {
					from, into = into, from
				}
				both := func(m warehouse.Move) []warehouse.Move {
					a, b := m, m
					a.Line, a.Item, b.Line, b.Item = 1, h.lamp.ID, 2, h.gloves.ID
					a.Pick, b.Pick = true, true
					if n%4 < 2 {
						a.Item, b.Item = b.Item, a.Item
					}
					return []warehouse.Move{a, b}
				}
				for _, doc := range []warehouse.Document{
					{Kind: warehouse.Transfer, Store: from, To: into, Moves: both(warehouse.Move{Qty: -3})},
					{Kind: warehouse.Issued, Store: into, Department: h.icu.ID, Moves: both(warehouse.Move{Qty: -2, Account: warehouse.OfDepartment, AccountID: h.icu.ID, Department: h.icu.ID})},
					{Kind: warehouse.SentBack, Store: from, Supplier: h.supplier.ID, Moves: both(warehouse.Move{Qty: -1, Account: warehouse.OfSupplier, AccountID: h.supplier.ID})},
					{Kind: warehouse.WrittenOff, Store: into, Moves: both(warehouse.Move{Qty: -1, Account: warehouse.OfWriteOff})},
				} {
					if err := h.try(func(tx *db.Tx) error { return warehouse.Post(t.Context(), tx, &doc) }); err != nil {
						t.Error(err)
					}
				}
				// the last piece: half want it issued, half carried to the other store
				last := warehouse.Document{Kind: warehouse.Issued, Store: h.store.ID, Moves: []warehouse.Move{{Line: 1, Item: rare, Qty: -1, Pick: true, Account: warehouse.OfDepartment, AccountID: h.icu.ID, Department: h.icu.ID}}}
				if n%2 == 0 {
					last = warehouse.Document{Kind: warehouse.Transfer, Store: h.store.ID, To: to.ID, Moves: []warehouse.Move{{Line: 1, Item: rare, Qty: -1, Pick: true}}}
				}
				err := h.try(func(tx *db.Tx) error { return warehouse.Post(t.Context(), tx, &last) })
				if got[n] = err == nil; err != nil && !fault.Is(err, "warehouse.none_left") {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		takers := 0
		for _, ok := range got {
			if ok {
				takers++
			}
		}
		if takers != 1 {
			t.Errorf("%d took the last piece", takers)
		}
		if n := d.Stats().Retried.Load(); n > 0 {
			t.Errorf("%d units met a deadlock", n)
		}
		left := int64(0)
		for _, s := range []string{h.store.ID, to.ID} {
			got, err := warehouse.HoldingOf(t.Context(), d, s, h.lamp.ID)
			if err != nil {
				t.Fatal(err)
			}
			left += got.Qty
		}
		if left != 800-32*4 {
			t.Errorf("%d are left", left)
		}
		h.sound()
	})
}
