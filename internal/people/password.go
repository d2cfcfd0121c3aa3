package people

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"houqin/internal/base/fault"
	"houqin/internal/base/id"
)

// strength is what one guess at a password costs: argon2id with twice the passes
// of the first row that ASVS 5.0 and the OWASP password storage sheet accept
// (46 MiB, 1 pass, 1 lane). A password kept at another strength is hashed anew
// when its owner next signs in.
var strength = effort{memory: 46 * 1024, passes: 2, lanes: 1}

type effort struct {
	memory, passes uint32 // KiB, rounds
	lanes          uint8
}

const hashLength = 32

// longest password taken, in bytes; ASVS 6.2.9 asks for at least 64 characters.
const longest = 512

// stoves are the hashes that may be worked out at once, on half of the processors: a rush of sign-ins, or an
// attack by them, leaves the other half to those who are inside.
var stoves = make(chan struct{}, max(1, runtime.NumCPU()/2))

// patience is how long a sign-in waits for a stove.
var patience = 4 * time.Second

func (e effort) work(ctx context.Context, password, salt string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case stoves <- struct{}{}:
		defer func() { <-stoves }()
		return argon2.IDKey([]byte(password), []byte(salt), e.passes, e.memory, e.lanes, hashLength), nil
	case <-ctx.Done():
		return nil, fault.New(fault.TooMany, "people.rush")
	}
}

// seal hashes a password in PHC form.
func seal(ctx context.Context, password string) (string, error) {
	salt := id.Secret()
	sum, err := strength.work(ctx, password, salt)
	return strength.phc(salt, sum), err
}

func (e effort) phc(salt string, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, e.memory, e.passes, e.lanes,
		b64.EncodeToString([]byte(salt)), b64.EncodeToString(sum))
}

// decoy is compared where there is no password, so that a name nobody has costs
// as much time as one that somebody has. No password opens it.
func decoy() string { return strength.phc("nobody's own salt", make([]byte, hashLength)) }

// opens says whether a password is the one that was sealed, and whether it was
// sealed at another strength than today's.
func opens(ctx context.Context, sealed, password string) (ok, old bool, err error) {
	var e effort
	part := strings.Split(sealed, "$")
	if len(part) != 6 || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, false, fmt.Errorf("a password is kept in an unknown form")
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &e.memory, &e.passes, &e.lanes); err != nil {
		return false, false, fmt.Errorf("a password is kept in an unknown form: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(part[4])
	if err != nil {
		return false, false, err
	}
	want, err := base64.RawStdEncoding.DecodeString(part[5])
	if err != nil {
		return false, false, err
	}
	got, err := e.work(ctx, password, string(salt))
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, e != strength, nil
}

// weakness says why a password is refused, nil when it is not: too short or long,
// one of the commonest, or made of what everybody knows. own are words of the
// person and the hospital. Any mix of characters is welcome, and it counts as typed.
func (p Policy) weakness(password string, own ...string) *fault.Error {
	no := func(key string, args ...any) *fault.Error { return fault.OnField("password", key, args...) }
	switch {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return no("base.not_text")
	case int64(utf8.RuneCountInString(password)) < p.Least:
		return no("people.password_short", p.Least)
	case len(password) > longest:
		return no("people.password_long", longest)
	case kinds(password) < p.Classes:
		return no("people.password_classes", p.Classes)
	case common(password):
		return no("people.password_common")
	}
	plain := plainly(password)
	for _, w := range append(own, strings.Fields(p.Barred)...) {
		if w = plainly(w); barrable(w) && strings.Contains(plain, w) {
			return no("people.password_known", w)
		}
	}
	return nil
}

// barrable: a word so short that it stands in every second password bars nothing.
func barrable(w string) bool {
	n := utf8.RuneCountInString(w)
	return n >= 4 || n >= 2 && len(w) >= 3*n
}

// plainly is a text without the ways people dress it up.
func plainly(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '_' || r == '.' {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

// kinds counts the kinds of characters: small and capital letters, digits, others.
func kinds(s string) (n int64) {
	for _, is := range []func(rune) bool{unicode.IsLower, unicode.IsUpper, unicode.IsDigit,
		func(r rune) bool { return !unicode.IsLower(r) && !unicode.IsUpper(r) && !unicode.IsDigit(r) }} {
		if strings.ContainsFunc(s, is) {
			n++
		}
	}
	return n
}
