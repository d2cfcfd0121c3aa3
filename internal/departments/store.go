package departments

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
)

// Departments is the list of departments: its page, filters, export and API.
var Departments = list.Of[Department]{
	Name:  "departments.list",
	From:  `departments_department d LEFT JOIN departments_department p ON p.id = d.parent LEFT JOIN departments_campus c ON c.id = d.campus`,
	Order: "code", Alias: "d", Live: []string{"departments.department"},
	Href: func(d *Department) string { return "/departments/" + d.ID },
	Columns: []list.Column[Department]{
		{Key: "name", SQL: "d.name", Into: func(d *Department) any { return &d.Name }, Sort: true},
		{Key: "code", SQL: "d.code", Into: func(d *Department) any { return &d.Code }, Sort: true},
		{Key: "kind", SQL: "d.kind", Into: func(d *Department) any { return &d.Kind }, OneOf: Kinds, Enum: "departments.kind"},
		{Key: "parent", SQL: "d.parent", Into: func(d *Department) any { return &d.Parent }, Ref: "departments", Text: func(d *Department) string { return d.ParentName }},
		{Key: "campus", SQL: "d.campus", Into: func(d *Department) any { return &d.Campus }, Ref: "campuses", Text: func(d *Department) string { return d.CampusName }},
		{Key: "beds", SQL: "d.beds", Into: func(d *Department) any { return &d.Beds }, Sort: true},
		{Key: "phone", SQL: "d.phone", Into: func(d *Department) any { return &d.Phone }},
		{Key: "cost_centre", SQL: "d.cost_centre", Into: func(d *Department) any { return &d.CostCentre }},
		{Key: "closed", SQL: "d.closed", Into: func(d *Department) any { return &d.Closed }},
		{Key: "official", SQL: "d.official", Into: func(d *Department) any { return &d.Official }, Hidden: true},
		{Key: "head", SQL: "d.head", Into: func(d *Department) any { return &d.Head }, Hidden: true},
		{Key: "id", SQL: "d.id", Into: func(d *Department) any { return &d.ID }, Hidden: true},
		{Key: "version", SQL: "d.version", Into: func(d *Department) any { return &d.Version }, Hidden: true},
		{Key: "parent_name", SQL: "coalesce(p.name, '')", Into: func(d *Department) any { return &d.ParentName }, Hidden: true},
		{Key: "campus_name", SQL: "coalesce(c.name, '')", Into: func(d *Department) any { return &d.CampusName }, Hidden: true},
	},
}

// Get is one department, closed ones included; NotFound when there is none.
func Get(ctx context.Context, r db.Reader, id string) (Department, error) {
	return Departments.Get(ctx, r, list.Where{}.And("d.id = ?", id))
}

// ByCode is the department with this code; NotFound when there is none.
func ByCode(ctx context.Context, r db.Reader, code string) (Department, error) {
	return Departments.Get(ctx, r, list.Where{}.And("d.code = ?", code))
}

// Below is a department and everything under it, closed ones left out.
func Below(ctx context.Context, r db.Reader, id string) ([]string, error) {
	return db.Texts(ctx, r, `WITH RECURSIVE below(id) AS (
			SELECT id FROM departments_department WHERE id = $1
			UNION SELECT d.id FROM departments_department d JOIN below b ON d.parent = b.id WHERE d.closed = false)
		SELECT id FROM below ORDER BY id`, id)
}

// OfCampus is every department of a campus.
func OfCampus(ctx context.Context, r db.Reader, campus string) ([]string, error) {
	return db.Texts(ctx, r, `SELECT id FROM departments_department WHERE campus = $1 ORDER BY id`, campus)
}

// Requesters are the people named to ask for goods.
func Requesters(ctx context.Context, r db.Reader, id string) ([]string, error) {
	return db.Texts(ctx, r, `SELECT person FROM departments_requester WHERE department = $1 ORDER BY person`, id)
}

// Campuses are the hospital's sites, in the order of their codes.
func Campuses(ctx context.Context, r db.Reader) ([]Campus, error) {
	return campuses(ctx, r, `WHERE closed = false ORDER BY code`)
}

// CampusByID is one campus; NotFound when there is none.
func CampusByID(ctx context.Context, r db.Reader, id string) (Campus, error) {
	return oneCampus(campuses(ctx, r, `WHERE id = $1`, id))
}

// CampusByName is the campus with this name or code.
func CampusByName(ctx context.Context, r db.Reader, name string) (Campus, error) {
	return oneCampus(campuses(ctx, r, `WHERE name = $1 OR code = $1 ORDER BY code`, name))
}

func oneCampus(all []Campus, err error) (Campus, error) {
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	if err != nil {
		return Campus{}, err
	}
	return all[0], nil
}

func campuses(ctx context.Context, r db.Reader, tail string, args ...any) ([]Campus, error) {
	return db.All(ctx, r, func(c *Campus) []any { return []any{&c.ID, &c.Code, &c.Name, &c.Closed, &c.Version} },
		`SELECT id, code, name, closed, version FROM departments_campus `+tail, args...)
}

func insertCampus(ctx context.Context, tx *db.Tx, c *Campus) error {
	_, err := tx.Exec(ctx, `INSERT INTO departments_campus (id, code, name) VALUES ($1,$2,$3)`, c.ID, c.Code, c.Name)
	return err
}

func codeTaken(ctx context.Context, r db.Reader, code, but string) (taken bool, err error) {
	_, taken, err = db.Text(ctx, r,
		`SELECT id FROM departments_department WHERE code = $1 AND id <> $2`, code, but)
	return taken, err
}

func insert(ctx context.Context, tx *db.Tx, d *Department) error {
	search, err := tx.Tokens(ctx, d.Code, d.Name, d.Phone)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO departments_department
		(id, code, name, kind, parent, campus, head, cost_centre, phone, official, beds, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		d.ID, d.Code, d.Name, d.Kind, d.Parent, d.Campus, d.Head, d.CostCentre, d.Phone, d.Official, d.Beds, search)
	return err
}

func update(ctx context.Context, tx *db.Tx, d *Department) error {
	search, err := tx.Tokens(ctx, d.Code, d.Name, d.Phone)
	if err != nil {
		return err
	}
	return tx.One(ctx, fault.Stale(), `UPDATE departments_department SET code = $1, name = $2, kind = $3, parent = $4,
		campus = $5, head = $6, cost_centre = $7, phone = $8, official = $9, beds = $10, search = $11, version = version + 1 WHERE id = $12 AND version = $13`,
		d.Code, d.Name, d.Kind, d.Parent, d.Campus, d.Head, d.CostCentre, d.Phone, d.Official, d.Beds, search, d.ID, d.Version)
}

func shut(ctx context.Context, tx *db.Tx, id string, version int64) error {
	return tx.One(ctx, fault.Stale(),
		`UPDATE departments_department SET closed = true, version = version + 1 WHERE id = $1 AND version = $2 AND closed = false`, id, version)
}

func replaceRequesters(ctx context.Context, tx *db.Tx, id string, people []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM departments_requester WHERE department = $1`, id); err != nil {
		return err
	}
	for _, p := range people {
		if _, err := tx.Exec(ctx, `INSERT INTO departments_requester (department, person) VALUES ($1,$2) ON CONFLICT DO NOTHING`, id, p); err != nil {
			return err
		}
	}
	return nil
}

// Above is a department and every one it lies below, the nearest first.
func Above(ctx context.Context, r db.Reader, id string) ([]string, error) {
	return db.Texts(ctx, r, `WITH RECURSIVE above(id, parent, n) AS (
			SELECT id, parent, 0 FROM departments_department WHERE id = $1
			UNION ALL SELECT d.id, d.parent, a.n + 1 FROM departments_department d JOIN above a ON d.id = a.parent WHERE a.n < 20)
		SELECT id FROM above ORDER BY n, id`, id)
}
