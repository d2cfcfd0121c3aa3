package warehouse

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Visit is somebody in a store who does not work there (S-025).
type Visit struct {
	ID        string         `json:"id"`
	Store     string         `json:"store"`
	StoreName string         `json:"store_name"`
	Name      string         `json:"name"`
	Firm      string         `json:"firm"` // or department
	Purpose   string         `json:"purpose"`
	At        period.Instant `json:"at"`
	ByName    string         `json:"by_name"`
	Inside    bool           `json:"inside"`
	Gone      period.Instant `json:"gone"`
}

// Visits is the register of visitors, the latest first.
var Visits = list.Of[Visit]{
	Name: "warehouse.visits", From: `warehouse_visit v JOIN warehouse_store w ON w.id = v.store`,
	Order: "-id", Short: true, Live: []string{"warehouse.visit"},
	Columns: []list.Column[Visit]{
		{Key: "name", SQL: "v.name", Into: func(v *Visit) any { return &v.Name }},
		{Key: "firm", SQL: "v.firm", Into: func(v *Visit) any { return &v.Firm }},
		{Key: "purpose", SQL: "v.purpose", Into: func(v *Visit) any { return &v.Purpose }},
		{Key: "at", SQL: "v.at", Into: func(v *Visit) any { return &v.At }, Range: true},
		{Key: "gone", SQL: "v.gone", Into: func(v *Visit) any { return &v.Gone }},
		{Key: "inside", SQL: "(v.gone = 0)", Into: func(v *Visit) any { return &v.Inside }, Said: onlyWhen("warehouse.visits.inside", func(v *Visit) bool { return v.Inside })},
		{Key: "store", SQL: "v.store", Into: func(v *Visit) any { return &v.Store }, Ref: "stores", Text: func(v *Visit) string { return v.StoreName }},
		{Key: "by_name", SQL: "v.by_name", Into: func(v *Visit) any { return &v.ByName }},
		{Key: "id", SQL: "v.id", Into: func(v *Visit) any { return &v.ID }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(v *Visit) any { return &v.StoreName }, Hidden: true},
	},
}

// keeps reads a store and refuses who may not hand out there: the registers are the
// keepers'.
func keeps(ctx context.Context, tx *db.Tx, store string) (keep, error) {
	k, err := storeOf(ctx, tx, store)
	if err == nil {
		err = tx.NeedIn(MayIssue, k.department)
	}
	return k, err
}

// required complains about every text that is missing.
func required(texts map[string]*string) error {
	var bad fault.Complaints
	keys := make([]string, 0, len(texts))
	for key, text := range texts {
		if *text = strings.TrimSpace(*text); *text == "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		bad.Add(key, "base.required")
	}
	return bad.Err()
}

// Enter registers a visitor. Needs MayIssue where the store is kept. Invalid: no name
// or purpose.
func Enter(ctx context.Context, tx *db.Tx, v *Visit) error {
	if _, err := keeps(ctx, tx, v.Store); err != nil {
		return err
	}
	if err := required(map[string]*string{"name": &v.Name, "purpose": &v.Purpose}); err != nil {
		return err
	}
	v.ID, v.At, v.ByName = tx.NewID(), tx.At(), tx.By.Name
	if _, err := tx.Exec(ctx, `INSERT INTO warehouse_visit (id, store, name, firm, purpose, at, by_id, by_name) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		v.ID, v.Store, v.Name, strings.TrimSpace(v.Firm), v.Purpose, v.At, tx.By.ID, v.ByName); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: v.Store, Action: "enter", Note: v.Name + " " + v.Purpose})
}

// Leave registers that a visitor has gone. Conflict: gone already.
func Leave(ctx context.Context, tx *db.Tx, id string) error {
	v, err := Visits.Get(ctx, tx, list.Where{}.And("v.id = ?", id))
	if err != nil {
		return err
	}
	if _, err := keeps(ctx, tx, v.Store); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.New(fault.Conflict, "warehouse.has_left", v.Name), `UPDATE warehouse_visit SET gone = $1 WHERE id = $2 AND gone = 0`, tx.At(), id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: v.Store, Action: "leave", Note: v.Name})
}

// Round is a walk through a store with what is looked at. Clause is the rule behind it.
type Round struct {
	Key, Clause string
	Points      []string
}

// Rounds are the walks (S-023, S-024, S-026, S-027, S-029, S-030).
var Rounds = []Round{
	{"open", "S-023", []string{"door", "goods", "power"}},
	{"shut", "S-023", []string{"door", "goods", "power"}},
	{"walk", "S-024", []string{"hidden", "fire_source", "leak"}},
	{"bans", "S-026", []string{"smoking", "strangers", "altered", "private", "idle_talk", "fire_gear_used", "wiring"}},
	{"room", "S-027", []string{"air", "dry", "clean", "fire", "theft", "explosion", "damp", "rodent"}},
	{"gear", "S-029", []string{"gear_expiry", "gear_whole"}},
	{"windows", "S-030", []string{"door", "window"}},
}

// RoundKeys are the walks, as choices; Points what is looked at on any of them.
var RoundKeys, Points = roundWords()

func roundWords() (keys, points []string) {
	for _, r := range Rounds {
		keys = append(keys, r.Key)
		points = append(points, r.Points...)
	}
	slices.Sort(points)
	return keys, slices.Compact(points)
}

// Check is one walk: what was found wanting, and what was done about it.
type Check struct {
	ID        string         `json:"id"`
	Store     string         `json:"store"`
	StoreName string         `json:"store_name"`
	Round     string         `json:"round"`
	Day       period.Day     `json:"day"`
	At        period.Instant `json:"at"`
	Points    int64          `json:"points"`
	Faults    []string       `json:"faults"`
	Found     string         `json:"found"`
	Remedy    string         `json:"remedy"`
	Sound     bool           `json:"sound"`
	ByName    string         `json:"by_name"`
	faults    string
}

// Checks is the register of walks, the latest first.
var Checks = list.Of[Check]{
	Name: "warehouse.checks", From: `warehouse_check c JOIN warehouse_store w ON w.id = c.store`,
	Order: "-id", Short: true, Live: []string{"warehouse.check"},
	Parts: func(_ context.Context, _ db.Reader, all []Check) error {
		for n := range all {
			if all[n].faults != "" {
				all[n].Faults = strings.Split(all[n].faults, ",")
			}
		}
		return nil
	},
	Columns: []list.Column[Check]{
		{Key: "round", SQL: "c.round", Into: func(c *Check) any { return &c.Round }, OneOf: RoundKeys, Enum: "warehouse.round"},
		{Key: "at", SQL: "c.at", Into: func(c *Check) any { return &c.At }, Range: true},
		{Key: "sound", SQL: "(c.faults = '')", Into: func(c *Check) any { return &c.Sound }, Said: onlyWhen("warehouse.checks.sound", func(c *Check) bool { return c.Sound })},
		{Key: "faults", SQL: "c.faults", Into: func(c *Check) any { return &c.faults }, Said: func(w *words.Words, c *Check) string {
			if w == nil || c.faults == "" {
				return c.faults
			}
			var said []string
			for f := range strings.SplitSeq(c.faults, ",") {
				said = append(said, w.T("warehouse.point."+f))
			}
			return w.List(said)
		}},
		{Key: "found", SQL: "c.found", Into: func(c *Check) any { return &c.Found }},
		{Key: "remedy", SQL: "c.remedy", Into: func(c *Check) any { return &c.Remedy }},
		{Key: "by_name", SQL: "c.by_name", Into: func(c *Check) any { return &c.ByName }},
		{Key: "store", SQL: "c.store", Into: func(c *Check) any { return &c.Store }, Ref: "stores", Text: func(c *Check) string { return c.StoreName }},
		{Key: "points", SQL: "c.points", Into: func(c *Check) any { return &c.Points }},
		{Key: "day", SQL: "c.day", Into: func(c *Check) any { return &c.Day }, Range: true, Hidden: true},
		{Key: "id", SQL: "c.id", Into: func(c *Check) any { return &c.ID }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(c *Check) any { return &c.StoreName }, Hidden: true},
	},
}

// Walk registers a walk through a store. Needs MayIssue where it is kept. Invalid: a
// walk or a point that is not known, something wanting of which nobody says what was
// found and what was done.
func Walk(ctx context.Context, tx *db.Tx, c *Check) error {
	k, err := keeps(ctx, tx, c.Store)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(Rounds, func(r Round) bool { return r.Key == c.Round })
	if n < 0 {
		return fault.OnField("round", "base.no_such", c.Round)
	}
	for _, f := range c.Faults {
		if !slices.Contains(Rounds[n].Points, f) {
			return fault.OnField("faults", "warehouse.not_on_round", f).Under(Rounds[n].Clause)
		}
	}
	if len(c.Faults) > 0 {
		if err := required(map[string]*string{"found": &c.Found, "remedy": &c.Remedy}); err != nil {
			return err
		}
	}
	c.ID, c.At, c.Day, c.ByName, c.Points = tx.NewID(), tx.At(), tx.Today(), tx.By.Name, int64(len(Rounds[n].Points))
	if _, err := tx.Exec(ctx, `INSERT INTO warehouse_check (id, store, round, day, at, points, faults, found, remedy, by_id, by_name) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		c.ID, c.Store, c.Round, c.Day, c.At, c.Points, strings.Join(c.Faults, ","), strings.TrimSpace(c.Found), strings.TrimSpace(c.Remedy), tx.By.ID, c.ByName); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: c.Store, Action: "walk", Note: strings.TrimSpace(k.name + " " + c.Found)})
}

// Aside is what lies in a store and not in its books: goods written off that wait to
// be disposed of, or goods that were never booked (S-004).
type Aside struct {
	ID        string         `json:"id"`
	Store     string         `json:"store"`
	StoreName string         `json:"store_name"`
	Sort      string         `json:"sort"`
	Name      string         `json:"name"`
	Many      string         `json:"many"`
	Origin    string         `json:"origin"` // the paper or the person it came by
	Spot      string         `json:"spot"`   // where it lies, apart from other goods
	At        period.Instant `json:"at"`
	ByName    string         `json:"by_name"`
	There     bool           `json:"there"`
	Gone      period.Instant `json:"gone"`
	GoneName  string         `json:"gone_name"`
	Outcome   string         `json:"outcome"`
}

// AsideSorts are what such goods are.
var AsideSorts = []string{"written_off", "off_book"}

// Asides is the register of goods outside the books, the latest first.
var Asides = list.Of[Aside]{
	Name: "warehouse.asides", From: `warehouse_aside a JOIN warehouse_store w ON w.id = a.store`,
	Order: "-id", Short: true, Live: []string{"warehouse.aside"},
	Href: func(a *Aside) string { return "/warehouse/asides/" + a.ID },
	Columns: []list.Column[Aside]{
		{Key: "name", SQL: "a.name", Into: func(a *Aside) any { return &a.Name }},
		{Key: "nature", SQL: "a.sort", Into: func(a *Aside) any { return &a.Sort }, OneOf: AsideSorts, Enum: "warehouse.aside_sort"},
		{Key: "many", SQL: "a.many", Into: func(a *Aside) any { return &a.Many }},
		{Key: "spot", SQL: "a.spot", Into: func(a *Aside) any { return &a.Spot }},
		{Key: "origin", SQL: "a.origin", Into: func(a *Aside) any { return &a.Origin }},
		{Key: "at", SQL: "a.at", Into: func(a *Aside) any { return &a.At }, Range: true},
		{Key: "by_name", SQL: "a.by_name", Into: func(a *Aside) any { return &a.ByName }},
		{Key: "store", SQL: "a.store", Into: func(a *Aside) any { return &a.Store }, Ref: "stores", Text: func(a *Aside) string { return a.StoreName }},
		{Key: "there", SQL: "(a.gone = 0)", Into: func(a *Aside) any { return &a.There }, Said: onlyWhen("warehouse.asides.there", func(a *Aside) bool { return a.There })},
		{Key: "gone", SQL: "a.gone", Into: func(a *Aside) any { return &a.Gone }},
		{Key: "gone_name", SQL: "a.gone_name", Into: func(a *Aside) any { return &a.GoneName }},
		{Key: "outcome", SQL: "a.outcome", Into: func(a *Aside) any { return &a.Outcome }},
		{Key: "id", SQL: "a.id", Into: func(a *Aside) any { return &a.ID }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(a *Aside) any { return &a.StoreName }, Hidden: true},
	},
}

// PutAside registers goods outside the books. Needs MayIssue where the store is kept.
// Invalid: no name, number, origin or spot of their own; a spot that is a bin of the
// store in which booked goods lie (S-004: they are not mixed).
func PutAside(ctx context.Context, tx *db.Tx, a *Aside) error {
	k, err := keeps(ctx, tx, a.Store)
	if err != nil {
		return err
	}
	if err := required(map[string]*string{"name": &a.Name, "many": &a.Many, "origin": &a.Origin, "spot": &a.Spot}); err != nil {
		return err
	}
	if !slices.Contains(AsideSorts, a.Sort) {
		return fault.OnField("sort", "base.no_such", a.Sort)
	}
	if err := unmixed(ctx, tx, a.Store, a.Spot); err != nil {
		return err
	}
	a.ID, a.At, a.ByName = tx.NewID(), tx.At(), tx.By.Name
	if _, err := tx.Exec(ctx, `INSERT INTO warehouse_aside (id, store, sort, name, many, origin, spot, at, by_id, by_name) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		a.ID, a.Store, a.Sort, a.Name, a.Many, a.Origin, a.Spot, a.At, tx.By.ID, a.ByName); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: a.Store, Action: "put_aside", Note: strings.TrimSpace(k.name + " " + a.Name + " " + a.Many)})
}

// unmixed refuses a spot that is a bin of the store in which booked goods lie (S-004).
func unmixed(ctx context.Context, tx *db.Tx, store, spot string) error {
	_, mixed, err := db.First(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT n.id FROM warehouse_bin n JOIN warehouse_balance b ON b.store = n.store AND b.bin = n.id
		WHERE n.store = $1 AND n.code = $2 AND b.qty > 0 LIMIT 1`, store, spot)
	if err != nil || !mixed {
		return err
	}
	var bad fault.Complaints
	bad.Cite("S-004", "spot", "warehouse.spot_in_use", spot)
	return bad.Err()
}

// Settle registers what became of goods outside the books. Invalid without an outcome.
// Conflict: settled already.
func Settle(ctx context.Context, tx *db.Tx, id, outcome string) error {
	a, err := Asides.Get(ctx, tx, list.Where{}.And("a.id = ?", id))
	if err != nil {
		return err
	}
	if _, err := keeps(ctx, tx, a.Store); err != nil {
		return err
	}
	if err := required(map[string]*string{"outcome": &outcome}); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.New(fault.Conflict, "warehouse.is_settled", a.Name), `UPDATE warehouse_aside SET gone = $1, gone_name = $2, outcome = $3 WHERE id = $4 AND gone = 0`,
		tx.At(), tx.By.Name, outcome, id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: a.Store, Action: "settle", Note: a.Name + " " + outcome})
}
