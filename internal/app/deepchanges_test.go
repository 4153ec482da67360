package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
)

// TestChangedPastTheBook: what somebody changes in the database by hand is named, whether a
// command recorded it last or it never changed; what is as recorded is not.
func TestChangedPastTheBook(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		head := "customer_number,customer_name,kind,country,email,role,number,invoice_date,due_date,currency,amount,po\n"
		b.mustImport(head+"C1,Alpha Ltd,company,GB,ap@a.example,accounts_payable,A-1,2026-01-05,2026-02-04,GBP,100.00,P1\n"+
			"C2,Beta Ltd,,GB,ap@b.example,accounts_payable,B-1,2026-01-05,2026-02-04,GBP,100.00,\n", ImportRequest{})
		b.mustImport(head+"C1,Alpha Limited,company,gb,ap@a.example,accounts_payable,A-1,2026-01-06,2026-02-14,GBP,100.00,P2\n",
			ImportRequest{})
		text := func(v string) *string { return &v }
		if _, err := b.SetCustomer(b.ctx, tester, 1, CustomerChange{Strategy: text("gentle"), Country: text("ie"), Since: text("2020-01-02"),
			ContractRate: text("8.50"), Address: text("1 High Street\nYork"), Flags: text("po_required gentle"), Kind: text("individual")}); err != nil {
			t.Fatal(err)
		}
		added, err := b.AddContact(b.ctx, tester, 1, NewContact{Role: book.Director, Name: "Ann", Email: "ann@a.example", Phone: "0113"})
		if err != nil {
			t.Fatal(err)
		}
		gone, err := b.AddContact(b.ctx, tester, 2, NewContact{Role: book.General, Email: "old@b.example"})
		if err == nil {
			err = b.RemoveContact(b.ctx, tester, 2, gone)
		}
		if err != nil || added != 3 {
			t.Fatal(added, err)
		}
		for name, value := range map[string]string{"sender.phone": "0113 1", "policy.calls_from": "300",
			"smtp.url": "smtp://user:secret@mail.example:587", "sender.person": "Ann"} {
			if err := b.SetSetting(b.ctx, tester, "main", name, value); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.SetSetting(b.ctx, tester, "main", "sender.person", ""); err != nil {
			t.Fatal(err)
		}
		if wrong := b.recordedOtherwise(); wrong != "" {
			t.Fatalf("a sound book: %s", wrong)
		}
		for _, c := range []struct{ change, undo, want string }{
			{"UPDATE setting SET value = '0113 2' WHERE name = 'sender.phone'", "UPDATE setting SET value = '0113 1' WHERE name = 'sender.phone'",
				`settings: setting main: sender.phone is "0113 2", and was last recorded as "0113 1"`},
			{"INSERT INTO setting (tenant_id, creditor_id, name, value) VALUES ($1, 0, 'mail.tested', 'x')", "DELETE FROM setting WHERE name = 'mail.tested'",
				`settings: setting: mail.tested is "x", and was last recorded as ""`},
			{"UPDATE setting SET name = 'policy.own_message_from' WHERE name = 'policy.calls_from'",
				"UPDATE setting SET name = 'policy.calls_from' WHERE name = 'policy.own_message_from'",
				`policy.calls_from is not set, and was last recorded as "300"`},
			{"UPDATE setting SET value = 'smtp://user:secret@evil.example:587' WHERE name = 'smtp.url'",
				"UPDATE setting SET value = 'smtp://user:secret@mail.example:587' WHERE name = 'smtp.url'", "evil.example"},
			{"UPDATE customer SET strategy = 'firm' WHERE number = 'C1'", "UPDATE customer SET strategy = 'gentle' WHERE number = 'C1'",
				`customers: customer:C1: strategy is "firm", and was last recorded as "gentle"`},
			{"UPDATE customer SET mode = 'observe' WHERE number = 'C2'", "UPDATE customer SET mode = '' WHERE number = 'C2'",
				`customers: customer:C2: mode is "observe", and was last recorded as ""`},
			{"UPDATE customer SET kind_confirmed = 0 WHERE number = 'C1'", "UPDATE customer SET kind_confirmed = 1 WHERE number = 'C1'",
				"customers: customer:C1: the kind was confirmed"},
			{"UPDATE customer SET country = 'DE' WHERE number = 'C1'", "UPDATE customer SET country = 'IE' WHERE number = 'C1'",
				`country is "DE", and was last recorded as "IE"`},
			{"UPDATE party SET name = 'Omega' WHERE name = 'Alpha Limited'", "UPDATE party SET name = 'Alpha Limited' WHERE name = 'Omega'",
				`name is "Omega", and was last recorded as "Alpha Limited"`},
			{"UPDATE contact SET email = 'x@evil.example' WHERE contact_id = 3", "UPDATE contact SET email = 'ann@a.example' WHERE contact_id = 3",
				`contacts: contact 3 of customer:C1 is "director Ann x@evil.example 0113"`},
			{"UPDATE contact SET email = 'x@evil.example' WHERE contact_id = 2", "UPDATE contact SET email = 'ap@b.example' WHERE contact_id = 2",
				"contacts: of contacts 1 to 2, which an import gave"},
			{"UPDATE contact SET state = 'ok' WHERE contact_id = 4", "UPDATE contact SET state = 'removed' WHERE contact_id = 4",
				`contact 4 of customer:C2: state is "ok", and was last recorded as "removed"`},
			{"UPDATE contact SET state = 'bounced' WHERE contact_id = 1", "UPDATE contact SET state = 'ok' WHERE contact_id = 1",
				`state is "bounced", and was last recorded as "ok"`},
			{"UPDATE contact SET contact_id = 9 WHERE contact_id = 3", "UPDATE contact SET contact_id = 3 WHERE contact_id = 9",
				"contact 3 is not in the book any more"},
			{"UPDATE item SET due_date = first_due_date WHERE number = 'A-1'", "UPDATE item SET due_date = first_due_date + 10 WHERE number = 'A-1'",
				`due_dates: item:A-1 is due on "2026-02-04", and was last recorded as "2026-02-14"`},
			{"UPDATE item SET due_date = first_due_date + 90 WHERE number = 'B-1'", "UPDATE item SET due_date = first_due_date WHERE number = 'B-1'",
				`item:B-1 is due on "2026-05-05", and was last recorded as "2026-02-04"`},
			{"UPDATE item SET po = 'P9' WHERE number = 'A-1'", "UPDATE item SET po = 'P2' WHERE number = 'A-1'", `po is "P9"`},
			{"UPDATE words SET body = 'firm' WHERE body = 'gentle'", "UPDATE words SET body = 'gentle' WHERE body = 'firm'",
				"of the strategy of customer 1 is not in the book any more"},
		} {
			b.exec(c.change)
			if wrong := b.recordedOtherwise(); !strings.Contains(wrong, c.want) {
				t.Errorf("after %s: %q, expected %q", c.change, wrong, c.want)
			}
			b.exec(c.undo)
		}
		if wrong := b.recordedOtherwise(); wrong != "" {
			t.Errorf("a book put right: %s", wrong)
		}
	})
}

// exec changes the database past the book.
func (b *ledgerBook) exec(sql string) {
	b.t.Helper()
	if _, err := b.write(b.ctx, tester, "test_exec", sql, func(w *recorder) error {
		if strings.Contains(sql, " WHERE ") {
			sql += " AND tenant_id = $1"
		}
		_, err := w.Exec(sql, b.tenant)
		return err
	}); err != nil {
		b.t.Fatal(err)
	}
}

// recordedOtherwise are the findings about what is not as it was recorded.
func (b *ledgerBook) recordedOtherwise() string {
	b.t.Helper()
	all, err := b.Recorded(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	var wrong []string
	for _, f := range all {
		if !f.OK {
			wrong = append(wrong, f.Name+": "+f.Text[strings.Index(f.Text, ": ")+2:])
		}
	}
	return strings.Join(wrong, "\n")
}
