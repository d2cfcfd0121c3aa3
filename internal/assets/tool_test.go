package assets_test

import (
	"io/fs"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/messages"
	"houqin/internal/people"
)

var toolRooms = append(append([]fs.FS{}, rooms...), people.Migrations, messages.Migrations, approvals.Migrations)

// tooled is a house with two tools in ward A, somebody there, and the two posts.
func tooled(t *testing.T, d *db.DB) (h house, drill, ladder assets.Card, wang, chief, accountant db.Actor) {
	t.Helper()
	h = build(t, d)
	ctx := t.Context()
	dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
		hire := func(number, name string, may ...string) db.Actor {
			p := people.Person{Number: number, Name: name, Department: h.a.ID}
			if err := people.Hire(ctx, tx, &p); err != nil {
				t.Fatal(err)
			}
			a := dbtest.PersonIn(p.ID, h.a.ID, may...)
			a.Name = name
			return a
		}
		wang, chief, accountant = hire("2001", "王建国", assets.MayLend), hire("2002", "科长", assets.MayLend), hire("2003", "会计", assets.MaySee)
		for post, who := range map[string]db.Actor{"section_chief": chief, "property_accountant": accountant} {
			if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: who.ID}); err != nil {
				return err
			}
		}
		drill = assets.Card{Name: "冲击钻", Class: assets.Tool, Department: h.a.ID}
		ladder = assets.Card{Name: "人字梯", Class: assets.Tool, Department: h.a.ID}
		if err := assets.Register(ctx, tx, &drill); err != nil {
			return err
		}
		return assets.Register(ctx, tx, &ladder)
	})
	return h, drill, ladder, wang, chief, accountant
}

// A tool goes to one of the staff until a day and comes back; out of the house it goes only
// by the hand of the section chief.
//
// Clause: W-015
func TestAToolIsLentToTheStaffAndOutOnlyByTheChief(t *testing.T) {
	dbtest.Each(t, toolRooms, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		h, drill, ladder, wang, chief, _ := tooled(t, d)
		today := d.Today()
		lend := func(by db.Actor, card string, in assets.Lending) (l assets.Loan, err error) {
			err = d.Do(ctx, by, func(tx *db.Tx) error { l, err = assets.Lend(ctx, tx, card, in); return err })
			return l, err
		}
		l, err := lend(wang, drill.ID, assets.Lending{Borrower: chief.ID, Due: today.AddDays(3), Purpose: "装窗帘杆"})
		if err != nil || l.BorrowerName != "科长" || l.Outside {
			t.Fatal(l, err)
		}
		out, err := assets.LoanOf(ctx, d, drill.ID)
		if err != nil || out.Number != l.Number || out.Due != today.AddDays(3) {
			t.Errorf("it is out as %+v, %v", out, err)
		}
		for want, c := range map[string]struct {
			by   db.Actor
			card string
			in   assets.Lending
		}{
			"assets.lent_already": {wang, drill.ID, assets.Lending{Borrower: wang.ID, Due: today}},
			"assets.no_tool":      {everywhere(wang), h.lift.ID, assets.Lending{Borrower: wang.ID, Due: today}},
			"assets.not_lent_out": {wang, ladder.ID, assets.Lending{Outsider: "装修队", Due: today}},
			"base.required":       {wang, ladder.ID, assets.Lending{Due: today}},
			"assets.lend_days":    {wang, ladder.ID, assets.Lending{Borrower: wang.ID, Due: today.AddDays(-1)}},
			"base.need":           {dbtest.PersonIn("x", h.a.ID, assets.MaySee), ladder.ID, assets.Lending{Borrower: wang.ID, Due: today}},
			"base.not_found":      {dbtest.PersonIn("x", h.b.ID, assets.MaySee), ladder.ID, assets.Lending{Borrower: wang.ID, Due: today}},
		} {
			if _, err := lend(c.by, c.card, c.in); !fault.Is(err, want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		if l, err := lend(chief, ladder.ID, assets.Lending{Outsider: "装修队", Due: today.AddDays(1)}); err != nil || !l.Outside {
			t.Errorf("the chief may not: %+v %v", l, err)
		}
		back := func() error {
			return d.Do(ctx, wang, func(tx *db.Tx) error { _, err := assets.TakeBack(ctx, tx, drill.ID, "完好"); return err })
		}
		if err := back(); err != nil {
			t.Fatal(err)
		}
		if err := back(); !fault.Is(err, "assets.not_lent") {
			t.Errorf("it comes back twice: %v", err)
		}
	})
}

func everywhere(a db.Actor) db.Actor {
	a.Rights = db.Rights{assets.MayLend: {All: true}}
	return a
}

// Every half year a department counts all its tools; each is answered, what is missing is
// explained, and the property accountant is told. What is counted after its day is late.
//
// Clause: W-016
func TestToolsAreCountedEveryHalfYear(t *testing.T) {
	dbtest.EachClock(t, toolRooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		h, drill, ladder, wang, _, accountant := tooled(t, d)
		count := func(lines ...assets.Counted) (c assets.Count, err error) {
			err = d.Do(ctx, wang, func(tx *db.Tx) error {
				c, err = assets.CountTools(ctx, tx, assets.Tally{Department: h.a.ID, Lines: lines})
				return err
			})
			return c, err
		}
		due := func() assets.DueCount {
			t.Helper()
			all, err := assets.DueCounts(ctx, d, wang, d.Today())
			if err != nil || len(all) != 1 || all[0].Tools != 2 {
				t.Fatal(all, err)
			}
			return all[0]
		}
		if got := due(); got.Last != "" || got.Due != "" {
			t.Errorf("never counted it is %+v", got)
		}
		for want, lines := range map[string][]assets.Counted{
			"assets.not_counted": {{Card: drill.ID, State: assets.There}},
			"assets.no_slip":     {{Card: drill.ID, State: assets.There}, {Card: ladder.ID, State: assets.Out}},
			"assets.say_missing": {{Card: drill.ID, State: assets.There}, {Card: ladder.ID, State: assets.Gone}},
			"base.duplicate":     {{Card: drill.ID, State: assets.There}, {Card: ladder.ID, State: assets.There}, {Card: ladder.ID, State: assets.Gone, Note: "又不见了"}},
			"assets.no_tool":     {{Card: drill.ID, State: assets.There}, {Card: ladder.ID, State: assets.There}, {Card: h.lift.ID, State: assets.There}},
		} {
			if _, err := count(lines...); !fault.Is(err, want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		c, err := count(assets.Counted{Card: drill.ID, State: assets.There}, assets.Counted{Card: ladder.ID, State: assets.Gone, Note: "施工后未归还"})
		if err != nil || c.Found != 1 || c.Missing != 1 || c.Told != "会计" || c.Late {
			t.Fatal(c, err)
		}
		var told int
		if err := d.QueryRowContext(ctx, `SELECT count(*) FROM messages_note WHERE person = $1 AND event = 'tools_counted'`, accountant.ID).Scan(&told); err != nil || told != 1 {
			t.Errorf("the accountant was told %d times, %v", told, err)
		}
		if got, err := assets.CountByID(ctx, d, wang, c.ID); err != nil || len(got.Lines) != 2 {
			t.Errorf("kept is %+v, %v", got, err)
		}
		if got := due(); got.Due != d.Today().AddMonths(6) {
			t.Errorf("next it is due on %s", got.Due)
		}
		clock.Add(200 * 24 * time.Hour)
		if c, err := count(assets.Counted{Card: drill.ID, State: assets.There}, assets.Counted{Card: ladder.ID, State: assets.There}); err != nil || !c.Late {
			t.Errorf("two weeks after its day it is %+v, %v", c, err)
		}
	})
}
