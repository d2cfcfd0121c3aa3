package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// Need says that work of a trade takes a certificate.
type Need struct {
	Trade       Trade  `json:"trade"`
	Certificate string `json:"certificate"`
}

// UsualNeeds are what the state asks for nearly everywhere: an offer, not a rule, since a
// hospital whose register of certificates is empty could send nobody.
var UsualNeeds = []Need{{"electric", "electrician"}, {"lift", "lift"}, {"heating", "boiler"}, {"gas", "vessel"}, {"hvac", "refrigeration"}}

// Needs are the certificates that work takes, in the order of trades.
func Needs(ctx context.Context, r db.Reader) ([]Need, error) {
	return db.All(ctx, r, func(n *Need) []any { return []any{&n.Trade, &n.Certificate} }, `SELECT trade, certificate FROM desk_need ORDER BY trade, certificate`)
}

// SetNeeds replaces them; version is that of the NeedSheet that was looked at. From then on nobody without the certificate is sent to such
// work, or takes it.
func SetNeeds(ctx context.Context, tx *db.Tx, version int64, needs []Need) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	was, err := Needs(ctx, tx)
	if err != nil {
		return err
	}
	var bad fault.Complaints
	for n, x := range needs {
		if !slices.Contains(Trades, string(x.Trade)) {
			bad.Add(fmt.Sprintf("needs.%d.trade", n), "base.bad_value", string(x.Trade))
		}
		if !slices.Contains(people.CertificateKinds, x.Certificate) {
			bad.Add(fmt.Sprintf("needs.%d.certificate", n), "base.bad_value", x.Certificate)
		}
		if slices.Contains(needs[:n], x) {
			bad.Add(fmt.Sprintf("needs.%d.certificate", n), "desk.needed_twice")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := turnSheet(ctx, tx, NeedSheet, version); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM desk_need`); err != nil {
		return err
	}
	for _, x := range needs {
		if _, err := tx.Exec(ctx, `INSERT INTO desk_need (trade, certificate) VALUES ($1,$2)`, x.Trade, x.Certificate); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: "desk.settings", Record: "needs", Action: "needs", Before: was, After: needs})
}

// Lack is a certificate that somebody would need and does not hold: it ended on a day, or
// was never entered (Ended unset).
type Lack struct {
	Certificate string     `json:"certificate"`
	Ended       period.Day `json:"ended,omitempty"`
}

// Papers is what people hold for work of a trade: Lack the first certificate missing, nil
// for nothing, and Until the day on which the first of those needed ends.
type Papers struct {
	Lack  *Lack
	Until period.Day
}

// papers says of each of some people whether they may do a job today: by what its trade
// takes, and its kind besides. Where the
// rulebook does not ask for a certificate, none is missed.
func papers(ctx context.Context, r db.Reader, j *Job, persons []string) (map[string]Papers, error) {
	needed, err := db.All(ctx, r, func(s *string) []any { return []any{s} }, `SELECT certificate FROM desk_need WHERE trade = $1 ORDER BY certificate`, j.Trade)
	if err != nil || len(persons) == 0 {
		return nil, err
	}
	if j.Kind != "" {
		kind, err := kindAt(ctx, r, j)
		if err != nil {
			return nil, err
		}
		for _, c := range kind.Certificates {
			if !slices.Contains(needed, c) {
				needed = append(needed, c)
			}
		}
	}
	if len(needed) == 0 {
		return nil, nil
	}
	today := todayOf(r)
	must := map[string]bool{}
	for _, key := range []string{"O-006.certificate", "O-007.certificate", "O-007.block"} {
		if must[key], err = rules.On(ctx, r, key, today); err != nil {
			return nil, err
		}
	}
	of, err := people.CertificatesOf(ctx, r, persons)
	if err != nil {
		return nil, err
	}
	out := map[string]Papers{}
	for _, p := range persons {
		var x Papers
		for _, kind := range needed {
			missing, ended := must["O-007.certificate"], must["O-007.block"]
			if kind == "work" {
				missing, ended = must["O-006.certificate"], must["O-006.certificate"]
			}
			at := slices.IndexFunc(of[p], func(c people.Certificate) bool { return c.Kind == kind && c.IssuedOn <= today })
			switch {
			case at < 0 && missing && x.Lack == nil:
				x.Lack = &Lack{Certificate: kind}
			case at >= 0 && !of[p][at].Holds(today) && ended && x.Lack == nil:
				x.Lack = &Lack{Certificate: kind, Ended: of[p][at].EndsOn}
			case at >= 0 && (x.Until == "" || of[p][at].EndsOn < x.Until):
				x.Until = of[p][at].EndsOn
			}
		}
		out[p] = x
	}
	return out, nil
}

// certified refuses a person who lacks a certificate that the job takes, and names who
// could go instead. field is where a form said whom, "" for none.
func certified(ctx context.Context, tx *db.Tx, j *Job, person, name, field string) error {
	have, err := papers(ctx, tx, j, []string{person})
	if err != nil || have[person].Lack == nil {
		return err
	}
	lack := have[person].Lack
	could, err := could(ctx, tx, j)
	if err != nil {
		return err
	}
	var instead any = words.Key("desk.nobody_could")
	if len(could) > 0 {
		instead = strings.Join(could, "、")
	}
	key, args := "desk.certificate_missing", []any{name, words.Key("people.certificate.kind." + lack.Certificate), instead}
	if lack.Ended != "" {
		key, args = "desk.certificate_ended", append(args, lack.Ended)
	}
	if field != "" {
		return fault.OnField(field, key, args...).Under(people.CertificateClause(lack.Certificate))
	}
	return fault.New(fault.Conflict, key, args...).Under(people.CertificateClause(lack.Certificate))
}

// could names, at most five, who may do a job today: those on duty first.
func could(ctx context.Context, r db.Reader, j *Job) (names []string, err error) {
	all, err := Propose(ctx, r, j, 0)
	for _, c := range all {
		if c.Lack == nil && len(names) < 5 {
			names = append(names, c.Name)
		}
	}
	return names, err
}

// Unready counts, of each need, how many people of the crews that take such work lack the
// certificate today: what would stand still if it were asked for.
func Unready(ctx context.Context, r db.Reader, n Need) (lacking, of int, err error) {
	crews, err := db.All(ctx, r, func(s *string) []any { return []any{s} }, `SELECT DISTINCT crew FROM desk_route WHERE trade = $1`, n.Trade)
	if err != nil || len(crews) == 0 {
		return 0, 0, err
	}
	all, err := people.People.All(ctx, r, list.Where{}.And("p.closed = false").In("p.department", crews), 1000)
	if err != nil || len(all) == 0 {
		return 0, 0, err
	}
	ids := make([]string, len(all))
	for i, p := range all {
		ids[i] = p.ID
	}
	held, err := people.CertificatesOf(ctx, r, ids)
	today := todayOf(r)
	for _, id := range ids {
		if !slices.ContainsFunc(held[id], func(c people.Certificate) bool { return c.Kind == n.Certificate && c.Holds(today) }) {
			lacking++
		}
	}
	return lacking, len(ids), err
}

// todayOf is the hospital's day at the moment of reading.
func todayOf(r db.Reader) period.Day {
	if t, ok := r.(interface{ Today() period.Day }); ok {
		return t.Today()
	}
	return period.DayOf(r.Moment(), r.Moment().Location())
}
