package distribution_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/distribution"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, distribution.Migrations}

// house is a hospital with a store of rice and oil, two wards and their people.
type house struct {
	t              *testing.T
	d              *db.DB
	store          warehouse.Store
	rice, oil      catalog.Item
	office, n1, n2 departments.Department
	staff          map[string]people.Person
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, d: d, staff: map[string]people.Person{}}
	ctx := t.Context()
	dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
		for _, x := range []struct {
			dep        *departments.Department
			code, name string
			staff      []string
		}{{&h.office, "HQ", "后勤科", []string{"库管", "科长"}}, {&h.n1, "N1", "一病区", []string{"甲", "乙", "丙"}}, {&h.n2, "N2", "二病区", []string{"丁"}}} {
			*x.dep = departments.Department{Code: x.code, Name: x.name, Kind: departments.Office}
			if err := departments.Found(ctx, tx, x.dep); err != nil {
				return err
			}
			for _, name := range x.staff {
				p := people.Person{Number: fmt.Sprint(1001 + len(h.staff)), Name: name, Department: x.dep.ID}
				if err := people.Hire(ctx, tx, &p); err != nil {
					return err
				}
				h.staff[name] = p
			}
		}
		h.store = warehouse.Store{Code: "A", Name: "总库", Department: h.office.ID, Keepers: []string{h.staff["库管"].ID}}
		if err := warehouse.SetUp(ctx, tx, &h.store); err != nil {
			return err
		}
		h.rice, h.oil = catalog.Item{Number: "R", Name: "大米", Unit: "袋", Category: catalog.Consumable}, catalog.Item{Number: "O", Name: "食用油", Unit: "桶", Category: catalog.Consumable}
		for _, i := range []*catalog.Item{&h.rice, &h.oil} {
			if err := catalog.Add(ctx, tx, i); err != nil {
				return err
			}
		}
		s := suppliers.Supplier{Name: "粮油公司", Number: "S1"}
		if err := suppliers.Add(ctx, tx, &s); err != nil {
			return err
		}
		_, err := warehouse.Receive(ctx, tx, warehouse.Delivery{Store: h.store.ID, Supplier: s.ID, Invoice: "FP-1", Lines: []warehouse.In{{Item: h.rice.ID, Qty: "20", Amount: "1000"}, {Item: h.oil.ID, Qty: "10", Amount: "600"}}})
		return err
	})
	return h
}

func (h *house) actor(name string) db.Actor {
	p := h.staff[name]
	by := db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}}
	for _, r := range map[string][]string{"库管": {distribution.MaySee, distribution.MayDraw, distribution.MayHand, distribution.MayRelease, warehouse.MayReceive}, "科长": {distribution.MaySee, distribution.MayRelease}}[name] {
		by.Rights[r] = db.Scope{All: true}
	}
	return by
}

func (h *house) try(name string, f func(*db.Tx) error) error {
	return h.d.Do(h.t.Context(), h.actor(name), f)
}

func (h *house) must(name string, f func(*db.Tx) error) {
	h.t.Helper()
	if err := h.try(name, f); err != nil {
		h.t.Fatal(err)
	}
}

// festival draws a list up: a sack of rice and a can of oil for everybody of ward one,
// two packs for 丁.
func (h *house) festival() (l distribution.List) {
	h.t.Helper()
	h.must("库管", func(tx *db.Tx) (err error) {
		l, err = distribution.Draw(h.t.Context(), tx, distribution.Draft{Title: "中秋福利", Kind: "festival", For: "mid_autumn", Store: h.store.ID, Day: tx.Today(), Until: tx.Today().AddDays(3),
			Goods: []distribution.Wanted{{Item: h.rice.ID, Qty: "1 袋"}, {Item: h.oil.ID, Qty: "1"}}, Whom: []distribution.Group{{Department: h.n1.ID}}, Shares: []distribution.Named{{Person: h.staff["丁"].ID, Packs: 2}}})
		return err
	})
	return l
}

func (h *house) release(l distribution.List) {
	h.t.Helper()
	h.must("科长", func(tx *db.Tx) error { _, err := distribution.Release(h.t.Context(), tx, l.ID, 0); return err })
}

func (h *house) share(of distribution.List, name string) distribution.Share {
	h.t.Helper()
	all, err := distribution.Shares.All(h.t.Context(), h.d, list.Where{}.And("s.list = ? AND s.name = ?", of.ID, name), 2)
	if err != nil || len(all) != 1 {
		h.t.Fatal(name, all, err)
	}
	return all[0]
}

func (h *house) sign(who, whose string, l distribution.List) error {
	return h.try(who, func(tx *db.Tx) error {
		_, err := distribution.Sign(h.t.Context(), tx, h.share(l, whose).ID)
		return err
	})
}

func (h *house) held(i catalog.Item) int64 {
	h.t.Helper()
	var n int64
	if err := h.d.QueryRowContext(h.t.Context(), `SELECT coalesce(sum(qty), 0) FROM warehouse_stock WHERE item = $1`, i.ID).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// borne is what a department has to bear.
func (h *house) borne(d departments.Department) (amount money.Fen) {
	h.t.Helper()
	if err := h.d.QueryRowContext(h.t.Context(), `SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM warehouse_posting WHERE department = $1`, d.ID).Scan(&amount); err != nil {
		h.t.Fatal(err)
	}
	return amount
}

func (h *house) sound() {
	h.t.Helper()
	if wrong, err := distribution.Verify(h.t.Context(), h.d); err != nil || len(wrong) > 0 {
		h.t.Error("verify:", wrong, err)
	}
}

func refused(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if fault.KindOf(err) != kind || !strings.Contains(err.Error(), key) {
		t.Errorf("refused as %v (%v), not %s", err, fault.KindOf(err), key)
	}
}

// Clause: X-003
// Clause: F-023
func TestEverybodySignsForTheirOwn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		l := h.festival()
		if l.Shares != 4 || l.Packs != 5 {
			t.Errorf("%d shares of %d packs", l.Shares, l.Packs)
		}
		refused(t, h.sign("甲", "甲", l), fault.Conflict, "distribution.not_giving")
		h.release(l)
		if got := h.held(h.rice); got != 15 {
			t.Errorf("%d sacks are left", got)
		}
		if err := h.sign("甲", "甲", l); err != nil {
			t.Fatal(err)
		}
		refused(t, h.sign("甲", "甲", l), fault.Conflict, "distribution.signed_already")
		if err := h.sign("甲", "乙", l); fault.KindOf(err) != fault.NotFound {
			t.Error("somebody signed for another:", err)
		}
		refused(t, h.sign("库管", "乙", l), fault.Forbidden, "distribution.not_yours")
		h.must("库管", func(tx *db.Tx) error {
			_, err := distribution.Hand(t.Context(), tx, h.share(l, "丙").ID, h.staff["乙"].ID)
			return err
		})
		if s := h.share(l, "丙"); s.SignedName != "乙" || s.HandedName != "库管" || s.State != "signed" {
			t.Errorf("%+v", s)
		}
		mine, goods, err := distribution.Mine(t.Context(), d, h.staff["丁"].ID, 5)
		if err != nil || len(mine) != 1 || !mine[0].Waiting() || goods[l.ID][0].Say(mine[0].Packs) != "2 袋" {
			t.Error(mine, goods, err)
		}
		h.sound()
	})
}

// Clause: X-003
func TestNobodyReleasesTheirOwnList(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		l := h.festival()
		refused(t, h.try("库管", func(tx *db.Tx) error { _, err := distribution.Release(t.Context(), tx, l.ID, 0); return err }), fault.Forbidden, "distribution.own_list")
		if h.held(h.rice) != 20 {
			t.Error("the goods left all the same")
		}
		h.release(l)
		refused(t, h.try("科长", func(tx *db.Tx) error { _, err := distribution.Release(t.Context(), tx, l.ID, 0); return err }), fault.Conflict, "")
		h.sound()
	})
}

// Clause: X-004
func TestWhatNobodyTookComesBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		l := h.festival()
		h.release(l)
		if n1, n2 := h.borne(h.n1), h.borne(h.n2); n1 != 3*(5000+6000) || n2 != 2*(5000+6000) {
			t.Errorf("ward one bears %v, ward two %v", n1, n2)
		}
		if err := h.sign("甲", "甲", l); err != nil {
			t.Fatal(err)
		}
		h.must("库管", func(tx *db.Tx) (err error) { l, err = distribution.Settle(t.Context(), tx, l.ID, 0); return err })
		if h.held(h.rice) != 19 || h.held(h.oil) != 9 || h.borne(h.n1) != 11000 || h.borne(h.n2) != 0 || l.Amount != 11000 {
			t.Errorf("%d sacks, %d cans; %v and %v are borne; the list costs %v", h.held(h.rice), h.held(h.oil), h.borne(h.n1), h.borne(h.n2), l.Amount)
		}
		refused(t, h.sign("乙", "乙", l), fault.Conflict, "distribution.not_giving")
		// Neither the slips by which it went out nor those by which it came back are taken back by themselves.
		papers, err := warehouse.OfRecord(t.Context(), d, distribution.Noun, l.ID)
		if err != nil || len(papers) != 4 {
			t.Errorf("%d papers are the list's, want two out and two back: %v", len(papers), err)
		}
		keeper := h.actor("库管")
		keeper.Rights[warehouse.MayReverse] = db.Scope{All: true}
		for _, n := range []string{"CK-2027-000001", "TK-2027-000001"} {
			id, _, err := db.Text(t.Context(), d, `SELECT id FROM warehouse_document WHERE number = $1`, n)
			if err != nil {
				t.Fatal(err)
			}
			refused(t, d.Do(t.Context(), keeper, func(tx *db.Tx) error { _, err := warehouse.Reverse(t.Context(), tx, id, "写错"); return err }), fault.Conflict, "warehouse.belongs_to_record")
		}
		h.sound()
		e, err := distribution.Claims[0].Evidence(t.Context(), d, "2020-01-01", "2099-01-01")
		if err != nil || e.Kept != 1 || e.Broken != 0 {
			t.Errorf("the evidence: %+v, %v", e, err)
		}
	})
}

// Clause: S-052
func TestWaterForAFloorBurdensItsDepartment(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		var l distribution.List
		h.must("库管", func(tx *db.Tx) (err error) {
			l, err = distribution.Draw(t.Context(), tx, distribution.Draft{Title: "桶装水", Kind: "water", Store: h.store.ID, Day: tx.Today(), Until: tx.Today(), Goods: []distribution.Wanted{{Item: h.oil.ID, Qty: "1"}},
				Shares: []distribution.Named{{Floor: "门诊三层", Department: h.n2.ID, Packs: 4}}})
			return err
		})
		h.release(l)
		if got := h.borne(h.n2); got != 4*6000 {
			t.Errorf("ward two bears %v", got)
		}
		hand := func(taker string) error {
			return h.try("库管", func(tx *db.Tx) error {
				_, err := distribution.Hand(t.Context(), tx, h.share(l, "门诊三层").ID, taker)
				return err
			})
		}
		refused(t, hand(""), fault.Invalid, "base.required")
		if err := hand(h.staff["丁"].ID); err != nil {
			t.Fatal(err)
		}
		h.sound()
	})
}

func TestABadListIsRefusedWhole(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		draw := func(change func(*distribution.Draft)) error {
			return h.try("库管", func(tx *db.Tx) error {
				in := distribution.Draft{Title: "福利", Kind: "festival", For: "spring", Store: h.store.ID, Day: tx.Today(), Until: tx.Today(), Goods: []distribution.Wanted{{Item: h.rice.ID, Qty: "1"}}, Whom: []distribution.Group{{Department: h.n1.ID}}}
				change(&in)
				_, err := distribution.Draw(t.Context(), tx, in)
				return err
			})
		}
		for key, change := range map[string]func(*distribution.Draft){
			"base.required":             func(in *distribution.Draft) { in.Title = " " },
			"distribution.until_before": func(in *distribution.Draft) { in.Until = in.Day.AddDays(-1) },
			"base.no_lines":             func(in *distribution.Draft) { in.Goods = nil },
			"base.quantity":             func(in *distribution.Draft) { in.Goods[0].Qty = "半" },
			"distribution.nobody":       func(in *distribution.Draft) { in.Whom = nil },
			"base.between":              func(in *distribution.Draft) { in.Whom[0].Packs = -1 },
			"distribution.twice":        func(in *distribution.Draft) { in.Goods = append(in.Goods, in.Goods[0]) },
		} {
			if err := draw(change); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), key) {
				t.Errorf("%s: %v", key, err)
			}
		}
		if all, err := distribution.Lists.All(t.Context(), d, list.Where{}, 2); err != nil || len(all) != 0 {
			t.Error("something was written:", all, err)
		}
		// More than the store has: refused when it is to leave, and nothing has left.
		l := h.festival()
		h.must("库管", func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE distribution_share SET packs = 9 WHERE list = $1 AND name = '丁'`, l.ID)
			if err == nil {
				err = tx.Trail(t.Context(), db.Event{Noun: distribution.Noun, Record: l.ID, Action: "test"})
			}
			return err
		})
		err := h.try("科长", func(tx *db.Tx) error { _, err := distribution.Release(t.Context(), tx, l.ID, 0); return err })
		if fault.KindOf(err) != fault.Invalid || h.held(h.oil) != 10 || h.held(h.rice) != 20 {
			t.Error(err, h.held(h.oil), h.held(h.rice))
		}
	})
}

// Signing and settling at once: each share is signed for or back in the store.
func TestNobodySignsForWhatGoesBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		l := h.festival()
		h.release(l)
		var all sync.WaitGroup
		for _, name := range []string{"甲", "乙", "丙", "丁"} {
			id := h.share(l, name).ID
			for range 3 {
				all.Go(func() {
					err := h.try(name, func(tx *db.Tx) error { _, err := distribution.Sign(t.Context(), tx, id); return err })
					if err != nil && fault.KindOf(err) != fault.Conflict {
						t.Error(err)
					}
				})
			}
		}
		all.Go(func() {
			if err := h.try("库管", func(tx *db.Tx) error { _, err := distribution.Settle(t.Context(), tx, l.ID, 0); return err }); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		stand, err := distribution.Stand(t.Context(), d, l.ID)
		if err != nil || stand["signed"].Packs+stand["left"].Packs != 5 || h.held(h.rice) != 15+stand["left"].Packs {
			t.Error(stand, h.held(h.rice), err)
		}
		h.sound()
	})
}

// Clause: P-016
func TestWelfareGoodsNameTheirFestival(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		draw := func(kind, festival string) (l distribution.List, err error) {
			err = h.try("库管", func(tx *db.Tx) (err error) {
				l, err = distribution.Draw(t.Context(), tx, distribution.Draft{Title: "福利", Kind: kind, For: festival, Store: h.store.ID, Day: tx.Today(), Until: tx.Today().AddDays(1),
					Goods: []distribution.Wanted{{Item: h.oil.ID, Qty: "1"}}, Whom: []distribution.Group{{Department: h.n1.ID}}})
				return err
			})
			return l, err
		}
		for _, festival := range []string{"", "birthday"} {
			_, err := draw("festival", festival)
			e, ok := err.(*fault.Error)
			if !ok || !fault.Is(err, "distribution.which_festival") || !slices.Contains(e.Clauses(), "P-016") {
				t.Errorf("for %q: %v", festival, err)
			}
		}
		if l, err := draw("protection", "spring"); err != nil || l.Festival != "" {
			t.Errorf("gloves are for no festival: %q, %v", l.Festival, err)
		}
		stands := func(kept, broken int64) {
			t.Helper()
			for _, c := range distribution.Claims {
				if c.Clause == "P-016" {
					if e, err := c.Evidence(t.Context(), d, d.Today().AddDays(-30), d.Today()); err != nil || e.Kept != kept || e.Broken != broken {
						t.Errorf("%+v, %v", e, err)
					}
				}
			}
		}
		l, err := draw("festival", "dragon_boat")
		if err != nil {
			t.Fatal(err)
		}
		stands(0, 0)
		h.release(l)
		stands(1, 0)
		all, err := distribution.Lists.All(t.Context(), d, list.Where{}.And("l.festival = 'dragon_boat'"), 2)
		if err != nil || len(all) != 1 || all[0].ID != l.ID {
			t.Errorf("%+v, %v", all, err)
		}
		clock.Add(48 * time.Hour)
		stands(0, 1)
		h.must("库管", func(tx *db.Tx) error { _, err := distribution.Settle(t.Context(), tx, l.ID, 0); return err })
		stands(1, 0)
		h.sound()
	})
}
