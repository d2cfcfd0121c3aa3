package hospital

import (
	"context"
	"runtime/debug"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/jobs"
	"houqin/internal/base/period"
	"houqin/internal/base/seal"
	"houqin/internal/base/watch"
)

// How often the books are sealed, and how often all seals are examined.
const (
	sealEvery    = 10 * time.Minute
	examineEvery = 24 * time.Hour
)

// SealDue asks for a seal over what is not under one yet, ExamineDue for an
// examination of all seals.
type (
	SealDue    struct{}
	ExamineDue struct{}
)

func (h *Hospital) seals() {
	h.Jobs.Every("base.seal", sealEvery, func(ctx context.Context, tx *db.Tx) error { return jobs.Later(ctx, tx, SealDue{}) })
	jobs.Outside(h.Jobs, func(ctx context.Context, _ SealDue) error {
		defer debug.FreeOSMemory() // reading all that is new leaves much behind
		_, err := Seal(ctx, h.DB, h.cfg.SealHash)
		return err
	})
	h.Jobs.Every("base.examine", examineEvery, func(ctx context.Context, tx *db.Tx) error { return jobs.Later(ctx, tx, ExamineDue{}) })
	jobs.Outside(h.Jobs, func(ctx context.Context, _ ExamineDue) error {
		defer debug.FreeOSMemory()
		r, err := VerifySeals(ctx, h.DB)
		if err != nil {
			return err
		}
		for _, f := range r.Findings {
			h.Watch.Note(ctx, watch.Event{Kind: "seal", Alarm: true, What: string(f.What), Record: f.Record, Note: f.String()})
		}
		return nil
	})
}

// Seal seals what is not under a seal yet, by a digest of [seal.Algorithms] or "" for
// the first of them. The line of the newest seal goes to the log, which another
// system may keep; its number is 0 when nothing was new.
func Seal(ctx context.Context, d *db.DB, algorithm string) (seal.Anchor, error) {
	if algorithm == "" {
		algorithm = seal.Algorithms[0]
	}
	tables, err := db.AppendOnly(Migrations...)
	if err != nil {
		return seal.Anchor{}, err
	}
	s, err := seal.Run(ctx, d, tables, algorithm)
	if err != nil || s.Number == 0 {
		return seal.Anchor{}, err
	}
	a, err := s.Anchor(ctx, d)
	if err == nil {
		d.Log.InfoContext(ctx, "sealed", "seal", a.String())
	}
	return a, err
}

// ProveTrail says what the seals hold of the trail written from … before until, after
// examining them all.
func ProveTrail(ctx context.Context, r db.Reader, from, until period.Instant) (seal.Proof, error) {
	tables, err := db.AppendOnly(Migrations...)
	if err != nil {
		return seal.Proof{}, err
	}
	return seal.Prove(ctx, r, tables, from, until)
}

// VerifySeals examines every seal and every sealed row; anchors are lines of seals
// that were kept outside.
func VerifySeals(ctx context.Context, r db.Reader, anchors ...seal.Anchor) (*seal.Report, error) {
	tables, err := db.AppendOnly(Migrations...)
	if err != nil {
		return nil, err
	}
	return seal.Verify(ctx, r, tables, anchors...)
}
