package approvals

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

// step is one who must agree, as it was laid down for a case.
type step struct {
	ID, Case     string
	Stage, Place int64
	Who, Unit    string
	Meeting      string
	Need         int64
	StageNeed    int64
	Hours        int64
	Instead      string
	State        string
	Open         bool
	Holders      string
	Escalated    bool
	Due          period.Instant
	StartedAt    period.Instant
	EndedAt      period.Instant
}

// seat is a chair at which a decision is awaited.
type seat struct {
	ID, Case, Step string
	Person, Name   string
	Meeting        string
	Waiting        bool
	State          string
	Instead        bool
	Since, Due     period.Instant
}

// Whole is a case with what only this room needs of it, whoever asks.
func Whole(ctx context.Context, r db.Reader, id string) (Case, error) {
	c, err := Cases.Get(ctx, r, list.Where{}.And("c.id = ?", id))
	if err != nil {
		return c, err
	}
	err = r.QueryRowContext(ctx, `SELECT attrs, hands, document_digest FROM approvals_case WHERE id = $1`, id).Scan(&c.attrs, &c.hands, &c.documentDigest)
	return c, err
}

// Last is the newest case of a record; ok is false when it was never asked about.
func Last(ctx context.Context, r db.Reader, noun, record string) (c Case, ok bool, err error) {
	id, ok, err := db.Text(ctx, r,
		`SELECT id FROM approvals_case WHERE record = $1 AND noun = $2 ORDER BY id DESC LIMIT 1`, record, noun)
	if err != nil || !ok {
		return c, false, err
	}
	c, err = Whole(ctx, r, id)
	return c, err == nil, err
}

// OpenOf is the open case of a record.
func OpenOf(ctx context.Context, r db.Reader, noun, record string) (c Case, ok bool, err error) {
	c, ok, err = Last(ctx, r, noun, record)
	return c, ok && c.Open, err
}

func insertCase(ctx context.Context, tx *db.Tx, c *Case) error {
	search, err := tx.Tokens(ctx, c.Number, c.RecordNumber, c.Title, c.AskedName)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO approvals_case (id, number, kind, noun, record, record_number, title, reason, department, amount, weight, beside, attrs, facts, hands,
		document_digest, digest, route, route_since, tier, state, open, asked_by, asked_name, asked_at, ended_at, search)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27)`,
		c.ID, c.Number, c.Kind, c.Noun, c.Record, c.RecordNumber, c.Title, c.Reason, c.Department, c.Amount, c.Weight, c.Beside, c.attrs, c.Facts, c.hands,
		c.documentDigest, c.Digest, c.Route, c.RouteSince, c.Tier, c.State, c.Open, c.AskedBy, c.AskedName, c.AskedAt, c.EndedAt, search)
	return err
}

func shutCase(ctx context.Context, tx *db.Tx, c *Case, s State, note string) error {
	c.State, c.Open, c.EndedAt, c.EndedBy, c.EndedNote = s, false, tx.At(), tx.By.Name, note
	if _, err := tx.Exec(ctx, `UPDATE approvals_seat SET waiting = false, state = $1 WHERE case_id = $2 AND waiting = true`, Spared, c.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE approvals_step SET open = false, state = $1, ended_at = $2 WHERE case_id = $3 AND open = true`, Spared, tx.At(), c.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE approvals_opinion SET waiting = false WHERE case_id = $1 AND waiting = true`, c.ID); err != nil {
		return err
	}
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_case SET state = $1, open = false, ended_at = $2, ended_by = $3, ended_note = $4 WHERE id = $5 AND state IN ('open', 'agreed')`,
		s, tx.At(), c.EndedBy, note, c.ID)
}

func setStage(ctx context.Context, tx *db.Tx, id string, stage int64) error {
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_case SET stage = $1 WHERE id = $2`, stage, id)
}

func remind(ctx context.Context, tx *db.Tx, id string) error {
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_case SET reminded_at = $1, reminders = reminders + 1 WHERE id = $2`, tx.At(), id)
}

// Steps.

const stepSQL = `SELECT id, case_id, stage, place, who, unit, meeting, need, stage_need, hours, instead, state, open, holders, escalated, due, started_at, ended_at FROM approvals_step `

func stepInto(s *step) []any {
	return []any{&s.ID, &s.Case, &s.Stage, &s.Place, &s.Who, &s.Unit, &s.Meeting, &s.Need, &s.StageNeed, &s.Hours, &s.Instead, &s.State, &s.Open, &s.Holders, &s.Escalated,
		&s.Due, &s.StartedAt, &s.EndedAt}
}

func stepsOf(ctx context.Context, r db.Reader, id string) ([]step, error) {
	return db.All(ctx, r, stepInto, stepSQL+`WHERE case_id = $1 ORDER BY stage, place`, id)
}

func lateSteps(ctx context.Context, tx *db.Tx, limit int) ([]step, error) {
	return db.All(ctx, tx, stepInto, stepSQL+`WHERE open = true AND escalated = false AND due <= $1 ORDER BY due, id LIMIT $2`, tx.At(), limit)
}

func insertStep(ctx context.Context, tx *db.Tx, s *step) error {
	_, err := tx.Exec(ctx, `INSERT INTO approvals_step (id, case_id, stage, place, who, unit, meeting, need, stage_need, hours, instead, state)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`, s.ID, s.Case, s.Stage, s.Place, s.Who, s.Unit, s.Meeting, s.Need, s.StageNeed, s.Hours, s.Instead, s.State)
	return err
}

func openStep(ctx context.Context, tx *db.Tx, s *step) error {
	s.State, s.Open, s.StartedAt = Waiting, true, tx.At()
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_step SET state = $1, open = true, started_at = $2, due = $3, holders = $4 WHERE id = $5 AND state = $6`,
		Waiting, tx.At(), s.Due, s.Holders, s.ID, Ahead)
}

// closeStep ends a step; others says that more seats of it wait, which are spared.
func closeStep(ctx context.Context, tx *db.Tx, id, state string, others bool) error {
	if others {
		if _, err := tx.Exec(ctx, `UPDATE approvals_seat SET waiting = false, state = $1 WHERE step = $2 AND waiting = true`, Spared, id); err != nil {
			return err
		}
	}
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_step SET open = false, state = $1, ended_at = $2 WHERE id = $3 AND open = true`, state, tx.At(), id)
}

// spareStage ends what is still open of a stage that is decided without it.
func spareStage(ctx context.Context, tx *db.Tx, id string, stage int64) error {
	if _, err := tx.Exec(ctx, `UPDATE approvals_seat SET waiting = false, state = $1 WHERE case_id = $2 AND waiting = true`, Spared, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE approvals_step SET open = false, state = $1, ended_at = $2 WHERE case_id = $3 AND stage = $4 AND open = true`, Spared, tx.At(), id, stage)
	return err
}

func setEscalated(ctx context.Context, tx *db.Tx, id string) error {
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_step SET escalated = true WHERE id = $1`, id)
}

func setHolders(ctx context.Context, tx *db.Tx, id, holders string) error {
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_step SET holders = $1 WHERE id = $2`, holders, id)
}

type asked struct{ who, unit string }

// openWho are the posts, heads and roles that open steps wait for, each once.
func openWho(ctx context.Context, r db.Reader) ([]asked, error) {
	return db.All(ctx, r, func(a *asked) []any { return []any{&a.who, &a.unit} },
		`SELECT DISTINCT who, unit FROM approvals_step WHERE open = true AND meeting = '' ORDER BY who, unit`)
}

// otherHolders are the open steps that were laid for others than stand for who now, and
// those at which nobody sits.
func otherHolders(ctx context.Context, r db.Reader, who, unit, holders string) ([]step, error) {
	return db.All(ctx, r, stepInto, stepSQL+`WHERE who = $1 AND unit = $2 AND open = true
		AND (holders <> $3 OR NOT EXISTS (SELECT 1 FROM approvals_seat x WHERE x.step = approvals_step.id AND x.waiting = true)) ORDER BY id`, who, unit, holders)
}

// Seats.

const seatSQL = `SELECT id, case_id, step, person, person_name, meeting, waiting, state, instead, since, due FROM approvals_seat `

func seatInto(s *seat) []any {
	return []any{&s.ID, &s.Case, &s.Step, &s.Person, &s.Name, &s.Meeting, &s.Waiting, &s.State, &s.Instead, &s.Since, &s.Due}
}

func waitingSeats(ctx context.Context, r db.Reader, id string) ([]seat, error) {
	return db.All(ctx, r, seatInto, seatSQL+`WHERE case_id = $1 AND waiting = true ORDER BY id`, id)
}

func seatsOf(ctx context.Context, r db.Reader, step string) ([]seat, error) {
	return db.All(ctx, r, seatInto, seatSQL+`WHERE step = $1 ORDER BY id`, step)
}

// insertSeat lays a seat; whoever had it before and comes back to the post has it again.
func insertSeat(ctx context.Context, tx *db.Tx, s *seat) error {
	_, err := tx.Exec(ctx, `INSERT INTO approvals_seat (id, case_id, step, person, person_name, meeting, state, instead, since, due)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
		ON CONFLICT (step, person) DO UPDATE SET waiting = true, state = excluded.state, due = excluded.due, instead = excluded.instead WHERE approvals_seat.state = 'moved'`,
		s.ID, s.Case, s.Step, s.Person, s.Name, s.Meeting, Waiting, s.Instead, tx.At(), s.Due)
	return err
}

func endSeat(ctx context.Context, tx *db.Tx, id, state string) error {
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_seat SET waiting = false, state = $1 WHERE id = $2 AND waiting = true`, state, id)
}

func countSeats(ctx context.Context, r db.Reader, step string) (agreed, waiting, refused int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state = 'agreed'), count(*) FILTER (WHERE waiting = true), count(*) FILTER (WHERE state = 'refused')
		FROM approvals_seat WHERE step = $1`, step).Scan(&agreed, &waiting, &refused)
	return agreed, waiting, refused, err
}

// Decisions.

func insertDecision(ctx context.Context, tx *db.Tx, d *Decision) error {
	_, err := tx.Exec(ctx, `INSERT INTO approvals_decision (id, case_id, step, seat, verdict, note, person, person_name, for_id, for_name, chain, at, digest, source, agent, met_on, minutes, file)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)`, d.ID, d.Case, d.Step, d.Seat, d.Verdict, d.Note, d.Person, d.Name, d.For, d.ForName, d.Chain,
		d.At, d.Digest, d.Source, d.Agent, d.MetOn, d.Minutes, d.File)
	return err
}

// Decisions are the signatures under a case, in their order.
func Decisions(ctx context.Context, r db.Reader, id string) ([]Decision, error) {
	return db.All(ctx, r, func(d *Decision) []any {
		return []any{&d.ID, &d.Case, &d.Step, &d.Seat, &d.Verdict, &d.Note, &d.Person, &d.Name, &d.For, &d.ForName, &d.Chain, &d.At, &d.Digest, &d.Source, &d.Agent, &d.MetOn, &d.Minutes, &d.File, &d.StepName}
	}, `SELECT d.id, d.case_id, d.step, d.seat, d.verdict, d.note, d.person, d.person_name, d.for_id, d.for_name, d.chain, d.at, d.digest, d.source, d.agent, d.met_on, d.minutes, d.file, s.who
		FROM approvals_decision d JOIN approvals_step s ON s.id = d.step WHERE d.case_id = $1 ORDER BY d.id`, id)
}

// decidedBefore are those who have signed a case, themselves or by somebody who sat for
// them; a meeting's recorder has not.
func decidedBefore(ctx context.Context, r db.Reader, id string) ([]string, error) {
	type pair struct{ person, of string }
	all, err := db.All(ctx, r, func(p *pair) []any { return []any{&p.person, &p.of} },
		`SELECT person, for_id FROM approvals_decision WHERE case_id = $1 AND minutes = '' ORDER BY id`, id)
	var found []string
	for _, p := range all {
		for _, x := range []string{p.person, p.of} {
			if x != "" && !slices.Contains(found, x) {
				found = append(found, x)
			}
		}
	}
	return found, err
}

// What documents are about.

func holdSame(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := tx.Exec(ctx, `INSERT INTO approvals_same (id) VALUES ($1) ON CONFLICT DO NOTHING`, id); err != nil {
		return err
	}
	return tx.Lock(ctx, "approvals_same", id)
}

func keepSames(ctx context.Context, tx *db.Tx, c *Case, sames []string) error {
	for _, s := range sames {
		if _, err := tx.Exec(ctx, `INSERT INTO approvals_part (same, case_id, at) VALUES ($1,$2,$3)`, s, c.ID, c.AskedAt); err != nil {
			return err
		}
	}
	return nil
}

// besides are the cases about the same things since a moment, each once.
func besides(ctx context.Context, r db.Reader, sames []string, c *Case, since period.Instant) ([]Case, error) {
	in, args := list.In("p.same", sames)
	return Cases.All(ctx, r, list.Where{}.And("c.record <> ? AND c.state IN ('open', 'agreed')", c.Record).
		And("c.id IN (SELECT p.case_id FROM approvals_part p WHERE p.at >= ? AND "+in+")", append([]any{since}, args...)...), 1000)
}

// Holdings.

const holdingSQL = `SELECT h.id, h.post, h.person, p.name, h.from_day, h.until_day, h.by_name, h.at FROM approvals_holder h LEFT JOIN people_person p ON p.id = h.person `

func holdingInto(h *Holding) []any {
	return []any{&h.ID, &h.Post, &h.Person, &h.PersonName, &h.From, &h.Until, &h.ByName, &h.At}
}

// Holdings are all posts as they are held now or later, those who have left left out.
func Holdings(ctx context.Context, r db.Reader, day period.Day) ([]Holding, error) {
	return db.All(ctx, r, holdingInto, holdingSQL+`WHERE h.ended_at = 0 AND (h.until_day = '' OR h.until_day >= $1) AND p.closed = false ORDER BY h.post, h.from_day, h.id`, day)
}

func holding(ctx context.Context, r db.Reader, id string) (Holding, error) {
	h, ok, err := db.First(ctx, r, holdingInto, holdingSQL+`WHERE h.id = $1 AND h.ended_at = 0`, id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	return h, err
}

func holdersOf(ctx context.Context, r db.Reader, post string, day period.Day) ([]seatHolder, error) {
	return db.All(ctx, r, func(h *seatHolder) []any { return []any{&h.ID, &h.Name} }, `SELECT DISTINCT p.id, p.name FROM approvals_holder h LEFT JOIN people_person p ON p.id = h.person
		WHERE h.post = $1 AND h.ended_at = 0 AND h.from_day <= $2 AND (h.until_day = '' OR h.until_day >= $2) AND p.closed = false ORDER BY p.id`, post, day)
}

func insertHolding(ctx context.Context, tx *db.Tx, h *Holding) error {
	_, err := tx.Exec(ctx, `INSERT INTO approvals_holder (id, post, person, from_day, until_day, by_id, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		h.ID, h.Post, h.Person, h.From, h.Until, tx.By.ID, h.ByName, h.At)
	return err
}

func endHolding(ctx context.Context, tx *db.Tx, id string) error {
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_holder SET ended_at = $1 WHERE id = $2 AND ended_at = 0`, tx.At(), id)
}

// Delegations.

const delegationSQL = `SELECT id, from_id, from_name, to_id, to_name, from_day, until_day, kinds, most, reason, at, ended_at FROM approvals_delegation `

func delegationInto(d *Delegation) []any {
	return []any{&d.ID, &d.From, &d.FromName, &d.To, &d.ToName, &d.Since, &d.Until, &d.Kinds, &d.Most, &d.Reason, &d.At, &d.EndedAt}
}

func insertDelegation(ctx context.Context, tx *db.Tx, d *Delegation) error {
	_, err := tx.Exec(ctx, `INSERT INTO approvals_delegation (id, from_id, from_name, to_id, to_name, from_day, until_day, kinds, most, reason, at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`, d.ID, d.From, d.FromName, d.To, d.ToName, d.Since, d.Until, d.Kinds, d.Most, d.Reason, d.At)
	return err
}

func endDelegation(ctx context.Context, tx *db.Tx, id string) error {
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_delegation SET ended_at = $1 WHERE id = $2 AND ended_at = 0`, tx.At(), id)
}

func delegation(ctx context.Context, r db.Reader, id string) (Delegation, bool, error) {
	return db.First(ctx, r, delegationInto, delegationSQL+`WHERE id = $1 AND ended_at = 0`, id)
}

// delegationsTo are those that let a person sit on others' seats on a day.
func delegationsTo(ctx context.Context, r db.Reader, person string, day period.Day) ([]Delegation, error) {
	return db.All(ctx, r, delegationInto, delegationSQL+`WHERE to_id = $1 AND ended_at = 0 AND from_day <= $2 AND until_day >= $2 ORDER BY id`, person, day)
}

// delegationsFrom are those that let others sit on the seats of these people on a day.
func delegationsFrom(ctx context.Context, r db.Reader, people []string, day period.Day) ([]Delegation, error) {
	marks, args := "", []any{day}
	for n, p := range people {
		marks, args = fmt.Sprintf("%s, $%d", marks, n+2), append(args, p)
	}
	return db.All(ctx, r, delegationInto, delegationSQL+`WHERE from_id IN (`+strings.TrimPrefix(marks, ", ")+`) AND ended_at = 0 AND from_day <= $1 AND until_day >= $1 ORDER BY id`, args...)
}

// Delegations are a person's, given and received, the newest first; with "" all that
// hold or will.
func Delegations(ctx context.Context, r db.Reader, person string, day period.Day) ([]Delegation, error) {
	if person == "" {
		return db.All(ctx, r, delegationInto, delegationSQL+`WHERE ended_at = 0 AND until_day >= $1 ORDER BY id DESC LIMIT 500`, day)
	}
	return db.All(ctx, r, delegationInto, delegationSQL+`WHERE from_id = $1 OR to_id = $1 ORDER BY id DESC LIMIT 200`, person)
}

// Opinions.

const opinionSQL = `SELECT id, case_id, person, person_name, asked_by, asked_name, question, text, asked_at, given_at, waiting FROM approvals_opinion `

func opinionInto(o *Opinion) []any {
	return []any{&o.ID, &o.Case, &o.Person, &o.Name, &o.AskedBy, &o.AskedName, &o.Question, &o.Text, &o.AskedAt, &o.GivenAt, &o.Waiting}
}

// Opinions are what was said to a case, in its order.
func Opinions(ctx context.Context, r db.Reader, id string) ([]Opinion, error) {
	return db.All(ctx, r, opinionInto, opinionSQL+`WHERE case_id = $1 ORDER BY id`, id)
}

func insertOpinion(ctx context.Context, tx *db.Tx, o *Opinion) error {
	_, err := tx.Exec(ctx, `INSERT INTO approvals_opinion (id, case_id, person, person_name, asked_by, asked_name, question, text, asked_at, given_at, waiting)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`, o.ID, o.Case, o.Person, o.Name, o.AskedBy, o.AskedName, o.Question, o.Text, o.AskedAt, o.GivenAt, o.Waiting)
	return err
}

func answerOpinions(ctx context.Context, tx *db.Tx, id, text string) (int64, error) {
	return tx.Exec(ctx, `UPDATE approvals_opinion SET text = $1, given_at = $2, waiting = false WHERE case_id = $3 AND person = $4 AND waiting = true`, text, tx.At(), id, tx.By.ID)
}

// Debts.

func insertDebt(ctx context.Context, tx *db.Tx, d *Debt) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO approvals_debt (id, noun, record, number, title, clause, paper, person, person_name, department, due, made_at, made_by)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) ON CONFLICT DO NOTHING`,
		d.ID, d.Noun, d.Record, d.Number, d.Title, d.Clause, d.Paper, d.Person, d.PersonName, d.Department, d.Due, d.MadeAt, tx.By.ID)
	return n == 1, err
}

func owed(ctx context.Context, r db.Reader, noun, record, paper string) (Debt, bool, error) {
	all, err := Debts.All(ctx, r, list.Where{}.And("d.record = ? AND d.noun = ? AND d.paper = ? AND d.waiting = true", record, noun, paper), 1)
	if err != nil || len(all) == 0 {
		return Debt{}, false, err
	}
	return all[0], true, nil
}

func settleDebt(ctx context.Context, tx *db.Tx, d *Debt) error {
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_debt SET waiting = false, settled_at = $1, settled_by = $2, settled_name = $3, settled_paper = $4 WHERE id = $5 AND waiting = true`,
		d.SettledAt, tx.By.ID, d.SettledName, d.SettledPaper, d.ID)
}

func reportDebt(ctx context.Context, tx *db.Tx, id string) error {
	return tx.One(ctx, fault.Stale(), `UPDATE approvals_debt SET reports = reports + 1, reported_at = $1 WHERE id = $2 AND waiting = true`, tx.At(), id)
}
