package hospital_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/webtest"
	"houqin/internal/disposal"
	"houqin/internal/hospital"
	"houqin/internal/rules"
)

// The threshold of write-offs changes from next month on. Today's write-off still goes by
// today's, the preview shows both, those asked sign on their pages, the clause's page shows
// its history and how often it was kept and opens the documents; and at the end an auditor
// prints that nothing in last month's trail was touched.
func TestAThresholdChangesFromNextMonth(t *testing.T) {
	towns(t, func(w *town) {
		ctx := w.t.Context()
		w.as("陈库管").Get("/warehouse/opening/new").Press("期初入库", webtest.Fill{"store": {"总库"}, "lines.0.item": {"B001"}, "lines.0.qty": {"200"}, "lines.0.price": {"20"}})
		draw := func() string {
			t.Helper()
			page := w.as("陈库管").Get("/disposal/slips/new?of=store").Press("填好", webtest.Fill{"store": {"总库"}, "reason": {"受潮不亮"}, "lines.0.item": {"灯管"}, "lines.0.qty": {"30"}, "lines.0.cause": {"damaged"}})
			page.See("待申请", "600.00").NotSee("«")
			return strings.TrimPrefix(strings.TrimPrefix(page.URL, webtest.Origin), "/disposal/slips/")
		}
		writeOff := func(id string) (signed []string) {
			t.Helper()
			signed = w.agree(disposal.Noun, id)
			w.as("郑科长").Get("/disposal/slips/"+id).Press("form#step-verify button", webtest.Fill{"note": {"数量相符，无法修复"}}).See("已报废").NotSee("«")
			return signed
		}
		first := draw()

		// 600 yuan stand above today's 500; from April on the threshold is to be 800.
		preview := w.as("孙主任").Get("/rules/A-010/propose?param=A-010.threshold").Press("预览", webtest.Fill{"value": {"800"}, "since": {"2027-04-01"}, "reason": {"物价上涨"}})
		preview.See("500.00 元及以上", "800.00 元及以上", "2027-04-01", "受影响的审批流程", "后勤设备报废", "没有在途单据").NotSee("«")
		preview.Press("提交审批", nil).See("待批准")
		change := only(w, &changesOf, func(c *rules.Change) string { return c.ID })
		w.as("冯副院长").Get("/inbox").See("A-010")
		w.as("冯副院长").Get("/messages").See("规则 A-010 有修改")
		w.as("孙主任").Get("/messages").NotSee("规则 A-010 有修改")
		w.as("冯副院长").Get("/rule-changes/"+change).Press("form#agree button", webtest.Fill{"note": {"同意"}}).See("已批准")
		slip := w.as("孙主任").Get("/disposal/slips/" + first)
		slip.See("今天", "500.00 元", "院长办公会", "2027-04-01 起", "800.00 元", "分管副院长").NotSee("«")
		slip.Press("申请报废", nil).See("审批中", "院长办公会").NotSee("分管副院长")
		// Were it 500 again from April on, the 600 would go to the meeting then too: the preview
		// names the paper on its way.
		w.as("孙主任").Get("/rules/A-010/propose?param=A-010.threshold").Press("预览", webtest.Fill{"value": {"500"}, "since": {"2027-04-01"}, "reason": {"从严"}}).See("按申请当日的值走完", "800.00 元以下（不含）", "灯管 T8 18W", "院长办公会").NotSee("没有在途单据", "«").Follow("a[href^='/approvals/cases/']").See("受潮不亮")
		w.as("吴资产").Get("/approvals").See("受潮不亮").Follow("查看详情").Press("form#agree button", nil)
		minutes := w.as("秦秘书").Get("/approvals/meetings").See("院长办公会").Follow("a[href^='/approvals/cases/']")
		minutes.Press("form#enter button", webtest.Fill{"number": {"院办纪〔2027〕5 号"}, "verdict": {"agreed"}}, webtest.File{Field: "minutes", Name: "纪要.pdf", Body: []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")}).NotSee("«")
		w.as("郑科长").Get("/disposal/slips/"+first).Press("form#step-verify button", webtest.Fill{"note": {"数量相符，无法修复"}}).See("已报废").NotSee("«")

		// In April, and past the days within which write-offs are summed, 600 is below.
		w.now = w.now.Add(40 * 24 * time.Hour)
		second := draw()
		w.as("孙主任").Get("/disposal/slips/"+second).Press("申请报废", nil).See("审批中", "分管副院长").NotSee("院长办公会")
		if signed := writeOff(second); strings.Join(signed, " ") != "吴资产 冯副院长" {
			t.Errorf("in April it was signed by %v", signed)
		}

		// The clause: its history, kept twice, and its count opens the two papers.
		page := w.as("尤审计").Get("/rules/A-010")
		page.See("800.00 元", "历次变更", "GZ-2027-000001", "2").NotSee("«")
		counted := page.Attr("a[href^='/disposal/slips?']", "href")
		if latest := page.Attr("td.when a", "href"); latest != counted {
			t.Errorf("the latest opens %q", latest)
		}
		w.as("尤审计").Get(counted).See("BS-2027-000001", "BS-2027-000002").NotSee("«")

		// The seals prove March on paper; what is bent afterwards is named there.
		if _, err := hospital.Seal(ctx, w.h.DB, "sm3"); err != nil {
			t.Fatal(err)
		}
		sheet := w.as("尤审计").Get("/audit/proof").See("2027-03").Follow("打印上月证明")
		sheet.See("操作日志未被改动证明", "2027-03", "未发现修改、增添或删除", "首次封存", "末次封存", "打印人", "尤审计", "houqin-seal").NotSee("«")
		if n := regexp.MustCompile(`的 (\d+) 条操作日志`).FindStringSubmatch(sheet.Text()); n == nil || n[1] == "0" {
			t.Errorf("the proof counts %v", n)
		}
		bent, right := bend(t, w.h.DB)
		w.as("尤审计").Get("/audit/proof/2027-03").See("复核发现", "被修改", bent, "表失去保护").NotSee("未发现修改", "«")
		right()
		w.as("尤审计").Get("/audit/proof/2027-03").See("未发现修改")
		w.as("王护士").Get("/").NotSee("日志证明")
		webtest.Run(t, w.h.Site, webtest.Call{URL: "/audit/proof/2027-03", Want: 403})
		w.as("尤审计")
		webtest.Run(t, w.h.Site, webtest.Call{URL: "/audit/proof/2027-13", Want: 404}, webtest.Call{URL: "/audit/proof/2030-01", Want: 404})
	})
}

// changesOf are all changes of the book.
var changesOf = func() list.Of[rules.Change] { return rules.Changes }()

// bend changes a line of the trail as only the owner of the database can, says which, and
// puts it right again.
func bend(t *testing.T, d *db.DB) (line string, right func()) {
	t.Helper()
	ctx := t.Context()
	unguard, guard := `ALTER TABLE base_trail DISABLE TRIGGER USER`, `ALTER TABLE base_trail ENABLE TRIGGER USER`
	if err := d.QueryRowContext(ctx, `SELECT max(id) FROM base_trail WHERE noun = 'rules.clause'`).Scan(&line); err != nil {
		t.Fatal(err)
	}
	if !d.Postgres() {
		unguard = `DROP TRIGGER base_trail_no_update`
		if err := d.QueryRowContext(ctx, `SELECT sql FROM sqlite_master WHERE name = 'base_trail_no_update'`).Scan(&guard); err != nil {
			t.Fatal(err)
		}
	}
	change := func(statements ...string) {
		if err := d.Do(ctx, db.System("owner"), func(tx *db.Tx) error {
			for _, q := range statements {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	change(unguard, `UPDATE base_trail SET detail = detail || ' ' WHERE id = '`+line+`'`)
	return line, func() {
		change(`UPDATE base_trail SET detail = substr(detail, 1, length(detail) - 1) WHERE id = '`+line+`'`, guard)
	}
}
