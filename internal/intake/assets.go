package intake

import (
	"context"
	"strconv"
	"strings"

	"houqin/internal/assets"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/sheet"
)

// assetRow is what a register of assets says of one.
type assetRow struct {
	Number, Name, Spec, Class, Department, Place, Spot, House, Serial, Maker, State, Result string
	Cost                                                                                    sheet.Decimal
	Since, Inspected, Due                                                                   period.Day
	Special                                                                                 bool
}

var assetStates = sure(`
	in_use: 在用 | 使用中 | 正常 | 使用 | 在役 | 完好 | active | operational | operating | in service | ok
	idle: 闲置 | 停用 | 封存 | 备用 | 库存 | inactive | standby | out of use
	repair: 维修 | 维修中 | 待修 | 在修 | 故障 | under repair | in repair | wk in prog | work in progress | out of order
	scrapped: 报废 | 已报废 | 注销 | 已注销 | 处置 | 拆除 | dismantled | disposed | retired | removed | decommissioned`)

var inspectionResults = sure(`
	passed: 合格 | 通过 | 正常 | pass | ok | satisfactory
	defects: 整改 | 限期整改 | 复检合格 | 需整改 | defect | minor defects
	failed: 不合格 | 未通过 | fail | unsatisfactory`)

// assetClasses tell an asset's class by what the name of its type contains; they are
// read from above.
var assetClasses = []struct{ class, words string }{
	{"lift", "电梯|扶梯|升降机|货梯|杂物梯|elevator|escalator|dumbwaiter|lift|manlift|stairlift|freight"},
	{"boiler", "锅炉|boiler"},
	{"gas", "制氧|氧气|负压|压缩空气|医用气体|压力容器|气瓶|oxygen|compressor|pressure vessel|medical gas"},
	{"hvac", "空调|冷水机组|冷却塔|风机|新风|hvac|chiller|air handling|fan"},
	{"power", "变压器|配电|发电机|电源|ups|高压|低压柜|transformer|generator|switchgear"},
	{"water", "水泵|水箱|污水|给水|pump|water"},
	{"fire", "消防|灭火|喷淋|烟感|fire"},
	{"security", "监控|门禁|安防|摄像|camera|access control|security"},
	{"vehicle", "车辆|汽车|救护车|货车|vehicle|ambulance|car|truck|excavator"},
	{"kitchen", "厨房|灶|蒸柜|冰柜|洗碗|kitchen"},
	{"laundry", "洗衣|洗涤|烘干|熨|laundry|washer|dryer"},
	{"computer", "计算机|电脑|打印机|服务器|交换机|显示器|computer|printer|server|laptop"},
	{"furniture", "家具|桌|椅|柜|床|沙发|furniture|desk|chair|cabinet"},
	{"building", "房屋|建筑|构筑物|building"},
	{"medical", "医疗|呼吸机|监护仪|超声|ct|x光|x 光|核磁|内镜|输液泵|medical|ventilator|ultrasound|monitor"},
	{"office", "办公|复印|传真|office"},
}

var assetRows = Kind[assetRow]{
	Name: "assets", May: assets.MayChange, Settings: []string{"department", "class", "dates"}, Extra: true,
	Columns: []Column[assetRow]{
		{Key: "number", Names: "固定资产编号|资产编号|资产编码|卡片编号|设备编号|设备编码|设备代码|注册代码|asset number|asset no|asset code|asset tag|asset id|device number|equipment number|equipment id|=编号|=编码|=number|=id|=code|=tag", Into: func(a *assetRow) any { return &a.Number }, Most: 60},
		{Key: "name", Names: "固定资产名称|资产名称|设备名称|asset name|device name|equipment name|asset description|equipment description|=名称|=name|=description|=equipment", Into: func(a *assetRow) any { return &a.Name }},
		{Key: "class", Names: "资产分类|设备分类|资产类别|设备类别|设备类型|资产类型|分类名称|asset class|asset type|asset category|device type|equipment type|=类别|=分类|=类型|=class|=category|=type", Into: func(a *assetRow) any { return &a.Class }},
		{Key: "spec", Names: "规格型号|型号规格|规格|型号|model number|model|specification", Into: func(a *assetRow) any { return &a.Spec }},
		{Key: "department", Names: "使用科室|使用部门|所属科室|保管部门|管理部门|科室名称|科室编码|科室|部门|department name|department code|department|dept", Into: func(a *assetRow) any { return &a.Department }},
		{Key: "place", Names: "房间编码|位置编码|地点编码|place code|room code|location code|room number", Into: func(a *assetRow) any { return &a.Place }},
		{Key: "spot", Names: "存放地点|安装地点|安装位置|使用地点|存放位置|所在位置|地点|位置|location|street address|street name|address|=street", Into: func(a *assetRow) any { return &a.Spot }},
		{Key: "house", Names: "门牌号|house number|street number", Into: func(a *assetRow) any { return &a.House }},
		{Key: "serial", Names: "出厂编号|出厂序列号|序列号|机身号|产品编号|serial number|serial no|=serial|=sn", Into: func(a *assetRow) any { return &a.Serial }},
		{Key: "maker", Names: "生产厂家|生产厂商|制造单位|制造商|厂家|厂商|品牌|manufacturer|maker|brand", Into: func(a *assetRow) any { return &a.Maker }},
		{Key: "cost", Names: "资产原值|设备原值|账面原值|购置金额|购置价格|采购金额|原值|购价|original cost|purchase price|purchase cost|acquisition cost|original value|=金额|=单价|=cost|=price|=value", Into: func(a *assetRow) any { return &a.Cost }},
		{Key: "since", Names: "启用日期|投用日期|使用日期|入账日期|购置日期|购入日期|验收日期|开始使用日期|in use since|in service date|commissioning date|purchase date|acquisition date|installation date|approval date|install date", Into: func(a *assetRow) any { return &a.Since }},
		{Key: "state", Names: "使用状况|使用状态|资产状态|设备状态|asset status|device status description|device status|equipment status|status description|=状态|=状况|=status|=state|=condition", Into: func(a *assetRow) any { return &a.State }, Like: assetStates},
		{Key: "special", Names: "特种设备|是否特种设备|special equipment", Into: func(a *assetRow) any { return &a.Special }},
		{Key: "inspected", Names: "上次检验日期|最近检验日期|检验日期|年检日期|检测日期|last inspection date|lastper insp date|last periodic inspection date|last inspected|inspection date|=inspected", Into: func(a *assetRow) any { return &a.Inspected }},
		{Key: "result", Names: "检验结论|检验结果|年检结果|inspection result|inspection outcome|lastper insp disp", Into: func(a *assetRow) any { return &a.Result }, Spell: inspectionResults},
		{Key: "due", Names: "下次检验日期|下次年检日期|检验到期日|检验有效期|有效期至|到期日期|next inspection date|inspection due|due date|=due|=expires", Into: func(a *assetRow) any { return &a.Due }},
	},
	Prepare: func(p *Plan) error {
		if !p.has("name") && !p.has("class") {
			return invalid("intake.column_missing", p.kindWord(), p.word("name")+", "+p.word("class"), p.titles())
		}
		if !p.has("name") {
			p.decide("intake.rule.asset_name", p.title("class"))
		}
		if !p.has("number") {
			p.decide("intake.rule.asset_by_content")
		}
		if c := p.Mapping.Settings["class"]; c != "" {
			for _, known := range assets.Classes {
				if c == known {
					p.facts["class"] = c
				}
			}
			if p.facts["class"] == "" {
				return invalid("intake.bad_setting", "class", c, strings.Join(assets.Classes, ", "))
			}
		}
		if p.has("inspected") && !p.has("due") {
			p.decide("intake.rule.due_in_a_year", p.title("inspected"))
		}
		return nil
	},
	Complete: completeAsset,
	Label:    func(a *assetRow) string { return strings.TrimSpace(a.Number + " " + a.Name) },
	Claims:   func(_ *Plan, e *Entry[assetRow]) map[string]string { return map[string]string{"number": e.V.Number} },
	Enter:    enterAsset,
}

func completeAsset(p *Plan, e *Entry[assetRow]) error {
	a := &e.V
	if p.has("number") && a.Number == "" {
		return no("number", "intake.nothing")
	}
	if a.Name == "" && !p.has("name") {
		a.Name = a.Class
	}
	if a.Name == "" {
		if p.has("name") {
			return no("name", "intake.nothing")
		}
		return no("class", "intake.nothing")
	}
	if a.Cost.Digits < 0 {
		return no("cost", "intake.negative")
	}
	if e.Given["maker"] && void(a.Maker) {
		a.Maker, e.Given["maker"] = "", false
		p.note("intake.rule.void", p.title("maker"))
	}
	if e.Given["state"] {
		word, ok := assetStates.find(a.State)
		if !ok {
			p.note("intake.rule.state_unknown", p.title("state"), a.State)
			word = string(assets.InUse)
			e.Extra = append(e.Extra, Pair{p.title("state"), a.State})
		}
		a.State = word
	}
	class := p.facts["class"]
	if class == "" {
		class = classOf(a.Class, a.Name)
	}
	if e.Given["class"] && a.Class != class && a.Class != a.Name {
		e.Extra = append(e.Extra, Pair{p.title("class"), a.Class})
	}
	p.note("intake.rule.asset_class", "assets.class."+class)
	a.Class = class
	if !e.Given["special"] && (class == "lift" || class == "boiler" || !a.Inspected.IsZero() || !a.Due.IsZero()) {
		a.Special, e.Given["special"] = true, true
		p.note("intake.rule.special")
	}
	if e.Given["house"] {
		a.Spot, e.Given["spot"] = strings.TrimSpace(a.House+" "+a.Spot), true
	}
	return nil
}

// classOf is the class that the type of an asset names, else its name.
func classOf(texts ...string) string {
	for _, text := range texts {
		for _, known := range assets.Classes {
			if text == known {
				return known
			}
		}
		words := wordsIn(text)
		whole := strings.Join(words, " ")
		for _, c := range assetClasses {
			for word := range strings.SplitSeq(c.words, "|") {
				if within(words, strings.Fields(word)) || hanWithin(whole, word) || len([]rune(word)) == 1 && han([]rune(word)[0]) && strings.Contains(whole, word) {
					return c.class
				}
			}
		}
	}
	return "other"
}

func enterAsset(ctx context.Context, w *Work, e *Entry[assetRow]) (Outcome, error) {
	row := &e.V
	var c assets.Card
	var err error
	if row.Number != "" {
		c, err = assets.ByNumber(ctx, w.Tx, row.Number)
	} else {
		c.External = "row:" + e.Print + "." + strconv.Itoa(e.Twin)
		var was assets.Card
		if was, err = assets.ByExternal(ctx, w.Tx, c.External); err == nil {
			c = was
		}
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return "", err
	}
	isNew := c.ID == ""
	changed := false // Enter itself says what differs
	differ(&changed, isNew, &c.Number, row.Number)
	differ(&changed, true, &c.Name, row.Name)
	differ(&changed, e.Given["spec"], &c.Spec, row.Spec)
	differ(&changed, e.Given["class"] || isNew, &c.Class, row.Class)
	differ(&changed, e.Given["spot"], &c.Spot, row.Spot)
	differ(&changed, e.Given["serial"], &c.Serial, row.Serial)
	differ(&changed, e.Given["maker"], &c.Maker, row.Maker)
	differ(&changed, e.Given["since"], &c.Since, row.Since)
	differ(&changed, e.Given["state"], &c.State, assets.State(row.State))
	differ(&changed, e.Given["special"], &c.Special, row.Special)
	if e.Given["cost"] {
		f, err := w.fen("cost", row.Cost)
		if err != nil {
			return "", err
		}
		differ(&changed, true, &c.Cost, f)
	}
	// An inspection that the house knows of and the file does not stands.
	if e.Given["inspected"] && row.Inspected >= c.Inspected {
		if !e.Given["due"] && (c.Inspected != row.Inspected || c.Due.IsZero()) {
			c.Due = row.Inspected.AddMonths(12)
		}
		c.Inspected = row.Inspected
		differ(&changed, e.Given["result"], &c.Result, row.Result)
		differ(&changed, e.Given["due"], &c.Due, row.Due)
	} else if !e.Given["inspected"] {
		differ(&changed, e.Given["due"], &c.Due, row.Due)
	}
	if row.Place != "" {
		id, err := w.place(ctx, row.Place)
		if err != nil {
			return "", err
		}
		if id == "" {
			c.Spot = strings.TrimSpace(row.Place + " " + row.Spot)
			w.rule("intake.rule.place_as_spot")
		} else {
			c.Place = id
		}
	}
	department := row.Department
	if department == "" && isNew {
		department = w.Plan.Mapping.Settings["department"]
	}
	if department != "" {
		if c.Department, err = w.department(ctx, "department", department); err != nil {
			return "", err
		}
	}
	if len(e.Extra) > 0 {
		facts := make([]assets.Fact, len(e.Extra))
		for i, p := range e.Extra {
			facts[i] = assets.Fact{Name: p.Name, Value: p.Value}
		}
		c.Extra = assets.ExtraOf(facts...)
	}
	did, err := assets.Enter(ctx, w.Tx, &c)
	return map[assets.Entered]Outcome{assets.Added: New, assets.Changed: Changed, assets.Unchanged: Unchanged}[did], err
}
