package wardstores

import (
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/warehouse"
)

// BackState is how far goods on their way back to a main store are.
type BackState string

const (
	Sent    BackState = "sent" // the keeper has not taken them in
	Arrived BackState = "taken"
	Kept    BackState = "dropped" // they stayed on the ward
)

// BackStates are all of them, as choices.
var BackStates = []string{string(Sent), string(Arrived), string(Kept)}

// Backward is unused goods of a ward on their way back to a main store.
type Backward struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Department     string         `json:"department"`
	To             string         `json:"to"`
	ToName         string         `json:"to_name"`
	Keeping        string         `json:"-"` // department that keeps the main store
	Reason         string         `json:"reason"`
	State          BackState      `json:"state"`
	Open           bool           `json:"open"`
	Count          int64          `json:"count"`
	By             string         `json:"by"`
	ByName         string         `json:"by_name"`
	At             period.Instant `json:"at"`
	EndedName      string         `json:"ended_name"`
	EndedAt        period.Instant `json:"ended_at"`
	EndedNote      string         `json:"ended_note"`
	Document       string         `json:"document"`
	DocumentNumber string         `json:"document_number"`
	Version        int64          `json:"version"`
	Lines          []BackLine     `json:"lines,omitempty"`
}

// BackLine is one of the goods.
type BackLine struct {
	Line int64        `json:"line"`
	Item string       `json:"item"`
	Qty  quantity.Qty `json:"qty"`
}

// Backwards is the list of what wards gave back, newest first.
var Backwards = list.Of[Backward]{
	Name: "wardstores.backs", From: `wardstores_back b LEFT JOIN warehouse_store w ON w.id = b.store LEFT JOIN warehouse_store t ON t.id = b.to_store`,
	Order: "-id", Live: []string{BackNoun},
	Href: func(b *Backward) string { return "/ward-stores/returns/" + b.ID },
	Columns: []list.Column[Backward]{
		{Key: "number", SQL: "b.number", Into: func(b *Backward) any { return &b.Number }},
		{Key: "state", SQL: "b.state", Into: func(b *Backward) any { return &b.State }, OneOf: BackStates, Enum: BackNoun + ".state", Tone: func(b *Backward, _ time.Time) string {
			if b.Open {
				return "soon"
			}
			return "quiet"
		}},
		{Key: "store", SQL: "b.store", Into: func(b *Backward) any { return &b.Store }, Text: func(b *Backward) string { return b.StoreName }},
		{Key: "to", SQL: "b.to_store", Into: func(b *Backward) any { return &b.To }, Ref: "stores", Text: func(b *Backward) string { return b.ToName }},
		{Key: "count", SQL: "b.lines", Into: func(b *Backward) any { return &b.Count }},
		{Key: "reason", SQL: "b.reason", Into: func(b *Backward) any { return &b.Reason }},
		{Key: "at", SQL: "b.at", Into: func(b *Backward) any { return &b.At }, Range: true},
		{Key: "by_name", SQL: "b.by_name", Into: func(b *Backward) any { return &b.ByName }},
		{Key: "ended_name", SQL: "b.ended_name", Into: func(b *Backward) any { return &b.EndedName }, Aside: true},
		{Key: "ended_at", SQL: "b.ended_at", Into: func(b *Backward) any { return &b.EndedAt }, Range: true, Aside: true},
		{Key: "ended_note", SQL: "b.ended_note", Into: func(b *Backward) any { return &b.EndedNote }, Aside: true},
		{Key: "document_number", SQL: "b.document_number", Into: func(b *Backward) any { return &b.DocumentNumber }, Aside: true},
		{Key: "open", SQL: "b.open", Into: func(b *Backward) any { return &b.Open }, Aside: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(b *Backward) any { return &b.StoreName }, Hidden: true},
		{Key: "to_name", SQL: "coalesce(t.name, '')", Into: func(b *Backward) any { return &b.ToName }, Hidden: true},
		{Key: "department", SQL: "coalesce(w.department, '')", Into: func(b *Backward) any { return &b.Department }, Hidden: true},
		{Key: "keeping", SQL: "coalesce(t.department, '')", Into: func(b *Backward) any { return &b.Keeping }, Hidden: true},
		{Key: "id", SQL: "b.id", Into: func(b *Backward) any { return &b.ID }, Hidden: true},
		{Key: "by", SQL: "b.by_id", Into: func(b *Backward) any { return &b.By }, Hidden: true},
		{Key: "document", SQL: "b.document", Into: func(b *Backward) any { return &b.Document }, Hidden: true},
		{Key: "version", SQL: "b.version", Into: func(b *Backward) any { return &b.Version }, Hidden: true},
	},
}

// BackLife is the table of the steps.
var BackLife = flow.Flow[BackState, Backward]{
	Name:  BackNoun,
	State: func(b *Backward) *BackState { return &b.State },
	Seen:  func(b *Backward) int64 { return b.Version },
	May: func(by db.Actor, need string, b *Backward) bool {
		if need == warehouse.MayReceive {
			return by.MayIn(need, b.Keeping)
		}
		return by.MayIn(need, b.Department)
	},
	Steps: []flow.Step[BackState, Backward]{
		{Name: "take", From: []BackState{Sent}, To: Arrived, Need: warehouse.MayReceive, Tone: "accent"},
		{Name: "drop", From: []BackState{Sent}, To: Kept, Need: MayUse, Ask: &WhyForm, Tone: "danger"},
	},
}

// BackByID is one of them with its lines, if the person sees the ward's store or takes
// goods in for the main one.
func BackByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Backward, error) {
	b, err := Backwards.Get(ctx, r, BackScope(by).And("b.id = ?", id))
	if err != nil {
		return b, err
	}
	b.Lines, err = db.All(ctx, r, func(l *BackLine) []any { return []any{&l.Line, &l.Item, &l.Qty} }, `SELECT line, item, qty FROM wardstores_back_line WHERE back = $1 ORDER BY line`, id)
	return b, err
}

// BackScope is which goods on their way back a person sees.
func BackScope(by db.Actor) list.Where {
	take := by.Scope(warehouse.MayReceive)
	if take.All {
		return list.Where{}
	}
	var units []string
	for _, p := range Permissions {
		s := by.Scope(p)
		if s.All {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	mine, a := list.In("w.department", units)
	theirs, b := list.In("t.department", take.Units)
	return list.Where{}.And(mine+" OR "+theirs, append(a, b...)...)
}

// Sending is what a ward gives back.
type Sending struct {
	Store  string
	To     string
	Reason string
	Lines  []Out
}

// Out is one of the goods, as people write it.
type Out struct {
	Item string
	Qty  string
}

// Send announces that unused goods go back to a main store; they change stores when its
// keeper has them. Needs MayUse for the ward. Invalid, every line at once: more than lies
// there and can be used, no reason, a store that is no main store.
func Send(ctx context.Context, tx *db.Tx, in Sending) (Backward, error) {
	s, err := store(ctx, tx, in.Store, MayUse)
	if err != nil {
		return Backward{}, err
	}
	b := Backward{ID: tx.NewID(), Store: s.ID, StoreName: s.Name, Department: s.Department, To: in.To, Reason: strings.TrimSpace(in.Reason), State: Sent, Open: true, By: tx.By.ID, ByName: tx.By.Name, At: tx.At(), Version: 1}
	var bad fault.Complaints
	to, err := warehouse.StoreByID(ctx, tx, in.To)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && (to.Ward || to.Closed):
		bad.Add("to", "base.no_such", in.To)
	case err != nil:
		return b, err
	}
	b.ToName, b.Keeping = to.Name, to.Department
	if b.Reason == "" {
		bad.Add("reason", "base.required")
	}
	for n, l := range in.Lines {
		if t := strings.TrimSpace(l.Qty); t == "" || t == "0" { // it stays
			continue
		}
		i, qty, err := wanted(ctx, tx, l.Item, l.Qty)
		if err == nil {
			err = enough(ctx, tx, &s, i, qty)
		}
		if err != nil {
			if err := bad.Gather(line(n, ""), err); err != nil {
				return b, err
			}
			continue
		}
		b.Lines = append(b.Lines, BackLine{Line: int64(len(b.Lines) + 1), Item: i.ID, Qty: qty})
	}
	if len(b.Lines) == 0 && len(bad) == 0 {
		bad.Add("lines", "base.no_lines")
	}
	if err := bad.Err(); err != nil {
		return b, err
	}
	b.Count = int64(len(b.Lines))
	if b.Number, err = tx.Number(ctx, "TL"); err != nil {
		return b, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO wardstores_back (id, number, store, to_store, reason, state, lines, by_id, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		b.ID, b.Number, b.Store, b.To, b.Reason, b.State, b.Count, b.By, b.ByName, b.At); err != nil {
		return b, err
	}
	for _, l := range b.Lines {
		if _, err := tx.Exec(ctx, `INSERT INTO wardstores_back_line (back, line, item, qty) VALUES ($1,$2,$3,$4)`, b.ID, l.Line, l.Item, l.Qty); err != nil {
			return b, err
		}
	}
	return b, tx.Trail(ctx, db.Event{Noun: BackNoun, Record: b.ID, Action: "send", Note: b.Number + " " + b.Reason})
}

// TakeIn takes what a ward gave back into the main store (DB), at what it cost. Needs
// warehouse.MayReceive where that store is kept. Invalid: it is no longer all there.
func TakeIn(ctx context.Context, tx *db.Tx, id string, version int64) (Backward, error) {
	b, err := takeBack(ctx, tx, id, version, "take")
	if err != nil {
		return b, err
	}
	d := warehouse.Document{Kind: warehouse.Transfer, Store: b.Store, To: b.To, ToName: b.ToName, Receiver: tx.By.ID, ReceiverName: tx.By.Name, Note: b.Reason, Noun: BackNoun, Record: b.ID, RecordNumber: b.Number}
	for _, l := range b.Lines {
		d.Moves = append(d.Moves, warehouse.Move{Line: l.Line, Item: l.Item, Qty: -l.Qty, Pick: true})
	}
	if err := warehouse.Post(ctx, tx, &d); err != nil {
		return b, err
	}
	b.Document, b.DocumentNumber = d.ID, d.Number
	return b, endBack(ctx, tx, &b, "take", d.Number)
}

// Keep ends a return that never left the ward.
func Keep(ctx context.Context, tx *db.Tx, id string, version int64, why Why) (Backward, error) {
	b, err := takeBack(ctx, tx, id, version, "drop")
	if err != nil {
		return b, err
	}
	if err := fault.Given(why.Text, "text"); err != nil {
		return b, err
	}
	b.EndedNote = strings.TrimSpace(why.Text)
	return b, endBack(ctx, tx, &b, "drop", b.EndedNote)
}

func takeBack(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Backward, error) {
	return BackLife.Take(ctx, tx, id, version, step, BackByID)
}

func endBack(ctx context.Context, tx *db.Tx, b *Backward, action, note string) error {
	b.Open, b.EndedName, b.EndedAt = false, tx.By.Name, tx.At()
	if err := tx.One(ctx, fault.Stale(), `UPDATE wardstores_back SET state = $1, open = false, ended_name = $2, ended_at = $3, ended_note = $4, document = $5, document_number = $6,
		version = version + 1 WHERE id = $7 AND version = $8`, b.State, b.EndedName, b.EndedAt, b.EndedNote, b.Document, b.DocumentNumber, b.ID, b.Version); err != nil {
		return err
	}
	b.Version++
	return tx.Trail(ctx, db.Event{Noun: BackNoun, Record: b.ID, Action: action, Note: note})
}
