package id_test

import (
	"sync"
	"testing"
	"time"

	"houqin/internal/base/id"
)

func TestIdsAscendAlsoWhenTheClockStepsBack(t *testing.T) {
	now := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	prev := ""
	for i := range 10000 {
		at := now.Add(time.Duration(i/100) * time.Millisecond)
		if i > 5000 {
			at = now.Add(-time.Hour)
		}
		s := id.New(at)
		if s <= prev || !id.Valid(s) {
			t.Fatalf("%q after %q", s, prev)
		}
		prev = s
	}
}

func TestFloorLiesBetweenBeforeAndAfter(t *testing.T) {
	at := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	a := id.New(at)
	f := id.Floor(at.Add(time.Minute))
	b := id.New(at.Add(time.Minute))
	if !(a < f && f < b) {
		t.Errorf("%s %s %s", a, f, b)
	}
}

// Holds: v5.0.0-15.4.1
func TestIdsOfManyAtOnceDiffer(t *testing.T) {
	var seen sync.Map
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5000 {
				s := id.New(time.Now())
				if _, dup := seen.LoadOrStore(s, true); dup {
					t.Errorf("twice %s", s)
				}
			}
		})
	}
	wg.Wait()
}

func TestValidRefusesWhatIsNoId(t *testing.T) {
	for _, s := range []string{"", "new", "00000000000000000000x", "0000000000000000000I", "../../etc/passwd0000"} {
		if id.Valid(s) {
			t.Errorf("%q", s)
		}
	}
}
