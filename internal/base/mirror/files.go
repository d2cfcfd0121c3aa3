package mirror

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// filesOut carries new files of a folder to the place, again and again.
type filesOut struct {
	from string // "" when files lie elsewhere already
	to   place

	pass sync.Mutex // one at a time
	last time.Time  // files written before the pass that began here are there

	mu sync.Mutex
	at time.Time // when the last pass began that succeeded; first when it was begun at all
}

// overlap forgives clocks of disks.
const overlap = time.Minute

// once copies what is new. The first time everything is looked at.
func (f *filesOut) once(ctx context.Context) error {
	f.pass.Lock()
	defer f.pass.Unlock()
	began := time.Now()
	err := f.copy(ctx)
	if err == nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.last, f.at = began, began
	}
	return err
}

func (f *filesOut) copy(ctx context.Context) error {
	if f.from == "" {
		return nil
	}
	root, err := os.OpenRoot(f.from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	return eachFile(ctx, root, func(name string, info fs.FileInfo) error {
		if info.ModTime().Before(f.last.Add(-overlap)) {
			return nil
		}
		return f.to.putFile(ctx, name, info.Size(), func() (io.ReadCloser, error) { return root.Open(name) })
	})
}

func (f *filesOut) run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(filesEvery)
	defer tick.Stop()
	for {
		if err := f.once(ctx); err != nil && ctx.Err() == nil {
			log.Warn("files are not copied", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// done is when the files were last known to be complete.
func (f *filesOut) done() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}
