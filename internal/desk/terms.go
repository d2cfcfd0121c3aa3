package desk

import (
	"context"
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Term is a figure by which jobs live and for which no clause has a value: the hospital
// sets it for itself.
type Term struct {
	Name                 string // setting desk.term.<name>
	Shipped, Least, Most int64
}

// Terms are all of them, with what they are until the hospital sets them.
var Terms = []Term{
	{"reopen_days", 7, 1, 90},       // days after the closing in which a ward has a job taken up again
	{"silence_hours", 24, 0, 240},   // working hours after which nobody's word closes a job; 0: never
	{"repeat_days", 30, 1, 365},     // days in which the same failure is a repeat
	{"sample_percent", 10, 0, 100},  // of the closed jobs: so many wards are called back
	{"callback_days", 7, 1, 60},     // days after which a call back that nobody made is let go
	{"bad_rating", 2, 1, 4},         // stars at and below which a rating is a complaint
	{"complaint_days", 3, 1, 30},    // working days to answer a complaint
	{"warn_percent", 25, 1, 90},     // of its time is left when a job's worker is warned
	{"head_percent", 50, 0, 1000},   // of its time over the deadline: the section head hears of it
	{"vice_percent", 100, 0, 1000},  // of its time over the deadline: the vice-president in charge does
	{"hasten_minutes", 15, 0, 1440}, // after a ward hastened a job, until it may again
	{"theatre_percent", 50, 10, 100},
	{"icu_percent", 50, 10, 100}, // of the time of an ordinary place: operating theatres, intensive care
	{"working_normal", 0, 0, 1},  // 1: the time of ordinary jobs is counted in working time, 0: round the clock
	{"working_planned", 0, 0, 1},
	{"over_percent", 0, 0, 50}, // so much above what was agreed to may a firm's invoice be
}

const termSetting = "desk.term."

// TermOf is a term as it stands.
func TermOf(ctx context.Context, r db.Reader, name string) (int64, error) {
	v, err := db.Setting(ctx, r, termSetting+name)
	if err != nil {
		return 0, err
	}
	if v != "" {
		return strconv.ParseInt(v, 10, 64)
	}
	for _, t := range Terms {
		if t.Name == name {
			return t.Shipped, nil
		}
	}
	return 0, fault.New(fault.Internal, "base.bad_value", name)
}

// SetTerm changes a term from now on. Needs MayArrange. Invalid outside its bounds.
func SetTerm(ctx context.Context, tx *db.Tx, name string, n int64) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	for _, t := range Terms {
		if t.Name != name {
			continue
		}
		if n < t.Least || n > t.Most {
			return fault.OnField(name, "base.between", t.Least, t.Most)
		}
		return db.Set(ctx, tx, termSetting+name, strconv.FormatInt(n, 10))
	}
	return fault.OnField(name, "base.bad_value", name)
}
