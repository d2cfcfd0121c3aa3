package assets_test

import (
	"io/fs"
	"sync"
	"testing"
	"time"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/places"
	"houqin/internal/rules"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, places.Migrations, assets.Migrations}

var admin = dbtest.Person("admin", assets.MaySee, assets.MayChange, departments.MayChange, places.MayChange)

// house is two wards, a room of each, and a lift.
type house struct {
	a, b         departments.Department
	roomA, roomB places.Place
	lift         assets.Card
}

func build(t testing.TB, d *db.DB) (h house) {
	t.Helper()
	ctx := t.Context()
	dbtest.Do(t, d, admin, func(tx *db.Tx) error {
		h.a = departments.Department{Code: "A", Name: "内一科", Kind: departments.Ward}
		h.b = departments.Department{Code: "B", Name: "外一科", Kind: departments.Ward}
		for _, x := range []*departments.Department{&h.a, &h.b} {
			if err := departments.Found(ctx, tx, x); err != nil {
				return err
			}
		}
		h.roomA = places.Place{Code: "101", Name: "101", Kind: places.Room, Department: h.a.ID}
		h.roomB = places.Place{Code: "201", Name: "201", Kind: places.Room, Department: h.b.ID}
		for _, x := range []*places.Place{&h.roomA, &h.roomB} {
			if err := places.Add(ctx, tx, x); err != nil {
				return err
			}
		}
		h.lift = assets.Card{Name: "病床电梯", Spec: "TKJ 1600/1.75", Class: "lift", Place: h.roomA.ID, Serial: "D-77", Maker: "上海三菱", Cost: 38_000_000,
			Since: "2019-06-01", Special: true, Inspected: "2026-03-01", Result: "passed", Due: "2027-03-01"}
		return assets.Register(ctx, tx, &h.lift)
	})
	return h
}

// Clause: A-001 A-002 A-008
func TestACardIsRegisteredChangedMovedAndScrapped(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx, h := t.Context(), build(t, d)
		if h.lift.Number != "ZC-2027-000001" || h.lift.Department != h.a.ID {
			t.Errorf("number and department of its place: %+v", h.lift)
		}
		do := func(by db.Actor, f func(*db.Tx) error) error { return d.Do(ctx, by, f) }
		get := func() assets.Card {
			t.Helper()
			c, err := assets.Get(ctx, d, h.lift.ID)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}

		for _, x := range []struct {
			change func(*assets.Card)
			field  string
		}{
			{func(c *assets.Card) { c.Name = " " }, "name"},
			{func(c *assets.Card) { c.Class = "ship" }, "class"},
			{func(c *assets.Card) { c.Cost = -1 }, "cost"},
			{func(c *assets.Card) { c.Since = "2027-03-05" }, "since"},
			{func(c *assets.Card) { c.Inspected = "2027-03-05" }, "inspected"},
			{func(c *assets.Card) { c.Due = c.Inspected }, "due"},
			{func(c *assets.Card) { c.Special = false }, "special"},
			{func(c *assets.Card) { c.Department = "nowhere" }, "department"},
			{func(c *assets.Card) { c.Place = "nowhere" }, "place"},
			{func(c *assets.Card) { c.Number = h.lift.Number }, "number"},
			{func(c *assets.Card) { c.Result = "fine" }, "result"},
		} {
			c := h.lift
			c.Number, c.External = "", ""
			x.change(&c)
			err := do(admin, func(tx *db.Tx) error { return assets.Register(ctx, tx, &c) })
			e, ok := err.(*fault.Error)
			if !ok || e.Kind != fault.Invalid || len(e.Fields) == 0 || e.Fields[0].Path != x.field {
				t.Errorf("a wrong %s: %v", x.field, err)
			}
		}

		c := get()
		c.Name, c.Number, c.Department, c.State = "住院楼电梯", "", h.b.ID, assets.Scrapped
		if err := do(admin, func(tx *db.Tx) error { return assets.Change(ctx, tx, &c) }); err != nil {
			t.Fatal(err)
		}
		if got := get(); got.Name != "住院楼电梯" || got.Number != h.lift.Number || got.Department != h.a.ID || got.State != assets.InUse || got.Version != 2 {
			t.Errorf("changing a card moves and scraps nothing: %+v", got)
		}
		if err := do(admin, func(tx *db.Tx) error { c.Version = 1; return assets.Change(ctx, tx, &c) }); !fault.Is(err, "base.stale") {
			t.Errorf("an old version: %v", err)
		}

		move := func(by db.Actor, department, place string) error {
			return do(by, func(tx *db.Tx) error {
				return assets.Move(ctx, tx, h.lift.ID, get().Version, department, place, "", "搬迁，调拨单 3 号")
			})
		}
		if err := move(dbtest.PersonIn("head", h.a.ID, assets.MayChange), "", h.roomB.ID); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a ward gives its lift away by itself: %v", err)
		}
		if err := move(admin, h.a.ID, h.roomA.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("moved to where it is: %v", err)
		}
		if err := move(admin, "", h.roomB.ID); err != nil {
			t.Fatal(err)
		}
		if got := get(); got.Department != h.b.ID || got.PlaceName != "201" {
			t.Errorf("moved with the room: %+v", got)
		}

		step := func(name string, why assets.Why) error {
			return do(admin, func(tx *db.Tx) error { return assets.Step(ctx, tx, h.lift.ID, get().Version, name, why) })
		}
		if err := step("restore", assets.Why{}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("brought back what was not gone: %v", err)
		}
		for _, name := range []string{"repair", "use", "idle", "scrap"} {
			if err := step(name, assets.Why{Reason: "到年限", Paper: "BF-12"}); err != nil {
				t.Fatal(name, err)
			}
		}
		if err := move(admin, h.a.ID, ""); !fault.Is(err, "assets.is_scrapped") {
			t.Errorf("moved after it was scrapped: %v", err)
		}
		if err := step("restore", assets.Why{Reason: "登记错了"}); err != nil || get().State != assets.Idle {
			t.Errorf("%s %v", get().State, err)
		}
		story, err := db.Story(ctx, d, "assets.card", h.lift.ID)
		if err != nil || len(story) != 8 || story[1].Action != "scrap" || story[1].Note != "BF-12\n到年限" || story[5].Note != "→ 外一科 · 201\n搬迁，调拨单 3 号" {
			t.Errorf("%d lines: %+v %v", len(story), story[5], err)
		}
	})
}

func TestInspectionsFallDue(t *testing.T) {
	for _, x := range []struct {
		due  period.Day
		tone string
	}{{"2027-03-03", "danger"}, {"2027-03-04", "soon"}, {"2027-04-03", "soon"}, {"2027-04-04", ""}, {"", "soon"}} {
		c := assets.Card{Special: true, Due: x.due, State: assets.InUse}
		if got := c.DueTone("2027-03-04"); got != x.tone {
			t.Errorf("due %q: %q, want %q", x.due, got, x.tone)
		}
		if c.State = assets.Scrapped; c.DueTone("2027-03-04") != "" {
			t.Error("what is scrapped is not inspected")
		}
		if c = (assets.Card{Due: x.due}); c.DueTone("2027-03-04") != "" {
			t.Error("what is not special is not inspected")
		}
	}
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) { // today is 2027-03-04
		ctx, h := t.Context(), build(t, d)
		inspect := func(i assets.Inspection) error {
			c, err := assets.Get(ctx, d, h.lift.ID)
			if err != nil {
				t.Fatal(err)
			}
			return d.Do(ctx, admin, func(tx *db.Tx) error { return assets.Inspect(ctx, tx, c.ID, c.Version, i) })
		}
		falling := func() int {
			t.Helper()
			n, err := assets.Falling(ctx, d, admin, "2027-04-04")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if falling() != 1 {
			t.Error("the lift is overdue")
		}
		for _, i := range []assets.Inspection{{Day: "2027-03-05", Result: "passed"}, {Day: "2026-02-01", Result: "passed"}, {Day: "2027-03-02", Result: "nice"}, {Day: "2027-03-02", Result: "passed", Due: "2027-03-02"}} {
			if err := inspect(i); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", i, err)
			}
		}
		if err := inspect(assets.Inspection{Day: "2027-03-02", Result: "defects", Note: "报告 88"}); err != nil {
			t.Fatal(err)
		}
		if c, err := assets.Get(ctx, d, h.lift.ID); err != nil || c.Due != "2028-03-02" || c.Result != "defects" || falling() != 0 {
			t.Errorf("%+v %v", c, err)
		}
		chair := assets.Card{Name: "转椅", Class: "furniture"}
		dbtest.Do(t, d, admin, func(tx *db.Tx) error { return assets.Register(ctx, tx, &chair) })
		if err := d.Do(ctx, admin, func(tx *db.Tx) error {
			return assets.Inspect(ctx, tx, chair.ID, 1, assets.Inspection{Day: "2027-03-02", Result: "passed"})
		}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a chair was inspected: %v", err)
		}
	})
}

func TestWhatIsEnteredTwiceChangesNothing(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx, h := t.Context(), build(t, d)
		row := func() assets.Card {
			return assets.Card{Name: " 客梯 ", Class: "lift", External: "1D10000", Department: h.a.ID, Special: true, Inspected: "2014-03-25", Result: "passed",
				Extra: assets.ExtraOf(assets.Fact{Name: "Device Status", Value: "ACTIVE"}, assets.Fact{Name: "BIN", Value: ""}, assets.Fact{Name: "速度", Value: "1.75 m/s"})}
		}
		enter := func(c assets.Card) (did assets.Entered, id string) {
			t.Helper()
			dbtest.Do(t, d, admin, func(tx *db.Tx) (err error) {
				row := c
				did, err = assets.Enter(ctx, tx, &row)
				id = row.ID
				return err
			})
			return did, id
		}
		did, id := enter(row())
		if did != assets.Added {
			t.Fatal(did)
		}
		before, err := db.Story(ctx, d, "assets.card", id)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if did, again := enter(row()); did != assets.Unchanged || again != id {
				t.Errorf("%s %s", did, again)
			}
		}
		c, err := assets.ByExternal(ctx, d, "1D10000")
		if err != nil || c.Version != 1 || c.Name != "客梯" || len(c.Extra.Facts()) != 2 || c.Extra.Facts()[1].Value != "1.75 m/s" {
			t.Errorf("%+v %v", c, err)
		}
		if after, err := db.Story(ctx, d, "assets.card", id); err != nil || len(after) != len(before) {
			t.Errorf("nothing was done, and told: %v %v", after, err)
		}
		moved := row()
		moved.Department, moved.State = h.b.ID, assets.Scrapped
		if did, again := enter(moved); did != assets.Changed || again != id {
			t.Errorf("%s %s", did, again)
		}
		if c, err = assets.Get(ctx, d, id); err != nil || c.State != assets.Scrapped || c.Department != h.b.ID || c.Number == "" {
			t.Errorf("%+v %v", c, err)
		}
		// Without an external name the number says which card it is.
		if did, again := enter(assets.Card{Number: c.Number, Name: "改名"}); did != assets.Changed || again != id {
			t.Errorf("%s %s", did, again)
		}
		if c, err = assets.ByNumber(ctx, d, c.Number); err != nil || c.Name != "改名" || c.External != "1D10000" {
			t.Errorf("%+v %v", c, err)
		}
		if _, err := assets.ByExternal(ctx, d, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("no name is nobody's: %v", err)
		}
	})
}

func TestOneExternalNameIsOneCard(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := d.Do(ctx, admin, func(tx *db.Tx) error {
					_, err := assets.Enter(ctx, tx, &assets.Card{Name: "水泵", External: "P-1"})
					return err
				})
				if err != nil && fault.KindOf(err) == fault.Internal {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if all, err := assets.Cards.All(ctx, d, list.Where{}, 10); err != nil || len(all) != 1 {
			t.Errorf("%d cards, %v", len(all), err)
		}
	})
}

// Holds: v5.0.0-8.2.2 AB-01
func TestWhoSeesWhichCards(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx, h := t.Context(), build(t, d)
		sees := func(by db.Actor) bool {
			t.Helper()
			err := assets.Visible(ctx, d, by, h.lift.ID)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				t.Fatal(err)
			}
			return err == nil
		}
		for name, x := range map[string]struct {
			by   db.Actor
			want bool
		}{
			"her own ward":     {dbtest.PersonIn("nurse", h.a.ID), true},
			"another ward":     {dbtest.PersonIn("other", h.b.ID), false},
			"of no department": {db.Actor{ID: "x"}, false},
			"everywhere":       {dbtest.Person("boss", assets.MaySee), true},
			"told to see A":    {db.Actor{ID: "y", Unit: h.b.ID, Rights: db.Rights{assets.MaySee: {Units: []string{h.a.ID}}}}, true},
		} {
			if got := sees(x.by); got != x.want {
				t.Errorf("%s: %v", name, got)
			}
		}
		// Found by its number, its name, their beginnings in pinyin, serial number and maker.
		for _, text := range []string{"ZC-2027-000001", "电梯", "bcdt", "D-77", "三菱", "TKJ"} {
			if found, err := assets.Cards.Find(ctx, d, text, list.Where{}, 10); err != nil || len(found) != 1 {
				t.Errorf("%q finds %d, %v", text, len(found), err)
			}
		}
	})
}

// Clause: A-009 A-011 S-020
func TestNothingIsScrappedWithoutItsPaper(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h, ctx := build(t, d), t.Context()
		scrap := func(why assets.Why) error {
			return d.Do(ctx, admin, func(tx *db.Tx) error {
				c, err := assets.Get(ctx, tx, h.lift.ID)
				if err != nil {
					return err
				}
				return assets.Step(ctx, tx, c.ID, c.Version, "scrap", why)
			})
		}
		err := scrap(assets.Why{Reason: " ", Paper: ""})
		if e, ok := err.(*fault.Error); !ok || len(e.Fields) != 2 || e.Fields[0].Path != "reason" || e.Fields[1].Path != "paper" || e.Fields[1].Clause != "S-020" {
			t.Errorf("without reason and paper: %v", err)
		}
		c := rules.Change{Param: "S-020.paper", Value: "off", Since: d.Today().AddDays(1), Reason: "试行"}
		dbtest.Do(t, d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(ctx, tx, &c) })
		dbtest.Do(t, d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(ctx, tx, c.ID, "") })
		if err := scrap(assets.Why{Reason: "到年限"}); !fault.Is(err, "base.required") {
			t.Errorf("on the day before: %v", err)
		}
		clock.Add(24 * time.Hour)
		if err := scrap(assets.Why{Reason: "到年限"}); err != nil {
			t.Errorf("where the hospital does not ask for the paper: %v", err)
		}
	})
}
