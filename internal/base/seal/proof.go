package seal

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
)

// Proof is what can be said of the trail of a stretch of time: how many rows were written
// in it, the seals First to Last that they lie under, and what an examination of all seals
// found just now. Whole is false while some of it waits for its seal.
type Proof struct {
	Records     int64
	First, Last Seal
	Whole       bool
	Report      *Report
}

// Clean says that the whole stretch is sealed and that nothing is other than it was.
func (p *Proof) Clean() bool { return p.Whole && len(p.Report.Findings) == 0 }

// Prove examines all seals, as [Verify] does, and says what they hold of the trail written
// from … before until.
func Prove(ctx context.Context, r db.Reader, tables []string, from, until period.Instant) (p Proof, err error) {
	if err := r.QueryRowContext(ctx, `SELECT count(*) FROM base_trail WHERE at >= $1 AND at < $2`, from, until).Scan(&p.Records); err != nil {
		return p, err
	}
	after := func(at period.Instant) (Seal, bool, error) {
		return db.First(ctx, r, (*Seal).into, `SELECT `+columns+` FROM base_seal WHERE at >= $1 ORDER BY number LIMIT 1`, at)
	}
	if p.First, _, err = after(from); err != nil {
		return p, err
	}
	if p.Last, p.Whole, err = after(until); err != nil {
		return p, err
	}
	if !p.Whole {
		if p.Last, err = Last(ctx, r); err != nil {
			return p, err
		}
	}
	p.Report, err = Verify(ctx, r, tables)
	return p, err
}
