package warehouse

import (
	"context"
	"strings"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// CustodyNoun is what the trail calls others' goods in a store.
const CustodyNoun = "warehouse.custody"

// CustodyState is how far leave to keep others' goods is.
type CustodyState string

const (
	CustodyAsked   CustodyState = "asked"
	CustodyAgreed  CustodyState = "agreed" // may be taken in
	CustodyKept    CustodyState = "kept"
	GivenBack      CustodyState = "given_back"
	CustodyRefused CustodyState = "refused"
	CustodyDropped CustodyState = "dropped"
)

// CustodyStates are all of them, as choices.
var CustodyStates = []string{string(CustodyAsked), string(CustodyAgreed), string(CustodyKept), string(GivenBack), string(CustodyRefused), string(CustodyDropped)}

// Custody is what a store keeps for somebody else until a day (S-009). It never stands
// in the store's books.
type Custody struct {
	ID        string         `json:"id"`
	Number    string         `json:"number"`
	Store     string         `json:"store"`
	StoreName string         `json:"store_name"`
	Keeping   string         `json:"-"` // department that keeps the store
	Owner     string         `json:"owner"`
	Name      string         `json:"name"`
	Many      string         `json:"many"`
	Why       string         `json:"why"`
	Until     period.Day     `json:"until"`
	Spot      string         `json:"spot"`
	State     CustodyState   `json:"state"`
	Open      bool           `json:"open"`
	AskedName string         `json:"asked_name"`
	AskedAt   period.Instant `json:"asked_at"`
	Paper     string         `json:"paper"`
	Note      string         `json:"note"`
	KeptName  string         `json:"kept_name"`
	KeptAt    period.Instant `json:"kept_at"`
	BackTo    string         `json:"back_to"`
	BackName  string         `json:"back_name"`
	BackAt    period.Instant `json:"back_at"`
	Version   int64          `json:"version"`
	Papered   bool           `json:"papered"` // the leader gave leave
}

// Custodies is the register of others' goods, the latest first.
var Custodies = list.Of[Custody]{
	Name: "warehouse.custodies", From: `warehouse_custody c JOIN warehouse_store w ON w.id = c.store`,
	Order: "-id", Short: true, Live: []string{CustodyNoun},
	Href: func(c *Custody) string { return "/warehouse/custodies/" + c.ID },
	Columns: []list.Column[Custody]{
		{Key: "name", SQL: "c.name", Into: func(c *Custody) any { return &c.Name }},
		{Key: "many", SQL: "c.many", Into: func(c *Custody) any { return &c.Many }},
		{Key: "owner", SQL: "c.owner", Into: func(c *Custody) any { return &c.Owner }},
		{Key: "state", SQL: "c.state", Into: func(c *Custody) any { return &c.State }, OneOf: CustodyStates, Enum: CustodyNoun + ".state", Tone: func(c *Custody, _ time.Time) string {
			return map[CustodyState]string{CustodyAsked: "soon", CustodyAgreed: "soon", CustodyRefused: "danger", GivenBack: "done"}[c.State]
		}},
		{Key: "until", SQL: "c.until", Into: func(c *Custody) any { return &c.Until }, Range: true, Tone: func(c *Custody, now time.Time) string {
			if c.State == CustodyKept && c.Until < period.DayOf(now, now.Location()) {
				return "danger"
			}
			return ""
		}},
		{Key: "spot", SQL: "c.spot", Into: func(c *Custody) any { return &c.Spot }},
		{Key: "store", SQL: "c.store", Into: func(c *Custody) any { return &c.Store }, Ref: "stores", Text: func(c *Custody) string { return c.StoreName }},
		{Key: "number", SQL: "c.number", Into: func(c *Custody) any { return &c.Number }},
		{Key: "paper", SQL: "c.paper", Into: func(c *Custody) any { return &c.Paper }},
		{Key: "why", SQL: "c.why", Into: func(c *Custody) any { return &c.Why }, Aside: true},
		{Key: "asked_name", SQL: "c.asked_name", Into: func(c *Custody) any { return &c.AskedName }, Aside: true},
		{Key: "at", SQL: "c.asked_at", Into: func(c *Custody) any { return &c.AskedAt }, Range: true, Aside: true},
		{Key: "kept_name", SQL: "c.kept_name", Into: func(c *Custody) any { return &c.KeptName }, Aside: true},
		{Key: "kept_at", SQL: "c.kept_at", Into: func(c *Custody) any { return &c.KeptAt }, Range: true, Aside: true},
		{Key: "back_to", SQL: "c.back_to", Into: func(c *Custody) any { return &c.BackTo }, Aside: true},
		{Key: "back_name", SQL: "c.back_name", Into: func(c *Custody) any { return &c.BackName }, Aside: true},
		{Key: "back_at", SQL: "c.back_at", Into: func(c *Custody) any { return &c.BackAt }, Aside: true},
		{Key: "papered", SQL: "(c.paper <> '')", Into: func(c *Custody) any { return &c.Papered }, Hidden: true},
		{Key: "open", SQL: "c.open", Into: func(c *Custody) any { return &c.Open }, Aside: true},
		{Key: "note", SQL: "c.note", Into: func(c *Custody) any { return &c.Note }, Hidden: true},
		{Key: "id", SQL: "c.id", Into: func(c *Custody) any { return &c.ID }, Hidden: true},
		{Key: "keeping", SQL: "w.department", Into: func(c *Custody) any { return &c.Keeping }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(c *Custody) any { return &c.StoreName }, Hidden: true},
		{Key: "version", SQL: "c.version", Into: func(c *Custody) any { return &c.Version }, Hidden: true},
	},
}

// Laid is where others' goods are laid; Fetched who came for them; Why a reason.
type (
	Laid    struct{ Spot string }
	Fetched struct{ To string }
	Why     struct{ Text string }
)

// The questions before the steps of CustodyLife.
var (
	LaidForm = form.Of[Laid]{Name: "warehouse.laid", Fields: []form.Field[Laid]{
		{Key: "spot", Into: func(l *Laid) any { return &l.Spot }, Required: true, Most: 60, Hint: true},
	}}
	FetchedForm = form.Of[Fetched]{Name: "warehouse.fetched", Fields: []form.Field[Fetched]{
		{Key: "to", Into: func(f *Fetched) any { return &f.To }, Required: true, Most: 60},
	}}
	WhyForm = form.Of[Why]{Name: "warehouse.why", Fields: []form.Field[Why]{
		{Key: "text", Into: func(w *Why) any { return &w.Text }, Required: true, Most: 200},
	}}
)

// CustodyLife is the table of its steps. Nobody takes others' goods in without leave.
var CustodyLife = flow.Flow[CustodyState, Custody]{
	Name:  CustodyNoun,
	State: func(c *Custody) *CustodyState { return &c.State },
	Seen:  func(c *Custody) int64 { return c.Version },
	May:   func(by db.Actor, need string, c *Custody) bool { return by.MayIn(need, c.Keeping) },
	Steps: []flow.Step[CustodyState, Custody]{
		{Name: "take_in", From: []CustodyState{CustodyAgreed}, To: CustodyKept, Need: MayIssue, Ask: &LaidForm, Tone: "accent"},
		{Name: "give_back", From: []CustodyState{CustodyKept}, To: GivenBack, Need: MayIssue, Ask: &FetchedForm, Tone: "accent"},
		{Name: "drop", From: []CustodyState{CustodyAsked, CustodyAgreed}, To: CustodyDropped, Need: MayIssue, Ask: &WhyForm, Tone: "danger"},
	},
}

// CustodyByID is one of them, if the person sees the store.
func CustodyByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Custody, error) {
	return Custodies.Get(ctx, r, Scope(by).And("c.id = ?", id))
}

// AskCustody asks leave to keep others' goods in a store until a day: whom S-009 names
// decides, and before that the goods stay outside. Needs MayIssue where the store is
// kept. Invalid: no owner, name, number or reason, a day that is over. Refused besides:
// what approvals.Ask refuses.
func AskCustody(ctx context.Context, tx *db.Tx, c *Custody) error {
	k, err := keeps(ctx, tx, c.Store)
	if err != nil {
		return err
	}
	if err := required(map[string]*string{"owner": &c.Owner, "name": &c.Name, "many": &c.Many, "why": &c.Why}); err != nil {
		return err
	}
	if c.Until < tx.Today() {
		return fault.OnField("until", "warehouse.day_over")
	}
	c.ID, c.State, c.Open, c.StoreName, c.Keeping, c.AskedName, c.AskedAt, c.Version = tx.NewID(), CustodyAsked, true, k.name, k.department, tx.By.Name, tx.At(), 1
	if c.Number, err = tx.Number(ctx, "DC"); err != nil {
		return err
	}
	digest, err := approvals.DigestOf([]any{c.Store, c.Owner, c.Name, c.Many, c.Until})
	if err != nil {
		return err
	}
	asked, err := approvals.Ask(ctx, tx, approvals.Document{Kind: CustodyNoun, Noun: CustodyNoun, Record: c.ID, Number: c.Number, Title: c.Name + " " + c.Many, Reason: c.Why, Department: k.department,
		Digest: digest, Facts: []approvals.Fact{{Key: "store", Value: k.name}, {Key: "receiver", Value: c.Owner}}})
	if err != nil {
		return err
	}
	if asked.State == approvals.Agreed { // the hospital's own way asks nobody
		c.State, c.Paper = CustodyAgreed, asked.Number
	}
	if _, err := tx.Exec(ctx, `INSERT INTO warehouse_custody (id, number, store, owner, name, many, why, until, state, asked_by, asked_name, asked_at, paper) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		c.ID, c.Number, c.Store, c.Owner, c.Name, c.Many, c.Why, c.Until, c.State, tx.By.ID, c.AskedName, c.AskedAt, c.Paper); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: CustodyNoun, Record: c.ID, Action: "ask", Note: strings.TrimSpace(k.name + " " + c.Name + " " + c.Many)})
}

func takeCustody(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Custody, error) {
	return CustodyLife.Take(ctx, tx, id, version, step, CustodyByID)
}

func keepCustody(ctx context.Context, tx *db.Tx, c *Custody, action, note string) error {
	c.Open = c.State == CustodyAsked || c.State == CustodyAgreed || c.State == CustodyKept
	if err := tx.One(ctx, fault.Stale(), `UPDATE warehouse_custody SET state = $1, open = $2, spot = $3, paper = $4, note = $5, kept_name = $6, kept_at = $7,
		back_to = $8, back_name = $9, back_at = $10, version = version + 1 WHERE id = $11 AND version = $12`,
		c.State, c.Open, c.Spot, c.Paper, c.Note, c.KeptName, c.KeptAt, c.BackTo, c.BackName, c.BackAt, c.ID, c.Version); err != nil {
		return err
	}
	c.Version++
	return tx.Trail(ctx, db.Event{Noun: CustodyNoun, Record: c.ID, Action: action, Note: note})
}

// TakeIn lays others' goods into the store, for which leave was given: Conflict with
// S-009 without it, or when its day is over. Invalid: no spot, or a bin in which booked
// goods lie (S-004).
func TakeIn(ctx context.Context, tx *db.Tx, id string, version int64, at Laid) (Custody, error) {
	c, err := takeCustody(ctx, tx, id, version, "take_in")
	if err != nil {
		if c.State == CustodyAsked || c.State == CustodyRefused {
			return c, fault.New(fault.Conflict, "warehouse.no_leave", c.Name).Under("S-009")
		}
		return c, err
	}
	if c.Until < tx.Today() {
		return c, fault.New(fault.Conflict, "warehouse.leave_over", string(c.Until)).Under("S-009")
	}
	c.Spot = at.Spot
	if err := required(map[string]*string{"spot": &c.Spot}); err != nil {
		return c, err
	}
	if err := unmixed(ctx, tx, c.Store, c.Spot); err != nil {
		return c, err
	}
	c.KeptName, c.KeptAt = tx.By.Name, tx.At()
	return c, keepCustody(ctx, tx, &c, "take_in", c.Spot)
}

// GiveBack hands them to whoever came for them.
func GiveBack(ctx context.Context, tx *db.Tx, id string, version int64, to Fetched) (Custody, error) {
	c, err := takeCustody(ctx, tx, id, version, "give_back")
	if err != nil {
		return c, err
	}
	c.BackTo = to.To
	if err := required(map[string]*string{"to": &c.BackTo}); err != nil {
		return c, err
	}
	c.BackName, c.BackAt = tx.By.Name, tx.At()
	return c, keepCustody(ctx, tx, &c, "give_back", c.BackTo)
}

// DropCustody gives up what was asked for, before anything lies there.
func DropCustody(ctx context.Context, tx *db.Tx, id string, version int64, why Why) (Custody, error) {
	c, err := takeCustody(ctx, tx, id, version, "drop")
	if err != nil {
		return c, err
	}
	if err := fault.Given(why.Text, "text"); err != nil {
		return c, err
	}
	c.Note = strings.TrimSpace(why.Text)
	if err := keepCustody(ctx, tx, &c, "drop", c.Note); err != nil {
		return c, err
	}
	_, err = approvals.Changed(ctx, tx, CustodyNoun, c.ID, "dropped") // the hook finds nothing that waits any more
	return c, err
}

// CustodyEnded is told what became of the asking.
func CustodyEnded(ctx context.Context, tx *db.Tx, asked approvals.Case) error {
	if err := tx.Lock(ctx, "warehouse_custody", asked.Record); err != nil {
		return err
	}
	c, err := Custodies.Get(ctx, tx, list.Where{}.And("c.id = ?", asked.Record))
	if err != nil || c.State != CustodyAsked {
		return err
	}
	switch asked.State {
	case approvals.Agreed:
		c.State, c.Paper = CustodyAgreed, asked.Number
	case approvals.Refused:
		c.State, c.Note = CustodyRefused, asked.EndedNote
	default:
		c.State, c.Note = CustodyDropped, asked.EndedNote
	}
	return keepCustody(ctx, tx, &c, "case."+string(asked.State), strings.TrimSpace(asked.Number+" "+asked.EndedNote))
}

// ToFetchAway are others' goods that a keeper may take in, or that lie there beyond their
// day: of the stores in which the person hands out.
func ToFetchAway(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Custody, error) {
	zone := r.Moment().Location()
	return Custodies.All(ctx, r, list.Scoped(by.Scope(MayIssue), "w.department").And("c.open = true AND (c.state = 'agreed' OR c.state = 'kept' AND c.until < ?)", period.DayOf(r.Moment(), zone)), limit)
}

// kept counts others' goods taken in by leave, and as broken those that lie beyond their
// day: none lies there without leave.
func kept(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	zone := r.Moment().Location()
	today := period.DayOf(r.Moment(), zone)
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE NOT (state = 'kept' AND until < $1)), count(*) FILTER (WHERE state = 'kept' AND until < $1), coalesce(max(kept_at), 0)
		FROM warehouse_custody WHERE kept_at >= $2 AND kept_at < $3`, today, from.Start(zone), until.End(zone)).Scan(&e.Kept, &e.Broken, &e.Latest)
	link := "/warehouse/custodies?kept_at.from=" + string(from) + "&kept_at.to=" + string(until)
	e.Link, e.BrokenLink = link, link+"&state="+string(CustodyKept)+"&until.to="+string(today.AddDays(-1))
	return e, err
}
