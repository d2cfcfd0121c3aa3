package files

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"houqin/internal/base/fault"
)

const (
	longSide  = 2048 // pixels of the picture that is kept
	thumbSide = 320
	quality   = 82 // of the JPEG: the eye sees no loss, a photo is about 500 KB
)

// picture is one as it is kept: written anew, so that nothing of the file that was
// sent is in it but what can be seen.
type picture struct {
	whole, thumb  []byte
	width, height int64
}

type decoder struct {
	size func(io.Reader) (image.Config, error)
	draw func(io.Reader) (image.Image, error)
}

var decoders = map[string]decoder{
	"image/jpeg": {jpeg.DecodeConfig, jpeg.Decode},
	"image/png":  {png.DecodeConfig, png.Decode},
	"image/webp": {webp.DecodeConfig, webp.Decode},
}

// picture reads the size before anything else: a few bytes may claim to be a
// million by a million.
func (s *Store) picture(ctx context.Context, name, mime string, data []byte) (picture, error) {
	d := decoders[mime]
	c, err := d.size(bytes.NewReader(data))
	if err != nil || c.Width < 1 || c.Height < 1 {
		return picture{}, fault.New(fault.Invalid, "files.unreadable", name).Because(err)
	}
	if c.Width > PixelsMost || c.Height > PixelsMost || c.Width*c.Height > PixelsMost {
		return picture{}, fault.New(fault.Invalid, "files.too_many_pixels", name, PixelsMost/1_000_000)
	}
	// Eight bytes a pixel is what the worst of the decoders takes.
	need := min(int64(c.Width*c.Height)*8, memory)
	if err := s.memory.Acquire(ctx, need); err != nil {
		return picture{}, err
	}
	defer s.memory.Release(need)
	img, err := d.draw(bytes.NewReader(data))
	if err != nil {
		return picture{}, fault.New(fault.Invalid, "files.unreadable", name).Because(err)
	}
	whole := turn(shrink(img, longSide), orientation(mime, data))
	p := picture{width: int64(whole.Bounds().Dx()), height: int64(whole.Bounds().Dy())}
	if p.whole, err = encode(whole); err != nil {
		return p, err
	}
	p.thumb, err = encode(shrink(whole, thumbSide))
	return p, err
}

func encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// shrink draws a picture on white, no side longer than most: each pixel is the mean
// of the area it stands for. It reads row by row, so that it needs no memory of the
// size of the picture.
func shrink(img image.Image, most int) *image.RGBA {
	from := img.Bounds()
	sw, sh := from.Dx(), from.Dy()
	w, h := sw, sh
	if long := max(sw, sh); long > most {
		w, h = max(1, sw*most/long), max(1, sh*most/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == sw && h == sh {
		onWhite(out, img, from.Min)
		return out
	}
	across, down := parts(sw, w), parts(sh, h)
	row := image.NewRGBA(image.Rect(0, 0, sw, 1))
	line, mean := make([]float32, 3*w), make([]float32, 3*w)
	for y, d := range down {
		onWhite(row, img, image.Pt(from.Min.X, from.Min.Y+y))
		clear(line)
		for x, a := range across {
			p := row.Pix[4*x : 4*x+3 : 4*x+3]
			for c := range 3 {
				line[3*a.at+c] += a.here * float32(p[c])
			}
			if a.next > 0 {
				for c := range 3 {
					line[3*a.at+3+c] += a.next * float32(p[c])
				}
			}
		}
		for i, v := range line {
			mean[i] += d.here * v
		}
		if d.next == 0 && y+1 < sh && down[y+1].at == d.at {
			continue
		}
		to := out.Pix[out.PixOffset(0, d.at):]
		for x := range w {
			for c := range 3 {
				to[4*x+c] = uint8(min(255, mean[3*x+c]+0.5))
			}
			to[4*x+3] = 255
		}
		for i, v := range line {
			mean[i] = d.next * v
		}
	}
	return out
}

func onWhite(to *image.RGBA, img image.Image, at image.Point) {
	draw.Draw(to, to.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(to, to.Bounds(), img, at, draw.Over)
}

// part is where a pixel of a longer line falls on a shorter one: how much of a
// pixel it fills here, and how much of the next.
type part struct {
	at         int
	here, next float32
}

func parts(long, short int) []part {
	out := make([]part, long)
	for i := range out {
		// Exact in whole numbers: a pixel covers short of long parts.
		first, last := i*short, (i+1)*short
		at := first / long
		p := part{at: at, here: float32(short) / float32(long)}
		if edge := (at + 1) * long; last > edge {
			p.here, p.next = float32(edge-first)/float32(long), float32(last-edge)/float32(long)
		}
		out[i] = p
	}
	return out
}

// turn sets a picture upright that was taken with the camera held as EXIF says.
func turn(img *image.RGBA, held int) *image.RGBA {
	if held <= 1 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if held >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			var to int
			switch held {
			case 2:
				to = out.PixOffset(w-1-x, y)
			case 3:
				to = out.PixOffset(w-1-x, h-1-y)
			case 4:
				to = out.PixOffset(x, h-1-y)
			case 5:
				to = out.PixOffset(y, x)
			case 6:
				to = out.PixOffset(h-1-y, x)
			case 7:
				to = out.PixOffset(h-1-y, w-1-x)
			case 8:
				to = out.PixOffset(y, w-1-x)
			}
			at := img.PixOffset(x, y)
			copy(out.Pix[to:to+4], img.Pix[at:at+4])
		}
	}
	return out
}
