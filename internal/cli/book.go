package cli

import (
	"cmp"
	"runtime"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/money"
)

type initCmd struct {
	Name     string         `required:"" help:"Legal name of the creditor."`
	Country  string         `required:"" placeholder:"C" help:"Its country, with region where that matters: GB, DE, US-OH."`
	Currency money.Currency `required:"" placeholder:"CUR" help:"Its currency: GBP, EUR, USD."`
	Code     string         `help:"Short code of the creditor. Default: made from the name."`
	Clock    clockTime      `placeholder:"DAYThh:mm" help:"Give the book a simulated clock that stands at this time: for trying out."`
}

// madeBook is the answer of init.
type madeBook struct {
	Book  string `json:"book"`
	Mode  string `json:"mode"`
	Armed bool   `json:"armed"`
	app.NewBook
}

func (c *initCmd) Run(s *session) error {
	req, err := s.request("")
	if err != nil {
		return err
	}
	address := cmp.Or(s.flags.DB, s.env.Getenv("RECOUP_DB"), defaultBook)
	ask := app.BookRequest{Name: c.Name, Code: c.Code, Country: c.Country, Currency: c.Currency,
		ClockDay: cal.None}
	if c.Clock.given {
		ask.ClockDay, ask.ClockHour, ask.ClockMinute = c.Clock.day, c.Clock.hour, c.Clock.minute
	}
	a, made, err := app.CreateBook(s.ctx, address, s.env.Build, req, ask)
	if err != nil {
		return err
	}
	answer := madeBook{Book: app.ShownAddress(address), Mode: "observe", NewBook: made}
	if made.Simulated {
		answer.Mode = "ask_first"
	}
	if s.app = a; a != nil {
		if err = s.armNew(address); err != nil {
			return err
		}
		answer.Armed = true
	}
	return s.show("recoup/init/1", answer, func(p *page) {
		p.line("Made %s for %s (creditor %s, %s).", answer.Book, c.Name, made.Creditor, c.Currency)
		if made.Simulated {
			p.line("Its clock is simulated and stands at %s; it can send only to a sink on this machine.", made.Today)
		} else {
			p.line("It only observes: drafts are made and nothing leaves until you say so.")
		}
		p.line("Next: recoup import invoices FILE")
	})
}

type creditorCmd struct {
	Add  creditorAddCmd  `cmd:"" help:"Add a creditor to the book."`
	List creditorListCmd `cmd:"" help:"List the creditors."`
}

type creditorAddCmd struct {
	Name     string         `required:"" help:"Its legal name."`
	Country  string         `required:"" placeholder:"C" help:"Its country: GB, DE, US-OH."`
	Currency money.Currency `required:"" placeholder:"CUR" help:"Its currency."`
	Code     string         `help:"Short code. Default: made from the name."`
}

func (c *creditorAddCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	country, region := app.SplitRegion(c.Country)
	n := app.NewCreditor{Code: cmp.Or(c.Code, app.CodeOf(c.Name)), Name: c.Name, Country: country,
		Subdivision: region, Currency: c.Currency}
	id, err := a.AddCreditor(s.ctx, req, n)
	if err != nil {
		return err
	}
	answer := struct {
		ID   int64  `json:"id"`
		Code string `json:"code"`
	}{id, n.Code}
	return s.show("recoup/creditor-add/1", answer, func(p *page) { p.line("Added %s as %s.", n.Name, n.Code) })
}

type creditorListCmd struct{}

type listedCreditor struct {
	ID       int64          `json:"id"`
	Code     string         `json:"code"`
	Name     string         `json:"name"`
	Country  string         `json:"country"`
	Currency money.Currency `json:"currency"`
	Zone     string         `json:"zone"`
}

func (c *creditorListCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	all, err := a.Creditors(s.ctx)
	if err != nil {
		return err
	}
	list := make([]listedCreditor, len(all))
	var rows [][]string
	for i, c := range all {
		list[i] = listedCreditor{c.ID, c.Code, c.Name, app.JoinRegion(c.Country, c.Subdivision), c.Currency,
			c.Zone.String()}
		rows = append(rows, []string{c.Code, c.Name, list[i].Country, string(c.Currency), list[i].Zone})
	}
	return showList(s, "recoup/creditor-list/1", "creditors", list, func(p *page) {
		p.table([]string{"Code", "Name", "Country", "Currency", "Time zone"}, rows)
	})
}

type versionCmd struct{}

func (c *versionCmd) Run(s *session) error {
	laws, err := law.Load()
	if err != nil {
		return err
	}
	answer := struct {
		Version string `json:"version"`
		Commit  string `json:"commit"`
		Go      string `json:"go"`
		Book    int64  `json:"book_version"`
		Law     string `json:"law_tables"`
	}{s.env.Build, s.env.Commit, runtime.Version(), app.BookVersion(), laws.Version()}
	return s.show("recoup/version/1", answer, func(p *page) {
		p.line("recoup %s (%s), book version %d, law tables %s", answer.Version, answer.Go, answer.Book, answer.Law)
	})
}
