package journeys

import (
	"path/filepath"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
)

// brings: what was ordered comes, is tested by another than counted it and booked; finance
// holds order, receipt and invoice beside each other and pays. Some of it is poor: it is
// replaced on the same order and paid once; of another piece the money is due.
func (m *month) brings(order string) {
	o, err := purchasing.OrderByID(m.t.Context(), m.h.DB, filepath.Base(order))
	if err != nil {
		m.t.Fatal(err)
	}
	l := o.Goods[0]
	m.keeper.Go(m.url + "/receiving")
	m.keeper.See(o.Number, o.SupplierName)
	came := m.comes(order, "FP-2611-9", l.Say(l.Qty))

	fin := m.finance
	x, err := receiving.Get(m.t.Context(), m.h.DB, db.System("journey"), filepath.Base(came))
	if err != nil {
		m.t.Fatal(err)
	}
	bill := "/receiving/invoices/" + x.InvoiceID
	fin.Go(m.url + bill + "/match")
	fin.Type(`[name="day"]`, string(m.h.DB.Today()))
	fin.Click("#f .btn-accent")
	fin.See("相符")
	fin.Click("登记付款")
	fin.Type(`#step-pay [name="voucher"]`, "记-0311")
	fin.Click("#step-pay button[type=submit]")
	fin.See("已付款", "记-0311")

	m.sendsBack(x, "2", "换货")
	fin.Go(m.url + bill)
	fin.See("待换 2")
	fin.NotSee("供应商应退")
	m.keeper.Go(m.url + "/receiving")
	m.keeper.See("待换数量", o.Number)
	m.keeper.Go(m.url + order)
	m.keeper.See("还等换货 2")
	m.comes(order, "", "2")
	m.keeper.Go(m.url + order)
	m.keeper.See("已到齐", "已换来")
	fin.Go(m.url + bill)
	fin.See("已换 2")
	fin.NotSee("供应商应退")
	bills, err := receiving.Invoices.All(m.t.Context(), m.h.DB, list.Where{}.And("i.supplier = ? AND i.at >= ?", x.Supplier, x.At), 9)
	if err != nil || len(bills) != 1 {
		m.t.Errorf("%d invoices, %v", len(bills), err)
	}

	m.sendsBack(x, "1", "退款，不再要")
	fin.Go(m.url + bill)
	fin.See("付款后有退货，供应商应退")
	fin.Click("登记退款")
	fin.Type(`#step-credit [name="voucher"]`, "红字-0312")
	fin.Click("#step-credit button[type=submit]")
	fin.See("红字-0312")
	fin.NotSee("供应商应退")
}

// comes: the keeper counts what stands at the gate for an order, another tests it, the
// keeper books it.
func (m *month) comes(order, invoice, qty string) (receipt string) {
	k := m.keeper
	k.Go(m.url + "/receiving/receipts/new?order=" + filepath.Base(order))
	k.Click(`[name="store"]`)
	k.Choose("总务库房")
	if invoice != "" {
		k.Type("发票号", invoice)
	}
	k.Type(`[name="lines.0.qty"]`, qty)
	k.Click(`[name="second"]`)
	k.Click("#f .btn-accent")
	k.See("待质检", invoice)
	receipt = path(m.t, k)
	tester := m.as(accountant, Desktop)
	tester.Go(m.url + receipt)
	tester.Click("质检签字")
	tester.Type(`[name="finding"]`, "合格")
	tester.Click("#f .btn-accent")
	tester.See("待入库")
	k.Go(m.url + receipt)
	k.Click(`form[action$="/post"] button`)
	k.See("已入库")
	return receipt
}

// sendsBack: the keeper gives some of a delivery back, and says whether for others or for
// the money.
func (m *month) sendsBack(x receiving.Receipt, qty, way string) {
	k := m.keeper
	k.Go(m.url + "/warehouse/sent-back/new")
	for _, f := range [][2]string{{"store", "总务库房"}, {"supplier", x.SupplierName}, {"lines.0.item", x.Goods[0].ItemNumber}} {
		k.Click(`[name="` + f[0] + `"]`)
		k.Choose(f[1])
	}
	k.Type(`[name="lines.0.qty"]`, qty)
	k.Type(`[name="reason"]`, "粘性不足")
	k.Type(`[name="way"]`, way)
	k.Click("#f .btn-accent")
	k.See("粘性不足", x.SupplierName)
}
