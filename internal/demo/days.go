package demo

import (
	"context"
	"slices"
	"strconv"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/warehouse"
)

// troubles are what goes wrong in a hospital: trade, words, cause, remedy, weight.
var troubles = []struct {
	trade       desk.Trade
	title       string
	cause, done string
	weight      int
}{
	{"electric", "灯不亮", "灯管老化", "更换灯管，恢复照明", 9}, {"electric", "插座没电", "空开跳闸", "检查线路后合闸，更换插座", 6}, {"electric", "呼叫器不响", "电池耗尽", "更换电池，测试正常", 5},
	{"electric", "床头灯闪烁", "接触不良", "紧固接线", 3}, {"electric", "治疗带断电", "漏电保护动作", "排除漏电，更换保护器", 1},
	{"water", "水龙头漏水", "阀芯磨损", "更换水龙头", 8}, {"water", "马桶堵塞", "异物堵塞", "疏通下水", 7}, {"water", "下水道返味", "地漏水封干涸", "更换防臭地漏", 3},
	{"water", "热水不热", "混水阀故障", "调整混水阀", 3}, {"water", "水管爆裂", "管道老化", "关阀抢修，更换管段", 1}, {"water", "洗手池堵", "头发堵塞", "清理存水弯", 4},
	{"hvac", "空调不制冷", "滤网堵塞", "清洗滤网", 5}, {"hvac", "空调漏水", "冷凝水管堵", "疏通冷凝水管", 4}, {"hvac", "新风噪声大", "风机轴承磨损", "更换电机", 1},
	{"metal", "门锁坏了", "锁舌断裂", "更换门锁", 5}, {"metal", "病床脚轮坏", "脚轮磨损", "更换脚轮", 4}, {"metal", "门关不上", "合页松动", "更换合页", 4}, {"metal", "窗户关不严", "滑轮损坏", "更换滑轮", 2},
	{"carpentry", "柜门脱落", "铰链松脱", "加固铰链", 2}, {"lift", "电梯按钮失灵", "按钮触点氧化", "更换按钮", 1}, {"moving", "搬运陪护椅", "", "已搬运到位", 2}, {"cleaning", "走廊有水渍", "", "已清理", 3},
}

// team is the crew that a trade goes to.
func team(t desk.Trade) string {
	switch t {
	case "electric", "lift":
		return "H02"
	case "water", "heating":
		return "H03"
	}
	return "H04"
}

// event is one thing that happens at a moment of the day.
type event struct {
	when time.Time
	f    func(*db.Tx) error
}

// live lets one day pass: what was left over goes on, wards report, stores receive
// and issue. A day is one unit of work; what happens in it has its own moments.
func (w *world) live(ctx context.Context, day time.Time) error {
	var events []event
	add := func(when time.Time, f func(*db.Tx) error) {
		if when.Before(w.now) {
			events = append(events, event{when, f})
		}
	}
	n := 55 + w.dice.IntN(25)
	if wd := day.In(w.d.Zone).Weekday(); wd == time.Saturday || wd == time.Sunday {
		n = 25 + w.dice.IntN(10)
	}
	for range n {
		w.job(ctx, day, add)
	}
	for range 22 {
		w.handOut(ctx, day, add)
	}
	if w.dice.IntN(2) == 0 {
		w.delivery(ctx, day, add)
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.when.Compare(b.when) })
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		for _, e := range events {
			if err := e.f(at(tx, e.when, tx.By)); err != nil {
				return err
			}
		}
		return nil
	})
}

// hour is a moment of the day, most often in the morning.
func (w *world) hour(day time.Time) time.Time {
	h := 7 + w.dice.IntN(5)
	if w.dice.IntN(3) == 0 {
		h = w.dice.IntN(24)
	}
	return day.Add(time.Duration(h)*time.Hour + time.Duration(w.dice.IntN(3600))*time.Second)
}

func (w *world) role(role string) *person {
	var all []*person
	for _, p := range w.staff {
		if p.role == role {
			all = append(all, p)
		}
	}
	return pick(w, all)
}

// asking is a department that reports: wards more often than offices.
func (w *world) asking() *unit {
	var all []*unit
	for _, u := range w.units {
		if posts[u.Code] == nil {
			all = append(all, u)
		}
	}
	return often(w, all, func(u *unit) int {
		if u.Kind == departments.Ward {
			return 4
		}
		return 2
	})
}

// job lets one job be reported and go its way; some are still open today.
func (w *world) job(ctx context.Context, day time.Time, add func(time.Time, func(*db.Tx) error)) {
	t := often(w, troubles, func(t struct {
		trade       desk.Trade
		title       string
		cause, done string
		weight      int
	}) int {
		return t.weight
	})
	u := w.asking()
	nurse, boss, crew := pick(w, u.staff), w.role("dispatcher"), w.byCode[team(t.trade)]
	worker := pick(w, crew.staff)
	place := pick(w, u.rooms)
	urgency := often(w, []desk.Urgency{desk.Normal, desk.Urgent, desk.Emergency, desk.Planned}, func(x desk.Urgency) int {
		return map[desk.Urgency]int{desk.Normal: 70, desk.Urgent: 20, desk.Emergency: 3, desk.Planned: 7}[x]
	})
	var j desk.Job
	gone := false // reported already, called off, or no longer as planned: the rest does not happen
	step := func(when time.Time, who *person, f func(*db.Tx) error) {
		add(when, func(tx *db.Tx) error {
			if gone {
				return nil
			}
			err := f(at(tx, when, who.actor))
			if k := fault.KindOf(err); err != nil && (k == fault.Conflict || k == fault.Invalid) {
				gone = true
				return nil
			}
			return err
		})
	}
	when := w.hour(day)
	later := func(least, spread int) time.Time {
		if urgency == desk.Emergency && spread <= 90 { // gone to at once, mostly
			least, spread = min(least, 1), min(spread, 6)
		}
		when = when.Add(time.Duration(least+w.dice.IntN(spread)) * time.Minute)
		return when
	}
	step(when, nurse, func(tx *db.Tx) (err error) {
		// A double is looked for first, as the page does: what is refused would end this unit.
		open, err := desk.Similar(ctx, tx, place.ID)
		if err != nil || slices.ContainsFunc(open, func(o desk.Job) bool { return o.Trade == t.trade }) {
			gone = true
			return err
		}
		to := ""
		if t.trade == "moving" {
			to = u.rooms[0].ID
			if to == place.ID {
				to = u.rooms[1].ID
			}
		}
		j, err = desk.Report(ctx, tx, &desk.Slip{Title: place.Name + t.title, Trade: t.trade, Urgency: urgency, Department: u.ID, Place: place.ID, Bound: to, Phone: u.Phone, Source: "ward"})
		return err
	})
	fate := w.dice.IntN(100)
	age := int(w.now.Sub(day).Hours()) / 24 // days ago: only young jobs are still open
	// The desk sends most at once; what waits a while it marks as looked at. The freshest wait.
	looked := when.Add(time.Duration(1+fate%5) * time.Minute)
	look := func() {
		step(looked, boss, func(tx *db.Tx) (err error) { j, err = desk.Triage(ctx, tx, j.ID, j.Version); return err })
	}
	if age <= 1 && fate < 12 {
		if fate > 2 || w.now.Sub(when) > 90*time.Minute {
			look()
		}
		return // nobody was sent yet
	}
	called := urgency == desk.Emergency && fate%2 == 0 // over the telephone: the paper comes after
	if !called {
		sent := later(2, 25)
		if sent.Sub(looked) > 5*time.Minute {
			look()
		}
		step(sent, boss, func(tx *db.Tx) (err error) {
			j, err = desk.Dispatch(ctx, tx, j.ID, j.Version, desk.Assignment{Worker: worker.ID, Crew: crew.ID})
			return err
		})
	}
	if fate == 99 {
		step(later(60, 200), boss, func(tx *db.Tx) (err error) {
			j, err = desk.Cancel(ctx, tx, j.ID, j.Version, "科室已自行解决")
			return err
		})
		return
	}
	if age <= 1 && fate < 24 {
		return // on the way to the worker
	}
	if fate < 30 && fate > 26 {
		step(later(30, 240), nurse, func(tx *db.Tx) (err error) { j, err = desk.Hasten(ctx, tx, j.ID); return err })
	}
	if !called {
		step(later(1, 20), worker, func(tx *db.Tx) (err error) { j, err = desk.Accept(ctx, tx, j.ID, j.Version); return err })
	}
	step(later(5, 90), worker, func(tx *db.Tx) (err error) { j, err = desk.Arrive(ctx, tx, j.ID, j.Version); return err })
	if age <= 1 && fate < 36 {
		return // at work
	}
	if fate >= 88 {
		step(later(5, 20), worker, func(tx *db.Tx) (err error) {
			j, err = desk.Pause(ctx, tx, j.ID, j.Version, desk.Reason{Code: "parts", Text: "维修库缺货，已报采购"})
			return err
		})
		if age <= 6 && fate >= 95 {
			return // still waiting for parts
		}
		step(later(300, 2000), worker, func(tx *db.Tx) (err error) { j, err = desk.Resume(ctx, tx, j.ID, j.Version); return err })
	}
	minutes := int64(10 + w.dice.IntN(80))
	done := later(int(minutes), 15)
	parts := w.parts[string(t.trade)]
	step(done, worker, func(tx *db.Tx) (err error) {
		work := desk.Work{Cause: t.cause, Done: t.done, Minutes: minutes}
		if len(parts) > 0 && w.dice.IntN(10) < 6 {
			work.Store = w.stores[1].ID
			first := w.dice.IntN(len(parts))
			for k := range 1 + w.dice.IntN(2) {
				i := parts[(first+k)%len(parts)]
				if w.home(i) == 1 {
					n := 1 + w.dice.IntN(2)
					work.Parts = append(work.Parts, desk.Part{Item: i.ID, Qty: quantity.Qty(n), Old: strconv.Itoa(n)})
				}
			}
			if len(work.Parts) == 0 {
				work.Store = ""
			}
		}
		j, err = desk.Finish(ctx, tx, j.ID, j.Version, work)
		return err
	})
	if age <= 3 && fate > 75 {
		return // not signed yet
	}
	signer := pick(w, u.staff)
	rating := int64(5)
	if w.dice.IntN(5) == 0 {
		rating = int64(3 + w.dice.IntN(2))
	}
	step(later(10, 600), signer, func(tx *db.Tx) (err error) {
		j, err = desk.Sign(ctx, tx, j.ID, j.Version, desk.Signing{Signature: signer.Name, Rating: rating})
		return err
	})
}

// handOut lets a department draw goods at the counter.
func (w *world) handOut(ctx context.Context, day time.Time, add func(time.Time, func(*db.Tx) error)) {
	u, keeper := w.asking(), w.role("storekeeper")
	taker := pick(w, u.staff)
	h := warehouse.Handout{Store: w.stores[0].ID, Department: u.ID, Receiver: taker.ID, ReceiverName: taker.Name, Purpose: "日常领用"}
	for range 2 + w.dice.IntN(4) {
		i := pick(w, w.items)
		if w.home(i) == 0 && !slices.ContainsFunc(h.Lines, func(o warehouse.Out) bool { return o.Item == i.ID }) {
			h.Lines = append(h.Lines, warehouse.Out{Item: i.ID, Qty: []string{"1", "2", "3", "5"}[w.dice.IntN(4)]})
		}
	}
	if len(h.Lines) == 0 {
		return
	}
	when := w.hour(day)
	add(when, func(tx *db.Tx) error {
		_, err := warehouse.Issue(ctx, at(tx, when, keeper.actor), h)
		return err
	})
}

// delivery lets a supplier bring what is asked for most.
func (w *world) delivery(ctx context.Context, day time.Time, add func(time.Time, func(*db.Tx) error)) {
	keeper, s := w.role("storekeeper"), w.dice.IntN(2)
	when := w.hour(day)
	add(when, func(tx *db.Tx) error {
		tx = at(tx, when, keeper.actor)
		in := warehouse.Delivery{Store: w.stores[s].ID, Supplier: pick(w, w.suppliers).ID, Invoice: "FP" + day.Format("060102"), Note: "日常补货"}
		for len(in.Lines) < 6+w.dice.IntN(8) {
			if i := pick(w, w.items); w.home(i) == s && !slices.ContainsFunc(in.Lines, func(l warehouse.In) bool { return l.Item == i.ID }) {
				l := w.some(tx.Today(), i, 60)
				if l.Lot != "" {
					l.Lot += "B" + day.Format("02")
				}
				in.Lines = append(in.Lines, l)
			}
		}
		_, err := warehouse.Receive(ctx, tx, in)
		return err
	})
}
