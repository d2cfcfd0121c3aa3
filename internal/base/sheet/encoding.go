package sheet

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"houqin/internal/base/fault"
)

// encodings by the name a person is told.
var encodings = map[string]encoding.Encoding{
	"UTF-16LE": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"UTF-16BE": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"GB18030":  simplifiedchinese.GB18030,
}

// decoded is the text from offset skip on in UTF-8.
func decoded(r io.ReaderAt, size, skip int64, name string) io.Reader {
	part := io.NewSectionReader(r, skip, max(0, size-skip))
	if enc, ok := encodings[name]; ok {
		return transform.NewReader(part, enc.NewDecoder())
	}
	return part
}

// textEncoding finds how a text is encoded by reading all of it: a mark at its
// beginning decides, then zero bytes beside ASCII (UTF-16), then whether it is
// UTF-8, then whether it is Chinese in GB18030. A UTF-8 text with a few broken
// places, as programs make by cutting words at a byte, is still UTF-8; their
// number is reported. skip is the length of the mark.
func textEncoding(r io.ReaderAt, size int64) (name string, skip int64, broken int, err error) {
	head := make([]byte, min(size, 4096))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", 0, 0, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		name, skip = "UTF-16LE", 2
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		name, skip = "UTF-16BE", 2
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		skip = 3
	case bytes.IndexByte(head, 0) >= 0:
		name = wideOrder(head)
		if name == "" {
			return "", 0, 0, notASheet()
		}
	}
	if name != "" {
		bad, binary, _, err := survey(decoded(r, size, skip, name))
		if err != nil {
			return "", 0, 0, err
		}
		if bad > 0 || binary || size%2 != 0 {
			return "", 0, 0, notASheet()
		}
		return name, skip, 0, nil
	}
	bad, binary, many, err := survey(decoded(r, size, skip, "UTF-8"))
	if err != nil {
		return "", 0, 0, err
	}
	switch {
	case binary:
		return "", 0, 0, notASheet()
	case bad == 0, skip > 0, bad*20 <= many:
		return "UTF-8", skip, bad, nil
	}
	chinese, err := looksChinese(io.NewSectionReader(r, 0, size))
	if err != nil {
		return "", 0, 0, err
	}
	if !chinese {
		return "", 0, 0, fault.New(fault.Invalid, "sheet.encoding")
	}
	bad, _, _, err = survey(decoded(r, size, 0, "GB18030"))
	if err != nil {
		return "", 0, 0, err
	}
	if bad > 0 {
		return "", 0, 0, fault.New(fault.Invalid, "sheet.encoding")
	}
	return "GB18030", 0, 0, nil
}

func notASheet() error { return fault.New(fault.Invalid, "sheet.not_a_sheet") }

// wideOrder tells UTF-16 without a mark by the zero halves of its separators,
// digits and ends of line.
func wideOrder(head []byte) string {
	little, big := 0, 0
	for i := 0; i+1 < len(head); i += 2 {
		switch a, b := head[i], head[i+1]; {
		case b == 0 && a >= '\t' && a < 0x7F:
			little++
		case a == 0 && b >= '\t' && b < 0x7F:
			big++
		}
	}
	switch {
	case little > 0 && big == 0:
		return "UTF-16LE"
	case big > 0 && little == 0:
		return "UTF-16BE"
	}
	return ""
}

// survey counts the places that are no characters and those of more than one
// byte, and says whether there are bytes that no text has: a zero, or more than a
// few control characters.
func survey(r io.Reader) (bad int, binary bool, many int, err error) {
	buf := make([]byte, 64<<10)
	kept, odd, all := 0, 0, 0
	for {
		n, err := r.Read(buf[kept:])
		if n == 0 && err == nil {
			continue
		}
		data, atEnd := buf[:kept+n], err != nil
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, false, 0, err
		}
		i := 0
		for i < len(data) {
			c := data[i]
			if c < utf8.RuneSelf {
				if c < ' ' && (c < '\t' || c > '\r') && c != 0x1A {
					odd++
				}
				binary = binary || c == 0
				i++
				continue
			}
			if !atEnd && !utf8.FullRune(data[i:]) {
				break
			}
			r, w := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError { // also the mark that a decoder leaves
				bad++
			} else {
				many++
			}
			i += w
		}
		kept, all = copy(buf, data[i:]), all+i
		if atEnd {
			return bad, binary || odd*50 > all, many, nil
		}
	}
}

// looksChinese says whether bytes beyond ASCII come in pairs of the old national
// standard, which nearly all Chinese text keeps to; a western text taken for
// GB18030 would have an ASCII letter as every other second half.
func looksChinese(r io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	standard, other := 0, 0
	lead := byte(0)
	for {
		n, err := r.Read(buf)
		for _, c := range buf[:n] {
			switch {
			case lead == 0:
				if c >= 0x80 {
					lead = c
				}
			default:
				if lead >= 0xA1 && lead <= 0xF7 && c >= 0xA1 {
					standard++
				} else {
					other++
				}
				lead = 0
			}
		}
		if errors.Is(err, io.EOF) {
			return standard > 0 && standard >= other+other/2, nil
		}
		if err != nil {
			return false, err
		}
	}
}
