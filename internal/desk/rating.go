package desk

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/people"
)

// RatedFor are the reasons of a rating, the praise first.
var RatedFor = []string{"quick", "neat", "kind", "thorough", "slow", "untidy", "rude", "not_fixed", "no_word"}

// RateForm asks for a rating of what silence closed.
var RateForm = form.Of[Signing]{Name: "desk.rate", Fields: []form.Field[Signing]{
	{Key: "rating", Into: func(s *Signing) any { return &s.Rating }, Kind: form.Cards, OneOf: Ratings, Enum: "desk.sign.rating", Most: 5, Required: true},
	{Key: "reasons", Into: func(s *Signing) any { return &s.Reasons }, Kind: form.Many, OneOf: RatedFor, Enum: "desk.reason"},
	{Key: "opinion", Into: func(s *Signing) any { return &s.Opinion }, Most: 500},
}}

// rateable: what nobody rated yet; nobody rates their own work.
func rateable(by db.Actor, j *Job) error {
	if j.Rating > 0 || j.Source == "import" {
		return fault.New(fault.Conflict, "desk.rated_already")
	}
	return another(by, j)
}

// check says whether it is so bad that a complaint opens. Invalid: no such rating or
// reason, or a bad one that does not say why.
func (s *Signing) check(ctx context.Context, r db.Reader) (bad bool, err error) {
	if s.Rating < 0 || s.Rating > 5 {
		return false, fault.OnField("rating", "base.between", 0, 5)
	}
	for _, why := range s.Reasons {
		if !slices.Contains(RatedFor, why) {
			return false, fault.OnField("reasons", "base.bad_value", why)
		}
	}
	limit, err := TermOf(ctx, r, "bad_rating")
	if err != nil || s.Rating == 0 || s.Rating > limit {
		return false, err
	}
	if len(s.Reasons) == 0 && strings.TrimSpace(s.Opinion) == "" {
		return true, fault.OnField("reasons", "desk.why_bad")
	}
	return true, nil
}

// RateJob rates a job that is closed without a rating, such as by silence.
func RateJob(ctx context.Context, tx *db.Tx, id string, version int64, s Signing) (Job, error) {
	j, err := take(ctx, tx, id, version, "rate")
	if err != nil {
		return j, err
	}
	if s.Rating == 0 {
		return j, fault.OnField("rating", "base.required")
	}
	bad, err := s.check(ctx, tx)
	if err != nil {
		return j, err
	}
	j.Rating, j.Opinion = s.Rating, s.Opinion
	if err := keep(ctx, tx, &j, "rate", s.Opinion); err != nil {
		return j, err
	}
	return j, rated(ctx, tx, &j, s, bad)
}

// rated keeps the reasons, and opens a complaint when the rating is bad.
func rated(ctx context.Context, tx *db.Tx, j *Job, s Signing, bad bool) error {
	j.Reasons = people.Of(s.Reasons)
	if j.Reasons != "" {
		if _, err := tx.Exec(ctx, `UPDATE desk_job SET reasons = $1 WHERE id = $2`, j.Reasons, j.ID); err != nil {
			return err
		}
	}
	if !bad {
		return nil
	}
	_, err := openComplaint(ctx, tx, j, "rating", s.Opinion)
	return err
}
