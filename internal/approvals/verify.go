package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"houqin/internal/base/db"
)

// contradictions are what must hold of the cases, each as the rows for which it does not.
var contradictions = []db.Contradiction{
	{Says: "was signed as something else than it is now", Query: `SELECT DISTINCT c.number FROM approvals_decision d JOIN approvals_case c ON c.id = d.case_id WHERE d.digest <> c.digest ORDER BY 1`},
	{Says: "was agreed to without a signature", Query: `SELECT c.number FROM approvals_case c WHERE c.state = 'agreed' AND EXISTS (SELECT 1 FROM approvals_step s WHERE s.case_id = c.id)
		AND NOT EXISTS (SELECT 1 FROM approvals_decision d WHERE d.case_id = c.id AND d.verdict = 'agreed') ORDER BY 1`},
	{Says: "ended as nobody under it decided", Query: `SELECT c.number FROM approvals_case c WHERE c.state IN ('refused', 'returned')
		AND NOT EXISTS (SELECT 1 FROM approvals_decision d WHERE d.case_id = c.id AND d.verdict = c.state) ORDER BY 1`},
	{Says: "has ended and is open, or waits and is not", Query: `SELECT number FROM approvals_case WHERE (state = 'open') <> open ORDER BY 1`},
	{Says: "has ended and somebody's decision is still awaited", Query: `SELECT DISTINCT c.number FROM approvals_case c JOIN approvals_seat s ON s.case_id = c.id WHERE s.waiting = true AND c.open = false ORDER BY 1`},
}

// Verify makes the digest of every case anew from the case as it stands, and names those
// of which it is another one, there or in the sealed trail of when it was asked for: what
// was changed behind the program since. A trail of before the digest stood in it says
// nothing.
// It also names cases to which somebody agreed who had asked, counted, kept, planned or bought
// what they are about, and those that contradict the signatures under them, at most a
// hundred of a kind.
func Verify(ctx context.Context, r db.Reader) (wrong []string, err error) {
	changed, own, asked := 0, 0, map[string]string{}
	err = db.Deeds(ctx, r, Noun+".ask", func(record, detail string) {
		var d struct{ After sealedAs }
		if asked[record] == "" && json.Unmarshal([]byte(detail), &d) == nil { // the first one: another that is added later proves nothing
			asked[record] = d.After.Digest
		}
	})
	if err != nil {
		return nil, err
	}
	agreed, err := signers(ctx, r)
	if err != nil {
		return nil, err
	}
	err = db.Each(ctx, r, `SELECT id, number, kind, noun, record, record_number, title, reason, department, amount, weight, beside, attrs, facts, hands, document_digest, digest
		FROM approvals_case ORDER BY id`, nil, func(scan db.Scan) error {
		var c Case
		if err := scan(&c.ID, &c.Number, &c.Kind, &c.Noun, &c.Record, &c.RecordNumber, &c.Title, &c.Reason, &c.Department, &c.Amount, &c.Weight, &c.Beside, &c.attrs, &c.Facts, &c.hands,
			&c.documentDigest, &c.Digest); err != nil {
			return err
		}
		hands, _ := c.readHands() // what is no list any more does not fit the digest
		for _, h := range hands {
			if slices.Contains(agreed[c.ID], h.Person) && own < 100 {
				own++
				wrong = append(wrong, fmt.Sprintf("approvals %s was agreed to by who had a part in it as %s", c.Number, h.Part))
			}
		}
		if changed < 100 && (!c.sealed() || asked[c.ID] != "" && asked[c.ID] != c.Digest) {
			changed++
			wrong = append(wrong, fmt.Sprintf("approvals %s is not what was asked for: its digest does not fit", c.Number))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	found, err := db.Contradictions(ctx, r, "approvals", contradictions)
	return append(wrong, found...), err
}

// signers are who agreed to each case by a signature of their own; the words of meetings are
// entered by whoever keeps the minutes.
func signers(ctx context.Context, r db.Reader) (map[string][]string, error) {
	of := map[string][]string{}
	err := db.Each(ctx, r, `SELECT case_id, person FROM approvals_decision WHERE verdict = 'agreed' AND met_on = ''`, nil, func(scan db.Scan) error {
		var id, person string
		err := scan(&id, &person)
		of[id] = append(of[id], person)
		return err
	})
	return of, err
}

// sealed says whether a case is still what its digest was made of. Its lists are taken
// as they were written down; a card without lines was written as one or the other kind
// of nothing, and both are kept as "".
func (c *Case) sealed() bool {
	facts := []string{string(c.Facts)}
	if c.Facts == "" {
		facts = []string{"null", "[]"}
	}
	for _, f := range facts {
		is, err := c.digest(json.RawMessage(c.attrs), json.RawMessage(f), json.RawMessage(c.hands), c.documentDigest)
		if err != nil {
			return false // what stands there is no list any more
		}
		if is == c.Digest {
			return true
		}
	}
	return false
}
