package list

import "testing"

// FuzzCursor reads the address of a page from anybody: it is what encode wrote, or it
// is refused; its first value is always of the column's own type.
//
// Holds: DB3-8.1.4.4-d AB-32
func FuzzCursor(f *testing.F) {
	for _, s := range []string{"", "!!", "WzEsIngiXQ", encode(int64(7), "06j10taa0183ztkfdbdc"), encode("水", "x"), encode(true, "x"), "W1tdLFtdXQ", "WzFlMywieCJd", "W251bGwsbnVsbF0", "e30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := decode(s, int64(0)); err == nil {
			if _, ok := v[0].(int64); !ok {
				t.Errorf("%q gives a %T", s, v[0])
			}
		}
		if v, err := decode(s, ""); err == nil {
			if _, ok := v[0].(string); !ok {
				t.Errorf("%q gives a %T", s, v[0])
			}
		}
	})
}
