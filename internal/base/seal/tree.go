package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"github.com/emmansun/gmsm/sm3"
)

// Algorithms by name; a seal says which it was made with, so that a hospital may
// change from one to the other.
var algorithms = map[string]func() hash.Hash{"sha256": sha256.New, "sm3": sm3.New}

// Algorithms are their names, as choices.
var Algorithms = []string{"sha256", "sm3"}

// size of a digest in bytes, with either algorithm.
const size = 32

// The first byte of what is hashed keeps a row from passing for a knot of the tree
// (RFC 6962, 2.1).
const (
	ofRow  = 0
	ofKnot = 1
)

// hasher makes digests one after the other without allocating.
type hasher struct {
	h   hash.Hash
	buf [size]byte
}

func newHasher(algorithm string) (*hasher, bool) {
	make, ok := algorithms[algorithm]
	if !ok {
		return nil, false
	}
	return &hasher{h: make()}, true
}

// row is the digest of a row; it stays until the next call.
func (h *hasher) row(text []byte) []byte { return h.sum(ofRow, text) }

func (h *hasher) sum(kind byte, parts ...[]byte) []byte {
	h.h.Reset()
	h.h.Write([]byte{kind})
	for _, p := range parts {
		h.h.Write(p)
	}
	return h.h.Sum(h.buf[:0])
}

// hex is the digest of a text.
func (h *hasher) hex(text []byte) string {
	h.h.Reset()
	h.h.Write(text)
	return hex.EncodeToString(h.h.Sum(h.buf[:0]))
}

// root of the tree over the leaves in their order, as RFC 6962 has it: the left half
// is the largest power of two that is less than the whole.
func (h *hasher) root(leaves [][]byte) []byte {
	switch n := len(leaves); n {
	case 0:
		h.h.Reset()
		return append([]byte(nil), h.h.Sum(h.buf[:0])...)
	case 1:
		return leaves[0]
	default:
		k := 1
		for k*2 < n {
			k *= 2
		}
		left, right := h.root(leaves[:k]), h.root(leaves[k:])
		return append([]byte(nil), h.sum(ofKnot, left, right)...)
	}
}
