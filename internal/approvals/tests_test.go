package approvals_test

import (
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/fault"
	"houqin/internal/base/words"
)

// A condition of simple comparisons is read into lines and written from them again the
// same; what is more than that stays text.
func TestAConditionIsLinesOrText(t *testing.T) {
	const contract = "contracts.contract"
	for when, lines := range map[string]int{
		"":                             0,
		"legal":                        1,
		"not legal":                    1,
		`years >= rule["C-006.years"]`: 1,
		"years > 3 and not legal":      2,
		"years < 2 or legal and years != 5 or not legal": 4,
		"(years > 3 or legal) and years < 9":             -1,
		"years + 1 > 3":                                  -1,
		"not (years > 3)":                                -1,
		"years in [1, 2]":                                -1,
		"3 < years":                                      -1,
		`years > -1`:                                     -1,
		"special":                                        -1,
	} {
		tests, ok := approvals.TestsOf(contract, when)
		if ok != (lines >= 0) || ok && len(tests) != lines {
			t.Errorf("%s: %v %+v", when, ok, tests)
			continue
		}
		if !ok || lines == 0 {
			continue
		}
		if got := written(t, contract, tests); got != when {
			t.Errorf("%s became %s", when, got)
		}
	}
	if tests, ok := approvals.TestsOf("desk.outside", `urgency != "normal"`); !ok || len(tests) != 1 || tests[0].Value != "normal" || written(t, "desk.outside", tests) != `urgency != "normal"` {
		t.Errorf("%v %+v", ok, tests)
	}
	if tests, ok := approvals.TestsOf(contract, "legal && years > 1 || !legal"); !ok || written(t, contract, tests) != "legal and years > 1 or not legal" {
		t.Errorf("%v %+v", ok, tests)
	}
}

func written(t *testing.T, kind string, tests []approvals.Test) string {
	t.Helper()
	rt, err := approvals.ReadLines(t.Context(), nil, &words.Book{}, kind, []approvals.Line{{Tests: tests}})
	if err != nil {
		t.Fatal(err)
	}
	return rt.Tiers[0].When
}

// What is wrong with a line of a condition is said at that line.
func TestFlawsOfAConditionsLines(t *testing.T) {
	for _, c := range []struct {
		kind string
		test approvals.Test
		want string
	}{
		{"contracts.contract", approvals.Test{What: "years"}, "tiers.0.tests.0.value approvals.test_value"},
		{"contracts.contract", approvals.Test{What: "years", Value: "viele"}, "tiers.0.tests.0.value base.number"},
		{"contracts.contract", approvals.Test{What: "years", Value: "3", Rule: "C-006.years"}, "tiers.0.tests.0.rule approvals.test_both"},
		{"contracts.contract", approvals.Test{What: "years", Rule: "years"}, "tiers.0.tests.0.rule approvals.test_rule"},
		{"contracts.contract", approvals.Test{What: "legal", Is: ">"}, "tiers.0.tests.0.is approvals.test_is"},
		{"contracts.contract", approvals.Test{What: "legal", Value: "1"}, "tiers.0.tests.0.value approvals.test_flag"},
		{"contracts.contract", approvals.Test{Value: "1"}, "tiers.0.tests.0.what approvals.test_what"},
		{"contracts.contract", approvals.Test{What: "special"}, "tiers.0.tests.0.what approvals.test_what"},
		{"contracts.contract", approvals.Test{What: "years", Is: "in", Value: "1"}, "tiers.0.tests.0.is approvals.test_is"},
		{"desk.outside", approvals.Test{What: "urgency", Is: ">", Value: "normal"}, "tiers.0.tests.0.is approvals.test_is"},
	} {
		_, err := approvals.ReadLines(t.Context(), nil, &words.Book{}, c.kind, []approvals.Line{{Tests: []approvals.Test{c.test}}})
		e, ok := err.(*fault.Error)
		if !ok || len(e.Fields) == 0 {
			t.Errorf("%+v: %v", c.test, err)
			continue
		}
		if got := e.Fields[0].Path + " " + e.Fields[0].Key; !strings.HasPrefix(got, c.want) {
			t.Errorf("%+v: %s, not %s", c.test, got, c.want)
		}
	}
	if _, err := approvals.ReadLines(t.Context(), nil, &words.Book{}, "contracts.contract", []approvals.Line{{When: "legal", Tests: []approvals.Test{{What: "legal"}}}}); !fault.Is(err, "approvals.when_twice") {
		t.Errorf("written twice: %v", err)
	}
}
