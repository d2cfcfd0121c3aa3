package requests

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/warehouse"
)

// What the trail calls a tour, and what a ward did not accept of one.
const (
	TourNoun   = "requests.tour"
	ReturnNoun = "requests.return"
)

// Tour is one round through the house with packed goods (S-043). What is on it stays in
// the store's books until the ward signs.
type Tour struct {
	ID          string         `json:"id"`
	Number      string         `json:"number"`
	Store       string         `json:"store"`
	StoreName   string         `json:"store_name"`
	Keeping     string         `json:"-"` // department that keeps the store
	Carrier     string         `json:"carrier"`
	CarrierName string         `json:"carrier_name"`
	Stops       int64          `json:"stops"` // departments on it
	Open        bool           `json:"open"`
	LoadedBy    string         `json:"loaded_by"`
	LoadedName  string         `json:"loaded_name"`
	LeftAt      period.Instant `json:"left_at"`
	BackAt      period.Instant `json:"back_at"`
	BackName    string         `json:"back_name"`
	Version     int64          `json:"version"`
}

// Tours is the list of tours, newest first.
var Tours = list.Of[Tour]{
	Name: "requests.tours", From: `requests_tour t LEFT JOIN warehouse_store w ON w.id = t.store`,
	Order: "-id", Live: []string{TourNoun, Noun},
	Href: func(t *Tour) string { return "/tours/" + t.ID },
	Columns: []list.Column[Tour]{
		{Key: "number", SQL: "t.number", Into: func(t *Tour) any { return &t.Number }},
		{Key: "open", SQL: "t.open", Into: func(t *Tour) any { return &t.Open }},
		{Key: "carrier_name", SQL: "t.carrier_name", Into: func(t *Tour) any { return &t.CarrierName }},
		{Key: "stops", SQL: "t.stops", Into: func(t *Tour) any { return &t.Stops }},
		{Key: "store", SQL: "t.store", Into: func(t *Tour) any { return &t.Store }, Ref: "stores", Text: func(t *Tour) string { return t.StoreName }},
		{Key: "left_at", SQL: "t.left_at", Into: func(t *Tour) any { return &t.LeftAt }, Range: true},
		{Key: "back_at", SQL: "t.back_at", Into: func(t *Tour) any { return &t.BackAt }, Range: true},
		{Key: "loaded_name", SQL: "t.loaded_name", Into: func(t *Tour) any { return &t.LoadedName }, Aside: true},
		{Key: "back_name", SQL: "t.back_name", Into: func(t *Tour) any { return &t.BackName }, Aside: true},
		{Key: "id", SQL: "t.id", Into: func(t *Tour) any { return &t.ID }, Hidden: true},
		{Key: "carrier", SQL: "t.carrier", Into: func(t *Tour) any { return &t.Carrier }, Hidden: true},
		{Key: "loaded_by", SQL: "t.loaded_by", Into: func(t *Tour) any { return &t.LoadedBy }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(t *Tour) any { return &t.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "coalesce(w.department, '')", Into: func(t *Tour) any { return &t.Keeping }, Hidden: true},
		{Key: "version", SQL: "t.version", Into: func(t *Tour) any { return &t.Version }, Hidden: true},
	},
}

// TourScope is which tours a person sees: those of stores that they serve, those that they
// carry, and those of the whole house for who may look into all requests.
func TourScope(by db.Actor) list.Where {
	if by.Scope(MaySee).All {
		return list.Where{}
	}
	s := by.Scope(MayServe)
	if s.All {
		return list.Where{}
	}
	in, args := list.In("w.department", s.Units)
	return list.Where{}.And(in+" OR t.carrier = ?", append(args, by.ID)...)
}

// Takers are the people who may be named as having taken goods, by who hands them over: for
// a store anybody of the house, for a ward its own, for a carrier those of the wards of the
// tour. In the query the person's row is p.
func Takers(by db.Actor) list.Where {
	if by.May(MayServe) {
		return list.Where{}
	}
	s := by.Scope(MayAsk)
	if s.All {
		return list.Where{}
	}
	in, args := list.In("p.department", s.Units)
	return list.Where{}.And(in+" OR p.department IN (SELECT q.department FROM requests_request q WHERE q.tour IN ("+carried+"))", append(args, by.ID)...)
}

// TourByID is one tour, if the person sees it.
func TourByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Tour, error) {
	return Tours.Get(ctx, r, TourScope(by).And("t.id = ?", id))
}

// Loading is what goes out together.
type Loading struct {
	Store    string
	Carrier  string // a person's id
	Requests []string
}

// onTourMost is how many slips one tour may have.
const onTourMost = 100

// Load sends packed goods of a store out to the wards (S-043). Needs MayServe where the
// store is kept.
//
// Refused: nobody who carries, no slip, one that does not lie packed in the store
// (Invalid); one that somebody else has taken meanwhile (Conflict).
func Load(ctx context.Context, tx *db.Tx, l Loading) (Tour, error) {
	t := Tour{ID: tx.NewID(), Store: l.Store, Open: true, LoadedBy: tx.By.ID, LoadedName: tx.By.Name, LeftAt: tx.At(), Version: 1}
	store, err := warehouse.StoreByID(ctx, tx, l.Store)
	if err != nil {
		return t, err
	}
	t.StoreName, t.Keeping = store.Name, store.Department
	if err := tx.NeedIn(MayServe, store.Department); err != nil {
		return t, err
	}
	var bad fault.Complaints
	p, err := people.Get(ctx, tx, l.Carrier)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && p.Closed:
		bad.Add("carrier", "base.no_such", l.Carrier)
	case err != nil:
		return t, err
	}
	t.Carrier, t.CarrierName = p.ID, p.Name
	chosen := slices.Compact(slices.Sorted(slices.Values(l.Requests)))
	switch {
	case len(chosen) == 0:
		bad.Add("requests", "requests.nothing_loaded")
	case len(chosen) > onTourMost:
		bad.Add("requests", "base.too_many_lines", onTourMost)
	}
	if err := bad.Err(); err != nil {
		return t, err
	}
	wards := map[string]bool{}
	var all []Request
	for _, id := range chosen {
		q, err := take(ctx, tx, id, 0, "load")
		if err != nil {
			return t, err
		}
		if q.Store != t.Store {
			return t, fault.OnField("requests", "requests.other_store", q.Number, q.StoreName)
		}
		wards[q.Department] = true
		all = append(all, q)
	}
	t.Stops = int64(len(wards))
	if t.Number, err = tx.Number(ctx, "PS"); err != nil {
		return t, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO requests_tour (id, number, store, carrier, carrier_name, stops, loaded_by, loaded_name, left_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		t.ID, t.Number, t.Store, t.Carrier, t.CarrierName, t.Stops, t.LoadedBy, t.LoadedName, t.LeftAt); err != nil {
		return t, err
	}
	for n := range all {
		if _, err := tx.Exec(ctx, `INSERT INTO requests_stop (tour, request) VALUES ($1,$2)`, t.ID, all[n].ID); err != nil {
			return t, err
		}
		all[n].Tour, all[n].State = t.ID, Out
		if err := keep(ctx, tx, &all[n], "load", t.Number); err != nil {
			return t, err
		}
	}
	return t, tx.Trail(ctx, db.Event{Noun: TourNoun, Record: t.ID, Action: "load", Note: fmt.Sprintf("%s %s ×%d", t.Number, t.CarrierName, len(all))})
}

// Unload ends a tour: what nobody signed for lies packed in the store again.
func Unload(ctx context.Context, tx *db.Tx, id string, version int64) (Tour, error) {
	if err := tx.Lock(ctx, "requests_tour", id); err != nil {
		return Tour{}, err
	}
	t, err := TourByID(ctx, tx, tx.By, id)
	if err != nil {
		return t, err
	}
	if err := tx.NeedIn(MayServe, t.Keeping); err != nil {
		return t, err
	}
	if !t.Open {
		return t, fault.New(fault.Conflict, "requests.tour_over", t.Number)
	}
	if version != 0 && version != t.Version {
		return t, fault.Stale()
	}
	left, err := Pending.All(ctx, tx, list.Where{}.And("q.tour = ? AND q.state = 'out'", t.ID), onTourMost)
	if err != nil {
		return t, err
	}
	for _, l := range left {
		q, err := take(ctx, tx, l.ID, 0, "unload")
		if err != nil {
			return t, err
		}
		if err := pass(ctx, tx, &q, "back", ""); err != nil {
			return t, err
		}
		q.State = Ready
		if err := keep(ctx, tx, &q, "unload", t.Number); err != nil {
			return t, err
		}
	}
	t.Open, t.BackAt, t.BackName = false, tx.At(), tx.By.Name
	if err := tx.One(ctx, fault.Stale(), `UPDATE requests_tour SET open = false, back_at = $1, back_name = $2, version = version + 1 WHERE id = $3 AND version = $4`,
		t.BackAt, t.BackName, t.ID, t.Version); err != nil {
		return t, err
	}
	t.Version++
	return t, tx.Trail(ctx, db.Event{Noun: TourNoun, Record: t.ID, Action: "unload", Note: t.Number})
}

// pass notes what became of a slip on its tour, which it leaves.
func pass(ctx context.Context, tx *db.Tx, q *Request, result, receiver string) error {
	_, err := tx.Exec(ctx, `UPDATE requests_stop SET result = $1, receiver_name = $2, at = $3 WHERE tour = $4 AND request = $5`, result, receiver, tx.At(), q.Tour, q.ID)
	q.Tour = ""
	return err
}

// Stop is one slip of a tour with where it goes and what became of it.
type Stop struct {
	Request  Request        `json:"request"`
	Building string         `json:"building"` // "" where nobody knows where the department is
	Spot     string         `json:"spot"`     // the department's place within it
	Result   string         `json:"result"`   // "" on its way, signed, back
	Receiver string         `json:"receiver"`
	At       period.Instant `json:"at"`
}

// StopsOf are the slips of a tour in the order of buildings and floors.
func StopsOf(ctx context.Context, r db.Reader, tour string) ([]Stop, error) {
	all, err := Pending.All(ctx, r, list.Where{}.And("q.id IN (SELECT request FROM requests_stop WHERE tour = ?)", tour), onTourMost)
	if err != nil {
		return nil, err
	}
	stops, err := InOrder(ctx, r, all)
	if err != nil {
		return nil, err
	}
	return stops, db.Each(ctx, r, `SELECT request, result, receiver_name, at FROM requests_stop WHERE tour = $1`, []any{tour}, func(scan db.Scan) error {
		var request, result, receiver string
		var at period.Instant
		err := scan(&request, &result, &receiver, &at)
		for n := range stops {
			if s := &stops[n]; s.Request.ID == request {
				s.Result, s.Receiver, s.At = result, receiver, at
			}
		}
		return err
	})
}

// InOrder puts requests in the order in which one walks through the house.
func InOrder(ctx context.Context, r db.Reader, all []Request) ([]Stop, error) {
	var units []string
	for _, q := range all {
		units = append(units, q.Department)
	}
	spots, err := whereIs(ctx, r, slices.Compact(slices.Sorted(slices.Values(units))))
	stops := make([]Stop, len(all))
	for n, q := range all {
		stops[n].Request = q
		stops[n].Building, stops[n].Spot, _ = strings.Cut(spots[q.Department], " / ")
	}
	slices.SortStableFunc(stops, func(a, b Stop) int {
		if (a.Building == "") != (b.Building == "") { // what nobody can find comes last
			return cmp.Compare(b.Building, a.Building)
		}
		return cmp.Or(strings.Compare(a.Building, b.Building), strings.Compare(a.Spot, b.Spot), strings.Compare(a.Request.Department, b.Request.Department), strings.Compare(a.Request.ID, b.Request.ID))
	})
	return stops, err
}

// whereIs is the path of the place at which each department is to be found: a floor of
// its own, else the first of its rooms.
func whereIs(ctx context.Context, r db.Reader, units []string) (map[string]string, error) {
	at := map[string]string{}
	for _, kind := range []places.Kind{places.Floor, places.Room} {
		missing := slices.DeleteFunc(slices.Clone(units), func(u string) bool { return at[u] != "" })
		found, err := places.Places.All(ctx, r, list.Where{}.And("p.closed = false AND p.kind = ?", string(kind)).In("p.department", missing), 2000)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			if at[p.Department] == "" {
				at[p.Department] = p.Path
			}
		}
	}
	return at, nil
}
