package intake

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/base/sheet"
	"houqin/internal/catalog"
)

// itemRow is what a list of goods says of one.
type itemRow struct {
	Number, Name, Spec, Unit, PackUnit, Class, Category, Storage, Synonyms, Barcode string
	PackSize, ShelfDays                                                             int64
	Price, PackPrice                                                                sheet.Decimal
	OldForNew                                                                       bool
}

var itemCategories = sure(`
	consumable: 耗材 | 消耗品 | 易耗品 | 低值易耗品 | 低耗 | 卫生材料 | 办公用品 | 日用品 | 清洁用品 | 印刷品 | consumables
	medical: 医用耗材 | 医疗耗材 | 一次性医用耗材 | 医用材料 | 高值耗材 | medical consumables
	low_value: 低值耐用 | 低值品 | 低值资产 | 耐用品 | low value | durable
	fixed_asset: 固定资产 | 资产 | 设备 | fixed asset | equipment | asset
	linen: 被服 | 布草 | 布类 | 工作服 | textiles
	food: 食品 | 食材 | 粮油 | 副食 | 主食 | 调料
	spare: 备件 | 配件 | 维修材料 | 五金 | 水电材料 | 维修配件 | spare part | spare parts | spares | parts
	emergency: 应急物资 | 应急 | 储备物资 | 战备 | emergency reserve | reserve
	other: 其他 | 其它 | misc | miscellaneous`)

var storages = sure(`
	normal: 常温 | 室温 | 普通 | room temperature | ambient
	cool: 阴凉 | 避光阴凉
	cold: 冷藏 | 2-8℃ | 2~8℃ | 2-8°c | refrigerated | refrigerate
	frozen: 冷冻 | 冰冻 | -20℃ | freezer
	dry: 干燥 | 防潮
	flammable: 易燃 | 易燃易爆 | 危险品
	corrosive: 腐蚀 | 腐蚀品 | 强酸强碱
	sterile: 无菌 | 灭菌`)

var itemColumns = []Column[itemRow]{
	{Key: "number", Names: "物品编码|物资编码|商品编码|材料编码|物料编码|产品编码|货品编码|物品编号|物资编号|product code|item code|item number|item no|product number|stock code|material code|part number|sku|=编码|=代码|=编号|=货号|=code|=id|=number", Into: func(i *itemRow) any { return &i.Number }, Most: 40},
	{Key: "name", Names: "物品名称|物资名称|商品名称|材料名称|物料名称|产品名称|货品名称|品名|product name|item name|item description|product description|=product|=item|=名称|=物品|=物资|=name|=description|=material", Into: func(i *itemRow) any { return &i.Name }, Need: true},
	{Key: "spec", Names: "规格型号|规格|型号|specification|strength|=spec|=model|=size", Into: func(i *itemRow) any { return &i.Spec }},
	{Key: "unit", Names: "计量单位|基本单位|最小单位|库存单位|unit of measure|base unit|stock unit|=单位|=uom|=unit", Into: func(i *itemRow) any { return &i.Unit }, Spell: units},
	{Key: "pack_unit", Names: "包装单位|大包装单位|采购单位|package uom|package unit|pack unit|pack uom|purchase unit", Into: func(i *itemRow) any { return &i.PackUnit }, Spell: units},
	{Key: "pack_size", Names: "包装数量|包装含量|每包数量|每箱数量|装箱数|换算系数|转换系数|换算率|转换率|package size|pack size|units per package|units per pack|conversion factor", Into: func(i *itemRow) any { return &i.PackSize }},
	{Key: "price", Names: "参考单价|含税单价|采购单价|单价|参考价|进价|price per unit|unit price|unit cost|=价格|=price|=cost", Into: func(i *itemRow) any { return &i.Price }},
	{Key: "pack_price", Names: "包装价格|包装单价|整箱价|price per package|price per pack|package price|pack price|case price", Into: func(i *itemRow) any { return &i.PackPrice }},
	{Key: "category", Names: "财务类别|物品类别|物资类别|物品类型|物资类型|资产性质|item category|item type|goods type|=类别|=类型|=category|=type", Into: func(i *itemRow) any { return &i.Category }, Spell: itemCategories},
	{Key: "class", Names: "物品分类|物资分类|商品分类|分类名称|产品类别|分类|大类|类目|product category|category name|item class|product group|=类别|=物资类别|=category|=class|=group", Into: func(i *itemRow) any { return &i.Class }},
	{Key: "storage", Names: "储存条件|存储条件|保存条件|贮藏条件|storage condition|storage conditions|=storage", Into: func(i *itemRow) any { return &i.Storage }, Spell: storages},
	{Key: "shelf_days", Names: "保质期天数|有效期天数|保质期（天）|保质期天|shelf life days|shelf life in days|shelf days", Into: func(i *itemRow) any { return &i.ShelfDays }},
	{Key: "old_for_new", Names: "交旧领新|以旧换新|old for new", Into: func(i *itemRow) any { return &i.OldForNew }},
	{Key: "synonyms", Names: "别名|俗名|通用名|曾用名|synonyms|synonym|alias|generic name", Into: func(i *itemRow) any { return &i.Synonyms }},
	{Key: "barcode", Names: "商品条码|条形码|条码|barcode|gtin|=ean|=udi|=upc", Into: func(i *itemRow) any { return &i.Barcode }, Most: 100},
}

var itemRows = Kind[itemRow]{
	Name: "items", May: catalog.MayChange, Settings: []string{"unit", "category"}, Columns: itemColumns,
	Alias:   map[string]string{"packs": "pack_size", "barcodes": "barcode"},
	Prepare: prepareItems,
	Complete: func(p *Plan, e *Entry[itemRow]) error {
		return completeItem(p, &e.V, e.Given)
	},
	Label:  func(i *itemRow) string { return strings.TrimSpace(i.Number + " " + i.Name) },
	Claims: func(p *Plan, e *Entry[itemRow]) map[string]string { return claimItem(p, &e.V) },
	Enter: func(ctx context.Context, w *Work, e *Entry[itemRow]) (Outcome, error) {
		_, outcome, err := enterItem(ctx, w, &e.V, e.Given)
		return outcome, err
	},
}

func claimItem(p *Plan, i *itemRow) map[string]string {
	claims := map[string]string{"barcode": i.Barcode}
	if p.has("number") {
		claims["number"] = i.Number
	} else {
		claims["name"] = strings.TrimSpace(i.Name + " " + i.Spec)
	}
	return claims
}

// prepareItems decides the unit and the category of goods that name none.
func prepareItems(p *Plan) error {
	if !p.has("number") {
		p.decide("intake.rule.item_by_name")
	}
	if p.has("pack_size") && !p.has("pack_unit") {
		p.decide("intake.rule.pack_of_what", p.title("pack_size"))
		p.drop("pack_size")
	}
	if u := p.Mapping.Settings["unit"]; u != "" {
		word, ok := units.find(u)
		if !ok {
			return invalid("intake.bad_setting", "unit", u, strings.Join(units.Words(), " "))
		}
		p.facts["unit"] = word
	} else {
		// In the language in which the file names most units.
		western, all := int64(0), int64(0)
		for text, n := range p.words["unit"] {
			if word, ok := units.find(text); ok {
				if all += n; latin(word) && !slices.Contains([]string{"kg", "g", "mg", "t", "L", "mL", "m", "m²", "m³"}, word) {
					western += n
				}
			}
		}
		if p.facts["unit"] = "个"; all > 0 && 2*western > all {
			p.facts["unit"] = "each"
		}
	}
	p.facts["category"] = string(catalog.Consumable)
	if c := p.Mapping.Settings["category"]; c != "" {
		word, ok := itemCategories.find(c)
		if !ok {
			return invalid("intake.bad_setting", "category", c, strings.Join(itemCategories.Words(), ", "))
		}
		p.facts["category"] = word
	}
	return nil
}

// completeItem fills in the unit, and what a pack holds.
func completeItem(p *Plan, i *itemRow, given map[string]bool) error {
	if p.has("number") && i.Number == "" {
		return no("number", "intake.nothing")
	}
	if i.Unit == "" {
		i.Unit = p.facts["unit"]
		p.note("intake.rule.unit", i.Unit)
	}
	for key, n := range map[string]int64{"pack_size": i.PackSize, "shelf_days": i.ShelfDays} {
		if given[key] && n < 0 {
			return no(key, "intake.negative")
		}
	}
	for key, d := range map[string]sheet.Decimal{"price": i.Price, "pack_price": i.PackPrice} {
		if given[key] && d.Digits < 0 {
			return no(key, "intake.negative")
		}
	}
	if given["pack_unit"] != given["pack_size"] {
		if given["pack_size"] && i.PackSize <= 1 {
			given["pack_size"] = false // one of one is no pack
		} else if !given["pack_size"] {
			given["pack_unit"] = false
			p.note("intake.rule.pack_alone", p.title("pack_unit"))
		} else {
			return no("pack_size", "intake.pack_of_what")
		}
	}
	if given["pack_size"] && i.PackSize == 1 {
		given["pack_unit"], given["pack_size"] = false, false
		p.note("intake.rule.pack_of_one")
	}
	return nil
}

// price is what one of the smallest unit costs, in fen: of the price of a pack if the
// row has one, since that is exact.
func (i *itemRow) price(given map[string]bool) (f money.Fen, known, exact bool) {
	var ok bool
	switch {
	case given["price"] && !given["pack_price"]:
		f, exact, ok = fenOf(i.Price, 1, 1)
	case given["pack_price"] && given["pack_size"] && i.PackSize > 0:
		f, exact, ok = fenOf(i.PackPrice, 1, i.PackSize)
	case given["price"]:
		f, exact, ok = fenOf(i.Price, 1, 1)
	}
	return f, ok, exact
}

// enterItem lists an item or brings it up to what the row says.
func enterItem(ctx context.Context, w *Work, row *itemRow, given map[string]bool) (catalog.Item, Outcome, error) {
	i, isNew, err := w.item(ctx, row)
	if err != nil {
		return i, "", err
	}
	changed := false
	if !isNew {
		if i.Barcodes, err = catalog.Barcodes(ctx, w.Tx, i.ID); err != nil {
			return i, "", err
		}
	}
	differ(&changed, true, &i.Name, oneSpace(row.Name))
	differ(&changed, given["spec"], &i.Spec, oneSpace(row.Spec))
	differ(&changed, given["unit"] || isNew, &i.Unit, row.Unit)
	differ(&changed, given["category"], &i.Category, catalog.Category(row.Category))
	differ(&changed, given["storage"], &i.Storage, row.Storage)
	differ(&changed, given["shelf_days"], &i.ShelfDays, row.ShelfDays)
	differ(&changed, given["old_for_new"], &i.OldForNew, row.OldForNew)
	differ(&changed, given["synonyms"], &i.Synonyms, oneSpace(row.Synonyms))
	if price, known, exact := row.price(given); known {
		if differ(&changed, true, &i.Price, price); !exact {
			w.rule("intake.rule.price_rounded")
		}
	}
	if given["pack_size"] && given["pack_unit"] {
		pack := quantity.Pack{Unit: row.PackUnit, Factor: row.PackSize}
		if !slices.Contains(i.Packs, pack) {
			i.Packs = append(slices.DeleteFunc(slices.Clone(i.Packs), func(p quantity.Pack) bool { return p.Unit == pack.Unit && p.Factor > 1 }), pack)
			changed = true
		}
	}
	if given["barcode"] {
		code, err := catalog.Normal(row.Barcode)
		if err != nil {
			return i, "", no("barcode", "catalog.bad_code", row.Barcode)
		}
		if !slices.ContainsFunc(i.Barcodes, func(b catalog.Barcode) bool { return b.Code == code }) {
			i.Barcodes, changed = append(i.Barcodes, catalog.Barcode{Code: row.Barcode}), true
		}
	}
	if given["class"] {
		id, err := w.class(ctx, row.Class)
		if err != nil {
			return i, "", err
		}
		differ(&changed, true, &i.Class, id)
	}
	if !isNew {
		if !changed {
			return i, Unchanged, nil
		}
		return i, Changed, catalog.Change(ctx, w.Tx, &i)
	}
	i.Number = row.Number
	if i.Category == "" {
		i.Category = catalog.Category(w.Plan.facts["category"])
		w.rule("intake.rule.category", "catalog.category."+string(i.Category))
	}
	return i, New, catalog.Add(ctx, w.Tx, &i)
}

// item is the one with the row's number or, in a file without numbers, the only one
// with its name and spec.
func (w *Work) item(ctx context.Context, row *itemRow) (i catalog.Item, isNew bool, err error) {
	if w.Plan.has("number") {
		i, err = catalog.ByNumber(ctx, w.Tx, oneSpace(row.Number))
		if fault.KindOf(err) == fault.NotFound {
			return catalog.Item{}, true, nil
		}
		return i, false, err
	}
	same, err := catalog.Items.All(ctx, w.Tx, list.Where{}.And("i.name = ? AND i.spec = ?", oneSpace(row.Name), oneSpace(row.Spec)), 2)
	switch {
	case err != nil:
		return i, false, err
	case len(same) == 0:
		return i, true, nil
	case len(same) > 1:
		return i, false, no("name", "intake.two_items", row.Name)
	}
	return same[0], false, nil
}

// class is the one with this code or name; one that is not there is opened.
func (w *Work) class(ctx context.Context, text string) (string, error) {
	text = oneSpace(text)
	return w.once("class "+text, func() (string, error) {
		c, err := catalog.ClassByCode(ctx, w.Tx, text)
		if fault.KindOf(err) != fault.NotFound {
			return c.ID, err
		}
		same, err := catalog.Classes.All(ctx, w.Tx, list.Where{}.And("c.name = ?", text), 2)
		if err != nil || len(same) == 1 {
			if len(same) == 1 {
				return same[0].ID, nil
			}
			return "", err
		}
		if len(same) > 1 {
			return "", no("class", "intake.two_classes", text)
		}
		c = catalog.Class{Code: text, Name: text}
		w.opened("intake.rule.class", text)
		err = catalog.AddClass(ctx, w.Tx, &c)
		return c.ID, err
	})
}

// oneSpace is a text as the books keep it.
func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }
