package cli

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
)

type importPapersCmd struct {
	Files []string `arg:"" name:"file" help:"PDFs, PNG and JPEG pictures, ZIP archives, or folders with all that is in them."`
	Kind  string   `placeholder:"K" help:"invoice, delivery, contract, slip or other. Default: delivery where name or text says so, else invoice."`
}

// batchBytes is how much is read before it is handed over, so that a folder of any size
// needs little memory.
const batchBytes = 32 << 20

func (c *importPapersCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	if req.CommandID != "" {
		return usage("--command-id names one command: papers are kept in several")
	}
	all := app.PapersReport{Rejected: []app.RejectedPaper{}, Papers: []app.MatchedPaper{}, Waiting: []app.LoosePaper{}}
	batch := app.PapersRequest{Creditor: s.flags.Creditor, Kind: app.PaperKind(c.Kind)}
	size := 0
	flush := func() error {
		r, err := a.AddPapers(s.ctx, req, batch)
		if err != nil {
			return err
		}
		all.Read, all.Matched, all.Known, all.Loose = all.Read+r.Read, all.Matched+r.Matched, all.Known+r.Known, all.Loose+r.Loose
		all.Rejected, all.Papers = append(all.Rejected, r.Rejected...), append(all.Papers, r.Papers...)
		all.Waiting = append(all.Waiting, r.Waiting...)
		batch.Files, size = nil, 0
		return nil
	}
	err = eachPaper(c.Files, func(path string) error {
		raw, err := os.ReadFile(path)
		if err != nil {
			return unreadable(path, err)
		}
		batch.Files = append(batch.Files, app.PaperFile{Name: filepath.Base(path), Bytes: raw})
		if size += len(raw); size < batchBytes {
			return nil
		}
		return flush()
	})
	if err == nil && len(batch.Files) > 0 {
		err = flush()
	}
	if err != nil {
		return err
	}
	if err := s.show("recoup/import-documents/1", all, func(p *page) { showPapers(p, &all) }); err != nil {
		return err
	}
	if len(all.Rejected) > 0 {
		return errPartly
	}
	return nil
}

// eachPaper calls fn for the files named and for those in the folders named; hidden files
// and links are left out.
func eachPaper(names []string, fn func(path string) error) error {
	for _, name := range names {
		err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			switch hidden := strings.HasPrefix(filepath.Base(path), ".") && path != name; {
			case err != nil:
				return unreadable(path, err)
			case d.IsDir() && hidden:
				return fs.SkipDir
			case !d.Type().IsRegular() || hidden:
				return nil
			}
			return fn(path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func showPapers(p *page, r *app.PapersReport) {
	p.title("%d of %d matched", r.Matched+r.Known, r.Read)
	var rows [][]string
	for _, m := range r.Papers {
		rows = append(rows, []string{m.Item, m.Customer, string(m.Kind), m.By, m.File})
	}
	p.table([]string{"Document", "Customer", "Kind", "By its", "File"}, rows)
	if r.Known > 0 {
		p.line("%s there before.", were(r.Known))
	}
	if len(r.Waiting) > 0 {
		p.line("%s: recoup paper assign ID item:NUMBER, or recoup paper discard ID", waits(len(r.Waiting)))
		showWaiting(p, r.Waiting)
	}
	for _, j := range r.Rejected {
		p.warn("%s: expected %s", j.File, j.Expected)
	}
}

func were(n int) string {
	if n == 1 {
		return "One was"
	}
	return fmt.Sprintf("%d were", n)
}

func waits(n int) string {
	if n == 1 {
		return "One waits for you to say whose it is"
	}
	return fmt.Sprintf("%d wait for you to say whose they are", n)
}

func showWaiting(p *page, list []app.LoosePaper) {
	var rows [][]string
	for _, w := range list {
		rows = append(rows, []string{strconv.FormatInt(w.ID, 10), w.Name, cmp.Or(strings.Join(w.Candidates, ", "), "no number found")})
	}
	p.table([]string{">ID", "File", "Found in it"}, rows)
}

type paperCmd struct {
	Waiting paperWaitingCmd `cmd:"" help:"Files whose document was not found, or not only one."`
	Assign  paperAssignCmd  `cmd:"" help:"Say what a waiting file belongs to."`
	Discard paperDiscardCmd `cmd:"" help:"Forget a waiting file."`
	List    paperListCmd    `cmd:"" help:"The papers of a customer or a document."`
	Remove  paperRemoveCmd  `cmd:"" help:"Take a paper away from its document."`
}

type paperWaitingCmd struct{}

func (c *paperWaitingCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	list, err := a.LoosePapers(s.ctx, s.flags.Creditor)
	if err != nil {
		return err
	}
	return showList(s, "recoup/paper-waiting/1", "papers", list, func(p *page) { showWaiting(p, list) })
}

type paperAssignCmd struct {
	ID   int64  `arg:"" help:"Of the waiting file."`
	Ref  string `arg:"" help:"item:NUMBER or customer:NUMBER."`
	Kind string `default:"invoice" placeholder:"K" help:"invoice, delivery, contract, slip or other."`
}

func (c *paperAssignCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	id, err := a.AssignPaper(s.ctx, req, c.ID, s.flags.Creditor, c.Ref, app.PaperKind(c.Kind))
	if err != nil {
		return err
	}
	return s.show("recoup/paper/1", map[string]any{"paper": id}, func(p *page) { p.line("Kept with %s.", c.Ref) })
}

type paperDiscardCmd struct {
	ID int64 `arg:"" help:"Of the waiting file."`
}

func (c *paperDiscardCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	if err := a.DiscardPaper(s.ctx, req, c.ID); err != nil {
		return err
	}
	return s.show("recoup/paper-discard/1", map[string]any{"discarded": c.ID}, func(p *page) { p.line("Forgotten.") })
}

type paperListCmd struct {
	Ref string `arg:"" help:"item:NUMBER or customer:NUMBER."`
}

func (c *paperListCmd) Run(s *session) error {
	a, _, subject, err := s.found(c.Ref, "")
	if err != nil {
		return err
	}
	list, err := a.Papers(s.ctx, subject.Customer, subject.Item)
	if err != nil {
		return err
	}
	return showList(s, "recoup/paper-list/1", "papers", list, func(p *page) {
		var rows [][]string
		for _, paper := range list {
			rows = append(rows, []string{strconv.FormatInt(paper.ID, 10), cmp.Or(paper.Number, "the account"), string(paper.Kind),
				paper.Name, strconv.FormatInt((paper.Size+1023)/1024, 10) + " kB"})
		}
		p.table([]string{">ID", "Document", "Kind", "File", ">Size"}, rows)
	})
}

type paperRemoveCmd struct {
	Ref string `arg:"" help:"item:NUMBER or customer:NUMBER."`
	ID  int64  `arg:"" help:"Of the paper, as recoup paper list shows it."`
}

func (c *paperRemoveCmd) Run(s *session) error {
	a, req, subject, err := s.found(c.Ref, "")
	if err != nil {
		return err
	}
	if err := a.RemovePaper(s.ctx, req, subject.Customer, c.ID); err != nil {
		return err
	}
	return s.show("recoup/paper-remove/1", map[string]any{"removed": c.ID}, func(p *page) { p.line("Taken away.") })
}

type contactPasteCmd struct {
	File string `arg:"" default:"-" help:"A text file; - is standard input."`
}

func (c *contactPasteCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	raw, err := s.readFile(c.File)
	if err != nil {
		return err
	}
	report, err := a.PasteContacts(s.ctx, req, app.PasteRequest{Creditor: s.flags.Creditor, Text: string(raw)})
	if err != nil {
		return err
	}
	open := 0
	for i := range report.Lines {
		if state := report.Lines[i].State; state == app.PastedUnclear || state == app.PastedRejected {
			open++
		}
	}
	err = s.show("recoup/contact-paste/1", report, func(p *page) {
		p.title("%s", plural(int64(report.Added), "contact added", "contacts added"))
		for _, l := range report.Lines {
			var like []string
			for _, c := range l.Suggestions {
				like = append(like, c.Number+" "+c.Name)
			}
			switch l.State {
			case app.PastedUnclear:
				p.warn("line %d, %s: expected %s; like it: %s", l.Line, l.Text, l.Why, cmp.Or(strings.Join(like, ", "), "none"))
			case app.PastedRejected:
				p.warn("line %d, %s: expected %s", l.Line, l.Text, l.Why)
			}
		}
	})
	if err == nil && open > 0 {
		err = errPartly
	}
	return err
}

type contactMissingCmd struct{}

func (c *contactMissingCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	n, err := a.WithoutAddress(s.ctx, s.flags.Creditor)
	if err != nil {
		return err
	}
	return s.show("recoup/contact-missing/1", n, func(p *page) {
		var rows [][]string
		for _, c := range n.Customers {
			rows = append(rows, []string{c.Number, c.Name, c.Open.Amount, string(c.Open.Currency)})
		}
		p.table([]string{"Customer", "Name", ">Open", ""}, rows)
		for _, c := range n.Currencies {
			p.line("%s: %d of %d customers have no email address; %d %% of the money has one.", c.Currency, c.Without, c.Customers, c.Percent)
		}
	})
}
