package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/store"
)

// maxCopiesBytes bounds the copies of invoices in one mail: many servers take no more than
// ten megabytes, and a third is added on the way.
const maxCopiesBytes = 8 << 20

// paperRow is a file that belongs to an item.
type paperRow struct {
	item      int64
	name      string
	mediaType string
	sha256    string
	size      int64
}

// invoicePapers are the copies of invoices of some customers, by customer; of an item with
// several the newest last.
func (a *App) invoicePapers(tx store.Tx, customers []int64) (map[int64][]paperRow, error) {
	var out map[int64][]paperRow
	err := store.Each(tx, `SELECT p.customer_id, p.item_id, w.body, p.media_type, p.sha256, p.size_bytes FROM paper p
		JOIN words w ON w.tenant_id = p.tenant_id AND w.words_id = p.words_id
		LEFT JOIN paper_removed x ON x.tenant_id = p.tenant_id AND x.customer_id = p.customer_id AND x.paper_id = p.paper_id
		WHERE p.tenant_id = $1 AND p.customer_id IN ids($2) AND p.kind = 'invoice' AND p.item_id <> 0 AND x.seq IS NULL
		ORDER BY p.customer_id, p.paper_id`, []any{a.tenant, customers}, func(r store.Rows) error {
		if out == nil {
			out = map[int64][]paperRow{}
		}
		out[r.Int64(0)] = append(out[r.Int64(0)], paperRow{item: r.Int64(1), name: r.Text(2), mediaType: r.Text(3),
			sha256: r.Text(4), size: r.Int64(5)})
		return nil
	})
	return out, err
}

// attachPapers attaches to a mail the copy of each invoice that it asks for, the oldest
// first, as long as they fit. A correction and a receipt ask for none.
func (w *writing) attachPapers() {
	if len(w.debtor.papers) == 0 || !w.msg.Step.Demand() && w.msg.Step != document.Courtesy &&
		w.msg.Step != document.Confirm {
		return
	}
	lines := slices.Clone(w.row.figures.Lines)
	due := func(item int64) int {
		if it := w.acc.Item(item); it != nil {
			return int(it.DueDate)
		}
		return 0
	}
	sum := int64(0)
	names := map[string]bool{w.inside: true}
	order := make([]int64, len(lines))
	for i := range lines {
		order[i] = lines[i].Item
	}
	slices.SortStableFunc(order, func(x, y int64) int { return due(x) - due(y) })
	for _, item := range order {
		for i := len(w.debtor.papers) - 1; i >= 0; i-- {
			p := w.debtor.papers[i]
			if p.item != item {
				continue
			}
			if sum+p.size <= maxCopiesBytes {
				sum += p.size
				p.name = unusedName(names, attachedName(p.name))
				w.copied = append(w.copied, p)
				w.msg.Attachments = append(w.msg.Attachments, document.Attachment{Name: p.name})
			}
			break // the newest copy of an invoice
		}
	}
}

// attachedName is a name that every file system takes.
func attachedName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, strings.TrimSpace(name))
	return orElse(strings.TrimLeft(name, "."), "file")
}

// unusedName is the name, with a number before its ending if it is taken.
func unusedName(taken map[string]bool, name string) string {
	base, ending := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		base, ending = name[:i], name[i:]
	}
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s (%d)%s", base, n, ending)
	}
	taken[name] = true
	return name
}

// attachBytes puts into a mail what it lists: its letter and the copies of invoices.
func (a *App) attachBytes(ctx context.Context, d *draft) error {
	if d.row.channel != book.Email || d.inside == "" && len(d.copies) == 0 {
		return nil
	}
	list := slices.Clip(d.mail.Attachments)
	if d.inside != "" {
		paper, err := a.paper(ctx, d)
		if err != nil {
			return err
		}
		list = append(list, Attachment{Name: d.inside, MediaType: "application/pdf", Bytes: paper.Bytes})
	}
	for _, p := range d.copies {
		data, err := a.blob(ctx, p.sha256)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		list = append(list, Attachment{Name: p.name, MediaType: p.mediaType, Bytes: data})
	}
	d.mail.Attachments = list
	return nil
}

// blob reads bytes by their hash.
func (a *App) blob(ctx context.Context, sha256 string) ([]byte, error) {
	h, err := store.ParseHash(sha256)
	if err != nil {
		return nil, err
	}
	return a.db.Blobs().Get(ctx, a.tenant, h)
}
