package desk_test

import (
	"testing"

	"houqin/internal/desk"
)

// Who scans the code of a lift, which stands in no room, reads its name once.
func TestACodeIsNamedOnce(t *testing.T) {
	for _, c := range []struct {
		code        desk.Code
		name, place string
	}{
		{desk.Code{AssetName: "医用电梯", PlaceName: "医用电梯"}, "医用电梯", ""},
		{desk.Code{AssetName: "制氧机", PlaceName: "门诊楼 / 1层"}, "制氧机", "门诊楼 / 1层"},
		{desk.Code{PlaceName: "301病房"}, "301病房", ""},
	} {
		if c.code.Name() != c.name || c.code.Elsewhere() != c.place {
			t.Errorf("%+v is told as %q at %q", c.code, c.code.Name(), c.code.Elsewhere())
		}
	}
}
