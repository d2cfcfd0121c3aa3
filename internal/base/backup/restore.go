package backup

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Restored says what a restore has done.
type Restored struct {
	*Manifest
	Kept string // where the database that was there lies now
}

// Restore puts a box in the place of the database at an address and adds its files
// to a folder. The box is read to its end before anything is touched, and refused
// as Look and db.NewLoad say; until the last moment the old database stands. Files
// are only added: what lies in the folder under the same name with the same content
// is left, and files of later records stay.
func Restore(ctx context.Context, b Box, address, files string, how db.Loading) (*Restored, error) {
	m, sum, err := look(b)
	if err != nil {
		return nil, err
	}
	load, err := db.NewLoad(ctx, address, &m.Contents, how)
	if err != nil {
		return nil, err
	}
	defer load.Abort()
	folder := &filesInto{path: files}
	defer folder.close()
	_, _, again, err := unpack(b.Path, b.Passphrase, func(name string, _ int64, r io.Reader) error {
		if err := ctx.Err(); err != nil {
			return &refused{err}
		}
		if err := take(ctx, load, folder, name, r); err != nil {
			return &refused{err}
		}
		return nil
	})
	if err == nil && again != sum {
		err = fault.New(fault.Conflict, "backup.changed")
	}
	if r, ok := errors.AsType[*refused](err); ok {
		err = r.error
	}
	if err != nil {
		return nil, err
	}
	kept, err := load.Finish(ctx)
	if err != nil {
		return nil, err
	}
	return &Restored{m, kept}, nil
}

func take(ctx context.Context, load *db.Load, folder *filesInto, name string, r io.Reader) error {
	if file, ok := strings.CutPrefix(name, filesFolder); ok {
		return folder.add(file, r)
	}
	part, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return load.Part(ctx, path.Base(path.Dir(name)), part)
}

// filesInto is the folder that files are added to. It cannot be left, not by names
// and not by links that lie in it.
type filesInto struct {
	path string
	root *os.Root
}

func (f *filesInto) add(name string, r io.Reader) (err error) {
	if f.path == "" {
		return fault.New(fault.Conflict, "backup.no_folder")
	}
	if f.root == nil {
		if err := os.MkdirAll(f.path, 0o750); err != nil {
			return err
		}
		if f.root, err = os.OpenRoot(f.path); err != nil {
			return err
		}
	}
	dir := path.Dir(name)
	if err := f.root.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	fresh := path.Join(dir, halfWritten+rand.Text())
	out, err := f.root.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	defer func() {
		out.Close()
		if err != nil {
			f.root.Remove(fresh)
		}
	}()
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(out, h), r); err != nil {
		return err
	}
	if f.has(name, hex.EncodeToString(h.Sum(nil))) {
		return f.root.Remove(fresh)
	}
	if err := out.Sync(); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return f.root.Rename(fresh, name)
}

// has says whether a file lies there already with this content.
func (f *filesInto) has(name, sum string) bool {
	old, err := f.root.Open(name)
	if err != nil {
		return false
	}
	defer old.Close()
	if info, err := old.Stat(); err != nil || info.Mode()&fs.ModeType != 0 {
		return false
	}
	h := sha256.New()
	if _, err := io.Copy(h, old); err != nil {
		return false
	}
	return hex.EncodeToString(h.Sum(nil)) == sum
}

func (f *filesInto) close() {
	if f.root != nil {
		f.root.Close()
	}
}
