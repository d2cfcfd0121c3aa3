// Package seal is the notary: it puts the hospital's books under seal, row by row as
// they grow, so that whoever alters one afterwards, with whatever rights on the
// database, can be shown which row it was.
//
// A seal covers rows of all append-only tables: the trail, the postings, the papers,
// the signatures. It holds the digest of each row, the root of the tree over them and
// the digest of the seal before. Whoever can write the database could make a whole new
// chain; therefore a seal's last line is carried outside, on paper or in another
// system's log, and [Verify] compares (see docs/decisions/0011).
//
// Rows are sealed as they are seen, not up to a moment: a unit of work of another copy
// may commit behind one that began later, and its rows come under the next seal.
package seal

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
)

// Seal is one seal and what it stands on.
type Seal struct {
	Number    int64
	At        period.Instant
	Algorithm string
	Previous  string
	Records   int64
	Root      string
	Digest    string

	shape, through string
	packed         []byte
}

// shape is how the tables under a seal looked, by their names.
type shape map[string]db.Ledger

const (
	// most rows under one seal: what is held in memory, and what one unit writes.
	most = 4096
	// lateness of a row that still comes under a seal: how long a unit of work may
	// last, and how far the clocks of two copies may lie apart.
	lateness = time.Hour
	// turned is how far the clock may be put back before rows that stand in the order of
	// their moments, rather than of ids, come to stand where nobody looks for new ones.
	turned = 48 * time.Hour
)

var errOvertaken = errors.New("another copy of the program sealed first")

// own is the table of the seals, which hold each other.
const own = "base_seal"

// covered are the tables to be sealed, in their order.
func covered(tables []string) []string {
	kept := slices.DeleteFunc(slices.Clone(tables), func(t string) bool { return t == own })
	slices.Sort(kept)
	return slices.Compact(kept)
}

// Run seals every row that is not yet under a seal and gives the last seal made; its
// number is 0 when there was nothing. Rows are read beside those who work; only the
// seal itself is written in a unit of work.
func Run(ctx context.Context, d *db.DB, tables []string, algorithm string) (last Seal, err error) {
	h, ok := newHasher(algorithm)
	if !ok {
		return Seal{}, fmt.Errorf("no digest is called %q", algorithm)
	}
	looked := false
	for {
		s, leaves, err := next(ctx, d, tables, h, algorithm, !looked)
		if err != nil || s == nil {
			return last, err
		}
		looked = true
		err = d.Do(ctx, db.System("seal"), func(tx *db.Tx) error { return s.put(ctx, tx, h, leaves) })
		if errors.Is(err, errOvertaken) {
			looked = false
			continue
		}
		if err != nil {
			return last, err
		}
		last = *s
		if s.Records < most {
			return last, nil
		}
	}
}

// next gathers what the next seal covers; nil when there is nothing.
func next(ctx context.Context, d *db.DB, tables []string, h *hasher, algorithm string, look bool) (*Seal, []leaf, error) {
	head, err := Last(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	through, err := head.reached()
	if err != nil {
		return nil, nil, err
	}
	tardy := map[string][]string{}
	if look && head.Number > 0 {
		if tardy, err = late(ctx, d, head); err != nil {
			return nil, nil, err
		}
	}
	looks := shape{}
	var leaves []leaf
	for _, t := range covered(tables) {
		l, err := db.LedgerOf(ctx, d, t)
		if err != nil {
			return nil, nil, err
		}
		looks[t] = l
		take := func(line db.Line) error {
			leaves = append(leaves, leaf{table: t, key: line.Key, at: line.At, by: line.By, digest: bytes.Clone(h.row(line.Text))})
			return nil
		}
		for _, key := range tardy[t] {
			if len(leaves) >= most {
				break
			}
			k, err := unpackKey(key)
			if err != nil {
				return nil, nil, err
			}
			if err := l.Line(ctx, d, k, take); err != nil {
				return nil, nil, err
			}
		}
		if room := most - len(leaves); room > 0 {
			if err := l.Lines(ctx, d, through[t], nil, room, take); err != nil {
				return nil, nil, err
			}
		}
	}
	if len(leaves) == 0 {
		return nil, nil, nil
	}
	for _, l := range leaves {
		if compare(l.key, through[l.table]) > 0 {
			through[l.table] = l.key
		}
	}
	s := &Seal{Number: head.Number + 1, Algorithm: algorithm, Previous: head.Digest, Records: int64(len(leaves))}
	if s.shape, err = text(looks); err == nil {
		s.through, err = text(through)
	}
	return s, leaves, err
}

func text(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// put writes the seal, unless another copy of the program was first.
func (s *Seal) put(ctx context.Context, tx *db.Tx, h *hasher, leaves []leaf) error {
	// Whoever seals holds this row, so that there is one at a time.
	if _, err := tx.Exec(ctx, `INSERT INTO base_clock (name, last) VALUES ('base.sealing', $1) ON CONFLICT (name) DO UPDATE SET last = excluded.last`, tx.At()); err != nil {
		return err
	}
	head, err := Last(ctx, tx)
	if err != nil {
		return err
	}
	if head.Digest != s.Previous || head.Number != s.Number-1 {
		return errOvertaken
	}
	hospital, err := db.Setting(ctx, tx, "base.hospital")
	if err != nil {
		return err
	}
	s.At = tx.At()
	if s.packed, err = pack(leaves); err != nil {
		return err
	}
	s.Root = hex.EncodeToString(h.root(digests(leaves)))
	s.Digest = s.sum(h, hospital)
	_, err = tx.Exec(ctx, `INSERT INTO base_seal (number, at, algorithm, previous, records, shape, through, leaves, root, digest)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`, s.Number, s.At, s.Algorithm, s.Previous, s.Records, s.shape, s.through, s.packed, s.Root, s.Digest)
	return err
}

// sum is the digest of all that a seal says.
func (s *Seal) sum(h *hasher, hospital string) string {
	return h.hex(fmt.Appendf(nil, "houqin seal 1\n%s\n%d\n%d\n%s\n%s\n%d\n%s\n%s\n%s\n%s\n", hospital, s.Number, int64(s.At), s.Algorithm, s.Previous,
		s.Records, h.hex([]byte(s.shape)), h.hex([]byte(s.through)), h.hex(s.packed), s.Root))
}

const columns = `number, at, algorithm, previous, records, shape, through, leaves, root, digest`

func (s *Seal) into() []any {
	return []any{&s.Number, &s.At, &s.Algorithm, &s.Previous, &s.Records, &s.shape, &s.through, &s.packed, &s.Root, &s.Digest}
}

// Last is the newest seal; its number is 0 when there is none.
func Last(ctx context.Context, r db.Reader) (Seal, error) {
	s, _, err := db.First(ctx, r, (*Seal).into, `SELECT `+columns+` FROM base_seal ORDER BY number DESC LIMIT 1`)
	return s, err
}

// Get is the seal of a number; ok is false when there is none.
func Get(ctx context.Context, r db.Reader, number int64) (s Seal, ok bool, err error) {
	return db.First(ctx, r, (*Seal).into, `SELECT `+columns+` FROM base_seal WHERE number = $1`, number)
}

func (s *Seal) reached() (map[string][]any, error) {
	through := map[string][]any{}
	if s.Number == 0 {
		return through, nil
	}
	d := json.NewDecoder(bytes.NewReader([]byte(s.through)))
	d.UseNumber()
	if err := d.Decode(&through); err != nil {
		return nil, err
	}
	for _, key := range through {
		for i, v := range key {
			if n, ok := v.(json.Number); ok {
				whole, err := n.Int64()
				if err != nil {
					return nil, err
				}
				key[i] = whole
			}
		}
	}
	return through, nil
}

func (s *Seal) looks() (shape, error) {
	look := shape{}
	return look, json.Unmarshal([]byte(s.shape), &look)
}

// late finds rows that came to stand behind the head although they are not sealed: it
// goes through the last hour's seals and rows side by side.
func late(ctx context.Context, r db.Reader, head Seal) (map[string][]string, error) {
	since := min(r.Moment().UnixMicro(), int64(head.At))
	if head.Number > 1 {
		before, ok, err := Get(ctx, r, head.Number-1)
		if err != nil {
			return nil, err
		}
		if ok {
			since = min(since, int64(before.At))
		}
	}
	from := time.UnixMicro(since)
	// Seals reach further from one to the next, so those are enough that reach this far.
	first := head.Number
	for ; first > 1; first-- {
		s, ok, err := Get(ctx, r, first-1)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		reached, err := s.reached()
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(slices.Collect(maps.Values(reached)), func(k []any) bool { return compare(k, floorOf(k, from)) >= 0 }) {
			break
		}
	}
	w := newWalk(r, from, nil)
	for n := first; n <= head.Number; n++ {
		s, ok, err := Get(ctx, r, n)
		if err != nil || !ok {
			return nil, err
		}
		leaves, err := unpack(s.packed)
		if err != nil {
			return nil, err
		}
		if err := w.along(ctx, &s, leaves); err != nil {
			return nil, err
		}
	}
	return w.loose(), nil
}

// compare puts keys in the order of the tables; a missing one stands before all.
func compare(a, b []any) int {
	for i := range min(len(a), len(b)) {
		c := 0
		switch x := a[i].(type) {
		case string:
			y, _ := b[i].(string)
			c = cmp.Compare(x, y)
		case int64:
			y, _ := b[i].(int64)
			c = cmp.Compare(x, y)
		}
		if c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}
