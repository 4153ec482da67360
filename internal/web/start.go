package web

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/web/look"
)

// checklist is how far a new book has come.
type checklist struct {
	Totals  []app.AgingCurrency // all that is open
	Unsaid  []app.AgingCurrency // of them those that nobody compared with the bookkeeping
	Missing []string            // settings without which no message can leave
	Server  bool
	Tested  bool
	Mode    string
	Auto    int // steps that were switched to go by themselves
	values  map[string]string
}

// checklistOf reads how far the book of a creditor has come.
func (v *visit) checklistOf(totals []app.AgingCurrency) (*checklist, error) {
	list, err := v.App.Settings(v.r.Context(), v.creditor.Code)
	if err != nil {
		return nil, err
	}
	s := &checklist{values: map[string]string{}}
	for _, set := range list {
		s.values[set.Name] = set.Value
		if strings.HasPrefix(set.Name, app.SettingAuto) && set.Value == "yes" {
			s.Auto++
		}
	}
	for _, t := range totals {
		if t.ControlMinor == 0 {
			continue
		}
		s.Totals = append(s.Totals, t)
		if s.values[app.SettingConfirmed+string(t.Currency)] == "" {
			s.Unsaid = append(s.Unsaid, t)
		}
	}
	if s.Missing, err = v.App.Missing(v.r.Context(), v.creditor.Code); err != nil {
		return nil, err
	}
	s.Server, s.Tested = s.values[app.SettingSMTP] != "", s.values[app.SettingMailTested] != ""
	s.Mode = cmp.Or(s.values[app.SettingMode], "observe")
	s.Missing = slices.DeleteFunc(s.Missing, func(n string) bool { return n == app.SettingSMTP || n == app.SettingMailFrom })
	return s, nil
}

// unready is the check-list of a book that cannot send yet, for those who can do something
// about it; nil if there is nothing to do. A simulated book needs none of it.
func (v *visit) unready() (*checklist, error) {
	if v.simulated || !v.user.may(access.Settings) {
		return nil, nil
	}
	// Once a test message has arrived the rest was done before it, and nothing is counted.
	set, err := v.App.Settings(v.r.Context(), v.creditor.Code)
	if err != nil || slices.ContainsFunc(set, func(s app.SettingValue) bool { return s.Name == app.SettingMailTested }) {
		return nil, err
	}
	aging, err := v.App.AgingToday(v.r.Context(), v.creditor.Code)
	if err != nil {
		return nil, err
	}
	s, err := v.checklistOf(aging.Currencies)
	if err != nil || s.ready(v) {
		return nil, err
	}
	return s, nil
}

// station is one line of the check-list.
type station struct {
	done             bool
	name, text, link string
}

// steps are what there is to do before a first message may leave.
func (s *checklist) steps(v *visit) []station {
	file := station{name: "Your open invoices", text: "Drop a list from your bookkeeping.", link: "/import"}
	if len(s.Totals) > 0 {
		file.done, file.text = true, v.sums(s.Totals)+" open."
	}
	total := station{name: "The total agrees with your bookkeeping", text: "Compare it once; no message leaves before.", link: "/start#total"}
	total.done = file.done && len(s.Unsaid) == 0
	sender := station{name: "Your details, as on your invoices", text: "Name, address, bank account.", link: "/settings#company"}
	if n := len(s.Missing); n > 0 {
		sender.text = strconv.Itoa(n) + " are missing; in a draft they stand in [brackets]."
	} else {
		sender.done, sender.text = true, "Complete."
	}
	server := station{s.Server, "Your mail server", "Choose your provider.", "/settings/mail"}
	test := station{s.Tested, "A test message in your own mailbox", "Nothing goes to a customer before it has arrived.", "/settings/mail#test"}
	return []station{file, total, sender, server, test}
}

// ready reports whether everything is done.
func (s *checklist) ready(v *visit) bool {
	return !slices.ContainsFunc(s.steps(v), func(st station) bool { return !st.done })
}

// byItself says what goes out without anybody.
func (s *checklist) byItself() string {
	if s.Mode == "observe" || s.Auto == 0 {
		return "nothing"
	}
	return strconv.Itoa(s.Auto) + " kinds of messages that you switched on"
}

// sums writes totals, which are never added over currencies.
func (v *visit) sums(totals []app.AgingCurrency) string {
	var parts []string
	for _, t := range totals {
		parts = append(parts, v.f.Money(t.ControlMinor, t.Currency))
	}
	return strings.Join(parts, " and ")
}

// beginning is what the page after the import shows.
type beginning struct {
	*checklist
	Cover  app.NoAddress
	Loose  int
	Drafts int
}

// startPage is where a newcomer goes on after the file: three questions, addresses, papers,
// first draft. In the demo it says how to use the own file.
func startPage(v *visit) error {
	if v.Demo != nil {
		return v.page("Your own file", ownFilePage(v))
	}
	ctx := v.r.Context()
	aging, err := v.App.AgingToday(ctx, v.creditor.Code)
	if err != nil {
		return err
	}
	b := beginning{}
	if b.checklist, err = v.checklistOf(aging.Currencies); err != nil {
		return err
	}
	if b.Cover, err = v.App.WithoutAddress(ctx, v.creditor.Code); err != nil {
		return err
	}
	loose, err := v.App.ListLoosePapers(ctx, v.creditor.Code, "", 1)
	if err != nil {
		return err
	}
	b.Loose = loose.Total
	return v.page("Set-up", beginPage(v, &b))
}

// firstDraft shows the first message that would go out: the largest. If the day has not
// been decided yet, it decides it first; nothing leaves by that.
func firstDraft(v *visit) error {
	for range 2 {
		id, err := v.App.LargestWaiting(v.r.Context(), v.creditor.Code)
		if err != nil {
			return err
		}
		if id != 0 {
			return v.seeOther(messagePath(id))
		}
		if _, err := v.Run(context.WithoutCancel(v.r.Context()), v.request(""), app.RunRequest{AsOf: cal.None, Approve: app.ApproveNone}); err != nil {
			return err
		}
	}
	return v.noDraft()
}

// sketched is how many of the largest customers are tried for a draft.
const sketched = 5

// noDraft shows the draft that would go out first to one of the largest customers, if an
// address were known, or on a later day; else it says why the largest is not written to.
func (v *visit) noDraft() error {
	late := app.CustomerFilter{Creditor: v.creditor.Code, Overdue: true}
	all, err := v.App.ListCustomers(v.r.Context(), late, "overdue", "", sketched)
	if err != nil {
		return err
	}
	if all.Total == 0 {
		return v.say("/today", flash{Tone: "good", Text: "There is nothing to write: nobody is overdue."})
	}
	first := app.FirstSketch{Day: cal.Far}
	for _, c := range all.Customers {
		s, ok, err := v.App.SketchFirst(v.r.Context(), c.ID)
		if err != nil {
			return err
		}
		if ok && s.Day < first.Day {
			first = s
		}
	}
	if first.Customer != 0 {
		return v.seeOther(sketchPath(first.Customer))
	}
	return v.held(all.Customers[0].ID, all.Customers[0].Name)
}

// addressing is what the page of addresses shows.
type addressing struct {
	Cover  app.NoAddress
	Text   string // that was pasted
	Report *app.PasteReport
	Said   map[int]int64 // whose the lines of the grid are
}

// gridRows is how many customers without an address have a field of their own.
const gridRows = 20

// addressesPage lists who has no address, the largest first.
func addressesPage(v *visit) error {
	return v.addresses(&addressing{Text: v.sent("addresses", "text")})
}

func (v *visit) addresses(a *addressing) error {
	var err error
	if a.Cover, err = v.App.WithoutAddress(v.r.Context(), v.creditor.Code); err != nil {
		return err
	}
	slices.SortStableFunc(a.Cover.Customers, func(x, y app.NoAddressCustomer) int {
		return v.foreign(x.Open.Currency) - v.foreign(y.Open.Currency)
	})
	return v.page("Addresses", addressesView(v, a))
}

// foreign puts the creditor's own currency before the others.
func (v *visit) foreign(c money.Currency) int {
	if c == v.creditor.Currency {
		return 0
	}
	return 1
}

// pasteAddresses shows what a paste would do, or does it.
func pasteAddresses(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	text, choices := v.pasted()
	if strings.TrimSpace(text) == "" {
		return &app.Error{Kind: app.Invalid, Code: "nothing_pasted", Message: "write or paste at least one address"}
	}
	req := v.request("")
	req.DryRun = v.r.PostForm.Get("do") != "apply"
	report, err := v.App.PasteContacts(v.r.Context(), req, app.PasteRequest{Creditor: v.creditor.Code, Text: text, Choices: choices})
	if err != nil {
		return err
	}
	unclear := slices.ContainsFunc(report.Lines, func(l app.PastedContact) bool {
		return l.State == app.PastedUnclear || l.State == app.PastedRejected
	})
	if req.DryRun || unclear {
		a := addressing{Text: text, Report: &report, Said: choices}
		if !req.DryRun {
			a.Text, a.Said = leftOver(&report), nil
			report.Lines = slices.DeleteFunc(report.Lines, func(l app.PastedContact) bool {
				return l.State != app.PastedUnclear && l.State != app.PastedRejected
			})
			for i := range report.Lines {
				report.Lines[i].Line = i + 1
			}
			v.flash = &flash{Tone: "good", Text: addressesText(report.Added) + " What is left is below."}
			report.Added = 0
		}
		return v.addresses(&a)
	}
	if v.r.PostForm.Get("draft") != "" {
		return firstDraft(v)
	}
	return v.done("/start", addressesText(report.Added))
}

func addressesText(n int) string {
	if n == 1 {
		return "1 address added."
	}
	return strconv.Itoa(n) + " addresses added."
}

// leftOver are the pasted lines that could not be taken.
func leftOver(r *app.PasteReport) string {
	var lines []string
	for _, l := range r.Lines {
		if l.State == app.PastedUnclear || l.State == app.PastedRejected {
			lines = append(lines, l.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// pasted is the text of the form, after it the filled fields of the grid as lines whose
// customer is said, and the choices for lines that were unclear.
func (v *visit) pasted() (string, map[int]int64) {
	form := v.r.PostForm
	text := strings.TrimRight(strings.ReplaceAll(form.Get("text"), "\r\n", "\n"), "\n")
	choices := map[int]int64{}
	for name, values := range form {
		if line, ok := strings.CutPrefix(name, "whose-"); ok && values[0] != "" {
			n, err1 := strconv.Atoi(line)
			id, err2 := strconv.ParseInt(values[0], 10, 64)
			if err1 == nil && err2 == nil {
				choices[n] = id
			}
		}
	}
	line := 0
	if text != "" {
		line = strings.Count(text, "\n") + 1
	}
	for _, id := range form["customer"] {
		address := strings.TrimSpace(form.Get("email-" + id))
		n, err := strconv.ParseInt(id, 10, 64)
		if address == "" || err != nil {
			continue
		}
		if text != "" {
			text += "\n"
		}
		line++
		text += address
		choices[line] = n
	}
	return text, choices
}

// stateOfLine says what becomes of a pasted line.
func stateOfLine(l *app.PastedContact) (tone, word string) {
	switch l.State {
	case app.PastedAdded:
		return "good", "new"
	case app.PastedKnown:
		return "", "there already"
	case app.PastedLeft:
		return "", "left out"
	case app.PastedUnclear:
		return "warn", "whose is it?"
	}
	return "bad", "expected " + l.Why
}

// coverText says how much of the money can be written about.
func coverText(v *visit, c app.AddressCover) string {
	if c.Without == 0 {
		return "All " + look.Count(int64(c.Customers), "customer", "customers") + " who owe " + string(c.Currency) + " can be written to."
	}
	if c.Without == c.Customers {
		if c.Customers == 1 {
			return "The one customer who owes " + string(c.Currency) + " has no email address yet."
		}
		return "None of the " + v.f.Number(int64(c.Customers)) + " customers who owe " + string(c.Currency) + " has an email address yet."
	}
	return strconv.Itoa(c.Without) + " of " + v.f.Number(int64(c.Customers)) + " customers who owe " + string(c.Currency) +
		" have no email address. " + strconv.Itoa(c.Percent) + "\u00a0% of the money has one."
}

// firstNames are the first customers of a list, by name.
func firstNames(list []app.NoAddressCustomer) string {
	const most = 3
	var names []string
	for _, c := range list[:min(len(list), most)] {
		names = append(names, cmp.Or(c.Name, c.Number))
	}
	return strings.Join(names, ", ")
}

func doneOf(steps []station) int {
	n := 0
	for _, s := range steps {
		if s.done {
			n++
		}
	}
	return n
}
