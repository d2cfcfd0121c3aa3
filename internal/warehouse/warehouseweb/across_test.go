package warehouseweb_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/warehouse"
)

// ward is a second store, the ward's own.
func (h *house) ward() (s warehouse.Store) {
	h.t.Helper()
	s = warehouse.Store{Code: "W1", Name: "ICU 二级库", Department: h.icu.ID, Ward: true}
	dbtest.Do(h.t, h.d, db.System("setup"), func(tx *db.Tx) error {
		h.store.Keepers = []string{h.keeper.ID}
		if err := warehouse.ChangeStore(h.t.Context(), tx, &h.store); err != nil {
			return err
		}
		return warehouse.SetUp(h.t.Context(), tx, &s)
	})
	return s
}

func TestAKeeperCarriesTakesAndSendsBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.ward()
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "3 盒", Amount: "75", Lot: "L1", Expiry: "2028-03-10"}, warehouse.In{Item: h.lamp.ID, Qty: "4", Amount: "50"})

		page := h.me.Get("/warehouse").Follow("调拨 调到别的库房")
		page.NotSee("«")
		if page.Input("store") != "总库" {
			t.Errorf("begins with %q", page.Input("store"))
		}
		bad := page.PressWant(422, "调拨", webtest.Fill{"to": {"总库"}, "taker": {"王丽"}, "note": {"备用"}, "lines.0.item": {"A001"}, "lines.0.qty": {"4 盒"}, "lines.1.item": {"B001"}, "lines.1.qty": {"5 箱"}})
		bad.See("同一个库房“总库”", "里的单位不对")
		bad = bad.PressWant(422, "调拨", webtest.Fill{"to": {"W1"}, "lines.1.qty": {"5"}})
		bad.See("“检查手套 M”只有 3 盒", "“灯管 T8 18W”只有 4 只")
		if bad.Input("note") != "备用" || bad.Input("lines.0.qty") != "4 盒" {
			t.Error("what was typed is gone")
		}
		done := bad.Press("调拨", webtest.Fill{"lines.0.qty": {"1 盒"}, "lines.1.qty": {"1"}})
		done.See("DB-2027-000001", "已调拨", "ICU 二级库", "总库", "调入人", "王丽", "L1", "1 盒", "25.00", "37.50").NotSee("«")
		doc, err := warehouse.ByDocumentNumber(t.Context(), d, "DB-2027-000001")
		if err != nil {
			t.Fatal(err)
		}
		h.me.Get("/warehouse/documents/"+doc.ID+"/print").See("物资调拨单", "ICU 二级库", "调入人", "对方库房联", "37.50").NotSee("«")
		h.me.Get("/warehouse/transfers").See("DB-2027-000001", "ICU 二级库", "37.50").NotSee("«")
		h.me.Get("/warehouse/transfers?q=erjiku").See("DB-2027-000001")

		h.me.Get("/warehouse/issues/new").Press("出库", webtest.Fill{"department": {"ICU"}, "receiver": {"王丽"}, "lines.0.item": {"A001"}, "lines.0.qty": {"1 盒"}})
		page = h.me.Get("/warehouse/returns/new")
		page.NotSee("«")
		bad = page.PressWant(422, "退库", webtest.Fill{"department": {"ICU"}, "bringer": {"王丽"}, "lines.0.item": {"A001"}, "lines.0.qty": {"30"}})
		bad.See("必填")
		done = bad.Press("退库", webtest.Fill{"reason": {"领多了"}})
		done.See("TK-2027-000001", "已退库", "退库人", "王丽", "领多了", "L1", "30 只", "7.50", "0.25/只").NotSee("«")
		h.me.Get("/warehouse/consumption?department.id="+h.icu.ID).See("70 只", "17.50")
		h.me.Get("/warehouse/returns").See("TK-2027-000001", "重症医学科", "领多了").NotSee("«")

		page = h.me.Get("/warehouse/sent-back/new")
		page.NotSee("«")
		done = page.Press("退货", webtest.Fill{"supplier": {"S1"}, "way": {"credit"}, "reason": {"灯不亮"}, "lines.0.item": {"B001"}, "lines.0.qty": {"2"}})
		done.See("TH-2027-000001", "已退货", "康达医疗", "灯不亮", "2 只", "25.00").NotSee("«", "-2 只")
		h.me.Get("/warehouse/sent-back").See("TH-2027-000001", "康达医疗", "灯不亮").NotSee("«")
		if doc, err = warehouse.ByDocumentNumber(t.Context(), d, "TH-2027-000001"); err != nil {
			t.Fatal(err)
		}
		h.me.Get("/warehouse/documents/"+doc.ID+"/print").See("物资退货单", "供应商联", "原因").NotSee("«")
		h.me.Get("/warehouse/documents").See("DB-2027-000001", "TK-2027-000001", "TH-2027-000001", "调拨", "退库", "退货")
		h.sound()
	})
}

// The scanner fills in the lot; what it does not know nobody has to type.
func TestAScanNamesTheLotThatGoesBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "100", Amount: "10", Lot: "L6", Expiry: "2028-01-31"}, warehouse.In{Item: h.gloves.ID, Qty: "100", Amount: "20", Lot: "L7", Expiry: "2029-01-31"})
		h.me.Get("/warehouse/sent-back/new").Press("退货", webtest.Fill{"supplier": {"S1"}, "way": {"credit"}, "reason": {"破损"}, "lines.0.item": {"(01)06901234567892(17)290131(10)L7"}, "lines.0.qty": {"10"}}).
			See("L7", "2.00").NotSee("L6")
		h.sound()
	})
}
