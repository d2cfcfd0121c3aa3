package letterbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Letter is what is read of one: its words, whatever they were written in.
type Letter struct {
	ID      string // the sender's own; "" when it has none
	From    string
	Subject string
	Text    string
	At      time.Time // by the sender's clock; zero when it does not say
}

// words decodes headers of the charsets below.
var words = mime.WordDecoder{CharsetReader: charset}

// charset reads what Chinese systems write, and what their makers' libraries do; of
// another charset the letters of ASCII can be read.
func charset(name string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "gb2312", "gbk", "cp936", "gb18030", "gb_2312-80":
		return simplifiedchinese.GB18030.NewDecoder().Reader(in), nil
	case "iso-8859-1", "latin1", "windows-1252", "cp1252":
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	}
	return nil, fmt.Errorf("charset %q", name)
}

// Read reads a letter; ErrRefused when it is none.
func Read(raw []byte) (*Letter, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	l := &Letter{ID: strings.Trim(m.Header.Get("Message-Id"), "<> "), From: m.Header.Get("From"), Subject: header(m.Header.Get("Subject"))}
	l.At, _ = m.Header.Date()
	l.Text = tidy(textOf(mail.Header(m.Header).Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0))
	return l, nil
}

// header is a header's words; as they stand where they cannot be decoded.
func header(s string) string {
	if d, err := words.DecodeHeader(s); err == nil {
		s = d
	}
	return tidy(s)
}

// deepest is how many wrappings a text may lie in.
const deepest = 4

// textOf is the first plain text of a part, or what is legible of a page.
func textOf(kind, transfer string, body io.Reader, depth int) string {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		media, params = "text/plain", nil
	}
	if strings.HasPrefix(media, "multipart/") && depth < deepest {
		page := ""
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err != nil {
				return page
			}
			text := textOf(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1)
			if plain, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); text != "" && plain != "text/html" {
				return text
			}
			if page == "" {
				page = text
			}
		}
	}
	if !strings.HasPrefix(media, "text/") {
		return ""
	}
	switch strings.ToLower(strings.TrimSpace(transfer)) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	if name := params["charset"]; name != "" {
		if in, err := charset(name, body); err == nil {
			body = in
		}
	}
	b, _ := io.ReadAll(body) // what could be read of a broken one is read
	if media == "text/html" {
		b = tags.ReplaceAll(b, []byte(" "))
	}
	return string(b)
}

var tags = regexp.MustCompile(`(?s)<(style|script).*?</(style|script)>|<[^>]*>`)

// tidy leaves out what cannot be read or kept.
func tidy(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "�")))
}
