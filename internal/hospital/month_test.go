package hospital_test

import (
	"strings"
	"testing"
	"time"

	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/webtest"
	"houqin/internal/counting"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

// A month of a store, lived through by each person with the pages of their role: the ward
// asks and its head agrees, the keeper picks, the ward signs; what is missing is planned,
// bought by somebody else, tested by a second person, matched with its invoice; the shelves
// are counted blind, the difference is agreed to and posted, the month is closed and finance
// agrees with it. At its end book, card and shelf are one.
func TestAMonthOfAStore(t *testing.T) {
	towns(t, func(w *town) {
		ctx := w.t.Context()
		// The keeper enters what lies there: 12 boxes of gloves and 5 lamps.
		w.as("陈库管").Get("/warehouse/opening/new").Press("期初入库", webtest.Fill{"store": {"总库"}, "lines.0.item": {"A001"}, "lines.0.qty": {"12 盒"}, "lines.0.price": {"50"},
			"lines.1.item": {"B001"}, "lines.1.qty": {"5"}, "lines.1.price": {"12"}}).NotSee("«")

		// The ward asks for 3 boxes and 8 lamps; its head agrees.
		w.as("王护士").Get("/requests/new").Press("提交申请", webtest.Fill{"lines.0.item": {"检查手套"}, "lines.0.qty": {"3盒"}, "lines.1.item": {"灯管"}, "lines.1.qty": {"8"}}).See("待审批").NotSee("«")
		q := only(w, &requests.Requests, func(q *requests.Request) string { return q.ID })
		if signed := w.agree(requests.Noun, q); len(signed) != 1 || signed[0] != "赵护士长" {
			t.Errorf("the slip was signed by %v", signed)
		}

		// The keeper gives what there is and passes three lamps to buying.
		w.as("陈库管").Get("/requests/counter").See("三病区")
		pick := w.as("陈库管").Get("/requests/"+q+"/decide").Press("逐行处理", webtest.Fill{"lines.0.qty": {"3盒"}, "lines.1.qty": {"5"}, "lines.1.way": {"buy"}})
		pick.Press("备货完成", nil).See("待发放")

		// It is brought to the ward, which signs on its own phone.
		w.as("陈库管").Get("/tours/new?request="+q).Press("安排配送", webtest.Fill{"carrier": {"马师傅"}, "requests": {q}}).See("配送中", "马师傅")
		round := w.as("马师傅").Get("/inbox").See("我正在配送的").Follow("a[href^='/tours/']").See("三病区", "马师傅").NotSee("«", "配送结束回库")
		round.Follow("a[href='/requests/"+q+"/deliver']").See("检查手套", "送达签收").NotSee("«")
		w.as("尤审计").Do(webtest.Call{URL: "/requests/" + q + "/deliver", Want: 403})
		w.as("王护士").Get("/inbox/ward").See("待签收的送货").Follow(".row-link, a[href='/requests/"+q+"/sign']").Press("签收", webtest.Fill{"signature": {"王护士"}}).See("王护士").NotSee("«")

		// The planner consolidates; what was passed on is there. The plan goes its way.
		grid := w.as("李计划").Get("/purchasing/needs").Press("汇总成采购计划", nil).See("灯管").Follow("编制数量")
		grid.Press("保存并送审", webtest.Fill{"review": {"只补缺口，数量合理"}, "lines.0.qty": {"3"}}).NotSee("«")
		plan := only(w, &purchasing.Plans, func(p *purchasing.Plan) string { return p.ID })
		if signed := w.agree(purchasing.PlanNoun, plan); len(signed) < 2 {
			t.Errorf("the plan was signed by %v", signed)
		}

		w.as("王护士").Get("/messages").See("您申领的 灯管", "已列入采购计划")

		// Another person buys: three offers, the cheapest wins, finance audits the price.
		e := w.as("周采购").Get("/purchasing/plans/"+plan).Press("发起询价", nil)
		for n, name := range []string{"康达医疗", "永固管业", "安泰照明"} {
			e = e.Follow("登记报价").Press("登记报价", webtest.Fill{"supplier": {name}, "lines.0.price": {[]string{"12.10", "11.90", "11.50"}[n]}})
		}
		e.Press("定价下单", webtest.Fill{"market": {"网上同类 11.5 至 13 元"}}).See("待审价")
		order := only(w, &purchasing.Orders, func(o *purchasing.Order) string { return o.ID })
		w.as("钱会计").Get("/purchasing/orders/"+order).Press("审价通过", nil).See("已审价")
		w.as("周采购").Get("/purchasing/orders/"+order).Press("发出订单", webtest.Fill{"labelled": {"on"}}).See("已发出")

		// The lorry comes: the keeper counts, the section head tests, the keeper books.
		w.now = w.now.Add(3 * 24 * time.Hour)
		came := w.as("陈库管").Get("/receiving/receipts/new?order="+order).Press("清点到货", webtest.Fill{"store": {"总库"}, "invoice": {"FP-1"}, "lines.0.qty": {"3"}, "second": {"on"}}).See("待质检")
		at := strings.TrimPrefix(came.URL, webtest.Origin)
		w.as("郑科长").Get(at).Follow("质检签字").Press("质检签字", webtest.Fill{"finding": {"合格"}}).See("待入库")
		w.as("陈库管").Get(at).Press("入库", nil).See("已入库")
		bill := only(w, &receiving.Invoices, func(i *receiving.Invoice) string { return i.ID })
		w.as("钱会计").Get("/receiving/invoices/"+bill+"/match").Press("三单核对", webtest.Fill{"day": {"2027-03-07"}}).See("34.50").NotSee("«")

		w.as("王护士").Get("/messages").See("已下单", "已到货", "库房将为您备货")

		// The ward gets the rest at the counter.
		w.as("陈库管").Get("/requests/"+q+"/decide").Press("逐行处理", webtest.Fill{"lines.0.qty": {"3"}}).Press("备货完成", nil)
		w.as("陈库管").Get("/requests/"+q+"/hand").Press("发放", webtest.Fill{"receiver": {"赵护士长"}, "signature": {"赵护士长"}}).See("已办结")

		// The shelves are counted blind: of 900 gloves the counter finds 880, and so does another.
		w.now = w.now.Add(20 * 24 * time.Hour)
		w.as("郑科长").Get("/counting/counts/new").Press("开始盘点", webtest.Fill{"store": {"总库"}, "goods": {"all"}}).See("盲盘").NotSee("900 只")
		count := only(w, &counting.Counts, func(c *counting.Count) string { return c.ID })
		tally := func(name string) {
			t.Helper()
			sheets, err := counting.Sheets.All(ctx, w.h.DB, list.Where{}.And("s.open = true"), 2)
			if err != nil || len(sheets) != 1 {
				t.Fatal(len(sheets), err)
			}
			at := "/counting/sheets/" + sheets[0].ID
			w.as(name).Get(at).NotSee("9 盒").Press("领表开盘", nil)
			w.as(name).Get(at+"/type").Press("保存", webtest.Fill{"lines.0.qty": {"8盒80只"}}).Press("form[action$=hand_in] button", nil).See("已交")
		}
		tally("郑科长")
		tally("许库管")
		c := "/counting/counts/" + count
		w.as("陈库管").Get(c+"/reasons").Press("保存", webtest.Fill{"lines.0.reason": {"issue_late"}}).NotSee("«")
		w.as("陈库管").Get(c).Press("form#step-ask button", webtest.Fill{"text": {"夜间急领未及时补单"}}).See("审批中")
		if signed := w.agree(counting.Noun, count); len(signed) == 0 {
			t.Error("nobody agreed to the difference")
		}
		w.as("钱会计").Get(c).Follow("调账").Press("确认调账", nil).See("已调账")

		// The month is over: the keeper closes it, finance agrees.
		w.now = w.now.Add(8 * 24 * time.Hour)
		month := w.as("陈库管").Get("/inbox").See("待月结的库房").Follow("a[href^='/warehouse/closes/new?store=']").Press("form#close button", nil).See("总库 2027-03", "待财务核对").NotSee("«")
		shown := strings.TrimPrefix(month.URL, webtest.Origin)
		w.as("钱会计").Get("/inbox").See("待财务核对的月结", "总库 2027-03", "期末 440.00 元")
		w.as("钱会计").Get(shown).Press("form#agree button", webtest.Fill{"figure": {"440.00"}, "note": {"与总账一致"}}).See("已核对一致", "钱会计", "440.00")

		// Book, card and shelf: 880 gloves at 0.50, no lamp.
		for _, x := range []struct {
			item string
			qty  int64
		}{{w.gloves.ID, 880}, {w.lamp.ID, 0}} {
			held, err := warehouse.HoldingOf(ctx, w.h.DB, w.store.ID, x.item)
			if err != nil || held.Qty != x.qty {
				t.Errorf("the book has %d of %d, %v", held.Qty, x.qty, err)
			}
			var card, worth int64
			if err := w.h.DB.QueryRowContext(ctx, `SELECT qty_after, amount_after FROM warehouse_posting WHERE store = $1 AND item = $2 AND kind = 'store' ORDER BY seq DESC LIMIT 1`, w.store.ID, x.item).Scan(&card, &worth); err != nil || card != x.qty || worth != int64(held.Amount) {
				t.Errorf("the card ends with %d worth %d, the book with %d worth %d, %v", card, worth, held.Qty, held.Amount, err)
			}
		}
		// The month's report, to the fen: 660.00 there, 34.50 bought, 150.00 + 60.00 + 34.50 used,
		// 10.00 lost in the count.
		closed, err := warehouse.Closes.All(ctx, w.h.DB, list.Where{}, 1)
		if err != nil || len(closed) != 1 {
			t.Fatal(len(closed), err)
		}
		got := [4]money.Fen{closed[0].Opening, closed[0].In, closed[0].Out, closed[0].Closing}
		if want := [4]money.Fen{0, 660_00 + 34_50, 150_00 + 60_00 + 34_50 + 10_00, 440_00}; got != want {
			t.Errorf("the month's report says %v, want %v", got, want)
		}
		invoiced, err := receiving.InvoiceByID(ctx, w.h.DB, bill)
		if err != nil || invoiced.Amount != 34_50 {
			t.Errorf("finance has an invoice of %s, %v", invoiced.Amount, err)
		}
		var borne int64
		if err := w.h.DB.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM warehouse_consumption WHERE department = $1`, w.ward.ID).Scan(&borne); err != nil || borne != 244_50 {
			t.Errorf("the ward bears %d, %v", borne, err)
		}
	})
}
