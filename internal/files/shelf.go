package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/semaphore"

	"houqin/internal/base/fault"
)

// Store holds the bytes. Its blobs are named by the SHA-256 of what they hold, so
// the same photo is kept once and a changed one shows.
type Store struct {
	shelf  shelf
	memory *semaphore.Weighted
	// Scanner looks through documents, where there is one.
	Scanner Scanner
}

// memory is how many bytes all pictures being decoded at once may take, as they
// are estimated.
const memory = 400_000_000

// shelf is where blobs lie: a folder or a bucket. Keys are hexadecimal SHA-256.
type shelf interface {
	// put lays a blob down, in the place of one with its key; when it returns the
	// blob is safe.
	put(ctx context.Context, key string, data []byte) error
	// open hands a blob out; fs.ErrNotExist when there is none.
	open(ctx context.Context, key string) (io.ReadCloser, int64, error)
	has(ctx context.Context, key string) (bool, error)
	remove(ctx context.Context, key string) error
	// each names every blob that was laid down last before a moment.
	each(ctx context.Context, before time.Time, f func(key string) error) error
	close() error
}

// Open opens a store: the path of a folder, which is made when it is not there, or
//
//	s3://KEY:SECRET@host[:port]/bucket[/prefix][?region=…&tls=off]
//
// for any S3-compatible service. Without KEY:SECRET the usual AWS variables of the
// environment are used. All copies of the program that work on one database must
// open the same folder (on storage they share) or the same bucket, else one cannot
// show what another took in. A store that cannot be written to is refused here.
func Open(ctx context.Context, address string) (*Store, error) {
	var sh shelf
	var err error
	if strings.HasPrefix(address, "s3://") {
		sh, err = openBucket(ctx, address, nil)
	} else {
		sh, err = openFolder(address)
	}
	if err != nil {
		return nil, err
	}
	return &Store{shelf: sh, memory: semaphore.NewWeighted(memory)}, nil
}

// Close gives the store back.
func (s *Store) Close() error { return s.shelf.close() }

// Kept is what a store has taken in and a record may be given.
type Kept struct {
	Name, Mime    string
	Size          int64
	SHA256, thumb string
	Width, Height int64
	waiting       bool
}

// Receive takes in what was sent: looks what it really is, writes pictures anew,
// and lays the blobs down, all before the unit of work that attaches them. What is
// never attached is swept up after a day. Refused as Invalid, naming the file: one
// of more than 20 MB, an empty one, a kind that is not taken, content other than its
// name says, a document with macros, scripts or a virus, a picture of more than 40 million pixels or one
// that cannot be read.
func (s *Store) Receive(ctx context.Context, sent ...*multipart.FileHeader) ([]Kept, error) {
	out := make([]Kept, 0, len(sent))
	for _, h := range sent {
		if h == nil {
			return nil, fault.New(fault.Invalid, "files.none")
		}
		if h.Size > SizeMost {
			return nil, tooLarge(h.Filename)
		}
		data, err := read(h)
		if err != nil {
			return nil, err
		}
		k, err := s.Take(ctx, h.Filename, data)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

func read(h *multipart.FileHeader) ([]byte, error) {
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, SizeMost+1))
	if err == nil && len(data) > SizeMost {
		err = tooLarge(h.Filename)
	}
	return data, err
}

func tooLarge(name string) error {
	return fault.New(fault.Invalid, "files.too_large", clean(name), SizeMost/1_000_000)
}

// Take is Receive for bytes at hand, such as a signature drawn on a page.
func (s *Store) Take(ctx context.Context, name string, data []byte) (Kept, error) {
	if len(data) > SizeMost {
		return Kept{}, tooLarge(name)
	}
	mime, ext, err := known(name, data)
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Name: named(name, ext), Mime: mime, Size: int64(len(data))}
	if pictures[mime] {
		p, err := s.picture(ctx, clean(name), mime, data)
		if err != nil {
			return Kept{}, err
		}
		k.Name, k.Mime, k.Size, k.Width, k.Height = named(stem(name), ".jpg"), "image/jpeg", int64(len(p.whole)), p.width, p.height
		data = p.whole
		if k.thumb, err = s.lay(ctx, p.thumb); err != nil {
			return Kept{}, err
		}
	} else if k.waiting, err = s.scan(ctx, name, data); err != nil {
		return Kept{}, err
	}
	k.SHA256, err = s.lay(ctx, data)
	return k, err
}

// lay puts a blob down and names it.
func (s *Store) lay(ctx context.Context, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	key := hex.EncodeToString(sum[:])
	return key, away(s.shelf.put(ctx, key, data))
}

// Read hands out a file, or its small picture. The reader is the caller's to close.
// One that waits for the scanner is Conflict. A blob that is not there is Unavailable: the folder or bucket is not the one it
// was written to, or is damaged.
func (s *Store) Read(ctx context.Context, f File, thumb bool) (io.ReadCloser, int64, error) {
	if f.Waiting {
		return nil, 0, fault.New(fault.Conflict, "files.waiting", f.Name)
	}
	key := f.SHA256
	if thumb {
		if key = f.thumb; key == "" {
			return nil, 0, fault.New(fault.NotFound, "base.not_found")
		}
	}
	r, n, err := s.shelf.open(ctx, key)
	return r, n, away(err)
}

// away is a failure of the store as people are told of it.
func away(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Internal {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.Unavailable, "base.disk_full").Because(err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Unavailable, "files.away").Because(errors.Join(errors.New("a blob is not in the store"), err))
	}
	return fault.New(fault.Unavailable, "files.away").Because(err)
}
