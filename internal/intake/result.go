package intake

import (
	"cmp"
	"io"
	"slices"

	"houqin/internal/base/sheet"
	"houqin/internal/base/words"
)

// Told is the result of an import as programs read it.
type Told struct {
	Kind      string            `json:"kind"`
	File      string            `json:"file"`
	Sheet     string            `json:"sheet,omitempty"`
	Header    int               `json:"header,omitempty"`
	DryRun    bool              `json:"dry_run"`
	Whole     bool              `json:"whole"`
	Read      int64             `json:"read"`
	Imported  int64             `json:"imported"`
	New       int64             `json:"new"`
	Changed   int64             `json:"changed"`
	Unchanged int64             `json:"unchanged"`
	Refused   int64             `json:"refused"`
	HeldBack  int64             `json:"held_back,omitempty"` // of the refused: good rows of a file that was to be imported whole
	Empty     int64             `json:"empty"`               // rows with nothing in them, which are not read
	Columns   map[string]string `json:"columns,omitempty"`
	NotTaken  []string          `json:"not_taken,omitempty"`
	Rules     []ToldRule        `json:"rules,omitempty"`
	Rows      []ToldRow         `json:"rows"`
	Error     string            `json:"error,omitempty"`
}

// ToldRule is a rule in words.
type ToldRule struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
	Rows int64  `json:"rows,omitempty"`
}

// ToldRow is a refused row in words.
type ToldRow struct {
	Row    int    `json:"row"`
	Column string `json:"column"`
	Cell   string `json:"cell,omitempty"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	Key    string `json:"key"`
}

// Tell puts a result into words.
func Tell(p *Plan, r Report, refused []Result, w *words.Words, dryRun, whole bool) Told {
	t := Told{Kind: p.Kind, File: p.Name, Sheet: p.Sheet, Header: p.Header, DryRun: dryRun, Whole: whole, Read: r.Read, Imported: r.Imported(),
		New: r.New, Changed: r.Changed, Unchanged: r.Unchanged, Refused: r.Refused, HeldBack: r.Held, Empty: p.Empty.Rows,
		Columns: p.Taken(), NotTaken: p.NotTaken(), Rows: []ToldRow{}}
	for _, rule := range r.Rules {
		t.Rules = append(t.Rules, ToldRule{rule.Key, rule.Say(w), rule.Rows})
	}
	for _, res := range refused {
		t.Rows = append(t.Rows, ToldRow{res.Row, res.Where(w), res.Cell, res.Value, res.Reason(w), res.Key})
	}
	return t
}

// TakenInOrder says which column of the file each thing comes from, in the order of
// the kind's columns.
func (p *Plan) TakenInOrder() (all []Pair) {
	for _, t := range p.kind.targets() {
		if p.has(t.Key) {
			all = append(all, Pair{t.Key, p.title(t.Key)})
		}
	}
	return all
}

// NotTakenKey is how what stands in the other columns is spoken of: it is left, or
// kept beside the record.
func (p *Plan) NotTakenKey() string {
	if p.kind.keepsExtra() {
		return "intake.kept_beside"
	}
	return "intake.not_taken"
}

// WriteRefused writes the refused rows as they stand in the file, with a column for
// the reason, as "xlsx" or "csv". refused goes by row.
func (p *Plan) WriteRefused(out io.Writer, format string, refused []Result, w *words.Words) error {
	refused = slices.Clone(refused)
	slices.SortStableFunc(refused, func(a, b Result) int { return cmp.Compare(a.Row, b.Row) })
	to := sheet.NewCSV(out, sheet.In(p.zone))
	if format != "csv" {
		var err error
		if to, err = sheet.NewXLSX(out, w.T("intake.refused_sheet"), nil, sheet.In(p.zone)); err != nil {
			return err
		}
	}
	head := make([]any, 0, len(p.columns)+3)
	for at := range p.columns {
		head = append(head, p.name(at))
	}
	if err := to.Row(append(head, w.T("intake.refused.row"), w.T("intake.refused.column"), w.T("intake.refused.reason"))...); err != nil {
		return err
	}
	next := 0
	for row, err := range p.book.Rows(p.sheet) {
		if err != nil {
			return err
		}
		for next < len(refused) && refused[next].Row < row.Number {
			next++
		}
		if next == len(refused) {
			break
		}
		if refused[next].Row != row.Number {
			continue
		}
		res := refused[next]
		line := make([]any, len(p.columns), len(p.columns)+3)
		for at := range p.columns {
			line[at] = original(cellAt(row, at))
		}
		if err := to.Row(append(line, res.Row, res.Where(w), res.Reason(w))...); err != nil {
			return err
		}
	}
	return to.Close()
}

// original is a cell as it stood: numbers as numbers, moments as moments.
func original(c sheet.Cell) any {
	switch {
	case c.Merged:
		return c.Whole().Text
	case c.IsNumber:
		if d, err := sheet.NumberOf(c); err == nil {
			return d
		}
	case c.IsTime:
		return c.Time
	}
	return c.Text
}
