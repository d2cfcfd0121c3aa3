package warehouse_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// Clause: S-028
func TestGoodsThatAffectEachOtherLieApart(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		to := h.second()
		add := func(name, storage string) string {
			i := catalog.Item{Number: name, Name: name, Unit: "瓶", Category: catalog.Other, Storage: storage}
			h.do(func(tx *db.Tx) error { return catalog.Add(t.Context(), tx, &i) })
			return i.ID
		}
		alcohol, acid, gauze, vaccine := add("酒精", "flammable"), add("盐酸", "corrosive"), add("纱布", "sterile"), add("疫苗", "cold")
		var bin warehouse.Bin
		h.do(func(tx *db.Tx) error {
			bin = warehouse.Bin{Store: h.store.ID, Code: "A-1"}
			return warehouse.AddBin(t.Context(), tx, &bin)
		})
		take := func(lines ...warehouse.In) error {
			for n := range lines {
				lines[n].Qty, lines[n].Amount = "1", "1"
			}
			return h.try(func(tx *db.Tx) error {
				_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "1", Lines: lines})
				return err
			})
		}
		if err := take(warehouse.In{Item: alcohol}, warehouse.In{Item: acid}); said(err) != "lines.1.item warehouse.not_in_one_store" || !cites(err, "S-028") {
			t.Errorf("both at once: %v", err)
		}
		if err := take(warehouse.In{Item: alcohol}, warehouse.In{Item: h.lamp.ID, Bin: bin.ID}); err != nil {
			t.Fatal(err)
		}
		if err := take(warehouse.In{Item: acid}, warehouse.In{Item: gauze}, warehouse.In{Item: vaccine, Bin: bin.ID}, warehouse.In{Item: h.lamp.ID, Bin: bin.ID}); said(err) !=
			"lines.0.item warehouse.not_in_one_store, lines.1.item warehouse.not_in_one_store, lines.2.bin warehouse.not_in_one_bin" {
			t.Errorf("to what lies there: %v", err)
		}
		if err := take(warehouse.In{Item: vaccine}); err != nil {
			t.Errorf("the cold beside the normal, elsewhere in the store: %v", err)
		}
		h.do(func(tx *db.Tx) error {
			_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: to.ID, Supplier: h.supplier.ID, Invoice: "1", Lines: []warehouse.In{{Item: acid, Qty: "1", Amount: "1"}}})
			return err
		})
		if _, err := h.carry(to.ID, warehouse.Out{Item: alcohol, Qty: "1"}); said(err) != "lines.0.item warehouse.not_in_one_store" {
			t.Errorf("carried to it: %v", err)
		}
		if _, err := h.issue(warehouse.Out{Item: alcohol, Qty: "1"}); err != nil {
			t.Fatal(err)
		}
		if err := take(warehouse.In{Item: acid}); err != nil {
			t.Errorf("once the other is gone: %v", err)
		}
		if _, err := h.back(warehouse.Back{Item: alcohol, Qty: "1"}); said(err) != "lines.0.item warehouse.not_in_one_store" {
			t.Errorf("brought back to it: %v", err)
		}
		set(t, d, clock, "S-028.apart", "off")
		if _, err := h.back(warehouse.Back{Item: alcohol, Qty: "1"}); err != nil {
			t.Errorf("although the house does not ask for it: %v", err)
		}
		h.sound()
	})
}
