package seal_test

import (
	"path/filepath"
	"testing"

	"houqin/internal/base/backup"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/pgtest"
	"houqin/internal/base/seal"
)

// Holds: AB-38 AB-16 DB3-8.1.4.9-a
func TestABackupCarriesItsSealsToTheOtherEngineAndAnOldOneShows(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		write(t, d, "“引号” \"q\" \\ \n 中文 𠮷", 3)
		run(t, d, "sha256")
		write(t, d, "second", 2)
		run(t, d, "sm3")
		box := backup.Box{Path: filepath.Join(t.TempDir(), "box")}
		if _, err := backup.Write(t.Context(), d, "", nil, "test", box); err != nil {
			t.Fatal(err)
		}
		write(t, d, "after the backup", 2)
		kept := anchor(t, d, run(t, d, "sha256"))

		address := filepath.Join(t.TempDir(), "other.db")
		if !d.Postgres() {
			if _, ok := pgtest.Server(t); !ok {
				return
			}
			address = pgtest.Database(t, "empty", func(string) error { return nil })
		}
		if _, err := backup.Restore(t.Context(), box, address, "", db.Loading{Rooms: room}); err != nil {
			t.Fatal(err)
		}
		other, _ := dbtest.Open(t, address)
		if r := verify(t, other); r.Seals != 2 || r.Records != 9 || len(r.Findings) != 0 {
			t.Fatalf("%+v", r)
		}
		if r := verify(t, other, kept); len(r.Findings) != 1 || r.Findings[0].What != seal.Cut {
			t.Errorf("an old backup: %v", r.Findings)
		}
		// Life goes on there and makes another third seal.
		write(t, other, "elsewhere", 1)
		run(t, other, "sha256")
		if r := verify(t, other, kept); len(r.Findings) != 1 || r.Findings[0].What != seal.Replaced {
			t.Errorf("an old backup written on: %v", r.Findings)
		}
	})
}
