package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/access"
)

// route is one address of the server: who may ask for it, and who answers.
type route struct {
	method  string
	pattern string
	may     access.Permission
	answer  func(*visit) error
	upload  bool // takes files
	kept    bool // only tells what is known: given again for a second
	file    bool // answers with a file, not with a page

	anyCreditor bool // a form that means the same whichever creditor is chosen
}

// takes is how large a form may be, in bytes.
func (rt *route) takes() int64 {
	if rt.upload {
		return 64 << 20
	}
	return 1 << 20
}

// routes is every page and form. A new one is one line here; its permission is part of it.
var routes []route

// The table is filled when the program starts, as pages name each other through it.
func init() {
	routes = slices.Concat(workRoutes(), ruleRoutes(), reportRoutes(), fileRoutes(), houseRoutes())
}

// workRoutes are the pages of the daily work.
func workRoutes() []route {
	return []route{
		{method: "GET", pattern: "/{$}", may: access.View, answer: home},
		{method: "GET", pattern: "/today", may: access.ViewAll, answer: today, kept: true},
		{method: "GET", pattern: "/today/{lane}", may: access.ViewAll, answer: lane, kept: true},
		{method: "GET", pattern: "/search", may: access.View, answer: search},
		{method: "GET", pattern: "/customers", may: access.View, answer: customers, kept: true},
		{method: "POST", pattern: "/customers/change", may: access.Customers, answer: changeCustomers},
		{method: "GET", pattern: "/customers/{id}", may: access.View, answer: customer},
		{method: "GET", pattern: "/customers/{creditor}/{number}", may: access.View, answer: customerByNumber},
		{method: "POST", pattern: "/customers/{id}/hold", may: access.Work, answer: addHold},
		{method: "POST", pattern: "/customers/{id}/note", may: access.Comment, answer: addNote, upload: true},
		{method: "POST", pattern: "/customers/{id}/call", may: access.Work, answer: addCall},
		{method: "POST", pattern: "/customers/{id}/payment", may: access.Money, answer: addPayment},
		{method: "POST", pattern: "/customers/{id}/reason", may: access.Comment, answer: addReason},
		{method: "POST", pattern: "/customers/{id}/contact", may: access.Work, answer: addContact},
		{method: "POST", pattern: "/customers/{id}/contact/{contact}/remove", may: access.Work, answer: removeContact},
		{method: "POST", pattern: "/customers/{id}/link", may: access.Work, answer: customerLink},
		{method: "POST", pattern: "/customers/{id}/set", may: access.Customers, answer: setCustomer},
		{method: "POST", pattern: "/customers/{id}/apply", may: access.Money, answer: applyCredit},
		{method: "GET", pattern: "/customers/{id}/timeline", may: access.View, answer: customerTimeline},
		{method: "GET", pattern: "/customers/{id}/statement/file", may: access.Export, answer: statementFile},
		{method: "POST", pattern: "/customers/{id}/papers", may: access.Work, answer: addPaper, upload: true},
		{method: "GET", pattern: "/customers/{id}/papers/{paper}/file", may: access.View, answer: paperFile},
		{method: "POST", pattern: "/customers/{id}/papers/{paper}/remove", may: access.Work, answer: removePaper},
		{method: "POST", pattern: "/holds/{id}/end", may: access.Work, answer: endHold},
		{method: "POST", pattern: "/pauses/{id}/end", may: access.Work, answer: endPauses},
		{method: "POST", pattern: "/payments/{id}/{entry}/reverse", may: access.Money, answer: reversePayment},
		{method: "POST", pattern: "/tasks/{id}/done", may: access.Work, answer: taskDone},
		{method: "GET", pattern: "/messages", may: access.ViewAll, answer: messages},
		{method: "GET", pattern: "/messages/{id}", may: access.View, answer: message},
		{method: "GET", pattern: "/messages/{id}/body", may: access.View, answer: messageBody},
		{method: "GET", pattern: "/messages/{id}/letter.pdf", may: access.View, answer: messageLetter, file: true},
		{method: "GET", pattern: "/messages/{id}/mail.eml", may: access.View, answer: messageEML, file: true},
		{method: "GET", pattern: "/messages/{id}/files/{name}", may: access.View, answer: messageFile, file: true},
		{method: "POST", pattern: "/messages/{id}/proof", may: access.Work, answer: addProof, upload: true},
		{method: "GET", pattern: "/messages/{id}/proofs/{sha256}", may: access.View, answer: proofFile, file: true},
		{method: "GET", pattern: "/letters", may: access.ViewAll, answer: letters},
		{method: "POST", pattern: "/letters/print", may: access.Send, answer: printLetters},
		{method: "GET", pattern: "/letters/{id}/batch.pdf", may: access.ViewAll, answer: batchFile, file: true},
		{method: "POST", pattern: "/letters/{id}/posted", may: access.Work, answer: batchPosted},
		{method: "POST", pattern: "/messages/{id}/edit", may: access.Work, answer: editMessage},
		{method: "POST", pattern: "/messages/change", may: access.Work, answer: changeMessages},
		{method: "POST", pattern: "/messages/release-step", may: access.ApproveAsk, answer: releaseStep},
		{method: "POST", pattern: "/messages/{id}/resolve", may: access.Send, answer: resolveMessage},
		{method: "POST", pattern: "/messages/{id}/void", may: access.Work, answer: voidMessage},
		{method: "POST", pattern: "/run", may: access.Run, answer: runToday},
		{method: "POST", pattern: "/cash-known", may: access.Money, answer: cashKnown},
		{method: "GET", pattern: "/invoices", may: access.View, answer: invoices, kept: true},
		{method: "GET", pattern: "/calendar", may: access.ViewAll, answer: calendar, kept: true},
		{method: "GET", pattern: "/calendar/{day}", may: access.ViewAll, answer: calendarDay, kept: true},
		{method: "POST", pattern: "/calendar/move", may: access.Work, answer: move},
		{method: "POST", pattern: "/calendar/postpone", may: access.Work, answer: postpone},
		{method: "POST", pattern: "/filters", may: access.OwnAccount, answer: saveFilter},
		{method: "POST", pattern: "/filters/{id}/delete", may: access.OwnAccount, answer: deleteFilter},
	}
}

// reportRoutes are the reports, and the same as files.
func reportRoutes() []route {
	return []route{
		{method: "GET", pattern: "/reports", may: access.ViewAll, answer: reports, kept: true},
		{method: "GET", pattern: "/brief", may: access.View, answer: weeklyBrief, kept: true},
		{method: "GET", pattern: "/reports/aging", may: access.ViewAll, answer: agingReport, kept: true},
		{method: "GET", pattern: "/reports/reasons", may: access.ViewAll, answer: reasonLines, kept: true},
		{method: "GET", pattern: "/reports/avoided", may: access.ViewAll, answer: avoidedLines, kept: true},
		{method: "GET", pattern: "/reports/data", may: access.ViewAll, answer: dataQuality, kept: true},
		{method: "GET", pattern: "/export/{what}/file", may: access.Export, answer: exportFile},
	}
}

// ruleRoutes are how is written to customers: the ladders, and the texts.
func ruleRoutes() []route {
	return []route{
		{method: "GET", pattern: "/strategies", may: access.View, answer: strategies},
		{method: "GET", pattern: "/strategies/{key}", may: access.View, answer: strategyPage},
		{method: "GET", pattern: "/strategies/{key}/edit", may: access.View, answer: editStrategy},
		{method: "POST", pattern: "/strategies/{key}/try", may: access.View, answer: tryStrategy, upload: true},
		{method: "POST", pattern: "/strategies/{key}/activate", may: access.Strategies, answer: activateStrategy},
		{method: "GET", pattern: "/texts", may: access.View, answer: texts},
		{method: "GET", pattern: "/texts/{language}/{step}", may: access.View, answer: textPage},
		{method: "POST", pattern: "/texts/{language}/{step}", may: access.Strategies, answer: setText},
		{method: "POST", pattern: "/texts/{language}/{step}/check", may: access.View, answer: checkText},
		{method: "POST", pattern: "/texts/{language}/{step}/try", may: access.ViewAll, answer: tryText},
	}
}

// fileRoutes take files in, and lead a newcomer to the first draft.
func fileRoutes() []route {
	return []route{
		{method: "GET", pattern: "/import", may: access.Import, answer: importPage},
		{method: "POST", pattern: "/import", may: access.Import, answer: takeFiles, upload: true},
		{method: "GET", pattern: "/import/progress", may: access.Import, answer: howFar, file: true},
		{method: "GET", pattern: "/import/{id}", may: access.Import, answer: draftPage},
		{method: "POST", pattern: "/import/{id}", may: access.Import, answer: answerDraft},
		{method: "POST", pattern: "/import/{id}/discard", may: access.Import, answer: discardDraft},
		{method: "GET", pattern: "/papers", may: access.Import, answer: papersPage},
		{method: "POST", pattern: "/papers/{id}", may: access.Import, answer: placePaper},
		{method: "GET", pattern: "/papers/{id}/file", may: access.Import, answer: loosePaperFile},
		{method: "GET", pattern: "/start", may: access.Import, answer: startPage},
		{method: "GET", pattern: "/start/addresses", may: access.Import, answer: addressesPage},
		{method: "POST", pattern: "/start/addresses", may: access.Import, answer: pasteAddresses},
		{method: "POST", pattern: "/start/draft", may: access.Run, answer: firstDraft},
		{method: "GET", pattern: "/start/draft/{id}", may: access.Run, answer: sketchOf},
	}
}

// houseRoutes are settings, people and the audit log.
func houseRoutes() []route {
	return []route{
		{method: "GET", pattern: "/settings", may: access.View, answer: settings},
		{method: "POST", pattern: "/settings", may: access.Settings, answer: setSettings},
		{method: "POST", pattern: "/settings/bank", may: access.Bank, answer: setBank},
		{method: "POST", pattern: "/settings/bank/confirm", may: access.BankConfirm, answer: confirmBank},
		{method: "POST", pattern: "/settings/mail-test", may: access.Settings, answer: mailTest},
		{method: "POST", pattern: "/settings/closing-days", may: access.Settings, answer: setClosing},
		{method: "GET", pattern: "/settings/logo", may: access.View, answer: logo, file: true},
		{method: "POST", pattern: "/settings/logo", may: access.Settings, answer: setLogo, upload: true},
		{method: "POST", pattern: "/settings/creditors", may: access.Creditors, answer: addCreditor},
		{method: "POST", pattern: "/settings/confirm-total", may: access.Import, answer: confirmTotal},
		{method: "GET", pattern: "/settings/mail", may: access.Settings, answer: mailPage},
		{method: "POST", pattern: "/settings/mail", may: access.Settings, answer: setMail},
		{method: "POST", pattern: "/settings/mail/check", may: access.Settings, answer: checkMail},
		{method: "GET", pattern: "/audit", may: access.Audit, answer: auditLog},
		{method: "POST", pattern: "/audit/verify", may: access.Audit, answer: verifyAudit},
		{method: "POST", pattern: "/creditor", may: access.View, answer: chooseCreditor, anyCreditor: true},
		{method: "POST", pattern: "/theme", may: access.View, answer: chooseTheme, anyCreditor: true},
		{method: "GET", pattern: "/users", may: access.Users, answer: users},
		{method: "POST", pattern: "/users", may: access.Users, answer: addUser},
		{method: "POST", pattern: "/users/{login}", may: access.Users, answer: setUser},
		{method: "GET", pattern: "/me", may: access.OwnAccount, answer: me},
		{method: "POST", pattern: "/me", may: access.OwnAccount, answer: setMe, anyCreditor: true},
		{method: "POST", pattern: "/confirm", may: access.OwnAccount, answer: confirm, anyCreditor: true},
	}
}

// page wraps the handler of a route: who asks, whether they may, and what an error looks like.
func (s *Server) page(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rt.method == http.MethodPost {
			http.SetCookie(w, changedCookie)
		}
		r = patient(r)
		user, err := s.viewerOf(w, r)
		if err == errSignedOut {
			s.toSignIn(w, r)
			return
		}
		v := &visit{Server: s, w: w, r: r}
		if err == nil {
			keptAs := keptKey(r, &rt, &user)
			if body := s.kept.get(keptAs, time.Now()); body != nil {
				writePage(w, http.StatusOK, body)
				return
			}
			rest := r.Body
			r.Body = http.MaxBytesReader(nil, rest, rt.takes())
			v, err = s.begin(w, r, &rt, user)
			v.rest, v.keptAs = rest, keptAs
		}
		if err == nil && !user.may(rt.may) {
			err = forbidden(&rt)
		}
		if err == nil && rt.method == http.MethodPost {
			err = v.takeForm()
		}
		if err == nil {
			if again, ok := r.Context().Value(resent{}).(*failure); ok {
				v.failed = again
			}
			err = rt.answer(v)
		}
		if err != nil {
			s.fail(v, err)
		}
	})
}

// resent is the key under which a form that failed is handed to the page it was on.
type resent struct{}

// failure is a form that could not be done: what was wrong, and what was filled in.
type failure struct {
	err    error
	action string
	form   map[string][]string
	status int // of the answer
}

// again shows the page that a form was on, with what was filled in and why it failed.
func (s *Server) again(v *visit, back string, f *failure) bool {
	ctx := context.WithValue(v.r.Context(), resent{}, f)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, back, nil)
	if err != nil {
		return false
	}
	r.Header = v.r.Header.Clone()
	r.Header.Del("Content-Type")
	r.Host, r.RemoteAddr, r.RequestURI, r.TLS = v.r.Host, v.r.RemoteAddr, back, v.r.TLS
	s.handler.ServeHTTP(v.w, r)
	return true
}
