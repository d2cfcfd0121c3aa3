package hospital_test

import (
	"slices"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/web"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

// The three administrators reach no business, and none of them the doors of another;
// whoever approves, answers for money and goods, or may take everything away gives a
// second factor.
//
// Holds: AB-40 DB3-8.1.4.2-d DB3-8.1.5.1-b DB3-8.1.5.2-b DB3-8.1.5.3-b v5.0.0-6.3.3
func TestTheThreeAdministratorsDoNoBusiness(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		rooms := map[string][]string{
			"administrator":  {"people", "me", "departments", "campuses", "places", "intake", "views", "devices", "channels", "deliveries", "dead-jobs"},
			"security_admin": {"people", "me", "roles", "devices", "events", "departments", "views"},
			"audit_admin":    {"people", "me", "audit", "events", "departments", "views"},
		}
		for _, role := range hospital.Roles {
			allowed, seat := rooms[role.Code]
			r := db.Rights{}
			for _, p := range role.Rights {
				r[p] = db.Scope{All: true}
			}
			by := db.Actor{ID: role.Code, Rights: r}
			if !seat {
				if slices.ContainsFunc([]string{people.SystemSeat, people.SecuritySeat, people.AuditSeat}, by.May) || by.May(people.MayHire) || by.May(people.MayGrant) {
					t.Errorf("%s sits on a seat", role.Code)
				}
				continue
			}
			for _, rt := range h.Site.Routes() {
				_, path, _ := strings.Cut(rt.At, " ")
				room, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
				if rt.Need != web.Anyone && rt.Need != web.SignedIn && by.May(rt.Need) && !slices.Contains(allowed, room) {
					t.Errorf("%s is open to the %s", rt.At, role.Code)
				}
			}
		}
		for _, code := range []string{"administrator", "security_admin", "audit_admin", "director", "section_head", "vice_president", "storekeeper", "auditor", "data_clerk"} {
			role, err := people.RoleByCode(t.Context(), h.DB, code)
			if err != nil || !role.Factor {
				t.Errorf("%s comes in with a password alone: %v", code, err)
			}
		}
	})
}

// Every door that gives rights, makes keys or changes what protects an account is
// declared dangerous in the route table.
//
// Holds: v5.0.0-7.5.3 v5.0.0-7.5.1
func TestDangerousDoorsSaySo(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		n := 0
		for _, rt := range h.Site.Routes() {
			method, path, _ := strings.Cut(rt.At, " ")
			dangerous := method == "POST" && (rt.Need == people.MayGrant && !strings.Contains(path, "/sessions/") && !strings.HasSuffix(path, "/tokens/revoke") ||
				strings.HasPrefix(path, "/me/factor") || path == "/me/tokens" || path == "/people/{id}/password" || path == "/people/{id}/factor/off")
			if dangerous && !rt.Sure {
				t.Errorf("%s does not ask again", rt.At)
			}
			if rt.Sure {
				n++
				if !rt.PageOnly {
					t.Errorf("%s is open to programs", rt.At)
				}
			}
		}
		if n < 12 {
			t.Errorf("only %d doors ask again", n)
		}
	})
}
