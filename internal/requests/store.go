package requests

import (
	"context"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

// Requests is the list of all requests, newest first.
var Requests = list.Of[Request]{
	Name:  "requests.list",
	From:  from,
	Order: "-id", Alias: "q", Table: "requests_request", Live: []string{Noun},
	Href: func(q *Request) string { return "/requests/" + q.ID },
	Columns: []list.Column[Request]{
		{Key: "number", SQL: "q.number", Into: func(q *Request) any { return &q.Number }},
		{Key: "state", SQL: "q.state", Into: func(q *Request) any { return &q.State }, OneOf: States, Enum: Noun + ".state", Tone: stateTone},
		{Key: "department", SQL: "q.department", Into: func(q *Request) any { return &q.Department }, Ref: "departments", Text: func(q *Request) string { return q.Asker() }},
		{Key: "kind", SQL: "q.kind", Into: func(q *Request) any { return &q.Kind }, OneOf: Kinds, Enum: "requests.kind"},
		{Key: "amount", SQL: "q.amount", Into: func(q *Request) any { return &q.Amount }, Range: true},
		{Key: "due", SQL: "q.due", Into: func(q *Request) any { return &q.Due }, Range: true, Tone: dueTone},
		{Key: "asked_at", SQL: "q.asked_at", Into: func(q *Request) any { return &q.AskedAt }, Range: true},
		{Key: "requester_name", SQL: "q.requester_name", Into: func(q *Request) any { return &q.RequesterName }},
		{Key: "receiver_name", SQL: "q.receiver_name", Into: func(q *Request) any { return &q.ReceiverName }},
		{Key: "store", SQL: "q.store", Into: func(q *Request) any { return &q.Store }, Ref: "stores", Text: func(q *Request) string { return q.StoreName }},
		{Key: "to", SQL: "q.to_store", Into: func(q *Request) any { return &q.To }, Ref: "stores", Text: func(q *Request) string { return q.ToName }, Aside: true},
		{Key: "deliver", SQL: "q.deliver", Into: func(q *Request) any { return &q.Deliver }, Aside: true},
		{Key: "over", SQL: "q.over", Into: func(q *Request) any { return &q.Over }, Aside: true},
		{Key: "special", SQL: "q.special", Into: func(q *Request) any { return &q.Special }, Aside: true},
		{Key: "handed_at", SQL: "q.handed_at", Into: func(q *Request) any { return &q.HandedAt }, Range: true, Aside: true},
		{Key: "open", SQL: "q.open", Into: func(q *Request) any { return &q.Open }, Aside: true},
		{Key: "id", SQL: "q.id", Into: func(q *Request) any { return &q.ID }, Hidden: true},
		{Key: "month", SQL: "q.month", Into: func(q *Request) any { return &q.Month }, Hidden: true},
		{Key: "purpose", SQL: "q.purpose", Into: func(q *Request) any { return &q.Purpose }, Hidden: true},
		{Key: "requester", SQL: "q.requester", Into: func(q *Request) any { return &q.Requester }, Hidden: true},
		{Key: "paper", SQL: "q.paper", Into: func(q *Request) any { return &q.Paper }, Hidden: true},
		{Key: "reason", SQL: "q.reason", Into: func(q *Request) any { return &q.Reason }, Hidden: true},
		{Key: "receiver", SQL: "q.receiver", Into: func(q *Request) any { return &q.Receiver }, Hidden: true},
		{Key: "tour", SQL: "q.tour", Into: func(q *Request) any { return &q.Tour }, Hidden: true},
		{Key: "carrier", SQL: "coalesce(o.carrier, '')", Into: func(q *Request) any { return &q.Carrier }, Hidden: true},
		{Key: "version", SQL: "q.version", Into: func(q *Request) any { return &q.Version }, Hidden: true},
		{Key: "keeping", SQL: "w.department", Into: func(q *Request) any { return &q.Keeping }, Hidden: true},
		{Key: "to_name", SQL: "coalesce(a.name, '')", Into: func(q *Request) any { return &q.ToName }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(q *Request) any { return &q.DepartmentName }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(q *Request) any { return &q.StoreName }, Hidden: true},
	},
}

const from = `requests_request q LEFT JOIN departments_department d ON d.id = q.department LEFT JOIN warehouse_store w ON w.id = q.store LEFT JOIN requests_tour o ON o.id = q.tour
	LEFT JOIN warehouse_store a ON a.id = q.to_store`

func stateTone(q *Request, _ time.Time) string {
	switch q.State {
	case Done, Cancelled:
		return "quiet"
	case Refused:
		return "danger"
	case Ready, Out:
		return "done"
	case Owed, Waiting, Returned:
		return "soon"
	}
	return ""
}

func dueTone(q *Request, now time.Time) string {
	today := period.DayOf(now, now.Location())
	switch {
	case !q.Open || q.Due == "":
		return ""
	case q.Due < today:
		return "danger"
	case q.Due == today:
		return "soon"
	}
	return ""
}

// Get is one request with its lines, if the person sees it; NotFound otherwise.
func Get(ctx context.Context, r db.Reader, by db.Actor, id string) (Request, error) {
	return whole(ctx, r, Scope(by).And("q.id = ?", id))
}

// whoever asks: a request for commands that put their own question.
func whoever(ctx context.Context, r db.Reader, id string) (Request, error) {
	return whole(ctx, r, list.Where{}.And("q.id = ?", id))
}

func whole(ctx context.Context, r db.Reader, w list.Where) (Request, error) {
	q, err := Requests.Get(ctx, r, w)
	if err == nil {
		q.Lines, err = LinesOf(ctx, r, q.ID)
	}
	return q, err
}

// LinesOf are a request's lines in their order.
func LinesOf(ctx context.Context, r db.Reader, request string) ([]Line, error) {
	return db.All(ctx, r, func(l *Line) []any {
		return []any{&l.Line, &l.Item, &l.Qty, &l.Amount, &l.Note, &l.Granted, &l.GrantedNote, &l.GrantedName, &l.Instead, &l.InsteadNote, &l.Picking, &l.Issued, &l.Declined,
			&l.Way, &l.WayNote, &l.FromStore, &l.Promised, &l.Ordered}
	}, `SELECT line, item, qty, amount, note, granted, granted_note, granted_name, instead, instead_note, picking, issued, declined, way, way_note, from_store, promised, ordered
		FROM requests_line WHERE request = $1 ORDER BY line`, request)
}

// take locks a request and reads it for a step by the person of the unit: who does not
// see it is told that there is none. version 0 takes it as it is.
func take(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Request, error) {
	return Life.Take(ctx, tx, id, version, step, Get)
}

func insertRequest(ctx context.Context, tx *db.Tx, q *Request) error {
	search, err := tx.Tokens(ctx, q.Number, q.DepartmentName, q.ToName, q.RequesterName, q.Purpose)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO requests_request (id, number, kind, month, department, store, purpose, special, over, deliver, state, open, requester, requester_name,
		asked_at, due, amount, paper, receiver, receiver_name, search, to_store) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22)`,
		q.ID, q.Number, q.Kind, q.Month, q.Department, q.Store, q.Purpose, q.Special, q.Over, q.Deliver, q.State, q.Open, q.Requester, q.RequesterName,
		q.AskedAt, q.Due, q.Amount, q.Paper, q.Receiver, q.ReceiverName, search, q.To); err != nil {
		return err
	}
	return putLines(ctx, tx, q)
}

// putLines writes a request's lines anew.
func putLines(ctx context.Context, tx *db.Tx, q *Request) error {
	if _, err := tx.Exec(ctx, `DELETE FROM requests_line WHERE request = $1`, q.ID); err != nil {
		return err
	}
	for _, l := range q.Lines {
		if _, err := tx.Exec(ctx, `INSERT INTO requests_line (request, line, item, qty, amount, note, granted, issued) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
			q.ID, l.Line, l.Item, l.Qty, l.Amount, l.Note, l.Granted, l.Issued); err != nil {
			return err
		}
	}
	return nil
}

// keep writes what a step changed, with its trail.
func keep(ctx context.Context, tx *db.Tx, q *Request, action, note string) error {
	q.Open = q.State != Done && q.State != Refused && q.State != Cancelled
	if err := tx.One(ctx, fault.Stale(), `UPDATE requests_request SET store = $1, purpose = $2, special = $3, over = $4, deliver = $5, state = $6, open = $7,
		due = $8, amount = $9, paper = $10, reason = $11, receiver = $12, receiver_name = $13, handed_at = $14, tour = $15, month = $16, kind = $17, requester = $18, requester_name = $19,
		version = version + 1 WHERE id = $20 AND version = $21`, q.Store, q.Purpose, q.Special, q.Over, q.Deliver, q.State, q.Open, q.Due, q.Amount, q.Paper, q.Reason,
		q.Receiver, q.ReceiverName, q.HandedAt, q.Tour, q.Month, q.Kind, q.Requester, q.RequesterName, q.ID, q.Version); err != nil {
		return err
	}
	q.Version++
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: q.ID, Action: action, Note: note})
}

func putLine(ctx context.Context, tx *db.Tx, request string, l *Line) error {
	_, err := tx.Exec(ctx, `UPDATE requests_line SET granted = $1, granted_note = $2, granted_name = $3, instead = $4, instead_note = $5, picking = $6, issued = $7, declined = $8,
		way = $9, way_note = $10, from_store = $11, promised = $12 WHERE request = $13 AND line = $14`, l.Granted, l.GrantedNote, l.GrantedName, l.Instead, l.InsteadNote,
		l.Picking, l.Issued, l.Declined, l.Way, l.WayNote, l.FromStore, l.Promised, request, l.Line)
	return err
}

// Usual is something that a department asks for again and again.
type Usual struct {
	Item  string         `json:"item"`
	Qty   quantity.Qty   `json:"qty"` // the last quantity
	Times int64          `json:"times"`
	Last  period.Instant `json:"last"`
}

// UsualOf is a department's own list, what it asks for most often first.
func UsualOf(ctx context.Context, r db.Reader, department string) ([]Usual, error) {
	return db.All(ctx, r, func(u *Usual) []any { return []any{&u.Item, &u.Qty, &u.Times, &u.Last} },
		`SELECT u.item, u.qty, u.times, u.last FROM requests_usual u LEFT JOIN catalog_item i ON i.id = u.item
		WHERE u.department = $1 AND u.hidden = false AND i.closed = false ORDER BY u.times DESC, u.last DESC, u.item LIMIT 60`, department)
}

// usually notes what was asked for, for the next time.
func usually(ctx context.Context, tx *db.Tx, q *Request) error {
	for _, l := range q.Lines {
		if _, err := tx.Exec(ctx, `INSERT INTO requests_usual (department, item, qty, times, last) VALUES ($1,$2,$3,1,$4)
			ON CONFLICT (department, item) DO UPDATE SET qty = excluded.qty, times = requests_usual.times + 1, last = excluded.last, hidden = false`,
			q.Department, l.Item, l.Qty, tx.At()); err != nil {
			return err
		}
	}
	return nil
}

// AskScope is which requests are of departments for which a person asks.
func AskScope(by db.Actor) list.Where {
	return list.Scoped(by.Scope(MayAsk), "q.department").And("q.to_store = ''")
}

// AskedOthers is what the stores that a person serves have asked other stores for and is
// still open, what has waited longest first.
func AskedOthers(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Request, error) {
	return Pending.All(ctx, r, list.Scoped(by.Scope(MayServe), "q.department").And("q.to_store <> '' AND q.open = true"), limit)
}

// Visible is one request with its lines, if the person sees it or has to decide on it;
// NotFound otherwise.
func Visible(ctx context.Context, r db.Reader, by db.Actor, id string) (Request, error) {
	q, err := Get(ctx, r, by, id)
	if fault.KindOf(err) != fault.NotFound {
		return q, err
	}
	other, err2 := whoever(ctx, r, id)
	if err2 != nil {
		return q, err
	}
	if c, ok, err2 := approvals.Last(ctx, r, Noun, id); err2 != nil {
		return q, err2
	} else if ok {
		if sees, err2 := approvals.Sees(ctx, r, by, c.ID); err2 != nil {
			return q, err2
		} else if sees {
			return other, nil
		}
	}
	return q, err
}

// Pending is Requests with what has waited longest first, for short lists.
var Pending = func() list.Of[Request] {
	l := Requests
	l.Name, l.Order = "requests.pending", "id"
	return l
}()

// ToServe is what waits for the stores that a person serves: to decide, to pick, to
// hand over.
func ToServe(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Request, error) {
	return Pending.All(ctx, r, list.Scoped(by.Scope(MayServe), "w.department").In("q.state", []string{string(Agreed), string(Picking), string(Ready)}), limit)
}

// ToCollect is what waits for the departments for which a person asks: packed goods,
// and slips that came back or are owed.
func ToCollect(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Request, error) {
	return Pending.All(ctx, r, AskScope(by).In("q.state", []string{string(Ready), string(Out), string(Returned), string(Owed)}), limit)
}

// ToSign are the goods on their way to the departments for which a person asks.
func ToSign(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Request, error) {
	return Pending.All(ctx, r, AskScope(by).And("q.state = 'out'"), limit)
}

// ToCarry are the tours on which a person is out.
func ToCarry(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Tour, error) {
	return Tours.All(ctx, r, list.Where{}.And("t.open = true AND t.carrier = ?", by.ID), limit)
}

// ToTakeOver is what the stores that a person serves have asked others for and must do
// something about: it comes, it lies packed, it was sent back to be changed. What lies packed
// where the person serves as well waits to be handed over, and stands there.
func ToTakeOver(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Request, error) {
	s := by.Scope(MayServe)
	if s.All {
		return Pending.All(ctx, r, list.Where{}.And("q.to_store <> ''").In("q.state", []string{string(Out), string(Returned)}), limit)
	}
	here, args := list.In("w.department", s.Units)
	return Pending.All(ctx, r, list.Scoped(by.Scope(MayServe), "q.department").And("q.to_store <> ''").In("q.state", []string{string(Ready), string(Out), string(Returned)}).And("NOT (q.state = 'ready' AND "+here+")", args...), limit)
}

// OpenOf is what the departments for which a person asks have open, whoever of them
// asked for it, besides what is on its way.
func OpenOf(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Request, error) {
	return Pending.All(ctx, r, AskScope(by).And("q.open = true AND q.state <> 'out'"), limit)
}
