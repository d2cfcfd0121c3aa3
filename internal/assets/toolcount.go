package assets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// CountNoun is what the trail calls a count of tools.
const CountNoun = "assets.count"

// What a count finds of a tool.
const (
	There = "there"
	Out   = "lent" // it is out under a slip
	Gone  = "missing"
)

// Findings are all of them, as choices.
var Findings = []string{There, Out, Gone}

// Count is a count of all tools of a department (W-016), as it was reported.
type Count struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	At             period.Instant `json:"at"`
	By             string         `json:"by"`
	Due            period.Day     `json:"due"`
	Late           bool           `json:"late"`
	Found          int64          `json:"found"` // there, or out under a slip
	Missing        int64          `json:"missing"`
	Told           string         `json:"told"`
	Note           string         `json:"note"`
	Lines          []Counted      `json:"lines"`
}

// Counted is one tool of a count.
type Counted struct {
	Card   string `json:"card"`
	Name   string `json:"name"`
	Number string `json:"number"`
	State  string `json:"state"`
	Note   string `json:"note"`
}

// Counts is the list of counts, the latest first.
var Counts = list.Of[Count]{
	Name: "assets.counts", From: `assets_count c LEFT JOIN departments_department d ON d.id = c.department`, Order: "-at", Live: []string{CountNoun},
	Href: func(c *Count) string { return "/tool-counts/" + c.ID },
	Columns: []list.Column[Count]{
		{Key: "department", SQL: "c.department", Into: func(c *Count) any { return &c.Department }, Ref: "departments", Text: func(c *Count) string { return c.DepartmentName }},
		{Key: "number", SQL: "c.number", Into: func(c *Count) any { return &c.Number }},
		{Key: "at", SQL: "c.at", Into: func(c *Count) any { return &c.At }, Range: true, Sort: true},
		{Key: "found", SQL: "c.found", Into: func(c *Count) any { return &c.Found }},
		{Key: "missing", SQL: "c.missing", Into: func(c *Count) any { return &c.Missing }, Range: true},
		{Key: "due", SQL: "c.due", Into: func(c *Count) any { return &c.Due }},
		{Key: "late", SQL: "c.late", Into: func(c *Count) any { return &c.Late }},
		{Key: "told", SQL: "c.told", Into: func(c *Count) any { return &c.Told }},
		{Key: "by", SQL: "c.by_name", Into: func(c *Count) any { return &c.By }, Aside: true},
		{Key: "note", SQL: "c.note", Into: func(c *Count) any { return &c.Note }, Aside: true},
		{Key: "id", SQL: "c.id", Into: func(c *Count) any { return &c.ID }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(c *Count) any { return &c.DepartmentName }, Hidden: true},
	},
}

// ToolScope narrows loans and counts to where the person sees the cards; expr is the
// department.
func ToolScope(by db.Actor, expr string) list.Where {
	units := []string{}
	if by.Unit != "" {
		units = append(units, by.Unit)
	}
	for _, p := range []string{MaySee, MayChange, MayLend} {
		s := by.Scope(p)
		if s.All {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	slices.Sort(units)
	return list.Where{}.In(expr, slices.Compact(units))
}

// CountByID is a count with its lines, if the person sees the department.
func CountByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Count, error) {
	c, err := Counts.Get(ctx, r, ToolScope(by, "c.department").And("c.id = ?", id))
	if err != nil {
		return c, err
	}
	c.Lines, err = db.All(ctx, r, func(l *Counted) []any { return []any{&l.Card, &l.Name, &l.Number, &l.State, &l.Note} },
		`SELECT l.card, a.name, a.number, l.state, l.note FROM assets_count_line l JOIN assets_card a ON a.id = l.card WHERE l.count = $1 ORDER BY l.id`, id)
	return c, err
}

// DueCount is a department whose tools are to be counted by a day.
type DueCount struct {
	Department string     `json:"department"`
	Name       string     `json:"name"`
	Tools      int64      `json:"tools"`
	Last       period.Day `json:"last"` // "" never yet
	Due        period.Day `json:"due"`  // "" as soon as can be
}

// DueCounts are the departments with tools, with when each counts next: W-016.cycle
// after its last count.
func DueCounts(ctx context.Context, r db.Reader, by db.Actor, today period.Day) ([]DueCount, error) {
	months, err := rules.Number(ctx, r, "W-016.cycle", today)
	if err != nil {
		return nil, err
	}
	type row struct {
		d    DueCount
		last period.Instant
	}
	rows, err := db.All(ctx, r, func(x *row) []any { return []any{&x.d.Department, &x.d.Name, &x.d.Tools, &x.last} },
		`SELECT a.department, coalesce(max(d.name), ''), count(*), coalesce((SELECT max(c.at) FROM assets_count c WHERE c.department = a.department), 0)
		FROM assets_card a LEFT JOIN departments_department d ON d.id = a.department WHERE a.class = 'tool' AND a.closed = false AND a.department <> '' GROUP BY a.department ORDER BY a.department`)
	var due []DueCount
	for _, x := range rows {
		if !by.MayIn(MayLend, x.d.Department) && !by.MayIn(MaySee, x.d.Department) {
			continue
		}
		if x.last > 0 {
			x.d.Last = x.last.Day(r.Location())
			x.d.Due = x.d.Last.AddMonths(int(months))
		}
		due = append(due, x.d)
	}
	slices.SortStableFunc(due, func(a, b DueCount) int { return strings.Compare(string(a.Due), string(b.Due)) })
	return due, err
}

// Tally is what somebody found when they counted the tools of a department.
type Tally struct {
	Department string
	Note       string
	Lines      []Counted
}

// TallyForm asks it, a line a tool.
var TallyForm = form.Of[Tally]{Name: "assets.tally", Fields: []form.Field[Tally]{
	form.LinesOf("lines", func(t *Tally) *[]Counted { return &t.Lines }, &form.Of[Counted]{Name: "assets.tally_line", Fields: []form.Field[Counted]{
		{Key: "card", Into: func(c *Counted) any { return &c.Card }, Kind: form.Hidden, Most: 60, Required: true},
		{Key: "state", Into: func(c *Counted) any { return &c.State }, OneOf: Findings, Enum: "assets.found", Required: true},
		{Key: "note", Into: func(c *Counted) any { return &c.Note }, Most: 100},
	}}, 500),
	{Key: "note", Into: func(t *Tally) any { return &t.Note }, Kind: form.Area, Most: 500},
}}

// ToolsOf are the tools of a department as a count begins: what is out under a slip is said.
func ToolsOf(ctx context.Context, r db.Reader, department string) (lines []Counted, err error) {
	return db.All(ctx, r, func(l *Counted) []any { return []any{&l.Card, &l.Name, &l.Number, &l.State, &l.Note} },
		`SELECT a.id, a.name, a.number, CASE WHEN l.id IS NULL THEN 'there' ELSE 'lent' END, coalesce(l.borrower_name, '') FROM assets_card a LEFT JOIN assets_loan l ON l.card = a.id AND l.open = true
		WHERE a.class = 'tool' AND a.closed = false AND a.department = $1 ORDER BY a.number, a.id`, department)
}

// CountTools writes down a count of all tools of a department and reports it to the property
// accountant (W-016). Needs MayLend there. Invalid: a tool that is not answered, answered
// twice, out without a slip, or missing without a word; a line that is none of its tools.
func CountTools(ctx context.Context, tx *db.Tx, t Tally) (Count, error) {
	if err := tx.NeedIn(MayLend, t.Department); err != nil {
		return Count{}, err
	}
	if err := tx.Lock(ctx, "departments_department", t.Department); err != nil {
		return Count{}, err
	}
	tools, err := ToolsOf(ctx, tx, t.Department)
	if err != nil {
		return Count{}, err
	}
	c := Count{ID: tx.NewID(), Department: t.Department, At: tx.At(), By: tx.By.Name, Note: strings.TrimSpace(t.Note)}
	var bad fault.Complaints
	for n, l := range t.Lines {
		at := fmt.Sprintf("lines.%d.", n)
		i := slices.IndexFunc(tools, func(o Counted) bool { return o.Card == l.Card })
		switch {
		case i < 0:
			bad.Add(at+"state", "assets.no_tool")
		case slices.ContainsFunc(t.Lines[:n], func(o Counted) bool { return o.Card == l.Card }):
			bad.Add(at+"state", "base.duplicate")
		case !slices.Contains(Findings, l.State):
			bad.Add(at+"state", "base.required")
		case l.State == Out && tools[i].State != Out:
			bad.Add(at+"state", "assets.no_slip")
		case l.State == Gone && strings.TrimSpace(l.Note) == "":
			bad.Add(at+"note", "assets.say_missing")
		}
		if l.State == Gone {
			c.Missing++
		} else {
			c.Found++
		}
	}
	for _, o := range tools {
		if !slices.ContainsFunc(t.Lines, func(l Counted) bool { return l.Card == o.Card }) {
			bad.Add("lines", "assets.not_counted", o.Name+" "+o.Number)
		}
	}
	if len(tools) == 0 {
		bad.Add("lines", "assets.no_tools")
	}
	if err := bad.Err(); err != nil {
		return c, err
	}
	due, err := DueCounts(ctx, tx, db.System("assets"), tx.Today())
	if err != nil {
		return c, err
	}
	for _, d := range due {
		if d.Department == t.Department {
			c.Due, c.DepartmentName, c.Late = d.Due, d.Name, d.Due != "" && d.Due < tx.Today()
		}
	}
	told, err := approvals.HoldersOn(ctx, tx, "property_accountant", tx.Today())
	if err != nil {
		return c, err
	}
	var names []string
	for _, id := range told {
		p, err := people.Get(ctx, tx, id)
		if err != nil {
			return c, err
		}
		names = append(names, p.Name)
	}
	c.Told = strings.Join(names, "、")
	if c.Number, err = tx.Number(ctx, "GQ"); err != nil {
		return c, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO assets_count (id, number, department, at, by_name, due, late, found, missing, told, note) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		c.ID, c.Number, c.Department, c.At, c.By, c.Due, c.Late, c.Found, c.Missing, c.Told, c.Note); err != nil {
		return c, err
	}
	for _, l := range t.Lines {
		if _, err := tx.Exec(ctx, `INSERT INTO assets_count_line (id, count, card, state, note) VALUES ($1,$2,$3,$4,$5)`, tx.NewID(), c.ID, l.Card, l.State, strings.TrimSpace(l.Note)); err != nil {
			return c, err
		}
	}
	if err := tx.Trail(ctx, db.Event{Noun: CountNoun, Record: c.ID, Action: "count", Note: c.Number}); err != nil {
		return c, err
	}
	return c, messages.Tell(ctx, tx, messages.Word{Event: messages.ToolsCounted, To: told, Args: []string{c.Number, c.DepartmentName}, Number: c.Number, Href: "/tool-counts/" + c.ID})
}

// countedInTime: counts of tools made by their day, and those made later.
func countedInTime(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	first, end := rules.Moments(r, from, until)
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE late = false), count(*) FILTER (WHERE late = true), coalesce(max(at), 0) FROM assets_count WHERE at >= $1 AND at < $2`, first, end).Scan(&e.Kept, &e.Broken, &e.Latest)
	link := "/tool-counts?at.from=" + string(from) + "&at.to=" + string(until) + "&late="
	e.Link, e.BrokenLink = link+"false", link+"true"
	return e, err
}
