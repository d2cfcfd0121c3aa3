package receivingweb_test

import (
	"net/url"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/people"
	"houqin/internal/receiving"
)

// Finance keys the paper in: what differs is marked beside the three papers and waits for
// somebody else's word; then it is paid, and stands in the list and the supplier's figures.
func TestFromTheInvoiceToThePayment(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, o, keeper, _ := gate(t, d)
		s.By = keeper
		me := webtest.New(t, s)
		shown := me.Get("/receiving/receipts/new?order="+o.ID).Press("清点到货", webtest.Fill{"invoice": {"FP-1"}, "lines.1.qty": {"20"}})
		shown.See("已入库", "20 只").NotSee("«")
		var fin, head db.Actor
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			for n, who := range []*db.Actor{&fin, &head} {
				unit, err := people.Get(t.Context(), tx, keeper.ID)
				if err != nil {
					return err
				}
				p := people.Person{Number: "200" + string(rune('0'+n)), Name: []string{"蒋会计", "沈主任"}[n], Department: unit.Department}
				if err := people.Hire(t.Context(), tx, &p); err != nil {
					return err
				}
				*who = dbtest.Person(p.Name, receiving.MaySee, []string{receiving.MayMatch, receiving.MayClear}[n])
				who.ID = p.ID
			}
			return nil
		})
		s.By = fin
		desk := webtest.New(t, s)
		list := desk.Get("/receiving/invoices?state=open")
		list.See("FP-1", "康达医疗", "240.00").NotSee("«")
		paper := list.Follow("FP-1")
		paper.See("订单、入库、发票三单核对", "灯管", "20 只").NotSee("«", "付款凭证")
		keyed := paper.Follow("三单核对")
		if keyed.Input("amount") != "240.00" || keyed.Input("lines.0.qty") != "20 只" {
			t.Errorf("the form begins with %q for %q", keyed.Input("amount"), keyed.Input("lines.0.qty"))
		}
		bad := keyed.PressWant(422, "三单核对", webtest.Fill{"day": {"2027-01-04"}, "amount": {"250.00"}})
		bad.See("240.00").NotSee("«")
		if bad.Input("amount") != "250.00" || bad.Input("day") != "2027-01-04" {
			t.Error("what was typed is gone")
		}
		differs := bad.Press("三单核对", webtest.Fill{"lines.0.amount": {"250.00"}})
		differs.See("有差异", "单价不符").NotSee("«")
		webtest.Run(t, s, webtest.Call{Method: "POST", URL: paper.URL + "/pay", Form: url.Values{"voucher": {"FK-1"}}, Want: 409}, webtest.Call{Method: "POST", URL: paper.URL + "/clear", Form: url.Values{"reason": {"运费"}}, Want: 403})
		s.By = head
		webtest.New(t, s).Get(paper.URL).Press("form#step-clear button", webtest.Fill{"reason": {"含运费"}}).See("含运费", "沈主任").NotSee("«")
		s.By = fin
		desk.Get(paper.URL).PressWant(422, "form#step-pay button", nil).See("必填")
		desk.Get(paper.URL).Press("form#step-pay button", webtest.Fill{"voucher": {"FK-0231"}}).See("已付款", "FK-0231").NotSee("«")
		desk.Get("/receiving/invoices?state=paid").See("FP-1", "FK-0231").NotSee("«")
		desk.Get("/receiving/suppliers").See("康达医疗", "综合评分", "0 / 1").NotSee("«")
		desk.Get("/receiving/suppliers?from=2020-01-01&until=2020-12-31").See("这段时间没有订单和到货").NotSee("«", "康达医疗")
		webtest.Run(t, s, webtest.Call{URL: "/api/receiving/suppliers", See: []string{`"name":"康达医疗"`, `"came_lines":1`}})
		dbtest.Do(t, d, db.System("prices"), func(tx *db.Tx) error { // a hundredth cheaper than before
			_, err := tx.Exec(t.Context(), `UPDATE purchasing_order_line SET last = price + price / 49`)
			return err
		})
		desk.Get("/receiving/suppliers").See("-1%")
	})
}

// What comes without an order is chosen at the gate: a contract brings its supplier, a plan
// asks for it, and what is wrong keeps what was typed.
func TestGoodsWithoutAnOrder(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _, keeper, _ := gate(t, d)
		s.By = keeper
		me := webtest.New(t, s)
		home := me.Get("/receiving")
		home.See("无订单收货", "框架1", "康达医疗").NotSee("«")
		sheet := home.Follow("框架1")
		sheet.See("检查手套 M", "不限", "康达医疗").NotSee("«")
		bad := sheet.PressWant(422, "清点到货", webtest.Fill{"lines.0.qty": {"两"}})
		bad.See("框架1").NotSee("«")
		if bad.Input("lines.0.qty") != "两" || bad.Input("contract") != "框架1" {
			t.Errorf("what was typed is gone: %q %q", bad.Input("lines.0.qty"), bad.Input("contract"))
		}
		bad.Press("清点到货", webtest.Fill{"invoice": {"FP-7"}, "lines.0.qty": {"6"}}).See("已入库", "框架1", "72.00").NotSee("«")
		webtest.Run(t, s, webtest.Call{Method: "POST", URL: "/receiving/receipts", Form: url.Values{"contract": {"没有"}}, Want: 404})
	})
}
