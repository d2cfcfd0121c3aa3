package assetsweb_test

import (
	"io/fs"
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

// Damage is reported on the card by whoever sees it, looked into, printed and handed in.
func TestDamageAtTheCounter(t *testing.T) {
	dbtest.Each(t, []fs.FS{rules.Migrations, departments.Migrations, places.Migrations, people.Migrations, messages.Migrations, approvals.Migrations, files.Migrations, assets.Migrations, desk.Migrations}, func(t *testing.T, d *db.DB) {
		site := sitetest.New(t, d, departmentsweb.Words, placesweb.Words, deskweb.Words, assetsweb.Words)
		site.Room(assetsweb.Routes)
		site.Hospital = "县人民医院"
		departmentsweb.Pickers(site.Site)
		placesweb.Pickers(site.Site)
		peopleweb.Pickers(site.Site)
		assetsweb.Pickers(site.Site)
		ctx := t.Context()
		ward := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
		canopy := assets.Card{Name: "门诊雨棚", Class: "building", Cost: 3_000_00}
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			if err := departments.Found(ctx, tx, &ward); err != nil {
				return err
			}
			canopy.Department = ward.ID
			return assets.Register(ctx, tx, &canopy)
		})
		site.By = dbtest.PersonIn("护士", ward.ID, assets.MayTell)
		me := webtest.New(t, site)
		page := me.Get("/asset-cards/" + canopy.ID)
		page.PressWant(422, "#damage button[type=submit]", webtest.Fill{"sort": {"damaged"}}).See("必填")
		page = me.Get("/asset-cards/"+canopy.ID).Press("#damage button[type=submit]", webtest.Fill{"sort": {"damaged"}, "how": {"大风掀起两块面板"}})
		page.See("SH-2027-000001", "待查明", "大风掀起两块面板").NotSee("«", "查明登记")
		site.By = dbtest.Person("会计", assets.MaySee, assets.MayChange)
		page = me.Get("/asset-damages").See("门诊雨棚", "待查明").NotSee("«").Follow("门诊雨棚")
		page.PressWant(422, "#step-look button[type=submit]", webtest.Fill{"cause": {"螺栓锈断"}, "loss": {"3000.01"}}).See("不超过原值 3,000.00 元", "螺栓锈断")
		page = page.Press("#step-look button[type=submit]", webtest.Fill{"cause": {"螺栓锈断"}, "loss": {"260"}}).See("已查明登记", "螺栓锈断", "260.00").NotSee("«")
		page.Follow("打印书面报告").See("资产损坏（丢失）情况报告", "门诊雨棚", "螺栓锈断", "贰佰陆拾元整", "院领导").NotSee("«")
		page.Press("#step-tell button[type=submit]", webtest.Fill{"to": {"院办"}}).See("已书面报告", "院办").NotSee("«")
		webtest.Run(t, site, webtest.Call{URL: "/asset-damages?format=csv"}, webtest.Call{URL: "/api/asset-damages"})
	})
}
