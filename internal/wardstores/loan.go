package wardstores

import (
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
)

// LoanState is how far a loan is.
type LoanState string

const (
	Asking  LoanState = "asked"  // the head nurse must consent
	Agreed  LoanState = "agreed" // may be given out
	Lent    LoanState = "lent"
	Back    LoanState = "back"
	Denied  LoanState = "refused"
	GivenUp LoanState = "dropped"
)

// LoanStates are all of them, as choices.
var LoanStates = []string{string(Asking), string(Agreed), string(Lent), string(Back), string(Denied), string(GivenUp)}

// Loan is an entry of the loan register (S-038).
type Loan struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Department     string         `json:"department"` // of the store
	DepartmentName string         `json:"department_name"`
	Item           string         `json:"item"` // "" for what is not kept as stock
	What           string         `json:"what"`
	Qty            int64          `json:"qty"`
	Important      bool           `json:"important"`
	Borrower       string         `json:"borrower"`
	BorrowerName   string         `json:"borrower_name"`
	Of             string         `json:"of"` // the borrower's department
	OfName         string         `json:"of_name"`
	Purpose        string         `json:"purpose"`
	Due            period.Day     `json:"due"`
	State          LoanState      `json:"state"`
	Open           bool           `json:"open"`
	Paper          string         `json:"paper"`
	Reason         string         `json:"reason"`
	By             string         `json:"by"`
	ByName         string         `json:"by_name"`
	At             period.Instant `json:"at"`
	LentName       string         `json:"lent_name"`
	LentAt         period.Instant `json:"lent_at"`
	Signature      string         `json:"-"` // the borrower's
	BackName       string         `json:"back_name"`
	BackAt         period.Instant `json:"back_at"`
	BackNote       string         `json:"back_note"`
	Version        int64          `json:"version"`
}

// Loans is the loan register, newest first.
var Loans = list.Of[Loan]{
	Name: "wardstores.loans", From: `wardstores_loan l LEFT JOIN warehouse_store w ON w.id = l.store LEFT JOIN departments_department d ON d.id = w.department LEFT JOIN departments_department o ON o.id = l.department`,
	Order: "-id", Live: []string{LoanNoun},
	Href: func(l *Loan) string { return "/ward-stores/loans/" + l.ID },
	Columns: []list.Column[Loan]{
		{Key: "what", SQL: "l.what", Into: func(l *Loan) any { return &l.What }},
		{Key: "qty", SQL: "l.qty", Into: func(l *Loan) any { return &l.Qty }},
		{Key: "borrower_name", SQL: "l.borrower_name", Into: func(l *Loan) any { return &l.BorrowerName }},
		{Key: "of", SQL: "l.department", Into: func(l *Loan) any { return &l.Of }, Ref: "departments", Text: func(l *Loan) string { return l.OfName }},
		{Key: "due", SQL: "l.due", Into: func(l *Loan) any { return &l.Due }, Range: true, Tone: func(l *Loan, now time.Time) string {
			switch today := period.DayOf(now, now.Location()); {
			case l.State != Lent:
				return ""
			case l.Due < today:
				return "danger"
			case l.Due == today:
				return "soon"
			}
			return ""
		}},
		{Key: "state", SQL: "l.state", Into: func(l *Loan) any { return &l.State }, OneOf: LoanStates, Enum: LoanNoun + ".state", Tone: func(l *Loan, _ time.Time) string {
			if l.State == Asking || l.State == Agreed {
				return "soon"
			}
			if !l.Open {
				return "quiet"
			}
			return ""
		}},
		{Key: "important", SQL: "l.important", Into: func(l *Loan) any { return &l.Important }},
		{Key: "store", SQL: "l.store", Into: func(l *Loan) any { return &l.Store }, Text: func(l *Loan) string { return l.StoreName }},
		{Key: "number", SQL: "l.number", Into: func(l *Loan) any { return &l.Number }},
		{Key: "lent_at", SQL: "l.lent_at", Into: func(l *Loan) any { return &l.LentAt }, Range: true},
		{Key: "lent_name", SQL: "l.lent_name", Into: func(l *Loan) any { return &l.LentName }, Aside: true},
		{Key: "back_at", SQL: "l.back_at", Into: func(l *Loan) any { return &l.BackAt }, Range: true, Aside: true},
		{Key: "back_name", SQL: "l.back_name", Into: func(l *Loan) any { return &l.BackName }, Aside: true},
		{Key: "back_note", SQL: "l.back_note", Into: func(l *Loan) any { return &l.BackNote }, Aside: true},
		{Key: "purpose", SQL: "l.purpose", Into: func(l *Loan) any { return &l.Purpose }, Aside: true},
		{Key: "paper", SQL: "l.paper", Into: func(l *Loan) any { return &l.Paper }, Aside: true},
		{Key: "open", SQL: "l.open", Into: func(l *Loan) any { return &l.Open }, Aside: true},
		{Key: "department", SQL: "coalesce(w.department, '')", Into: func(l *Loan) any { return &l.Department }, Ref: "departments", Text: func(l *Loan) string { return l.DepartmentName }, Aside: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(l *Loan) any { return &l.DepartmentName }, Hidden: true},
		{Key: "of_name", SQL: "coalesce(o.name, '')", Into: func(l *Loan) any { return &l.OfName }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(l *Loan) any { return &l.StoreName }, Hidden: true},
		{Key: "id", SQL: "l.id", Into: func(l *Loan) any { return &l.ID }, Hidden: true},
		{Key: "item", SQL: "l.item", Into: func(l *Loan) any { return &l.Item }, Hidden: true},
		{Key: "borrower", SQL: "l.borrower", Into: func(l *Loan) any { return &l.Borrower }, Hidden: true},
		{Key: "reason", SQL: "l.reason", Into: func(l *Loan) any { return &l.Reason }, Hidden: true},
		{Key: "by", SQL: "l.by_id", Into: func(l *Loan) any { return &l.By }, Hidden: true},
		{Key: "by_name", SQL: "l.by_name", Into: func(l *Loan) any { return &l.ByName }, Hidden: true},
		{Key: "at", SQL: "l.at", Into: func(l *Loan) any { return &l.At }, Hidden: true},
		{Key: "version", SQL: "l.version", Into: func(l *Loan) any { return &l.Version }, Hidden: true},
	},
}

// Giving is a loan being handed out: the borrower signs.
type Giving struct{ Signature string }

// GivingForm asks for the borrower's signature.
var GivingForm = form.Of[Giving]{Name: "wardstores.giving", Fields: []form.Field[Giving]{
	{Key: "signature", Into: func(g *Giving) any { return &g.Signature }, Kind: form.Signature, Most: signatureMost, Required: true},
}}

// LoanLife is the table of a loan's steps.
var LoanLife = flow.Flow[LoanState, Loan]{
	Name:  LoanNoun,
	State: func(l *Loan) *LoanState { return &l.State },
	Seen:  func(l *Loan) int64 { return l.Version },
	May:   func(by db.Actor, need string, l *Loan) bool { return by.MayIn(need, l.Department) },
	Steps: []flow.Step[LoanState, Loan]{
		{Name: "give", From: []LoanState{Agreed}, To: Lent, Need: MayUse, Ask: &GivingForm, Tone: "accent"},
		{Name: "take_back", From: []LoanState{Lent}, To: Back, Need: MayUse, Ask: &RemarkForm, Tone: "accent"},
		{Name: "drop", From: []LoanState{Asking, Agreed}, To: GivenUp, Need: MayUse, Ask: &WhyForm, Tone: "danger"},
	},
}

// LoanByID is one loan, if the person sees the store.
func LoanByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Loan, error) {
	return Loans.Get(ctx, r, Scope(by).And("l.id = ?", id))
}

// LoanSignature is the borrower's.
func LoanSignature(ctx context.Context, r db.Reader, id string) (string, error) {
	s, _, err := db.Text(ctx, r, `SELECT signature FROM wardstores_loan WHERE id = $1`, id)
	return s, err
}

// Lending is what somebody wants to borrow.
type Lending struct {
	Store     string
	Item      string // of the store's stock, or
	What      string // what is not kept as stock
	Qty       string
	Borrower  string // a person's id
	Due       period.Day
	Important bool
	Purpose   string
}

// loanMost is for how many days goods may be lent.
const loanMost = 90

// Lend writes a loan into the register (S-038). Important goods, which is everything but
// consumables and whatever the ward says is, need the consent of the head nurse first;
// who leads the ward consents by lending. Needs MayUse for the ward.
//
// Refused, all at once: neither an item nor a name, more than lies there, a day that is
// over or beyond 90 days, a borrower who is none (Invalid); what approvals.Ask refuses.
func Lend(ctx context.Context, tx *db.Tx, in Lending) (Loan, error) {
	s, err := store(ctx, tx, in.Store, MayUse)
	if err != nil {
		return Loan{}, err
	}
	l := Loan{ID: tx.NewID(), Store: s.ID, StoreName: s.Name, Department: s.Department, Item: in.Item, What: strings.TrimSpace(in.What), Important: in.Important, Purpose: strings.TrimSpace(in.Purpose),
		Due: in.Due, State: Agreed, Open: true, By: tx.By.ID, ByName: tx.By.Name, At: tx.At(), Version: 1}
	var bad fault.Complaints
	if in.Item != "" {
		if err := l.ofStock(ctx, tx, in, &bad); err != nil {
			return l, err
		}
	} else if n, err := some(in.Qty, catalog.Item{Unit: "件", Packs: catalog.PacksOf("件", "")}); err != nil || n <= 0 {
		bad.Add("qty", "base.quantity")
	} else {
		l.Qty = int64(n)
	}
	if l.What == "" {
		bad.Add("what", "wardstores.what_is_it")
	}
	p, err := people.Get(ctx, tx, in.Borrower)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && p.Closed:
		bad.Cite("S-038", "borrower", "base.no_such", in.Borrower)
	case err != nil:
		return l, err
	case p.ID == tx.By.ID:
		bad.Cite("S-038", "borrower", "wardstores.same_hands")
	}
	l.Borrower, l.BorrowerName, l.Of = p.ID, p.Name, p.Department
	if l.Due < tx.Today() || period.Days(tx.Today(), l.Due) > loanMost {
		bad.Add("due", "wardstores.loan_due", loanMost)
	}
	if err := bad.Err(); err != nil {
		return l, err
	}
	if l.Number, err = tx.Number(ctx, "JY"); err != nil {
		return l, err
	}
	charge, err := ChargeOf(ctx, tx, &s)
	if err != nil {
		return l, err
	}
	if l.Important && tx.By.ID != charge.Head {
		l.State = Asking
	}
	if _, err := tx.Exec(ctx, `INSERT INTO wardstores_loan (id, number, store, item, what, qty, important, borrower, borrower_name, department, purpose, due, state, by_id, by_name, at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)`, l.ID, l.Number, l.Store, l.Item, l.What, l.Qty, l.Important, l.Borrower, l.BorrowerName, l.Of, l.Purpose, l.Due, l.State,
		l.By, l.ByName, l.At); err != nil {
		return l, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: LoanNoun, Record: l.ID, Action: "lend", Note: l.Number + " " + l.What}); err != nil || l.State == Agreed {
		return l, err
	}
	digest, err := approvals.DigestOf([]any{l.Store, l.Item, l.What, l.Qty, l.Borrower, l.Due})
	if err != nil {
		return l, err
	}
	c, err := approvals.Ask(ctx, tx, approvals.Document{Kind: "warehouse.loan", Noun: LoanNoun, Record: l.ID, Number: l.Number, Title: l.What, Reason: l.Purpose, Department: l.Department, Digest: digest,
		Facts: []approvals.Fact{{Key: "receiver", Value: l.BorrowerName + " " + string(l.Due)}, {Key: "store", Value: l.StoreName}}})
	if err != nil {
		return l, err
	}
	if l.Paper = c.Number; c.State == approvals.Agreed {
		l.State = Agreed
	}
	return l, keepLoan(ctx, tx, &l, "ask", c.Number)
}

// ofStock checks what is lent out of the store's stock.
func (l *Loan) ofStock(ctx context.Context, r db.Reader, in Lending, bad *fault.Complaints) error {
	i, qty, err := wanted(ctx, r, in.Item, in.Qty)
	if err != nil {
		return bad.Gather("", err)
	}
	l.Qty = int64(qty)
	if l.What == "" {
		l.What = i.Title()
	}
	l.Important = l.Important || i.Category != catalog.Consumable
	sheet, _, err := Sheet(ctx, r, l.Store)
	at := slices.IndexFunc(sheet, func(x Line) bool { return x.Item == i.ID })
	if at < 0 || qty > sheet[at].Book-sheet[at].Away {
		has := "0"
		if at >= 0 {
			has = i.Say(max(0, sheet[at].Book-sheet[at].Away))
		}
		bad.Add("qty", "wardstores.too_few", i.Title(), has)
	}
	return err
}

func takeLoan(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Loan, error) {
	return LoanLife.Take(ctx, tx, id, version, step, func(ctx context.Context, r db.Reader, by db.Actor, id string) (Loan, error) {
		l, err := LoanByID(ctx, r, by, id)
		if err == nil && l.State == Asking && step == "give" {
			err = fault.New(fault.Conflict, "wardstores.no_consent", l.What).Under("S-038")
		}
		return l, err
	})
}

func keepLoan(ctx context.Context, tx *db.Tx, l *Loan, action, note string) error {
	l.Open = l.State == Asking || l.State == Agreed || l.State == Lent
	if err := tx.One(ctx, fault.Stale(), `UPDATE wardstores_loan SET state = $1, open = $2, paper = $3, reason = $4, lent_name = $5, lent_at = $6, signature = CASE WHEN $7 = '' THEN signature ELSE $7 END,
		back_name = $8, back_at = $9, back_note = $10, version = version + 1 WHERE id = $11 AND version = $12`, l.State, l.Open, l.Paper, l.Reason, l.LentName, l.LentAt, l.Signature, l.BackName, l.BackAt, l.BackNote,
		l.ID, l.Version); err != nil {
		return err
	}
	l.Version++
	return tx.Trail(ctx, db.Event{Noun: LoanNoun, Record: l.ID, Action: action, Note: note})
}

// Give hands a loan out: the borrower signs, and who hands out stands beside (S-038).
// Conflict: the head nurse has not consented; what was promised was used up, lost or lent
// to somebody else since.
func Give(ctx context.Context, tx *db.Tx, id string, version int64, g Giving) (Loan, error) {
	l, err := takeLoan(ctx, tx, id, version, "give")
	if err != nil {
		return l, err
	}
	if strings.TrimSpace(g.Signature) == "" {
		var bad fault.Complaints
		bad.Cite("S-038", "signature", "base.required")
		return l, bad.Err()
	}
	if err := l.stillThere(ctx, tx); err != nil {
		return l, err
	}
	l.LentName, l.LentAt, l.Signature = tx.By.Name, tx.At(), g.Signature
	return l, keepLoan(ctx, tx, &l, "give", l.BorrowerName)
}

// stillThere refuses to hand out of the stock what is no longer there. Whoever takes of the
// goods meanwhile is waited for.
func (l *Loan) stillThere(ctx context.Context, tx *db.Tx) error {
	if l.Item == "" {
		return nil
	}
	if err := tx.Lock(ctx, "warehouse_stock", l.Store+"."+l.Item); err != nil {
		return err
	}
	i, err := catalog.Get(ctx, tx, l.Item)
	if err != nil {
		return err
	}
	sheet, _, err := Sheet(ctx, tx, l.Store)
	if err != nil {
		return err
	}
	var has quantity.Qty
	if at := slices.IndexFunc(sheet, func(x Line) bool { return x.Item == l.Item }); at >= 0 {
		has = max(0, sheet[at].Book-sheet[at].Away)
	}
	if quantity.Qty(l.Qty) > has {
		return fault.New(fault.Conflict, "wardstores.too_few", i.Title(), i.Say(has))
	}
	return nil
}

// TakeBack notes that a loan is back.
func TakeBack(ctx context.Context, tx *db.Tx, id string, version int64, r Remark) (Loan, error) {
	l, err := takeLoan(ctx, tx, id, version, "take_back")
	if err != nil {
		return l, err
	}
	l.BackName, l.BackAt, l.BackNote = tx.By.Name, tx.At(), strings.TrimSpace(r.Text)
	return l, keepLoan(ctx, tx, &l, "take_back", l.BackNote)
}

// DropLoan ends a loan that was never handed out.
func DropLoan(ctx context.Context, tx *db.Tx, id string, version int64, why Why) (Loan, error) {
	l, err := takeLoan(ctx, tx, id, version, "drop")
	if err != nil {
		return l, err
	}
	if err := fault.Given(why.Text, "text"); err != nil {
		return l, err
	}
	l.Reason = strings.TrimSpace(why.Text)
	if _, err := approvals.Changed(ctx, tx, LoanNoun, l.ID, "dropped"); err != nil {
		return l, err
	}
	return l, keepLoan(ctx, tx, &l, "drop", l.Reason)
}

// LoanEnded is told whether the head nurse consents.
func LoanEnded(ctx context.Context, tx *db.Tx, c approvals.Case) error {
	if err := tx.Lock(ctx, "wardstores_loan", c.Record); err != nil {
		return err
	}
	l, err := Loans.Get(ctx, tx, list.Where{}.And("l.id = ?", c.Record))
	if err != nil || l.State != Asking {
		return err
	}
	switch c.State {
	case approvals.Agreed:
		l.State = Agreed
	case approvals.Voided:
		return tx.Trail(ctx, db.Event{Noun: LoanNoun, Record: l.ID, Action: "void", Note: c.Number})
	default:
		l.State, l.Reason = Denied, c.EndedNote
	}
	return keepLoan(ctx, tx, &l, "case."+string(c.State), c.EndedNote)
}
