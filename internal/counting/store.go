package counting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// Packs are the units that the line's goods come in.
func (l *Line) Packs() []quantity.Pack { return catalog.PacksOf(l.Unit, l.packs) }

// Title is the goods' name and specification.
func (l *Line) Title() string { return catalog.Item{Name: l.Name, Spec: l.Spec}.Title() }

// SayDiff is the difference with its sign: +2 盒, -5 只; nothing where there is none.
func (l *Line) SayDiff() string {
	switch {
	case l.Diff > 0:
		return "+" + l.Say(l.Diff)
	case l.Diff < 0:
		return "-" + l.Say(-l.Diff)
	}
	return ""
}

// packed is packs as the catalogue stores them beside the smallest unit.
func packed(packs []quantity.Pack) string {
	var all []string
	for _, p := range packs {
		if p.Factor > 1 {
			all = append(all, fmt.Sprintf("%s=%d", p.Unit, p.Factor))
		}
	}
	return strings.Join(all, " ")
}

func insertCount(ctx context.Context, tx *db.Tx, c *Count) error {
	search, err := tx.Tokens(ctx, c.Number, c.StoreName)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO counting_count (id, number, plan, cycle, store, goods, bin_from, bin_until, blind, due, state, lines, begun_by, begun_name, begun_at, search)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)`,
		c.ID, c.Number, c.Plan, c.Cycle, c.Store, c.Goods, c.BinFrom, c.BinUntil, c.Blind, c.Due, c.State, c.Lines, c.BegunBy, c.BegunName, c.BegunAt, search)
	return err
}

func insertSheet(ctx context.Context, tx *db.Tx, s *Sheet) error {
	_, err := tx.Exec(ctx, `INSERT INTO counting_sheet (id, count, n, round, label, lines, first) VALUES ($1,$2,$3,$4,$5,$6,$7)`, s.ID, s.Count, s.N, s.Round, s.Label, s.Size, s.First)
	return err
}

func insertLine(ctx context.Context, tx *db.Tx, l *Line) error {
	_, err := tx.Exec(ctx, `INSERT INTO counting_line (id, count, n, sheet, item, bin, lot, expiry, extra, class) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`, l.ID, l.Count, l.N, l.Sheet, l.Item, l.Bin, l.Lot, l.Expiry, l.Extra, l.Class)
	return err
}

// keepLine stores what was found of a line, or why it differs.
func keepLine(ctx context.Context, tx *db.Tx, l *Line) error {
	_, err := tx.Exec(ctx, `UPDATE counting_line SET done = $1, qty1 = $2, book1 = $3, at1 = $4, by1 = $5, name1 = $6, qty2 = $7, book2 = $8, at2 = $9, by2 = $10, name2 = $11, diff = $12, book = $13, value = $14, reason = $15, why = $16
		WHERE id = $17`, l.Done, l.First.Qty, l.First.Book, l.First.At, l.First.By, l.First.Name, l.Second.Qty, l.Second.Book, l.Second.At, l.Second.By, l.Second.Name, l.Diff, l.Book, l.Value, l.Reason, l.Why, l.ID)
	return err
}

// keepSheet stores a sheet after a step and tells the trail.
func keepSheet(ctx context.Context, tx *db.Tx, s *Sheet, step, note string) error {
	if err := tx.One(ctx, fault.Stale(), `UPDATE counting_sheet SET lines = $1, done = $2, counter = $3, counter_name = $4, taken_at = $5, handed_at = $6, open = $7, version = version + 1 WHERE id = $8 AND version = $9`,
		s.Size, s.Done, s.Counter, s.CounterName, s.TakenAt, s.HandedAt, s.Open, s.ID, s.Version); err != nil {
		return err
	}
	s.Version++
	return tx.Trail(ctx, db.Event{Noun: SheetNoun, Record: s.ID, Action: step, Note: note})
}

// keep stores a count after a step and tells the trail of it, if it was one.
func keep(ctx context.Context, tx *db.Tx, c *Count, step, note string) error {
	c.Open = !slices.Contains([]State{Posted, Agreed, Dropped}, c.State)
	if err := tx.One(ctx, fault.Stale(), `UPDATE counting_count SET state = $1, open = $2, lines = $3, done = $4, differing = $5, wrong = $6, book = $7, gain = $8, loss = $9, counted_at = $10, counted_day = $11, keeper = $12, keeper_name = $13,
		keeper_at = $14, accountant = $15, accountant_name = $16, accountant_at = $17, analysis = $18, case_id = $19, paper = $20, document = $21, document_number = $22, posted_by = $23, posted_name = $24, ended_at = $25, ended_day = $26,
		note = $27, version = version + 1 WHERE id = $28 AND version = $29`,
		c.State, c.Open, c.Lines, c.Done, c.Differing, c.Wrong, c.Book, c.Gain, c.Loss, c.CountedAt, c.CountedDay, c.Keeper, c.KeeperName, c.KeeperAt, c.Accountant, c.AccountantName, c.AccountantAt, c.Analysis,
		c.Case, c.Paper, c.Document, c.DocumentNumber, c.PostedBy, c.PostedName, c.EndedAt, c.EndedDay, c.Note, c.ID, c.Version); err != nil {
		return err
	}
	c.Version++
	if step == "" {
		return nil
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: c.ID, Action: step, Note: note})
}

// sum adds a count's lines up.
func (c *Count) sum(ctx context.Context, tx *db.Tx) error {
	err := tx.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (WHERE done > 0), count(*) FILTER (WHERE diff <> 0), count(*) FILTER (WHERE diff <> 0 AND reason = ''), CAST(coalesce(sum(book), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN value > 0 THEN value ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN value < 0 THEN -value ELSE 0 END), 0) AS BIGINT) FROM counting_line WHERE count = $1`, c.ID).
		Scan(&c.Lines, &c.Done, &c.Differing, &c.unexplained, &c.Book, &c.Gain, &c.Loss)
	if c.Done > 0 {
		c.Wrong = 10_000 - (20_000*(c.Done-c.Differing)+c.Done)/(2*c.Done) // rounded as people round
	}
	return err
}

const lineColumns = `l.id, l.count, l.n, l.sheet, l.again, l.item, i.number, i.name, i.spec, i.unit, i.packs, l.bin, coalesce(b.code, ''), l.lot, l.expiry, l.extra, l.done,
	l.qty1, l.book1, l.at1, l.by1, l.name1, l.qty2, l.book2, l.at2, l.by2, l.name2, l.diff, l.book, l.value, l.reason, l.why, l.class
	FROM counting_line l LEFT JOIN catalog_item i ON i.id = l.item LEFT JOIN warehouse_bin b ON b.id = l.bin`

func lineInto(l *Line) []any {
	return []any{&l.ID, &l.Count, &l.N, &l.Sheet, &l.Again, &l.Item, &l.Number, &l.Name, &l.Spec, &l.Unit, &l.packs, &l.Bin, &l.BinCode, &l.Lot, &l.Expiry, &l.Extra, &l.Done,
		&l.First.Qty, &l.First.Book, &l.First.At, &l.First.By, &l.First.Name, &l.Second.Qty, &l.Second.Book, &l.Second.At, &l.Second.By, &l.Second.Name, &l.Diff, &l.Book, &l.Value, &l.Reason, &l.Why, &l.Class}
}

// LinesOf are a sheet's lines in the order of the bins.
func LinesOf(ctx context.Context, r db.Reader, sheet string) ([]Line, error) {
	return db.All(ctx, r, lineInto, `SELECT `+lineColumns+` WHERE l.sheet = $1 OR l.again = $1 ORDER BY l.n`, sheet)
}

// differing are the lines of a count that differ.
func differing(ctx context.Context, r db.Reader, count string) ([]Line, error) {
	return db.All(ctx, r, lineInto, `SELECT `+lineColumns+` WHERE l.count = $1 AND l.diff <> 0 ORDER BY l.n`, count)
}

// onCount is the number of the line of a count that stands for the same spot, or 0.
func onCount(ctx context.Context, r db.Reader, l *Line) (int64, error) {
	n, _, err := db.First(ctx, r, func(n *int64) []any { return []any{n} }, `SELECT n FROM counting_line WHERE count = $1 AND item = $2 AND bin = $3 AND lot = $4`, l.Count, l.Item, l.Bin, l.Lot)
	return n, err
}

func nextLine(ctx context.Context, r db.Reader, count string) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) + 1 FROM counting_line WHERE count = $1`, count).Scan(&n)
	return n, err
}

func lastSheet(ctx context.Context, r db.Reader, count string) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM counting_sheet WHERE count = $1`, count).Scan(&n)
	return n, err
}

// sheetsOut is how many sheets of a count are not handed in.
func sheetsOut(ctx context.Context, r db.Reader, count string) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FROM counting_sheet WHERE count = $1 AND open = true`, count).Scan(&n)
	return n, err
}

// openOf is the number of the open count of a plan, or "".
func openOf(ctx context.Context, r db.Reader, plan string) (number string, err error) {
	if plan != "" {
		number, _, err = db.Text(ctx, r, `SELECT number FROM counting_count WHERE plan = $1 AND open = true`, plan)
	}
	return number, err
}

// turn is when goods were last counted, and whether they were wrong.
type turn struct {
	at       period.Instant
	differed bool
}

func turnsOf(ctx context.Context, r db.Reader, store string) (map[string]turn, error) {
	all := map[string]turn{}
	err := db.Each(ctx, r, `SELECT item, at, differed FROM counting_turn WHERE store = $1`, []any{store}, func(scan db.Scan) error {
		var item string
		var t turn
		err := scan(&item, &t.at, &t.differed)
		all[item] = t
		return err
	})
	return all, err
}

// noteTurns notes of each kind of goods that it was counted.
func noteTurns(ctx context.Context, tx *db.Tx, c *Count) error {
	_, err := tx.Exec(ctx, `INSERT INTO counting_turn (id, store, item, at, differed)
		SELECT CAST($1 AS TEXT) || '.' || item, $1, item, CAST($2 AS BIGINT), max(CASE WHEN diff <> 0 THEN 1 ELSE 0 END) = 1 FROM counting_line WHERE count = $3 GROUP BY item
		ON CONFLICT (id) DO UPDATE SET at = excluded.at, differed = excluded.differed`, c.Store, tx.At(), c.ID)
	return err
}

// Get is a count that the person sees, else NotFound.
func Get(ctx context.Context, r db.Reader, by db.Actor, id string) (Count, error) {
	c, err := Counts.Get(ctx, r, Scope(by).And("c.id = ?", id))
	if err == nil {
		err = r.QueryRowContext(ctx, `SELECT count(*) FROM counting_line WHERE count = $1 AND diff <> 0 AND reason = ''`, id).Scan(&c.unexplained)
	}
	return c, err
}

// Whose is a count with what its steps depend on besides: who keeps the store, and who is
// property accountant.
func Whose(ctx context.Context, r db.Reader, by db.Actor, id string, today period.Day) (Count, error) {
	c, err := Get(ctx, r, by, id)
	if err == nil {
		err = c.whose(ctx, r, today)
	}
	return c, err
}

// whole is a count whoever asks.
func whole(ctx context.Context, r db.Reader, id string) (Count, error) {
	return Get(ctx, r, db.System(""), id)
}

// SheetByID is a sheet that the person sees, without its lines; else NotFound.
func SheetByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Sheet, error) {
	return Sheets.Get(ctx, r, Scope(by).And("s.id = ?", id))
}

// SheetsOf are the sheets of a count.
func SheetsOf(ctx context.Context, r db.Reader, count string) ([]Sheet, error) {
	return Sheets.All(ctx, r, list.Where{}.And("s.count = ?", count), linesMost)
}

// BookOf is what the books say of a sheet's line now; of one that is counted, what they
// said then.
func BookOf(ctx context.Context, r db.Reader, s *Sheet, l *Line) (quantity.Qty, error) {
	if l.Done >= s.Round {
		return l.Last().Book, nil
	}
	lying, err := warehouse.LyingAt(ctx, r, s.Store, 0, []string{l.Item})
	return lying[warehouse.Spot{Item: l.Item, Bin: l.Bin, Lot: l.Lot}].Qty, err
}
