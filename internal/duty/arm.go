package duty

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/durable"
)

// armed is the content of the file beside the book.
type armed struct {
	Note     string `json:"note"`
	Instance string `json:"instance"` // random, given when the copy was armed
	Book     string `json:"book"`     // the book's uid
	Place    uint64 `json:"place"`    // inode of the book's file; 0 for a server
	// Tenants holds, by tenant, how far this copy has come: the last outbox number
	// that may have been used and the last command known then.
	Tenants map[string]mark `json:"tenants"`
}

type mark struct {
	OutboxNo int64 `json:"outbox_no"`
	Head     int64 `json:"head"`
}

const note = "This copy of the book may send. Do not copy, restore or back up this file."

// Licence is the right of one copy of a book to send, kept in a file beside it. It
// implements app.Licence and is safe for concurrent use.
//
// A copy is armed if the file is there, names this book, was made for the very file
// the book lies in, and does not know of outbox numbers or commands that the book
// has not. So a copied book is not armed, because the file did not travel; and a
// restored one is not, because the file knows more than the book.
type Licence struct {
	path  string
	book  string
	place uint64

	mu    sync.Mutex
	known *armed
}

var _ app.Licence = (*Licence)(nil)

// ArmFileEnv names the variable that says where the file of a book on a server is.
const ArmFileEnv = "RECOUP_ARM_FILE"

// NewLicence finds the licence of the book at an address (a file, or postgres://…).
// It need not exist. Errors: no place for it (a server's book without a home
// directory or RECOUP_ARM_FILE).
func NewLicence(ctx context.Context, a *app.App, address string) (*Licence, error) {
	info, err := a.DB().Book(ctx)
	if err != nil {
		return nil, err
	}
	l := &Licence{book: info.UID}
	if a.DB().Engine() == "sqlite" {
		file := trimScheme(address)
		l.path = file + ".armed"
		l.place, err = inode(file)
		return l, err
	}
	if l.path = os.Getenv(ArmFileEnv); l.path != "" {
		return l, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, &app.Error{Kind: app.Invalid, Code: "arm_file_needed", Message: "set " + ArmFileEnv +
			" to a file on this machine", Err: err}
	}
	l.path = filepath.Join(home, ".config", "recoup", info.UID+".armed")
	return l, nil
}

func trimScheme(address string) string {
	const scheme = "sqlite:"
	if len(address) > len(scheme) && address[:len(scheme)] == scheme {
		return address[len(scheme):]
	}
	return address
}

// Check implements app.Licence. It reads the file before the book: a sender that
// goes on meanwhile raises both, the book first.
func (l *Licence) Check(ctx context.Context, book *app.App) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, err := l.load()
	if err != nil {
		return err
	}
	no, head, err := book.SendingState(ctx)
	if err != nil {
		return err
	}
	tenant := book.Tenant()
	switch m := a.Tenants[strconv.FormatInt(tenant, 10)]; {
	case a.Book != l.book:
		return notArmed("the file %s belongs to another book", l.path)
	case a.Place != l.place:
		return notArmed("the book's file is not the one that was armed: it was copied or restored")
	case no < m.OutboxNo, head < m.Head:
		return notArmed("this book is older than the one that sent last: "+
			"messages up to number %d may have gone, it knows %d", m.OutboxNo, no)
	}
	l.known = a
	return nil
}

func notArmed(format string, args ...any) error {
	return &app.Error{Kind: app.Refused, Code: string(reason.NotArmed),
		Message: reason.Fill(reason.NotArmed, nil),
		Detail:  fmt.Sprintf(format, args...)}
}

// load reads the file.
func (l *Licence) load() (*armed, error) {
	raw, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notArmed("there is no file %s", l.path)
	}
	if err != nil {
		return nil, &app.Error{Kind: app.Unavailable, Code: "arm_file", Message: "the file " + l.path +
			" cannot be read", Err: err}
	}
	var a armed
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, notArmed("the file %s is damaged", l.path)
	}
	return &a, nil
}

// Raise implements app.Licence.
func (l *Licence) Raise(tenant, no, head int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		return notArmed("it was not checked")
	}
	if l.known.Tenants == nil {
		l.known.Tenants = map[string]mark{}
	}
	key := strconv.FormatInt(tenant, 10)
	before := l.known.Tenants[key]
	l.known.Tenants[key] = mark{OutboxNo: max(no, before.OutboxNo), Head: max(head, before.Head)}
	return l.save(l.known)
}

// save writes the file and returns when it is on the disk.
func (l *Licence) save(a *armed) error {
	raw, err := json.MarshalIndent(a, "", "  ")
	if err == nil {
		err = writeDurably(l.path, append(raw, '\n'))
	}
	if err != nil {
		return &app.Error{Kind: app.Unavailable, Code: "arm_file", Message: "the file " + l.path +
			" cannot be written", Err: err}
	}
	return nil
}

// writeDurably replaces a file: afterwards it is the old one or the new one, never
// a part.
func writeDurably(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return durable.File(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// ArmReport is what arming found: what may have gone already from another copy.
type ArmReport struct {
	WasArmed bool   `json:"was_armed"`
	Why      string `json:"why,omitempty"` // why it was not
	// BeyondBook counts outbox numbers that were given out and that this book does
	// not know: as many messages may have left at most.
	BeyondBook int64 `json:"beyond_book"`
	// MayHaveGone are the released, unknown and half handed-over messages: another
	// copy may have sent them.
	MayHaveGone []app.OutboxMessage `json:"may_have_gone"`
	Armed       bool                `json:"armed"`
}

// Look tells whether this copy of a book may send, and if not, what another copy may
// have sent already. It changes nothing.
func Look(ctx context.Context, a *app.App, l *Licence) (ArmReport, error) {
	var report ArmReport
	err := l.Check(ctx, a)
	if err == nil {
		report.WasArmed, report.Armed = true, true
		return report, nil
	}
	e := app.AsError(err)
	if e.Code != string(reason.NotArmed) {
		return report, err
	}
	report.Why = e.Detail
	no, _, err := a.SendingState(ctx)
	if err != nil {
		return report, err
	}
	before, err := l.load()
	if err == nil && before.Book == l.book {
		report.BeyondBook = max(0, before.Tenants[strconv.FormatInt(a.Tenant(), 10)].OutboxNo-no)
	}
	list, err := a.Outbox(ctx, app.OutboxFilter{})
	if err != nil {
		return report, err
	}
	for _, m := range list {
		switch m.State {
		case "approved", "claimed", "handing_over", "unknown":
			report.MayHaveGone = append(report.MayHaveGone, m)
		}
	}
	return report, nil
}

// Arm gives this copy of a book the right to send, and reports what Look does. A
// person decides; who, when and why is recorded in the book before the licence is
// written. A dry run does neither.
func Arm(ctx context.Context, a *app.App, l *Licence, req app.Request) (ArmReport, error) {
	report, err := Look(ctx, a, l)
	if err != nil || report.Armed {
		return report, err
	}
	if err := a.RecordArming(ctx, req); err != nil || req.DryRun {
		return report, err
	}
	report.Armed = true
	return report, ArmNew(ctx, a, l)
}

// ArmNew arms a book that was made a moment ago: nothing can have left it, and its
// making is recorded.
func ArmNew(ctx context.Context, a *app.App, l *Licence) error {
	no, head, err := a.SendingState(ctx)
	if err != nil {
		return err
	}
	return l.arm(a.Tenant(), no, head)
}

func (l *Licence) arm(tenant, no, head int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var id [16]byte
	rand.Read(id[:])
	l.known = &armed{Note: note, Instance: hex.EncodeToString(id[:]), Book: l.book, Place: l.place,
		Tenants: map[string]mark{strconv.FormatInt(tenant, 10): {OutboxNo: no, Head: head}}}
	return l.save(l.known)
}

// Disarm takes the right away again, for a copy that is to be retired or restored
// over. It is no error if there is none.
func (l *Licence) Disarm() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known = nil
	if err := os.Remove(l.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return durable.Folder(filepath.Dir(l.path))
}
