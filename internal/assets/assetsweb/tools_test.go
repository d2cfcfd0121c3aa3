package assetsweb_test

import (
	"io/fs"
	"slices"
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
	"houqin/internal/people/peopleweb"
	"houqin/internal/places"
	"houqin/internal/places/placesweb"
	"houqin/internal/rules"
)

// A tool is lent and taken back on its card, and a department's tools are counted on a sheet
// that keeps what was answered when something is missing.
func TestToolsAtTheCounter(t *testing.T) {
	dbtest.Each(t, []fs.FS{rules.Migrations, departments.Migrations, places.Migrations, people.Migrations, messages.Migrations, approvals.Migrations, files.Migrations, assets.Migrations, desk.Migrations}, func(t *testing.T, d *db.DB) {
		site := sitetest.New(t, d, departmentsweb.Words, placesweb.Words, deskweb.Words, assetsweb.Words)
		site.Room(assetsweb.Routes)
		departmentsweb.Pickers(site.Site)
		placesweb.Pickers(site.Site)
		peopleweb.Pickers(site.Site)
		assetsweb.Pickers(site.Site)
		ctx := t.Context()
		crew := departments.Department{Code: "DG", Name: "电工班", Kind: departments.Team}
		wang := people.Person{Number: "2001", Name: "王建国"}
		drill := assets.Card{Name: "冲击钻", Class: assets.Tool}
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			if err := departments.Found(ctx, tx, &crew); err != nil {
				return err
			}
			wang.Department, drill.Department = crew.ID, crew.ID
			if err := people.Hire(ctx, tx, &wang); err != nil {
				return err
			}
			return assets.Register(ctx, tx, &drill)
		})
		site.By = dbtest.PersonIn(wang.ID, crew.ID, assets.MayLend)
		me := webtest.New(t, site)
		at := "/asset-cards/" + drill.ID
		page := me.Get(at)
		page.PressWant(422, "#lend button[type=submit]", webtest.Fill{"outsider": {"装修队"}}).See("工具原则上不外借")
		page.PressWant(422, "#lend button[type=submit]", webtest.Fill{"borrower": {"王建国"}, "outsider": {"装修队"}, "due": {"2020-01-01"}})
		me.Get(at).Press("#lend button[type=submit]", webtest.Fill{"borrower": {"王建国"}, "purpose": {"打孔"}}).See("已借出", "王建国", "打孔")
		me.Get("/tool-loans").See("冲击钻", "王建国")
		if got := me.Get(at).Texts("h1 .state, .state"); !slices.Contains(got, "借出") {
			t.Errorf("the card of what is lent says %q", got)
		}
		site.By = dbtest.PersonIn(wang.ID, crew.ID, assets.MayLend, assets.MaySee)
		if got := me.Get("/asset-cards?lent=true").See("冲击钻", "借出").Texts("tbody tr"); len(got) != 1 {
			t.Errorf("what is lent out lists %q", got)
		}
		me.Get("/asset-cards?lent=false").NotSee("冲击钻")
		site.By = dbtest.PersonIn(wang.ID, crew.ID, assets.MayLend)
		if n := me.Get("/tool-counts/new").Count("select[name='lines.0.state']"); n != 1 {
			t.Error("the sheet of one's own crew is not found without saying which")
		}
		page = me.Get("/tool-counts").See("电工班有 1 件工具，还没有清查过", "还没有清查过工具").Follow("清查工具")
		if page.Count("select[name='lines.0.state']") != 1 {
			t.Error("what was found of a tool is not chosen")
		}
		page = page.PressWant(422, "完成清查并上报", webtest.Fill{"lines.0.state": {"missing"}, "lines.0.note": {""}}).See("缺失的要写明情况")
		page.Press("完成清查并上报", webtest.Fill{"lines.0.state": {"lent"}, "note": {"都在"}}).See("冲击钻", "借出", "都在", "没有任命资产会计")
		me.Get(at).Press("#take_back button[type=submit]", webtest.Fill{"note": {"完好"}}).See("已收回")
		me.Get("/tool-loans").See("没有借出的工具")
		// Another crew's tools, and who has them, are for those who lend them.
		other := departments.Department{Code: "SN", Name: "水暖班", Kind: departments.Team}
		saw := assets.Card{Name: "切管机", Class: assets.Tool}
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			if err := departments.Found(ctx, tx, &other); err != nil {
				return err
			}
			saw.Department = other.ID
			return assets.Register(ctx, tx, &saw)
		})
		webtest.Run(t, site, webtest.Call{URL: "/tool-counts/new?department=" + other.ID, Want: 403})
		site.By.Rights[assets.MaySee] = db.Scope{All: true}
		for card, forms := range map[string]int{at: 1, "/asset-cards/" + saw.ID: 0} {
			if n := me.Get(card).Count("#lend"); n != forms {
				t.Errorf("%s offers to lend %d times", card, n)
			}
		}
	})
}
