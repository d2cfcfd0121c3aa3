package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// The box is a tar file compressed with zstd, so that ordinary tools open it. Its
// first entry says what it is, its last one lists every other with its SHA-256, and
// behind it, in a frame that zstd passes over, stands the SHA-256 of the whole. With
// a passphrase all of that is the content of an age file.
const (
	headName     = "houqin-backup.json"
	manifestName = "manifest.json"
	format       = "houqin backup"
	formatNumber = 1

	trailerSize  = 8 + sha256.Size
	trailerMagic = 0x184D2A50 // a frame that zstd passes over
	ageMagic     = "age-encryption.org/"
	headMost     = 1 << 20
	manifestMost = 1 << 30
)

type head struct {
	Format  string    `json:"format"`
	Number  int       `json:"number"`
	Program string    `json:"program"` // version that wrote it
	Made    time.Time `json:"made"`
}

// Part is one entry of the box.
type Part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// workFactor is the cost of a passphrase, as a power of two; tests lower it.
var workFactor = 18

// packer fills a box.
type packer struct {
	file  *os.File
	path  string
	plain io.WriteCloser // the age file's content, or the file itself
	sum   hash.Hash
	zip   *zstd.Encoder
	tar   *tar.Writer
	made  time.Time
	parts []Part
}

func pack(path, passphrase string, h head) (p *packer, err error) {
	p = &packer{path: path, sum: sha256.New(), made: h.Made}
	if _, err := os.Lstat(path); err == nil {
		return nil, fault.New(fault.Conflict, "backup.exists", path)
	}
	if p.file, err = os.OpenFile(path+".partial", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.abort()
		}
	}()
	p.plain = p.file
	if passphrase != "" {
		to, err := age.NewScryptRecipient(passphrase)
		if err != nil {
			return nil, err
		}
		to.SetWorkFactor(workFactor)
		if p.plain, err = age.Encrypt(p.file, to); err != nil {
			return nil, err
		}
	}
	if p.zip, err = zstd.NewWriter(io.MultiWriter(p.plain, p.sum), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20)); err != nil {
		return nil, err
	}
	p.tar = tar.NewWriter(p.zip)
	return p, p.json(headName, h)
}

func (p *packer) json(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return p.put(name, int64(len(b)), bytes.NewReader(b))
}

// put adds an entry of exactly this size.
func (p *packer) put(name string, size int64, r io.Reader) error {
	if err := p.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: p.made, Format: tar.FormatPAX}); err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(p.tar, io.TeeReader(io.LimitReader(r, size), h))
	if err != nil {
		return err
	}
	if n != size {
		return fmt.Errorf("%s became shorter while it was read", name)
	}
	p.parts = append(p.parts, Part{name, size, hex.EncodeToString(h.Sum(nil))})
	return nil
}

// close finishes the box and gives it its name.
func (p *packer) close(m *Manifest) (err error) {
	defer func() {
		if err != nil {
			p.abort()
		}
	}()
	m.Parts = p.parts
	if err := p.json(manifestName, m); err != nil {
		return err
	}
	if err := p.tar.Close(); err != nil {
		return err
	}
	if err := p.zip.Close(); err != nil {
		return err
	}
	end := binary.LittleEndian.AppendUint32(nil, trailerMagic)
	end = binary.LittleEndian.AppendUint32(end, sha256.Size)
	if _, err := p.plain.Write(p.sum.Sum(end)); err != nil {
		return err
	}
	if p.plain != p.file {
		if err := p.plain.Close(); err != nil {
			return err
		}
	}
	if err := p.file.Sync(); err != nil {
		return err
	}
	if err := p.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(p.path+".partial", p.path); err != nil {
		return err
	}
	return db.FlushNames(filepath.Dir(p.path))
}

func (p *packer) abort() {
	if p.zip != nil {
		p.zip.Close()
	}
	p.file.Close()
	os.Remove(p.path + ".partial")
}

// unpack reads a box from end to end, gives each entry but the first and last to
// take, and fails with backup.foreign, backup.damaged, backup.passphrase or
// backup.newer unless every byte is as it was written. sum tells two readings of one
// file from readings of two.
func unpack(path, passphrase string, take func(name string, size int64, r io.Reader) error) (h head, m *Manifest, sum [sha256.Size]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return h, nil, sum, err
	}
	defer f.Close()
	content, err := opened(f, passphrase)
	if err != nil {
		return h, nil, sum, err
	}
	body := &withheld{from: content, sum: sha256.New()}
	h, m, err = entries(body, take)
	if _, ok := errors.AsType[*refused](err); ok || fault.KindOf(err) != fault.Internal {
		return h, nil, sum, err
	}
	if err == nil {
		_, err = io.Copy(io.Discard, body)
	}
	if err == nil {
		err = body.check()
	}
	if err != nil {
		key := "backup.damaged"
		if errors.Is(err, errForeign) || errors.Is(err, zstd.ErrMagicMismatch) {
			key = "backup.foreign"
		}
		return h, nil, sum, fault.New(fault.Conflict, key, filepath.Base(path)).Because(err)
	}
	copy(sum[:], body.sum.Sum(nil))
	return h, m, sum, nil
}

var errForeign = errors.New("it does not begin as a backup does")

// refused carries an error of whoever took an entry: it says nothing about the box.
type refused struct{ error }

func (r *refused) Unwrap() error { return r.error }

// opened is the box's content, deciphered if need be.
func opened(f *os.File, passphrase string) (io.Reader, error) {
	r := bufio.NewReaderSize(f, 1<<16)
	if begin, _ := r.Peek(len(ageMagic)); string(begin) != ageMagic {
		return r, nil
	}
	if passphrase == "" {
		return nil, fault.New(fault.Conflict, "backup.passphrase")
	}
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	content, err := age.Decrypt(r, id)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, fault.New(fault.Conflict, "backup.passphrase").Because(err)
	}
	if err != nil {
		return nil, fault.New(fault.Conflict, "backup.damaged", filepath.Base(f.Name())).Because(err)
	}
	return content, nil
}

func entries(body io.Reader, take func(string, int64, io.Reader) error) (h head, m *Manifest, err error) {
	zip, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return h, nil, err
	}
	defer zip.Close()
	t := tar.NewReader(zip)
	var parts []Part
	for {
		e, err := t.Next()
		if err == io.EOF && parts == nil {
			return h, nil, errForeign
		}
		if err == io.EOF {
			return h, nil, errors.New("it has no list of its parts")
		}
		if err != nil {
			return h, nil, err
		}
		if e.Typeflag != tar.TypeReg || !safe(e.Name) || e.Size < 0 {
			return h, nil, fmt.Errorf("entry %q is none of a backup", e.Name)
		}
		sum := sha256.New()
		r := io.TeeReader(t, sum)
		switch {
		case len(parts) == 0:
			var first head
			if e.Name != headName || e.Size > headMost {
				return h, nil, errForeign
			}
			if err := decode(r, &first); err != nil {
				return h, nil, err
			}
			if first.Format != format {
				return h, nil, errForeign
			}
			if h = first; h.Number > formatNumber {
				return h, nil, fault.New(fault.Conflict, "backup.newer", h.Program)
			}
		case e.Name == manifestName:
			if e.Size > manifestMost {
				return h, nil, errors.New("its list of parts is too long")
			}
			if err := decode(r, &m); err != nil || m == nil {
				return h, nil, fmt.Errorf("its list of parts: %w", err)
			}
			if err := samePartsIn(m.Parts, parts); err != nil {
				return h, nil, err
			}
			if _, err := t.Next(); err != io.EOF {
				return h, nil, errors.New("something stands behind its list of parts")
			}
			_, err := io.Copy(io.Discard, zip)
			return h, m, err
		default:
			if err := take(e.Name, e.Size, r); err != nil {
				return h, nil, err
			}
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return h, nil, err
		}
		parts = append(parts, Part{e.Name, e.Size, hex.EncodeToString(sum.Sum(nil))})
	}
}

func decode(r io.Reader, v any) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

func samePartsIn(listed, found []Part) error {
	if len(listed) != len(found) {
		return fmt.Errorf("%d parts instead of %d", len(found), len(listed))
	}
	for i, p := range listed {
		if found[i] != p {
			return fmt.Errorf("part %s is not as it was written", p.Name)
		}
	}
	return nil
}

// safe says whether a name stays inside the folder it is unpacked into, on every system.
func safe(name string) bool {
	return fs.ValidPath(name) && name != "." && filepath.IsLocal(filepath.FromSlash(name)) && !strings.ContainsAny(name, `\:`)
}

// withheld passes on all but the last bytes, the trailer, and sums what it passes on.
type withheld struct {
	from   io.Reader
	sum    hash.Hash
	buffer [1 << 16]byte
	tail   []byte // what of the buffer is read and not yet passed on
	done   bool
}

func (w *withheld) Read(p []byte) (int, error) {
	for len(w.tail) <= trailerSize && !w.done {
		kept := copy(w.buffer[:], w.tail)
		n, err := w.from.Read(w.buffer[kept:])
		w.tail = w.buffer[:kept+n]
		if err == io.EOF {
			w.done = true
		} else if err != nil {
			return 0, err
		}
	}
	n := min(len(w.tail)-trailerSize, len(p))
	if n <= 0 {
		return 0, io.EOF
	}
	copy(p, w.tail[:n])
	w.sum.Write(p[:n])
	w.tail = w.tail[n:]
	return n, nil
}

// check compares the sum of what was passed on with the trailer.
func (w *withheld) check() error {
	if len(w.tail) != trailerSize || binary.LittleEndian.Uint32(w.tail) != trailerMagic || binary.LittleEndian.Uint32(w.tail[4:]) != sha256.Size {
		return errors.New("its end is missing")
	}
	if !bytes.Equal(w.tail[8:], w.sum.Sum(nil)) {
		return errors.New("it is not as it was written")
	}
	return nil
}
