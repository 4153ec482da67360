package storetest

import (
	"fmt"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/audit"
)

var chainCases = []testCase{
	{"the same facts have the same hashes everywhere", sameHashes},
	{"the chain finds every tampering", findsTampering},
	{"the chain is checked in windows", chainWindows},
	{"unhashed columns may change", unhashedMayChange},
}

// verify checks the chain of the world's tenant; want is part of what it must find.
func (w *world) verify(want string) audit.Report {
	w.Helper()
	report, err := audit.Verify(w.ctx, w.db, w.tenant, audit.Options{})
	w.ok(err)
	if report.OK() != (want == "") || !strings.Contains(report.Why, want) {
		w.Errorf("verification at command %d: %q, want %q", report.FirstBad, report.Why, want)
	}
	return report
}

// fixture writes a few commands that together use every kind of column.
func (w *world) fixture() {
	w.Helper()
	w.record("c1", entry{1, 1, "EUR", cal.MustParse("2026-01-31"), 12_345, []byte{0, 255}, "open"},
		entry{1, 2, "USD", cal.None, -5, nil, ""}, entry{2, 3, "EUR", cal.Far, 7, []byte{}, "ä"})
	_, err := w.db.Write(w.ctx, w.tenant, store.Command{Name: "note", Actor: "system", ID: "c2",
		Reason: "because"},
		func(tx store.WriteTx) error {
			ins := tx.Insert("note")
			for i := range int64(5) {
				ins.Int(i).Int(tx.Seq()).Text(strings.Repeat("漢", int(i))).End()
			}
			return ins.Close()
		})
	w.ok(err)
	w.record("c3", entry{customer: 1, id: 4, currency: "EUR", amount: 1})
	_, err = w.db.Write(w.ctx, w.tenant, command("c4"), func(tx store.WriteTx) error { return nil })
	w.ok(err)
	w.record("c5", euros(3, 5, 1), euros(3, 6, 1))
}

// sameHashes compares row digests with constants, so that no engine, machine or later
// version may compute others.
func sameHashes(w *world) {
	w.fixture()
	got := ""
	w.ok(w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		got = ""
		return store.Each(tx, "SELECT row_count, rows_digest FROM txn WHERE tenant_id = $1 ORDER BY seq",
			[]any{w.tenant}, func(r store.Rows) error {
				got += fmt.Sprintf("%d %x\n", r.Int64(0), r.Bytes(1)[:8])
				return nil
			})
	}))
	w.want("digests", got, goldenDigests)
	r := w.verify("")
	w.want("checked", fmt.Sprint(r.Commands, r.Rows, r.Head.Seq), "5 11 5")
}

const goldenDigests = `3 f99bd35a3845fe9d
5 10a064dcad499830
1 d99b1e36cdfff7ab
0 e3b0c44298fc1c14
2 36c04782af8e32e8
`

func findsTampering(w *world) {
	for _, c := range []struct{ sql, want string }{
		{"UPDATE entry SET amount_minor = 12346 WHERE entry_id = 1", "a row of the command was changed"},
		{"UPDATE entry SET effective_day = 20485 WHERE entry_id = 2", "a row of the command was changed"},
		{"UPDATE entry SET words_hash = NULL WHERE entry_id = 3", "a row of the command was changed"},
		{"UPDATE entry SET customer_id = 2 WHERE entry_id = 4", "a row of the command was changed"},
		{"UPDATE note SET body = 'x' WHERE note_id = 0", "a row of the command was changed"},
		{"DELETE FROM entry WHERE entry_id = 2", "recorded 3 rows, 2 are there"},
		{"DELETE FROM note WHERE note_id = 4", "recorded 5 rows, 4 are there"},
		{"INSERT INTO note (tenant_id, note_id, seq, body) VALUES (1, 99, 4, 'x')", "recorded 0 rows, 1 are there"},
		{"INSERT INTO note (tenant_id, note_id, seq, body) VALUES (1, 99, 6, 'x')",
			"a command that does not exist"},
		{"INSERT INTO note (tenant_id, note_id, seq, body) VALUES (1, 99, 0, 'x')",
			"a command that does not exist"},
		{"UPDATE entry SET seq = 8 - seq WHERE entry_id IN (4, 5)", "a row of the command was changed"},
		{"UPDATE entry SET seq = 3 WHERE entry_id = 5", "recorded 1 rows, 2 are there"},
		{"UPDATE txn SET actor = 'other' WHERE seq = 2", "the record of the command"},
		{"UPDATE txn SET reason = '' WHERE seq = 2", "the record of the command"},
		{"UPDATE txn SET recorded_at = '2020-01-01T00:00:00.000Z' WHERE seq = 5", "the record of the command"},
		{"UPDATE txn SET hash = prev_hash WHERE seq = 5", "the record of the command"},
		{"UPDATE txn SET command_id = 'zz' WHERE seq = 1", "the record of the command"},
		{"DELETE FROM txn WHERE seq = 3", "missing; the next one found is 4"},
		{"DELETE FROM txn WHERE seq = 5", "missing, and all after it up to 5"},
		{"UPDATE txn SET seq = 9 WHERE seq = 5", "missing, and all after it up to 5"},
		{"UPDATE tenant_head SET seq = 4 WHERE seq = 5", "end of the chain"},
		{"UPDATE tenant_head SET hash = (SELECT hash FROM txn WHERE seq = 4) WHERE seq = 5", "end of the chain"},
	} {
		w.tenant = w.newTenant("Broken")
		w.fixture()
		sql := w.ofTenant(c.sql)
		w.engine.Tamper(w.T, w.db, sql)
		if r := w.verify(c.want); r.FirstBad == 0 && !strings.Contains(sql, "99, 0,") {
			w.Errorf("%s: the command is not named", sql)
		}
	}
	w.tenant = w.newTenant("Cut")
	w.fixture()
	known := w.verify("").Head
	w.engine.Tamper(w.T, w.db, w.ofTenant(`DELETE FROM entry WHERE seq = 5; DELETE FROM txn WHERE seq = 5;
UPDATE tenant_head SET seq = 4, hash = (SELECT hash FROM txn WHERE seq = 4) WHERE seq = 5`))
	w.verify("") // a chain that was cut off is whole in itself
	report, err := audit.Verify(w.ctx, w.db, w.tenant, audit.Options{Known: &known})
	w.ok(err)
	w.want("cut off", report.Why, "the chain ends here, but command 5 was known to exist: it was cut off")
	w.record("c5", euros(3, 5, 1), euros(3, 6, 2))
	report, err = audit.Verify(w.ctx, w.db, w.tenant, audit.Options{Known: &known})
	w.ok(err)
	if report.FirstBad != 5 || !strings.Contains(report.Why, "written anew") {
		w.Errorf("chain written anew: %+v", report)
	}
}

// ofTenant makes SQL touch the rows of the world's tenant only.
func (w *world) ofTenant(sql string) string {
	sql = strings.ReplaceAll(sql, "WHERE ", fmt.Sprintf("WHERE tenant_id = %d AND ", w.tenant))
	return strings.ReplaceAll(sql, "VALUES (1,", fmt.Sprintf("VALUES (%d,", w.tenant))
}

func chainWindows(w *world) {
	for i := range int64(30) {
		entries := []entry{}
		for k := range i % 4 {
			entries = append(entries, euros(k, i*10+k, 1))
		}
		w.record("", entries...)
	}
	calls := 0
	check := func() audit.Report {
		r, err := audit.Verify(w.ctx, w.db, w.tenant, audit.Options{WindowRows: 5,
			Progress: func(done, total int64) { calls++; w.want("total", total, 30) }})
		w.ok(err)
		return r
	}
	w.want("whole", fmt.Sprint(check().OK(), calls > 5), "true true")
	w.engine.Tamper(w.T, w.db, "UPDATE entry SET amount_minor = 2 WHERE entry_id = 172")
	w.want("first bad", check().FirstBad, 0)
	w.engine.Tamper(w.T, w.db, "UPDATE entry SET amount_minor = 2 WHERE entry_id = 150")
	w.want("first bad", check().FirstBad, 16)
}

func unhashedMayChange(w *world) {
	w.fixture()
	w.ok(w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec("UPDATE entry SET state = 'erased' WHERE tenant_id = $1", w.tenant)
		return err
	}))
	w.verify("")
}
