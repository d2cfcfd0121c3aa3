package hospital_test

import (
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/hospital"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// Whoever left can have their values erased: no page, list, search or export names them
// any more, while the seals over the trail still hold.
//
// Holds: C4 PI-06 PI-08
func TestSomebodyWhoLeftIsErasedAndTheSealsHold(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		s, ctx := hire(t, h), t.Context()
		office := rights(s.security, people.MayHire, people.MaySee, "base.export")
		const name, phone, login = "王水", "13900000011", "wangshui"
		dbtest.Do(t, h.DB, office, func(tx *db.Tx) error {
			if err := people.OpenAccount(ctx, tx, s.other.ID, login); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO messages_address (person, email) VALUES ($1, 'wangshui@example.org')`, s.other.ID)
			return err
		})
		try := func() error {
			return h.DB.Do(ctx, office, func(tx *db.Tx) error {
				p, err := people.Get(ctx, tx, s.other.ID)
				if err != nil {
					return err
				}
				if err := people.Erase(ctx, tx, p.ID, p.Version); err != nil {
					return err
				}
				return messages.Forget(ctx, tx, p.ID)
			})
		}
		if err := try(); !fault.Is(err, "people.still_here") {
			t.Errorf("somebody who works here: %v", err)
		}
		dbtest.Do(t, h.DB, office, func(tx *db.Tx) error { return people.Leave(ctx, tx, s.other.ID, 1, "调离") })
		if _, err := hospital.Seal(ctx, h.DB, "sha256"); err != nil {
			t.Fatal(err)
		}
		if w := as(h, office, "GET", "/people?closed=true&q="+phone); !strings.Contains(w.Body.String(), name) {
			t.Fatal("not found before either")
		}
		if w := as(h, office, "GET", "/people/"+s.other.ID); !strings.Contains(w.Body.String(), "/people/"+s.other.ID+"/erase") {
			t.Error("the page does not offer it")
		}
		if w := as(h, rights(s.nurse, people.MaySee), "GET", "/people/"+s.other.ID); strings.Contains(w.Body.String(), "/erase") {
			t.Error("a nurse is offered it")
		}
		if err := try(); err != nil {
			t.Fatal(err)
		}
		for _, at := range []string{"/people?closed=true", "/people?q=" + name, "/people?closed=true&q=" + phone, "/people/" + s.other.ID, "/people?closed=true&format=csv"} {
			w := as(h, office, "GET", at)
			for _, left := range []string{name, phone, login, "wangshui@"} {
				if body := strings.ReplaceAll(w.Body.String(), `value="`+left+`"`, ""); strings.Contains(body, left) && !strings.Contains(at, "q=") {
					t.Errorf("%s still says %s", at, left)
				}
			}
			if strings.Contains(at, "q=") && strings.Contains(w.Body.String(), "/people/"+s.other.ID) {
				t.Errorf("%s still finds the entry", at)
			}
		}
		for table, q := range map[string]string{
			"person": `SELECT count(*) FROM people_person WHERE name = '王水' OR phone = '13900000011' OR search LIKE '%王%'`, "account": `SELECT count(*) FROM people_account WHERE login = 'wangshui'`,
			"sessions": `SELECT count(*) FROM people_session WHERE person = '` + s.other.ID + `'`, "e-mail": `SELECT count(*) FROM messages_address`,
			"telephone in the trail": `SELECT count(*) FROM base_trail WHERE detail LIKE '%13900000011%'`,
		} {
			if n := number(t, h.DB, q); n != 0 {
				t.Errorf("%s: %d left", table, n)
			}
		}
		if err := try(); !fault.Is(err, "people.erased") {
			t.Errorf("erased again: %v", err)
		}
		back := h.DB.Do(ctx, office, func(tx *db.Tx) error { return people.Return(ctx, tx, s.other.ID, 3) })
		if !fault.Is(back, "people.erased") {
			t.Errorf("came back: %v", back)
		}
		if r, err := hospital.VerifySeals(ctx, h.DB); err != nil || len(r.Findings) != 0 {
			t.Errorf("the seals: %+v, %v", r, err)
		}
	})
}
