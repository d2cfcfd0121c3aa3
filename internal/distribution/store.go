package distribution

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

func insert(ctx context.Context, tx *db.Tx, l *List, shares []Share) error {
	texts := []string{l.Number, l.Title, l.StoreName}
	for _, g := range l.Goods {
		texts = append(texts, g.Name)
	}
	search, err := tx.Tokens(ctx, texts...)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO distribution_list (id, number, title, kind, festival, store, day, until, state, shares, packs, drawn_by, drawn_name, drawn_at, search)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`, l.ID, l.Number, l.Title, l.Kind, l.Festival, l.Store, l.Day, l.Until, l.State, l.Shares, l.Packs, l.DrawnBy, l.DrawnName, l.DrawnAt, search); err != nil {
		return err
	}
	for _, g := range l.Goods {
		if _, err := tx.Exec(ctx, `INSERT INTO distribution_good (list, line, item, name, unit, qty) VALUES ($1,$2,$3,$4,$5,$6)`, l.ID, g.Line, g.Item, g.Name, g.Unit, g.Qty); err != nil {
			return err
		}
	}
	for _, s := range shares {
		search, err := tx.Tokens(ctx, s.Name, s.Number)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO distribution_share (id, list, person, name, number, department, packs, state, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
			s.ID, s.List, s.Person, s.Name, s.Number, s.Department, s.Packs, s.State, search); err != nil {
			return err
		}
	}
	return nil
}

// Get is a list that the person sees, with what a pack holds and its papers; else
// NotFound.
func Get(ctx context.Context, r db.Reader, by db.Actor, id string) (List, error) {
	l, err := Lists.Get(ctx, r, Scope(by).And("l.id = ?", id))
	if err != nil {
		return l, err
	}
	if l.Goods, err = goodsOf(ctx, r, id); err != nil {
		return l, err
	}
	l.Papers, err = db.All(ctx, r, func(p *Paper) []any { return []any{&p.Department, &p.Document, &p.Number, &p.Back, &p.Amount} },
		`SELECT department, document, number, back, amount FROM distribution_paper WHERE list = $1 ORDER BY back, number`, id)
	return l, err
}

func goodsOf(ctx context.Context, r db.Reader, id string) ([]Good, error) {
	return db.All(ctx, r, func(g *Good) []any { return []any{&g.Line, &g.Item, &g.Name, &g.Unit, &g.Qty} },
		`SELECT line, item, name, unit, qty FROM distribution_good WHERE list = $1 ORDER BY line`, id)
}

// GetShare is a share that the person sees; else NotFound.
func GetShare(ctx context.Context, r db.Reader, by db.Actor, id string) (Share, error) {
	return Shares.Get(ctx, r, ShareScope(by).And("s.id = ?", id))
}

// Pack is what the share holds, as it is handed out.
func Pack(ctx context.Context, r db.Reader, s *Share) (said []string, err error) {
	goods, err := goodsOf(ctx, r, s.List)
	for _, g := range goods {
		said = append(said, g.Name+" "+g.Say(s.Packs))
	}
	return said, err
}

// Mine are the shares that wait for a person, or that they took, newest first, with
// what a pack holds.
func Mine(ctx context.Context, r db.Reader, person string, most int) (all []Share, goods map[string][]Good, err error) {
	all, err = Shares.All(ctx, r, list.Where{}.And("s.person = ? AND l.state IN ('released', 'settled')", person), most)
	if err != nil {
		return nil, nil, err
	}
	goods = map[string][]Good{}
	for _, s := range all {
		if goods[s.List] == nil {
			if goods[s.List], err = goodsOf(ctx, r, s.List); err != nil {
				return nil, nil, err
			}
		}
	}
	return all, goods, nil
}

// ToSign are the shares that a person may fetch now.
func ToSign(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Share, error) {
	return Shares.All(ctx, r, list.Where{}.And("s.person = ? AND s.state = 'waiting' AND l.state = 'released'", by.ID), limit)
}

// Left is how much of a list some departments have not fetched yet.
type Left struct {
	List   string         `json:"list"`
	Title  string         `json:"title"`
	Until  period.Day     `json:"until"`
	Since  period.Instant `json:"since"`
	Shares int64          `json:"shares"`
}

// LeftOf are the lists being given out of which people or floors of these departments have
// not fetched theirs, what ends first on top.
func LeftOf(ctx context.Context, r db.Reader, units []string, limit int) ([]Left, error) {
	if len(units) == 0 {
		return nil, nil
	}
	in, args := db.Listed(units)
	return db.All(ctx, r, func(l *Left) []any { return []any{&l.List, &l.Title, &l.Until, &l.Since, &l.Shares} },
		fmt.Sprintf(`SELECT l.id, l.title, l.until, l.released_at, count(*) FROM distribution_share s JOIN distribution_list l ON l.id = s.list
			WHERE l.state = 'released' AND s.state = 'waiting' AND s.department IN %s GROUP BY l.id, l.title, l.until, l.released_at ORDER BY l.until, l.id LIMIT %d`, in, limit), args...)
}

// Unfetched are the shares of departments that lie there to be fetched, by name.
func Unfetched(ctx context.Context, r db.Reader, units []string, limit int) ([]Share, error) {
	return Shares.All(ctx, r, list.Where{}.And("s.state = 'waiting' AND l.state = 'released'").In("s.department", units), limit)
}

// ToRelease are the lists that another person drew up and that this one may release.
func ToRelease(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]List, error) {
	return Lists.All(ctx, r, list.Scoped(by.Scope(MayRelease), "w.department").And("l.state = 'drawn' AND l.drawn_by <> ?", by.ID), limit)
}

// ToSettle are the lists whose last day has passed.
func ToSettle(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]List, error) {
	return Lists.All(ctx, r, list.Scoped(by.Scope(MayHand), "w.department").And("l.state = 'released' AND l.until < ?", r.Today()), limit)
}

// hold locks a list that the person sees and takes a step with it.
func hold(ctx context.Context, tx *db.Tx, id string, version int64, step string) (List, error) {
	return Life.Take(ctx, tx, id, version, step, Get)
}

// keep stores a list after a step and tells the trail.
func keep(ctx context.Context, tx *db.Tx, l *List, step, note string) error {
	l.Open = l.State == Drawn || l.State == Released
	if err := tx.One(ctx, fault.Stale(), `UPDATE distribution_list SET state = $1, open = $2, amount = $3, released_by = $4, released_name = $5, released_at = $6, settled_name = $7, settled_at = $8, settled_day = $9,
		note = $10, version = version + 1 WHERE id = $11 AND version = $12`,
		l.State, l.Open, l.Amount, l.ReleasedBy, l.ReleasedName, l.ReleasedAt, l.SettledName, l.SettledAt, l.SettledDay, l.Note, l.ID, l.Version); err != nil {
		return err
	}
	l.Version++
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: l.ID, Action: step, Note: note})
}

// Stage is how many shares are in one, and their packs.
type Stage struct{ Shares, Packs int64 }

// Stand is how far a list is, by stage.
func Stand(ctx context.Context, r db.Reader, id string) (map[string]Stage, error) {
	type row struct {
		state string
		Stage
	}
	all, err := db.All(ctx, r, func(s *row) []any { return []any{&s.state, &s.Shares, &s.Packs} }, `SELECT state, count(*), CAST(sum(packs) AS BIGINT) FROM distribution_share WHERE list = $1 GROUP BY state`, id)
	stand := make(map[string]Stage, len(all))
	for _, s := range all {
		stand[s.state] = s.Stage
	}
	return stand, err
}
