// Package keys is the key board at the gate: which key opens which place, who has
// it now and since when. It is the sample room of docs/room.md.
package keys

import (
	"context"
	"embed"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/places"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here.
const (
	MaySee  = "keys.see"
	MayHang = "keys.hang" // put a new key on the board
	MayLend = "keys.lend"
)

// Permissions of this room.
var Permissions = []string{MaySee, MayHang, MayLend}

// State is where a key is.
type State string

const (
	OnBoard State = "on_board"
	Lent    State = "lent"
	Lost    State = "lost"
)

// Key is one key on the board.
type Key struct {
	ID        string         `json:"id"`
	Label     string         `json:"label"`
	Place     string         `json:"place"`
	PlacePath string         `json:"place_path"`
	State     State          `json:"state"`
	Holder    string         `json:"holder"`
	LentAt    period.Instant `json:"lent_at"`
	Version   int64          `json:"version"`
}

// Lending is what lending asks: who takes the key.
type Lending struct{ Holder string }

// LendingForm asks it.
var LendingForm = form.Of[Lending]{Name: "keys.lending", Fields: []form.Field[Lending]{
	{Key: "holder", Into: func(l *Lending) any { return &l.Holder }, Required: true, Most: 40},
}}

// Life is the steps of a key.
var Life = flow.Flow[State, Key]{Name: "keys.key", State: func(k *Key) *State { return &k.State }, Steps: []flow.Step[State, Key]{
	{Name: "lend", From: []State{OnBoard}, To: Lent, Need: MayLend, Ask: &LendingForm, Tone: "accent"},
	{Name: "return", From: []State{Lent, Lost}, To: OnBoard, Need: MayLend, Tone: "accent"},
	{Name: "lose", From: []State{Lent}, To: Lost, Need: MayLend, Tone: "danger"},
}}

// Hang puts a key on the board. A label already there or a closed place is Invalid.
func Hang(ctx context.Context, tx *db.Tx, k *Key) error {
	if err := tx.Need(MayHang); err != nil {
		return err
	}
	p, err := places.Get(ctx, tx, k.Place)
	if err != nil {
		return err
	}
	if p.Closed {
		return fault.OnField("place", "keys.place_closed")
	}
	if taken, err := labelTaken(ctx, tx, k.Label); err != nil {
		return err
	} else if taken {
		return fault.OnField("label", "keys.label_taken", k.Label)
	}
	k.ID, k.State, k.Version, k.PlacePath = tx.NewID(), OnBoard, 1, p.Path
	if err := insert(ctx, tx, k); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "keys.key", Record: k.ID, Action: "hang", Note: k.Label, After: k})
}

// Step takes a key on in its life. Version is the one the person saw; an older one
// is a Conflict. Of two who lend the same key at once, one is told so.
func Step(ctx context.Context, tx *db.Tx, id, step, holder string, version int64) (Key, error) {
	if err := tx.Lock(ctx, "keys_key", id); err != nil {
		return Key{}, err
	}
	k, err := Keys.Get(ctx, tx, list.Where{}.And("k.id = ?", id))
	if err != nil {
		return k, err
	}
	was := k
	if err := Life.Move(tx.By, &k, step); err != nil {
		return k, err
	}
	switch step {
	case "lend":
		k.Holder, k.LentAt = holder, tx.At()
	case "return":
		k.Holder, k.LentAt = "", 0
	}
	if err := update(ctx, tx, &k, version); err != nil {
		return k, err
	}
	return k, tx.Trail(ctx, db.Event{Noun: "keys.key", Record: id, Action: step, Note: holder, Before: was, After: k})
}
