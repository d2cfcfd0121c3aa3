package seal

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
)

// Report is what an examination of the seals found.
type Report struct {
	Seals    int64
	Records  int64 // under them
	Unsealed int64 // rows that wait for the next
	Last     Seal
	// Findings begin with the first record that is not as it was; at most twenty.
	Findings []Finding
}

const findingsMost = 20

// Verify goes through every seal and every sealed row and names what was changed,
// removed or added since; anchors are last lines of seals that were kept elsewhere.
// tables are those that the program adds to only. It reads while others write.
func Verify(ctx context.Context, r db.Reader, tables []string, anchors ...Anchor) (*Report, error) {
	v := &verification{r: r, report: &Report{}, anchors: map[int64][]Anchor{}}
	for _, a := range anchors {
		v.anchors[a.Number] = append(v.anchors[a.Number], a)
	}
	var err error
	if v.hospital, err = db.Setting(ctx, r, "base.hospital"); err != nil {
		return nil, err
	}
	v.walk = newWalk(r, time.Time{}, v.found)
	if err := v.chain(ctx); err != nil {
		return nil, err
	}
	for _, at := range v.walk.tables {
		for _, f := range at.waiting {
			if young(f.key, r.Moment()) { // it may have been committed late and come under the next seal
				v.report.Unsealed++
				continue
			}
			v.found(f)
		}
	}
	if err := v.rest(ctx, tables); err != nil {
		return nil, err
	}
	v.outside()
	slices.SortStableFunc(v.report.Findings, first)
	v.report.Findings = v.report.Findings[:min(len(v.report.Findings), findingsMost)]
	return v.report, v.name(ctx)
}

// first puts findings in the order of the seals, then of the moments.
func first(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Seal, b.Seal), cmp.Compare(a.At, b.At), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Record, b.Record))
}

type verification struct {
	r        db.Reader
	hospital string
	anchors  map[int64][]Anchor
	walk     *walk
	report   *Report
}

// found keeps the first findings; more than can be said are sorted out now and then.
func (v *verification) found(f Finding) {
	all := &v.report.Findings
	if *all = append(*all, f); len(*all) >= 50*findingsMost {
		slices.SortStableFunc(*all, first)
		*all = (*all)[:findingsMost]
	}
}

// chain follows the seals from the first to the last, and the rows with them.
func (v *verification) chain(ctx context.Context) error {
	before := Seal{}
	for {
		// One at a time: a statement left open over all would hold back what the engine may tidy up.
		s, ok, err := db.First(ctx, v.r, (*Seal).into, `SELECT `+columns+` FROM base_seal WHERE number > $1 ORDER BY number LIMIT 1`, before.Number)
		if err != nil {
			return err
		}
		if !ok {
			v.report.Last = before
			return nil
		}
		for n := before.Number + 1; n < s.Number; n++ {
			v.found(Finding{What: Torn, Seal: n})
			if n-before.Number > findingsMost {
				break
			}
		}
		leaves, err := v.sound(&s, &before)
		if err == nil {
			err = v.walk.along(ctx, &s, leaves)
		}
		if err != nil {
			return err
		}
		v.report.Seals++
		v.report.Records += s.Records
		before = s
	}
}

// sound checks a seal by itself and against the one before.
func (v *verification) sound(s, before *Seal) ([]leaf, error) {
	broken := Finding{What: Broken, Seal: s.Number, At: s.At}
	h, known := newHasher(s.Algorithm)
	leaves, err := unpack(s.packed)
	if err != nil || !known {
		v.found(broken)
		return nil, nil
	}
	if _, err := s.looks(); err != nil || int64(len(leaves)) != s.Records || hex.EncodeToString(h.root(digests(leaves))) != s.Root ||
		s.sum(h, v.hospital) != s.Digest || s.Number == before.Number+1 && s.Previous != before.Digest {
		v.found(broken)
	}
	for _, a := range v.anchors[s.Number] {
		if a.Digest != s.Digest || a.Algorithm != s.Algorithm || a.Hospital != tag(v.hospital) {
			v.found(Finding{What: Replaced, Seal: s.Number, At: a.At})
		}
	}
	delete(v.anchors, s.Number)
	return leaves, nil
}

// rest looks at what no seal covers yet, and whether the tables still guard their rows.
func (v *verification) rest(ctx context.Context, tables []string) error {
	all := append(slices.Clone(tables), slices.Collect(maps.Keys(v.walk.tables))...)
	for _, t := range append(covered(all), own) {
		guarded, err := db.Guarded(ctx, v.r, t)
		if err != nil {
			return err
		}
		if !guarded {
			v.found(Finding{What: Unguarded, Table: t})
		}
		if t == own {
			continue
		}
		l, err := db.LedgerOf(ctx, v.r, t)
		if err != nil {
			return err
		}
		var reached []any
		if at := v.walk.tables[t]; at != nil {
			reached = at.reached
		}
		n, err := l.Behind(ctx, v.r, reached)
		if err != nil {
			return err
		}
		v.report.Unsealed += n
		if n == 0 || v.report.Seals == 0 {
			continue
		}
		err = l.Lines(ctx, v.r, reached, nil, 1, func(line db.Line) error {
			f := finding(&Seal{Number: v.report.Last.Number + 1}, Unsealed, leaf{table: t, key: line.Key, at: line.At, by: line.By})
			if f.At != 0 && f.At < period.At(v.r.Moment().Add(-lag)) {
				v.found(f)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// outside complains of seals that were kept elsewhere and are not there any more.
func (v *verification) outside() {
	for n, as := range v.anchors {
		for _, a := range as {
			v.found(Finding{What: Cut, Seal: n, At: a.At})
		}
	}
}

// name looks the persons of the findings up in the trail.
func (v *verification) name(ctx context.Context) error {
	for i := range v.report.Findings {
		f := &v.report.Findings[i]
		if f.ByID == "" {
			continue
		}
		name, _, err := db.First(ctx, v.r, func(s *string) []any { return []any{s} }, `SELECT by_name FROM base_trail WHERE by_id = $1 ORDER BY id LIMIT 1`, f.ByID)
		if err != nil {
			return err
		}
		f.By = name
	}
	return nil
}

// String is a finding as the command line says it.
func (f Finding) String() string {
	when := ""
	if f.At != 0 {
		when = " of " + f.At.Time().UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	if by := cmp.Or(f.By, f.ByID); by != "" {
		when += " by " + by
	}
	record := fmt.Sprintf("%s %s%s", f.Table, f.Record, when)
	switch f.What {
	case Changed:
		return fmt.Sprintf("changed since seal %d: %s", f.Seal, record)
	case Missing:
		return fmt.Sprintf("missing under seal %d: %s", f.Seal, record)
	case Added:
		return fmt.Sprintf("added behind seal %d: %s", f.Seal, record)
	case Unsealed:
		return fmt.Sprintf("not sealed for more than a day: %s", record)
	case Unguarded:
		return fmt.Sprintf("table %s does not guard its rows any more", f.Table)
	case Torn:
		return fmt.Sprintf("seal %d is missing from the chain", f.Seal)
	case Replaced:
		return fmt.Sprintf("seal %d is not the one that was kept%s", f.Seal, when)
	case Cut:
		return fmt.Sprintf("seal %d, kept%s, is not there any more", f.Seal, strings.Replace(when, " of ", " since ", 1))
	}
	return fmt.Sprintf("seal %d%s was altered", f.Seal, when)
}
