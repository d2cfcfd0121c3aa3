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

// One enters where money goes, another confirms on the same page; both stand in the story.
// Who is wronged complains there, and the buyer answers.
func TestAnAccountTakesTwoAndAComplaintAnAnswer(t *testing.T) {
	dbtest.Each(t, []fs.FS{suppliers.Migrations}, func(t *testing.T, d *db.DB) {
		s := sitetest.New(t, d, suppliersweb.Words)
		s.Room(suppliersweb.Routes)
		suppliersweb.Pickers(s.Site)
		var one suppliers.Supplier
		dbtest.Do(t, d, dbtest.Person("采购员", suppliers.MayChange), func(tx *db.Tx) error {
			one = suppliers.Supplier{Name: "康达医疗"}
			return suppliers.Add(t.Context(), tx, &one)
		})
		at := "/suppliers/" + one.ID
		as := func(name string, may ...string) *webtest.Client {
			s.By = dbtest.Person(name, append(may, suppliers.MaySee)...)
			return webtest.New(t, s)
		}
		buyer := as("周采购", suppliers.MayChange, suppliers.MayConfirm, suppliers.MayAnswer)
		bad := buyer.Get(at).PressWant(422, "form#enter_account button", webtest.Fill{"bank": {"工行清河支行"}, "account": {"12"}, "holder": {"康达医疗"}, "why": {"公函"}})
		bad.See("不是账号", "工行清河支行").NotSee("«")
		page := bad.Press("form#enter_account button", webtest.Fill{"account": {"6222 0000 1111"}})
		page.See("622200001111", "待复核", "周采购", "复核前仍付原账户").NotSee("«", "复核收款账户 退回账户")
		page = as("蒋会计", suppliers.MayConfirm).Get(at)
		page.Press("复核收款账户", nil).See("使用中", "账户 622200001111 已启用", "蒋会计", "登记收款账户，待复核").NotSee("«")
		keeper := as("陈库管", suppliers.MayComplain)
		said := keeper.Get(at).Press("form#complain button", webtest.Fill{"kind": {"late"}, "said": {"晚到两天"}})
		said.See("GT-2027-000001", "待答复", "晚到两天", "康达医疗").NotSee("«")
		s.By = dbtest.Person("周采购", suppliers.MaySee, suppliers.MayAnswer)
		webtest.New(t, s).Get(said.URL).Press("form#answer button", webtest.Fill{"answer": {"已整改"}, "upheld": {"on"}}).See("责任在供应商", "已整改").NotSee("«")
		keeper.Get("/supplier-complaints?upheld=true").See("GT-2027-000001", "康达医疗", "已答复").NotSee("«")
		keeper.Get(at).See("责任在供应商", "GT-2027-000001").NotSee("«")
		s.By = dbtest.Person("护士")
		webtest.Run(t, s, webtest.Call{URL: "/supplier-complaints", Want: 403}, webtest.Call{Method: "POST", URL: at + "/account", Form: url.Values{"account": {"622200009999"}}, Want: 403})
	})
}

// Who confirms an account confirms the one they read, not one entered since.
func TestAnAccountEnteredSinceIsNotConfirmedUnread(t *testing.T) {
	dbtest.Each(t, []fs.FS{suppliers.Migrations}, func(t *testing.T, d *db.DB) {
		s := sitetest.New(t, d, suppliersweb.Words)
		s.Room(suppliersweb.Routes)
		suppliersweb.Pickers(s.Site)
		firm := suppliers.Supplier{Name: "康达医疗"}
		clerk, chief := dbtest.Person("会计", suppliers.Permissions...), dbtest.Person("科长", suppliers.Permissions...)
		enter := func(number string) (a suppliers.Account) {
			a = suppliers.Account{Supplier: firm.ID, Holder: "康达医疗", Bank: "工行清河支行", Account: number, Why: "公函"}
			dbtest.Do(t, d, clerk, func(tx *db.Tx) error { return suppliers.EnterAccount(t.Context(), tx, &a) })
			return a
		}
		dbtest.Do(t, d, clerk, func(tx *db.Tx) error { return suppliers.Add(t.Context(), tx, &firm) })
		read := enter("622200001111")
		s.By = dbtest.Person("出纳", suppliers.Permissions...)
		page := webtest.New(t, s).Get("/suppliers/" + firm.ID).See("622200001111")
		dbtest.Do(t, d, chief, func(tx *db.Tx) error {
			_, err := suppliers.RefuseAccount(t.Context(), tx, read.ID, 0, suppliers.Reason{Reason: "核对不符"})
			return err
		})
		enter("955800002222")
		page.PressWant(409, "复核收款账户", nil)
		if a, holds, err := suppliers.AccountOf(t.Context(), d, firm.ID); err != nil || holds {
			t.Errorf("money goes to %s, which nobody read: %v", a.Account, err)
		}
	})
}
