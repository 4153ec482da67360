package sink

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// maxDepth bounds how deep parts may lie in parts.
const maxDepth = 5

// describe reads what the index shows of a mail, once somebody asks. A mail that cannot
// be read is kept all the same; one of an earlier sink is described by its index.
func (m *Mail) describe() {
	msg, err := mail.ReadMessage(bytes.NewReader(m.Bytes))
	if m.Bytes == nil || err != nil {
		return
	}
	var words mime.WordDecoder
	if m.Subject, err = words.DecodeHeader(msg.Header.Get("Subject")); err != nil {
		m.Subject = msg.Header.Get("Subject")
	}
	m.Date = msg.Header.Get("Date")
	m.MessageID = strings.Trim(msg.Header.Get("Message-ID"), "<> ")
}

// readable is the text and the HTML of a mail, decoded; "" for a form it has not.
func readable(raw []byte) (text, html string) {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", ""
	}
	forms := map[string]string{}
	collect(msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), "", msg.Body,
		forms, 0)
	return forms["text/plain"], forms["text/html"]
}

// collect walks the parts and keeps the first of each form that is not an attachment.
func collect(contentType, encoding, disposition string, body io.Reader, forms map[string]string, depth int) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || depth > maxDepth || strings.HasPrefix(disposition, "attachment") {
		return
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			h := part.Header
			collect(h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), h.Get("Content-Disposition"),
				part, forms, depth+1)
		}
	}
	if _, have := forms[kind]; have {
		return
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if b, err := io.ReadAll(body); err == nil {
		forms[kind] = strings.ReplaceAll(string(b), "\r\n", "\n")
	}
}
