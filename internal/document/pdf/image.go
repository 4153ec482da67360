package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // a logo may be one
	_ "image/png"  // or one of these

	"github.com/klauspost/compress/zlib"
)

// Limits of a picture.
const (
	maxPictureBytes  = 4 << 20
	maxPicturePixels = 20 << 20
	keptWidth        = 720 // pixels of a picture in a file: 60 mm at 300 dots an inch
)

// ErrPicture is returned for bytes that are no picture that can stand on a page.
var ErrPicture = errors.New("not a picture (expected PNG or JPEG of at most 4 MiB and 20 million pixels)")

// Image is a picture, read and packed once and shared by all files that show it. It is
// immutable and safe for concurrent use.
type Image struct {
	Width, Height int    // in pixels, as it is kept
	rgb, alpha    []byte // packed; alpha is nil for a picture without transparency
}

// ParseImage reads a PNG or JPEG and makes it as small as paper needs it. Errors: [ErrPicture].
func ParseImage(data []byte) (*Image, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || len(data) > maxPictureBytes || config.Width*config.Height > maxPicturePixels ||
		config.Width < 1 || config.Height < 1 {
		return nil, ErrPicture
	}
	src, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	step := (config.Width + keptWidth - 1) / keptWidth
	img := &Image{Width: (config.Width + step - 1) / step, Height: (config.Height + step - 1) / step}
	rgb, alpha := make([]byte, 0, 3*img.Width*img.Height), make([]byte, 0, img.Width*img.Height)
	seen := false
	for y := range img.Height {
		for x := range img.Width {
			c := average(src, x*step, y*step, step)
			rgb, alpha = append(rgb, c.R, c.G, c.B), append(alpha, c.A)
			seen = seen || c.A != 0xff
		}
	}
	img.rgb = packedBytes(rgb)
	if seen {
		img.alpha = packedBytes(alpha)
	}
	return img, nil
}

// average is the colour of a square of pixels.
func average(src image.Image, x, y, step int) color.NRGBA {
	b := src.Bounds()
	var red, green, blue, alpha, n uint32
	for dy := range step {
		for dx := range step {
			p := image.Pt(b.Min.X+x+dx, b.Min.Y+y+dy)
			if !p.In(b) {
				continue
			}
			r, g, bl, a := src.At(p.X, p.Y).RGBA() // each times alpha
			red, green, blue, alpha, n = red+r>>8, green+g>>8, blue+bl>>8, alpha+a>>8, n+1
		}
	}
	if alpha == 0 {
		return color.NRGBA{R: 255, G: 255, B: 255}
	}
	part := func(v uint32) uint8 { return uint8(min(255, (v*255+alpha/2)/alpha)) }
	return color.NRGBA{R: part(red), G: part(green), B: part(blue), A: uint8(alpha / n)}
}

func packedBytes(data []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(data) // to memory
	_ = w.Close()
	return out.Bytes()
}

// image is the object of a picture, written when it is drawn first.
func (w *Writer) image(img *Image) int {
	if n, known := w.images[img]; known {
		return n
	}
	n := w.object()
	w.images[img] = n
	dict := fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/Filter/FlateDecode",
		img.Width, img.Height)
	mask := ""
	if img.alpha != nil {
		m := w.object()
		w.stream(m, dict+"/ColorSpace/DeviceGray", img.alpha, true)
		mask = fmt.Sprintf("/SMask %d 0 R", m)
	}
	w.stream(n, dict+"/ColorSpace/DeviceRGB"+mask, img.rgb, true)
	return n
}
