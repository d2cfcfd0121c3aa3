package approvalsweb_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/web"
	"houqin/internal/base/webtest"
	"houqin/internal/calendar"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/people/peopleweb"
	"houqin/internal/rules"
	"houqin/internal/rules/rulesweb"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, people.Migrations, files.Migrations, messages.Migrations, approvals.Migrations}

// office is a ward with its head and nurse, and a vice-president.
type office struct {
	*sitetest.Site
	t     *testing.T
	d     *db.DB
	ward  departments.Department
	staff map[string]people.Person
}

func each(t *testing.T, f func(*testing.T, *office)) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		o := &office{t: t, d: d, staff: map[string]people.Person{}, Site: sitetest.New(t, d, approvalsweb.Words, departmentsweb.Words, peopleweb.Words, rulesweb.Words)}
		o.Rule = func(clause string) string { return "/rules/" + clause }
		o.Room(approvalsweb.New(nil, map[string]approvalsweb.Paper{"test.paper": {At: "/papers/", May: func(_ context.Context, _ db.Reader, by db.Actor, _ string) error {
			if by.Name != "护士长" {
				return fault.New(fault.NotFound, "base.not_found")
			}
			return nil
		}}}).Routes())
		departmentsweb.Pickers(o.Site.Site)
		peopleweb.Pickers(o.Site.Site)
		dbtest.Do(t, d, db.System("builder"), func(tx *db.Tx) error {
			o.ward = departments.Department{Code: "N1", Name: "心血管内科", Kind: departments.Ward}
			if err := departments.Found(t.Context(), tx, &o.ward); err != nil {
				return err
			}
			for n, name := range []string{"护士长", "护士", "副院长", "同事"} {
				p := people.Person{Number: fmt.Sprint(1001 + n), Name: name, Department: o.ward.ID}
				if err := people.Hire(t.Context(), tx, &p); err != nil {
					return err
				}
				o.staff[name] = p
			}
			o.ward.Head = o.staff["护士长"].ID
			if err := departments.Change(t.Context(), tx, &o.ward); err != nil {
				return err
			}
			for _, post := range []string{"general_affairs", "president", "vice_president"} {
				if err := approvals.Seat(t.Context(), tx, &approvals.Holding{Post: post, Person: o.staff["副院长"].ID}); err != nil {
					return err
				}
			}
			return nil
		})
		approvals.Ended["test.paper"] = func(context.Context, *db.Tx, approvals.Case) error { return nil }
		f(t, o)
	})
}

func (o *office) as(name string, may ...string) db.Actor {
	a := dbtest.Person(name, may...)
	a.ID, a.Name, a.Unit = o.staff[name].ID, name, o.ward.ID
	o.By = a
	return a
}

func (o *office) ask(record string, amount money.Fen) (c approvals.Case) {
	dbtest.Do(o.t, o.d, o.as("护士"), func(tx *db.Tx) (err error) {
		c, err = approvals.Ask(o.t.Context(), tx, approvals.Document{Kind: "warehouse.request", Noun: "test.paper", Record: record, Number: "LY-" + record, Title: "纸巾" + record, Reason: "用完了",
			Department: o.ward.ID, Amount: amount, Digest: "v1", Facts: []approvals.Fact{{Key: "stock", Value: "3 箱"}}})
		return err
	})
	return c
}

func vals(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		v.Add(kv[i], kv[i+1])
	}
	return v
}

// Several are ticked on their cards and signed with one press; one that has changed
// meanwhile stops them all.
func TestTickedCardsAreSignedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		a, b := o.ask("1", 10_000), o.ask("2", 250_000)
		o.as("护士长")
		webtest.Run(t, o.Site,
			webtest.Call{Method: "GET", URL: "/approvals", Want: 200, See: []string{"纸巾1", "纸巾2", "3 箱", "用完了", "2,500.00 元", "签字同意所选", "护士申请", "心血管内科"}},
			webtest.Call{Method: "POST", URL: "/approvals/agree", Form: vals("picks", a.ID+"."+a.Digest, "picks", b.ID+".other"), Want: 409,
				See: []string{"在您查看后有变化", "什么都没有签。" + b.Number}, NotSee: []string{a.Digest}, Check: func(t testing.TB, p *webtest.Page) {
					for _, x := range []struct {
						of   approvals.Case
						want bool
					}{{a, true}, {b, false}} {
						if got := strings.Contains(p.Body, `value="`+x.of.ID+"."+x.of.Digest+`" data-fen="`+fmt.Sprint(int64(x.of.Amount))+`" checked`); got != x.want {
							t.Errorf("%s is ticked: %v", x.of.Title, got)
						}
					}
				}},
			webtest.Call{Method: "POST", URL: "/approvals/agree", Form: vals(), Want: 422, See: []string{"还没有勾选", "纸巾1"}},
			webtest.Call{Method: "GET", URL: "/approvals/cases/" + b.ID, Want: 200, Check: func(t testing.TB, p *webtest.Page) {
				if !strings.Contains(p.Body, `href="/papers/`+b.Record+`"`) {
					t.Error("no way to the paper")
				}
			}},
			webtest.Call{Method: "POST", URL: "/approvals/agree", Form: vals("_key", "k1", "picks", a.ID+"."+a.Digest, "picks", b.ID+"."+b.Digest), Want: 303},
			webtest.Call{Method: "POST", URL: "/approvals/agree", Form: vals("_key", "k1", "picks", a.ID+"."+a.Digest, "picks", b.ID+"."+b.Digest), Want: 303},
			webtest.Call{Method: "POST", URL: "/approvals/agree", Form: vals("picks", a.ID+"."+a.Digest), Want: 409, See: []string{"已经同意"}},
			webtest.Call{Method: "GET", URL: "/approvals", Want: 200, See: []string{"没有待您审批的事项"}},
			webtest.Call{Method: "GET", URL: "/approvals/cases/" + b.ID, Want: 200, See: []string{"科室负责人", "总务科负责人", "副院长", "护士长", "审批中", "S-012"}},
		)
		o.as("护士")
		webtest.Run(t, o.Site,
			webtest.Call{Method: "GET", URL: "/approvals/asked", Want: 200, See: []string{"纸巾2"}, NotSee: []string{"纸巾1"}},
			webtest.Call{Method: "GET", URL: "/approvals/cases/" + b.ID, Want: 200, See: []string{"撤回申请", "催办"}, NotSee: []string{">驳回<"}},
			webtest.Call{Method: "POST", URL: "/approvals/cases/" + b.ID + "/agree", Form: vals("digest", b.Digest), Want: 403, See: []string{"自己的申请"}},
		)
		o.as("同事")
		webtest.Run(t, o.Site,
			webtest.Call{Method: "GET", URL: "/approvals/cases/" + b.ID, Want: 404},
			webtest.Call{Method: "POST", URL: "/approvals/cases/" + b.ID + "/agree", Form: vals("digest", b.Digest), Want: 404},
			webtest.Call{Method: "GET", URL: "/approvals/cases", Want: 403},
		)
		o.as("副院长")
		webtest.Run(t, o.Site,
			webtest.Call{Method: "POST", URL: "/approvals/cases/" + b.ID + "/refuse", Form: vals("digest", b.Digest, "note", ""), Want: 422, See: []string{"必填"}},
			webtest.Call{Method: "POST", URL: "/api/approvals/cases/" + b.ID + "/refuse", JSON: map[string]any{"digest": b.Digest, "note": "超预算"}, Want: 200, See: []string{`"state":"refused"`}},
			webtest.Call{Method: "GET", URL: "/approvals/cases/" + b.ID, Want: 200, See: []string{"超预算", "已驳回"}},
		)
		told, err := messages.Notes(t.Context(), o.d, o.staff["护士"].ID)
		if err != nil || len(told) == 0 || !slices.Equal(told[0].Args, []string{b.Number, "纸巾2", "refused", " · 超预算"}) {
			t.Errorf("who asked reads %+v: %v", told, err)
		}
	})
}

// A paper without money says none in the list of all cases; in a spreadsheet it is a figure.
func TestTheListSaysNoMoneyWhereThereIsNone(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.ask("1", 0)
		o.ask("2", 12_345)
		o.as("护士长", approvals.Permissions...)
		webtest.Run(t, o.Site, webtest.Call{URL: "/approvals/cases", See: []string{"纸巾1", "123.45"}, NotSee: []string{"0.00"}},
			webtest.Call{URL: "/approvals/cases?format=csv", See: []string{"0.00", "123.45"}})
	})
}

// A delegate decides, and both names stand there.
func TestADelegateSignsForSomebody(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.ask("1", 10_000)
		today := o.d.Today()
		o.as("护士长")
		webtest.Run(t, o.Site,
			webtest.Call{Method: "POST", URL: "/approvals/delegations", Form: vals("to", "1001", "since", string(today), "until", string(today)), Want: 422, See: []string{"不能是本人"}},
			webtest.Call{Method: "POST", URL: "/approvals/delegations", Form: vals("to", "1004", "since", string(today), "until", string(today.AddDays(3)), "kinds", "warehouse.request", "reason", "学习"), Want: 303},
			webtest.Call{Method: "GET", URL: "/approvals/delegations", Want: 200, See: []string{"护士长 → 同事", "领用出库", "学习", "有效"}},
		)
		o.as("同事")
		webtest.Run(t, o.Site,
			webtest.Call{Method: "GET", URL: "/approvals", Want: 200, See: []string{"纸巾1", "代护士长"}},
			webtest.Call{Method: "POST", URL: "/approvals/cases/" + c.ID + "/agree", Form: vals("digest", c.Digest), Want: 303},
			webtest.Call{Method: "GET", URL: "/approvals/cases/" + c.ID, Want: 200, See: []string{"同事（代护士长）", "已同意"}},
		)
	})
}

// An administrator writes another way; its flaws stand beside their lines, and a trial
// document shows with names where it would go.
func TestAWayIsEdited(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tomorrow := string(o.d.Today().AddDays(1))
		at := "/approvals/routes/warehouse.request"
		o.as("护士")
		webtest.Run(t, o.Site,
			webtest.Call{Method: "GET", URL: "/approvals/routes", Want: 200, See: []string{"领用出库", "后勤设备报废", "系统默认流程"}},
			webtest.Call{Method: "GET", URL: at, Want: 200, See: []string{"2,000.00 元及以上", "2,000.00 元以下（不含）", "总务科负责人"}, NotSee: []string{"修改流程"}},
			webtest.Call{Method: "GET", URL: at + "/edit", Want: 403},
		)
		o.as("同事", approvals.MayRoute)
		webtest.Run(t, o.Site,
			webtest.Call{Method: "POST", URL: at + "/preview", Form: vals("department", "N1", "amount", "2000"), Want: 200, See: []string{"护士长", "副院长"}},
			webtest.Call{Method: "POST", URL: at + "/preview", Form: vals("department", "N1", "amount", "2000", "over", "1"), Want: 200, See: []string{"2,000.00 元", "护士长", "副院长", "超出定额"}, NotSee: []string{"合同年限"}, Check: func(t testing.TB, p *webtest.Page) {
				for name, want := range map[string]string{"amount": "2000", "department": "心血管内科", "over": "1"} {
					if got := strings.TrimSuffix(p.Input(name), ".00"); got != want {
						t.Errorf("%s was typed and is %q", name, got)
					}
				}
			}},
			webtest.Call{Method: "POST", URL: at + "/preview", Form: vals("department", "N1", "years", "5"), Want: 422},
			webtest.Call{Method: "GET", URL: at + "/edit?as=text", Want: 200, See: []string{"怎么写", "可写的岗位"}},
			webtest.Call{Method: "GET", URL: at + "/edit", Want: 200, See: []string{"第 4 档，共 4 档", "再加一档", "由谁审批", "与上一行同时", "是否特殊领用", "怎么写"}, NotSee: []string{"special", "条件中可用"}},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals("since", tomorrow, "reason", "逐行", "tiers.0.rows.0.who", "head", "tiers.0.rows.1.who", "post:finance", "tiers.0.rows.1.hours", "8"),
				Want: 422, See: []string{"财务科"}, NotSee: []string{"«"}},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals("since", tomorrow, "reason", "逐行", "tiers.0.rows.0.who", "head", "tiers.0.rows.1.person", "1003", "tiers.0.rows.1.hours", "8"), Want: 303},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals("since", tomorrow, "reason", "院内规定", "tiers.0.amount", "<500", "tiers.0.steps", "科室负责人", "tiers.1.amount", ">500", "tiers.1.steps", "科室负责人 → 土地公"),
				Want: 422, See: []string{"没有“土地公”", "<500"}},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals("since", tomorrow, "reason", "院内规定", "tiers.0.amount", "<500", "tiers.0.steps", "科室负责人", "tiers.1.amount", ">500", "tiers.1.steps", "科室负责人 → 院长"),
				Want: 422, See: []string{"没有档次"}},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals("since", tomorrow, "reason", "院内规定", "tiers.0.amount", "<500", "tiers.0.steps", "科室负责人", "tiers.1.amount", "≥500", "tiers.1.steps", "科室负责人 → 院长"), Want: 303},
		)
		all, err := approvals.Versions(t.Context(), o.d, "warehouse.request")
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		if steps := all[1].Tiers[0].Stages; len(steps) != 2 || steps[1].Hours != 8 || steps[1].Who[0].Is != "person:"+o.staff["副院长"].ID {
			t.Errorf("chosen row by row: %+v", steps)
		}
		draft := "/approvals/drafts/" + all[0].ID
		webtest.Run(t, o.Site,
			webtest.Call{Method: "POST", URL: draft + "/preview", Form: vals("department", "N1", "amount", "500"), Want: 200, See: []string{"副院长", "500.00 元走"}},
			webtest.Call{Method: "GET", URL: draft, Want: 200, See: []string{"起生效", "废弃草稿"}},
			webtest.Call{Method: "GET", URL: "/approvals/routes", Want: 200, See: []string{"待生效的流程草稿", "院内规定"}},
			webtest.Call{Method: "POST", URL: draft + "/force", Form: vals("_version", "1"), Want: 403},
		)
		o.as("同事", approvals.MayRoute, approvals.MayForce)
		webtest.Run(t, o.Site,
			webtest.Call{Method: "GET", URL: draft, Want: 200, See: []string{"要由另一个人确认生效"}},
			webtest.Call{Method: "POST", URL: draft + "/force", Form: vals("_version", "1"), Want: 403, See: []string{"由同事起草"}},
		)
		o.as("副院长", approvals.MayForce)
		webtest.Run(t, o.Site,
			webtest.Call{Method: "GET", URL: "/approvals/routes", Want: 200, See: []string{"待生效的流程草稿", "院内规定"}},
			webtest.Call{Method: "POST", URL: draft + "/force", Form: vals("_version", "1"), Want: 303},
			webtest.Call{Method: "GET", URL: at, Want: 200, See: []string{"已生效", "院内规定"}},
		)
	})
}

func TestPostsAndDebts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.as("同事", approvals.MayRoute)
		webtest.Run(t, o.Site,
			webtest.Call{Method: "GET", URL: "/approvals/posts", Want: 200, See: []string{"院长", "副院长", "无人在岗", "免去", "上一级"}},
			webtest.Call{Method: "POST", URL: "/approvals/posts", Form: vals("post", "finance", "person", "1004"), Want: 403},
			webtest.Call{Method: "POST", URL: "/approvals/posts", Form: vals("post", "finance", "person", "1002"), Want: 303},
			webtest.Call{Method: "GET", URL: "/approvals/routes", Want: 200, See: []string{"30 天内合并"}},
		)
		var d approvals.Debt
		dbtest.Do(t, o.d, o.as("护士"), func(tx *db.Tx) (err error) {
			d, err = approvals.Owe(t.Context(), tx, approvals.Debt{Noun: "test.paper", Record: "9", Number: "WX-9", Title: "水管爆裂", Clause: "W-005", Paper: "report", Department: o.ward.ID, Due: period.At(tx.Now)})
			return err
		})
		webtest.Run(t, o.Site,
			webtest.Call{Method: "GET", URL: "/approvals/debts", Want: 200, See: []string{"水管爆裂", "抢修补单", "W-005"}},
			webtest.Call{Method: "GET", URL: "/approvals/debts/" + d.ID, Want: 200, See: []string{"登记已补"}},
			webtest.Call{Method: "POST", URL: "/approvals/debts/" + d.ID + "/settle", Form: vals("paper", "报修单 7"), Want: 303},
			webtest.Call{Method: "GET", URL: "/approvals/debts/" + d.ID, Want: 200, See: []string{"报修单 7", "已补"}},
		)
	})
}

// The room's doors name what waits, and every page is whole in English too.
func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.ask("1", 250_000)
		by := o.as("护士长", approvals.Permissions...)
		for _, lang := range []string{"zh", "en"} {
			o.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: by, Lang: lang}, nil }
			for _, at := range []string{"/approvals", "/approvals/asked", "/approvals/cases", "/approvals/cases/" + c.ID, "/approvals/meetings", "/approvals/delegations", "/approvals/debts", "/approvals/routes",
				"/approvals/routes/contracts.contract", "/approvals/routes/warehouse.request/edit", "/approvals/posts"} {
				webtest.Run(t, o.Site, webtest.Call{Method: "GET", URL: at, Want: 200, NotSee: []string{"«"}})
			}
		}
	})
}

// The list of ways has every tier, conditions in words, the rules whose figures a way
// asks; a way says what it will be once a confirmed figure holds, and who may change it.
func TestAWayIsReadWithoutTheNotation(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		change := rules.Change{Param: "A-010.threshold", Value: "1000", Since: o.d.Today().AddDays(10), Reason: "物价上涨"}
		dbtest.Do(t, o.d, o.as("副院长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &change) })
		dbtest.Do(t, o.d, o.as("同事", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, change.ID, "") })
		dbtest.Do(t, o.d, db.System("builder"), func(tx *db.Tx) error {
			if err := approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "general_affairs", Person: o.staff["同事"].ID}); err != nil {
				return err
			}
			return people.EnsureRoles(t.Context(), tx, []people.RoleSpec{{Code: "data_clerk", NameZh: "基础数据管理员", NameEn: "Keeper of basic data", Rights: []string{approvals.MayRoute}}})
		})
		used := approvals.Used
		approvals.Used = []string{"warehouse.adjustment"}
		defer func() { approvals.Used = used }()
		by := o.as("护士")
		o.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: by, Lang: "zh"}, nil }
		day := string(change.Since)
		webtest.Run(t, o.Site,
			webtest.Call{URL: "/approvals/routes", See: []string{"合同年限 ≥ 5 年", "须法律顾问审查", "特殊领用", "超出定额", "500.00 元及以上", "第 2 档，共 2 档", "S-019 A-010", "本系统暂无这类单据", "流程和岗位由基础数据管理员设置"},
				NotSee: []string{"rule[", "legal", "<A-", "«"}},
			webtest.Call{URL: "/approvals/routes/warehouse.adjustment", See: []string{"500.00 元以下", "流程表（" + day + " 起", "1,000.00 元及以上", "上会起点", "A-010", "基础数据管理员"}, NotSee: []string{"<A-", "«"}},
			webtest.Call{URL: "/approvals/routes/desk.outside", NotSee: []string{"流程表（", "相关参数"}},
			webtest.Call{URL: "/api/approvals/routes", See: []string{`"used":true`, `"used":false`}},
		)
		by = o.as("护士长", approvals.Permissions...)
		c := webtest.New(t, o.Site)
		c.Get("/approvals/posts").NotSee("免去 副院长")
		c.Get(c.Get("/approvals/posts").Attr("a[href^='/approvals/posts?leave=']", "href")).See("不免去").Press("免去 副院长 · 总务科负责人", nil).NotSee("免去 副院长")
	})
}
