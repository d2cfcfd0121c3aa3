package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// stage is the hospital in which is measured: who is there and what they may name.
type stage struct {
	Departments []string
	Places      []string
	PlaceOwner  []string // department of each place
	Items       []string
	Store       string
	Nurses      []string // tokens
	Keepers     []string // tokens
	Receivers   []string // persons
	Head        string   // token of somebody who sees everything
	Chief       string   // the same person
	Login       string   // of the same
	Password    string
}

const (
	units      = 35
	rooms      = 8000 // more than the hospital has, so that nobody meets an open job of the same trade
	quietRooms = 800  // where the jobs of the past were
	goods      = 640
	persons    = 32 // nurses, one of each ward, and as many storekeepers
)

var faults = []struct {
	trade desk.Trade
	title string
}{
	{"electric", "灯不亮"}, {"electric", "插座没电"}, {"water", "水龙头漏水"}, {"water", "马桶堵塞"}, {"hvac", "空调不制冷"}, {"metal", "门锁坏了"},
	{"metal", "病床脚轮坏"}, {"carpentry", "柜门脱落"}, {"lift", "电梯按钮失灵"}, {"cleaning", "走廊有水渍"}, {"moving", "搬运陪护椅"}, {"it", "打印机卡纸"},
	{"heating", "暖气不热"}, {"gas", "氧气接口漏气"}, {"equipment", "输液泵报警"},
}

// fill builds the hospital through the rooms' own commands, with so many jobs behind
// it, one in ten of them open.
func fill(ctx context.Context, d *db.DB, jobs int) (*stage, error) {
	s := &stage{Login: "k001", Password: "Qinghe-2026-bench"}
	dice := rand.New(rand.NewPCG(1, 2))
	do := func(f func(tx *db.Tx) error) error { return d.Do(ctx, db.System("bench"), f) }
	var staff []people.Person
	err := do(func(tx *db.Tx) error {
		c := departments.Campus{Code: "D", Name: "东院区"}
		if err := departments.FoundCampus(ctx, tx, &c); err != nil {
			return err
		}
		for i := range units {
			u := departments.Department{Code: fmt.Sprintf("N%02d", i), Name: fmt.Sprintf("第%d病区", i+1), Kind: departments.Ward, Campus: c.ID}
			if i >= units-3 {
				u.Kind = departments.Team
			}
			if err := departments.Found(ctx, tx, &u); err != nil {
				return err
			}
			s.Departments = append(s.Departments, u.ID)
		}
		house := places.Place{Code: "D1", Name: "住院楼", Kind: places.Building, Campus: c.ID}
		if err := places.Add(ctx, tx, &house); err != nil {
			return err
		}
		var floor places.Place
		for i := range rooms {
			if i%100 == 0 {
				floor = places.Place{Code: fmt.Sprintf("D1-%d", i/100+1), Name: fmt.Sprintf("%d层", i/100+1), Kind: places.Floor, Parent: house.ID}
				if err := places.Add(ctx, tx, &floor); err != nil {
					return err
				}
			}
			p := places.Place{Code: fmt.Sprintf("%s-%03d", floor.Code, i%100+1), Name: fmt.Sprintf("%03d病房", i%100+1), Kind: places.Room, Parent: floor.ID,
				Department: s.Departments[i%(units-3)], Criticality: "ward", Beds: 3}
			if err := places.Add(ctx, tx, &p); err != nil {
				return err
			}
			s.Places, s.PlaceOwner = append(s.Places, p.ID), append(s.PlaceOwner, p.Department)
		}
		for i := range goods {
			g := catalog.Item{Number: fmt.Sprintf("%05d", 10001+i), Name: "LED灯管", Spec: fmt.Sprintf("T8 %d型", i), Unit: "支", Packs: []quantity.Pack{{Unit: "箱", Factor: 25}},
				Category: catalog.Spare, Price: money.Fen(500 + i)}
			if err := catalog.Add(ctx, tx, &g); err != nil {
				return err
			}
			s.Items = append(s.Items, g.ID)
		}
		store := warehouse.Store{Code: "ZK", Name: "总务库房", Department: s.Departments[units-1]}
		if err := warehouse.SetUp(ctx, tx, &store); err != nil {
			return err
		}
		s.Store = store.ID
		for lot := range 2 { // each item lies there in two lots
			for from := 0; from < goods; from += 80 {
				t := warehouse.Stocktaking{Store: store.ID, Note: "期初"}
				for _, g := range s.Items[from : from+80] {
					t.Lines = append(t.Lines, warehouse.In{Item: g, Qty: "100000000", Price: "6.50", Lot: fmt.Sprintf("L%d", lot)})
				}
				if _, err := warehouse.Open(ctx, tx, t); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// The measured hospital lets its counter hand goods out without a request (S-050).
	counter := rules.Change{Param: "S-050.counter", Value: "on", Since: d.Today().AddDays(-1), Reason: "bench"}
	for n, f := range []func(tx *db.Tx) error{
		func(tx *db.Tx) error { return rules.Propose(ctx, tx, &counter) },
		func(tx *db.Tx) error { return rules.Confirm(ctx, tx, counter.ID, "") },
	} {
		err := d.Do(ctx, db.System(fmt.Sprint("bench", n)), func(tx *db.Tx) error {
			tx.Now = tx.Now.AddDate(0, 0, -3)
			return f(tx)
		})
		if err != nil {
			return nil, err
		}
	}
	err = do(func(tx *db.Tx) error {
		for i := range 2*persons + 1 {
			p := people.Person{Number: fmt.Sprintf("%04d", 1001+i), Name: "王建国", Department: s.Departments[i%(units-3)], Phone: fmt.Sprintf("139%08d", i)}
			role, a := "ward", people.Appointment{Extent: people.InDepartment, Unit: p.Department}
			if i >= persons {
				role, a, p.Department = "storekeeper", people.Appointment{Extent: people.Everywhere}, s.Departments[units-1]
			}
			if i == 2*persons {
				role = "section_head"
			}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			r, err := people.RoleByCode(ctx, tx, role)
			if err != nil {
				return err
			}
			a.Person, a.Role, a.From = p.ID, r.ID, tx.Today()
			if err := people.Grant(ctx, tx, &a); err != nil {
				return err
			}
			login := fmt.Sprintf("u%03d", i)
			if i == 2*persons {
				login = s.Login
			}
			if err := people.OpenAccount(ctx, tx, p.ID, login); err != nil {
				return err
			}
			staff = append(staff, p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Who measures signs in with a password alone.
	if err := do(func(tx *db.Tx) error {
		rules, err := people.TheRules(ctx, tx)
		if err != nil {
			return err
		}
		rules.Factor = "nobody"
		return people.SetRules(ctx, tx, &rules)
	}); err != nil {
		return nil, err
	}
	if err := people.SetPassword(ctx, d, db.System("bench"), staff[2*persons].ID, s.Password); err != nil {
		return nil, err
	}
	for i, p := range staff {
		by, err := people.ActorOf(ctx, d, p.ID, d.Now())
		if err != nil {
			return nil, err
		}
		var token string
		if err := d.Do(ctx, by, func(tx *db.Tx) (err error) {
			token, err = people.MakeToken(ctx, tx, "bench", 30)
			return err
		}); err != nil {
			return nil, err
		}
		switch {
		case i < persons:
			s.Nurses, s.Receivers = append(s.Nurses, token), append(s.Receivers, p.ID)
		case i < 2*persons:
			s.Keepers = append(s.Keepers, token)
		default:
			s.Head, s.Chief = token, p.ID
		}
	}
	return s, s.past(ctx, d, dice, staff, jobs)
}

// past fills in the jobs of the last years, many in one unit of work.
func (s *stage) past(ctx context.Context, d *db.DB, dice *rand.Rand, staff []people.Person, jobs int) error {
	const together, lately = 1000, 2000
	// Whatever the books hold, the last two months are as busy: what differs is the past.
	now := d.Now().Add(-4 * time.Hour) // the last is done by now
	from, since := now.AddDate(-3, 0, 0), now.AddDate(0, 0, -60)
	old := max(0, jobs-lately)
	when := func(i int) time.Time {
		if i < old {
			return from.Add(since.Sub(from) / time.Duration(old) * time.Duration(i))
		}
		return since.Add(now.Sub(since) / time.Duration(jobs-old) * time.Duration(i-old))
	}
	for done := 0; done < jobs; done += together {
		err := d.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
			clock := tx.Now
			defer func() { tx.Now = clock }()
			for i := done; i < min(done+together, jobs); i++ {
				at := when(i)
				f, p := faults[dice.IntN(len(faults))], dice.IntN(quietRooms)
				who := staff[dice.IntN(persons)]
				if i%10 == 9 {
					tx.Now = at
					slip := desk.Slip{Title: f.title, Trade: f.trade, Place: s.Places[p], Department: s.PlaceOwner[p], Caller: who.Name, Phone: who.Phone, Source: "ward", Anyway: true}
					if f.trade == "moving" {
						slip.Bound = s.Places[(p+1)%quietRooms]
					}
					if _, err := desk.Report(ctx, tx, &slip); err != nil {
						return err
					}
					tx.Now = clock
					continue
				}
				_, _, err := desk.Record(ctx, tx, desk.PastJob{External: fmt.Sprint("P", i), Title: f.title, Detail: "请尽快处理", Trade: f.trade, Urgency: desk.Normal,
					Department: s.PlaceOwner[p], Place: s.Places[p], ReporterName: who.Name, Phone: who.Phone, Cause: "老化", Done: "更换", Minutes: 30,
					Labour: 3000, Parts: money.Fen(dice.IntN(9000)), Rating: int64(dice.IntN(6)), ReportedAt: period.At(at), FinishedAt: period.At(at.Add(3 * time.Hour))})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if jobs > 0 {
		return d.Analyze(ctx)
	}
	return nil
}

// report is a fault as a nurse's program tells it, for her own ward. No two meet in
// one place and trade until every place of the ward had every trade.
func (s *stage) report(nurse, n int) string {
	own := (rooms - quietRooms) / persons // each ward has every 32nd place
	place := quietRooms + (n%own)*persons + nurse
	return fmt.Sprintf(`{"trade":%q,"place":%q,"title":%q,"urgency":"normal","spot":"床头 %d","detail":"从今天早上开始，请尽快处理","anyway":%t}`,
		desk.GuestTrades[(n/own)%len(desk.GuestTrades)], s.Places[place], faults[n%len(faults)].title, n%60+1, n >= own*len(desk.GuestTrades))
}

// handout is three lines of goods for a department. Each keeper hands out goods of
// their own, so that what lies there does not depend on who was faster.
func (s *stage) handout(keeper, n int) string {
	own := goods / persons
	var lines []string
	for i := range 3 {
		lines = append(lines, fmt.Sprintf(`{"item":%q,"qty":"%d"}`, s.Items[keeper*own+(n*7+i*5)%own], 1+(n+i)%5))
	}
	return fmt.Sprintf(`{"store":%q,"department":%q,"receiver":%q,"purpose":"领用","lines":[%s]}`,
		s.Store, s.Departments[(n*13+keeper)%(units-3)], s.Receivers[(n+keeper)%persons], strings.Join(lines, ","))
}
