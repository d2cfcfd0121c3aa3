package intake

import (
	"context"
	"maps"
	"slices"
	"strings"

	"houqin/internal/base/sheet"
)

// datesMost is how many different dates of a column are looked at for their order;
// a century has 36,525 days.
const datesMost = 40_000

// wordsMost is how many different words of a vocabulary column are told apart.
const wordsMost = 2000

// survey reads the whole file once for what only all rows together can tell.
func (p *Plan) survey(ctx context.Context) error {
	dates := map[string]map[string]bool{}
	words := map[string]map[string]int64{}
	types := map[string]Target{}
	for _, t := range p.kind.targets() {
		if _, ok := p.at[t.Key]; !ok {
			continue
		}
		switch types[t.Key] = t; t.Type() {
		case "day", "moment":
			dates[t.Key] = map[string]bool{}
		case "word":
			words[t.Key] = map[string]int64{}
		}
	}
	empty := map[string]bool{} // columns in which nothing was met yet
	for key := range p.at {
		empty[key] = true
	}
	nameless := map[int]int64{} // columns without a name in which something stands
	last := p.Header
	for row, err := range p.book.Rows(p.sheet) {
		if err != nil {
			return err
		}
		if row.Number <= p.Header {
			continue
		}
		if row.Number%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if gap := int64(row.Number - last - 1); gap > 0 {
			p.Empty.Rows += gap
			for n := last + 1; n < row.Number && len(p.Empty.First) < 10; n++ {
				p.Empty.First = append(p.Empty.First, n)
			}
		}
		last = row.Number
		p.Total++
		for key := range empty {
			if cellAt(row, p.at[key]).Whole().Text != "" {
				delete(empty, key)
			}
		}
		for at, c := range row.Cells {
			if c.Text != "" && (at >= len(p.columns) || p.columns[at].Name == "") {
				nameless[at]++
			}
		}
		for key, seen := range dates {
			if c := cellAt(row, p.at[key]).Whole(); !c.IsTime && c.Text != "" && len(seen) < datesMost {
				day, _, _ := strings.Cut(c.Text, " ")
				seen[day] = true
			}
		}
		for key, seen := range words {
			if c := cellAt(row, p.at[key]).Whole(); c.Text != "" && (len(seen) < wordsMost || seen[c.Text] > 0) {
				seen[c.Text]++
			}
		}
	}
	if p.Total == 0 {
		return invalid("intake.only_header", p.Header)
	}
	if p.Empty.Rows > 0 {
		p.Rules = append(p.Rules, Rule{Key: "intake.rule.empty", Args: []string{numbers(p.Empty.First, p.Empty.Rows)}, Rows: p.Empty.Rows})
	}
	p.blank(empty)
	p.nameless(nameless)
	if err := p.order(dates); err != nil {
		return err
	}
	p.words = words
	for _, t := range p.kind.targets() {
		if seen := words[t.Key]; seen != nil {
			p.respell(t.Key, types[t.Key].spell, seen)
		}
	}
	return nil
}

// blank leaves out columns in which nothing stands at all, so that what follows from
// the lack of a column follows here too.
func (p *Plan) blank(empty map[string]bool) {
	for _, t := range p.kind.targets() {
		if empty[t.Key] && !t.Need {
			p.Rules = append(p.Rules, Rule{Key: "intake.rule.blank_column", Args: []string{p.title(t.Key)}})
			p.drop(t.Key)
		}
	}
}

// drop takes a column from what it was taken for; nobody takes it then.
func (p *Plan) drop(key string) {
	at := p.at[key]
	delete(p.at, key)
	p.extra = append(p.extra, at)
	slices.Sort(p.extra)
}

// nameless adds the columns without a name that hold something to those that nobody
// takes, and says so.
func (p *Plan) nameless(rows map[int]int64) {
	var names []string
	most := int64(0)
	for _, at := range slices.Sorted(maps.Keys(rows)) {
		for len(p.columns) <= at {
			p.columns = append(p.columns, sheet.Column{})
		}
		if !slices.Contains(slices.Collect(maps.Values(p.at)), at) {
			p.extra = append(p.extra, at)
			names, most = append(names, letter(at)), max(most, rows[at])
		}
	}
	if names != nil {
		p.Rules = append(p.Rules, Rule{Key: "intake.rule.nameless", Args: []string{strings.Join(names, ", ")}, Rows: most})
	}
}

// name is what the file calls a column, its letter where it has no name.
func (p *Plan) name(at int) string {
	if t := p.columns[at].Title(); t != "" {
		return t
	}
	return letter(at)
}

var dateOrders = map[string]sheet.Order{"DMY": sheet.DMY, "MDY": sheet.MDY, "YMD": sheet.YMD}

// order decides in which order each column of days writes them: the person's answer,
// the only one its own days allow, or the only one that all days of the file allow.
func (p *Plan) order(dates map[string]map[string]bool) error {
	p.orders = map[string]sheet.Order{}
	told := strings.ToUpper(p.Mapping.Settings["dates"])
	if told != "" && dateOrders[told] == 0 {
		return invalid("intake.bad_dates", told)
	}
	var all []string
	for _, seen := range dates {
		for s := range seen {
			all = append(all, s)
		}
	}
	together, agreed := sheet.DateOrder(all)
	for key, seen := range dates {
		own := make([]string, 0, len(seen))
		unclear := false
		for s := range seen {
			own = append(own, s)
			if _, err := sheet.ParseMoment(s, sheet.NoOrder); faultKey(err) == "sheet.day_ambiguous" {
				unclear = true
			}
		}
		rule := ""
		switch o, ok := sheet.DateOrder(own); {
		case told != "":
			p.orders[key], rule = dateOrders[told], "intake.rule.order_told"
		case ok:
			p.orders[key], rule = o, "intake.rule.order_column"
		case agreed && unclear:
			p.orders[key], rule = together, "intake.rule.order_file"
		}
		if rule != "" && (unclear || told != "") {
			for name, o := range dateOrders {
				if o == p.orders[key] {
					p.Rules = append(p.Rules, Rule{Key: rule, Args: []string{p.title(key), name}})
				}
			}
		}
	}
	return nil
}

// respell says which spellings of a vocabulary stand in a column and what each is
// taken for.
func (p *Plan) respell(key string, s *Spelling, seen map[string]int64) {
	by := map[string][]string{}
	rows := int64(0)
	for text, n := range seen {
		meant := text
		if over, ok := p.Mapping.Values[key][text]; ok {
			meant = over
		}
		word, ok := s.find(meant)
		if !ok || word == text {
			continue
		}
		by[word] = append(by[word], text)
		rows += n
	}
	if rows == 0 {
		return
	}
	var said []string
	for word, texts := range by {
		slices.Sort(texts)
		said = append(said, strings.Join(texts, ", ")+" → "+word)
	}
	slices.Sort(said)
	p.Rules = append(p.Rules, Rule{Key: "intake.rule.spelling", Args: []string{p.title(key), strings.Join(said, "; ")}, Rows: rows})
}
