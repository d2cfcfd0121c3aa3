package sheet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf16"

	"github.com/richardlehane/mscfb"

	"houqin/internal/base/fault"
)

// The records of a BIFF8 workbook that matter here, by their numbers in
// [MS-XLS] 2.3.
const (
	recFormula  = 0x0006
	recEOF      = 0x000A
	rec1904     = 0x0022
	recFilePass = 0x002F
	recContinue = 0x003C
	recSheet    = 0x0085
	recMulRK    = 0x00BD
	recRString  = 0x00D6
	recXF       = 0x00E0
	recMerged   = 0x00E5
	recSST      = 0x00FC
	recLabelSST = 0x00FD
	recNumber   = 0x0203
	recLabel    = 0x0204
	recBoolErr  = 0x0205
	recString   = 0x0207
	recRK       = 0x027E
	recFormat   = 0x041E
	recBOF      = 0x0809
)

// maxXLS is the largest workbook stream that is read, since it is held in memory
// whole; 65,536 full rows of 25 columns stay below it.
const maxXLS = 96 << 20

// xlsBook is a BIFF8 workbook: one stream of records, the shared ones in front,
// then each sheet's.
type xlsBook struct {
	data     []byte
	starts   []int // where each sheet begins
	texts    texts
	formats  formats
	date1904 bool
}

// record is one record in the stream; end is where the next begins.
type record struct {
	kind int
	data []byte
	end  int
}

// at reads the record at an offset; false at the end of the data or where a
// record claims more than there is.
func (x *xlsBook) at(offset int) (record, bool) {
	if offset < 0 || offset+4 > len(x.data) {
		return record{}, false
	}
	kind := int(binary.LittleEndian.Uint16(x.data[offset:]))
	size := int(binary.LittleEndian.Uint16(x.data[offset+2:]))
	if offset+4+size > len(x.data) {
		return record{}, false
	}
	return record{kind, x.data[offset+4 : offset+4+size], offset + 4 + size}, true
}

// u16 and u32 read little-endian numbers; beyond the data they are 0.
func u16(b []byte, at int) int {
	if at+2 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[at:]))
}

func u32(b []byte, at int) uint32 {
	if at+4 > len(b) {
		return 0
	}
	return binary.LittleEndian.Uint32(b[at:])
}

func openXLS(r io.ReaderAt, size int64) (*Book, error) {
	data, err := workbookStream(r, size)
	if err != nil {
		return nil, err
	}
	x := &xlsBook{data: data, formats: formats{custom: map[int]string{}}}
	b := &Book{Kind: XLS, open: x.open}
	if err := x.globals(b); err != nil {
		return nil, err
	}
	if len(b.Sheets) == 0 {
		return nil, fault.New(fault.Invalid, "sheet.empty")
	}
	return b, nil
}

// workbookStream takes the workbook out of the compound file, or says what else
// the compound file is.
func workbookStream(r io.ReaderAt, size int64) ([]byte, error) {
	if !soundHeader(r, size) {
		return nil, damaged(errors.New("the compound file is shorter than it says"))
	}
	box, err := mscfb.New(r)
	if err != nil {
		return nil, damaged(err)
	}
	for _, f := range box.File {
		switch strings.ToLower(f.Name) {
		case "workbook":
			if f.Size > size {
				return nil, damaged(io.ErrUnexpectedEOF)
			}
			if f.Size > maxXLS {
				return nil, tooBig()
			}
			data := make([]byte, f.Size)
			n := 0
			for n < len(data) { // in pieces: the library takes square time over a long one
				k, err := io.ReadFull(f, data[n:min(len(data), n+64<<10)])
				n += k
				if err != nil {
					break // a cut-off end shows when the sheets are read
				}
			}
			return data[:n], nil
		case "book":
			return nil, fault.New(fault.Invalid, "sheet.too_old")
		case "encryptedpackage", "encryptioninfo":
			return nil, fault.New(fault.Invalid, "sheet.encrypted")
		case "worddocument":
			return nil, fault.New(fault.Invalid, "sheet.is_word")
		}
	}
	return nil, notASheet()
}

// soundHeader holds the numbers of sectors that a compound file states against
// its size, before memory is set aside for them.
func soundHeader(r io.ReaderAt, size int64) bool {
	var h [512]byte
	if n, err := r.ReadAt(h[:], 0); n < len(h) && err != nil {
		return false
	}
	sectors := size>>9 + 1
	for _, at := range []int{40, 44, 64, 72} { // of directory, FAT, mini FAT, DIFAT
		if int64(u32(h[:], at)) > sectors {
			return false
		}
	}
	return true
}

// globals reads what all sheets share and where they begin.
func (x *xlsBook) globals(b *Book) error {
	rec, ok := x.at(0)
	if !ok || rec.kind != recBOF {
		return damaged(errors.New("no workbook at the beginning of the stream"))
	}
	if u16(rec.data, 0) != 0x0600 {
		return fault.New(fault.Invalid, "sheet.too_old")
	}
	for rec.kind != recEOF {
		if rec, ok = x.at(rec.end); !ok {
			return damaged(io.ErrUnexpectedEOF)
		}
		switch rec.kind {
		case recFilePass:
			return fault.New(fault.Invalid, "sheet.encrypted")
		case rec1904:
			x.date1904 = u16(rec.data, 0) == 1
		case recFormat:
			if code, ok := biffString(rec.data, 2, 2); ok {
				x.formats.custom[u16(rec.data, 0)] = code
			}
		case recXF:
			x.formats.byStyle = append(x.formats.byStyle, u16(rec.data, 2))
		case recSheet:
			if len(rec.data) < 8 || rec.data[5] != 0 { // charts and macros have no rows
				continue
			}
			name, ok := biffString(rec.data, 6, 1)
			if !ok || len(b.Sheets) == maxSheets {
				return damaged(errors.New("the list of sheets"))
			}
			b.Sheets = append(b.Sheets, name)
			b.Hidden = append(b.Hidden, rec.data[4]&3 != 0)
			x.starts = append(x.starts, int(u32(rec.data, 0)))
		case recSST:
			if err := x.sharedTexts(rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// sharedTexts reads the table of texts, which runs over as many records as it
// needs.
func (x *xlsBook) sharedTexts(rec record) error {
	in := &pieces{book: x, data: rec.data, end: rec.end}
	in.skip(4)
	count := in.u32()
	var all strings.Builder
	for i := uint32(0); i < count && in.err == nil; i++ {
		n, flags := in.u16(), in.u8()
		runs, extra := 0, 0
		if flags&8 != 0 {
			runs = in.u16()
		}
		if flags&4 != 0 {
			extra = int(in.u32())
		}
		all.WriteString(in.text(n, flags&1 != 0))
		in.skip(4*runs + extra)
		if in.err == nil {
			x.texts.ends = append(x.texts.ends, uint32(all.Len()))
		}
	}
	x.texts.all = all.String()
	if in.err != nil {
		return damaged(fmt.Errorf("the table of texts: %w", in.err))
	}
	return nil
}

// pieces reads over a record and those that continue it.
type pieces struct {
	book *xlsBook
	data []byte // left of the current record
	end  int
	err  error
}

// onward goes on to the next piece when this one is used up.
func (p *pieces) onward() bool {
	for len(p.data) == 0 && p.err == nil {
		rec, ok := p.book.at(p.end)
		if !ok || rec.kind != recContinue {
			p.err = io.ErrUnexpectedEOF
			return false
		}
		p.data, p.end = rec.data, rec.end
	}
	return p.err == nil
}

func (p *pieces) u8() int {
	if !p.onward() {
		return 0
	}
	c := p.data[0]
	p.data = p.data[1:]
	return int(c)
}

func (p *pieces) u16() int    { n := p.u8(); return n | p.u8()<<8 }
func (p *pieces) u32() uint32 { n := p.u16(); return uint32(n) | uint32(p.u16())<<16 }

func (p *pieces) skip(n int) {
	for n > 0 && p.onward() {
		k := min(n, len(p.data))
		p.data, n = p.data[k:], n-k
	}
	if n < 0 {
		p.err = errors.New("a negative length")
	}
}

// text reads n characters. Where they go on in another record, that begins with
// a byte that says anew whether they are wide.
func (p *pieces) text(n int, wide bool) string {
	var units []uint16
	for n > 0 {
		if len(p.data) == 0 {
			flags := p.u8()
			if p.err != nil {
				return ""
			}
			wide = flags&1 != 0
			continue
		}
		if wide {
			if len(p.data) < 2 {
				p.err = errors.New("half a character at the end of a record")
				return ""
			}
			k := min(n, len(p.data)/2)
			for i := range k {
				units = append(units, binary.LittleEndian.Uint16(p.data[2*i:]))
			}
			p.data, n = p.data[2*k:], n-k
			continue
		}
		k := min(n, len(p.data))
		for _, c := range p.data[:k] {
			units = append(units, uint16(c))
		}
		p.data, n = p.data[k:], n-k
	}
	return string(utf16.Decode(units))
}

// biffString reads a string inside one record: its length in one or two bytes,
// a byte of flags, its characters.
func biffString(b []byte, at, lengthBytes int) (string, bool) {
	if at+lengthBytes+1 > len(b) {
		return "", false
	}
	n := int(b[at])
	if lengthBytes == 2 {
		n = u16(b, at)
	}
	flags := b[at+lengthBytes]
	p := &pieces{book: &xlsBook{}, data: b[at+lengthBytes+1:]}
	if flags&8 != 0 {
		p.skip(2)
	}
	if flags&4 != 0 {
		p.skip(4)
	}
	s := p.text(n, flags&1 != 0)
	return s, p.err == nil
}

// rk unpacks a number squeezed into 32 bits: 30 bits of an integer or of the
// front of a float, perhaps times 100.
func rk(n uint32) float64 {
	var v float64
	if n&2 != 0 {
		v = float64(int32(n) >> 2)
	} else {
		v = math.Float64frombits(uint64(n&^3) << 32)
	}
	if n&1 != 0 {
		v /= 100
	}
	return v
}

var errorTexts = map[byte]string{
	0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}
