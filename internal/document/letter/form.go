package letter

import "github.com/recoup-project/recoup/internal/document/pdf"

// Form is how a sheet is folded and where its window is.
type Form uint8

// The forms.
const (
	DIN       Form = iota // DIN 5008 form B: Germany, Austria, Switzerland and who has no norm of its own
	BritishDL             // a third of A4, window on the left
	French                // NF Z 11-001: window on the right
	American              // US Letter in a #10 window envelope
)

// FormOf is the form of a sheet that is posted in a country, as ISO 3166 has it.
func FormOf(country string) Form {
	switch country {
	case "GB", "IE", "IM", "JE", "GG", "AU", "NZ":
		return BritishDL
	case "FR", "BE", "LU", "MC":
		return French
	case "US", "CA":
		return American
	}
	return DIN
}

// sheet is where everything stands on a form.
type sheet struct {
	width, height     pdf.Unit
	left, right       pdf.Unit // edges of the text
	window            pdf.Rectangle
	returnLine        bool // the sender in small letters above the address
	infoX, infoY      pdf.Unit
	infoWidth         pdf.Unit
	text              pdf.Unit // where the text begins, at the earliest
	headBottom        pdf.Unit // where the letterhead ends, at the latest
	folds             []pdf.Unit
	punch             pdf.Unit
	bottom, furtherTo pdf.Unit // from below: where the foot of the first page and of the others begins
}

var mm = pdf.MM

// sheets are the forms. The windows are the part that is visible however the sheet slides
// in its envelope: 45 mm from above in DIN 5008 form B; 35 × 90 mm, 20 mm from the left and
// 18 mm from below in a British DL envelope of 110 mm; 35 × 100 mm, 20 mm from the right and
// from below in a French one; 4½ × 1⅛ inches, ⅞ inch from the left and ½ inch from below in
// an American one of 4⅛ inches.
var sheets = map[Form]sheet{
	DIN: {width: mm(210), height: mm(297), left: mm(25), right: mm(190),
		window: pdf.Rectangle{X: mm(25), Y: mm(62.7), Width: mm(78), Height: mm(27.3)}, returnLine: true,
		infoX: mm(125), infoY: mm(50), infoWidth: mm(65), text: mm(98.5), headBottom: mm(43),
		folds: []pdf.Unit{mm(105), mm(210)}, punch: mm(148.5)},
	BritishDL: {width: mm(210), height: mm(297), left: mm(22), right: mm(190),
		window: pdf.Rectangle{X: mm(22), Y: mm(57.5), Width: mm(78), Height: mm(23.5)},
		infoX:  mm(125), infoY: mm(52), infoWidth: mm(65), text: mm(91), headBottom: mm(44)},
	French: {width: mm(210), height: mm(297), left: mm(22), right: mm(190),
		window: pdf.Rectangle{X: mm(105), Y: mm(55.5), Width: mm(83), Height: mm(23.5)},
		infoX:  mm(22), infoY: mm(50), infoWidth: mm(72), text: mm(91), headBottom: mm(44)},
	American: {width: 612 * pdf.Pt, height: 792 * pdf.Pt, left: mm(25.4), right: mm(190.5),
		window: pdf.Rectangle{X: mm(25.4), Y: mm(63.5), Width: mm(84), Height: mm(17)},
		infoX:  mm(125), infoY: mm(50), infoWidth: mm(65.5), text: mm(90), headBottom: mm(44)},
}

// spacing is how close the text is set.
type spacing struct {
	body      font
	paragraph pdf.Unit // between two
	hand      pdf.Unit // room for a signature
	box       pdf.Unit // leading of the payment block
}

// A letter is set closely, and then more closely, where that saves a page, and else with air.
var (
	airy  = spacing{body: font{size: pdf.Points(10.5), leading: pdf.Points(14.2)}, paragraph: 7 * pdf.Pt, hand: mm(10), box: pdf.Points(13.6)}
	tight = spacing{body: font{size: pdf.Points(10.5), leading: pdf.Points(13)}, paragraph: pdf.Points(4.5), hand: mm(7), box: pdf.Points(13.6)}
	snug  = spacing{body: font{size: pdf.Points(10.5), leading: pdf.Points(12.3)}, paragraph: pdf.Points(3.2), hand: mm(5), box: pdf.Points(12)}
)
