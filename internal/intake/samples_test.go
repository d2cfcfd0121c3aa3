package intake_test

import (
	"testing"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/intake"
	"houqin/internal/purchasing"
	"houqin/internal/warehouse"
)

// What these files hold was counted with other programs. Each is brought twice into
// an empty hospital, as it is and without a mapping.

func TestRealDepartmentCodes(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		c.counts(c.bringSample("departments", "cn-health-codes/ws-dept-codes.csv", intake.Options{}), 223, 223, 0, 0, 0)
		liver, err := departments.ByCode(t.Context(), d, "A04.01.01")
		if err != nil || liver.Name != "肝脏移植项目" || liver.Official != "A04.01.01" || liver.ParentName == "" {
			t.Errorf("%+v %v", liver, err)
		}
		for code, kind := range map[string]departments.Kind{"A03": departments.Ward, "A30": departments.Technology, "D88": departments.Office} {
			if d, err := departments.ByCode(t.Context(), d, code); err != nil || d.Kind != kind {
				t.Errorf("%s is %s, %v", code, d.Kind, err)
			}
		}
		c.counts(c.bringSample("departments", "cn-health-codes/ws-dept-codes.csv", intake.Options{}), 223, 0, 0, 223, 0)
	})
}

func TestRealItems(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		r := c.bringSample("items", "hospital-stock/inventoryLevelImportData.xls", intake.Options{})
		c.counts(r, 1497, 1491, 0, 0, 6)
		see(t, c.said(), "Package Size|N442|250|", "Package Size|N510|160|", "Unit of measure|K1091|Boxes (10)|This unit is not known",
			"Unit of measure|K1297|Each Complete machine|", "||1496|Every cell of this row is a number", "||0|Every cell of this row is a number")
		see(t, applied(t, r), "Each, eac → each", "amp → ampoule", "Rows that name no unit are counted in “each” (11 rows)", "(row 1497, 1498, 1499, 1500, 1501)")
		i, err := catalog.ByNumber(t.Context(), d, "PK77")
		if err != nil || i.Name != "Burette Set (micro dropper), 150ml, w/ automatic shutoff" || i.Unit != "each" || i.ClassName != "Intravenous (IV) and arterial administration products" {
			t.Errorf("%+v %v", i, err)
		}
		used := map[string]bool{}
		all, err := catalog.Items.All(t.Context(), d, list.Where{}, 2000)
		for _, i := range all {
			for _, p := range i.Packs {
				used[p.Unit] = true
			}
		}
		if len(all) != 1491 || len(used) != 33 || err != nil {
			t.Errorf("%d items in %d units, %v", len(all), len(used), err)
		}
		c.counts(c.bringSample("items", "hospital-stock/inventoryLevelImportData.xls", intake.Options{}), 1497, 0, 0, 1491, 6)
	})
}

func TestRealOpeningStock(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		r := c.bringSample("stock", "hospital-stock/inventoryLevelImportData.xls", intake.Options{})
		c.counts(r, 1497, 1488, 0, 0, 9)
		see(t, c.said(), "Current quantity|T652|-2|Stock cannot be negative", "Current quantity|T673|-2999|", "Current quantity|T951|-1980|")
		see(t, applied(t, r), "The store MAIN (总库) is set up (1 row)", "Goods without a price come into the books at nothing")
		main, err := warehouse.StoreByCode(t.Context(), d, "MAIN")
		if err != nil {
			t.Fatal(err)
		}
		held, err := warehouse.Holdings.All(t.Context(), d, list.Where{}.And("s.store = ?", main.ID), 2000)
		if err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for _, h := range held {
			sum += h.Qty
		}
		if sum != 6_107_619 || len(held) != 1291 {
			t.Errorf("%d pieces in %d items", sum, len(held))
		}
		c.counts(c.bringSample("stock", "hospital-stock/inventoryLevelImportData.xls", intake.Options{}), 1497, 0, 0, 1488, 9)
	})
}

// An order list of a hospital that buys abroad: lines without a vendor are refused by name,
// the rest are two orders that goods can come for.
func TestRealOrders(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		c.counts(c.bringSample("orders", "hospital-stock/purchaseOrders.xls", intake.Options{DryRun: true}), 136, 131, 0, 0, 5)
		r := c.bringSample("orders", "hospital-stock/purchaseOrders.xls", intake.Options{})
		c.counts(r, 136, 131, 0, 0, 5)
		see(t, c.said(), "Vendor|E133||Nothing stands here", "Vendor|E137||")
		see(t, applied(t, r), "is one order of that supplier", "is entered as a supplier", "“Mckesson” is the supplier “McKesson” (1 row)", "“McKesson Medical” is entered as a supplier (1 row)", "Prices of a line are its amount over its quantity, rounded to the fen")
		open, err := purchasing.OpenOrders(t.Context(), d, "")
		if err != nil || len(open) != 2 {
			t.Fatalf("%d orders, %v", len(open), err)
		}
		lines, pieces, amount := 0, quantity.Qty(0), money.Fen(0)
		for _, o := range open {
			lines += len(o.Goods)
			for _, l := range o.Goods {
				pieces += l.Qty
				amount += l.Price * money.Fen(l.Qty)
				if l.Number == "BR50" && (l.Qty != 100 || l.Price != 142 || l.Name != "Adapter, Metered dose inhaler" || l.Received != 0) {
					t.Errorf("%+v", l)
				}
			}
			if int64(len(o.Goods)) != o.Lines || o.State != purchasing.Sent || o.Method != purchasing.ByTakingOver {
				t.Errorf("%+v", o)
			}
		}
		if lines != 131 || pieces != 1_086_819 || amount != 39_667_555 {
			t.Errorf("%d lines of %d pieces for %s", lines, pieces, amount)
		}
		if wrong, err := purchasing.Verify(t.Context(), d); err != nil || len(wrong) > 0 {
			t.Error(wrong, err)
		}
		c.counts(c.bringSample("orders", "hospital-stock/purchaseOrders.xls", intake.Options{}), 136, 0, 0, 131, 5)
	})
}

func TestRealAssets(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		r := c.bringSample("assets", "elevators/elevators_raw_manhattan_15k.csv", intake.Options{})
		c.counts(r, 14994, 14992, 0, 0, 2)
		see(t, c.said(), "DV_APPROVAL_DATE|N4724|21021|", "DV_APPROVAL_DATE|N8725|50109|")
		see(t, applied(t, r), "“NYCHA” is no known state: the asset counts as in use and the word is kept (110 rows)", "The class follows from type and name: “Lifts” (14,992 rows)")
		lift, err := assets.ByNumber(t.Context(), d, "1D10000")
		if err != nil || lift.Name != "Dumbwaiter (D)" || lift.Class != "lift" || !lift.Special || lift.Inspected != "2014-03-25" || lift.Due != "2015-03-25" ||
			lift.Since != "1996-05-24" || lift.Spot != "494 WEST BROADWAY" || lift.State != assets.InUse || lift.Maker != "" {
			t.Errorf("%+v %v", lift, err)
		}
		kept := false
		for _, f := range lift.Extra.Facts() {
			kept = kept || f == assets.Fact{Name: "BIN", Value: "1008273"}
		}
		if !kept {
			t.Errorf("the card does not keep what nobody takes: %s", lift.Extra)
		}
		if !d.Postgres() { // once is enough for what the other files show too
			c.counts(c.bringSample("assets", "elevators/elevators_raw_manhattan_15k.csv", intake.Options{}), 14994, 0, 0, 14992, 2)
		}
	})
}

func TestRealPastJobs(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		r := c.bringSample("jobs", "mwo-excavators/excavators.csv", intake.Options{})
		c.counts(r, 5485, 5478, 0, 0, 7)
		see(t, c.said(), "Cost|E951|-339.81|", "Cost|E1083|-25.76|", "Cost|E1084|-77.29|", "Cost|E3454|PM01|“PM01” is not a number", "Cost|E3947|-190.28|", "Cost|E4262|-253.71|", "Cost|E4976|-139.52|")
		see(t, applied(t, r), "all land on “IMPORT 未注明科室”", "The same content stood in a row above: it is another job (358 rows)")
		jobs, err := desk.Jobs.All(t.Context(), d, list.Where{}.And("j.title = ?", "BUCKET WON'T OPEN"), 10)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("%v %v", jobs, err)
		}
		j := jobs[0]
		if j.Spot != "A" || j.Cost != 18305 || j.Trade != "equipment" || j.State != desk.Closed || j.ReportedAt.Day(d.Zone) != "2004-07-01" || j.DepartmentName != "未注明科室" {
			t.Errorf("%+v", j)
		}
		all, err := desk.Jobs.All(t.Context(), d, list.Where{}, 10_000)
		var sum money.Fen
		for _, j := range all {
			sum += j.Cost
		}
		if err != nil || len(all) != 5478 || sum != 1750709450 {
			t.Errorf("%d jobs for %s, %v", len(all), sum, err)
		}
		c.counts(c.bringSample("jobs", "mwo-excavators/excavators.csv", intake.Options{}), 5485, 0, 0, 5478, 7)
	})
}
