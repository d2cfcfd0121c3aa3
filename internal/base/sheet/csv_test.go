package sheet_test

import (
	"strings"
	"testing"
)

func TestCSV(t *testing.T) {
	for _, c := range []struct {
		name, data string
		sep        rune
		want       string
	}{
		{"commas", "a,b,c\n1,2,3\n", ',', "1: a|b|c\n2: 1|2|3\n"},
		{"tabs", "a\tb\n1,5\t2,5\n3,5\t4,5\n", '\t', "1: a|b\n2: 1,5|2,5\n3: 3,5|4,5\n"},
		{"semicolons with decimal commas", "a;b\n1,5;2,5\n3,5;4,5\n", ';', "1: a|b\n2: 1,5|2,5\n3: 3,5|4,5\n"},
		{"dollars with commas inside names", "$$G$\nCode$Name, full$No.$x\n1$A, B, C$2$\n2$D$3$\n3$E, F$4$\n", '$', "1: ||G\n2: Code|Name, full|No.|x\n3: 1|A, B, C|2\n4: 2|D|3\n5: 3|E, F|4\n"},
		{"bars", "a|b\n1|2\n", '|', "1: a|b\n2: 1|2\n"},
		{"told by the file", "sep=;\r\na,x;b\r\n1;2\r\n", ';', "1: a,x|b\n2: 1|2\n"},
		{"one column", "名称\n氧气\n纱布\n", ',', "1: 名称\n2: 氧气\n3: 纱布\n"},
		{"title lines above", "某某医院\n制表：2026年\na,b,c\n1,2,3\n4,5,6\n7,8,9\n", ',', "1: 某某医院\n2: 制表：2026年\n3: a|b|c\n4: 1|2|3\n5: 4|5|6\n6: 7|8|9\n"},
		{"quotes", "a,b\n\"x, \"\"y\"\"\nz\",2\n", ',', "1: a|b\n2: x, \"y\"\nz|2\n"},
		{"a line within quotes is one row", "a,b\n\"x\r\ny\",1\n3,4\n", ',', "1: a|b\n2: x\ny|1\n3: 3|4\n"},
		{"inches", "a,b\n5\" pipe,1\n6\" pipe,2\n", ',', "1: a|b\n2: 5\" pipe|1\n3: 6\" pipe|2\n"},
		{"what follows a closing quote belongs to the cell", "a,b\n\"5\" pipe,1\n", ',', "1: a|b\n2: 5 pipe|1\n"},
		{"empty rows are counted", "a,b\n\n,\n \t,\u3000\n1,2\n", ',', "1: a|b\n5: 1|2\n"},
		{"old line ends", "a,b\r1,2\r3,4", ',', "1: a|b\n2: 1|2\n3: 3|4\n"},
		{"no last line end", "a,b\n1,2", ',', "1: a|b\n2: 1|2\n"},
		{"end mark", "a,b\n1,2\n\x1A", ',', "1: a|b\n2: 1|2\n"},
		{"spaces of all kinds around", "a ,\u3000b\n\u00A01 ,\uFEFF2\n", ',', "1: a|b\n2: 1|2\n"},
		{"unequal rows", "a,b,c\n1\n2,3\n4,5,6\n7,8,9\n", ',', "1: a|b|c\n2: 1\n3: 2|3\n4: 4|5|6\n5: 7|8|9\n"},
		{"guarded formulas", "a,b\n'=1+1,'-x\n'abc,''=1\n", ',', "1: a|b\n2: =1+1|-x\n3: 'abc|'=1\n"},
		{"begins like a picture", "BMI,b\n1,2\n", ',', "1: BMI|b\n2: 1|2\n"},
		{"begins with empty columns", "\t\ta\n\t\t1\n", '\t', "1: ||a\n2: ||1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, "a.csv", []byte(c.data))
			if got := seen(rows(t, b, 0)); got != c.want || b.Separator != c.sep {
				t.Errorf("%q got\n%s", b.Separator, got)
			}
		})
	}
}

// Holds: v5.0.0-5.2.1 AB-14
func TestCSVLimits(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"1024 columns", strings.Repeat("x,", 1023) + "x\n", ""},
		{"1025 columns", strings.Repeat("x,", 1024) + "x\n", "sheet.too_many_columns"},
		{"many empty columns", "x" + strings.Repeat(",", 5000) + "\n", ""},
		{"1,200,000 rows", strings.Repeat("x\n", 1_200_000), ""},
		{"1,200,001 rows", strings.Repeat("x\n", 1_200_001), "sheet.too_many_rows"},
		{"empty rows at the end", strings.Repeat("x\n", 1_200_000) + strings.Repeat("\n", 100), ""},
		{"32,767 characters", "a\n" + strings.Repeat("长", 32767), ""},
		{"32,768 characters", "a\n" + strings.Repeat("长", 32768), "sheet.cell_too_long"},
		{"a million characters", "a\n" + strings.Repeat("x", 1e6), "sheet.cell_too_long"},
		{"a quote that swallows the rest", "a\n\"x," + strings.Repeat("y,z\n", 1e5), "sheet.unclosed_quote"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := refusal("a.csv", []byte(c.data)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnEmptyFileOfManyLinesIsQuick(t *testing.T) {
	data := []byte(strings.Repeat("\n", 3e6) + "x,y\n")
	grown := heapAfter(func(look func()) {
		for r, err := range open(t, "a.csv", data).Rows(0) {
			if err == nil {
				t.Errorf("row %d is beyond the limit", r.Number)
			}
			look()
		}
	})
	if grown > 4<<20 {
		t.Errorf("%d KB taken", grown>>10)
	}
}
