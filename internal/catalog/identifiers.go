package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// The application identifiers of the GS1 barcode syntax dictionary: which there
// are and what their values look like. N is digits, X the 82 characters of ISO 646,
// Y 39 of them, Z base64; N6 is exactly six, N..6 one to six, [N6] may be missing.
// A test compares the table with the dictionary.
var formats = []struct{ identifiers, format string }{
	{"00", "N18"}, {"01-03", "N14"}, {"10", "X..20"}, {"11-13 15-17", "N6"}, {"20", "N2"}, {"21 22", "X..20"}, {"235", "X..28"},
	{"240 241", "X..30"}, {"242", "N..6"}, {"243", "X..20"}, {"250 251", "X..30"}, {"253", "N13 [X..17]"}, {"254", "X..20"}, {"255", "N13 [N..12]"}, {"30 37", "N..8"},
	{"3100-3105 3110-3115 3120-3125 3130-3135 3140-3145 3150-3155 3160-3165", "N6"},
	{"3200-3205 3210-3215 3220-3225 3230-3235 3240-3245 3250-3255 3260-3265 3270-3275 3280-3285 3290-3295", "N6"},
	{"3300-3305 3310-3315 3320-3325 3330-3335 3340-3345 3350-3355 3360-3365 3370-3375", "N6"},
	{"3400-3405 3410-3415 3420-3425 3430-3435 3440-3445 3450-3455 3460-3465 3470-3475 3480-3485 3490-3495", "N6"},
	{"3500-3505 3510-3515 3520-3525 3530-3535 3540-3545 3550-3555 3560-3565 3570-3575", "N6"},
	{"3600-3605 3610-3615 3620-3625 3630-3635 3640-3645 3650-3655 3660-3665 3670-3675 3680-3685 3690-3695", "N6"},
	{"3900-3909 3920-3929", "N..15"}, {"3910-3919 3930-3939", "N3 N..15"}, {"3940-3943", "N4"}, {"3950-3955", "N6"},
	{"400 401 403", "X..30"}, {"402", "N17"}, {"410-417", "N13"}, {"420", "X..20"}, {"421", "N3 X..9"}, {"422 424 426", "N3"},
	{"423 425", "N3 [N3] [N3] [N3] [N3]"}, {"427", "X..3"},
	{"4300 4301 4310 4311 4320", "X..35"}, {"4302-4306 4312-4316", "X..70"}, {"4307 4317", "X2"}, {"4308 4319", "X..30"}, {"4318", "X..20"},
	{"4309", "N10 N10"}, {"4321-4323", "N1"}, {"4324 4325", "N6 N4"}, {"4326", "N6"}, {"4330-4333", "N6 [X1]"},
	{"7001", "N13"}, {"7002", "X..30"}, {"7003", "N6 N4"}, {"7004", "N..4"}, {"7005", "X..12"}, {"7006", "N6"}, {"7007", "N6 [N6]"}, {"7008", "X..3"},
	{"7009", "X..10"}, {"7010", "X..2"}, {"7011", "N6 [N4]"}, {"7020-7022", "X..20"}, {"7023", "X..30"}, {"7030-7039", "N3 X..27"}, {"7040", "N1 X1 X1 X1"}, {"7041", "X..4"},
	{"710-717", "X..20"}, {"7230-7239", "X2 X..28"}, {"7240", "X..20"}, {"7241", "N2"}, {"7242", "X..25"}, {"7250", "N8"}, {"7251", "N8 N4"}, {"7252", "N1"},
	{"7253 7254 7259", "X..40"}, {"7255", "X..10"}, {"7256", "X..90"}, {"7257", "X..70"}, {"7258", "X3"},
	{"8001", "N4 N5 N3 N1 N1"}, {"8002", "X..20"}, {"8003", "N1 N13 [X..16]"}, {"8004", "X..30"}, {"8005", "N6"}, {"8006 8026", "N14 N4"}, {"8007", "X..34"},
	{"8008", "N6 N2 [N2] [N2]"}, {"8009", "X..50"}, {"8010", "Y..30"}, {"8011", "N..12"}, {"8012", "X..20"}, {"8013 8014 8020", "X..25"}, {"8017 8018", "N18"},
	{"8019", "N..10"}, {"8030", "Z..90"}, {"8040 8041", "N15"}, {"8042", "N32"}, {"8043", "N18 [N..2]"}, {"8110 8112 8200", "X..70"}, {"8111", "N4"},
	{"90", "X..30"}, {"91-99", "X..90"},
}

// lengthKnown are the beginnings of identifiers whose values need no separator
// behind them, because every reader knows their length.
const lengthKnown = "00 01 02 03 11 12 13 15 16 17 20 31 32 33 34 35 36 41"

// checked are the identifiers whose value begins with a number that ends in a check
// digit, and how long that number is.
var checked = map[string]int{"00": 18, "01": 14, "02": 14, "03": 14, "253": 13, "255": 13, "402": 17, "410": 13, "411": 13, "412": 13, "413": 13,
	"414": 13, "415": 13, "416": 13, "417": 13, "8006": 14, "8017": 18, "8018": 18, "8026": 14}

// identifier is one of them, taken apart.
type identifier struct {
	parts []part
	fixed int // length, where no separator is needed; else 0
}

type part struct {
	set         byte
	least, most int
	optional    bool
}

var identifiers = takeApart()

func takeApart() map[string]identifier {
	all := map[string]identifier{}
	for _, f := range formats {
		var one identifier
		sum := 0
		for word := range strings.FieldsSeq(f.format) {
			inner := strings.Trim(word, "[]")
			p := part{set: inner[0], optional: inner != word}
			if most, open := strings.CutPrefix(inner[1:], ".."); open {
				p.least, p.most = 1, number(most)
			} else {
				p.least, p.most = number(inner[1:]), number(inner[1:])
			}
			sum += p.most
			one.parts = append(one.parts, p)
		}
		for r := range strings.FieldsSeq(f.identifiers) {
			from, to, ok := strings.Cut(r, "-")
			if !ok {
				to = from
			}
			for n := number(from); n <= number(to); n++ {
				ai := fmt.Sprintf("%0*d", len(from), n)
				one.fixed = 0
				if strings.Contains(lengthKnown, ai[:2]) {
					one.fixed = sum
				}
				all[ai] = one
			}
		}
	}
	return all
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// fits says whether a value is one that the identifier may have.
func fits(ai, value string) (string, error) {
	rest := value
	for _, p := range identifiers[ai].parts {
		if rest == "" && p.optional {
			break
		}
		n := min(len(rest), p.most)
		if n < p.least || strings.IndexFunc(rest[:n], func(r rune) bool { return !in(p.set, r) }) >= 0 {
			return "", ErrCode
		}
		rest = rest[n:]
	}
	if rest != "" {
		return "", ErrCode
	}
	if n := checked[ai]; n > 0 && !checks(value[:n]) {
		return "", ErrCheckDigit
	}
	return value, nil
}

func in(set byte, r rune) bool {
	digit := r >= '0' && r <= '9'
	upper := r >= 'A' && r <= 'Z'
	switch set {
	case 'N':
		return digit
	case 'Y':
		return digit || upper || strings.ContainsRune("#-/", r)
	case 'Z':
		return digit || upper || r >= 'a' && r <= 'z' || strings.ContainsRune("-_=", r)
	}
	return digit || upper || r >= 'a' && r <= 'z' || strings.ContainsRune(`!"%&'()*+,-./:;<=>?_`, r)
}
