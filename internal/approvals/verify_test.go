package approvals_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/money"
)

// Whoever changes a case in the database, before anybody has signed it or after, is
// found: the case is named by its number.
func TestACaseChangedInTheDatabaseIsNamed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		verify := func() []string {
			t.Helper()
			wrong, err := approvals.Verify(t.Context(), h.d)
			if err != nil {
				t.Fatal(err)
			}
			return wrong
		}
		waits, bare := h.ask("nurse", h.paper("warehouse.request", 30000)), h.paper("warehouse.request", 100)
		bare.Facts = nil
		h.ask("nurse", bare)
		empty := h.paper("warehouse.request", 100)
		empty.Facts = []approvals.Fact{{Key: "stock"}}
		h.ask("nurse", empty)
		legal := h.paper("contracts.contract", 100)
		legal.Attrs, legal.Reason = map[string]any{"years": 2, "legal": true}, "<急> & 要"
		h.ask("nurse", legal)
		signed := h.ask("nurse", h.paper("warehouse.request", 500))
		h.must(h.agree("head", signed))
		withdrawn := h.ask("nurse", h.paper("warehouse.request", 500))
		h.do(h.as("nurse"), func(tx *db.Tx) error { _, err := approvals.Withdraw(t.Context(), tx, withdrawn.ID, ""); return err })
		if wrong := verify(); len(wrong) != 0 {
			t.Fatalf("nobody has touched anything: %v", wrong)
		}
		for _, c := range []struct {
			set, back string
			of        approvals.Case
		}{
			{"amount = 1", "amount = 30000", waits},
			{"title = '别的'", "title = '纸巾十箱'", signed},
			{"facts = '[]'", `facts = '[{"key":"stock","value":"3 箱"}]'`, withdrawn},
			{"document_digest = 'v2'", "document_digest = 'v1'", waits},
			{"hands = 'no list'", `hands = '[{"part":"requester","person":"` + waits.AskedBy + `"}]'`, waits},
			{"digest = 'what another text gives'", "digest = '" + signed.Digest + "'", signed},
			{"state = 'agreed', open = false", "state = 'open', open = true", waits},
		} {
			h.do(db.System("burglar"), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE approvals_case SET `+c.set+` WHERE id = $1`, c.of.ID)
				return err
			})
			if wrong := verify(); len(wrong) == 0 || !strings.Contains(wrong[0], c.of.Number) {
				t.Errorf("%s of %s: %v", c.set, c.of.Number, wrong)
			}
			h.do(db.System("burglar"), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE approvals_case SET `+c.back+` WHERE id = $1`, c.of.ID)
				return err
			})
			if wrong := verify(); len(wrong) != 0 {
				t.Errorf("put back %s: %v", c.back, wrong)
			}
		}
	})
}

// Whoever changes a case that nobody has signed and makes its digest anew as well is
// found by the trail, which has the digest under which it was asked for.
func TestAForgedDigestIsNamed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.ask("nurse", h.paper("warehouse.request", 30000))
		digest := func(amount money.Fen) string {
			d, err := approvals.DigestOf([]any{c.Kind, c.Noun, c.Record, c.RecordNumber, c.Title, c.Reason, c.Department, amount, c.Weight, c.Beside, nil,
				json.RawMessage(c.Facts), []approvals.Hand{{Part: "requester", Person: c.AskedBy}}, "v1"})
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		if digest(c.Amount) != c.Digest {
			t.Fatal("this is not how a case's digest is made any more")
		}
		h.do(db.System("burglar"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE approvals_case SET amount = 1, digest = $1 WHERE id = $2`, digest(1), c.ID)
			return err
		})
		if wrong, err := approvals.Verify(t.Context(), h.d); err != nil || len(wrong) != 1 || !strings.Contains(wrong[0], c.Number) {
			t.Errorf("%v %v", wrong, err)
		}
	})
}

// Whoever signs what they asked for, counted or keep behind the program is found.
func TestASignatureUnderOnesOwnIsNamed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.ask("nurse", h.paper("warehouse.request", 500))
		h.must(h.agree("head", c))
		if wrong, err := approvals.Verify(t.Context(), h.d); err != nil || len(wrong) != 0 {
			t.Fatalf("%v %v", wrong, err)
		}
		h.do(db.System("burglar"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE approvals_case SET hands = $1 WHERE id = $2`, `[{"part":"keeper","person":"`+h.as("head").ID+`"}]`, c.ID)
			return err
		})
		if wrong, err := approvals.Verify(t.Context(), h.d); err != nil || !slices.ContainsFunc(wrong, func(w string) bool {
			return strings.Contains(w, c.Number+" was agreed to by who had a part in it as keeper")
		}) {
			t.Errorf("%v %v", wrong, err)
		}
	})
}
