package suppliers

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/period"
)

// Where money goes is changed by two people: who takes the wrong number for the right
// one, or is told to, does not send it there alone.

// Account is where a supplier's money goes. State is waiting, holds, past or refused.
type Account struct {
	ID          string         `json:"id"`
	Supplier    string         `json:"supplier"`
	Holder      string         `json:"holder"`
	Bank        string         `json:"bank"`
	Account     string         `json:"account"`
	Why         string         `json:"why"`
	State       string         `json:"state"`
	By          string         `json:"by"`
	ByName      string         `json:"by_name"`
	At          period.Instant `json:"at"`
	SettledBy   string         `json:"settled_by"`
	SettledName string         `json:"settled_name"`
	SettledAt   period.Instant `json:"settled_at"`
	Note        string         `json:"note"`
	Version     int64          `json:"version"`

	SupplierName string `json:"supplier_name"`
}

// AccountForm is what is asked for another account, RefuseForm why it is not taken.
var (
	AccountForm = form.Of[Account]{Name: "suppliers.account", Fields: []form.Field[Account]{
		{Key: "holder", Into: func(a *Account) any { return &a.Holder }, Required: true, Most: 80},
		{Key: "bank", Into: func(a *Account) any { return &a.Bank }, Required: true, Most: 80},
		{Key: "account", Into: func(a *Account) any { return &a.Account }, Required: true, Most: 40, Hint: true},
		{Key: "why", Into: func(a *Account) any { return &a.Why }, Required: true, Most: 200, Hint: true},
	}}
	RefuseForm = form.Of[Reason]{Name: "suppliers.refuse", Fields: []form.Field[Reason]{
		{Key: "reason", Into: func(w *Reason) any { return &w.Reason }, Required: true, Most: 200},
	}}
)

// Reason is a word on why.
type Reason struct{ Reason string }

// OneHuman says whether two entries of the staff file are one natural person. It is set
// once, in the building.
var OneHuman = func(_ context.Context, _ db.Reader, a, b string) (bool, error) { return a == b, nil }

const accounts = `SELECT a.id, a.supplier, a.holder, a.bank, a.account, a.why, a.state, a.by_id, a.by_name, a.at, a.settled_by, a.settled_name, a.settled_at, a.note, a.version, s.name
	FROM suppliers_account a JOIN suppliers_supplier s ON s.id = a.supplier WHERE `

func account(a *Account) []any {
	return []any{&a.ID, &a.Supplier, &a.Holder, &a.Bank, &a.Account, &a.Why, &a.State, &a.By, &a.ByName, &a.At, &a.SettledBy, &a.SettledName, &a.SettledAt, &a.Note, &a.Version, &a.SupplierName}
}

// AccountsOf are all accounts that a supplier has or had, or that were refused, newest first.
func AccountsOf(ctx context.Context, r db.Reader, supplier string) ([]Account, error) {
	return db.All(ctx, r, account, accounts+`a.supplier = $1 ORDER BY a.id DESC`, supplier)
}

// AccountOf is the account to which money goes today; ok is false when none was confirmed.
func AccountOf(ctx context.Context, r db.Reader, supplier string) (a Account, ok bool, err error) {
	return db.First(ctx, r, account, accounts+`a.supplier = $1 AND a.state = 'holds'`, supplier)
}

// ToConfirm are the accounts that somebody else than this person entered.
func ToConfirm(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Account, error) {
	return db.All(ctx, r, account, accounts+`a.state = 'waiting' AND a.by_id <> $1 ORDER BY a.id LIMIT $2`, by.ID, limit)
}

// EnterAccount writes down another account; until somebody else has confirmed it, money
// goes where it went. Needs MayChange. Invalid: an account number that is none. Conflict:
// one waits already, or the supplier is closed.
func EnterAccount(ctx context.Context, tx *db.Tx, a *Account) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	if err := tx.Lock(ctx, "suppliers_supplier", a.Supplier); err != nil {
		return err
	}
	s, err := Get(ctx, tx, a.Supplier)
	if err != nil {
		return err
	}
	if s.Closed {
		return s.Usable()
	}
	for _, t := range []*string{&a.Holder, &a.Bank, &a.Why} {
		*t = strings.Join(strings.Fields(*t), " ")
	}
	a.Account = strings.NewReplacer(" ", "", "-", "").Replace(a.Account)
	var bad fault.Complaints
	for _, said := range []struct{ key, text string }{{"holder", a.Holder}, {"bank", a.Bank}, {"why", a.Why}} {
		if said.text == "" {
			bad.Add(said.key, "base.required")
		}
	}
	if len(a.Account) < 8 || len(a.Account) > 32 || strings.Trim(a.Account, "0123456789") != "" {
		bad.Add("account", "suppliers.bad_account", a.Account)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	a.ID, a.State, a.By, a.ByName, a.At, a.Version, a.SupplierName = tx.NewID(), "waiting", tx.By.ID, tx.By.Name, tx.At(), 1, s.Name
	n, err := tx.Exec(ctx, `INSERT INTO suppliers_account (id, supplier, holder, bank, account, why, state, by_id, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,'waiting',$7,$8,$9) ON CONFLICT DO NOTHING`,
		a.ID, a.Supplier, a.Holder, a.Bank, a.Account, a.Why, a.By, a.ByName, a.At)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "suppliers.account_waits", s.Name)
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: a.Supplier, Action: "enter_account", Note: a.said(), After: a})
}

// ConfirmAccount is the second person's word: from now on money goes there. Needs
// MayConfirm. Conflict: who entered it, under another entry of the staff file either.
func ConfirmAccount(ctx context.Context, tx *db.Tx, id string, version int64) (Account, error) {
	a, err := waiting(ctx, tx, id)
	if err != nil {
		return a, err
	}
	was, _, err := AccountOf(ctx, tx, a.Supplier)
	if err != nil {
		return a, err
	}
	if _, err := tx.Exec(ctx, `UPDATE suppliers_account SET state = 'past', version = version + 1 WHERE supplier = $1 AND state = 'holds'`, a.Supplier); err != nil {
		return a, err
	}
	a.State = "holds"
	if err := settle(ctx, tx, &a, version); err != nil {
		return a, err
	}
	return a, tx.Trail(ctx, db.Event{Noun: Noun, Record: a.Supplier, Action: "confirm_account", Note: strings.TrimPrefix(was.said()+" → "+a.said(), " → ")})
}

// RefuseAccount leaves the money going where it went. Needs MayConfirm, and a reason;
// Conflict as ConfirmAccount's.
func RefuseAccount(ctx context.Context, tx *db.Tx, id string, version int64, w Reason) (Account, error) {
	a, err := waiting(ctx, tx, id)
	if err != nil {
		return a, err
	}
	if a.Note = strings.TrimSpace(w.Reason); a.Note == "" {
		return a, fault.OnField("reason", "base.required")
	}
	a.State = "refused"
	if err := settle(ctx, tx, &a, version); err != nil {
		return a, err
	}
	return a, tx.Trail(ctx, db.Event{Noun: Noun, Record: a.Supplier, Action: "refuse_account", Note: a.said() + " " + a.Note})
}

// waiting is an account that this person may settle: not their own.
func waiting(ctx context.Context, tx *db.Tx, id string) (Account, error) {
	if err := tx.Need(MayConfirm); err != nil {
		return Account{}, err
	}
	a, found, err := db.First(ctx, tx, account, accounts+`a.id = $1`, id)
	switch {
	case err != nil:
		return a, err
	case !found:
		return a, fault.New(fault.NotFound, "base.not_found")
	case a.State != "waiting":
		return a, fault.New(fault.Conflict, "suppliers.account_settled", a.SettledName)
	}
	own, err := OneHuman(ctx, tx, tx.By.ID, a.By)
	if err == nil && own {
		err = fault.New(fault.Conflict, "suppliers.own_account", a.ByName)
	}
	return a, err
}

func settle(ctx context.Context, tx *db.Tx, a *Account, version int64) error {
	if version == 0 {
		version = a.Version
	}
	a.SettledBy, a.SettledName, a.SettledAt = tx.By.ID, tx.By.Name, tx.At()
	err := tx.One(ctx, fault.Stale(), `UPDATE suppliers_account SET state = $1, settled_by = $2, settled_name = $3, settled_at = $4, note = $5, version = version + 1 WHERE id = $6 AND version = $7 AND state = 'waiting'`,
		a.State, a.SettledBy, a.SettledName, a.SettledAt, a.Note, a.ID, version)
	a.Version++
	return err
}

func (a *Account) said() string { return strings.TrimSpace(a.Bank + " " + a.Account + " " + a.Holder) }
