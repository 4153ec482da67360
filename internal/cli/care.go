package cli

import (
	"cmp"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/sim"
)

type doctorCmd struct {
	Deep bool `help:"Also prove every stored figure from the facts, and the audit chain. Reads the whole book."`
	Demo bool `help:"List what each screen of the demo has to show, and fail if one is empty."`
}

func (c *doctorCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	if c.Demo {
		return showScreens(s, a)
	}
	progress, done := s.progress64("checking")
	all, err := a.Doctor(s.ctx, c.Deep, progress)
	done()
	if err != nil {
		return err
	}
	address, err := s.address()
	if err != nil {
		return err
	}
	armed, err := s.armedFinding(a)
	if err != nil {
		return err
	}
	data, err := a.DataFindings(s.ctx)
	if err != nil {
		return err
	}
	all = append(append(all, data...), app.AddressFinding(address, s.flags.DB != ""), armed)
	answer := struct {
		OK       bool          `json:"ok"`
		Findings []app.Finding `json:"findings"`
	}{true, all}
	for _, f := range all {
		answer.OK = answer.OK && (f.OK || f.Warning)
	}
	people := func(p *page) { showFindings(p, all) }
	if !answer.OK {
		return s.showFailed("recoup/doctor/1", answer, &app.Error{Kind: app.Conflict, Code: "book_unsound",
			Message: "something about the book is wrong; see findings"}, people)
	}
	return s.show("recoup/doctor/1", answer, people)
}

// showScreens lists what the demo's screens show. Errors: refused (demo_incomplete).
func showScreens(s *session, a *app.App) error {
	screens, err := sim.Screens(s.ctx, a)
	if err != nil {
		return err
	}
	answer := struct {
		OK      bool         `json:"ok"`
		Screens []sim.Screen `json:"screens"`
	}{true, screens}
	for _, screen := range screens {
		answer.OK = answer.OK && screen.Count > 0
	}
	people := func(p *page) {
		var rows [][]string
		for _, screen := range screens {
			rows = append(rows, []string{screen.Row, screen.Name, count(int64(screen.Count)), expected(&screen)})
		}
		p.table([]string{"Screen", "What", ">Count", "Expected where the demo begins"}, rows)
	}
	if !answer.OK {
		return s.showFailed("recoup/doctor-demo/1", answer, &app.Error{Kind: app.Refused, Code: "demo_incomplete",
			Message: "a screen of the demo is empty; make the demo anew with recoup demo --reset"}, people)
	}
	return s.show("recoup/doctor-demo/1", answer, people)
}

// expected is what is expected of a screen, in words.
func expected(s *sim.Screen) string {
	switch least, most := count(int64(s.Least)), count(int64(s.Most)); {
	case s.Most == 0:
		return "at least " + least
	case s.Least == s.Most:
		return least
	default:
		return least + " to " + most
	}
}

func (s *session) armedFinding(a *app.App) (app.Finding, error) {
	l, err := s.licence(a)
	if err != nil {
		return app.Finding{}, err
	}
	r, err := duty.Look(s.ctx, a, l)
	f := app.Finding{Name: "armed", OK: r.WasArmed, Warning: !r.WasArmed, Text: "this copy may send"}
	if !r.WasArmed {
		f.Text = "this copy sends nothing until a person arms it (recoup arm): " + r.Why
	}
	return f, err
}

func showFindings(p *page, all []app.Finding) {
	for _, f := range all {
		if mend := mends[f.Name]; mend != "" && !f.OK {
			f.Text += ": " + mend
		}
		switch {
		case f.OK:
			p.line("ok       %-16s %s", f.Name, f.Text)
		case f.Warning:
			p.warn("note     %-16s %s", f.Name, f.Text)
		default:
			p.warn("WRONG    %-16s %s", f.Name, f.Text)
		}
	}
}

type backupCmd struct {
	File string `arg:"" help:"A new file."`
}

func (c *backupCmd) Run(s *session) error {
	address, err := s.address()
	if err != nil {
		return err
	}
	r, err := app.BackupBook(s.ctx, address, c.File, s.flags.DryRun)
	if err != nil {
		return err
	}
	return s.show("recoup/backup/1", r, func(p *page) {
		p.line("Wrote and verified %s (%d bytes). The right to send is not in it.", r.File, r.Size)
	})
}

type restoreCmd struct {
	File string `arg:"" help:"A backup."`
}

func (c *restoreCmd) Run(s *session) error {
	address := cmp.Or(s.flags.DB, s.env.Getenv("RECOUP_DB"))
	if address == "" {
		return usage("restore where? Give --db with a name where there is no book")
	}
	r, err := app.RestoreBook(s.ctx, c.File, address, s.flags.DryRun)
	if err != nil {
		return err
	}
	return s.show("recoup/restore/1", r, func(p *page) {
		p.line("Restored %s as of %s. It sends nothing until a person arms it: recoup arm",
			app.ShownAddress(address), r.TakenAt)
	})
}

type storeCmd struct {
	Copy storeCopyCmd `cmd:"" help:"Copy the book to another database and prove that both hold the same."`
}

type storeCopyCmd struct {
	To string `required:"" placeholder:"DB" help:"A file, or postgres://… , where there is no book."`
}

func (c *storeCopyCmd) Run(s *session) error {
	address, err := s.address()
	if err != nil {
		return err
	}
	r, err := app.CopyBook(s.ctx, address, c.To, s.flags.DryRun)
	if err != nil {
		return err
	}
	return s.show("recoup/store-copy/1", r, func(p *page) {
		p.line("Copied %d rows of %d tables and %d documents to %s; both hold the same. The copy is not armed.",
			r.Rows, r.Tables, r.Blobs, r.To)
	})
}

type migrateCmd struct {
	Backup string `placeholder:"FILE" help:"Where the backup before it goes. Default: recoup-before-migration.tar"`
}

func (c *migrateCmd) Run(s *session) error {
	address, err := s.address()
	if err != nil {
		return err
	}
	m, err := app.MigrateBook(s.ctx, address, cmp.Or(c.Backup, "recoup-before-migration.tar"), s.flags.DryRun)
	if err != nil {
		return err
	}
	return s.show("recoup/migrate/1", m, func(p *page) {
		switch {
		case !m.Changed:
			p.line("The book is up to date (version %d).", m.To)
		case s.flags.DryRun:
			p.line("The book has version %d and would be brought to %d, after a backup to %s.", m.From, m.To, m.Backup)
		default:
			p.line("The book was brought from version %d to %d; the backup from before is %s.", m.From, m.To, m.Backup)
		}
	})
}

type auditCmd struct {
	List   auditListCmd   `cmd:"" help:"The newest commands."`
	Verify auditVerifyCmd `cmd:"" help:"Prove that commands and facts are as they were recorded."`
}

type auditListCmd struct {
	Actor   string `placeholder:"USER" help:"Only those of one user."`
	Command string `placeholder:"C" help:"Only one kind of command."`
	Before  int64  `placeholder:"SEQ" help:"Only those before this number."`
	Limit   int    `default:"50" placeholder:"N" help:"At most so many."`
}

func (c *auditListCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	list, err := a.AuditLog(s.ctx, app.AuditFilter{Actor: c.Actor, Command: c.Command, Before: c.Before,
		Limit: c.Limit})
	if err != nil {
		return err
	}
	return showList(s, "recoup/audit/1", "entries", list, func(p *page) {
		var rows [][]string
		for _, e := range list {
			rows = append(rows, []string{count(e.Seq), e.RecordedAt.UTC().Format("2006-01-02T15:04:05Z"), e.Actor,
				e.Command, count(e.Rows), e.Reason})
		}
		p.table([]string{">No.", "Recorded", "By", "Command", ">Facts", "Reason"}, rows)
	})
}

type auditVerifyCmd struct {
	Head string `placeholder:"SEQ:HASH" help:"A head noted earlier: also proves that nothing was cut off since."`
}

func (c *auditVerifyCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	progress, done := s.progress64("verifying")
	r, err := a.VerifyAudit(s.ctx, c.Head, progress)
	done()
	if err != nil {
		return err
	}
	people := func(p *page) {
		if r.OK {
			p.line("%d commands with %d facts are as they were recorded.", r.Commands, r.Rows)
		} else {
			p.warn("Command %d is not as it was recorded: %s", r.FirstBad, r.Why)
		}
		p.line("Head, to be noted elsewhere: %s", r.Head)
	}
	if !r.OK {
		return s.showFailed("recoup/audit-verify/1", r, &app.Error{Kind: app.Conflict, Code: "audit_broken",
			Message: r.Why}, people)
	}
	return s.show("recoup/audit-verify/1", r, people)
}
