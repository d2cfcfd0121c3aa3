package journeys

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/demo"
	"houqin/internal/hospital"
	"houqin/internal/receiving"
	"houqin/internal/warehouse"
)

// Those of the demo who live through the month of a store besides.
const (
	buyer      = "1162"
	finance    = "1163"
	accountant = "1164"
)

// aside is a demo hospital of its own whose clock can be put forward.
type aside struct {
	t    *testing.T
	h    *hospital.Hospital
	url  string
	past atomic.Int64 // how far its clock is ahead
}

func newAside(t *testing.T) *aside {
	t.Helper()
	if os.Getenv("HOUQIN_TEST_ALL") == "" {
		t.Skip("a hospital of its own is built with HOUQIN_TEST_ALL=1")
	}
	a, dir := &aside{t: t}, t.TempDir()
	cfg := hospital.Config{DB: filepath.Join(dir, "demo.db"), Data: dir, Demo: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	first, err := hospital.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	err = demo.Build(context.Background(), first.DB, 1, func(string) {})
	first.Close()
	if err != nil {
		t.Fatal(err)
	}
	if a.h, err = hospital.Open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	a.h.DB.Now = func() time.Time { return time.Now().Add(time.Duration(a.past.Load())) }
	srv := httptest.NewServer(a.h.Site)
	a.url = srv.URL
	t.Cleanup(func() {
		a.h.Site.Stop()
		srv.Close()
		a.h.Close()
	})
	return a
}

// as opens a browser of its own and comes in by the demo's door.
func (a *aside) as(role string, size Size) *B {
	a.t.Helper()
	b := Browser(a.t)
	b.Open(a.url+"/sign-in", size, "zh", false)
	b.Click(`button[value="` + role + `"]`)
	return b
}

// path is where a browser is, without the address of the house.
func path(t *testing.T, b *B) string {
	t.Helper()
	u, err := url.Parse(b.Location())
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

// What a store does in a month, in browsers, each person with what their role shows: a ward
// asks on its phone and its head agrees, the keeper looks out and hands over, what was
// ordered goes out, comes, is tested by another and booked, finance holds the invoice against
// it and pays, some of it goes back and the money is owed; the month is closed, finance
// agrees to it to the fen, and at the end book, card and verification agree.
func TestAMonthOfTheStore(t *testing.T) {
	a := newAside(t)
	main := list.Where{}.And("w.code = 'ZK'")
	stores, err := warehouse.Stores.All(t.Context(), a.h.DB, main, 1)
	if err != nil || len(stores) != 1 {
		t.Fatal(stores, err)
	}
	store := stores[0].ID

	// The ward asks.
	ward := a.as(nurse, Phone)
	ward.Go(a.url + "/requests/new")
	ward.Click(`[name="lines.0.item"]`)
	ward.Choose("敷料贴")
	ward.Type(`[name="lines.0.qty"]`, "2盒")
	ward.Click(`[name="deliver"]`) // somebody comes for it
	ward.Click("提交申请")
	ward.See("待审批", "医用敷料贴")
	request := path(t, ward)

	// Its head agrees.
	head := a.as(headNurse, Phone)
	head.Go(a.url + request)
	head.Click("去审批")
	head.Click("同意")
	head.Click("#agree button[type=submit]")
	head.Go(a.url + request)
	head.NotSee("待审批")

	// The keeper decides, looks out what ends first, and hands it over.
	keeper := a.as(storekeeper, Desktop)
	keeper.Go(a.url + request + "/decide")
	keeper.Click("#f .btn-accent")
	keeper.See("ZJ2506C") // the lot that ends first
	keeper.Click("备货完成")
	keeper.Go(a.url + request + "/hand")
	keeper.Click("黄艳兰")
	keeper.Type("或在此输入姓名", "黄艳兰")
	keeper.Click("#f .btn-accent")
	keeper.See("已办结")

	// The buyer sends an order out that was audited.
	shop := a.as(buyer, Desktop)
	shop.Go(a.url + "/purchasing/orders?state=approved")
	shop.Click(".row-link")
	order := path(t, shop)
	shop.Click("发出订单")
	shop.Click(`#step-send [name=labelled]`)
	shop.Click("#step-send button[type=submit]")
	shop.See("已发出")

	// It comes: the keeper counts, another tests, the keeper books.
	keeper.Go(a.url + "/receiving/receipts/new?order=" + filepath.Base(order))
	keeper.Click(`[name="store"]`)
	keeper.Choose("总务库房")
	keeper.Type("发票号", "FP-2611-9")
	keeper.Type(`[name="lines.0.qty"]`, "10筒")
	keeper.Click(`[name="second"]`)
	keeper.Click("#f .btn-accent")
	keeper.See("待质检", "FP-2611-9")
	receipt := path(t, keeper)
	tester := a.as(accountant, Desktop)
	tester.Go(a.url + receipt)
	tester.Click("质检签字")
	tester.Type(`[name="finding"]`, "合格")
	tester.Click("#f .btn-accent")
	tester.See("待入库")
	keeper.Go(a.url + receipt)
	keeper.Click(`form[action$="/post"] button`)
	keeper.See("已入库")

	// Finance holds order, receipt and invoice beside each other, and pays.
	fin := a.as(finance, Desktop)
	bills, err := receiving.Invoices.All(t.Context(), a.h.DB, list.Where{}.And("i.number = ?", "FP-2611-9"), 1)
	if err != nil || len(bills) != 1 {
		t.Fatal(bills, err)
	}
	bill := "/receiving/invoices/" + bills[0].ID
	fin.Go(a.url + bill + "/match")
	fin.Type(`[name="day"]`, string(a.h.DB.Today()))
	fin.Click("#f .btn-accent")
	fin.See("相符")
	fin.Click("登记付款")
	fin.Type(`#step-pay [name="voucher"]`, "记-0311")
	fin.Click("#step-pay button[type=submit]")
	fin.See("已付款", "记-0311")

	// Some of it is poor and goes back: finance sees what the supplier owes.
	came, err := receiving.Get(t.Context(), a.h.DB, db.System("journey"), filepath.Base(receipt))
	if err != nil {
		t.Fatal(err)
	}
	keeper.Go(a.url + "/warehouse/sent-back/new")
	for _, f := range [][2]string{{"store", "总务库房"}, {"supplier", came.SupplierName}, {"lines.0.item", came.Goods[0].ItemNumber}} {
		keeper.Click(`[name="` + f[0] + `"]`)
		keeper.Choose(f[1])
	}
	keeper.Type(`[name="lines.0.qty"]`, "2筒")
	keeper.Type(`[name="reason"]`, "粘性不足")
	keeper.Click("#f .btn-accent")
	keeper.See("粘性不足", came.SupplierName)
	fin.Go(a.url + bill)
	fin.See("付款后有退货，供应商应退", "登记退款")

	// The month ends. The keeper closes it; what finance has is the same to the fen.
	month := a.h.DB.Today().Month()
	a.past.Store(int64(time.Until(month.End(a.h.DB.Zone).Time().Add(33 * time.Hour))))
	keeper = a.as(storekeeper, Desktop)
	keeper.Go(a.url + "/warehouse/closes/new?store=" + store)
	keeper.See(string(month))
	keeper.Click("form#close button")
	keeper.See("待财务核对")
	closed := path(t, keeper)
	c, err := warehouse.CloseByID(t.Context(), a.h.DB, filepath.Base(closed))
	if err != nil || c.Opening+c.In-c.Out != c.Closing {
		t.Fatal(c, err)
	}
	fin = a.as(finance, Desktop)
	fin.Go(a.url + closed)
	fin.Click("核对一致")
	fin.Tolerate("422")
	fin.Type(`form#agree [name="figure"]`, (c.Closing + 1).String())
	fin.Click("form#agree button[type=submit]")
	fin.See("相差 0.01 元")
	fin.Type(`form#agree [name="figure"]`, c.Closing.String())
	fin.Click("form#agree button[type=submit]")
	fin.See("已核对一致")

	// Book and card: what lies there is what the card ends with, of every item.
	var apart int
	if err := a.h.DB.QueryRowContext(t.Context(), `SELECT count(*) FROM warehouse_stock s JOIN warehouse_posting p ON p.store = s.store AND p.item = s.item AND p.seq = s.seq AND p.kind = 'store'
		WHERE s.store = $1 AND (p.qty_after <> s.qty OR p.amount_after <> s.amount)`, store).Scan(&apart); err != nil || apart != 0 {
		t.Errorf("%d cards end otherwise than the book, %v", apart, err)
	}
	if wrong, err := a.h.Verify(t.Context()); err != nil || len(wrong) != 0 {
		t.Errorf("verify: %v %v", wrong, err)
	}
}
