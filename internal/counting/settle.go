package counting

import (
	"context"
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
