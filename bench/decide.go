package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

// awaited is a document that waits for a decision: where it lies and what was shown of it.
type awaited struct{ ID, Digest string }

const (
	waysSet = 1_000 // ways that the hospital has set over the years
	strange = 997   // others for whom documents wait
	tray    = 30    // documents that wait for the one whose inbox is opened, and as many for whom they sit
)

// decide compares deciding on a document with reporting a fault, and the inbox of a
// hospital in which little is open with one in which very much is.
func decide(ctx context.Context, o options, p *paper) error {
	acts := sheet{title: "Deciding on a document beside reporting a fault, a second over HTTP", head: []string{"", "clients", "a fault", "p50", "a document", "p50", "p99", "ratio"},
		remarks: []string{"The ratio is how many times as long a decision takes as a report: faults a second by documents a second. A head's word opens the next step; the last word ends the case and tells its room."}}
	trays := sheet{title: "Opening the inbox"}
	for _, name := range o.engines {
		if err := func() error {
			e, err := newEngine(ctx, name, o.dir)
			if err != nil {
				return err
			}
			defer e.close()
			rows, err := decideActs(ctx, o, e)
			if err != nil {
				return err
			}
			acts.rows = append(acts.rows, rows...)
			return inboxes(ctx, o, e, &trays)
		}(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	p.add(acts)
	p.add(trays)
	return nil
}

// decideActs lays documents before the heads of the wards and lets them decide, in turns
// with nurses who report.
func decideActs(ctx context.Context, o options, e *engine) (rows [][]string, err error) {
	if err := e.prepare(ctx, o.jobs[0]); err != nil {
		return nil, err
	}
	each := 300
	if o.quick {
		each = 40
	}
	last, first := make([][]awaited, persons), make([][]awaited, persons)
	err = e.change(ctx, func(d *db.DB) error {
		if err := ways(ctx, d); err != nil {
			return err
		}
		if err := e.stage.heads(ctx, d); err != nil {
			return err
		}
		say("%s: laying %d documents before each of %d heads", e.name, 2*each, persons)
		for head := range persons {
			by := e.stage.actor((head + 1) % persons)
			err := d.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
				tx.By = by
				for n := range 2 * each {
					kind, to := "housing.change", &last[head]
					if n%2 == 0 {
						kind, to = "fleet.trip", &first[head]
					}
					c, err := approvals.Ask(ctx, tx, approvals.Document{Kind: kind, Noun: desk.Noun, Record: tx.NewID(), Number: fmt.Sprint("B-", n), Title: "送检标本到市中心", Reason: "加急",
						Department: e.stage.Departments[head], Attrs: attrs(kind), Digest: "1", Facts: []approvals.Fact{{Key: "place", Value: "住院楼"}, {Key: "budget", Value: "1,200.00"}}})
					if err != nil {
						return err
					}
					*to = append(*to, awaited{c.ID, c.Digest})
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return d.Analyze(ctx)
	})
	if err != nil {
		return nil, err
	}
	for _, a := range []struct {
		name string
		docs [][]awaited
	}{{"a head's word", first}, {"the last word", last}} {
		for _, clients := range o.clients {
			row, err := decideAmong(ctx, o, e, a.name, a.docs, clients)
			if err != nil {
				return nil, fmt.Errorf("%s, %d clients: %w", a.name, clients, err)
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func attrs(kind string) map[string]any {
	if kind == "fleet.trip" {
		return map[string]any{"urgent": false}
	}
	return nil
}

func decideAmong(ctx context.Context, o options, e *engine, name string, docs [][]awaited, clients int) ([]string, error) {
	address, drop, err := e.another(ctx)
	if err != nil {
		return nil, err
	}
	defer drop()
	srv, err := serveHouse(ctx, o, address, fmt.Sprintf("decide-%s-%s-%d", e.name, name, clients))
	if err != nil {
		return nil, err
	}
	defer srv.stop()
	turn, said := make([]int, clients), make([]int, clients)
	var report, decide result
	post := func(ask func(i int) (path, token, body string, ok bool)) func(i int) (func() (int, error), func(), error) {
		return func(i int) (func() (int, error), func(), error) {
			w, err := dial(srv.addr)
			if err != nil {
				return nil, nil, err
			}
			w.keep = true
			return func() (int, error) {
				path, token, body, ok := ask(i)
				if !ok {
					return 0, errDone
				}
				status, n, err := w.send(request("POST", path, srv.addr, api(token, id.Secret()), body))
				if err == nil && status != 200 {
					err = fmt.Errorf("%s: status %d: %s", path, status, w.body.String())
				}
				return n, err
			}, w.close, nil
		}
	}
	for range o.rounds {
		r, err := repeat(ctx, clients, o.span, post(func(i int) (string, string, string, bool) {
			n := turn[i]
			turn[i]++
			person := (i + n*clients) % persons
			return "/api/desk/report", e.stage.Nurses[person], e.stage.report(person, (i+n*clients)/persons), true
		}))
		if err != nil {
			return nil, err
		}
		report.add(r)
		r, err = repeat(ctx, clients, o.span, post(func(i int) (string, string, string, bool) {
			n := i + said[i]*clients
			said[i]++
			head := n % persons
			if n/persons >= len(docs[head]) {
				return "", "", "", false
			}
			d := docs[head][n/persons]
			return "/api/approvals/cases/" + d.ID + "/agree", e.stage.Nurses[head], fmt.Sprintf(`{"digest":%q,"note":"同意"}`, d.Digest), true
		}))
		if err != nil {
			return nil, err
		}
		decide.add(r)
	}
	row := []string{e.name + ": " + name, fmt.Sprint(clients), count(report.rate()), ms(report.quantile(0.5)), count(decide.rate()), ms(decide.quantile(0.5)), ms(decide.quantile(0.99)), ratio(report.rate() / decide.rate())}
	say("  %v", row)
	return row, nil
}

// inboxes compares how long the inbox takes to open where few and where very many
// documents of others are open.
func inboxes(ctx context.Context, o options, e *engine, out *sheet) error {
	open := []int{1_000, 100_000}
	if o.quick {
		open = []int{200, 2_000}
	}
	var houses []*listHouse
	for _, documents := range open {
		if err := e.prepare(ctx, o.jobs[0]); err != nil {
			return err
		}
		say("%s: %s documents open, %s ways set", e.name, count(float64(documents)), count(waysSet))
		if err := e.change(ctx, func(d *db.DB) error {
			if err := ways(ctx, d); err != nil {
				return err
			}
			if err := e.stage.heads(ctx, d); err != nil {
				return err
			}
			if err := people.SetPassword(ctx, d, db.System("bench"), e.stage.Receivers[0], e.stage.Password); err != nil {
				return err
			}
			return e.stage.lay(ctx, d, documents)
		}); err != nil {
			return err
		}
		address, drop, err := e.another(ctx)
		if err != nil {
			return err
		}
		h := &listHouse{stage: e.stage, close: drop}
		if h.server, err = serveHouse(ctx, o, address, fmt.Sprintf("inbox-%s-%d", e.name, documents)); err != nil {
			drop()
			return err
		}
		defer h.stop()
		houses = append(houses, h)
	}
	out.head = []string{"", count(float64(open[0])) + ": p50", "p99", "a second", count(float64(open[1])) + ": p50", "p99", "a second", "p99 ratio", "cores"}
	for _, x := range []struct {
		who, login string
		views      []view
	}{
		{"a head", "u000", []view{{"the inbox", "/inbox", true}, {"all that is open for the ward", "/inbox/ward", true}, {"the cards to decide", "/approvals", true}}},
		{"who sees all", e.stage.Login, []view{{"the inbox", "/inbox", true}, {"all cases", "/approvals/cases?open=true", true}}},
	} {
		for _, h := range houses {
			var err error
			if h.cookie, err = h.signIn(x.login, h.stage.Password); err != nil {
				return err
			}
		}
		for _, v := range x.views {
			v.name = e.name + ": " + x.who + ", " + v.name
			row, err := compareView(ctx, o, v, houses, min(8, o.clients[len(o.clients)-1]))
			if err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
			out.rows = append(out.rows, row)
		}
	}
	out.remarks = []string{fmt.Sprintf("%s ways set; for the head %d documents wait at their own seat and %d at one on which they sit for somebody, in both hospitals; all others wait for %d others.", count(waysSet), tray, tray, strange)}
	return nil
}

// change opens the hospital from which copies are taken once more.
func (e *engine) change(ctx context.Context, f func(*db.DB) error) error {
	h, err := hospital.Open(ctx, hospital.Config{DB: e.address(e.original()), Data: e.dir, Log: quiet})
	if err != nil {
		return err
	}
	err = f(h.DB)
	if err2 := h.Close(); err == nil {
		err = err2
	}
	return err
}

// ways are what a hospital has set over the years: every kind again and again. The two
// kinds that are decided on go to the head alone, and to the head and then another.
func ways(ctx context.Context, d *db.DB) error {
	return d.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
		for n := range waysSet {
			kind := approvals.Kinds[n%len(approvals.Kinds)]
			stages := []approvals.Stage{{Who: []approvals.Who{{Is: "head"}}}}
			if kind == "fleet.trip" {
				stages = append(stages, approvals.Stage{Who: []approvals.Who{{Is: "post:logistics"}}})
			}
			tiers, err := json.Marshal([]approvals.Tier{{Stages: stages}})
			if err != nil {
				return err
			}
			since := tx.Today().AddDays(-1 - n/len(approvals.Kinds))
			if _, err := tx.Exec(ctx, `INSERT INTO approvals_route (id, kind, since, tiers, reason, state, by_id, by_name, at) VALUES ($1,$2,$3,$4,'bench','set','bench','bench',1)`,
				tx.NewID(), kind, since, string(tiers)); err != nil {
				return err
			}
		}
		return nil
	})
}

// actor is one of the nurses, who here asks and decides as the head of a ward.
func (s *stage) actor(n int) db.Actor {
	return db.Actor{ID: s.Receivers[n], Name: "王建国", Unit: s.Departments[n%(units-3)], Source: "bench"}
}

// heads puts a nurse at the head of each ward, and somebody on the post behind them.
func (s *stage) heads(ctx context.Context, d *db.DB) error {
	return d.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
		for n := range persons {
			u, err := departments.Get(ctx, tx, s.Departments[n])
			if err != nil {
				return err
			}
			u.Head = s.Receivers[n]
			if err := departments.Change(ctx, tx, &u); err != nil {
				return err
			}
		}
		if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: "logistics", Person: s.Chief}); err != nil {
			return err
		}
		tx.By = s.actor(1)
		return approvals.Delegate(ctx, tx, &approvals.Delegation{To: s.Receivers[0], Until: tx.Today().AddDays(30), Reason: "外出开会"})
	})
}

// lay opens very many documents, most of them before strangers, as rows: by the
// commands it would take minutes.
func (s *stage) lay(ctx context.Context, d *db.DB, documents int) error {
	rows := func(tx *db.Tx, into string, columns int, all [][]any) error {
		marks, args := make([]string, len(all)), make([]any, 0, len(all)*columns)
		for i, row := range all {
			m := make([]string, columns)
			for j := range m {
				m[j] = fmt.Sprintf("$%d", i*columns+j+1)
			}
			marks[i], args = "("+strings.Join(m, ",")+")", append(args, row...)
		}
		_, err := tx.Exec(ctx, into+strings.Join(marks, ","), args...)
		return err
	}
	// In pieces: PostgreSQL checks references by the plan it made when the tables were empty
	// until it hears that they no longer are.
	const piece = 1_000
	for from := 0; from < documents; from += piece {
		if err := d.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
			return s.laySome(ctx, tx, rows, from, min(from+piece, documents), documents/tray)
		}); err != nil {
			return err
		}
		if from == 0 {
			if err := d.Analyze(ctx); err != nil {
				return err
			}
		}
	}
	return d.Analyze(ctx)
}

// laySome lays those from … until; one in every so many waits for the heads, or was asked
// for by one of them.
func (s *stage) laySome(ctx context.Context, tx *db.Tx, rows func(*db.Tx, string, int, [][]any) error, from, until, every int) error {
	const together = 100
	var cases, steps, seats [][]any
	for n := from; n < until; n++ {
		key, asker, owner := tx.NewID(), fmt.Sprint("asker", n%strange), fmt.Sprint("stranger", n%strange)
		switch { // spread over all of them
		case n%every == 0:
			owner = s.Receivers[0]
		case n%every == 1:
			owner = s.Receivers[1]
		case n%every == 2:
			asker = s.Receivers[0]
		}
		due := period.At(tx.Now) + period.Instant(int64(n)*1_000_000)
		cases = append(cases, []any{key, fmt.Sprintf("SP-B-%06d", n), "fleet.trip", desk.Noun, key, "送检标本到市中心", s.Departments[n%units], "d", "open", asker, "李护士", tx.At()})
		steps = append(steps, []any{key, key, int64(0), int64(0), "head", int64(24), approvals.Waiting, true, due})
		seats = append(seats, []any{key, key, key, owner, "王建国", approvals.Waiting, tx.At(), due})
		if len(cases) == together || n == until-1 {
			for _, x := range []struct {
				into string
				all  [][]any
			}{
				{`INSERT INTO approvals_case (id, number, kind, noun, record, title, department, digest, state, asked_by, asked_name, asked_at) VALUES `, cases},
				{`INSERT INTO approvals_step (id, case_id, stage, place, who, hours, state, open, due) VALUES `, steps},
				{`INSERT INTO approvals_seat (id, case_id, step, person, person_name, state, since, due) VALUES `, seats},
			} {
				if err := rows(tx, x.into, len(x.all[0]), x.all); err != nil {
					return err
				}
			}
			cases, steps, seats = nil, nil, nil
		}
	}
	return nil
}
