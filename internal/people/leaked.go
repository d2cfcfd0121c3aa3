package people

import (
	"bytes"
	"crypto/sha1" // names lines of a public list; it protects nothing here
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
)

// Within the program are the passwords that leaked most often (common.bin). A hospital
// that wants all of them fetches a list itself and names the file: no password, and no
// part of its hash, is ever sent anywhere (ASVS 6.2.12).

// leakedFile is a list as Have I Been Pwned gives it out: lines of upper-case SHA-1
// and a count, "5BAA61E4…:10434004", sorted. Of a list of any length some forty lines are read.
type leakedFile struct {
	file *os.File
	size int64
}

var leaked atomic.Pointer[leakedFile]

// UseLeaked takes a list of leaked passwords from a file; one whose lines are of
// another form is refused. It holds for all hospitals of the program.
func UseLeaked(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	l := &leakedFile{f, info.Size()}
	first, err := l.lineFrom(0)
	if _, bad := hex.DecodeString(first); err != nil || bad != nil || len(first) != 40 || first != strings.ToUpper(first) {
		f.Close()
		return fmt.Errorf("%s does not begin with a line of upper-case SHA-1, a colon and a count", path)
	}
	leaked.Store(l)
	return nil
}

// hasLeaked says whether a password stands in the list, if there is one.
func hasLeaked(password string) (bool, error) {
	l := leaked.Load()
	if l == nil {
		return false, nil
	}
	sum := sha1.Sum([]byte(password))
	return l.has(strings.ToUpper(hex.EncodeToString(sum[:])))
}

// has looks for a hash by halving the file.
func (l *leakedFile) has(want string) (bool, error) {
	low, high := int64(0), l.size // the line sought begins in [low, high)
	for low < high {
		mid := (low + high) / 2
		start, err := l.startAfter(mid)
		if err != nil {
			return false, err
		}
		got := ""
		if start < high {
			if got, err = l.lineFrom(start); err != nil {
				return false, err
			}
		}
		switch {
		case got == want:
			return true, nil
		case got != "" && got < want:
			low = start + 1
		default:
			high = mid
		}
	}
	return false, nil
}

// startAfter is where the first line begins at or after a place.
func (l *leakedFile) startAfter(at int64) (int64, error) {
	if at == 0 {
		return 0, nil
	}
	var b [128]byte
	n, err := l.file.ReadAt(b[:], at-1)
	if err != nil && err != io.EOF {
		return 0, err
	}
	i := bytes.IndexByte(b[:n], '\n')
	if i < 0 {
		return l.size, nil
	}
	return at + int64(i), nil
}

// lineFrom is the hash of the line that begins at a place.
func (l *leakedFile) lineFrom(at int64) (string, error) {
	var b [40]byte
	n, err := l.file.ReadAt(b[:], at)
	if err != nil && err != io.EOF {
		return "", err
	}
	return string(b[:n]), nil
}
