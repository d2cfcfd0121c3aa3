package assetsweb_test

import (
	"encoding/json"
	"io/fs"
	"net/url"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/assets/assetsweb"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/places/placesweb"
	"houqin/internal/rules"
)

func TestCardsAtTheCounter(t *testing.T) {
	dbtest.Each(t, []fs.FS{rules.Migrations, departments.Migrations, places.Migrations, people.Migrations, messages.Migrations, approvals.Migrations, files.Migrations, assets.Migrations, desk.Migrations}, func(t *testing.T, d *db.DB) {
		site := sitetest.New(t, d, departmentsweb.Words, placesweb.Words, deskweb.Words, assetsweb.Words)
		site.Room(assetsweb.Routes)
		departmentsweb.Pickers(site.Site)
		placesweb.Pickers(site.Site)
		assetsweb.Pickers(site.Site)
		site.Nobody("people")
		ctx := t.Context()
		admin := dbtest.Person("admin", assets.MaySee, assets.MayChange, departments.MayChange, places.MayChange)
		a, b := departments.Department{Code: "A", Name: "内一科", Kind: departments.Ward}, departments.Department{Code: "B", Name: "外一科", Kind: departments.Ward}
		room := places.Place{Code: "101", Name: "101", Kind: places.Room}
		dbtest.Do(t, d, admin, func(tx *db.Tx) error {
			if err := departments.Found(ctx, tx, &a); err != nil {
				return err
			}
			if err := departments.Found(ctx, tx, &b); err != nil {
				return err
			}
			room.Department = a.ID
			return places.Add(ctx, tx, &room)
		})
		site.By = admin
		me := webtest.New(t, site)
		me.Get("/asset-cards").See("还没有资产卡片")
		page := me.Get("/asset-cards/new")
		page.PressWant(422, "保存", webtest.Fill{"name": {"病床电梯"}, "class": {"lift"}, "cost": {"38万"}, "inspected": {"2026-03-01"}}).
			See("请填金额", "病床电梯")
		page.PressWant(422, "保存", webtest.Fill{"name": {"病床电梯"}, "class": {"lift"}, "cost": {"380000"}, "inspected": {"2026-03-01"}}).See("请勾选“特种设备”")
		page = page.Press("保存", webtest.Fill{"name": {"病床电梯"}, "class": {"lift"}, "spec": {"TKJ 1600"}, "place": {"101"}, "cost": {"380000"}, "special": {"1"}, "inspected": {"2026-03-01"}, "due": {"2027-03-01"}})
		page.See("已登记“病床电梯”", "ZC-2027-000001", "内一科", "380,000.00", "2027-03-01 已过期", "扫码报修", "建卡")
		card, err := assets.ByNumber(ctx, d, "ZC-2027-000001")
		if err != nil {
			t.Fatal(err)
		}
		at := "/asset-cards/" + card.ID
		me.Run(t,
			webtest.Call{URL: "/asset-cards", See: []string{"病床电梯", "1 台特种设备一个月内到期", "共 1 条"}},
			webtest.Call{URL: "/asset-cards?special=true&due.to=2027-04-01&sort=due", See: []string{"病床电梯"}},
			webtest.Call{URL: "/asset-cards?q=bcdt&state=scrapped", See: []string{"还没有资产卡片"}},
			webtest.Call{URL: "/asset-cards?format=csv", See: []string{"病床电梯,ZC-2027-000001,在用"}},
			webtest.Call{URL: "/asset-cards/labels?id=" + card.ID, See: []string{"病床电梯", "TKJ 1600", "ZC-2027-000001"}},
			webtest.Call{URL: "/pick/assets?q=ZC-2027-000001", See: []string{"病床电梯 ZC-2027-000001", "内一科 · 101"}},
			webtest.Call{URL: "/api" + at, See: []string{`"cost":"380000.00"`, `"extra":[]`, `"special":true`}},
		)
		page = me.Get(at)
		page.PressWant(422, "#inspect button[type=submit]", webtest.Fill{"day": {"2027-03-09"}, "result": {"passed"}}).See("不能晚于今天")
		page = page.Press("#inspect button[type=submit]", webtest.Fill{"day": {"2027-03-03"}, "result": {"passed"}, "note": {"报告 88"}}).
			See("检验已登记", "2028-03-03", "合格", "报告 88").NotSee("已过期")
		page.PressWant(422, "#move button[type=submit]", webtest.Fill{"department": {"外一科"}}).See("必填")
		page = me.Post(at+"/move", url.Values{"department": {"外一科"}, "place": {""}, "why": {"病区搬迁"}, "_version": {page.Input("_version")}}).See("已调拨", "→ 外一科", "病区搬迁")
		page = page.Press("送修", nil).See("已送修", "维修中")
		page = page.Follow("修改")
		page = page.Press("保存", webtest.Fill{"maker": {"上海三菱"}}).See("上海三菱", "外一科")

		// Its jobs stand on its page, for who sees them.
		boss := dbtest.Person("boss", assets.MaySee, desk.MayReport, desk.MaySee)
		dbtest.Do(t, d, boss, func(tx *db.Tx) error {
			_, err := desk.Report(ctx, tx, &desk.Slip{Title: "按钮失灵", Trade: "lift", Asset: card.ID, Department: b.ID})
			return err
		})
		me.Get(at).NotSee("维修记录")
		site.By = boss
		me.Get(at).See("维修记录", "按钮失灵", "WX-2027-000001")

		site.By = dbtest.PersonIn("nurse", b.ID)
		me.Get(at).See("病床电梯", "报修").NotSee("接收科室", "批准的报废单号")
		me.Do(webtest.Call{URL: at + "/scrap", Form: url.Values{"reason": {"x"}, "paper": {"1"}}, Want: 403})
		site.By = dbtest.PersonIn("stranger", a.ID, assets.MayChange)
		me.Run(t,
			webtest.Call{URL: at, Want: 404, NotSee: []string{"病床电梯"}},
			webtest.Call{URL: at + "/idle", Form: url.Values{"_version": {"5"}}, Want: 404},
			webtest.Call{URL: "/asset-cards/labels?id=" + card.ID, NotSee: []string{"病床电梯"}},
			webtest.Call{URL: "/asset-cards?q=电梯", NotSee: []string{"病床电梯"}},
			webtest.Call{URL: "/pick/assets?q=电梯", NotSee: []string{"病床电梯"}},
		)

		site.By = admin
		me.Get(at).Press("#step-scrap button[type=submit]", webtest.Fill{"reason": {"到年限"}, "paper": {"BF-12"}}).See("已报废", "BF-12", "撤销报废").NotSee("接收科室", "批准的报废单号")
		me.Run(t, webtest.Call{URL: "/asset-cards", See: []string{"还没有资产卡片"}},
			webtest.Call{URL: "/asset-cards?state=scrapped", See: []string{"病床电梯"}})
		if story, err := db.Story(ctx, d, "assets.card", card.ID); err != nil || len(story) != 6 {
			t.Errorf("%d %v", len(story), err)
		} else if !json.Valid([]byte(story[0].Detail)) {
			t.Errorf("%s", story[0].Detail)
		}
	})
}
