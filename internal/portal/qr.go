package portal

import (
	"strconv"

	qrcode "github.com/skip2/go-qrcode"

	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
)

// code is a square code as one path of unit squares.
type code struct {
	Size int // squares of a side, with the quiet zone around
	Path string
}

// quiet is how many light squares the norm wants around a code.
const quiet = 4

// codeOf is the code that fills in a transfer of an amount; nil where there is none.
func (v *visit) codeOf(m money.Money) *code {
	payload, ok := document.EPCPayload(v.Creditor.Bank, v.Reference, m)
	if !ok {
		return nil
	}
	q, err := qrcode.New(payload, qrcode.Medium)
	if err != nil || q.VersionNumber > 13 { // which the norm allows at most
		return nil
	}
	q.DisableBorder = true
	return drawn(q.Bitmap())
}

// drawn makes a path of dark squares, those that join in a row as one.
func drawn(dark [][]bool) *code {
	var path []byte
	for y, row := range dark {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x == from {
				continue
			}
			path = append(path, 'M')
			path = strconv.AppendInt(path, int64(from+quiet), 10)
			path = append(path, ' ')
			path = strconv.AppendInt(path, int64(y+quiet), 10)
			path = append(path, 'h')
			path = strconv.AppendInt(path, int64(x-from), 10)
			path = append(path, "v1H"...)
			path = strconv.AppendInt(path, int64(from+quiet), 10)
			path = append(path, 'z')
		}
	}
	return &code{Size: len(dark) + 2*quiet, Path: string(path)}
}

func (c *code) box() string { return "0 0 " + strconv.Itoa(c.Size) + " " + strconv.Itoa(c.Size) }
