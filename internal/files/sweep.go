package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"houqin/internal/base/db"
)

// grace is how long a blob may lie there before a file must need it.
const grace = 24 * time.Hour

// Unit runs one unit of work.
type Unit func(context.Context, func(*db.Tx) error) error

// SweepDue is the job of sweeping; it reaches outside the database.
type SweepDue struct{}

// Sweep takes away the blobs of more than a day that no file needs: what was sent
// and never attached, because the person went away or the unit of work failed. It
// says how many. Looking goes on outside any unit; each blob is taken away in one
// of its own, holding the row at which Attach would wait.
func Sweep(ctx context.Context, r db.Reader, unit Unit, s *Store) (gone int, err error) {
	var some, orphans []string
	look := func() error {
		need, err := needed(ctx, r, some)
		for _, b := range some {
			if !need[b] {
				orphans = append(orphans, b)
			}
		}
		some = some[:0]
		return err
	}
	err = s.shelf.each(ctx, r.Moment().Add(-grace), func(key string) error {
		if some = append(some, key); len(some) < 200 {
			return nil
		}
		return look()
	})
	if err == nil && len(some) > 0 {
		err = look()
	}
	if err != nil {
		return 0, away(err)
	}
	for _, blob := range orphans {
		err := unit(ctx, func(tx *db.Tx) error {
			if err := claim(ctx, tx, blob); err != nil {
				return err
			}
			need, err := needed(ctx, tx, []string{blob})
			if err != nil || need[blob] {
				return err
			}
			if err := s.shelf.remove(ctx, blob); err != nil {
				return away(err)
			}
			gone++
			return disclaim(ctx, tx, blob)
		})
		if err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// Verify reads every blob that a file needs, and tells of each file whose bytes
// are not there or are not what they were when they were taken in.
func Verify(ctx context.Context, r db.Reader, s *Store, wrong func(f File, why error) error) error {
	for last := ""; ; {
		some, err := after(ctx, r, last, 200)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, f := range some {
			for _, blob := range []string{f.SHA256, f.thumb} {
				if blob == "" {
					continue
				}
				if why := s.intact(ctx, blob); ctx.Err() != nil {
					return ctx.Err()
				} else if why != nil {
					if err := wrong(f, why); err != nil {
						return err
					}
				}
			}
			last = f.ID
		}
	}
}

func (s *Store) intact(ctx context.Context, blob string) error {
	r, _, err := s.shelf.open(ctx, blob)
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != blob {
		return fmt.Errorf("the blob %s holds something else", blob)
	}
	return nil
}
