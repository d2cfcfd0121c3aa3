package disposal_test

import (
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
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/disposal"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, disposal.Migrations}

// house is a hospital with a store, a ward, and somebody on each post.
type house struct {
	t            *testing.T
	d            *db.DB
	store        warehouse.Store
	kf, icu      departments.Department
	staff        map[string]people.Person
	gloves, lamp catalog.Item
	chair        catalog.Item
	supplier     suppliers.Supplier
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	approvals.Ended[disposal.Noun], approvals.Ended[disposal.SaleNoun] = disposal.Ended, disposal.SaleEnded
	h := &house{t: t, d: d, staff: map[string]people.Person{}}
	dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
		ctx := t.Context()
		h.kf = departments.Department{Code: "KF", Name: "物资科", Kind: departments.Office}
		h.icu = departments.Department{Code: "ICU", Name: "重症医学科", Kind: departments.Ward}
		for _, dep := range []*departments.Department{&h.kf, &h.icu} {
			if err := departments.Found(ctx, tx, dep); err != nil {
				return err
			}
		}
		for n, name := range []string{"科长:KF", "库管:KF", "副院长:KF", "会计:KF", "财务:KF", "总务:KF", "秘书:KF", "护士长:ICU", "护士:ICU", "见证甲:KF", "见证乙:ICU"} {
			name, unit, _ := strings.Cut(name, ":")
			p := people.Person{Number: "10" + string(rune('0'+n/10)) + string(rune('0'+n%10)), Name: name, Department: map[string]string{"KF": h.kf.ID, "ICU": h.icu.ID}[unit]}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			h.staff[name] = p
		}
		h.kf.Head, h.icu.Head = h.staff["科长"].ID, h.staff["护士长"].ID
		for _, dep := range []*departments.Department{&h.kf, &h.icu} {
			if err := departments.Change(ctx, tx, dep); err != nil {
				return err
			}
		}
		for post, who := range map[string]string{"property_accountant": "会计", "vice_president": "副院长", "hospital_leader": "副院长", "finance": "财务", "managing_department": "总务", "general_affairs": "总务", "hospital_office": "秘书"} {
			if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: h.staff[who].ID}); err != nil {
				return err
			}
		}
		h.store = warehouse.Store{Code: "A", Name: "总库", Department: h.kf.ID, Keepers: []string{h.staff["库管"].ID}}
		if err := warehouse.SetUp(ctx, tx, &h.store); err != nil {
			return err
		}
		h.supplier = suppliers.Supplier{Name: "康达医疗", Number: "S1"}
		if err := suppliers.Add(ctx, tx, &h.supplier); err != nil {
			return err
		}
		h.gloves = catalog.Item{Number: "A001", Name: "检查手套", Spec: "M", Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 100}}, Category: catalog.Consumable, ShelfDays: 1000}
		h.lamp = catalog.Item{Number: "B001", Name: "灯管", Spec: "T8 18W", Unit: "只", Category: catalog.Spare}
		h.chair = catalog.Item{Number: "C001", Name: "办公椅", Unit: "把", Category: catalog.LowValue, Price: 28000}
		for _, i := range []*catalog.Item{&h.gloves, &h.lamp, &h.chair} {
			if err := catalog.Add(ctx, tx, i); err != nil {
				return err
			}
		}
		return nil
	})
	return h
}

// as is somebody of the staff with the rights of their work.
func (h *house) as(name string) db.Actor {
	p := h.staff[name]
	rights := map[string][]string{
		"科长": {approvals.MaySee, disposal.MaySee, disposal.MayApply, disposal.MayDraw}, "库管": {disposal.MaySee, disposal.MayDraw, disposal.MayKeep, warehouse.MayReceive, warehouse.MayIssue, warehouse.MaySee, warehouse.MayKeep},
		"会计": {disposal.MaySee, disposal.MayVerify}, "财务": {disposal.MaySee, disposal.MayVerify, disposal.MayCash}, "总务": {disposal.MaySee, disposal.MayVerify, disposal.MaySell, disposal.MayDraw},
		"副院长": {approvals.MaySee, disposal.MaySee}, "秘书": {approvals.MayEnter},
	}[name]
	a := db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "web 10.0.0.7"}
	for _, r := range rights {
		a.Rights[r] = db.Scope{All: true}
	}
	if name == "护士长" || name == "护士" {
		for _, r := range []string{disposal.MaySee, disposal.MayDraw, disposal.MayApply} {
			a.Rights[r] = db.Scope{Units: []string{h.icu.ID}}
		}
	}
	return a
}

func (h *house) try(by string, f func(*db.Tx) error) error {
	return h.d.Do(h.t.Context(), h.as(by), f)
}

func (h *house) do(by string, f func(*db.Tx) error) {
	h.t.Helper()
	if err := h.try(by, f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) receive(lines ...warehouse.In) {
	h.t.Helper()
	h.do("库管", func(tx *db.Tx) error {
		_, err := warehouse.Receive(h.t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "FP-1", Lines: lines})
		return err
	})
}

func (h *house) draw(by string, d disposal.Draft) (s disposal.Slip, err error) {
	d.Store = h.store.ID
	if d.Reason == "" {
		d.Reason = "受潮变形"
	}
	err = h.try(by, func(tx *db.Tx) (err error) { s, err = disposal.Draw(h.t.Context(), tx, d); return err })
	return s, err
}

// form draws a form up over some lamps of the store.
func (h *house) form(qty string) disposal.Slip {
	h.t.Helper()
	s, err := h.draw("库管", disposal.Draft{Origin: disposal.OfStore, Lines: []disposal.Wanted{{Item: h.lamp.ID, Qty: qty, Cause: "damaged"}}})
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *house) apply(by string, s disposal.Slip) error {
	return h.try(by, func(tx *db.Tx) error { _, err := disposal.Apply(h.t.Context(), tx, s.ID, 0); return err })
}

func (h *house) inspect(by string, s disposal.Slip) error {
	return h.try(by, func(tx *db.Tx) error {
		_, err := disposal.Inspect(h.t.Context(), tx, s.ID, 0, disposal.Verdict{Note: "属实"})
		return err
	})
}

func (h *house) now(s disposal.Slip) disposal.Slip {
	h.t.Helper()
	s, err := disposal.Get(h.t.Context(), h.d, db.System("boss"), s.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *house) agree(by string, noun, record string) error {
	c, ok, err := approvals.OpenOf(h.t.Context(), h.d, noun, record)
	if err != nil || !ok {
		h.t.Helper()
		h.t.Fatalf("no case is open: %v", err)
	}
	return h.try(by, func(tx *db.Tx) error {
		_, err := approvals.Agree(h.t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest, Agent: "Phone"})
		return err
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(err error, key, clause string) {
	h.t.Helper()
	e, ok := err.(*fault.Error)
	if !ok || !fault.Is(err, key) || clause != "" && !slices.Contains(e.Clauses(), clause) {
		h.t.Errorf("want %s under %s, got %v", key, clause, err)
	}
}

// steps are the people and posts that a form's approval goes by.
func (h *house) steps(s disposal.Slip) string {
	h.t.Helper()
	turns, err := approvals.Course(h.t.Context(), h.d, h.now(s).Case)
	if err != nil {
		h.t.Fatal(err)
	}
	var who []string
	for _, t := range turns {
		who = append(who, t.Who)
	}
	return strings.Join(who, " ")
}

func (h *house) left(item catalog.Item) int64 {
	h.t.Helper()
	held, err := warehouse.HoldingOf(h.t.Context(), h.d, h.store.ID, item.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return held.Qty
}

func (h *house) sound() {
	h.t.Helper()
	wrong, err := warehouse.Verify(h.t.Context(), h.d)
	if err != nil || len(wrong) > 0 {
		h.t.Errorf("the warehouse: %v, %v", wrong, err)
	}
	mine, err := disposal.Verify(h.t.Context(), h.d)
	if err != nil || len(mine) > 0 {
		h.t.Errorf("the forms: %v, %v", mine, err)
	}
}

func each(t *testing.T, f func(*testing.T, *house)) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

// Clause: S-019
func TestGoodsAreWrittenOffOnceAndByThemselves(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		s := h.form("3")
		if s.Amount != 3000 || s.Number != "BS-2027-000001" {
			t.Errorf("the form: %+v", s)
		}
		h.must(h.apply("科长", s))
		h.must(h.agree("会计", disposal.Noun, s.ID))
		h.must(h.agree("副院长", disposal.Noun, s.ID))
		if n := h.left(h.lamp); n != 10 || h.now(s).State != disposal.Agreed {
			t.Errorf("before anybody looked at the goods: %d left, %s", n, h.now(s).State)
		}
		h.must(h.inspect("总务", s))
		got := h.now(s)
		if got.State != disposal.WrittenOff || got.Open || got.DocumentNumber != "BF-2027-000001" || h.left(h.lamp) != 7 || got.Paper == "" {
			t.Errorf("after the last word: %+v, %d left", got, h.left(h.lamp))
		}
		h.refused(h.try("库管", func(tx *db.Tx) error { _, err := disposal.Post(t.Context(), tx, s.ID, 0); return err }), "base.step_not_possible", "")
		h.refused(h.inspect("会计", s), "base.step_not_possible", "")
		papers, err := warehouse.OfRecord(t.Context(), h.d, disposal.Noun, s.ID)
		if err != nil || len(papers) != 1 || papers[0].Amount != 3000 {
			t.Errorf("%+v, %v", papers, err)
		}
		h.sound()
	})
}

// Two of the last words at once write the goods off once.
func TestTheLastWordsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		s := h.form("3")
		h.must(h.apply("科长", s))
		h.must(h.agree("会计", disposal.Noun, s.ID))
		var wait sync.WaitGroup
		for _, f := range []func() error{func() error { return h.agree("副院长", disposal.Noun, s.ID) }, func() error { return h.inspect("总务", s) }} {
			wait.Go(func() { _ = f() })
		}
		wait.Wait()
		if h.left(h.lamp) != 7 || h.now(s).State != disposal.WrittenOff {
			t.Errorf("%d left, %s", h.left(h.lamp), h.now(s).State)
		}
		h.sound()
	})
}

// Clause: A-022
func TestTheLeaderApplies(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		s := h.form("3")
		h.refused(h.apply("库管", s), "base.need", "")
		h.refused(h.apply("护士长", s), "base.not_found", "")
		boss := h.as("科长")
		boss.ID, boss.Name = h.staff["总务"].ID, "总务"
		h.refused(h.d.Do(t.Context(), boss, func(tx *db.Tx) error { _, err := disposal.Apply(t.Context(), tx, s.ID, 0); return err }), "disposal.not_head", "A-022")
		h.must(h.apply("科长", s))
		h.refused(h.inspect("库管", s), "base.need", "")
		drawer := h.as("会计")
		drawer.ID = h.staff["库管"].ID
		h.refused(h.d.Do(t.Context(), drawer, func(tx *db.Tx) error {
			_, err := disposal.Inspect(t.Context(), tx, s.ID, 0, disposal.Verdict{Note: "x"})
			return err
		}), "disposal.own_form", "A-022")
		h.refused(h.try("会计", func(tx *db.Tx) error {
			_, err := disposal.Inspect(t.Context(), tx, s.ID, 0, disposal.Verdict{Note: " "})
			return err
		}), "base.required", "")
	})
}

// Clause: A-022 S-020
func TestEveryGapOfThePapersIsNamed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		_, err := h.draw("护士长", disposal.Draft{Origin: disposal.OfUse, Department: h.icu.ID, Lines: []disposal.Wanted{{Qty: "1"}, {Name: "木凳", Unit: "个", Qty: "x", Price: "5"}, {Name: "木凳", Unit: "个", Qty: "1"},
			{Item: "nothing", Qty: "1"}, {Name: "木凳", Qty: "1", Price: "5"}, {Item: h.lamp.ID, Qty: "0.5", Price: "5"}}})
		for at, key := range map[string]string{"lines.0.name": "disposal.name_needed", "lines.1.qty": "base.quantity", "lines.2.price": "disposal.price_needed", "lines.3.item": "base.no_such", "lines.4.unit": "base.required", "lines.5.qty": "warehouse.uneven"} {
			e, ok := err.(*fault.Error)
			if !ok || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == at && f.Key == key }) {
				t.Errorf("%s %s is not among %v", at, key, err)
			}
		}
		_, err = h.draw("库管", disposal.Draft{Origin: disposal.OfStore, Lines: []disposal.Wanted{{Item: h.lamp.ID, Qty: "11"}, {Item: h.gloves.ID, Qty: "1", Lot: "L1"}}})
		h.refused(err, "disposal.too_few", "")
		h.refused(err, "disposal.no_lot", "")
		s, err := h.draw("护士长", disposal.Draft{Origin: disposal.OfUse, Department: h.icu.ID, Lines: []disposal.Wanted{{Item: h.chair.ID, Qty: "1"}, {Name: "木凳", Unit: "个", Qty: "2", Price: "5"}}})
		h.must(err)
		if s.Amount != 29000 {
			t.Errorf("two stools and a chair at its catalogue price: %s", s.Amount)
		}
		err = h.apply("护士长", s)
		h.refused(err, "disposal.model_needed", "A-022")
		h.refused(err, "disposal.cause_needed", "S-020")
		if e := err.(*fault.Error); len(e.Fields) != 4 {
			t.Errorf("not every gap at once: %v", err)
		}
		if h.now(s).State != disposal.Drawn {
			t.Error("it went on its way all the same")
		}
	})
}

// Clause: A-010
func TestTheTierOfAWriteOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "1", Amount: "499.99"}, warehouse.In{Item: h.gloves.ID, Qty: "100", Amount: "500", Lot: "L1", Expiry: "2029-01-01"})
		below := h.form("1")
		h.must(h.apply("科长", below))
		if got := h.steps(below); got != "post:property_accountant post:vice_president" {
			t.Errorf("499.99 yuan go %s", got)
		}
		at, err := h.draw("库管", disposal.Draft{Origin: disposal.OfStore, Lines: []disposal.Wanted{{Item: h.gloves.ID, Qty: "1 盒", Cause: "unfit"}}})
		h.must(err)
		h.must(h.apply("科长", at))
		if got := h.steps(at); got != "post:property_accountant post:office_meeting" {
			t.Errorf("500 yuan go %s", got)
		}
	})
}

// Three lamps of 200 yuan are 600 on one form: the total chooses the tier, though no
// lamp costs 500 (docs/decisions/0014).
//
// Clause: A-010
func TestTheTierGoesByTheTotalOfTheForm(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "3", Amount: "600"})
		s := h.form("3")
		h.must(h.apply("科长", s))
		if got := h.steps(s); got != "post:property_accountant post:office_meeting" {
			t.Errorf("three at 200 yuan go %s", got)
		}
		p, _, _ := rules.Parameter("A-010.threshold")
		if !strings.Contains(p.Name.Zh, "合计") || !strings.Contains(p.Name.En, "Total") {
			t.Errorf("the parameter calls itself %+v", p.Name)
		}
	})
}

// Clause: S-019
func TestNobodyAgreesToTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		// the property accountant is also a keeper: somebody else must decide
		dbtest.Do(t, h.d, db.System("setup"), func(tx *db.Tx) error {
			w, err := warehouse.StoreByID(t.Context(), tx, h.store.ID)
			w.Keepers = []string{h.staff["库管"].ID, h.staff["副院长"].ID}
			if err == nil {
				err = warehouse.ChangeStore(t.Context(), tx, &w)
			}
			return err
		})
		s := h.form("3")
		h.must(h.apply("科长", s))
		h.must(h.agree("会计", disposal.Noun, s.ID))
		h.refused(h.agree("副院长", disposal.Noun, s.ID), "approvals.barred.keeper", "S-019")
		h.refused(h.agree("科长", disposal.Noun, s.ID), "approvals.barred.requester", "")
	})
}

func TestAChangedFormIsAppliedForAnew(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		s := h.form("3")
		h.must(h.apply("科长", s))
		h.must(h.inspect("总务", s))
		h.must(h.agree("会计", disposal.Noun, s.ID))
		h.do("库管", func(tx *db.Tx) error {
			_, err := disposal.Redraw(t.Context(), tx, s.ID, 0, disposal.Draft{Reason: "受潮变形", Lines: []disposal.Wanted{{Item: h.lamp.ID, Qty: "10", Cause: "damaged"}}})
			return err
		})
		got := h.now(s)
		if got.State != disposal.Drawn || got.VerifiedBy != "" || got.Amount != 10000 || got.Case != "" {
			t.Errorf("after the change: %+v", got)
		}
		last, ok, err := approvals.Last(t.Context(), h.d, disposal.Noun, s.ID)
		if err != nil || !ok || last.State != approvals.Voided {
			t.Errorf("what was agreed to is %s, %v", last.State, err)
		}
		h.must(h.apply("科长", s))
		h.must(h.agree("会计", disposal.Noun, s.ID))
		c, _, _ := approvals.OpenOf(t.Context(), h.d, disposal.Noun, s.ID)
		h.do("副院长", func(tx *db.Tx) error {
			_, err := approvals.SendBack(t.Context(), tx, c.ID, "附照片", approvals.Signature{Digest: c.Digest})
			return err
		})
		if got := h.now(s); got.State != disposal.Drawn || got.Note != "附照片" || !got.Open {
			t.Errorf("sent back: %+v", got)
		}
		h.must(h.apply("科长", s))
		h.must(h.agree("会计", disposal.Noun, s.ID))
		c, _, _ = approvals.OpenOf(t.Context(), h.d, disposal.Noun, s.ID)
		h.do("副院长", func(tx *db.Tx) error {
			_, err := approvals.Refuse(t.Context(), tx, c.ID, "还能用", approvals.Signature{Digest: c.Digest})
			return err
		})
		if got := h.now(s); got.State != disposal.Refused || got.Open || h.left(h.lamp) != 10 {
			t.Errorf("refused: %+v", got)
		}
		again := h.form("10") // what stood on it is free again
		h.do("库管", func(tx *db.Tx) error {
			_, err := disposal.Drop(t.Context(), tx, again.ID, 0, disposal.Why{Text: "填错"})
			return err
		})
		h.sound()
	})
}

// Goods that are gone when the last signature comes do not undo it: it is shown, and
// posted once they are back.
func TestWhatIsGoneCannotBeWrittenOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		s := h.form("8")
		h.must(h.apply("科长", s))
		h.do("库管", func(tx *db.Tx) error {
			_, err := warehouse.Issue(t.Context(), tx, warehouse.Handout{Store: h.store.ID, Department: h.icu.ID, ReceiverName: "护士", Receiver: h.staff["护士"].ID, Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: "5"}}})
			return err
		})
		h.must(h.inspect("总务", s))
		h.must(h.agree("会计", disposal.Noun, s.ID))
		h.must(h.agree("副院长", disposal.Noun, s.ID))
		if got := h.now(s); got.State != disposal.Agreed || got.Stuck != "warehouse.too_few" || h.left(h.lamp) != 5 {
			t.Errorf("%+v", got)
		}
		waits, err := disposal.ToTakeBack(t.Context(), h.d, h.as("库管"), 9)
		if err != nil || len(waits) != 1 {
			t.Errorf("the keeper is not told: %v, %v", waits, err)
		}
		post := func() error {
			return h.try("库管", func(tx *db.Tx) error { _, err := disposal.Post(t.Context(), tx, s.ID, 0); return err })
		}
		h.refused(post(), "warehouse.too_few", "")
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "3", Amount: "30"})
		h.must(post())
		if h.left(h.lamp) != 0 || h.now(s).State != disposal.WrittenOff {
			t.Errorf("%d left, %+v", h.left(h.lamp), h.now(s))
		}
		h.sound()
	})
}

// Clause: S-004
func TestGivenUpLotsLieApart(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "200", Amount: "20", Lot: "OLD", Expiry: "2027-03-05"}, warehouse.In{Item: h.gloves.ID, Qty: "50", Amount: "5", Lot: "NEW", Expiry: "2029-03-05"})
		held := func() (lots []string) {
			all, err := warehouse.Holds.All(t.Context(), d, list.Where{}.And("h.released = 0"), 9)
			h.must(err)
			for _, x := range all {
				lots = append(lots, x.Lot)
			}
			return lots
		}
		clock.Add(48 * time.Hour)
		var s disposal.Slip
		expired := func() error {
			return h.try("库管", func(tx *db.Tx) (err error) {
				s, err = disposal.DrawExpired(t.Context(), tx, h.store.ID, "已过有效期")
				return err
			})
		}
		h.must(expired())
		if len(s.Lines) != 1 || s.Lines[0].Lot != "OLD" || s.Lines[0].Qty != 200 || s.Lines[0].Cause != "expired" {
			t.Errorf("the expired lots: %+v", s.Lines)
		}
		first := s
		h.refused(expired(), "disposal.none_expired", "")
		h.must(h.apply("科长", first))
		if got := held(); !slices.Equal(got, []string{"OLD"}) {
			t.Errorf("held: %v", got)
		}
		h.must(h.inspect("总务", first))
		h.must(h.agree("会计", disposal.Noun, first.ID))
		h.must(h.agree("副院长", disposal.Noun, first.ID))
		if got := held(); len(got) != 0 || h.left(h.gloves) != 50 {
			t.Errorf("after the write-off: held %v, %d left", got, h.left(h.gloves))
		}
		apart, err := disposal.Apart.All(t.Context(), d, disposal.ScrapScope(h.as("库管")), 9)
		if err != nil || len(apart) != 1 || apart[0].Qty != 200 || apart[0].State != "apart" || apart[0].Paper != first.Number || apart[0].Amount != 2000 {
			t.Errorf("the register: %+v, %v", apart, err)
		}
		h.do("总务", func(tx *db.Tx) error { return disposal.Destroy(t.Context(), tx, apart[0].ID, "焚烧") })
		h.refused(h.try("总务", func(tx *db.Tx) error { return disposal.Destroy(t.Context(), tx, apart[0].ID, "焚烧") }), "disposal.not_apart", "")
		h.sound()
	})
}

// Clause: S-021 A-024
func TestOldGoodsComeBackFirst(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s, err := h.draw("护士长", disposal.Draft{Origin: disposal.OfUse, Department: h.icu.ID, Lines: []disposal.Wanted{{Item: h.chair.ID, Model: "网布", Qty: "2", Cause: "worn"}}})
		h.must(err)
		h.must(h.apply("护士长", s))
		if got := h.steps(s); got != "post:managing_department post:finance post:hospital_leader post:property_accountant" {
			t.Errorf("scrap of a ward goes %s", got)
		}
		h.must(h.inspect("会计", s))
		for _, who := range []string{"总务", "财务", "副院长", "会计"} {
			h.must(h.agree(who, disposal.Noun, s.ID))
		}
		if got := h.now(s); got.State != disposal.Agreed || !slices.Equal(got.Missing(), []string{"disposal.missing.goods"}) {
			t.Fatalf("without the chairs: %s %v", got.State, got.Missing())
		}
		h.do("库管", func(tx *db.Tx) error {
			_, err := disposal.TakeBack(t.Context(), tx, s.ID, 0, disposal.Spot{Spot: "报废区 1 号架"})
			return err
		})
		got := h.now(s)
		apart, err := disposal.Apart.All(t.Context(), h.d, list.Where{}, 9)
		if err != nil || got.State != disposal.WrittenOff || got.Document != "" || len(apart) != 1 || apart[0].Spot != "报废区 1 号架" {
			t.Errorf("%+v %+v %v", got, apart, err)
		}
		h.sound()
	})
}

func (h *house) sell(by string, o disposal.Offer) (s disposal.Sale, err error) {
	err = h.try(by, func(tx *db.Tx) (err error) { s, err = disposal.Sell(h.t.Context(), tx, o); return err })
	return s, err
}

func (h *house) weigh(s disposal.Sale, w disposal.Weighing) error {
	return h.try("总务", func(tx *db.Tx) error { _, err := disposal.Weigh(h.t.Context(), tx, s.ID, 0, w); return err })
}

// Clause: A-025 A-026
func TestWasteIsSoldForTheHouse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		nurse := h.as("总务")
		nurse.ID = h.staff["护士长"].ID
		h.refused(h.d.Do(t.Context(), nurse, func(tx *db.Tx) error {
			_, err := disposal.Sell(t.Context(), tx, disposal.Offer{Goods: "旧纸箱", Estimate: 5000})
			return err
		}), "disposal.not_collector", "A-025")
		for _, x := range []struct {
			estimate money.Fen
			way      string
		}{{99_999, "post:finance"}, {100_000, "post:vice_president post:finance"}} {
			s, err := h.sell("总务", disposal.Offer{Goods: "旧铁床", Estimate: x.estimate})
			h.must(err)
			turns, err := approvals.Course(t.Context(), h.d, s.Case)
			h.must(err)
			var way []string
			for _, turn := range turns {
				way = append(way, turn.Who)
			}
			if got := strings.Join(way, " "); got != x.way {
				t.Errorf("%s go %s", x.estimate, got)
			}
			h.refused(h.weigh(s, disposal.Weighing{}), "base.step_not_possible", "")
		}
	})
}

// Clause: A-027
func TestTheProceedsGoToFinance(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		sold := func() disposal.Sale {
			s, err := h.sell("总务", disposal.Offer{Goods: "旧铁床", Estimate: 200_000})
			h.must(err)
			h.must(h.agree("副院长", disposal.SaleNoun, s.ID))
			h.must(h.agree("财务", disposal.SaleNoun, s.ID))
			err = h.weigh(s, disposal.Weighing{Buyer: "再生资源站", Witness: h.staff["总务"].ID, Witness2: h.staff["总务"].ID, Weights: []disposal.Weight{{Name: "废铁", Kg: "x", Amount: 1}}})
			for _, key := range []string{"disposal.witness_sells", "disposal.bad_weight"} {
				h.refused(err, key, "")
			}
			h.must(h.weigh(s, disposal.Weighing{Buyer: "再生资源站", Witness: h.staff["见证甲"].ID, Witness2: h.staff["见证乙"].ID, Weights: []disposal.Weight{{Name: "废铁", Kg: "812.5", Amount: 178_750}, {Name: "废铝", Kg: "10.25", Amount: 12_300}}}))
			return s
		}
		pay := func(s disposal.Sale, paid money.Fen, why string) error {
			return h.try("总务", func(tx *db.Tx) error {
				_, err := disposal.Pay(t.Context(), tx, s.ID, 0, disposal.HandedIn{Paid: paid, Receipt: "SJ-0088", Why: why})
				return err
			})
		}
		s := sold()
		got, err := disposal.GetSale(t.Context(), d, db.System(""), s.ID)
		if err != nil || got.Grams != 822_750 || got.Amount != 191_050 || got.Weights[0].Kg != "812.50" {
			t.Errorf("%+v, %v", got, err)
		}
		h.refused(pay(s, 190_000, "茶水费"), "disposal.all_to_finance", "A-027")
		h.refused(pay(s, 191_051, ""), "disposal.paid_too_much", "")
		h.must(pay(s, 191_050, ""))
		confirm := func(by string) error {
			return h.try(by, func(tx *db.Tx) error { _, err := disposal.Confirm(t.Context(), tx, s.ID, 0); return err })
		}
		h.refused(confirm("总务"), "base.need", "")
		h.must(confirm("财务"))
		set(t, d, clock, "A-027.all_to_finance", "off")
		s = sold()
		h.refused(pay(s, 100_000, ""), "base.required", "")
		h.must(pay(s, 100_000, "院务会同意返还茶水费"))
		h.sound()
	})
}

// set gives a parameter another value from tomorrow on, as two people do, and lets
// tomorrow come.
func set(t *testing.T, d *db.DB, clock *dbtest.Clock, param, value string) {
	t.Helper()
	c := rules.Change{Param: param, Value: value, Since: d.Today().AddDays(1), Reason: "试行"}
	dbtest.Do(t, d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &c) })
	dbtest.Do(t, d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, c.ID, "") })
	clock.Add(24 * time.Hour)
}

// What was counted this year opens the records that it was counted from.
func TestTheEvidenceOfTheYear(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		s := h.form("3")
		h.must(h.apply("科长", s))
		h.must(h.inspect("总务", s))
		h.must(h.agree("会计", disposal.Noun, s.ID))
		h.must(h.agree("副院长", disposal.Noun, s.ID))
		for _, c := range disposal.Claims {
			if c.Evidence == nil {
				continue
			}
			e, err := c.Evidence(t.Context(), h.d, period.Day("2027-01-01"), h.d.Today())
			want := map[string]int64{"A-010": 1, "A-022": 1, "A-023": 1, "S-004": 1, "S-019": 1, "S-020": 1}[c.Clause]
			if err != nil || e.Kept != want || e.Broken != 0 {
				t.Errorf("%s: %+v, %v", c.Clause, e, err)
			}
		}
	})
}
