package db

import (
	"reflect"
	"testing"
)

func TestARowIsReadAsItWasWritten(t *testing.T) {
	rows := [][]any{
		{"", int64(0), []byte{}},
		{"plain", int64(-1 << 63), []byte{0, 1, 255}},
		{"\"\\/\b\f\n\r\t\x00\x7f\u2028 é 手 𠮷 </script>", int64(1<<63 - 1), []byte("x")},
		{"no \xff UTF-8 \xc3", nil, nil},
		{nil, int64(1), []byte("]\n[")},
	}
	part := []byte("[\"a text\",\"b int\",\"c bytes\"]\n")
	for _, r := range rows {
		var err error
		if part, err = appendRow(part, r); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	err := readPart(part, func(c []column) error {
		if !reflect.DeepEqual(c, []column{{"a", "text"}, {"b", "int"}, {"c", "bytes"}}) {
			t.Errorf("columns %v", c)
		}
		return nil
	}, func(v []any) error {
		if !reflect.DeepEqual(v, rows[n]) {
			t.Errorf("row %d: %#v", n, v)
		}
		n++
		return nil
	})
	if err != nil || n != len(rows) {
		t.Errorf("%d rows, %v", n, err)
	}
}

func FuzzReadPart(f *testing.F) {
	for _, s := range []string{"", "[]\n", "[\"a text\"]\n", "[\"a text\",\"b int\"]\n[\"x\",12]\n", "[\"c bytes\"]\n[\"AAE=\"]\n[null]\n",
		"[\"a text\"]\n[{\"base64\":\"/w==\"}]\n", "[\"a text\"]\n[\"\\u0000\\\"\"]\n", "[\"a int\"]\n[-]\n", "[\"a text\"]\n[\"\\"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, part []byte) {
		var columns []column
		readPart(part, func(c []column) error { columns = c; return nil }, func(v []any) error {
			again, err := appendRow(nil, v)
			if err != nil {
				t.Fatal(err)
			}
			got := make([]any, len(columns))
			if len(columns) > 0 {
				if err := readRow(again[:len(again)-1], columns, got); err != nil {
					t.Fatalf("%q is not read again: %v", again, err)
				}
			}
			return nil
		})
	})
}
