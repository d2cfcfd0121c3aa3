package warehouseweb_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/quantity"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/web"
	"houqin/internal/base/webtest"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/people/peopleweb"
	"houqin/internal/places"
	"houqin/internal/requests"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/suppliers/suppliersweb"
	"houqin/internal/warehouse"
	"houqin/internal/warehouse/warehouseweb"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, calendar.Migrations, messages.Migrations, approvals.Migrations, warehouse.Migrations, requests.Migrations}

// house is a hospital with one store, open at the counter.
type house struct {
	*sitetest.Site
	t        *testing.T
	d        *db.DB
	me       *webtest.Client
	keeper   db.Actor
	icu, kf  departments.Department
	store    warehouse.Store
	supplier suppliers.Supplier
	gloves   catalog.Item
	lamp     catalog.Item
	nurse    people.Person
}

func open(t *testing.T, d *db.DB) *house {
	h := &house{t: t, d: d, Site: sitetest.New(t, d, warehouseweb.Words, catalogweb.Words, suppliersweb.Words, departmentsweb.Words)}
	h.Room(warehouseweb.Routes)
	h.Room(catalogweb.Routes)
	h.Hospital, h.Address = "县人民医院", "https://houqin.test"
	warehouseweb.Pickers(h.Site.Site)
	catalogweb.Pickers(h.Site.Site)
	suppliersweb.Pickers(h.Site.Site)
	departmentsweb.Pickers(h.Site.Site)
	h.Nobody("people")
	h.Nobody("places")
	dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
		h.icu = departments.Department{Code: "ICU", Name: "重症医学科", Kind: departments.Ward, Beds: 10}
		h.kf = departments.Department{Code: "KF", Name: "物资库", Kind: departments.Office}
		for _, dep := range []*departments.Department{&h.icu, &h.kf} {
			if err := departments.Found(t.Context(), tx, dep); err != nil {
				return err
			}
		}
		h.store = warehouse.Store{Code: "A", Name: "总库", Department: h.kf.ID}
		if err := warehouse.SetUp(t.Context(), tx, &h.store); err != nil {
			return err
		}
		h.supplier = suppliers.Supplier{Name: "康达医疗", Number: "S1"}
		if err := suppliers.Add(t.Context(), tx, &h.supplier); err != nil {
			return err
		}
		h.gloves = catalog.Item{Number: "A001", Name: "检查手套", Spec: "M", Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 100}, {Unit: "箱", Factor: 1000}},
			Category: catalog.Consumable, ShelfDays: 1000, Barcodes: []catalog.Barcode{{Code: "6901234567892", Unit: "盒"}}}
		h.lamp = catalog.Item{Number: "B001", Name: "灯管", Spec: "T8 18W", Unit: "只", Category: catalog.Spare}
		for _, i := range []*catalog.Item{&h.gloves, &h.lamp} {
			if err := catalog.Add(t.Context(), tx, i); err != nil {
				return err
			}
		}
		h.nurse = people.Person{Number: "0001", Name: "王丽", Department: h.icu.ID}
		return people.Hire(t.Context(), tx, &h.nurse)
	})
	h.allow("S-050.counter")
	h.keeper = dbtest.PersonIn("李库管", h.kf.ID, warehouse.Permissions...)
	h.By = h.keeper
	h.me = webtest.New(t, h)
	return h
}

// allow switches a rule on since yesterday.
func (h *house) allow(param string) {
	h.t.Helper()
	c := rules.Change{Param: param, Value: "on", Since: h.d.Today().AddDays(-1), Reason: "试行"}
	for n, f := range []func(tx *db.Tx) error{
		func(tx *db.Tx) error { return rules.Propose(h.t.Context(), tx, &c) },
		func(tx *db.Tx) error { return rules.Confirm(h.t.Context(), tx, c.ID, "") },
	} {
		dbtest.Do(h.t, h.d, dbtest.Person([]string{"科长", "院长"}[n], rules.MayPropose, rules.MayConfirm), func(tx *db.Tx) error {
			tx.Now = tx.Now.AddDate(0, 0, -3)
			return f(tx)
		})
	}
}

func (h *house) receive(lines ...warehouse.In) (doc warehouse.Document) {
	h.t.Helper()
	dbtest.Do(h.t, h.d, h.keeper, func(tx *db.Tx) (err error) {
		doc, err = warehouse.Receive(h.t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "FP-7788", Lines: lines})
		return err
	})
	return doc
}

func (h *house) sound() {
	h.t.Helper()
	wrong, err := warehouse.Verify(h.t.Context(), h.d)
	if err != nil || len(wrong) > 0 {
		h.t.Errorf("%v, %v", wrong, err)
	}
}

func TestAKeeperTakesGoodsIn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		page := h.me.Get("/warehouse").Follow("入库 供应商送货")
		page.NotSee("«")
		if page.Input("store") != "总库" {
			t.Errorf("the form does not begin with the only store: %q", page.Input("store"))
		}
		bad := page.PressWant(422, "入库", webtest.Fill{"supplier": {"S1"}, "invoice": {"FP-1"}, "lines.0.item": {"A001"}, "lines.0.qty": {"2 袋"}, "lines.0.price": {"25"},
			"lines.1.item": {"灯管"}, "lines.1.qty": {"10"}, "lines.2.item": {"没有的东西"}, "lines.2.qty": {"1"}, "lines.2.amount": {"1"}})
		bad.See("找不到“没有的东西”")
		bad = bad.PressWant(422, "入库", webtest.Fill{"lines.2.item": nil, "lines.2.qty": nil, "lines.2.amount": nil})
		bad.See("“2 袋”里的单位不对，可用 只 · 盒=100 箱=1000", "请填单价或金额", "“检查手套 M”有保质期，请填有效期", "有几处需要改正").NotSee("«")
		if bad.Input("invoice") != "FP-1" || bad.Input("lines.0.qty") != "2 袋" || bad.Input("lines.1.qty") != "10" || bad.Input("lines.0.price") != "25" {
			t.Error("what was typed is gone")
		}
		done := bad.Press("入库", webtest.Fill{"lines.0.qty": {"2 盒"}, "lines.0.expiry": {"2028-06-30"}, "lines.1.amount": {"125.00"}})
		done.See("RK-2027-000001", "已入库", "检查手套 M", "2 盒", "25.00/盒", "50.00", "2028-06-30", "灯管 T8 18W", "12.50", "125.00", "175.00", "FP-1", "康达医疗", "李库管").NotSee("«")
		h.me.Get("/warehouse/stock").See("检查手套 M", "2 盒", "50.00", "2028-06-30").NotSee("«")
		h.me.Get("/warehouse/lots").See("2028-06-30", "检查手套 M").NotSee("«")
		h.me.Get("/warehouse/receipts").See("RK-2027-000001", "康达医疗", "175.00").NotSee("«")
		h.me.Get("/warehouse/receipts?q=kangda").See("RK-2027-000001")
		h.me.Get("/warehouse/receipts?q=FP-1").See("RK-2027-000001")
		h.sound()
	})
}

// A scanner types a whole code into the line; without the page's script nothing but
// the code arrives.
func TestScanningIntoALine(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.me.Get("/warehouse/receipts/new").Press("入库", webtest.Fill{"supplier": {"康达医疗"}, "invoice": {"FP-2"}, "lines.0.item": {"]d2010690123456789217290131\x1d10L7"}, "lines.0.qty": {"1 箱"}, "lines.0.amount": {"250"}}).
			See("检查手套 M", "L7", "2029-01-31", "1 箱")
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "1 箱", Amount: "250", Lot: "L6", Expiry: "2028-01-31"})
		h.me.Get("/warehouse/issues/new").Press("出库", webtest.Fill{"department": {"ICU"}, "receiver": {"王丽"}, "lines.0.item": {"(01)06901234567892(17)290131(10)L7"}, "lines.0.qty": {"3"}}).
			See("L7", "3 只").NotSee("L6")
		h.sound()
	})
}

func TestAKeeperHandsGoodsOut(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "3 盒", Amount: "75", Lot: "OLD", Expiry: "2027-03-10"}, warehouse.In{Item: h.gloves.ID, Qty: "3 盒", Amount: "90", Lot: "NEW", Expiry: "2029-03-10"},
			warehouse.In{Item: h.lamp.ID, Qty: "4", Amount: "50"})
		webtest.Run(t, h, webtest.Call{URL: "/pick/goods?q=jcst", See: []string{`"label":"检查手套 M"`, `总库 6 盒 · A001`}})
		page := h.me.Get("/warehouse/issues/new")
		page.NotSee("«")
		bad := page.PressWant(422, "出库", webtest.Fill{"department": {"重症医学科"}, "receiver": {"王丽"}, "purpose": {"换灯"}, "lines.0.item": {"A001"}, "lines.0.qty": {"7 盒"}, "lines.1.item": {"B001"}, "lines.1.qty": {"5"}})
		bad.See("“检查手套 M”只有 6 盒", "“灯管 T8 18W”只有 4 只")
		if bad.Input("purpose") != "换灯" || bad.Input("lines.1.qty") != "5" || bad.Input("receiver") != "王丽" {
			t.Error("what was typed is gone")
		}
		done := bad.Press("出库", webtest.Fill{"lines.0.qty": {"4 盒"}, "lines.1.qty": {"1"}})
		done.See("CK-2027-000001", "已出库", "重症医学科", "王丽", "换灯", "OLD", "NEW", "3 盒", "1 盒", "75.00", "30.00", "12.50", "117.50").NotSee("«")
		h.me.Get("/warehouse/issues?q=wangli").See("CK-2027-000001", "117.50")
		h.me.Get("/warehouse/consumption/departments").See("重症医学科", "117.50", "2027-03", "每床日", "编制 10 床", "2.94", "领用满足率").NotSee("«")
		list := h.me.Get("/warehouse/consumption?department.id=" + h.icu.ID)
		list.See("检查手套 M", "4 盒", "105.00").NotSee("«")
		list.Follow("检查手套 M").See("CK-2027-000001", "王丽", "换灯").NotSee("«")
		clock.Add(10 * 24 * time.Hour)
		h.me.Get("/warehouse/issues/new").PressWant(422, "出库", webtest.Fill{"department": {"ICU"}, "receiver": {"王丽"}, "lines.0.item": {"A001"}, "lines.0.qty": {"1"}, "lines.0.lot": {"OLD"}}).
			See("“检查手套 M”没有批号 OLD 的库存")
		h.sound()
	})
}

func TestADoubleClickIssuesOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "50"})
		form := url.Values{"store": {"A"}, "department": {"ICU"}, "receiver": {"王丽"}, "lines.0.item": {"B001"}, "lines.0.qty": {"2"}, "_key": {"once"}}
		var wait sync.WaitGroup
		to := make([]string, 8)
		for n := range to {
			wait.Go(func() {
				p := webtest.New(t, h).Do(webtest.Call{Method: "POST", URL: "/warehouse/issues", Form: form, Want: 303})
				to[n] = p.Header.Get("Location")
			})
		}
		wait.Wait()
		for _, l := range to {
			if l != to[0] {
				t.Errorf("led to %s and %s", l, to[0])
			}
		}
		h.me.Get("/warehouse/issues").See("共 1 条")
		form.Set("lines.0.qty", "3")
		webtest.Run(t, h, webtest.Call{Method: "POST", URL: "/warehouse/issues", Form: form, Want: 409, See: []string{"这张表单已经提交过"}})
	})
}

func TestAPaperIsTakenBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		in := h.receive(warehouse.In{Item: h.lamp.ID, Qty: "4", Amount: "50"})
		page := h.me.Get("/warehouse/documents/" + in.ID)
		page.PressWant(422, "form#reverse button", nil).See("必填", "RK-2027-000001")
		done := page.Press("form#reverse button", webtest.Fill{"reason": {"送错了货"}})
		done.See("HC-2027-000001", "冲销", "送错了货", "RK-2027-000001", "-4 只", "-50.00").NotSee("«", "整张单据按原数量")
		h.me.Get("/warehouse/documents/"+in.ID).See("已冲销", "HC-2027-000001").NotSee("整张单据按原数量")
		h.me.Get("/warehouse/stock?all=1").See("无库存")
		webtest.Run(t, h, webtest.Call{Method: "POST", URL: "/warehouse/documents/" + in.ID + "/reverse", Form: url.Values{"reason": {"x"}}, Want: 409, See: []string{"已被 HC-2027-000001 冲销"}})
		h.sound()
	})
}

func TestAStockCardRuns(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		clock.Add(30 * 24 * time.Hour) // into April
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "5", Amount: "80"})
		issue := func(qty string) {
			webtest.Run(t, h, webtest.Call{Method: "POST", URL: "/api/warehouse/issues", JSON: map[string]any{"store": "A", "department": "ICU", "receiver": "0001", "lines": []any{map[string]any{"item": "B001", "qty": qty}}}, Want: 200, See: []string{`"kind":"issue"`}})
		}
		issue("3")
		at := "/warehouse/stock/" + h.store.ID + "/" + h.lamp.ID
		page := h.me.Get(at)
		page.See("灯管 T8 18W", "12 只", "144.00", "2027-04-01 至 2027-04-03 收发存", "期初 10 只 100.00", "收入 5 只 80.00", "发出 3 只 36.00", "期末 12 只 144.00",
			"RK-2027-000001", "RK-2027-000002", "CK-2027-000001").NotSee("«")
		var rows []string
		for _, r := range page.Texts("#list tbody tr") {
			rows = append(rows, r)
		}
		if len(rows) != 3 || !strings.Contains(rows[0], "CK-2027-000001") || !strings.Contains(rows[0], "12 只") || !strings.Contains(rows[2], "10 只") {
			t.Errorf("rows: %q", rows)
		}
		h.me.Get(at+"?at.from=2027-03-01&at.to=2027-03-31").See("期初 0 只 0.00", "期末 10 只 100.00", "共 1 条").NotSee("CK-2027-000001")
		bad := page.PressWant(422, "保存", webtest.Fill{"least": {"20"}, "most": {"5"}})
		bad.See("上限不能低于下限")
		bad.Press("保存", webtest.Fill{"most": {"50 只"}}).See("上下限已保存", "20 只", "50 只", "偏低")
		h.me.Get("/warehouse").See("低于下限 1")
		h.me.Get("/warehouse/stock?state=low").See("灯管 T8 18W", "偏低")
		webtest.Run(t, h,
			webtest.Call{URL: at + "/card?format=csv", See: []string{"RK-2027-000001", "CK-2027-000001"}},
			webtest.Call{URL: "/api" + at, See: []string{`"qty":12`, `"amount":"144.00"`, `"opening":10`}},
			webtest.Call{URL: "/api" + at + "/card?size=1", See: []string{`"out":3`, `"qty_after":12`, `"next":"`}},
			webtest.Call{URL: at + "?at.from=nonsense", Want: 422})
	})
}

func TestStoresAndBins(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		page := h.me.Get("/warehouse/stores/new")
		page.NotSee("«")
		page.PressWant(422, "保存", webtest.Fill{"code": {"A"}, "name": {"备件库"}, "department": {"物资库"}}).See("编码“A”已被使用", "备件库")
		shown := page.Press("保存", webtest.Fill{"code": {"B"}, "name": {"备件库"}, "department": {"物资库"}})
		shown.See("备件库", "已新建库房", "还没有库位").NotSee("«")
		shown = shown.Press("form#bin button", webtest.Fill{"code": {"B-01"}, "note": {"门后"}})
		shown.See("B-01", "门后", "已添加库位")
		shown.PressWant(422, "form#bin button", webtest.Fill{"code": {"B-01"}}).See("编码“B-01”已被使用")
		webtest.Run(t, h, webtest.Call{URL: "/pick/bins?q=B-", See: []string{"B-01", "备件库 门后"}})
		h.me.Get("/warehouse/receipts/new").Press("入库", webtest.Fill{"store": {"B"}, "supplier": {"S1"}, "invoice": {"FP-3"}, "lines.0.item": {"B001"}, "lines.0.qty": {"3"}, "lines.0.price": {"5"}, "lines.0.bin": {"B-01"}}).See("B-01", "15.00")
		bins, err := warehouse.Bins.All(t.Context(), d, warehouse.Scope(h.By), 10)
		if err != nil || len(bins) != 1 {
			t.Fatal(bins, err)
		}
		shut := webtest.Call{Method: "POST", URL: shown.URL + "/bins/close", Form: url.Values{"id": {bins[0].ID}}, Want: 409, See: []string{"库位 B-01 里还有物品"}}
		webtest.Run(t, h, shut)
		h.me.Get("/warehouse/lots?bin.id="+bins[0].ID).See("灯管 T8 18W", "3 只")
		// A sticker for each shelf, for what lies on one, and for the lots of an item.
		h.me.Get(shown.URL+"/labels").See("B-01", "门后").NotSee("灯管", "«")
		h.me.Get(shown.URL+"/labels?bin="+bins[0].ID).See("B-01", "灯管 T8 18W", "B001").NotSee("«")
		webtest.Run(t, h, webtest.Call{URL: shown.URL + "/labels?bin=x", Want: 404})
		h.me.Get(shown.URL+"/edit").PressWant(409, "保存", webtest.Fill{"closed": {"on"}}).See("还有物品，不能停用")
		h.me.Get("/warehouse/stores").See("备件库", "总库").NotSee("«")
	})
}

// Who may change a store reads its keepers by name and saves them unchanged, also those
// who are of a department that this person may not look into.
func TestAStoreKeepsTheKeepersWhoAreNotOnesOwn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		peopleweb.Pickers(h.Site.Site)
		h.store.Keepers = []string{h.nurse.ID}
		dbtest.Do(t, d, h.keeper, func(tx *db.Tx) error { return warehouse.ChangeStore(t.Context(), tx, &h.store) })
		at := "/warehouse/stores/" + h.store.ID
		h.me.Get(at).See("王丽").NotSee(h.nurse.ID, "（不可见）")
		page := h.me.Get(at + "/edit")
		page.See("王丽").NotSee("（不可见）")
		page.PressWant(422, "保存", webtest.Fill{"name": {""}}).See("王丽")
		page.Press("保存", webtest.Fill{"name": {"总库房"}}).See("总库房", "王丽")
		kept, err := warehouse.Keepers(t.Context(), d, h.store.ID)
		if err != nil || !slices.Equal(kept, h.store.Keepers) {
			t.Error(kept, err)
		}
		// Nobody else is told by this.
		other := people.Person{Number: "0002", Name: "赵敏", Department: h.icu.ID}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error { return people.Hire(t.Context(), tx, &other) })
		h.me.Get(at+"/edit").PressWant(422, "保存", webtest.Fill{"keepers.1.person": {"0002"}}).See("找不到“0002”").NotSee("赵敏")
	})
}

func TestOpeningStockTakesWhatIsThere(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		page := h.me.Get("/warehouse/opening/new")
		page.NotSee("«")
		done := page.Press("期初入库", webtest.Fill{"lines.0.item": {"A001"}, "lines.0.qty": {"5"}, "lines.0.amount": {"0"}, "lines.0.expiry": {"2026-01-01"}})
		done.See("QC-2027-000001", "2026-01-01")
		h.me.Get("/warehouse").See("已过期 1")
		h.sound()
	})
}

func TestWhoStandsWhere(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		in := h.receive(warehouse.In{Item: h.lamp.ID, Qty: "4", Amount: "50"})
		h.By = dbtest.PersonIn("护士长", h.icu.ID, warehouse.MaySee)
		at := "/warehouse/stock/" + h.store.ID + "/" + h.lamp.ID
		webtest.Run(t, h,
			webtest.Call{URL: "/warehouse", See: []string{"库存"}, NotSee: []string{"发给科室", "RK-2027"}},
			webtest.Call{URL: "/warehouse/stock?all=1", NotSee: []string{"灯管"}},
			webtest.Call{URL: at, Want: 404},
			webtest.Call{URL: at + "/card?format=csv", Want: 404},
			webtest.Call{URL: "/warehouse/documents/" + in.ID, Want: 404},
			webtest.Call{URL: "/warehouse/documents/" + in.ID + "/print", Want: 404},
			webtest.Call{URL: "/warehouse/stores/" + h.store.ID, Want: 404},
			webtest.Call{URL: "/warehouse/receipts/new", Want: 403},
			webtest.Call{Method: "POST", URL: "/warehouse/issues", Form: url.Values{}, Want: 403},
			webtest.Call{Method: "POST", URL: "/warehouse/documents/" + in.ID + "/reverse", Form: url.Values{"reason": {"x"}}, Want: 403})
		// a keeper of another store may press the same buttons, but not here
		h.By = dbtest.PersonIn("别库", h.icu.ID, warehouse.Permissions...)
		webtest.Run(t, h,
			webtest.Call{Method: "POST", URL: "/warehouse/documents/" + in.ID + "/reverse", Form: url.Values{"reason": {"x"}}, Want: 404},
			webtest.Call{Method: "POST", URL: "/api/warehouse/issues", JSON: map[string]any{"store": h.store.ID, "department": "ICU", "receiver": "0001", "lines": []any{map[string]any{"item": "B001", "qty": "1"}}}, Want: 403, See: []string{"您没有“出库”的权限"}})
	})
}

// The papers as they come out of the printer.
// Clause: S-013
func TestPapersOnPaper(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		in := h.receive(warehouse.In{Item: h.gloves.ID, Qty: "3 盒", Price: "25.1", Lot: "L-2", Expiry: "2028-03-10"}, warehouse.In{Item: h.lamp.ID, Qty: "3", Amount: "50"})
		done := h.me.Get("/warehouse/issues/new").Press("出库", webtest.Fill{"department": {"ICU"}, "receiver": {"王丽"}, "purpose": {"换灯"}, "lines.0.item": {"A001"}, "lines.0.qty": {"1 盒"}, "lines.1.item": {"B001"}, "lines.1.qty": {"2"}})
		issue, err := warehouse.ByDocumentNumber(t.Context(), d, "CK-2027-000001")
		if err != nil {
			t.Fatal(err)
		}
		done.Press("form#reverse button", webtest.Fill{"reason": {"领错"}})
		back, err := warehouse.ByDocumentNumber(t.Context(), d, "HC-2027-000001")
		if err != nil {
			t.Fatal(err)
		}
		for name, at := range map[string]string{"receipt": in.ID + "/print", "issue": issue.ID + "/print?copies=2", "reversal": back.ID + "/print?copies=1", "receipt_en": in.ID + "/print?copies=1"} {
			lang := "zh"
			if strings.HasSuffix(name, "_en") {
				lang = "en"
			}
			h.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: h.By, Lang: lang}, nil }
			p := h.me.Get("/warehouse/documents/" + at)
			p.NotSee("«")
			main := p.Body[strings.Index(p.Body, "<main"):strings.Index(p.Body, "</main>")]
			webtest.Golden(t, name+".html", code.ReplaceAllString(strings.ReplaceAll(main, "><", ">\n<"), "<svg/>")+"\n")
		}
		webtest.Run(t, h, webtest.Call{URL: "/warehouse/documents/" + in.ID + "/print?copies=9", Want: 422})
	})
}

// code is the square code, which holds the paper's id.
var code = regexp.MustCompile(`(?s)<svg.*?</svg>`)

// Who is refused by a rule of the house can read it; programs get its number.
func TestARefusalLeadsToItsRule(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.Rule = func(clause string) string { return "/rules/" + clause }
		bad := h.me.Get("/warehouse/receipts/new").PressWant(422, "入库", webtest.Fill{"supplier": {"S1"}, "lines.0.item": {"B001"}, "lines.0.qty": {"3"}, "lines.0.price": {"5"}})
		bad.See("请填发票号", "依据规则 S-007")
		if n := bad.Count(`a[href="/rules/S-007"]`); n != 1 {
			t.Errorf("%d links to the rule", n)
		}
		webtest.Run(t, h, webtest.Call{Method: "POST", URL: "/api/warehouse/receipts", JSON: map[string]any{"store": "A", "supplier": "S1", "lines": []any{map[string]any{"item": "B001", "qty": "1", "amount": "1"}}},
			Want: 422, See: []string{`"rule":"S-007"`}})
	})
}

// What nobody asked for does not leave over the counter where the hospital has not said so:
// the page leads to the requests, and what is posted all the same is refused with the rule.
func TestTheCounterLeadsToTheRequests(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "3", Amount: "3"})
		c := rules.Change{Param: "S-050.counter", Value: "off", Since: d.Today().AddDays(1), Reason: "停用"}
		dbtest.Do(t, d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &c) })
		dbtest.Do(t, d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, c.ID, "") })
		clock.Add(24 * time.Hour)
		h.By = dbtest.PersonIn("李库管", h.kf.ID, append([]string{requests.MayServe}, warehouse.Permissions...)...)
		page := h.me.Get("/warehouse/issues/new").See("没有领用申请", "S-050").NotSee("«")
		if page.Count(`a[href="/requests/counter"]`) == 0 || page.Count(`a[href="/requests/rush"]`) == 0 || page.Count("form [name='receiver']") != 0 {
			t.Error("the page does not lead to the requests")
		}
		if h.me.Get("/warehouse").Count(`.menu-accent[href="/requests/counter"]`) != 1 {
			t.Error("the counter does not lead to the requests")
		}
		h.me.Get("/warehouse/visits").See("还没有来访登记", "点“登记来访”开始").NotSee("看全部")
		if all := h.me.Get("/warehouse/lots?q=没有的").NotSee("点“"); all.Count(`.empty a[href="/warehouse/lots?all=1"]`) != 1 {
			t.Error("an empty list does not lead to all there is")
		}
		for _, at := range []string{"/warehouse/stock", "/warehouse/lots", "/warehouse/issues"} { // nor is there a click to a page that only refuses
			if page := h.me.Get(at); page.Count(`main a[href^="/warehouse/issues/new"]`) != 0 || page.Count(`main a.btn-accent[href="/requests/counter"]`) != 1 {
				t.Errorf("%s does not lead to the requests", at)
			}
		}
		webtest.Run(t, h, webtest.Call{Method: "POST", URL: "/api/warehouse/issues", JSON: map[string]any{"store": "A", "department": "ICU", "receiver": "0001", "lines": []any{map[string]any{"item": "B001", "qty": "1"}}}, Want: 409, See: []string{"S-050"}})
		h.sound()
	})
}
