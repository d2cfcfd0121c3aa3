package disposal

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
)

// within narrows to open forms of departments, or of the stores that these keep, for
// which the person holds a right.
func within(by db.Actor, permission string) list.Where {
	w := list.Where{}.And("s.open = true")
	s := by.Scope(permission)
	if s.All {
		return w
	}
	a, first := list.In("s.department", s.Units)
	b, second := list.In("w.department", s.Units)
	return w.And(a+" OR "+b, append(first, second...)...)
}

// ToApply are the forms that wait for their department's leader.
func ToApply(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Slip, error) {
	return Slips.All(ctx, r, within(by, MayApply).And("s.state = 'drawn' AND k.head = ?", by.ID), limit)
}

// ToVerify are the forms whose goods somebody of the departments concerned has to look
// at: not who drew the form up or applied.
func ToVerify(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Slip, error) {
	return Slips.All(ctx, r, within(by, MayVerify).And("s.state IN ('applied', 'agreed') AND s.verified_by = '' AND s.drawn_by <> ? AND s.applied_by <> ?", by.ID, by.ID), limit)
}

// ToTakeBack are the forms whose old goods have not come back to the store, and those
// that could not be posted by themselves.
func ToTakeBack(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Slip, error) {
	return Slips.All(ctx, r, within(by, MayKeep).And("s.state IN ('applied', 'agreed') AND (s.origin = 'use' AND s.returned_by = '' OR s.stuck <> '')"), limit)
}

// ToCash are the sales whose money finance has not confirmed, and for whoever sells
// those that may be sold or whose money is not handed in.
func ToCash(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Sale, error) {
	w := list.Where{}.And("v.open = true")
	cash, a := list.In("v.department", by.Scope(MayCash).Units)
	sell, b := list.In("v.department", by.Scope(MaySell).Units)
	if by.Scope(MayCash).All {
		cash, a = "1=1", nil
	}
	if by.Scope(MaySell).All {
		sell, b = "1=1", nil
	}
	return Sales.All(ctx, r, w.And("("+cash+") AND v.state = 'paid' OR ("+sell+") AND v.state IN ('allowed', 'sold')", append(a, b...)...), limit)
}
