package people_test

import (
	"context"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/people"
)

// Clause: O-007 O-008 O-009 O-010 O-012
func TestTheRegisterOfCertificates(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, ctx := h.hires("1001", "王建国"), t.Context()
		today := h.d.Today()
		enter := func(c people.Certificate) (people.Certificate, error) {
			c.Person = p.ID
			err := h.try(boss, func(tx *db.Tx) error { return people.Certify(ctx, tx, &c) })
			return c, err
		}
		// What is re-examined on a cycle holds for one cycle, the last day included.
		for kind, months := range map[string]int{"driving": 12, "electrician": 36, "welding": 36, "steriliser": 48} {
			c, err := enter(people.Certificate{Kind: kind, IssuedOn: today})
			if want := today.AddMonths(months); err != nil || c.EndsOn != want || !c.Holds(want) || c.Holds(want.AddDays(1)) || c.Holds(today.AddDays(-1)) {
				t.Errorf("%s of today holds until %s, want %s; %v", kind, c.EndsOn, want, err)
			}
		}
		if c, err := enter(people.Certificate{Kind: "water_test", IssuedOn: today}); err != nil || c.EndsOn != people.Endless {
			t.Errorf("without end: %+v, %v", c, err)
		}
		if c, err := enter(people.Certificate{Kind: "electrician", IssuedOn: today.AddMonths(-30), ValidUntil: today.AddDays(10)}); err != nil || c.EndsOn != today.AddDays(10) {
			t.Errorf("what is printed comes first: %+v, %v", c, err)
		}
		for field, c := range map[string]people.Certificate{"kind": {Kind: "none", IssuedOn: today}, "issued_on": {Kind: "work", IssuedOn: today.AddDays(1)},
			"valid_until": {Kind: "work", IssuedOn: today, ValidUntil: today.AddDays(-1)}, "checked_on": {Kind: "work", IssuedOn: today, CheckedOn: today.AddDays(1)}} {
			_, err := enter(c)
			if e, ok := err.(*fault.Error); !ok || len(e.Fields) != 1 || e.Fields[0].Path != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		// A driver's ends today: it is warned of until it is re-examined or a newer one is there.
		old, err := enter(people.Certificate{Kind: "lift", IssuedOn: today.AddMonths(-24), ValidUntil: today})
		if err != nil {
			t.Fatal(err)
		}
		warned := func() (n int) {
			t.Helper()
			all, err := people.Expiring(ctx, h.d, boss, 100)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		if warned() != 1 {
			t.Errorf("%d are warned of: the older electrician's is replaced, the lift's is not", warned())
		}
		h.do(boss, func(tx *db.Tx) error {
			return people.Recheck(ctx, tx, old.ID, 1, people.Check{On: today, Until: today.AddMonths(24)})
		})
		if warned() != 0 {
			t.Error("re-examined, it is still warned of")
		}
		if err := h.try(boss, func(tx *db.Tx) error { return people.Recheck(ctx, tx, old.ID, 1, people.Check{On: today}) }); !fault.Is(err, "base.stale") {
			t.Errorf("a second one who saw the old version: %v", err)
		}
		h.do(boss, func(tx *db.Tx) error { return people.RevokeCertificate(ctx, tx, old.ID, 2, "吊销") })
		of, err := people.CertificatesOf(context.Background(), h.d, []string{p.ID})
		if err != nil || len(of[p.ID]) != 6 {
			t.Errorf("%d are left, %v", len(of[p.ID]), err)
		}
		for i := 1; i < len(of[p.ID]); i++ {
			if of[p.ID][i].EndsOn > of[p.ID][i-1].EndsOn {
				t.Error("the longest-lived does not come first")
			}
		}
		// Nobody sees, and nobody enters, those of another department.
		stranger := db.Actor{ID: "x", Unit: h.team.ID, Rights: db.Rights{people.MayCertify: db.Scope{Units: []string{h.team.ID}}}}
		if _, err := people.CertificateByID(ctx, h.d, stranger, old.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger sees it: %v", err)
		}
		if page, err := people.Certificates.Fetch(ctx, h.d, list.Query{Text: "王建国"}, people.Scope(boss)); err != nil || page.Count != 7 {
			t.Errorf("found by name: %d, %v", page.Count, err)
		}
		var none period.Day
		if c, err := enter(people.Certificate{Kind: "work", IssuedOn: none}); err == nil {
			t.Errorf("issued on no day: %+v", c)
		}
	})
}
