// Package mirror is the scribe in the other house: whatever is written into the
// hospital's SQLite file stands a second or two later in a folder or bucket
// elsewhere, photos and documents included, and is fetched back from there when the
// house has burned down.
//
// It copies pages with litestream, whose own tools read the copy too. The copy is as
// readable as the database itself: it belongs where only the hospital reads.
package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/benbjohnson/litestream"

	"houqin/internal/base/db"
)

const (
	// snapshots are taken daily, and the history between them is kept for a week, so
	// that the database can be fetched as it stood at any moment of it.
	snapshotEvery = 24 * time.Hour
	historyKept   = 7 * 24 * time.Hour
	// lastWords is how long Stop tries to copy what was written last.
	lastWords  = 10 * time.Second
	lookEvery  = 5 * time.Second // whether the pages are complete
	filesEvery = 15 * time.Second
)

// Mirror copies one database and its files.
type Mirror struct {
	store *litestream.Store
	base  *litestream.DB
	held  io.Closer
	files *filesOut
	whole atomic.Int64 // when the pages were last known to be complete
	halt  context.CancelFunc
	ended sync.WaitGroup
}

// Start begins to copy the SQLite file at a path, and the files of a folder, to the
// path of a folder or to
//
//	s3://KEY:SECRET@host[:port]/bucket[/prefix][?region=…&tls=off]
//
// (without KEY:SECRET the usual AWS variables are used). Only one program at a time
// copies a database. A place that cannot be written to is refused here; one that
// fails later is tried again until it answers, and Behind tells.
func Start(ctx context.Context, path, files, to string, log *slog.Logger) (*Mirror, error) {
	place, err := openPlace(ctx, to)
	if err != nil {
		return nil, err
	}
	held, err := db.Hold(path + ".mirror")
	if err != nil {
		return nil, err
	}
	if err := place.probe(ctx); err != nil { // before anybody relies on it
		held.Close()
		return nil, fmt.Errorf("the copy cannot be written to %s: %w", redacted(to), err)
	}
	m := &Mirror{held: held, files: &filesOut{from: files, to: place, at: time.Now()}}
	m.base = litestream.NewDB(path)
	m.base.Replica = litestream.NewReplicaWithClient(m.base, place.pages())
	// The scribe keeps the log short itself; nobody else may shorten it before it was copied.
	quiet := slog.New(quieter{log.Handler()})
	m.store = litestream.NewStore([]*litestream.DB{m.base}, litestream.DefaultCompactionLevels)
	m.store.Logger = quiet
	m.base.SetLogger(quiet)
	m.store.SnapshotInterval, m.store.SnapshotRetention = snapshotEvery, historyKept
	m.store.SetShutdownSyncTimeout(time.Second) // Stop has seen to it before
	if err := m.store.Open(ctx); err != nil {
		held.Close()
		return nil, err
	}
	ctx, m.halt = context.WithCancel(context.WithoutCancel(ctx))
	m.whole.Store(time.Now().UnixNano())
	m.ended.Go(func() { m.files.run(ctx, log) })
	m.ended.Go(func() { m.look(ctx, log) })
	return m, nil
}

// Stop copies what was written last and ends. It is called when nobody writes any
// more and before the database is closed.
func (m *Mirror) Stop() error {
	m.halt()
	m.ended.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	err := m.Caught(ctx)
	if err != nil {
		err = fmt.Errorf("what was written last is not in the copy: %w", err)
	}
	end, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	return errors.Join(err, m.store.Close(end), m.held.Close())
}

// Behind is how long ago the copy was last known to be complete: some seconds while
// all is well, less than half a minute for the files.
func (m *Mirror) Behind() time.Duration {
	at := time.Unix(0, m.whole.Load())
	if f := m.files.done(); f.Before(at) {
		at = f
	}
	return time.Since(at)
}

// look asks again and again whether the pages are complete, and complains while
// they are not.
func (m *Mirror) look(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		began := time.Now()
		call, cancel := context.WithTimeout(ctx, time.Minute)
		_, err := m.store.SyncDB(call, m.base.Path(), true)
		cancel()
		switch {
		case err == nil:
			m.whole.Store(began.UnixNano())
		case ctx.Err() == nil:
			log.Warn("the continuous copy is behind", "by", m.Behind().Round(time.Second), "err", err)
		}
	}
}

// Caught waits until everything confirmed before the call is in the copy.
func (m *Mirror) Caught(ctx context.Context) error {
	if _, err := m.store.SyncDB(ctx, m.base.Path(), true); err != nil {
		return err
	}
	return m.files.once(ctx)
}

// Fetch brings the database of a copy to a new file, as it stood at a moment or, at
// the zero time, last.
func Fetch(ctx context.Context, from, path string, at time.Time, log *slog.Logger) error {
	place, err := openPlace(ctx, from)
	if err != nil {
		return err
	}
	base := litestream.NewDB(path)
	base.SetLogger(slog.New(quieter{log.Handler()}))
	how := litestream.NewRestoreOptions()
	how.OutputPath, how.Timestamp, how.IntegrityCheck = path, at, litestream.IntegrityCheckQuick
	if err := litestream.NewReplicaWithClient(base, place.pages()).Restore(ctx, how); err != nil {
		return fmt.Errorf("the copy in %s: %w", redacted(from), err)
	}
	return nil
}

// FetchFiles adds the files of a copy to a folder.
func FetchFiles(ctx context.Context, from, folder string) error {
	place, err := openPlace(ctx, from)
	if err != nil {
		return err
	}
	return place.fetchFiles(ctx, folder)
}

// place is where a copy lies: the pages below pages/, the files below files/.
type place interface {
	pages() litestream.ReplicaClient
	// probe fails where nothing can be written.
	probe(ctx context.Context) error
	// putFile lays down a file of this size unless one of the size is there.
	putFile(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error
	fetchFiles(ctx context.Context, into string) error
}

// transport reaches buckets; nil is the library's own. Tests set it.
var transport http.RoundTripper

func openPlace(ctx context.Context, address string) (place, error) {
	if strings.HasPrefix(address, "s3://") {
		return openBucket(ctx, address, transport)
	}
	return openFolder(address)
}

// quieter passes on what somebody should act on; the rest is the scribe's own affair.
type quieter struct{ slog.Handler }

func (q quieter) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
func (q quieter) WithAttrs(a []slog.Attr) slog.Handler { return quieter{q.Handler.WithAttrs(a)} }
func (q quieter) WithGroup(string) slog.Handler        { return q }
