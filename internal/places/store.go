package places

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
)

// Places is the list of places: its page, filters, export and API.
var Places = list.Of[Place]{
	Name:  "places.list",
	From:  `places_place p LEFT JOIN departments_department d ON d.id = p.department LEFT JOIN departments_campus c ON c.id = p.campus`,
	Order: "path", Alias: "p", Table: "places_place", Live: []string{"places.place"},
	Href: func(p *Place) string { return "/places/" + p.ID },
	Columns: []list.Column[Place]{
		{Key: "path", SQL: "p.path", Into: func(p *Place) any { return &p.Path }, Sort: true},
		{Key: "code", SQL: "p.code", Into: func(p *Place) any { return &p.Code }, Sort: true},
		{Key: "kind", SQL: "p.kind", Into: func(p *Place) any { return &p.Kind }, OneOf: Kinds, Enum: "places.kind"},
		{Key: "campus", SQL: "p.campus", Into: func(p *Place) any { return &p.Campus }, Ref: "campuses", Text: func(p *Place) string { return p.CampusName }},
		{Key: "department", SQL: "p.department", Into: func(p *Place) any { return &p.Department }, Ref: "departments", Text: func(p *Place) string { return p.DepartmentName }},
		{Key: "criticality", SQL: "p.criticality", Into: func(p *Place) any { return &p.Criticality }, OneOf: Criticalities, Enum: "places.criticality"},
		{Key: "beds", SQL: "p.beds", Into: func(p *Place) any { return &p.Beds }},
		{Key: "closed", SQL: "p.closed", Into: func(p *Place) any { return &p.Closed }},
		{Key: "area", SQL: "p.area", Into: func(p *Place) any { return &p.Area }, Hidden: true},
		{Key: "name", SQL: "p.name", Into: func(p *Place) any { return &p.Name }, Hidden: true},
		{Key: "parent", SQL: "p.parent", Into: func(p *Place) any { return &p.Parent }, Ref: "places", Hidden: true},
		{Key: "id", SQL: "p.id", Into: func(p *Place) any { return &p.ID }, Hidden: true},
		{Key: "version", SQL: "p.version", Into: func(p *Place) any { return &p.Version }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(p *Place) any { return &p.DepartmentName }, Hidden: true},
		{Key: "campus_name", SQL: "coalesce(c.name, '')", Into: func(p *Place) any { return &p.CampusName }, Hidden: true},
	},
}

// Get is one place, closed ones included; NotFound when there is none.
func Get(ctx context.Context, r db.Reader, id string) (Place, error) {
	return Places.Get(ctx, r, list.Where{}.And("p.id = ?", id))
}

// ByCode is the place with this code; NotFound when there is none.
func ByCode(ctx context.Context, r db.Reader, code string) (Place, error) {
	return Places.Get(ctx, r, list.Where{}.And("p.code = ?", code))
}

// ByExtension is where this telephone stands; NotFound when that is not known.
func ByExtension(ctx context.Context, r db.Reader, extension string) (Place, error) {
	return Places.Get(ctx, r, list.Where{}.And("p.id IN (SELECT place FROM places_phone WHERE extension = ?)", extension))
}

// Phones are the extensions that stand in a place.
func Phones(ctx context.Context, r db.Reader, id string) ([]string, error) {
	return db.Texts(ctx, r, `SELECT extension FROM places_phone WHERE place = $1 ORDER BY extension`, id)
}

// Below is a place and every open place inside it.
func Below(ctx context.Context, r db.Reader, id string) ([]string, error) {
	return db.Texts(ctx, r, `WITH RECURSIVE below(id) AS (
			SELECT id FROM places_place WHERE id = $1
			UNION SELECT p.id FROM places_place p JOIN below b ON p.parent = b.id WHERE p.closed = false)
		SELECT id FROM below ORDER BY id`, id)
}

func codeTaken(ctx context.Context, r db.Reader, code, but string) (taken bool, err error) {
	_, taken, err = db.Text(ctx, r,
		`SELECT id FROM places_place WHERE code = $1 AND id <> $2`, code, but)
	return taken, err
}

func tokens(ctx context.Context, tx *db.Tx, p *Place) (string, error) {
	return tx.Tokens(ctx, append([]string{p.Code, strings.ReplaceAll(p.Path, " / ", " ")}, p.Phones...)...)
}

func insert(ctx context.Context, tx *db.Tx, p *Place) error {
	search, err := tokens(ctx, tx, p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO places_place (id, code, name, path, kind, parent, campus, department, criticality, area, beds, search)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		p.ID, p.Code, p.Name, p.Path, p.Kind, p.Parent, p.Campus, p.Department, p.Criticality, p.Area, p.Beds, search)
	return err
}

func update(ctx context.Context, tx *db.Tx, p *Place) error {
	search, err := tokens(ctx, tx, p)
	if err != nil {
		return err
	}
	return tx.One(ctx, fault.Stale(), `UPDATE places_place SET code = $1, name = $2, path = $3, kind = $4, parent = $5, campus = $6,
		department = $7, criticality = $8, area = $9, beds = $10, search = $11, version = version + 1 WHERE id = $12 AND version = $13`,
		p.Code, p.Name, p.Path, p.Kind, p.Parent, p.Campus, p.Department, p.Criticality, p.Area, p.Beds, search, p.ID, p.Version)
}

// renameBelow gives everything inside a place its new path.
func renameBelow(ctx context.Context, tx *db.Tx, was string, p *Place) error {
	inside, err := Places.All(ctx, tx, list.Where{}.And(`p.id <> ? AND p.id IN (WITH RECURSIVE inside(id) AS (
		SELECT CAST(? AS TEXT) UNION SELECT q.id FROM places_place q JOIN inside i ON q.parent = i.id) SELECT id FROM inside)`, p.ID, p.ID), 100_000)
	if err != nil {
		return err
	}
	for _, i := range inside {
		i.Path = p.Path + strings.TrimPrefix(i.Path, was)
		search, err := tokens(ctx, tx, &i)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE places_place SET path = $1, campus = $2, search = $3 WHERE id = $4`, i.Path, p.Campus, search, i.ID); err != nil {
			return err
		}
	}
	return nil
}

func setPhones(ctx context.Context, tx *db.Tx, p *Place) error {
	if _, err := tx.Exec(ctx, `DELETE FROM places_phone WHERE place = $1`, p.ID); err != nil {
		return err
	}
	for _, x := range p.Phones {
		if _, err := tx.Exec(ctx, `INSERT INTO places_phone (extension, place) VALUES ($1,$2) ON CONFLICT DO NOTHING`, x, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func shut(ctx context.Context, tx *db.Tx, id string, version int64) error {
	return tx.One(ctx, fault.Stale(),
		`UPDATE places_place SET closed = true, version = version + 1 WHERE id = $1 AND version = $2 AND closed = false`, id, version)
}
