package disposal

import (
	"context"
	"slices"
	"strconv"
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
	"houqin/internal/people"
	"houqin/internal/rules"
)

// SaleState is how far a sale is.
type SaleState string

const (
	Asked     SaleState = "asked"     // on its way through the approvals
	Allowed   SaleState = "allowed"   // may be sold
	Sold      SaleState = "sold"      // weighed and paid for by the buyer
	Paid      SaleState = "paid"      // handed to finance
	Confirmed SaleState = "confirmed" // finance has it
	Denied    SaleState = "denied"
)

// SaleStates are all of them, as choices.
var SaleStates = []string{string(Asked), string(Allowed), string(Sold), string(Paid), string(Confirmed), string(Denied)}

// Sale is waste that goes to a buyer.
type Sale struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Goods          string         `json:"goods"`
	Buyer          string         `json:"buyer"`
	Estimate       money.Fen      `json:"estimate"`
	State          SaleState      `json:"state"`
	Open           bool           `json:"open"`
	AskedBy        string         `json:"asked_by"`
	AskedName      string         `json:"asked_name"`
	AskedAt        period.Instant `json:"asked_at"`
	Case           string         `json:"case"`
	Paper          string         `json:"paper"`
	SoldBy         string         `json:"sold_by"`
	SoldName       string         `json:"sold_name"`
	SoldAt         period.Instant `json:"sold_at"`
	SoldDay        period.Day     `json:"sold_day"`
	Grams          int64          `json:"grams"`
	Witness        string         `json:"witness"`
	WitnessName    string         `json:"witness_name"`
	Witness2       string         `json:"witness2"`
	Witness2Name   string         `json:"witness2_name"`
	Amount         money.Fen      `json:"amount"`
	Paid           money.Fen      `json:"paid"`
	KeptWhy        string         `json:"kept_why"`
	Receipt        string         `json:"receipt"`
	PaidName       string         `json:"paid_name"`
	PaidAt         period.Instant `json:"paid_at"`
	ConfirmedBy    string         `json:"confirmed_by"`
	ConfirmedName  string         `json:"confirmed_name"`
	ConfirmedAt    period.Instant `json:"confirmed_at"`
	Note           string         `json:"note"`
	Version        int64          `json:"version"`
	Weights        []Weight       `json:"weights,omitempty"`

	Papered bool `json:"papered"` // it was agreed to on paper
	Cashed  bool `json:"cashed"`  // the whole price reached finance, with a receipt
}

// Weight is one kind of waste on the scales.
type Weight struct {
	Name   string    `json:"name"`
	Kg     string    `json:"kg"` // as typed: 12.5
	Grams  int64     `json:"grams"`
	Amount money.Fen `json:"amount"`
}

// Offer is what somebody wants to sell.
type Offer struct {
	Goods    string
	Buyer    string
	Estimate money.Fen
	Scraps   []string // ids of what lies apart
}

// Weighing is how a sale went.
type Weighing struct {
	Buyer    string
	Witness  string
	Witness2 string
	Weights  []Weight
}

// WeightForm is a line of the scales' paper; WeighForm is asked when it is sold.
var (
	WeightForm = form.Of[Weight]{Name: "disposal.weight", Fields: []form.Field[Weight]{
		{Key: "name", Into: func(w *Weight) any { return &w.Name }, Required: true, Most: 80},
		{Key: "kg", Into: func(w *Weight) any { return &w.Kg }, Required: true, Most: 20},
		{Key: "amount", Into: func(w *Weight) any { return &w.Amount }, Required: true},
	}}
	WeighForm = form.Of[Weighing]{Name: "disposal.weighing", Fields: []form.Field[Weighing]{
		{Key: "buyer", Into: func(w *Weighing) any { return &w.Buyer }, Required: true, Most: 80},
		{Key: "witness", Into: func(w *Weighing) any { return &w.Witness }, Ref: "people", Required: true},
		{Key: "witness2", Into: func(w *Weighing) any { return &w.Witness2 }, Ref: "people", Required: true},
		form.LinesOf("weights", func(w *Weighing) *[]Weight { return &w.Weights }, &WeightForm, 50),
	}}
)

// HandedIn is what was brought to finance.
type HandedIn struct {
	Paid    money.Fen
	Receipt string
	Why     string
}

// PayForm is asked when the proceeds are brought to finance.
var PayForm = form.Of[HandedIn]{Name: "disposal.paying", Fields: []form.Field[HandedIn]{
	{Key: "paid", Into: func(h *HandedIn) any { return &h.Paid }, Required: true},
	{Key: "receipt", Into: func(h *HandedIn) any { return &h.Receipt }, Required: true, Most: 60, Hint: true},
	{Key: "why", Into: func(h *HandedIn) any { return &h.Why }, Most: 200, Hint: true},
}}

// SaleLife is the table of a sale's steps.
var SaleLife = flow.Flow[SaleState, Sale]{
	Name:  SaleNoun,
	State: func(s *Sale) *SaleState { return &s.State },
	Seen:  func(s *Sale) int64 { return s.Version },
	May:   func(by db.Actor, need string, s *Sale) bool { return by.MayIn(need, s.Department) },
	Steps: []flow.Step[SaleState, Sale]{
		{Name: "weigh", From: []SaleState{Allowed}, To: Sold, Need: MaySell, Ask: &WeighForm, Tone: "accent"},
		{Name: "pay", From: []SaleState{Sold}, To: Paid, Need: MaySell, Ask: &PayForm, Tone: "accent"},
		{Name: "confirm", From: []SaleState{Paid}, To: Confirmed, Need: MayCash, If: notSeller, Tone: "accent"},
	},
}

// notSeller: whoever sold does not confirm the money.
func notSeller(by db.Actor, s *Sale) error {
	if by.ID == s.SoldBy || by.ID == s.AskedBy {
		return fault.New(fault.Forbidden, "disposal.own_sale").Under("A-027")
	}
	return nil
}

// collects refuses whoever does not sit on the post that collects waste and sells it
// for the house (A-025.collector).
func collects(ctx context.Context, tx *db.Tx) error {
	if tx.By.System {
		return nil
	}
	post, err := rules.Chosen(ctx, tx, "A-025.collector", tx.Today())
	if err != nil {
		return err
	}
	held, err := approvals.Holdings(ctx, tx, tx.Today())
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Post == post && h.Person == tx.By.ID {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "disposal.not_collector", approvals.SayKey("post:"+post)).Under("A-025")
}

// Sell asks leave to sell waste. Only who sits on the post that collects it does
// from an estimate of A-026.bulk on the leader in charge decides. Needs MaySell.
// Invalid: nothing named, no estimate. Conflict: scrap that is gone or in another sale.
func Sell(ctx context.Context, tx *db.Tx, o Offer) (Sale, error) {
	s := Sale{ID: tx.NewID(), Department: tx.By.Unit, Goods: strings.TrimSpace(o.Goods), Buyer: strings.TrimSpace(o.Buyer), Estimate: o.Estimate, State: Asked, Open: true,
		AskedBy: tx.By.ID, AskedName: tx.By.Name, AskedAt: tx.At(), Version: 1}
	if err := tx.NeedIn(MaySell, s.Department); err != nil {
		return s, err
	}
	if err := collects(ctx, tx); err != nil {
		return s, err
	}
	var bad fault.Complaints
	if s.Goods == "" {
		bad.Add("goods", "base.required")
	}
	if s.Estimate <= 0 || s.Estimate > most {
		bad.Add("estimate", "base.money")
	}
	if err := bad.Err(); err != nil {
		return s, err
	}
	var err error
	if s.Number, err = tx.Number(ctx, "BM"); err != nil {
		return s, err
	}
	search, err := tx.Tokens(ctx, s.Number, s.Goods, s.Buyer)
	if err != nil {
		return s, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO disposal_sale (id, number, department, goods, buyer, estimate, state, asked_by, asked_name, asked_at, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		s.ID, s.Number, s.Department, s.Goods, s.Buyer, s.Estimate, s.State, s.AskedBy, s.AskedName, s.AskedAt, search); err != nil {
		return s, err
	}
	scraps := slices.Clone(o.Scraps)
	slices.Sort(scraps)
	for _, id := range slices.Compact(scraps) {
		c, err := Apart.Get(ctx, tx, ScrapScope(tx.By).And("c.id = ?", id))
		if err != nil {
			return s, err
		}
		if err := tx.One(ctx, fault.New(fault.Conflict, "disposal.not_apart", c.Title()), `UPDATE disposal_scrap SET state = 'taken', sale = $1 WHERE id = $2 AND state = 'apart'`, s.ID, id); err != nil {
			return s, err
		}
	}
	digest, err := approvals.DigestOf([]any{s.Goods, int64(s.Estimate), scraps})
	if err != nil {
		return s, err
	}
	c, err := approvals.Ask(ctx, tx, approvals.Document{Kind: "assets.bulk_sale", Noun: SaleNoun, Record: s.ID, Number: s.Number, Title: s.Goods, Department: s.Department, Amount: s.Estimate, Digest: digest,
		Facts: []approvals.Fact{{Key: "buyer", Value: s.Buyer}}})
	if err != nil {
		return s, err
	}
	s.Case = c.ID
	if c.State == approvals.Agreed {
		s.State, s.Paper = Allowed, c.Number
	}
	return s, keepSale(ctx, tx, &s, "ask", c.Number)
}

// SaleEnded is told what became of the leave to sell.
func SaleEnded(ctx context.Context, tx *db.Tx, c approvals.Case) error {
	if err := tx.Lock(ctx, "disposal_sale", c.Record); err != nil {
		return err
	}
	s, err := Sales.Get(ctx, tx, list.Where{}.And("v.id = ?", c.Record))
	if err != nil || s.State != Asked {
		return err
	}
	if c.State == approvals.Agreed {
		s.State, s.Paper = Allowed, c.Number
		return keepSale(ctx, tx, &s, "agreed", c.Number)
	}
	s.State, s.Open, s.Note = Denied, false, c.EndedNote
	if _, err := tx.Exec(ctx, `UPDATE disposal_scrap SET state = 'apart', sale = '' WHERE sale = $1 AND state = 'taken'`, s.ID); err != nil {
		return err
	}
	return keepSale(ctx, tx, &s, "refused", c.EndedNote)
}

// Weigh books the sale: what stood on the scales, what the buyer paid for it, and the
// two who saw it, neither of them the seller nor each other. Invalid, every line at
// once: a weight that is none.
func Weigh(ctx context.Context, tx *db.Tx, id string, version int64, w Weighing) (Sale, error) {
	s, err := holdSale(ctx, tx, id, version, "weigh")
	if err != nil {
		return s, err
	}
	if err := collects(ctx, tx); err != nil {
		return s, err
	}
	var bad fault.Complaints
	if s.Buyer = strings.TrimSpace(w.Buyer); s.Buyer == "" {
		bad.Add("buyer", "base.required")
	}
	for _, x := range []struct {
		at   string
		id   string
		name *string
	}{{"witness", w.Witness, &s.WitnessName}, {"witness2", w.Witness2, &s.Witness2Name}} {
		p, err := people.Get(ctx, tx, x.id)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add(x.at, "base.no_such", x.id)
		case err != nil:
			return s, err
		case x.id == tx.By.ID:
			bad.Add(x.at, "disposal.witness_sells", p.Name)
		}
		*x.name = p.Name
	}
	if w.Witness == w.Witness2 {
		bad.Add("witness2", "disposal.one_witness")
	}
	if len(w.Weights) == 0 {
		bad.Add("weights", "base.no_lines")
	}
	s.Witness, s.Witness2, s.Grams, s.Amount = w.Witness, w.Witness2, 0, 0
	for n := range w.Weights {
		l := &w.Weights[n]
		g, err := money.Parse(l.Kg) // three decimals do not fit; two are ten grams
		if err != nil || g <= 0 || g > most {
			bad.Add("weights."+strconv.Itoa(n)+".kg", "disposal.bad_weight")
		}
		if l.Amount < 0 || l.Amount > most {
			bad.Add("weights."+strconv.Itoa(n)+".amount", "base.money")
		}
		l.Grams = int64(g) * 10
		s.Grams += l.Grams
		s.Amount += l.Amount
	}
	if err := bad.Err(); err != nil {
		return s, err
	}
	for n, l := range w.Weights {
		if _, err := tx.Exec(ctx, `INSERT INTO disposal_sale_line (sale, line, name, grams, amount) VALUES ($1,$2,$3,$4,$5)`, s.ID, n+1, l.Name, l.Grams, l.Amount); err != nil {
			return s, err
		}
	}
	s.SoldBy, s.SoldName, s.SoldAt, s.SoldDay = tx.By.ID, tx.By.Name, tx.At(), tx.Today()
	if _, err := tx.Exec(ctx, `UPDATE disposal_scrap SET state = 'gone', how = 'sold', gone_at = $1 WHERE sale = $2 AND state = 'taken'`, tx.At(), s.ID); err != nil {
		return s, err
	}
	return s, keepSale(ctx, tx, &s, "weigh", s.Amount.String())
}

// Pay books that the proceeds were brought to finance against its receipt. All of
// them, while A-027.all_to_finance is on; else what is kept back has its reason.
func Pay(ctx context.Context, tx *db.Tx, id string, version int64, h HandedIn) (Sale, error) {
	s, err := holdSale(ctx, tx, id, version, "pay")
	if err != nil {
		return s, err
	}
	all, err := rules.On(ctx, tx, "A-027.all_to_finance", tx.Today())
	if err != nil {
		return s, err
	}
	var bad fault.Complaints
	s.Receipt, s.KeptWhy, s.Paid = strings.TrimSpace(h.Receipt), strings.TrimSpace(h.Why), h.Paid
	if s.Receipt == "" {
		bad.Add("receipt", "base.required")
	}
	switch {
	case s.Paid > s.Amount || s.Paid < 0:
		bad.Add("paid", "disposal.paid_too_much", s.Amount)
	case s.Paid < s.Amount && all:
		bad.Cite("A-027", "paid", "disposal.all_to_finance", s.Amount)
	case s.Paid < s.Amount && s.KeptWhy == "":
		bad.Add("why", "base.required")
	}
	if err := bad.Err(); err != nil {
		return s, err
	}
	s.PaidName, s.PaidAt = tx.By.Name, tx.At()
	return s, keepSale(ctx, tx, &s, "pay", s.Receipt+" "+s.Paid.String())
}

// Confirm is finance's word that the money is there.
func Confirm(ctx context.Context, tx *db.Tx, id string, version int64) (Sale, error) {
	s, err := holdSale(ctx, tx, id, version, "confirm")
	if err != nil {
		return s, err
	}
	s.ConfirmedBy, s.ConfirmedName, s.ConfirmedAt, s.Open = tx.By.ID, tx.By.Name, tx.At(), false
	return s, keepSale(ctx, tx, &s, "confirm", s.Receipt)
}

func holdSale(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Sale, error) {
	return SaleLife.Take(ctx, tx, id, version, step, GetSale)
}

func keepSale(ctx context.Context, tx *db.Tx, s *Sale, step, note string) error {
	if err := tx.One(ctx, fault.Stale(), `UPDATE disposal_sale SET buyer = $1, state = $2, open = $3, case_id = $4, paper = $5, sold_by = $6, sold_name = $7, sold_at = $8, sold_day = $9, grams = $10, witness = $11,
		witness_name = $12, witness2 = $13, witness2_name = $14, amount = $15, paid = $16, kept_why = $17, receipt = $18, paid_name = $19, paid_at = $20, confirmed_by = $21, confirmed_name = $22,
		confirmed_at = $23, note = $24, version = version + 1 WHERE id = $25 AND version = $26`,
		s.Buyer, s.State, s.Open, s.Case, s.Paper, s.SoldBy, s.SoldName, s.SoldAt, s.SoldDay, s.Grams, s.Witness, s.WitnessName, s.Witness2, s.Witness2Name, s.Amount, s.Paid, s.KeptWhy, s.Receipt,
		s.PaidName, s.PaidAt, s.ConfirmedBy, s.ConfirmedName, s.ConfirmedAt, s.Note, s.ID, s.Version); err != nil {
		return err
	}
	s.Version++
	return tx.Trail(ctx, db.Event{Noun: SaleNoun, Record: s.ID, Action: step, Note: note})
}

// SaleScope is which sales a person sees: those of the departments for which they may look.
func SaleScope(by db.Actor) list.Where { return list.Scoped(by.Scope(MaySee), "v.department") }

// GetSale is a sale that the person sees, with what stood on the scales; else NotFound.
func GetSale(ctx context.Context, r db.Reader, by db.Actor, id string) (Sale, error) {
	s, err := Sales.Get(ctx, r, SaleScope(by).And("v.id = ?", id))
	if err != nil {
		return s, err
	}
	s.Weights, err = db.All(ctx, r, func(w *Weight) []any { return []any{&w.Name, &w.Grams, &w.Amount} }, `SELECT name, grams, amount FROM disposal_sale_line WHERE sale = $1 ORDER BY line`, id)
	for n := range s.Weights {
		s.Weights[n].Kg = Kilograms(s.Weights[n].Grams)
	}
	return s, err
}

// Kilograms is a weight as people read it: 12.50.
func Kilograms(grams int64) string { return money.Fen(grams / 10).String() }

// Sales is the list of sales, the latest first.
var Sales = list.Of[Sale]{
	Name:  "disposal.sales",
	From:  `disposal_sale v LEFT JOIN departments_department k ON k.id = v.department`,
	Order: "-id", Alias: "v", Table: "disposal_sale", Live: []string{SaleNoun},
	Href: func(s *Sale) string { return "/disposal/sales/" + s.ID },
	Columns: []list.Column[Sale]{
		{Key: "number", SQL: "v.number", Into: func(s *Sale) any { return &s.Number }},
		{Key: "goods", SQL: "v.goods", Into: func(s *Sale) any { return &s.Goods }},
		{Key: "state", SQL: "v.state", Into: func(s *Sale) any { return &s.State }, OneOf: SaleStates, Enum: "disposal.sale.state", Tone: saleTone},
		{Key: "buyer", SQL: "v.buyer", Into: func(s *Sale) any { return &s.Buyer }},
		{Key: "estimate", SQL: "v.estimate", Into: func(s *Sale) any { return &s.Estimate }},
		{Key: "amount", SQL: "v.amount", Into: func(s *Sale) any { return &s.Amount }, Range: true},
		{Key: "paid", SQL: "v.paid", Into: func(s *Sale) any { return &s.Paid }},
		{Key: "receipt", SQL: "v.receipt", Into: func(s *Sale) any { return &s.Receipt }},
		{Key: "sold_day", SQL: "v.sold_day", Into: func(s *Sale) any { return &s.SoldDay }, Range: true},
		{Key: "grams", SQL: "v.grams", Into: func(s *Sale) any { return &s.Grams }, Aside: true},
		{Key: "witness_name", SQL: "v.witness_name", Into: func(s *Sale) any { return &s.WitnessName }, Aside: true},
		{Key: "witness2_name", SQL: "v.witness2_name", Into: func(s *Sale) any { return &s.Witness2Name }, Aside: true},
		{Key: "confirmed_name", SQL: "v.confirmed_name", Into: func(s *Sale) any { return &s.ConfirmedName }, Aside: true},
		{Key: "asked_name", SQL: "v.asked_name", Into: func(s *Sale) any { return &s.AskedName }, Aside: true},
		{Key: "open", SQL: "v.open", Into: func(s *Sale) any { return &s.Open }, Aside: true},
		{Key: "papered", SQL: "(v.paper <> '')", Into: func(s *Sale) any { return &s.Papered }, Hidden: true},
		{Key: "cashed", SQL: "(v.paid = v.amount AND v.receipt <> '')", Into: func(s *Sale) any { return &s.Cashed }, Hidden: true},
		{Key: "id", SQL: "v.id", Into: func(s *Sale) any { return &s.ID }, Hidden: true},
		{Key: "department", SQL: "v.department", Into: func(s *Sale) any { return &s.Department }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(k.name, '')", Into: func(s *Sale) any { return &s.DepartmentName }, Hidden: true},
		{Key: "asked_by", SQL: "v.asked_by", Into: func(s *Sale) any { return &s.AskedBy }, Hidden: true},
		{Key: "asked_at", SQL: "v.asked_at", Into: func(s *Sale) any { return &s.AskedAt }, Hidden: true},
		{Key: "case", SQL: "v.case_id", Into: func(s *Sale) any { return &s.Case }, Hidden: true},
		{Key: "paper", SQL: "v.paper", Into: func(s *Sale) any { return &s.Paper }, Hidden: true},
		{Key: "sold_by", SQL: "v.sold_by", Into: func(s *Sale) any { return &s.SoldBy }, Hidden: true},
		{Key: "sold_name", SQL: "v.sold_name", Into: func(s *Sale) any { return &s.SoldName }, Hidden: true},
		{Key: "sold_at", SQL: "v.sold_at", Into: func(s *Sale) any { return &s.SoldAt }, Hidden: true},
		{Key: "witness", SQL: "v.witness", Into: func(s *Sale) any { return &s.Witness }, Hidden: true},
		{Key: "witness2", SQL: "v.witness2", Into: func(s *Sale) any { return &s.Witness2 }, Hidden: true},
		{Key: "kept_why", SQL: "v.kept_why", Into: func(s *Sale) any { return &s.KeptWhy }, Hidden: true},
		{Key: "paid_name", SQL: "v.paid_name", Into: func(s *Sale) any { return &s.PaidName }, Hidden: true},
		{Key: "paid_at", SQL: "v.paid_at", Into: func(s *Sale) any { return &s.PaidAt }, Hidden: true},
		{Key: "confirmed_by", SQL: "v.confirmed_by", Into: func(s *Sale) any { return &s.ConfirmedBy }, Hidden: true},
		{Key: "confirmed_at", SQL: "v.confirmed_at", Into: func(s *Sale) any { return &s.ConfirmedAt }, Hidden: true},
		{Key: "note", SQL: "v.note", Into: func(s *Sale) any { return &s.Note }, Hidden: true},
		{Key: "version", SQL: "v.version", Into: func(s *Sale) any { return &s.Version }, Hidden: true},
	},
}

func saleTone(s *Sale, _ time.Time) string {
	return map[SaleState]string{Asked: "soon", Allowed: "soon", Sold: "danger", Paid: "soon", Confirmed: "done", Denied: "quiet"}[s.State]
}
