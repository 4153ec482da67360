package app

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

// SentText is what a person reads of a message that was handed over.
type SentText struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// Readable takes subject and text out of the bytes that were handed over: the first
// plain text of a mail, or the whole of a letter.
func (e *Evidence) Readable() SentText {
	m, err := mail.ReadMessage(bytes.NewReader(e.Bytes))
	if err != nil || m.Header.Get("Mime-Version") == "" {
		return SentText{Text: string(e.Bytes)}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		subject = m.Header.Get("Subject")
	}
	return SentText{Subject: subject,
		Text: plainPart(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0)}
}

// plainPart finds the first text/plain of a body; parts may nest a few deep.
func plainPart(contentType, encoding string, body io.Reader, depth int) string {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || depth > 4 {
		return ""
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return ""
			}
			if text := plainPart(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p,
				depth+1); text != "" {
				return text
			}
		}
	}
	if kind != "text/plain" {
		return ""
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
