package app

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/audit"
)

// AuditEntry is one command of the audit log.
type AuditEntry struct {
	Seq        int64     `json:"seq"`
	RecordedAt time.Time `json:"recorded_at"`
	Actor      string    `json:"actor"`
	Command    string    `json:"command"`
	CommandID  string    `json:"command_id"`
	Reason     string    `json:"reason"`
	Rows       int64     `json:"rows"` // facts it recorded
	Hash       string    `json:"hash"`
}

// AuditFilter narrows the audit log; zero fields do not.
type AuditFilter struct {
	Actor   string
	Command string
	Before  int64 // only commands with a lower number
	Limit   int   // at most so many, the newest; 0 is 100
}

// AuditLog lists commands, the newest first.
func (a *App) AuditLog(ctx context.Context, f AuditFilter) ([]AuditEntry, error) {
	var all []AuditEntry
	if f.Limit <= 0 {
		f.Limit = 100
	}
	if f.Before <= 0 {
		f.Before = noSeqLimit
	}
	err := a.read(ctx, func(tx store.Tx) error {
		all = []AuditEntry{}
		return store.Each(tx, `SELECT seq, recorded_at, actor, command, command_id, reason, row_count, hash FROM txn
			WHERE tenant_id = $1 AND seq < $2 AND (actor = $3 OR $3 = '') AND (command = $4 OR $4 = '')
			ORDER BY seq DESC LIMIT $5`,
			[]any{a.tenant, f.Before, f.Actor, f.Command, f.Limit}, func(r store.Rows) error {
				all = append(all, AuditEntry{Seq: r.Int64(0), RecordedAt: r.Time(1), Actor: r.Text(2), Command: r.Text(3),
					CommandID: r.Text(4), Reason: r.Text(5), Rows: r.Int64(6), Hash: hex.EncodeToString(r.Bytes(7))})
				return nil
			})
	})
	return all, err
}

// AuditReport says whether every command and fact is as it was recorded. Head is
// the end of the chain: noted elsewhere, it proves later that nothing was cut off.
type AuditReport struct {
	OK       bool   `json:"ok"`
	Commands int64  `json:"commands"`
	Rows     int64  `json:"rows"`
	FirstBad int64  `json:"first_bad,omitempty"`
	Why      string `json:"why,omitempty"`
	Head     string `json:"head"` // SEQ:HASH
}

// VerifyAudit checks the whole audit chain. known is a head noted earlier, as
// SEQ:HASH, or "". Errors: invalid (known cannot be read); that something is wrong
// is no error but a report.
func (a *App) VerifyAudit(
	ctx context.Context, known string, progress func(done, total int64),
) (AuditReport, error) {
	opts := audit.Options{Progress: progress}
	if known != "" {
		head, err := parseHead(known)
		if err != nil {
			return AuditReport{}, err
		}
		opts.Known = &head
	}
	r, err := audit.Verify(ctx, a.db, a.tenant, opts)
	return AuditReport{OK: err == nil && r.OK(), Commands: r.Commands, Rows: r.Rows,
		FirstBad: r.FirstBad, Why: r.Why,
		Head: formatHead(r.Head)}, err
}

func formatHead(h audit.Head) string { return strconv.FormatInt(h.Seq, 10) + ":" + h.Hash.String() }

func parseHead(s string) (audit.Head, error) {
	seq, hash, ok := strings.Cut(s, ":")
	n, err := strconv.ParseInt(seq, 10, 64)
	h, bad := store.ParseHash(hash)
	if !ok || err != nil || bad != nil || n < 0 {
		return audit.Head{}, invalid("head_invalid",
			"%q is no head of an audit chain: expected SEQ:HASH as recoup audit verify printed it", s)
	}
	return audit.Head{Seq: n, Hash: h}, nil
}
