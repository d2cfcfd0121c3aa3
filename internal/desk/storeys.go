package desk

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/places"
)

// Spot is a place of a building and what is open there: all jobs whose work is not done,
// and of them those that are late, the emergencies and the urgent ones.
type Spot struct {
	places.Place
	Open   int64 `json:"open"`
	Late   int64 `json:"late"`
	Grave  int64 `json:"grave"`
	Urgent int64 `json:"urgent"`
}

// mapMost is how many places and how many open jobs of one building are looked at.
const mapMost = 5000

// Storeys are a building and all open places inside it, by code, with what a person sees
// open there.
func Storeys(ctx context.Context, r db.Reader, by db.Actor, building string) ([]Spot, error) {
	ids, err := places.Below(ctx, r, building)
	if err != nil {
		return nil, err
	}
	found, err := places.Places.All(ctx, r, list.Where{}.In("p.id", ids[:min(len(ids), mapMost)]), mapMost)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b places.Place) int { return natural(a.Code, b.Code) })
	spots, at := make([]Spot, len(found)), map[string]int{}
	for i, p := range found {
		spots[i].Place, at[p.ID] = p, i
	}
	now := period.At(r.Moment())
	jobs, err := Pending.All(ctx, r, Scope(by).And("j.open = true AND j.state <> 'done'").In("j.place", ids[:min(len(ids), mapMost)]), mapMost)
	for i := range jobs {
		j, s := &jobs[i], &spots[at[jobs[i].Place]]
		s.Open++
		switch j.Urgency {
		case Emergency:
			s.Grave++
		case Urgent:
			s.Urgent++
		}
		if j.Tone(r.Moment()) == "danger" && j.Due <= now {
			s.Late++
		}
	}
	return spots, err
}

// natural orders codes as people count: D1-9 before D1-10.
func natural(a, b string) int {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	for a != "" && b != "" {
		if digit(a[0]) && digit(b[0]) {
			i, k := 0, 0
			for i < len(a) && digit(a[i]) {
				i++
			}
			for k < len(b) && digit(b[k]) {
				k++
			}
			if i != k {
				return i - k
			}
			if a[:i] != b[:k] {
				if a[:i] < b[:k] {
					return -1
				}
				return 1
			}
			a, b = a[i:], b[k:]
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}
