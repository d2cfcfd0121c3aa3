package assets

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

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

// DamageNoun is what the trail calls a report of damage or loss; MayRecover is to note
// what a responsible person has paid of it.
const (
	DamageNoun = "assets.damage"
	MayRecover = "assets.recover"
)

// DamageSorts are what may have happened to an asset.
var DamageSorts = []string{"damaged", "lost"}

// Facilities are the classes of cards that are buildings and what is built into them
//
var Facilities = []string{"building", "lift", "power", "hvac", "boiler", "gas", "water", "fire", "security"}

// DamageState is how far a report is.
type DamageState string

const (
	Found  DamageState = "found"
	Looked DamageState = "looked" // why, what it cost, whose fault
	Told   DamageState = "told"   // the hospital has the written report
	NoHarm DamageState = "dropped"
)

// tellDue is within how many days the hospital has the written report: the program's own
// figure, since no clause has one.
const tellDue = 30

// DamageStates are all of them, as choices.
var DamageStates = []string{string(Found), string(Looked), string(Told), string(NoHarm)}

// Damage is a report that an asset is damaged or lost. Loss is what that cost the
// hospital, Pays what the responsible person owes of it, Paid what came so far, in fen.
type Damage struct {
	ID              string         `json:"id"`
	Number          string         `json:"number"`
	Card            string         `json:"card"`
	CardName        string         `json:"card_name"`
	CardNumber      string         `json:"card_number"`
	Class           string         `json:"class"`
	Cost            money.Fen      `json:"cost"` // of the card
	Department      string         `json:"department"`
	DepartmentName  string         `json:"department_name"`
	Sort            string         `json:"sort"`
	Day             period.Day     `json:"day"`
	How             string         `json:"how"`
	State           DamageState    `json:"state"`
	Open            bool           `json:"open"`
	ByName          string         `json:"by_name"`
	At              period.Instant `json:"at"`
	Cause           string         `json:"cause"`
	Loss            money.Fen      `json:"loss"`
	Fault           bool           `json:"fault"`
	Responsible     string         `json:"responsible"`
	ResponsibleName string         `json:"responsible_name"`
	LookedName      string         `json:"looked_name"`
	LookedAt        period.Instant `json:"looked_at"`
	ToldTo          string         `json:"told_to"`
	ToldName        string         `json:"told_name"`
	ToldAt          period.Instant `json:"told_at"`
	Pays            money.Fen      `json:"pays"`
	Paid            money.Fen      `json:"paid"`
	Owed            bool           `json:"owed"`
	Note            string         `json:"note"`
	Version         int64          `json:"version"`
}

// Damages is the list of reports, the latest first.
var Damages = list.Of[Damage]{
	Name: "assets.damages", From: `assets_damage x JOIN assets_card a ON a.id = x.card LEFT JOIN departments_department d ON d.id = a.department`, Order: "-id", Live: []string{DamageNoun},
	Href: func(x *Damage) string { return "/asset-damages/" + x.ID },
	Columns: []list.Column[Damage]{
		{Key: "card_name", SQL: "a.name", Into: func(x *Damage) any { return &x.CardName }},
		{Key: "card_number", SQL: "a.number", Into: func(x *Damage) any { return &x.CardNumber }},
		{Key: "nature", SQL: "x.sort", Into: func(x *Damage) any { return &x.Sort }, OneOf: DamageSorts, Enum: "assets.damage_sort"},
		{Key: "state", SQL: "x.state", Into: func(x *Damage) any { return &x.State }, OneOf: DamageStates, Enum: DamageNoun + ".state", Tone: func(x *Damage, _ time.Time) string {
			return map[DamageState]string{Found: "soon", Looked: "soon", Told: "done"}[x.State]
		}},
		{Key: "day", SQL: "x.day", Into: func(x *Damage) any { return &x.Day }, Range: true},
		{Key: "loss", SQL: "x.loss", Into: func(x *Damage) any { return &x.Loss }, Range: true},
		{Key: "department", SQL: "a.department", Into: func(x *Damage) any { return &x.Department }, Ref: "departments", Text: func(x *Damage) string { return x.DepartmentName }},
		{Key: "class", SQL: "a.class", Into: func(x *Damage) any { return &x.Class }, OneOf: Classes, Enum: "assets.class"},
		{Key: "number", SQL: "x.number", Into: func(x *Damage) any { return &x.Number }},
		{Key: "at", SQL: "x.at", Into: func(x *Damage) any { return &x.At }, Range: true},
		{Key: "by_name", SQL: "x.by_name", Into: func(x *Damage) any { return &x.ByName }, Aside: true},
		{Key: "fault", SQL: "x.fault", Into: func(x *Damage) any { return &x.Fault }, Aside: true},
		{Key: "responsible_name", SQL: "x.responsible_name", Into: func(x *Damage) any { return &x.ResponsibleName }, Aside: true},
		{Key: "pays", SQL: "x.pays", Into: func(x *Damage) any { return &x.Pays }, Range: true, Aside: true},
		{Key: "paid", SQL: "x.paid", Into: func(x *Damage) any { return &x.Paid }, Range: true, Aside: true},
		{Key: "owed", SQL: "(x.paid < x.pays)", Into: func(x *Damage) any { return &x.Owed }, Aside: true},
		{Key: "told_to", SQL: "x.told_to", Into: func(x *Damage) any { return &x.ToldTo }, Aside: true},
		{Key: "told_at", SQL: "x.told_at", Into: func(x *Damage) any { return &x.ToldAt }, Range: true, Aside: true},
		{Key: "open", SQL: "x.open", Into: func(x *Damage) any { return &x.Open }, Aside: true},
		{Key: "how", SQL: "x.how", Into: func(x *Damage) any { return &x.How }, Aside: true},
		{Key: "cause", SQL: "x.cause", Into: func(x *Damage) any { return &x.Cause }, Aside: true},
		{Key: "responsible", SQL: "x.responsible", Into: func(x *Damage) any { return &x.Responsible }, Hidden: true},
		{Key: "looked_name", SQL: "x.looked_name", Into: func(x *Damage) any { return &x.LookedName }, Hidden: true},
		{Key: "looked_at", SQL: "x.looked_at", Into: func(x *Damage) any { return &x.LookedAt }, Hidden: true},
		{Key: "told_name", SQL: "x.told_name", Into: func(x *Damage) any { return &x.ToldName }, Hidden: true},
		{Key: "note", SQL: "x.note", Into: func(x *Damage) any { return &x.Note }, Hidden: true},
		{Key: "id", SQL: "x.id", Into: func(x *Damage) any { return &x.ID }, Hidden: true},
		{Key: "card", SQL: "x.card", Into: func(x *Damage) any { return &x.Card }, Hidden: true},
		{Key: "cost", SQL: "a.cost", Into: func(x *Damage) any { return &x.Cost }, Hidden: true},
		{Key: "version", SQL: "x.version", Into: func(x *Damage) any { return &x.Version }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(x *Damage) any { return &x.DepartmentName }, Hidden: true},
	},
}

// Harm is what somebody found; Looking what was found out about it; Telling who took the
// written report; NoMatter why there was nothing to it.
type (
	Harm struct {
		Sort string
		Day  period.Day
		How  string
	}
	Looking struct {
		Cause       string
		Loss        money.Fen
		Fault       bool
		Responsible string // a person's id
	}
	Telling  struct{ To string }
	NoMatter struct{ Text string }
)

// The forms of a report and of its steps.
var (
	HarmForm = form.Of[Harm]{Name: "assets.harm", Fields: []form.Field[Harm]{
		{Key: "sort", Into: func(h *Harm) any { return &h.Sort }, Kind: form.Cards, OneOf: DamageSorts, Enum: "assets.damage_sort", Required: true},
		{Key: "day", Into: func(h *Harm) any { return &h.Day }, Required: true},
		{Key: "how", Into: func(h *Harm) any { return &h.How }, Required: true, Most: 500, Kind: form.Area},
	}}
	LookForm = form.Of[Looking]{Name: "assets.looking", Fields: []form.Field[Looking]{
		{Key: "cause", Into: func(l *Looking) any { return &l.Cause }, Required: true, Most: 500, Kind: form.Area},
		{Key: "loss", Into: func(l *Looking) any { return &l.Loss }, Hint: true},
		{Key: "fault", Into: func(l *Looking) any { return &l.Fault }, Hint: true},
		{Key: "responsible", Into: func(l *Looking) any { return &l.Responsible }, Ref: "people", Hint: true},
	}}
	TellForm = form.Of[Telling]{Name: "assets.telling", Fields: []form.Field[Telling]{
		{Key: "to", Into: func(t *Telling) any { return &t.To }, Required: true, Most: 60, Hint: true},
	}}
	NoMatterForm = form.Of[NoMatter]{Name: "assets.no_matter", Fields: []form.Field[NoMatter]{
		{Key: "text", Into: func(n *NoMatter) any { return &n.Text }, Required: true, Most: 200},
	}}
)

// DamageLife is the table of a report's steps.
var DamageLife = flow.Flow[DamageState, Damage]{
	Name:  DamageNoun,
	State: func(x *Damage) *DamageState { return &x.State },
	Seen:  func(x *Damage) int64 { return x.Version },
	May:   func(by db.Actor, need string, x *Damage) bool { return by.MayIn(need, x.Department) },
	Steps: []flow.Step[DamageState, Damage]{
		{Name: "look", From: []DamageState{Found}, To: Looked, Need: MayChange, Ask: &LookForm, Tone: "accent"},
		{Name: "tell", From: []DamageState{Looked}, To: Told, Need: MayChange, Ask: &TellForm, Tone: "accent"},
		{Name: "pay", From: []DamageState{Looked, Told}, Need: MayRecover, If: owes, Hide: true, Ask: &PayForm, Tone: "accent"},
		{Name: "drop", From: []DamageState{Found}, To: NoHarm, Need: MayChange, Ask: &NoMatterForm, Tone: "danger"},
	},
}

func owes(_ db.Actor, x *Damage) error {
	if x.Paid >= x.Pays {
		return fault.New(fault.Conflict, "assets.nothing_owed")
	}
	return nil
}

// DamageScope is which reports a person sees: those of the cards they see, and all for
// whom money is recovered.
func DamageScope(by db.Actor) list.Where {
	if by.Scope(MayRecover).All {
		return list.Where{}
	}
	return Scope(by)
}

// DamageByID is one report, if the person sees it.
func DamageByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Damage, error) {
	return Damages.Get(ctx, r, DamageScope(by).And("x.id = ?", id))
}

// Harmed writes down that an asset is damaged or lost. Needs MayTell for the department of
// its card. Invalid: no word how, a day to come. Conflict: it was scrapped.
func Harmed(ctx context.Context, tx *db.Tx, card string, h Harm) (Damage, error) {
	c, err := Cards.Get(ctx, tx, Scope(tx.By).And("a.id = ?", card))
	if err != nil {
		return Damage{}, err
	}
	x := Damage{ID: tx.NewID(), Card: c.ID, CardName: c.Name, CardNumber: c.Number, Class: c.Class, Department: c.Department, Sort: h.Sort, Day: h.Day, How: strings.TrimSpace(h.How),
		State: Found, Open: true, ByName: tx.By.Name, At: tx.At(), Version: 1}
	if err := tx.NeedIn(MayTell, c.Department); err != nil {
		return x, err
	}
	if c.State == Scrapped {
		return x, fault.New(fault.Conflict, "assets.is_scrapped")
	}
	var bad fault.Complaints
	if !slices.Contains(DamageSorts, h.Sort) {
		bad.Add("sort", "base.required")
	}
	if h.Day.IsZero() || h.Day > tx.Today() {
		bad.Add("day", "assets.in_future")
	}
	if x.How == "" {
		bad.Cite("A-021", "how", "base.required")
	}
	if err := bad.Err(); err != nil {
		return x, err
	}
	if x.Number, err = tx.Number(ctx, "SH"); err != nil {
		return x, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO assets_damage (id, number, card, sort, day, how, by_id, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		x.ID, x.Number, x.Card, x.Sort, x.Day, x.How, tx.By.ID, x.ByName, x.At); err != nil {
		return x, err
	}
	return x, tx.Trail(ctx, db.Event{Noun: DamageNoun, Record: x.ID, Action: "report", Note: c.Title() + "\n" + x.How})
}

func takeDamage(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Damage, error) {
	return DamageLife.Take(ctx, tx, id, version, step, DamageByID)
}

func keepDamage(ctx context.Context, tx *db.Tx, x *Damage, action, note string) error {
	x.Open = x.State == Found || x.State == Looked
	if err := tx.One(ctx, fault.Stale(), `UPDATE assets_damage SET state = $1, open = $2, cause = $3, loss = $4, fault = $5, responsible = $6, responsible_name = $7,
		looked_name = $8, looked_at = $9, told_to = $10, told_name = $11, told_at = $12, pays = $13, paid = $14, note = $15, version = version + 1 WHERE id = $16 AND version = $17`,
		x.State, x.Open, x.Cause, x.Loss, x.Fault, x.Responsible, x.ResponsibleName, x.LookedName, x.LookedAt, x.ToldTo, x.ToldName, x.ToldAt, x.Pays, x.Paid, x.Note, x.ID, x.Version); err != nil {
		return err
	}
	x.Version++
	return tx.Trail(ctx, db.Event{Noun: DamageNoun, Record: x.ID, Action: action, Note: note})
}

// LookInto writes down why an asset was damaged or lost, what that cost and whose fault it
// was. A medical instrument damaged by breaking the rules is paid for by the
// responsible person, A-020.share per cent of the loss, only where the hospital has
// switched that on. Needs MayChange for the card's department; nobody looks into what
// they are responsible for.
//
// Invalid: no cause, fault without a name or a name without it, a loss above what the
// asset cost.
func LookInto(ctx context.Context, tx *db.Tx, id string, version int64, l Looking) (Damage, error) {
	x, err := takeDamage(ctx, tx, id, version, "look")
	if err != nil {
		return x, err
	}
	var bad fault.Complaints
	if x.Cause = strings.TrimSpace(l.Cause); x.Cause == "" {
		bad.Cite("A-021", "cause", "base.required")
	}
	if x.Loss = l.Loss; x.Loss < 0 || x.Cost > 0 && x.Loss > x.Cost {
		bad.Add("loss", "assets.loss_above", x.Cost)
	}
	if x.Fault = l.Fault; l.Fault != (l.Responsible != "") {
		bad.Cite("A-020", "responsible", "assets.whose_fault")
	} else if l.Fault {
		p, err := people.Get(ctx, tx, l.Responsible)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add("responsible", "base.no_such", l.Responsible)
		case err != nil:
			return x, err
		case p.ID == tx.By.ID:
			bad.Add("responsible", "assets.own_fault")
		}
		x.Responsible, x.ResponsibleName = p.ID, p.Name
	}
	if err := bad.Err(); err != nil {
		return x, err
	}
	on, err := rules.On(ctx, tx, "A-020.on", tx.Today())
	if err != nil {
		return x, err
	}
	if on && x.Fault && x.Class == "medical" {
		share, err := rules.Number(ctx, tx, "A-020.share", tx.Today())
		if err != nil {
			return x, err
		}
		if x.Pays, err = money.Share(x.Loss, share, 100); err != nil {
			return x, err
		}
	}
	x.LookedName, x.LookedAt = tx.By.Name, tx.At()
	return x, keepDamage(ctx, tx, &x, "look", x.Cause)
}

// Tell notes who took the written report for the hospital. Invalid: nobody.
func Tell(ctx context.Context, tx *db.Tx, id string, version int64, t Telling) (Damage, error) {
	x, err := takeDamage(ctx, tx, id, version, "tell")
	if err != nil {
		return x, err
	}
	if err := fault.Given(t.To, "to"); err != nil {
		return x, err
	}
	x.ToldTo, x.ToldName, x.ToldAt = strings.TrimSpace(t.To), tx.By.Name, tx.At()
	return x, keepDamage(ctx, tx, &x, "tell", x.ToldTo)
}

// DropDamage ends a report to which there was nothing: the asset was found again.
func DropDamage(ctx context.Context, tx *db.Tx, id string, version int64, n NoMatter) (Damage, error) {
	x, err := takeDamage(ctx, tx, id, version, "drop")
	if err != nil {
		return x, err
	}
	if err := fault.Given(n.Text, "text"); err != nil {
		return x, err
	}
	x.Note = strings.TrimSpace(n.Text)
	return x, keepDamage(ctx, tx, &x, "drop", x.Note)
}

// ToLookInto are the reports that are to be looked into, or told to the hospital.
func ToLookInto(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Damage, error) {
	return Damages.All(ctx, r, list.Scoped(by.Scope(MayChange), "a.department").And("x.open = true"), limit)
}

// ToRecover are those of which something is owed.
func ToRecover(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Damage, error) {
	return Damages.All(ctx, r, list.Scoped(by.Scope(MayRecover), "a.department").And("x.paid < x.pays"), limit)
}

// toldInTime counts the reports on buildings and facilities of which the hospital has a
// written report, and as broken those found a month ago of which it has none.
func toldInTime(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	zone := r.Moment().Location()
	late := period.DayOf(r.Moment(), zone).AddDays(-tellDue)
	in, args := db.Listed(Facilities)
	n := len(args)
	at := func(k int) string { return "$" + strconv.Itoa(n+k) }
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE x.state = 'told'), count(*) FILTER (WHERE x.open = true AND x.at < `+at(1)+`), coalesce(max(x.at), 0)
		FROM assets_damage x JOIN assets_card a ON a.id = x.card WHERE a.class IN `+in+` AND x.at >= `+at(2)+` AND x.at < `+at(3),
		append(args, late.Start(zone), from.Start(zone), until.End(zone))...).Scan(&e.Kept, &e.Broken, &e.Latest)
	link := "/asset-damages?class=" + strings.Join(Facilities, ",") + "&at.from=" + string(from) + "&at.to="
	e.Link, e.BrokenLink = link+string(until)+"&state="+string(Told), link+string(min(until, late.AddDays(-1)))+"&open=true"
	return e, err
}
