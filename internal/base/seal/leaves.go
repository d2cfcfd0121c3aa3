package seal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/klauspost/compress/zstd"

	"houqin/internal/base/db"
)

// leaf names a row under a seal: enough to say which one is gone.
type leaf struct {
	table  string
	key    []any
	at     int64
	by     string
	digest []byte
}

func digests(leaves []leaf) [][]byte {
	out := make([][]byte, len(leaves))
	for i := range leaves {
		out[i] = leaves[i].digest
	}
	return out
}

var (
	packer, _   = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	unpacker, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
)

// pack writes leaves to bytes: table, key, moment, person and digest of each.
func pack(leaves []leaf) ([]byte, error) {
	b := make([]byte, 0, len(leaves)*100)
	for _, l := range leaves {
		b = appendString(b, l.table)
		b = append(b, byte(len(l.key)))
		var err error
		if b, err = db.AppendValues(b, l.key); err != nil {
			return nil, err
		}
		b = binary.AppendVarint(b, l.at)
		b = appendString(b, l.by)
		b = append(b, l.digest...)
	}
	return packer.EncodeAll(b, nil), nil
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errLeaves = errors.New("its list of rows cannot be read")

func unpack(packed []byte) (leaves []leaf, err error) {
	b, err := unpacker.DecodeAll(packed, nil)
	if err != nil {
		return nil, errLeaves
	}
	r := &reader{b: b}
	for len(r.b) > 0 && !r.bad {
		l := leaf{table: r.string()}
		l.key = r.values(int(r.byte()))
		l.at = r.varint()
		l.by = r.string()
		l.digest = r.take(size)
		leaves = append(leaves, l)
	}
	if r.bad {
		return nil, errLeaves
	}
	return leaves, nil
}

// reader takes bytes apart; bad says that they ended too early or make no sense.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	p := r.b[:n]
	r.b = r.b[n:]
	return p
}

func (r *reader) byte() byte {
	if p := r.take(1); p != nil {
		return p[0]
	}
	return 0
}

func (r *reader) string() string {
	n, w := binary.Uvarint(r.b)
	if w <= 0 || n > uint64(len(r.b)) {
		r.bad = true
		return ""
	}
	r.b = r.b[w:]
	return string(r.take(int(n)))
}

func (r *reader) varint() int64 {
	n, w := binary.Varint(r.b)
	if w <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[w:]
	return n
}

func (r *reader) values(n int) []any {
	values := make([]any, 0, min(n, 8))
	for range n {
		switch r.byte() {
		case 'i':
			if p := r.take(8); p != nil {
				values = append(values, int64(binary.BigEndian.Uint64(p)))
			}
		case 't':
			values = append(values, r.string())
		default:
			r.bad = true
		}
		if r.bad {
			return nil
		}
	}
	return values
}

// packKey makes a key comparable, unpackKey takes it apart again.
func packKey(key []any) (string, error) {
	b, err := db.AppendValues([]byte{byte(len(key))}, key)
	return string(b), err
}

func unpackKey(s string) ([]any, error) {
	r := &reader{b: []byte(s)}
	key := r.values(int(r.byte()))
	if r.bad {
		return nil, errLeaves
	}
	return key, nil
}

// sayKey is a key as people read it.
func sayKey(key []any) string {
	var parts []string
	if _, moment := key[0].(int64); moment && len(key) > 1 {
		key = key[1:]
	}
	for _, v := range key {
		parts = append(parts, fmt.Sprint(v))
	}
	return strings.Join(parts, "/")
}
