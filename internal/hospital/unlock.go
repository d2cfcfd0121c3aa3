package hospital

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"houqin/internal/base/db"
	"houqin/internal/base/keys"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// sealedWith is the setting that names the key in use.
const sealedWith = "base.key"

// keyFile is where the hospital's keys lie.
func (c Config) keyFile() string {
	switch {
	case c.KeyFile != "":
		return c.KeyFile
	case !db.IsPostgres(c.DB): // beside its database
		return filepath.Join(filepath.Dir(c.DB), "keys")
	}
	return filepath.Join(c.Data, "keys")
}

// unlock takes the hospital's keys in hand and seals under the one in use what is not
// sealed under it yet. A new hospital gets a key; one whose key is not here stays
// Keyless: its people come in by recovery codes, and the log says so.
func (h *Hospital) unlock(ctx context.Context) error {
	known, err := db.Setting(ctx, h.DB, sealedWith)
	if err != nil {
		return err
	}
	var ring *keys.Ring
	switch {
	case h.cfg.Keys != "":
		ring, err = keys.Parse(h.cfg.Keys)
	default:
		ring, err = keys.Open(h.cfg.keyFile())
		if errors.Is(err, fs.ErrNotExist) {
			ring, err = nil, nil
			if known == "" {
				ring, err = keys.Make(h.cfg.keyFile())
			}
		}
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if h.DB.Keys = ring; known != "" && !ring.Has(known) {
		h.Keyless = known
		h.cfg.Log.Error("the key that sealed the authenticators is not here; codes cannot be checked", "key", known, "file", h.cfg.keyFile())
		return nil
	}
	return h.DB.Do(ctx, db.System("start"), func(tx *db.Tx) error {
		renewed, away, err := people.SealSeeds(ctx, tx)
		if err != nil {
			return err
		}
		if renewed > 0 || away > 0 {
			h.cfg.Log.Info("seeds of authenticators sealed anew", "key", ring.ID(), "renewed", renewed, "away", away)
		}
		if err := messages.Reseal(ctx, tx); err != nil {
			return err
		}
		return db.Set(ctx, tx, sealedWith, ring.ID())
	})
}

// NewKeys puts a new key into the file and seals everything under it. Where the old
// key is lost, lost takes off what it sealed: so many people set up a new
// authenticator at their next sign-in.
func (h *Hospital) NewKeys(ctx context.Context, by db.Actor, lost bool) (id string, forgotten int, err error) {
	if h.cfg.Keys != "" {
		return "", 0, errors.New("the keys are given by the environment; change them there")
	}
	if h.Keyless != "" && !lost {
		return "", 0, fmt.Errorf("the key %s is not in %s; bring it back, or say that it is lost", h.Keyless, h.cfg.keyFile())
	}
	ring, err := keys.Rotate(h.cfg.keyFile())
	if errors.Is(err, fs.ErrNotExist) {
		ring, err = keys.Make(h.cfg.keyFile())
	}
	if err != nil {
		return "", 0, err
	}
	h.DB.Keys = ring
	err = h.DB.Do(ctx, by, func(tx *db.Tx) error {
		forgotten = 0
		if _, _, err := people.SealSeeds(ctx, tx); err != nil {
			return err
		}
		if lost {
			if forgotten, err = people.ForgetSeeds(ctx, tx); err != nil {
				return err
			}
			if err := tx.Trail(ctx, db.Event{Noun: "people.account", Action: "keys_lost"}); err != nil {
				return err
			}
		}
		if err := messages.Reseal(ctx, tx); err != nil {
			return err
		}
		return db.Set(ctx, tx, sealedWith, ring.ID())
	})
	if err == nil {
		h.Keyless = ""
	}
	return ring.ID(), forgotten, err
}
