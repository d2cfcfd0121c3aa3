package wardstores_test

import (
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/money"
	"houqin/internal/rules"
	"houqin/internal/wardstores"
)

// What recomputes itself is silent while a ward's papers agree with each other and with
// the ledger, and names what was bent.
func TestVerifyNamesWhatDoesNotAgree(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		pays := rules.Change{Param: "S-037.on", Value: "on", Since: h.d.Today().AddDays(1), Reason: "职代会通过"}
		dbtest.Do(t, h.d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(ctx, tx, &pays) })
		dbtest.Do(t, h.d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(ctx, tx, pays.ID, "") })
		h.clock.Add(24 * time.Hour)
		found := func(r db.Reader) string {
			t.Helper()
			wrong, err := wardstores.Verify(ctx, r)
			h.must(err)
			return strings.Join(wrong, "\n")
		}
		var loss wardstores.Loss
		h.must(h.do("王护士", func(tx *db.Tx) (err error) {
			loss, err = wardstores.Lose(ctx, tx, wardstores.Report{Store: h.own.ID, Item: h.chair.ID, Qty: "1", Cause: "damaged", How: "摔坏"})
			return err
		}))
		h.must(h.do("护士长", func(tx *db.Tx) error {
			_, err := wardstores.Apply(ctx, tx, loss.ID, 0, wardstores.Application{Careless: true, Responsible: h.staff["李护士"].ID})
			return err
		}))
		h.agree("资产会计", wardstores.LossNoun, loss.ID)
		h.agree("院长", wardstores.LossNoun, loss.ID)
		h.must(h.do("财务", func(tx *db.Tx) error {
			_, err := wardstores.Pay(ctx, tx, loss.ID, 0, wardstores.Paying{Way: "cash", Amount: money.Fen(100)})
			return err
		}))
		var loan wardstores.Loan
		h.must(h.do("护士长", func(tx *db.Tx) (err error) {
			loan, err = wardstores.Lend(ctx, tx, wardstores.Lending{Store: h.own.ID, Item: h.chair.ID, Qty: "1", Borrower: h.staff["李护士"].ID, Due: tx.Today().AddDays(3)})
			if err == nil {
				loan, err = wardstores.Give(ctx, tx, loan.ID, 0, wardstores.Giving{Signature: "李护士"})
			}
			return err
		}))
		c, err := h.count("王护士", "week", "90", "lost")
		h.must(err)
		var back wardstores.Backward
		h.must(h.do("王护士", func(tx *db.Tx) (err error) {
			back, err = wardstores.Send(ctx, tx, wardstores.Sending{Store: h.own.ID, To: h.main.ID, Reason: "用不完", Lines: []wardstores.Out{{Item: h.gloves.ID, Qty: "5"}}})
			return err
		}))
		h.must(h.do("库管", func(tx *db.Tx) (err error) { back, err = wardstores.TakeIn(ctx, tx, back.ID, 0); return err }))
		if w := found(h.d); w != "" {
			t.Fatal(w)
		}
		for sql, want := range map[string]string{
			`UPDATE wardstores_loss SET paid = paid + 1 WHERE id = '` + loss.ID + `'`:   loss.Number + " was paid another sum",
			`UPDATE wardstores_loss SET paid_at = 1 WHERE id = '` + loss.ID + `'`:       loss.Number + " is settled and not paid",
			`UPDATE wardstores_loss SET responsible = 'x' WHERE id = '` + loss.ID + `'`: loss.Number + " was paid by somebody",
			`UPDATE wardstores_loss SET careless = false WHERE id = '` + loss.ID + `'`:  loss.Number + " is owed by nobody",
			`UPDATE wardstores_loss SET document = '' WHERE id = '` + loss.ID + `'`:     loss.Number + " was booked without a paper",
			`UPDATE wardstores_loss SET open = true WHERE id = '` + loss.ID + `'`:       loss.Number + " is open and over",
			`UPDATE wardstores_loss SET qty = qty + 1 WHERE id = '` + loss.ID + `'`:     loss.Number + " moves -2",
			`UPDATE wardstores_loss SET state = 'dropped' WHERE id = '` + loss.ID + `'`: "was not booked",
			`UPDATE wardstores_loan SET open = false`:                                   loan.Number + " is open and over",
			`UPDATE wardstores_loan SET signature = ''`:                                 loan.Number + " was handed out unsigned",
			`UPDATE wardstores_loan SET back_at = 5`:                                    loan.Number + " is back and nobody took it",
			`UPDATE wardstores_count SET lines = lines + 1`:                             c.Number + " says other sums",
			`UPDATE wardstores_loss SET qty = qty + 1 WHERE count = '` + c.ID + `'`:     c.Number + " found a difference",
			`UPDATE wardstores_count SET state = 'reconciled', reconciled_by = by_id`:   c.Number + " was compared",
			`UPDATE wardstores_back SET document = ''`:                                  back.Number + " was taken in without a paper",
			`UPDATE wardstores_back SET lines = 7`:                                      back.Number + " says another number of lines",
			`UPDATE wardstores_back SET state = 'dropped', open = false, document = ''`: "was not booked",
			`INSERT INTO wardstores_payment (id, loss, person, way, amount, by_name, at) SELECT 'x', id, responsible, 'cash', 5, '', 1 FROM wardstores_loss WHERE id = '` + loss.ID + `'`: loss.Number + " was paid another sum",
		} {
			err := h.d.Try(ctx, db.System("fault"), func(tx *db.Tx) error {
				if _, err := tx.Exec(ctx, sql); err != nil {
					return err
				}
				if all := found(tx); !strings.Contains(all, want) {
					t.Errorf("after %s\n%q is not named in %q", sql, want, all)
				}
				return nil
			})
			if err != nil && !strings.Contains(err.Error(), "trail") {
				t.Error(err)
			}
		}
	})
}

// Goods that were promised to a borrower and used up since are not handed out, and two
// who were promised the same do not both get it.
// Clause: S-038
func TestNothingIsLentThatIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		lend := func(qty string) (l wardstores.Loan) {
			t.Helper()
			h.must(h.do("护士长", func(tx *db.Tx) (err error) {
				l, err = wardstores.Lend(ctx, tx, wardstores.Lending{Store: h.own.ID, Item: h.gloves.ID, Qty: qty, Borrower: h.staff["李护士"].ID, Due: tx.Today().AddDays(3)})
				return err
			}))
			return l
		}
		give := func(l wardstores.Loan) error {
			return h.do("护士长", func(tx *db.Tx) error {
				_, err := wardstores.Give(ctx, tx, l.ID, 0, wardstores.Giving{Signature: "李护士"})
				return err
			})
		}
		one, two := lend("80"), lend("80")
		h.must(give(one))
		h.refused(give(two), "wardstores.too_few")
		three := lend("20")
		h.must(h.use("王护士", h.own.ID, "15"))
		h.refused(give(three), "wardstores.too_few")
		h.must(give(lend("5")))
	})
}
