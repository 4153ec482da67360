package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/store"
)

// writing turns one stored message into what the document package renders.
type writing struct {
	a       *App
	d       *desk
	acc     *book.Account
	debtor  partyRow
	row     *messageRow
	msg     document.Message
	contact book.Contact
	files   []Attachment
	copied  []paperRow // invoices that are attached
	inside  string     // the name of the letter that is attached
	whose   law.Applicable
}

// message fills every field. The order matters only where a later part reads an
// earlier one: language, then items, then claims.
func (w *writing) message(tx store.Tx) (document.Message, error) {
	if ended(w.row.state) && !w.row.lapsed() {
		return w.msg, refused(reason.MessageEnded, w.row.state.InWords())
	}
	w.whose = w.a.law.WhoseLaw(law.Parties{
		CreditorCountry: w.d.creditor.Country, CreditorRegion: w.d.creditor.Subdivision,
		DebtorCountry: w.acc.Customer.Country, DebtorRegion: w.acc.Customer.Subdivision,
		ChosenLaw: w.acc.Customer.Law,
	})
	w.msg = document.Message{
		Sketch: w.d.sketch,
		Step:   document.Step(w.row.step), Date: w.row.day, PayBy: w.row.payBy,
		Currency: w.row.currency, Reference: paymentReference(w.acc.Customer.Number),
		Consequences: consequences(w.row.step, w.d.set.Policy.Consequences),
	}
	w.msg.Link = w.d.links.address(w.a.tenant, w.acc.Customer.ID)
	if w.row.step == Correction { // of the day on which it is written
		w.msg.Date = max(w.row.day, cal.DateIn(tx.Now(), w.d.creditor.Zone))
	}
	if forum := w.whose.Forum.Pack; forum != nil {
		w.msg.Forum = document.Forum(forum.Code())
	}
	w.variant()
	w.msg.Language = w.language()
	w.msg.Creditor = w.sender()
	w.addressee(w.debtor)
	if w.msg.Step == document.Correction {
		return w.msg, w.correction(tx)
	}
	w.items()
	w.interruption()
	w.claims()
	w.earlier()
	w.msg.SentBy = w.sentBy()
	w.attach()
	var err error
	if w.row.words != 0 {
		err = store.One(tx, `SELECT body FROM words WHERE tenant_id = $1 AND words_id = $2`,
			[]any{w.a.tenant, w.row.words},
			func(r store.Rows) { w.msg.PersonalLine = r.Text(0) })
	}
	return w.msg, err
}

// correction names the message that is taken back. It states no figure.
func (w *writing) correction(tx store.Tx) error {
	w.msg.PayBy, w.msg.Claim = cal.None, document.ClaimBasis{From: cal.None, Until: cal.None}
	return store.One(tx, `SELECT day, lead_step FROM message WHERE tenant_id = $1 AND message_id = $2`,
		[]any{w.a.tenant, w.row.corrects},
		func(r store.Rows) {
			w.msg.Correction = &document.Mistaken{Day: r.Day(0), Name: w.nameOf(r.Text(1))}
		})
}

// nameOf is the name under which the customer was sent a step.
func (w *writing) nameOf(step string) string {
	s := document.Step(step)
	court := slices.Contains(consequences(step, w.d.set.Policy.Consequences), document.Court)
	return document.StepName(w.msg.Language, s, court, w.msg.Forum)
}

// language is the customer's if messages are written in it, else the creditor's. The
// letter of the English debt protocol and its forms are in English for everybody.
func (w *writing) language() locale.Language {
	if w.msg.Variant == document.Individual {
		return locale.EnglishGB
	}
	return languageFor(w.acc.Customer.Language, w.d.creditor.Country)
}

// sender is the creditor as its settings describe it. Name, address and numbers
// fall back to the creditor's own party; nothing else is guessed.
func (w *writing) sender() document.Creditor {
	v, p := w.d.values, w.d.party
	c := document.Creditor{
		LegalName: orElse(v["sender.name"], p.name), Address: addressLines(orElse(v["sender.address"], p.address)),
		Register: w.d.particular(settingRegisterNo), RegisteredIn: w.d.particular(settingRegisteredIn),
		Office: w.d.particular(settingOffice), Directors: w.d.particular(settingDirectors),
		VATID:  w.d.particular(settingVATID),
		Person: v["sender.person"], PersonRole: v["sender.signature"], Phone: v["sender.phone"],
		ReplyTo: v["sender.reply_to"],
	}
	c.Bank = document.BankDetails{Holder: v["bank.holder"], IBAN: v["bank.iban"], BIC: v["bank.bic"],
		UnchangedSince: cal.ParseBytes([]byte(v["bank.unchanged_since"]))}
	if w.d.sketch && !c.Bank.UnchangedSince.Valid() {
		c.Bank.UnchangedSince = w.row.day
	}
	// Six digits are a British sort code, nine an American routing number.
	switch routing := v["bank.routing"]; countDigits(routing) {
	case 0:
	case 6:
		c.Bank.SortCode, c.Bank.Account = routing, v["bank.account"]
	default:
		c.Bank.Routing, c.Bank.Account = routing, v["bank.account"]
	}
	return c
}

func orElse(a, b string) string {
	if strings.TrimSpace(a) != "" {
		return a
	}
	return b
}

func countDigits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// addressLines splits an address; a setting may write the line break as \n.
func addressLines(s string) []string {
	var lines []string
	for _, line := range strings.Split(strings.ReplaceAll(s, `\n`, "\n"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// paymentReference is what the customer quotes: the ISO 11649 form of the customer number
// where it can be written so, else the number itself.
func paymentReference(number string) string {
	if rf, err := document.RFReference(number); err == nil {
		return rf
	}
	return number
}

// consequences are the steps that the creditor has switched on as its policy. A final
// demand names one, the step that comes next: of several the last in the order in
// which [document.Consequences] lists them.
func consequences(step string, switchedOn []string) []document.Consequence {
	var out []document.Consequence
	for _, known := range document.Consequences() {
		if slices.Contains(switchedOn, string(known)) {
			out = append(out, known)
		}
	}
	if document.Step(step) == document.FinalDemand && len(out) > 1 {
		out = out[len(out)-1:]
	}
	return out
}

func (w *writing) addressee(p partyRow) {
	w.msg.Debtor = document.Debtor{LegalName: p.name, CustomerNumber: w.acc.Customer.Number,
		Address: addressLines(p.address)}
	for _, c := range w.acc.Contacts {
		if c.ID == w.row.contact {
			w.contact, w.msg.Debtor.ContactName = c, c.Name
		}
	}
	if w.acc.Customer.Kind == book.Individual && w.msg.Debtor.ContactName == "" {
		w.msg.Debtor.ContactName = p.name // one person has no department to be greeted
	}
}

// kind is the kind by whose rules the message is written.
func (w *writing) kind() book.DebtorKind {
	stage, _ := strategy.StageOf(w.row.step)
	return w.acc.Customer.KindAt(stage >= strategy.StageFinal)
}

// copies are the addresses of the contacts that the figures name for a copy. One that
// no longer works never keeps the message back: it is left out, and leftOut says why.
// The debt of a natural person is discussed with nobody else.
func (w *writing) copies() (addresses, leftOut []string) {
	for _, id := range w.row.figures.Copy {
		k := slices.IndexFunc(w.acc.Contacts, func(c book.Contact) bool { return c.ID == id })
		why := ""
		switch {
		case k < 0:
			why = "no longer a contact"
		case w.kind().NaturalPerson():
			why = "a natural person"
		case w.acc.Contacts[k].Email == "":
			why = "no address"
		case !w.acc.Contacts[k].Working():
			why = w.acc.Contacts[k].State
		}
		if why != "" {
			leftOut = append(leftOut, fmt.Sprintf("no copy to contact %d: %s", id, why))
			continue
		}
		address := w.acc.Contacts[k].Email
		same := func(other string) bool { return strings.EqualFold(other, address) }
		if !same(w.contact.Email) && !slices.ContainsFunc(addresses, same) {
			addresses = append(addresses, address)
		}
	}
	return addresses, leftOut
}

// variant picks the text for natural persons where the overlay names one: also for
// a debtor of unknown kind (guardrail R3). The debt protocol is one of the courts of
// England and Wales; elsewhere in the kingdom its thirty days stay, not its letter.
func (w *writing) variant() {
	overlay := w.d.set.Overlays[w.acc.Customer.Country]
	if overlay == nil || !w.kind().NaturalPerson() || w.msg.Forum != document.EnglandWales {
		return
	}
	if len(overlay.NaturalPersonPack[w.row.step]) > 0 {
		w.msg.Variant = document.Individual
	}
}

// earlier names the messages about these items that went out before, by date. The mail that
// a letter goes beside is no earlier request: it is this one, by the other way.
func (w *writing) earlier() {
	for i := range w.acc.Messages {
		m := &w.acc.Messages[i]
		if m.ID == w.row.id || m.State != book.Sent || m.Stage < 1 || m.SentDay >= w.row.day {
			continue
		}
		if m.Step == w.row.step && m.Channel != w.row.channel && m.PayBy == w.row.payBy {
			continue
		}
		about, all := w.about(m)
		if len(about) == 0 {
			continue
		}
		if all {
			about = nil
		}
		name := w.nameOf(m.Step)
		if name == "" || (m.Channel != book.Email && m.Channel != book.Letter) {
			continue
		}
		w.msg.EarlierMessages = append(w.msg.EarlierMessages, document.Earlier{Day: m.SentDay,
			Channel: document.Channel(m.Channel), Name: name, About: about})
	}
	list := w.msg.EarlierMessages
	slices.SortStableFunc(list, func(x, y document.Earlier) int { return int(x.Day) - int(y.Day) })
	for i := range list[:max(0, len(list)-1)] { // one step by two ways is one message
		if next := list[i+1]; next.Day == list[i].Day && next.Name == list[i].Name &&
			next.Channel != list[i].Channel {
			list[i+1].Channel = document.ByBoth
		}
	}
	slices.Reverse(list) // of two, the later one says both
	list = slices.CompactFunc(list,
		func(x, y document.Earlier) bool { return x.Day == y.Day && x.Name == y.Name })
	slices.Reverse(list)
	w.msg.EarlierMessages = list
}

// told reports whether an item of this message was told something by message id.
func (w *writing) told(id int64) bool {
	return slices.ContainsFunc(w.acc.Notices, func(n book.Notice) bool {
		return n.Message == id && !n.Voided &&
			w.stated(n.Item)
	})
}

// about names the items of this message that an earlier one asked for, unless it asked
// for all of them. What fell due only after it, because the due date was put off since, it
// did not ask for.
func (w *writing) about(m *book.Message) (numbers []string, all bool) {
	lines := w.row.figures.Lines
	for i := range lines {
		it := w.acc.Item(lines[i].Item)
		if it != nil && it.DueDate < m.SentDay && slices.ContainsFunc(w.acc.Notices, func(n book.Notice) bool {
			return n.Message == m.ID && !n.Voided && n.Item == it.ID
		}) {
			numbers = append(numbers, book.ItemName(it.Number, it.Instalment))
		}
	}
	return numbers, len(numbers) == len(lines)
}

// sentBy says by which ways the same step goes out today, if by more than one.
func (w *writing) sentBy() string {
	for i := range w.acc.Messages {
		m := &w.acc.Messages[i]
		if m.ID == w.row.id || m.Day != w.row.day || m.Step != w.row.step || m.Currency != w.row.currency ||
			m.Channel == w.row.channel || m.State == book.Proposed || !m.Live() {
			continue
		}
		if w.msg.Language == locale.German {
			return "per Post und per E-Mail"
		}
		return "by post and by email"
	}
	return ""
}
