package desk

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/people"
)

// MonthSheet is a month's roster as it is copied out of a spreadsheet: a first line with
// the days, then a line for each person, who stands first by their staff number.
type MonthSheet struct {
	First period.Day // a day of the month
	Text  string
}

// sheetMost is how many lines a sheet may have; no crew is larger.
const sheetMost = 300

// EnterMonth enters the days of a sheet and says how many: all of them, or none when
// anything is wrong; every flaw is named with its line. An empty cell says nothing.
func EnterMonth(ctx context.Context, tx *db.Tx, s MonthSheet) (entered int64, err error) {
	if err := tx.Need(MayRoster); err != nil {
		return 0, err
	}
	lines := strings.Split(strings.ReplaceAll(strings.Trim(s.Text, "\r\n"), "\r", ""), "\n")
	if len(lines) < 2 || len(lines) > sheetMost {
		return 0, fault.OnField("text", "desk.sheet_lines", sheetMost)
	}
	month := s.First.Month()
	var days []period.Day
	for _, c := range strings.Split(lines[0], "\t") {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(c), "日"))
		if err != nil || n < 1 || n > month.Days() {
			days = append(days, "") // a column of something else: number, name, remark
			continue
		}
		days = append(days, month.First().AddDays(n-1))
	}
	shifts, err := Shifts(ctx, tx)
	if err != nil {
		return 0, err
	}
	for n, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		number := strings.TrimSpace(cells[0])
		if number == "" {
			continue
		}
		p, err := people.ByNumber(ctx, tx, number)
		if fault.KindOf(err) == fault.NotFound {
			return 0, fault.OnField("text", "desk.sheet_person", n+2, number)
		}
		if err == nil {
			_, err = rostered(ctx, tx, p.ID)
		}
		if err != nil {
			return 0, err
		}
		var said []string
		for i, c := range cells {
			if c = strings.TrimSpace(c); c == "" || i >= len(days) || days[i] == "" {
				continue
			}
			if err := setDay(ctx, tx, shifts, &Swap{Person: p.ID, Day: days[i], Shift: c}); err != nil {
				return 0, fault.OnField("text", "desk.sheet_cell", n+2, c)
			}
			said = append(said, fmt.Sprint(days[i].DayOfMonth(), c))
		}
		entered += int64(len(said))
		if len(said) > 0 {
			if err := tx.Trail(ctx, db.Event{Noun: "desk.roster", Record: p.ID, Action: "month", Note: p.Name + " " + string(month) + "\n" + strings.Join(said, " ")}); err != nil {
				return 0, err
			}
		}
	}
	if entered == 0 {
		return 0, fault.OnField("text", "desk.sheet_empty")
	}
	return entered, nil
}
