package portal

import (
	"net/url"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// whole is the amount that an item was invoiced for.
func whole(i *app.PortalItem) money.Money {
	return money.Money{Minor: i.AmountMinor, Currency: i.Open.Currency}
}

// plainAmount is an amount as a bank's form takes it.
func plainAmount(m money.Money) string { return money.FormatMinor(m.Minor, m.Currency.Exponent()) }

// days bounds the day of a form to what can be meant.
func (v *visit) days(f *form) templ.Attributes {
	if f.kind == app.DebtorPaid {
		return templ.Attributes{"max": v.Today.String()}
	}
	a := templ.Attributes{"min": v.Today.String()}
	if f.kind == app.DebtorPromises {
		a["max"] = v.PromiseBy.String()
	}
	return a
}

// quiet says for how long nobody is reminded; "" where that ended or never was.
func (v *visit) quiet(e *app.PortalEvent) string {
	switch {
	case e.Ended || e.Until == cal.None || e.Until < v.Today:
		return ""
	case e.Until == cal.Far:
		return v.say("noted_quiet_open")
	}
	return v.say("noted_quiet", v.day(e.Until))
}

// forwarded is the link for whoever approves payments.
func (v *visit) forwarded() string {
	link := v.Base + "/p/" + v.Approve
	if v.language != v.Language {
		link += "?lang=" + string(v.language)
	}
	return link
}

// mailto begins an email with that link in the reader's own program.
func (v *visit) mailto() string {
	q := "subject=" + url.PathEscape(v.say("forward_subject", v.Creditor.LegalName)) + "&body=" +
		url.PathEscape(v.say("forward_body", v.Creditor.LegalName)+"\n\n"+v.forwarded()+"\n")
	return "mailto:?" + q
}
