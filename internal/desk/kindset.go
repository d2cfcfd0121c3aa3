package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// KindIcons are the drawings to choose from.
var KindIcons = []string{"bolt", "droplet", "air-conditioning", "tools", "hammer", "elevator", "flame", "wind", "device-desktop", "bed", "heart", "broom", "spray", "shirt", "truck", "wheelchair",
	"test-pipe", "box", "bug", "plant-2", "users", "shield", "dots", "bath", "door", "key", "wifi", "phone", "wash-machine", "trash", "package", "car", "walk", "route", "eye"}

// AddKind makes a kind of the hospital's own, under the trade that does it. Needs
// MayArrange. Invalid, every flaw at once: no name or one that another kind has, and what
// SetKind refuses.
func AddKind(ctx context.Context, tx *db.Tx, k *Kind) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	k.ID, k.Version = tx.NewID(), 1
	bad, err := k.flaws(ctx, tx)
	if err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO desk_kind (`+kindColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23)`, append([]any{k.ID, k.Trade}, k.settings(1)...)...); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: KindNoun, Record: k.ID, Action: "add", Note: k.Name, After: k})
}

// SetKind changes how the hospital arranges a kind, for jobs that are entered from now on:
// those under way keep to what it was. Its trade stays. Needs MayArrange. Invalid, every
// flaw at once: an icon that is none, more than eight questions, times that are none, an
// emergency that is given more time than the rulebook gives (W-002, W-005, W-011), and
// repairs that nobody is to sign for (W-007).
func SetKind(ctx context.Context, tx *db.Tx, k Kind) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	was, err := KindOf(ctx, tx, k.ID)
	if err != nil {
		return err
	}
	k.Trade = was.Trade
	bad, err := k.flaws(ctx, tx)
	if err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE desk_kind SET name = $1, icon = $2, ward = $3, guest = $4, minutes = $5, working = $6, times = $7, photos = $8, parts = $9, costs = $10,
		asks = $11, carries = $12, crew = $13, certificates = $14, sign = $15, silence = $16, closed = $17, position = $18, askers = $19, budget = $20, version = $21 WHERE id = $22 AND version = $23`,
		append(k.settings(k.Version+1), k.ID, k.Version)...); err != nil {
		return err
	}
	body, err := json.Marshal(was)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO desk_kind_edition (kind, version, until, body) VALUES ($1,$2,$3,$4)`, was.ID, was.Version, tx.At(), string(body)); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: KindNoun, Record: k.ID, Action: "arrange", Before: was, After: k})
}

// settings are what is stored of a kind besides what it is, in the order of kindColumns.
func (k *Kind) settings(version int64) []any {
	return []any{k.Name, k.Icon, k.Ward, k.Guest, k.Minutes, k.Working, writeSpans(k.Times), k.Photos, k.Parts, k.Costs, k.Asks, k.Carries,
		k.Crew, string(people.Of(k.Certificates)), k.Sign, k.Silence, k.Closed, k.Position, string(people.Of(k.Askers)), k.Budget, version}
}

// nameMostKind is how long the name of a kind may be: what a card of a phone holds.
const nameMostKind = 12

// budgetMost is how long the name of a budget line may be.
const budgetMost = 40

// flaws are what is wrong with a kind.
func (k *Kind) flaws(ctx context.Context, tx *db.Tx) (bad fault.Complaints, err error) {
	k.Name, k.Asks = strings.TrimSpace(k.Name), strings.TrimSpace(k.Asks)
	if k.Sign == "" {
		k.Sign = SignWard
	}
	if !slices.Contains(Trades, string(k.Trade)) {
		bad.Add("trade", "base.bad_value", string(k.Trade))
	}
	if k.Own() && k.Name == "" {
		bad.Add("name", "base.required")
	}
	if len([]rune(k.Name)) > nameMostKind {
		bad.Add("name", "base.too_long", nameMostKind)
	}
	if k.Name != "" {
		_, taken, err := db.First(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT id FROM desk_kind WHERE name = $1 AND id <> $2 AND closed = false`, k.Name, k.ID)
		if err != nil {
			return bad, err
		}
		if taken && !k.Closed {
			bad.Add("name", "desk.kind_named_so", k.Name)
		}
	}
	if k.Budget = strings.Join(strings.Fields(strings.ReplaceAll(k.Budget, ",", "，")), " "); len([]rune(k.Budget)) > budgetMost {
		bad.Add("budget", "base.too_long", budgetMost)
	}
	if err := k.askerFlaws(ctx, tx, &bad); err != nil {
		return bad, err
	}
	if !slices.Contains(KindIcons, k.Icon) {
		bad.Add("icon", "base.bad_value", k.Icon)
	}
	if k.Minutes < 0 || k.Minutes > spanMost {
		bad.Add("minutes", "base.between", 0, spanMost)
	}
	if k.Photos < 0 || k.Photos > 9 {
		bad.Add("photos", "base.between", 0, 9)
	}
	if k.Guest && k.Trade == Medical { // whose devices guests do not touch (W-033)
		bad.Add("guest", "desk.kind_no_guests")
	}
	k.questionFlaws(&bad)
	for n, c := range k.Certificates {
		if !slices.Contains(people.CertificateKinds, c) || slices.Contains(k.Certificates[:n], c) {
			bad.Add("certificates", "base.bad_value", c)
		}
	}
	if k.Crew != "" {
		switch d, err := departments.Get(ctx, tx, k.Crew); {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add("crew", "base.no_such", k.Crew)
		case err != nil:
			return bad, err
		case d.Closed:
			bad.Add("crew", "desk.department_closed", d.Name)
		case k.Trade == Medical: // its owner is who the routes say (W-033)
			bad.Add("crew", "desk.medical_owner")
		}
	}
	if !slices.Contains(Signs, k.Sign) {
		bad.Add("sign", "base.bad_value", k.Sign)
	} else if k.Sign == SignNobody && !slices.Contains(services, k.Trade) {
		bad.Add("sign", "desk.kind_must_sign")
	}
	if k.Silence < Spoken || k.Silence > silenceMost {
		bad.Add("silence", "base.between", 0, silenceMost)
	} else if k.Silence > 0 && slices.Contains(Safety, k.Trade) {
		bad.Add("silence", "desk.kind_never_silent")
	}
	return bad, k.timeFlaws(ctx, tx, &bad)
}

// askerFlaws: each department once, and one that is there.
func (k *Kind) askerFlaws(ctx context.Context, tx *db.Tx, bad *fault.Complaints) error {
	if len(k.Askers) > 0 && !k.Ward {
		bad.Add("ward", "desk.kind_askers_no_wards")
	}
	for n, id := range k.Askers {
		switch _, err := departments.Get(ctx, tx, id); {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add(lineOf("askers", n)+".department", "base.no_such", id)
		case err != nil:
			return err
		case slices.Contains(k.Askers[:n], id):
			bad.Add(lineOf("askers", n)+".department", "desk.kind_asker_twice")
		}
	}
	return nil
}

func (k *Kind) questionFlaws(bad *fault.Complaints) {
	lines := strings.FieldsFunc(k.Asks, func(r rune) bool { return r == '\n' })
	if len(lines) > questionsMost {
		bad.Add("asks", "desk.too_many_questions", questionsMost)
	}
	for n, q := range k.Questions() {
		path := lineOf("questions", n)
		switch {
		case q.Text == "":
			bad.Add(path+".text", "base.required")
		case len([]rune(q.Text)) > 40:
			bad.Add(path+".text", "base.too_long", 40)
		case q.Sort == "choice" && (len(q.Choices) < 2 || len(q.Choices) > 20 || slices.Contains(q.Choices, "")):
			bad.Add(path+".choices", "desk.kind_choices")
		}
	}
}

// timeFlaws: each urgency once; no emergency has more time than the rulebook gives it.
func (k *Kind) timeFlaws(ctx context.Context, tx *db.Tx, bad *fault.Complaints) error {
	for n, s := range k.Times {
		path := lineOf("times", n)
		if !slices.Contains(Urgencies, string(s.Urgency)) {
			bad.Add(path+".urgency", "base.bad_value", string(s.Urgency))
		}
		if slices.ContainsFunc(k.Times[:n], func(o Span) bool { return o.Urgency == s.Urgency }) {
			bad.Add(path+".urgency", "desk.kind_timed_twice")
		}
		for _, t := range []struct {
			field, rule string
			minutes     int64
		}{{"answer", "W-002.dispatch", s.Answer}, {"come", "W-005.arrive", s.Come}, {"finish", target(Emergency), s.Finish}} {
			if t.minutes < 0 || t.minutes > spanMost {
				bad.Add(path+"."+t.field, "base.between", 0, spanMost)
			} else if s.Urgency == Emergency && t.minutes > 0 {
				book, err := rules.Span(ctx, tx, t.rule, tx.Today())
				if err != nil {
					return err
				}
				if most := int64(book.Minutes()); t.minutes > most {
					bad.Add(path+"."+t.field, "desk.kind_emergency", most)
				}
			}
		}
		if s.Answer+s.Come+s.Finish == 0 {
			bad.Add(path+".answer", "desk.kind_no_time")
		}
	}
	return nil
}

// Earlier is how many open jobs keep to what a kind was before it was changed.
func Earlier(ctx context.Context, r db.Reader, k *Kind) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FROM desk_job WHERE open = true AND kind = $1 AND kind_version > 0 AND kind_version <> $2`, k.ID, k.Version).Scan(&n)
	return n, err
}
