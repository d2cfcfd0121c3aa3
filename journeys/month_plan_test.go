package journeys

import (
	"fmt"
	"path/filepath"

	"houqin/internal/base/list"
	"houqin/internal/purchasing"
)

// wardAsks: the head nurse says what her ward needs next month.
func (m *month) wardAsks() (need string) {
	head := m.as(headNurse, Desktop)
	head.Go(m.url + "/purchasing/needs")
	head.Click("报月度计划")
	head.Click(`[name="lines.0.item"]`)
	head.Choose("敷料贴")
	head.Type(`[name="lines.0.qty"]`, "30盒")
	head.Type(`[name="lines.0.why"]`, "换药多")
	head.Click("#f .btn-accent")
	head.See("医用敷料贴", "30 盒")
	return path(m.t, head)
}

// plans: the planner draws up what the wards asked for, with what is proposed, and it goes
// its way.
func (m *month) plans(need string) (plan string) {
	p := m.as(planner, Desktop)
	p.Go(m.url + need)
	p.See("医用敷料贴")
	p.Go(m.url + "/purchasing/needs")
	p.Click("汇总成采购计划")
	p.Click("form#consolidate button[type=submit]")
	p.See("建议")
	plan = path(m.t, p)
	p.Click("编制数量")
	p.Type(`[name="review"]`, "已对照库存、在途和上月用量，只补缺口")
	p.Click("保存并送审")
	p.See("审批中")
	if signed := m.agree(purchasing.PlanNoun, filepath.Base(plan)); len(signed) < 2 {
		m.t.Errorf("the plan was signed by %v", signed)
	}
	p.Go(m.url + need)
	p.See("已列入计划")
	return plan
}

// buys: another asks three suppliers, takes the cheapest, and when finance has looked at the
// price sends the order out.
func (m *month) buys(plan string) (order string) {
	b := m.buyer
	b.Go(m.url + plan)
	b.Click("发起询价")
	enquiry := path(m.t, b)
	for n, s := range []string{"恒信五金", "洁康日化", "冀中办公"} {
		b.Click("登记报价")
		b.Click(`[name="supplier"]`)
		b.Choose(s)
		b.Type(`[name="lines.0.price"]`, fmt.Sprintf("3.0%d", 4-n))
		b.Click("#f .btn-accent")
		b.See(s)
	}
	b.Click("定价下单")
	b.Click(`form#award [name="market"]`)
	b.Type(`form#award [name="market"]`, "走访批发市场两家，网上同款比价")
	b.Click("form#award button[type=submit]")
	b.See("待审价", "冀中办公") // the cheapest
	all, err := purchasing.Orders.All(m.t.Context(), m.h.DB, list.Where{}.And("o.plan = ?", filepath.Base(plan)), 2)
	if err != nil || len(all) != 1 {
		m.t.Fatal(len(all), err)
	}
	order = "/purchasing/orders/" + all[0].ID

	m.finance.Go(m.url + order)
	m.finance.Click("审价通过")
	m.finance.Click("#step-approve button[type=submit]")
	m.finance.See("已审价")
	b.Go(m.url + order)
	b.Click("发出订单")
	b.Click(`#step-send [name=labelled]`)
	b.Click("#step-send button[type=submit]")
	b.See("已发出")
	b.Go(m.url + enquiry)
	b.See("恒信五金", "洁康日化", "3.02")
	return order
}
