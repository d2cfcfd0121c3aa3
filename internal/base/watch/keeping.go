package watch

import (
	"context"
	"strconv"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// Class is a kind of entry that is kept for a time.
type Class struct {
	Name    string
	Table   string
	Floor   int64 // days it is kept at least
	Default int64 // days it is kept unless the hospital says otherwise
}

// Classes are all of them. Six calendar months have up to 184 days, and the law asks
// for six months of network and security logs (网络安全法 23(3), GB/T 22239 8.1.5.4 d);
// records of handling personal data are kept three years (个人信息保护法 56). The trail,
// the seals and the postings are no such class: nothing of them is ever removed.
var Classes = []Class{
	{"events", "base_event", 184, 400},
	{"reads", "base_read", 184, 1096},
}

// longestKept is a hundred years.
const longestKept = 36_525

// Kept is how many days a class is kept.
func Kept(ctx context.Context, r db.Reader, c Class) (int64, error) {
	v, err := db.Setting(ctx, r, "keep."+c.Name)
	if err != nil || v == "" {
		return c.Default, err
	}
	days, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return c.Default, nil
	}
	return max(days, c.Floor), nil
}

// SetKept says how long a class is kept. Less than its floor is refused at the class's
// name with base.between. Whoever calls it has made sure that they may.
func SetKept(ctx context.Context, tx *db.Tx, c Class, days int64) error {
	if days < c.Floor || days > longestKept {
		return fault.OnField(c.Name, "base.between", c.Floor, longestKept)
	}
	return db.Set(ctx, tx, "keep."+c.Name, strconv.FormatInt(days, 10))
}

// rowsAtOnce are removed in one unit of work, so that nobody waits for long.
const rowsAtOnce = 5000

// Sweep removes what has been kept long enough, of every class, and gives how many
// rows went.
func Sweep(ctx context.Context, d *db.DB) (gone int64, err error) {
	for _, c := range Classes {
		days, err := Kept(ctx, d, c)
		if err != nil {
			return gone, err
		}
		old := period.At(d.Now().Add(-time.Duration(days) * 24 * time.Hour))
		for {
			var n int64
			err := d.Do(ctx, db.System("sweep"), func(tx *db.Tx) (err error) {
				n, err = tx.Exec(ctx, `DELETE FROM `+c.Table+` WHERE id IN (SELECT id FROM `+c.Table+` WHERE at < $1 ORDER BY at LIMIT $2)`, old, rowsAtOnce)
				return err
			})
			gone += n
			if err != nil {
				return gone, err
			}
			if n < rowsAtOnce {
				break
			}
		}
	}
	return gone, nil
}
