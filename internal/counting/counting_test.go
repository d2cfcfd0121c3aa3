package counting_test

import (
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/counting"
	"houqin/internal/departments"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, counting.Migrations}

// house is a hospital with a store of a dozen goods, its keeper, and others who count.
type house struct {
	t        *testing.T
	d        *db.DB
	kf       departments.Department
	store    warehouse.Store
	bins     []warehouse.Bin
	items    []catalog.Item
	supplier suppliers.Supplier
	staff    map[string]people.Person
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	approvals.Ended[counting.Noun] = counting.Ended
	h := &house{t: t, d: d, staff: map[string]people.Person{}}
	dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
		ctx := t.Context()
		h.kf = departments.Department{Code: "KF", Name: "物资科", Kind: departments.Office}
		if err := departments.Found(ctx, tx, &h.kf); err != nil {
			return err
		}
		for n, name := range []string{"科长", "库管", "库管乙", "会计", "财务", "总务", "副院长", "秘书", "盘点甲", "盘点乙"} {
			p := people.Person{Number: fmt.Sprint(1000 + n), Name: name, Department: h.kf.ID}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			h.staff[name] = p
		}
		for post, who := range map[string]string{"property_accountant": "会计", "vice_president": "副院长", "finance": "财务", "general_affairs": "总务", "hospital_office": "秘书"} {
			if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: h.staff[who].ID}); err != nil {
				return err
			}
		}
		h.store = warehouse.Store{Code: "A", Name: "总库", Department: h.kf.ID, Keepers: []string{h.staff["库管"].ID, h.staff["库管乙"].ID}}
		if err := warehouse.SetUp(ctx, tx, &h.store); err != nil {
			return err
		}
		for _, code := range []string{"A-1", "A-2", "B-1"} {
			b := warehouse.Bin{Store: h.store.ID, Code: code}
			if err := warehouse.AddBin(ctx, tx, &b); err != nil {
				return err
			}
			h.bins = append(h.bins, b)
		}
		h.supplier = suppliers.Supplier{Name: "康达医疗", Number: "S1"}
		if err := suppliers.Add(ctx, tx, &h.supplier); err != nil {
			return err
		}
		for n := range 6 {
			i := catalog.Item{Number: fmt.Sprintf("A%03d", n+1), Name: fmt.Sprint("物品", n+1), Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 10}}, Category: catalog.Consumable, Price: 100}
			if err := catalog.Add(ctx, tx, &i); err != nil {
				return err
			}
			h.items = append(h.items, i)
		}
		return nil
	})
	return h
}

// as is somebody of the staff with the rights of their work.
func (h *house) as(name string) db.Actor {
	p := h.staff[name]
	a := db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "web 10.0.0.7"}
	rights := []string{counting.MaySee, counting.MayCount, counting.MaySettle, counting.MayArrange, approvals.MaySee}
	switch name {
	case "库管", "库管乙":
		rights = append(rights, warehouse.MayReceive, warehouse.MayIssue, warehouse.MaySee, warehouse.MayKeep, counting.MayPost)
	case "会计", "财务":
		rights = append(rights, counting.MayPost)
	}
	for _, r := range rights {
		a.Rights[r] = db.Scope{All: true}
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

// stock receives a hundred of each of so many goods at 1 yuan, by turns into the bins.
func (h *house) stock(kinds int) {
	h.t.Helper()
	var lines []warehouse.In
	for n := range kinds {
		lines = append(lines, warehouse.In{Item: h.items[n].ID, Qty: "100", Amount: "100", Bin: h.bins[n%3].ID})
	}
	h.do("库管", func(tx *db.Tx) error {
		_, err := warehouse.Receive(h.t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "FP-1", Lines: lines})
		return err
	})
}

func (h *house) issue(item catalog.Item, qty string) error {
	return h.try("库管", func(tx *db.Tx) error {
		_, err := warehouse.Issue(h.t.Context(), tx, warehouse.Handout{Store: h.store.ID, Department: h.kf.ID, Receiver: h.staff["盘点甲"].ID, Purpose: "领用", Lines: []warehouse.Out{{Item: item.ID, Qty: qty}}})
		return err
	})
}

func (h *house) begin(by string, o counting.Order) (c counting.Count) {
	h.t.Helper()
	o.Store = h.store.ID
	h.do(by, func(tx *db.Tx) (err error) { c, err = counting.Begin(h.t.Context(), tx, o); return err })
	return c
}

func (h *house) sheets(c counting.Count) []counting.Sheet {
	h.t.Helper()
	all, err := counting.Sheets.All(h.t.Context(), h.d, list.Where{}.And("s.count = ? AND s.open = true", c.ID), 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	for n := range all {
		if all[n].Lines, err = counting.LinesOf(h.t.Context(), h.d, all[n].ID); err != nil {
			h.t.Fatal(err)
		}
	}
	return all
}

func (h *house) take(by string, s counting.Sheet) error {
	return h.try(by, func(tx *db.Tx) error { _, err := counting.Take(h.t.Context(), tx, s.ID); return err })
}

func (h *house) handIn(by string, s counting.Sheet) error {
	return h.try(by, func(tx *db.Tx) error { _, err := counting.HandIn(h.t.Context(), tx, s.ID); return err })
}

// fill counts all that is out: what the books say, but for the items named, of which so
// many are found.
func (h *house) fill(by string, c counting.Count, found map[string]string) {
	h.t.Helper()
	for _, s := range h.sheets(c) {
		h.must(h.take(by, s))
		h.tally(by, s, 0, found)
		h.must(h.handIn(by, s))
	}
}

func (h *house) tally(by string, s counting.Sheet, at period.Instant, found map[string]string) {
	h.t.Helper()
	var all []counting.Found
	for _, l := range s.Lines {
		lying, err := warehouse.LyingAt(h.t.Context(), h.d, h.store.ID, at, []string{l.Item})
		h.must(err)
		f := counting.Found{Line: l.ID, Qty: fmt.Sprint(int64(lying[warehouse.Spot{Item: l.Item, Bin: l.Bin, Lot: l.Lot}].Then))}
		if q, ok := found[l.Name]; ok {
			f.Qty = q
		}
		all = append(all, f)
	}
	h.do(by, func(tx *db.Tx) error { _, err := counting.Tally(h.t.Context(), tx, s.ID, at, all); return err })
}

func (h *house) now(c counting.Count) counting.Count {
	h.t.Helper()
	c, err := counting.Get(h.t.Context(), h.d, db.System("boss"), c.ID)
	h.must(err)
	return c
}

func (h *house) differing(c counting.Count) []counting.Line {
	h.t.Helper()
	all, err := counting.Lines.All(h.t.Context(), h.d, list.Where{}.And("l.count = ? AND l.diff <> 0", c.ID), 10_000)
	h.must(err)
	return all
}

func (h *house) explain(by string, c counting.Count) {
	h.t.Helper()
	var why []counting.Cause
	for _, l := range h.differing(c) {
		why = append(why, counting.Cause{Line: l.ID, Reason: "issue_late"})
	}
	h.do(by, func(tx *db.Tx) error { _, err := counting.Explain(h.t.Context(), tx, c.ID, 0, why); return err })
}

func (h *house) ask(by string, c counting.Count, analysis string) error {
	return h.try(by, func(tx *db.Tx) error {
		_, err := counting.Ask(h.t.Context(), tx, c.ID, 0, counting.Analysis{Text: analysis})
		return err
	})
}

func (h *house) agree(by string, c counting.Count) error {
	k, ok, err := approvals.OpenOf(h.t.Context(), h.d, counting.Noun, c.ID)
	if err != nil || !ok {
		h.t.Helper()
		h.t.Fatalf("no case is open: %v", err)
	}
	return h.try(by, func(tx *db.Tx) error {
		_, err := approvals.Agree(h.t.Context(), tx, k.ID, "", approvals.Signature{Digest: k.Digest, Agent: "Phone"})
		return err
	})
}

func (h *house) post(by string, c counting.Count) error {
	return h.try(by, func(tx *db.Tx) error { _, err := counting.Post(h.t.Context(), tx, c.ID, 0); return err })
}

// approved is a count in which the goods named were found so many, as far as agreed to.
func (h *house) approved(found map[string]string) counting.Count {
	h.t.Helper()
	c := h.begin("库管", counting.Order{Blind: true})
	h.fill("库管", c, found)
	h.fill("盘点甲", c, found)
	h.explain("库管", c)
	h.must(h.ask("库管", c, ""))
	h.must(h.agree("会计", c))
	h.must(h.agree("副院长", c))
	return h.now(c)
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
		h.t.Fatalf("want %s %s, got %v", key, clause, err)
	}
}

// sound compares the books with what was posted, and the counts with the books.
func (h *house) sound() {
	h.t.Helper()
	wrong, err := warehouse.Verify(h.t.Context(), h.d)
	h.must(err)
	for _, w := range wrong {
		h.t.Error(w)
	}
	counts, err := counting.Verify(h.t.Context(), h.d)
	h.must(err)
	for _, w := range counts {
		h.t.Error(w)
	}
}

func (h *house) holds(item catalog.Item) int64 {
	h.t.Helper()
	got, err := warehouse.HoldingOf(h.t.Context(), h.d, h.store.ID, item.ID)
	h.must(err)
	return got.Qty
}

// The keeper counts, somebody else counts again what differs, the reasons are given, two
// others agree, the accountant posts, and the books say what lies there.
//
// Clause: S-019
func TestFromSheetToBooks(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.stock(6)
		c := h.begin("库管", counting.Order{Sheet: 4, Blind: true})
		if c.Number != "PC-2027-000001" || c.Lines != 6 {
			t.Fatalf("the count: %+v", c)
		}
		first := h.sheets(c)
		if len(first) != 2 || first[0].Label != "A-1 – A-2" || first[1].Label != "B-1" {
			t.Fatalf("the sheets: %+v", first)
		}
		h.fill("库管", c, map[string]string{"物品1": "9盒7只", "物品2": "103", "物品3": "90"})
		if c = h.now(c); c.State != counting.Recounting {
			t.Fatalf("the count is %s", c.State)
		}
		again := h.sheets(c)
		if len(again) != 1 || again[0].Size != 3 {
			t.Fatalf("the second round: %+v", again)
		}
		h.refused(h.take("库管", again[0]), "counting.own_figures", "S-019")
		h.refused(h.take("库管乙", again[0]), "counting.keepers_figures", "S-019")
		h.fill("盘点甲", c, map[string]string{"物品1": "97", "物品2": "103"}) // of the third the keeper overlooked some
		if c = h.now(c); c.State != counting.Settling || c.Differing != 2 || c.Wrong != 3333 || c.Gain != 300 || c.Loss != 300 || c.Book != 60000 {
			t.Fatalf("the count: %+v", c)
		}
		h.refused(h.ask("库管", c, ""), "counting.lacks", "")
		h.explain("库管", c)
		h.must(h.ask("库管", c, ""))
		h.refused(h.post("财务", c), "base.step_not_possible", "")
		h.must(h.agree("会计", c))
		h.must(h.agree("副院长", c))
		if c = h.now(c); c.State != counting.Approved || c.Paper == "" {
			t.Fatalf("the count: %+v", c)
		}
		h.refused(h.post("库管", c), "counting.store_posts", "S-019")
		if got := h.holds(h.items[0]); got != 100 {
			t.Errorf("the books were put right before anybody posted: %d", got)
		}
		h.must(h.post("财务", c))
		h.refused(h.post("财务", c), "base.step_not_possible", "")
		if c = h.now(c); c.State != counting.Posted || c.DocumentNumber != "PD-2027-000001" || c.PostedName != "财务" {
			t.Fatalf("the count: %+v", c)
		}
		for n, want := range []int64{97, 103, 100} {
			if got := h.holds(h.items[n]); got != want {
				t.Errorf("%s: %d, not %d", h.items[n].Name, got, want)
			}
		}
		h.sound()
		e, err := counting.Claims[4].Evidence(t.Context(), d, d.Today(), d.Today())
		if err != nil || e.Kept != 1 || e.Broken != 0 {
			t.Errorf("the evidence: %+v, %v", e, err)
		}
	})
}

// Who counted or keeps the store agrees to nothing, and a paper is needed for these very
// figures.
//
// Clause: S-019
func TestTheStoreDoesNotPutItselfRight(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.stock(2)
		c := h.begin("库管", counting.Order{})
		h.fill("库管", c, map[string]string{"物品1": "90"})
		h.fill("会计", c, map[string]string{"物品1": "90"})
		h.explain("库管", c)
		// The accountant counted: what is theirs to sign goes to finance, that stands above.
		h.must(h.ask("库管", c, ""))
		if err := h.agree("会计", c); fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.NotFound {
			t.Errorf("who counted signs: %v", err)
		}
		h.must(h.agree("财务", c))
		h.do("科长", func(tx *db.Tx) error { _, err := counting.Again(t.Context(), tx, c.ID, 0); return err })
		h.fill("盘点乙", c, map[string]string{"物品1": "91"})
		h.explain("库管", c)
		h.must(h.ask("库管", c, ""))
		h.refused(h.agree("库管", c), "approvals.barred.requester", "")
		k, _, err := approvals.OpenOf(t.Context(), d, counting.Noun, c.ID)
		h.must(err)
		h.do("会计", func(tx *db.Tx) error {
			_, err := approvals.Refuse(t.Context(), tx, k.ID, "请再核对", approvals.Signature{Digest: k.Digest})
			return err
		})
		if c = h.now(c); c.State != counting.Settling || c.Note != "请再核对" || c.Case != "" {
			t.Fatalf("after the refusal: %+v", c)
		}
		h.must(h.ask("库管", c, ""))
		h.must(h.agree("会计", c))
		h.must(h.agree("副院长", c))
		h.do("科长", func(tx *db.Tx) error { _, err := counting.Again(t.Context(), tx, c.ID, 0); return err })
		if c = h.now(c); c.State != counting.Recounting || c.Paper != "" {
			t.Fatalf("counted once more: %+v", c)
		}
		h.fill("盘点甲", c, map[string]string{"物品1": "92"})
		h.refused(h.post("财务", c), "base.step_not_possible", "")
		h.sound()
	})
}

// What leaves the shelf while it is counted is no difference, whether the sheet is
// written at once or in the afternoon.
func TestTheBooksFigureFollowsWhatMoves(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.stock(3)
		clock.Add(time.Hour)
		c := h.begin("库管", counting.Order{Sheet: 2})
		s := h.sheets(c)
		h.must(h.take("盘点甲", s[0]))
		h.must(h.take("盘点乙", s[1]))
		h.must(h.issue(h.items[0], "30"))
		clock.Add(time.Minute)
		h.do("盘点甲", func(tx *db.Tx) error { // after the issue, at once
			_, err := counting.Tally(t.Context(), tx, s[0].ID, 0, []counting.Found{{Line: s[0].Lines[0].ID, Qty: "70"}, {Line: s[0].Lines[1].ID, Qty: "100"}})
			return err
		})
		counted := period.At(clock.Now())
		clock.Add(time.Minute)
		h.must(h.issue(h.items[2], "25"))
		clock.Add(3 * time.Hour)
		h.do("盘点乙", func(tx *db.Tx) error { // written on paper before the issue, typed after it
			_, err := counting.Tally(t.Context(), tx, s[1].ID, counted, []counting.Found{{Line: s[1].Lines[0].ID, Qty: "10盒"}})
			return err
		})
		err := h.try("盘点乙", func(tx *db.Tx) error {
			_, err := counting.Tally(t.Context(), tx, s[1].ID, period.At(clock.Now().Add(time.Hour)), []counting.Found{{Line: s[1].Lines[0].ID, Qty: "10盒"}})
			return err
		})
		h.refused(err, "counting.bad_moment", "")
		h.must(h.handIn("盘点甲", s[0]))
		h.must(h.handIn("盘点乙", s[1]))
		if c = h.now(c); c.State != counting.Agreed || c.Differing != 0 || c.Wrong != 0 {
			t.Errorf("the count: %+v", c)
		}
		h.sound()
	})
}

// Every sheet counts once, however often it is handed in, and every gap is named.
func TestASheetHandedInTwiceIsOne(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.stock(4)
		c := h.begin("库管", counting.Order{Blind: true})
		s := h.sheets(c)[0]
		h.refused(h.handIn("盘点甲", s), "counting.not_yours", "")
		h.must(h.take("盘点甲", s))
		h.must(h.take("盘点甲", s))
		h.refused(h.take("盘点乙", s), "counting.taken", "")
		err := h.try("盘点甲", func(tx *db.Tx) error {
			_, err := counting.Tally(t.Context(), tx, s.ID, 0, []counting.Found{{Line: s.Lines[0].ID, Qty: "3箱"}, {Line: s.Lines[1].ID, Qty: "一些"}, {Line: s.Lines[2].ID, Qty: "5"}})
			return err
		})
		if e, ok := err.(*fault.Error); !ok || len(e.Fields) != 2 {
			t.Fatalf("every line is named: %v", err)
		}
		err = h.handIn("盘点甲", s)
		if e, ok := err.(*fault.Error); !ok || len(e.Fields) != 4 {
			t.Fatalf("every gap is named: %v", err)
		}
		h.tally("盘点甲", s, 0, nil)
		h.must(h.handIn("盘点甲", s))
		was := h.now(c)
		h.must(h.handIn("盘点甲", s))
		if got := h.now(c); got.Version != was.Version || got.State != counting.Agreed {
			t.Errorf("handed in twice: %+v", got)
		}
		h.refused(h.try("盘点甲", func(tx *db.Tx) error {
			_, err := counting.Tally(t.Context(), tx, s.ID, 0, []counting.Found{{Line: s.Lines[2].ID, Qty: "5"}})
			return err
		}), "counting.handed_in", "")
	})
}

// Goods that nobody knew of come onto the sheet, into the second round and the books.
func TestWhatIsOnNoListIsFound(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.stock(1)
		c := h.begin("库管", counting.Order{})
		s := h.sheets(c)[0]
		h.must(h.take("库管", s))
		add := func(x counting.Extra) error {
			return h.try("库管", func(tx *db.Tx) error { _, err := counting.Add(t.Context(), tx, s.ID, x); return err })
		}
		h.refused(add(counting.Extra{Item: h.items[0].ID, Bin: h.bins[0].ID, Qty: "5"}), "counting.on_list", "")
		h.must(add(counting.Extra{Item: h.items[4].ID, Bin: h.bins[2].ID, Lot: "L9", Qty: "2盒"}))
		h.tally("库管", h.sheets(c)[0], 0, map[string]string{"物品5": "20"})
		h.must(h.handIn("库管", s))
		h.fill("盘点甲", c, map[string]string{"物品5": "20"})
		if c = h.now(c); c.Differing != 1 || c.Gain != 2000 || c.Lines != 2 {
			t.Fatalf("the count: %+v", c)
		}
		h.explain("库管", c)
		h.must(h.ask("库管", c, ""))
		h.must(h.agree("会计", c))
		h.must(h.agree("副院长", c))
		h.must(h.post("会计", c))
		if got := h.holds(h.items[4]); got != 20 {
			t.Errorf("%d lie there", got)
		}
		h.sound()
	})
}

// What was missing is gone altogether meanwhile: every such line is named at once, and
// nothing is posted.
func TestEveryErrorOfAPostingIsNamed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.stock(4)
		c := h.approved(map[string]string{"物品1": "50", "物品2": "40", "物品3": "99"})
		h.must(h.issue(h.items[0], "70"))
		h.must(h.issue(h.items[1], "60"))
		err := h.post("会计", c)
		e, ok := err.(*fault.Error)
		if !ok || len(e.Fields) != 2 || e.Fields[0].Key != "counting.gone" || e.Fields[0].Path != "lines.0.qty" || e.Fields[1].Path != "lines.1.qty" {
			t.Fatalf("both lines are named: %v", err)
		}
		bad, err := counting.Problems(t.Context(), d, &c)
		if err != nil || len(bad) != 2 {
			t.Errorf("the page says so before: %v, %v", bad, err)
		}
		if got := h.holds(h.items[2]); got != 100 {
			t.Errorf("a part was posted: %d", got)
		}
		h.do("科长", func(tx *db.Tx) error { _, err := counting.Again(t.Context(), tx, c.ID, 0); return err })
		h.fill("盘点乙", c, map[string]string{"物品1": "0", "物品2": "0", "物品3": "99"})
		h.explain("库管", c)
		h.must(h.ask("库管", c, ""))
		h.must(h.agree("会计", c))
		h.must(h.agree("副院长", c))
		h.must(h.post("会计", c))
		if a, b := h.holds(h.items[0]), h.holds(h.items[1]); a != 0 || b != 0 {
			t.Errorf("there lie %d and %d", a, b)
		}
		h.sound()
	})
}

// Clause: S-016
func TestAQuarterIsSignedByBoth(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.stock(3)
		p := counting.Plan{Name: "季盘", Store: h.store.ID, Cycle: counting.Quarterly, Next: d.Today()}
		h.do("会计", func(tx *db.Tx) error { return counting.Save(t.Context(), tx, &p) })
		var c counting.Count
		h.do("会计", func(tx *db.Tx) (err error) {
			c, err = counting.Begin(t.Context(), tx, counting.Order{Plan: p.ID})
			return err
		})
		h.fill("会计", c, nil)
		finish := func() error {
			return h.try("会计", func(tx *db.Tx) error {
				_, err := counting.Finish(t.Context(), tx, c.ID, 0, counting.Analysis{Text: "账物相符，货位标识齐全"})
				return err
			})
		}
		sign := func(by string) error {
			return h.try(by, func(tx *db.Tx) error { _, err := counting.Sign(t.Context(), tx, c.ID, 0); return err })
		}
		h.refused(finish(), "counting.lacks", "S-016")
		h.refused(sign("盘点甲"), "counting.not_signer", "S-016")
		h.must(sign("库管"))
		h.refused(finish(), "counting.lacks", "S-016")
		h.refused(sign("库管"), "counting.signed_already", "")
		h.must(sign("会计"))
		h.must(finish())
		if c = h.now(c); c.State != counting.Agreed || c.KeeperName != "库管" || c.AccountantName != "会计" {
			t.Fatalf("the count: %+v", c)
		}
		for _, head := range []string{"财务", "总务"} {
			notes, err := messages.Notes(t.Context(), d, h.staff[head].ID)
			if err != nil || len(notes) == 0 || notes[0].Href != "/counting/counts/"+c.ID+"/report" {
				t.Errorf("%s got no report: %v, %v", head, notes, err)
			}
		}
		if p, err := counting.PlanByID(t.Context(), d, db.System("boss"), p.ID); err != nil || p.Next != d.Today().Month().Add(3).Last() {
			t.Errorf("the next quarter's count is due %s, %v", p.Next, err)
		}
	})
}

// Clause: S-018
func TestAMonthIsAnalysed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.stock(3)
		p := counting.Plan{Name: "月盘", Store: h.store.ID, Cycle: counting.Monthly}
		h.do("科长", func(tx *db.Tx) error { return counting.Save(t.Context(), tx, &p) })
		if p.Next != d.Today().Month().Last() {
			t.Errorf("a monthly count is due %s", p.Next)
		}
		var c counting.Count
		h.do("科长", func(tx *db.Tx) (err error) {
			c, err = counting.Begin(t.Context(), tx, counting.Order{Plan: p.ID})
			return err
		})
		h.fill("库管", c, map[string]string{"物品1": "98"})
		h.fill("盘点甲", c, map[string]string{"物品1": "98"})
		h.explain("库管", c)
		h.refused(h.ask("库管", c, " "), "counting.lacks", "S-018")
		h.must(h.ask("库管", c, "夜间急领未补单 2 只，已约定次日补齐"))
		if c = h.now(c); c.Analysis == "" || c.State != counting.Asked {
			t.Errorf("the count: %+v", c)
		}
	})
}

// A plan's counts open by themselves on their day, one at a time, and those that were not
// counted in time are seen.
//
// Clause: S-002
// Clause: S-017
func TestPlansComeRound(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.stock(6)
		daily, monthly := counting.Plan{Name: "日盘", Store: h.store.ID, Goods: counting.Turn, Most: 2}, counting.Plan{Name: "月盘", Store: h.store.ID, Cycle: counting.Monthly}
		for _, p := range []*counting.Plan{&daily, &monthly} {
			h.do("科长", func(tx *db.Tx) error { return counting.Save(t.Context(), tx, p) })
		}
		if daily.Cycle != counting.Daily {
			t.Fatalf("where nobody says, a store is counted %s", daily.Cycle)
		}
		round := func() (c counting.Count) {
			t.Helper()
			for range 2 { // however often the clock strikes
				h.must(d.Do(t.Context(), db.System("clock"), func(tx *db.Tx) error { return counting.BeginDue(t.Context(), tx) }))
			}
			all, err := counting.Counts.All(t.Context(), d, list.Where{}.And("c.cycle = 'daily'"), 10)
			h.must(err)
			return all[0]
		}
		counted := map[string]bool{}
		for day := range 3 { // six kinds of goods, two a day: on the third all had their turn
			c := round()
			if c.Lines != 2 || c.State != counting.Counting || c.Due != d.Today() {
				t.Fatalf("day %d: %+v", day, c)
			}
			for _, l := range h.sheets(c)[0].Lines {
				counted[l.Name] = true
			}
			h.fill("库管", c, nil)
			clock.Add(24 * time.Hour)
		}
		if len(counted) != 6 {
			t.Errorf("only %v had their turn", counted)
		}
		late := round()
		first := d.Today()
		clock.Add(24 * time.Hour)
		if c := round(); c.ID != late.ID {
			t.Errorf("a second count of the plan was opened: %+v", c)
		}
		e, err := counting.Claims[0].Evidence(t.Context(), d, first.AddDays(-10), d.Today())
		if err != nil || e.Kept != 3 || e.Broken != 1 {
			t.Errorf("the evidence: %+v, %v", e, err)
		}
		for d.Today() < monthly.Next {
			clock.Add(24 * time.Hour)
		}
		round()
		all, err := counting.Counts.All(t.Context(), d, list.Where{}.And("c.cycle = 'monthly'"), 10)
		if err != nil || len(all) != 1 || all[0].Due != monthly.Next || all[0].Lines != 6 {
			t.Errorf("at the end of the month: %+v, %v", all, err)
		}
	})
}

// What is counted follows from value, from risk and from where it lies.
func TestWhichGoodsAreCounted(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		in := func(n int, qty, amount string, expiry period.Day) warehouse.In {
			return warehouse.In{Item: h.items[n].ID, Qty: qty, Amount: amount, Expiry: expiry, Bin: h.bins[n%3].ID}
		}
		h.do("库管", func(tx *db.Tx) error {
			_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "FP-1", Lines: []warehouse.In{
				in(0, "10", "8500", ""), in(1, "10", "1200", ""), in(2, "10", "100", d.Today().AddDays(20)), in(3, "10", "100", ""), in(4, "10", "50", ""), in(5, "10", "50", "")}})
			if err == nil {
				_, err = warehouse.HoldLot(t.Context(), tx, h.store.ID, h.items[3].ID, "", "受潮")
			}
			return err
		})
		for _, c := range []struct {
			name string
			o    counting.Order
			want []string
		}{
			{"class A", counting.Order{Goods: counting.ClassA}, []string{"物品1"}},
			{"class B", counting.Order{Goods: counting.ClassB}, []string{"物品2"}},
			{"class C", counting.Order{Goods: counting.ClassC}, []string{"物品3", "物品4", "物品5", "物品6"}},
			{"at risk", counting.Order{Goods: counting.Risk}, []string{"物品3", "物品4"}},
			{"some bins", counting.Order{BinFrom: "A-2", BinUntil: "B"}, []string{"物品2", "物品3", "物品5", "物品6"}},
			{"two kinds", counting.Order{Most: 2}, []string{"物品1", "物品2"}},
		} {
			count := h.begin("科长", c.o)
			var got []string
			for _, s := range h.sheets(count) {
				for _, l := range s.Lines {
					got = append(got, l.Name)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, not %v", c.name, got, c.want)
			}
		}
		for want, o := range map[string]counting.Order{"counting.bins_turned": {BinFrom: "B", BinUntil: "A"}, "base.bad_value": {Goods: "x"}, "base.between": {Sheet: 1000}, "counting.past_day": {Due: "2020-01-01"}} {
			o.Store = h.store.ID
			h.refused(h.try("科长", func(tx *db.Tx) error { _, err := counting.Begin(t.Context(), tx, o); return err }), want, "")
		}
	})
}

// Who counts blind learns nothing from the sheet, nor who counts again from the first.
func TestASheetIsCovered(t *testing.T) {
	s := counting.Sheet{Blind: true, Open: true, Round: 2, Lines: []counting.Line{{First: counting.Figure{Qty: 5, Book: 7}, Diff: -2, Value: -200}}}
	l := s.Covered().Lines[0]
	if l.First.Qty != 0 || l.First.Book != 0 || l.Diff != 0 || l.Value != 0 {
		t.Errorf("it says %+v", l)
	}
	if s.Lines[0].Diff != -2 {
		t.Error("the sheet itself was changed")
	}
	s.Open = false
	if s.Covered().Lines[0].First.Book != 7 {
		t.Error("nothing is to be seen of a sheet that was handed in")
	}
}

// How right the books were is said by class and month, of counts whose figures stand: of
// five lines of class A one was wrong by 3 of 500 yuan, and the one of class B by 10 of 100.
func TestHowRightTheBooksWere(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.stock(6)
		h.approved(map[string]string{"物品1": "103", "物品6": "90"})
		exact := func() []counting.Exactness {
			t.Helper()
			all, err := counting.ExactnessOf(t.Context(), d, []string{h.store.ID}, "2027-01-01", "2027-12-31")
			h.must(err)
			return all
		}
		want := []counting.Exactness{{Month: "2027-03", Class: counting.ClassA, Counted: 5, Right: 4, Book: 50000, Off: 300}, {Month: "2027-03", Class: counting.ClassB, Counted: 1, Right: 0, Book: 10000, Off: 1000}}
		if got := exact(); !slices.Equal(got, want) {
			t.Errorf("%+v", got)
		}
		if a := want[0]; a.OfLines() != "80.00 %" || a.OfValue() != "99.40 %" {
			t.Errorf("%s of the lines, %s of the value", a.OfLines(), a.OfValue())
		}
		if all := want[0].And(want[1]); all.OfLines() != "66.67 %" || all.OfValue() != "97.83 %" {
			t.Errorf("together %s of the lines, %s of the value", all.OfLines(), all.OfValue())
		}
		if none := (counting.Exactness{Counted: 1, Off: 5}); none.OfLines() != "0.00 %" || none.OfValue() != "" {
			t.Errorf("of goods that the books did not know %s and %s", none.OfLines(), none.OfValue())
		}
		// What is still being counted, or was given up, says nothing; the next month stands for itself.
		clock.Add(40 * 24 * time.Hour)
		c := h.begin("库管", counting.Order{Blind: true})
		h.fill("库管", c, map[string]string{"物品2": "7"})
		h.must(h.try("科长", func(tx *db.Tx) error {
			_, err := counting.Drop(t.Context(), tx, c.ID, 0, counting.Why{Text: "试"})
			return err
		}))
		if got := exact(); !slices.Equal(got, want) {
			t.Errorf("after a count that was given up: %+v", got)
		}
		h.fill("库管", h.begin("库管", counting.Order{Goods: counting.ClassA}), nil)
		if got := exact(); len(got) != 3 || got[2].Month != "2027-04" || got[2].Class != counting.ClassA || got[2].Right != got[2].Counted || got[2].OfValue() != "100.00 %" {
			t.Errorf("the month after: %+v", got)
		}
	})
}
