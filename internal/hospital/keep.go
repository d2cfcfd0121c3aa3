package hospital

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"houqin/internal/base/backup"
	"houqin/internal/base/db"
	"houqin/internal/base/mirror"
)

// passing are the tables whose rows no backup holds: who is signed in just now.
var passing = []string{"people_session"}

// Files is where the hospital's photos and documents lie.
func (c Config) Files() string {
	if c.Store != "" {
		return c.Store
	}
	return filepath.Join(c.Data, "files")
}

// folder is Files where it is a folder; what lies in a bucket is the bucket's to keep.
func (c Config) folder() string {
	if strings.HasPrefix(c.Files(), "s3://") {
		return ""
	}
	return c.Files()
}

// Backup packs the hospital into a box, also while the program serves it. Files in
// a bucket are not in it.
func Backup(ctx context.Context, c Config, b backup.Box) (*backup.Manifest, error) {
	d, err := db.Open(c.DB)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	d.Log = c.Log
	return backup.Write(ctx, d, c.folder(), passing, Version, b)
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
	r, err := backup.Restore(ctx, b, c.DB, c.folder(), how)
	if err != nil {
		return nil, err
	}
	return r, c.settle(ctx, fmt.Sprintf("%s, %s", filepath.Base(b.Path), r.Taken), r.Hospital)
}

// Mirror keeps a continuous copy of a hospital on SQLite, its files included.
func Mirror(ctx context.Context, c Config, to string) (*mirror.Mirror, error) {
	return mirror.Start(ctx, c.DB, c.folder(), to, c.Log)
}

// RestoreCopy is Restore from a continuous copy, as it stood at a moment or last.
func RestoreCopy(ctx context.Context, c Config, from string, at time.Time, how db.Loading) (*backup.Restored, error) {
	if err := os.MkdirAll(c.Data, 0o750); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(c.Data, ".fetching-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	fetched, b := filepath.Join(folder, "houqin.db"), backup.Box{Path: filepath.Join(folder, "copy")}
	if err := mirror.Fetch(ctx, from, fetched, at, c.Log); err != nil {
		return nil, err
	}
	// By way of a box it is examined as every backup is, and fits both engines.
	d, err := db.Open(fetched)
	if err != nil {
		return nil, err
	}
	_, err = backup.Write(ctx, d, "", passing, Version, b)
	if err := errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	how.Rooms = Migrations
	r, err := backup.Restore(ctx, b, c.DB, c.folder(), how)
	if err != nil {
		return nil, err
	}
	if c.folder() != "" {
		if err := mirror.FetchFiles(ctx, from, c.folder()); err != nil {
			return r, err
		}
	}
	return r, c.settle(ctx, fmt.Sprintf("copy, %s", r.Taken), r.Hospital)
}

// settle opens a restored hospital for the first time.
func (c Config) settle(ctx context.Context, note, hospital string) error {
	h, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.DB.Analyze(ctx); err != nil {
		return err
	}
	return h.DB.Do(ctx, db.System("restore"), func(tx *db.Tx) error {
		return tx.Trail(ctx, db.Event{Noun: "base.database", Record: hospital, Action: "restore", Note: note})
	})
}
