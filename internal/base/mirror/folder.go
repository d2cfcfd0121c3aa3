package mirror

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/benbjohnson/litestream"
	"github.com/benbjohnson/litestream/file"

	"houqin/internal/base/id"
)

// folder is a place in a folder, as of a disk of another machine.
type folder struct {
	path  string
	files *os.Root
}

const (
	pagesFolder = "pages"
	filesFolder = "files"
	unfinished  = ".copying-"
)

func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(filepath.Join(path, filesFolder), 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(filepath.Join(path, filesFolder))
	return &folder{path, root}, err
}

func (f *folder) pages() litestream.ReplicaClient {
	return file.NewReplicaClient(filepath.Join(f.path, pagesFolder))
}

func (f *folder) probe(context.Context) error {
	name := unfinished + id.Secret()
	if err := f.files.WriteFile(name, nil, 0o600); err != nil {
		return err
	}
	return f.files.Remove(name)
}

func (f *folder) putFile(_ context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	return putFile(f.files, name, size, open)
}

func (f *folder) fetchFiles(ctx context.Context, into string) error {
	root, err := newRoot(into)
	if err != nil {
		return err
	}
	defer root.Close()
	return eachFile(ctx, f.files, func(name string, info fs.FileInfo) error {
		return putFile(root, name, info.Size(), func() (io.ReadCloser, error) { return f.files.Open(name) })
	})
}

func newRoot(path string) (*os.Root, error) {
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, err
	}
	return os.OpenRoot(path)
}

// eachFile names the files below a folder; links, and names that begin with a dot
// because they are half written, are left out.
func eachFile(ctx context.Context, root *os.Root, f func(name string, info fs.FileInfo) error) error {
	return fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return f(name, info)
	})
}

// putFile lays a file down whole or not at all, unless one of its size lies there:
// files are named by their content and never change.
func putFile(root *os.Root, name string, size int64, open func() (io.ReadCloser, error)) (err error) {
	if info, err := root.Stat(name); err == nil && info.Size() == size {
		return nil
	}
	from, err := open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // swept away meanwhile: no record needed it
	}
	if err != nil {
		return err
	}
	defer from.Close()
	dir := path.Dir(name)
	if err := root.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	fresh := path.Join(dir, unfinished+id.Secret())
	to, err := root.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err == nil {
		err = to.Sync()
	}
	if err = errors.Join(err, to.Close()); err == nil {
		err = root.Rename(fresh, name)
	}
	if err != nil {
		root.Remove(fresh)
	}
	return err
}
