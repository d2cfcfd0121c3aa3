package intake

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/sheet"
	"houqin/internal/places"
)

// placeRow is what a list of rooms says of one: its place in the tree either by the
// code of the place it lies in, or by the names of building and floor.
type placeRow struct {
	Code, Name, Kind, Parent, Building, Floor, Campus, Department, Criticality, Phones string
	Area                                                                               sheet.Decimal
	Beds                                                                               int64
}

var placeKinds = sure(`
	building: 楼 | 楼栋 | 大楼 | 建筑 | 建筑物 | 楼宇 | block
	floor: 楼层 | 层 | storey | level
	room: 房间 | 房 | 室 | 病房 | 诊室 | 办公室 | space
	ground: 室外 | 场地 | 院落 | 道路 | 车库 | outside | yard | site`)

var criticalities = sure(`
	theatre: 手术室 | 手术 | 产房 | 介入 | operating theatre | or
	icu: 重症 | 监护室 | 重症监护 | 急诊抢救 | 抢救室 | 血透 | intensive care
	ward: 病区 | 病房 | 门诊 | 医技 | clinical
	office: 办公 | 行政 | 办公室 | administration
	other: 其他 | 其它 | 公共 | 走廊 | 仓库 | 机房 | storage | plant`)

var placeRows = Kind[placeRow]{
	Name: "places", May: places.MayChange, Settings: []string{"campus"},
	Columns: []Column[placeRow]{
		{Key: "code", Names: "房间编码|位置编码|地点编码|空间编码|房间编号|place code|room code|space code|location code|location id|room id|=编码|=编号|=代码|=code|=id", Into: func(p *placeRow) any { return &p.Code }, Most: 60},
		{Key: "name", Names: "房间名称|位置名称|地点名称|空间名称|房间号|房号|门牌号|room name|place name|space name|room number|location name|=名称|=房间|=位置|=地点|=name|=room|=place|=location", Into: func(p *placeRow) any { return &p.Name }, Need: true, Most: 100},
		{Key: "kind", Names: "位置类型|空间类型|地点类型|place kind|place type|location type|=层级|=类型|=类别|=kind|=type|=level", Into: func(p *placeRow) any { return &p.Kind }, Spell: placeKinds},
		{Key: "parent", Names: "上级位置|上级编码|上级|父级|所属位置|parent code|parent place|parent location|parent|located in", Into: func(p *placeRow) any { return &p.Parent }},
		{Key: "building", Names: "楼栋名称|建筑名称|楼宇名称|所在楼栋|所属楼栋|楼栋|大楼|楼宇|建筑物|building name|building|block", Into: func(p *placeRow) any { return &p.Building }, Most: 60},
		{Key: "floor", Names: "所在楼层|所属楼层|楼层|层数|floor name|floor|storey|=层|=level", Into: func(p *placeRow) any { return &p.Floor }, Most: 40},
		{Key: "campus", Names: "所属院区|院区名称|院区|分院|campus|site", Into: func(p *placeRow) any { return &p.Campus }},
		{Key: "department", Names: "使用科室|所属科室|归属科室|科室名称|科室编码|使用部门|科室|部门|department name|department code|department|dept", Into: func(p *placeRow) any { return &p.Department }},
		{Key: "criticality", Names: "重要程度|重要性|区域类别|criticality|importance", Into: func(p *placeRow) any { return &p.Criticality }, Spell: criticalities},
		{Key: "area", Names: "使用面积（㎡）|建筑面积|使用面积|房间面积|面积平方米|面积|area m2|area sqm|floor area|=area", Into: func(p *placeRow) any { return &p.Area }},
		{Key: "beds", Names: "床位数|床位|病床数|number of beds|=beds", Into: func(p *placeRow) any { return &p.Beds }},
		{Key: "phones", Names: "分机号码|内线电话|分机号|分机|电话号码|电话|extension|telephone|phone", Into: func(p *placeRow) any { return &p.Phones }},
	},
	Prepare: func(p *Plan) error {
		if !p.has("code") {
			p.decide("intake.rule.place_code")
		}
		if p.has("building") {
			p.decide("intake.rule.place_tree")
		}
		return nil
	},
	Complete: completePlace,
	Label:    func(p *placeRow) string { return strings.TrimSpace(p.Code + " " + p.Name) },
	Claims:   func(_ *Plan, e *Entry[placeRow]) map[string]string { return map[string]string{"code": e.V.Code} },
	Above:    func(_ *Plan, p *placeRow) ([]string, string) { return []string{p.Code, p.Name}, p.Parent },
	Enter:    enterPlace,
}

func completePlace(p *Plan, e *Entry[placeRow]) error {
	row := &e.V
	if row.Area.Digits < 0 {
		return no("area", "intake.negative")
	}
	if row.Beds < 0 {
		return no("beds", "intake.negative")
	}
	if !p.has("code") {
		row.Code = treeCode(row.Campus, row.Building, row.Floor, row.Name)
	} else if row.Code == "" {
		return no("code", "intake.nothing")
	}
	if row.Kind == "" {
		row.Kind = string(places.Room)
		switch {
		case e.Given["building"] || e.Given["parent"]:
		case p.has("building") && !e.Given["building"]:
			return no("building", "intake.nothing")
		case p.has("parent"):
			row.Kind = string(places.Building) // it lies in nothing
		}
		if !p.has("kind") {
			p.note("intake.rule.place_kind", "places.kind."+row.Kind)
		}
	}
	return nil
}

// treeCode names a place by the names above it: 门诊楼-3层-301.
func treeCode(names ...string) string {
	names = slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "" })
	for i := range names {
		names[i] = strings.ReplaceAll(oneSpace(names[i]), " ", "")
	}
	return strings.Join(names, "-")
}

func enterPlace(ctx context.Context, w *Work, e *Entry[placeRow]) (Outcome, error) {
	row := &e.V
	p, err := places.ByCode(ctx, w.Tx, row.Code)
	isNew := fault.KindOf(err) == fault.NotFound
	if err != nil && !isNew {
		return "", err
	}
	if !isNew {
		if p.Phones, err = places.Phones(ctx, w.Tx, p.ID); err != nil {
			return "", err
		}
	}
	changed := false
	campus := row.Campus
	if campus == "" {
		campus = w.Plan.Mapping.Settings["campus"]
	}
	if campus != "" {
		if campus, err = w.campus(ctx, campus); err != nil {
			return "", err
		}
	}
	parent := ""
	err = nil
	switch {
	case row.Parent != "":
		if parent, err = w.place(ctx, row.Parent); err == nil && parent == "" {
			err = no("parent", "intake.no_place", row.Parent)
		}
	case row.Building != "":
		parent, err = w.floor(ctx, row, campus)
	}
	if err != nil {
		return "", err
	}
	if parent != "" {
		differ(&changed, true, &p.Parent, parent)
	} else if campus != "" {
		differ(&changed, true, &p.Campus, campus)
	}
	differ(&changed, true, &p.Name, oneSpace(row.Name))
	differ(&changed, e.Given["kind"] || isNew, &p.Kind, places.Kind(row.Kind))
	differ(&changed, e.Given["criticality"], &p.Criticality, row.Criticality)
	differ(&changed, e.Given["beds"], &p.Beds, row.Beds)
	if e.Given["area"] {
		dm2, exact := row.Area.Scaled(2)
		if !exact {
			return "", no("area", "places.bad_area")
		}
		differ(&changed, true, &p.Area, dm2)
	}
	if e.Given["department"] {
		id, err := w.department(ctx, "department", row.Department)
		if err != nil {
			return "", err
		}
		differ(&changed, true, &p.Department, id)
	}
	if e.Given["phones"] {
		phones := listOf(row.Phones)
		slices.Sort(phones)
		if !slices.Equal(phones, p.Phones) {
			p.Phones, changed = phones, true
		}
	}
	switch {
	case isNew:
		p.Code = row.Code
		return New, places.Add(ctx, w.Tx, &p)
	case changed:
		return Changed, places.Change(ctx, w.Tx, &p)
	}
	return Unchanged, nil
}

// floor is the floor of the row's building, or the building where it names no floor;
// what is not there is entered.
func (w *Work) floor(ctx context.Context, row *placeRow, campus string) (string, error) {
	building, err := w.level(ctx, treeCode(row.Campus, row.Building), row.Building, places.Building, "", campus)
	if err != nil || row.Floor == "" {
		return building, err
	}
	return w.level(ctx, treeCode(row.Campus, row.Building, row.Floor), row.Floor, places.Floor, building, campus)
}

func (w *Work) level(ctx context.Context, code, name string, kind places.Kind, parent, campus string) (string, error) {
	return w.once("level "+code, func() (string, error) {
		p, err := places.ByCode(ctx, w.Tx, code)
		if fault.KindOf(err) != fault.NotFound {
			return p.ID, err
		}
		same, err := places.Places.All(ctx, w.Tx, list.Where{}.And("p.name = ? AND p.kind = ? AND p.parent = ? AND p.closed = false", oneSpace(name), kind, parent), 2)
		if err != nil || len(same) == 1 {
			if len(same) == 1 {
				return same[0].ID, nil
			}
			return "", err
		}
		p = places.Place{Code: code, Name: oneSpace(name), Kind: kind, Parent: parent, Campus: campus}
		w.opened("intake.rule.level", code, "places.kind."+string(kind))
		err = places.Add(ctx, w.Tx, &p)
		return p.ID, err
	})
}
