package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// gate slows down those who guess. After free wrong guesses each further one must
// wait, twice as long as the one before, never longer than most, and guesses are
// forgotten one by one: a delay grows and passes, nobody is locked out for good.
type gate struct {
	id     string
	free   int64
	first  time.Duration
	most   time.Duration
	forget time.Duration // in which one wrong guess is forgotten

	until period.Instant // when this guess, being wrong, lets the next one through
}

// gates are what a sign-in passes: its account, and the address it comes from,
// where a whole ward may sit. From a browser in which the person has signed in
// before there is a gate of its own instead, so that a stranger's guesses do not
// keep the owner out (ASVS 6.1.1).
func (p Policy) gates(account, browser, address string) []*gate {
	most := time.Duration(p.DelayMinutes) * time.Minute
	first := time.Duration(p.DelaySeconds) * time.Second
	if browser != "" {
		return []*gate{{id: digest("browser", browser+" "+account), free: p.Tries, first: first, most: most, forget: 10 * time.Minute}}
	}
	return []*gate{
		{id: digest("account", account), free: p.Tries, first: first, most: most, forget: 10 * time.Minute},
		{id: digest("address", address), free: p.AddressTries, first: first, most: most, forget: 20 * time.Second},
	}
}

// digest is how secrets, and what may be one, stand in the books.
func digest(kind, text string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + text))
	return hex.EncodeToString(sum[:])
}

// knock counts a guess before it is looked at, so that a hundred at once do not
// pass as one. A gate that is shut answers TooMany; slow says that it shuts now.
func (g *gate) knock(ctx context.Context, tx *db.Tx) (slow bool, err error) {
	var failures int64
	var last, until period.Instant
	// The update changes nothing: it holds the row, whoever made it.
	if err := tx.QueryRowContext(ctx, `INSERT INTO people_guess (id) VALUES ($1)
		ON CONFLICT (id) DO UPDATE SET failures = people_guess.failures RETURNING failures, last, until`, g.id).Scan(&failures, &last, &until); err != nil {
		return false, err
	}
	now := tx.At()
	if wait := until.Sub(now); wait > 0 && wait <= g.most { // longer: the clock was put back
		return false, fault.New(fault.TooMany, "people.wait", (wait + time.Second - 1).Truncate(time.Second))
	}
	if past := now.Sub(last); past > 0 {
		failures = max(0, failures-int64(past/g.forget))
	}
	failures, g.until = failures+1, 0
	if over := failures - g.free; over >= 0 {
		g.until, slow = period.At(tx.Now.Add(g.delay(over))), true
	}
	_, err = tx.Exec(ctx, `UPDATE people_guess SET failures = $1, last = $2, until = $3 WHERE id = $4`, failures, now, g.until, g.id)
	return slow, err
}

func (g *gate) delay(over int64) time.Duration {
	if over > 20 {
		return g.most
	}
	return min(g.most, g.first<<over)
}

// forgive takes a guess back that was right. The account's gate opens wholly, the
// address's only by this one: somebody with a password of their own may be guessing
// others'.
func (g *gate) forgive(ctx context.Context, tx *db.Tx, wholly bool) error {
	if wholly {
		_, err := tx.Exec(ctx, `DELETE FROM people_guess WHERE id = $1`, g.id)
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE people_guess SET failures = failures - 1, until = CASE WHEN until = $1 THEN 0 ELSE until END
		WHERE id = $2 AND failures > 0`, g.until, g.id)
	return err
}
