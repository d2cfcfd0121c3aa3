package assets

import (
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Cards is the list of cards: its page, filters, export and API.
var Cards = list.Of[Card]{
	Name:  "assets.cards",
	From:  `assets_card a LEFT JOIN departments_department d ON d.id = a.department LEFT JOIN places_place p ON p.id = a.place`,
	Order: "number", Alias: "a", Table: "assets_card", Live: []string{"assets.card"},
	Href: func(c *Card) string { return "/asset-cards/" + c.ID },
	Columns: []list.Column[Card]{
		{Key: "name", SQL: "a.name", Into: func(c *Card) any { return &c.Name }, Sort: true},
		{Key: "number", SQL: "a.number", Into: func(c *Card) any { return &c.Number }, Sort: true},
		{Key: "state", SQL: "a.state", Into: func(c *Card) any { return &c.State }, OneOf: States, Enum: "assets.card.state", Tone: stateTone, Said: stateSaid},
		{Key: "due", SQL: "a.due", Into: func(c *Card) any { return &c.Due }, Range: true, Sort: true, Tone: dueTone},
		{Key: "department", SQL: "a.department", Into: func(c *Card) any { return &c.Department }, Ref: "departments", Text: func(c *Card) string { return c.DepartmentName }},
		{Key: "place", SQL: "a.place", Into: func(c *Card) any { return &c.Place }, Ref: "places", Text: func(c *Card) string { return strings.TrimSpace(c.PlaceName + " " + c.Spot) }},
		{Key: "spec", SQL: "a.spec", Into: func(c *Card) any { return &c.Spec }},
		{Key: "class", SQL: "a.class", Into: func(c *Card) any { return &c.Class }, OneOf: Classes, Enum: "assets.class"},
		{Key: "cost", SQL: "a.cost", Into: func(c *Card) any { return &c.Cost }, Range: true, Sort: true},
		{Key: "since", SQL: "a.since", Into: func(c *Card) any { return &c.Since }, Range: true, Sort: true},
		{Key: "closed", SQL: "a.closed", Into: func(c *Card) any { return &c.Closed }, Aside: true},
		{Key: "lent", SQL: "EXISTS (SELECT 1 FROM assets_loan l WHERE l.card = a.id AND l.open = true)", Into: func(c *Card) any { return &c.Lent }, Aside: true},
		{Key: "special", SQL: "a.special", Into: func(c *Card) any { return &c.Special }, Aside: true},
		{Key: "inspected", SQL: "a.inspected", Into: func(c *Card) any { return &c.Inspected }, Range: true, Aside: true},
		{Key: "result", SQL: "a.result", Into: func(c *Card) any { return &c.Result }, OneOf: Results, Enum: "assets.result", Aside: true},
		{Key: "serial", SQL: "a.serial", Into: func(c *Card) any { return &c.Serial }, Aside: true},
		{Key: "maker", SQL: "a.maker", Into: func(c *Card) any { return &c.Maker }, Aside: true},
		{Key: "spot", SQL: "a.spot", Into: func(c *Card) any { return &c.Spot }, Hidden: true},
		{Key: "extra", SQL: "a.extra", Into: func(c *Card) any { return &c.Extra }, Hidden: true},
		{Key: "external", SQL: "a.external", Into: func(c *Card) any { return &c.External }, Hidden: true},
		{Key: "owned", SQL: "(a.department <> '')", Into: func(c *Card) any { return &c.Owned }, Hidden: true},
		{Key: "id", SQL: "a.id", Into: func(c *Card) any { return &c.ID }, Hidden: true},
		{Key: "version", SQL: "a.version", Into: func(c *Card) any { return &c.Version }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(c *Card) any { return &c.DepartmentName }, Hidden: true},
		{Key: "place_name", SQL: "coalesce(p.path, '')", Into: func(c *Card) any { return &c.PlaceName }, Hidden: true},
	},
}

// stateSaid: what is lent is in use, and not at hand.
func stateSaid(w *words.Words, c *Card) string {
	if c.Lent && c.State == InUse {
		return w.T("assets.found.lent")
	}
	return w.T("assets.card.state." + string(c.State))
}

func stateTone(c *Card, _ time.Time) string {
	switch c.State {
	case InUse:
		if c.Lent {
			return "soon"
		}
		return "done"
	case Repair:
		return "soon"
	}
	return "quiet"
}

// Get is one card, scrapped ones included; NotFound when there is none.
func Get(ctx context.Context, r db.Reader, id string) (Card, error) {
	return Cards.Get(ctx, r, list.Where{}.And("a.id = ?", id))
}

// ByNumber is the card with this number; NotFound when there is none.
func ByNumber(ctx context.Context, r db.Reader, number string) (Card, error) {
	return Cards.Get(ctx, r, list.Where{}.And("a.number = ?", number))
}

// ByExternal is the card that came in under this name; NotFound when there is none.
func ByExternal(ctx context.Context, r db.Reader, external string) (Card, error) {
	return Cards.Get(ctx, r, list.Where{}.And("a.external = ? AND a.external <> ''", external))
}

// Falling is how many of the cards a person sees must be inspected by a day, or have
// no day written down; it stops counting at list.Cap.
func Falling(ctx context.Context, r db.Reader, by db.Actor, day period.Day) (n int, err error) {
	n, _, err = Cards.Count(ctx, r, Scope(by).And("a.special = true AND a.closed = false AND a.due <= ?", day), list.Cap)
	return n, err
}

// taken says whether another card has this number or external name; column is a
// constant. The last condition is what lets the partial index of external names serve.
func taken(ctx context.Context, r db.Reader, column, value, but string) (taken bool, err error) {
	_, taken, err = db.Text(ctx, r, `SELECT id FROM assets_card WHERE `+column+` = $1 AND id <> $2 AND `+column+` <> ''`, value, but)
	return taken, err
}

func tokens(ctx context.Context, tx *db.Tx, c *Card) (string, error) {
	return tx.Tokens(ctx, c.Number, c.Name, c.Spec, c.Serial, c.Maker, c.Spot)
}

func insert(ctx context.Context, tx *db.Tx, c *Card) error {
	search, err := tokens(ctx, tx, c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO assets_card (id, number, name, spec, class, department, place, spot, serial, maker, cost, since, state, closed, special,
		inspected, result, due, external, extra, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21)`,
		c.ID, c.Number, c.Name, c.Spec, c.Class, c.Department, c.Place, c.Spot, c.Serial, c.Maker, c.Cost, c.Since, c.State, c.Closed, c.Special,
		c.Inspected, c.Result, c.Due, c.External, c.Extra, search)
	return err
}

func update(ctx context.Context, tx *db.Tx, c *Card) error {
	search, err := tokens(ctx, tx, c)
	if err != nil {
		return err
	}
	return tx.One(ctx, fault.Stale(), `UPDATE assets_card SET number = $1, name = $2, spec = $3, class = $4, department = $5,
		place = $6, spot = $7, serial = $8, maker = $9, cost = $10, since = $11, state = $12, special = $13, inspected = $14, result = $15, due = $16,
		external = $17, extra = $18, search = $19, closed = $20, version = version + 1 WHERE id = $21 AND version = $22`,
		c.Number, c.Name, c.Spec, c.Class, c.Department, c.Place, c.Spot, c.Serial, c.Maker, c.Cost, c.Since, c.State, c.Special,
		c.Inspected, c.Result, c.Due, c.External, c.Extra, search, c.Closed, c.ID, c.Version)
}
