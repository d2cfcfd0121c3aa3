package assets

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Entered is what Enter did.
type Entered string

const (
	Added     Entered = "added"
	Changed   Entered = "changed"
	Unchanged Entered = "unchanged"
)

// Enter brings a card in from elsewhere: a spreadsheet, another program. The card
// that has its external name, or without one its number, becomes as c says in
// every field, its state and place included; when nothing differs nothing is
// written. Where there is none it is registered. A file that does not know some
// facts keeps them by beginning with the card that is there: see ByExternal and
// ByNumber. Refused is what Register and Change refuse.
func Enter(ctx context.Context, tx *db.Tx, c *Card) (Entered, error) {
	if err := tx.Need(MayChange); err != nil {
		return "", err
	}
	was, err := same(ctx, tx, c)
	if fault.KindOf(err) == fault.NotFound {
		return Added, Register(ctx, tx, c)
	} else if err != nil {
		return "", err
	}
	c.ID = was.ID
	if was, err = locked(ctx, tx, c.ID); err != nil {
		return "", err
	}
	c.Version = was.Version
	if c.Number == "" {
		c.Number = was.Number
	}
	if c.External == "" {
		c.External = was.External
	}
	if c.State == "" {
		c.State = was.State
	}
	if err := settle(ctx, tx, c, was); err != nil {
		return "", err
	}
	if err := check(ctx, tx, c, was); err != nil { // also trims, so that spaces are no difference
		return "", err
	}
	if alike(*c, was) {
		return Unchanged, nil
	}
	return Changed, replace(ctx, tx, c, was, "enter", c.Title())
}

func same(ctx context.Context, r db.Reader, c *Card) (Card, error) {
	switch {
	case c.External != "":
		return ByExternal(ctx, r, c.External)
	case c.Number != "":
		return ByNumber(ctx, r, c.Number)
	}
	return Card{}, fault.New(fault.NotFound, "base.not_found")
}

// alike compares what is stored, not the names that belong to ids.
func alike(a, b Card) bool {
	a.DepartmentName, a.PlaceName, a.Owned, a.Version = b.DepartmentName, b.PlaceName, b.Owned, b.Version
	return a == b
}
