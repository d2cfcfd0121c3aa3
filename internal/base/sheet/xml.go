package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxToken bounds one tag or one piece of text. A cell of 32,767 characters, each
// written as an entity, stays below it.
const maxToken = 1 << 20

var (
	errToken   = errors.New("xml: a tag or text too long for a spreadsheet")
	errDoctype = errors.New("xml: a document type, which no spreadsheet has")
)

type xmlKind byte

const (
	xmlStart xmlKind = iota + 1
	xmlEnd
	xmlText
)

// xmlScanner reads the XML of spreadsheets: elements by their local names,
// attributes, text with the five entities, in a buffer that does not grow with
// the document. There is nothing in it that could expand. The standard library's
// decoder does more and takes ten times as long over a sheet of a million cells.
type xmlScanner struct {
	in     io.Reader
	buf    []byte
	lo, hi int
	eof    bool

	kind  xmlKind
	name  []byte // local name of an element, until the next call
	attrs []byte
	text  []byte // as it stands in the document
	cdata bool
	empty bool // <like this/>: its end comes next
}

// newXML begins a part. UTF-8 and UTF-16 are what a part may be written in.
func newXML(r io.Reader) (*xmlScanner, error) {
	var head [2]byte
	n, err := io.ReadFull(r, head[:])
	if err != nil && n < 2 {
		return nil, truncated(err)
	}
	r = io.MultiReader(bytes.NewReader(head[:]), r)
	if head == [2]byte{0xFF, 0xFE} || head == [2]byte{0xFE, 0xFF} {
		r = transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder())
	}
	return &xmlScanner{in: r, buf: make([]byte, 64<<10)}, nil
}

// more reads on, keeping what is not used up.
func (x *xmlScanner) more() error {
	if x.eof {
		return io.ErrUnexpectedEOF
	}
	if x.lo > 0 {
		x.hi = copy(x.buf, x.buf[x.lo:x.hi])
		x.lo = 0
	}
	if x.hi == len(x.buf) {
		if len(x.buf) >= maxToken {
			return errToken
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for range 100 {
		n, err := x.in.Read(x.buf[x.hi:])
		x.hi += n
		if errors.Is(err, io.EOF) {
			x.eof = true
			if n == 0 {
				return io.ErrUnexpectedEOF
			}
			return nil
		}
		if err != nil || n > 0 {
			return err
		}
	}
	return io.ErrNoProgress
}

// until is the number of unread bytes before mark, reading on as needed.
func (x *xmlScanner) until(mark string, from int) (int, error) {
	for {
		if x.lo+from < x.hi {
			if i := bytes.Index(x.buf[x.lo+from:x.hi], []byte(mark)); i >= 0 {
				return from + i, nil
			}
			from = max(from, x.hi-x.lo-len(mark)+1)
		}
		if err := x.more(); err != nil {
			return 0, err
		}
	}
}

// next steps to the next start, end or text; io.EOF at the end.
func (x *xmlScanner) next() error {
	if x.empty {
		x.empty, x.kind = false, xmlEnd
		return nil
	}
	for {
		if x.lo == x.hi {
			if err := x.more(); err != nil {
				if x.eof {
					return io.EOF
				}
				return err
			}
		}
		if x.buf[x.lo] != '<' {
			n, err := x.until("<", 0)
			if errors.Is(err, io.ErrUnexpectedEOF) && x.eof {
				n, err = x.hi-x.lo, nil
			}
			if err != nil {
				return err
			}
			x.kind, x.name, x.cdata, x.text = xmlText, nil, false, x.buf[x.lo:x.lo+n]
			x.lo += n
			return nil
		}
		found, err := x.tag()
		if err != nil || found {
			return err
		}
	}
}

// tag reads what begins with <; false if it is nothing that matters.
func (x *xmlScanner) tag() (found bool, err error) {
	for x.hi-x.lo < 2 {
		if err := x.more(); err != nil {
			return false, err
		}
	}
	skip := func(open int, mark string) (bool, error) {
		n, err := x.until(mark, open)
		x.lo += n + len(mark)
		return false, err
	}
	switch x.buf[x.lo+1] {
	case '?':
		if n, err := x.until("?>", 2); err == nil && foreignXML(x.buf[x.lo:x.lo+n]) {
			return false, errors.New("xml: an encoding other than UTF-8 and UTF-16")
		}
		return skip(2, "?>")
	case '!':
		for x.hi-x.lo < 9 {
			if err := x.more(); err != nil {
				return false, err
			}
		}
		switch rest := x.buf[x.lo:x.hi]; {
		case bytes.HasPrefix(rest, []byte("<!--")):
			return skip(4, "-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			n, err := x.until("]]>", 9)
			if err != nil {
				return false, err
			}
			x.kind, x.name, x.cdata, x.text = xmlText, nil, true, x.buf[x.lo+9:x.lo+n]
			x.lo += n + 3
			return true, nil
		}
		return false, errDoctype
	case '/':
		n, err := x.until(">", 2)
		if err != nil {
			return false, err
		}
		x.kind, x.name = xmlEnd, local(bytes.TrimRight(x.buf[x.lo+2:x.lo+n], " \t\r\n"))
		x.lo += n + 1
		return true, nil
	}
	n, err := x.tagEnd()
	if err != nil {
		return false, err
	}
	in := x.buf[x.lo+1 : x.lo+n]
	x.lo += n + 1
	if k := len(in) - 1; k >= 0 && in[k] == '/' {
		x.empty, in = true, in[:k]
	}
	i := bytes.IndexAny(in, " \t\r\n")
	if i < 0 {
		i = len(in)
	}
	x.kind, x.name, x.attrs = xmlStart, local(in[:i]), in[i:]
	if len(x.name) == 0 {
		return false, errors.New("xml: an element without a name")
	}
	return true, nil
}

// tagEnd finds the > that is not inside an attribute's quotes.
func (x *xmlScanner) tagEnd() (int, error) {
	quote := byte(0)
	for i := 1; ; i++ {
		for x.lo+i >= x.hi {
			if err := x.more(); err != nil {
				return 0, err
			}
		}
		switch c := x.buf[x.lo+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i, nil
		case c == '<':
			return 0, errors.New("xml: < inside a tag")
		}
	}
}

func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// foreignXML says whether an XML declaration names an encoding that is not read.
func foreignXML(declaration []byte) bool {
	_, after, found := strings.Cut(strings.ToLower(string(declaration)), "encoding")
	if !found || !bytes.HasPrefix(declaration, []byte("<?xml ")) {
		return false
	}
	return !strings.Contains(after, "utf-8") && !strings.Contains(after, "utf8") && !strings.Contains(after, "utf-16") && !strings.Contains(after, "us-ascii")
}

// raw is an attribute of the current element as it stands in the document, by
// its local name; nil if there is none.
func (x *xmlScanner) raw(name string) []byte {
	a := x.attrs
	for {
		a = bytes.TrimLeft(a, " \t\r\n")
		i := bytes.IndexByte(a, '=')
		if i < 0 {
			return nil
		}
		key := bytes.TrimRight(a[:i], " \t\r\n")
		a = bytes.TrimLeft(a[i+1:], " \t\r\n")
		if len(a) == 0 || a[0] != '"' && a[0] != '\'' {
			return nil
		}
		j := bytes.IndexByte(a[1:], a[0])
		if j < 0 {
			return nil
		}
		if string(local(key)) == name {
			return a[1 : 1+j : 1+j]
		}
		a = a[j+2:]
	}
}

// attr is an attribute's value, "" if there is none.
func (x *xmlScanner) attr(name string) (string, error) { return unescapeXML(x.raw(name)) }

// number is an attribute that counts; without it, other.
func (x *xmlScanner) number(name string, other int) int {
	a := x.raw(name)
	n := 0
	for _, c := range a {
		if c < '0' || c > '9' || n > 1e8 {
			return other
		}
		n = n*10 + int(c-'0')
	}
	if len(a) == 0 {
		return other
	}
	return n
}

// string is the current text.
func (x *xmlScanner) string() (string, error) {
	if x.cdata {
		return valid(strings.ReplaceAll(string(x.text), "\r\n", "\n")), nil
	}
	return unescapeXML(x.text)
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// unescapeXML resolves entities and ends of line.
func unescapeXML(raw []byte) (string, error) {
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return valid(string(raw)), nil
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		default:
			b.WriteByte(c)
		case '\r':
			if i+1 == len(raw) || raw[i+1] != '\n' {
				b.WriteByte('\n')
			}
		case '&':
			end := bytes.IndexByte(raw[i:min(len(raw), i+12)], ';')
			if end < 0 {
				return "", errors.New("xml: & without its ;")
			}
			r, ok := entity(string(raw[i+1 : i+end]))
			if !ok {
				return "", fmt.Errorf("xml: entity %q", raw[i:i+end])
			}
			b.WriteRune(r)
			i += end
		}
	}
	return valid(b.String()), nil
}

func entity(s string) (rune, bool) {
	switch s {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := strings.CutPrefix(s, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || n == 0 {
		return 0, false
	}
	return rune(n), true
}

// skip passes over the current element and all in it.
func (x *xmlScanner) skip() error {
	for depth := 1; depth > 0; {
		if err := x.next(); err != nil {
			return truncated(err)
		}
		switch x.kind {
		case xmlStart:
			depth++
		case xmlEnd:
			depth--
		}
	}
	return nil
}
