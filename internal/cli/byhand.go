package cli

import (
	"cmp"
	"context"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// amountFlags are an amount and its currency, which is guessed where only one is
// possible.
type amountFlags struct {
	Amount   string         `required:"" placeholder:"A" help:"The amount: 120.50."`
	Currency money.Currency `placeholder:"CUR" help:"Default: that of the invoice, or the only one that is open."`
}

// read reads the amount in the currency of what it is for.
func (f *amountFlags) read(s *session, a *app.App, ref string) (money.Money, error) {
	currency := f.Currency
	if currency == "" {
		subject, err := a.Find(s.ctx, s.flags.Creditor, ref)
		if err != nil {
			return money.Money{}, err
		}
		if currency, err = a.CurrencyOf(s.ctx, subject); err != nil {
			return money.Money{}, err
		}
	}
	m, err := money.Parse(f.Amount, currency)
	if err != nil {
		return m, &app.Error{Kind: app.Invalid, Code: "amount_invalid", Where: &app.Where{Field: "amount"},
			Message: "amount \"" + f.Amount + "\": expected an amount of " + string(currency) + " such as 120.50"}
	}
	return m, nil
}

type payCmd struct {
	Ref string `arg:"" placeholder:"ITEM|CUSTOMER" help:"item:NUMBER or customer:NUMBER."`
	amountFlags
	On        cal.Date `placeholder:"DAY" default:"none" help:"Value day. Default: today."`
	Reference string   `placeholder:"R" help:"As on the bank statement."`
}

func (c *payCmd) Run(s *session) error {
	return s.give("recoup/pay/1", c.Ref, c.Reference, c.On, &c.amountFlags, (*app.App).Pay)
}

type creditCmd struct {
	Ref string `arg:"" placeholder:"ITEM|CUSTOMER" help:"item:NUMBER or customer:NUMBER."`
	amountFlags
	On     cal.Date `placeholder:"DAY" default:"none" help:"Day of the credit. Default: today."`
	Reason string   `placeholder:"T" help:"What it was given for."`
}

func (c *creditCmd) Run(s *session) error {
	return s.give("recoup/credit/1", c.Ref, c.Reason, c.On, &c.amountFlags, (*app.App).Credit)
}

// give records money received or a credit given.
func (s *session) give(schema, ref, words string, on cal.Date, amount *amountFlags,
	do func(*app.App, context.Context, app.Request, app.PayRequest) (app.PayReport, error)) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	m, err := amount.read(s, a, ref)
	if err != nil {
		return err
	}
	r, err := do(a, s.ctx, req, app.PayRequest{Creditor: s.flags.Creditor, Ref: ref, Amount: m, On: on,
		Reference: words})
	if err != nil {
		return err
	}
	return s.show(schema, r, func(p *page) {
		p.line("%s %s of customer %s on %s, entry %d", r.Amount.Amount, r.Amount.Currency, r.Customer, r.On,
			r.Entry)
		for _, i := range r.Items {
			p.line("  %s: %s, left open %s", i.Item, i.Amount.Amount, i.Open.Amount)
		}
		p.line("  not set against an invoice: %s", r.Unapplied.Amount)
	})
}

type reverseCmd struct {
	Ref    string   `arg:"" placeholder:"CUSTOMER" help:"The customer."`
	Entry  int64    `arg:"" help:"The entry, as recoup pay and recoup credit show it."`
	On     cal.Date `placeholder:"DAY" default:"none" help:"Value day. Default: today."`
	Reason string   `required:"" placeholder:"T" help:"Why, for the audit log."`
}

func (c *reverseCmd) Run(s *session) error {
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	if err := a.Reverse(s.ctx, req, s.flags.Creditor, c.Ref, c.Entry, c.On); err != nil {
		return err
	}
	return s.show("recoup/reverse/1", map[string]int64{"reversed": c.Entry}, func(p *page) {
		p.line("Entry %d is taken back; what it had settled is open again.", c.Entry)
	})
}

type applyCmd struct {
	Ref string `arg:"" placeholder:"ITEM|CUSTOMER" help:"item:NUMBER or customer:NUMBER."`
}

func (c *applyCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	set, err := a.Apply(s.ctx, req, s.flags.Creditor, c.Ref)
	if err != nil {
		return err
	}
	return s.show("recoup/apply/1", map[string]any{"items": set}, func(p *page) {
		for _, i := range set {
			p.line("%s: %s %s, left open %s", i.Item, i.Amount.Amount, i.Amount.Currency, i.Open.Amount)
		}
	})
}

type holdCmd struct {
	Add  holdAddCmd  `cmd:"" help:"Keep reminders back."`
	End  holdEndCmd  `cmd:"" help:"Let reminders go on."`
	List holdListCmd `cmd:"" help:"Holds of a customer or an invoice, or all that hold or will begin."`
}

type holdAddCmd struct {
	Ref      string         `arg:"" placeholder:"REF" help:"item:NUMBER or customer:NUMBER."`
	Kind     string         `required:"" placeholder:"K" help:"${holds}"`
	Amount   string         `placeholder:"A" help:"Only this part of the invoice."`
	Currency money.Currency `placeholder:"CUR" help:"Currency of the amount."`
	From     cal.Date       `placeholder:"DAY" default:"none" help:"First day. Default: today."`
	Until    cal.Date       `placeholder:"DAY" default:"none" help:"Last day. Default: until it is ended."`
	Cheque   bool           `help:"already_paid: a cheque is in the post."`
	Beyond   bool           `name:"beyond-policy" help:"deferral: also for longer than policy.deferral_months allows."`
	Reason   string         `required:"" placeholder:"T" help:"Why."`
}

func (c *holdAddCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	h := app.HoldRequest{Creditor: s.flags.Creditor, Ref: c.Ref, Kind: book.HoldKind(c.Kind),
		From: c.From, Until: c.Until, Cheque: c.Cheque, Beyond: c.Beyond, Reason: c.Reason}
	if c.Amount != "" {
		if h.Amount, err = (&amountFlags{c.Amount, c.Currency}).read(s, a, c.Ref); err != nil {
			return err
		}
	}
	r, err := a.AddHold(s.ctx, req, h)
	if err != nil {
		return err
	}
	return s.show("recoup/hold-add/1", r, func(p *page) { showHolds(p, []app.HoldReport{r}) })
}

type holdEndCmd struct {
	Hold    int64  `arg:"" help:"Number of the hold."`
	Outcome string `placeholder:"W" help:"How it ended, in one word: kept, partly, broken, superseded; credited, split, upheld (decided for us); withdrawn."`
	Reason  string `placeholder:"T" help:"More about it."`
}

func (c *holdEndCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	r, err := a.EndHold(s.ctx, req, c.Hold, c.Outcome, c.Reason)
	if err != nil {
		return err
	}
	return s.show("recoup/hold-end/1", r, func(p *page) { showHolds(p, []app.HoldReport{r}) })
}

type holdListCmd struct {
	Ref string `arg:"" optional:"" placeholder:"REF" help:"item:NUMBER or customer:NUMBER."`
}

func (c *holdListCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	list, err := a.Holds(s.ctx, s.flags.Creditor, c.Ref)
	if err != nil {
		return err
	}
	return showList(s, "recoup/hold-list/1", "holds", list, func(p *page) { showHolds(p, list) })
}

func showHolds(p *page, list []app.HoldReport) {
	var rows [][]string
	for i := range list {
		h := &list[i]
		amount, until := "all", "ended by hand"
		if h.Amount != nil {
			amount = h.Amount.Amount + " " + string(h.Amount.Currency)
		}
		if h.Until != nil {
			until = h.Until.String()
		}
		state := string(h.State)
		if h.State == app.HoldBegins {
			state += " on " + h.From.String()
		}
		what := strings.TrimPrefix(cmp.Or(h.Item, "the account"), "item:")
		kind := strings.ReplaceAll(string(h.Kind), "_", " ")
		rows = append(rows, []string{count(h.Hold), h.Customer, what, kind, amount, h.From.String(),
			cmp.Or(h.Ended, until), cmp.Or(h.Outcome, state), h.Reason})
	}
	if len(rows) == 0 {
		p.line("Nothing is held.")
	}
	p.table([]string{">Hold", "Customer", "What", "Kind", ">Amount", "From", "Until", "State", "Why"}, rows)
}

type noteCmd struct {
	Ref   string   `arg:"" placeholder:"REF" help:"item:NUMBER or customer:NUMBER."`
	Text  string   `arg:"" help:"What there is to say; - is standard input."`
	Class string   `default:"fact" placeholder:"C" help:"fact, opinion, or privileged (left out of exports)."`
	Next  cal.Date `placeholder:"DAY" default:"none" help:"Look at it again on DAY: recoup task list shows it from then on, until the next note about the same."`
}

func (c *noteCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	text := c.Text
	if text == "-" {
		raw, err := s.readFile("-")
		if err != nil {
			return err
		}
		text = strings.TrimSpace(string(raw))
	}
	id, err := a.Note(s.ctx, req, app.NoteRequest{Creditor: s.flags.Creditor, Ref: c.Ref, Class: c.Class,
		Text: text, Next: c.Next})
	return s.showID("recoup/note/1", "note", id, err)
}

type reasonCmd struct {
	Ref   string `arg:"" placeholder:"REF" help:"item:NUMBER or customer:NUMBER."`
	Cause string `arg:"" help:"${causes}"`
	Text  string `placeholder:"T" help:"More about it."`
}

func (c *reasonCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	id, err := a.LateReason(s.ctx, req, s.flags.Creditor, c.Ref, c.Cause, c.Text)
	return s.showID("recoup/reason/1", "note", id, err)
}

// showID answers with the number of what was recorded.
func (s *session) showID(schema, what string, id int64, err error) error {
	if err != nil {
		return err
	}
	return s.show(schema, map[string]int64{what: id}, func(p *page) { p.line("Recorded as %s %d.", what, id) })
}

type cashKnownCmd struct {
	Day cal.Date `arg:"" help:"You looked at the bank and nothing up to this day is missing here."`
}

func (c *cashKnownCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	known, err := a.CashKnown(s.ctx, req, s.flags.Creditor, c.Day)
	if err != nil {
		return err
	}
	return s.show("recoup/cash-known/1", map[string]cal.Date{"day": known}, func(p *page) {
		p.line("Cash is known up to %s.", dayName(known))
		if known > c.Day {
			p.line("That day was recorded before, and counts: a later day is not taken back.")
		}
	})
}

type reconcileCmd struct {
	File string `arg:"" help:"A list of open items of the bookkeeping, as CSV; as of --as-of, else today."`
	fileFlags
}

func (c *reconcileCmd) Run(s *session) error {
	im := app.ImportRequest{Creditor: s.flags.Creditor, File: c.File, AsOf: s.flags.AsOf}
	if err := c.tell(&im); err != nil {
		return err
	}
	a, err := s.open()
	if err != nil {
		return err
	}
	file, err := openFile(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	im.Source = file
	r, err := a.Reconcile(s.ctx, im)
	if err != nil {
		return err
	}
	if err := s.show("recoup/reconcile/1", r, func(p *page) { showReconcile(p, c.File, &r) }); err != nil {
		return err
	}
	if len(r.Rejected) > 0 {
		return errPartly
	}
	return nil
}

func showReconcile(p *page, file string, r *app.ReconcileReport) {
	p.title("As of %s: %s equal", dayName(r.AsOf), plural(int64(r.Equal), "item", "items"))
	var rows [][]string
	for i := range r.Differences {
		d := &r.Differences[i]
		rows = append(rows, []string{d.Item, d.Ours.Amount, d.Theirs.Amount, string(d.Ours.Currency)})
	}
	for i := range r.OnlyOurs {
		rows = append(rows, []string{r.OnlyOurs[i].Item, r.OnlyOurs[i].Open.Amount, "—",
			string(r.OnlyOurs[i].Open.Currency)})
	}
	for i := range r.OnlyTheirs {
		rows = append(rows, []string{r.OnlyTheirs[i].Item, "—", r.OnlyTheirs[i].Open.Amount,
			string(r.OnlyTheirs[i].Open.Currency)})
	}
	if len(rows) == 0 {
		p.line("No difference.")
	}
	p.table([]string{"Item", ">Ours", ">Theirs", ""}, rows)
	if len(r.Unapplied) > 0 {
		p.title("Money of ours that is set against no item, and counts in our total")
		rows = rows[:0]
		for _, u := range r.Unapplied {
			rows = append(rows, []string{u.Customer, u.Credit.Amount, string(u.Credit.Currency)})
		}
		p.table([]string{"Customer", ">Credit", ""}, rows)
	}
	showRejected(p, file, &app.ImportReport{Rejected: r.Rejected})
}

type taskDoneCmd struct {
	Task    string   `arg:"" help:"Number of the task."`
	Outcome string   `required:"" placeholder:"W" help:"${outcomes}"`
	Until   cal.Date `placeholder:"DAY" default:"none" help:"Of decide and review old items: it is asked again after DAY. Default: 30 days; placed and court: when the hold is ended."`
}

func (c *taskDoneCmd) Run(s *session) error {
	a, req, id, err := s.openedFor("task", c.Task, "")
	if err != nil {
		return err
	}
	if err := a.TaskDone(s.ctx, req, id, c.Outcome, c.Until); err != nil {
		return err
	}
	answer := struct {
		Task    int64  `json:"task"`
		Outcome string `json:"outcome"`
	}{id, c.Outcome}
	return s.show("recoup/task-done/1", answer,
		func(p *page) { p.line("Task %d is done: %s.", id, c.Outcome) })
}
