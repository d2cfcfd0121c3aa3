package intake

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"houqin/internal/base/fault"
	"houqin/internal/people"
)

// staffRow is what a staff list says of one person.
type staffRow struct {
	Number, Name, Department, Posts, Trades, Phone, State string
}

// crafts are the crafts of the logistics teams as lists write them.
var crafts = spelling("intake.unknown_word", `
	electric: 电工 | 电气 | 强电 | 高压电工 | 低压电工 | 配电 | electrician | electrical
	water: 水工 | 水暖工 | 管道工 | 水电工 | plumber | plumbing
	metal: 焊工 | 金工 | 钣金 | 锁匠 | welder | locksmith
	carpentry: 木工 | 家具维修 | carpenter
	masonry: 泥瓦工 | 瓦工 | 泥工 | 油漆工 | mason | painter
	hvac: 空调工 | 制冷工 | 暖通 | air conditioning
	lift: 电梯工 | 电梯司机 | 电梯安全员 | elevator
	boiler: 司炉工 | 锅炉工 | stoker
	gas: 氧气工 | 制氧工 | 医用气体 | medical gas
	sewage: 污水处理工 | 污水工
	network: 弱电 | 网络 | 通信 | 电话 | it
	equipment: 设备维修 | 机修工 | 机修 | fitter | mechanic
	cleaning: 保洁 | 保洁员 | 清洁工 | cleaner
	portering: 运送 | 运送员 | 陪检 | 担架工 | porter
	laundry: 洗衣 | 洗涤 | 被服 | 缝纫
	kitchen: 厨师 | 炊事员 | 食堂 | 配餐 | cook
	driving: 司机 | 驾驶员 | driver
	guarding: 保安 | 门卫 | 消防值班 | guard | security`)

var employed = sure(`
	here: 在职 | 在岗 | 在编 | 正常 | 试用 | 试用期 | 返聘 | active | employed | current
	gone: 离职 | 离岗 | 辞职 | 退休 | 调出 | 停用 | 死亡 | left | resigned | retired | inactive`)

var staffRows = Kind[staffRow]{
	Name: "staff", May: people.MayHire, Settings: []string{"department"},
	Columns: []Column[staffRow]{
		{Key: "number", Names: "职工编号|员工编号|人员编号|职工号|员工号|工作证号|工号|人员编码|staff number|employee number|employee no|employee id|staff id|staff no|personnel number|=编号|=编码|=number|=id|=no", Into: func(s *staffRow) any { return &s.Number }, Need: true, Most: 40},
		{Key: "name", Names: "职工姓名|员工姓名|姓名|full name|employee name|staff name|=人员|=name", Into: func(s *staffRow) any { return &s.Name }, Need: true, Most: 60},
		{Key: "department", Names: "所属科室|所在科室|科室名称|科室编码|所属部门|部门名称|科室|部门|department name|department code|department|dept|=单位|=unit|=ward", Into: func(s *staffRow) any { return &s.Department }},
		{Key: "posts", Names: "岗位名称|岗位|职务|职称|post|position|job title|=title|=role", Into: func(s *staffRow) any { return &s.Posts }},
		{Key: "trades", Names: "工种|专业工种|技能|trade|craft|skill", Into: func(s *staffRow) any { return &s.Trades }},
		{Key: "phone", Names: "手机号码|联系电话|移动电话|手机号|手机|电话|mobile phone|telephone|mobile|phone", Into: func(s *staffRow) any { return &s.Phone }, Most: 40},
		{Key: "state", Names: "在职状态|人员状态|员工状态|employment status|=状态|=status", Into: func(s *staffRow) any { return &s.State }, Spell: employed},
	},
	Prepare: func(p *Plan) error {
		if !p.has("department") && p.Mapping.Settings["department"] == "" {
			p.decide("intake.rule.no_department", unstatedCode, unstatedName)
		}
		return nil
	},
	Complete: func(p *Plan, e *Entry[staffRow]) error {
		s := &e.V
		s.Number, s.Name = norm.NFKC.String(s.Number), norm.NFC.String(s.Name) // as the books keep them
		if e.Given["phone"] {
			s.Phone = strings.TrimSuffix(s.Phone, ".0") // a number that a spreadsheet made of it
		}
		if p.has("department") && !e.Given["department"] && p.Mapping.Settings["department"] == "" {
			return no("department", "intake.nothing")
		}
		return nil
	},
	Label: func(s *staffRow) string { return strings.TrimSpace(s.Number + " " + s.Name) },
	Claims: func(_ *Plan, e *Entry[staffRow]) map[string]string {
		return map[string]string{"number": strings.ToLower(e.V.Number)}
	},
	Enter: enterPerson,
}

// list takes several words of a cell apart.
func listOf(s string) (all []string) {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;；/\n", r) }) {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(all, part) {
			all = append(all, part)
		}
	}
	return all
}

func enterPerson(ctx context.Context, w *Work, e *Entry[staffRow]) (Outcome, error) {
	row := &e.V
	p, err := people.ByNumber(ctx, w.Tx, row.Number)
	isNew := fault.KindOf(err) == fault.NotFound
	if err != nil && !isNew {
		return "", err
	}
	if row.State == "gone" {
		switch {
		case isNew:
			return "", no("state", "intake.has_left")
		case p.Closed:
			return Unchanged, nil
		}
		return Changed, people.Leave(ctx, w.Tx, p.ID, p.Version, w.Plan.Name)
	}
	if !isNew && p.Closed {
		return "", no("number", "intake.is_closed", p.Name)
	}
	changed := false
	differ(&changed, true, &p.Name, oneSpace(row.Name))
	if row.Department != "" || isNew {
		id := ""
		if row.Department != "" {
			id, err = w.department(ctx, "department", row.Department)
		} else {
			id, err = w.defaultDepartment(ctx)
		}
		if err != nil {
			return "", err
		}
		differ(&changed, true, &p.Department, id)
	}
	differ(&changed, e.Given["posts"], &p.Posts, people.Of(listOf(row.Posts)))
	differ(&changed, e.Given["phone"], &p.Phone, strings.TrimSpace(row.Phone))
	if e.Given["trades"] {
		var known []string
		for _, word := range listOf(row.Trades) {
			trade, ok := crafts.find(word)
			if !ok {
				return "", no("trades", "intake.unknown_word", word)
			}
			known = append(known, trade)
		}
		differ(&changed, true, &p.Trades, people.Of(known))
	}
	switch {
	case isNew:
		p.Number = row.Number
		return New, people.Hire(ctx, w.Tx, &p)
	case changed:
		return Changed, people.Change(ctx, w.Tx, &p)
	}
	return Unchanged, nil
}
