// Package demo builds a hospital that does not exist: a county hospital of 600 beds
// on two campuses, with its people, its stores and the last thirty days of its work,
// all entered through the rooms' own commands. Every name and figure is invented.
package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// Name of the invented hospital.
const Name = "清河县人民医院（演示）"

// Days of work that the demo has behind it.
const Days = 30

// world is what has been built so far.
type world struct {
	d    *db.DB
	dice *rand.Rand
	now  time.Time // the moment at which the demo is opened
	say  func(string)

	campuses  []departments.Campus
	units     []*unit
	byCode    map[string]*unit
	staff     []*person
	items     []catalog.Item
	parts     map[string][]catalog.Item // by trade
	devices   []catalog.Item            // consumables that count as medical devices
	stores    []warehouse.Store
	suppliers []suppliers.Supplier
	lifts     []assets.Card
}

// unit is a department with its people and rooms.
type unit struct {
	departments.Department
	campus int
	rooms  []places.Place
	staff  []*person
}

// person is one of the staff and what they may do.
type person struct {
	people.Person
	role  string
	actor db.Actor
}

// Build fills an empty hospital. The same seed on the same day makes the same
// hospital. say is told what is being built.
func Build(ctx context.Context, d *db.DB, seed uint64, say func(string)) error {
	w := &world{d: d, dice: rand.New(rand.NewPCG(seed, 2026)), now: d.Now(), say: say, byCode: map[string]*unit{}, parts: map[string][]catalog.Item{}}
	clock := d.Now
	defer func() { d.Now = clock }()
	// The hospital was set up on the day before its first day of work.
	start := period.DayOf(w.now, d.Zone).AddDays(-Days).Start(d.Zone).Time()
	d.Now = func() time.Time { return start.Add(-6 * time.Hour) }
	for _, part := range []struct {
		name string
		f    func(context.Context, *db.Tx) error
	}{
		{"departments", w.organise}, {"places", w.build}, {"staff", w.hire}, {"items", w.stockCatalog}, {"stores", w.openStores}, {"assets", w.install},
	} {
		say(part.name)
		if err := d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return part.f(ctx, tx) }); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	if err := w.entitle(ctx); err != nil {
		return fmt.Errorf("rights: %w", err)
	}
	if err := w.preside(ctx); err != nil {
		return fmt.Errorf("posts: %w", err)
	}
	if err := w.amend(ctx, start); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	if err := w.route(ctx, start); err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	for day := range Days + 1 {
		say(fmt.Sprintf("day %d of %d", day+1, Days+1))
		from := start.AddDate(0, 0, day)
		if err := w.live(ctx, from); err != nil {
			return fmt.Errorf("%s: %w", from.Format(time.DateOnly), err)
		}
	}
	d.Now = clock
	if err := w.keep(ctx); err != nil {
		return fmt.Errorf("stores: %w", err)
	}
	if err := w.askLeave(ctx); err != nil {
		return fmt.Errorf("approvals: %w", err)
	}
	if err := w.vet(ctx); err != nil {
		return fmt.Errorf("suppliers: %w", err)
	}
	if err := w.buy(ctx); err != nil {
		return fmt.Errorf("buying: %w", err)
	}
	if err := w.takeIn(ctx); err != nil {
		return fmt.Errorf("goods in: %w", err)
	}
	if err := w.lendPINs(ctx); err != nil {
		return fmt.Errorf("PINs: %w", err)
	}
	if err := w.attend(ctx); err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	if err := w.welcome(ctx); err != nil {
		return fmt.Errorf("guests: %w", err)
	}
	if err := w.watch(ctx); err != nil {
		return fmt.Errorf("alarms: %w", err)
	}
	if err := w.roster(ctx); err != nil {
		return fmt.Errorf("rosters: %w", err)
	}
	if err := w.lendTools(ctx); err != nil {
		return fmt.Errorf("tools: %w", err)
	}
	if err := w.comeRound(ctx); err != nil {
		return fmt.Errorf("standing jobs: %w", err)
	}
	if err := w.giveUp(ctx); err != nil {
		return fmt.Errorf("write-offs: %w", err)
	}
	if err := w.misroute(ctx); err != nil {
		return fmt.Errorf("messages: %w", err)
	}
	if err := w.askStores(ctx); err != nil {
		return fmt.Errorf("requests: %w", err)
	}
	if err := w.countStock(ctx); err != nil {
		return fmt.Errorf("counts: %w", err)
	}
	if err := w.complain(ctx); err != nil {
		return fmt.Errorf("complaints: %w", err)
	}
	if err := w.share(ctx); err != nil {
		return fmt.Errorf("distributions: %w", err)
	}
	if err := w.keepWards(ctx); err != nil {
		return fmt.Errorf("wards' stores: %w", err)
	}
	if err := w.levels(ctx); err != nil {
		return fmt.Errorf("stores' levels: %w", err)
	}
	if err := w.importStock(ctx); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return d.Analyze(ctx)
}

// at makes the unit of work happen at a moment, for somebody.
func at(tx *db.Tx, when time.Time, who db.Actor) *db.Tx {
	tx.Now, tx.By = when, who
	return tx
}

func pick[T any](w *world, of []T) T { return of[w.dice.IntN(len(of))] }

// often picks by weight.
func often[T any](w *world, of []T, weight func(T) int) T {
	sum := 0
	for _, x := range of {
		sum += weight(x)
	}
	n := w.dice.IntN(sum)
	for _, x := range of {
		if n -= weight(x); n < 0 {
			return x
		}
	}
	panic("no weight")
}
