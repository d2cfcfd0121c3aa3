package demo

import (
	"context"
	"fmt"
	"slices"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// kinds of goods: name, unit, the larger pack and how many go in it, class,
// category, price in fen of one unit, shelf life in days, trade that uses it, specs.
var kinds = []struct {
	name, unit, pack string
	factor           int64
	category         catalog.Category
	price            money.Fen
	shelf            int64
	trade            string
	specs            []string
}{
	{"LED灯管", "支", "箱", 25, catalog.Spare, 1850, 0, "electric", []string{"T8 0.6米 9W", "T8 0.9米 14W", "T8 1.2米 18W", "T5 1.2米 16W"}},
	{"LED灯泡", "只", "箱", 50, catalog.Spare, 980, 0, "electric", []string{"5W E27", "9W E27", "12W E27", "18W E27", "5W E14"}},
	{"应急灯", "台", "箱", 10, catalog.Spare, 6800, 0, "electric", []string{"双头", "单头", "嵌入式"}},
	{"安全出口指示灯", "台", "箱", 20, catalog.Spare, 5200, 0, "electric", []string{"单面左向", "单面右向", "双面"}},
	{"空气开关", "只", "盒", 12, catalog.Spare, 2600, 0, "electric", []string{"1P 10A", "1P 16A", "2P 25A", "2P 32A", "2P 40A", "3P 63A"}},
	{"漏电保护器", "只", "盒", 6, catalog.Spare, 7800, 0, "electric", []string{"2P 25A", "2P 32A", "2P 63A", "4P 63A"}},
	{"五孔插座", "只", "盒", 10, catalog.Spare, 1450, 0, "electric", []string{"10A", "16A", "防水"}},
	{"墙壁开关", "只", "盒", 10, catalog.Spare, 1280, 0, "electric", []string{"单开", "双开", "三开", "声控"}},
	{"电线", "米", "卷", 100, catalog.Spare, 320, 0, "electric", []string{"BV 1.5平方", "BV 2.5平方", "BV 4平方", "BV 6平方", "RVV 2×1.5"}},
	{"镇流器", "只", "箱", 20, catalog.Spare, 3300, 0, "electric", []string{"18W", "36W"}},
	{"接线端子", "只", "包", 100, catalog.Spare, 60, 0, "electric", []string{"2位", "3位", "5位"}},
	{"绝缘胶带", "卷", "筒", 10, catalog.Consumable, 350, 0, "electric", []string{"黑", "红", "黄", "蓝"}},
	{"呼叫器电池", "节", "盒", 24, catalog.Consumable, 250, 1095, "electric", []string{"5号", "7号", "CR2032", "9V"}},
	{"水龙头", "只", "箱", 20, catalog.Spare, 4900, 0, "water", []string{"感应式", "肘式", "脚踏式", "快开单冷", "冷热混水"}},
	{"角阀", "只", "盒", 20, catalog.Spare, 1800, 0, "water", []string{"DN15 冷", "DN15 热"}},
	{"闸阀", "只", "箱", 10, catalog.Spare, 8600, 0, "water", []string{"DN25", "DN40", "DN50", "DN80", "DN100"}},
	{"PPR管", "米", "根", 4, catalog.Spare, 780, 0, "water", []string{"DN20", "DN25", "DN32", "DN40", "DN50"}},
	{"PPR弯头", "只", "包", 50, catalog.Spare, 180, 0, "water", []string{"DN20", "DN25", "DN32", "DN40"}},
	{"生料带", "卷", "筒", 10, catalog.Consumable, 150, 0, "water", []string{"16米", "20米"}},
	{"下水软管", "根", "箱", 50, catalog.Spare, 950, 0, "water", []string{"洗手盆", "拖把池", "小便斗"}},
	{"马桶水箱配件", "套", "箱", 20, catalog.Spare, 3800, 0, "water", []string{"单按", "双按", "侧按"}},
	{"冲洗阀", "只", "箱", 12, catalog.Spare, 9800, 0, "water", []string{"脚踏", "手按", "感应"}},
	{"地漏", "只", "盒", 10, catalog.Spare, 2400, 0, "water", []string{"防臭 DN50", "防臭 DN75", "洗衣机"}},
	{"门锁", "把", "箱", 12, catalog.Spare, 8800, 0, "metal", []string{"执手锁", "球形锁", "单舌卫生间锁", "通道锁"}},
	{"合页", "副", "盒", 20, catalog.Spare, 900, 0, "metal", []string{"3寸", "4寸", "5寸"}},
	{"闭门器", "台", "箱", 10, catalog.Spare, 7600, 0, "metal", []string{"45公斤", "65公斤", "85公斤"}},
	{"脚轮", "只", "箱", 40, catalog.Spare, 1900, 0, "metal", []string{"3寸万向", "3寸带刹", "4寸万向", "4寸带刹", "5寸带刹"}},
	{"自攻螺丝", "只", "盒", 500, catalog.Consumable, 8, 0, "metal", []string{"M3×16", "M4×20", "M4×30", "M5×40"}},
	{"膨胀螺栓", "套", "盒", 100, catalog.Consumable, 90, 0, "metal", []string{"M6×60", "M8×80", "M10×100"}},
	{"玻璃胶", "支", "箱", 24, catalog.Consumable, 1500, 365, "metal", []string{"透明", "白", "黑"}},
	{"空调滤网", "张", "箱", 20, catalog.Spare, 3600, 0, "hvac", []string{"初效 592×592", "初效 592×287", "中效 592×592", "风机盘管"}},
	{"风机盘管电机", "台", "箱", 4, catalog.Spare, 26000, 0, "hvac", []string{"FP-51", "FP-68", "FP-102"}},
	{"制冷剂", "公斤", "瓶", 10, catalog.Spare, 4200, 0, "hvac", []string{"R22", "R32", "R410A"}},
	{"84消毒液", "瓶", "箱", 30, catalog.Consumable, 480, 365, "", []string{"500ml", "5L"}},
	{"含氯消毒片", "片", "瓶", 100, catalog.Consumable, 20, 730, "", []string{"500mg", "1g"}},
	{"手消毒液", "瓶", "箱", 20, catalog.Consumable, 1680, 730, "", []string{"500ml", "200ml", "50ml"}},
	{"洗手液", "瓶", "箱", 12, catalog.Consumable, 890, 730, "", []string{"500ml", "5L"}},
	{"垃圾袋", "只", "包", 50, catalog.Consumable, 30, 0, "", []string{"黑 45×55", "黑 90×100", "黄 医疗 45×55", "黄 医疗 90×100", "黄 医疗 120×140"}},
	{"锐器盒", "只", "箱", 60, catalog.Consumable, 620, 0, "", []string{"1L", "3L", "6L", "10L"}},
	{"拖把", "把", "捆", 10, catalog.Consumable, 1900, 0, "", []string{"红", "黄", "蓝", "绿"}},
	{"抹布", "条", "包", 50, catalog.Consumable, 150, 0, "", []string{"红", "黄", "蓝", "绿"}},
	{"擦手纸", "包", "箱", 20, catalog.Consumable, 550, 0, "", []string{"200抽", "150抽"}},
	{"卷纸", "卷", "提", 10, catalog.Consumable, 280, 0, "", []string{"140克", "大盘700克"}},
	{"洗衣粉", "袋", "箱", 12, catalog.Consumable, 1350, 1095, "", []string{"1.5公斤", "5公斤"}},
	{"一次性手套", "副", "盒", 50, catalog.Consumable, 55, 1095, "", []string{"PE", "乳胶 S", "乳胶 M", "乳胶 L", "丁腈 S", "丁腈 M", "丁腈 L"}},
	{"医用外科口罩", "只", "盒", 50, catalog.Consumable, 40, 730, "", []string{"挂耳", "系带", "儿童"}},
	{"一次性帽子", "只", "包", 100, catalog.Consumable, 18, 1095, "", []string{"条形", "圆形"}},
	{"鞋套", "双", "包", 50, catalog.Consumable, 25, 0, "", []string{"无纺布", "PE", "防滑"}},
	{"隔离衣", "件", "箱", 50, catalog.Consumable, 1200, 1095, "", []string{"M", "L", "XL"}},
	{"中单", "条", "箱", 100, catalog.Linen, 2600, 0, "", []string{"白 棉", "蓝 防水", "一次性"}},
	{"床单", "条", "包", 20, catalog.Linen, 4800, 0, "", []string{"白 1.5×2.5", "条纹 1.5×2.5", "儿科"}},
	{"被套", "条", "包", 10, catalog.Linen, 7600, 0, "", []string{"白 1.6×2.1", "条纹 1.6×2.1", "儿科"}},
	{"枕套", "只", "包", 50, catalog.Linen, 1200, 0, "", []string{"白", "条纹", "儿科"}},
	{"病员服", "套", "包", 20, catalog.Linen, 6500, 0, "", []string{"S", "M", "L", "XL", "XXL", "儿童"}},
	{"工作服", "件", "包", 10, catalog.LowValue, 8800, 0, "", []string{"医生 M", "医生 L", "护士 S", "护士 M", "护士 L", "后勤 M", "后勤 L", "后勤 XL"}},
	{"A4复印纸", "张", "包", 500, catalog.Consumable, 5, 0, "", []string{"70克", "80克"}},
	{"硒鼓", "只", "箱", 4, catalog.Consumable, 18500, 730, "", []string{"12A", "78A", "88A", "CF228A", "TN-2325"}},
	{"热敏纸", "卷", "箱", 100, catalog.Consumable, 260, 1095, "", []string{"57×50", "80×60", "80×80"}},
	{"签字笔", "支", "盒", 12, catalog.Consumable, 150, 0, "", []string{"黑", "蓝", "红"}},
	{"病历夹", "只", "箱", 50, catalog.Consumable, 1600, 0, "", []string{"A4 蓝", "A4 白", "A4 透明"}},
	{"文件盒", "只", "箱", 24, catalog.Consumable, 980, 0, "", []string{"35mm", "55mm", "75mm"}},
	{"记录本", "本", "包", 10, catalog.Consumable, 380, 0, "", []string{"交接班", "消毒登记", "设备使用", "会议", "A5 横线"}},
	{"办公椅", "把", "", 0, catalog.LowValue, 28000, 0, "", []string{"网布", "皮面", "吧椅"}},
	{"陪护椅", "把", "", 0, catalog.LowValue, 36000, 0, "", []string{"折叠", "共享"}},
	{"热水瓶", "只", "箱", 12, catalog.LowValue, 3200, 0, "", []string{"2L", "3.2L"}},
	{"输液架", "根", "", 0, catalog.LowValue, 12000, 0, "", []string{"落地", "天轨"}},
	{"大米", "公斤", "袋", 25, catalog.Food, 560, 180, "", []string{"粳米", "籼米"}},
	{"面粉", "公斤", "袋", 25, catalog.Food, 420, 180, "", []string{"特一粉", "高筋"}},
	{"食用油", "升", "桶", 20, catalog.Food, 1150, 540, "", []string{"大豆油", "花生油", "菜籽油"}},
	{"食盐", "袋", "箱", 50, catalog.Food, 200, 1095, "", []string{"加碘 400克", "低钠 400克"}},
	{"强光手电", "只", "箱", 20, catalog.Emergency, 8900, 0, "", []string{"充电式", "防爆"}},
	{"防汛沙袋", "只", "捆", 20, catalog.Emergency, 350, 0, "", []string{"空袋", "吸水膨胀"}},
	{"雨衣", "件", "箱", 20, catalog.Emergency, 4500, 0, "", []string{"分体 L", "分体 XL"}},
	{"铁锹", "把", "捆", 10, catalog.Emergency, 2600, 0, "", []string{"尖头", "平头"}},
}

// itemsWanted is how many items the catalogue has.
const itemsWanted = 630

// mop is what wards get only for the old one.
const mop = "拖把"

// drawers are the classes of the catalogue: code, name, the kind of goods it is of, and the
// trades, categories or names of what lies in it; the first that fits holds.
var drawers = []struct {
	code, name string
	supply     catalog.Supply
	of         []string
}{
	{"01", "印刷品", catalog.Printed, []string{"记录本", "病历夹"}},
	{"02", "办公用品", catalog.Office, []string{"A4复印纸", "硒鼓", "热敏纸", "签字笔", "文件盒", "办公椅"}},
	{"03", "劳保用品", catalog.Protection, []string{"工作服", "雨衣"}},
	{"04", "棉织品", catalog.Cotton, []string{string(catalog.Linen)}},
	{"05", "五金水电", catalog.Hardware, []string{"electric", "water", "metal", "hvac"}},
	{"06", "粮油食品", catalog.Sundry, []string{string(catalog.Food)}},
	{"07", "日用保洁及其他", catalog.Sundry, nil},
}

// classify opens the classes, and says into which goods fall.
func (w *world) classify(ctx context.Context, tx *db.Tx) (func(labels ...string) string, error) {
	ids := make([]string, len(drawers))
	for n, d := range drawers {
		c := catalog.Class{Code: d.code, Name: d.name, Supply: d.supply}
		if err := catalog.AddClass(ctx, tx, &c); err != nil {
			return nil, err
		}
		ids[n] = c.ID
	}
	return func(labels ...string) string {
		for n, d := range drawers {
			if slices.ContainsFunc(labels, func(l string) bool { return slices.Contains(d.of, l) }) {
				return ids[n]
			}
		}
		return ids[len(ids)-1]
	}, nil
}

func (w *world) stockCatalog(ctx context.Context, tx *db.Tx) error {
	class, err := w.classify(ctx, tx)
	if err != nil {
		return err
	}
	for round := 0; len(w.items) < itemsWanted; round++ {
		for _, k := range kinds {
			for _, spec := range k.specs {
				if len(w.items) == itemsWanted {
					return nil
				}
				if round > 0 { // further makes of the same thing
					spec = fmt.Sprintf("%s %s型", spec, string(rune('A'+round-1)))
				}
				i := catalog.Item{Number: fmt.Sprintf("%05d", 10001+len(w.items)), Name: k.name, Spec: spec, Unit: k.unit, Category: k.category, Class: class(k.name, k.trade, string(k.category)),
					Price: k.price * money.Fen(90+w.dice.IntN(30)) / 100, ShelfDays: k.shelf, OldForNew: k.category == catalog.Spare && k.price > 5000 || k.name == mop}
				if k.pack != "" {
					i.Packs = []quantity.Pack{{Unit: k.pack, Factor: k.factor}}
				}
				if err := catalog.Add(ctx, tx, &i); err != nil {
					return fmt.Errorf("%s %s: %w", i.Name, i.Spec, err)
				}
				w.items = append(w.items, i)
				if k.trade != "" {
					w.parts[k.trade] = append(w.parts[k.trade], i)
				}
			}
		}
	}
	return nil
}

func (w *world) openStores(ctx context.Context, tx *db.Tx) error {
	for _, s := range []warehouse.Store{{Code: "ZK", Name: "总务库房"}, {Code: "WX", Name: "维修材料库"}} {
		s.Department = w.byCode["H00"].ID
		if err := warehouse.SetUp(ctx, tx, &s); err != nil {
			return err
		}
		w.stores = append(w.stores, s)
	}
	for i, n := range []string{"清河县恒信五金机电", "清河县洁康日化", "华北医用织物", "冀中办公用品", "清河粮油", "安泰照明电器", "永固管业"} {
		s := suppliers.Supplier{Name: n + "有限公司（虚构）", Contact: string(surnames[i]) + "经理", Phone: fmt.Sprintf("0319-55500%02d", i+1)}
		if err := suppliers.Add(ctx, tx, &s); err != nil {
			return err
		}
		w.suppliers = append(w.suppliers, s)
	}
	for s := range w.stores {
		var lines []warehouse.In
		for _, i := range w.items {
			if w.home(i) == s {
				lines = append(lines, w.some(tx.Today(), i, 200))
			}
		}
		for n, code := range []string{"A-01", "A-02", "A-03", "B-01"} { // a few goods lie on shelves of their own
			b := warehouse.Bin{Store: w.stores[s].ID, Code: code, Note: "货架"}
			if err := warehouse.AddBin(ctx, tx, &b); err != nil {
				return err
			}
			for k := range 3 {
				lines[3*n+k].Bin = b.ID
			}
		}
		for len(lines) > 0 {
			n := min(len(lines), 100)
			if _, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: w.stores[s].ID, Note: "期初", Lines: lines[:n]}); err != nil {
				return err
			}
			lines = lines[n:]
		}
	}
	return w.medicalStock(ctx, tx)
}

// home is the store an item lies in: parts in the store of the workshops.
func (w *world) home(i catalog.Item) int {
	if i.Category == catalog.Spare {
		return 1
	}
	return 0
}

// some is a line of goods coming in, about n of the unit.
func (w *world) some(today period.Day, i catalog.Item, n int) warehouse.In {
	l := warehouse.In{Item: i.ID, Qty: fmt.Sprint(n/2 + w.dice.IntN(n)), Price: i.Price.String()}
	if i.ShelfDays > 0 {
		l.Expiry = today.AddDays(int(i.ShelfDays)/3 + w.dice.IntN(int(i.ShelfDays)/2))
		l.Lot = fmt.Sprintf("%s%02d", string(today)[2:4]+string(today)[5:7], 1+w.dice.IntN(28))
	}
	return l
}

// install puts the lifts and boilers on their cards.
func (w *world) install(ctx context.Context, tx *db.Tx) error {
	for n, b := range buildings {
		if b.floors < 4 {
			continue
		}
		for k := range 2 {
			c := assets.Card{Number: fmt.Sprintf("DT-%02d%d", n+1, k+1), Name: b.name + []string{"客梯", "医用电梯"}[k], Spec: "1000kg 1.0m/s", Department: w.byCode["H00"].ID,
				Special: true, Since: tx.Today().AddDays(-1500 - 100*n), Due: tx.Today().AddDays(20 + 25*n - 40*k)}
			if err := assets.Register(ctx, tx, &c); err != nil {
				return err
			}
			w.lifts = append(w.lifts, c)
		}
	}
	return nil
}
