package files

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Scanner looks through bytes for what is known to do harm, and names what it found.
// Pictures need none: of what was sent nothing is kept but what can be seen.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (found string, err error)
}

// OpenScanner is the scanner at an address: unix:/path or host:port of a clamd; nil
// for "". Nobody is called yet: a scanner that is away when a file comes lets it wait.
func OpenScanner(address string) (Scanner, error) {
	if address == "" {
		return nil, nil
	}
	path, ok := strings.CutPrefix(address, "unix:")
	if ok && path != "" {
		return clamd{"unix", path}, nil
	}
	if _, _, err := net.SplitHostPort(address); ok || err != nil {
		return nil, fmt.Errorf("the scanner's address %q is neither unix:/path nor host:port", address)
	}
	return clamd{"tcp", address}, nil
}

// clamd is the daemon of ClamAV, asked by its command INSTREAM.
type clamd struct{ network, address string }

func (c clamd) Scan(ctx context.Context, r io.Reader) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	until, _ := ctx.Deadline()
	conn.SetDeadline(until)
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return "", err
	}
	part := make([]byte, 4+64<<10)
	for {
		n, err := r.Read(part[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(part, uint32(n))
			if _, err := conn.Write(part[:4+n]); err != nil {
				return "", err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
	}
	if _, err := conn.Write(make([]byte, 4)); err != nil {
		return "", err
	}
	said, err := io.ReadAll(io.LimitReader(conn, 4<<10))
	if err != nil {
		return "", err
	}
	answer := strings.TrimSpace(strings.TrimRight(string(said), "\x00"))
	_, answer, _ = strings.Cut(answer, ": ")
	if found, ok := strings.CutSuffix(answer, " FOUND"); ok {
		return clean(found), nil
	}
	if answer != "OK" {
		return "", fmt.Errorf("the scanner says %q", answer)
	}
	return "", nil
}

// scan looks through a document that is being taken in. What is found is refused; a
// scanner that cannot say lets the file wait, for to let it in would be to do without.
func (s *Store) scan(ctx context.Context, name string, data []byte) (waiting bool, err error) {
	if s.Scanner == nil {
		return false, nil
	}
	found, err := s.Scanner.Scan(ctx, bytes.NewReader(data))
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		return true, nil
	}
	if found != "" {
		return false, fault.New(fault.Invalid, "files.infected", clean(name), found)
	}
	return false, nil
}

// RescanDue is the job of looking through what waits.
type RescanDue struct{}

// Rescan looks through the files that wait: each is let go, or taken away from its
// record when something was found. It stops where the scanner is still away.
func Rescan(ctx context.Context, r db.Reader, unit Unit, s *Store) error {
	if s.Scanner == nil {
		return nil
	}
	some, err := db.All(ctx, r, into, `SELECT `+columns+` FROM files_file WHERE waiting = true ORDER BY id LIMIT 500`)
	if err != nil {
		return err
	}
	for _, f := range some {
		body, _, err := s.shelf.open(ctx, f.SHA256)
		if err != nil {
			return away(err)
		}
		found, err := s.Scanner.Scan(ctx, body)
		if err := errors.Join(err, body.Close()); err != nil {
			return fault.New(fault.Unavailable, "files.away").Because(err)
		}
		if err := unit(ctx, func(tx *db.Tx) error { return judge(ctx, tx, f, found) }); err != nil {
			return err
		}
	}
	return nil
}

// judge writes down what the scanner has found in a file that waited.
func judge(ctx context.Context, tx *db.Tx, f File, found string) error {
	text, args, action := `UPDATE files_file SET waiting = false WHERE id = $1 AND waiting = true`, []any{f.ID}, "pass"
	if found != "" {
		text, args, action = `UPDATE files_file SET removed = true, removed_at = $2 WHERE id = $1 AND waiting = true AND removed = false`, []any{f.ID, tx.At()}, "infected"
	}
	n, err := tx.Exec(ctx, text, args...)
	if err != nil || n == 0 { // another copy was quicker, or somebody took it away
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "files.file", Record: f.Record, Action: action, Note: strings.TrimSpace(f.Name + " " + found)})
}
