package calendar_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheCountrysDays(t *testing.T) {
	c := calendar.New(shanghai, nil)
	for _, x := range []struct {
		day     period.Day
		working bool
		sort    calendar.Sort
		holiday string
	}{
		{"2026-02-13", true, calendar.Weekday, ""},
		{"2026-02-14", true, calendar.Exchanged, "spring"}, // a Saturday worked for the spring festival
		{"2026-02-15", false, calendar.Holiday, "spring"},
		{"2026-02-23", false, calendar.Holiday, "spring"},
		{"2026-02-24", true, calendar.Weekday, ""},
		{"2026-03-01", false, calendar.Weekend, ""},
		{"2018-12-29", true, calendar.Exchanged, "new_year"}, // set by the notice for the next year
		{"2018-12-31", false, calendar.Holiday, "new_year"},
		{"2015-09-03", false, calendar.Holiday, "victory"},
		{"2024-02-29", true, calendar.Weekday, ""},
		{"2027-01-01", true, calendar.Weekday, ""}, // a Friday; the notice is not out yet
		{"2027-01-02", false, calendar.Weekend, ""},
		{"1970-01-01", true, calendar.Weekday, ""},
		{"", false, "", ""},
	} {
		got := c.Day(x.day)
		if got.Working != x.working || got.Sort != x.sort || got.Holiday != x.holiday || c.IsWorkingDay(x.day) != x.working {
			t.Errorf("%s: %+v", x.day, got)
		}
	}
	for year, known := range map[int]bool{2006: false, 2007: true, 2026: true, 2027: false} {
		if c.Known(year) != known {
			t.Errorf("known(%d) = %v", year, !known)
		}
	}
}

// The embedded table against the files it was derived from, where they are at hand.
func TestTheTableIsTheSources(t *testing.T) {
	dir := os.Getenv("HOUQIN_SAMPLES")
	if dir == "" {
		t.Skip("HOUQIN_SAMPLES is not set: the table of holidays is not compared with its source")
	}
	files, err := filepath.Glob(filepath.Join(dir, "cn-holidays", "20*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files under %s: %v", dir, err)
	}
	c := calendar.New(shanghai, nil)
	said := map[period.Day]bool{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var y struct {
			Days []struct {
				Date     period.Day
				IsOffDay bool
			}
		}
		if err := json.Unmarshal(b, &y); err != nil {
			t.Fatal(err)
		}
		for _, d := range y.Days {
			said[d.Date] = true
			if got := c.Day(d.Date); got.Working == d.IsOffDay || got.Holiday == "" {
				t.Errorf("%s: %+v, the source says off = %v", d.Date, got, d.IsOffDay)
			}
		}
	}
	for d := period.Day("2006-01-01"); d < "2027-01-01"; d = d.AddDays(1) {
		if got := c.Day(d); got.Holiday != "" && !said[d] {
			t.Errorf("%s: %+v, the source says nothing", d, got)
		}
	}
}

func TestWorkingTime(t *testing.T) {
	c := calendar.New(shanghai, nil)
	for name, x := range map[string]struct {
		from string
		add  time.Duration
		want string
	}{
		"within the morning":            {"2026-03-02 08:00", time.Hour, "2026-03-02 09:00"},
		"ends at noon, not at two":      {"2026-03-02 08:00", 4 * time.Hour, "2026-03-02 12:00"},
		"over noon":                     {"2026-03-02 11:30", time.Hour, "2026-03-02 14:30"},
		"from before the day":           {"2026-03-02 03:00", time.Hour, "2026-03-02 09:00"},
		"from the evening":              {"2026-03-02 23:59", time.Minute, "2026-03-03 08:01"},
		"from midnight":                 {"2026-03-03 00:00", time.Minute, "2026-03-03 08:01"},
		"over a weekend":                {"2026-03-06 17:00", time.Hour, "2026-03-09 08:30"},
		"into a month":                  {"2026-03-31 17:00", time.Hour, "2026-04-01 08:30"},
		"into a leap day":               {"2024-02-28 17:29", 2 * time.Minute, "2024-02-29 08:01"},
		"over the spring festival":      {"2026-02-14 17:00", time.Hour, "2026-02-24 08:30"},
		"over New Year of known years":  {"2025-12-31 17:00", time.Hour, "2026-01-04 08:30"}, // Sunday, worked
		"into a year not known yet":     {"2026-12-31 17:00", time.Hour, "2027-01-01 08:30"},
		"nothing added, at night":       {"2026-03-02 23:00", 0, "2026-03-02 23:00"},
		"a whole day":                   {"2026-03-02 08:00", 7*time.Hour + 30*time.Minute, "2026-03-02 17:30"},
		"backwards over a weekend":      {"2026-03-09 08:30", -time.Hour, "2026-03-06 17:00"},
		"backwards from the night":      {"2026-03-09 23:00", -30 * time.Minute, "2026-03-09 17:00"},
		"backwards to the day's start":  {"2026-03-02 12:00", -4 * time.Hour, "2026-03-02 08:00"},
		"backwards over the turn of it": {"2026-01-04 08:00", -time.Hour, "2025-12-31 16:30"},
	} {
		from, want := at(t, x.from), at(t, x.want)
		got := c.Add(from, x.add)
		if !got.Equal(want) {
			t.Errorf("%s: %s + %s = %s, want %s", name, x.from, x.add, got, x.want)
		}
		if b := c.Between(from, got); b != x.add {
			t.Errorf("%s: between them lie %s, not %s", name, b, x.add)
		}
	}
	if got := c.Add(time.Time{}, time.Hour); !got.IsZero() {
		t.Errorf("from never it is never, not %s", got)
	}
	if c.Between(time.Time{}, at(t, "2026-03-02 12:00")) != 0 {
		t.Error("from never nothing passes")
	}
}

func TestOwnExceptionsAndHours(t *testing.T) {
	night, err := calendar.ParseHours("00:00-08:00 20:00-24:00")
	if err != nil {
		t.Fatal(err)
	}
	c := calendar.New(shanghai, night,
		calendar.Exception{Day: "2026-10-01", Working: true, Note: "值班"}, calendar.Exception{Day: "2026-10-09", Note: "院庆"})
	if d := c.Day("2026-10-01"); !d.Working || d.Sort != calendar.Own || d.Holiday != "national" || d.Note != "值班" {
		t.Errorf("worked by the hospital: %+v", d)
	}
	if c.IsWorkingDay("2026-10-09") {
		t.Error("the hospital's own day off")
	}
	// Hours up to midnight and from midnight follow each other without a gap.
	if got := c.Add(at(t, "2026-03-02 23:00"), 2*time.Hour); !got.Equal(at(t, "2026-03-03 01:00")) {
		t.Errorf("across midnight: %s", got)
	}
	if !c.Open(at(t, "2026-03-02 23:59")) || c.Open(at(t, "2026-03-02 08:00")) || c.Open(at(t, "2026-03-07 21:00")) {
		t.Error("open at the wrong time")
	}
	for _, s := range []string{"", "8-12", "12:00-08:00", "08:00-12:00 11:00-13:00", "14:00-15:00 08:00-09:00", "08:00-24:01", "08:60-09:00", "-1:00-2:00", "08:00-08:00", "x"} {
		if _, err := calendar.ParseHours(s); fault.KindOf(err) != fault.Invalid {
			t.Errorf("hours %q: %v", s, err)
		}
	}
	if h, err := calendar.ParseHours("8：00—12：00，14:00～17:30"); err != nil || calendar.HoursText(h) != "08:00-12:00 14:00-17:30" {
		t.Errorf("typed the Chinese way: %v %v", h, err)
	}
}

// What really passes counts on a day when the clocks change.
func TestADayOfTwentyThreeHours(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := calendar.New(berlin, []calendar.Shift{{From: 0, To: 24 * 60}}, calendar.Exception{Day: "2026-03-29", Working: true})
	from := time.Date(2026, 3, 29, 0, 0, 0, 0, berlin)
	if got := c.Add(from, 23*time.Hour); got.Day() != 30 || got.Hour() != 0 {
		t.Errorf("the day ends after 23 hours, at %s", got)
	}
}

func TestAddAndBetweenAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var shifts []calendar.Shift
		for m := rapid.IntRange(0, 900).Draw(t, "first"); m < 1440 && len(shifts) < 4; {
			to := min(1440, m+rapid.IntRange(1, 500).Draw(t, "long"))
			shifts = append(shifts, calendar.Shift{From: m, To: to})
			m = to + rapid.IntRange(0, 300).Draw(t, "pause")
		}
		var own []calendar.Exception
		for range rapid.IntRange(0, 20).Draw(t, "exceptions") {
			own = append(own, calendar.Exception{Day: period.Day("2025-12-01").AddDays(rapid.IntRange(0, 60).Draw(t, "day")), Working: rapid.Bool().Draw(t, "working")})
		}
		c := calendar.New(shanghai, shifts, own...)
		from := time.Date(2025, 12, 1, 0, 0, 0, 0, shanghai).Add(time.Duration(rapid.Int64Range(0, 60*24*3600).Draw(t, "from")) * time.Second)
		d := time.Duration(rapid.Int64Range(-1e6, 1e6).Draw(t, "seconds")) * time.Second
		to := c.Add(from, d)
		if got := c.Between(from, to); got != d {
			t.Fatalf("%s + %s = %s, but between them lie %s", from, d, to, got)
		}
		// Nothing is lost where a stretch is cut in two.
		cut := from.Add(to.Sub(from) / 3)
		if c.Between(from, cut)+c.Between(cut, to) != d {
			t.Fatalf("cut at %s the parts are not the whole", cut)
		}
		// No earlier moment would do: it is the first (backwards: the last) that does.
		if d > 0 && c.Between(from, to.Add(-time.Nanosecond)) >= d || d < 0 && c.Between(from, to.Add(time.Nanosecond)) <= d {
			t.Fatalf("%s is not the nearest moment", to)
		}
		n := rapid.IntRange(-40, 40).Draw(t, "days")
		day := period.DayOf(from, shanghai)
		if got := c.DaysBetween(day, c.AddDays(day, n)); n > 0 && got != n || n < 0 && c.IsWorkingDay(day) && got != n {
			t.Fatalf("%d working days from %s are %d", n, day, got)
		}
	})
}

func TestExceptionsAreKept(t *testing.T) {
	dbtest.Each(t, []fs.FS{calendar.Migrations}, func(t *testing.T, d *db.DB) {
		ctx, admin := t.Context(), dbtest.Person("admin", calendar.MayChange)
		except := func(by db.Actor, first, last period.Day, working bool, note string) error {
			return d.Do(ctx, by, func(tx *db.Tx) error { return calendar.Except(ctx, tx, first, last, working, note) })
		}
		for _, x := range []struct {
			first, last period.Day
		}{{"", ""}, {"2026-02-30", ""}, {"2026-03-02", "2026-03-01"}, {"2026-01-01", "2026-12-31"}, {"1026-03-02", ""}} {
			if err := except(admin, x.first, x.last, true, ""); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v: %v", x, err)
			}
		}
		if err := except(dbtest.Person("nurse"), "2026-03-07", "", true, ""); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a nurse: %v", err)
		}
		for range 2 { // doing it again changes nothing
			if err := except(admin, "2026-03-07", "2026-03-08", true, "义诊"); err != nil {
				t.Fatal(err)
			}
		}
		if story, err := db.Story(ctx, d, "calendar.exception", "2026"); err != nil || len(story) != 2 || story[0].Note != "2026-03-08 义诊" {
			t.Errorf("story %v %v", story, err)
		}
		load := func() *calendar.Calendar {
			t.Helper()
			c, err := calendar.Load(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		if c := load(); !c.IsWorkingDay("2026-03-07") || !c.IsWorkingDay("2026-03-08") || c.IsWorkingDay("2026-03-14") {
			t.Error("the weekend of the exception is worked, the next is not")
		}
		remove := func(day period.Day) error {
			return d.Do(ctx, admin, func(tx *db.Tx) error { return calendar.Remove(ctx, tx, day) })
		}
		if err := remove("2026-03-07"); err != nil {
			t.Fatal(err)
		}
		if err := remove("2026-03-07"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("taken back twice: %v", err)
		}
		if c := load(); c.IsWorkingDay("2026-03-07") || !c.IsWorkingDay("2026-03-08") {
			t.Error("only one day was taken back")
		}
		dbtest.Do(t, d, admin, func(tx *db.Tx) error { return calendar.SetHours(ctx, tx, "7:30-11:30 13:30-17:00") })
		from := time.Date(2026, 3, 2, 7, 0, 0, 0, d.Zone)
		if got := load().Add(from, 5*time.Hour); got.Hour() != 14 || got.Minute() != 30 {
			t.Errorf("by the hospital's hours: %s", got)
		}
	})
}
