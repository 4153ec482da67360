package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const everything = "AVAWA Tö łőčßÿ €£№ Ελληνικά Кириллица “quoted” – 0123456789"

func sample(t testing.TB, draw func(w *Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, Info{Title: "Rechnung (Müller)", Author: "Müller & Söhne", Language: "de"})
	w.AddPage(MM(210), MM(297))
	draw(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// tool runs one of the programs that read PDF files; they are in needs.sh.
func tool(t testing.TB, data []byte, name string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		if args[i] == "FILE" {
			args[i] = file
		}
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func write(w *Writer) {
	w.Text(MM(20), MM(20), Style{Face: Regular(), Size: 10500}, Black, everything)
	w.Text(MM(20), MM(30), Style{Face: Bold(), Size: 12 * Pt, Tabular: true, Slanted: true}, Colour{200, 0, 0}, everything)
	w.Line(MM(20), MM(40), MM(190), MM(40), 300, Black)
	w.Fill(Colour{10, 20, 30}, Rectangle{MM(20), MM(50), MM(10), MM(10)})
	w.Frame(Rectangle{MM(40), MM(50), MM(10), MM(10)}, 500, Black)
}

// TestAFileIsWhole: other programs find nothing wrong with it, read its text and see two
// embedded subsets.
func TestAFileIsWhole(t *testing.T) {
	data := sample(t, write)
	if got := tool(t, data, "qpdf", "--check", "FILE"); !strings.Contains(got, "No syntax or stream encoding errors") {
		t.Errorf("qpdf says %s", got)
	}
	text := tool(t, data, "pdftotext", "FILE", "-")
	if n := strings.Count(text, everything); n != 2 {
		t.Errorf("the text stands %d times in %q, want 2", n, text)
	}
	fonts := tool(t, data, "pdffonts", "FILE")
	for _, name := range []string{"+Inter-Regular", "+Inter-SemiBold"} {
		if !strings.Contains(fonts, name) {
			t.Errorf("no font %s in\n%s", name, fonts)
		}
	}
	if n := strings.Count(fonts, "yes yes yes"); n != 2 { // embedded, subset, with Unicode
		t.Errorf("%d fonts are embedded subsets with Unicode, want 2:\n%s", n, fonts)
	}
	info := tool(t, data, "pdfinfo", "FILE")
	for _, want := range []string{"Rechnung (Müller)", "Müller & Söhne", "Recoup"} {
		if !strings.Contains(info, want) {
			t.Errorf("no %q in\n%s", want, info)
		}
	}
	if plain := tool(t, data, "qpdf", "--qdf", "--object-streams=disable", "FILE", "-"); !strings.Contains(plain, "/Lang (de)") {
		t.Error("the language is not said")
	}
}

func TestTheSameCallsGiveTheSameBytes(t *testing.T) {
	if !bytes.Equal(sample(t, write), sample(t, write)) {
		t.Error("two files of the same calls differ")
	}
}

// TestAMissingCharacterIsSeen: it is shown as the replacement character and reported.
func TestAMissingCharacterIsSeen(t *testing.T) {
	var missing []rune
	data := sample(t, func(w *Writer) {
		w.Text(MM(20), MM(20), Style{Face: Regular(), Size: 10 * Pt}, Black, "株A株")
		missing = w.Missing()
	})
	if string(missing) != "株" {
		t.Errorf("missing %q", string(missing))
	}
	if text := tool(t, data, "pdftotext", "FILE", "-"); !strings.Contains(text, "\ufffdA\ufffd") {
		t.Errorf("the text reads %q", text)
	}
}

// TestTheFacesCover what names in Europe are written with.
func TestTheFacesCover(t *testing.T) {
	for _, f := range []*Face{Regular(), Bold()} {
		for _, r := range everything + "ąćęńśźżŁŐŰűĳøåæœđðþğışțșžĐΆέώЖщёїєґ„“«»‹›…•×−§°±™®©½¼¾†‰₴₽₺₹¥¢" {
			if !f.Covers(r) {
				t.Errorf("%s has no %q", f.name, r)
			}
		}
	}
}

func TestWidths(t *testing.T) {
	s := Style{Face: Regular(), Size: 10 * Pt}
	tab := s
	tab.Tabular = true
	if tab.Width("1111") != tab.Width("8888") {
		t.Error("tabular figures differ in width")
	}
	if s.Width("1111") == s.Width("8888") {
		t.Error("the face has no other figures: the test shows nothing")
	}
	if s.Width("AV") >= s.Width("A")+s.Width("V") {
		t.Error("a pair is not moved together")
	}
	if s.Width("a\u00a0b") != s.Width("a b") || s.Width("u\u0308") != s.Width("ü") || s.Width("a\u200bb") != s.Width("ab") {
		t.Error("spaces, composed and invisible characters")
	}
}

func TestPictures(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 1500, 300))
	for x := range 1500 {
		for y := range 300 {
			img.Set(x, y, color.NRGBA{200, uint8(y % 256), 20, uint8(min(255, x))})
		}
	}
	var asPNG, asJPEG bytes.Buffer
	if err := png.Encode(&asPNG, img); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&asJPEG, img, nil); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"PNG": asPNG.Bytes(), "JPEG": asJPEG.Bytes()} {
		logo, err := ParseImage(data)
		if err != nil || logo.Width > keptWidth || logo.Width*300 != logo.Height*1500 {
			t.Fatalf("%s: %+v, %v", name, logo, err)
		}
		file := sample(t, func(w *Writer) {
			w.Picture(logo, Rectangle{MM(20), MM(20), MM(50), MM(10)})
			w.Picture(logo, Rectangle{MM(20), MM(40), MM(50), MM(10)})
		})
		want := 1
		if name == "PNG" {
			want = 2 // and its transparency
		}
		list := tool(t, file, "pdfimages", "-list", "FILE")
		if n := bytes.Count(file, []byte("/Subtype/Image")); n != want {
			t.Errorf("%s: %d pictures in the file, want %d\n%s", name, n, want, list)
		}
		tool(t, file, "qpdf", "--check", "FILE")
	}
	for _, bad := range [][]byte{nil, []byte("GIF89a"), asPNG.Bytes()[:200], []byte("<svg/>")} {
		if _, err := ParseImage(bad); err == nil {
			t.Errorf("%.10q is a picture", bad)
		}
	}
}
