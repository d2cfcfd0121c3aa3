package warehouse

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/people"
)

// Store is a room full of goods. Keepers are the people named to keep it; what
// they may do is said by their rights.
type Store struct {
	ID             string   `json:"id"`
	Code           string   `json:"code"`
	Name           string   `json:"name"`
	Department     string   `json:"department"`
	DepartmentName string   `json:"department_name"`
	Place          string   `json:"place"`
	Ward           bool     `json:"ward"` // a ward's own, kept by the ward
	Keepers        []string `json:"keepers,omitempty"`
	Closed         bool     `json:"closed"`
	Version        int64    `json:"version"`
}

// Bin is a shelf, a cage, a pallet place of a store.
type Bin struct {
	ID        string `json:"id"`
	Store     string `json:"store"`
	StoreName string `json:"store_name"`
	Code      string `json:"code"`
	Note      string `json:"note"`
	Closed    bool   `json:"closed"`
	Version   int64  `json:"version"`
}

// Stores is the list of stores.
var Stores = list.Of[Store]{
	Name:  "warehouse.stores",
	From:  `warehouse_store w LEFT JOIN departments_department k ON k.id = w.department`,
	Order: "code", Live: []string{"warehouse.store"},
	Href: func(s *Store) string { return "/warehouse/stores/" + s.ID },
	Columns: []list.Column[Store]{
		{Key: "name", SQL: "w.name", Into: func(s *Store) any { return &s.Name }},
		{Key: "code", SQL: "w.code", Into: func(s *Store) any { return &s.Code }, Sort: true},
		{Key: "department", SQL: "w.department", Into: func(s *Store) any { return &s.Department }, Ref: "departments", Text: func(s *Store) string { return s.DepartmentName }},
		{Key: "ward", SQL: "w.ward", Into: func(s *Store) any { return &s.Ward }},
		{Key: "closed", SQL: "w.closed", Into: func(s *Store) any { return &s.Closed }},
		{Key: "place", SQL: "w.place", Into: func(s *Store) any { return &s.Place }, Hidden: true},
		{Key: "id", SQL: "w.id", Into: func(s *Store) any { return &s.ID }, Hidden: true},
		{Key: "version", SQL: "w.version", Into: func(s *Store) any { return &s.Version }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(k.name, '')", Into: func(s *Store) any { return &s.DepartmentName }, Hidden: true},
	},
}

// StoreByID is one store without its keepers, closed ones included; NotFound when there is none.
func StoreByID(ctx context.Context, r db.Reader, id string) (Store, error) {
	return Stores.Get(ctx, r, list.Where{}.And("w.id = ?", id))
}

// StoreByCode is the store with this code; NotFound when there is none.
func StoreByCode(ctx context.Context, r db.Reader, code string) (Store, error) {
	return Stores.Get(ctx, r, list.Where{}.And("w.code = ?", code))
}

// FirstMove is the day on which something first moved in a store; "" when nothing ever did.
func FirstMove(ctx context.Context, r db.Reader, store string) (day period.Day, err error) {
	err = r.QueryRowContext(ctx, `SELECT coalesce(min(day), '') FROM warehouse_posting WHERE store = $1 AND kind = 'store'`, store).Scan(&day)
	return day, err
}

// Keepers are the people named to keep a store.
func Keepers(ctx context.Context, r db.Reader, store string) ([]string, error) {
	return db.Texts(ctx, r, `SELECT person FROM warehouse_keeper WHERE store = $1 ORDER BY person`, store)
}

// KeptBy are the open stores that name the person as keeper.
func KeptBy(ctx context.Context, r db.Reader, person string) ([]Store, error) {
	return Stores.All(ctx, r, list.Where{}.And("w.closed = false AND w.id IN (SELECT store FROM warehouse_keeper WHERE person = ?)", person), 50)
}

// SetUp opens a store. Needs MayKeep for the keeping department. Invalid: a code
// that is taken, a department that does not exist.
func SetUp(ctx context.Context, tx *db.Tx, s *Store) error {
	if err := tx.NeedIn(MayKeep, s.Department); err != nil {
		return err
	}
	s.ID, s.Version, s.Closed = tx.NewID(), 1, false
	if err := checkStore(ctx, tx, s); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO warehouse_store (id, code, name, department, place, ward) VALUES ($1,$2,$3,$4,$5,$6)`,
		s.ID, s.Code, s.Name, s.Department, s.Place, s.Ward); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO warehouse_book (id) VALUES ($1)`, s.ID); err != nil {
		return err
	}
	if err := nameKeepers(ctx, tx, s); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: s.ID, Action: "set_up", Note: s.Name, After: s})
}

// ChangeStore renames a store, moves it, names its keepers, closes or reopens it.
// A store that still holds goods is not closed: Conflict.
func ChangeStore(ctx context.Context, tx *db.Tx, s *Store) error {
	was, err := StoreByID(ctx, tx, s.ID)
	if err != nil {
		return err
	}
	for _, d := range []string{was.Department, s.Department} {
		if err := tx.NeedIn(MayKeep, d); err != nil {
			return err
		}
	}
	if err := tx.Lock(ctx, "warehouse_store", s.ID); err != nil {
		return err
	}
	if was.Keepers, err = Keepers(ctx, tx, s.ID); err != nil {
		return err
	}
	if err := checkStore(ctx, tx, s); err != nil {
		return err
	}
	if s.Closed && !was.Closed {
		if _, full, err := db.Text(ctx, tx, `SELECT id FROM warehouse_stock WHERE store = $1 AND qty > 0 LIMIT 1`, s.ID); err != nil {
			return err
		} else if full {
			return fault.New(fault.Conflict, "warehouse.store_full", was.Name)
		}
	}
	err = tx.One(ctx, fault.Stale(), `UPDATE warehouse_store SET code = $1, name = $2, department = $3, place = $4, closed = $5,
		ward = $6, version = version + 1 WHERE id = $7 AND version = $8`, s.Code, s.Name, s.Department, s.Place, s.Closed, s.Ward, s.ID, s.Version)
	if err != nil {
		return err
	}
	if err := nameKeepers(ctx, tx, s); err != nil {
		return err
	}
	before, err := told(ctx, tx, &was)
	if err != nil {
		return err
	}
	after, err := told(ctx, tx, s)
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: s.ID, Action: "change", Note: s.Name, Before: before, After: after})
}

// named is a store as the trail keeps it: with the names of its keepers as they are now.
type named struct {
	Store
	KeepersName string `json:"keepers_name,omitempty"`
}

func told(ctx context.Context, r db.Reader, s *Store) (named, error) {
	n := named{Store: *s}
	var names []string
	for _, id := range s.Keepers {
		p, err := people.Get(ctx, r, id)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			continue
		case err != nil:
			return n, err
		}
		names = append(names, p.Name)
	}
	n.KeepersName = strings.Join(names, "、")
	return n, nil
}

func nameKeepers(ctx context.Context, tx *db.Tx, s *Store) error {
	if _, err := tx.Exec(ctx, `DELETE FROM warehouse_keeper WHERE store = $1`, s.ID); err != nil {
		return err
	}
	for _, p := range s.Keepers {
		if _, err := tx.Exec(ctx, `INSERT INTO warehouse_keeper (store, person) VALUES ($1,$2) ON CONFLICT DO NOTHING`, s.ID, p); err != nil {
			return err
		}
	}
	return nil
}

func checkStore(ctx context.Context, tx *db.Tx, s *Store) error {
	var bad fault.Complaints
	s.Code, s.Name = strings.TrimSpace(s.Code), strings.TrimSpace(s.Name)
	if s.Code == "" {
		bad.Add("code", "base.required")
	}
	if s.Name == "" {
		bad.Add("name", "base.required")
	}
	if _, err := departments.Get(ctx, tx, s.Department); err != nil {
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
		bad.Add("department", "base.no_such", s.Department)
	}
	_, taken, err := db.Text(ctx, tx, `SELECT id FROM warehouse_store WHERE code = $1 AND id <> $2`, s.Code, s.ID)
	if err != nil {
		return err
	}
	if taken {
		bad.Add("code", "warehouse.code_taken", s.Code)
	}
	return bad.Err()
}
