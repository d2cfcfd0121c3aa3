package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"houqin/internal/base/sheet"
)

// Mapping says how a file is to be understood. What it leaves out is found out.
type Mapping struct {
	// Columns: what a row may say → the file's column, by its name or, where names
	// repeat or miss, by its letter, which @ before it makes
	// sure of. "" or "-" leaves it out.
	Columns map[string]string `json:"columns,omitempty"`
	// Settings: answers about the file as a whole, such as dates: DMY, department: D84.
	Settings map[string]string `json:"settings,omitempty"`
	// Values: of a column, what stands there → what is meant.
	Values map[string]map[string]string `json:"values,omitempty"`
	// Sheet by its name, Header by the number of its row.
	Sheet  string `json:"sheet,omitempty"`
	Header int    `json:"header,omitempty"`
}

// ReadMapping reads a mapping file. A name it does not know is Invalid, so that a
// slip of the pen is not taken for silence.
func ReadMapping(r io.Reader) (m Mapping, err error) {
	d := json.NewDecoder(io.LimitReader(r, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, invalid("intake.bad_mapping", err.Error())
	}
	return m, nil
}

// Fingerprint tells headers apart by the names of their columns.
func fingerprint(columns []sheet.Column) string {
	for len(columns) > 0 && columns[len(columns)-1].Name == "" {
		columns = columns[:len(columns)-1]
	}
	h := sha256.New()
	for _, c := range columns {
		io.WriteString(h, plain(c.Title())+"\x00")
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// assign finds the file's columns for what a kind wants to know: by the mapping
// given, else by their names, unless what stands below does not fit.
func (p *Plan) assign(sample []sheet.Row) error {
	p.at = map[string]int{}
	taken := map[int]bool{}
	for key, name := range p.Mapping.Columns {
		if !slices.ContainsFunc(p.kind.targets(), func(t Target) bool { return t.Key == key }) {
			return invalid("intake.no_target", key, p.keys())
		}
		if name == "" || name == "-" {
			continue
		}
		at, ok := p.columnNamed(name)
		if !ok {
			return invalid("intake.no_column", name, p.titles())
		}
		if taken[at] {
			return invalid("intake.column_twice", name)
		}
		p.at[key], taken[at] = at, true
	}
	type guess struct {
		key   string
		at    int
		score float64
	}
	var guesses []guess
	for order, t := range p.kind.targets() {
		if _, told := p.Mapping.Columns[t.Key]; told {
			continue
		}
		for at, c := range p.columns {
			if taken[at] || c.Name == "" {
				continue
			}
			score := max(match(c.Name, t.names), match(c.Title(), t.names))
			if score > 0 && p.fits(t, at, sample) {
				guesses = append(guesses, guess{t.Key, at, score - float64(order)/1000})
			}
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.at - b.at
	})
	for _, g := range guesses {
		if _, done := p.at[g.key]; !done && !taken[g.at] {
			p.at[g.key], taken[g.at] = g.at, true
		}
	}
	for _, t := range p.kind.targets() {
		// What is needed may take a column from what is not.
		if _, has := p.at[t.Key]; has || !t.Need {
			continue
		}
		for _, g := range guesses {
			if g.key == t.Key && !p.needs(g.at) {
				maps.DeleteFunc(p.at, func(_ string, at int) bool { return at == g.at })
				p.at[t.Key] = g.at
				break
			}
		}
	}
	p.byContent(sample, taken)
	p.extra = nil
	for at, c := range p.columns {
		if !taken[at] && c.Name != "" {
			p.extra = append(p.extra, at)
		}
	}
	return nil
}

// needs says whether a column was told by the person or serves what is needed.
func (p *Plan) needs(at int) bool {
	for _, t := range p.kind.targets() {
		if i, has := p.at[t.Key]; has && i == at {
			_, told := p.Mapping.Columns[t.Key]
			return told || t.Need
		}
	}
	return false
}

// byContent gives a column that is needed and that no name led to the only column
// left that reads like it; dates only, since other things look alike.
func (p *Plan) byContent(sample []sheet.Row, taken map[int]bool) {
	for _, t := range p.kind.targets() {
		if _, done := p.at[t.Key]; done || !t.Need || t.Type() != "day" && t.Type() != "moment" {
			continue
		}
		if _, told := p.Mapping.Columns[t.Key]; told {
			continue
		}
		var found []int
		for at := range p.columns {
			if filled, fit := p.share(t, at, sample); !taken[at] && filled > 0 && fit == filled {
				found = append(found, at)
			}
		}
		if len(found) == 1 {
			p.at[t.Key], taken[found[0]] = found[0], true
			p.Rules = append(p.Rules, Rule{Key: "intake.rule.by_content", Args: []string{t.Key, p.columns[found[0]].Title()}})
		}
	}
}

// fits says whether at least half of what stands in a column reads like the target.
func (p *Plan) fits(t Target, at int, sample []sheet.Row) bool {
	if t.like == nil && (t.Type() == "text" || t.Type() == "word") {
		return true // a word that is not known is refused by name, row by row
	}
	filled, fit := p.share(t, at, sample)
	return 2*fit >= filled
}

func (p *Plan) share(t Target, at int, sample []sheet.Row) (filled, fit int) {
	for _, row := range sample {
		c := cellAt(row, at).Whole()
		if c.Text == "" || void(c.Text) {
			continue
		}
		filled++
		var err error
		switch t.Type() {
		case "day", "moment":
			if _, _, ok := endOf(c.Text); t.ends && ok {
				break
			}
			if _, err = sheet.MomentOf(c, sheet.NoOrder); err != nil {
				if _, ok := sheet.DateOrder([]string{c.Text}); ok || faultKey(err) == "sheet.day_ambiguous" {
					err = nil
				}
			}
		case "flag":
			if _, ok := yesNo.find(c.Text); !ok {
				continue
			}
		case "word", "text":
			if t.like != nil {
				if _, ok := t.like.find(c.Text); !ok {
					continue
				}
			}
		case "number", "money":
			_, err = figure(c)
		}
		if err == nil {
			fit++
		}
	}
	return filled, fit
}

// columnNamed is the column a person means by a name or a letter.
func (p *Plan) columnNamed(name string) (at int, ok bool) {
	byLetter, only := strings.CutPrefix(name, "@")
	if only {
		name = byLetter
	}
	for _, same := range []func(sheet.Column) bool{
		func(c sheet.Column) bool { return c.Title() == name },
		func(c sheet.Column) bool { return c.Name == name },
		func(c sheet.Column) bool { return plain(c.Title()) == plain(name) },
	} {
		if at = slices.IndexFunc(p.columns, same); at >= 0 && !only {
			return at, true
		}
	}
	for at := range p.columns {
		if letter(at) == strings.ToUpper(name) {
			return at, true
		}
	}
	return 0, false
}

// Letter is what a spreadsheet calls the column at this place.
func letter(at int) string { return strings.TrimRight(sheet.Name(1, at), "1") }

// match is how well a column's name is one of those known, 0 for not at all. The
// whole name counts most; within a longer one, whole words or Chinese letters.
func match(title string, names []string) float64 {
	best := 0.0
	got := wordsIn(title)
	whole := strings.Join(got, " ")
	squeezed := strings.Join(got, "")
	for i, name := range names {
		name = strings.TrimSpace(name)
		name, strict := strings.CutPrefix(name, "=")
		want := wordsIn(name)
		if len(want) == 0 {
			continue
		}
		joined := strings.Join(want, " ")
		score := 0.0
		switch {
		case joined == whole || strings.Join(want, "") == squeezed:
			score = 100
		case strict:
		case within(got, want) || hanWithin(whole, joined):
			// Within a longer name, and the more of it the better.
			score = 50 * float64(len([]rune(joined))) / float64(len([]rune(whole)))
		}
		if score > 0 {
			best = max(best, score-float64(i)/10)
		}
	}
	return best
}

// wordsIn takes a name apart: DV_DEVICE_NUMBER, BscStartDate and 价格（元） are
// three, three and two words.
func wordsIn(name string) []string {
	var b strings.Builder
	var last rune
	for _, r := range name {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case unicode.IsUpper(r) && (unicode.IsLower(last) || unicode.IsDigit(last)):
			b.WriteByte(' ')
		case han(r) != han(last) && last != 0 && last != ' ':
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
		last = r
	}
	return strings.Fields(b.String())
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// within says whether words stand next to each other in a longer name.
func within(all, some []string) bool {
	for i := 0; i+len(some) <= len(all); i++ {
		if slices.Equal(all[i:i+len(some)], some) {
			return true
		}
	}
	return false
}

// hanWithin: Chinese is written without spaces, so two letters or more may stand
// anywhere in the name.
func hanWithin(whole, name string) bool {
	n := 0
	for _, r := range name {
		if !han(r) {
			return false
		}
		n++
	}
	return n >= 2 && strings.Contains(whole, name)
}

func (p *Plan) keys() string {
	var all []string
	for _, t := range p.kind.targets() {
		all = append(all, t.Key)
	}
	return strings.Join(all, ", ")
}

func (p *Plan) titles() string {
	var all []string
	for _, c := range p.columns {
		if c.Name != "" {
			all = append(all, c.Title())
		}
	}
	if s := []rune(strings.Join(all, ", ")); len(s) > 400 {
		return string(s[:400]) + "…"
	}
	return strings.Join(all, ", ")
}
