package requests_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/requests"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations,
	messages.Migrations, approvals.Migrations, warehouse.Migrations, requests.Migrations}

// house is a small hospital: an office above a ward and another one, two stores and
// some goods.
type house struct {
	t     testing.TB
	d     *db.DB
	clock *dbtest.Clock
	units map[string]departments.Department
	staff map[string]people.Person
	main  warehouse.Store
	tools warehouse.Store
	paper catalog.Item // 包, 箱 20: 5 yuan a 包
	soap  catalog.Item // 瓶; expires
	chair catalog.Item // 把; old for new
	shelf warehouse.Bin
}

func each(t *testing.T, f func(*testing.T, *house)) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { f(t, build(t, d, clock)) })
}

func build(t testing.TB, d *db.DB, clock *dbtest.Clock) *house {
	h := &house{t: t, d: d, clock: clock, units: map[string]departments.Department{}, staff: map[string]people.Person{}}
	approvals.Ended[requests.Noun] = requests.Ended
	ctx := t.Context()
	dbtest.Do(t, d, db.System("builder"), func(tx *db.Tx) error {
		for _, u := range []struct{ code, name, parent string }{{"office", "后勤科", ""}, {"ward", "内一科", "office"}, {"other", "外一科", "office"}} {
			x := departments.Department{Code: u.code, Name: u.name, Kind: departments.Ward, Parent: h.units[u.parent].ID}
			if err := departments.Found(ctx, tx, &x); err != nil {
				return err
			}
			h.units[u.code] = x
		}
		for n, who := range []string{"director:office", "head:ward", "nurse:ward", "nurse2:ward", "stranger:other", "keeper:office", "affairs:office", "leader:office"} {
			name, unit, _ := strings.Cut(who, ":")
			p := people.Person{Number: fmt.Sprint(1001 + n), Name: name, Department: h.units[unit].ID}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			h.staff[name] = p
		}
		for unit, head := range map[string]string{"office": "director", "ward": "head", "other": "stranger"} {
			u := h.units[unit]
			u.Head = h.staff[head].ID
			if err := departments.Change(ctx, tx, &u); err != nil {
				return err
			}
			u.Version++
			h.units[unit] = u
		}
		for post, who := range map[string]string{"general_affairs": "affairs", "hospital_leader": "leader"} {
			if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: h.staff[who].ID}); err != nil {
				return err
			}
		}
		h.main, h.tools = warehouse.Store{Code: "A", Name: "总库", Department: h.units["office"].ID}, warehouse.Store{Code: "B", Name: "五金库", Department: h.units["office"].ID}
		for _, s := range []*warehouse.Store{&h.main, &h.tools} {
			if err := warehouse.SetUp(ctx, tx, s); err != nil {
				return err
			}
		}
		h.shelf = warehouse.Bin{Store: h.main.ID, Code: "A-01"}
		if err := warehouse.AddBin(ctx, tx, &h.shelf); err != nil {
			return err
		}
		h.paper = catalog.Item{Number: "P1", Name: "擦手纸", Spec: "200抽", Unit: "包", Packs: []quantity.Pack{{Unit: "箱", Factor: 20}}, Category: catalog.Consumable, Price: 500,
			Barcodes: []catalog.Barcode{{Code: "6901234567892"}}}
		h.soap = catalog.Item{Number: "S1", Name: "洗手液", Unit: "瓶", Category: catalog.Consumable, Price: 900, ShelfDays: 700}
		h.chair = catalog.Item{Number: "C1", Name: "办公椅", Unit: "把", Category: catalog.LowValue, Price: 28000, OldForNew: true}
		for _, i := range []*catalog.Item{&h.paper, &h.soap, &h.chair} {
			if err := catalog.Add(ctx, tx, i); err != nil {
				return err
			}
		}
		_, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: h.main.ID, Lines: []warehouse.In{
			{Item: h.paper.ID, Qty: "100", Price: "5", Bin: h.shelf.ID},
			{Item: h.soap.ID, Qty: "10", Price: "9", Lot: "NEW", Expiry: "2028-06-30", Bin: h.shelf.ID},
			{Item: h.soap.ID, Qty: "10", Price: "9", Lot: "OLD", Expiry: "2027-06-30"},
			{Item: h.chair.ID, Qty: "5", Price: "280"},
		}})
		return err
	})
	return h
}

// as is somebody of the staff with rights in their own department, the store's people
// in the office's.
func (h *house) as(name string, may ...string) db.Actor {
	p := h.staff[name]
	if may == nil {
		may = []string{requests.MayAsk}
		if name == "keeper" {
			may = requests.Permissions
		}
	}
	a := db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "test"}
	for _, m := range may {
		a.Rights[m] = db.Scope{Units: []string{p.Department}}
	}
	return a
}

func (h *house) try(by db.Actor, f func(*db.Tx) error) error { return h.d.Do(h.t.Context(), by, f) }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(err error, key string) {
	h.t.Helper()
	if !fault.Is(err, key) {
		h.t.Errorf("want %s, got %v", key, err)
	}
}

func (h *house) cites(err error, key, clause string) {
	h.t.Helper()
	h.refused(err, key)
	if e, ok := err.(*fault.Error); ok && (len(e.Clauses()) != 1 || e.Clauses()[0] != clause) {
		h.t.Errorf("%s cites %v, want %s", key, e.Clauses(), clause)
	}
}

func (h *house) tryAsk(by string, s requests.Slip) (q requests.Request, err error) {
	if s.Department == "" {
		s.Department = h.units["ward"].ID
	}
	err = h.try(h.as(by), func(tx *db.Tx) (err error) {
		q, err = requests.Ask(h.t.Context(), tx, s)
		return err
	})
	return q, err
}

func (h *house) ask(lines ...requests.Want) requests.Request {
	h.t.Helper()
	q, err := h.tryAsk("nurse", requests.Slip{Lines: lines})
	h.must(err)
	return q
}

func (h *house) get(id string) requests.Request {
	h.t.Helper()
	q, err := requests.Get(h.t.Context(), h.d, db.System("test"), id)
	h.must(err)
	return q
}

func (h *house) agree(by string, q requests.Request) error {
	c, _, err := approvals.OpenOf(h.t.Context(), h.d, requests.Noun, q.ID)
	h.must(err)
	return h.try(h.as(by), func(tx *db.Tx) error {
		_, err := approvals.Agree(h.t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest, Agent: "Phone"})
		return err
	})
}

func (h *house) decide(q requests.Request, choices ...requests.Choice) error {
	return h.try(h.as("keeper"), func(tx *db.Tx) error {
		_, err := requests.Decide(h.t.Context(), tx, q.ID, 0, choices)
		return err
	})
}

func (h *house) picked(q requests.Request, found ...requests.Taken) error {
	return h.try(h.as("keeper"), func(tx *db.Tx) error {
		_, err := requests.Picked(h.t.Context(), tx, q.ID, 0, found)
		return err
	})
}

func (h *house) hand(q requests.Request, to string, more requests.Handing) error {
	more.Receiver, more.Signature = h.staff[to].ID, to
	return h.try(h.as("keeper"), func(tx *db.Tx) error {
		_, err := requests.Hand(h.t.Context(), tx, q.ID, 0, more)
		return err
	})
}

// ready brings a request so far that it lies packed.
func (h *house) ready(lines ...requests.Want) requests.Request {
	h.t.Helper()
	q := h.ask(lines...)
	h.must(h.agree("head", q))
	var all []requests.Choice
	for n, l := range lines {
		all = append(all, requests.Choice{Line: int64(n + 1), Qty: l.Qty})
	}
	h.must(h.decide(q, all...))
	h.must(h.picked(q))
	return h.get(q.ID)
}

func (h *house) stock(item catalog.Item) int64 {
	h.t.Helper()
	s, err := warehouse.HoldingOf(h.t.Context(), h.d, h.main.ID, item.ID)
	h.must(err)
	return s.Qty
}

func (h *house) sound() {
	h.t.Helper()
	wrong, err := warehouse.Verify(h.t.Context(), h.d)
	if err != nil || len(wrong) > 0 {
		h.t.Errorf("%v %v", wrong, err)
	}
	said, err := requests.Verify(h.t.Context(), h.d)
	if err != nil || len(said) > 0 {
		h.t.Errorf("%v %v", said, err)
	}
}

func (h *house) name(unit string, staff ...string) {
	h.t.Helper()
	var ids []string
	for _, s := range staff {
		ids = append(ids, h.staff[s].ID)
	}
	dbtest.Do(h.t, h.d, db.System("builder"), func(tx *db.Tx) error { return departments.SetRequesters(h.t.Context(), tx, h.units[unit].ID, ids) })
}

// Clause: S-012 S-013 S-014 S-035 S-050
func TestGoodsAreAskedForAgreedToPickedAndHandedOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		q := h.ask(requests.Want{Item: h.paper.ID, Qty: "2 箱"}, requests.Want{Item: h.soap.ID, Qty: "12"})
		if q.Number != "LY-2027-000001" || q.State != requests.Asked || q.Amount != 30800 || q.Store != h.main.ID {
			t.Fatalf("%+v", q)
		}
		h.refused(h.decide(q, requests.Choice{Line: 1, Qty: "1"}), "base.step_not_possible")
		h.refused(h.agree("nurse", q), "approvals.barred.requester")
		h.must(h.agree("head", q))
		if got := h.get(q.ID); got.State != requests.Agreed {
			t.Fatal(got.State)
		}
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "40"}, requests.Choice{Line: 2, Qty: "12"}))
		picks, err := requests.PicksOf(t.Context(), h.d, q.ID, false)
		h.must(err)
		var order []string
		for _, p := range picks {
			order = append(order, fmt.Sprint(p.BinCode, p.Lot, int64(p.Qty)))
		}
		if got := strings.Join(order, " "); got != "A-0140 A-01NEW2 OLD10" {
			t.Errorf("the list goes %q: bins in order, and of the soap first what expires first", got)
		}
		scan := func(code string) error {
			return h.try(h.as("keeper"), func(tx *db.Tx) error { _, err := requests.Scan(t.Context(), tx, q.ID, code); return err })
		}
		h.refused(scan("C1"), "requests.not_on_list")
		h.must(scan("6901234567892"))
		h.refused(scan("6901234567892"), "requests.picked_already")
		h.must(scan("S1"))
		h.must(scan("S1"))
		if got := h.get(q.ID); got.State != requests.Ready {
			t.Fatal(got.State)
		}
		h.cites(h.try(h.as("keeper"), func(tx *db.Tx) error {
			_, err := requests.Hand(t.Context(), tx, q.ID, 0, requests.Handing{})
			return err
		}), "base.required", "S-013")
		h.cites(h.hand(q, "keeper", requests.Handing{}), "requests.both_hands", "S-014")
		h.cites(h.hand(q, "stranger", requests.Handing{}), "requests.stranger", "S-011")
		if h.stock(h.paper) != 100 {
			t.Error("goods left before anybody signed")
		}
		h.must(h.hand(q, "nurse2", requests.Handing{}))
		got := h.get(q.ID)
		if got.State != requests.Done || got.ReceiverName != "nurse2" || h.stock(h.paper) != 60 || h.stock(h.soap) != 8 {
			t.Errorf("%+v, %d, %d left", got, h.stock(h.paper), h.stock(h.soap))
		}
		docs, err := warehouse.OfRecord(t.Context(), h.d, requests.Noun, q.ID)
		h.must(err)
		if len(docs) != 1 || docs[0].RecordNumber != q.Number || docs[0].ReceiverName != "nurse2" || docs[0].ByName != "keeper" || docs[0].Amount != 30800 || docs[0].Department != h.units["ward"].ID {
			t.Errorf("%+v", docs)
		}
		h.refused(h.hand(q, "nurse2", requests.Handing{}), "base.step_not_possible")
		h.sound()
	})
}

// Clause: S-010
func TestAQuotaIsHeldByTheHospitalsOwnRule(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.must(h.try(h.as("keeper"), func(tx *db.Tx) error {
			return requests.SetQuota(t.Context(), tx, &requests.Quota{Department: h.units["office"].ID, Amount: 1})
		}))
		h.refused(h.try(h.as("nurse"), func(tx *db.Tx) error {
			return requests.SetQuota(t.Context(), tx, &requests.Quota{Department: h.units["ward"].ID, Amount: 1})
		}), "base.need")
		dbtest.Do(t, h.d, db.System("chief"), func(tx *db.Tx) error {
			return requests.SetQuota(t.Context(), tx, &requests.Quota{Department: h.units["ward"].ID, Category: string(catalog.Consumable), Amount: 10_000})
		})
		within := h.ask(requests.Want{Item: h.paper.ID, Qty: "10"})
		if within.Over {
			t.Error("50 yuan of 100 are over the quota")
		}
		room, err := requests.RoomOf(t.Context(), h.d, h.units["ward"].ID, h.d.Today().Month(), "")
		h.must(err)
		if len(room) != 1 || room[0].Left() != 5_000 {
			t.Errorf("%+v", room)
		}
		over := h.ask(requests.Want{Item: h.soap.ID, Qty: "6"})
		if !over.Over {
			t.Error("54 yuan beside 50 of 100 are not over the quota")
		}
		said := map[string]string{}
		if c, ok, err := approvals.OpenOf(t.Context(), h.d, requests.Noun, over.ID); err != nil || !ok {
			t.Fatal(err)
		} else {
			for _, f := range c.Facts.Lines() {
				said[f.Key] = f.Value
			}
		}
		if said["stock"] != "洗手液 20 瓶" || said["budget"] != "50.00 / 100.00" || said["on_hand"] != "" {
			t.Errorf("who decides reads %v", said)
		}
		h.must(h.agree("head", over))
		if got := h.get(over.ID); got.State != requests.Asked {
			t.Errorf("beyond the quota the ward's head alone was enough: %s", got.State)
		}
		h.must(h.agree("affairs", over))
		if got := h.get(over.ID); got.State != requests.Agreed {
			t.Error(got.State)
		}
		h.must(h.agree("head", within))
		h.cites(h.decide(within, requests.Choice{Line: 1, Qty: "11"}), "requests.more_than_agreed", "S-010")
		h.set("S-010.over", "refuse")
		_, err = h.tryAsk("nurse", requests.Slip{Lines: []requests.Want{{Item: h.paper.ID, Qty: "1"}}})
		h.cites(err, "requests.over_quota", "S-010")
		h.set("S-010.over", "off")
		if free := h.ask(requests.Want{Item: h.paper.ID, Qty: "1"}); free.Over {
			t.Error("a quota that nobody asks about is held")
		}
	})
}

// Clause: S-011
func TestNothingGoesOutsideOrToStrangers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		firm := departments.Department{Code: "WB", Name: "洁净物业", Kind: departments.Contractor, Head: h.staff["head"].ID}
		dbtest.Do(t, h.d, db.System("builder"), func(tx *db.Tx) error { return departments.Found(t.Context(), tx, &firm) })
		boss := db.Actor{ID: h.staff["nurse"].ID, Name: "nurse", Rights: db.Rights{requests.MayAsk: {All: true}}, Source: "test"}
		ask := func(s requests.Slip) (q requests.Request, err error) {
			s.Department = firm.ID
			s.Lines = []requests.Want{{Item: h.paper.ID, Qty: "1"}}
			err = h.try(boss, func(tx *db.Tx) (err error) { q, err = requests.Ask(t.Context(), tx, s); return err })
			return q, err
		}
		_, err := ask(requests.Slip{})
		h.cites(err, "requests.outsider", "S-011")
		_, err = ask(requests.Slip{Special: true})
		h.cites(err, "requests.special_why", "S-011")
		q, err := ask(requests.Slip{Special: true, Purpose: "应急消杀支援"})
		h.must(err)
		h.must(h.agree("head", q))
		if got := h.get(q.ID); got.State != requests.Asked {
			t.Errorf("a special issue without the hospital's leader: %s", got.State)
		}
		h.must(h.agree("leader", q))
		if got := h.get(q.ID); got.State != requests.Agreed {
			t.Error(got.State)
		}
	})
}

// Clause: S-015
func TestWhatIsNotAcceptedStaysInTheStore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		q := h.ready(requests.Want{Item: h.paper.ID, Qty: "10"})
		picks, err := requests.PicksOf(t.Context(), h.d, q.ID, false)
		h.must(err)
		h.cites(h.hand(q, "nurse", requests.Handing{Lines: []requests.Accepted{{Pick: picks[0].ID, Qty: "8"}}}), "requests.difference_why", "S-015")
		h.refused(h.hand(q, "nurse", requests.Handing{Lines: []requests.Accepted{{Pick: picks[0].ID, Qty: "11"}}}), "requests.not_more")
		h.must(h.hand(q, "nurse", requests.Handing{Lines: []requests.Accepted{{Pick: picks[0].ID, Qty: "8", Note: "两包受潮"}}}))
		got := h.get(q.ID)
		if got.State != requests.Waiting || got.Lines[0].Issued != 8 || got.Lines[0].Left() != 2 || h.stock(h.paper) != 92 {
			t.Errorf("%+v, %d in stock", got, h.stock(h.paper))
		}
		h.must(h.decide(got, requests.Choice{Line: 1, Qty: "2"}))
		h.must(h.picked(got))
		h.must(h.hand(got, "nurse", requests.Handing{}))
		if got = h.get(q.ID); got.State != requests.Done || h.stock(h.paper) != 90 {
			t.Errorf("the exchange: %+v, %d in stock", got, h.stock(h.paper))
		}
		h.sound()
	})
}

// Clause: S-021 S-022
func TestTheOldPieceIsGivenForTheNew(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		q := h.ready(requests.Want{Item: h.chair.ID, Qty: "3"})
		h.cites(h.hand(q, "nurse", requests.Handing{}), "requests.old_missing", "S-022")
		late := h.d.Today().AddDays(31)
		h.refused(h.hand(q, "nurse", requests.Handing{Old: []requests.Back{{Line: 1, Qty: "1", Due: late}}}), "requests.old_due")
		h.refused(h.hand(q, "nurse", requests.Handing{Old: []requests.Back{{Line: 1, Qty: "4"}}}), "requests.not_more")
		h.must(h.hand(q, "nurse", requests.Handing{Old: []requests.Back{{Line: 1, Qty: "1", Due: h.d.Today().AddDays(7)}}}))
		all, err := requests.Olds.All(t.Context(), h.d, list.Where{}, 10)
		h.must(err)
		if len(all) != 1 || !all[0].Open || all[0].Back != 1 || all[0].Qty != 3 {
			t.Fatalf("%+v", all)
		}
		count := func(qty string) error {
			return h.try(h.as("keeper"), func(tx *db.Tx) error { _, err := requests.CountIn(t.Context(), tx, all[0].ID, qty); return err })
		}
		h.refused(count("3"), "requests.not_more")
		h.must(count("1"))
		own := h.as("head", requests.MayExcuse)
		h.refused(h.try(own, func(tx *db.Tx) error {
			_, err := requests.Excuse(t.Context(), tx, all[0].ID, "找不到了")
			return err
		}), "requests.own_old")
		dbtest.Do(t, h.d, db.System("chief"), func(tx *db.Tx) error {
			_, err := requests.Excuse(t.Context(), tx, all[0].ID, "随病床报废")
			return err
		})
		h.refused(count("1"), "requests.old_settled")
	})
}

// Clause: S-042
func TestTheWeekHasItsDays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if q := h.ask(requests.Want{Item: h.paper.ID, Qty: "1"}); q.Due != "" {
			t.Errorf("a day that nobody arranged: %s", q.Due)
		}
		dbtest.Do(t, h.d, db.System("chief"), func(tx *db.Tx) error {
			return requests.SetDays(t.Context(), tx, h.units["ward"].ID, []int64{2, 4}, true)
		})
		// It is a Thursday: the next day of the ward is Tuesday.
		if q := h.ask(requests.Want{Item: h.paper.ID, Qty: "1"}); q.Due != h.d.Today().AddDays(5) {
			t.Errorf("today is %s, and its goods come on %s", h.d.Today(), q.Due)
		}
	})
}

// Clause: S-012
func TestAnEmergencyOwesItsSlip(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var q requests.Request
		h.must(h.try(h.as("keeper"), func(tx *db.Tx) (err error) {
			q, err = requests.RushOut(t.Context(), tx, requests.Hurry{Store: h.main.ID, Department: h.units["ward"].ID, Receiver: h.staff["nurse2"].ID, Signature: "nurse2", Why: "抢救",
				Lines: []requests.Want{{Item: h.soap.ID, Qty: "3"}}})
			return err
		}))
		owes := func() int {
			all, err := approvals.OwedBy(t.Context(), h.d, h.as("nurse"), 10)
			h.must(err)
			return len(all)
		}
		if h.stock(h.soap) != 17 || q.State != requests.Owed || owes() != 1 {
			t.Fatalf("%d in stock, %s, %d owed", h.stock(h.soap), q.State, owes())
		}
		h.must(h.try(h.as("nurse"), func(tx *db.Tx) error { _, err := requests.HandInSlip(t.Context(), tx, q.ID, 0); return err }))
		if owes() != 1 {
			t.Error("a slip that nobody agreed to settles the debt")
		}
		h.must(h.agree("head", q))
		if got := h.get(q.ID); got.State != requests.Done || owes() != 0 || h.stock(h.soap) != 17 {
			t.Errorf("%s, %d owed, %d in stock", got.State, owes(), h.stock(h.soap))
		}
		h.sound()
	})
}

func TestAChangedSlipIsAskedAnewAndLessMayBeAgreedTo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.name("ward", "nurse")
		_, err := h.tryAsk("nurse2", requests.Slip{Lines: []requests.Want{{Item: h.paper.ID, Qty: "1"}}})
		h.cites(err, "requests.not_named", "S-014")
		_, err = h.tryAsk("nurse", requests.Slip{Lines: []requests.Want{{Item: h.paper.ID, Qty: "1 袋"}, {Item: h.soap.ID, Qty: "2"}, {Item: h.soap.ID, Qty: "3"}}})
		if e, ok := err.(*fault.Error); !ok || len(e.Fields) != 2 {
			t.Errorf("each wrong line at once: %v", err)
		}
		q := h.ask(requests.Want{Item: h.paper.ID, Qty: "10"})
		first, _, err := approvals.OpenOf(t.Context(), h.d, requests.Noun, q.ID)
		h.must(err)
		h.must(h.try(h.as("nurse"), func(tx *db.Tx) error {
			_, err := requests.Change(t.Context(), tx, q.ID, q.Version, requests.Slip{Department: h.units["ward"].ID, Lines: []requests.Want{{Item: h.paper.ID, Qty: "12"}}})
			return err
		}))
		if c, err := approvals.Whole(t.Context(), h.d, first.ID); err != nil || c.State != approvals.Voided {
			t.Errorf("the first case is %s, %v", c.State, err)
		}
		grant := func(by, qty, note string) error {
			return h.try(h.as(by), func(tx *db.Tx) error {
				_, err := requests.Grant(t.Context(), tx, q.ID, 0, []requests.Cut{{Line: 1, Qty: qty, Note: note}})
				return err
			})
		}
		h.refused(grant("nurse", "8", "少要些"), "requests.not_deciding")
		h.refused(grant("head", "13", "多要些"), "requests.not_more")
		h.refused(grant("head", "8", ""), "requests.less_why")
		h.must(grant("head", "8", "够用"))
		h.must(h.agree("head", q))
		h.refused(h.decide(q, requests.Choice{Line: 1, Qty: "9"}), "requests.more_than_agreed")
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "3", Way: "buy", Promised: h.d.Today().AddDays(3)}))
		want, err := requests.ToBuy(t.Context(), h.d)
		h.must(err)
		if len(want) != 1 || want[0].Qty != 5 || want[0].Item != h.paper.ID || want[0].Department != h.units["ward"].ID {
			t.Errorf("to buy: %+v", want)
		}
		dbtest.Do(t, h.d, db.System("buyer"), func(tx *db.Tx) error {
			return requests.Ordered(t.Context(), tx, q.ID, 1, "CG-1", h.d.Today().AddDays(9))
		})
		if got := h.get(q.ID); got.Lines[0].Ordered != "CG-1" || got.Lines[0].Promised != h.d.Today().AddDays(9) {
			t.Errorf("the ward sees %+v", got.Lines[0])
		}
	})
}

// Two slips ask for the last chairs: what is laid aside for one is not given to the other.
func TestTheLastPieceIsGivenOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one, two := h.ask(requests.Want{Item: h.chair.ID, Qty: "4"}), h.ask(requests.Want{Item: h.chair.ID, Qty: "4"})
		for _, q := range []requests.Request{one, two} {
			h.must(h.agree("head", q))
			if h.get(q.ID).State == requests.Asked {
				h.must(h.agree("affairs", q))
			}
		}
		errs := make(chan error, 2)
		for _, q := range []requests.Request{one, two} {
			go func() { errs <- h.decide(q, requests.Choice{Line: 1, Qty: "4"}) }()
		}
		given := 0
		for range 2 {
			if <-errs == nil {
				given++
			}
		}
		if given == 0 {
			t.Fatal("nobody gets the chairs")
		}
		handed := 0
		for _, q := range []requests.Request{one, two} {
			if h.get(q.ID).State != requests.Picking {
				continue
			}
			h.must(h.picked(q))
			if h.hand(q, "nurse", requests.Handing{Old: []requests.Back{{Line: 1, Qty: "4"}}}) == nil {
				handed++
			}
		}
		if handed != 1 || h.stock(h.chair) != 1 {
			t.Errorf("%d slips got the last chairs, %d are left", handed, h.stock(h.chair))
		}
		h.sound()
	})
}

// set gives a parameter another value from tomorrow on and lets tomorrow come.
func (h *house) set(param, value string) {
	h.t.Helper()
	c := rules.Change{Param: param, Value: value, Since: h.d.Today().AddDays(1), Reason: "试行"}
	dbtest.Do(h.t, h.d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(h.t.Context(), tx, &c) })
	dbtest.Do(h.t, h.d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(h.t.Context(), tx, c.ID, "") })
	h.clock.Add(24 * time.Hour)
}
