package seal_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/id"
	"houqin/internal/base/seal"
)

// room has papers with lines that are only added to.
var room = []fs.FS{fstest.MapFS{"migrations/900001_paper.sql": {Data: []byte(`
	CREATE TABLE paper (id TEXT PRIMARY KEY, at BIGINT NOT NULL, by_id TEXT NOT NULL, paid BOOLEAN NOT NULL DEFAULT false, scan BYTEA NOT NULL);
	-- append-only: paper
	CREATE TABLE paper_line (paper TEXT NOT NULL REFERENCES paper (id), line BIGINT NOT NULL, qty BIGINT NOT NULL, PRIMARY KEY (paper, line));
	-- append-only: paper_line
	CREATE TABLE verdict (paper TEXT PRIMARY KEY REFERENCES paper (id), word TEXT NOT NULL, at BIGINT NOT NULL, by_id TEXT NOT NULL);
	-- append-only: verdict
`)}}}

var anna = dbtest.Person("anna")

func tables(t testing.TB) []string {
	t.Helper()
	names, err := db.AppendOnly(room...)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// write adds a paper with lines and its line of the trail; it gives the paper's id.
func write(t testing.TB, d *db.DB, note string, lines int) (paper string) {
	t.Helper()
	dbtest.Do(t, d, anna, func(tx *db.Tx) error {
		paper = tx.NewID()
		if _, err := tx.Exec(context.Background(), `INSERT INTO paper (id, at, by_id, paid, scan) VALUES ($1,$2,$3,$4,$5)`, paper, tx.At(), tx.By.ID, lines%2 == 0, []byte{0, 1, 255}); err != nil {
			return err
		}
		for i := range lines {
			if _, err := tx.Exec(context.Background(), `INSERT INTO paper_line (paper, line, qty) VALUES ($1,$2,$3)`, paper, i+1, -int64(i)); err != nil {
				return err
			}
		}
		return tx.Trail(context.Background(), db.Event{Noun: "paper", Record: paper, Action: "write", Note: note})
	})
	return paper
}

func run(t testing.TB, d *db.DB, algorithm string) seal.Seal {
	t.Helper()
	s, err := seal.Run(context.Background(), d, tables(t), algorithm)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func verify(t testing.TB, d *db.DB, anchors ...seal.Anchor) *seal.Report {
	t.Helper()
	r, err := seal.Verify(context.Background(), d, tables(t), anchors...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func anchor(t testing.TB, d *db.DB, s seal.Seal) seal.Anchor {
	t.Helper()
	a, err := s.Anchor(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// quietly does to the database what its owner can: the guards are taken away and put
// back again.
func quietly(t testing.TB, d *db.DB, statements ...string) {
	t.Helper()
	ctx := context.Background()
	dbtest.Do(t, d, db.System("owner"), func(tx *db.Tx) error {
		var before, after []string
		for _, table := range tables(t) {
			if d.Postgres() {
				before = append(before, `ALTER TABLE `+table+` DISABLE TRIGGER USER`)
				after = append(after, `ALTER TABLE `+table+` ENABLE TRIGGER USER`)
				continue
			}
			for _, verb := range []string{"update", "delete"} {
				before = append(before, fmt.Sprintf(`DROP TRIGGER %s_no_%s`, table, verb))
				after = append(after, fmt.Sprintf(`CREATE TRIGGER %s_no_%s BEFORE %s ON %[1]s BEGIN SELECT RAISE(ABORT, 'append only'); END`, table, verb, strings.ToUpper(verb)))
			}
		}
		for _, q := range append(append(before, statements...), after...) {
			if _, err := tx.Exec(ctx, q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		return nil
	})
}

// Holds: DB3-8.1.4.7-b v5.0.0-11.4.3
func TestWhatIsSealedAndUntouchedAgrees(t *testing.T) {
	dbtest.EachClock(t, room, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		if r := verify(t, d); r.Seals != 0 || len(r.Findings) != 0 {
			t.Fatalf("an empty house: %+v", r)
		}
		for i := range 5 {
			write(t, d, "before noon", i)
			clock.Add(time.Minute)
		}
		first := run(t, d, "sha256")
		if first.Number != 1 || first.Records != 5+5+10 {
			t.Fatalf("first seal: %d with %d rows", first.Number, first.Records)
		}
		if again := run(t, d, "sha256"); again.Number != 0 {
			t.Error("sealed although nothing was new")
		}
		write(t, d, "after noon", 3)
		if r := verify(t, d); r.Unsealed != 5 || len(r.Findings) != 0 {
			t.Errorf("what waits: %d, %v", r.Unsealed, r.Findings)
		}
		second := run(t, d, "sha256")
		if r := verify(t, d, anchor(t, d, first), anchor(t, d, second)); r.Seals != 2 || r.Records != 25 || r.Unsealed != 0 || len(r.Findings) != 0 {
			t.Errorf("%d seals over %d rows, %d wait, %v", r.Seals, r.Records, r.Unsealed, r.Findings)
		}
	})
}

// Holds: v5.0.0-11.2.2 v5.0.0-11.4.1 PI-33
func TestTheDigestMayChangeMidway(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		var seals []seal.Seal
		for _, algorithm := range []string{"sha256", "sm3", "sm3", "sha256"} {
			write(t, d, algorithm, 2)
			seals = append(seals, run(t, d, algorithm))
		}
		if seals[1].Algorithm != "sm3" || seals[1].Digest == "" || seals[3].Algorithm != "sha256" {
			t.Errorf("%+v", seals)
		}
		if r := verify(t, d, anchor(t, d, seals[1])); r.Seals != 4 || len(r.Findings) != 0 {
			t.Errorf("%v", r.Findings)
		}
		if _, err := seal.Run(t.Context(), d, tables(t), "md5"); err == nil {
			t.Error("md5 was taken")
		}
	})
}

// Holds: AB-38 v5.0.0-16.4.2 DB3-8.1.4.3-c DB3-8.1.4.7-b
func TestWhateverIsAlteredIsNamed(t *testing.T) {
	for name, alter := range map[string]struct {
		do   func(rows []string) []string // rows are the ids of the trail
		what seal.What
		row  int // which record is named; -1 a seal
	}{
		"a note is changed": {func(r []string) []string {
			return []string{`UPDATE base_trail SET note = 'other' WHERE id = '` + r[3] + `'`}
		}, seal.Changed, 3},
		"a moment is changed": {func(r []string) []string {
			return []string{`UPDATE base_trail SET at = at + 1 WHERE id = '` + r[5] + `'`}
		}, seal.Changed, 5},
		"a row is deleted":        {func(r []string) []string { return []string{`DELETE FROM base_trail WHERE id = '` + r[4] + `'`} }, seal.Missing, 4},
		"the last row is deleted": {func(r []string) []string { return []string{`DELETE FROM base_trail WHERE id = '` + r[9] + `'`} }, seal.Missing, 9},
		"two changed, one first": {func(r []string) []string {
			return []string{`UPDATE base_trail SET by_id = 'x' WHERE id IN ('` + r[8] + `','` + r[2] + `')`}
		}, seal.Changed, 2},
		"two rows change places": {func(r []string) []string {
			return []string{`UPDATE base_trail SET id = 'spare' WHERE id = '` + r[1] + `'`, `UPDATE base_trail SET id = '` + r[1] + `' WHERE id = '` + r[6] + `'`, `UPDATE base_trail SET id = '` + r[6] + `' WHERE id = 'spare'`}
		}, seal.Changed, 1},
		"a text moves to its neighbour": {func(r []string) []string {
			return []string{`UPDATE base_trail SET note = '', detail = note WHERE id = '` + r[7] + `'`}
		}, seal.Changed, 7},
		"a row is slipped in": {func(r []string) []string {
			return []string{`INSERT INTO base_trail (id, at, by_id, by_name, noun, record, action) SELECT '` + r[0][:19] + `~', at, by_id, by_name, noun, record, 'forged' FROM base_trail WHERE id = '` + r[0] + `'`}
		}, seal.Added, -2},
		"a seal is altered":   {func([]string) []string { return []string{`UPDATE base_seal SET at = at + 1 WHERE number = 2`} }, seal.Broken, -1},
		"a seal is taken out": {func([]string) []string { return []string{`DELETE FROM base_seal WHERE number = 2`} }, seal.Torn, -1},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.EachClock(t, room, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
				for range 3 {
					for range 4 {
						write(t, d, "note", 1)
						clock.Add(time.Second)
					}
					run(t, d, "sha256")
				}
				var rows []string
				err := db.Each(t.Context(), d, `SELECT id FROM base_trail ORDER BY id`, nil, func(scan db.Scan) error {
					rows = append(rows, "")
					return scan(&rows[len(rows)-1])
				})
				if err != nil || len(rows) != 12 {
					t.Fatal(len(rows), err)
				}
				quietly(t, d, alter.do(rows)...)
				clock.Add(2 * time.Hour) // a row that is younger than an hour may merely be late
				r := verify(t, d)
				if len(r.Findings) == 0 {
					t.Fatal("nothing was found")
				}
				f := r.Findings[0]
				if f.What != alter.what || alter.row >= 0 && (f.Record != rows[alter.row] || f.Table != "base_trail" || f.ByID != "anna" || f.By == "" || f.At == 0) || alter.row == -1 && f.Seal != 2 {
					t.Errorf("found first: %+v, %s", f, f)
				}
			})
		})
	}
}

// Holds: AB-38 DB3-8.1.4.7-b
func TestAChangedPostingIsNamed(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		write(t, d, "a", 3)
		paper := write(t, d, "b", 3)
		run(t, d, "sha256")
		quietly(t, d, `UPDATE paper_line SET qty = 500 WHERE paper = '`+paper+`' AND line = 2`, `UPDATE paper SET paid = true WHERE id = '`+paper+`'`)
		r := verify(t, d)
		if len(r.Findings) != 2 || r.Findings[0].Table != "paper" || r.Findings[1].Record != paper+"/2" || r.Findings[1].At == 0 {
			t.Errorf("%v", r.Findings)
		}
	})
}

// Holds: AB-38 v5.0.0-16.4.3
func TestACutTailAndARecomputedChainShowAtTheAnchorKeptOutside(t *testing.T) {
	dbtest.EachClock(t, room, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var kept []seal.Anchor
		for range 3 {
			write(t, d, "note", 2)
			kept = append(kept, anchor(t, d, run(t, d, "sha256")))
			clock.Add(time.Minute)
		}
		// The tail is cut: rows and seal together leave a chain that agrees with itself.
		cut := `SELECT max(id) FROM base_trail`
		var last string
		if err := d.QueryRowContext(t.Context(), cut).Scan(&last); err != nil {
			t.Fatal(err)
		}
		quietly(t, d, `DELETE FROM base_seal WHERE number = 3`, `DELETE FROM base_trail WHERE id = '`+last+`'`,
			`DELETE FROM paper_line WHERE paper = (SELECT max(id) FROM paper)`, `DELETE FROM paper WHERE id = (SELECT max(id) FROM paper)`)
		if r := verify(t, d); len(r.Findings) != 0 {
			t.Fatalf("the forger was clumsy: %v", r.Findings)
		}
		if r := verify(t, d, kept[2]); len(r.Findings) != 1 || r.Findings[0].What != seal.Cut || r.Findings[0].Seal != 3 {
			t.Errorf("a cut tail: %v", r.Findings)
		}
		if r := verify(t, d, kept[1]); len(r.Findings) != 0 {
			t.Errorf("an older anchor complains: %v", r.Findings)
		}
		// Everything is sealed anew over a changed row.
		quietly(t, d, `UPDATE base_trail SET note = 'nicer'`, `DELETE FROM base_seal`)
		run(t, d, "sha256")
		write(t, d, "later", 1)
		run(t, d, "sha256")
		if r := verify(t, d); len(r.Findings) != 0 {
			t.Fatalf("the forger was clumsy: %v", r.Findings)
		}
		if r := verify(t, d, kept[0]); len(r.Findings) != 1 || r.Findings[0].What != seal.Replaced {
			t.Errorf("a recomputed chain: %v", r.Findings)
		}
	})
}

// Holds: AB-38 DB3-8.1.4.3-d
func TestATableThatLetsGoOfItsRowsAndRowsLeftUnsealedAreNamed(t *testing.T) {
	dbtest.EachClock(t, room, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		write(t, d, "a", 1)
		run(t, d, "sha256")
		drop := []string{`DROP TRIGGER paper_no_update`}
		if d.Postgres() {
			drop = []string{`ALTER TABLE paper DISABLE TRIGGER USER`}
		}
		dbtest.Do(t, d, db.System("owner"), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), drop[0]); return err })
		if r := verify(t, d); len(r.Findings) != 1 || r.Findings[0].What != seal.Unguarded || r.Findings[0].Table != "paper" {
			t.Errorf("%v", r.Findings)
		}
		write(t, d, "b", 0)
		clock.Add(25 * time.Hour)
		r := verify(t, d)
		var late int
		for _, f := range r.Findings {
			if f.What == seal.Unsealed {
				late++
			}
		}
		if late != 2 || r.Unsealed != 2 {
			t.Errorf("%d of %d: %v", late, r.Unsealed, r.Findings)
		}
	})
}

// A unit that began first may commit last: its rows stand behind rows that are sealed
// already, and come under the next seal.
func TestARowCommittedLateComesUnderTheNextSeal(t *testing.T) {
	dbtest.EachClock(t, room, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		early := id.New(clock.Now())
		clock.Add(time.Minute)
		write(t, d, "on time", 2)
		run(t, d, "sha256")
		late := func(key string) {
			dbtest.Do(t, d, db.System("slow"), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO base_trail (id, at, by_id, by_name, noun, record, action) VALUES ($1,$2,'b','b','n','r','a')`, key, tx.At())
				return err
			})
		}
		late(early)
		if r := verify(t, d); len(r.Findings) != 0 || r.Unsealed != 1 {
			t.Errorf("before its seal: %d wait, %v", r.Unsealed, r.Findings)
		}
		write(t, d, "next", 0)
		if s := run(t, d, "sha256"); s.Records != 3 {
			t.Errorf("%d rows", s.Records)
		}
		if r := verify(t, d); len(r.Findings) != 0 || r.Unsealed != 0 || r.Records != 7 {
			t.Errorf("%+v", r)
		}
		// Later than an hour nobody is merely slow.
		late(id.Floor(clock.Now().Add(-2 * time.Hour)))
		run(t, d, "sha256")
		if r := verify(t, d); len(r.Findings) != 1 || r.Findings[0].What != seal.Added {
			t.Errorf("%v", r.Findings)
		}
	})
}

// Holds: AB-39 v5.0.0-16.2.2
func TestTheClockMayJump(t *testing.T) {
	dbtest.EachClock(t, room, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		for _, jump := range []time.Duration{time.Minute, 26 * time.Hour, -26 * time.Hour, -time.Hour, 10 * time.Minute, 3 * time.Hour} {
			clock.Add(jump)
			write(t, d, jump.String(), 2)
			run(t, d, "sha256")
			write(t, d, jump.String(), 1)
		}
		run(t, d, "sha256")
		var notes []string
		if err := db.Each(t.Context(), d, `SELECT note FROM base_trail ORDER BY id`, nil, func(scan db.Scan) error {
			notes = append(notes, "")
			return scan(&notes[len(notes)-1])
		}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(notes, " "); got != "1m0s 1m0s 26h0m0s 26h0m0s -26h0m0s -26h0m0s -1h0m0s -1h0m0s 10m0s 10m0s 3h0m0s 3h0m0s" {
			t.Errorf("the order is not that of the deeds: %s", got)
		}
		if r := verify(t, d); len(r.Findings) != 0 || r.Unsealed != 0 || r.Seals != 7 {
			t.Errorf("%d seals, %d wait, %v", r.Seals, r.Unsealed, r.Findings)
		}
	})
}

func TestTwoCopiesSealOnce(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		for range 30 {
			write(t, d, "n", 2)
		}
		errs := make(chan error)
		for range 4 {
			go func() {
				_, err := seal.Run(context.Background(), d, tables(t), "sha256")
				errs <- err
			}()
		}
		for range 4 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if r := verify(t, d); r.Records != 120 || len(r.Findings) != 0 {
			t.Errorf("%d rows, %v", r.Records, r.Findings)
		}
	})
}

func TestALineIsReadAsItWasWritten(t *testing.T) {
	a := seal.Anchor{Hospital: "1f0a99c3", Number: 42, At: 1795276800000000, Algorithm: "sm3", Digest: strings.Repeat("0a", 32)}
	for _, line := range []string{a.String(), " " + strings.ToUpper(a.String()) + "\r\n", strings.ReplaceAll(a.String(), " ", "\n"), a.String()[:110] + " " + a.String()[110:]} {
		if b, err := seal.ParseAnchor(line); err != nil || b != a {
			t.Errorf("%q: %+v %v", line, b, err)
		}
	}
	for _, line := range []string{"", "houqin-seal", strings.Replace(a.String(), " 42 ", " -1 ", 1), strings.Replace(a.String(), "sm3", "md5", 1), a.String()[:100], a.String() + "0"} {
		if _, err := seal.ParseAnchor(line); err == nil {
			t.Errorf("%q was taken", line)
		}
	}
}

// What is said later of an older record stands in the order of its own moment.
func TestAWordAboutAnOldRecordIsSealed(t *testing.T) {
	dbtest.EachClock(t, room, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var papers []string
		for range 4 {
			papers = append(papers, write(t, d, "n", 1))
			clock.Add(24 * time.Hour)
			run(t, d, "sha256")
		}
		for i, p := range []string{papers[3], papers[0], papers[2]} {
			dbtest.Do(t, d, anna, func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), `INSERT INTO verdict (paper, word, at, by_id) VALUES ($1,'yes',$2,$3)`, p, tx.At(), tx.By.ID); err != nil {
					return err
				}
				return tx.Trail(t.Context(), db.Event{Noun: "paper", Record: p, Action: "judge"})
			})
			if s := run(t, d, "sha256"); s.Records != 2 {
				t.Errorf("verdict %d: %d rows", i, s.Records)
			}
			clock.Add([]time.Duration{time.Hour, -20 * time.Hour, 0}[i])
		}
		if r := verify(t, d); len(r.Findings) != 0 || r.Unsealed != 0 {
			t.Errorf("%d wait, %v", r.Unsealed, r.Findings)
		}
		quietly(t, d, `UPDATE verdict SET word = 'no' WHERE paper = '`+papers[0]+`'`)
		if r := verify(t, d); len(r.Findings) != 1 || r.Findings[0].Record != papers[0] || r.Findings[0].Table != "verdict" || r.Findings[0].By != "anna" {
			t.Errorf("%v", r.Findings)
		}
		quietly(t, d, `DELETE FROM verdict WHERE paper = '`+papers[2]+`'`)
		if r := verify(t, d); len(r.Findings) != 2 || r.Findings[1].What != seal.Missing {
			t.Errorf("%v", r.Findings)
		}
	})
}
