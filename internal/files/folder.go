package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"houqin/internal/base/id"
)

// folder is a shelf in a folder: ab/cdef…, the name of a blob cut after two
// characters, so that no folder grows too long. Nothing outside it can be reached.
type folder struct{ root *os.Root }

const unfinished = ".unfinished-"

func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	f := &folder{root}
	probe := unfinished + id.Secret()
	if err := root.WriteFile(probe, nil, 0o640); err != nil {
		root.Close()
		return nil, fmt.Errorf("the folder of files cannot be written to: %w", err)
	}
	return f, root.Remove(probe)
}

func (f *folder) close() error { return f.root.Close() }

func at(key string) (dir, path string) { return key[:2], key[:2] + "/" + key[2:] }

// put writes beside the place and renames, so that nobody ever reads half a blob,
// and has the disk confirm both the bytes and the name.
func (f *folder) put(_ context.Context, key string, data []byte) (err error) {
	dir, path := at(key)
	if err := f.root.Mkdir(dir, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	name := dir + "/" + unfinished + id.Secret()
	w, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.root.Remove(name)
		}
	}()
	_, err = io.Copy(w, bytes.NewReader(data))
	if err == nil {
		err = w.Sync()
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	if err = f.root.Rename(name, path); err != nil {
		return err
	}
	return errors.Join(f.confirm(dir), f.confirm("."))
}

// confirm has the disk keep the names in a folder. Windows refuses to be asked, and
// keeps names in a journal of its own.
func (f *folder) confirm(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f *folder) open(_ context.Context, key string) (io.ReadCloser, int64, error) {
	_, path := at(key)
	r, err := f.root.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := r.Stat()
	if err != nil {
		r.Close()
		return nil, 0, err
	}
	return r, info.Size(), nil
}

func (f *folder) has(_ context.Context, key string) (bool, error) {
	_, path := at(key)
	_, err := f.root.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (f *folder) remove(_ context.Context, key string) error {
	_, path := at(key)
	if err := f.root.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// each also clears away what a power cut left half written.
func (f *folder) each(ctx context.Context, before time.Time, do func(string) error) error {
	return fs.WalkDir(f.root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // taken away meanwhile
		} else if err != nil || !info.ModTime().Before(before) {
			return err
		}
		if strings.HasPrefix(d.Name(), unfinished) {
			if err := f.root.Remove(path); !errors.Is(err, fs.ErrNotExist) { // finished meanwhile: it has its name now
				return err
			}
			return nil
		}
		if key := strings.Replace(path, "/", "", 1); isKey(key) {
			return do(key)
		}
		return nil
	})
}

// isKey says whether a name is one of ours; anything else in the folder or bucket
// is left alone.
func isKey(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
