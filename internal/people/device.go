package people

import (
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
	"houqin/internal/departments"
)

// Device is a computer of a ward or a counter at which several people work. Once
// registered it counts as something the hospital has, so that lesser roles need no
// second factor there; sessions on it are short.
type Device struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	ByName         string         `json:"by_name"`
	MadeAt         period.Instant `json:"made_at"`
	WaitsUntil     period.Instant `json:"waits_until"` // for its code; 0 once it is registered
	SeenAt         period.Instant `json:"seen_at"`
	Address        string         `json:"address"`
	EndedAt        period.Instant `json:"ended_at"`
}

// deviceWaits is how long the code of a new device is good for.
const deviceWaits = 30 * time.Minute

// AddDevice enters a computer and gives the code that is typed at its door within
// half an hour, once: nobody with powers need sign in there.
func AddDevice(ctx context.Context, tx *db.Tx, d *Device) (code string, err error) {
	if err := tx.Need(MayGrant); err != nil {
		return "", err
	}
	var bad fault.Complaints
	if d.Name = strings.Join(strings.Fields(d.Name), " "); d.Name == "" {
		bad.Add("name", "base.required")
	}
	if strings.ContainsFunc(d.Name, unseen) {
		bad.Add("name", "people.unseen_letters")
	}
	if _, err := departments.Get(ctx, tx, d.Department); fault.KindOf(err) == fault.NotFound {
		bad.Add("department", "base.no_such", d.Department)
	} else if err != nil {
		return "", err
	}
	if err := bad.Err(); err != nil {
		return "", err
	}
	if err := tx.NeedIn(MayGrant, d.Department); err != nil {
		return "", err
	}
	code = id.Secret()[:16]
	d.ID, d.MadeAt, d.ByName, d.WaitsUntil = tx.NewID(), tx.At(), tx.By.Name, period.At(tx.Now.Add(deviceWaits))
	if _, err := tx.Exec(ctx, `INSERT INTO people_device (id, hash, name, department, by_id, by_name, made_at, waits_until) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		d.ID, digest("device code", code), d.Name, d.Department, tx.By.ID, d.ByName, d.MadeAt, d.WaitsUntil); err != nil {
		return "", err
	}
	return grouped(code), tx.Trail(ctx, db.Event{Noun: "people.device", Record: d.ID, Action: "add", Note: d.Name})
}

// EndDevice takes a computer off the register, and ends whoever is signed in at one.
func EndDevice(ctx context.Context, tx *db.Tx, device string) error {
	d, err := deviceBy(ctx, tx, `WHERE v.id = $1 AND v.ended_at = 0`, device)
	if err != nil {
		return err
	}
	if len(d) == 0 || !tx.By.MayIn(MayGrant, d[0].Department) {
		return fault.New(fault.NotFound, "base.not_found")
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_device SET ended_at = $1 WHERE id = $2 AND ended_at = 0`, tx.At(), device); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE people_session SET ended_at = $1 WHERE device = $2 AND ended_at = 0`, tx.At(), device); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.device", Record: device, Action: "end", Note: d[0].Name})
}

// Devices are the registered computers, those taken off for three months included.
func Devices(ctx context.Context, r db.Reader) ([]Device, error) {
	return deviceBy(ctx, r, `ORDER BY v.ended_at > 0, d.name, v.name, v.id LIMIT 1000`)
}

func deviceBy(ctx context.Context, r db.Reader, tail string, args ...any) ([]Device, error) {
	return db.All(ctx, r, func(d *Device) []any {
		return []any{&d.ID, &d.Name, &d.Department, &d.DepartmentName, &d.ByName, &d.MadeAt, &d.WaitsUntil, &d.SeenAt, &d.Address, &d.EndedAt}
	}, `SELECT v.id, v.name, v.department, coalesce(d.name, ''), v.by_name, v.made_at, v.waits_until, v.seen_at, v.address, v.ended_at
		FROM people_device v LEFT JOIN departments_department d ON d.id = v.department `+tail, args...)
}

// kind is what kind of device an attempt comes from, and which of the registered ones.
func (a Attempt) kind(ctx context.Context, r db.Reader) (k Kind, device string, err error) {
	if a.Device != "" {
		known, err := db.Texts(ctx, r, `SELECT id FROM people_device WHERE hash = $1 AND waits_until = 0 AND ended_at = 0`, digest("device", a.Device))
		if err != nil {
			return Plain, "", err
		}
		if len(known) > 0 {
			return Shared, known[0], nil
		}
	}
	if a.Own {
		return Own, "", nil
	}
	return Plain, "", nil
}

// seenDevice writes down that somebody signed in at a registered computer.
func seenDevice(ctx context.Context, tx *db.Tx, device, address string) error {
	_, err := tx.Exec(ctx, `UPDATE people_device SET seen_at = $1, address = $2 WHERE id = $3`, tx.At(), address, device)
	return err
}
