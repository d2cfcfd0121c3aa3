package keys

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
)

// Keys is the list of keys.
var Keys = list.Of[Key]{
	Name: "keys.list", From: `keys_key k LEFT JOIN places_place p ON p.id = k.place`,
	Order: "label", Alias: "k", Live: []string{"keys.key"}, Href: func(k *Key) string { return "/keys/" + k.ID },
	Columns: []list.Column[Key]{
		{Key: "label", SQL: "k.label", Into: func(k *Key) any { return &k.Label }, Sort: true},
		{Key: "place", SQL: "k.place", Into: func(k *Key) any { return &k.Place }, Ref: "places", Text: func(k *Key) string { return k.PlacePath }},
		{Key: "state", SQL: "k.state", Into: func(k *Key) any { return &k.State }, OneOf: []string{string(OnBoard), string(Lent), string(Lost)}, Enum: "keys.key.state", Tone: tone},
		{Key: "holder", SQL: "k.holder", Into: func(k *Key) any { return &k.Holder }},
		{Key: "lent_at", SQL: "k.lent_at", Into: func(k *Key) any { return &k.LentAt }, Range: true},
		{Key: "id", SQL: "k.id", Into: func(k *Key) any { return &k.ID }, Hidden: true},
		{Key: "version", SQL: "k.version", Into: func(k *Key) any { return &k.Version }, Hidden: true},
		{Key: "place_path", SQL: "coalesce(p.path, '')", Into: func(k *Key) any { return &k.PlacePath }, Hidden: true},
	},
}

func tone(k *Key, _ time.Time) string {
	return map[State]string{OnBoard: "done", Lent: "soon", Lost: "danger"}[k.State]
}

func labelTaken(ctx context.Context, r db.Reader, label string) (taken bool, err error) {
	_, taken, err = db.First(ctx, r, func(s *string) []any { return []any{s} }, `SELECT id FROM keys_key WHERE label = $1`, label)
	return taken, err
}

func insert(ctx context.Context, tx *db.Tx, k *Key) error {
	search, err := tx.Tokens(ctx, k.Label, k.PlacePath)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO keys_key (id, label, place, state, search) VALUES ($1,$2,$3,$4,$5)`, k.ID, k.Label, k.Place, k.State, search)
	return err
}

func update(ctx context.Context, tx *db.Tx, k *Key, version int64) error {
	k.Version = version + 1
	return tx.One(ctx, fault.New(fault.Conflict, "base.stale"),
		`UPDATE keys_key SET state = $1, holder = $2, lent_at = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		k.State, k.Holder, k.LentAt, k.ID, version)
}
