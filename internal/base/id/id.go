// Package id makes the names of records: short, unique on every copy of the
// program, and in the order of their making, so that new rows lie together on disk.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"sync"
	"time"
)

// digits keep the order of bytes and leave out letters that look like digits.
const digits = "0123456789abcdefghjkmnpqrstvwxyz"

// Length of every id: 48 bits of milliseconds and 52 bits of counter, five bits a character.
const Length = 20

var last struct {
	sync.Mutex
	ms, low uint64
}

const lowBits = 52

// New is an id for a record made at t. Ids of one program ascend strictly, also
// within a millisecond and when the clock steps back.
func New(t time.Time) string {
	last.Lock()
	ms := uint64(t.UnixMilli())
	if ms > last.ms {
		// A fresh random start each millisecond, its top bit clear so that counting
		// up does not overflow; two copies meet with a chance of about 2^-51.
		last.ms, last.low = ms, random()>>1
	} else {
		last.low += 1 + random()>>32
		if last.low >= 1<<lowBits {
			last.ms, last.low = last.ms+1, random()>>1
		}
	}
	ms, low := last.ms, last.low
	last.Unlock()
	return text(ms, low)
}

// Floor is below every id made at t or later and above those made before.
func Floor(t time.Time) string { return text(uint64(t.UnixMilli()), 0) }

func text(ms, low uint64) string {
	// 100 bits: 48 of ms, 52 of low.
	var b [Length]byte
	for i := Length - 1; i >= 0; i-- {
		b[i] = digits[low&31]
		low = low>>5 | (ms&31)<<(lowBits-5)
		ms >>= 5
	}
	return string(b[:])
}

// Valid says whether s could be an id; anything else in an address is not looked up.
func Valid(s string) bool {
	if len(s) != Length {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z' || c == 'i' || c == 'l' || c == 'o' || c == 'u') {
			return false
		}
	}
	return true
}

// Secret is an unguessable word of 130 bits, for sessions, tokens and form keys.
func Secret() string { return rand.Text() }

func random() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:]) & (1<<lowBits - 1)
}

// Made is when an id was made, to the millisecond; zero for what is no id. Where the
// clock was put back it is later than the truth, since ids go on ascending.
func Made(s string) time.Time {
	if !Valid(s) {
		return time.Time{}
	}
	var ms uint64
	for i := range 10 { // fifty bits, of which the last two belong to the counter
		ms = ms<<5 | uint64(strings.IndexByte(digits, s[i]))
	}
	return time.UnixMilli(int64(ms >> 2)).UTC()
}
