package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// State says how far an import is.
type State string

const (
	Checking  State = "checking" // what would each row do?
	Ready     State = "ready"    // looked through, waits for its person
	Running   State = "running"
	Done      State = "done"
	Turned    State = "turned" // to be imported whole, and a row was wrong: nothing was entered
	Cancelled State = "cancelled"
	Failed    State = "failed" // the file or the database would not do
)

// States are all of them, as choices.
var States = []string{string(Checking), string(Ready), string(Running), string(Done), string(Turned), string(Cancelled), string(Failed)}

// Import is one spreadsheet that somebody brought.
type Import struct {
	ID        string         `json:"id"`
	Kind      string         `json:"kind"`
	Name      string         `json:"file"`
	Size      int64          `json:"size"`
	Kept      bool           `json:"kept"` // the file is still here
	State     State          `json:"state"`
	Whole     bool           `json:"whole"`
	Total     int64          `json:"total"` // rows that hold something
	Done      int64          `json:"done"`  // of these dealt with
	Imported  int64          `json:"imported"`
	New       int64          `json:"new"`
	Changed   int64          `json:"changed"`
	Unchanged int64          `json:"unchanged"`
	Refused   int64          `json:"refused"`
	NoRecord  int64          `json:"no_record"`
	By        string         `json:"by"`
	ByName    string         `json:"by_name"`
	At        period.Instant `json:"at"`
	EndedAt   period.Instant `json:"ended_at"`
	Version   int64          `json:"version"`

	Trouble string `json:"-"` // key of the words for why it failed
	args    string
	mapping string
	found   string
	rules   string
}

// Imports is the history of imports.
var Imports = list.Of[Import]{
	Name: "intake.imports", From: `intake_import m`, Order: "-at", Live: []string{"intake.import"},
	Href: func(m *Import) string { return "/intake/" + m.ID },
	Columns: []list.Column[Import]{
		{Key: "file", SQL: "m.name", Into: func(m *Import) any { return &m.Name }},
		{Key: "kind", SQL: "m.kind", Into: func(m *Import) any { return &m.Kind }, OneOf: Kinds, Enum: "intake.kind"},
		{Key: "state", SQL: "m.state", Into: func(m *Import) any { return &m.State }, OneOf: States, Enum: "intake.state", Tone: tone},
		{Key: "at", SQL: "m.at", Into: func(m *Import) any { return &m.At }, Range: true, Sort: true},
		{Key: "by_name", SQL: "m.by_name", Into: func(m *Import) any { return &m.ByName }},
		{Key: "total", SQL: "m.total", Into: func(m *Import) any { return &m.Total }},
		{Key: "imported", SQL: "CASE WHEN m.state IN ('checking', 'ready') THEN 0 ELSE m.made + m.changed END", Into: func(m *Import) any { return &m.Imported }},
		{Key: "unchanged", SQL: "m.unchanged", Into: func(m *Import) any { return &m.Unchanged }},
		{Key: "refused", SQL: "m.refused", Into: func(m *Import) any { return &m.Refused }},
		{Key: "new", SQL: "m.made", Into: func(m *Import) any { return &m.New }, Hidden: true},
		{Key: "changed", SQL: "m.changed", Into: func(m *Import) any { return &m.Changed }, Hidden: true},
		{Key: "no_record", SQL: "m.no_record", Into: func(m *Import) any { return &m.NoRecord }, Hidden: true},
		{Key: "done", SQL: "m.done", Into: func(m *Import) any { return &m.Done }, Hidden: true},
		{Key: "size", SQL: "m.size", Into: func(m *Import) any { return &m.Size }, Hidden: true},
		{Key: "kept", SQL: "m.kept", Into: func(m *Import) any { return &m.Kept }, Hidden: true},
		{Key: "whole", SQL: "m.whole", Into: func(m *Import) any { return &m.Whole }, Hidden: true},
		{Key: "ended_at", SQL: "m.ended_at", Into: func(m *Import) any { return &m.EndedAt }, Hidden: true},
		{Key: "by", SQL: "m.by_id", Into: func(m *Import) any { return &m.By }, Hidden: true},
		{Key: "id", SQL: "m.id", Into: func(m *Import) any { return &m.ID }, Hidden: true},
		{Key: "version", SQL: "m.version", Into: func(m *Import) any { return &m.Version }, Hidden: true},
	},
}

func tone(m *Import, _ time.Time) string {
	switch m.State {
	case Running, Checking:
		return "accent"
	case Ready:
		return "soon"
	case Done:
		return "done"
	case Failed, Turned:
		return "danger"
	}
	return "quiet"
}

// Row is what became of one row of an import, or would.
type Row struct {
	Result
	ID   string
	line int64
	args string
}

// Rows is the list of what became of each row, in the order of the file.
var Rows = list.Of[Row]{
	Name: "intake.rows", From: `intake_row w`, Order: "id",
	Columns: []list.Column[Row]{
		{Key: "line", SQL: "w.line", Into: func(r *Row) any { return &r.line }},
		{Key: "label", SQL: "w.label", Into: func(r *Row) any { return &r.Label }},
		{Key: "outcome", SQL: "w.outcome", Into: func(r *Row) any { return &r.Outcome }, OneOf: Outcomes, Enum: "intake.outcome", Tone: outcomeTone},
		{Key: "reason", SQL: "w.reason", Into: func(r *Row) any { return &r.Key }, Said: func(w *words.Words, r *Row) string { return r.reasonIn(w) }},
		{Key: "column", SQL: "w.field", Into: func(r *Row) any { return &r.Column }, Said: func(w *words.Words, r *Row) string { return r.whereIn(w) }},
		{Key: "cell", SQL: "w.cell", Into: func(r *Row) any { return &r.Cell }},
		{Key: "value", SQL: "w.value", Into: func(r *Row) any { return &r.Value }},
		{Key: "args", SQL: "w.args", Into: func(r *Row) any { return &r.args }, Hidden: true},
		{Key: "id", SQL: "w.id", Into: func(r *Row) any { return &r.ID }, Hidden: true},
	},
}

func outcomeTone(r *Row, _ time.Time) string {
	switch r.Outcome {
	case New:
		return "done"
	case Changed:
		return "accent"
	case Refused:
		return "danger"
	}
	return "quiet"
}

func (r *Row) whereIn(w *words.Words) string {
	if w == nil {
		return r.Column
	}
	return r.Where(w)
}

func (r *Row) reasonIn(w *words.Words) string {
	if w == nil {
		return r.Key
	}
	if r.Args == nil && r.args != "" {
		_ = json.Unmarshal([]byte(r.args), &r.Args) // written by insertRows
	}
	return r.Reason(w)
}

// LineText is the row's number as Excel shows it.
func (r *Row) LineText() string { return strconv.FormatInt(r.line, 10) }

// In is the column, and Because the reason, in words.
func (r *Row) In(w *words.Words) string      { return r.whereIn(w) }
func (r *Row) Because(w *words.Words) string { return r.reasonIn(w) }

// Unknown is a word that the vocabulary of a column does not have, and those it has.
type Unknown struct {
	Target, Value string
	Words         []string
}

// unknownMost is how many unknown words are asked about at once.
const unknownMost = 20

// UnknownWords are the words for which rows were refused, to be told what they mean.
func UnknownWords(ctx context.Context, r db.Reader, m *Import) (all []Unknown, err error) {
	targets, err := TargetsOf(m.Kind)
	if err != nil {
		return nil, err
	}
	f := m.Found()
	for _, t := range targets {
		title := ""
		for _, c := range f.Columns {
			if c.Target == t.Key {
				title = c.Title
			}
		}
		if t.spell == nil || title == "" || len(all) >= unknownMost {
			continue
		}
		values, err := db.Texts(ctx, r, `SELECT DISTINCT value FROM intake_row
			WHERE import = $1 AND outcome = 'refused' AND field = $2 AND reason = $3 ORDER BY value LIMIT 20`, m.ID, title, t.spell.Unknown)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			all = append(all, Unknown{t.Key, v, t.spell.Words()})
		}
	}
	return all, nil
}

// Scope is which imports a person sees: those of everybody who may import.
func Scope(by db.Actor) list.Where {
	if by.May(MayImport) {
		return list.Where{}
	}
	return list.Where{}.And("1=0")
}

// Of narrows Rows to one import.
func Of(imported string) list.Where {
	return list.Where{}.And("w.import = ? AND w.id > ? AND w.id < ?", imported, imported+".", imported+"/")
}

// rowID sorts the rows of an import as they stand in the file.
func rowID(imported string, row int) string { return fmt.Sprintf("%s.%08d", imported, row) }

// Get is one import; NotFound when there is none.
func Get(ctx context.Context, r db.Reader, id string) (Import, error) {
	m, err := Imports.Get(ctx, r, list.Where{}.And("m.id = ?", id))
	if err != nil {
		return m, err
	}
	err = r.QueryRowContext(ctx, `SELECT mapping, plan, rules, trouble, args FROM intake_import WHERE id = $1`, id).
		Scan(&m.mapping, &m.found, &m.rules, &m.Trouble, &m.args)
	return m, err
}

// Mapping is how the person wants the file to be understood.
func (m *Import) Mapping() (to Mapping) {
	if m.mapping != "" {
		_ = json.Unmarshal([]byte(m.mapping), &to) // written by this package
	}
	return to
}

// Found is what was found in a file, for its page.
type Found struct {
	Sheet       string            `json:"sheet"`
	Header      int               `json:"header"`
	Columns     []Mapped          `json:"columns"`
	Fingerprint string            `json:"fingerprint"`
	Settings    map[string]string `json:"settings"`
}

// Found is empty while the file has not been looked through.
func (m *Import) Found() (f Found) {
	if m.found != "" {
		_ = json.Unmarshal([]byte(m.found), &f)
	}
	return f
}

// Rules are those applied so far.
func (m *Import) Rules() (all []Rule) {
	if m.rules != "" {
		_ = json.Unmarshal([]byte(m.rules), &all)
	}
	return all
}

// Why is the reason for which an import failed, in words.
func (m *Import) Why(w *words.Words) string {
	if m.Trouble == "" {
		return ""
	}
	var args []string
	_ = json.Unmarshal([]byte(m.args), &args)
	return w.T(m.Trouble, said(w, args)...)
}

// Over says whether nothing happens any more.
func (m *Import) Over() bool { return m.State != Checking && m.State != Running }

func insertImport(ctx context.Context, tx *db.Tx, m *Import) error {
	_, err := tx.Exec(ctx, `INSERT INTO intake_import (id, kind, name, size, kept, state, whole, total, done, made, changed, unchanged, refused, no_record, by_id, by_name, at, ended_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)`,
		m.ID, m.Kind, m.Name, m.Size, m.Kept, m.State, m.Whole, m.Total, m.Done, m.New, m.Changed, m.Unchanged, m.Refused, m.NoRecord, m.By, m.ByName, m.At, m.EndedAt)
	return err
}
