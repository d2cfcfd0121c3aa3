package watch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/watch"
)

var anna = dbtest.Person("anna")

func number(t *testing.T, r db.Reader, q string, args ...any) (n int64) {
	t.Helper()
	if err := r.QueryRowContext(t.Context(), q, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Holds: AB-37 v5.0.0-16.4.1 v5.0.0-16.2.1 v5.0.0-16.2.4 DB3-8.1.4.3-b
func TestOneEventIsOneEntryHoweverItIsWorded(t *testing.T) {
	const nasty = "anna\r\nlevel=ERROR msg=forged event=1\x1b[2J\u202egnp.exe\u2028\x00\u0085\u200b \"quoted\" {\"a\":1} \xff"
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		for _, form := range []string{"text", "json"} {
			var log bytes.Buffer
			d.Log = slog.New(slog.NewTextHandler(&log, nil))
			if form == "json" {
				d.Log = slog.New(slog.NewJSONHandler(&log, nil))
			}
			w := watch.New(d)
			w.Note(t.Context(), watch.Event{Kind: "refused", ByID: "p1", By: nasty, Source: "web 10.0.0.5", What: "GET /x " + nasty, Record: nasty, Note: nasty + strings.Repeat("长", 5000), Request: "r1"})
			if n := strings.Count(strings.TrimRight(log.String(), "\n"), "\n"); n != 0 {
				t.Fatalf("%s: %d entries: %q", form, n+1, log.String())
			}
			if strings.ContainsAny(log.String(), "\r\x1b\u202e\u2028\x00") || log.Len() > 8000 {
				t.Errorf("%s: %q", form, log.String())
			}
			if form == "json" {
				var e map[string]any
				if err := json.Unmarshal(log.Bytes(), &e); err != nil || e["kind"] != "refused" || e["person"] != "p1" || e["from"] != "web 10.0.0.5" || e["event"] == "" || !strings.HasSuffix(e["at"].(string), "Z") {
					t.Errorf("%v %v", e, err)
				}
			}
			if err := w.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := number(t, d, `SELECT count(*) FROM base_event WHERE kind = 'refused' AND by_id = 'p1' AND request = 'r1' AND at > 0 AND times = 1`); n != 2 {
			t.Errorf("%d rows", n)
		}
		var note string
		if err := d.QueryRowContext(t.Context(), `SELECT note FROM base_event`).Scan(&note); err != nil || strings.ContainsAny(note, "\r\n\x1b\u202e") {
			t.Errorf("%q %v", note, err)
		}
	})
}

// Holds: AB-34 v5.0.0-16.3.3
func TestAFloodIsKeptAsFewRows(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		d.Log = slog.New(slog.DiscardHandler)
		w := watch.New(d)
		for i := range 3000 {
			w.Note(t.Context(), watch.Event{Kind: "refused", Source: "web 10.0.0.5", What: "GET /same"})
			if i%10 == 0 {
				w.Note(t.Context(), watch.Event{Kind: "not_found", Source: fmt.Sprintf("web 10.0.1.%d", i), What: "GET /other"})
			}
		}
		if err := w.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows, times := number(t, d, `SELECT count(*) FROM base_event`), number(t, d, `SELECT CAST(sum(times) AS BIGINT) FROM base_event`)
		if rows > 210 || times != 3300 {
			t.Errorf("%d rows for %d events", rows, times)
		}
		// More than fit are counted, and that is an alarm.
		for range 6000 {
			w.Note(t.Context(), watch.Event{Kind: "refused", Source: "web 10.0.0.9"})
		}
		if err := w.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, `SELECT CAST(sum(times) AS BIGINT) FROM base_event WHERE source = 'web 10.0.0.9' OR kind = 'dropped'`); n != 6000 {
			t.Errorf("%d of 6000", n)
		}
		if n, err := watch.Open(t.Context(), d); n != 1 || err != nil {
			t.Errorf("%d alarms, %v", n, err)
		}
	})
}

// Holds: AB-27 DB3-8.1.4.4-f DB3-8.1.5.4-f
func TestOneAddressThatTriesManyNamesIsAnAlarm(t *testing.T) {
	dbtest.EachClock(t, nil, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		d.Log = slog.New(slog.DiscardHandler)
		w := watch.New(d, watch.Many("sign_in_bad", 5, 30, 10*time.Minute, "spraying"))
		try := func(from string, names ...int) {
			t.Helper()
			for _, n := range names {
				w.Note(t.Context(), watch.Event{Kind: "sign_in_bad", Source: from, Record: fmt.Sprintf("p%d", n)})
				clock.Add(time.Second)
			}
			if err := w.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		alarms := func() int64 {
			return number(t, d, `SELECT count(*) FROM base_event WHERE kind = 'spraying' AND alarm = true`)
		}
		try("web 10.0.0.1", 1, 1, 1, 2, 3, 4)
		try("web 10.0.0.2", 5, 6)
		if alarms() != 0 {
			t.Fatal("four names are an alarm")
		}
		try("web 10.0.0.1", 5)
		try("web 10.0.0.1", 6, 7, 8)
		if alarms() != 1 || number(t, d, `SELECT count(*) FROM base_event WHERE kind = 'spraying' AND source = 'web 10.0.0.1'`) != 1 {
			t.Fatalf("%d alarms", alarms())
		}
		clock.Add(2 * time.Hour)
		try("web 10.0.0.1", 1, 2, 3, 4)
		if alarms() != 1 {
			t.Error("what is long ago was counted")
		}
		try("web 10.0.0.1", 5)
		if alarms() != 2 {
			t.Error("the same address two hours later is no alarm")
		}
		try("web 10.0.0.3", make([]int, 30)...) // unknown names have no record
		if alarms() != 3 {
			t.Error("thirty guesses at unknown names are no alarm")
		}
	})
}

// Holds: AB-39 v5.0.0-16.2.2 DB3-8.1.4.4-f
func TestATurnedClockIsAnAlarm(t *testing.T) {
	for _, c := range []struct {
		wall, steady time.Duration
		alarm        bool
	}{
		{time.Second, time.Second, false}, {2 * time.Hour, 2 * time.Hour, false}, // a machine that slept
		{time.Second + 20*time.Second, time.Second, false}, {-time.Hour, time.Second, true}, {time.Hour, time.Second, true}, {-31 * time.Second, 0, true},
	} {
		dbtest.EachClock(t, nil, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
			var log bytes.Buffer
			d.Log = slog.New(slog.NewTextHandler(&log, nil))
			w := watch.New(d)
			w.Look(t.Context(), time.Minute)
			clock.Add(c.wall)
			w.Look(t.Context(), time.Minute+c.steady)
			if err := w.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := number(t, d, `SELECT count(*) FROM base_event WHERE kind = 'clock' AND alarm = true`); (n == 1) != c.alarm || c.alarm != strings.Contains(log.String(), "kind=clock") {
				t.Errorf("%v in %v: %d alarms, %s", c.wall, c.steady, n, log.String())
			}
		})
	}
}

// Holds: AB-39
func TestAClockThatStandsBehindTheTrailAtTheStartIsAnAlarm(t *testing.T) {
	dbtest.EachClock(t, nil, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		d.Log = slog.New(slog.DiscardHandler)
		clock.Add(24 * time.Hour)
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return tx.Trail(t.Context(), db.Event{Noun: "n", Record: "r", Action: "a"}) })
		for _, back := range []time.Duration{0, -24 * time.Hour} {
			clock.Add(back)
			w := watch.New(d)
			w.Look(t.Context(), 0)
			if err := w.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := number(t, d, `SELECT count(*) FROM base_event WHERE kind = 'clock'`); n != map[bool]int64{true: 1}[back < 0] {
				t.Errorf("%v: %d", back, n)
			}
		}
	})
}

// Holds: v5.0.0-14.2.7 PI-06 PI-24 DB3-8.1.5.4-d
func TestEntriesGoAfterTheirTimeAndNotBefore(t *testing.T) {
	dbtest.EachClock(t, nil, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		d.Log = slog.New(slog.DiscardHandler)
		day := 24 * time.Hour
		w := watch.New(d)
		write := func() {
			t.Helper()
			w.Note(t.Context(), watch.Event{Kind: "refused"})
			if err := w.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
			dbtest.Do(t, d, anna, func(tx *db.Tx) error {
				return tx.Saw(t.Context(), db.Sight{Noun: "people.person", Subject: "p", Fields: "phone", Way: "page"})
			})
			dbtest.Do(t, d, anna, func(tx *db.Tx) error { return tx.Trail(t.Context(), db.Event{Noun: "n", Record: "r", Action: "a"}) })
		}
		left := func() string {
			t.Helper()
			if _, err := watch.Sweep(context.Background(), d); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(number(t, d, `SELECT count(*) FROM base_event`), number(t, d, `SELECT count(*) FROM base_read`), number(t, d, `SELECT count(*) FROM base_trail WHERE noun = 'n'`))
		}
		write()
		for _, c := range []struct {
			age  time.Duration
			left string
		}{{399 * day, "1 1 1"}, {401 * day, "0 1 1"}, {1095 * day, "0 1 1"}, {1097 * day, "0 0 1"}} {
			clock.Set(dbtest.Noon.Add(c.age))
			if got := left(); got != c.left {
				t.Errorf("after %v: %s, not %s", c.age, got, c.left)
			}
		}
		for days, ok := range map[int64]bool{183: false, 184: true, 0: false, -1: false, 100_000: false} {
			err := d.Do(t.Context(), anna, func(tx *db.Tx) error { return watch.SetKept(t.Context(), tx, watch.Classes[0], days) })
			if (err == nil) != ok || !ok && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%d days: %v", days, err)
			}
		}
		write()
		clock.Add(183 * day)
		if got := left(); got[:1] != "1" {
			t.Errorf("six months are not over: %s", got)
		}
		clock.Add(2 * day)
		if got := left(); got[:1] != "0" {
			t.Errorf("after the term: %s", got)
		}
		// A value that somebody wrote past the command does not go below the floor.
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return db.Set(t.Context(), tx, "keep.events", "1") })
		if days, err := watch.Kept(t.Context(), d, watch.Classes[0]); days != 184 || err != nil {
			t.Errorf("%d days, %v", days, err)
		}
	})
}
