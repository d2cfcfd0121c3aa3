// Package words speaks to each person in the language they read: every text of
// the house under its key, in Chinese and in English.
//
// A room keeps its texts beside its counter in words/zh.json and words/en.json,
// flat objects from key to text. A text may hold {0}, {1} … for the arguments
// of T, {0|job|jobs} for the form that goes with the number in argument 0 (the
// form only: "{0} {0|job|jobs}"), and {{ or }} for a brace. It is taken apart
// once, when it is added.
package words

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// Langs are the languages of the house; the first is spoken where a person's
// own is not among them.
var Langs = []string{"zh", "en"}

// Book is all words of the building. It is filled at the start and then only
// read, by any number of pages at once. The zero Book is empty and ready.
type Book struct {
	Zone  *time.Location // whose clock moments are told by; nil is China's
	texts map[string]map[string]text
}

// china is UTC+8 all year, also where no time zone files are installed.
var china = time.FixedZone("CST", 8*3600)

// Add reads words/zh.json and words/en.json. It takes all of them or, naming
// every key at fault, none: a key that is there already or twice in one file, a
// key or a placeholder that only one language has, a text that is no text or
// whose braces do not close.
func (b *Book) Add(fsys fs.FS) error {
	var wrong []error
	found := map[string]map[string]text{}
	for _, lang := range Langs {
		name := "words/" + lang + ".json"
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		texts, err := read(data)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
		}
		for key := range texts {
			if _, ok := b.texts[lang][key]; ok {
				wrong = append(wrong, fmt.Errorf("%s: %q was added before", name, key))
			}
		}
		found[lang] = texts
	}
	wrong = append(wrong, compare(found)...)
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return errors.Join(wrong...)
	}
	if b.texts == nil {
		b.texts = map[string]map[string]text{}
	}
	for _, lang := range Langs {
		if b.texts[lang] == nil {
			b.texts[lang] = map[string]text{}
		}
		maps.Copy(b.texts[lang], found[lang])
	}
	return nil
}

// compare finds what one language says and another does not.
func compare(found map[string]map[string]text) (wrong []error) {
	for _, lang := range Langs {
		for _, other := range Langs {
			if lang == other {
				continue
			}
			for key, t := range found[lang] {
				o, ok := found[other][key]
				if !ok {
					wrong = append(wrong, fmt.Errorf("words/%s.json: %q is missing", other, key))
				} else if lost := t.args() &^ o.args(); lost != 0 {
					wrong = append(wrong, fmt.Errorf("words/%s.json: %q leaves out an argument that stands in %s", other, key, lang))
				}
			}
		}
	}
	return wrong
}

// read takes a flat object apart, token by token, since decoding into a map
// would quietly keep the last of two equal keys.
func read(data []byte) (map[string]text, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	open, err := d.Token()
	if err != nil {
		return nil, err
	}
	if open != json.Delim('{') {
		return nil, errors.New("not an object of texts")
	}
	texts, wrong := map[string]text{}, []error(nil)
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return texts, err
		}
		value, err := d.Token()
		if err != nil {
			return texts, err
		}
		name, _ := key.(string)
		said, ok := value.(string)
		if !ok {
			return texts, fmt.Errorf("%q is no text", name)
		}
		if _, ok := texts[name]; ok {
			wrong = append(wrong, fmt.Errorf("%q stands twice", name))
		}
		if texts[name], err = parse(said); err != nil {
			wrong = append(wrong, fmt.Errorf("%q: %w", name, err))
		}
	}
	if _, err := d.Token(); err != nil {
		return texts, err
	}
	if _, err := d.Token(); err != io.EOF {
		return texts, errors.New("something stands behind the object")
	}
	return texts, errors.Join(wrong...)
}

// In gives the words of one language, en for en, en-US and the like, zh for
// everything else.
func (b *Book) In(lang string) *Words {
	lang, _, _ = strings.Cut(strings.ToLower(strings.ReplaceAll(lang, "_", "-")), "-")
	if !slices.Contains(Langs, lang) {
		lang = Langs[0]
	}
	zone := b.Zone
	if zone == nil {
		zone = china
	}
	return &Words{Lang: lang, Zone: zone, texts: b.texts[lang], tongue: tongues[lang]}
}

// Keys are all keys of the building in order.
func (b *Book) Keys() []string { return slices.Sorted(maps.Keys(b.texts[Langs[0]])) }
