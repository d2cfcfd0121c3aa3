package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
)

// Route says which crew the reports of a trade go to; Campus "" is everywhere.
type Route struct {
	Trade    Trade  `json:"trade"`
	Campus   string `json:"campus"`
	Crew     string `json:"crew"`
	CrewName string `json:"crew_name"`
}

// SetRoutes replaces where reports go; version is that of the RouteSheet that was looked at,
// whose version moving on is a Conflict. A trade without a route waits for the dispatcher
// and may be taken by anybody who works.
func SetRoutes(ctx context.Context, tx *db.Tx, version int64, routes []Route) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	was, err := Routes(ctx, tx)
	if err != nil {
		return err
	}
	seen := map[[2]string]bool{}
	for n, r := range routes {
		if at := [2]string{string(r.Trade), r.Campus}; seen[at] {
			return fault.OnField(fmt.Sprintf("routes.%d.trade", n), "desk.routed_twice")
		} else {
			seen[at] = true
		}
		if !slices.Contains(Trades, string(r.Trade)) {
			return fault.OnField(fmt.Sprintf("routes.%d.trade", n), "base.bad_value", string(r.Trade))
		}
	}
	if err := turnSheet(ctx, tx, RouteSheet, version); err != nil {
		return err
	}
	if err := replaceRoutes(ctx, tx, routes); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "desk.settings", Record: "routes", Action: "routes", Before: was, After: routes})
}

// SetRate changes what an hour of work costs; for jobs finished from now on.
func SetRate(ctx context.Context, tx *db.Tx, hour money.Fen) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	if hour < 0 || hour > 1_000_000 {
		return fault.OnField("rate", "base.money")
	}
	return db.Set(ctx, tx, LabourRate, fmt.Sprint(int64(hour)))
}

// phoneSetting names the setting for the telephone of the desk.
const phoneSetting = "desk.phone"

// Phone is the telephone of the desk, as guests are told it; "" until it is set.
func Phone(ctx context.Context, r db.Reader) (string, error) { return db.Setting(ctx, r, phoneSetting) }

// SetPhone says how the desk is called.
func SetPhone(ctx context.Context, tx *db.Tx, number string) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	return db.Set(ctx, tx, phoneSetting, strings.TrimSpace(number))
}
