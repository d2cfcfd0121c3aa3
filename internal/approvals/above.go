package approvals

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/people"
)

// Superiors are the posts that stand above posts: who is asked when nobody on a post is
// free to decide, or they have let the time pass. The book knows one ladder, from the
// section over the office's director to the leaders (W-009, W-010, B-007); audit is led
// by the president alone. Above the president there is nobody but meetings.
var Superiors = map[string]string{
	"storekeeper":          "logistics",
	"dispatcher":           "general_affairs",
	"section_chief":        "general_affairs",
	"general_affairs":      "logistics",
	"managing_department":  "hospital_leader",
	"logistics":            "vice_president",
	"property_accountant":  "finance",
	"finance":              "hospital_leader",
	"legal_adviser":        "hospital_leader",
	"equipment_department": "vice_president",
	"audit":                "president",
	"hospital_office":      "president",
	"vice_president":       "president",
	"hospital_leader":      "president",
}

// topPost is who stands above the head of a department above which there is none.
const topPost = "hospital_leader"

// above is who is asked in place of who was named: whom the way says, else who stands
// above, rung by rung until somebody is there who is not out. A head's ladder are the
// departments above, then the leaders; a department without any head anywhere has none,
// since its papers are not the leaders' before somebody is named.
func above(ctx context.Context, r db.Reader, who, instead, department string, day period.Day, out func(person string) bool) ([]seatHolder, error) {
	free := func(found []seatHolder, err error) ([]seatHolder, error) {
		var left []seatHolder
		for _, h := range found {
			if !out(h.ID) {
				left = append(left, h)
			}
		}
		return left, err
	}
	if instead != "" {
		m, err := Meant(ctx, r, instead, day)
		if err != nil {
			return nil, err
		}
		if found, err := free(standing(ctx, r, m, department, day)); err != nil || len(found) > 0 {
			return found, err
		}
		who = m
	}
	kind, name, _ := strings.Cut(who, ":")
	post := Superiors[name]
	if kind != "post" {
		unit := department
		if kind == "person" {
			p, err := people.Get(ctx, r, name)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return nil, err
			}
			unit = p.Department
		}
		units, err := departments.Above(ctx, r, unit)
		if err != nil {
			return nil, err
		}
		if kind == Parent && len(units) > 0 {
			units = units[1:]
		}
		for _, u := range units {
			d, err := departments.Get(ctx, r, u)
			if err != nil {
				return nil, err
			}
			if d.Head == "" {
				continue
			}
			post = topPost
			if found, err := free(present(ctx, r, d.Head)); err != nil || len(found) > 0 {
				return found, err
			}
		}
	}
	for ; post != ""; post = Superiors[post] {
		if found, err := free(holdersOf(ctx, r, post, day)); err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

// out are those whom the document bars.
func (b bar) out(person string) bool { return b[person] != "" }
