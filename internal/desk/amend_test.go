package desk_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/desk"
)

// What a report is put right to repeats what it now says it does, and nothing else.
func TestARepairCountsAsFailedAgainAsTheReportIsPutRight(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		repair := func(place string) string {
			j := h.report(t, h.nurse, desk.Slip{Place: place, Department: h.ward.ID})
			h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
			h.take(t, h.wang, j.ID, accept, arrive, done)
			return j.ID
		}
		inRoom, outside := repair(h.room.ID), repair(h.corridor.ID)
		again := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		for _, c := range []struct {
			place         string
			room, outside bool
		}{{h.corridor.ID, false, true}, {h.room.ID, true, false}} {
			h.take(t, h.dispatcher, again.ID, amend(desk.Amendment{Place: c.place}))
			if h.job(t, inRoom).Repeated != c.room || h.job(t, outside).Repeated != c.outside {
				t.Errorf("put to %s, the room failed again: %v, the corridor: %v", c.place, h.job(t, inRoom).Repeated, h.job(t, outside).Repeated)
			}
		}
	})
}
