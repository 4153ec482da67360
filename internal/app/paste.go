package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/format/ledger"
	"github.com/recoup-project/recoup/internal/store"
)

// PasteRequest is a text of contacts, a line each.
type PasteRequest struct {
	Creditor string
	Text     string
	// Choices says whose a line is where the text does not tell: customer id by line; 0
	// leaves the line out.
	Choices map[int]int64
}

// CustomerChoice is a customer that a line may mean.
type CustomerChoice struct {
	ID     int64  `json:"id"`
	Number string `json:"number"`
	Name   string `json:"name"`
}

// What becomes of a pasted line.
const (
	PastedAdded    = "added"    // it is, or would be, a contact
	PastedKnown    = "known"    // the customer has this address already
	PastedLeft     = "left_out" // a person said so
	PastedUnclear  = "unclear"  // whose it is has to be said
	PastedRejected = "rejected" // it holds neither address nor phone number, or a wrong one
)

// PastedContact is what becomes of one line.
type PastedContact struct {
	Line        int              `json:"line"`
	Text        string           `json:"text"`
	State       string           `json:"state"`
	Why         string           `json:"expected,omitempty"` // of unclear and rejected
	Customer    CustomerChoice   `json:"customer"`
	Contact     NewContact       `json:"contact"`
	Suggestions []CustomerChoice `json:"suggestions,omitempty"`
}

// PasteReport is what became of a paste.
type PasteReport struct {
	Lines []PastedContact `json:"lines"`
	Added int             `json:"added"`
}

// mostSuggestions bounds the customers suggested for a line.
const mostSuggestions = 5

// PasteContacts adds the contacts of a pasted text to the customers it names, by number
// or by a name that only one has; other lines are told with suggestions. With DryRun it
// is the preview. Errors: not found (creditor).
func (a *App) PasteContacts(ctx context.Context, req Request, p PasteRequest) (PasteReport, error) {
	var report PasteReport
	out, err := a.write(ctx, req, "paste_contacts", p, func(r *recorder) error {
		report = PasteReport{Lines: []PastedContact{}}
		c, err := a.creditor(r, p.Creditor)
		if err != nil {
			return err
		}
		d, err := a.directory(r, c.ID)
		if err != nil {
			return err
		}
		for _, line := range ledger.ParsePaste(p.Text) {
			out, err := d.paste(r, &line, p.Choices)
			if err != nil {
				return err
			}
			if out.State == PastedAdded {
				report.Added++
			}
			report.Lines = append(report.Lines, out)
		}
		if report.Added == 0 {
			return store.ErrNothing
		}
		return r.result(report)
	})
	if err == nil && out.Replayed {
		report, _, err = answer[PasteReport](out, nil)
	}
	return report, err
}

// directory finds customers of a creditor by what people call them.
type directory struct {
	all      []CustomerChoice
	byID     map[int64]int
	byNumber map[string]int
	byName   map[string][]int
	has      map[contactKey]bool
}

func (a *App) directory(tx store.Tx, creditor int64) (*directory, error) {
	d := &directory{byID: map[int64]int{}, byNumber: map[string]int{}, byName: map[string][]int{}, has: map[contactKey]bool{}}
	err := store.Each(tx, `SELECT c.customer_id, c.number, p.name, c.number_norm, p.name_norm FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE c.tenant_id = $1 AND c.creditor_id = $2 ORDER BY c.customer_id`, []any{a.tenant, creditor}, func(r store.Rows) error {
		at := len(d.all)
		d.all = append(d.all, CustomerChoice{ID: r.Int64(0), Number: r.Text(1), Name: r.Text(2)})
		d.byID[r.Int64(0)] = at
		d.byNumber[r.Text(3)] = at
		d.byName[r.Text(4)] = append(d.byName[r.Text(4)], at)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, store.Each(tx, `SELECT customer_id, email, phone FROM contact WHERE tenant_id = $1 AND state <> 'removed'`,
		[]any{a.tenant}, func(r store.Rows) error {
			d.has[keyOfContact(r.Int64(0), r.Text(1), r.Text(2))] = true
			return nil
		})
}

// find is the customer that a text names: by number, by a number that only lacks the zeros
// in front, or by a name that one customer has.
func (d *directory) find(text string) (at int, ok bool) {
	norm := normaliseNumber(text)
	if at, ok = d.byNumber[norm]; ok {
		return at, true
	}
	if same := d.byName[normalise(text)]; len(same) == 1 {
		return same[0], true
	}
	bare, digits := bareNumber(norm)
	if !digits {
		return 0, false
	}
	found := 0
	for number, i := range d.byNumber {
		if strings.TrimLeft(number, "0") == bare {
			at = i
			found++
		}
	}
	return at, found == 1
}

// suggest lists the customers whose names are most like the texts.
func (d *directory) suggest(texts []string) []CustomerChoice {
	type scored struct{ at, score int }
	var found []scored
	for at := range d.all {
		score := 0
		name := normalise(d.all[at].Name)
		for _, text := range texts {
			for word := range strings.FieldsSeq(text) {
				if w := normalise(word); len(w) > 2 && strings.Contains(name, w) {
					score += len(w)
				}
			}
		}
		if score > 0 {
			found = append(found, scored{at, score})
		}
	}
	slices.SortFunc(found, func(a, b scored) int { return cmp.Or(b.score-a.score, a.at-b.at) })
	var out []CustomerChoice
	for _, f := range found[:min(len(found), mostSuggestions)] {
		if 2*f.score >= found[0].score { // "Ltd" alone is no likeness
			out = append(out, d.all[f.at])
		}
	}
	return out
}

// paste adds the contact of one line, if it is clear whose it is.
func (d *directory) paste(r *recorder, p *ledger.Pasted, choices map[int]int64) (PastedContact, error) {
	out := PastedContact{Line: p.Line, Text: p.Text}
	email, _, _ := strings.Cut(p.Email, "; ")
	out.Contact = NewContact{Role: p.RoleOr(book.AccountsPayable), Email: email, Phone: p.Phone}
	chosen, told := choices[p.Line]
	at, known := d.byID[chosen]
	rest := p.Rest
	for i := 0; i < len(p.Rest) && !known && !told; i++ {
		if at, known = d.find(p.Rest[i]); known {
			rest = slices.Delete(slices.Clone(p.Rest), i, i+1)
		}
	}
	switch {
	case told && chosen == 0:
		out.State = PastedLeft
		return out, nil
	case p.Bad != "":
		out.State, out.Why = PastedRejected, "an e-mail address in place of \""+p.Bad+"\""
		return out, nil
	case out.Contact.Email+out.Contact.Phone == "":
		out.State, out.Why = PastedRejected, "an e-mail address or a phone number"
		return out, nil
	case !known:
		out.State, out.Why = PastedUnclear, "the number or the whole name of a customer"
		out.Suggestions = d.suggest(p.Rest)
		return out, nil
	}
	out.Customer = d.all[at]
	rest = slices.DeleteFunc(slices.Clone(rest), func(text string) bool {
		other, same := d.find(text)
		return same && other == at
	})
	if len(rest) > 0 && !told {
		out.Contact.Name = rest[0]
	}
	out.State = PastedKnown
	for address := range strings.SplitSeq(cmp.Or(p.Email, ""), "; ") {
		n := out.Contact
		n.Email = address
		key := keyOfContact(out.Customer.ID, n.Email, n.Phone)
		if d.has[key] {
			continue
		}
		d.has[key], out.State = true, PastedAdded
		if _, err := r.addContact(out.Customer.ID, n); err != nil {
			return out, err
		}
	}
	return out, nil
}
