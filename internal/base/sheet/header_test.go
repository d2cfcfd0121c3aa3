package sheet_test

import (
	"fmt"
	"strings"
	"testing"

	"houqin/internal/base/sheet"
)

// table makes rows of text: cells between |, «from» for what is merged, a line
// that is empty for an empty row, which is not given.
func table(text string) (all []sheet.Row) {
	for i, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		r := sheet.Row{Number: i + 1}
		for _, c := range strings.Split(line, "|") {
			cell := sheet.Cell{Text: c}
			if from, ok := strings.CutPrefix(c, "«"); ok {
				cell = sheet.Cell{Merged: true, From: strings.TrimSuffix(from, "»")}
			}
			r.Cells = append(r.Cells, cell)
		}
		if line != "" {
			all = append(all, r)
		}
	}
	return all
}

func TestFindHeader(t *testing.T) {
	catalog := func(cell string) bool { return strings.Contains("编码 名称 规格 单位 单价 数量", cell) }
	for _, c := range []struct {
		name, text string
		known      func(string) bool
		row        int // 0: none
		columns    string
	}{
		{"first row", "编码|名称|数量\n1|氧气|3\n2|纱布|4", nil, 1, "编码, 名称, 数量"},
		{"under a title merged across, a line of facts and an empty row", `
某某医院库存表|«某某医院库存表»|«某某医院库存表»|«某某医院库存表»|«某某医院库存表»
单位：总务科|日期：2026年11月21日

编码|名称|规格|单位|数量
A01|医用氧气|40L|瓶|12
A02|纱布|8cm|包|400`, nil, 4, "编码, 名称, 规格, 单位, 数量"},
		{"words over words", "姓名|科室|职务\n张三|内科|护士\n李四|外科|护士长\n王五|总务科|电工", nil, 1, "姓名, 科室, 职务"},
		{"an unnamed column", "姓名|科室||职务\n张三|内科|x|护士\n李四|外科|y|护士长", nil, 1, "姓名, 科室, , 职务"},
		{"two rows, groups merged across, names merged down", `
编码|名称|库存|«库存»|价格|«价格»
«编码»|«名称»|数量|金额|进价|零售价
A01|氧气|3|5.0|1.5|2`, nil, 2, "编码, 名称, 库存 / 数量, 库存 / 金额, 价格 / 进价, 价格 / 零售价"},
		{"two rows, wide", `
序号|编码|名称|规格|产地|单位|库存|«库存»|备注
«序号»|«编码»|«名称»|«规格»|«产地»|«单位»|数量|金额|«备注»
1|A01|氧气|40L|本地|瓶|3|5.0|急`, nil, 2, "序号, 编码, 名称, 规格, 产地, 单位, 库存 / 数量, 库存 / 金额, 备注"},
		{"two rows, groups over their first columns", "||Profile||Fire|\nCode|Name|Sites|Beds|Alarms|Deaths\nR1A|North|1|200|3|0\nR1B|South|2|100|4|1", nil, 2,
			"Code, Name, Profile / Sites, Profile / Beds, Fire / Alarms, Fire / Deaths"},
		{"known words decide", "说明|请勿改动表头|如有疑问|致电总务科\n编码|名称|规格|单位\nA01|氧气|40L|瓶\nA02|纱布|8cm|包", catalog, 2, "编码, 名称, 规格, 单位"},
		{"a known word alone", "名称\n氧气\n纱布", catalog, 1, "名称"},
		{"years as names", "项目|2023|2024|2025\n水费|1|2|3\n电费|4|5|6\n气费|7|8|9\n合计|12|15|18", catalog, 0, ""},
		{"one column of which nothing is known", "领用\n科室", nil, 0, ""},
		{"nothing but figures", "1|2|3\n4|5|6", nil, 0, ""},
		{"nothing but a title", "某某医院库存表", nil, 0, ""},
		{"a form, not a table", "申请人|张三\n部门|内科", nil, 1, "申请人, 张三"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := table(c.text)
			at, ok := sheet.FindHeader(all, c.known)
			if ok != (c.row > 0) || ok && all[at].Number != c.row {
				t.Fatalf("row %v %v, want %d", at, ok, c.row)
			}
			var names []string
			if ok {
				for _, col := range sheet.Columns(all, at) {
					names = append(names, col.Title())
				}
			}
			if got := strings.Join(names, ", "); got != c.columns {
				t.Errorf("columns %s", got)
			}
		})
	}
}

func TestHeaderCellsReadAcross(t *testing.T) {
	row := sheet.Row{Number: 1, Cells: []sheet.Cell{{Text: "领用\r\n科室"}, {Text: "Unit\nprice"}, {Text: "合计"}}}
	if got := fmt.Sprint(sheet.Columns([]sheet.Row{row}, 0)); got != "[{领用科室 } {Unit price } {合计 }]" {
		t.Errorf("got %s", got)
	}
}

func TestSubtotalRows(t *testing.T) {
	for text, want := range map[string]bool{
		"合计|||1,234.50":         true,
		"合 计|12":                true,
		"总　计：|12":               true,
		"1|小计||12":              true,
		"«耗材»|小计|12":            true,
		"内科小计|12|-|3.5":         true,
		"本页合计|12":               true,
		"合计|大写：壹仟元|1000":        true,
		"Total|12":              true,
		"Sub-total|12":          true,
		"GRAND TOTAL:|12":       true,
		"Ward 3 total|12|5":     true,
		"Total for Ward 3|12|5": true,
		"总计量表|个|12":             false,
		"Total protein|ml|12":   false,
		"Total protein reagent": false,
		"A01|合计器|12":            false,
		"1|氧气|瓶|12":             false,
		"内科小计算器|12":             false,
		"":                      false,
		"内科小计|见附件说明|12":         false,
	} {
		var row sheet.Row
		if rows := table(text); len(rows) > 0 {
			row = rows[0]
		}
		if got := sheet.IsSubtotal(row); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
