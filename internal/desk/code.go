package desk

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/places"
)

// CodeNoun is what the trail calls a code.
const CodeNoun = "desk.code"

// Code hangs on a wall or a machine: who scans it says what is broken right there,
// signed in or not. Its id is random; withdrawn, it opens nothing any more.
type Code struct {
	ID        string         `json:"id"`
	Place     string         `json:"place"`
	PlaceName string         `json:"place_name"`
	Asset     string         `json:"asset"`
	AssetName string         `json:"asset_name"`
	At        period.Instant `json:"at"`
	ByName    string         `json:"by_name"`
	Withdrawn bool           `json:"withdrawn"`
	Notices   int64          `json:"notices"` // that came by it
	Version   int64          `json:"version"`

	// Closed: the place is closed or the asset given up; nothing is taken in.
	Closed bool `json:"closed"`
	// Department uses the place or the asset.
	Department string `json:"department"`
}

// Name is what people call the thing on which the code hangs.
func (c *Code) Name() string {
	if c.AssetName != "" {
		return c.AssetName
	}
	return c.PlaceName
}

// Elsewhere is the place of a code where its name does not say it.
func (c *Code) Elsewhere() string {
	if c.PlaceName == c.Name() {
		return ""
	}
	return c.PlaceName
}

// Codes is the list of codes: its page, filters, export and API.
var Codes = list.Of[Code]{
	Name: "desk.codes",
	From: `desk_code k LEFT JOIN assets_card a ON a.id = k.asset LEFT JOIN places_place p ON p.id = (CASE WHEN k.place <> '' THEN k.place ELSE coalesce(a.place, '') END)`,
	Href: func(c *Code) string { return "/desk/codes/" + c.ID }, Order: "-at", Alias: "k", Table: "desk_code", Live: []string{CodeNoun},
	Columns: []list.Column[Code]{
		{Key: "place_name", SQL: "coalesce(nullif(p.path, ''), a.name, '')", Into: func(c *Code) any { return &c.PlaceName }},
		{Key: "asset", SQL: "k.asset", Into: func(c *Code) any { return &c.Asset }, Ref: "assets", Text: func(c *Code) string { return c.AssetName }},
		{Key: "notices", SQL: "(SELECT count(*) FROM desk_notice n WHERE n.code = k.id)", Into: func(c *Code) any { return &c.Notices }},
		{Key: "withdrawn", SQL: "k.withdrawn", Into: func(c *Code) any { return &c.Withdrawn }},
		{Key: "at", SQL: "k.at", Into: func(c *Code) any { return &c.At }, Range: true, Sort: true},
		{Key: "by_name", SQL: "k.by_name", Into: func(c *Code) any { return &c.ByName }, Aside: true},
		{Key: "place", SQL: "coalesce(p.id, '')", Into: func(c *Code) any { return &c.Place }, Ref: "places", Hidden: true},
		{Key: "asset_name", SQL: "coalesce(a.name, '')", Into: func(c *Code) any { return &c.AssetName }, Hidden: true},
		{Key: "closed", SQL: "(coalesce(p.closed, false) = true OR coalesce(a.state, '') = 'scrapped')", Into: func(c *Code) any { return &c.Closed }, Hidden: true},
		{Key: "department", SQL: "coalesce(nullif(a.department, ''), p.department, '')", Into: func(c *Code) any { return &c.Department }, Ref: "departments", Hidden: true},
		{Key: "id", SQL: "k.id", Into: func(c *Code) any { return &c.ID }, Hidden: true},
		{Key: "version", SQL: "k.version", Into: func(c *Code) any { return &c.Version }, Hidden: true},
	},
}

// CodeByID is one code, withdrawn ones included; NotFound when there is none.
func CodeByID(ctx context.Context, r db.Reader, code string) (Code, error) {
	if len(code) != codeLength {
		return Code{}, fault.New(fault.NotFound, "base.not_found")
	}
	return Codes.Get(ctx, r, list.Where{}.And("k.id = ?", code))
}

// codeLength is how many letters of 32 a code has: eighty bits, which nobody guesses.
const codeLength = 16

// Hang makes the code of a place, or of an asset; one that hangs there already is given
// again. Needs MayHang. Invalid: no such place or asset, or a closed one.
func Hang(ctx context.Context, tx *db.Tx, place, asset string) (Code, error) {
	if err := tx.Need(MayHang); err != nil {
		return Code{}, err
	}
	c := Code{Place: place, Asset: asset, At: tx.At(), ByName: tx.By.Name, Version: 1}
	var said string
	if asset != "" {
		card, err := assets.Get(ctx, tx, asset)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			return c, fault.OnField("asset", "base.no_such", asset)
		case err != nil:
			return c, err
		}
		c.Place, said = "", card.Number+" "+card.Name // where it stands may change
		place = card.Place
	}
	if place != "" {
		p, err := places.Get(ctx, tx, place)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			return c, fault.OnField("place", "base.no_such", place)
		case err != nil:
			return c, err
		case p.Closed:
			return c, fault.OnField("place", "desk.place_closed", p.Path)
		}
		said = strings.TrimSpace(said + " " + p.Path)
	}
	if said == "" {
		return c, fault.OnField("place", "base.required")
	}
	search, err := tx.Tokens(ctx, strings.ReplaceAll(said, " / ", " "))
	if err != nil {
		return c, err
	}
	there, ok, err := db.Text(ctx, tx,
		`SELECT id FROM desk_code WHERE withdrawn = false AND asset = $1 AND (asset <> '' OR place = $2)`, c.Asset, c.Place)
	if err != nil {
		return c, err
	}
	if ok {
		return CodeByID(ctx, tx, there)
	}
	c.ID = strings.ToLower(id.Secret()[:codeLength])
	// Of two who hang the same at once the second comes again and finds the first one's.
	if err := tx.One(ctx, fault.Stale(), `INSERT INTO desk_code (id, place, asset, at, by_name, search) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING`,
		c.ID, c.Place, c.Asset, c.At, c.ByName, search); err != nil {
		return c, err
	}
	return c, tx.Trail(ctx, db.Event{Noun: CodeNoun, Record: c.ID, Action: "hang", Note: said})
}

// hangMost is how many codes are made at once: a large building's rooms.
const hangMost = 2000

// HangBelow makes a code for a place and for every open place inside it that has none,
// and says how many there are now. TooLarge: more than two thousand.
func HangBelow(ctx context.Context, tx *db.Tx, place string) (int, error) {
	if err := tx.Need(MayHang); err != nil {
		return 0, err
	}
	below, err := places.Below(ctx, tx, place)
	if err != nil {
		return 0, err
	}
	if len(below) > hangMost {
		return 0, fault.New(fault.TooLarge, "desk.too_many_codes", hangMost)
	}
	if len(below) == 0 {
		return 0, fault.OnField("place", "base.no_such", place)
	}
	for _, p := range below {
		if _, err := Hang(ctx, tx, p, ""); err != nil {
			return 0, err
		}
	}
	return len(below), nil
}

// Withdraw ends a code: who scans it is told so. A new one may be hung in its place.
func Withdraw(ctx context.Context, tx *db.Tx, code string, version int64) (Code, error) {
	if err := tx.Need(MayHang); err != nil {
		return Code{}, err
	}
	c, err := CodeByID(ctx, tx, code)
	if err != nil {
		return c, err
	}
	if err := tx.One(ctx, fault.Stale(),
		`UPDATE desk_code SET withdrawn = true, version = version + 1 WHERE id = $1 AND version = $2 AND withdrawn = false`, code, version); err != nil {
		return c, err
	}
	return c, tx.Trail(ctx, db.Event{Noun: CodeNoun, Record: code, Action: "withdraw", Note: c.Name()})
}

// CodesOfPlaces are the codes that hang in these places, by place.
func CodesOfPlaces(ctx context.Context, r db.Reader, ids ...string) (map[string]string, error) {
	return codesOf(ctx, r, `SELECT place, id FROM desk_code WHERE withdrawn = false AND asset = '' AND place IN `, ids)
}

// CodesOfAssets are the codes that hang on these assets, by asset.
func CodesOfAssets(ctx context.Context, r db.Reader, ids ...string) (map[string]string, error) {
	return codesOf(ctx, r, `SELECT asset, id FROM desk_code WHERE withdrawn = false AND asset IN `, ids)
}

func codesOf(ctx context.Context, r db.Reader, q string, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for some := range slices.Chunk(ids, 500) {
		in, args := db.Listed(some)
		all, err := db.All(ctx, r, func(p *[2]string) []any { return []any{&p[0], &p[1]} }, q+in, args...)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			out[p[0]] = p[1]
		}
	}
	return out, nil
}
