package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"

	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/letter"
	"github.com/recoup-project/recoup/internal/document/pdf"
	"github.com/recoup-project/recoup/internal/store"
)

// Settings of letters.
const (
	settingLogo   = "letter.logo"   // the hash of a picture
	settingColour = "letter.colour" // #rrggbb
)

func isColour(v string) bool {
	_, ok := parseColour(v)
	return ok
}

func isHash(v string) bool {
	_, err := store.ParseHash(v)
	return err == nil
}

func parseColour(v string) (pdf.Colour, bool) {
	b, err := hex.DecodeString(strings.TrimPrefix(v, "#"))
	if err != nil || len(b) != 3 || !strings.HasPrefix(v, "#") {
		return pdf.Black, false
	}
	return pdf.Colour{R: b[0], G: b[1], B: b[2]}, true
}

// paperLook is how letters of a creditor look, as the settings say it.
type paperLook struct{ country, colour, logo string }

func (d *desk) look() paperLook {
	return paperLook{country: d.creditor.Country, colour: d.values[settingColour], logo: d.values[settingLogo]}
}

// letterLook reads the logo. It is not called within a transaction.
func (a *App) letterLook(ctx context.Context, of paperLook) (letter.Look, error) {
	look := letter.Look{Country: of.country}
	look.Colour, _ = parseColour(of.colour)
	if of.logo == "" || of.logo == none {
		return look, nil
	}
	if known, ok := a.logos.Load(of.logo); ok {
		look.Logo = known.(*pdf.Image)
		return look, nil
	}
	data, err := a.blob(ctx, of.logo)
	if err == nil {
		look.Logo, err = pdf.ParseImage(data)
	}
	if err != nil {
		return look, fmt.Errorf("the logo of the letters: %w", err)
	}
	a.logos.Store(of.logo, look.Logo)
	return look, nil
}

// SetLogo sets the picture at the head of a creditor's letters, a PNG or JPEG; no bytes
// remove it. Errors: not found (the creditor); invalid (logo_invalid).
func (a *App) SetLogo(ctx context.Context, req Request, creditor string, data []byte) error {
	return a.SetLetterhead(ctx, req, creditor, Letterhead{Logo: &data})
}

// Letterhead is what is changed of the head of letters; nil fields stay.
type Letterhead struct {
	Logo   *[]byte // a picture; empty: none
	Colour *string
}

// SetLetterhead changes the picture and the colour of letters, both or none. Errors: those of
// SetLogo and SetSetting.
func (a *App) SetLetterhead(ctx context.Context, req Request, creditor string, l Letterhead) error {
	var changes []SettingChange
	if l.Logo != nil {
		value := none
		if len(*l.Logo) > 0 {
			if _, err := pdf.ParseImage(*l.Logo); err != nil {
				return &Error{Kind: Invalid, Code: "logo_invalid", Message: err.Error()}
			}
			h, err := a.db.Blobs().Put(ctx, a.tenant, *l.Logo)
			if err != nil {
				return err
			}
			value = h.String()
		}
		changes = append(changes, SettingChange{Creditor: creditor, Name: settingLogo, Value: value})
	}
	if l.Colour != nil {
		changes = append(changes, SettingChange{Creditor: creditor, Name: "letter.colour", Value: *l.Colour})
	}
	return a.SetSettings(ctx, req, changes)
}

// Logo is the picture at the head of a creditor's letters. Errors: not found (the creditor,
// or it has none).
func (a *App) Logo(ctx context.Context, creditor string) ([]byte, error) {
	value, err := a.Setting(ctx, creditor, settingLogo)
	if err != nil {
		return nil, err
	}
	if value == "" || value == none {
		return nil, notFound("logo_not_found", "these letters have no logo")
	}
	return a.blob(ctx, value)
}

// LetterFile is a message as a PDF file.
type LetterFile struct {
	Message int64  `json:"message"`
	Pages   int    `json:"pages"`             // 0 of one that was sent
	Missing string `json:"missing,omitempty"` // characters for which a replacement stands
	SHA256  string `json:"sha256"`
	Sent    bool   `json:"sent"` // it is what was posted; else what it would be now
	Bytes   []byte `json:"-"`
}

// Letter is a message as the PDF that is posted, or attached to its mail: of one that was
// posted the exact file, of any other as it would be at this moment. Errors: those of
// Preview.
func (a *App) Letter(ctx context.Context, message int64) (LetterFile, error) {
	e, err := a.Evidence(ctx, message)
	if err != nil && AsError(err).Kind != NotFound {
		return LetterFile{}, err
	}
	if err == nil {
		if data := e.PDF(); data != nil {
			sum := sha256.Sum256(data)
			return LetterFile{Message: message, SHA256: hex.EncodeToString(sum[:]), Sent: true, Bytes: data}, nil
		}
	}
	dr, err := a.drafted(ctx, message, true)
	if err != nil {
		return LetterFile{}, err
	}
	return a.paper(ctx, dr)
}

// onPaper is a draft as it is set on paper.
func (d *draft) onPaper() (letter.Letter, error) {
	l := letter.Letter{Message: d.msg, Enclosures: d.papers}
	l.Message.Attachments = nil
	for _, f := range d.msg.Attachments {
		if f.Kind == document.ItemsList {
			f.Name = letter.ListName(d.msg.Language) // printed behind it
		}
		if f.Name != d.inside || d.inside == "" { // a letter does not name itself
			l.Message.Attachments = append(l.Message.Attachments, f)
		}
	}
	var err error
	l.Outline, err = document.Outlined(d.tpl, l.Message)
	return l, err
}

// paper sets a draft on paper.
func (a *App) paper(ctx context.Context, d *draft) (LetterFile, error) {
	look, err := a.letterLook(ctx, d.look)
	if err != nil {
		return LetterFile{}, err
	}
	l, err := d.onPaper()
	if err != nil {
		return LetterFile{}, incomplete(d.row.id, err)
	}
	data, result, err := letter.Render(look, l)
	if err != nil {
		return LetterFile{}, err
	}
	sum := sha256.Sum256(data)
	return LetterFile{Message: d.row.id, Pages: result.Pages, Missing: string(result.Missing),
		SHA256: hex.EncodeToString(sum[:]), Bytes: data}, nil
}

// wrapLetter puts the words of a letter and its pages into one file, in the form of a mail
// with two parts: what is kept of a posted letter can be read and can be printed again.
func wrapLetter(to, renderer string, words SentText, pages []byte) []byte {
	sum := sha256.Sum256(pages)
	boundary := "letter-" + hex.EncodeToString(sum[:16])
	var b bytes.Buffer
	fmt.Fprintf(&b, "To: %s\r\nX-Renderer: %s\r\n", mime.QEncoding.Encode("utf-8", to), renderer)
	fmt.Fprintf(&b, "Subject: %s\r\nMime-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=%q\r\n\r\n",
		mime.QEncoding.Encode("utf-8", words.Subject), boundary)
	fmt.Fprintf(&b, "--%s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s",
		boundary, words.Text)
	fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n", boundary)
	b.Write(pages)
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

// unwrapLetter is to whom a kept letter went, and what made it.
func unwrapLetter(kept []byte) (to, renderer string) {
	m, err := mail.ReadMessage(bytes.NewReader(kept))
	if err != nil {
		return "", ""
	}
	if to, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("To")); err != nil {
		to = m.Header.Get("To")
	}
	return to, m.Header.Get("X-Renderer")
}

// PDF is the file of a letter that was posted; nil if what was handed over is none.
func (e *Evidence) PDF() []byte {
	m, err := mail.ReadMessage(bytes.NewReader(e.Bytes))
	if err != nil {
		return nil
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" || !strings.HasPrefix(params["boundary"], "letter-") {
		return nil
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return nil
		}
		if p.Header.Get("Content-Type") == "application/pdf" {
			data, err := io.ReadAll(p)
			if err != nil {
				return nil
			}
			return data
		}
	}
}
