package people

import (
	"time"

	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

// IdleDays is after how many days without a sign-in an open account is asked about
// (GB/T 22239 8.1.4.2 c).
const IdleDays = 90

// Idler is an account that nobody used for long.
type Idler struct {
	ID, Number, Name, Department, DepartmentName, Login string
	In                                                  period.Instant // the last sign-in; 0 never
}

// Idlers is the list of accounts, for [Idle] to narrow.
var Idlers = list.Of[Idler]{
	Name: "people.idle", From: `people_person p JOIN people_account a ON a.person = p.id LEFT JOIN departments_department d ON d.id = p.department`,
	Where: "p.closed = false AND a.closed = false AND a.password <> ''", Order: "number",
	Columns: []list.Column[Idler]{
		{Key: "number", SQL: "p.number", Into: func(i *Idler) any { return &i.Number }, Sort: true},
		{Key: "name", SQL: "p.name", Into: func(i *Idler) any { return &i.Name }, Personal: true},
		{Key: "department", SQL: "p.department", Into: func(i *Idler) any { return &i.Department }, Ref: "departments", Text: func(i *Idler) string { return i.DepartmentName }},
		{Key: "login", SQL: "a.login", Into: func(i *Idler) any { return &i.Login }, Personal: true},
		{Key: "in", SQL: "a.in_at", Into: func(i *Idler) any { return &i.In }, Range: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(i *Idler) any { return &i.DepartmentName }, Hidden: true},
		{Key: "id", SQL: "p.id", Into: func(i *Idler) any { return &i.ID }, Hidden: true},
	},
	Href: func(i *Idler) string { return "/people/" + i.ID },
}

// Idle narrows the list to whoever did not sign in for [IdleDays], or never, and for whom
// no program worked with a token meanwhile.
func Idle(now time.Time) list.Where {
	since := period.At(now.AddDate(0, 0, -IdleDays))
	return list.Where{}.And("a.in_at < ? AND NOT EXISTS (SELECT 1 FROM people_token t WHERE t.person = p.id AND t.seen_at >= ?)", since, since)
}
