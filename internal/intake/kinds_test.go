package intake_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/base/sheet"
	"houqin/internal/catalog"
	"houqin/internal/counting"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/intake"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/purchasing"
	"houqin/internal/warehouse"
)

func TestPlacesGrowTheirTree(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		c.bring("departments", "编码,名称\nA03,内科\n", intake.Options{})
		const file = "楼栋,楼层,房间号,面积（㎡）,使用科室,分机\n门诊楼,3层,301,12.5,内科,8301、8302\n门诊楼,3层,302,,,\n门诊楼,3层,302,,,\n住院楼,,大厅,-3,,\n住院楼,,大堂,,无此科,\n"
		c.counts(c.bring("places", file, intake.Options{DryRun: true}), 5, 2, 0, 1, 2)
		r := c.bring("places", file, intake.Options{})
		c.counts(r, 5, 2, 0, 1, 2)
		see(t, applied(t, r), "Rows that say the same as one above change nothing (1 row)")
		see(t, c.said(), "面积（㎡）|D5|-3|It cannot be negative", "使用科室|E6|无此科|No department “无此科”")
		see(t, applied(t, r), "building, floor and room make the code", "Entered as “Building”")
		p, err := places.ByCode(t.Context(), d, "门诊楼-3层-301")
		if err != nil || p.Path != "门诊楼 / 3层 / 301" || p.Area != 1250 || p.DepartmentName != "内科" {
			t.Errorf("%+v %v", p, err)
		}
		at, err := places.ByExtension(t.Context(), d, "8302")
		if err != nil || at.ID != p.ID {
			t.Errorf("8302 stands in %s, %v", at.Path, err)
		}
		if n := count(t, d, &places.Places); n != 4 {
			t.Errorf("%d places; of the refused rows none may have left a building behind", n)
		}
		c.counts(c.bring("places", file, intake.Options{}), 5, 0, 0, 3, 2)
		c.counts(c.bring("places", strings.Replace(file, "302,,,", "302,9,,", 1), intake.Options{}), 5, 0, 1, 1, 3)
		see(t, c.said(), "“门诊楼-3层-302” stands in row 3 already")
		// Those below may stand above those they lie in.
		c.counts(c.bring("places", "code,name,type,parent\nR1,101,room,F1\nF1,1F,floor,B1\nB1,Tower,building,\nX,9,room,Y\nY,8,floor,X\n", intake.Options{}), 5, 3, 0, 0, 2)
		if p, err := places.ByCode(t.Context(), d, "R1"); err != nil || p.Path != "Tower / 1F / 101" {
			t.Errorf("%+v %v", p, err)
		}
	})
}

// Holds: AB-07
func TestStaffAreTakenOnAndLeave(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		c.bring("departments", "编码,名称\nA03,内科\nE1,电工班\nE2,电工班\n", intake.Options{})
		const file = "工号,姓名,科室,工种,状态\n1001,张三,内科,电工、水暖工,在职\n1002,李四,A03,,\n1003,王五,电工班,,\n1004,赵六,内科,飞行员,\n1005,钱七,,,\n1006,孙八,内科,,退休\n1001,张三,内科,,\n"
		c.counts(c.bring("staff", file, intake.Options{}), 7, 2, 0, 0, 5)
		see(t, c.said(), "科室|C4|电工班|Several departments are called", "工种|D5|飞行员|“飞行员” is not known here", "科室|C6||Nothing stands here", "状态|E7|退休|The person has left", "工号|A8|1001|“1001” stands in row 2 already")
		p, err := people.ByNumber(t.Context(), d, "1001")
		if err != nil || p.Trades != "electric,water" || p.DepartmentName != "内科" {
			t.Errorf("%+v %v", p, err)
		}
		c.counts(c.bring("staff", strings.Replace(file, "李四,A03,,", "李四,A03,,离职", 1), intake.Options{}), 7, 0, 1, 1, 5)
		if p, err = people.ByNumber(t.Context(), d, "1002"); err != nil || !p.Closed {
			t.Errorf("%+v %v", p, err)
		}
		// Without departments at all they land on the one that takes such rows.
		c.counts(c.bring("staff", "employee id,full name\nE77,Ann Example\n", intake.Options{}), 1, 1, 0, 0, 0)
		if p, err := people.ByNumber(t.Context(), d, "e77"); err != nil || p.DepartmentName != "未注明科室" {
			t.Errorf("%+v %v", p, err)
		}
	})
}

func TestItemsOfAStoreList(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		const file = "物资编码,物资名称,规格型号,单位,包装单位,包装数量,单价,类别\nW1,医用手套,中号,隻,箱,1000,0.125,耗材\nW2,灯泡,40W,個,,,￥3.50元,维修材料\nW3,扳手,,,,,-1,低值耐用\nW4,胶带,,卷,,,3万,耗材\nW5,绳,,丈,,,2,耗材\nW6,砂纸,,张,包,,1.5,耗材\n"
		r := c.bring("items", file, intake.Options{})
		c.counts(r, 6, 3, 0, 0, 3)
		see(t, c.said(), "单价|G4|-1|It cannot be negative", "单价|G5|3万|", "单位|D6|丈|This unit is not known")
		see(t, applied(t, r), "“单位”: 個 → 个; 隻 → 只", "rounded to the fen", "“包装单位” without how many it holds")
		i, err := catalog.ByNumber(t.Context(), d, "W1")
		if err != nil || i.Unit != "只" || i.Price != 12 || i.Category != catalog.Consumable || len(i.Packs) != 2 || i.Packs[1] != (quantity.Pack{Unit: "箱", Factor: 1000}) {
			t.Errorf("%+v %v", i, err)
		}
		if i, err = catalog.ByNumber(t.Context(), d, "W2"); err != nil || i.Price != 350 || i.Category != catalog.Spare || i.Unit != "个" {
			t.Errorf("%+v %v", i, err)
		}
		c.counts(c.bring("items", file, intake.Options{}), 6, 0, 0, 3, 3)
		c.counts(c.bring("items", strings.Replace(file, "￥3.50元", "3.60", 1), intake.Options{}), 6, 0, 1, 2, 3)
		// Without numbers goods are known by what they are called.
		c.counts(c.bring("items", "品名,规格,单位\n灯泡,60W,个\n", intake.Options{}), 1, 1, 0, 0, 0)
		c.counts(c.bring("items", "品名,规格,单位\n灯泡,60W,个\n灯泡,40W,个\n", intake.Options{}), 2, 0, 0, 2, 0)
	})
}

func TestOpeningStockIsBookedOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		const file = "编码,名称,单位,包装单位,包装数量,库存数量,单价,批号,有效期至,仓库,货位,最低库存,最高库存\n" +
			"W1,手套,只,箱,1000,2箱,0.10,L1,2028-01-31,中心库,A-1,100,5000\n" +
			"W1,手套,只,箱,1000,300,0.10,L2,2028/6/30,中心库,A-1,100,5000\n" +
			"W2,胶带,卷,,,\"1,200\",1.005,,,中心库,B-1；B-2,,\n" +
			"W3,绳,米,,,-4,,,,中心库,,,\n" +
			"W4,钉,个,,,3桶,,,,中心库,,,\n" +
			"W5,锯,把,,,2,,,,中心库,,9,3\n" +
			"W6,笔,支,,,0,,,,,,,\n" +
			"W7,米,kg,,,7,,L1,2028-01-31,中心库,,,\n"
		r := c.bring("stock", file, intake.Options{})
		c.counts(r, 8, 5, 0, 0, 3)
		see(t, c.said(), "库存数量|F5|-4|Stock cannot be negative", "库存数量|F6|3桶|", "最高库存|M7|3|")
		see(t, applied(t, r), "The store 中心库 (中心库) is set up", "lie in “MAIN”", "names several bins is not taken")
		if _, err := catalog.ByNumber(t.Context(), d, "W4"); err == nil {
			t.Error("a row that was refused left its item in the catalogue")
		}
		s, err := warehouse.StoreByCode(t.Context(), d, "中心库")
		if err != nil {
			t.Fatal(err)
		}
		gloves, err := catalog.ByNumber(t.Context(), d, "W1")
		if err != nil {
			t.Fatal(err)
		}
		h, err := warehouse.HoldingOf(t.Context(), d, s.ID, gloves.ID)
		if err != nil || h.Qty != 2300 || h.Amount != 23000 || h.Least != 100 || h.Most != 5000 {
			t.Errorf("%+v %v", h, err)
		}
		papers := count(t, d, &warehouse.Documents)
		c.counts(c.bring("stock", file, intake.Options{}), 8, 0, 0, 5, 3)
		if n := count(t, d, &warehouse.Documents); n != papers || n == 0 {
			t.Errorf("the second time there are %d papers, before %d", n, papers)
		}
		c.counts(c.bring("stock", strings.Replace(file, ",300,", ",301,", 1), intake.Options{}), 8, 0, 0, 4, 4)
		see(t, c.said(), "库存数量|F3|301|An opening stock of 300 只 is booked already (QC-")
		// A row that the warehouse itself refuses keeps nobody else out.
		c.counts(c.bring("stock", "编码,名称,单位,库存数量,批号,有效期至\nN1,甲,个,1,L,2028-01-01\nN1,甲,个,2,L,2029-01-01\nN2,乙,个,3,,\n", intake.Options{}), 3, 2, 0, 0, 1)
	})
}

func TestAssetsKeepWhatNobodyTakes(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		c.bring("departments", "编码,名称\nA03,内科\n", intake.Options{})
		const file = "资产编号,资产名称,规格型号,使用科室,原值,启用日期,使用状态,出厂编号,发票号\nZ1,空调,KFR-35,内科,3280.00,2020年3月1日,在用,S1,F9\nZ2,电梯,,内科,350000,2019-5-6,报废,S2,\nZ3,桌,,无,10,,在用,,\nZ4,椅,,内科,1.005,,坏了,,\nZ5,柜,,内科,5,2099-01-01,在用,,\n"
		r := c.bring("assets", file, intake.Options{})
		c.counts(r, 5, 3, 0, 0, 2)
		see(t, c.said(), "使用科室|D4|无|", "启用日期|F6|2099-01-01|")
		see(t, applied(t, r), "“坏了” is no known state")
		ac, err := assets.ByNumber(t.Context(), d, "Z1")
		if err != nil || ac.Class != "hvac" || ac.Cost != 328000 || ac.Since != "2020-03-01" || len(ac.Extra.Facts()) != 1 || ac.Extra.Facts()[0] != (assets.Fact{Name: "发票号", Value: "F9"}) {
			t.Errorf("%+v %v", ac, err)
		}
		lift, err := assets.ByNumber(t.Context(), d, "Z2")
		if err != nil || lift.State != assets.Scrapped || !lift.Special {
			t.Errorf("%+v %v", lift, err)
		}
		c.counts(c.bring("assets", file, intake.Options{}), 5, 0, 0, 3, 2)
		c.counts(c.bring("assets", strings.Replace(file, "KFR-35", "KFR-50", 1), intake.Options{}), 5, 0, 1, 2, 2)
	})
}

func TestPastJobsAreKnownByNumberOrContent(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		c.bring("departments", "编码,名称\nA03,内科\n", intake.Options{})
		const file = "单号,报修时间,报修科室,报修内容,工种,完成时间,人工费,材料费,维修人\nG1,2025/3/1 08:30,内科,灯不亮,电工,2025/3/1 9:10,20,3.5,老王\nG2,2025/3/2,内科,漏水,管道,,,,\nG3,2099/3/2,内科,漏水,管道,,,,\nG4,2025/3/2,内科,,管道,,,,\nG2,2025/3/5,内科,又漏,管道,,,,\n"
		c.counts(c.bring("jobs", file, intake.Options{}), 5, 2, 0, 0, 3)
		see(t, c.said(), "报修时间|B4|2099/3/2|", "报修内容|D5||Nothing stands here", "单号|A6|G2|")
		one, err := desk.Jobs.All(t.Context(), d, list.Where{}.And("j.number = 'G1'"), 2)
		if err != nil || len(one) != 1 {
			t.Fatal(one, err)
		}
		if j := one[0]; j.Trade != "electric" || j.Labour != 2000 || j.Parts != 350 || j.ReportedAt.In(d.Zone).Format("2006-01-02 15:04") != "2025-03-01 08:30" || !strings.Contains(j.Detail, "老王") {
			t.Errorf("%+v", j)
		}
		c.counts(c.bring("jobs", file, intake.Options{}), 5, 0, 0, 2, 3)
		twins := "日期,内容\n2025-01-02,换灯\n2025-01-02,换灯\n2025-01-02,换灯泡\n"
		c.counts(c.bring("jobs", twins, intake.Options{}), 3, 3, 0, 0, 0)
		c.counts(c.bring("jobs", twins+"2025-01-02,换灯\n", intake.Options{}), 4, 1, 0, 3, 0)
		ours, err := departments.ByCode(t.Context(), d, "IMPORT")
		if err != nil || ours.Name != "未注明科室" {
			t.Errorf("%+v %v", ours, err)
		}
	})
}

// Orders of other books: what has come of them before is not waited for, a line that is
// wrong is refused by name, and what is left can be received.
func TestOrdersAreTakenOver(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		c.bring("items", "物资编码,物资名称,单位,包装单位,包装数量,单价\nW1,手套,只,箱,1000,0.10\nW2,胶带,卷,,,5\n", intake.Options{})
		const file = "采购订单明细,,,,,,,,\n订单号,供应商,下单日期,交货日期,物资编码,物资名称,订购数量,已到货数量,金额\n" +
			"DD-1,康达医疗,2026.3.1,2026年3月20日,W1,手套,2箱,1箱,200\n" +
			"DD-1,康达医疗,2026.3.1,2026年3月20日,W2,胶带,10,10,50\n" +
			"DD-1,康达医疗,2026.3.1,2026年3月20日,W2,胶带,10,10,50\n" +
			"DD-2,康达医疗,2026.3.2,,W2,胶带,4,5,20\n" +
			"DD-3,永固管业,2026.3.2,,W9,接头,3桶,,9\n" +
			"DD-4,,2026.3.2,,W2,胶带,3,,9\n" +
			"DD-5,永固管业,2026.3.3,,W3,弯头,30,,45\n"
		r := c.bring("orders", file, intake.Options{DryRun: true})
		c.counts(r, 7, 3, 0, 0, 4)
		r = c.bring("orders", file, intake.Options{})
		c.counts(r, 7, 3, 0, 0, 4)
		see(t, c.said(), "物资编码|E5|W2|", "已到货数量|H6|5|No more can have come", "订购数量|G7|3桶|", "供应商|B8||Nothing stands here")
		if _, err := catalog.ByNumber(t.Context(), d, "W9"); err == nil {
			t.Error("a row that was refused left its item in the catalogue")
		}
		open, err := purchasing.OpenOrders(t.Context(), d, "")
		if err != nil || len(open) != 2 {
			t.Fatalf("%+v %v", open, err)
		}
		for _, o := range open {
			switch o.Note {
			case "DD-1":
				if o.State != purchasing.PartlyReceived || o.Due != "2026-03-20" || o.Day != "2026-03-01" || len(o.Goods) != 2 || o.Goods[0].Left() != 1000 || o.Goods[0].Price != 10 || o.Goods[1].Left() != 0 || o.Amount != 25000 {
					t.Errorf("%+v", o)
				}
			case "DD-5":
				if o.State != purchasing.Sent || len(o.Goods) != 1 || o.Goods[0].Price != 150 || o.Goods[0].Qty != 30 {
					t.Errorf("%+v", o)
				}
			default:
				t.Errorf("an order of nobody: %+v", o)
			}
		}
		if wrong, err := purchasing.Verify(t.Context(), d); err != nil || len(wrong) > 0 {
			t.Error(wrong, err)
		}
		if came, err := purchasing.CameOf(t.Context(), d); err != nil || came[open[0].ID].Came+came[open[1].ID].Came != 0 {
			t.Errorf("what had come before counts as received here: %+v %v", came, err)
		}
		c.counts(c.bring("orders", file, intake.Options{}), 7, 0, 0, 3, 4)
		// Whole: one wrong row and nothing is entered.
		before := count(t, d, &purchasing.Orders)
		p, err := c.read("orders", "b.csv", "供应商,物资编码,数量\n新供,W1,5\n新供,W2,五\n", intake.Mapping{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := intake.Run(t.Context(), d, c.by, p, intake.Options{Whole: true}); err == nil || count(t, d, &purchasing.Orders) != before {
			t.Errorf("imported half: %v", err)
		}
	})
}

// An opening stock as hospitals keep it: a title over merged heads, dates in every manner,
// units behind the figures, rows that repeat, several wrong ones, all named at once.
func TestOpeningStockAsHospitalsKeepIt(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		const file = "县医院总务库期初库存表（2027年3月）,,,,,,,,\n物品,,,,批次,,库存,,\n编码,名称,规格,单位,批号,有效期,数量,单价,仓库\n" +
			"K1,棉签,10支,包,L1,2028.3.1,120包,1.20,总务库\n" +
			"K1,棉签,10支,包,L2,202906,80,1.20,总务库\n" +
			"K1,棉签,10支,包,L3,47483,60,1.20,总务库\n" +
			"K2,纱布块,8*8,块,B7,2029/6/30,300 块,0.35元,器材库\n" +
			"K2,纱布块,8*8,块,B7,2029/6/30,300 块,0.35元,器材库\n" +
			"K3,碘伏,500ml,瓶,C1,2028年11月,40,6.5,总务库\n" +
			"K4,酒精,500ml,瓶,C2,20280230,40,5,总务库\n" +
			"K5,口罩,,个,C3,2028-01-01,五十,0.5,总务库\n" +
			"合计,,,,,,640,,\n"
		r := c.bring("stock", file, intake.Options{})
		c.counts(r, 9, 5, 0, 0, 4)
		see(t, c.said(), "B7", "20280230", "五十")
		want := map[string]string{"L1": "2028-03-01", "L2": "2029-06-30", "L3": "2029-12-31", "B7": "2029-06-30", "C1": "2028-11-30"}
		for number, lots := range map[string][]string{"K1": {"L1", "L2", "L3"}, "K2": {"B7"}, "K3": {"C1"}} {
			i, err := catalog.ByNumber(t.Context(), d, number)
			if err != nil {
				t.Fatal(err)
			}
			for _, lot := range lots {
				if day, err := warehouse.LotExpiry(t.Context(), d, i.ID, lot); err != nil || string(day) != want[lot] {
					t.Errorf("%s %s ends %q, want %q, %v", number, lot, day, want[lot], err)
				}
			}
		}
		for code, qty := range map[string]int64{"总务库": 120 + 80 + 60 + 40, "器材库": 300} {
			s, err := warehouse.StoreByCode(t.Context(), d, code)
			if err != nil {
				t.Fatal(err)
			}
			held, err := warehouse.Holdings.All(t.Context(), d, list.Where{}.And("s.store = ?", s.ID), 20)
			sum := int64(0)
			for _, h := range held {
				sum += h.Qty
			}
			if err != nil || sum != qty {
				t.Errorf("%s holds %d, want %d, %v", code, sum, qty, err)
			}
		}
	})
}

// The sheet that the count itself gives away is filled in and comes back: in either
// language, blind without the books' figures, as either kind of file.
func TestAFillableSheetGoesOutAndComesBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		c.bring("stock", "编码,名称,规格,单位,包装单位,包装数量,数量,批号,有效期,单价,货位,仓库\nW1,手套,M,只,盒,100,5盒,L1,2029-01-31,0.1,A-1,中心库\nW1,手套,M,只,盒,100,3盒,,2029-06-30,0.1,A-1,中心库\nW2,胶带,,卷,,,40,,,5,A-2,中心库\n", intake.Options{})
		s, err := warehouse.StoreByCode(t.Context(), d, "中心库")
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			lang, format string
			blind        bool
		}{{"zh", "csv", true}, {"en", "csv", false}, {"zh", "xlsx", true}} {
			var n counting.Count
			dbtest.Do(t, d, c.by, func(tx *db.Tx) (err error) {
				n, err = counting.Begin(t.Context(), tx, counting.Order{Store: s.ID, Blind: x.blind})
				return err
			})
			var out bytes.Buffer
			to := sheet.NewCSV(&out)
			if err := counting.Fillable(t.Context(), d, c.by, n.ID, speakIn(t, x.lang), to); err != nil {
				t.Fatal(err)
			}
			if err := to.Close(); err != nil {
				t.Fatal(err)
			}
			if says := strings.Contains(out.String(), "500"); says == x.blind {
				t.Errorf("blind is %v, and the sheet says:\n%s", x.blind, out.String())
			}
			// Somebody fills the figures in with a spreadsheet.
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
			if err != nil || len(rows) != 4 {
				t.Fatal(rows, err)
			}
			var back bytes.Buffer
			to = sheet.NewCSV(&back)
			if x.format == "xlsx" {
				if to, err = sheet.NewXLSX(&back, "盘点", nil); err != nil {
					t.Fatal(err)
				}
			}
			for k, row := range rows {
				cells := make([]any, len(row))
				for i, text := range row {
					cells[i] = text
				}
				if k > 0 {
					cells[len(cells)-2] = []string{"498", "3盒", "40"}[k-1]
				}
				if err := to.Row(cells...); err != nil {
					t.Fatal(err)
				}
			}
			if err := to.Close(); err != nil {
				t.Fatal(err)
			}
			p, err := c.read("counts", "盘点表."+x.format, back.String(), intake.Mapping{})
			if err != nil {
				t.Fatal(err)
			}
			c.counts(c.run(p, intake.Options{}), 3, 3, 0, 0, 0)
			sheets, err := counting.OpenSheets(t.Context(), d, c.by, n.Number)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]quantity.Qty{}
			for _, s := range sheets {
				for _, l := range s.Lines {
					if l.Done > 0 {
						got[l.Number+" "+l.Lot] = l.First.Qty
					}
				}
			}
			if len(got) != 3 || got["W1 L1"] != 498 || got["W1 2029-06-30"] != 300 || got["W2 "] != 40 {
				t.Errorf("%s %s: %v", x.lang, x.format, got)
			}
			dbtest.Do(t, d, c.by, func(tx *db.Tx) error {
				_, err := counting.Drop(t.Context(), tx, n.ID, 0, counting.Why{Text: "试"})
				return err
			})
		}
	})
}

// A sheet that was filled in at the shelf comes back: each figure on its line, what is
// wrong by its row, and nothing counts twice.
func TestAFilledCountSheetComesBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		c.bring("stock", "编码,名称,单位,包装单位,包装数量,数量,批号,有效期,单价,货位,仓库\nW1,手套,只,盒,100,5盒,L1,2029-01-31,0.1,A-1,中心库\nW1,手套,只,盒,100,3盒,L2,2029-06-30,0.1,A-1,中心库\nW2,胶带,卷,,,40,,,5,A-2,中心库\nW3,灯管,只,,,9,,,12,A-3,中心库\n", intake.Options{})
		s, err := warehouse.StoreByCode(t.Context(), d, "中心库")
		if err != nil {
			t.Fatal(err)
		}
		var number string
		dbtest.Do(t, d, c.by, func(tx *db.Tx) error {
			n, err := counting.Begin(t.Context(), tx, counting.Order{Store: s.ID})
			number = n.Number
			return err
		})
		file := "盘点单号,物品编码,物品名称,批号,货位,实盘数\n" + strings.NewReplacer("#", number).Replace("#,W1,手套,L1,A-1,4盒98只\n#,W1,手套,L2,A-1,300\n#,W1,手套,,A-1,5\n#,W2,胶带,,,四十\n#,W9,没有,,,1\nPD-1999-000001,W3,灯管,,,9\n")
		r := c.bring("counts", file, intake.Options{DryRun: true})
		c.counts(r, 6, 2, 0, 0, 4)
		r = c.bring("counts", file, intake.Options{})
		c.counts(r, 6, 2, 0, 0, 4)
		see(t, c.said(), "物品编码|B4|W1|Several lines", "实盘数|F5|四十|", "物品编码|B6|W9|", "盘点单号|A7|PD-1999-000001|")
		sheets, err := counting.OpenSheets(t.Context(), d, c.by, number)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]quantity.Qty{}
		for _, s := range sheets {
			for _, l := range s.Lines {
				if l.Done > 0 {
					got[l.Number+" "+l.Lot] = l.First.Qty
				}
			}
		}
		if len(got) != 2 || got["W1 L1"] != 498 || got["W1 L2"] != 300 {
			t.Errorf("%v", got)
		}
		c.counts(c.bring("counts", file, intake.Options{}), 6, 0, 0, 2, 4)
		c.counts(c.bring("counts", strings.Replace(file, ",300", ",299", 1), intake.Options{}), 6, 0, 1, 1, 4)

		// Rows that nobody has filled in yet are left alone, and it is said how many.
		part := "盘点单号,物品编码,物品名称,批号,货位,实盘数\n" + strings.ReplaceAll("#,W1,手套,L1,A-1,\n#,W1,手套,L2,A-1, \n#,W2,胶带,,,39\n#,W3,灯管,,,\n", "#", number)
		for _, o := range []intake.Options{{DryRun: true}, {Whole: true, DryRun: true}, {}} {
			r = c.bring("counts", part, o)
			c.counts(r, 4, 1, 0, 3, 0)
			left := slices.IndexFunc(r.Rules, func(x intake.Rule) bool { return x.Key == "intake.rule.not_counted" })
			if left < 0 || r.Rules[left].Rows != 3 {
				t.Errorf("%+v does not say that 3 rows were left alone: %+v", o, r.Rules)
			}
		}
		if sheets, err = counting.OpenSheets(t.Context(), d, c.by, number); err != nil {
			t.Fatal(err)
		}
		for _, s := range sheets {
			for _, l := range s.Lines {
				if want := map[string]quantity.Qty{"W1 L1": 498, "W1 L2": 299, "W2 ": 39}[l.Number+" "+l.Lot]; l.First.Qty != want {
					t.Errorf("%s %s has the figure %d, want %d", l.Number, l.Lot, l.First.Qty, want)
				}
			}
		}
	})
}
