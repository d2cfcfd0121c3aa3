package desk_test

import (
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/desk"
)

// However many complaints come in, the one that is due first stands on top.
func TestWhatIsDueFirstIsAnsweredFirst(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		var jobs []string
		for range 3 {
			jobs = append(jobs, h.at(t, desk.Done, desk.Normal))
			h.take(t, h.nurse, jobs[len(jobs)-1], reasoned(desk.Complain, "灯又灭了"))
			clock.Add(24 * time.Hour)
		}
		if mine, err := desk.ToAnswer(t.Context(), d, h.chief, 1); err != nil || len(mine) != 1 || mine[0].Job != jobs[0] {
			t.Errorf("on top stands %+v, %v", mine, err)
		}
	})
}
