package wardstores

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/approvals"
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
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// Causes are why a ward's store has another quantity than its books say.
var Causes = []string{"lost", "damaged", "expired", "surplus"}

// LossState is how far a report is.
type LossState string

const (
	Reported LossState = "reported" // the head nurse has not applied yet
	Asked    LossState = "asked"    // on its way through the approvals
	Booked   LossState = "booked"   // the books have it
	Refused  LossState = "refused"
	Dropped  LossState = "dropped" // it was found again, or never was
)

// LossStates are all of them, as choices.
var LossStates = []string{string(Reported), string(Asked), string(Booked), string(Refused), string(Dropped)}

// Loss is an entry of the loss account: so much of an item that is lost, spoilt, past its
// day, or found too much. Amount is its cost and Pays what the responsible person owes
// of it, both in fen.
type Loss struct {
	ID              string         `json:"id"`
	Number          string         `json:"number"`
	Store           string         `json:"store"`
	StoreName       string         `json:"store_name"`
	Department      string         `json:"department"`
	DepartmentName  string         `json:"department_name"`
	Item            string         `json:"item"`
	Name            string         `json:"name"`
	Spec            string         `json:"spec"`
	Unit            string         `json:"unit"`
	Lot             string         `json:"lot"`
	Qty             int64          `json:"qty"`
	Cause           string         `json:"cause"`
	How             string         `json:"how"`
	Count           string         `json:"count"`
	State           LossState      `json:"state"`
	Open            bool           `json:"open"`
	Amount          money.Fen      `json:"amount"`
	Careless        bool           `json:"careless"`
	Responsible     string         `json:"responsible"`
	ResponsibleName string         `json:"responsible_name"`
	Pays            money.Fen      `json:"pays"`
	Paid            money.Fen      `json:"paid"` // of it, so far
	PaidAt          period.Instant `json:"paid_at"`
	PaidName        string         `json:"paid_name"`
	By              string         `json:"by"`
	ByName          string         `json:"by_name"`
	At              period.Instant `json:"at"`
	AppliedName     string         `json:"applied_name"`
	AppliedAt       period.Instant `json:"applied_at"`
	Paper           string         `json:"paper"`
	Reason          string         `json:"reason"`
	Document        string         `json:"document"`
	DocumentNumber  string         `json:"document_number"`
	BookedAt        period.Instant `json:"booked_at"`
	Version         int64          `json:"version"`
	larger          string
}

// Say is a quantity of the item in its packs.
func (l *Loss) Say(q int64) string { return quantity.Qty(q).Format(catalog.PacksOf(l.Unit, l.larger)) }

// Title is the item's name and spec.
func (l *Loss) Title() string { return catalog.Item{Name: l.Name, Spec: l.Spec}.Title() }

// Losses is the loss account, newest first.
var Losses = list.Of[Loss]{
	Name: "wardstores.losses", From: `wardstores_loss l LEFT JOIN warehouse_store w ON w.id = l.store LEFT JOIN departments_department d ON d.id = w.department LEFT JOIN catalog_item i ON i.id = l.item`,
	Order: "-id", Live: []string{LossNoun},
	Href: func(l *Loss) string { return "/ward-stores/losses/" + l.ID },
	Columns: []list.Column[Loss]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(l *Loss) any { return &l.Name }, Text: func(l *Loss) string { return l.Title() }},
		{Key: "qty", SQL: "l.qty", Into: func(l *Loss) any { return &l.Qty }, Text: func(l *Loss) string { return l.Say(l.Qty) }},
		{Key: "cause", SQL: "l.cause", Into: func(l *Loss) any { return &l.Cause }, OneOf: Causes, Enum: "wardstores.cause"},
		{Key: "state", SQL: "l.state", Into: func(l *Loss) any { return &l.State }, OneOf: LossStates, Enum: LossNoun + ".state", Tone: func(l *Loss, _ time.Time) string {
			if l.Open {
				return "soon"
			}
			return "quiet"
		}},
		{Key: "amount", SQL: "l.amount", Into: func(l *Loss) any { return &l.Amount }, Range: true},
		{Key: "store", SQL: "l.store", Into: func(l *Loss) any { return &l.Store }, Text: func(l *Loss) string { return l.StoreName }},
		{Key: "number", SQL: "l.number", Into: func(l *Loss) any { return &l.Number }},
		{Key: "at", SQL: "l.at", Into: func(l *Loss) any { return &l.At }, Range: true},
		{Key: "by_name", SQL: "l.by_name", Into: func(l *Loss) any { return &l.ByName }},
		{Key: "how", SQL: "l.how", Into: func(l *Loss) any { return &l.How }, Aside: true},
		{Key: "careless", SQL: "l.careless", Into: func(l *Loss) any { return &l.Careless }, Aside: true},
		{Key: "responsible_name", SQL: "l.responsible_name", Into: func(l *Loss) any { return &l.ResponsibleName }, Aside: true},
		{Key: "pays", SQL: "l.pays", Into: func(l *Loss) any { return &l.Pays }, Range: true, Aside: true},
		{Key: "paid_at", SQL: "l.paid_at", Into: func(l *Loss) any { return &l.PaidAt }, Range: true, Aside: true},
		{Key: "document_number", SQL: "l.document_number", Into: func(l *Loss) any { return &l.DocumentNumber }, Aside: true},
		{Key: "open", SQL: "l.open", Into: func(l *Loss) any { return &l.Open }, Aside: true},
		{Key: "department", SQL: "coalesce(w.department, '')", Into: func(l *Loss) any { return &l.Department }, Ref: "departments", Text: func(l *Loss) string { return l.DepartmentName }, Aside: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(l *Loss) any { return &l.DepartmentName }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(l *Loss) any { return &l.StoreName }, Hidden: true},
		{Key: "id", SQL: "l.id", Into: func(l *Loss) any { return &l.ID }, Hidden: true},
		{Key: "item", SQL: "l.item", Into: func(l *Loss) any { return &l.Item }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(l *Loss) any { return &l.Spec }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(l *Loss) any { return &l.Unit }, Hidden: true},
		{Key: "packs", SQL: "coalesce(i.packs, '')", Into: func(l *Loss) any { return &l.larger }, Hidden: true},
		{Key: "lot", SQL: "l.lot", Into: func(l *Loss) any { return &l.Lot }, Hidden: true},
		{Key: "count", SQL: "l.count", Into: func(l *Loss) any { return &l.Count }, Hidden: true},
		{Key: "responsible", SQL: "l.responsible", Into: func(l *Loss) any { return &l.Responsible }, Hidden: true},
		{Key: "paid", SQL: "l.paid", Into: func(l *Loss) any { return &l.Paid }, Range: true, Aside: true},
		{Key: "paid_name", SQL: "l.paid_name", Into: func(l *Loss) any { return &l.PaidName }, Hidden: true},
		{Key: "by", SQL: "l.by_id", Into: func(l *Loss) any { return &l.By }, Hidden: true},
		{Key: "applied_name", SQL: "l.applied_name", Into: func(l *Loss) any { return &l.AppliedName }, Hidden: true},
		{Key: "applied_at", SQL: "l.applied_at", Into: func(l *Loss) any { return &l.AppliedAt }, Hidden: true},
		{Key: "paper", SQL: "l.paper", Into: func(l *Loss) any { return &l.Paper }, Hidden: true},
		{Key: "reason", SQL: "l.reason", Into: func(l *Loss) any { return &l.Reason }, Hidden: true},
		{Key: "document", SQL: "l.document", Into: func(l *Loss) any { return &l.Document }, Hidden: true},
		{Key: "booked_at", SQL: "l.booked_at", Into: func(l *Loss) any { return &l.BookedAt }, Hidden: true},
		{Key: "version", SQL: "l.version", Into: func(l *Loss) any { return &l.Version }, Hidden: true},
	},
}

// Why is a reason.
type Why struct{ Text string }

// WhyForm asks for one.
var WhyForm = form.Of[Why]{Name: "wardstores.why", Fields: []form.Field[Why]{
	{Key: "text", Into: func(w *Why) any { return &w.Text }, Required: true, Most: 200},
}}

// LossLife is the table of a report's steps.
var LossLife = flow.Flow[LossState, Loss]{
	Name:  LossNoun,
	State: func(l *Loss) *LossState { return &l.State },
	Seen:  func(l *Loss) int64 { return l.Version },
	May:   func(by db.Actor, need string, l *Loss) bool { return by.MayIn(need, l.Department) },
	Steps: []flow.Step[LossState, Loss]{
		{Name: "apply", From: []LossState{Reported}, Need: MayLead, Tone: "accent"},
		{Name: "pay", From: []LossState{Booked}, Need: MayAudit, If: owes, Hide: true, Ask: &PayForm, Tone: "accent"},
		{Name: "drop", From: []LossState{Reported}, To: Dropped, Need: MayLead, Ask: &WhyForm, Tone: "danger"},
	},
}

func owes(_ db.Actor, l *Loss) error {
	if l.Pays == 0 || l.PaidAt != 0 {
		return fault.New(fault.Conflict, "wardstores.nothing_owed")
	}
	return nil
}

// LossByID is one entry, if the person sees the store.
func LossByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Loss, error) {
	return Losses.Get(ctx, r, Scope(by).And("l.id = ?", id))
}

// Report is a loss as somebody of the ward tells it.
type Report struct {
	Store string
	Item  string
	Qty   string
	Lot   string
	Cause string
	How   string
}

// Lose writes down that goods of a ward's store are lost or spoilt, with the cause
// (S-040); the books follow when the head nurse has applied and it was agreed to. Needs
// MayUse for the ward. Invalid: more than lies there, no cause, no word how.
func Lose(ctx context.Context, tx *db.Tx, in Report) (Loss, error) {
	s, err := store(ctx, tx, in.Store, MayUse)
	if err != nil {
		return Loss{}, err
	}
	i, qty, err := wanted(ctx, tx, in.Item, in.Qty)
	if err != nil {
		return Loss{}, err
	}
	l := Loss{Store: s.ID, StoreName: s.Name, Department: s.Department, Item: i.ID, Lot: strings.TrimSpace(in.Lot), Qty: int64(qty), Cause: in.Cause, How: strings.TrimSpace(in.How)}
	var bad fault.Complaints
	if !slices.Contains(Causes[:3], in.Cause) {
		bad.Cite("S-040", "cause", "base.required")
	}
	if l.How == "" {
		bad.Cite("S-040", "how", "base.required")
	}
	sheet, _, err := Sheet(ctx, tx, s.ID)
	if err != nil {
		return l, err
	}
	at := slices.IndexFunc(sheet, func(x Line) bool { return x.Item == i.ID })
	if at < 0 || qty > sheet[at].Book-sheet[at].Away {
		var has quantity.Qty
		if at >= 0 {
			has = max(0, sheet[at].Book-sheet[at].Away)
		}
		bad.Add("qty", "wardstores.too_few", i.Title(), i.Say(has))
	}
	if err := bad.Err(); err != nil {
		return l, err
	}
	return l, insertLoss(ctx, tx, &l)
}

func insertLoss(ctx context.Context, tx *db.Tx, l *Loss) (err error) {
	l.ID, l.State, l.Open, l.By, l.ByName, l.At, l.Version = tx.NewID(), Reported, true, tx.By.ID, tx.By.Name, tx.At(), 1
	if l.Number, err = tx.Number(ctx, "KS"); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO wardstores_loss (id, number, store, item, lot, qty, cause, how, count, state, by_id, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		l.ID, l.Number, l.Store, l.Item, l.Lot, l.Qty, l.Cause, l.How, l.Count, l.State, l.By, l.ByName, l.At); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: LossNoun, Record: l.ID, Action: "report", Note: l.Number + " " + l.How})
}

func takeLoss(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Loss, error) {
	return LossLife.Take(ctx, tx, id, version, step, LossByID)
}

func keepLoss(ctx context.Context, tx *db.Tx, l *Loss, action, note string) error {
	l.Open = l.State == Reported || l.State == Asked
	if err := tx.One(ctx, fault.Stale(), `UPDATE wardstores_loss SET state = $1, open = $2, amount = $3, careless = $4, responsible = $5, responsible_name = $6, pays = $7,
		paid_at = $8, paid_name = $9, applied_name = $10, applied_at = $11, paper = $12, reason = $13, document = $14, document_number = $15, booked_at = $16, paid = $17, version = version + 1
		WHERE id = $18 AND version = $19`, l.State, l.Open, l.Amount, l.Careless, l.Responsible, l.ResponsibleName, l.Pays, l.PaidAt, l.PaidName, l.AppliedName, l.AppliedAt, l.Paper, l.Reason,
		l.Document, l.DocumentNumber, l.BookedAt, l.Paid, l.ID, l.Version); err != nil {
		return err
	}
	l.Version++
	return tx.Trail(ctx, db.Event{Noun: LossNoun, Record: l.ID, Action: action, Note: note})
}

// Application is the head nurse's word on a loss: whether somebody was careless, and who.
type Application struct {
	Careless    bool
	Responsible string // a person's id
}

// Apply asks for leave to book a loss, or what was found too much (S-019): the ward never
// books it by itself. Careless keeping is paid for by the responsible person only where
// the hospital has switched that on (S-037). Needs MayLead for the ward.
//
// Invalid: carelessness without a name, or a name without it. Refused besides: what
// approvals.Ask refuses.
func Apply(ctx context.Context, tx *db.Tx, id string, version int64, a Application) (Loss, error) {
	l, err := takeLoss(ctx, tx, id, version, "apply")
	if err != nil {
		return l, err
	}
	if l.Careless = a.Careless; a.Careless {
		p, err := people.Get(ctx, tx, a.Responsible)
		if fault.KindOf(err) == fault.NotFound {
			var bad fault.Complaints
			bad.Cite("S-037", "responsible", "wardstores.who_was_it")
			return l, bad.Err()
		}
		if err != nil {
			return l, err
		}
		l.Responsible, l.ResponsibleName = p.ID, p.Name
	}
	i, err := catalog.Get(ctx, tx, l.Item)
	if err != nil {
		return l, err
	}
	if l.Amount, err = worth(ctx, tx, &l, i); err != nil {
		return l, err
	}
	digest, err := l.digest()
	if err != nil {
		return l, err
	}
	d := approvals.Document{Kind: "warehouse.adjustment", Noun: LossNoun, Record: l.ID, Number: l.Number, Title: i.Title() + " " + i.Say(quantity.Qty(l.Qty)), Reason: l.How, Department: l.Department, Amount: l.Amount,
		Attrs: map[string]any{"cause": l.Cause}, Digest: digest, Hands: []approvals.Hand{{Part: "editor", Person: l.By}}, Facts: []approvals.Fact{{Key: "store", Value: l.StoreName}}}
	charge, err := chargeOfStore(ctx, tx, l.Store)
	if err != nil {
		return l, err
	}
	if charge.Keeper != "" {
		d.Hands = append(d.Hands, approvals.Hand{Part: "keeper", Person: charge.Keeper})
	}
	c, err := approvals.Ask(ctx, tx, d)
	if err != nil {
		return l, err
	}
	l.State, l.Paper, l.Reason, l.AppliedName, l.AppliedAt = Asked, c.Number, "", tx.By.Name, tx.At()
	if err := keepLoss(ctx, tx, &l, "apply", c.Number); err != nil || c.State != approvals.Agreed {
		return l, err
	}
	return l, book(ctx, tx, &l)
}

func chargeOfStore(ctx context.Context, r db.Reader, id string) (Charge, error) {
	s, err := warehouse.StoreByID(ctx, r, id)
	if err != nil {
		return Charge{}, err
	}
	return ChargeOf(ctx, r, &s)
}

func (l *Loss) digest() (string, error) {
	return approvals.DigestOf([]any{l.Store, l.Item, l.Lot, l.Qty, l.Cause})
}

// worth is what so much of an item costs in the store, else what the catalogue says.
func worth(ctx context.Context, r db.Reader, l *Loss, i catalog.Item) (money.Fen, error) {
	cost, said, err := warehouse.CostOfReturn(ctx, r, l.Store, "", l.Item, l.Lot, quantity.Qty(l.Qty))
	if err != nil || said {
		return cost, err
	}
	return money.Mul(i.Price, quantity.Qty(l.Qty))
}

// Drop ends a report that nobody has applied for: the goods were found again.
func Drop(ctx context.Context, tx *db.Tx, id string, version int64, why Why) (Loss, error) {
	l, err := takeLoss(ctx, tx, id, version, "drop")
	if err != nil {
		return l, err
	}
	if err := fault.Given(why.Text, "text"); err != nil {
		return l, err
	}
	l.Reason = strings.TrimSpace(why.Text)
	return l, keepLoss(ctx, tx, &l, "drop", l.Reason)
}

// LossEnded is told what became of the approval of a loss. What the books cannot lose,
// because it is no longer there, comes back to the head nurse with the reason.
func LossEnded(ctx context.Context, tx *db.Tx, c approvals.Case) error {
	if err := tx.Lock(ctx, "wardstores_loss", c.Record); err != nil {
		return err
	}
	l, err := Losses.Get(ctx, tx, list.Where{}.And("l.id = ?", c.Record))
	if err != nil || l.State != Asked {
		return err
	}
	switch c.State {
	case approvals.Agreed:
		return book(ctx, tx, &l)
	case approvals.Refused:
		l.State = Refused
	default:
		l.State = Reported
	}
	l.Reason = c.EndedNote
	return keepLoss(ctx, tx, &l, "case."+string(c.State), c.EndedNote)
}

// book posts a loss: spoilt goods are written off, what a count found goes against gain
// and loss.
func book(ctx context.Context, tx *db.Tx, l *Loss) error {
	d := warehouse.Document{Kind: warehouse.WrittenOff, Store: l.Store, Note: strings.TrimSpace(l.How + " " + l.Paper), Noun: LossNoun, Record: l.ID, RecordNumber: l.Number}
	m := warehouse.Move{Line: 1, Item: l.Item, Lot: l.Lot, Qty: -quantity.Qty(l.Qty), Pick: true, Account: warehouse.OfWriteOff, AccountID: l.ID}
	if l.Cause == "lost" || l.Cause == "surplus" {
		d.Kind, m.Account = warehouse.Counted, warehouse.OfGainLoss
	}
	if l.Cause == "surplus" {
		m.Qty, m.Pick, m.Amount = quantity.Qty(l.Qty), false, l.Amount
		lots, err := warehouse.Lots.All(ctx, tx, list.Where{}.And("b.store = ? AND b.item = ?", l.Store, l.Item), 1)
		if err != nil {
			return err
		}
		if len(lots) > 0 {
			m.Lot, m.Bin, m.Expiry = lots[0].Lot, lots[0].Bin, lots[0].Expiry
		}
	}
	d.Moves = []warehouse.Move{m}
	err := warehouse.Post(ctx, tx, &d)
	if k := fault.KindOf(err); k == fault.Conflict || k == fault.Invalid {
		e, _ := errors.AsType[*fault.Error](err)
		l.State, l.Reason = Reported, fmt.Sprint(e.Key)
		return keepLoss(ctx, tx, l, "stuck", "")
	}
	if err != nil {
		return err
	}
	l.State, l.Amount, l.Document, l.DocumentNumber, l.BookedAt = Booked, d.Amount, d.ID, d.Number, tx.At()
	if l.Careless && l.Cause != "surplus" {
		on, err := rules.On(ctx, tx, "S-037.on", tx.Today())
		if err != nil {
			return err
		}
		if on {
			share, err := rules.Number(ctx, tx, "S-037.share", tx.Today())
			if err != nil {
				return err
			}
			if l.Pays, err = money.Share(l.Amount, share, 100); err != nil {
				return err
			}
		}
	}
	return keepLoss(ctx, tx, l, "book", d.Number)
}
