package wardstores

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
)

// Kinds are why a ward's store is counted: the check of a week, the count of a month
// (S-033), and the head nurse's handing over (S-039).
var Kinds = []string{"week", "month", "handover"}

// State is how far a count is.
type State string

const (
	Done       State = "done"    // a week's check or a handover: nobody else signs
	Counted    State = "counted" // a month's count: logistics compares
	Reconciled State = "reconciled"
	Closed     State = "closed" // finance has looked it through
)

// States are all of them, as choices.
var States = []string{string(Done), string(Counted), string(Reconciled), string(Closed)}

// Count is one count of a ward's store. Amount is what the books said lay there, in fen.
type Count struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Kind           string         `json:"kind"`
	Month          period.Month   `json:"month"`
	Day            period.Day     `json:"day"`
	State          State          `json:"state"`
	Open           bool           `json:"open"`
	Count          int64          `json:"count"`
	Differences    int64          `json:"differences"`
	Amount         money.Fen      `json:"amount"`
	Note           string         `json:"note"`
	By             string         `json:"by"`
	ByName         string         `json:"by_name"`
	At             period.Instant `json:"at"`
	Giver          string         `json:"giver"`
	GiverName      string         `json:"giver_name"`
	Taker          string         `json:"taker"`
	TakerName      string         `json:"taker_name"`
	ReconciledBy   string         `json:"reconciled_by"`
	ReconciledName string         `json:"reconciled_name"`
	ReconciledAt   period.Instant `json:"reconciled_at"`
	ReconciledNote string         `json:"reconciled_note"`
	AuditedBy      string         `json:"audited_by"`
	AuditedName    string         `json:"audited_name"`
	AuditedAt      period.Instant `json:"audited_at"`
	AuditedNote    string         `json:"audited_note"`
	Version        int64          `json:"version"`
	Lines          []Line         `json:"lines,omitempty"`
}

// Line is one item of a count. Away is how much of the book is lent, or reported lost
// and not booked yet: what should lie there is Book less Away.
type Line struct {
	Item  string       `json:"item"`
	Book  quantity.Qty `json:"book"`
	Away  quantity.Qty `json:"away"`
	Found quantity.Qty `json:"found"`
	Cause string       `json:"cause"`
	Note  string       `json:"note"`
}

// Counts is the list of counts, newest first.
var Counts = list.Of[Count]{
	Name: "wardstores.counts", From: `wardstores_count c LEFT JOIN warehouse_store w ON w.id = c.store LEFT JOIN departments_department d ON d.id = w.department`,
	Order: "-id", Live: []string{CountNoun},
	Href: func(c *Count) string { return "/ward-stores/counts/" + c.ID },
	Columns: []list.Column[Count]{
		{Key: "number", SQL: "c.number", Into: func(c *Count) any { return &c.Number }},
		{Key: "kind", SQL: "c.kind", Into: func(c *Count) any { return &c.Kind }, OneOf: Kinds, Enum: "wardstores.kind"},
		{Key: "state", SQL: "c.state", Into: func(c *Count) any { return &c.State }, OneOf: States, Enum: CountNoun + ".state", Tone: func(c *Count, _ time.Time) string {
			if c.Open {
				return "soon"
			}
			return "done"
		}},
		{Key: "store", SQL: "c.store", Into: func(c *Count) any { return &c.Store }, Text: func(c *Count) string { return c.StoreName }},
		{Key: "day", SQL: "c.day", Into: func(c *Count) any { return &c.Day }, Range: true},
		{Key: "count", SQL: "c.lines", Into: func(c *Count) any { return &c.Count }},
		{Key: "differences", SQL: "c.differences", Into: func(c *Count) any { return &c.Differences }, Range: true, Tone: func(c *Count, _ time.Time) string {
			if c.Differences > 0 {
				return "danger"
			}
			return ""
		}},
		{Key: "by_name", SQL: "c.by_name", Into: func(c *Count) any { return &c.ByName }},
		{Key: "reconciled_name", SQL: "c.reconciled_name", Into: func(c *Count) any { return &c.ReconciledName }},
		{Key: "audited_name", SQL: "c.audited_name", Into: func(c *Count) any { return &c.AuditedName }},
		{Key: "amount", SQL: "c.amount", Into: func(c *Count) any { return &c.Amount }, Aside: true},
		{Key: "month", SQL: "c.month", Into: func(c *Count) any { return &c.Month }, Aside: true},
		{Key: "note", SQL: "c.note", Into: func(c *Count) any { return &c.Note }, Aside: true},
		{Key: "open", SQL: "c.open", Into: func(c *Count) any { return &c.Open }, Aside: true},
		{Key: "giver_name", SQL: "c.giver_name", Into: func(c *Count) any { return &c.GiverName }, Aside: true},
		{Key: "taker_name", SQL: "c.taker_name", Into: func(c *Count) any { return &c.TakerName }, Aside: true},
		{Key: "department", SQL: "coalesce(w.department, '')", Into: func(c *Count) any { return &c.Department }, Ref: "departments", Text: func(c *Count) string { return c.DepartmentName }, Aside: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(c *Count) any { return &c.DepartmentName }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(c *Count) any { return &c.StoreName }, Hidden: true},
		{Key: "id", SQL: "c.id", Into: func(c *Count) any { return &c.ID }, Hidden: true},
		{Key: "by", SQL: "c.by_id", Into: func(c *Count) any { return &c.By }, Hidden: true},
		{Key: "at", SQL: "c.at", Into: func(c *Count) any { return &c.At }, Hidden: true},
		{Key: "giver", SQL: "c.giver", Into: func(c *Count) any { return &c.Giver }, Hidden: true},
		{Key: "taker", SQL: "c.taker", Into: func(c *Count) any { return &c.Taker }, Hidden: true},
		{Key: "reconciled_by", SQL: "c.reconciled_by", Into: func(c *Count) any { return &c.ReconciledBy }, Hidden: true},
		{Key: "reconciled_at", SQL: "c.reconciled_at", Into: func(c *Count) any { return &c.ReconciledAt }, Hidden: true},
		{Key: "reconciled_note", SQL: "c.reconciled_note", Into: func(c *Count) any { return &c.ReconciledNote }, Hidden: true},
		{Key: "audited_by", SQL: "c.audited_by", Into: func(c *Count) any { return &c.AuditedBy }, Hidden: true},
		{Key: "audited_at", SQL: "c.audited_at", Into: func(c *Count) any { return &c.AuditedAt }, Hidden: true},
		{Key: "audited_note", SQL: "c.audited_note", Into: func(c *Count) any { return &c.AuditedNote }, Hidden: true},
		{Key: "version", SQL: "c.version", Into: func(c *Count) any { return &c.Version }, Hidden: true},
	},
}

// Remark is what somebody says with a signature.
type Remark struct{ Text string }

// RemarkForm is asked of who compares or looks through.
var RemarkForm = form.Of[Remark]{Name: "wardstores.remark", Fields: []form.Field[Remark]{
	{Key: "text", Into: func(r *Remark) any { return &r.Text }, Most: 200},
}}

// CountLife is the table of a count's steps.
var CountLife = flow.Flow[State, Count]{
	Name:  CountNoun,
	State: func(c *Count) *State { return &c.State },
	Seen:  func(c *Count) int64 { return c.Version },
	May:   func(by db.Actor, need string, c *Count) bool { return by.MayIn(need, c.Department) },
	Steps: []flow.Step[State, Count]{
		{Name: "reconcile", From: []State{Counted}, To: Reconciled, Need: MayReconcile, If: another, Ask: &RemarkForm, Tone: "accent"},
		{Name: "audit", From: []State{Reconciled}, To: Closed, Need: MayAudit, If: another, Ask: &RemarkForm, Tone: "accent"},
	},
}

// another: who compares has not counted, and finance is not logistics (S-034).
func another(by db.Actor, c *Count) error {
	if by.ID == c.By || by.ID == c.ReconciledBy {
		return fault.New(fault.Forbidden, "wardstores.same_person").Under("S-034")
	}
	return nil
}

// CountByID is one count with its lines, if the person sees the store.
func CountByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Count, error) {
	c, err := Counts.Get(ctx, r, Scope(by).And("c.id = ?", id))
	if err != nil {
		return c, err
	}
	c.Lines, err = db.All(ctx, r, func(l *Line) []any { return []any{&l.Item, &l.Book, &l.Away, &l.Found, &l.Cause, &l.Note} },
		`SELECT l.item, l.book, l.away, l.found, l.cause, l.note FROM wardstores_count_line l LEFT JOIN catalog_item i ON i.id = l.item WHERE l.count = $1 ORDER BY i.number, l.item`, id)
	return c, err
}

// Signatures are those of who hands a store over and who takes it on.
func Signatures(ctx context.Context, r db.Reader, count string) (giver, taker string, err error) {
	two, _, err := db.First(ctx, r, func(s *[2]string) []any { return []any{&s[0], &s[1]} }, `SELECT giver_sign, taker_sign FROM wardstores_count WHERE id = $1`, count)
	return two[0], two[1], err
}

// Counting is a count as it is handed in. Of a handover it is signed by both.
type Counting struct {
	Store     string
	Kind      string
	Note      string
	Lines     []Tally
	Taker     string // who answers for the store from now on
	GiverSign string
	TakerSign string
}

// Tally is how much of an item somebody found.
type Tally struct {
	Item  string
	Found string
	Cause string // of Causes, where it is not what should be there
	Note  string
}

// Sheet is what a count of a store would compare with now, in the order of the items.
func Sheet(ctx context.Context, r db.Reader, store string) ([]Line, money.Fen, error) {
	held, err := HeldIn(ctx, r, store)
	if err != nil {
		return nil, 0, err
	}
	gone, err := away(ctx, r, store)
	if err != nil {
		return nil, 0, err
	}
	var lines []Line
	var worth money.Fen
	for _, h := range held {
		if h.Qty > 0 || gone[h.Item] != 0 {
			lines = append(lines, Line{Item: h.Item, Book: quantity.Qty(h.Qty), Away: gone[h.Item]})
			worth += h.Amount
		}
	}
	return lines, worth, nil
}

// Enter writes a count down. Every item of the store is counted; what is not what
// should be there is reported with its cause to the head nurse (S-040), and nothing
// is booked by the count itself (S-019). Needs MayUse for the ward; a handover MayLead.
// A handover is signed by both, and from then on the other answers for the store (S-039).
//
// Refused, every line at once: items left out, quantities that are none, differences
// without a cause (Invalid); a handover without its two people and signatures (Invalid,
// S-039); a month that has been counted (Conflict).
func Enter(ctx context.Context, tx *db.Tx, in Counting) (Count, error) {
	need := MayUse
	if in.Kind == "handover" {
		need = MayLead
	}
	s, err := store(ctx, tx, in.Store, need)
	if err != nil {
		return Count{}, err
	}
	if err := tx.Lock(ctx, "warehouse_book", s.ID); err != nil {
		return Count{}, err
	}
	c := Count{ID: tx.NewID(), Store: s.ID, StoreName: s.Name, Department: s.Department, Kind: in.Kind, Month: tx.Today().Month(), Day: tx.Today(), State: Done, By: tx.By.ID, ByName: tx.By.Name, At: tx.At(),
		Note: strings.TrimSpace(in.Note), Version: 1}
	if c.Lines, c.Amount, err = Sheet(ctx, tx, s.ID); err != nil {
		return c, err
	}
	var bad fault.Complaints
	if !slices.Contains(Kinds, in.Kind) {
		bad.Add("kind", "base.bad_value", in.Kind)
	}
	if len(c.Lines) == 0 {
		bad.Add("lines", "wardstores.nothing_there")
	}
	if err := c.tally(ctx, tx, in.Lines, &bad); err != nil {
		return c, err
	}
	charge, err := ChargeOf(ctx, tx, &s)
	if err != nil {
		return c, err
	}
	if in.Kind == "handover" {
		if err := c.handOver(ctx, tx, in, &charge, &bad); err != nil {
			return c, err
		}
	}
	if err := bad.Err(); err != nil {
		return c, err
	}
	if in.Kind == "month" {
		c.State, c.Open = Counted, true
		if _, again, err := db.Text(ctx, tx, `SELECT number FROM wardstores_count WHERE store = $1 AND kind = 'month' AND month = $2`, s.ID, c.Month); err != nil {
			return c, err
		} else if again {
			return c, fault.New(fault.Conflict, "wardstores.counted_already", string(c.Month))
		}
	}
	if c.Number, err = tx.Number(ctx, "HD"); err != nil {
		return c, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO wardstores_count (id, number, store, kind, month, day, state, open, lines, differences, amount, note, by_id, by_name, at, giver, giver_name, giver_sign, taker, taker_name, taker_sign)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21)`, c.ID, c.Number, c.Store, c.Kind, c.Month, c.Day, c.State, c.Open, c.Count, c.Differences, c.Amount, c.Note,
		c.By, c.ByName, c.At, c.Giver, c.GiverName, in.GiverSign, c.Taker, c.TakerName, in.TakerSign); err != nil {
		return c, err
	}
	for _, l := range c.Lines {
		if _, err := tx.Exec(ctx, `INSERT INTO wardstores_count_line (count, item, book, away, found, cause, note) VALUES ($1,$2,$3,$4,$5,$6,$7)`, c.ID, l.Item, l.Book, l.Away, l.Found, l.Cause, l.Note); err != nil {
			return c, err
		}
		if l.Cause == "" {
			continue
		}
		loss := Loss{Store: s.ID, StoreName: s.Name, Department: s.Department, Item: l.Item, Qty: int64(l.Book - l.Away - l.Found), Cause: l.Cause, How: l.Note, Count: c.ID}
		if loss.Qty < 0 {
			loss.Qty = -loss.Qty
		}
		if loss.How == "" {
			loss.How = c.Number
		}
		if err := insertLoss(ctx, tx, &loss); err != nil {
			return c, err
		}
	}
	if in.Kind == "handover" {
		charge.Store, charge.Head, charge.HeadName = s.ID, c.Taker, c.TakerName
		if charge.Keeper == c.Taker {
			charge.Keeper, charge.KeeperName = "", ""
		}
		if err := putCharge(ctx, tx, &charge); err != nil {
			return c, err
		}
	}
	return c, tx.Trail(ctx, db.Event{Noun: CountNoun, Record: c.ID, Action: in.Kind, Note: c.Number + " " + s.Name})
}

// tally puts what was found on the lines.
func (c *Count) tally(ctx context.Context, r db.Reader, found []Tally, bad *fault.Complaints) error {
	var ids []string
	for _, l := range c.Lines {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(ctx, r, ids)
	if err != nil {
		return err
	}
	for n, t := range found {
		if !slices.ContainsFunc(c.Lines, func(l Line) bool { return l.Item == t.Item }) {
			bad.Add(line(n, "found"), "wardstores.not_on_sheet", t.Item)
		}
	}
	c.Count = int64(len(c.Lines))
	for k := range c.Lines {
		l := &c.Lines[k]
		i, n := items[l.Item], slices.IndexFunc(found, func(t Tally) bool { return t.Item == l.Item })
		if n < 0 || strings.TrimSpace(found[n].Found) == "" {
			bad.Cite("S-033", line(max(n, 0), "found"), "wardstores.not_counted", i.Title())
			continue
		}
		t := found[n]
		if l.Found, err = some(t.Found, i); err != nil {
			bad.Add(line(n, "found"), "wardstores.bad_qty", t.Found, catalog.SayPacks(i.Packs))
			continue
		}
		l.Note = strings.TrimSpace(t.Note)
		should := l.Book - l.Away
		switch {
		case l.Found == should:
		case l.Found > should:
			l.Cause = "surplus"
		case t.Cause == "" || t.Cause == "surplus" || !slices.Contains(Causes, t.Cause):
			bad.Cite("S-040", line(n, "cause"), "wardstores.cause_needed", i.Title(), i.Say(should))
		default:
			l.Cause = t.Cause
		}
		if l.Cause != "" {
			c.Differences++
		}
	}
	return nil
}

// handOver puts the two people of a handover on the count (S-039).
func (c *Count) handOver(ctx context.Context, r db.Reader, in Counting, charge *Charge, bad *fault.Complaints) error {
	c.Giver, c.GiverName = charge.Head, charge.HeadName
	p, err := people.Get(ctx, r, in.Taker)
	switch {
	case in.Taker == "":
		bad.Cite("S-039", "taker", "base.required")
	case fault.KindOf(err) == fault.NotFound || err == nil && p.Closed:
		bad.Add("taker", "base.no_such", in.Taker)
	case err != nil:
		return err
	case p.ID == c.Giver:
		bad.Cite("S-039", "taker", "wardstores.same_hands")
	}
	c.Taker, c.TakerName = p.ID, p.Name
	if c.Giver == "" {
		bad.Cite("S-039", "taker", "wardstores.no_head")
	}
	for _, s := range []struct{ key, text string }{{"giver_sign", in.GiverSign}, {"taker_sign", in.TakerSign}} {
		if strings.TrimSpace(s.text) == "" {
			bad.Cite("S-039", s.key, "base.required")
		}
		if len(s.text) > signatureMost {
			bad.Add(s.key, "base.too_long", signatureMost)
		}
	}
	return nil
}

// signatureMost is how long a drawn signature may be.
const signatureMost = 140_000

// Reconcile is logistics' word that a ward's count of a month agrees with the stores'
// books (S-033), Audit that of finance (S-034): neither who counted nor one person for both.
func Reconcile(ctx context.Context, tx *db.Tx, id string, version int64, r Remark) (Count, error) {
	return signCount(ctx, tx, id, version, "reconcile", func(c *Count) {
		c.ReconciledBy, c.ReconciledName, c.ReconciledAt, c.ReconciledNote = tx.By.ID, tx.By.Name, tx.At(), strings.TrimSpace(r.Text)
	})
}

// Audit: see Reconcile.
func Audit(ctx context.Context, tx *db.Tx, id string, version int64, r Remark) (Count, error) {
	return signCount(ctx, tx, id, version, "audit", func(c *Count) {
		c.Open = false
		c.AuditedBy, c.AuditedName, c.AuditedAt, c.AuditedNote = tx.By.ID, tx.By.Name, tx.At(), strings.TrimSpace(r.Text)
	})
}

func signCount(ctx context.Context, tx *db.Tx, id string, version int64, step string, put func(*Count)) (Count, error) {
	c, err := CountLife.Take(ctx, tx, id, version, step, CountByID)
	if err != nil {
		return c, err
	}
	put(&c)
	if err := tx.One(ctx, fault.Stale(), `UPDATE wardstores_count SET state = $1, open = $2, reconciled_by = $3, reconciled_name = $4, reconciled_at = $5, reconciled_note = $6,
		audited_by = $7, audited_name = $8, audited_at = $9, audited_note = $10, version = version + 1 WHERE id = $11 AND version = $12`, c.State, c.Open, c.ReconciledBy, c.ReconciledName, c.ReconciledAt,
		c.ReconciledNote, c.AuditedBy, c.AuditedName, c.AuditedAt, c.AuditedNote, c.ID, c.Version); err != nil {
		return c, err
	}
	c.Version++
	return c, tx.Trail(ctx, db.Event{Noun: CountNoun, Record: c.ID, Action: step, Note: c.Number})
}

func line(n int, key string) string { return fmt.Sprintf("lines.%d.%s", n, key) }
