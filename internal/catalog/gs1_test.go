package catalog_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"houqin/internal/base/period"
	"houqin/internal/catalog"
)

const thursday = period.Day("2027-03-04")

// What scanners and people send, and what a keeper reads out of it.
func TestParseCode(t *testing.T) {
	gtin := "06901234567892"
	for _, c := range []struct {
		name, text string
		want       catalog.Code
	}{
		{"EAN-13", "6901234567892", catalog.Code{GTIN: gtin}},
		{"EAN-8", "96385074", catalog.Code{GTIN: "00000096385074"}},
		{"UPC", "036000291452", catalog.Code{GTIN: "00036000291452"}},
		{"ITF-14 of a case", "16901234567899", catalog.Code{GTIN: "16901234567899"}},
		{"EAN-13 with its mark", "]E06901234567892", catalog.Code{GTIN: gtin}},
		{"UDI in a DataMatrix", "]d20106901234567892" + "11260105" + "17271231" + "10AB-1/2\x1d21S9\x1d3020",
			catalog.Code{GTIN: gtin, Made: "2026-01-05", Expiry: "2027-12-31", Lot: "AB-1/2", Serial: "S9", Count: 20}},
		{"a GS1-128 with the lot last", "]C101069012345678921727123110A1", catalog.Code{GTIN: gtin, Expiry: "2027-12-31", Lot: "A1"}},
		{"no mark, a keyboard's FNC1", "010690123456789210A1^]17271231", catalog.Code{GTIN: gtin, Expiry: "2027-12-31", Lot: "A1"}},
		{"no mark, a shown FNC1", "010690123456789210A1␝17271231", catalog.Code{GTIN: gtin, Expiry: "2027-12-31", Lot: "A1"}},
		{"FNC1 first and after a fixed length", "\x1d0106901234567892\x1d17271231\x1d10A1", catalog.Code{GTIN: gtin, Expiry: "2027-12-31", Lot: "A1"}},
		{"as printed below the bars", "(01)06901234567892(17)271231(10)A1", catalog.Code{GTIN: gtin, Expiry: "2027-12-31", Lot: "A1"}},
		{"printed, brackets within the lot", "(01)06901234567892(10)A(1)B(21)7", catalog.Code{GTIN: gtin, Lot: "A(1)B", Serial: "7"}},
		{"printed, a space between", "(01)06901234567892 (10)A1", catalog.Code{GTIN: gtin, Lot: "A1"}},
		{"a case: content and count", "]C10206901234567892" + "3724", catalog.Code{GTIN: gtin, Count: 24}},
		{"day 00 is the month's last", "(01)06901234567892(17)280200", catalog.Code{GTIN: gtin, Expiry: "2028-02-29"}},
		{"best before where nothing expires", "(01)06901234567892(15)270630", catalog.Code{GTIN: gtin, Expiry: "2027-06-30"}},
		{"expiry goes before best before", "(01)06901234567892(15)270630(17)270731", catalog.Code{GTIN: gtin, Expiry: "2027-07-31"}},
		{"50 years ahead is this century", "(01)06901234567892(17)770101", catalog.Code{GTIN: gtin, Expiry: "2077-01-01"}},
		{"51 years ahead was the last", "(01)06901234567892(11)780101", catalog.Code{GTIN: gtin, Made: "1978-01-01"}},
		{"a weight passes by", "]C10106901234567892310300125010A1", catalog.Code{GTIN: gtin, Lot: "A1"}},
		{"the same twice", "(01)06901234567892(10)A1(10)A1", catalog.Code{GTIN: gtin, Lot: "A1"}},
	} {
		got, err := catalog.ParseCode(c.text, thursday)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got.All = nil
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (- want, + got):\n%s", c.name, d)
		}
	}
	// late in a century, years 00 to 49 lie ahead
	if got, err := catalog.ParseCode("(01)06901234567892(17)010101", "2097-05-01"); err != nil || got.Expiry != "2101-01-01" {
		t.Errorf("in 2097, 01 is %s, %v", got.Expiry, err)
	}
}

// Holds: v5.0.0-2.2.1
func TestParseCodeRefuses(t *testing.T) {
	for text, want := range map[string]error{
		"6901234567893": catalog.ErrCheckDigit, "12345678": catalog.ErrCheckDigit, "]d20106901234567893": catalog.ErrCheckDigit,
		"": catalog.ErrCode, "A001": catalog.ErrCode, "10A1": catalog.ErrCode, "01069012345": catalog.ErrCode, "123": catalog.ErrCode,
		"(01)06901234567892(17)271301": catalog.ErrCode, "(01)06901234567892(17)270230": catalog.ErrCode, "(01)06901234567892(17)2712": catalog.ErrCode,
		"(01)06901234567892(10)": catalog.ErrCode, "(01)06901234567892(10)123456789012345678901": catalog.ErrCode, "(01)06901234567892(10)批": catalog.ErrCode,
		"(01)06901234567892(10)A(10)B": catalog.ErrCode, "(05)1": catalog.ErrCode, "(01": catalog.ErrCode, "]d2": catalog.ErrCode,
		"(01)06901234567892(30)123456789": catalog.ErrCode, "]d20106901234567892XX": catalog.ErrCode,
	} {
		if got, err := catalog.ParseCode(text, thursday); !errors.Is(err, want) {
			t.Errorf("%q is %+v, %v; want %v", text, got, err, want)
		}
	}
}

func TestNormal(t *testing.T) {
	for text, want := range map[string]string{"6901234567892": "06901234567892", "]d2010690123456789210A1": "06901234567892", " KF-00017 ": "KF-00017",
		"12345678": "12345678", "96385074": "00000096385074"} {
		if got, err := catalog.Normal(text); err != nil || got != want {
			t.Errorf("%q is kept as %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]error{"6901234567893": catalog.ErrCheckDigit, "": catalog.ErrCode, "手套": catalog.ErrCode, strings.Repeat("9", 49): catalog.ErrCode} {
		if got, err := catalog.Normal(text); !errors.Is(err, want) {
			t.Errorf("%q is kept as %q, %v; want %v", text, got, err, want)
		}
	}
}

// Whatever is accepted says the same when it is written out and read again.
// Holds: DB3-8.1.4.4-d
func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"6901234567892", "]d201069012345678921727123110AB\x1d21S9", "(01)06901234567892(10)A(1)B", "]C13103001250", "(91)x(10)", "]Q3(01)", "0106901234567892\x1d\x1d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := catalog.ParseCode(text, thursday)
		if err != nil {
			if !errors.Is(err, catalog.ErrCode) && !errors.Is(err, catalog.ErrCheckDigit) || len(c.All) > 0 {
				t.Errorf("%q: %+v, %v", text, c, err)
			}
			return
		}
		var raw strings.Builder
		raw.WriteString("]C1")
		for _, e := range c.All {
			raw.WriteString(e.AI + e.Value + "\x1d")
		}
		again, err := catalog.ParseCode(raw.String(), thursday)
		if d := cmp.Diff(c, again); err != nil || d != "" {
			t.Errorf("%q written out as %q: %v\n%s", text, raw.String(), err, d)
		}
		if len(c.GTIN) != 14 && c.GTIN != "" {
			t.Errorf("%q has the GTIN %q", text, c.GTIN)
		}
	})
}

// The table of identifiers is the dictionary's, no entry more or less.
func TestIdentifiersAreTheDictionarys(t *testing.T) {
	folder := os.Getenv("HOUQIN_SAMPLES")
	if folder == "" {
		t.Log("HOUQIN_SAMPLES is not set: the identifiers are not compared with the GS1 dictionary")
		return
	}
	text, err := os.ReadFile(filepath.Join(folder, "gs1-udi-ai", "gs1-syntax-dictionary.txt"))
	if err != nil {
		t.Fatal(err)
	}
	entry := regexp.MustCompile(`^(\d{2,4})(?:-(\d{2,4}))?\s+(\*?)\??\s+(\[?[NXYZ].*)$`)
	component := regexp.MustCompile(`^\[?[NXYZ](\.\.)?\d+\]?(,|$)`)
	want := map[string]string{}
	for l := range strings.Lines(string(text)) {
		m := entry.FindStringSubmatch(strings.TrimSpace(l))
		if m == nil || strings.HasPrefix(l, "#") {
			continue
		}
		said := ""
		sum := 0
		for n, word := range strings.Fields(m[4]) {
			if !component.MatchString(word) {
				break
			}
			format, linters, _ := strings.Cut(word, ",")
			said += " " + format
			if n == 0 && strings.Contains(","+linters+",", ",csum,") {
				sum, _ = strconv.Atoi(strings.Trim(format, "[]N"))
			}
		}
		said += m[3]
		if sum > 0 {
			said += " sum " + strconv.Itoa(sum)
		}
		if m[2] == "" {
			m[2] = m[1]
		}
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		for n := from; n <= to; n++ {
			want[strings.Repeat("0", len(m[1])-len(strconv.Itoa(n)))+strconv.Itoa(n)] = strings.TrimSpace(said)
		}
	}
	if len(want) < 400 {
		t.Fatalf("only %d identifiers read from the dictionary", len(want))
	}
	if d := cmp.Diff(want, catalog.Identifiers()); d != "" {
		t.Errorf("- dictionary, + here:\n%s", d)
	}
}
