package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unsafe"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// Head is a point of the chain as it was noted at some time.
type Head struct {
	Seq  int64
	Hash store.Hash
}

// Options of Verify.
type Options struct {
	// Known is a head noted earlier, if there is one: the chain must still hold it.
	Known *Head
	// Progress is called now and then with the commands checked and their number.
	Progress func(done, total int64)
	// WindowRows is how many rows are held in memory at once, about 40 bytes each;
	// 0 is 2,000,000.
	WindowRows int64
}

// Report says what Verify found.
type Report struct {
	Commands int64 // checked and found good
	Rows     int64 // fact rows of these commands
	Head     Head  // the end of the chain, to be noted elsewhere
	// FirstBad is the number of the first command that is not as recorded; 0 if
	// all are. Why says what is wrong with it in one sentence.
	FirstBad int64
	Why      string
}

// OK reports whether everything is as recorded.
func (r Report) OK() bool { return r.Why == "" }

// Verify checks the audit chain of a tenant up to the command that is the last when
// it starts. Commands recorded meanwhile do not disturb it. It finds changed,
// deleted, added and reordered fact rows and commands, and, against Options.Known, a
// chain that was cut off or written anew. An error means that it could not look, not
// that something is wrong.
func Verify(ctx context.Context, db store.DB, tenant int64, opts Options) (Report, error) {
	if opts.WindowRows <= 0 {
		opts.WindowRows = 2_000_000
	}
	v := verifier{ctx: ctx, db: db, tenant: tenant, opts: opts}
	err := v.run()
	var bad *badError
	if errors.As(err, &bad) {
		v.report.FirstBad, v.report.Why = bad.seq, bad.why
		err = nil
	}
	return v.report, err
}

// badError ends the verification with a finding.
type badError struct {
	seq int64
	why string
}

func (e *badError) Error() string { return fmt.Sprintf("command %d: %s", e.seq, e.why) }

func bad(seq int64, format string, args ...any) error {
	return &badError{seq, fmt.Sprintf(format, args...)}
}

type verifier struct {
	ctx    context.Context
	db     store.DB
	tenant int64
	opts   Options
	report Report
	head   Head
	last   Head // the last link checked
}

// expected is what one command of a window says about its rows.
type expected struct {
	seq    int64
	count  int64
	digest store.Hash
}

// found is the hash of one row of a window.
type found struct {
	seq  int64
	hash [sha256.Size]byte
}

func (v *verifier) run() error {
	if err := v.readHead(); err != nil {
		return err
	}
	for v.last.Seq < v.head.Seq {
		from := v.last.Seq
		var window []expected
		err := v.db.Read(v.ctx, v.tenant, func(tx store.Tx) (err error) {
			window, err = v.links(tx)
			return err
		})
		if err != nil {
			return err
		}
		if err := v.rows(from, window); err != nil {
			return err
		}
		if v.opts.Progress != nil {
			v.opts.Progress(v.last.Seq, v.head.Seq)
		}
	}
	if v.last != v.head {
		return bad(v.head.Seq, "the end of the chain is noted with another hash than the command has")
	}
	if k := v.opts.Known; k != nil && k.Seq > v.head.Seq {
		return bad(v.head.Seq+1, "the chain ends here, but command %d was known to exist: it was cut off", k.Seq)
	}
	v.report.Head = v.head
	return v.strays()
}

// readHead notes where the chain ends now.
func (v *verifier) readHead() error {
	return v.db.Read(v.ctx, v.tenant, func(tx store.Tx) error {
		err := store.One(tx, "SELECT seq, hash FROM tenant_head WHERE tenant_id = $1", []any{v.tenant},
			func(r store.Rows) {
				v.head.Seq = r.Int64(0)
				copy(v.head.Hash[:], r.Bytes(1))
			})
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("tenant %d: %w", v.tenant, err)
		}
		return err
	})
}

const linksSQL = `SELECT seq, recorded_at, actor, command, command_id, input_hash, reason, row_count,
rows_digest, prev_hash, hash FROM txn WHERE tenant_id = $1 AND seq > $2 AND seq <= $3
ORDER BY seq LIMIT 100000`

// links checks the chain for one window: as many commands as have WindowRows rows.
func (v *verifier) links(tx store.Tx) (window []expected, err error) {
	last, rows := v.last, int64(0)
	full := false
	err = store.Each(tx, linksSQL, []any{v.tenant, v.last.Seq, v.head.Seq}, func(r store.Rows) error {
		if full = full || rows >= v.opts.WindowRows; full {
			return errFull
		}
		link, hash, err := readLink(r)
		if err != nil {
			return err
		}
		if err := v.follows(last, link, hash); err != nil {
			return err
		}
		last = Head{link.Seq, hash}
		rows += link.RowCount
		window = append(window, expected{link.Seq, link.RowCount, link.RowsDigest})
		return nil
	})
	if errors.Is(err, errFull) {
		err = nil
	}
	if err == nil && len(window) == 0 {
		err = bad(last.Seq+1, "the command is missing, and all after it up to %d", v.head.Seq)
	}
	v.last = last
	return window, err
}

var errFull = errors.New("window is full")

func readLink(r store.Rows) (store.Link, store.Hash, error) {
	l := store.Link{Seq: r.Int64(0), RecordedAt: r.Time(1), Actor: r.Text(2), Command: r.Text(3),
		CommandID: r.Text(4),
		Reason:    r.Text(6), RowCount: r.Int64(7)}
	var hash store.Hash
	for column, to := range map[int][]byte{5: l.InputHash[:], 8: l.RowsDigest[:], 9: l.PrevHash[:],
		10: hash[:]} {
		if b := r.Bytes(column); copy(to, b) != len(b) || len(b) != sha256.Size {
			return l, hash, bad(l.Seq, "a hash of the command has %d bytes", len(b))
		}
	}
	return l, hash, nil
}

// follows checks that a link comes after last and is as it was hashed.
func (v *verifier) follows(last Head, l store.Link, hash store.Hash) error {
	switch {
	case l.Seq != last.Seq+1:
		return bad(last.Seq+1, "the command is missing; the next one found is %d", l.Seq)
	case store.Hash(l.PrevHash) != last.Hash:
		return bad(l.Seq, "the command does not name the hash of the one before it")
	case l.Hash() != hash:
		return bad(l.Seq, "the record of the command (time, actor, name, id, input, reason or digest) was changed")
	}
	if k := v.opts.Known; k != nil && k.Seq == l.Seq && k.Hash != hash {
		return bad(l.Seq, "the command has another hash than the one known for it: the chain was written anew")
	}
	return nil
}

// rows checks the fact rows of a window of commands after command from.
func (v *verifier) rows(from int64, window []expected) error {
	to, total := window[len(window)-1].seq, int64(0)
	for _, e := range window {
		total += e.count
	}
	all := make([]found, 0, min(total, 8<<20))
	for _, t := range v.db.Schema().Tables {
		if !t.IsFact() {
			continue
		}
		var err error
		if all, err = v.tableRows(all, t, from, to, total); err != nil {
			return err
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		if a.seq != b.seq {
			return int(max(-1, min(1, a.seq-b.seq)))
		}
		return bytes.Compare(a.hash[:], b.hash[:])
	})
	for _, e := range window {
		n := 0
		for n < len(all) && all[n].seq == e.seq {
			n++
		}
		if err := checkCommand(e, all[:n]); err != nil {
			return err
		}
		all = all[n:]
		v.report.Commands++
		v.report.Rows += e.count
	}
	return nil
}

func checkCommand(e expected, rows []found) error {
	if int64(len(rows)) != e.count {
		return bad(e.seq, "the command recorded %d rows, %d are there", e.count, len(rows))
	}
	h := sha256.New()
	for i := range rows {
		h.Write(rows[i].hash[:])
	}
	if !bytes.Equal(h.Sum(nil), e.digest[:]) {
		return bad(e.seq, "a row of the command was changed")
	}
	return nil
}

// tableRows adds the row hashes of one table. A table may hold more rows than were
// recorded; a few more than expected are enough to see it.
func (v *verifier) tableRows(all []found, t *schema.Table, from, to, expected int64) ([]found, error) {
	before := len(all)
	sql := "SELECT " + columnList(t) + " FROM " + t.Name + " WHERE tenant_id = $1 AND seq > $2 AND seq <= $3"
	var digest store.Digest
	row := make([]store.Value, len(t.Columns))
	err := v.db.Read(v.ctx, v.tenant, func(tx store.Tx) error {
		all = all[:before]
		return store.Each(tx, sql, []any{v.tenant, from, to}, func(r store.Rows) error {
			for i := range t.Columns {
				row[i] = ReadColumn(r, i, t.Columns[i].Type)
			}
			all = append(all, found{row[t.SeqColumn].I, digest.RowHash(t, row)})
			if int64(len(all)) > expected+1000 {
				return errFull
			}
			return nil
		})
	})
	if errors.Is(err, errFull) {
		err = nil
	}
	return all, err
}

// strays looks for fact rows that no command recorded.
func (v *verifier) strays() error {
	for _, t := range v.db.Schema().Tables {
		if !t.IsFact() {
			continue
		}
		err := v.db.Read(v.ctx, v.tenant, func(tx store.Tx) error {
			head := int64(math.MaxInt64)
			err := store.One(tx, "SELECT seq FROM tenant_head WHERE tenant_id = $1", []any{v.tenant},
				func(r store.Rows) { head = r.Int64(0) })
			if err != nil {
				return err
			}
			err = store.One(tx, "SELECT seq FROM "+t.Name+
				" WHERE tenant_id = $1 AND (seq < 1 OR seq > $2) ORDER BY seq LIMIT 1",
				[]any{v.tenant, head}, func(r store.Rows) { head = r.Int64(0) })
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			if err == nil {
				err = bad(head, "table %s holds a row of a command that does not exist", t.Name)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ReadColumn reads a stored value without copying: text and bytes are valid until
// the next row.
func ReadColumn(r store.Rows, i int, t schema.Type) store.Value {
	switch t {
	case schema.Integer, schema.Small:
		if v := r.Int64(i); v != 0 || !r.IsNull(i) {
			return store.Value{Kind: store.KindInt, I: v}
		}
		return store.Value{}
	case schema.Day:
		if d := r.Day(i); d != cal.None {
			return store.Value{Kind: store.KindDay, I: int64(d)}
		}
		return store.Value{}
	}
	b := r.Bytes(i)
	switch {
	case b == nil && r.IsNull(i):
		return store.Value{}
	case t == schema.Blob:
		return store.Value{Kind: store.KindBytes, B: b}
	}
	return store.Value{Kind: store.KindText, S: unsafe.String(unsafe.SliceData(b), len(b))}
}

func columnList(t *schema.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
