package demo

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/requests"
)

// asks are slips of wards, as far as each has come: the goods by name, how many hours
// ago, whose ward, and how far.
var asks = []struct {
	ward  string // "" is the ward of the nurse on the demo's door
	hours int
	goods []requests.Want
	why   string
	kind  requests.Kind
	until string
}{
	{"", 170, []requests.Want{{Item: "擦手纸", Qty: "1箱"}, {Item: "手消毒液", Qty: "4"}, {Item: "医用外科口罩", Qty: "1盒"}, {Item: "垃圾袋", Qty: "1包"}, {Item: mop, Qty: "2"}}, "病区日常", requests.Need, "done"},
	{"", 100, []requests.Want{{Item: "擦手纸", Qty: "1箱"}, {Item: "签字笔", Qty: "1盒"}, {Item: "A4复印纸", Qty: "50"}, {Item: "洗手液", Qty: "6"}}, "", requests.Need, "done"},
	{"", 60, []requests.Want{{Item: "84消毒液", Qty: "12"}, {Item: "一次性手套", Qty: "1盒"}, {Item: "锐器盒", Qty: "10"}}, "终末消毒用", requests.Need, "ready"},
	{"", 26, []requests.Want{{Item: "办公椅", Qty: "1"}, {Item: "记录本", Qty: "5"}}, "护士站椅子气压杆失灵", requests.Need, "agreed"},
	{"", 5, []requests.Want{{Item: "热水瓶", Qty: "4"}}, "病人反映开水瓶不够", requests.Need, "asked"},
	{"", 49, []requests.Want{{Item: mop, Qty: "20"}}, "", requests.Need, "returned"},
	{"W03", 46, []requests.Want{{Item: "洗手液", Qty: "4"}, {Item: "一次性手套", Qty: "1盒"}}, "", requests.Need, "signed"},
	{"W04", 46, []requests.Want{{Item: "垃圾袋", Qty: "2包"}}, "", requests.Need, "back"},
	{"", 22, []requests.Want{{Item: "记录本", Qty: "4"}, {Item: "签字笔", Qty: "6"}}, "", requests.Need, "out"},
	{"N05", 22, []requests.Want{{Item: "擦手纸", Qty: "10"}}, "", requests.Need, "out"},
	{"N02", 50, []requests.Want{{Item: "隔离衣", Qty: "6"}, {Item: "医用外科口罩", Qty: "1盒"}}, "呼吸道病人增多", requests.Need, "picking"},
	{"N03", 30, []requests.Want{{Item: "卷纸", Qty: "3提"}, {Item: "抹布", Qty: "20"}, {Item: "洗衣粉", Qty: "4"}}, "", requests.Need, "agreed"},
	{"W01", 28, []requests.Want{{Item: "中单", Qty: "50"}, {Item: "枕套", Qty: "20"}}, "", requests.Need, "waiting"},
	{"N04", 31, []requests.Want{{Item: "抹布", Qty: "10"}, {Item: "呼叫器电池", Qty: "6"}, {Item: "脚轮", Qty: "2"}}, "床头呼叫器换电池", requests.Need, "moving"},
	{"W02", 20, []requests.Want{{Item: "病员服", Qty: "60"}}, "下月择期手术增加", requests.Plan, "asked"},
	{"W06", 74, []requests.Want{{Item: "被套", Qty: "20"}}, "", requests.Need, "refused"},
	{"ICU", 9, []requests.Want{{Item: "手消毒液", Qty: "2"}, {Item: "抹布", Qty: "5"}}, "夜间抢救，科内用尽", requests.Rush, "owed"},
}

// askStores lets the wards ask the stores for goods, and the store answer, so that a
// slip stands in every state.
func (w *world) askStores(ctx context.Context) error {
	own := w.number("1065")
	if err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return w.arrangeStores(ctx, tx, own) }); err != nil {
		return err
	}
	toBring := map[string][]requests.Request{}
	for _, a := range asks {
		u := w.byCode[a.ward]
		if u == nil {
			u = w.unitOf(own)
		}
		q, err := w.askOne(ctx, u, a.goods, a.why, a.kind, a.until, w.now.Add(-time.Duration(a.hours)*time.Hour))
		if err != nil {
			return fmt.Errorf("request of %s until %s: %w", u.Name, a.until, err)
		}
		toBring[a.until] = append(toBring[a.until], q)
	}
	if err := w.bring(ctx, append(toBring["signed"], toBring["back"]...), toBring["out"]); err != nil {
		return err
	}
	return w.askEachOther(ctx)
}

// bring takes packed goods to the wards: one tour that is back, with something that a
// ward did not accept and a ward at which nobody was, and one that is under way.
func (w *world) bring(ctx context.Context, gone, out []requests.Request) error {
	keeper, when := w.first("storekeeper"), w.now.Add(-3*time.Hour)
	do := func(by db.Actor, f func(*db.Tx) error) error {
		when = when.Add(11 * time.Minute)
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, when, by)) })
	}
	load := func(on []requests.Request) (t requests.Tour, err error) {
		l := requests.Loading{Store: on[0].Store, Carrier: keeper.ID}
		for _, q := range on {
			l.Requests = append(l.Requests, q.ID)
		}
		err = do(keeper.actor, func(tx *db.Tx) (err error) {
			t, err = requests.Load(ctx, tx, l)
			return err
		})
		return t, err
	}
	t, err := load(gone)
	if err != nil {
		return err
	}
	var signer *person
	for _, u := range w.units {
		if u.ID == gone[0].Department {
			signer = w.asker(u)
		}
	}
	if err := do(signer.actor, func(tx *db.Tx) error {
		picks, err := requests.PicksOf(ctx, tx, gone[0].ID, false)
		if err != nil {
			return err
		}
		_, err = requests.Sign(ctx, tx, gone[0].ID, 0, requests.Handing{Signature: signer.Name, Lines: []requests.Accepted{{Pick: picks[0].ID, Qty: "1", Why: "damaged", Note: "外包装破损、渗漏"}}})
		return err
	}); err != nil {
		return err
	}
	if err := do(keeper.actor, func(tx *db.Tx) error {
		_, err := requests.Unload(ctx, tx, t.ID, 0)
		return err
	}); err != nil {
		return err
	}
	_, err = load(out)
	return err
}

func (w *world) number(n string) *person {
	for _, p := range w.staff {
		if p.Number == n {
			return p
		}
	}
	panic("nobody has the number " + n)
}

func (w *world) unitOf(p *person) *unit {
	for _, u := range w.units {
		if u.ID == p.Department {
			return u
		}
	}
	panic(p.Name + " is of no department")
}

// arrangeStores names the requesters, sets quotas and days of delivery.
func (w *world) arrangeStores(ctx context.Context, tx *db.Tx, own *person) error {
	director := w.first("director").actor
	for n, u := range w.units {
		if u.Kind != departments.Ward || len(u.staff) < 3 {
			continue
		}
		asker := w.asker(u)
		if err := departments.SetRequesters(ctx, at(tx, tx.Now, db.System("demo")), u.ID, []string{asker.ID, u.staff[len(u.staff)-1].ID}); err != nil {
			return err
		}
		if err := requests.SetDays(ctx, at(tx, tx.Now, director), u.ID, []int64{int64(n%5) + 1}, n%2 == 0); err != nil {
			return err
		}
		if err := requests.SetQuota(ctx, at(tx, tx.Now, director), &requests.Quota{Department: u.ID, Amount: 2_000_000}); err != nil {
			return err
		}
	}
	return requests.SetQuota(ctx, at(tx, tx.Now, director), &requests.Quota{Department: own.Department, Category: string(catalog.LowValue), Amount: 600_000})
}

// asker is the nurse whom a ward named to draw for it.
func (w *world) asker(u *unit) *person {
	for _, p := range u.staff {
		if p.Number == "1065" {
			return p
		}
	}
	return u.staff[1]
}

func (w *world) item(name string) catalog.Item {
	for _, i := range w.items {
		if i.Name == name {
			return i
		}
	}
	panic("no goods are called " + name)
}

func (w *world) askOne(ctx context.Context, u *unit, goods []requests.Want, why string, kind requests.Kind, until string, when time.Time) (q requests.Request, err error) {
	keeper, asker, head := w.first("storekeeper").actor, w.asker(u), u.staff[0]
	var lines []requests.Want
	for _, g := range goods {
		lines = append(lines, requests.Want{Item: w.item(g.Item).ID, Qty: g.Qty})
	}
	taker := asker
	// The books of the month before are closed.
	if first := w.d.Today().Month().Start(w.d.Zone).Time(); when.Before(first) {
		when = first
	}
	hour := min(time.Hour, w.now.Sub(when)/5)
	step := func(hours int, by db.Actor, f func(*db.Tx) error) error {
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, when.Add(time.Duration(hours)*hour), by)) })
	}
	if kind == requests.Rush {
		return q, step(0, keeper, func(tx *db.Tx) error {
			_, err := requests.RushOut(ctx, tx, requests.Hurry{Store: w.stores[0].ID, Department: u.ID, Receiver: taker.ID, Signature: taker.Name, Why: why, Lines: lines})
			return err
		})
	}
	month := ""
	if kind == requests.Plan {
		month = string(w.d.Today().Month().Add(1))
	}
	if err := step(0, asker.actor, func(tx *db.Tx) (err error) {
		q, err = requests.Ask(ctx, tx, requests.Slip{Department: u.ID, Kind: kind, Month: month, Purpose: why, Deliver: true, Lines: lines})
		return err
	}); err != nil || until == "asked" {
		return q, err
	}
	if err := step(1, head.actor, func(tx *db.Tx) error {
		c, _, err := approvals.OpenOf(ctx, tx, requests.Noun, q.ID)
		if err != nil {
			return err
		}
		sign := approvals.Signature{Digest: c.Digest, Agent: "Android"}
		switch until {
		case "returned":
			_, err = approvals.SendBack(ctx, tx, c.ID, "20 把太多，改成 5 把", sign)
		case "refused":
			_, err = approvals.Refuse(ctx, tx, c.ID, "库存尚够周转", sign)
		default:
			_, err = approvals.Agree(ctx, tx, c.ID, "", sign)
		}
		return err
	}); err != nil || until == "agreed" || until == "returned" || until == "refused" {
		return q, err
	}
	if err := step(2, keeper, func(tx *db.Tx) error {
		q, err := requests.Get(ctx, tx, keeper, q.ID)
		if err != nil {
			return err
		}
		var ids []string
		for _, l := range q.Lines {
			ids = append(ids, l.Item)
		}
		free, err := requests.Free(ctx, tx, q.Store, ids)
		if err != nil {
			return err
		}
		var all []requests.Choice
		for n, l := range q.Lines {
			c := requests.Choice{Line: l.Line, Qty: fmt.Sprint(int64(min(l.Qty, free[l.Item])))}
			if free[l.Item] < l.Qty {
				c.Way, c.Note = "decline", "库存不足，先发现有数量"
			}
			if until == "moving" {
				c = requests.Choice{Line: l.Line, Qty: "0", Way: "decline", Note: "库存不足，先发现有数量"}
				if n == 1 {
					c = requests.Choice{Line: l.Line, Qty: "0", Way: "move", From: w.stores[1].ID}
				}
			}
			if until == "waiting" && n == 0 {
				c = requests.Choice{Line: l.Line, Qty: "0", Way: "buy", Promised: w.d.Today().AddDays(6), Note: "库存不足，已报采购"}
			}
			all = append(all, c)
		}
		_, err = requests.Decide(ctx, tx, q.ID, 0, all)
		return err
	}); err != nil || until == "picking" || until == "moving" {
		return q, err
	}
	if err := step(3, keeper, func(tx *db.Tx) error {
		_, err := requests.Picked(ctx, tx, q.ID, 0, nil)
		return err
	}); err != nil || until != "done" {
		return q, err
	}
	return q, step(4, keeper, func(tx *db.Tx) error {
		h := requests.Handing{Receiver: taker.ID, Signature: taker.Name}
		for n, g := range goods {
			if g.Item == mop { // one old one was at hand
				h.Old = append(h.Old, requests.Back{Line: int64(n) + 1, Qty: "1", Due: w.d.Today().AddDays(7)})
			}
		}
		_, err := requests.Hand(ctx, tx, q.ID, 0, h)
		return err
	})
}
