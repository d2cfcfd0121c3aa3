package requestsweb_test

import (
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/webtest"
	"houqin/internal/departments"
	"houqin/internal/requests"
)

// A storekeeper asks another store from the counter; it comes back to be changed, is agreed
// to, picked, and taken in by a keeper of the store that asked.
func TestAStorekeeperAsksAnotherStore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		dbtest.Do(t, h.d, db.System("builder"), func(tx *db.Tx) error {
			u, err := departments.Get(ctx, tx, h.kf.ID)
			if err != nil {
				return err
			}
			u.Head = h.staff["孙配送"].ID
			return departments.Change(ctx, tx, &u)
		})
		blank := h.at("赵库管").Get("/requests/counter").Follow("向其他库房调货").NotSee("«")
		if to := blank.Input("to"); to != "总库" {
			t.Errorf("the slip begins for %q", to)
		}
		fill := webtest.Fill{"from": {"总库"}, "lines.0.item": {"擦手纸"}, "lines.0.qty": {"3箱"}, "purpose": {"周末备货"}}
		bad := blank.PressWant(422, "提交申请", fill)
		bad.See("同一个库房")
		if bad.Input("purpose") != "周末备货" || bad.Input("lines.0.qty") != "3箱" {
			t.Error("what was typed is gone")
		}
		bad.Press("提交申请", webtest.Fill{"from": {"备用库"}}).See("待审批", "备用库 → 总库", "调入库房").NotSee("«")
		all, err := requests.Requests.All(ctx, h.d, list.Where{}, 1)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		at := "/requests/" + all[0].ID
		decide := func(f func(tx *db.Tx, c approvals.Case, s approvals.Signature) error) {
			t.Helper()
			c, _, err := approvals.OpenOf(ctx, h.d, requests.Noun, all[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			p := h.staff["孙配送"]
			dbtest.Do(t, h.d, db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}}, func(tx *db.Tx) error {
				return f(tx, c, approvals.Signature{Digest: c.Digest})
			})
		}
		decide(func(tx *db.Tx, c approvals.Case, s approvals.Signature) error {
			_, err := approvals.SendBack(ctx, tx, c.ID, "备用库要留一箱", s)
			return err
		})
		h.at("赵库管").Get("/requests/counter").See("库间调入", "调自备用库", "退回修改")
		h.at("赵库管").Get(at).See("备用库要留一箱").Follow("修改申请").Press("提交申请", webtest.Fill{"lines.0.qty": {"1箱"}}).See("待审批", "1 箱")
		decide(func(tx *db.Tx, c approvals.Case, s approvals.Signature) error {
			_, err := approvals.Agree(ctx, tx, c.ID, "", s)
			return err
		})
		h.at("孙配送").Get("/requests/counter").See("待处理", "总库")
		h.at("孙配送").Get(at+"/decide").See("总库").NotSee("«").Press("逐行处理", webtest.Fill{}).Press("备货完成", webtest.Fill{}).See("待发放")
		hand := h.at("孙配送").Get(at + "/hand").See("赵库管").NotSee("«")
		hand.PressWant(422, "发放", webtest.Fill{"receiver": {"王护士"}, "signature": {"王护士"}}).See("王护士不是总库的库管员", "S-014")
		hand.Press("发放", webtest.Fill{"receiver": {"赵库管"}, "signature": {"赵库管"}}).See("已办结", "调拨", "赵库管").NotSee("«")
		h.at("赵库管").Get(at+"/print").See("库房调拨申请单", "总库", "备用库", "调出库房", "调入库房签收").NotSee("«")
		h.at("赵库管").Get("/requests?all=1").See("总库")
		// a ward sees nothing of it
		ward := h.at("王护士")
		ward.Do(webtest.Call{URL: at, Want: 404})
		ward.Do(webtest.Call{URL: "/requests/between", Want: 403})
		ward.Get("/requests/mine").NotSee("总库")
	})
}
