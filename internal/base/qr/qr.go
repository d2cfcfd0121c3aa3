// Package qr draws the square codes that stick on walls, slips and machines.
package qr

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// SVG is the code of a text, as an <svg> element of its own with a quiet margin of
// four modules (ISO/IEC 18004), readable with a quarter of it damaged (level Q).
// A text too long for one code is refused.
func SVG(text string) (string, error) {
	code, err := qr.Encode(text, qr.Q, qr.Auto)
	if err != nil {
		return "", err
	}
	const margin = 4
	b := code.Bounds()
	n := b.Dx()
	var path strings.Builder
	for y := range n {
		for x := 0; x < n; {
			if !dark(code.At(x, y)) {
				x++
				continue
			}
			from := x
			for x < n && dark(code.At(x, y)) {
				x++
			}
			fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+margin, y+margin, x-from, x-from)
		}
	}
	size := n + 2*margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		size, size, size, size, path.String()), nil
}

func dark(c color.Color) bool { r, _, _, _ := c.RGBA(); return r < 0x8000 }
