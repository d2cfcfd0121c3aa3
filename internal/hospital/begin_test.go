package hospital_test

import (
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/hospital"
	"houqin/internal/people"
	"houqin/internal/places"
)

// Who sets up an empty hospital is led to what it lacks, and sees who does it; nobody else is
// troubled by it.
func TestAnEmptyHospitalSaysWhatItLacks(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		rights := func(code string) []string {
			for _, r := range hospital.Roles {
				if r.Code == code {
					return r.Rights
				}
			}
			t.Fatal("no role " + code)
			return nil
		}
		admin, nurse := dbtest.Person("admin", rights("administrator")...), dbtest.Person("nurse", rights("ward")...)
		if at := as(h, admin, "GET", "/").Header().Get("Location"); at != "/begin" {
			t.Errorf("the first administrator is led to %q", at)
		}
		if at := as(h, nurse, "GET", "/").Header().Get("Location"); at == "/begin" {
			t.Error("a nurse is to set the hospital up")
		}
		if strings.Contains(as(h, nurse, "GET", "/desk/ward").Body.String(), "/begin") {
			t.Error("a nurse's doors lead to setting up")
		}
		page := as(h, admin, "GET", "/begin").Body.String()
		for _, see := range []string{"还缺 9 项", "--role security_admin", `href="/intake/new?kind=departments"`, `href="/intake/new?kind=staff"`, "安全管理员授角色"} {
			if !strings.Contains(page, see) {
				t.Errorf("the page does not say %s", see)
			}
		}
		for _, not := range []string{`href="/desk/settings"`, "NaN", "«"} { // is the director's
			if strings.Contains(page, not) {
				t.Errorf("the page says %s", not)
			}
		}
		dbtest.Do(t, h.DB, db.System("test"), func(tx *db.Tx) error {
			for _, d := range []departments.Department{{Code: "N01", Name: "内一科", Kind: departments.Ward}, {Code: "N02", Name: "外一科", Kind: departments.Ward}, {Code: "H01", Name: "电工班", Kind: departments.Team}} {
				if err := departments.Found(t.Context(), tx, &d); err != nil {
					return err
				}
				if d.Kind == departments.Team {
					if err := people.Hire(t.Context(), tx, &people.Person{Number: "1201", Name: "李强", Department: d.ID}); err != nil {
						return err
					}
					continue
				}
				if err := places.Add(t.Context(), tx, &places.Place{Code: d.Code, Name: "楼" + d.Code, Kind: places.Building, Department: d.ID}); err != nil {
					return err
				}
			}
			return nil
		})
		if page := as(h, admin, "GET", "/begin").Body.String(); !strings.Contains(page, "还缺 5 项") {
			t.Error("what was done is not counted")
		}
		// Once the desk is at work everybody begins at their own.
		dbtest.Do(t, h.DB, nurse, func(tx *db.Tx) error {
			d, err := departments.ByCode(t.Context(), tx, "N01")
			if err != nil {
				return err
			}
			p, err := places.ByCode(t.Context(), tx, "N01")
			if err != nil {
				return err
			}
			_, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "灯不亮", Trade: "electric", Urgency: desk.Normal, Department: d.ID, Place: p.ID, Source: "ward"})
			return err
		})
		if at := as(h, admin, "GET", "/").Header().Get("Location"); at != "/intake" {
			t.Errorf("the administrator of a hospital at work is led to %q", at)
		}
	})
}
