package intake

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
)

// savedMapping is how files with this header were understood last; nil when none was.
func savedMapping(ctx context.Context, r db.Reader, kind, fingerprint string) (*Mapping, error) {
	text, ok, err := db.Text(ctx, r,
		`SELECT mapping FROM intake_mapping WHERE kind = $1 AND fingerprint = $2`, kind, fingerprint)
	if err != nil || !ok {
		return nil, err
	}
	var m Mapping
	return &m, json.Unmarshal([]byte(text), &m)
}

// keep notes how files with this header are to be understood.
func keepMapping(ctx context.Context, tx *db.Tx, kind, fingerprint string, m Mapping) error {
	m.Sheet, m.Header = "", 0 // they are the file's, not the header's
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO intake_mapping (kind, fingerprint, mapping, by_name, at) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (kind, fingerprint) DO UPDATE SET mapping = excluded.mapping, by_name = excluded.by_name, at = excluded.at`,
		kind, fingerprint, string(text), tx.By.Name, tx.At())
	return err
}

// insertRows notes what became of rows, or would.
func insertRows(ctx context.Context, tx *db.Tx, imported string, results []Result) error {
	for part := range slices.Chunk(results, 100) {
		var b strings.Builder
		b.WriteString(`INSERT INTO intake_row (id, import, line, outcome, label, field, cell, value, reason, args) VALUES `)
		args := make([]any, 0, 10*len(part))
		for i, r := range part {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('(')
			for c := range 10 {
				if c > 0 {
					b.WriteByte(',')
				}
				b.WriteString("$" + strconv.Itoa(10*i+c+1))
			}
			b.WriteByte(')')
			more, err := json.Marshal(r.Args)
			if err != nil {
				return err
			}
			args = append(args, rowID(imported, r.Row), imported, r.Row, r.Outcome, r.Label, r.Column, r.Cell, r.Value, r.Key, string(more))
		}
		b.WriteString(` ON CONFLICT (id) DO NOTHING`)
		if _, err := tx.Exec(ctx, b.String(), args...); err != nil {
			return err
		}
	}
	return nil
}
