package sheet

import (
	"bufio"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"houqin/internal/base/fault"
)

// separators are tried in this order; of equals the first is taken.
var separators = []rune{',', '\t', ';', '|', '$'}

// sampleRows and sampleBytes are what the separator is judged by.
const (
	sampleRows  = 200
	sampleBytes = 512 << 10
)

func openText(name string, r io.ReaderAt, size int64) (*Book, error) {
	enc, skip, broken, err := textEncoding(r, size)
	if err != nil {
		return nil, err
	}
	start := func() io.Reader { return decoded(r, size, skip, enc) }
	head, err := io.ReadAll(io.LimitReader(start(), sampleBytes))
	if err != nil {
		return nil, err
	}
	sample := strings.TrimSuffix(strings.ToValidUTF8(string(head), "\uFFFD"), "\uFFFD")
	switch first := strings.TrimFunc(sample, invisible); {
	case first == "" && size <= sampleBytes:
		return nil, fault.New(fault.Invalid, "sheet.empty")
	case markup(first):
		return nil, fault.New(fault.Invalid, "sheet.is_html")
	case strings.HasPrefix(first, "{") || strings.HasPrefix(first, "[{"):
		return nil, notASheet()
	}
	sep, told := toldSeparator(sample)
	if !told {
		sep = separatorOf(sample)
	}
	title := strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), path.Ext(name))
	b := &Book{Kind: Text, Sheets: []string{title}, Hidden: []bool{false}, Encoding: enc, Separator: sep, Broken: broken}
	b.open = func(int) (rowReader, error) {
		in := bufio.NewReaderSize(start(), 64<<10)
		if told {
			if _, err := in.ReadString('\n'); err != nil && !errors.Is(err, io.EOF) {
				return nil, err
			}
		}
		return &textReader{in: in, sep: sep}, nil
	}
	return b, nil
}

// markup tells pages and XML saved under a spreadsheet's name.
func markup(s string) bool {
	if !strings.HasPrefix(s, "<") {
		return false
	}
	s = strings.ToLower(s[:min(len(s), 2048)])
	for _, tag := range []string{"<!doctype", "<html", "<?xml", "<table", "<head", "<body", "<meta", "<!--", "<div", "<style", "<script", "<workbook", "<svg"} {
		if strings.Contains(s, tag) {
			return true
		}
	}
	return false
}

// toldSeparator reads the line sep=; that Excel writes and hides.
func toldSeparator(sample string) (rune, bool) {
	line, _, _ := strings.Cut(sample, "\n")
	line = strings.Trim(strings.TrimSuffix(line, "\r"), `"`)
	if len(line) >= 5 && strings.EqualFold(line[:4], "sep=") && utf8.RuneCountInString(line[4:]) == 1 {
		r, _ := utf8.DecodeRuneInString(line[4:])
		return r, r != '"'
	}
	return 0, false
}

// separatorOf is the one that cuts most rows into the same number of cells. A
// text without any is one column.
func separatorOf(sample string) rune {
	best, bestShare, bestWidth := ',', 0.0, 1
	for _, sep := range separators {
		rows := &textReader{in: bufio.NewReader(strings.NewReader(sample)), sep: sep}
		widths, n := map[int]int{}, 0
		for n < sampleRows {
			row, err := rows.next()
			if err != nil {
				break // the sample may end in the middle of a row
			}
			widths[len(row.Cells)+rows.dropped]++
			n++
		}
		width, share := 1, 0.0
		for w, count := range widths {
			if s := float64(count) / float64(n); w > 1 && (s > share || s == share && w > width) {
				width, share = w, s
			}
		}
		if width == 1 {
			continue
		}
		if share > bestShare+0.05 || share > bestShare-0.05 && width > bestWidth {
			best, bestShare, bestWidth = sep, share, width
		}
	}
	return best
}

// textReader cuts a text into rows as Excel does: quotes count at the beginning
// of a cell only, doubled inside; what follows a closing quote belongs to the
// cell; a row ends at LF, CR or both, and inside quotes it does not.
type textReader struct {
	in      *bufio.Reader
	sep     rune
	number  int
	done    bool
	dropped int // empty cells left off the end of the last row
	field   []byte
}

func (t *textReader) close() {}

func (t *textReader) next() (Row, error) {
	for !t.done {
		cells, err := t.row()
		if err != nil {
			return Row{}, err
		}
		keep := len(cells)
		for keep > 0 && cells[keep-1].blank() {
			keep--
		}
		if t.dropped = len(cells) - keep; keep > 0 {
			if err := checked(t.number, keep-1, ""); err != nil {
				return Row{}, err
			}
			return Row{Number: t.number, Cells: cells[:keep]}, nil
		}
	}
	return Row{}, io.EOF
}

// row reads one row, empty or not.
func (t *textReader) row() ([]Cell, error) {
	t.number++
	var cells []Cell
	for {
		end, err := t.cell(len(cells))
		if err != nil {
			return nil, err
		}
		text := trimmed(unguarded(valid(string(t.field))))
		if len(text) > MaxText && longer(text, MaxText) {
			return nil, tooLong(t.number, len(cells))
		}
		switch {
		case len(cells) < MaxColumns:
			cells = append(cells, Cell{Text: text})
		case text != "":
			return nil, checked(t.number, MaxColumns, "")
		}
		if end {
			return cells, nil
		}
	}
}

// cell reads one cell into field and says whether the row ends with it.
func (t *textReader) cell(column int) (end bool, err error) {
	t.field = t.field[:0]
	quoted, first := false, true
	from := t.number
	for {
		c, err := t.in.ReadByte()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return false, err
			}
			t.done = true
			if quoted {
				return false, fault.New(fault.Invalid, "sheet.unclosed_quote", from)
			}
			return true, nil
		}
		if len(t.field) > 4*MaxText {
			if quoted {
				return false, fault.New(fault.Invalid, "sheet.unclosed_quote", from)
			}
			return false, tooLong(from, column)
		}
		switch {
		case quoted:
			if c != '"' {
				if c == '\r' && t.at('\n') {
					continue
				}
				t.field = append(t.field, c)
				continue
			}
			if t.at('"') {
				t.in.Discard(1)
				t.field = append(t.field, '"')
				continue
			}
			quoted = false
		case c == '"' && first:
			quoted = true
		case c == '\n':
			return true, nil
		case c == '\r':
			if t.at('\n') {
				t.in.Discard(1)
			}
			return true, nil
		case t.sep < utf8.RuneSelf && rune(c) == t.sep:
			return false, nil
		case t.sep >= utf8.RuneSelf && t.wide(c):
			return false, nil
		case c == 0x1A && t.number > 0: // the end mark of old programs
			if _, err := t.in.Peek(1); err != nil {
				t.done = true
				return true, nil
			}
			t.field = append(t.field, c)
		default:
			t.field = append(t.field, c)
		}
		first = false
	}
}

// at says whether c comes next.
func (t *textReader) at(c byte) bool {
	b, err := t.in.Peek(1)
	return err == nil && b[0] == c
}

// wide takes the rest of a separator beyond ASCII, of which c is the first byte.
func (t *textReader) wide(c byte) bool {
	s := string(t.sep)
	if c != s[0] {
		return false
	}
	b, err := t.in.Peek(len(s) - 1)
	if err != nil || string(b) != s[1:] {
		return false
	}
	t.in.Discard(len(s) - 1)
	return true
}

// formulaic says whether some spreadsheet takes a text for a formula, by the
// first character of it, full-width ones included.
func formulaic(s string) bool {
	switch r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "' \u00A0\u3000")); r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return true
	}
	return false
}

// guardedText has an apostrophe put before what would start a formula, and
// another before what looks guarded already, so that unguarded undoes it exactly.
func guardedText(s string) string {
	if formulaic(s) {
		return "'" + s
	}
	return s
}

func unguarded(s string) string {
	if strings.HasPrefix(s, "'") && formulaic(s) {
		return s[1:]
	}
	return s
}
