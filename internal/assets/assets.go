// Package assets is the property accountant's drawer of cards: every lift, boiler
// and desk of value under its number, with where it stands, who answers for it and
// when the state must inspect it next.
//
// This is the first cut: cards are registered, changed, moved and scrapped, and no
// money is booked. Approval of scrapping and depreciation will
// stand on it.
package assets

import (
	"context"
	"embed"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here, each for a department or everywhere. Everybody sees the
// cards of their own department.
const (
	MaySee    = "assets.see"
	MayChange = "assets.change" // register, change, move, inspect, scrap
	MayTell   = "assets.tell"   // say that something is damaged or lost
)

// Permissions of this room.
var Permissions = []string{MaySee, MayChange, MayTell, MayLend, MayRecover}

// State is where in its life an asset is.
type State string

const (
	InUse    State = "in_use"
	Idle     State = "idle"
	Repair   State = "repair" // away or out of order for repair
	Scrapped State = "scrapped"
)

// States are all of them, as choices.
var States = []string{string(InUse), string(Idle), string(Repair), string(Scrapped)}

// Classes are what logistics departments sort their equipment by. The national
// codes of fixed assets will lie beside them when depreciation comes.
var Classes = []string{"building", "medical", "lift", "power", "hvac", "boiler", "gas", "water", "fire", "security", "vehicle", "kitchen", "laundry", "computer", "office", "furniture", Tool, "other"}

// Results are how an inspection of special equipment ends.
var Results = []string{"passed", "defects", "failed"}

// Card is one asset. Cost is what it cost when it was bought. Due is the day by
// which special equipment must be inspected again.
type Card struct {
	ID             string     `json:"id"`
	Number         string     `json:"number"`
	Name           string     `json:"name"`
	Spec           string     `json:"spec"`
	Class          string     `json:"class"`
	Department     string     `json:"department"`
	DepartmentName string     `json:"department_name"`
	Place          string     `json:"place"`
	PlaceName      string     `json:"place_name"`
	Spot           string     `json:"spot"`
	Serial         string     `json:"serial"`
	Maker          string     `json:"maker"`
	Cost           money.Fen  `json:"cost"`
	Since          period.Day `json:"since"`
	State          State      `json:"state"`
	Closed         bool       `json:"closed"` // scrapped
	Special        bool       `json:"special"`
	Lent           bool       `json:"lent"` // somebody has it under a slip
	Inspected      period.Day `json:"inspected"`
	Result         string     `json:"result"`
	Due            period.Day `json:"due"`
	External       string     `json:"external"`
	Extra          Extra      `json:"extra"`
	Version        int64      `json:"version"`

	Owned bool `json:"owned"` // a department answers for it
}

// Fact is something known about an asset for which the card has no field.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Extra is facts in their order, as the JSON text that is stored; "" is none.
type Extra string

// ExtraOf is facts to store; those without a value are left out.
func ExtraOf(facts ...Fact) Extra {
	facts = slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool { return strings.TrimSpace(f.Value) == "" })
	if len(facts) == 0 {
		return ""
	}
	b, _ := json.Marshal(facts) // two strings: no error
	return Extra(b)
}

// Facts are the facts; none when the text is not what ExtraOf wrote.
func (e Extra) Facts() (facts []Fact) {
	if json.Unmarshal([]byte(e), &facts) != nil {
		return nil
	}
	return facts
}

// MarshalJSON gives programs the list of facts.
func (e Extra) MarshalJSON() ([]byte, error) {
	if facts := e.Facts(); facts != nil {
		return json.Marshal(facts)
	}
	return []byte("[]"), nil
}

// Title is how people call the asset on paper: name, specification, number.
func (c Card) Title() string { return strings.TrimSpace(c.Name+" "+c.Spec) + " " + c.Number }

// whereabouts is where the asset is, as people read it.
func (c Card) whereabouts() string {
	parts := slices.DeleteFunc([]string{c.DepartmentName, c.PlaceName, c.Spot}, func(s string) bool { return s == "" })
	return strings.Join(parts, " · ")
}

// soon is how long before an inspection falls due people should see it coming.
const soon = 30

// DueTone is "danger" when the inspection is overdue, "soon" in the month before
// and where the day is not known, "" for what need not be inspected.
func (c Card) DueTone(today period.Day) string {
	switch {
	case !c.Special || c.State == Scrapped:
		return ""
	case c.Due.IsZero():
		return "soon"
	case c.Due < today:
		return "danger"
	case period.Days(today, c.Due) <= soon:
		return "soon"
	}
	return ""
}

func dueTone(c *Card, now time.Time) string { return c.DueTone(period.DayOf(now, now.Location())) }

// Scope is which cards a person sees: those of their own department and of the
// departments for which they hold MaySee or MayChange.
func Scope(by db.Actor) list.Where {
	units := []string{}
	if by.Unit != "" {
		units = append(units, by.Unit)
	}
	for _, p := range []string{MaySee, MayChange, MayTell, MayLend} {
		s := by.Scope(p)
		if s.All {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	slices.Sort(units)
	return list.Where{}.In("a.department", slices.Compact(units))
}

// Visible is nil when the person may see the card, else NotFound; it guards the
// card's files.
func Visible(ctx context.Context, r db.Reader, by db.Actor, id string) error {
	_, err := Cards.Get(ctx, r, Scope(by).And("a.id = ?", id))
	return err
}

// Register opens a card. An empty number is drawn from the series ZC; a card
// without a department has that of its place. Invalid: a number or external name
// that is taken, a department or place that does not exist or is closed, days that
// lie in the future or the wrong way round.
func Register(ctx context.Context, tx *db.Tx, c *Card) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	c.ID, c.Version = tx.NewID(), 1
	if c.State == "" {
		c.State = InUse
	}
	if err := settle(ctx, tx, c, Card{}); err != nil {
		return err
	}
	if err := tx.NeedIn(MayChange, c.Department); err != nil {
		return err
	}
	if err := check(ctx, tx, c, Card{}); err != nil {
		return err
	}
	if c.Number == "" {
		var err error
		if c.Number, err = tx.Number(ctx, "ZC"); err != nil {
			return err
		}
	}
	if err := insert(ctx, tx, c); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "assets.card", Record: c.ID, Action: "register", Note: c.Title(), After: c})
}

// Change replaces what is written on the card, but not where the asset is, its
// state, or what it came with: these have acts of their own. c.Version is the one
// the person saw; an older one is a Conflict. An empty number stays what it was.
func Change(ctx context.Context, tx *db.Tx, c *Card) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	was, err := locked(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	c.Department, c.Place, c.Spot, c.State, c.External, c.Extra = was.Department, was.Place, was.Spot, was.State, was.External, was.Extra
	if c.Number == "" {
		c.Number = was.Number
	}
	return replace(ctx, tx, c, was, "change", c.Title())
}

// Move takes the asset to another department, place or spot: the
// person must hold MayChange for the department it leaves and the one it comes to.
// An asset that was scrapped, and a move to where it is, are refused as Conflict.
func Move(ctx context.Context, tx *db.Tx, id string, version int64, department, place, spot, why string) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	was, err := locked(ctx, tx, id)
	if err != nil {
		return err
	}
	c := was
	c.Version, c.Department, c.Place, c.Spot = version, department, place, strings.TrimSpace(spot)
	if was.State == Scrapped {
		return fault.New(fault.Conflict, "assets.is_scrapped")
	}
	if err := settle(ctx, tx, &c, was); err != nil {
		return err
	}
	if c.Department == was.Department && c.Place == was.Place && c.Spot == was.Spot {
		return fault.New(fault.Conflict, "assets.is_there")
	}
	return replace(ctx, tx, &c, was, "move", strings.TrimSpace(why))
}

// Inspection is one look of the inspectors at special equipment. Due is when they
// come again; unset it is a year after Day.
type Inspection struct {
	Day    period.Day
	Result string
	Due    period.Day
	Note   string
}

// Inspect writes an inspection down. Only special equipment that is not scrapped
// has them, else it is a Conflict; a day in the future or before the last inspection,
// and a due day that does not follow it, are Invalid.
func Inspect(ctx context.Context, tx *db.Tx, id string, version int64, i Inspection) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	was, err := locked(ctx, tx, id)
	if err != nil {
		return err
	}
	if !was.Special || was.State == Scrapped {
		return fault.New(fault.Conflict, "assets.not_inspected")
	}
	if i.Due.IsZero() {
		i.Due = i.Day.AddMonths(12)
	}
	if i.Day < was.Inspected {
		return fault.OnField("day", "assets.before_last", string(was.Inspected))
	}
	c := was
	c.Version, c.Inspected, c.Result, c.Due = version, i.Day, i.Result, i.Due
	return replace(ctx, tx, &c, was, "inspect", strings.TrimSpace(string(i.Day)+" "+strings.TrimSpace(i.Note)))
}

// locked is a card that this unit is about to change.
func locked(ctx context.Context, tx *db.Tx, id string) (Card, error) {
	if err := tx.Lock(ctx, "assets_card", id); err != nil {
		return Card{}, err
	}
	return Get(ctx, tx, id)
}

// replace writes a card in place of what it was.
func replace(ctx context.Context, tx *db.Tx, c *Card, was Card, action, note string) error {
	for _, d := range []string{was.Department, c.Department} {
		if err := tx.NeedIn(MayChange, d); err != nil {
			return err
		}
	}
	if err := check(ctx, tx, c, was); err != nil {
		return err
	}
	if err := update(ctx, tx, c); err != nil {
		return err
	}
	c.Version++
	if action == "move" {
		note = "→ " + c.whereabouts() + "\n" + note
	}
	return tx.Trail(ctx, db.Event{Noun: "assets.card", Record: c.ID, Action: action, Note: note, Before: was, After: c})
}
