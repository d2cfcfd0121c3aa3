package suppliersweb_test

import (
	"io/fs"
	"net/url"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/suppliers"
	"houqin/internal/suppliers/suppliersweb"
)

// Clause: P-014
func TestSuppliersAreKeptAndBlocked(t *testing.T) {
	dbtest.Each(t, []fs.FS{suppliers.Migrations}, func(t *testing.T, d *db.DB) {
		s := sitetest.New(t, d, suppliersweb.Words)
		s.Room(suppliersweb.Routes)
		suppliersweb.Pickers(s.Site)
		s.By = dbtest.Person("采购员", suppliers.Permissions...)
		me := webtest.New(t, s)
		page := me.Get("/suppliers/new")
		bad := page.PressWant(422, "保存", webtest.Fill{"phone": {"0571-8888"}, "licences.0.kind": {"food"}, "licences.0.number": {""}, "licences.0.expires": {"2027-04-01"}})
		bad.See("必填").NotSee("«")
		if bad.Input("phone") != "0571-8888" || bad.Input("licences.0.expires") != "2027-04-01" {
			t.Error("what was typed is gone")
		}
		shown := bad.Press("保存", webtest.Fill{"name": {"绿源蔬菜"}, "licences.0.number": {"JY133"}, "licences.1.kind": {"business"}, "licences.1.number": {"9133"}})
		shown.See("绿源蔬菜", "GYS-2027-000001", "食品经营许可证", "2027-04-01", "长期", "已新建").NotSee("«")
		me.Get("/suppliers?q=lysc").See("绿源蔬菜", "2027-04-01").NotSee("«")
		// its licence ends within two months and is shown so
		if tones := me.Get("/suppliers").Texts(".text-soon"); len(tones) != 1 || tones[0] != "2027-04-01" {
			t.Errorf("ending soon: %q", tones)
		}
		me.Get("/pick/suppliers?q=绿源").See("绿源蔬菜")
		shown.PressWant(422, "form#block button", nil).See("必填", "绿源蔬菜")
		shown.Press("form#block button", webtest.Fill{"reason": {"农残超标"}}).See("农残超标", "恢复采购", "已停止采购")
		me.Get("/pick/suppliers?q=绿源").NotSee("绿源蔬菜")
		me.Get(shown.URL).Press("恢复采购", nil).See("已恢复采购").NotSee("农残超标 修改")
		me.Get(shown.URL+"/edit").Press("保存", webtest.Fill{"contact": {"老王"}}).See("老王", "JY133")
		webtest.Run(t, s,
			webtest.Call{Method: "POST", URL: "/suppliers", Form: url.Values{"name": {"别家"}, "number": {"GYS-2027-000001"}}, Want: 422, See: []string{"编号“GYS-2027-000001”已被使用", "别家"}},
			webtest.Call{Method: "POST", URL: shown.URL + "/close", Form: url.Values{"_version": {"1"}}, Want: 409},
			webtest.Call{URL: "/api" + shown.URL, See: []string{`"licences":[{"kind":"food","number":"JY133","expires":"2027-04-01"}`}},
		)
		me.Get(shown.URL).Press("停用", nil).See("已停用").NotSee("修改 停用")
		s.By = dbtest.Person("nurse")
		webtest.Run(t, s, webtest.Call{URL: "/suppliers", Want: 403}, webtest.Call{URL: shown.URL, Want: 403})
	})
}
