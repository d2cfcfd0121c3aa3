package list

import "testing"

// FuzzCursor reads the address of a page from anybody: it is what encode wrote, or it
// is refused; its first value is always of the column's own type.
//
// Holds: DB3-8.1.4.4-d AB-32
func FuzzCursor(f *testing.F) {
	number, text, flag := int64(7), "水", true
	for _, s := range []string{"", "!!", "WzEsIngiXQ", encode(&number, &text), encode(&text, &text), encode(&flag, &text), "W1tdLFtdXQ", "WzFlMywieCJd", "W251bGwsbnVsbF0", "e30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := decode(s, &number, &text); err == nil {
			if _, ok := v[0].(int64); !ok {
				t.Errorf("%q gives a %T", s, v[0])
			}
		}
		if v, err := decode(s, &text, &text); err == nil {
			if _, ok := v[0].(string); !ok {
				t.Errorf("%q gives a %T", s, v[0])
			}
		}
	})
}
