package demo_test

import (
	"log/slog"
	"regexp"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/period"
	"houqin/internal/demo"
	"houqin/internal/hospital"
)

// The invented hospital has the size that is promised, stands on both databases,
// and its books agree.
func TestTheDemoHospitalStands(t *testing.T) {
	stand := func(t *testing.T, address string) {
		h, err := hospital.Open(t.Context(), hospital.Config{DB: address, Data: t.TempDir(), Demo: true, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		h.DB.Now = func() time.Time { return dbtest.Noon }
		began := time.Now()
		if err := demo.Build(t.Context(), h.DB, 1, func(s string) { t.Log(time.Since(began).Round(time.Millisecond), s) }); err != nil {
			t.Fatal(err)
		}
		if wrong, err := h.Verify(t.Context()); err != nil || len(wrong) > 0 {
			t.Errorf("the books do not agree: %v %v", wrong, err)
		}
		for q, least := range map[string]int64{
			`SELECT count(*) FROM departments_department`: 35, `SELECT count(*) FROM departments_campus`: 2, `SELECT count(*) FROM places_place WHERE kind = 'room'`: 900,
			`SELECT count(*) FROM people_person`: 160, `SELECT count(*) FROM catalog_item`: 630, `SELECT CAST(sum(beds) AS BIGINT) FROM departments_department`: 600,
			`SELECT count(*) FROM base_trail WHERE noun = 'desk.job' AND action = 'triage'`: 300, `SELECT count(*) FROM desk_job WHERE state = 'reported' AND triaged_at > 0`: 4,
			`SELECT count(*) FROM desk_job WHERE state = 'reported' AND triaged_at = 0 AND source <> 'plan'`: 2, `SELECT count(*) FROM people_account WHERE pin <> ''`: 80,
			`SELECT count(*) FROM desk_job WHERE state = 'closed' AND cost > 0`: 800, `SELECT count(*) FROM desk_job WHERE open = true`: 40,
			`SELECT count(*) FROM approvals_seat WHERE waiting = true AND meeting <> ''`: 1, `SELECT count(*) FROM approvals_route WHERE state = 'draft'`: 1,
			`SELECT count(*) FROM messages_delivery WHERE state = 'dead' AND channel <> ''`: 1,
			`SELECT count(*) FROM people_person p JOIN people_grant g ON g.person = p.id JOIN people_role r ON r.id = g.role JOIN departments_department d ON d.id = p.department WHERE r.code = 'auditor' AND d.code <> 'H00'`: 1,
			`SELECT count(*) FROM warehouse_stock WHERE least > qty`: 4, `SELECT count(*) FROM warehouse_stock WHERE most > 0 AND most < qty`: 4,
			`SELECT CAST(sum(refused) AS BIGINT) FROM intake_import`: 3, `SELECT CAST(sum(made) AS BIGINT) FROM intake_import`: 9,
			`SELECT count(*) FROM warehouse_document WHERE kind = 'issue'`: 500, `SELECT count(*) FROM warehouse_document WHERE kind = 'receipt'`: 8,
		} {
			n, _, err := db.First(t.Context(), h.DB, func(n *int64) []any { return []any{n} }, q)
			if err != nil || n < least {
				t.Errorf("%s: %d, want at least %d (%v)", q, n, least, err)
			}
		}
		everyDeedHasItsWords(t, h)
		wardsSeeWhatIsOpen(t, h)
		opensWhatWasCounted(t, h)
	}
	t.Run("the first hour of a month", func(t *testing.T) {
		h, err := hospital.Open(t.Context(), hospital.Config{DB: dbtest.SQLite(t, hospital.Migrations), Data: t.TempDir(), Demo: true, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		first := period.DayOf(dbtest.Noon, h.DB.Zone).Month().First().Start(h.DB.Zone).Time()
		h.DB.Now = func() time.Time { return first.Add(40 * time.Minute) }
		if err := demo.Build(t.Context(), h.DB, 1, func(string) {}); err != nil {
			t.Error(err)
		}
	})
	t.Run("sqlite", func(t *testing.T) { stand(t, dbtest.SQLite(t, hospital.Migrations)) })
	t.Run("postgres", func(t *testing.T) {
		if address, ok := dbtest.Postgres(t, hospital.Migrations); ok {
			stand(t, address)
		}
	})
}

// everyDeedHasItsWords reads the trail as people do: each deed has a word in both
// languages, and no note is a name of the program's own, such as a state.
func everyDeedHasItsWords(t *testing.T, h *hospital.Hospital) {
	t.Helper()
	type deed struct{ noun, action, note string }
	deeds, err := db.All(t.Context(), h.DB, func(d *deed) []any { return []any{&d.noun, &d.action, &d.note} }, `SELECT DISTINCT noun, action, note FROM base_trail`)
	if err != nil || len(deeds) < 500 {
		t.Fatalf("%d deeds: %v", len(deeds), err)
	}
	inner := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	for _, d := range deeds {
		for _, lang := range []string{"zh", "en"} {
			if !h.Site.Words.In(lang).Has("did." + d.noun + "." + d.action) {
				t.Errorf("%s: %s.%s has no word", lang, d.noun, d.action)
			}
		}
		if inner.MatchString(d.note) {
			t.Errorf("%s.%s tells %q", d.noun, d.action, d.note)
		}
	}
}
