package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"houqin/internal/base/fault"
)

func TestComplaintsNameEveryFieldOnce(t *testing.T) {
	var c fault.Complaints
	if c.Err() != nil {
		t.Fatal("no complaint is no error")
	}
	c.Add("title", "base.required")
	c.Add("title", "base.too_long", 200)
	c.Add("lines.2.qty", "base.number")
	err := c.Err()
	if fault.KindOf(err) != fault.Invalid || !fault.Is(err, "base.required") || fault.Is(err, "base.too_long") || !fault.Is(err, "base.number") {
		t.Errorf("got %v", err)
	}
}

func TestComplaintsAreGatheredAndOtherFaultsGoOn(t *testing.T) {
	var all fault.Complaints
	all.Add("lines.1.qty", "base.number")
	one := fault.OnField("qty", "base.required").Under("S-036")
	if err := errors.Join(all.Gather("", nil), all.Gather("lines.0.", one), all.Gather("lines.1.", one)); err != nil {
		t.Fatal(err)
	}
	want := fault.Complaints{{Path: "lines.1.qty", Key: "base.number"}, {Path: "lines.0.qty", Key: "base.required", Clause: "S-036"}}
	if fmt.Sprint(all) != fmt.Sprint(want) {
		t.Errorf("gathered %v", all)
	}
	for _, other := range []error{errors.New("disk"), fault.New(fault.Conflict, "x.stale"), fault.New(fault.Invalid, "x.whole")} {
		if all.Gather("", other) != other || len(all) != 2 {
			t.Errorf("%v is not given back", other)
		}
	}
}

func TestAnUnknownErrorIsInternalAndAWrappedFaultIsNot(t *testing.T) {
	if fault.KindOf(errors.New("disk")) != fault.Internal {
		t.Error("a plain error is internal")
	}
	if err := fmt.Errorf("job 7: %w", fault.New(fault.Conflict, "desk.stale")); fault.KindOf(err) != fault.Conflict {
		t.Error("a wrapped fault keeps its kind")
	}
}

func TestAFaultCitesTheRulesBehindIt(t *testing.T) {
	var c fault.Complaints
	c.Cite("S-036", "lines.0.qty", "warehouse.rest_expired")
	c.Add("lines.1.qty", "base.number")
	c.Cite("S-036", "lines.2.qty", "warehouse.rest_expired")
	e, _ := errors.AsType[*fault.Error](c.Err())
	if got := fmt.Sprint(e.Clauses()); got != "[S-036]" {
		t.Errorf("complaints cite %s", got)
	}
	if got := fault.New(fault.Conflict, "x.y").Under("S-011").Clauses(); len(got) != 1 || got[0] != "S-011" {
		t.Errorf("a fault cites %v", got)
	}
	if got := fault.New(fault.Conflict, "x.y").Clauses(); got != nil {
		t.Errorf("nothing cited, and yet %v", got)
	}
}
