package intake

import (
	"context"
	"encoding/json"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/jobs"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// FileMost is the size of the largest file that is taken, in bytes.
const FileMost = 64 << 20

// partSize is how many bytes one row of intake_part holds.
const partSize = 256 << 10

// FileKept is how long a file and the list of its rows are kept after the import.
const FileKept = 30 * 24 * time.Hour

// Look leaves word that an import is to be looked through or carried out.
type Look struct{ Import string }

// Bring takes a file in and has it looked through. Invalid: a kind that does not
// exist, a file that is empty; TooLarge: one above FileMost.
func Bring(ctx context.Context, tx *db.Tx, kind, name string, file io.Reader) (Import, error) {
	if err := tx.Need(MayImport); err != nil {
		return Import{}, err
	}
	k, err := kindNamed(kind)
	if err != nil {
		return Import{}, fault.OnField("kind", "base.bad_value", kind)
	}
	if err := tx.Need(k.may()); err != nil {
		return Import{}, err
	}
	m := Import{ID: tx.NewID(), Kind: kind, Name: baseName(name), State: Checking, Kept: true, By: tx.By.ID, ByName: tx.By.Name, At: tx.At(), Version: 1}
	if err := insertImport(ctx, tx, &m); err != nil {
		return m, err
	}
	buf := make([]byte, partSize)
	for n := 0; ; n++ {
		got, err := io.ReadFull(file, buf)
		if got > 0 {
			if m.Size += int64(got); m.Size > FileMost {
				return m, fault.New(fault.TooLarge, "base.too_large", FileMost>>20)
			}
			if _, err := tx.Exec(ctx, `INSERT INTO intake_part (import, n, bytes) VALUES ($1,$2,$3)`, m.ID, n, buf[:got]); err != nil {
				return m, err
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return m, err
		}
	}
	if m.Size == 0 {
		return m, fault.OnField("file", "sheet.empty")
	}
	if _, err := tx.Exec(ctx, `UPDATE intake_import SET size = $1 WHERE id = $2`, m.Size, m.ID); err != nil {
		return m, err
	}
	if err := jobs.Later(ctx, tx, Look{m.ID}); err != nil {
		return m, err
	}
	return m, tx.Trail(ctx, db.Event{Noun: "intake.import", Record: m.ID, Action: "bring", Note: m.Name})
}

// baseName is a file's name without the folders that some browsers send along.
func baseName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if r := []rune(name); len(r) > 200 {
		name = string(r[len(r)-200:])
	}
	return name
}

// Correct says how the file is to be understood and has it looked through again.
// The answer is kept for files with the same header. Conflict: an import that is
// under way or over.
func Correct(ctx context.Context, tx *db.Tx, id string, version int64, to Mapping) error {
	m, err := step(ctx, tx, id, Checking, version, Ready, Failed)
	if err != nil {
		return err
	}
	text, err := json.Marshal(to)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE intake_import SET mapping = $1 WHERE id = $2`, string(text), id); err != nil {
		return err
	}
	if f := m.Found(); f.Fingerprint != "" {
		if err := keepMapping(ctx, tx, m.Kind, f.Fingerprint, to); err != nil {
			return err
		}
	}
	if err := jobs.Later(ctx, tx, Look{id}); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "intake.import", Record: id, Action: "correct", After: to})
}

// Start has the rows entered: the good ones, or all or none. Conflict: an import
// that is under way, over, or not looked through.
func Start(ctx context.Context, tx *db.Tx, id string, version int64, whole bool) error {
	m, err := step(ctx, tx, id, Running, version, Ready)
	if err != nil {
		return err
	}
	if err := tx.Need(MayOf(m.Kind)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE intake_import SET whole = $1 WHERE id = $2`, whole, id); err != nil {
		return err
	}
	if err := jobs.Later(ctx, tx, Look{id}); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "intake.import", Record: id, Action: "start"})
}

// Cancel ends an import. What was entered stays; of one to be imported whole,
// nothing was. Conflict: an import that is over.
func Cancel(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := step(ctx, tx, id, Cancelled, 0, Checking, Ready, Running, Failed); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE intake_import SET ended_at = $1 WHERE id = $2`, tx.At(), id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "intake.import", Record: id, Action: "cancel"})
}

// step moves an import on, its counts begin anew; version 0 is whatever it is.
func step(ctx context.Context, tx *db.Tx, id string, to State, version int64, from ...State) (Import, error) {
	if err := tx.Need(MayImport); err != nil {
		return Import{}, err
	}
	if err := tx.Lock(ctx, "intake_import", id); err != nil {
		return Import{}, err
	}
	m, err := Get(ctx, tx, id)
	if err != nil {
		return m, err
	}
	if !slices.Contains(from, m.State) {
		return m, fault.New(fault.Conflict, "intake.not_now", words.Key("intake.state."+string(m.State)))
	}
	if version != 0 && version != m.Version {
		return m, fault.Stale()
	}
	if to == Cancelled && m.State == Running { // what was entered stays, and stays counted
		_, err = tx.Exec(ctx, `UPDATE intake_import SET state = $1, version = version + 1 WHERE id = $2`, to, id)
		return m, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM intake_row WHERE import = $1`, id); err != nil {
		return m, err
	}
	_, err = tx.Exec(ctx, `UPDATE intake_import SET state = $1, done = 0, made = 0, changed = 0, unchanged = 0, refused = 0, no_record = 0, rules = '',
		trouble = '', args = '', holder = '', held_until = 0, version = version + 1 WHERE id = $2`, to, id)
	return m, err
}

// Forget drops the files of imports older than FileKept, and the lists of their
// rows; who brought what, when, and the counts stay.
func Forget(ctx context.Context, tx *db.Tx) error {
	before := period.At(tx.Now.Add(-FileKept))
	for _, table := range []string{"intake_part", "intake_row"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE import IN (SELECT id FROM intake_import WHERE at < $1 AND state NOT IN ('checking', 'running'))`, before); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE intake_import SET kept = false WHERE at < $1 AND kept = true AND state NOT IN ('checking', 'running')`, before)
	return err
}
