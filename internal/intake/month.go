package intake

import (
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/period"
)

// An end of use is often printed as a month, which then ends with its last day, and
// spreadsheets lose the format of a date and show the number of its day.

// The days that a bare number may stand for, counted from 30 December 1899 as Excel does:
// this century's.
const firstSerial, lastSerial = 36526, 73050

// endOf reads 2029.6, 2029-06, 202906, 2029年6月 as the last day of that month and 47483 as
// the day Excel means by it; rule says which of the two it was.
func endOf(text string) (day period.Day, rule string, ok bool) {
	s := strings.TrimSpace(strings.NewReplacer("年", "-", "月", "", ".", "-", "/", "-", "．", "-", "／", "-").Replace(text))
	year, month, parted := strings.Cut(s, "-")
	if !parted && len(s) == 6 {
		year, month = s[:4], s[4:]
	}
	if len(month) == 1 {
		month = "0" + month
	}
	if m, err := period.ParseMonth(year + "-" + month); err == nil && year >= "1990" && year < "2100" {
		return m.Last(), "intake.rule.month_ends", true
	}
	if n, err := strconv.Atoi(s); err == nil && !parted && n >= firstSerial && n <= lastSerial {
		return period.DayOf(time.Date(1899, 12, 30, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n), time.UTC), "intake.rule.day_number", true
	}
	return "", "", false
}
