package app

import (
	"context"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/store"
)

// Paper is a file that is kept with a document or an account.
type Paper struct {
	ID        int64     `json:"id"`
	Customer  int64     `json:"-"`
	Item      int64     `json:"-"`    // 0: of the account
	Number    string    `json:"item"` // of the document
	Kind      PaperKind `json:"kind"`
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	SHA256    string    `json:"sha256"`
	Size      int64     `json:"size"`
	// Privileged says that it belongs to a note that only some roles may read (guardrail R30).
	Privileged bool `json:"-"`
}

// LoosePaper is a file that waits for a person to say whose it is.
type LoosePaper struct {
	ID         int64    `json:"id"`
	Name       string   `json:"name"`
	MediaType  string   `json:"media_type"`
	SHA256     string   `json:"sha256"`
	Size       int64    `json:"size"`
	Candidates []string `json:"candidates"` // numbers found in name or text, if several

	creditor int64 // for which the file came in
}

// Papers lists what is kept with a customer, or with item not 0 with one of its documents,
// in the order in which it came. What was taken away is not in it.
func (a *App) Papers(ctx context.Context, customer, item int64) (list []Paper, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		list, err = a.papers(tx, customer, item)
		return err
	})
	return list, err
}

func (a *App) papers(tx store.Tx, customer, item int64) (list []Paper, err error) {
	err = store.Each(tx, `SELECT p.paper_id, p.customer_id, p.item_id, COALESCE(i.number, ''), p.kind, COALESCE(w.body, ''),
		p.media_type, p.sha256, p.size_bytes, COALESCE(n.class, '') FROM paper p
		LEFT JOIN note n ON n.tenant_id = p.tenant_id AND n.customer_id = p.customer_id AND n.note_id = p.note_id
		LEFT JOIN item i ON i.tenant_id = p.tenant_id AND i.customer_id = p.customer_id AND i.item_id = p.item_id
		LEFT JOIN words w ON w.tenant_id = p.tenant_id AND w.words_id = p.words_id
		LEFT JOIN paper_removed x ON x.tenant_id = p.tenant_id AND x.customer_id = p.customer_id AND x.paper_id = p.paper_id
		WHERE p.tenant_id = $1 AND p.customer_id = $2 AND (p.item_id = $3 OR $3 = 0) AND x.paper_id IS NULL
		ORDER BY p.paper_id`, []any{a.tenant, customer, item}, func(r store.Rows) error {
		list = append(list, Paper{ID: r.Int64(0), Customer: r.Int64(1), Item: r.Int64(2), Number: r.Text(3),
			Kind: PaperKind(r.Text(4)), Name: r.Text(5), MediaType: r.Text(6), SHA256: r.Text(7), Size: r.Int64(8),
			Privileged: r.Text(9) == "privileged"})
		return nil
	})
	return list, err
}

// PaperBytes is a paper of a customer with its content, verified against its hash. Errors:
// not found (paper_not_found).
func (a *App) PaperBytes(ctx context.Context, customer, paper int64) (Paper, []byte, error) {
	list, err := a.Papers(ctx, customer, 0)
	if err != nil {
		return Paper{}, nil, err
	}
	at := slices.IndexFunc(list, func(p Paper) bool { return p.ID == paper })
	if at < 0 {
		return Paper{}, nil, paperNotFound(paper)
	}
	raw, err := a.blob(ctx, list[at].SHA256)
	return list[at], raw, err
}

func paperNotFound(id int64) error {
	return notFound("paper_not_found", "there is no paper %d, or it was taken away", id)
}

// RemovePaper takes a paper away from where it is kept; that it was there stays known.
// Errors: not found (paper_not_found).
func (a *App) RemovePaper(ctx context.Context, req Request, customer, paper int64) error {
	_, err := a.write(ctx, req, "remove_paper", []int64{customer, paper}, func(r *recorder) error {
		list, err := a.papers(r, customer, 0)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(p Paper) bool { return p.ID == paper }) {
			return paperNotFound(paper)
		}
		ins := r.Insert("paper_removed")
		ins.Int(customer).Int(paper).Int(r.Seq())
		if err := ins.One(); err != nil {
			return err
		}
		return r.touch(customer)
	})
	return err
}

// LoosePapers lists the files of a creditor that wait, by name. Errors: not found
// (creditor).
func (a *App) LoosePapers(ctx context.Context, creditor string) (list []LoosePaper, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		list = []LoosePaper{}
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		return store.Each(tx, `SELECT loose_id, name, media_type, sha256, size_bytes, candidates FROM loose_paper
			WHERE tenant_id = $1 AND creditor_id = $2 ORDER BY name, loose_id`, []any{a.tenant, c.ID}, func(r store.Rows) error {
			list = append(list, loosePaper(r))
			return nil
		})
	})
	return list, err
}

// LoosePage is a page of the papers that wait for their document.
type LoosePage struct {
	Papers []LoosePaper `json:"papers"`
	Total  int          `json:"total"`
	Next   string       `json:"next,omitempty"`
}

// ListLoosePapers lists a creditor's papers that wait page by page, in the order in which
// they came. Errors: not found (creditor), invalid (cursor).
func (a *App) ListLoosePapers(ctx context.Context, creditor, cursor string, limit int) (LoosePage, error) {
	var page LoosePage
	after, _, err := parseCursor(cursor, 1)
	if err != nil {
		return page, err
	}
	n := pageSize(limit)
	err = a.read(ctx, func(tx store.Tx) error {
		page = LoosePage{Papers: []LoosePaper{}}
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		if err := store.One(tx, "SELECT COUNT(*) FROM loose_paper WHERE tenant_id = $1 AND creditor_id = $2",
			[]any{a.tenant, c.ID}, func(r store.Rows) { page.Total = int(r.Int64(0)) }); err != nil {
			return err
		}
		if err := store.Each(tx, `SELECT loose_id, name, media_type, sha256, size_bytes, candidates FROM loose_paper
			WHERE tenant_id = $1 AND creditor_id = $2 AND loose_id > $3 ORDER BY loose_id`+sprintf(" LIMIT %d", n+1),
			[]any{a.tenant, c.ID, after[0]}, func(r store.Rows) error {
				page.Papers = append(page.Papers, loosePaper(r))
				return nil
			}); err != nil {
			return err
		}
		if len(page.Papers) > n {
			page.Papers = page.Papers[:n]
			page.Next = cursorOf(page.Papers[n-1].ID)
		}
		return nil
	})
	return page, err
}

func loosePaper(r store.Rows) LoosePaper {
	p := LoosePaper{ID: r.Int64(0), Name: r.Text(1), MediaType: r.Text(2), SHA256: r.Text(3), Size: r.Int64(4), Candidates: []string{}}
	if text := r.Text(5); text != "" {
		p.Candidates = strings.Split(text, "\n")
	}
	return p
}

// LooseBytes is a waiting file with its content. Errors: not found (paper_not_found).
func (a *App) LooseBytes(ctx context.Context, loose int64) (p LoosePaper, raw []byte, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		p, err = a.looseIn(tx, loose)
		return err
	})
	if err != nil {
		return p, nil, err
	}
	raw, err = a.blob(ctx, p.SHA256)
	return p, raw, err
}

func (a *App) looseIn(tx store.Tx, loose int64) (p LoosePaper, err error) {
	err = store.One(tx, `SELECT loose_id, name, media_type, sha256, size_bytes, candidates, creditor_id FROM loose_paper
		WHERE tenant_id = $1 AND loose_id = $2`, []any{a.tenant, loose}, func(r store.Rows) {
		p = loosePaper(r)
		p.creditor = r.Int64(6)
	})
	if err == store.ErrNotFound {
		err = paperNotFound(loose)
	}
	return p, err
}

// AssignPaper gives a waiting file to what a reference names, a document or a customer, and
// returns its id there. Errors: not found, invalid (paper_kind, paper_creditor: the file came
// in for another creditor; a reference that names several things).
func (a *App) AssignPaper(ctx context.Context, req Request, loose int64, creditor, ref string, kind PaperKind) (int64, error) {
	if !slices.Contains(PaperKinds, kind) {
		return 0, invalid("paper_kind", "%q: expected one of %v", kind, PaperKinds)
	}
	s, err := a.subject(ctx, creditor, ref)
	if err != nil {
		return 0, err
	}
	id, _, err := answer[int64](a.write(ctx, req, "assign_paper", []any{loose, s, kind}, func(r *recorder) error {
		p, err := a.looseIn(r, loose)
		if err != nil {
			return err
		}
		c, err := a.creditor(r, s.Creditor)
		if err != nil {
			return err
		}
		if c.ID != p.creditor {
			return invalid("paper_creditor", "paper %d came in for another creditor than %s: nothing of it is shown there", loose, s.Creditor)
		}
		f := &paperFile{name: p.Name, media: p.MediaType, sha256: p.SHA256, size: int(p.Size)}
		id, err := r.putPaper(f, s.Customer, s.Item, 0, kind)
		if err != nil {
			return err
		}
		if err := r.dropLoose(loose); err != nil {
			return err
		}
		return r.result(id)
	}))
	return id, err
}

// DiscardPaper forgets a waiting file. Errors: not found (paper_not_found).
func (a *App) DiscardPaper(ctx context.Context, req Request, loose int64) error {
	_, err := a.write(ctx, req, "discard_paper", []int64{loose}, func(r *recorder) error {
		p, err := a.looseIn(r, loose)
		if err != nil {
			return err
		}
		if err := r.changed("loose_paper", loose, "discarded", p.SHA256); err != nil {
			return err
		}
		return r.dropLoose(loose)
	})
	return err
}

func (r *recorder) dropLoose(loose int64) error {
	_, err := r.Exec("DELETE FROM loose_paper WHERE tenant_id = $1 AND loose_id = $2", r.tenant, loose)
	return err
}

// KeepPaper keeps one file with what a reference names, a document or a customer, and returns
// its id there. Errors: not found, invalid (paper_kind, paper_invalid, a reference that names
// several things).
func (a *App) KeepPaper(ctx context.Context, req Request, creditor, ref string, kind PaperKind, f PaperFile) (int64, error) {
	if !slices.Contains(PaperKinds, kind) {
		return 0, invalid("paper_kind", "%q: expected one of %v", kind, PaperKinds)
	}
	s, err := a.subject(ctx, creditor, ref)
	if err != nil {
		return 0, err
	}
	file, err := a.oneFile(ctx, f)
	if err != nil {
		return 0, err
	}
	id, _, err := answer[int64](a.write(ctx, req, "keep_paper", []any{s, kind, file.name, file.sha256},
		func(r *recorder) error {
			id, err := r.putPaper(&file, s.Customer, s.Item, 0, kind)
			if err != nil {
				return err
			}
			return r.result(id)
		}))
	return id, err
}

// oneFile keeps the bytes of a file that a person chose. Errors: invalid (paper_invalid).
func (a *App) oneFile(ctx context.Context, f PaperFile) (paperFile, error) {
	var files []paperFile
	var report PapersReport
	if err := a.takePaper(ctx, f, nil, &files, &report); err != nil {
		return paperFile{}, err
	}
	if len(files) != 1 || len(report.Rejected) > 0 {
		return paperFile{}, &Error{Kind: Invalid, Code: "paper_invalid", Where: &Where{File: fileName(f.Name)},
			Message: fileName(f.Name) + ": expected a PDF, PNG or JPEG of at most 20 MiB"}
	}
	return files[0], nil
}
