package intake

import (
	"context"
	"regexp"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/departments"
)

// departmentRow is what a list of departments says of one.
type departmentRow struct {
	Code, Name, Kind, Parent, Campus, Phone, CostCentre, Official string
	Beds                                                          int64
}

var departmentKinds = sure(`
	ward: 病区 | 病房 | 护理单元 | 临床 | 临床科室 | 住院 | inpatient | nursing unit | clinical
	clinic: 门诊 | 门诊科室 | 诊室 | 急诊 | outpatient
	technology: 医技 | 医技科室 | 辅助科室 | 药剂 | 检验 | 影像 | medical technology | laboratory | diagnostic
	office: 职能 | 职能科室 | 行政 | 行政科室 | 机关 | 管理 | administration | administrative
	team: 班组 | 后勤班组 | 后勤 | 工勤 | logistics team | logistics | support | crew
	contractor: 外包 | 外包单位 | 外委 | 第三方 | 承包商 | contracted | vendor`)

var departmentRows = Kind[departmentRow]{
	Name: "departments", May: departments.MayChange, Settings: []string{"kind", "campus"},
	Columns: []Column[departmentRow]{
		{Key: "code", Names: "科室编码|科室代码|部门编码|部门代码|科室编号|部门编号|单位编码|department code|dept code|department id|dept id|department no|department number|=编码|=代码|=编号|=code|=id|=no", Into: func(d *departmentRow) any { return &d.Code }, Most: 40},
		{Key: "name", Names: "科室名称|部门名称|单位名称|科室|部门|department name|dept name|department|dept|=名称|=name|=单位|ward|unit name", Into: func(d *departmentRow) any { return &d.Name }, Need: true},
		{Key: "kind", Names: "科室类别|科室类型|部门类别|部门类型|科室性质|department type|department kind|=类别|=类型|=性质|=type|=kind|=category", Into: func(d *departmentRow) any { return &d.Kind }, Spell: departmentKinds},
		{Key: "parent", Names: "上级科室|上级部门|上级编码|上级|父级|父科室|所属科室|归属部门|parent department|parent code|parent|part of|belongs to", Into: func(d *departmentRow) any { return &d.Parent }},
		{Key: "campus", Names: "所属院区|院区名称|院区|分院|campus|site", Into: func(d *departmentRow) any { return &d.Campus }},
		{Key: "phone", Names: "科室电话|联系电话|电话号码|电话|分机|内线|telephone|phone|extension", Into: func(d *departmentRow) any { return &d.Phone }, Most: 40},
		{Key: "beds", Names: "编制床位|开放床位|床位数|床位|病床数|number of beds|beds", Into: func(d *departmentRow) any { return &d.Beds }},
		{Key: "cost_centre", Names: "成本中心编码|成本中心|核算单元|cost centre|cost center", Into: func(d *departmentRow) any { return &d.CostCentre }},
		{Key: "official", Names: "国家科室代码|国标代码|诊疗科目代码|标准代码|official code|national code|standard code", Into: func(d *departmentRow) any { return &d.Official }},
	},
	Prepare: func(p *Plan) error {
		if !p.has("code") {
			p.decide("intake.rule.name_is_code")
		}
		if !p.has("kind") {
			if k := p.Mapping.Settings["kind"]; k != "" {
				word, ok := departmentKinds.find(k)
				if !ok {
					return invalid("intake.bad_setting", "kind", k, strings.Join(departmentKinds.Words(), ", "))
				}
				p.facts["kind"] = word
				p.decide("intake.rule.kind_told", "departments.kind."+word)
			} else {
				p.decide("intake.rule.kind_by_code")
			}
		}
		return nil
	},
	Complete: func(p *Plan, e *Entry[departmentRow]) error {
		d := &e.V
		if !p.has("code") {
			d.Code = d.Name
		} else if d.Code == "" {
			return no("code", "intake.nothing")
		}
		if d.Parent == "" && p.has("code") && !p.has("parent") {
			if at := strings.LastIndexByte(d.Code, '.'); at > 0 {
				d.Parent = d.Code[:at]
				p.note("intake.rule.dotted")
			}
		}
		if !p.has("official") && official.MatchString(d.Code) {
			d.Official = d.Code
			e.Given["official"] = true
			p.note("intake.rule.official")
		}
		return nil
	},
	Label:  func(d *departmentRow) string { return strings.TrimSpace(d.Code + " " + d.Name) },
	Claims: func(_ *Plan, e *Entry[departmentRow]) map[string]string { return map[string]string{"code": e.V.Code} },
	Above:  func(_ *Plan, d *departmentRow) ([]string, string) { return []string{d.Code, d.Name}, d.Parent },
	Enter:  enterDepartment,
}

// official is the form of a code in the national dictionary of departments.
var official = regexp.MustCompile(`^[A-D]\d\d(\.\d\d){0,2}$`)

// kindOf says what a department is for where the file does not: by its code in the
// national dictionary, else by what its name contains, else a ward.
func kindOf(d *departmentRow) departments.Kind {
	if official.MatchString(d.Code) {
		switch c := d.Code[:3]; {
		case c == "A30" || c == "A31" || c == "A32" || c == "A26" || c == "D72" || c == "D74":
			return departments.Technology // laboratory, pathology, imaging, anaesthesia, pharmacy, blood
		case c[0] == 'A':
			return departments.Ward
		}
		return departments.Office
	}
	for _, by := range kindsByName {
		for word := range strings.SplitSeq(by.words, "|") {
			if strings.Contains(strings.ToLower(d.Name), word) {
				return by.kind
			}
		}
	}
	return departments.Ward
}

// kindsByName are read from above: 急诊药房 is a pharmacy before it is a clinic.
var kindsByName = []struct {
	kind  departments.Kind
	words string
}{
	{departments.Contractor, "公司|外包|物业|contractor|ltd"},
	{departments.Team, "班组|电工|水工|木工|维修班|维修组|保洁|运送|锅炉|洗衣|食堂|车队|保安|氧气站|污水站|crew|maintenance team"},
	{departments.Technology, "检验|病理|影像|放射|超声|药房|药剂|药学|麻醉|手术室|输血|血库|核医学|心电|内镜|消毒供应|laboratory|radiology|pharmacy|theatre|imaging"},
	{departments.Office, "办公室|院办|处|财务|人事|人力|审计|纪检|总务|后勤|设备科|信息科|信息中心|医务|护理部|保卫|采购|基建|党委|工会|档案|医保|office|finance|human resources|administration"},
	{departments.Clinic, "门诊|急诊|诊室|outpatient|clinic|emergency"},
}

func enterDepartment(ctx context.Context, w *Work, e *Entry[departmentRow]) (Outcome, error) {
	row := e.V
	d, err := departments.ByCode(ctx, w.Tx, row.Code)
	isNew := fault.KindOf(err) == fault.NotFound
	if err != nil && !isNew {
		return "", err
	}
	if isNew && !w.Plan.has("code") {
		// The name is the code: a department of this name that has another is this one.
		same, err := departments.Departments.All(ctx, w.Tx, list.Where{}.And("d.name = ?", row.Name), 2)
		if err != nil {
			return "", err
		}
		if len(same) == 1 {
			d, isNew = same[0], false
		}
	}
	changed := false
	if row.Parent != "" {
		id, err := w.department(ctx, "parent", row.Parent)
		if err != nil {
			return "", err
		}
		differ(&changed, true, &d.Parent, id)
	}
	if row.Campus == "" {
		row.Campus = w.Plan.Mapping.Settings["campus"]
	}
	if row.Campus != "" {
		id, err := w.campus(ctx, row.Campus)
		if err != nil {
			return "", err
		}
		differ(&changed, true, &d.Campus, id)
	}
	differ(&changed, true, &d.Name, row.Name)
	differ(&changed, e.Given["kind"], &d.Kind, departments.Kind(row.Kind))
	differ(&changed, e.Given["phone"], &d.Phone, row.Phone)
	differ(&changed, e.Given["beds"], &d.Beds, row.Beds)
	differ(&changed, e.Given["cost_centre"], &d.CostCentre, row.CostCentre)
	differ(&changed, e.Given["official"], &d.Official, row.Official)
	if row.Beds < 0 || row.Beds > 5000 {
		return "", no("beds", "base.between", 0, 5000)
	}
	if !isNew {
		if !changed {
			return Unchanged, nil
		}
		return Changed, departments.Change(ctx, w.Tx, &d)
	}
	d.Code = row.Code
	if d.Kind == "" {
		if d.Kind = departments.Kind(w.Plan.facts["kind"]); d.Kind == "" {
			d.Kind = kindOf(&row)
		}
		w.rule("intake.rule.kind", "departments.kind."+string(d.Kind))
	}
	return New, departments.Found(ctx, w.Tx, &d)
}

// department is the one that a text means: by its code, else by its name if only one
// has it.
func (w *Work) department(ctx context.Context, field, text string) (string, error) {
	return w.once("department "+text, func() (string, error) {
		d, err := departments.ByCode(ctx, w.Tx, text)
		if err == nil {
			return d.ID, nil
		}
		if fault.KindOf(err) != fault.NotFound {
			return "", err
		}
		byKey, several := w.meant(text)
		if byKey {
			return "", no(field, "intake.no_department", text)
		}
		same, err := departments.Departments.All(ctx, w.Tx, list.Where{}.And("d.name = ? AND d.closed = false", text), 2)
		switch {
		case several:
			return "", no(field, "intake.two_departments", text)
		case err != nil:
			return "", err
		case len(same) == 0:
			return "", no(field, "intake.no_department", text)
		case len(same) > 1:
			return "", no(field, "intake.two_departments", text)
		}
		return same[0].ID, nil
	})
}

// campus is the one with this name or code; one that is not there is opened.
func (w *Work) campus(ctx context.Context, text string) (string, error) {
	return w.once("campus "+text, func() (string, error) {
		c, err := departments.CampusByName(ctx, w.Tx, text)
		if fault.KindOf(err) != fault.NotFound {
			return c.ID, err
		}
		c = departments.Campus{Code: text, Name: text}
		w.opened("intake.rule.campus", text, text)
		err = departments.FoundCampus(ctx, w.Tx, &c)
		return c.ID, err
	})
}

// unstated is the department on which lands what names none.
const (
	unstatedCode = "IMPORT"
	unstatedName = "未注明科室"
)

// defaultDepartment is the one that the person named for the whole file, or the one
// that takes what names none; it is founded when it is first needed.
func (w *Work) defaultDepartment(ctx context.Context) (string, error) {
	if told := w.Plan.Mapping.Settings["department"]; told != "" {
		return w.department(ctx, "department", told)
	}
	return w.once("the default department", func() (string, error) {
		d, err := departments.ByCode(ctx, w.Tx, unstatedCode)
		if fault.KindOf(err) != fault.NotFound {
			return d.ID, err
		}
		d = departments.Department{Code: unstatedCode, Name: unstatedName, Kind: departments.Office}
		err = departments.Found(ctx, w.Tx, &d)
		return d.ID, err
	})
}
