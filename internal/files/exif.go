package files

import (
	"bytes"
	"encoding/binary"
)

// orientation is how the camera was held, 1 to 8 as EXIF (CIPA DC-008) counts:
// 1 upright, 3 on its head, 6 and 8 on its sides, the others mirrored. What cannot
// be read is upright.
func orientation(mime string, data []byte) int {
	var tiff []byte
	switch mime {
	case "image/jpeg":
		tiff = jpegExif(data)
	case "image/png":
		tiff = pngExif(data)
	case "image/webp":
		tiff = webpExif(data)
	}
	return tiffOrientation(bytes.TrimPrefix(tiff, exifHead))
}

var exifHead = []byte("Exif\x00\x00")

// jpegExif walks the segments before the picture to the one that begins with Exif.
func jpegExif(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte{0xff, 0xd8}) {
		return nil
	}
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff; {
		mark := b[1]
		if mark == 0xff { // fill byte
			b = b[1:]
			continue
		}
		if mark == 0xda || mark == 0xd9 { // the picture, or the end
			return nil
		}
		n := int(binary.BigEndian.Uint16(b[2:]))
		if n < 2 || n+2 > len(b) {
			return nil
		}
		if body := b[4 : n+2]; mark == 0xe1 && bytes.HasPrefix(body, exifHead) {
			return body
		}
		b = b[n+2:]
	}
	return nil
}

// pngExif finds the chunk eXIf.
func pngExif(b []byte) []byte {
	if len(b) < 8 {
		return nil
	}
	for b = b[8:]; len(b) >= 12; {
		n := uint64(binary.BigEndian.Uint32(b))
		if n+12 > uint64(len(b)) {
			return nil
		}
		if string(b[4:8]) == "eXIf" {
			return b[8 : 8+n]
		}
		b = b[12+n:]
	}
	return nil
}

// webpExif finds the chunk EXIF.
func webpExif(b []byte) []byte {
	if len(b) < 12 {
		return nil
	}
	for b = b[12:]; len(b) >= 8; {
		n := uint64(binary.LittleEndian.Uint32(b[4:]))
		if n+8 > uint64(len(b)) {
			return nil
		}
		if string(b[:4]) == "EXIF" {
			return b[8 : 8+n]
		}
		b = b[min(8+n+n%2, uint64(len(b))):]
	}
	return nil
}

// tiffOrientation reads the tag 0x0112 of the first directory.
func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var o binary.ByteOrder = binary.LittleEndian
	switch string(b[:4]) {
	case "II*\x00":
	case "MM\x00*":
		o = binary.BigEndian
	default:
		return 1
	}
	at := uint64(o.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return 1
	}
	n := int(o.Uint16(b[at:]))
	for e := b[at+2:]; n > 0 && len(e) >= 12; n, e = n-1, e[12:] {
		if o.Uint16(e) == 0x0112 && o.Uint16(e[2:]) == 3 { // a SHORT
			if v := int(o.Uint16(e[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}
