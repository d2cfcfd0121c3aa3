package inbox_test

import (
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/inbox"
	"houqin/internal/warehouse"
)

// A keeper finds before them what ran low, what has ended, a reserve that is short and the
// month that is over; finance the closed month; what a ward keeps itself is the ward's.
func TestWhatWaitsInTheStores(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		office := departments.Department{Code: "H0", Name: "后勤科", Kind: departments.Office}
		ward := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
		lamp := catalog.Item{Number: "B1", Name: "灯管", Unit: "只", Category: catalog.Spare, Price: 100}
		milk := catalog.Item{Number: "C1", Name: "牛奶", Unit: "盒", Category: catalog.Food, ShelfDays: 20, Price: 100}
		store := warehouse.Store{Code: "A", Name: "总库"}
		own := warehouse.Store{Code: "W", Name: "内一科二级库", Ward: true}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			for _, x := range []*departments.Department{&office, &ward} {
				if err := departments.Found(ctx, tx, x); err != nil {
					return err
				}
			}
			for _, i := range []*catalog.Item{&lamp, &milk} {
				if err := catalog.Add(ctx, tx, i); err != nil {
					return err
				}
			}
			store.Department, own.Department = office.ID, ward.ID
			for _, s := range []*warehouse.Store{&store, &own} {
				if err := warehouse.SetUp(ctx, tx, s); err != nil {
					return err
				}
			}
			if _, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: store.ID, Lines: []warehouse.In{{Item: lamp.ID, Qty: "10", Price: "1"},
				{Item: milk.ID, Qty: "5", Price: "1", Lot: "L1", Expiry: tx.Today().AddDays(10)}}}); err != nil {
				return err
			}
			if err := warehouse.SetLevels(ctx, tx, store.ID, lamp.ID, 12, 0); err != nil {
				return err
			}
			if err := warehouse.SetLevels(ctx, tx, own.ID, lamp.ID, 3, 0); err != nil {
				return err
			}
			return warehouse.SetReserve(ctx, tx, store.ID, lamp.ID, 11, "停电")
		})
		tray := func(by db.Actor) map[string]int {
			t.Helper()
			trays, err := inbox.Of(ctx, d, by)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for _, x := range trays {
				got[x.Name] = len(x.Things)
			}
			return got
		}
		keeper := dbtest.PersonIn("库管员", office.ID, warehouse.MayIssue, warehouse.MayClose, warehouse.MaySee)
		finance := dbtest.Person("财务", warehouse.MayAgree)
		if got := tray(keeper); got["store_low"] != 1 || got["reserves"] != 1 || got["lots_ended"] != 0 || got["month_close"] != 0 {
			t.Errorf("the keeper has %v", got)
		}
		clock.Add(40 * 24 * time.Hour)
		if got := tray(keeper); got["store_low"] != 1 || got["lots_ended"] != 1 || got["month_close"] != 1 || got["month_agree"] != 0 {
			t.Errorf("after a month the keeper has %v", got)
		}
		if got := tray(finance); got["month_agree"] != 0 {
			t.Errorf("finance has %v", got)
		}
		dbtest.Do(t, d, keeper, func(tx *db.Tx) error {
			m, _, err := warehouse.NextToClose(ctx, tx, store.ID, tx.Today())
			if err == nil {
				_, err = warehouse.CloseMonth(ctx, tx, store.ID, m)
			}
			return err
		})
		if got := tray(finance); got["month_agree"] != 1 {
			t.Errorf("finance has %v", got)
		}
		if got := tray(dbtest.PersonIn("护士", ward.ID, warehouse.MaySee)); got["store_low"]+got["month_close"]+got["lots_ended"] != 0 {
			t.Errorf("a ward has %v", got)
		}
	})
}
