package hospital_test

import (
	"database/sql"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/hospital"
)

// The role as which a hospital is served reads and adds, and cannot alter what was
// written, nor take the guards away.
//
// Holds: DB3-8.1.4.3-c v5.0.0-13.2.2 v5.0.0-16.4.2 AB-38
func TestTheServingRoleMayOnlyAddToTheBooks(t *testing.T) {
	address, ok := dbtest.Postgres(t, hospital.Migrations)
	if !ok {
		return
	}
	script, err := os.ReadFile("../../deploy/postgres-rights.sql")
	if err != nil {
		t.Fatal(err)
	}
	owner, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if _, err := owner.ExecContext(t.Context(), string(script)); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if q := u.Query(); q.Get("user") != "" {
		q.Set("user", "houqin_app")
		u.RawQuery = q.Encode()
	} else {
		u.User = url.User("houqin_app")
	}
	h, err := hospital.Open(t.Context(), hospital.Config{DB: u.String(), Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("it cannot serve: %v", err)
	}
	defer h.Close()
	if a, err := hospital.Seal(t.Context(), h.DB, ""); err != nil || a.Number != 1 {
		t.Fatalf("it cannot seal: %v %v", a, err)
	}
	app, err := sql.Open("pgx", u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	tables, err := db.AppendOnly(hospital.Migrations...)
	if err != nil || len(tables) < 4 {
		t.Fatal(tables, err)
	}
	for _, table := range tables {
		for _, q := range []string{`UPDATE ` + table + ` SET `, `DELETE FROM ` + table, `TRUNCATE ` + table, `ALTER TABLE ` + table + ` DISABLE TRIGGER USER`,
			`DROP TRIGGER ` + table + `_append_only ON ` + table, `DROP TABLE ` + table, `CREATE OR REPLACE FUNCTION ` + table + `_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`} {
			if strings.HasSuffix(q, " SET ") {
				l, err := db.LedgerOf(t.Context(), h.DB, table)
				if err != nil {
					t.Fatal(err)
				}
				q += l.Key[0] + " = " + l.Key[0]
			}
			if _, err := app.ExecContext(t.Context(), q); err == nil || !strings.Contains(err.Error(), "42501") {
				t.Errorf("%s: %v", q, err)
			}
		}
	}
}

// The guards themselves refuse the owner too, all three verbs.
//
// Holds: DB3-8.1.4.3-c AB-38
func TestEveryAppendOnlyTableRefusesToBeAltered(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		tables, err := db.AppendOnly(hospital.Migrations...)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			l, err := db.LedgerOf(t.Context(), h.DB, table)
			if err != nil {
				t.Fatal(err)
			}
			if byID := slices.Contains(l.Columns, l.Key[0]+" text"); !byID && l.Key[0] != "at" && table != "base_seal" {
				t.Errorf("%s: it has no order that ascends with time, so that new rows cannot be told from old ones", table)
			}
			if ok, err := db.Guarded(t.Context(), h.DB, table); err != nil || !ok {
				t.Errorf("%s is not guarded: %v", table, err)
			}
			if !h.DB.Postgres() {
				continue // a trigger of SQLite is asked for each row: those of the trail are tried in base/db
			}
			for _, q := range []string{`UPDATE ` + table + ` SET ` + l.Key[0] + ` = ` + l.Key[0], `DELETE FROM ` + table, `TRUNCATE ` + table + ` CASCADE`} {
				if err := h.DB.Do(t.Context(), db.System("owner"), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), q); return err }); err == nil || !strings.Contains(err.Error(), "append") {
					t.Errorf("%s: %v", q, err)
				}
			}
		}
	})
}
