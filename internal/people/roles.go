package people

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/departments"
	"houqin/internal/places"
)

// Role is a set of permissions under a name. The program ships some; the hospital
// changes them and makes others.
type Role struct {
	ID      string   `json:"id"`
	Code    string   `json:"code"`
	NameZh  string   `json:"name_zh"`
	NameEn  string   `json:"name_en"`
	Rights  []string `json:"rights"`
	Factor  bool     `json:"factor"` // whoever holds it gives a second factor
	Edited  bool     `json:"edited"`
	Closed  bool     `json:"closed"`
	Version int64    `json:"version"`
}

// Name is the role's name in a language.
func (r Role) Name(lang string) string {
	if lang == "en" {
		return r.NameEn
	}
	return r.NameZh
}

// RoleSpec is a role as the program ships it.
type RoleSpec struct {
	Code, NameZh, NameEn string
	Rights               []string
	Factor               bool
}

type power struct {
	seat   string
	rights []string
}

// powers are the permissions that make a seat: whoever holds one of a row may hold
// none of the others. Making accounts goes with the system seat (GB/T 22239
// 8.1.5.1 b), granting rights with the security seat (8.1.5.3 b).
var powers = []power{
	{SystemSeat, []string{SystemSeat, MayHire}},
	{SecuritySeat, []string{SecuritySeat, MayGrant}},
	{AuditSeat, []string{AuditSeat}},
}

// beside are the permissions that go with any seat: to see who is there, and to give
// the house its shape. With everything else a seat would do business, which none of
// the three may (GB/T 22239 8.1.4.2 d).
var beside = []string{MaySee, MayWatch, MayProve, departments.MaySee, departments.MayChange, places.MayChange, "intake.import", "messages.run"}

// business says whether a permission is one that no administrator holds.
func business(right string) bool {
	return !slices.Contains(beside, right) && !slices.ContainsFunc(powers, func(p power) bool { return slices.Contains(p.rights, right) })
}

// seats are the seats that these permissions amount to.
func seats(rights []string) (held []string) {
	for _, p := range powers {
		if slices.ContainsFunc(p.rights, func(r string) bool { return slices.Contains(rights, r) }) {
			held = append(held, p.seat)
		}
	}
	return held
}

// apart refuses permissions that would put one person on two seats, or on a seat and
// to work.
func apart(rights []string) error {
	held := seats(rights)
	switch {
	case len(held) > 1:
		return fault.New(fault.Conflict, "people.seats_apart")
	case len(held) == 1 && slices.ContainsFunc(rights, business):
		return fault.New(fault.Conflict, "people.seat_and_business")
	}
	return nil
}

// EnsureRoles brings the shipped roles into the books at every start: new ones are
// made, those the hospital has not touched follow the program, those it has changed
// stay as they are. It is for the program itself.
func EnsureRoles(ctx context.Context, tx *db.Tx, specs []RoleSpec) error {
	if err := tx.Need(MayGrant); err != nil {
		return err
	}
	have, err := Roles(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range specs {
		want := Role{Code: s.Code, NameZh: s.NameZh, NameEn: s.NameEn, Rights: tidy(s.Rights), Factor: s.Factor || len(seats(s.Rights)) > 0}
		if err := apart(want.Rights); err != nil {
			return err
		}
		i := slices.IndexFunc(have, func(r Role) bool { return r.Code == s.Code })
		action := "make"
		if i >= 0 {
			was := have[i]
			if was.Edited || was.NameZh == want.NameZh && was.NameEn == want.NameEn && slices.Equal(was.Rights, want.Rights) && was.Factor == want.Factor {
				continue
			}
			want.ID, want.Version, action = was.ID, was.Version, "change"
			err = updateRole(ctx, tx, want)
		} else {
			want.ID, want.Version = tx.NewID(), 1
			err = insertRole(ctx, tx, want)
		}
		if err != nil {
			return err
		}
		if err := tx.Trail(ctx, db.Event{Noun: "people.role", Record: want.ID, Action: action, Note: want.NameZh, After: want}); err != nil {
			return err
		}
	}
	return nil
}

// MakeRole adds a role of the hospital's own. Permissions of two seats in one role
// are refused; a code already there is refused at its field.
func MakeRole(ctx context.Context, tx *db.Tx, r *Role) error {
	if err := tx.Need(MayGrant); err != nil {
		return err
	}
	r.ID, r.Version, r.Edited, r.Closed = tx.NewID(), 1, true, false
	if err := checkRole(ctx, tx, r); err != nil {
		return err
	}
	if err := insertRole(ctx, tx, *r); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.role", Record: r.ID, Action: "make", Note: r.NameZh, After: r})
}

// ChangeRole changes names and permissions of a role. It is refused when somebody
// who holds the role would come to hold two seats, when it is a role of the person
// who changes it, or when nobody would be left who may hire or grant.
func ChangeRole(ctx context.Context, tx *db.Tx, r *Role) error {
	if err := tx.Need(MayGrant); err != nil {
		return err
	}
	before, err := holdPowers(ctx, tx)
	if err != nil {
		return err
	}
	was, err := RoleByID(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	r.Code, r.Edited, r.Closed = was.Code, true, was.Closed
	if err := checkRole(ctx, tx, r); err != nil {
		return err
	}
	if mine, err := holds(ctx, tx, tx.By.ID, r.ID); err != nil {
		return err
	} else if mine && !slices.Equal(was.Rights, r.Rights) {
		return fault.New(fault.Conflict, "people.own_role")
	}
	if err := updateRole(ctx, tx, *r); err != nil {
		return err
	}
	if both, err := onTwoSeats(ctx, tx); err != nil {
		return err
	} else if both != "" {
		return fault.New(fault.Conflict, "people.seats_apart_for", both)
	}
	if err := before.kept(ctx, tx); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.role", Record: r.ID, Action: "change", Note: r.NameZh, Before: was, After: r})
}

// CloseRole takes a role out of use; one that somebody holds is a Conflict.
func CloseRole(ctx context.Context, tx *db.Tx, id string, version int64) error {
	if err := tx.Need(MayGrant); err != nil {
		return err
	}
	if _, err := holdPowers(ctx, tx); err != nil {
		return err
	}
	r, err := RoleByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if n, err := holders(ctx, tx, id); err != nil {
		return err
	} else if n > 0 {
		return fault.New(fault.Conflict, "people.role_held", n)
	}
	if err := shutRole(ctx, tx, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.role", Record: id, Action: "close", Note: r.NameZh})
}

func checkRole(ctx context.Context, tx *db.Tx, r *Role) error {
	var bad fault.Complaints
	r.Code, r.NameZh, r.NameEn, r.Rights = strings.TrimSpace(r.Code), strings.TrimSpace(r.NameZh), strings.TrimSpace(r.NameEn), tidy(r.Rights)
	if r.NameZh == "" {
		bad.Add("name_zh", "base.required")
	}
	if r.NameEn == "" {
		r.NameEn = r.NameZh
	}
	if r.Code == "" {
		bad.Add("code", "base.required")
	}
	if strings.ContainsFunc(r.NameZh+r.NameEn, unseen) {
		bad.Add("name_zh", "people.unseen_letters")
	}
	if taken, err := codeTaken(ctx, tx, r.Code, r.ID); err != nil {
		return err
	} else if taken {
		bad.Add("code", "people.code_taken", r.Code)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	r.Factor = r.Factor || len(seats(r.Rights)) > 0 // a seat is never taken with a password alone
	return apart(r.Rights)
}

func tidy(rights []string) []string {
	rights = slices.Clone(rights)
	slices.Sort(rights)
	return slices.Compact(rights)
}
