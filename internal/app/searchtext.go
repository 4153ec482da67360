package app

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/recoup-project/recoup/internal/store"
)

// searchText is what customers are found by: for each the words of its number, name and
// contacts, folded. It is read when somebody searches, and again only when something was
// recorded that may have changed a word of it; reading the words of a hundred thousand
// customers takes less than writing an index of them would cost every import, it can
// never be stale, and nothing of a person who is erased stays behind in it.
type searchText struct {
	seq  int64
	ids  []int64
	text []byte // of one customer after another: fields, each begun by its mark, of words
	ends []int32
}

// The marks that begin a field.
const (
	markNumber  = '\x01'
	markName    = '\x02'
	markContact = '\x03'
)

// searchTexts keeps the newest text.
type searchTexts struct {
	mu     sync.Mutex
	newest *searchText
}

// wordless are the commands that change no word by which a customer is found. After any
// other the words are read anew.
var wordless = []string{"run_start", "run_batch", "run_finish", "pay", "credit", "apply", "reverse", "hold_add",
	"hold_end", "note", "late_reason", "approve", "reject", "postpone", "edit", "void", "cash_known", "task_done",
	"write_off", "set_setting", "confirm_total", "arm", "mark_sent", "recover_outbox", "resolve_outbox", "late_answer",
	"activate_strategy", "save_filter", "delete_filter"}

// folded are letters that have no other form to fall back on.
var folded = strings.NewReplacer("ß", "ss", "ø", "o", "đ", "d", "ł", "l", "æ", "ae", "œ", "oe", "þ", "th", "ð", "d",
	"ı", "i", "ς", "σ")

// fold is a text without case and accents.
func fold(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < 0x80
	}
	if plain {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return folded.Replace(b.String())
}

// searchWords are the words of a text: letters and digits, and what stands inside of
// addresses and numbers.
func searchWords(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && r != '@'
	})
}

// searchText is the text of now.
func (a *App) searchText(ctx context.Context) (*searchText, error) {
	a.words.mu.Lock()
	defer a.words.mu.Unlock()
	var made *searchText
	err := a.read(context.WithoutCancel(ctx), func(tx store.Tx) error {
		made = a.words.newest
		var seq int64
		if err := store.One(tx, "SELECT seq FROM tenant_head WHERE tenant_id = $1", []any{a.tenant},
			func(r store.Rows) { seq = r.Int64(0) }); err != nil {
			return err
		}
		if made != nil {
			old := false
			if err := store.Each(tx, "SELECT command FROM txn WHERE tenant_id = $1 AND seq > $2 AND seq <= $3",
				[]any{a.tenant, made.seq, seq}, func(r store.Rows) error {
					old = old || !slices.Contains(wordless, string(r.Bytes(0)))
					return nil
				}); err != nil {
				return err
			}
			if !old {
				made = &searchText{seq, made.ids, made.text, made.ends}
				return nil
			}
		}
		made = &searchText{seq: seq}
		return a.readWords(tx, made)
	})
	if err == nil {
		a.words.newest = made
	}
	return made, err
}

// readWords reads the words of all customers.
func (a *App) readWords(tx store.Tx, t *searchText) error {
	contacts := map[int64][]byte{}
	if err := store.Each(tx, `SELECT customer_id, name, email, phone FROM contact WHERE tenant_id = $1
		AND state <> 'removed' ORDER BY customer_id, contact_id`, []any{a.tenant}, func(r store.Rows) error {
		id := r.Int64(0)
		for i := 1; i <= 3; i++ {
			if b := r.Bytes(i); len(b) > 0 {
				contacts[id] = appendWords(contacts[id], markContact, string(b))
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return store.Each(tx, `SELECT c.customer_id, c.number, p.name FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE c.tenant_id = $1 ORDER BY c.customer_id`, []any{a.tenant}, func(r store.Rows) error {
		id := r.Int64(0)
		t.text = appendWords(t.text, markNumber, r.Text(1))
		t.text = appendWords(t.text, markName, r.Text(2))
		t.text = append(t.text, contacts[id]...)
		t.ids, t.ends = append(t.ids, id), append(t.ends, int32(len(t.text)))
		return nil
	})
}

// appendWords adds a field: its words, and the whole of it in one word where it has
// several, so that A-100 and +44 20 are found as A100 and 4420, too.
func appendWords(dst []byte, mark byte, s string) []byte {
	words := searchWords(s)
	dst = append(dst, mark)
	for _, w := range words {
		dst = append(append(dst, ' '), w...)
	}
	if len(words) > 1 && mark != markName {
		dst = append(append(dst, ' '), strings.Join(words, "")...)
	}
	return dst
}

// found is a customer that has all words, and how well.
type found struct {
	id    int64
	place int // the lower the better
	field byte
}

// find lists the customers in which every word begins a word.
func (t *searchText) find(text string) (all []found) {
	words := searchWords(text)
	if len(words) == 0 {
		return nil
	}
	keys := make([][]byte, len(words))
	for i, w := range words {
		keys[i] = []byte(" " + w)
	}
	joined := []byte(" " + strings.Join(words, ""))
	from := int32(0)
	for i, end := range t.ends {
		if place, field, ok := match(t.text[from:end], keys, joined); ok {
			all = append(all, found{t.ids[i], place, field})
		}
		from = end
	}
	return all
}

// match says how well the words fit a customer: its whole number, the beginning of its
// number or name, words of it, words of its contacts.
func match(text []byte, keys [][]byte, joined []byte) (place int, field byte, ok bool) {
	number := text[1:bytes.IndexByte(text, markName)]
	rest := text[len(number)+2:]
	name, contacts := rest, []byte(nil)
	if k := bytes.IndexByte(rest, markContact); k >= 0 {
		name, contacts = rest[:k], rest[k:]
	}
	has := func(in []byte) bool {
		for _, k := range keys {
			if !bytes.Contains(in, k) {
				return false
			}
		}
		return true
	}
	switch at := bytes.Index(number, joined); {
	case at >= 0 && (at+len(joined) == len(number) || number[at+len(joined)] == ' '):
		return 0, markNumber, true
	case at >= 0:
		return 1, markNumber, true
	case has(name) && bytes.HasPrefix(name, keys[0]):
		return 2, markName, true
	case has(name):
		return 3, markName, true
	case bytes.Contains(contacts, joined) || has(contacts):
		return 4, markContact, true
	case has(text):
		return 5, markName, true
	}
	return 0, 0, false
}

// customersCalled are the customers that a text of the search box finds.
func (a *App) customersCalled(ctx context.Context, text string) (map[int64]bool, error) {
	t, err := a.searchText(ctx)
	if err != nil {
		return nil, err
	}
	called := map[int64]bool{}
	for _, f := range t.find(text) {
		called[f.id] = true
	}
	return called, nil
}
