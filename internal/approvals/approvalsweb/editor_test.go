package approvalsweb_test

import (
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/webtest"
)

// An administrator chooses what a tier asks of a document, and need not know how a
// condition is written; a flaw is said at its line and what was chosen stays.
func TestAConditionIsChosen(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tomorrow, at := string(o.d.Today().AddDays(1)), "/approvals/routes/contracts.contract"
		o.as("同事", approvals.MayRoute)
		chosen := func(extra ...string) []string {
			return append([]string{"since", tomorrow, "reason", "逐行", "tiers.0.tests.0.what", "years", "tiers.0.tests.0.is", ">=", "tiers.0.tests.0.rule", "C-006.years", "tiers.0.rows.0.who", "post:president",
				"tiers.1.rows.0.who", "head"}, extra...)
		}
		webtest.Run(t, o.Site,
			webtest.Call{URL: at + "/edit", See: []string{"合同年限", "C-006 重大合作年限起点", "不是 / 不等于", "≥", "并且"}, NotSee: []string{"rule[", "«"}},
			webtest.Call{URL: at + "/edit?as=text", See: []string{"条件中可用"}, NotSee: []string{"是否需法律顾问 / "}},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals(chosen("tiers.0.tests.1.what", "years", "tiers.0.tests.1.value", "viele")...), Want: 422, See: []string{"条件 2 · 取值"}, Check: func(t testing.TB, p *webtest.Page) {
				for _, want := range []string{`value="viele"`, `value="C-006.years" selected`} {
					if !strings.Contains(p.Body, want) {
						t.Errorf("%s is gone", want)
					}
				}
			}},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals(chosen("tiers.0.when", "legal")...), Want: 422, See: []string{"条件请只用一种写法"}},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals(chosen("tiers.0.tests.1.join", "or", "tiers.0.tests.1.what", "legal")...), Want: 303},
		)
		all, err := approvals.Versions(t.Context(), o.d, "contracts.contract")
		if err != nil || len(all) != 1 || all[0].Tiers[0].When != `years >= rule["C-006.years"] or legal` || all[0].Tiers[1].When != "" {
			t.Fatalf("%+v %v", all, err)
		}
		webtest.Run(t, o.Site,
			webtest.Call{URL: "/approvals/drafts/" + all[0].ID, See: []string{"合同年限 ≥ 5 年 或 须法律顾问审查"}},
			// What rows cannot say is written, and stays so.
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals("since", tomorrow, "reason", "书写", "tiers.0.when", "(years > 3 or legal) and years < 9", "tiers.1.rows.0.who", "head"), Want: 422, Check: func(t testing.TB, p *webtest.Page) {
				if !strings.Contains(p.Body, `value="(years &gt; 3 or legal) and years &lt; 9"`) {
					t.Error("what was written is gone")
				}
			}},
		)
	})
}

// Without a script a line is moved by its button: what was typed stays, nothing is kept.
func TestALineIsMovedWithoutAScript(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		at := "/approvals/routes/warehouse.request"
		o.as("同事", approvals.MayRoute)
		typed := []string{"since", "xx", "reason", "半句", "tiers.0.rows.0.who", "head", "tiers.0.rows.1.who", "post:finance", "tiers.0.rows.1.hours", "8"}
		order := func(first, second string) func(testing.TB, *webtest.Page) {
			return func(t testing.TB, p *webtest.Page) {
				t.Helper()
				a, b := strings.Index(p.Body, first), strings.Index(p.Body, second)
				if a < 0 || b < 0 || a > b || !strings.Contains(p.Body, `value="半句"`) {
					t.Errorf("%d %d in %s", a, b, p.Text())
				}
			}
		}
		head, money := `value="head" selected`, `value="post:finance" selected`
		webtest.Run(t, o.Site,
			webtest.Call{URL: at + "/edit", Check: func(t testing.TB, p *webtest.Page) {
				if !strings.Contains(p.Body, `name="_move" value="tiers.0.rows.1.up" formaction="`+at+`/drafts#`) {
					t.Error("no button to move a line")
				}
			}},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals(append(typed, "_move", "tiers.0.rows.1.up")...), Want: 200, Check: order(money, head)},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals(append(typed, "_move", "tiers.0.rows.0.down")...), Want: 200, Check: order(money, head)},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals(append(typed, "_move", "tiers.0.rows.0.up")...), Want: 200, Check: order(head, money)},
			webtest.Call{Method: "POST", URL: at + "/drafts", Form: vals(append(typed, "_move", "tiers.x.rows..up")...), Want: 200, Check: order(head, money)},
		)
		if all, err := approvals.Versions(t.Context(), o.d, "warehouse.request"); err != nil || len(all) > 0 {
			t.Errorf("moving a line kept %v %v", all, err)
		}
	})
}
