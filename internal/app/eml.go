package app

import (
	"context"

	"github.com/recoup-project/recoup/internal/core/book"
)

// EML is a mail as the exact bytes that would be sent at this moment, with its letter and
// the copies of invoices, to open in a program of the user's own. It needs no mail server;
// without an address of the sender the mail is from the one that answers come to. build
// makes the bytes for the book with a uid.
//
// Errors: not found; refused (not_an_email, and those of Preview).
func (a *App) EML(ctx context.Context, message int64,
	build func(book string) func(Mail) (Parcel, error)) ([]byte, error) {
	dr, err := a.drafted(ctx, message, true)
	if err != nil {
		return nil, err
	}
	if dr.row.channel != book.Email {
		return nil, refusedText("not_an_email", sprintf("message %d is a letter: it is printed and posted", message))
	}
	if dr.row.state != book.Proposed && dr.row.state != book.Approved {
		return nil, refusedText("message_ended", sprintf("message %d is %s", message, dr.row.state.InWords()))
	}
	if err := a.attachBytes(ctx, dr); err != nil {
		return nil, err
	}
	uid, err := a.bookUID(ctx)
	if err != nil {
		return nil, err
	}
	parcel, err := build(uid)(dr.mail)
	if err != nil {
		return nil, refusedText("address_gone", err.Error())
	}
	return parcel.Bytes, nil
}

func (a *App) bookUID(ctx context.Context) (string, error) {
	b, err := a.db.Book(ctx)
	return b.UID, err
}
