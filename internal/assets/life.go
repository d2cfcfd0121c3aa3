package assets

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
)

// Why is what a person says when an asset is scrapped or brought back: the reason,
// and the number of the paper on which others agreed.
type Why struct{ Reason, Paper string }

// Scrapping and Restoring are the questions before these steps.
var (
	Scrapping = form.Of[Why]{Name: "assets.scrapping", Fields: []form.Field[Why]{
		{Key: "reason", Into: func(w *Why) any { return &w.Reason }, Required: true, Most: 300, Kind: form.Area},
		{Key: "paper", Into: func(w *Why) any { return &w.Paper }, Most: 60, Hint: true}, // asked for by S-020.paper
	}}
	Restoring = form.Of[Why]{Name: "assets.restoring", Fields: []form.Field[Why]{
		{Key: "reason", Into: func(w *Why) any { return &w.Reason }, Required: true, Most: 300, Kind: form.Area},
	}}
)

// Life is the steps of an asset's life. Nothing is booked: a scrapped asset stays
// in the register as scrapped, and a mistake is taken back in the open.
var Life = flow.Flow[State, Card]{
	Name:  "assets.card",
	State: func(c *Card) *State { return &c.State },
	May:   func(by db.Actor, need string, c *Card) bool { return by.MayIn(need, c.Department) },
	Steps: []flow.Step[State, Card]{
		{Name: "use", From: []State{Idle, Repair}, To: InUse, Need: MayChange},
		{Name: "idle", From: []State{InUse, Repair}, To: Idle, Need: MayChange},
		{Name: "repair", From: []State{InUse, Idle}, To: Repair, Need: MayChange},
		{Name: "scrap", From: []State{InUse, Idle, Repair}, To: Scrapped, Need: MayChange, Ask: &Scrapping, Tone: "danger"},
		{Name: "restore", From: []State{Scrapped}, To: Idle, Need: MayChange, Ask: &Restoring},
	},
}

// Step takes a step of Life. why is asked for scrap and restore only; to scrap without
// a reason, or without the paper where S-020.paper asks for one, is Invalid. An older
// version than the card's is a Conflict.
func Step(ctx context.Context, tx *db.Tx, id string, version int64, step string, why Why) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	was, err := locked(ctx, tx, id)
	if err != nil {
		return err
	}
	c := was
	if err := Life.Move(tx.By, &c, step); err != nil {
		return err
	}
	if step == "scrap" {
		if err := papered(ctx, tx, why); err != nil {
			return err
		}
	}
	c.Version = version
	return replace(ctx, tx, &c, was, step, strings.TrimSpace(why.Paper+"\n"+why.Reason))
}
