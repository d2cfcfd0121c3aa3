package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// RouteOn is the way a kind goes on a day: the latest that the hospital has set by
// then, else as shipped.
func RouteOn(ctx context.Context, r db.Reader, kind string, day period.Day) (Route, error) {
	all, err := routes(ctx, r, `WHERE kind = $1 AND since <= $2 AND state = 'set' ORDER BY since DESC LIMIT 1`, kind, day)
	if err != nil {
		return Route{}, err
	}
	if len(all) > 0 {
		return all[0], nil
	}
	w, ok := way(kind)
	if !ok {
		return Route{}, fault.New(fault.NotFound, "base.not_found")
	}
	return w.Route, nil
}

// RouteByID is a way as it was set or drafted.
func RouteByID(ctx context.Context, r db.Reader, id string) (Route, error) {
	all, err := routes(ctx, r, `WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	if err != nil {
		return Route{}, err
	}
	return all[0], nil
}

// Versions are a kind's ways, set and drafted, the newest first.
func Versions(ctx context.Context, r db.Reader, kind string) ([]Route, error) {
	return routes(ctx, r, `WHERE kind = $1 AND state <> 'dropped' ORDER BY since DESC, id DESC LIMIT 100`, kind)
}

// Drafts are the ways that wait to be put in force, the oldest first.
func Drafts(ctx context.Context, r db.Reader, limit int) ([]Route, error) {
	return routes(ctx, r, `WHERE state = 'draft' ORDER BY id LIMIT $1`, limit)
}

// ToForce are the drafts that wait for a person: those of others whose day is still to
// come, for who may put them in force.
func ToForce(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Route, error) {
	if !by.May(MayForce) {
		return nil, nil
	}
	return routes(ctx, r, `WHERE state = 'draft' AND by_id <> $1 AND since > $2 ORDER BY id LIMIT $3`, by.ID, r.Today(), limit)
}

// SetOnes are the ways the hospital has set for a day, by kind.
func SetOnes(ctx context.Context, r db.Reader, day period.Day) (map[string]Route, error) {
	all, err := routes(ctx, r, `WHERE state = 'set' AND since <= $1 ORDER BY since, id`, day)
	by := map[string]Route{}
	for _, rt := range all {
		by[rt.Kind] = rt
	}
	return by, err
}

func routes(ctx context.Context, r db.Reader, tail string, args ...any) ([]Route, error) {
	var texts []string
	var all []Route
	err := db.Each(ctx, r, `SELECT id, kind, since, tiers, reason, state, by_id, by_name, at, version FROM approvals_route `+tail, args, func(scan db.Scan) error {
		var rt Route
		var tiers string
		err := scan(&rt.ID, &rt.Kind, &rt.Since, &tiers, &rt.Reason, &rt.State, &rt.By, &rt.ByName, &rt.At, &rt.Version)
		all, texts = append(all, rt), append(texts, tiers)
		return err
	})
	for i := 0; err == nil && i < len(all); i++ {
		err = json.Unmarshal([]byte(texts[i]), &all[i].Tiers)
	}
	return all, err
}

// Draft writes down another way for a kind from a day on. It holds only once somebody
// else has put it in force; those who may are told. Invalid, every flaw at its place:
// what Check refuses, a step that only its drafter is named for, a day that is not in
// the future, no reason.
func Draft(ctx context.Context, tx *db.Tx, rt *Route) error {
	if err := tx.Need(MayRoute); err != nil {
		return err
	}
	if !known(rt.Kind) {
		return fault.New(fault.NotFound, "base.not_found")
	}
	rt.Reason, rt.By = strings.TrimSpace(rt.Reason), tx.By.ID
	if err := rt.sound(ctx, tx); err != nil {
		return err
	}
	tiers, err := json.Marshal(rt.Tiers)
	if err != nil {
		return err
	}
	rt.ID, rt.State, rt.ByName, rt.At, rt.Version = tx.NewID(), "draft", tx.By.Name, tx.At(), 1
	if _, err := tx.Exec(ctx, `INSERT INTO approvals_route (id, kind, since, tiers, reason, state, by_id, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		rt.ID, rt.Kind, rt.Since, string(tiers), rt.Reason, rt.State, rt.By, rt.ByName, rt.At); err != nil {
		return err
	}
	to, err := people.HoldersOf(ctx, tx, MayForce, tx.Today())
	if err != nil {
		return err
	}
	if err := messages.Tell(ctx, tx, messages.Word{Event: messages.WayDrafted, To: to, Args: []string{rt.Kind}, Href: "/approvals/drafts/" + rt.ID}); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: RouteNoun, Record: rt.Kind, Action: "draft", Note: string(rt.Since) + " " + rt.Reason, After: rt})
}

func (rt *Route) sound(ctx context.Context, tx *db.Tx) error {
	var bad fault.Complaints
	if rt.Reason == "" {
		bad.Add("reason", "base.required")
	}
	if rt.Since.DayOfMonth() == 0 {
		bad.Add("since", "base.day")
		return bad.Err()
	}
	if rt.Since <= tx.Today() {
		bad.Add("since", "approvals.too_early", tx.Today().AddDays(1))
	}
	if err := bad.Gather("", rt.Check(ctx, tx, max(rt.Since, tx.Today()))); err != nil {
		return err
	}
	for _, by := range []string{rt.By, tx.By.ID} {
		same, err := people.Same(ctx, tx, by)
		if err != nil {
			return err
		}
		for n, t := range rt.Tiers {
			if slices.ContainsFunc(t.Stages, func(s Stage) bool { return s.alone(same) }) {
				bad.Add(fmt.Sprintf("tiers.%d.steps", n), "approvals.own_step")
			}
		}
		if by == tx.By.ID {
			break
		}
	}
	return bad.Err()
}

// Force puts a draft in force from its day on: another natural person than who drafted
// it (Forbidden), with MayForce. What is on its way until then finishes by the way of
// its own day. Checked once more: a post may have fallen empty.
func Force(ctx context.Context, tx *db.Tx, id string, version int64) (Route, error) {
	return settleDraft(ctx, tx, id, version, "set", "set")
}

// Drop throws a draft away.
func Drop(ctx context.Context, tx *db.Tx, id string, version int64) (Route, error) {
	return settleDraft(ctx, tx, id, version, "dropped", "drop")
}

func settleDraft(ctx context.Context, tx *db.Tx, id string, version int64, state, action string) (Route, error) {
	if may := map[string]string{"set": MayForce, "dropped": MayRoute}[state]; !tx.By.May(may) && (state == "set" || !tx.By.May(MayForce)) {
		return Route{}, tx.Need(may)
	}
	rt, err := RouteByID(ctx, tx, id)
	if err != nil {
		return rt, err
	}
	if state == "set" {
		if same, err := people.OneHuman(ctx, tx, tx.By.ID, rt.By); err != nil {
			return rt, err
		} else if same && !tx.By.System {
			return rt, fault.New(fault.Forbidden, "approvals.own_draft", rt.ByName)
		}
		if err := rt.sound(ctx, tx); err != nil {
			return rt, err
		}
		same, err := routes(ctx, tx, `WHERE kind = $1 AND since = $2 AND state = 'set'`, rt.Kind, rt.Since)
		if err != nil {
			return rt, err
		}
		if len(same) > 0 {
			return rt, fault.New(fault.Conflict, "approvals.day_taken", rt.Since)
		}
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE approvals_route SET state = $1, version = version + 1 WHERE id = $2 AND version = $3 AND state = 'draft'`, state, id, version); err != nil {
		return rt, err
	}
	rt.State = state
	return rt, tx.Trail(ctx, db.Event{Noun: RouteNoun, Record: rt.Kind, Action: action, Note: string(rt.Since) + " " + rt.Reason, After: rt})
}
