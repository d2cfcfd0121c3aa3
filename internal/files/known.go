package files

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/gabriel-vasile/mimetype"

	"houqin/internal/base/fault"
)

// What is taken. Everything else is refused, above all what a browser would run.
const (
	pdf  = "application/pdf"
	xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xls  = "application/vnd.ms-excel"
	csv  = "text/csv"
	txt  = "text/plain"
)

// pictures are decoded and written anew as JPEG, whatever they were called.
var pictures = map[string]bool{"image/jpeg": true, "image/png": true, "image/webp": true}

// documents are kept as they are and handed out only as downloads, under the one
// extension each may have.
var documents = map[string]string{pdf: ".pdf", xlsx: ".xlsx", docx: ".docx", xls: ".xls", csv: ".csv", txt: ".txt"}

// Accept is what a file field offers to choose. That it names the kinds of pictures
// makes an iPhone send a JPEG in place of its own kind.
const Accept = "image/jpeg,image/png,image/webp,.pdf,.xlsx,.xls,.docx,.csv,.txt"

// known says what the content is: its kind and the extension that goes with it.
func known(name string, data []byte) (mime, ext string, err error) {
	bad := func(key string) error { return fault.New(fault.Invalid, key, clean(name)) }
	if len(data) == 0 {
		return "", "", bad("files.empty")
	}
	m := mimetype.Detect(data)
	mime, _, _ = strings.Cut(m.String(), ";")
	switch {
	case pictures[mime]:
		return mime, "", nil
	case strings.HasPrefix(mime, "image/hei"), mime == "image/avif":
		return "", "", bad("files.heic")
	case within(m, "application/zip"):
		var macros bool
		if mime, macros = office(data); macros {
			return "", "", bad("files.macros")
		}
	case m.Is(xls), m.Is("application/x-ole-storage"):
		if mime = oldExcel(data); bytes.Contains(data, wide("_VBA_PROJECT")) {
			return "", "", bad("files.macros")
		}
	case mime == pdf && active(data):
		return "", "", bad("files.active")
	case mime == "text/csv", mime == "text/tab-separated-values", mime == "text/plain":
		// Whether a text is a table is for its name to say.
		if mime = txt; extension(name) == ".csv" {
			mime = csv
		}
	}
	ext, ok := documents[mime]
	if !ok {
		return "", "", bad("files.not_taken")
	}
	if e := extension(name); e != "" && e != ext {
		return "", "", bad("files.not_what_it_says")
	}
	return mime, ext, nil
}

// active says whether a PDF would do something by itself when it is opened: run a
// script, start a program, bring a file along. Names in it may be written with their
// letters as numbers. What lies inside packed objects is not seen; whoever opens the
// file does so outside the browser's page all the same.
func active(data []byte) bool {
	for at := 0; ; {
		i := bytes.IndexByte(data[at:], '/')
		if i < 0 {
			return false
		}
		at += i + 1
		var name []byte
		for j := at; j < len(data) && len(name) < 16; j++ {
			c := data[j]
			if c == '#' && j+2 < len(data) {
				if n, err := strconv.ParseUint(string(data[j+1:j+3]), 16, 8); err == nil {
					c, j = byte(n), j+2
				}
			}
			if c <= ' ' || strings.IndexByte("()<>[]{}/%", c) >= 0 {
				break
			}
			name = append(name, c)
		}
		if doing[string(name)] {
			return true
		}
	}
}

var doing = map[string]bool{"JavaScript": true, "JS": true, "Launch": true, "EmbeddedFile": true, "RichMedia": true, "SubmitForm": true, "ImportData": true}

func within(m *mimetype.MIME, mime string) bool {
	for ; m != nil; m = m.Parent() {
		if m.Is(mime) {
			return true
		}
	}
	return false
}

// How much a document may unpack to: for those who open it later.
const (
	entriesMost  = 10_000
	unpackedMost = 1 << 30
)

// office looks into a zip: a workbook, a document, or "" for anything else and for
// what would unpack without end. It says whether there are macros, under whatever
// name they come.
func office(data []byte) (mime string, macros bool) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) > entriesMost {
		return "", false
	}
	var names []string
	var unpacked uint64
	for _, f := range z.File {
		names = append(names, strings.ToLower(f.Name))
		unpacked += min(f.UncompressedSize64, unpackedMost+1)
	}
	if unpacked > unpackedMost {
		return "", false
	}
	i := slices.Index(names, "[content_types].xml")
	if i < 0 {
		return "", false
	}
	r, err := z.File[i].Open()
	if err != nil {
		return "", false
	}
	defer r.Close()
	types, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return "", false
	}
	if bytes.Contains(bytes.ToLower(types), []byte("macroenabled")) ||
		slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, "vbaproject.bin") }) {
		return "", true
	}
	switch {
	case slices.Contains(names, "xl/workbook.xml"):
		return xlsx, false
	case slices.Contains(names, "word/document.xml"):
		return docx, false
	}
	return "", false
}

// oldExcel knows an old workbook by the name of its stream.
func oldExcel(data []byte) string {
	if bytes.Contains(data, wide("Workbook")) || bytes.Contains(data, append(wide("Book"), 0, 0)) {
		return xls
	}
	return ""
}

// wide is a text as the old format writes names: two bytes a character.
func wide(s string) (out []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
