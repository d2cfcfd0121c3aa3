package requests

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/departments"
)

// Day is a day of the week on which a department's goods are given out.
type Day struct {
	Department string `json:"department"`
	Weekday    int64  `json:"weekday"` // 1 is Monday
	Deliver    bool   `json:"deliver"` // they are brought
}

// DaysOf are a department's days, in the order of the week.
func DaysOf(ctx context.Context, r db.Reader, department string) ([]Day, error) {
	return db.All(ctx, r, func(d *Day) []any { return []any{&d.Department, &d.Weekday, &d.Deliver} },
		`SELECT department, weekday, deliver FROM requests_day WHERE department = $1 ORDER BY weekday`, department)
}

// Week is the whole weekly arrangement, by department and day.
func Week(ctx context.Context, r db.Reader) ([]Day, error) {
	return db.All(ctx, r, func(d *Day) []any { return []any{&d.Department, &d.Weekday, &d.Deliver} },
		`SELECT department, weekday, deliver FROM requests_day ORDER BY weekday, department`)
}

// SetDays arranges on which days a department's goods are given out (S-042); none
// takes them away. Needs MayArrange for the department.
func SetDays(ctx context.Context, tx *db.Tx, department string, weekdays []int64, deliver bool) error {
	if err := tx.NeedIn(MayArrange, department); err != nil {
		return err
	}
	d, err := departments.Get(ctx, tx, department)
	if err != nil {
		return err
	}
	was, err := DaysOf(ctx, tx, department)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM requests_day WHERE department = $1`, department); err != nil {
		return err
	}
	slices.Sort(weekdays)
	for _, w := range slices.Compact(weekdays) {
		if w < 1 || w > 7 {
			return fault.OnField("days", "base.between", 1, 7)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO requests_day (department, weekday, deliver) VALUES ($1,$2,$3)`, department, w, deliver); err != nil {
			return err
		}
	}
	now, err := DaysOf(ctx, tx, department)
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "requests.day", Record: department, Action: "set", Note: d.Name, Before: was, After: now})
}

// DueIn counts the open requests by the day on which they are given out.
func DueIn(ctx context.Context, r db.Reader, from, until period.Day) (map[period.Day]int64, error) {
	due := map[period.Day]int64{}
	err := db.Each(ctx, r, `SELECT due, count(*) FROM requests_request WHERE open = true AND due >= $1 AND due <= $2 GROUP BY due`, []any{from, until}, func(scan db.Scan) error {
		var day period.Day
		var n int64
		err := scan(&day, &n)
		due[day] = n
		return err
	})
	return due, err
}
