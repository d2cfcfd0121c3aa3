package people

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
)

// Twin says that two entries of the staff file are one natural person. What one of
// them may not do, the other may not either. Needs MayHire for both.
func Twin(ctx context.Context, tx *db.Tx, a, b string) error {
	if a == b {
		return fault.OnField("person", "people.twin_of_itself")
	}
	for _, id := range []string{a, b} {
		p, err := inSight(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := tx.NeedIn(MayHire, p.Department); err != nil {
			return err
		}
	}
	first, err := humanOf(ctx, tx, a)
	if err != nil {
		return err
	}
	second, err := humanOf(ctx, tx, b)
	if err != nil || first == second {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE people_twin SET human = $1 WHERE human = $2`, first, second); err != nil {
		return err
	}
	for _, id := range []string{first, second} {
		if _, err := tx.Exec(ctx, `INSERT INTO people_twin (person, human) VALUES ($1, $2)
			ON CONFLICT (person) DO UPDATE SET human = excluded.human`, id, first); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: "people.person", Record: a, Action: "twin", After: b})
}

// Apart takes a person out of those that personnel has joined with them: a mistake is
// undone. Who shares name and telephone number stays the same natural person.
func Apart(ctx context.Context, tx *db.Tx, person string) error {
	p, err := inSight(ctx, tx, person)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayHire, p.Department); err != nil {
		return err
	}
	human, err := humanOf(ctx, tx, person)
	if err != nil {
		return err
	}
	others, err := db.Texts(ctx, tx, `SELECT person FROM people_twin WHERE human = $1 AND person <> $2 ORDER BY person`, human, person)
	if err != nil {
		return err
	}
	if len(others) == 0 {
		return fault.New(fault.Conflict, "people.no_twin", p.Name)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM people_twin WHERE person = $1`, person); err != nil {
		return err
	}
	if human == person {
		if _, err := tx.Exec(ctx, `UPDATE people_twin SET human = $1 WHERE human = $2`, others[0], person); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: "people.person", Record: person, Action: "apart", Before: others})
}

// Joined says whether personnel has joined a person with others.
func Joined(ctx context.Context, r db.Reader, person string) (bool, error) {
	found, err := db.Texts(ctx, r, `SELECT o.person FROM people_twin t JOIN people_twin o ON o.human = t.human WHERE t.person = $1 AND o.person <> $1`, person)
	return len(found) > 0, err
}

func humanOf(ctx context.Context, r db.Reader, person string) (string, error) {
	found, err := db.Texts(ctx, r, `SELECT human FROM people_twin WHERE person = $1`, person)
	if err != nil || len(found) == 0 {
		return person, err
	}
	return found[0], nil
}

// Same are all entries of the staff file that are the same natural person as this one,
// itself among them: those that personnel has joined, and those who share name and
// telephone number.
func Same(ctx context.Context, r db.Reader, person string) ([]string, error) {
	found, err := db.Texts(ctx, r, `WITH known(id) AS (
			SELECT t.person FROM people_twin t WHERE t.human = (SELECT human FROM people_twin WHERE person = $1)
			UNION SELECT id FROM people_person WHERE id = $1)
		SELECT id FROM known
		UNION SELECT o.id FROM known k JOIN people_person p ON p.id = k.id JOIN people_person o ON o.phone = p.phone AND o.name = p.name
			WHERE p.phone <> '' AND o.phone <> ''
		ORDER BY id`, person)
	if err == nil && !slices.Contains(found, person) {
		found = append(found, person)
	}
	return found, err
}

// HoldersOf are the ids of those who hold a permission anywhere on a day; those who have
// left are left out.
func HoldersOf(ctx context.Context, r db.Reader, may string, day period.Day) ([]string, error) {
	return db.Texts(ctx, r, `SELECT DISTINCT g.person FROM people_grant g JOIN people_role_right rr ON rr.role = g.role JOIN people_person p ON p.id = g.person
		WHERE rr.may = $1 AND g.ended_at = 0 AND g.from_day <= $2 AND (g.until_day = '' OR g.until_day >= $2) AND p.closed = false ORDER BY g.person`, may, day)
}

// Entering is how many people hold a permission anywhere on a day and can sign in: their
// account is open and has a password.
func Entering(ctx context.Context, r db.Reader, may string, day period.Day) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(DISTINCT g.person) FROM people_grant g JOIN people_role_right rr ON rr.role = g.role
		JOIN people_person p ON p.id = g.person JOIN people_account a ON a.person = g.person
		WHERE rr.may = $1 AND g.ended_at = 0 AND g.from_day <= $2 AND (g.until_day = '' OR g.until_day >= $2) AND p.closed = false AND a.closed = false AND a.password <> ''`, may, day).Scan(&n)
	return n, err
}

// HoldersIn are the people who hold a role on a day for a department, or with "" for
// any part of the hospital; those who have left are left out.
func HoldersIn(ctx context.Context, r db.Reader, role, unit string, day period.Day) ([]Person, error) {
	units, campus := []string{}, ""
	if unit != "" {
		d, err := departments.Get(ctx, r, unit)
		if err != nil {
			return nil, err
		}
		campus = d.Campus
		if units, err = departments.Above(ctx, r, unit); err != nil {
			return nil, err
		}
	}
	w := list.Where{}.And(`p.closed = false`)
	held := `EXISTS (SELECT 1 FROM people_grant g JOIN people_role ro ON ro.id = g.role WHERE g.person = p.id AND ro.code = ? AND g.ended_at = 0
		AND g.from_day <= ? AND (g.until_day = '' OR g.until_day >= ?)`
	args := []any{role, day, day}
	if unit != "" {
		in, more := list.In("g.unit", units)
		held += ` AND (g.extent = 'all' OR g.extent = 'campus' AND g.unit = ? OR g.extent = 'department' AND ` + in + `)`
		args = append(append(args, campus), more...)
	}
	return People.All(ctx, r, w.And(held+`)`, args...), 200)
}

// OneHuman says whether two entries of the staff file are one natural person; nobody is
// nobody.
func OneHuman(ctx context.Context, r db.Reader, a, b string) (bool, error) {
	if a == b || a == "" || b == "" {
		return a == b && a != "", nil
	}
	same, err := Same(ctx, r, a)
	return slices.Contains(same, b), err
}
