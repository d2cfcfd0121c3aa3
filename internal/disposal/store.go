package disposal

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
)

func insertSlip(ctx context.Context, tx *db.Tx, s *Slip) error {
	search, err := s.tokens(ctx, tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO disposal_slip (id, number, origin, store, department, reason, state, lines, amount, drawn_by, drawn_name, drawn_at, search)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`, s.ID, s.Number, s.Origin, s.Store, s.Department, s.Reason, s.State, s.Count, s.Amount, s.DrawnBy, s.DrawnName, s.DrawnAt, search); err != nil {
		return err
	}
	return insertLines(ctx, tx, s)
}

func (s *Slip) tokens(ctx context.Context, tx *db.Tx) (string, error) {
	texts := []string{s.Number, s.Reason, s.DepartmentName, s.StoreName}
	for _, l := range s.Lines {
		texts = append(texts, l.Name+" "+l.Spec, l.Lot)
	}
	return tx.Tokens(ctx, texts[:min(len(texts), 60)]...)
}

func insertLines(ctx context.Context, tx *db.Tx, s *Slip) error {
	for _, l := range s.Lines {
		if _, err := tx.Exec(ctx, `INSERT INTO disposal_line (slip, line, item, name, spec, model, unit, bin, lot, expiry, qty, amount, cause) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
			s.ID, l.N, l.Item, l.Name, l.Spec, l.Model, l.Unit, l.Bin, l.Lot, l.Expiry, l.Qty, l.Amount, l.Cause); err != nil {
			return err
		}
	}
	return nil
}

func replaceLines(ctx context.Context, tx *db.Tx, s *Slip) error {
	if _, err := tx.Exec(ctx, `DELETE FROM disposal_line WHERE slip = $1`, s.ID); err != nil {
		return err
	}
	search, err := s.tokens(ctx, tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE disposal_slip SET search = $1, lines = $2 WHERE id = $3`, search, s.Count, s.ID); err != nil {
		return err
	}
	return insertLines(ctx, tx, s)
}

// linesOf are a form's lines in their order.
func linesOf(ctx context.Context, r db.Reader, slip string) ([]Line, error) {
	return db.All(ctx, r, func(l *Line) []any {
		return []any{&l.N, &l.Item, &l.Name, &l.Spec, &l.Model, &l.Unit, &l.Bin, &l.Lot, &l.Expiry, &l.Qty, &l.Amount, &l.Cause, &l.held}
	}, `SELECT line, item, name, spec, model, unit, bin, lot, expiry, qty, amount, cause, hold FROM disposal_line WHERE slip = $1 ORDER BY line`, slip)
}

// Get is a form that the person sees, with its lines; else NotFound.
func Get(ctx context.Context, r db.Reader, by db.Actor, id string) (Slip, error) {
	s, err := Slips.Get(ctx, r, Scope(by).And("s.id = ?", id))
	if err == nil {
		s.Lines, err = linesOf(ctx, r, id)
	}
	return s, err
}

// whole is a form whoever asks, with its lines.
func whole(ctx context.Context, r db.Reader, id string) (Slip, error) {
	return Get(ctx, r, db.System(""), id)
}

// hold locks a form that the person sees and takes a step with it.
func hold(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Slip, error) {
	var was State
	s, err := Life.Take(ctx, tx, id, version, step, func(ctx context.Context, r db.Reader, by db.Actor, id string) (Slip, error) {
		s, err := Get(ctx, r, by, id)
		was = s.State
		return s, err
	})
	if step == "change" {
		s.State = was // until what stands on it is void
	}
	return s, err
}

// keep stores a form after a step and tells the trail.
func keep(ctx context.Context, tx *db.Tx, s *Slip, step, note string) error {
	s.Open = !slices.Contains([]State{WrittenOff, Refused, Dropped}, s.State)
	if err := tx.One(ctx, fault.Stale(), `UPDATE disposal_slip SET reason = $1, state = $2, open = $3, lines = $4, amount = $5, applied_by = $6, applied_name = $7, applied_at = $8, verified_by = $9, verified_name = $10,
		verified_at = $11, verified_note = $12, returned_by = $13, returned_name = $14, returned_at = $15, spot = $16, case_id = $17, paper = $18, stuck = $19, document = $20, document_number = $21,
		ended_at = $22, ended_day = $23, note = $24, version = version + 1 WHERE id = $25 AND version = $26`,
		s.Reason, s.State, s.Open, s.Count, s.Amount, s.AppliedBy, s.AppliedName, s.AppliedAt, s.VerifiedBy, s.VerifiedName, s.VerifiedAt, s.VerifiedNote, s.ReturnedBy, s.ReturnedName, s.ReturnedAt,
		s.Spot, s.Case, s.Paper, s.Stuck, s.Document, s.DocumentNumber, s.EndedAt, s.EndedDay, s.Note, s.ID, s.Version); err != nil {
		return err
	}
	s.Version++
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: s.ID, Action: step, Note: note})
}

type lotKey struct{ item, bin, lot string }

// takenLots is what stands on the open forms over a store's goods, except one form.
func takenLots(ctx context.Context, r db.Reader, store, except string) (map[lotKey]quantity.Qty, error) {
	type row struct {
		lotKey
		qty quantity.Qty
	}
	all, err := db.All(ctx, r, func(t *row) []any { return []any{&t.item, &t.bin, &t.lot, &t.qty} }, `SELECT l.item, l.bin, l.lot, CAST(sum(l.qty) AS BIGINT)
		FROM disposal_slip s JOIN disposal_line l ON l.slip = s.id WHERE s.open = true AND s.origin = 'store' AND s.store = $1 AND s.id <> $2 GROUP BY l.item, l.bin, l.lot`, store, except)
	taken := make(map[lotKey]quantity.Qty, len(all))
	for _, t := range all {
		taken[t.lotKey] = t.qty
	}
	return taken, err
}

// Slips is the list of forms, newest first.
var Slips = list.Of[Slip]{
	Name:  "disposal.slips",
	From:  `disposal_slip s LEFT JOIN warehouse_store w ON w.id = s.store LEFT JOIN departments_department k ON k.id = s.department`,
	Order: "-id", Alias: "s", Table: "disposal_slip", Live: []string{Noun},
	Href: func(s *Slip) string { return "/disposal/slips/" + s.ID },
	Columns: []list.Column[Slip]{
		{Key: "number", SQL: "s.number", Into: func(s *Slip) any { return &s.Number }},
		{Key: "state", SQL: "s.state", Into: func(s *Slip) any { return &s.State }, OneOf: States, Enum: "disposal.slip.state", Tone: slipTone},
		{Key: "department", SQL: "s.department", Into: func(s *Slip) any { return &s.Department }, Ref: "departments", Text: func(s *Slip) string { return s.DepartmentName }},
		{Key: "origin", SQL: "s.origin", Into: func(s *Slip) any { return &s.Origin }, OneOf: Origins, Enum: "disposal.origin"},
		{Key: "reason", SQL: "s.reason", Into: func(s *Slip) any { return &s.Reason }},
		{Key: "count", SQL: "s.lines", Into: func(s *Slip) any { return &s.Count }},
		{Key: "amount", SQL: "s.amount", Into: func(s *Slip) any { return &s.Amount }, Range: true},
		{Key: "drawn_at", SQL: "s.drawn_at", Into: func(s *Slip) any { return &s.DrawnAt }, Range: true},
		{Key: "store", SQL: "s.store", Into: func(s *Slip) any { return &s.Store }, Ref: "stores", Text: func(s *Slip) string { return s.StoreName }},
		{Key: "paper", SQL: "s.paper", Into: func(s *Slip) any { return &s.Paper }, Aside: true},
		{Key: "document_number", SQL: "s.document_number", Into: func(s *Slip) any { return &s.DocumentNumber }, Aside: true},
		{Key: "ended_day", SQL: "s.ended_day", Into: func(s *Slip) any { return &s.EndedDay }, Range: true, Aside: true},
		{Key: "open", SQL: "s.open", Into: func(s *Slip) any { return &s.Open }, Aside: true},
		{Key: "drawn_name", SQL: "s.drawn_name", Into: func(s *Slip) any { return &s.DrawnName }, Aside: true},
		{Key: "applied_name", SQL: "s.applied_name", Into: func(s *Slip) any { return &s.AppliedName }, Aside: true},
		{Key: "verified_name", SQL: "s.verified_name", Into: func(s *Slip) any { return &s.VerifiedName }, Aside: true},
		{Key: "papered", SQL: "(s.paper <> '')", Into: func(s *Slip) any { return &s.Papered }, Hidden: true},
		{Key: "two_signed", SQL: "(s.applied_by <> '' AND s.verified_by <> '')", Into: func(s *Slip) any { return &s.TwoSigned }, Hidden: true},
		{Key: "came_back", SQL: "(s.returned_by <> '')", Into: func(s *Slip) any { return &s.CameBack }, Hidden: true},
		{Key: "id", SQL: "s.id", Into: func(s *Slip) any { return &s.ID }, Hidden: true},
		{Key: "drawn_by", SQL: "s.drawn_by", Into: func(s *Slip) any { return &s.DrawnBy }, Hidden: true},
		{Key: "applied_by", SQL: "s.applied_by", Into: func(s *Slip) any { return &s.AppliedBy }, Hidden: true},
		{Key: "applied_at", SQL: "s.applied_at", Into: func(s *Slip) any { return &s.AppliedAt }, Hidden: true},
		{Key: "verified_by", SQL: "s.verified_by", Into: func(s *Slip) any { return &s.VerifiedBy }, Hidden: true},
		{Key: "verified_at", SQL: "s.verified_at", Into: func(s *Slip) any { return &s.VerifiedAt }, Hidden: true},
		{Key: "verified_note", SQL: "s.verified_note", Into: func(s *Slip) any { return &s.VerifiedNote }, Hidden: true},
		{Key: "returned_by", SQL: "s.returned_by", Into: func(s *Slip) any { return &s.ReturnedBy }, Hidden: true},
		{Key: "returned_name", SQL: "s.returned_name", Into: func(s *Slip) any { return &s.ReturnedName }, Hidden: true},
		{Key: "returned_at", SQL: "s.returned_at", Into: func(s *Slip) any { return &s.ReturnedAt }, Hidden: true},
		{Key: "spot", SQL: "s.spot", Into: func(s *Slip) any { return &s.Spot }, Hidden: true},
		{Key: "case", SQL: "s.case_id", Into: func(s *Slip) any { return &s.Case }, Hidden: true},
		{Key: "stuck", SQL: "s.stuck", Into: func(s *Slip) any { return &s.Stuck }, Hidden: true},
		{Key: "document", SQL: "s.document", Into: func(s *Slip) any { return &s.Document }, Hidden: true},
		{Key: "ended_at", SQL: "s.ended_at", Into: func(s *Slip) any { return &s.EndedAt }, Hidden: true},
		{Key: "note", SQL: "s.note", Into: func(s *Slip) any { return &s.Note }, Hidden: true},
		{Key: "version", SQL: "s.version", Into: func(s *Slip) any { return &s.Version }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(s *Slip) any { return &s.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "coalesce(w.department, '')", Into: func(s *Slip) any { return &s.Keeping }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(k.name, '')", Into: func(s *Slip) any { return &s.DepartmentName }, Hidden: true},
		{Key: "head", SQL: "coalesce(k.head, '')", Into: func(s *Slip) any { return &s.Head }, Hidden: true},
	},
}
