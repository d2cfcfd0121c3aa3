package files

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

const nameMost = 100 // characters

// clean makes a name that people gave to a file harmless in every place where
// names stand: without folders, control and direction characters, what Windows does
// not take, and length beyond reason. It is never the name of a blob.
func clean(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), strings.ContainsRune("\u2028\u2029\ufffd", r):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	return strings.Trim(name, " .")
}

// stem is a clean name without its extension.
func stem(name string) string {
	name = clean(name)
	return strings.TrimSuffix(name, path.Ext(name))
}

func extension(name string) string { return strings.ToLower(path.Ext(clean(name))) }

// named is a clean name that ends in ext and is not too long.
func named(name, ext string) string {
	name = clean(name)
	if e := path.Ext(name); strings.EqualFold(e, ext) {
		name = strings.TrimSuffix(name, e)
	}
	name = strings.Trim(name, " .")
	if first, _, _ := strings.Cut(name, "."); name == "" || device[strings.ToLower(first)] {
		name = strings.TrimSuffix("file_"+name, "_")
	}
	for utf8.RuneCountInString(name) > nameMost-len(ext) {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return name + ext
}

// device are names that Windows keeps for itself.
var device = map[string]bool{"con": true, "prn": true, "aux": true, "nul": true,
	"com1": true, "com2": true, "com3": true, "com4": true, "com5": true, "com6": true, "com7": true, "com8": true, "com9": true,
	"lpt1": true, "lpt2": true, "lpt3": true, "lpt4": true, "lpt5": true, "lpt6": true, "lpt7": true, "lpt8": true, "lpt9": true}
