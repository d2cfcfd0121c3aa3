package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"houqin/internal/base/fault"
)

// What a workbook may unpack to. Sheets are streamed, so theirs is a limit of
// time; the shared texts are held, so theirs is one of memory.
const (
	maxSheetPart = 1 << 30
	maxTextsPart = 160 << 20
	maxSmallPart = 32 << 20
	maxParts     = 20_000
	maxDirectory = 4 << 20 // bytes of the list of parts
	maxSheets    = 1_000
	maxStyles    = 100_000
	maxMerges    = 200_000
)

// xlsxBook is what all sheets of a workbook share.
type xlsxBook struct {
	parts    map[string]*zip.File
	paths    []string // of the sheets
	texts    texts
	formats  formats
	date1904 bool
}

// texts holds many short strings as one long one.
type texts struct {
	all  string
	ends []uint32
}

func (t *texts) at(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.all[from:t.ends[i]], true
}

func openXLSX(r io.ReaderAt, size int64) (*Book, error) {
	if !smallDirectory(r, size) {
		return nil, tooBig()
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, damaged(err)
	}
	if len(z.File) > maxParts {
		return nil, tooBig()
	}
	x := &xlsxBook{parts: map[string]*zip.File{}}
	for _, f := range z.File {
		x.parts[partName(f.Name)] = f
	}
	root, err := x.relations("")
	if err != nil {
		return nil, err
	}
	main := "xl/workbook.xml"
	for _, rel := range root {
		if rel.kind == "officeDocument" {
			main = rel.target
		}
	}
	b := &Book{Kind: XLSX}
	if err := x.workbook(b, main); err != nil {
		return nil, err
	}
	if len(b.Sheets) == 0 {
		return nil, fault.New(fault.Invalid, "sheet.empty")
	}
	b.open = x.open
	return b, nil
}

func tooBig() error { return fault.New(fault.TooLarge, "sheet.too_big") }

// smallDirectory looks at the list of parts before it is read into memory, since
// a small file can list millions.
func smallDirectory(r io.ReaderAt, size int64) bool {
	tail := make([]byte, min(size, 66<<10))
	if n, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && n < len(tail) {
		return true // the reader of the archive will say what is wrong
	}
	i := -1
	if len(tail) >= 22 {
		i = bytes.LastIndex(tail[:len(tail)-18], []byte("PK\x05\x06"))
	}
	if i < 0 || size <= maxDirectory {
		return true
	}
	records, length, offset := u16(tail, i+10), int64(u32(tail, i+12)), int64(u32(tail, i+16))
	if records == 0xFFFF || length == 0xFFFF || offset == 0xFFFFFFFF {
		return false // the true numbers stand elsewhere, as only huge archives need it
	}
	end := size - int64(len(tail)) + int64(i)
	return end-min(offset, end-length) <= maxDirectory
}

// part opens a part of the archive, which may unpack to no more than limit.
func (x *xlsxBook) part(name string, limit int64) (io.ReadCloser, error) {
	f := x.parts[partName(name)]
	if f == nil {
		return nil, damaged(fmt.Errorf("no part %q", name))
	}
	if f.Flags&1 != 0 {
		return nil, fault.New(fault.Invalid, "sheet.encrypted")
	}
	if f.UncompressedSize64 > uint64(limit) {
		return nil, tooBig()
	}
	in, err := f.Open() // gives no more than the size it states
	if err != nil {
		return nil, damaged(err)
	}
	return in, nil
}

// scan walks a part's elements.
func (x *xlsxBook) scan(name string, limit int64, each func(s *xmlScanner) error) error {
	in, err := x.part(name, limit)
	if err != nil {
		return err
	}
	defer in.Close()
	s, err := newXML(in)
	if err != nil {
		return err
	}
	for {
		err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = each(s)
		}
		if err != nil {
			return truncated(err)
		}
	}
}

type relation struct{ id, kind, target string }

// relations reads what a part refers to; a part without any has none.
func (x *xlsxBook) relations(of string) (all []relation, err error) {
	dir, file := path.Split(of)
	name := dir + "_rels/" + file + ".rels"
	if x.parts[partName(name)] == nil {
		return nil, nil
	}
	err = x.scan(name, maxSmallPart, func(s *xmlScanner) error {
		if s.kind != xmlStart || string(s.name) != "Relationship" {
			return nil
		}
		id, _ := s.attr("Id")
		kind, _ := s.attr("Type")
		target, err := s.attr("Target")
		if err != nil || len(all) > maxParts {
			return truncated(err)
		}
		target = strings.ReplaceAll(target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		all = append(all, relation{id, path.Base(kind), strings.TrimPrefix(path.Clean(target), "/")})
		return nil
	})
	return all, err
}

// workbook reads the list of sheets, then the texts and formats they share.
func (x *xlsxBook) workbook(b *Book, main string) error {
	rels, err := x.relations(main)
	if err != nil {
		return err
	}
	byID := map[string]relation{}
	for _, rel := range rels {
		byID[rel.id] = rel
	}
	err = x.scan(main, maxSmallPart, func(s *xmlScanner) error {
		if s.kind != xmlStart {
			return nil
		}
		switch string(s.name) {
		case "workbookPr":
			on := string(s.raw("date1904"))
			x.date1904 = on == "1" || on == "true"
		case "sheet":
			name, err := s.attr("name")
			if err != nil {
				return err
			}
			rel, ok := byID[string(s.raw("id"))]
			if !ok || rel.kind != "worksheet" { // charts and old macros have no rows
				return nil
			}
			if len(b.Sheets) == maxSheets {
				return tooBig()
			}
			state := string(s.raw("state"))
			b.Sheets = append(b.Sheets, name)
			b.Hidden = append(b.Hidden, state == "hidden" || state == "veryHidden")
			x.paths = append(x.paths, rel.target)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, rel := range rels {
		switch rel.kind {
		case "styles":
			err = x.styles(rel.target)
		case "sharedStrings":
			err = x.sharedTexts(rel.target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// styles reads which format each style of a cell has.
func (x *xlsxBook) styles(name string) error {
	x.formats.custom = map[int]string{}
	inside := false
	return x.scan(name, maxSmallPart, func(s *xmlScanner) error {
		switch string(s.name) {
		case "cellXfs":
			inside = s.kind == xmlStart
		case "numFmt":
			if s.kind == xmlStart {
				code, err := s.attr("formatCode")
				if err != nil || len(x.formats.custom) > maxStyles {
					return truncated(err)
				}
				x.formats.custom[s.number("numFmtId", 0)] = code
			}
		case "xf":
			if s.kind == xmlStart && inside {
				if len(x.formats.byStyle) > maxStyles {
					return tooBig()
				}
				x.formats.byStyle = append(x.formats.byStyle, s.number("numFmtId", 0))
			}
		}
		return nil
	})
}

// sharedTexts reads the table of texts that cells refer to by number.
func (x *xlsxBook) sharedTexts(name string) error {
	var all strings.Builder
	err := x.scan(name, maxTextsPart, func(s *xmlScanner) error {
		if s.kind == xmlStart && string(s.name) == "si" {
			text, err := richText(s, "si")
			if err != nil {
				return err
			}
			all.WriteString(text)
			x.texts.ends = append(x.texts.ends, uint32(all.Len()))
		}
		return nil
	})
	x.texts.all = all.String()
	return err
}

// richText joins the runs of a text up to the end of its element, without the
// readings (phonetic guides) that may stand beside them.
func richText(s *xmlScanner, element string) (string, error) {
	var first string
	var b strings.Builder
	inText, runs := false, 0
	for {
		if err := s.next(); err != nil {
			return "", truncated(err)
		}
		switch s.kind {
		case xmlStart:
			switch string(s.name) {
			case "t":
				inText = true
			case "rPh":
				if err := s.skip(); err != nil {
					return "", err
				}
			}
		case xmlText:
			if !inText {
				continue
			}
			text, err := s.string()
			if err != nil {
				return "", err
			}
			if runs++; runs == 1 {
				first = text
				continue
			}
			if b.Len() == 0 {
				b.WriteString(first)
			}
			if b.WriteString(text); b.Len() > maxToken {
				return "", errToken
			}
		case xmlEnd:
			switch string(s.name) {
			case "t":
				inText = false
			case element:
				if runs > 1 {
					first = b.String()
				}
				return unescapeCell(first), nil
			}
		}
	}
}

// unescapeCell resolves _x000D_, as which cells write what XML cannot hold.
func unescapeCell(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				i += 6
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
