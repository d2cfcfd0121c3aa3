package counting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// goOn takes a count further once no sheet of its round is out: what differs in the
// first round is dealt out anew, then the figures stand. A count that agrees and that
// nobody need sign or analyse is over.
func (c *Count) goOn(ctx context.Context, tx *db.Tx) error {
	if err := c.sum(ctx, tx); err != nil {
		return err
	}
	out, err := sheetsOut(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if out > 0 {
		return keep(ctx, tx, c, "", "")
	}
	if c.State == Counting {
		dealt, err := dealAnew(ctx, tx, c)
		if err != nil {
			return err
		}
		if dealt > 0 {
			c.State = Recounting
			return keep(ctx, tx, c, "recount", "")
		}
	}
	c.State, c.CountedAt, c.CountedDay = Settling, tx.At(), tx.Today()
	if err := noteTurns(ctx, tx, c); err != nil {
		return err
	}
	if c.Differing == 0 && len(c.Missing()) == 0 {
		c.State = Agreed
		return c.end(ctx, tx, "agreed", "")
	}
	return keep(ctx, tx, c, "counted", "")
}

// dealAnew makes the sheets of the second round: what differed, apart by who counted it,
// so that anybody else may take it.
func dealAnew(ctx context.Context, tx *db.Tx, c *Count) (dealt int, err error) {
	differs, err := differing(ctx, tx, c.ID)
	if err != nil || len(differs) == 0 {
		return 0, err
	}
	n, err := lastSheet(ctx, tx, c.ID)
	if err != nil {
		return 0, err
	}
	byFirst, order := map[string][]Line{}, []string{}
	for _, l := range differs {
		if byFirst[l.First.By] == nil {
			order = append(order, l.First.By)
		}
		byFirst[l.First.By] = append(byFirst[l.First.By], l)
	}
	for _, first := range order {
		for part := range slices.Chunk(byFirst[first], sheetUsual) {
			n++
			s := Sheet{ID: tx.NewID(), Count: c.ID, N: n, Round: 2, First: first, Size: int64(len(part)), Label: labelOf(part[0].BinCode, part[len(part)-1].BinCode)}
			if err := insertSheet(ctx, tx, &s); err != nil {
				return dealt, err
			}
			for _, l := range part {
				if _, err := tx.Exec(ctx, `UPDATE counting_line SET again = $1, done = 1 WHERE id = $2`, s.ID, l.ID); err != nil {
					return dealt, err
				}
			}
			dealt += len(part)
		}
	}
	return dealt, nil
}

// Again has everything that differs counted once more by others, because somebody doubts
// it or because what was missing then is missing no longer. An approval, given or under
// way, is void. Needs MayArrange.
func Again(ctx context.Context, tx *db.Tx, id string, version int64) (Count, error) {
	c, err := take(ctx, tx, id, version, "again")
	if err != nil {
		return c, err
	}
	if err := c.recall(ctx, tx, "recounted"); err != nil {
		return c, err
	}
	c.Keeper, c.KeeperName, c.KeeperAt, c.Accountant, c.AccountantName, c.AccountantAt = "", "", 0, "", "", 0
	if _, err := dealAnew(ctx, tx, &c); err != nil {
		return c, err
	}
	return c, keep(ctx, tx, &c, "again", "")
}

// recall voids what was agreed or is on its way.
func (c *Count) recall(ctx context.Context, tx *db.Tx, digest string) error {
	if c.Case == "" {
		return nil
	}
	c.Case, c.Paper = "", "" // the hook finds no count that waits for its case any more
	if _, err := tx.Exec(ctx, `UPDATE counting_count SET case_id = '', paper = '' WHERE id = $1`, c.ID); err != nil {
		return err
	}
	_, err := approvals.Changed(ctx, tx, Noun, c.ID, digest)
	return err
}

// Cause is why a line differs.
type Cause struct {
	Line   string // its id
	Reason string // of Reasons
	Why    string // in words; needed for another reason than the listed
}

// Explain gives differences their reasons. Needs MaySettle. Invalid, every line at once:
// a line that does not differ, a reason that does not exist, another one without a word.
func Explain(ctx context.Context, tx *db.Tx, id string, version int64, causes []Cause) (Count, error) {
	if err := tx.Lock(ctx, "counting_count", id); err != nil {
		return Count{}, err
	}
	c, err := Get(ctx, tx, tx.By, id)
	if err != nil {
		return c, err
	}
	if err := tx.NeedIn(MaySettle, c.Keeping); err != nil {
		return c, err
	}
	switch {
	case version != 0 && version != c.Version:
		return c, fault.Stale()
	case c.State != Settling:
		return c, fault.New(fault.Conflict, "counting.not_settling", c.Number)
	}
	differs, err := differing(ctx, tx, id)
	if err != nil {
		return c, err
	}
	byID := map[string]*Line{}
	for n := range differs {
		byID[differs[n].ID] = &differs[n]
	}
	var bad fault.Complaints
	for n, x := range causes {
		l := byID[x.Line]
		x.Why = strings.TrimSpace(x.Why)
		switch {
		case l == nil:
			bad.Add(path(n, "line"), "base.no_such", x.Line)
		case x.Reason == "" && x.Why == "":
		case !slices.Contains(Reasons, x.Reason):
			bad.Add(path(n, "reason"), "counting.reason_needed", l.N, l.Title())
		case x.Reason == "other" && x.Why == "":
			bad.Add(path(n, "why"), "counting.why_needed", l.N, l.Title())
		default:
			l.Reason, l.Why = x.Reason, x.Why
		}
	}
	if err := bad.Err(); err != nil {
		return c, err
	}
	for n := range differs {
		if err := keepLine(ctx, tx, &differs[n]); err != nil {
			return c, err
		}
	}
	return c, keep(ctx, tx, &c, "explain", "")
}

// Missing is what a count still lacks before it is asked about or ended, as words keys.
func (c *Count) Missing() (keys []string) {
	if c.unexplained > 0 {
		keys = append(keys, "counting.missing.reasons")
	}
	if c.Cycle == Quarterly { // S-016
		if c.Keeper == "" {
			keys = append(keys, "counting.missing.keeper")
		}
		if c.Accountant == "" {
			keys = append(keys, "counting.missing.accountant")
		}
	}
	if c.analysed() && c.Analysis == "" {
		keys = append(keys, "counting.missing.analysis")
	}
	return keys
}

// analysed says whether something is to be learnt from the count: from those of a month
// and longer (S-018).
func (c *Count) analysed() bool { return c.Cycle != Once && c.Cycle != Daily && c.Cycle != "weekly" }

// signs: the keepers sign for the store, the property accountant for the accounts, each
// once, where both must (S-016).
func signs(by db.Actor, c *Count) error {
	switch {
	case c.Cycle != Quarterly:
		return fault.New(fault.Conflict, "counting.no_signatures")
	case slices.Contains(c.keepers, by.ID) && c.Keeper == "":
		return nil
	case slices.Contains(c.accountants, by.ID) && c.Accountant == "":
		return nil
	case by.ID == c.Keeper || by.ID == c.Accountant:
		return fault.New(fault.Conflict, "counting.signed_already")
	}
	return fault.New(fault.Forbidden, "counting.not_signer").Under("S-016")
}

func differs(_ db.Actor, c *Count) error {
	if c.Differing == 0 {
		return fault.New(fault.Conflict, "counting.agrees")
	}
	return nil
}

func agrees(_ db.Actor, c *Count) error {
	if c.Differing > 0 {
		return fault.New(fault.Conflict, "counting.differs", c.Differing).Under("S-019")
	}
	return nil
}

// outside: the store does not put its own books right (S-019).
func outside(by db.Actor, c *Count) error {
	if slices.Contains(c.keepers, by.ID) {
		return fault.New(fault.Forbidden, "counting.store_posts").Under("S-019")
	}
	return nil
}

// Sign is the word of a keeper, or of the property accountant, that the figures are
// those that were found (S-016).
func Sign(ctx context.Context, tx *db.Tx, id string, version int64) (Count, error) {
	c, err := take(ctx, tx, id, version, "sign")
	if err != nil {
		return c, err
	}
	if slices.Contains(c.keepers, tx.By.ID) && c.Keeper == "" {
		c.Keeper, c.KeeperName, c.KeeperAt = tx.By.ID, tx.By.Name, tx.At()
	} else {
		c.Accountant, c.AccountantName, c.AccountantAt = tx.By.ID, tx.By.Name, tx.At()
	}
	if same, err := people.OneHuman(ctx, tx, c.Keeper, c.Accountant); err != nil {
		return c, err
	} else if same {
		return c, fault.New(fault.Forbidden, "counting.one_signs_twice").Under("S-016")
	}
	return c, keep(ctx, tx, &c, "sign", tx.By.Name)
}

// lacks refuses a count to which something is missing; the page names all of it.
func (c *Count) lacks() error {
	for _, key := range c.Missing() {
		switch key {
		case "counting.missing.analysis":
			var bad fault.Complaints
			bad.Cite("S-018", "text", "counting.lacks", words.Key(key))
			return bad.Err()
		case "counting.missing.reasons":
			return fault.New(fault.Conflict, "counting.lacks", words.Key(key))
		default:
			return fault.New(fault.Conflict, "counting.lacks", words.Key(key)).Under("S-016")
		}
	}
	return nil
}

// Ask sends the differences on their way: the store's books are put right by a paper,
// and not by the store (S-019). Needs MaySettle. Conflict: a difference without a reason,
// a quarterly count that is not signed by both (S-016), what approvals.Ask refuses.
// Invalid: a monthly count from which nothing was learnt (S-018).
func Ask(ctx context.Context, tx *db.Tx, id string, version int64, a Analysis) (Count, error) {
	c, err := take(ctx, tx, id, version, "ask")
	if err != nil {
		return c, err
	}
	if t := strings.TrimSpace(a.Text); t != "" {
		c.Analysis = t
	}
	if err := c.lacks(); err != nil {
		return c, err
	}
	d, err := c.paper(ctx, tx)
	if err != nil {
		return c, err
	}
	if _, err := approvals.Changed(ctx, tx, Noun, c.ID, d.Digest); err != nil {
		return c, err
	}
	k, err := approvals.Ask(ctx, tx, d)
	if err != nil {
		return c, err
	}
	c.Case, c.Note = k.ID, ""
	if k.State == approvals.Agreed {
		c.State, c.Paper = Approved, k.Number
	}
	return c, keep(ctx, tx, &c, "ask", k.Number)
}

// sames is about how many kinds of goods at most a paper says what it is about.
const sames = 200

// paper is what the approvals are asked about. Keepers who counted are named as who
// wrote it: their figures stand only where somebody else counted them too.
func (c *Count) paper(ctx context.Context, tx *db.Tx) (approvals.Document, error) {
	lines, err := differing(ctx, tx, c.ID)
	if err != nil {
		return approvals.Document{}, err
	}
	digest, err := approvals.DigestOf(digested(lines))
	if err != nil {
		return approvals.Document{}, err
	}
	d := approvals.Document{Kind: "warehouse.adjustment", Noun: Noun, Record: c.ID, Number: c.Number, Title: c.StoreName + " " + c.Number, Reason: c.Analysis, Department: c.Keeping, Amount: c.Amount(), Digest: digest,
		Attrs: map[string]any{"cause": "count"}, Facts: []approvals.Fact{{Key: "gain", Value: c.Gain.String()}, {Key: "loss", Value: c.Loss.String()}, {Key: "lines", Value: sayLines(lines)}}}
	for _, k := range c.keepers {
		d.Hands = append(d.Hands, approvals.Hand{Part: "keeper", Person: k})
	}
	seen := map[string]bool{}
	for _, l := range lines {
		for _, f := range []Figure{l.First, l.Second} {
			if f.By == "" || seen[f.By] {
				continue
			}
			seen[f.By] = true
			part := "counter"
			if slices.Contains(c.keepers, f.By) {
				part = "editor"
			}
			d.Hands = append(d.Hands, approvals.Hand{Part: part, Person: f.By})
		}
		if same := "item:" + l.Item; len(d.Same) < sames && !slices.Contains(d.Same, same) {
			d.Same = append(d.Same, same)
		}
	}
	return d, nil
}

// digested is what of the differences must not change under way.
func digested(lines []Line) (all [][]any) {
	for _, l := range lines {
		all = append(all, []any{l.Item, l.Bin, l.Lot, l.Diff, l.Value, l.Reason, l.Why})
	}
	return all
}

// told is how many lines stand on the card of who decides.
const toldLines = 8

func sayLines(lines []Line) string {
	var say []string
	for _, l := range lines[:min(toldLines, len(lines))] {
		say = append(say, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s", l.Title(), l.Lot, l.SayDiff(), l.Value)), " "))
	}
	if len(lines) > toldLines {
		say = append(say, "…")
	}
	return strings.Join(say, "\n")
}

// Ended is told what became of the approval of a count.
func Ended(ctx context.Context, tx *db.Tx, k approvals.Case) error {
	if err := tx.Lock(ctx, "counting_count", k.Record); err != nil {
		return err
	}
	c, err := whole(ctx, tx, k.Record)
	if err != nil {
		return err
	}
	if c.Case != k.ID || c.State != Asked && c.State != Approved {
		return nil // its figures are others by now
	}
	if k.State == approvals.Agreed {
		c.State, c.Paper = Approved, k.Number
		return keep(ctx, tx, &c, "agreed_to", k.Number)
	}
	c.State, c.Case, c.Paper, c.Note = Settling, "", "", k.EndedNote
	return keep(ctx, tx, &c, string(k.State), k.EndedNote)
}

// Finish ends a count that agreed with the books. Needs MaySettle. Refused: what Ask
// says of signatures and analysis.
func Finish(ctx context.Context, tx *db.Tx, id string, version int64, a Analysis) (Count, error) {
	c, err := take(ctx, tx, id, version, "finish")
	if err != nil {
		return c, err
	}
	if t := strings.TrimSpace(a.Text); t != "" {
		c.Analysis = t
	}
	if err := c.lacks(); err != nil {
		return c, err
	}
	return c, c.end(ctx, tx, "finish", c.Analysis)
}

// Drop gives a count up that has changed nothing yet, with a reason. Needs MayArrange.
func Drop(ctx context.Context, tx *db.Tx, id string, version int64, why Why) (Count, error) {
	c, err := take(ctx, tx, id, version, "drop")
	if err != nil {
		return c, err
	}
	if strings.TrimSpace(why.Text) == "" {
		return c, fault.OnField("text", "base.required")
	}
	if err := c.recall(ctx, tx, "dropped"); err != nil {
		return c, err
	}
	if _, err := tx.Exec(ctx, `UPDATE counting_sheet SET open = false WHERE count = $1 AND open = true`, c.ID); err != nil {
		return c, err
	}
	c.Note = strings.TrimSpace(why.Text)
	return c, c.end(ctx, tx, "drop", c.Note)
}

// end closes a count; the written result of a quarterly one goes to the heads of finance
// and of general affairs (S-016).
func (c *Count) end(ctx context.Context, tx *db.Tx, step, note string) error {
	c.EndedAt, c.EndedDay = tx.At(), tx.Today()
	if err := keep(ctx, tx, c, step, note); err != nil {
		return err
	}
	if c.Cycle != Quarterly || c.State == Dropped {
		return nil
	}
	var to []string
	for _, post := range []string{"finance", "general_affairs"} {
		who, err := approvals.HoldersOn(ctx, tx, post, tx.Today())
		if err != nil {
			return err
		}
		to = append(to, who...)
	}
	return messages.Tell(ctx, tx, messages.Word{Event: messages.Counted, To: to, Args: []string{c.Number, c.StoreName}, Number: c.Number, Href: "/counting/counts/" + c.ID + "/report"})
}

// take locks a count that the person sees and takes a step with it.
func take(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Count, error) {
	return Life.Take(ctx, tx, id, version, step, func(ctx context.Context, r db.Reader, by db.Actor, id string) (Count, error) {
		c, err := Get(ctx, r, by, id)
		if err == nil {
			err = c.whose(ctx, r, r.Today())
		}
		return c, err
	})
}

// whose reads who keeps the store and who is property accountant.
func (c *Count) whose(ctx context.Context, r db.Reader, today period.Day) (err error) {
	if c.keepers, err = warehouse.Keepers(ctx, r, c.Store); err != nil {
		return err
	}
	c.accountants, err = approvals.HoldersOn(ctx, r, "property_accountant", today)
	return err
}
