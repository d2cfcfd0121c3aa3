package catalogweb_test

import (
	"io/fs"
	"net/url"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/quantity"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/departments"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, catalog.Migrations, suppliers.Migrations, warehouse.Migrations}

func site(t *testing.T, d *db.DB) *sitetest.Site {
	s := sitetest.New(t, d, catalogweb.Words)
	s.Room(catalogweb.Routes)
	catalogweb.Pickers(s.Site)
	s.By = dbtest.Person("库管员", catalog.MayChange, warehouse.MaySee)
	return s
}

// Clause: S-003 S-031
func TestAnItemIsListedLookedUpAndChanged(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		me := webtest.New(t, s)
		page := me.Get("/items/new")
		page.NotSee("«")
		bad := page.PressWant(422, "保存", webtest.Fill{"name": {"检查手套"}, "unit": {"只"}, "packs.0.unit": {"盒"}, "packs.0.holds": {"100"}, "packs.1.unit": {"盒"}, "packs.1.holds": {"1"},
			"barcodes.0.code": {"6901234567893"}, "price": {"0.2"}})
		bad.See("应在 2 与", "有几处需要改正")
		if bad.Input("name") != "检查手套" || bad.Input("packs.1.holds") != "1" || bad.Input("barcodes.0.code") != "6901234567893" {
			t.Error("what was typed is gone")
		}
		bad = bad.PressWant(422, "保存", webtest.Fill{"packs.1.holds": {"1000"}})
		bad.See("“盒”（含 1000）不行", "“6901234567893”校验位不对")
		shown := bad.Press("保存", webtest.Fill{"packs.1.unit": {"箱"}, "barcodes.0.code": {"6901234567892"}, "barcodes.0.unit": {"盒"}, "spec": {"M号"}, "synonyms": {"PE手套"}, "shelf_days": {"1000"}})
		shown.See("检查手套 M号", "WP-2027-000001", "只 · 盒=100 箱=1000", "0.20元/只", "06901234567892（盒）", "已新建", "您能看的库房里都没有")
		shown.NotSee("«")
		changed := shown.Follow("修改")
		if changed.Input("packs.1.unit") != "箱" || changed.Input("barcodes.0.unit") != "盒" {
			t.Error("the form does not show what is there")
		}
		changed.Press("保存", webtest.Fill{"price": {"0.25"}, "synonyms": {"PE手套 薄膜手套"}}).See("0.25元/只")
		webtest.Run(t, s, webtest.Call{Name: "too late", Method: "POST", URL: shown.URL, Form: url.Values{"name": {"别的"}, "unit": {"只"}, "category": {"spare"}, "_version": {"1"}}, Want: 409, See: []string{"别人已改过", "别的"}})
		for _, q := range []string{"shoutao", "jcst", "bmst", "薄膜", "WP-2027", "6901234567892"} {
			me.Get("/items?q=" + q).See("检查手套")
		}
		// a code scanned into the search leads straight to the item
		webtest.Run(t, s,
			webtest.Call{URL: "/items?q=" + url.QueryEscape("]d2010690123456789217271231\x1d10A1"), Want: 303},
			webtest.Call{URL: "/pick/items?q=" + url.QueryEscape("(01)06901234567892(17)271231(10)A1"), See: []string{`"fill":{"expiry":"2027-12-31","lot":"A1"}`, `"label":"检查手套 M号"`}},
			webtest.Call{URL: "/api/items/scan?code=6901234567892", See: []string{`"unit":"盒"`, `"gtin":"06901234567892"`}},
			webtest.Call{URL: "/api/items/scan?code=4006381333931", Want: 404},
			webtest.Call{URL: "/pick/items?q=检查", See: []string{`"hint":"WP-2027-000001 · 只 · 盒=100 箱=1000"`}},
			webtest.Call{URL: "/items?format=csv", See: []string{"检查手套,M号,WP-2027-000001"}},
			webtest.Call{URL: "/items", NotSee: []string{"«"}},
		)
		me.Get(shown.URL).Press("停用", nil).See("已停用", "重新启用")
		me.Get("/items").NotSee("检查手套")
		me.Get("/pick/items?q=检查").NotSee("检查手套")
	})
}

func TestWhatTheCatalogueRefuses(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		first := catalog.Item{Number: "A1", Name: "灯管", Unit: "只", Category: catalog.Spare, Barcodes: []catalog.Barcode{{Code: "KF-1"}}}
		dbtest.Do(t, d, s.By, func(tx *db.Tx) error { return catalog.Add(t.Context(), tx, &first) })
		item := func(change map[string]any) map[string]any {
			m := map[string]any{"name": "灯", "unit": "只", "category": "spare"}
			for k, v := range change {
				m[k] = v
			}
			return m
		}
		for name, c := range map[string]struct {
			send map[string]any
			see  string
		}{
			"no name":               {map[string]any{"unit": "只", "category": "spare"}, `"field":"name"`},
			"no unit":               {map[string]any{"name": "x", "category": "spare"}, `"field":"unit"`},
			"a category of its own": {item(map[string]any{"category": "toys"}), `"field":"category"`},
			"a number twice":        {item(map[string]any{"number": "A1"}), `catalog.number_taken`},
			"a code twice":          {item(map[string]any{"barcodes": []any{map[string]any{"code": "KF-1"}}}), `条码 KF-1 已用于“灯管”`},
			"a unit like a number":  {item(map[string]any{"unit": "10只"}), `catalog.bad_unit`},
			"a code on no pack":     {item(map[string]any{"barcodes": []any{map[string]any{"code": "KF-2", "unit": "箱"}}}), `catalog.no_pack`},
			"no such class":         {item(map[string]any{"class": "nowhere"}), `"field":"class"`},
			"a name unknown":        {item(map[string]any{"colour": "red"}), `"field":"colour"`},
			"a price below nothing": {item(map[string]any{"price": "-1"}), `"field":"price"`},
		} {
			webtest.Run(t, s, webtest.Call{Name: name, Method: "POST", URL: "/api/items", JSON: c.send, Want: 422, See: []string{c.see}})
		}
		webtest.Run(t, s, webtest.Call{Name: "fine", Method: "POST", URL: "/api/items", JSON: item(map[string]any{"packs": []any{map[string]any{"unit": "盒", "holds": 10}}}), Want: 200, See: []string{`"factor":10`}})
		s.By = dbtest.Person("nurse")
		webtest.Run(t, s,
			webtest.Call{URL: "/items", See: []string{"灯管"}, NotSee: []string{"新建物品"}},
			webtest.Call{URL: "/items/" + first.ID, See: []string{"灯管"}, NotSee: []string{"停用", "库存"}},
			webtest.Call{URL: "/items/new", Want: 403},
			webtest.Call{Method: "POST", URL: "/items/" + first.ID + "/close", Form: url.Values{"_version": {"1"}}, Want: 403})
	})
}

// Clause: S-003
func TestClassesLieWithinClasses(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		me := webtest.New(t, s)
		me.Get("/classes/new").Press("保存", webtest.Fill{"code": {"01"}, "name": {"卫生材料"}}).See("卫生材料", "分类“卫生材料”已保存").NotSee("«")
		me.Get("/classes/new").Press("保存", webtest.Fill{"code": {"0101"}, "name": {"手套"}, "parent": {"01"}}).See("手套")
		top, err := catalog.ClassByCode(t.Context(), d, "01")
		if err != nil {
			t.Fatal(err)
		}
		edit := me.Get("/classes/" + top.ID + "/edit")
		edit.PressWant(422, "保存", webtest.Fill{"parent": {"0101"}}).See("上级不能是它自己或它的下级")
		edit.PressWant(422, "保存", webtest.Fill{"code": {"0101"}}).See("编码“0101”已被使用")
		below, err := catalog.ClassesBelow(t.Context(), d, top.ID)
		if err != nil || len(below) != 2 {
			t.Errorf("below: %v, %v", below, err)
		}
		me.Get("/items/new").Press("保存", webtest.Fill{"name": {"手套"}, "unit": {"只"}, "class": {"0101"}}).See("手套", "耗材")
	})
}

// What kind of goods a class is of is said once and holds for all within it, until one of
// them says another; a class that moves takes the kind of where it comes to lie.
func TestAClassCountsAsWhatLiesAboveIt(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		me := webtest.New(t, s)
		me.Get("/classes/new").Press("保存", webtest.Fill{"code": {"01"}, "name": {"办公"}, "supply": {"office"}}).See("办公用品")
		for _, c := range [][3]string{{"0101", "纸张", "01"}, {"010101", "表格", "0101"}, {"02", "其余", ""}} {
			me.Get("/classes/new").Press("保存", webtest.Fill{"code": {c[0]}, "name": {c[1]}, "parent": {c[2]}})
		}
		counts := func(want ...catalog.Supply) {
			t.Helper()
			for n, code := range []string{"01", "0101", "010101", "02"} {
				if c, err := catalog.ClassByCode(t.Context(), d, code); err != nil || c.CountsAs != want[n] {
					t.Errorf("%s counts as %q, not %q: %v", code, c.CountsAs, want[n], err)
				}
			}
		}
		edit := func(code string, f webtest.Fill) {
			t.Helper()
			c, err := catalog.ClassByCode(t.Context(), d, code)
			if err != nil {
				t.Fatal(err)
			}
			me.Get("/classes/"+c.ID+"/edit").Press("保存", f)
		}
		counts("office", "office", "office", "")
		edit("0101", webtest.Fill{"supply": {"printed"}})
		counts("office", "printed", "printed", "")
		edit("01", webtest.Fill{"supply": {"hardware"}})
		counts("hardware", "printed", "printed", "")
		edit("0101", webtest.Fill{"supply": {""}})
		counts("hardware", "hardware", "hardware", "")
		edit("0101", webtest.Fill{"parent": {"02"}})
		counts("hardware", "", "", "")
		me.Get("/classes?counts_as=hardware").See("办公").NotSee("纸张", "«")
	})
}

// Food is weighed by what it is counted, packed or described in; what says none is not.
func TestWhatAnItemWeighs(t *testing.T) {
	for _, c := range []struct {
		i    catalog.Item
		q    quantity.Qty
		want int64
	}{
		{catalog.Item{Unit: "公斤"}, 3, 3000},
		{catalog.Item{Unit: "斤"}, 3, 1500},
		{catalog.Item{Unit: "袋", Packs: []quantity.Pack{{Unit: "吨", Factor: 40}}}, 3, 75000},
		{catalog.Item{Unit: "袋", Spec: "加碘 400克"}, 3, 1200},
		{catalog.Item{Unit: "袋", Spec: "2.5KG/袋"}, 2, 5000},
		{catalog.Item{Unit: "袋", Spec: "25kg/箱"}, 2, -1},
		{catalog.Item{Unit: "袋", Spec: "500g*20袋"}, 2, -1},
		{catalog.Item{Unit: "升", Spec: "大豆油"}, 2, -1},
		{catalog.Item{Unit: "只"}, 2, -1},
	} {
		g, ok := c.i.Grams(c.q)
		if c.want < 0 && ok || c.want >= 0 && (!ok || g != c.want) {
			t.Errorf("%d of %s %s: %d %v", c.q, c.i.Unit, c.i.Spec, g, ok)
		}
	}
}

// Quantities come out exact in every pack an item has.
func TestPacksAreExact(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		i := catalog.Item{Name: "棉签", Unit: "支", Category: catalog.Consumable, Packs: []quantity.Pack{{Unit: "箱", Factor: 2400}, {Unit: "包", Factor: 48}}}
		dbtest.Do(t, d, dbtest.Person("库管员", catalog.MayChange), func(tx *db.Tx) error { return catalog.Add(t.Context(), tx, &i) })
		got, err := catalog.Get(t.Context(), d, i.ID)
		if err != nil || len(got.Packs) != 3 || got.Packs[0].Unit != "支" || got.Packs[1].Unit != "包" || got.Packs[2].Factor != 2400 {
			t.Fatalf("packs: %+v, %v", got.Packs, err)
		}
		if said := got.Say(2400*2 + 48*3 + 5); said != "2 箱 3 包 5 支" {
			t.Errorf("said: %s", said)
		}
		if q, err := quantity.Parse(strings.ReplaceAll(got.Say(4949), " ", ""), got.Packs); err != nil || q != 4949 {
			t.Errorf("read again: %d, %v", q, err)
		}
	})
}
