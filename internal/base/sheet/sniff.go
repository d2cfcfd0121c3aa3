package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"

	"houqin/internal/base/fault"
)

// magic are the first bytes of files that come by mistake.
var magic = []struct{ head, key string }{
	{"%PDF-", "sheet.is_pdf"},
	{"\x89PNG", "sheet.is_image"}, {"\xFF\xD8\xFF", "sheet.is_image"}, {"GIF8", "sheet.is_image"},
	{"BM", "sheet.is_image"}, {"II*\x00", "sheet.is_image"}, {"MM\x00*", "sheet.is_image"},
	{"Rar!\x1A", "sheet.is_archive"}, {"7z\xBC\xAF\x27\x1C", "sheet.is_archive"}, {"\x1F\x8B", "sheet.is_archive"},
	{"PK\x05\x06", "sheet.is_archive"},
	{"{\\rtf", "sheet.is_word"},
	{"\x09\x00\x04\x00", "sheet.too_old"}, {"\x09\x02\x06\x00", "sheet.too_old"}, {"\x09\x04\x06\x00", "sheet.too_old"},
	{"\x09\x08", "sheet.too_old"}, // a workbook without the compound file around it
}

// sniff says what the content is, or by which fault it is refused.
func sniff(r io.ReaderAt, size int64) (Kind, error) {
	if size <= 0 {
		return "", fault.New(fault.Invalid, "sheet.empty")
	}
	head := make([]byte, min(size, 512))
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return sniffZip(r, size)
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return XLS, nil // openXLS tells one compound file from another
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) >= 12 && string(head[8:12]) == "WEBP",
		len(head) >= 12 && string(head[4:8]) == "ftyp":
		return "", fault.New(fault.Invalid, "sheet.is_image")
	}
	for _, m := range magic {
		if bytes.HasPrefix(head, []byte(m.head)) {
			if m.head == "BM" && bytes.IndexByte(head, 0) < 0 {
				continue // a text may begin with BM
			}
			if m.key == "sheet.too_old" && (len(head) < 8 || head[3] != 0) {
				continue // a text may begin with a tab
			}
			return "", fault.New(fault.Invalid, m.key)
		}
	}
	return Text, nil
}

// sniffZip tells an Excel file from the other things that are zip files inside.
func sniffZip(r io.ReaderAt, size int64) (Kind, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "", damaged(err)
	}
	for _, f := range z.File {
		switch name := partName(f.Name); {
		case name == "xl/workbook.bin":
			return "", fault.New(fault.Invalid, "sheet.is_xlsb")
		case strings.HasPrefix(name, "xl/"):
			return XLSX, nil
		case strings.HasPrefix(name, "word/"):
			return "", fault.New(fault.Invalid, "sheet.is_word")
		case name == "content.xml":
			return "", fault.New(fault.Invalid, "sheet.is_ods")
		}
	}
	for _, f := range z.File { // written with folders of its own choosing
		if strings.HasSuffix(partName(f.Name), "workbook.xml") {
			return XLSX, nil
		}
	}
	return "", fault.New(fault.Invalid, "sheet.is_archive")
}

// partName is the name of a part as all writers mean it: some use backslashes, a
// leading slash or capitals.
func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(s, `\`, "/"), "/"))
}
