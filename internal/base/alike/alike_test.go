package alike_test

import (
	"testing"

	"houqin/internal/base/alike"
)

// Holds: AB-29 v5.0.0-1.1.1
func TestNamesThatLookTheSameHaveOneKey(t *testing.T) {
	for _, c := range []struct {
		one, two string
		same     bool
	}{
		{"张伟", "張伟", true}, {"康达公司", "康達公司", true}, {"康达公司 ", "康达公司", true}, {"康达\u200b公司", "康达公司", true},
		{"康达\u202e公司", "康达公司", true}, {"ABC 器械", "ＡＢＣ器械", true}, {"Cardio", "Сardio", true}, {"cafe", "Café", true},
		{"康达（集团）公司", "康达(集团)公司", true}, {"Kiev", "Kıev", true},
		{"张伟", "张玮", false}, {"内一科", "内二科", false}, {"一病区", "二病区", false}, {"A-1", "A-2", false},
	} {
		if got := alike.Key(c.one) == alike.Key(c.two); got != c.same {
			t.Errorf("%q and %q: %v, keys %q %q", c.one, c.two, got, alike.Key(c.one), alike.Key(c.two))
		}
	}
	if alike.Code("l00l") != alike.Code("1001") || alike.Code("u0010") == alike.Code("u0011") {
		t.Error("codes")
	}
	if !alike.Unseen("a\u202eb") || !alike.Unseen("a\u200bb") || alike.Unseen("内一科 A") {
		t.Error("unseen")
	}
}
