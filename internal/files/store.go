package files

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

const columns = `id, noun, record, name, mime, size, sha256, thumb, width, height, by_id, by_name, at, removed, waiting`

func into(f *File) []any {
	return []any{&f.ID, &f.Noun, &f.Record, &f.Name, &f.Mime, &f.Size, &f.SHA256, &f.thumb, &f.Width, &f.Height, &f.By, &f.ByName, &f.At, &f.Removed, &f.Waiting}
}

// Get is one file; NotFound when there is none or it was removed.
func Get(ctx context.Context, r db.Reader, id string) (File, error) {
	f, ok, err := db.First(ctx, r, into, `SELECT `+columns+` FROM files_file WHERE id = $1 AND removed = false`, id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	return f, err
}

// Of are the files of a record in the order they came, removed ones left out.
func Of(ctx context.Context, r db.Reader, noun, record string) ([]File, error) {
	return db.All(ctx, r, into, `SELECT `+columns+` FROM files_file WHERE noun = $1 AND record = $2 AND removed = false ORDER BY id LIMIT 500`, noun, record)
}

func count(ctx context.Context, r db.Reader, where string, args ...any) (n int, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FROM files_file WHERE `+where, args...).Scan(&n)
	return n, err
}

// lately are how many files a person has added since a moment, and their bytes.
func lately(ctx context.Context, r db.Reader, person string, since period.Instant) (n int, bytes int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM files_file WHERE by_id = $1 AND at > $2`, person, since).Scan(&n, &bytes)
	return n, bytes, err
}

func insert(ctx context.Context, tx *db.Tx, f *File) error {
	_, err := tx.Exec(ctx, `INSERT INTO files_file (`+columns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
		f.ID, f.Noun, f.Record, f.Name, f.Mime, f.Size, f.SHA256, f.thumb, f.Width, f.Height, f.By, f.ByName, f.At, f.Removed, f.Waiting)
	return err
}

func markRemoved(ctx context.Context, tx *db.Tx, id string) error {
	return tx.One(ctx, fault.New(fault.NotFound, "base.not_found"),
		`UPDATE files_file SET removed = true, removed_at = $1 WHERE id = $2 AND removed = false`, tx.At(), id)
}

// claim makes the blob's row, and makes who else is about it wait for this unit.
func claim(ctx context.Context, tx *db.Tx, blob string) error {
	_, err := tx.Exec(ctx, `INSERT INTO files_blob (sha256, at) VALUES ($1,$2) ON CONFLICT (sha256) DO UPDATE SET at = excluded.at`, blob, tx.At())
	return err
}

func disclaim(ctx context.Context, tx *db.Tx, blob string) error {
	_, err := tx.Exec(ctx, `DELETE FROM files_blob WHERE sha256 = $1`, blob)
	return err
}

// needed says which of these blobs some file has, removed files too.
func needed(ctx context.Context, r db.Reader, blobs []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, column := range []string{"sha256", "thumb"} {
		in, args := db.Listed(blobs)
		found, err := db.Texts(ctx, r,
			`SELECT DISTINCT `+column+` FROM files_file WHERE `+column+` IN `+in, args...)
		if err != nil {
			return nil, err
		}
		for _, b := range found {
			out[b] = true
		}
	}
	return out, nil
}

// after are the files whose ids follow one, some at a time.
func after(ctx context.Context, r db.Reader, id string, some int) ([]File, error) {
	return db.All(ctx, r, into, `SELECT `+columns+` FROM files_file WHERE id > $1 ORDER BY id LIMIT $2`, id, some)
}

func hand(ctx context.Context, tx *db.Tx, noun, record, toNoun, to string) (int64, error) {
	return tx.Exec(ctx, `UPDATE files_file SET noun = $1, record = $2 WHERE noun = $3 AND record = $4`, toNoun, to, noun, record)
}
