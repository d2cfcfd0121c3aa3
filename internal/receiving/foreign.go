package receiving

import "regexp"

// foreign are the codes on packs that are none of GS1's, by their look: where one is
// scanned as a lot, the keeper is told what it is instead of it becoming the lot. Sources:
// ANSI/HIBC 2.6, ISBT 128 ST-001, ISO/IEC 15434 with MH10.8.2, the PPN of IFA, the MA code
// of GB/T 32007, the 20 digits of the traceability code of drugs in China.
var foreign = []struct {
	kind string
	look *regexp.Regexp
}{
	{"hibc", regexp.MustCompile(`^\+(\$|[A-Z][A-Z0-9]{3})`)},
	{"isbt", regexp.MustCompile(`^[=&][A-Z0-9<>%!*+,(){}]`)},
	{"mh10", regexp.MustCompile(`^\[\)>(\x1e|\\x1e|\^|␞)?0[56]`)},
	{"ppn", regexp.MustCompile(`^9N[0-9]{8,}`)},
	{"ma", regexp.MustCompile(`^MA\.[0-9]{3}\.`)},
	{"drug", regexp.MustCompile(`^8[0-9]{19}$`)},
}

// foreignCode says of which kind a code is that is none of GS1's; "" for what may be a lot.
func foreignCode(text string) string {
	for _, f := range foreign {
		if f.look.MatchString(text) {
			return f.kind
		}
	}
	return ""
}
