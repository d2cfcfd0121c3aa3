package demo

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// devices are consumables that count as medical devices, each with the device identifier
// that its maker prints on the box (invented: no maker has these).
var devices = []struct {
	name, spec, unit, pack string
	factor                 int64
	price                  money.Fen
	gtin                   string
}{
	{"静脉留置针", "24G Y型", "支", "盒", 50, 780, "0690000000101"},
	{"一次性使用无菌注射器", "5ml 带针", "支", "盒", 100, 45, "0690000000102"},
	{"一次性使用输液器", "带过滤 0.7×25", "套", "箱", 400, 165, "0690000000103"},
	{"一次性导尿包", "16Fr", "套", "箱", 40, 1890, "0690000000104"},
	{"真空采血管", "EDTA-K2 2ml", "支", "盒", 100, 62, "0690000000105"},
	{"医用敷料贴", "9×10cm 无菌", "贴", "盒", 50, 230, "0690000000106"},
}

// medicalStock lays medical consumables into the main store, of each a lot that can be used
// for long and one that ends soon; of two a lot that has ended since.
func (w *world) medicalStock(ctx context.Context, tx *db.Tx) error {
	today := period.DayOf(w.now, w.d.Zone)
	var lines []warehouse.In
	for n, v := range devices {
		i := catalog.Item{Number: fmt.Sprintf("Y%04d", 1001+n), Name: v.name, Spec: v.spec, Unit: v.unit, Category: catalog.Medical, Price: v.price, ShelfDays: 1095,
			Packs: []quantity.Pack{{Unit: v.pack, Factor: v.factor}}, Barcodes: []catalog.Barcode{{Code: checked(v.gtin)}}}
		if err := catalog.Add(ctx, tx, &i); err != nil {
			return fmt.Errorf("%s: %w", i.Name, err)
		}
		w.devices = append(w.devices, i)
		lot := func(name string, packs int64, ends int) {
			lines = append(lines, warehouse.In{Item: i.ID, Qty: fmt.Sprint(packs * v.factor), Price: i.Price.String(), Lot: name, Expiry: today.AddDays(ends)})
		}
		lot(fmt.Sprintf("ZJ26%02dA", n+1), 12, 620+20*n)
		lot(fmt.Sprintf("ZJ25%02dC", n+1), 3, 24+9*n)
		if n < 2 {
			lot(fmt.Sprintf("ZJ23%02dB", n+1), 1, -4-n)
		}
	}
	_, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: w.stores[0].ID, Note: "期初 医用耗材", Lines: lines})
	return err
}

// recall puts a lot of a device under hold: its maker calls it back.
func (w *world) recall(ctx context.Context, tx *db.Tx) error {
	_, err := warehouse.HoldLot(ctx, tx, w.stores[0].ID, w.devices[3].ID, "ZJ2604A", "厂家三级召回通知，停用待退")
	return err
}

// checked is a number of thirteen digits with the digit that proves it.
func checked(digits string) string {
	sum := 0
	for n, c := range digits {
		sum += int(c-'0') * (3 - 2*(n%2))
	}
	return digits + fmt.Sprint((10-sum%10)%10)
}
