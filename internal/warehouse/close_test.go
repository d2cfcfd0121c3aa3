package warehouse_test

import (
	"sync"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/warehouse"
)

func (h *hospital) close(store string, m period.Month) (id string, err error) {
	err = h.try(func(tx *db.Tx) (err error) {
		id, err = warehouse.CloseMonth(h.t.Context(), tx, store, m)
		return err
	})
	return id, err
}

// A month is closed in its turn, agrees with the postings, and is never opened again;
// what was wrong in it is taken back in the open month and points to it.
// Clause: S-001 S-003
func TestAMonthIsClosedForGood(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		to := h.second()
		if _, err := h.close(h.store.ID, "2027-02"); said(err) != "warehouse.nothing_to_close" {
			t.Errorf("an empty store: %v", err)
		}
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "3 盒", Amount: "75", Expiry: "2028-01-01"}, warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		wrong, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "3"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.carry(to.ID, warehouse.Out{Item: h.gloves.ID, Qty: "1 盒"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.close(h.store.ID, "2027-03"); said(err) != "warehouse.month_not_over" {
			t.Errorf("a month that goes on: %v", err)
		}
		clock.Add(30 * 24 * time.Hour) // into April
		if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "1"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.close(h.store.ID, "2027-04"); said(err) != "warehouse.not_next" {
			t.Errorf("out of its turn: %v", err)
		}
		id, err := h.close(h.store.ID, "2027-03")
		if err != nil {
			t.Fatal(err)
		}
		c, err := warehouse.CloseByID(t.Context(), d, id)
		if err != nil || c.Opening != 0 || c.In != 17500 || c.Out != 3000+2500 || c.Closing != 12000 || c.Items != 2 || c.Month != "2027-03-01" || c.Agreed {
			t.Errorf("the month: %+v, %v", c, err)
		}
		lines, err := warehouse.CloseLines.All(t.Context(), d, warehouse.LinesOf(id), 10)
		if err != nil || len(lines) != 2 || lines[0].Opening != 0 || lines[0].In != 300 || lines[0].Out != 100 || lines[0].Closing != 200 || lines[0].ClosingAmount != 5000 {
			t.Errorf("its lines: %+v, %v", lines, err)
		}
		classes, err := warehouse.ClassesOf(t.Context(), d, id)
		if err != nil || len(classes) != 2 || classes[0].Category != "consumable" || classes[0].In != 7500 || classes[1].Closing != 7000 {
			t.Errorf("its classes: %+v, %v", classes, err)
		}
		kinds, err := warehouse.KindsOf(t.Context(), d, id)
		want := map[warehouse.Kind]warehouse.KindSum{"issue": {"issue", 1, 0, 3000}, "receipt": {"receipt", 1, 17500, 0}, "transfer": {"transfer", 1, 0, 2500}}
		if err != nil || len(kinds) != 3 {
			t.Errorf("its kinds: %+v, %v", kinds, err)
		}
		for _, k := range kinds {
			if k != want[k.Kind] {
				t.Errorf("%+v, want %+v", k, want[k.Kind])
			}
		}
		if _, err := h.close(h.store.ID, "2027-03"); said(err) != "warehouse.not_next" {
			t.Errorf("twice: %v", err)
		}
		// the clock of a second machine goes a month behind
		clock.Add(-30 * 24 * time.Hour)
		if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "1"}); said(err) != "warehouse.month_closed" {
			t.Errorf("into the closed month: %v", err)
		}
		clock.Add(30 * 24 * time.Hour)
		var back warehouse.Document
		h.do(func(tx *db.Tx) (err error) {
			back, err = warehouse.Reverse(t.Context(), tx, wrong.ID, "领错")
			return err
		})
		if back.Day.Month() != "2027-04" || back.ReversesNumber != wrong.Number {
			t.Errorf("the correction: %+v", back)
		}
		clock.Add(31 * 24 * time.Hour) // into May
		if id, err = h.close(h.store.ID, "2027-04"); err != nil {
			t.Fatal(err)
		}
		if c, err = warehouse.CloseByID(t.Context(), d, id); err != nil || c.Opening != 12000 || c.In != 3000 || c.Out != 1000 || c.Closing != 14000 {
			t.Errorf("the month after: %+v, %v", c, err)
		}
		// the other store has its own months
		if _, err := h.close(to.ID, "2027-03"); err != nil {
			t.Errorf("the other store: %v", err)
		}
		for _, q := range []string{`UPDATE warehouse_close SET closing = 0, went = opening + came`, `DELETE FROM warehouse_close_line`, `DELETE FROM warehouse_close`} {
			if err := d.Do(t.Context(), db.System("bender"), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), q); return err }); !fault.Is(err, "base.append_only") {
				t.Errorf("%s: %v", q, err)
			}
		}
		h.sound()
	})
}

// Nothing moves between two closings: the month is closed and empty.
func TestAQuietMonthIsClosedToo(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		clock.Add(70 * 24 * time.Hour)
		for _, m := range []period.Month{"2027-03", "2027-04"} {
			if _, err := h.close(h.store.ID, m); err != nil {
				t.Fatal(m, err)
			}
		}
		all, err := warehouse.Closes.All(t.Context(), d, list.Where{}, 10)
		if err != nil || len(all) != 2 || all[0].Opening != 10000 || all[0].In != 0 || all[0].Closing != 10000 {
			t.Errorf("%+v, %v", all, err)
		}
		h.sound()
	})
}

func TestWhoClosesAndWhoAgrees(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		clock.Add(30 * 24 * time.Hour)
		try := func(by db.Actor, f func(*db.Tx) error) error { return d.Do(t.Context(), by, f) }
		shut := func(by db.Actor) (id string, err error) {
			err = try(by, func(tx *db.Tx) (err error) {
				id, err = warehouse.CloseMonth(t.Context(), tx, h.store.ID, "2027-03")
				return err
			})
			return id, err
		}
		if _, err := shut(dbtest.PersonIn("别处", h.icu.ID, warehouse.MayClose)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who keeps another store: %v", err)
		}
		keeper := dbtest.PersonIn("保管人", h.stores.ID, warehouse.MayClose, warehouse.MayAgree)
		h.store.Keepers = []string{keeper.ID}
		h.do(func(tx *db.Tx) error { return warehouse.ChangeStore(t.Context(), tx, &h.store) })
		waits := func() (all []warehouse.Unclosed) {
			t.Helper()
			all, err := warehouse.ToClose(t.Context(), d, keeper, 9)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		if all := waits(); len(all) != 1 || all[0].Month != "2027-03" || all[0].Store != h.store.ID {
			t.Errorf("the keeper is not told of the month that is over: %+v", all)
		}
		set(t, d, clock, "S-001.closer", "not_keeper")
		if _, err := shut(keeper); said(err) != "warehouse.keeper_closes" {
			t.Errorf("the keeper himself: %v", err)
		}
		set(t, d, clock, "S-001.closer", "whoever")
		id, err := shut(keeper)
		if err != nil {
			t.Fatal(err)
		}
		if all := waits(); len(all) != 0 {
			t.Errorf("closed, and still told: %+v", all)
		}
		figure := money.Fen(100_01)
		agree := func(by db.Actor) error {
			return try(by, func(tx *db.Tx) error { return warehouse.Agree(t.Context(), tx, id, figure, "与总账一致") })
		}
		finance := dbtest.Person("财务", warehouse.MayAgree)
		if err := agree(finance); said(err) != "figure warehouse.not_to_the_fen" || !cites(err, "S-001") {
			t.Errorf("a fen apart: %v", err)
		}
		for _, x := range []struct {
			by   db.Actor
			want int
		}{{finance, 1}, {keeper, 0}, {dbtest.PersonIn("别处", h.icu.ID, warehouse.MayAgree), 0}} {
			if waits, err := warehouse.ToAgree(t.Context(), d, x.by, 9); err != nil || len(waits) != x.want {
				t.Errorf("%s has %d months to agree to, %v", x.by.Name, len(waits), err)
			}
		}
		figure = 100_00
		if err := agree(keeper); said(err) != "warehouse.closer_agrees" {
			t.Errorf("who closed it agrees with himself: %v", err)
		}
		if err := agree(finance); err != nil {
			t.Fatal(err)
		}
		if err := agree(finance); said(err) != "warehouse.is_agreed" {
			t.Errorf("twice: %v", err)
		}
		if c, err := warehouse.CloseByID(t.Context(), d, id); err != nil || !c.Agreed || c.AgreedName != "财务" || c.AgreedNote != "与总账一致" || c.Figure != figure {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

// Books that somebody bent are not closed.
func TestBentBooksAreNotClosed(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		if err := d.Do(t.Context(), db.System("bender"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE warehouse_stock SET amount = amount - 1`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		clock.Add(30 * 24 * time.Hour)
		if _, err := h.close(h.store.ID, "2027-03"); said(err) != "warehouse.books_disagree" {
			t.Errorf("%v", err)
		}
	})
}

// While many issue, the month is closed: what the closing says is what the postings
// of the month are, whoever came first.
func TestAMonthIsClosedWhileOthersPost(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "1000", Amount: "1000"})
		midnight := time.Date(2027, 3, 31, 16, 0, 0, 0, time.UTC)
		clock.Set(midnight.Add(-time.Minute))
		var wait sync.WaitGroup
		for n := range 12 {
			wait.Go(func() {
				for k := range 8 {
					if n == 0 && k == 4 {
						clock.Set(midnight.Add(time.Minute))
					}
					if n == 1 && k > 3 {
						if _, err := h.close(h.store.ID, "2027-03"); err != nil && !fault.Is(err, "warehouse.month_not_over") && !fault.Is(err, "warehouse.not_next") {
							t.Error(err)
						}
						continue
					}
					var err error
					if n%3 == 0 { // goods that the store never had
						h.mu.Lock()
						item := h.fresh()
						h.mu.Unlock()
						err = h.try(func(tx *db.Tx) error {
							_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "1", Lines: []warehouse.In{{Item: item, Qty: "1", Amount: "1"}}})
							return err
						})
					} else {
						_, err = h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "1"})
					}
					if err != nil && !fault.Is(err, "warehouse.month_closed") {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		if _, err := h.close(h.store.ID, "2027-03"); err != nil && !fault.Is(err, "warehouse.not_next") {
			t.Error(err)
		}
		h.sound()
		all, err := warehouse.Closes.All(t.Context(), d, list.Where{}, 10)
		if err != nil || len(all) != 1 || all[0].Closing <= 0 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// The turnover of any days is the sum of the card's rows in them, whether closed months lie
// between, before or after, and whatever was there of an item that did not move in one.
func TestTheTurnoverGoesOverClosedMonths(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		day := 24 * time.Hour
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "400", Amount: "800"})
		var many []warehouse.Out // more rows than may be out of order
		for range 40 {
			many = append(many, warehouse.Out{Item: h.lamp.ID, Qty: "1"})
		}
		for month := range 3 {
			for range month + 1 {
				clock.Add(6 * day)
				if _, err := h.issue(many...); err != nil {
					t.Fatal(err)
				}
			}
			if month == 1 {
				h.receive(warehouse.In{Item: h.lamp.ID, Qty: "5", Amount: "10"})
			}
			clock.Add(35 * day)
			if m, over, err := warehouse.NextToClose(t.Context(), d, h.store.ID, d.Today()); err != nil || !over {
				t.Fatal(m, err)
			} else if _, err := h.close(h.store.ID, m); err != nil {
				t.Fatal(err)
			}
		}
		type row struct {
			day         period.Day
			qty, amount int64
		}
		rows, err := db.All(t.Context(), d, func(r *row) []any { return []any{&r.day, &r.qty, &r.amount} },
			`SELECT day, qty, amount FROM warehouse_posting WHERE kind = 'store' AND store = $1 AND item = $2 ORDER BY seq`, h.store.ID, h.lamp.ID)
		if err != nil || len(rows) < 8 {
			t.Fatal(len(rows), err)
		}
		first, last := rows[0].day.AddDays(-40), d.Today().AddDays(40)
		for from := first; from <= last; from = from.AddDays(17) {
			for to := from; to <= last; to = to.AddDays(23) {
				want := warehouse.Turnover{From: from, To: to}
				for _, r := range rows {
					switch {
					case r.day > to:
					case r.day < from:
						want.Opening, want.OpeningAmount = want.Opening+quantity.Qty(r.qty), want.OpeningAmount+money.Fen(r.amount)
					case r.qty > 0:
						want.In, want.InAmount = want.In+quantity.Qty(r.qty), want.InAmount+money.Fen(r.amount)
					default:
						want.Out, want.OutAmount = want.Out-quantity.Qty(r.qty), want.OutAmount-money.Fen(r.amount)
					}
				}
				want.Closing, want.ClosingAmount = want.Opening+want.In-want.Out, want.OpeningAmount+want.InAmount-want.OutAmount
				if got, err := warehouse.TurnoverOf(t.Context(), d, h.store.ID, h.lamp.ID, from, to); err != nil || got != want {
					t.Fatalf("%s to %s:\n%+v, want\n%+v, %v", from, to, got, want, err)
				}
				n := 0
				for _, r := range rows {
					if r.day >= from && r.day <= to {
						n++
					}
				}
				where, err := warehouse.CardIn(t.Context(), d, h.store.ID, h.lamp.ID, from, to)
				if err != nil {
					t.Fatal(err)
				}
				if shown, err := warehouse.Card.All(t.Context(), d, where, 1000); err != nil || len(shown) != n {
					t.Fatalf("%s to %s: the card shows %d rows of %d, %v", from, to, len(shown), n, err)
				}
			}
		}
	})
}
