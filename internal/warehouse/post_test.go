package warehouse_test

import (
	"context"
	"fmt"
	"io/fs"
	"sync"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, warehouse.Migrations}

// hospital is a small one: two departments, a store, a supplier and some goods.
type hospital struct {
	t           testing.TB
	d           *db.DB
	keeper      db.Actor
	icu, stores departments.Department
	store       warehouse.Store
	supplier    suppliers.Supplier
	gloves      catalog.Item // 只, 盒 100, 箱 1000; expire
	lamp        catalog.Item // 只; do not
	mu          sync.Mutex
	made        int
}

// fresh is an item that no store ever had.
func (h *hospital) fresh() string {
	h.made++
	i := catalog.Item{Number: fmt.Sprintf("F%05d", h.made), Name: fmt.Sprint("新品", h.made), Unit: "个", Category: catalog.Other}
	h.do(func(tx *db.Tx) error { return catalog.Add(h.t.Context(), tx, &i) })
	return i.ID
}

func open(t testing.TB, d *db.DB) *hospital {
	h := &hospital{t: t, d: d, keeper: dbtest.Person("库管员", append(append([]string{departments.MayChange, catalog.MayChange, suppliers.MayChange, suppliers.MayBlock},
		warehouse.Permissions...), warehouse.MayKeep)...)}
	h.do(func(tx *db.Tx) error {
		h.icu = departments.Department{Code: "ICU", Name: "重症医学科", Kind: departments.Ward}
		h.stores = departments.Department{Code: "KF", Name: "物资库", Kind: departments.Office}
		for _, dep := range []*departments.Department{&h.icu, &h.stores} {
			if err := departments.Found(t.Context(), tx, dep); err != nil {
				return err
			}
		}
		h.store = warehouse.Store{Code: "A", Name: "总库", Department: h.stores.ID}
		if err := warehouse.SetUp(t.Context(), tx, &h.store); err != nil {
			return err
		}
		h.supplier = suppliers.Supplier{Name: "康达医疗"}
		if err := suppliers.Add(t.Context(), tx, &h.supplier); err != nil {
			return err
		}
		h.gloves = catalog.Item{Number: "A001", Name: "检查手套", Spec: "M", Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 100}, {Unit: "箱", Factor: 1000}},
			Category: catalog.Consumable, ShelfDays: 1000}
		h.lamp = catalog.Item{Number: "B001", Name: "灯管", Spec: "T8 18W", Unit: "只", Category: catalog.Spare}
		for _, i := range []*catalog.Item{&h.gloves, &h.lamp} {
			if err := catalog.Add(t.Context(), tx, i); err != nil {
				return err
			}
		}
		return nil
	})
	return h
}

func (h *hospital) do(f func(*db.Tx) error) {
	h.t.Helper()
	dbtest.Do(h.t, h.d, h.keeper, f)
}

func (h *hospital) try(f func(*db.Tx) error) error { return h.d.Do(context.Background(), h.keeper, f) }

func (h *hospital) receive(lines ...warehouse.In) (doc warehouse.Document) {
	h.t.Helper()
	h.do(func(tx *db.Tx) (err error) {
		doc, err = warehouse.Receive(h.t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "FP-1", Lines: lines})
		return err
	})
	return doc
}

func (h *hospital) issue(lines ...warehouse.Out) (doc warehouse.Document, err error) {
	err = h.try(func(tx *db.Tx) (err error) {
		doc, err = warehouse.Issue(h.t.Context(), tx, warehouse.Handout{Store: h.store.ID, Department: h.icu.ID, ReceiverName: "王丽", Lines: lines})
		return err
	})
	return doc, err
}

func TestGoodsGoOutFirstExpiredFirstAtCost(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		late := h.receive(warehouse.In{Item: h.gloves.ID, Qty: "1 箱", Price: "300", Lot: "L2", Expiry: "2028-06-30"})
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "3盒", Amount: "100", Lot: "L1", Expiry: "2027-12-31"})
		if late.Number != "RK-2027-000001" || late.Amount != 30000 {
			t.Errorf("received %s for %s", late.Number, late.Amount)
		}
		doc, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "5 盒"})
		if err != nil {
			t.Fatal(err)
		}
		if doc.Number != "CK-2027-000001" || doc.Amount != 10000+6000 || len(doc.Moves) != 2 || doc.Moves[0].Lot != "L1" || doc.Moves[0].Qty != -300 || doc.Moves[1].Lot != "L2" {
			t.Errorf("issued %+v", doc)
		}
	})
}

// sound fails the test when the books contradict themselves.
func (h *hospital) sound() {
	h.t.Helper()
	wrong, err := warehouse.Verify(h.t.Context(), h.d)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, w := range wrong {
		h.t.Error(w)
	}
}

func (h *hospital) holding(i catalog.Item) warehouse.Holding {
	h.t.Helper()
	got, err := warehouse.HoldingOf(h.t.Context(), h.d, h.store.ID, i.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return got
}
