package period_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/period"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestADayOfTheHospitalIsNotADayOfUTC(t *testing.T) {
	shanghai := zone(t, "Asia/Shanghai")
	night := time.Date(2026, 11, 21, 0, 30, 0, 0, shanghai)
	if got := period.DayOf(night.UTC(), shanghai); got != "2026-11-21" {
		t.Errorf("half past midnight falls on %s", got)
	}
	d := period.At(night).Day(shanghai)
	if got := d.Start(shanghai).String(); got != "2026-11-20T16:00:00Z" {
		t.Errorf("the day starts at %s", got)
	}
	if got := d.End(shanghai).Sub(d.Start(shanghai)); got != 24*time.Hour {
		t.Errorf("the day lasts %v", got)
	}
}

func TestParseDayTakesISOOnly(t *testing.T) {
	for s, ok := range map[string]bool{
		"2026-11-21": true, "2024-02-29": true, "0001-01-01": true, "9999-12-31": true,
		"": false, "2026-02-29": false, "2026-2-9": false, "2026/11/21": false, "2026-13-01": false, "2026-00-10": false,
		"2026-11-00": false, "2026-11-31": false, " 2026-11-21": false, "2026-11-21T00": false, "20261121": false,
		"0000-01-01": false, "２０２６-11-21": false, "2026年11月21日": false, "-026-11-21": false,
	} {
		d, err := period.ParseDay(s)
		if (err == nil) != ok || ok && string(d) != s || !ok && (d != "" || !errors.Is(err, period.ErrDay)) {
			t.Errorf("%q: %q, %v", s, d, err)
		}
	}
	for s, ok := range map[string]bool{"2026-11": true, "2026-13": false, "2026-11-21": false, "": false, "2026-1": false} {
		m, err := period.ParseMonth(s)
		if (err == nil) != ok || ok && string(m) != s || !ok && !errors.Is(err, period.ErrMonth) {
			t.Errorf("%q: %q, %v", s, m, err)
		}
	}
}

func TestCountingOnTheCalendar(t *testing.T) {
	d := period.Day("2026-01-31")
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"next day", d.AddDays(1), period.Day("2026-02-01")},
		{"back over the year", d.AddDays(-31), period.Day("2025-12-31")},
		{"a month later, shorter month", d.AddMonths(1), period.Day("2026-02-28")},
		{"in a leap year", d.AddMonths(25), period.Day("2028-02-29")},
		{"two months back", d.AddMonths(-2), period.Day("2025-11-30")},
		{"over the last day", d.AddDays(1 << 40), period.LastDay},
		{"over the last month", d.AddMonths(1 << 40), period.LastDay},
		{"under the first", d.AddMonths(-1 << 40), period.FirstDay},
		{"weekday", d.Weekday(), time.Saturday},
		{"month", d.Month(), period.Month("2026-01")},
		{"year", d.Year(), 2026},
		{"day of month", d.DayOfMonth(), 31},
		{"days in between", period.Days("2024-02-28", "2024-03-01"), 2},
		{"days backwards", period.Days("2026-03-01", "2026-02-28"), -1},
		{"days from unset", period.Days("", "2026-02-28"), 0},
		{"last of February", period.Month("2028-02").Last(), period.Day("2028-02-29")},
		{"days of December", period.Month("2026-12").Days(), 31},
		{"month before January", period.Month("2026-01").Add(-1), period.Month("2025-12")},
		{"months in between", period.Months("2025-11", "2026-02"), 3},
		{"unset day", period.Day("").AddDays(1), period.Day("")},
		{"unset month", period.Month("").Add(1), period.Month("")},
		{"month of no day", period.Day("soon").Month(), period.Month("")},
		{"no weekday", period.Day("").Weekday(), time.Sunday},
		{"never has no day", period.Instant(0).Day(time.UTC), period.Day("")},
		{"unset starts never", period.Day("").Start(time.UTC), period.Instant(0)},
		{"unset ends never", period.Day("").End(time.UTC), period.Instant(0)},
		{"never plus an hour", period.Instant(0).Add(time.Hour), period.Instant(0)},
		{"an hour later", period.Instant(1).Add(time.Hour).Sub(1), time.Hour},
		{"zero time", period.At(time.Time{}), period.Instant(0)},
		{"never as a time", period.Instant(0).Time().IsZero(), true},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	if d := period.Instant(1 << 61).Sub(-1 << 61); d < 290*365*24*time.Hour {
		t.Errorf("a very long time came out as %v", d)
	}
}

// Zones whose clocks jump at or over midnight, skip a whole day, or show
// midnight twice.
func TestDaysMeetWithoutGapInEveryZone(t *testing.T) {
	for _, name := range []string{"UTC", "Asia/Shanghai", "Asia/Urumqi", "America/Sao_Paulo", "America/Havana", "Pacific/Apia", "Africa/Cairo", "America/St_Johns"} {
		z := zone(t, name)
		rapid.Check(t, func(t *rapid.T) {
			d := period.Day("1935-01-01").AddDays(rapid.IntRange(0, 100*365).Draw(t, "n"))
			meet(t, d, z)
		})
		for y := 1935; y < 2035; y++ { // and the days around every change of clocks
			at := time.Date(y, 1, 1, 0, 0, 0, 0, z)
			for at.Year() == y {
				_, end := at.ZoneBounds()
				if end.IsZero() {
					break
				}
				for n := -2; n <= 2; n++ {
					meet(t, period.DayOf(end, z).AddDays(n), z)
				}
				at = end
			}
		}
	}
}

type failer interface{ Fatalf(string, ...any) }

func meet(t failer, d period.Day, z *time.Location) {
	start, end := d.Start(z), d.End(z)
	if end != d.AddDays(1).Start(z) || end < start {
		t.Fatalf("%s in %s: %v to %v", d, z, start, end)
	}
	if end == start { // Samoa went without 30 December 2011
		if d != "2011-12-30" {
			t.Fatalf("%s in %s is empty", d, z)
		}
		return
	}
	if f, l, b := start.Day(z), (end - 1).Day(z), (start - 1).Day(z); f != d || l > d || b >= d {
		t.Fatalf("%s in %s: before %s, first moment %s, last moment %s", d, z, b, f, l)
	}
}

func TestJSON(t *testing.T) {
	type slip struct {
		At, Never period.Instant
		On, Unset period.Day
		For       period.Month
		Left      period.Instant `json:",omitzero"`
	}
	in := slip{At: period.At(time.Date(2026, 11, 21, 6, 5, 0, 123456789, time.UTC)), On: "2026-11-21", For: "2026-11"}
	b, err := json.Marshal(in)
	want := `{"At":"2026-11-21T06:05:00.123456Z","Never":"","On":"2026-11-21","Unset":"","For":"2026-11"}`
	if err != nil || string(b) != want {
		t.Fatalf("%s, %v", b, err)
	}
	var out slip
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Fatalf("%+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"At":"2026-11-21T14:05:00.123456+08:00"}`), &out); err != nil || out.At != in.At {
		t.Errorf("with an offset: %v, %v", out.At, err)
	}
	for _, bad := range []string{`{"At":"2026-11-21"}`, `{"At":5}`, `{"On":"21.11.2026"}`, `{"For":"2026"}`, `{"On":20261121}`} {
		if json.Unmarshal([]byte(bad), &slip{}) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
	if _, err := json.Marshal(period.Instant(1 << 62)); !errors.Is(err, period.ErrInstant) {
		t.Errorf("a year beyond 9999: %v", err)
	}
}

func TestDatabase(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		var at, never period.Instant
		var on, unset period.Day
		var in, none period.Month
		give := period.At(time.Date(2026, 11, 21, 6, 5, 0, 0, time.UTC))
		row := d.QueryRowContext(t.Context(), `SELECT CAST($1 AS BIGINT) + 1, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST(NULL AS BIGINT), CAST(NULL AS TEXT), CAST(NULL AS TEXT)`,
			give, period.Day("2026-11-21"), period.Month("2026-11"))
		if err := row.Scan(&at, &on, &in, &never, &unset, &none); err != nil || at != give+1 || on != "2026-11-21" || in != "2026-11" {
			t.Errorf("%v %s %s, %v", at, on, in, err)
		}
		if never != 0 || unset != "" || none != "" {
			t.Errorf("NULL is %v %q %q", never, unset, none)
		}
		if err := d.QueryRowContext(t.Context(), `SELECT 'yesterday'`).Scan(&at); err == nil {
			t.Error("a text was taken for an instant")
		}
		if err := d.QueryRowContext(t.Context(), `SELECT 20261121`).Scan(&on); err == nil {
			t.Error("a number was taken for a day")
		}
	})
}

// Holds: DB3-8.1.4.4-d
func FuzzParseDay(f *testing.F) {
	f.Add("2026-11-21")
	f.Add("2026-02-30")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := period.ParseDay(s)
		std, stdErr := time.Parse(time.DateOnly, s)
		if (err == nil) != (stdErr == nil && std.Year() > 0) {
			t.Fatalf("%q: %v, the library says %v", s, err, stdErr)
		}
		if err == nil && d.AddDays(1).AddDays(-1) != d && d != period.LastDay {
			t.Fatalf("%s: there and back is %s", d, d.AddDays(1).AddDays(-1))
		}
	})
}

func BenchmarkDay(b *testing.B) {
	z := zone(b, "Asia/Shanghai")
	at := period.At(time.Date(2026, 11, 21, 6, 5, 0, 0, time.UTC))
	for b.Loop() {
		at.Day(z).Start(z)
	}
}
