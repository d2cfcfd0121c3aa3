package intake_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"houqin/internal/base/dbtest"
	"houqin/internal/departments"
	"houqin/internal/intake"
)

// Whatever stands in a file: no row is lost in the count, a dry run says what the
// import does, and the same file a second time changes nothing.
func TestAnyFileTwiceChangesNothing(t *testing.T) {
	kinds := map[string]string{
		"departments": "编码,名称,上级,床位,类别",
		"places":      "编码,名称,上级,面积,床位",
		"items":       "编码,名称,单位,包装单位,包装数量,单价,条码",
		"stock":       "编码,名称,单位,数量,单价,批号,有效期",
		"staff":       "工号,姓名,科室,电话",
		"assets":      "资产编号,名称,原值,启用日期,状态",
		"jobs":        "单号,时间,内容,费用,科室",
	}
	cell := rapid.SampledFrom([]string{"", "A", "B", "A.1", "甲", "乙", "1", "2", "-1", "2.5", "个", "箱", "2025-01-02", "3/4/2025", "合计", "N/A", "１", "12元", "\"x,\ny\"", " é ", "6901234567892"})
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom(intake.Kinds).Draw(rt, "kind")
		d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
		defer d.Close()
		c := hire(t, d)
		text := kinds[kind] + "\n"
		for _, r := range rapid.SliceOfN(rapid.SliceOfN(cell, 1, strings.Count(text, ",")+2), 1, 12).Draw(rt, "rows") {
			text += strings.Join(r, ",") + "\n"
		}
		p, err := c.read(kind, "f.csv", text, intake.Mapping{})
		if err != nil {
			return // refused as a whole, and said so
		}
		dry := c.run(p, intake.Options{DryRun: true})
		if n := count(t, d, &departments.Departments); n != 0 {
			rt.Fatalf("a dry run left %d departments", n)
		}
		once := c.run(p, intake.Options{})
		if once.Read != p.Total || once.Read != once.Imported()+once.Unchanged+once.Refused {
			rt.Fatalf("%+v of %d rows", once, p.Total)
		}
		if dry.New != once.New || dry.Changed != once.Changed || dry.Refused != once.Refused {
			rt.Fatalf("said %+v, did %+v\n%s", dry, once, c.said())
		}
		again, err := c.read(kind, "f.csv", text, intake.Mapping{})
		if err != nil {
			rt.Fatal(err)
		}
		if twice := c.run(again, intake.Options{}); twice.Imported() != 0 || twice.Refused != once.Refused {
			rt.Fatalf("the second time: %+v, the first: %+v\n%s", twice, once, c.said())
		}
	})
}
