package rulesweb_test

import (
	"context"
	"io/fs"
	"net/url"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/period"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/rules"
	"houqin/internal/rules/rulesweb"
)

// twice is what two claims count of one clause.
func twice(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return rules.Evidence{Kept: 3, Link: "/rules?kept"}, nil
}

var claims = append([]rules.Claim{
	{Clause: "A-010", How: rules.Refuses, By: "rules.keeps", Page: "/rules", Partly: true, Lacks: "rules.open.none", Tests: []string{"TestSomething"},
		Evidence: func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
			return rules.Evidence{Kept: 41, Broken: 1, Link: "/rules?kept", BrokenLink: "/rules?broken", Figures: []rules.Figure{
				{Name: "rules.list.kept", Value: 123456, Unit: rules.InYuan, Link: "/rules?yuan"}, {Name: "rules.list.kept", Value: 80_500_000, Unit: rules.InGrams}, {Name: "rules.list.kept", Value: 400, Unit: rules.InGrams}}}, nil
		}},
	{Clause: "A-002", How: rules.Records, By: "rules.keeps", Page: "/rules/registers"},
	{Clause: "A-003", How: rules.Records, By: "rules.keeps", Page: "/rules", Evidence: twice},
	{Clause: "A-003", How: rules.Refuses, By: "rules.keeps", Page: "/rules", Evidence: twice},
}, rules.Claims...)

// open is the book on a site, with what was measured of it.
func open(t *testing.T, d *db.DB) *sitetest.Site {
	t.Helper()
	site := sitetest.New(t, d, rulesweb.Words)
	counter := rulesweb.New(claims)
	counter.Registers = map[string]rulesweb.Place{"固定资产卡片/台账": {Page: "/rules", Print: "/rules/{id}"}, "资产调拨凭证": {Page: "/rules", Partly: true}}
	counter.Holders = func(_ context.Context, _ db.Reader, _, may string) ([]string, error) {
		return map[string][]string{rules.MayPropose: {"科长", "主任"}, rules.MayConfirm: {"副院长"}}[may], nil
	}
	site.Room(counter.Routes())
	dbtest.Do(t, d, db.System("start"), func(tx *db.Tx) error { return rules.List(t.Context(), tx, claims) })
	found, err := rules.Measure(t.Context(), d, claims, d.Today())
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Do(t, d, db.System("clock"), func(tx *db.Tx) error { return rules.Note(t.Context(), tx, found) })
	return site
}

func TestTheBookIsReadByEverybody(t *testing.T) {
	dbtest.Each(t, []fs.FS{rules.Migrations}, func(t *testing.T, d *db.DB) {
		site := open(t, d)
		site.By = dbtest.Person("nurse")
		webtest.Run(t, site,
			webtest.Call{URL: "/rules", See: []string{"A-001", "固定资产", "共 465 条"}, NotSee: []string{"«"}},
			webtest.Call{URL: "/rules?area=A&state=broken", See: []string{"A-010", "不符即拒", "有违反", "共 1 条"}},
			webtest.Call{URL: "/rules?q=A-010", See: []string{"后勤设备报废"}},
			webtest.Call{URL: "/rules?how=background", See: []string{"背景"}},
			webtest.Call{URL: "/rules/A-010", See: []string{"500元及以上的报院长办公会", "500.00 元", "500.00 元以下（不含）", "500.00 元及以上", "来源不一致", "更严", "41", "部分", "还缺：本系统尚未管这一条", "1,234.56 元", "80.50 吨", "0.40 公斤", "后勤设备报废", "法规限度", "提出修改：科长、主任；批准：副院长", "系统管理员按三员分立"}, NotSee: []string{"«", ">变更<", "本院现值"}},
			webtest.Call{URL: "/rules/B-015", See: []string{"背景", "一次性项目"}, NotSee: []string{"«"}},
			webtest.Call{URL: "/rules/W-003", See: []string{"本系统尚未管这一条"}, NotSee: []string{"«"}},
			webtest.Call{URL: "/rules/Z-001", Want: 404},
			webtest.Call{URL: "/rules/coverage", See: []string{"465", "固定资产", "其中部分纳入 1 条"}, NotSee: []string{"«"}},
			webtest.Call{URL: "/rules/registers", See: []string{"共 61 种，本系统已有 2 种", "固定资产卡片/台账", "可打印单据", "部分", "尚无"}, NotSee: []string{"«"}},
			webtest.Call{URL: "/rule-changes", See: []string{"还没有变更过参数"}, NotSee: []string{"«"}},
			webtest.Call{URL: "/rules/A-010/propose?param=A-010.threshold", Want: 403},
			webtest.Call{URL: "/api/rules/A-010", See: []string{`"state":"broken"`, `"kept":41`, `"value":123456`, `"unit":"yuan"`, `"value":"500.00"`, `"edge":"from"`}},
			webtest.Call{URL: "/rules/A-003", See: []string{"做到 6"}},
			webtest.Call{URL: "/api/rules/coverage", See: []string{`"clauses":465`, `"refuses":2`}},
		)
	})
}

// A sum of several claims opens the table in which each opens its own records.
func TestAFigureOfSeveralClaimsOpensThem(t *testing.T) {
	dbtest.Each(t, []fs.FS{rules.Migrations}, func(t *testing.T, d *db.DB) {
		site := open(t, d)
		site.By = dbtest.Person("nurse")
		page := webtest.New(t, site).Get("/rules/A-003")
		if page.Attr("a[href='#keeps']", "href") == "" || page.Attr("#keeps", "id") == "" {
			t.Error("the figure opens nothing")
		}
		webtest.New(t, site).Get("/rules/A-010").Attr("a[href='/rules?kept']", "href")
	})
}

func TestAValueIsChangedByTwo(t *testing.T) {
	dbtest.EachClock(t, []fs.FS{rules.Migrations}, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		site := open(t, d)
		site.By = dbtest.Person("科长", rules.MayPropose)
		c := webtest.New(t, site)
		from := string(d.Today().AddDays(10))
		form := c.Get("/rules/A-010/propose?param=A-010.threshold")
		form.See("现行值", "500.00 元", "允许范围", "1.00 元 至 1,000,000.00 元").NotSee("«")
		bad := form.PressWant(422, "预览", webtest.Fill{"value": {"0"}, "since": {string(d.Today())}, "reason": {"物价上涨"}})
		bad.See("应在 1.00 与 1000000.00 之间", "最早从", "物价上涨")
		shown := bad.Press("预览", webtest.Fill{"value": {"800"}, "since": {from}})
		shown.See("变更预览", "500.00 元及以上", "800.00 元及以上", "800.00 元以下（不含）", "物价上涨").NotSee("«")
		if past, err := rules.History(t.Context(), d, "A-010"); err != nil || len(past) != 0 {
			t.Errorf("a preview was kept: %+v, %v", past, err)
		}
		kept := shown.Follow("返回修改").See("物价上涨").Press("预览", nil)
		kept.See("800.00 元及以上", "物价上涨")
		change := kept.Press("提交审批", nil)
		change.See("GZ-2027-000001", "待批准", "800.00 元", "撤回").NotSee("«")
		past, err := rules.History(t.Context(), d, "A-010")
		if err != nil || len(past) != 1 {
			t.Fatal(past, err)
		}
		at := "/rule-changes/" + past[0].ID
		site.By = dbtest.Person("科长", rules.MayPropose, rules.MayConfirm)
		c.Get(at).NotSee("驳回")
		webtest.Run(t, site, webtest.Call{Method: "POST", URL: at + "/confirm", Form: url.Values{"note": {""}}, Want: 403, See: []string{"须由别人决定"}})
		site.By = dbtest.Person("副院长", rules.MayConfirm)
		c = webtest.New(t, site)
		c.Get(at).PressWant(422, "form#refuse button", webtest.Fill{"note": {""}}).See("必填")
		c.Get(at).Press("form#agree button", webtest.Fill{"note": {"同意"}}).See("已批准", "同意", "副院长").NotSee("«")
		c.Get("/rules/A-010").See("500.00 元", "历次变更", "GZ-2027-000001", "批准变更", from+" 起 800.00 元", "本院现值", "今天 500.00 元", "800.00 元，"+from+" 起").NotSee("«")
		site.By = dbtest.Person("科长", rules.MayPropose)
		past = append(past, rules.Change{Param: "A-010.threshold", Value: "900", Since: d.Today().AddDays(20), Reason: "再涨"}, rules.Change{Param: "A-010.threshold", Value: "700", Since: d.Today().AddDays(12), Reason: "又变"})
		for i := range past[1:] {
			dbtest.Do(t, d, site.By, func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &past[i+1]) })
		}
		site.By = dbtest.Person("副院长", rules.MayConfirm)
		dbtest.Do(t, d, site.By, func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, past[1].ID, "") })
		c.Get("/rule-changes/"+past[2].ID).See("已过期，只能驳回", "不能再批准").NotSee("批准变更", "«").PressWant(422, "form#refuse button", webtest.Fill{"note": {""}})
		clock.Add(10 * 24 * time.Hour)
		c.Get("/rules/A-010").See("800.00 元", "自 "+"", "GZ-2027-000001")
		c.Get("/rule-changes").See("已过期，只能驳回").NotSee("«")
		c.Get("/rule-changes?outcome=confirmed").See("GZ-2027-000001", "上会起点", "共 2 条")
		webtest.Run(t, site, webtest.Call{Method: "POST", URL: "/api/rules/A-010/changes", JSON: map[string]any{"param": "A-010.threshold", "value": "900", "since": "2030-01-01", "reason": "x"}, Want: 403})
		site.By = dbtest.Person("科长", rules.MayPropose)
		webtest.Run(t, site,
			webtest.Call{Method: "POST", URL: "/api/rules/W-011/changes", JSON: map[string]any{"param": "A-010.threshold", "value": "900", "since": "2030-01-01", "reason": "x"}, Want: 422, See: []string{"param"}},
			webtest.Call{Method: "POST", URL: "/api/rules/A-010/changes", JSON: map[string]any{"param": "A-010.threshold", "value": "950", "since": "2030-01-01", "reason": "x"}, Want: 200, See: []string{`"number":"GZ-2027-000004"`, `"outcome":"pending"`}},
		)
	})
}
