package hospital

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"houqin/internal/base/backup"
	"houqin/internal/base/db"
)

// passing are the tables whose rows no backup holds: who is signed in just now.
var passing = []string{"people_session"}

// Files is the folder in which the hospital's photos and documents lie.
func (c Config) Files() string { return filepath.Join(c.Data, "files") }

// Backup packs the hospital into a box, also while the program serves it.
func Backup(ctx context.Context, c Config, b backup.Box) (*backup.Manifest, error) {
	d, err := db.Open(c.DB)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	d.Log = c.Log
	return backup.Write(ctx, d, c.Files(), passing, Version, b)
}

// Restore puts a box in the place of the hospital and leaves a line in its trail.
// Everybody has to sign in again.
func Restore(ctx context.Context, c Config, b backup.Box, how db.Loading) (*backup.Restored, error) {
	how.Rooms = Migrations
	if !db.IsPostgres(c.DB) {
		if err := os.MkdirAll(filepath.Dir(c.DB), 0o750); err != nil {
			return nil, err
		}
	}
	r, err := backup.Restore(ctx, b, c.DB, c.Files(), how)
	if err != nil {
		return nil, err
	}
	h, err := Open(ctx, c)
	if err != nil {
		return r, err
	}
	defer h.Close()
	if err := h.DB.Analyze(ctx); err != nil {
		return r, err
	}
	return r, h.DB.Do(ctx, db.System("restore"), func(tx *db.Tx) error {
		return tx.Trail(ctx, db.Event{Noun: "base.database", Record: r.Hospital, Action: "restore",
			Note: fmt.Sprintf("%s, %s", filepath.Base(b.Path), r.Taken)})
	})
}
