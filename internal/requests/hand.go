package requests

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// Handing is goods being given into somebody's hands.
type Handing struct {
	Receiver  string // a person's id
	Signature string // a drawing, a PNG as data URL, or a typed name
	Lines     []Accepted
	Old       []Back
}

// Accepted is how much of a pick was accepted; what is not named is accepted whole.
type Accepted struct {
	Pick string
	Qty  string
	Why  string // of Whys: what is wrong with what is not accepted of a tour
	Note string // why not all of it
}

// signatureMost is how long a drawn signature may be.
const signatureMost = 140_000

// Hand gives what was picked into the hands of somebody of the department: counted and
// looked at face to face, what is not accepted stays in the store and on the line
// (S-015), and the slip is posted with both names (S-013, S-014).
//
// Refused: a receiver who is not the one named, not of the department or the issuer
// themselves (Invalid), more than was picked or less without a word why, an old piece
// that is neither there, owed until a day nor let off (S-022, Invalid), what
// warehouse.Post refuses.
func Hand(ctx context.Context, tx *db.Tx, id string, version int64, h Handing) (Request, error) {
	q, err := take(ctx, tx, id, version, "hand")
	if err != nil {
		return q, err
	}
	var bad fault.Complaints
	who, err := receiver(ctx, tx, &q, tx.By, h.Receiver, h.Signature, &bad)
	if err != nil {
		return q, err
	}
	picks, err := accepted(ctx, tx, &q, h.Lines, false, &bad)
	if err != nil {
		return q, err
	}
	if err := exchange(ctx, tx, &q, picks, h.Old, &bad); err != nil {
		return q, err
	}
	if err := bad.Err(); err != nil {
		return q, err
	}
	if err := give(ctx, tx, &q, picks, tx.By, who, "hand", h.Signature); err != nil {
		return q, err
	}
	return q, keep(ctx, tx, &q, "hand", who.Name)
}

// receiver checks who takes the goods and signs for them.
func receiver(ctx context.Context, tx *db.Tx, q *Request, issuer db.Actor, id, signature string, bad *fault.Complaints) (people.Person, error) {
	if strings.TrimSpace(signature) == "" {
		bad.Cite("S-013", "signature", "base.required")
	}
	if len(signature) > signatureMost {
		bad.Add("signature", "base.too_long", signatureMost)
	}
	if id == "" {
		bad.Cite("S-013", "receiver", "base.required")
		return people.Person{}, nil
	}
	p, err := people.Get(ctx, tx, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && p.Closed {
		bad.Add("receiver", "base.no_such", id)
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if p.ID == issuer.ID {
		bad.Cite("S-014", "receiver", "requests.both_hands")
	}
	if q.Between() {
		// A store names its keepers; without any, whoever keeps it takes in.
		keepers, err := warehouse.Keepers(ctx, tx, q.To)
		if err != nil {
			return p, err
		}
		if len(keepers) > 0 {
			if !slices.Contains(keepers, p.ID) {
				bad.Cite("S-014", "receiver", "requests.not_keeper", p.Name, q.ToName)
			}
			return p, nil
		}
	} else {
		d := departments.Department{ID: q.Department, Name: q.DepartmentName}
		if err := named(ctx, tx, &d, p.ID); fault.KindOf(err) == fault.Forbidden {
			bad.Cite("S-014", "receiver", "requests.not_named", q.DepartmentName)
		} else if err != nil {
			return p, err
		}
	}
	below, err := departments.Below(ctx, tx, q.Department)
	if err != nil {
		return p, err
	}
	may, err := departments.Requesters(ctx, tx, q.Department)
	if err == nil && !slices.Contains(below, p.Department) && !slices.Contains(may, p.ID) {
		bad.Cite("S-011", "receiver", "requests.stranger", p.Name, q.DepartmentName)
	}
	return p, err
}

// accepted are the picks with how much of each was accepted. Of a tour it is said what
// is wrong with the rest; at the counter, in words.
func accepted(ctx context.Context, tx *db.Tx, q *Request, lines []Accepted, tour bool, bad *fault.Complaints) ([]Pick, error) {
	picks, err := PicksOf(ctx, tx, q.ID, false)
	if err != nil {
		return nil, err
	}
	items, err := itemsOf(ctx, tx, picks)
	if err != nil {
		return nil, err
	}
	for n := range picks {
		p := &picks[n]
		p.Handed = p.Picked
		at := slices.IndexFunc(lines, func(a Accepted) bool { return a.Pick == p.ID })
		if at < 0 || strings.TrimSpace(lines[at].Qty) == "" {
			continue
		}
		i, path := items[p.Item], fmt.Sprintf("lines.%d.", at)
		qty, err := some(lines[at].Qty, i)
		note := strings.TrimSpace(lines[at].Note)
		switch {
		case err != nil:
			bad.Add(path+"qty", "requests.bad_qty", lines[at].Qty, catalog.SayPacks(i.Packs))
		case qty > p.Picked:
			bad.Add(path+"qty", "requests.not_more", i.Say(p.Picked))
		case qty < p.Picked && tour && !slices.Contains(Whys, lines[at].Why):
			bad.Cite("S-015", path+"why", "requests.difference_why")
		case qty < p.Picked && !tour && note == "":
			bad.Cite("S-015", path+"note", "requests.difference_why")
		}
		if p.Handed = qty; note != "" {
			p.Note = note
		}
	}
	return picks, nil
}

// give posts what was accepted and writes it on the lines: what was not stays to be
// given. q is left where its lines say.
func give(ctx context.Context, tx *db.Tx, q *Request, picks []Pick, issuer db.Actor, who people.Person, how, signature string) error {
	doc, err := post(ctx, tx, q, picks, who)
	if err != nil {
		return err
	}
	if len(doc.Moves) > 0 {
		if err := insertReceipt(ctx, tx, &Receipt{Request: q.ID, Document: doc.ID, Number: doc.Number, How: how, Issuer: issuer.ID, IssuerName: issuer.Name, Receiver: who.ID, ReceiverName: who.Name, Signature: signature}); err != nil {
			return err
		}
	}
	for n := range picks {
		p := &picks[n]
		l := &q.Lines[p.Line-1]
		l.Picking, l.Issued = l.Picking-p.Picked, l.Issued+p.Handed
		if p.Handed < p.Picked && l.Way == "" {
			l.Way, l.WayNote = "wait", p.Note
		}
		if p.Open = false; p.Handed > 0 {
			p.Document = doc.ID
		}
		if err := putPick(ctx, tx, p); err != nil {
			return err
		}
		if err := putLine(ctx, tx, q.ID, l); err != nil {
			return err
		}
	}
	q.Receiver, q.ReceiverName, q.HandedAt = who.ID, who.Name, tx.At()
	q.settle(false)
	return nil
}

// post books what was accepted: as an issue or, to another store, as a transfer.
func post(ctx context.Context, tx *db.Tx, q *Request, picks []Pick, who people.Person) (warehouse.Document, error) {
	if q.Between() {
		return carry(ctx, tx, q, picks, who)
	}
	doc, err := document(ctx, tx, q, who)
	if err != nil {
		return doc, err
	}
	for _, p := range picks {
		if p.Handed > 0 {
			doc.Moves = append(doc.Moves, move(q, &doc, &p, int64(len(doc.Moves)+1)))
		}
	}
	if len(doc.Moves) == 0 {
		return doc, nil
	}
	return doc, warehouse.Post(ctx, tx, &doc)
}

// WardStore is the store that a department keeps for itself; "" when it keeps none.
func WardStore(ctx context.Context, r db.Reader, department string) (string, error) {
	own, err := warehouse.Stores.All(ctx, r, list.Where{}.And("w.ward = true AND w.closed = false AND w.department = ?", department), 1)
	if err != nil || len(own) == 0 {
		return "", err
	}
	return own[0].ID, nil
}

// document is the paper by which a request is given out: an issue to the department or,
// where the department keeps a store of its own, a transfer into it.
func document(ctx context.Context, r db.Reader, q *Request, who people.Person) (warehouse.Document, error) {
	d := warehouse.Document{Kind: warehouse.Issued, Store: q.Store, Department: q.Department, DepartmentName: q.DepartmentName, Receiver: who.ID, ReceiverName: who.Name,
		Note: q.Purpose, Noun: Noun, Record: q.ID, RecordNumber: q.Number}
	own, err := WardStore(ctx, r, q.Department)
	if own != "" {
		d.Kind, d.To = warehouse.Transfer, own
	}
	return d, err
}

func move(q *Request, d *warehouse.Document, p *Pick, line int64) warehouse.Move {
	m := warehouse.Move{Line: line, Item: p.Item, Bin: p.Bin, Lot: p.Lot, Qty: -p.Handed, Pick: true}
	if d.To == "" {
		m.Account, m.AccountID, m.Department = warehouse.OfDepartment, q.Department, q.Department
	}
	return m
}

// Receipt is that somebody took what a slip issued, and signed.
type Receipt struct {
	ID           string         `json:"id"`
	Request      string         `json:"request"`
	Document     string         `json:"document"`
	Number       string         `json:"number"`
	How          string         `json:"how"`
	Issuer       string         `json:"issuer"`
	IssuerName   string         `json:"issuer_name"`
	Receiver     string         `json:"receiver"`
	ReceiverName string         `json:"receiver_name"`
	Signature    string         `json:"-"`
	At           period.Instant `json:"at"`
}

// ReceiptsOf are the receipts of a request, oldest first.
func ReceiptsOf(ctx context.Context, r db.Reader, request string) ([]Receipt, error) {
	return db.All(ctx, r, func(c *Receipt) []any {
		return []any{&c.ID, &c.Request, &c.Document, &c.Number, &c.How, &c.Issuer, &c.IssuerName, &c.Receiver, &c.ReceiverName, &c.Signature, &c.At}
	}, `SELECT id, request, document, number, how, issuer, issuer_name, receiver, receiver_name, signature, at FROM requests_receipt WHERE request = $1 ORDER BY id`, request)
}

func insertReceipt(ctx context.Context, tx *db.Tx, c *Receipt) error {
	c.ID, c.At = tx.NewID(), tx.At()
	_, err := tx.Exec(ctx, `INSERT INTO requests_receipt (id, request, document, number, how, issuer, issuer_name, receiver, receiver_name, signature, at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`, c.ID, c.Request, c.Document, c.Number, c.How, c.Issuer, c.IssuerName, c.Receiver, c.ReceiverName, c.Signature, c.At)
	return err
}

// Hurry is goods given in an emergency, before anybody asked for them on paper.
type Hurry struct {
	Store      string
	Department string
	Receiver   string
	Signature  string
	Why        string
	Lines      []Want
}

// slipDays is how many working days a department has to hand the slip of an emergency
// in: as long as a ward has for a job that is registered afterwards (W-006).
const slipDays = 2

// workday is how many hours a working day of a deadline has.
const workday = 8 * time.Hour

// RushOut gives goods out at once, of the emergency reserve too, and notes that the
// department owes the slip (S-012); it is settled when the slip is agreed to. Needs MayServe where the store is kept.
func RushOut(ctx context.Context, tx *db.Tx, h Hurry) (Request, error) {
	q := Request{ID: tx.NewID(), Kind: Rush, Store: h.Store, Purpose: strings.TrimSpace(h.Why), State: Owed, Open: true, AskedAt: tx.At(), Version: 1}
	store, err := warehouse.StoreByID(ctx, tx, h.Store)
	if err != nil {
		return q, err
	}
	if err := tx.NeedIn(MayServe, store.Department); err != nil {
		return q, err
	}
	var bad fault.Complaints
	if q.Purpose == "" {
		bad.Add("why", "base.required")
	}
	d, err := departments.Get(ctx, tx, h.Department)
	if err != nil {
		return q, err
	}
	if err := inside(ctx, tx, &d, false); err != nil {
		return q, err
	}
	q.Department, q.DepartmentName = d.ID, d.Name
	if err := lines(ctx, tx, &q, Slip{Department: d.ID, Lines: h.Lines}, &bad); err != nil {
		return q, err
	}
	who, err := receiver(ctx, tx, &q, tx.By, h.Receiver, h.Signature, &bad)
	if err != nil {
		return q, err
	}
	if err := bad.Err(); err != nil {
		return q, err
	}
	q.Requester, q.RequesterName, q.Receiver, q.ReceiverName, q.HandedAt = who.ID, who.Name, who.ID, who.Name, tx.At()
	doc, err := document(ctx, tx, &q, who)
	if err != nil {
		return q, err
	}
	doc.Emergency = true
	for n := range q.Lines {
		l := &q.Lines[n]
		l.Issued = l.Qty
		doc.Moves = append(doc.Moves, move(&q, &doc, &Pick{Item: l.Item, Handed: l.Qty}, l.Line))
	}
	if q.Number, err = tx.Number(ctx, "LY"); err != nil {
		return q, err
	}
	doc.RecordNumber = q.Number
	if err := insertRequest(ctx, tx, &q); err != nil {
		return q, err
	}
	if err := warehouse.Post(ctx, tx, &doc); err != nil {
		return q, err
	}
	if err := insertReceipt(ctx, tx, &Receipt{Request: q.ID, Document: doc.ID, Number: doc.Number, How: "rush", Issuer: tx.By.ID, IssuerName: tx.By.Name, Receiver: who.ID, ReceiverName: who.Name, Signature: h.Signature}); err != nil {
		return q, err
	}
	cal, err := calendar.Load(ctx, tx)
	if err != nil {
		return q, err
	}
	_, _, title, err := q.about(ctx, tx)
	if err != nil {
		return q, err
	}
	if _, err := approvals.Owe(ctx, tx, approvals.Debt{Noun: Noun, Record: q.ID, Number: q.Number, Title: title, Clause: "S-012", Paper: "request", Department: q.Department,
		Due: period.At(cal.Add(tx.Now, slipDays*workday))}); err != nil {
		return q, err
	}
	return q, keep(ctx, tx, &q, "rush", q.Purpose)
}

// HandInSlip asks for leave, after the fact, for what was given out in an emergency.
func HandInSlip(ctx context.Context, tx *db.Tx, id string, version int64) (Request, error) {
	q, err := take(ctx, tx, id, version, "slip")
	if err != nil {
		return q, err
	}
	d := departments.Department{ID: q.Department, Name: q.DepartmentName}
	if err := named(ctx, tx, &d, tx.By.ID); err != nil {
		return q, err
	}
	q.Requester, q.RequesterName, q.Reason = tx.By.ID, tx.By.Name, ""
	if err := submit(ctx, tx, &q); err != nil {
		return q, err
	}
	return q, keep(ctx, tx, &q, "slip", q.Number)
}

// Named are the people whom a department named to draw for it, as far as the hospital
// asks for that today (S-014).
func Named(ctx context.Context, r db.Reader, department string) ([]string, error) {
	must, err := rules.Chosen(ctx, r, "S-014.named", r.Today())
	if err != nil || must == "off" {
		return nil, err
	}
	return departments.Requesters(ctx, r, department)
}
