package hospital_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/hospital"
	"houqin/internal/people"
	"houqin/internal/purchasing"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// usualSeed is the history that is always played: in it every deed that must be done is.
const usualSeed = 1

var historySeed = flag.Uint64("history.seed", usualSeed, "play the history of this seed; 0 draws one")

// Whatever wards, keepers, counters, finance and buyers do across the rooms, in whatever
// order: a refusal is one that a person can cause and leaves no trace, no book contradicts
// itself, nothing is negative, and what each room's own papers brought and took is what
// the ledger says, its cards say and lies on the shelves.
func TestAnyHistoryAcrossTheRoomsIsSound(t *testing.T) {
	quarters(t, func(q *quarter) {
		q.play(2000, true)
		q.mustHold()
		for _, room := range deeds {
			if room.must && q.seed == usualSeed && q.done[room.name] == 0 {
				q.t.Errorf("in all these steps nobody could %s: %v", room.name, q.refused[room.name])
			}
		}
	})
}

// Thirty-two people do all this at once with the same few goods and the same papers: each
// is done or refused as a person is refused, and the books hold as if they had come one
// after the other.
func TestThirtyTwoHandsAcrossTheRooms(t *testing.T) {
	quarters(t, func(q *quarter) {
		q.play(300, true) // so that papers of every state lie there
		var start, end sync.WaitGroup
		start.Add(1)
		errs := make([]error, 32)
		for n := range errs {
			hand := q.hand(uint64(n))
			end.Go(func() {
				start.Wait()
				errs[n] = hand.play(12, false)
			})
		}
		start.Done()
		end.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
		q.mustHold()
	})
}

// quarter is the part of a small hospital through which goods pass: two main stores, a
// ward that keeps goods of its own and another that does not, and who works there.
type quarter struct {
	t                 *testing.T
	d                 *db.DB
	seed              uint64
	dice              *rand.Rand
	office, n1, n2    departments.Department
	main, tools, own  warehouse.Store
	paper, soap, lamp catalog.Item
	chair             catalog.Item // old for new
	from              suppliers.Supplier
	staff             map[string]people.Person
	names             map[string]string // by id
	*byHand
}

// byHand is what people wrote down beside the rooms' papers, shared by all hands.
type byHand struct {
	sync.Mutex
	now  time.Time
	lies map[[2]string]quantity.Qty // by store and item, of what leaves no paper of a room
	done map[string]int
	// How often each deed was refused, and why.
	refused map[string]map[string]int
}

func quarters(t *testing.T, f func(*quarter)) {
	run := func(t *testing.T, address string) {
		q := &quarter{t: t, d: enter(t, hospital.Config{DB: address, Data: t.TempDir()}).DB, seed: *historySeed, staff: map[string]people.Person{}, names: map[string]string{},
			byHand: &byHand{now: dbtest.Noon, lies: map[[2]string]quantity.Qty{}, done: map[string]int{}, refused: map[string]map[string]int{}}}
		if q.seed == 0 {
			q.seed = rand.Uint64()
		}
		t.Logf("again with -history.seed=%d", q.seed)
		q.dice = rand.New(rand.NewPCG(q.seed, 0))
		q.d.Now = func() time.Time {
			q.Lock()
			defer q.Unlock()
			return q.now
		}
		q.furnish()
		f(q)
	}
	t.Run("sqlite", func(t *testing.T) { run(t, dbtest.SQLite(t, hospital.Migrations)) })
	t.Run("postgres", func(t *testing.T) {
		if address, ok := dbtest.Postgres(t, hospital.Migrations); ok {
			run(t, address)
		}
	})
}

// hand is one of many who work at once, with dice of their own.
func (q *quarter) hand(n uint64) *quarter {
	one := *q
	one.dice = rand.New(rand.NewPCG(q.seed, n+1))
	return &one
}

func (q *quarter) furnish() {
	q.t.Helper()
	ctx := q.t.Context()
	dbtest.Do(q.t, q.d, db.System("setup"), func(tx *db.Tx) error {
		for _, x := range []struct {
			of         *departments.Department
			code, name string
			kind       departments.Kind
		}{{&q.office, "H00", "后勤科", departments.Office}, {&q.n1, "N01", "一病区", departments.Ward}, {&q.n2, "N02", "二病区", departments.Ward}} {
			*x.of = departments.Department{Code: x.code, Name: x.name, Kind: x.kind}
			if err := departments.Found(ctx, tx, x.of); err != nil {
				return err
			}
		}
		for n, p := range []struct {
			name  string
			of    *departments.Department
			head  bool
			posts []string
		}{
			{"王护士", &q.n1, false, nil}, {"李护士", &q.n1, false, nil}, {"赵护士长", &q.n1, true, nil}, {"丁护士", &q.n2, false, nil}, {"钱护士长", &q.n2, true, nil},
			{"陈库管", &q.office, false, nil}, {"许库管", &q.office, false, nil}, {"马师傅", &q.office, false, nil}, {"盘点员", &q.office, false, nil}, {"孙主任", &q.office, true, []string{"logistics"}},
			{"郑科长", &q.office, false, []string{"section_chief", "managing_department"}}, {"总务", &q.office, false, []string{"general_affairs"}}, {"吴资产", &q.office, false, []string{"property_accountant"}},
			{"财务", &q.office, false, []string{"finance"}}, {"冯副院长", &q.office, false, []string{"vice_president", "hospital_leader"}}, {"秘书", &q.office, false, []string{"hospital_office"}}, {"周采购", &q.office, false, nil},
		} {
			x := people.Person{Number: fmt.Sprint(1001 + n), Name: p.name, Department: p.of.ID}
			if err := people.Hire(ctx, tx, &x); err != nil {
				return err
			}
			q.staff[p.name], q.names[x.ID] = x, p.name
			if p.head {
				p.of.Head = x.ID
			}
			for _, post := range p.posts {
				if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: x.ID}); err != nil {
					return err
				}
			}
		}
		for _, x := range []*departments.Department{&q.office, &q.n1, &q.n2} {
			if err := departments.Change(ctx, tx, x); err != nil {
				return err
			}
		}
		q.from = suppliers.Supplier{Name: "安泰商贸"}
		if err := suppliers.Add(ctx, tx, &q.from); err != nil {
			return err
		}
		q.paper = catalog.Item{Number: "P1", Spec: "200 抽", Name: "擦手纸", Unit: "包", Packs: []quantity.Pack{{Unit: "箱", Factor: 20}}, Category: catalog.Consumable, Price: 500}
		q.soap = catalog.Item{Number: "S1", Spec: "500 ml", Name: "洗手液", Unit: "瓶", Category: catalog.Consumable, Price: 900, ShelfDays: 60}
		q.lamp = catalog.Item{Number: "L1", Spec: "18 W", Name: "灯管", Unit: "只", Category: catalog.Spare, Price: 1200}
		q.chair = catalog.Item{Number: "C1", Spec: "钢架", Name: "折叠椅", Unit: "把", Category: catalog.LowValue, Price: 28000, OldForNew: true}
		for _, i := range []*catalog.Item{&q.paper, &q.soap, &q.lamp, &q.chair} {
			if err := catalog.Add(ctx, tx, i); err != nil {
				return err
			}
			if err := purchasing.Agree(ctx, tx, &purchasing.Price{Goods: purchasing.Goods{Item: i.ID}, Supplier: q.from.ID, Price: i.Price, Contract: "框架一", Since: tx.Today(), Until: tx.Today().AddDays(900)}); err != nil {
				return err
			}
		}
		q.main = warehouse.Store{Code: "A", Name: "总库", Department: q.office.ID, Keepers: []string{q.staff["陈库管"].ID, q.staff["许库管"].ID}}
		q.tools = warehouse.Store{Code: "B", Name: "五金库", Department: q.office.ID, Keepers: []string{q.staff["许库管"].ID}}
		q.own = warehouse.Store{Code: "W", Name: "一病区二级库", Department: q.n1.ID, Ward: true}
		for _, s := range []*warehouse.Store{&q.main, &q.tools, &q.own} {
			if err := warehouse.SetUp(ctx, tx, s); err != nil {
				return err
			}
		}
		for _, x := range []struct {
			store *warehouse.Store
			qty   quantity.Qty
		}{{&q.main, 90}, {&q.tools, 40}, {&q.own, 30}} {
			open := warehouse.Stocktaking{Store: x.store.ID}
			for _, i := range q.goods() {
				l := warehouse.In{Item: i.ID, Qty: fmt.Sprint(int64(x.qty)), Price: i.Price.String()}
				if i.ShelfDays > 0 {
					l.Lot, l.Expiry = "L0", tx.Today().AddDays(25)
				}
				open.Lines = append(open.Lines, l)
				q.lay(x.store.ID, i.ID, x.qty)
			}
			if _, err := warehouse.Open(ctx, tx, open); err != nil {
				return err
			}
		}
		return nil
	})
	// Who was careless pays, from tomorrow on.
	pays := rules.Change{Param: "S-037.on", Value: "on", Since: q.d.Today().AddDays(1), Reason: "职代会通过"}
	dbtest.Do(q.t, q.d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(ctx, tx, &pays) })
	dbtest.Do(q.t, q.d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(ctx, tx, pays.ID, "") })
}

func (q *quarter) goods() []catalog.Item { return []catalog.Item{q.paper, q.soap, q.lamp, q.chair} }

// lay notes what came into a store, or left it, without a paper of a room.
func (q *quarter) lay(store, item string, qty quantity.Qty) {
	q.Lock()
	defer q.Unlock()
	q.lies[[2]string{store, item}] += qty
}

// as lets one of the staff do something, who may do all that the rooms know: what they
// refuse is for what the papers say.
func (q *quarter) as(name string, f func(ctx context.Context, tx *db.Tx) error) error {
	p := q.staff[name]
	by := dbtest.Person(p.Name, hospital.Permissions...)
	by.ID, by.Unit = p.ID, p.Department
	return q.d.Do(q.t.Context(), by, func(tx *db.Tx) error { return f(q.t.Context(), tx) })
}

// errNothing is said by a deed for which there is nothing to do.
var errNothing = errors.New("nothing to do")

// play does random deeds. Alone, time passes between them, and what is refused must
// leave no trace.
func (q *quarter) play(steps int, alone bool) error {
	weights := 0
	for _, x := range deeds {
		weights += x.weight
	}
	var failed []error
	for range steps {
		if alone && q.dice.IntN(12) == 0 {
			q.Lock()
			q.now = q.now.Add(time.Duration(1+q.dice.IntN(30)) * time.Hour)
			q.Unlock()
		}
		at, n := q.dice.IntN(weights), 0
		for at >= deeds[n].weight {
			at -= deeds[n].weight
			n++
		}
		before := ""
		if alone {
			before = q.trace()
		}
		err := deeds[n].do(q)
		q.note(deeds[n].name, err)
		switch {
		case err == nil:
		case errors.Is(err, errNothing):
		case fault.KindOf(err) == fault.Internal:
			failed = append(failed, fmt.Errorf("%s: %w", deeds[n].name, err))
			if alone {
				q.t.Fatal(failed)
			}
		case alone && q.trace() != before:
			q.t.Fatalf("%s was refused (%v) and left a trace: %s, then %s", deeds[n].name, err, before, q.trace())
		}
	}
	return errors.Join(failed...)
}

// note counts what came of a deed.
func (q *quarter) note(deed string, err error) {
	q.Lock()
	defer q.Unlock()
	if err == nil {
		q.done[deed]++
		return
	}
	if q.refused[deed] == nil {
		q.refused[deed] = map[string]int{}
	}
	q.refused[deed][err.Error()]++
}

// trace is what any command that did something has changed.
func (q *quarter) trace() string {
	var trail, legs, numbers int64
	if err := q.d.QueryRowContext(q.t.Context(), `SELECT (SELECT count(*) FROM base_trail), (SELECT count(*) FROM warehouse_posting), (SELECT CAST(coalesce(sum(last), 0) AS BIGINT) FROM base_number)`).Scan(&trail, &legs, &numbers); err != nil {
		q.t.Fatal(err)
	}
	return fmt.Sprint(trail, " entries, ", legs, " legs, ", numbers, " numbers")
}

// papers are what each room's own papers say they brought into a store, or took out.
const papers = `
	SELECT r.store, l.item, l.came - l.refused AS qty FROM receiving_line l JOIN receiving_receipt r ON r.id = l.receipt WHERE r.state = 'posted'
	UNION ALL SELECT p.store, p.item, -p.handed FROM requests_pick p
	UNION ALL SELECT w.id, p.item, p.handed FROM requests_pick p JOIN requests_request q ON q.id = p.request JOIN warehouse_store w ON w.department = q.department AND w.ward = true
	UNION ALL SELECT q.to_store, p.item, p.handed FROM requests_pick p JOIN requests_request q ON q.id = p.request WHERE q.to_store <> ''
	UNION ALL SELECT q.store, l.item, -l.issued FROM requests_line l JOIN requests_request q ON q.id = l.request WHERE q.kind = 'rush'
	UNION ALL SELECT w.id, l.item, l.issued FROM requests_line l JOIN requests_request q ON q.id = l.request JOIN warehouse_store w ON w.department = q.department AND w.ward = true WHERE q.kind = 'rush'
	UNION ALL SELECT store, item, CASE WHEN cause = 'surplus' THEN qty ELSE -qty END FROM wardstores_loss WHERE state = 'booked'
	UNION ALL SELECT b.store, l.item, -l.qty FROM wardstores_back_line l JOIN wardstores_back b ON b.id = l.back WHERE b.state = 'taken'
	UNION ALL SELECT b.to_store, l.item, l.qty FROM wardstores_back_line l JOIN wardstores_back b ON b.id = l.back WHERE b.state = 'taken'
	UNION ALL SELECT c.store, l.item, l.diff FROM counting_line l JOIN counting_count c ON c.id = l.count WHERE c.state = 'posted'
	UNION ALL SELECT s.store, l.item, -l.qty FROM disposal_line l JOIN disposal_slip s ON s.id = l.slip WHERE s.state = 'written_off' AND s.origin = 'store'
	UNION ALL SELECT l.store, g.item, -g.qty * l.packs FROM distribution_good g JOIN distribution_list l ON l.id = g.list WHERE l.state IN ('released', 'settled')
	UNION ALL SELECT l.store, g.item, g.qty * s.packs FROM distribution_good g JOIN distribution_list l ON l.id = g.list JOIN distribution_share s ON s.list = l.id AND s.state = 'left'`

// mustHold is what no history may break.
func (q *quarter) mustHold() {
	q.t.Helper()
	ctx := q.t.Context()
	wrong, err := hospital.Verify(ctx, q.d)
	if err != nil || len(wrong) > 0 {
		q.t.Error(wrong, err)
	}
	for _, table := range []string{"warehouse_balance", "warehouse_stock"} {
		var below int64
		if err := q.d.QueryRowContext(ctx, `SELECT count(*) FROM `+table+` WHERE qty < 0 OR amount < 0`).Scan(&below); err != nil || below > 0 {
			q.t.Errorf("%d rows of %s are below nothing, %v", below, table, err)
		}
	}
	want := q.lies
	if err := db.Each(ctx, q.d, `SELECT store, item, CAST(sum(qty) AS BIGINT) FROM (`+papers+`) p GROUP BY store, item`, nil, func(scan db.Scan) error {
		var at [2]string
		var qty quantity.Qty
		err := scan(&at[0], &at[1], &qty)
		want[at] += qty
		return err
	}); err != nil {
		q.t.Fatal(err)
	}
	for _, s := range []warehouse.Store{q.main, q.tools, q.own} {
		for _, i := range q.goods() {
			var book, card, shelf, ledger int64
			if err := q.d.QueryRowContext(ctx, `SELECT
				(SELECT qty FROM warehouse_stock WHERE store = $1 AND item = $2),
				(SELECT qty_after FROM warehouse_posting WHERE store = $1 AND item = $2 AND kind = 'store' ORDER BY seq DESC LIMIT 1),
				(SELECT CAST(sum(qty) AS BIGINT) FROM warehouse_balance WHERE store = $1 AND item = $2),
				(SELECT CAST(sum(qty) AS BIGINT) FROM warehouse_posting WHERE store = $1 AND item = $2 AND kind = 'store')`, s.ID, i.ID).Scan(&book, &card, &shelf, &ledger); err != nil {
				q.t.Fatal(err)
			}
			if papers := int64(want[[2]string{s.ID, i.ID}]); book != papers || card != papers || shelf != papers || ledger != papers {
				q.t.Errorf("%s %s: by the rooms' papers %d, in the ledger %d, in the book %d, on the card %d, on the shelves %d", s.Name, i.Name, papers, ledger, book, card, shelf)
			}
		}
	}
}
