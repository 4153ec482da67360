package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/password"
	"github.com/recoup-project/recoup/internal/store"
)

// What is no fact of an account (settings, what is known of customers, contacts and items)
// stands in the book as it is now. Each change of it is a fact, so what stands there must
// be what was recorded last.

// changeKey is one field of one subject of a change.
type changeKey struct {
	subject string
	id      int64
	field   string
}

// recorded is the last recorded value of each field that was ever changed.
type recorded struct {
	tx     store.Tx
	tenant int64
	last   map[changeKey]string
	due    map[int64]cal.Date // by item

	settings, users, customers, contacts, items, words *deepCheck
}

// Recorded proves that settings, users, and what is known of customers, contacts and items, are
// as they were last recorded: nobody changed them past the book. It reads in one snapshot.
// What a file first said of a customer, or of an item other than its due date, is recorded
// by no change and is not covered until it is changed.
func (a *App) Recorded(ctx context.Context) ([]store.Finding, error) {
	var findings []store.Finding
	err := a.read(ctx, func(tx store.Tx) error {
		r := recorded{tx: tx, tenant: a.tenant, last: map[changeKey]string{}, due: map[int64]cal.Date{},
			settings:  &deepCheck{name: "settings", good: "settings are as they were last recorded"},
			users:     &deepCheck{name: "users", good: "users are as they were last recorded"},
			customers: &deepCheck{name: "customers", good: "customers are as they were last recorded"},
			contacts:  &deepCheck{name: "contacts", good: "contacts are as they were last recorded"},
			items:     &deepCheck{name: "due_dates", good: "items are due as they were last recorded"},
			words:     &deepCheck{name: "changes", good: "recorded changes have their words"}}
		for _, step := range []func() error{r.changes, r.dueChanges, r.checkSettings, r.checkUsers, r.checkCustomers,
			r.checkContacts, r.checkItems} {
			if err := step(); err != nil {
				return err
			}
		}
		findings = nil
		for _, c := range []*deepCheck{r.words, r.settings, r.users, r.customers, r.contacts, r.items} {
			findings = append(findings, c.finding())
		}
		return nil
	})
	return findings, err
}

// changes reads the last value of each field, and compares the words of every change with
// the hash that the chain holds.
func (r *recorded) changes() error {
	return store.Each(r.tx, `SELECT c.subject, c.subject_id, c.field, c.words_hash, w.salt, w.body, c.seq FROM change c
		LEFT JOIN words w ON w.tenant_id = c.tenant_id AND w.words_id = c.words_id
		WHERE c.tenant_id = $1 ORDER BY c.seq, c.line`, []any{r.tenant}, func(row store.Rows) error {
		key, value := changeKey{row.Text(0), row.Int64(1), row.Text(2)}, row.Text(5)
		r.words.checked++
		if !row.IsNull(3) {
			sum := sha256.Sum256(append(append([]byte{}, row.Bytes(4)...), value...))
			if string(sum[:]) != string(row.Bytes(3)) {
				r.words.fail("what command %d recorded of the %s of %s %d is not in the book any more", row.Int64(6),
					key.field, key.subject, key.id)
			}
		}
		if key.subject == "customer" && key.field == "country" { // a file may have it in small letters
			value = JoinRegion(SplitRegion(value))
		}
		r.last[key] = value
		return nil
	})
}

func (r *recorded) dueChanges() error {
	return store.Each(r.tx, `SELECT item_id, due_date FROM due_change WHERE tenant_id = $1 ORDER BY seq`,
		[]any{r.tenant}, func(row store.Rows) error { r.due[row.Int64(0)] = row.Day(1); return nil })
}

// compare fails a check where a field is otherwise than it was last recorded. initial is
// what it is before any change.
func (r *recorded) compare(c *deepCheck, key changeKey, name, is string, initial ...string) {
	was, changed := r.last[key]
	if !changed && len(initial) > 0 {
		was, changed = initial[0], true
	}
	if changed && is != was {
		c.fail("%s: %s is %q, and was last recorded as %q", name, key.field, is, was)
	}
}

func (r *recorded) checkSettings() error {
	seen := map[changeKey]bool{}
	err := store.Each(r.tx, `SELECT s.creditor_id, s.name, s.value, COALESCE(c.code, '') FROM setting s
		LEFT JOIN creditor c ON c.tenant_id = s.tenant_id AND c.creditor_id = s.creditor_id WHERE s.tenant_id = $1
		ORDER BY s.creditor_id, s.name`, []any{r.tenant}, func(row store.Rows) error {
		key := changeKey{"setting", row.Int64(0), row.Text(1)}
		seen[key] = true
		r.settings.checked++
		name := strings.TrimSpace("setting " + row.Text(3))
		r.compare(r.settings, key, name, ShownSetting(key.field, row.Text(2)), "")
		return nil
	})
	for key, was := range r.last {
		if key.subject == "setting" && was != "" && !seen[key] {
			r.settings.fail("setting: %s is not set, and was last recorded as %q", key.field, was)
		}
	}
	return err
}

// checkUsers finds a user who was made, or given another role or password, past the book.
func (r *recorded) checkUsers() error {
	seen := map[int64]bool{}
	err := store.Each(r.tx, `SELECT user_id, login, name, email, role, active, password, cover_id, cover_until
		FROM app_user WHERE tenant_id = $1 ORDER BY user_id`, []any{r.tenant}, func(row store.Rows) error {
		id, name := row.Int64(0), "user "+row.Text(1)
		seen[id] = true
		r.users.checked++
		field := func(field, is string) { r.compare(r.users, changeKey{"user", id, field}, name, is, "") }
		field("login", row.Text(1))
		field("name", row.Text(2))
		field("email", row.Text(3))
		field("role", row.Text(4))
		field("active", map[bool]string{true: "yes", false: "no"}[row.Bool(5)])
		field("password", digestOf(password.Hash(row.Text(6))))
		field("cover", coverText(row.Int64(7), row.Day(8)))
		return nil
	})
	for key, was := range r.last {
		if key.subject == "user" && key.field == "login" && !seen[key.id] {
			r.users.fail("user %s is not in the book any more", was)
		}
	}
	return err
}

func (r *recorded) checkCustomers() error {
	return store.Each(r.tx, `SELECT c.customer_id, c.number, p.name, p.address, p.register_no, p.vat_id, c.kind, c.country,
		c.subdivision, c.language, c.strategy, c.flags, c.account_owner, c.since_day, c.law, c.goods, c.contract_rate,
		c.date_agreed, c.mode, c.kind_confirmed, COALESCE(u.login, '') FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		LEFT JOIN collector k ON k.tenant_id = c.tenant_id AND k.customer_id = c.customer_id
		LEFT JOIN app_user u ON u.tenant_id = c.tenant_id AND u.user_id = k.user_id
		WHERE c.tenant_id = $1 ORDER BY c.customer_id`, []any{r.tenant}, func(row store.Rows) error {
		id, name := row.Int64(0), "customer:"+row.Text(1)
		r.customers.checked++
		field := func(field, is string, initial ...string) {
			r.compare(r.customers, changeKey{"customer", id, field}, name, is, initial...)
		}
		field("name", row.Text(2))
		field("address", row.Text(3))
		field("register_no", row.Text(4), "")
		field("vat_id", row.Text(5), "")
		field("kind", row.Text(6))
		field("country", JoinRegion(row.Text(7), row.Text(8)))
		field("language", row.Text(9))
		field("strategy", row.Text(10), "")
		field("flags", row.Text(11), "")
		field("account_owner", row.Text(12), "")
		field("since", row.Day(13).String(), "")
		field("law", row.Text(14), "")
		field("goods", row.Text(15), "unknown")
		field("contract_rate", row.Text(16), "")
		field("date_agreed", row.Text(17), "unknown")
		field("mode", row.Text(18), "")
		field("collector", row.Text(20), "")
		if _, changed := r.last[changeKey{"customer", id, "kind"}]; changed && !row.Bool(19) {
			r.customers.fail("%s: the kind was confirmed and counts as guessed", name)
		}
		return nil
	})
}

// importedContacts is the change that stands for all contacts an import gave: their number
// and the hash over them in order of id.
func importedContacts(n int64, sum hash.Hash) string {
	return strconv.FormatInt(n, 10) + " " + hex.EncodeToString(sum.Sum(nil))
}

// hashContact adds what an import said of a contact.
func hashContact(sum hash.Hash, customer int64, fields ...string) {
	sum.Write(strconv.AppendInt(nil, customer, 10))
	for _, f := range fields {
		sum.Write(strconv.AppendInt([]byte{' '}, int64(len(f)), 10))
		sum.Write([]byte(" " + f))
	}
}

// contactRange is a row of contacts that one import gave.
type contactRange struct {
	first, n int64
	was      string
	sum      hash.Hash
	found    int64
}

func (r *recorded) checkContacts() error {
	var imports []contactRange // in order of id
	for key, was := range r.last {
		if n, _, ok := strings.Cut(was, " "); ok && key.subject == "contact" && key.field == "imported" {
			count, _ := strconv.ParseInt(n, 10, 64)
			imports = append(imports, contactRange{first: key.id, n: count, was: was, sum: sha256.New()})
		}
	}
	slices.SortFunc(imports, func(a, b contactRange) int { return cmp.Compare(a.first, b.first) })
	at := 0
	err := store.Each(r.tx, `SELECT k.contact_id, k.customer_id, k.role, k.name, k.email, k.phone, k.state, c.number
		FROM contact k JOIN customer c ON c.tenant_id = k.tenant_id AND c.customer_id = k.customer_id
		WHERE k.tenant_id = $1 ORDER BY k.contact_id`, []any{r.tenant}, func(row store.Rows) error {
		id, name := row.Int64(0), sprintf("contact %d of customer:%s", row.Int64(0), row.Text(7))
		r.contacts.checked++
		r.contactState(id, name, row.Text(6))
		for at < len(imports) && imports[at].first+imports[at].n <= id {
			at++
		}
		if at < len(imports) && imports[at].first <= id {
			imports[at].found++
			hashContact(imports[at].sum, row.Int64(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5))
			return nil
		}
		added := changeKey{"contact", id, "added"}
		is := strings.Join([]string{row.Text(2), row.Text(3), row.Text(4), row.Text(5)}, " ")
		if was, ok := r.last[added]; !ok || is != was {
			r.contacts.fail("%s is %q, and was last recorded as %q", name, is, was)
		}
		delete(r.last, added)
		return nil
	})
	for n := range imports {
		i := &imports[n]
		if is := importedContacts(i.found, i.sum); is != i.was {
			r.contacts.fail("of contacts %d to %d, which an import gave, not all are as they were recorded", i.first,
				i.first+i.n-1)
		}
	}
	for key := range r.last {
		if key.subject == "contact" && key.field == "added" { // and was not found
			r.contacts.fail("contact %d is not in the book any more", key.id)
		}
	}
	return err
}

// contactState compares whether a contact is used with what was recorded.
func (r *recorded) contactState(id int64, name, is string) {
	was, changed := r.last[changeKey{"contact", id, "state"}]
	if _, removed := r.last[changeKey{"contact", id, "removed"}]; removed {
		was = "removed"
	} else if !changed {
		was = "ok"
	}
	if is != was {
		r.contacts.fail("%s: state is %q, and was last recorded as %q", name, is, was)
	}
}

func (r *recorded) checkItems() error {
	return store.Each(r.tx, `SELECT item_id, number, instalment, first_due_date, due_date, invoice_date, date_agreed, po,
		reported_level, reported_day FROM item WHERE tenant_id = $1`, []any{r.tenant}, func(row store.Rows) error {
		r.items.checked++
		id := row.Int64(0)
		was, changed := r.due[id]
		if !changed {
			was = row.Day(3)
		}
		if is := row.Day(4); is != was {
			r.items.fail("item:%s is due on %q, and was last recorded as %q", book.ItemName(row.Text(1), int(row.Int64(2))),
				is, was)
		}
		if len(r.last) == 0 {
			return nil
		}
		field := func(field, is string) {
			key := changeKey{"item", id, field}
			if _, changed := r.last[key]; changed {
				r.compare(r.items, key, "item:"+book.ItemName(row.Text(1), int(row.Int64(2))), is)
			}
		}
		field("invoice_date", row.Day(5).String())
		field("date_agreed", book.Tri(row.Int64(6)).String())
		field("po", row.Text(7))
		field("reported", sprintf("level %d, %s", row.Int64(8), row.Day(9)))
		return nil
	})
}
