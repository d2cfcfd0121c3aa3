package deskweb_test

import (
	"context"
	"io/fs"
	"net/url"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/places/placesweb"
)

var rooms = []fs.FS{departments.Migrations, places.Migrations, people.Migrations, desk.Migrations}

// house is a ward, a crew and their people, at a site with the desk's doors.
type house struct {
	*sitetest.Site
	ward, other, electric                           departments.Department
	room                                            places.Place
	nurse, stranger, wang, li, dispatcher, director db.Actor
}

func open(t *testing.T, d *db.DB) *house {
	h := &house{Site: sitetest.New(t, d, deskweb.Words, departmentsweb.Words, placesweb.Words)}
	h.Hospital = "县人民医院"
	h.Room(deskweb.New().Routes())
	deskweb.Pickers(h.Site.Site)
	departmentsweb.Pickers(h.Site.Site)
	placesweb.Pickers(h.Site.Site)
	h.Nobody("stores")
	h.Nobody("items")
	ctx := t.Context()
	dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
		person := func(number, name string, unit departments.Department, may ...string) db.Actor {
			p := people.Person{Number: number, Name: name, Department: unit.ID}
			if err := people.Hire(ctx, tx, &p); err != nil {
				t.Fatal(err)
			}
			a := dbtest.PersonIn(p.ID, unit.ID, may...)
			a.Name = name
			return a
		}
		for _, x := range []struct {
			to         *departments.Department
			code, name string
			kind       departments.Kind
		}{{&h.ward, "N1", "内一科", departments.Ward}, {&h.other, "W1", "外一科", departments.Ward}, {&h.electric, "DG", "电工班", departments.Team}} {
			*x.to = departments.Department{Code: x.code, Name: x.name, Kind: x.kind}
			if err := departments.Found(ctx, tx, x.to); err != nil {
				return err
			}
		}
		h.room = places.Place{Code: "A301", Name: "301病房", Kind: places.Room, Department: h.ward.ID, Phones: []string{"8301"}}
		if err := places.Add(ctx, tx, &h.room); err != nil {
			return err
		}
		h.nurse = person("1001", "周护士", h.ward, desk.MayReport, desk.MaySign, desk.MayCancel)
		h.stranger = person("1002", "吴护士", h.other, desk.MayReport, desk.MaySign)
		h.wang = person("2001", "王建国", h.electric, desk.MayWork)
		h.li = person("2002", "李志强", h.electric, desk.MayWork)
		h.dispatcher = dbtest.Person("", desk.MayReport, desk.MayDispatch, desk.MaySee, desk.MayCancel)
		h.dispatcher.ID, h.dispatcher.Name = "3001", "赵调度"
		h.director = dbtest.Person("钱主任", desk.MaySee)
		return nil
	})
	return h
}

// as lets the client come as somebody else.
func (h *house) as(who db.Actor) { h.By = who }

func (h *house) only(t *testing.T) desk.Job {
	t.Helper()
	all, err := desk.Jobs.All(context.Background(), h.DB, desk.Scope(db.System("test")), 10)
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	return all[0]
}

func fill(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		v.Add(kv[i], kv[i+1])
	}
	return v
}

func TestAFaultFromTheWardToItsSignature(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := webtest.New(t, h)
		h.as(h.nurse)
		page := c.Get("/desk/ward").See("我的科室", "没有未完成的报修").Follow("a.menu-accent")
		page = page.Press("报修", fill("trade", "electric", "place", "A301", "title", "灯不亮"))
		page.See("已报修，单号 WX-2027-000001", "灯不亮", "301病房", "内一科", "待派工", "催单")
		j := h.only(t)
		at := "/desk/jobs/" + j.ID
		// The second report of the same kind at the same place is seen before it is made.
		again := c.Get("/desk/report").See("这里已有未完成的报修", "灯不亮")
		if again.Input("place") != "301病房" {
			t.Errorf("the last place is not there again: %q", again.Input("place"))
		}
		again.PressWant(409, "报修", fill("trade", "electric", "title", "灯管闪")).See("这里同类报修还没完成：WX-2027-000001 灯不亮", "灯管闪", "仍然报修")
		c.Get(at).Press("催单", nil).See("科室已催 1 次")

		h.as(h.dispatcher)
		c.Get("/desk/board").See("灯不亮", "301病房", "催1").Press("#dispatch-"+j.ID+" button.btn-accent", fill("worker", "王建国")).See("WX-2027-000001 已派工", "王建国")

		h.as(h.wang)
		c.Get("/desk/mine").See("下一件", "灯不亮", "周护士").Press("接单", nil).Press("到场", nil).See("已到场", "完工")
		c.Get(at).PressWant(422, "#step-finish button.btn-accent", fill("done", "", "minutes", "x")).See("必填", "请填整数")
		c.Get(at).Press("#step-finish button.btn-accent", fill("done", "换了灯管", "cause", "老化", "minutes", "30")).See("已完工", "待签单", "换了灯管", "30分钟", "30.00")

		h.as(h.stranger)
		webtest.Run(t, h, webtest.Call{URL: at, Want: 404}, webtest.Call{Method: "POST", URL: at + "/sign", Form: fill("signature", "x"), Want: 404})
		c.Get("/desk/ward").NotSee("灯不亮")

		h.as(h.nurse)
		c.Get("/desk/ward").See("等我签单", "灯不亮 · 王建国").Press("签单", fill("signature", "周护士", "rating", "5")).See("已签 1 单")
		c.Get(at).See("已签单", "周护士", "非常满意", "签单").NotSee("催单")
	})
}
