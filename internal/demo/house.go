package demo

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/places"
)

// plan is the organisation: code, name, kind, campus, beds, and the floor it occupies.
var plan = []struct {
	code, name string
	kind       departments.Kind
	campus     int
	beds       int64
	building   string
	floor      int
}{
	{"N01", "心血管内科", departments.Ward, 0, 48, "内科楼", 3}, {"N02", "呼吸内科", departments.Ward, 0, 46, "内科楼", 4},
	{"N03", "消化内科", departments.Ward, 0, 42, "内科楼", 5}, {"N04", "神经内科", departments.Ward, 0, 44, "内科楼", 6},
	{"N05", "内分泌科", departments.Ward, 0, 36, "内科楼", 7}, {"N06", "肾内科", departments.Ward, 0, 32, "内科楼", 8},
	{"W01", "普外科", departments.Ward, 0, 48, "外科楼", 3}, {"W02", "骨科", departments.Ward, 0, 46, "外科楼", 4},
	{"W03", "神经外科", departments.Ward, 0, 30, "外科楼", 5}, {"W04", "泌尿外科", departments.Ward, 0, 30, "外科楼", 6},
	{"W05", "妇科", departments.Ward, 0, 34, "外科楼", 7}, {"W06", "产科", departments.Ward, 0, 38, "外科楼", 8},
	{"W07", "儿科", departments.Ward, 0, 36, "内科楼", 2}, {"ICU", "重症医学科", departments.Ward, 0, 16, "外科楼", 2},
	{"X01", "感染科", departments.Ward, 1, 28, "感染楼", 2}, {"X02", "康复医学科", departments.Ward, 1, 26, "康复楼", 2}, {"X03", "中医科", departments.Ward, 1, 20, "康复楼", 3},
	{"M01", "急诊科", departments.Clinic, 0, 0, "门诊楼", 1}, {"M02", "门诊部", departments.Clinic, 0, 0, "门诊楼", 2}, {"M03", "口腔科", departments.Clinic, 0, 0, "门诊楼", 3},
	{"M04", "眼耳鼻喉科", departments.Clinic, 0, 0, "门诊楼", 4}, {"M05", "体检中心", departments.Clinic, 1, 0, "综合楼", 2},
	{"J01", "手术室", departments.Technology, 0, 0, "外科楼", 1}, {"J02", "检验科", departments.Technology, 0, 0, "医技楼", 2}, {"J03", "放射科", departments.Technology, 0, 0, "医技楼", 1},
	{"J04", "药剂科", departments.Technology, 0, 0, "医技楼", 3}, {"J05", "消毒供应中心", departments.Technology, 0, 0, "医技楼", 4},
	{"B01", "院办公室", departments.Office, 0, 0, "行政楼", 3}, {"B02", "护理部", departments.Office, 0, 0, "行政楼", 2}, {"B03", "财务科", departments.Office, 0, 0, "行政楼", 1},
	{"H00", "后勤保障科", departments.Office, 0, 0, "后勤楼", 2}, {"H01", "后勤服务中心", departments.Team, 0, 0, "后勤楼", 1},
	{"H02", "电工班", departments.Team, 0, 0, "后勤楼", 1}, {"H03", "水暖班", departments.Team, 0, 0, "后勤楼", 1}, {"H04", "综合维修班", departments.Team, 0, 0, "后勤楼", 2},
}

// buildings are the two campuses' houses with the number of their floors.
var buildings = []struct {
	campus int
	name   string
	floors int
}{
	{0, "门诊楼", 5}, {0, "外科楼", 9}, {0, "内科楼", 9}, {0, "医技楼", 5}, {0, "行政楼", 4}, {0, "后勤楼", 2}, {1, "感染楼", 3}, {1, "康复楼", 4}, {1, "综合楼", 3},
}

// roomsWanted is how many rooms the hospital has together.
const roomsWanted = 900

func (w *world) organise(ctx context.Context, tx *db.Tx) error {
	if err := db.Set(ctx, tx, "hospital.name", Name); err != nil {
		return err
	}
	w.campuses = []departments.Campus{{Code: "D", Name: "东院区"}, {Code: "X", Name: "西院区"}}
	for i := range w.campuses {
		if err := departments.FoundCampus(ctx, tx, &w.campuses[i]); err != nil {
			return err
		}
	}
	for i, p := range plan {
		u := &unit{campus: p.campus, Department: departments.Department{Code: p.code, Name: p.name, Kind: p.kind, Beds: p.beds,
			Campus: w.campuses[p.campus].ID, CostCentre: fmt.Sprintf("C%03d", 100+i), Phone: fmt.Sprintf("6%03d", 100+i)}}
		if p.kind == departments.Team {
			u.Parent = w.byCode["H00"].ID
		}
		if err := departments.Found(ctx, tx, &u.Department); err != nil {
			return err
		}
		w.units, w.byCode[p.code] = append(w.units, u), u
	}
	return nil
}

// wardRooms are what a ward has besides its patients' rooms.
var wardRooms = []string{"护士站", "医生办公室", "治疗室", "处置室", "换药室", "污物间", "开水间", "库房", "值班室", "卫生间"}

func (w *world) build(ctx context.Context, tx *db.Tx) error {
	floors := 0
	for _, b := range buildings {
		floors += b.floors
	}
	made, left := 0, floors
	for bi, b := range buildings {
		house := places.Place{Code: fmt.Sprintf("%s%d", w.campuses[b.campus].Code, bi+1), Name: b.name, Kind: places.Building, Campus: w.campuses[b.campus].ID, Area: int64(b.floors) * 96000}
		if err := places.Add(ctx, tx, &house); err != nil {
			return err
		}
		for f := 1; f <= b.floors; f++ {
			u := w.tenant(b.name, f)
			floor := places.Place{Code: fmt.Sprintf("%s-%d", house.Code, f), Name: fmt.Sprintf("%d层", f), Kind: places.Floor, Parent: house.ID, Area: 96000, Criticality: "other"}
			if u != nil {
				floor.Department = u.ID
			}
			if err := places.Add(ctx, tx, &floor); err != nil {
				return err
			}
			n := (roomsWanted - made) / left
			left--
			for i := 1; i <= n; i++ {
				r := places.Place{Code: fmt.Sprintf("%s-%d%02d", house.Code, f, i), Name: fmt.Sprintf("%d%02d", f, i), Kind: places.Room, Parent: floor.ID, Area: 1200 + int64(w.dice.IntN(24))*100, Criticality: "office"}
				if u != nil && i <= len(wardRooms) {
					r.Name = wardRooms[i-1]
				} else if u != nil && u.Kind == departments.Ward {
					r.Name, r.Beds, r.Criticality = r.Name+"病房", 3, "ward"
				}
				if u != nil && u.Code == "ICU" {
					r.Criticality = "icu"
				}
				if u != nil && u.Code == "J01" {
					r.Criticality = "theatre"
				}
				if u != nil && i == 1 {
					r.Phones = []string{u.Phone}
				}
				if err := places.Add(ctx, tx, &r); err != nil {
					return err
				}
				made++
				if u != nil {
					u.rooms = append(u.rooms, r)
				}
			}
		}
	}
	for _, u := range w.units { // those that share a floor report from its rooms
		if len(u.rooms) == 0 {
			u.rooms = w.byCode["H00"].rooms
		}
	}
	return nil
}

// tenant is the department that occupies a floor, if one does.
func (w *world) tenant(building string, floor int) *unit {
	for _, p := range plan {
		if p.building == building && p.floor == floor {
			return w.byCode[p.code]
		}
	}
	return nil
}

var (
	surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
	givens   = []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文斌鹏宇晨欣怡佳慧琳雪梅红志海波")
)

func (w *world) name(taken map[string]bool) string {
	for {
		n := string([]rune{pick(w, surnames), pick(w, givens)})
		if w.dice.IntN(3) > 0 {
			n += string(pick(w, givens))
		}
		if !taken[n] {
			taken[n] = true
			return n
		}
	}
}

// posts says how many of whom a department has; the rest of the 160 are nurses.
var posts = map[string][]struct {
	role, post, trade string
	n                 int
}{
	"H00": {{"director", "后勤主任", "", 1}, {"section_head", "副科长", "", 2}, {"storekeeper", "库管员", "", 3}, {"auditor", "审计员", "", 1}},
	"H01": {{"dispatcher", "调度员", "", 5}},
	"H02": {{"technician", "电工", "electric", 7}},
	"H03": {{"technician", "水暖工", "water", 6}},
	"H04": {{"technician", "维修工", "metal,carpentry,hvac", 7}},
	"B01": {{"administrator", "系统管理员", "", 1}, {"security_admin", "安全管理员", "", 1}, {"audit_admin", "审计管理员", "", 1}},
}

// staffWanted is how many people the demo has.
const staffWanted = 160

func (w *world) hire(ctx context.Context, tx *db.Tx) error {
	taken := map[string]bool{}
	add := func(u *unit, role, post, trades string) error {
		p := &person{role: role, Person: people.Person{Number: fmt.Sprintf("%04d", 1001+len(w.staff)), Name: w.name(taken), Department: u.ID, Posts: people.Of([]string{post}),
			Trades: people.List(trades), Phone: fmt.Sprintf("139%08d", w.dice.IntN(100_000_000))}}
		if role == "auditor" { // who audits logistics does not belong to it
			p.Department = w.byCode["B01"].ID
		}
		if err := people.Hire(ctx, tx, &p.Person); err != nil {
			return err
		}
		w.staff, u.staff = append(w.staff, p), append(u.staff, p)
		return nil
	}
	for _, u := range w.units {
		for _, p := range posts[u.Code] {
			for range p.n {
				if err := add(u, p.role, p.post, p.trade); err != nil {
					return err
				}
			}
		}
		if posts[u.Code] == nil {
			if err := add(u, "head_nurse", "护士长", ""); err != nil {
				return err
			}
		}
	}
	for i := 0; len(w.staff) < staffWanted-3; i++ {
		u := w.units[i%len(w.units)]
		if posts[u.Code] == nil {
			if err := add(u, "ward", "护士", ""); err != nil {
				return err
			}
		}
	}
	if err := add(w.byCode["B01"], "president", "院长", ""); err != nil {
		return err
	}
	if err := add(w.byCode["B01"], "secretary", "院办秘书", ""); err != nil {
		return err
	}
	if err := add(w.byCode["B01"], "vice_president", "分管副院长", ""); err != nil {
		return err
	}
	for _, p := range []struct{ unit, role, post string }{{"H00", "planner", "计划员"}, {"H00", "buyer", "采购员"}, {"B03", "finance", "会计"}, {"B03", "property_accountant", "资产会计"}} {
		u := w.byCode[p.unit]
		ward := u.staff // they sit in the office and report no faults
		if err := add(u, p.role, p.post, ""); err != nil {
			return err
		}
		u.staff = ward
	}
	return nil
}

// entitle gives everybody their role and reads what it lets them do.
func (w *world) entitle(ctx context.Context) error {
	err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		heads := 0
		for _, p := range w.staff {
			role, err := people.RoleByCode(ctx, tx, p.role)
			if err != nil {
				return err
			}
			if p.role == "section_head" {
				if heads++; heads == 2 { // the second keeps the basic data besides
					keeper, err := people.RoleByCode(ctx, tx, "data_clerk")
					if err != nil {
						return err
					}
					if err := people.Grant(ctx, tx, &people.Appointment{Person: p.ID, Role: keeper.ID, Extent: people.Everywhere, From: tx.Today()}); err != nil {
						return err
					}
				}
			}
			a := people.Appointment{Person: p.ID, Role: role.ID, Extent: people.Everywhere, From: tx.Today()}
			if p.role == "ward" || p.role == "head_nurse" {
				a.Extent, a.Unit = people.InDepartment, p.Department
			}
			if err := people.Grant(ctx, tx, &a); err != nil {
				return err
			}
			if err := people.OpenAccount(ctx, tx, p.ID, p.Number); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range w.staff {
		if p.actor, err = people.ActorOf(ctx, w.d, p.ID, w.d.Now()); err != nil {
			return err
		}
		p.actor.Source = "demo"
	}
	return nil
}
