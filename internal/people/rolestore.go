package people

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// Roles are all roles with their permissions, the open ones first.
func Roles(ctx context.Context, r db.Reader) ([]Role, error) {
	return roles(ctx, r, `ORDER BY closed, code`)
}

// RoleByID is one role; NotFound when there is none.
func RoleByID(ctx context.Context, r db.Reader, id string) (Role, error) {
	return oneRole(roles(ctx, r, `WHERE id = $1`, id))
}

// RoleByCode is the role with this code, such as "dispatcher".
func RoleByCode(ctx context.Context, r db.Reader, code string) (Role, error) {
	return oneRole(roles(ctx, r, `WHERE code = $1`, code))
}

func oneRole(all []Role, err error) (Role, error) {
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	if err != nil {
		return Role{}, err
	}
	return all[0], nil
}

func roles(ctx context.Context, r db.Reader, tail string, args ...any) ([]Role, error) {
	all, err := db.All(ctx, r, func(x *Role) []any {
		return []any{&x.ID, &x.Code, &x.NameZh, &x.NameEn, &x.Edited, &x.Closed, &x.Version, &x.Factor}
	}, `SELECT id, code, name_zh, name_en, edited, closed, version, factor FROM people_role `+tail, args...)
	for i := 0; err == nil && i < len(all); i++ {
		all[i].Rights, err = db.Texts(ctx, r, `SELECT may FROM people_role_right WHERE role = $1 ORDER BY may`, all[i].ID)
	}
	return all, err
}

func codeTaken(ctx context.Context, r db.Reader, code, but string) (bool, error) {
	ids, err := db.Texts(ctx, r, `SELECT id FROM people_role WHERE code = $1 AND id <> $2`, code, but)
	return len(ids) > 0, err
}

func insertRole(ctx context.Context, tx *db.Tx, r Role) error {
	if _, err := tx.Exec(ctx, `INSERT INTO people_role (id, code, name_zh, name_en, edited, factor) VALUES ($1,$2,$3,$4,$5,$6)`,
		r.ID, r.Code, r.NameZh, r.NameEn, r.Edited, r.Factor); err != nil {
		return err
	}
	return putRights(ctx, tx, r)
}

func updateRole(ctx context.Context, tx *db.Tx, r Role) error {
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_role SET name_zh = $1, name_en = $2, edited = $3, factor = $6, version = version + 1 WHERE id = $4 AND version = $5`,
		r.NameZh, r.NameEn, r.Edited, r.ID, r.Version, r.Factor); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM people_role_right WHERE role = $1`, r.ID); err != nil {
		return err
	}
	return putRights(ctx, tx, r)
}

func putRights(ctx context.Context, tx *db.Tx, r Role) error {
	for _, may := range r.Rights {
		if _, err := tx.Exec(ctx, `INSERT INTO people_role_right (role, may) VALUES ($1,$2)`, r.ID, may); err != nil {
			return err
		}
	}
	return nil
}

func shutRole(ctx context.Context, tx *db.Tx, id string, version int64) error {
	return tx.One(ctx, fault.Stale(), `UPDATE people_role SET closed = true, version = version + 1 WHERE id = $1 AND version = $2 AND closed = false`, id, version)
}

// ahead: an appointment that holds today or will.
const ahead = `g.ended_at = 0 AND (g.until_day = '' OR g.until_day >= $1)`

// rightsAhead are the permissions a person holds now or has been promised.
func rightsAhead(ctx context.Context, tx *db.Tx, person string) ([]string, error) {
	return db.Texts(ctx, tx, `SELECT DISTINCT rr.may FROM people_grant g JOIN people_role_right rr ON rr.role = g.role
		WHERE `+ahead+` AND g.person = $2 ORDER BY rr.may`, tx.Today(), person)
}

// onTwoSeats names one person who holds two seats, or one and business, or nobody.
func onTwoSeats(ctx context.Context, tx *db.Tx) (string, error) {
	var each []string
	args := []any{tx.Today()}
	for _, p := range powers {
		var in string
		in, args = db.Listed(p.rights, args...)
		each = append(each, `max(CASE WHEN rr.may IN `+in+` THEN 1 ELSE 0 END)`)
	}
	in, args := db.Listed(slices.Concat(beside, powers[0].rights, powers[1].rights, powers[2].rights), args...)
	each = append(each, `max(CASE WHEN rr.may IN `+in+` THEN 0 ELSE 1 END)`)
	names, err := db.Texts(ctx, tx, `SELECT p.name FROM people_grant g JOIN people_role_right rr ON rr.role = g.role JOIN people_person p ON p.id = g.person
		WHERE `+ahead+` GROUP BY p.id, p.name HAVING `+strings.Join(each, " + ")+` > 1 ORDER BY p.name LIMIT 1`, args...)
	if err != nil || len(names) == 0 {
		return "", err
	}
	return names[0], nil
}

// countHolders is how many people with an open account hold a permission everywhere
// and until it is withdrawn: one that runs out some day is not to be relied on.
func countHolders(ctx context.Context, tx *db.Tx, may string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(DISTINCT g.person) FROM people_grant g JOIN people_role_right rr ON rr.role = g.role
		JOIN people_person p ON p.id = g.person JOIN people_account a ON a.person = g.person
		WHERE g.ended_at = 0 AND g.until_day = '' AND g.from_day <= $1 AND rr.may = $2 AND g.extent = 'all' AND p.closed = false AND a.closed = false`, tx.Today(), may).Scan(&n)
	return n, err
}

func holders(ctx context.Context, tx *db.Tx, role string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(DISTINCT g.person) FROM people_grant g WHERE `+ahead+` AND g.role = $2`, tx.Today(), role).Scan(&n)
	return n, err
}

// Held is how many people hold each role, now or later, by the role's id.
func Held(ctx context.Context, r db.Reader) (map[string]int64, error) {
	type row struct {
		role string
		n    int64
	}
	all, err := db.All(ctx, r, func(x *row) []any { return []any{&x.role, &x.n} },
		`SELECT g.role, count(DISTINCT g.person) FROM people_grant g WHERE `+ahead+` GROUP BY g.role`, r.Today())
	held := map[string]int64{}
	for _, x := range all {
		held[x.role] = x.n
	}
	return held, err
}

func holds(ctx context.Context, tx *db.Tx, person, role string) (bool, error) {
	ids, err := db.Texts(ctx, tx, `SELECT g.id FROM people_grant g WHERE `+ahead+` AND g.person = $2 AND g.role = $3`, tx.Today(), person, role)
	return len(ids) > 0, err
}

type held struct {
	role   Role
	extent Extent
	unit   string
	may    string
}

// holding is what a person holds on a day, one row for each permission of each appointment.
func holding(ctx context.Context, r db.Reader, person string, day period.Day) ([]held, error) {
	return db.All(ctx, r, func(h *held) []any {
		return []any{&h.role.ID, &h.role.Code, &h.role.NameZh, &h.role.NameEn, &h.role.Factor, &h.extent, &h.unit, &h.may}
	}, `SELECT ro.id, ro.code, ro.name_zh, ro.name_en, ro.factor, g.extent, g.unit, coalesce(rr.may, '') FROM people_grant g
		JOIN people_role ro ON ro.id = g.role LEFT JOIN people_role_right rr ON rr.role = g.role
		WHERE g.person = $1 AND g.ended_at = 0 AND g.from_day <= $2 AND (g.until_day = '' OR g.until_day >= $2) ORDER BY g.id, rr.may`, person, day)
}

const appointmentSQL = `SELECT g.id, g.person, p.name, g.role, ro.name_zh, ro.name_en, g.extent, g.unit,
	coalesce(d.name, c.name, ''), g.from_day, g.until_day, g.by_name, g.made_at, g.ended_at
	FROM people_grant g JOIN people_person p ON p.id = g.person JOIN people_role ro ON ro.id = g.role
	LEFT JOIN departments_department d ON d.id = g.unit LEFT JOIN departments_campus c ON c.id = g.unit `

func appointments(ctx context.Context, r db.Reader, tail string, args ...any) ([]Appointment, error) {
	return db.All(ctx, r, func(a *Appointment) []any {
		return []any{&a.ID, &a.Person, &a.PersonName, &a.Role, &a.RoleZh, &a.RoleEn, &a.Extent, &a.Unit, &a.UnitName, &a.From, &a.Until, &a.ByName, &a.MadeAt, &a.EndedAt}
	}, appointmentSQL+tail, args...)
}

// Appointments are a person's, the newest first, ended ones included.
func Appointments(ctx context.Context, r db.Reader, person string) ([]Appointment, error) {
	return appointments(ctx, r, `WHERE g.person = $1 ORDER BY g.id DESC LIMIT 200`, person)
}

// Holders are the appointments to a role that hold or will, by name.
func Holders(ctx context.Context, r db.Reader, role string) ([]Appointment, error) {
	return appointments(ctx, r, `WHERE `+ahead+` AND g.role = $2 ORDER BY p.number, g.id LIMIT 500`, r.Today(), role)
}

func appointment(ctx context.Context, r db.Reader, id string) (Appointment, error) {
	all, err := appointments(ctx, r, `WHERE g.id = $1 AND g.ended_at = 0`, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	if err != nil {
		return Appointment{}, err
	}
	return all[0], nil
}

func insertGrant(ctx context.Context, tx *db.Tx, a *Appointment) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_grant (id, person, role, extent, unit, from_day, until_day, by_id, by_name, made_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`, a.ID, a.Person, a.Role, a.Extent, a.Unit, a.From, a.Until, tx.By.ID, a.ByName, a.MadeAt)
	return err
}

func endGrant(ctx context.Context, tx *db.Tx, id string) error {
	return tx.One(ctx, fault.Stale(), `UPDATE people_grant SET ended_at = $1 WHERE id = $2 AND ended_at = 0`, tx.At(), id)
}

func withdrawAll(ctx context.Context, tx *db.Tx, person string) error {
	_, err := tx.Exec(ctx, `UPDATE people_grant SET ended_at = $1 WHERE person = $2 AND ended_at = 0`, tx.At(), person)
	return err
}

// RolesWith are the open roles that hold a permission, by their code.
func RolesWith(ctx context.Context, r db.Reader, may string) ([]Role, error) {
	return roles(ctx, r, `WHERE closed = false AND id IN (SELECT role FROM people_role_right WHERE may = $1) ORDER BY code`, may)
}
