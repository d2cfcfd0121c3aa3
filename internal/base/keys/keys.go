// Package keys is the key cabinet: it seals what must not be read from the books
// alone, such as the seeds of authenticators, under a key that lies outside them.
//
// A sealed value names the form of sealing and the key, and is bound to the record it
// belongs to: moved to another row it does not open. A ring holds the key in use and
// the earlier ones, so that a key can be changed and what it sealed be sealed anew.
package keys

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Ring is the keys of a hospital, the one in use first. A nil ring holds none.
type Ring struct{ keys []key }

type key struct {
	id   string // first eight hex digits of its SHA-256: a name, not a secret
	text string
	aead cipher.AEAD
}

const (
	size = 32  // bytes, AES-256
	form = "1" // AES-256-GCM with a random nonce of 96 bits
)

var (
	// ErrNone: there is no key to seal with.
	ErrNone = errors.New("no key")
	// ErrMissing: the value was sealed under a key that is not in the ring.
	ErrMissing = errors.New("sealed under a key that is not here")
	// ErrBroken: the value was changed, or belongs to another record.
	ErrBroken = errors.New("a sealed value was changed or moved")
)

// Parse reads keys, each 32 bytes in base64, parted by spaces, commas or lines; what
// follows a # on its line is a remark.
func Parse(text string) (*Ring, error) {
	r := &Ring{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		for _, word := range strings.FieldsFunc(line, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n' }) {
			raw, err := base64.StdEncoding.DecodeString(word)
			if err != nil || len(raw) != size {
				return nil, fmt.Errorf("a key is %d bytes in base64", size)
			}
			k, err := newKey(raw)
			if err != nil {
				return nil, err
			}
			r.keys = append(r.keys, k)
		}
	}
	if len(r.keys) == 0 {
		return nil, ErrNone
	}
	return r, nil
}

func newKey(raw []byte) (key, error) {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCM(block)
	sum := sha256.Sum256(raw)
	return key{hex.EncodeToString(sum[:4]), base64.StdEncoding.EncodeToString(raw), aead}, err
}

// Open reads a file of keys. One that others than its owner can read is refused.
func Open(path string) (*Ring, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others than its owner; it must have mode 0600", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := Parse(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Make writes a new file with one random key; one that is there is left alone, and
// that is an error.
func Make(path string) (*Ring, error) {
	if _, err := os.Stat(path); err == nil {
		return nil, fmt.Errorf("%s is there already", path)
	}
	return write(path, &Ring{})
}

// Rotate puts a new key before those of a file. What the old ones sealed still opens.
func Rotate(path string) (*Ring, error) {
	r, err := Open(path)
	if err != nil {
		return nil, err
	}
	return write(path, r)
}

func write(path string, r *Ring) (*Ring, error) {
	raw := make([]byte, size)
	if _, err := rand.Read(raw); err != nil {
		return nil, err
	}
	k, err := newKey(raw)
	if err != nil {
		return nil, err
	}
	all := &Ring{append([]key{k}, r.keys...)}
	var b bytes.Buffer
	b.WriteString("# Houqin: keys that seal what lies in the database. Keep a copy apart from its backups.\n")
	for _, k := range all.keys {
		fmt.Fprintf(&b, "%s # %s\n", k.text, k.id)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".keys-") // of mode 0600
	if err != nil {
		return nil, err
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return nil, err
	}
	return all, nil
}

// ID names the key in use; "" of an empty ring.
func (r *Ring) ID() string {
	if r == nil || len(r.keys) == 0 {
		return ""
	}
	return r.keys[0].id
}

// Has says whether a key is in the ring.
func (r *Ring) Has(id string) bool { return r.find(id) != nil }

func (r *Ring) find(id string) *key {
	if r == nil {
		return nil
	}
	for i := range r.keys {
		if r.keys[i].id == id {
			return &r.keys[i]
		}
	}
	return nil
}

// Seal seals a text for one record: bound names its table, column and id.
func (r *Ring) Seal(text, bound string) (string, error) {
	if r.ID() == "" {
		return "", ErrNone
	}
	k := r.keys[0]
	nonce := make([]byte, k.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	head := form + "." + k.id + "."
	return head + base64.RawStdEncoding.EncodeToString(k.aead.Seal(nonce, nonce, []byte(text), []byte(head+bound))), nil
}

// Open gives back what Seal sealed for the same record.
func (r *Ring) Open(sealed, bound string) (string, error) {
	part := strings.SplitN(sealed, ".", 3)
	if len(part) != 3 || part[0] != form {
		return "", ErrBroken
	}
	k := r.find(part[1])
	if k == nil {
		return "", ErrMissing
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(part[2])
	if err != nil || len(raw) < k.aead.NonceSize() {
		return "", ErrBroken
	}
	n := k.aead.NonceSize()
	text, err := k.aead.Open(nil, raw[:n], raw[n:], []byte(part[0]+"."+part[1]+"."+bound))
	if err != nil {
		return "", ErrBroken
	}
	return string(text), nil
}

// Fresh says whether a value is sealed under the key in use.
func (r *Ring) Fresh(sealed string) bool { return strings.HasPrefix(sealed, form+"."+r.ID()+".") }
