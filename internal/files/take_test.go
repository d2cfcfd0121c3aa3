package files_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"houqin/internal/base/fault"
	"houqin/internal/files"
)

func store(t testing.TB) *files.Store {
	t.Helper()
	s, err := files.Open(t.Context(), filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// content reads back what a store keeps.
func content(t testing.TB, s *files.Store, f files.File, thumb bool) []byte {
	t.Helper()
	r, n, err := s.Read(t.Context(), f, thumb)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil || int64(len(b)) != n {
		t.Fatalf("%d bytes of %d: %v", len(b), n, err)
	}
	return b
}

func zipped(names ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(names); i += 2 {
		w, _ := z.Create(names[i])
		io.WriteString(w, names[i+1])
	}
	z.Close()
	return b.Bytes()
}

const plainTypes = `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`

// corners is a picture whose four corners tell where it was turned: red, green,
// blue, white, clockwise from the top left.
func corners(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 255, A: 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.RGBA{G: 255, A: 255}
			case x >= w/2:
				c = color.RGBA{B: 255, A: 255}
			case y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			img.Set(x, y, c)
		}
	}
	return img
}

func jpegOf(img image.Image) []byte {
	var b bytes.Buffer
	jpeg.Encode(&b, img, &jpeg.Options{Quality: 95})
	return b.Bytes()
}

func pngOf(img image.Image) []byte {
	var b bytes.Buffer
	png.Encode(&b, img)
	return b.Bytes()
}

// exif is what a camera writes: how it was held, and where it was.
func exif(o binary.AppendByteOrder, held uint16) []byte {
	head := "II*\x00"
	if o == binary.AppendByteOrder(binary.BigEndian) {
		head = "MM\x00*"
	}
	b := o.AppendUint32([]byte(head), 8)
	b = o.AppendUint16(b, 2)
	b = o.AppendUint16(b, 0x0112)
	b = o.AppendUint16(b, 3)
	b = o.AppendUint32(b, 1)
	b = o.AppendUint16(b, held)
	b = append(b, 0, 0)
	b = o.AppendUint16(b, 0x8825) // where the GPS directory is
	b = o.AppendUint16(b, 4)
	b = o.AppendUint32(b, 1)
	b = o.AppendUint32(b, 38)
	b = o.AppendUint32(b, 0)
	return append(b, "GPS-31.2304N-121.4737E"...)
}

func withExif(img, tiff []byte) []byte {
	body := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, byte((len(body)+2)>>8), byte(len(body)+2))
	return append(append(out, body...), img[2:]...)
}

func near(c color.Color, r, g, b uint32) bool {
	x, y, z, _ := c.RGBA()
	off := func(a, b uint32) bool { return max(a>>8, b)-min(a>>8, b) > 60 }
	return !off(x, r) && !off(y, g) && !off(z, b)
}

// Holds: v5.0.0-14.2.8 AB-13
func TestPicturesAreSetUprightAndForgetWhereTheyWereTaken(t *testing.T) {
	s := store(t)
	// Which of red, green, blue, white comes to the top left, and to the top right.
	want := map[uint16][2][3]uint32{
		1: {{255, 0, 0}, {0, 255, 0}}, 2: {{0, 255, 0}, {255, 0, 0}}, 3: {{0, 0, 255}, {255, 255, 255}}, 4: {{255, 255, 255}, {0, 0, 255}},
		5: {{255, 0, 0}, {255, 255, 255}}, 6: {{255, 255, 255}, {255, 0, 0}}, 7: {{0, 0, 255}, {0, 255, 0}}, 8: {{0, 255, 0}, {0, 0, 255}},
		9: {{255, 0, 0}, {0, 255, 0}},
	}
	for held, top := range want {
		for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			k, err := s.Take(t.Context(), "IMG_1.JPG", withExif(jpegOf(corners(400, 200)), exif(o, held)))
			if err != nil {
				t.Fatal(err)
			}
			wide, high := int64(400), int64(200)
			if held >= 5 && held <= 8 {
				wide, high = high, wide
			}
			if k.Width != wide || k.Height != high || k.Name != "IMG_1.jpg" {
				t.Errorf("held %d: %+v", held, k)
			}
			for _, thumb := range []bool{false, true} {
				b := content(t, s, kept(t, s, k), thumb)
				if bytes.Contains(b, []byte("GPS")) || bytes.Contains(b, []byte("Exif")) {
					t.Errorf("held %d: it still says where it was taken", held)
				}
				img, err := jpeg.Decode(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				m := img.Bounds().Max
				l, r := top[0], top[1]
				if !near(img.At(m.X/4, m.Y/4), l[0], l[1], l[2]) || !near(img.At(m.X*3/4, m.Y/4), r[0], r[1], r[2]) {
					t.Errorf("held %d, thumb %v: %v and %v stand at the top", held, thumb, img.At(m.X/4, m.Y/4), img.At(m.X*3/4, m.Y/4))
				}
			}
		}
	}
}

func TestPicturesAreMadeSmaller(t *testing.T) {
	s := store(t)
	k, err := s.Take(t.Context(), "微信图片.png", jpegOf(corners(4000, 1000))) // named as another kind: it happens
	if err != nil {
		t.Fatal(err)
	}
	f := kept(t, s, k)
	for thumb, want := range map[bool]image.Point{false: {2048, 512}, true: {320, 80}} {
		if c, err := jpeg.DecodeConfig(bytes.NewReader(content(t, s, f, thumb))); err != nil || c.Width != want.X || c.Height != want.Y {
			t.Errorf("%d × %d, want %v (%v)", c.Width, c.Height, want, err)
		}
	}
	if f.Name != "微信图片.jpg" || f.Mime != "image/jpeg" || !f.Picture() {
		t.Errorf("%+v", f)
	}
	// What can be seen through is drawn on white.
	if k, err = s.Take(t.Context(), "stamp.png", pngOf(image.NewNRGBA(image.Rect(0, 0, 9, 9)))); err != nil {
		t.Fatal(err)
	}
	if img, err := jpeg.Decode(bytes.NewReader(content(t, s, kept(t, s, k), false))); err != nil || !near(img.At(4, 4), 255, 255, 255) {
		t.Errorf("%v %v", img.At(4, 4), err)
	}
	// The smallest WebP there is.
	webp, _ := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if k, err = s.Take(t.Context(), "a.webp", webp); err != nil || k.Width != 1 {
		t.Errorf("%+v %v", k, err)
	}
}

// bomb is a PNG of a few bytes that claims to be huge.
func bomb(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), 8, 6, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
}

// Holds: v5.0.0-5.2.2 v5.0.0-1.3.4 v5.0.0-5.2.6 AB-12 AB-13
func TestWhatIsTakenAndWhatIsRefused(t *testing.T) {
	s := store(t)
	photo := jpegOf(corners(64, 64))
	gbk, _ := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("名称,数量\n灯管,12\n开关,3\n"))
	sheet := zipped("[Content_Types].xml", plainTypes, "xl/workbook.xml", "<workbook/>")
	ole := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 1500)...)
	wide := func(s string) []byte { return []byte(strings.Join(strings.Split(s, ""), "\x00") + "\x00") }
	for _, x := range []struct {
		name string
		data []byte
		mime string // "" is refused
		key  string
	}{
		{"照片", photo, "image/jpeg", ""},
		{"IMG.jpg.html", photo, "image/jpeg", ""}, // written anew and renamed
		{"polyglot.jpg", append(bytes.Clone(photo), "<script>alert(1)</script>"...), "image/jpeg", ""},
		{"合同.pdf", []byte("%PDF-1.7\n1 0 obj"), "application/pdf", ""},
		{"合同", []byte("%PDF-1.7\n1 0 obj"), "application/pdf", ""},
		{"单价.xlsx", sheet, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ""},
		{"报告.docx", zipped("[Content_Types].xml", "<Types/>", "word/document.xml", "<w/>"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""},
		{"旧表.xls", append(bytes.Clone(ole), wide("Workbook")...), "application/vnd.ms-excel", ""},
		{"库存.csv", gbk, "text/csv", ""},
		{"说明.txt", []byte("检修时请先断电。\n"), "text/plain", ""},

		{"", nil, "", "files.empty"},
		{"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "", "files.not_taken"},
		{"a.jpg", []byte(`<!DOCTYPE html><html><script>alert(1)</script></html>`), "", "files.not_taken"},
		{"a.txt", []byte("  <html><body onload=alert(1)>"), "", "files.not_taken"},
		{"a.xml", []byte(`<?xml version="1.0"?><a/>`), "", "files.not_taken"},
		{"a.exe", []byte("MZ\x90\x00\x03\x00\x00\x00"), "", "files.not_taken"},
		{"a.gif", []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"), "", "files.not_taken"},
		{"a.zip", zipped("a.txt", "x"), "", "files.not_taken"},
		{"报告.jpg", []byte("%PDF-1.7\n1 0 obj"), "", "files.not_what_it_says"},
		{"报告.xlsx.exe", sheet, "", "files.not_what_it_says"},
		{"改名.xlsx", zipped("[Content_Types].xml", strings.Replace(plainTypes, "openxmlformats-officedocument.spreadsheetml.sheet", "ms-excel.sheet.macroEnabled", 1), "xl/workbook.xml", "", "xl/vbaProject.bin", "x"), "", "files.macros"},
		{"宏.xls", append(append(bytes.Clone(ole), wide("Workbook")...), wide("_VBA_PROJECT")...), "", "files.macros"},
		{"旧文档.doc", ole, "", "files.not_taken"},
		{"IMG_2.HEIC", append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 64)...), "", "files.heic"},
		{"断.jpg", photo[:len(photo)/2], "", "files.unreadable"},
		{"炸.png", bomb(60000, 60000), "", "files.too_many_pixels"},
		{"长.png", bomb(1<<31-1, 1), "", "files.too_many_pixels"},
		{"假.png", bomb(100, 100), "", "files.unreadable"},
		{"大.txt", bytes.Repeat([]byte("字"), files.SizeMost/3+1), "", "files.too_large"},
	} {
		k, err := s.Take(t.Context(), x.name, x.data)
		switch {
		case x.mime == "" && !fault.Is(err, x.key):
			t.Errorf("%s: %v, want %s", x.name, err, x.key)
		case x.mime != "" && (err != nil || k.Mime != x.mime):
			t.Errorf("%s: %s %v", x.name, k.Mime, err)
		case x.mime == "image/jpeg" && bytes.Contains(content(t, s, kept(t, s, k), false), []byte("script")):
			t.Errorf("%s: a script came through", x.name)
		}
	}
}

// A real workbook of a hospital's store, of the old kind.
func TestARealOldWorkbookIsTaken(t *testing.T) {
	dir := os.Getenv("HOUQIN_SAMPLES")
	if dir == "" {
		t.Skip("HOUQIN_SAMPLES is not set: no real .xls is tried")
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", "*.xls"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no .xls under %s: %v", dir, err)
	}
	for _, f := range found {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if k, err := store(t).Take(t.Context(), f, b); err != nil || k.Mime != "application/vnd.ms-excel" || k.Name != filepath.Base(f) {
			t.Errorf("%s: %+v %v", f, k, err)
		}
	}
}

// Holds: v5.0.0-5.4.1 v5.0.0-5.4.2 v5.0.0-5.3.2 AB-36
func TestNamesAreMadeHarmless(t *testing.T) {
	s := store(t)
	pdf := []byte("%PDF-1.7\n1 0 obj")
	for name, want := range map[string]string{
		"../../etc/合同.pdf":                "合同.pdf",
		`C:\Users\a\合同.pdf`:               "合同.pdf",
		"合\r\nSet-Cookie: a=b同.PDF":       "合Set-Cookie_ a=b同.pdf",
		"\u202efdp.exe\u202c.pdf":         "fdp.exe.pdf",
		"a\x00b.pdf":                      "ab.pdf",
		"con.pdf":                         "file_con.pdf",
		"LPT1.x.pdf":                      "file_LPT1.x.pdf",
		"...":                             "file.pdf",
		".pdf":                            "pdf.pdf",
		"":                                "file.pdf",
		`<"a">|b?.pdf`:                    "__a___b_.pdf",
		"-o x.pdf":                        "-o x.pdf",
		strings.Repeat("长", 300) + ".pdf": strings.Repeat("长", 96) + ".pdf",
	} {
		if k, err := s.Take(t.Context(), name, pdf); err != nil || k.Name != want {
			t.Errorf("%q became %q, want %q (%v)", name, k.Name, want, err)
		}
	}
}

// Holds: DB3-8.1.4.4-d
func FuzzTake(f *testing.F) {
	photo := jpegOf(corners(16, 16))
	for _, seed := range [][]byte{withExif(photo, exif(binary.LittleEndian, 6)), pngOf(corners(8, 8)), zipped("[Content_Types].xml", plainTypes), bomb(9, 9), []byte("%PDF-"), []byte("a,b\n1,2\n")} {
		f.Add("a.jpg", seed)
	}
	s, err := files.Open(context.Background(), f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		k, err := s.Take(t.Context(), name, data)
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatalf("%q: %v", name, err)
		}
		if err == nil && (k.Name == "" || strings.ContainsAny(k.Name, "/\\\r\n\x00") || len([]rune(k.Name)) > 100) {
			t.Fatalf("%q became %q", name, k.Name)
		}
	})
}

func BenchmarkTakeAPhoneCamerasPhoto(b *testing.B) {
	photo := withExif(jpegOf(corners(4000, 3000)), exif(binary.LittleEndian, 6))
	s := store(b)
	for b.Loop() {
		if _, err := s.Take(b.Context(), "a.jpg", photo); err != nil {
			b.Fatal(err)
		}
	}
}
