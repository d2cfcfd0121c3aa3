package hospital_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/departments"
	"houqin/internal/hospital"
	"houqin/internal/people"
	"houqin/internal/suppliers"
)

// No department, supplier or login that is taken for another can be entered beside it.
//
// Holds: AB-29 DB3-8.1.4.1-a v5.0.0-2.2.1
func TestNothingIsEnteredThatLooksLikeAnother(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		ctx, boss := t.Context(), db.System("boss")
		try := func(f func(*db.Tx) error) error { return h.DB.Do(ctx, boss, f) }
		department := func(code, name string) error {
			return try(func(tx *db.Tx) error {
				return departments.Found(ctx, tx, &departments.Department{Code: code, Name: name, Kind: departments.Ward})
			})
		}
		supplier := func(name string) error {
			return try(func(tx *db.Tx) error { return suppliers.Add(ctx, tx, &suppliers.Supplier{Name: name}) })
		}
		n := 0
		login := func(text string) error {
			return try(func(tx *db.Tx) error {
				d, err := departments.ByCode(ctx, tx, "N1")
				if err != nil {
					return err
				}
				n++
				p := people.Person{Number: string(rune('A'+n)) + "1", Name: "某人", Department: d.ID}
				if err := people.Hire(ctx, tx, &p); err != nil {
					return err
				}
				return people.OpenAccount(ctx, tx, p.ID, text)
			})
		}
		for _, c := range []struct {
			what string
			err  error
			key  string
		}{
			{"a ward", department("N1", "ICU 病区"), ""}, {"in full width", department("N2", "ＩＣＵ病区"), "base.looks_like"},
			{"in Cyrillic", department("N3", "IСU 病区"), "base.looks_like"}, {"with something unseen", department("N4", "ICU\u202e病区"), "base.unseen_letters"},
			{"of the same name, on another campus", department("N5", "ICU 病区"), ""}, {"another ward", department("N6", "CCU 病区"), ""},
			{"a firm", supplier("康达医疗器械有限公司"), ""}, {"in traditional characters", supplier("康達醫療器械有限公司"), "base.looks_like"},
			{"with a space", supplier("康达医疗 器械有限公司"), "base.looks_like"}, {"another firm", supplier("康民医疗器械有限公司"), ""},
			{"a login", login("li001"), ""}, {"with letters for digits", login("liool"), "base.looks_like"}, {"in full width", login("ｌｉ００１"), "people.login_taken"}, {"another login", login("li002"), ""},
		} {
			if c.key == "" && c.err != nil || c.key != "" && !fault.Is(c.err, c.key) {
				t.Errorf("%s: %v, want %q", c.what, c.err, c.key)
			}
		}
	})
}
