package app

import (
	"bytes"
	"net/mail"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/store"
)

// threadMax is how many mails of a thread a reply refers to: the first one and the
// latest ones.
const threadMax = 10

// thread says which mail this one answers, where its step is a reply: the last email
// about the same items, by the Message-ID it went out with. One of which no bytes can be
// read, because a person sent it with a program of their own or they are damaged, is not
// answered.
func (w *writing) thread(tx store.Tx) (inReplyTo string, references []string, err error) {
	if w.row.channel != book.Email || !w.isReply() {
		return "", nil, nil
	}
	last := w.lastTold()
	if last == 0 {
		return "", nil, nil
	}
	var packed []byte
	err = store.Each(tx, `SELECT body FROM evidence WHERE tenant_id = $1 AND message_id = $2
		ORDER BY attempt DESC LIMIT 1`, []any{w.a.tenant, last},
		func(r store.Rows) error { packed = slices.Clone(r.Bytes(0)); return nil })
	if err != nil || packed == nil {
		return "", nil, err
	}
	raw, err := unpack(packed)
	if err != nil { // damaged: no reason to keep this mail, and all after it, back
		return "", nil, nil
	}
	inReplyTo, references = threadOf(raw)
	return inReplyTo, references, nil
}

// isReply reports whether the strategy sends the step as a reply.
func (w *writing) isReply() bool {
	s := w.d.set.Strategies[w.row.strategy]
	if s == nil {
		return false
	}
	k := s.Index(w.row.step)
	return k >= 0 && s.Steps[k].Reply
}

// lastTold is the last email that was sent about items of this message; 0 if there is
// none.
func (w *writing) lastTold() int64 {
	id, day := int64(0), w.row.day
	for i := range w.acc.Messages {
		m := &w.acc.Messages[i]
		if m.ID == w.row.id || m.State != book.Sent || m.Channel != book.Email || m.Currency != w.row.currency ||
			m.SentDay > w.row.day || !w.told(m.ID) {
			continue
		}
		if id == 0 || m.SentDay > day || m.SentDay == day && m.ID > id {
			id, day = m.ID, m.SentDay
		}
	}
	return id
}

// threadOf reads from the bytes of a mail its Message-ID and those of its thread,
// itself the last one; without angle brackets. Bytes that are no mail give none.
func threadOf(raw []byte) (id string, references []string) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", nil
	}
	bare := func(s string) string { return strings.Trim(s, "<>") }
	if id = bare(strings.TrimSpace(m.Header.Get("Message-ID"))); id == "" {
		return "", nil
	}
	for _, s := range strings.Fields(m.Header.Get("References")) {
		references = append(references, bare(s))
	}
	references = append(references, id)
	if over := len(references) - threadMax; over > 0 {
		references = append(references[:1], references[1+over:]...)
	}
	return id, references
}
