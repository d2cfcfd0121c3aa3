package seal

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// Words are what is said of seals.
//
//go:embed words/*.json
var Words embed.FS

// Anchor is the last line of a seal as it is kept outside the database: on a page on
// the wall, in another system's log. Whoever rewrites the books and all their seals
// cannot rewrite it.
type Anchor struct {
	Hospital  string // a short mark of the hospital's name for life
	Number    int64
	At        period.Instant
	Algorithm string
	Digest    string
}

// tag is enough of a hospital's name to tell it from others.
func tag(hospital string) string {
	sum := sha256.Sum256([]byte(hospital))
	return hex.EncodeToString(sum[:4])
}

// Anchor is the line to keep of a seal.
func (s Seal) Anchor(ctx context.Context, r db.Reader) (Anchor, error) {
	hospital, err := db.Setting(ctx, r, "base.hospital")
	return Anchor{tag(hospital), s.Number, s.At, s.Algorithm, s.Digest}, err
}

const anchorHead = "houqin-seal"

// String is the line: houqin-seal 1f0a99c3 42 2026-11-21T16:00:00.000000Z sha256 9f86…
func (a Anchor) String() string {
	return fmt.Sprintf("%s %s %d %s %s %s", anchorHead, a.Hospital, a.Number, a.At.Time().UTC().Format("2006-01-02T15:04:05.000000Z"), a.Algorithm, a.Digest)
}

// ParseAnchor reads a line as String writes it, also with other spaces, line breaks
// and capitals, as it may come from a scanner or a keyboard. All else is Invalid at
// "seal" with base.seal.unreadable.
func ParseAnchor(line string) (a Anchor, err error) {
	bad := fault.OnField("seal", "base.seal.unreadable")
	f := strings.Fields(strings.ToLower(line))
	if len(f) < 6 || f[0] != anchorHead {
		return a, bad
	}
	a.Hospital, a.Algorithm, a.Digest = f[1], f[4], strings.Join(f[5:], "")
	if a.Number, err = strconv.ParseInt(f[2], 10, 64); err != nil || a.Number < 1 {
		return a, bad
	}
	at, err := time.Parse("2006-01-02t15:04:05.000000z", f[3])
	if err != nil {
		return a, bad
	}
	a.At = period.At(at)
	if b, err := hex.DecodeString(a.Digest); err != nil || len(b) != size || algorithms[a.Algorithm] == nil {
		return a, bad
	}
	return a, nil
}

// Kept compares one line that was kept outside with the seal of its number, without
// examining any row; nil is as it was.
func Kept(ctx context.Context, r db.Reader, a Anchor) (*Finding, error) {
	s, ok, err := Get(ctx, r, a.Number)
	if err != nil {
		return nil, err
	}
	if !ok {
		return &Finding{What: Cut, Seal: a.Number, At: a.At}, nil
	}
	hospital, err := db.Setting(ctx, r, "base.hospital")
	if err != nil {
		return nil, err
	}
	h, known := newHasher(s.Algorithm)
	if !known || s.sum(h, hospital) != s.Digest {
		return &Finding{What: Broken, Seal: a.Number, At: s.At}, nil
	}
	if a.Digest != s.Digest || a.Algorithm != s.Algorithm || a.Hospital != tag(hospital) {
		return &Finding{What: Replaced, Seal: a.Number, At: a.At}, nil
	}
	return nil, nil
}

// Recent are the newest seals, newest first.
func Recent(ctx context.Context, r db.Reader, most int) ([]Seal, error) {
	return db.All(ctx, r, (*Seal).into, `SELECT `+columns+` FROM base_seal ORDER BY number DESC LIMIT $1`, most)
}
