package intake

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// errNotOurs: the import was cancelled, or another copy of the program took it over.
var errNotOurs = errors.New("the import is not ours any more")

// claim takes an import that nobody works on, or keeps one's own.
func claim(ctx context.Context, tx *db.Tx, imported, holder string, lease time.Duration) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE intake_import SET holder = $1, held_until = $2 WHERE id = $3 AND state IN ('checking', 'running') AND (held_until < $4 OR holder = $1)`,
		holder, period.At(tx.Now.Add(lease)), imported, tx.At())
	return n == 1, err
}

func release(ctx context.Context, tx *db.Tx, imported, holder string) error {
	_, err := tx.Exec(ctx, `UPDATE intake_import SET holder = '', held_until = 0 WHERE id = $1 AND holder = $2`, imported, holder)
	return err
}

func stillOurs(ctx context.Context, r db.Reader, imported, holder string) (bool, error) {
	_, ours, err := db.Text(ctx, r,
		`SELECT id FROM intake_import WHERE id = $1 AND holder = $2 AND state IN ('checking', 'running')`, imported, holder)
	return ours, err
}

// found keeps what was found in the file, for its page. Looking through begins anew
// each time; what an earlier attempt listed is dropped.
func found(ctx context.Context, tx *db.Tx, imported, holder string, p *Plan, anew bool) error {
	columns, err := p.Columns()
	if err != nil {
		return err
	}
	text, err := json.Marshal(Found{Sheet: p.Sheet, Header: p.Header, Columns: columns, Fingerprint: p.Fingerprint(), Settings: p.Mapping.Settings})
	if err != nil {
		return err
	}
	if anew {
		if _, err := tx.Exec(ctx, `DELETE FROM intake_row WHERE import = $1`, imported); err != nil {
			return err
		}
	}
	return tx.One(ctx, errNotOurs, `UPDATE intake_import SET plan = $1, total = $2 WHERE id = $3 AND holder = $4 AND state IN ('checking', 'running')`,
		string(text), p.Total, imported, holder)
}

// counted keeps how far the import is.
func counted(ctx context.Context, tx *db.Tx, imported, holder string, r Report) error {
	return tx.One(ctx, errNotOurs, `UPDATE intake_import SET done = $1, made = $2, changed = $3, unchanged = $4, refused = $5, no_record = $6
		WHERE id = $7 AND holder = $8 AND state IN ('checking', 'running')`, r.Read, r.New, r.Changed, r.Unchanged, r.Refused, r.NoRecord, imported, holder)
}

// finish says how it ended.
func finish(ctx context.Context, tx *db.Tx, m *Import, state State, r Report) error {
	rules, err := json.Marshal(r.Rules)
	if err != nil {
		return err
	}
	ended := period.Instant(0)
	if state != Ready {
		ended = tx.At()
	}
	if err := tx.One(ctx, errNotOurs, `UPDATE intake_import SET state = $1, rules = $2, ended_at = $3, holder = '', held_until = 0, version = version + 1
		WHERE id = $4 AND state = $5`, state, string(rules), ended, m.ID, m.State); err != nil {
		return err
	}
	action := map[State]string{Ready: "look", Done: "finish", Turned: "turn"}[state]
	return tx.Trail(ctx, db.Event{Noun: "intake.import", Record: m.ID, Action: action,
		After: map[string]int64{"read": r.Read, "new": r.New, "changed": r.Changed, "unchanged": r.Unchanged, "refused": r.Refused}})
}

// failed keeps why the file could not be dealt with.
func failed(ctx context.Context, tx *db.Tx, imported, holder string, why error) error {
	key, args := "base.internal", []any{imported}
	var f *fault.Error
	if errors.As(why, &f) {
		key, args = f.Key, f.Args
		if len(f.Fields) > 0 {
			key, args = f.Fields[0].Key, f.Fields[0].Args
		}
	}
	text, err := json.Marshal(texts(args))
	if err != nil {
		return err
	}
	// What looking through had counted was not entered.
	_, err = tx.Exec(ctx, `UPDATE intake_import SET done = 0, made = 0, changed = 0, unchanged = 0, refused = 0, no_record = 0
		WHERE id = $1 AND holder = $2 AND state = 'checking'`, imported, holder)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE intake_import SET state = 'failed', trouble = $1, args = $2, ended_at = $3, holder = '', held_until = 0, version = version + 1
		WHERE id = $4 AND holder = $5 AND state IN ('checking', 'running')`, key, string(text), tx.At(), imported, holder)
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "intake.import", Record: imported, Action: "fail"})
}

// spool brings a file from its parts into a temporary one of this machine.
func spool(ctx context.Context, r db.Reader, imported string) (*os.File, error) {
	f, err := os.CreateTemp("", "houqin-import-*")
	if err != nil {
		return nil, err
	}
	give := func(err error) (*os.File, error) {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	for n := 0; ; n++ {
		part, ok, err := db.First(ctx, r, func(b *[]byte) []any { return []any{b} }, `SELECT bytes FROM intake_part WHERE import = $1 AND n = $2`, imported, n)
		if err != nil {
			return give(err)
		}
		if !ok {
			if n == 0 {
				return give(fault.New(fault.NotFound, "intake.file_forgotten"))
			}
			return f, nil
		}
		if _, err := f.Write(part); err != nil {
			return give(err)
		}
	}
}

// Refusals writes the refused rows of an import as they stand in its file.
func Refusals(ctx context.Context, r db.Reader, m *Import) (p *Plan, refused []Result, done func(), err error) {
	if !m.Kept {
		return nil, nil, nil, fault.New(fault.NotFound, "intake.file_forgotten")
	}
	f, err := spool(ctx, r, m.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	done = func() {
		f.Close()
		os.Remove(f.Name())
	}
	if p, err = Read(ctx, r, m.Kind, m.Name, f, m.Size, m.Mapping()); err != nil {
		done()
		return nil, nil, nil, err
	}
	rows, err := db.All(ctx, r, func(w *Row) []any {
		return []any{&w.Row, &w.Column, &w.Cell, &w.Value, &w.Key, &w.args}
	}, `SELECT line, field, cell, value, reason, args FROM intake_row WHERE import = $1 AND outcome = 'refused' ORDER BY id`, m.ID)
	if err != nil {
		done()
		return nil, nil, nil, err
	}
	for _, w := range rows {
		w.Outcome = Refused
		if err := json.Unmarshal([]byte(w.args), &w.Args); err != nil {
			done()
			return nil, nil, nil, err
		}
		refused = append(refused, w.Result)
	}
	return p, refused, done, nil
}
