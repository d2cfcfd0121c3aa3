package db

import (
	"context"
	"io/fs"
	"slices"

	"houqin/internal/base/fault"
)

// Current fails unless the database is exactly as this program needs it:
// base.database_newer, or base.database_older when migrations are still to be
// applied, kind Conflict both.
func (d *DB) Current(ctx context.Context, rooms ...fs.FS) error {
	steps, err := stepsOf(d.Postgres(), rooms)
	if err != nil {
		return err
	}
	has, err := applied(ctx, d)
	if err != nil {
		has = nil // no table yet: nothing was applied
	}
	for _, v := range has {
		if !slices.ContainsFunc(steps, func(s step) bool { return s.version == v }) {
			return fault.New(fault.Conflict, "base.database_newer", v)
		}
	}
	for _, s := range steps {
		if !slices.Contains(has, s.version) {
			return fault.New(fault.Conflict, "base.database_older", s.version)
		}
	}
	return nil
}

// Sound lets the engine examine itself and tells what it finds wrong: damaged
// pages, indexes that miss rows, rows that refer to none. PostgreSQL has no such
// question to ask; it watches over its references itself.
func (d *DB) Sound(ctx context.Context) (wrong []string, err error) {
	if d.Postgres() {
		return nil, nil
	}
	into := func(s *string) []any { return []any{s} }
	pages, err := scanAll(ctx, d, into, `PRAGMA integrity_check(20)`)
	if err != nil {
		return nil, explain(err)
	}
	for _, p := range pages {
		if p != "ok" {
			wrong = append(wrong, p)
		}
	}
	loose, err := scanAll(ctx, d, into, `SELECT "table" || ' row ' || coalesce(rowid, 0) || ' refers to no ' || parent FROM pragma_foreign_key_check LIMIT 20`)
	return append(wrong, loose...), explain(err)
}
