package sink

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
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
	if m.Sender, err = words.DecodeHeader(msg.Header.Get("From")); err != nil {
		m.Sender = msg.Header.Get("From")
	}
	m.Date = msg.Header.Get("Date")
	m.MessageID = strings.Trim(msg.Header.Get("Message-ID"), "<> ")
}

// Content is what a mail says, decoded.
type Content struct {
	Text  string // the first plain text; "" if it has none
	HTML  string // the first HTML; "" if it has none
	Files []File // what is attached, in the order of the mail
}

// File is a file that came with a mail.
type File struct {
	Name      string
	MediaType string
	Bytes     []byte
}

// Read decodes a mail. One that cannot be read has no content.
func Read(raw []byte) Content {
	var c Content
	if msg, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil {
		c.collect(textproto.MIMEHeader(msg.Header), msg.Body, 0)
	}
	return c
}

// collect walks the parts: the first of each form that is not attached, and every file.
func (c *Content) collect(h textproto.MIMEHeader, body io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || depth > maxDepth {
		return
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			c.collect(part.Header, part, depth+1)
		}
	}
	switch strings.ToLower(h.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return
	}
	disposition, file, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch {
	case disposition == "attachment":
		c.Files = append(c.Files, File{Name: fileName(file["filename"]), MediaType: kind, Bytes: content})
	case kind == "text/plain" && c.Text == "":
		c.Text = text
	case kind == "text/html" && c.HTML == "":
		c.HTML = text
	}
}

// fileName is the name of a file without folders, decoded.
func fileName(name string) string {
	var words mime.WordDecoder
	if decoded, err := words.DecodeHeader(name); err == nil {
		name = decoded
	}
	return name[strings.LastIndexAny(name, `/\`)+1:]
}
