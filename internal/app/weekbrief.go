package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/brief"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/store"
)

// briefNew is how many of those who are new on the list a brief names.
const briefNew = 5

// WeekBrief tells what a user should know of the last seven days and the next: of each
// creditor what came in, what fell overdue, what is overdue for how long, who is new among
// those who owe overdue, what goes out by itself and what waits for a person. The day of the
// brief is today; link, if there is one, leads to the first page. The language is that of
// the first creditor's country.
func (a *App) WeekBrief(ctx context.Context, w Within, link string) (brief.Data, error) {
	d := brief.Data{Language: locale.EnglishGB, Link: link}
	s, err := a.survey(ctx)
	if err != nil {
		return d, err
	}
	within, err := a.customersWithin(ctx, s, w)
	if err != nil {
		return d, err
	}
	for k := range s.creditors {
		c := &s.creditors[k]
		if l, ok := locale.OfCountry(c.Country); ok && k == 0 {
			d.Language = l
		}
		b := &briefing{a: a, ctx: ctx, s: s, creditor: k, within: within, from: c.today.AddDays(-7),
			figures: map[money.Currency]*brief.Figures{},
			out:     brief.Creditor{Name: c.Name, From: c.today.AddDays(-7), Day: c.today, CashKnown: c.cash, MustDo: c.work}}
		for _, part := range []func() error{b.aging, b.money, b.newOnes, b.aheadAndWaiting} {
			if err := part(); err != nil {
				return d, err
			}
		}
		d.Creditors = append(d.Creditors, b.told())
	}
	return d, nil
}

// BriefFor returns what writes the weekly brief of each user, with a link to the first page.
// Users who see their own customers only are told of these.
func (a *App) BriefFor(link string) Briefing {
	return func(ctx context.Context, u User, _ cal.Date) (UserMail, error) {
		var w Within
		if !u.May(access.ViewAll) {
			scope, err := a.ScopeOf(ctx, u.Login)
			if err != nil {
				return UserMail{}, err
			}
			w = Within{Scope: &scope, Mine: true}
		}
		d, err := a.WeekBrief(ctx, w, link)
		if err != nil {
			return UserMail{}, err
		}
		m, err := brief.Write(&d)
		return UserMail{Subject: m.Subject, Text: m.Text, HTML: m.HTML}, err
	}
}

// briefing gathers the brief of one creditor.
type briefing struct {
	a        *App
	ctx      context.Context
	s        *survey
	creditor int
	within   func(customer int32) bool
	from     cal.Date // the first day of the week
	figures  map[money.Currency]*brief.Figures
	out      brief.Creditor
}

// of reports whether a customer is told of.
func (b *briefing) of(customer int64) bool {
	k := b.s.find(customer)
	return k >= 0 && int(b.s.customers[k].creditor) == b.creditor && (b.within == nil || b.within(int32(k)))
}

func (b *briefing) in(c money.Currency) *brief.Figures {
	f := b.figures[c]
	if f == nil {
		zero := money.Money{Currency: c}
		f = &brief.Figures{CameIn: zero, FellOverdue: zero, Overdue: zero}
		b.figures[c] = f
	}
	return f
}

// bucketDaysNames are the overdue buckets as a brief names them.
var bucketDaysNames = [book.BucketCount]string{"", "1–30", "31–60", "61–90", "91–120", "121–180", "181–365", "366+"}

// aging takes what is overdue from the aging.
func (b *briefing) aging() error {
	r, err := b.a.Aging(b.ctx, AgingRequest{Creditor: b.s.creditors[b.creditor].Code, ByCustomer: b.within != nil})
	if err != nil {
		return err
	}
	sums := map[money.Currency]*book.Aging{}
	if b.within == nil {
		for i := range r.Currencies {
			sums[r.Currencies[i].Currency] = &r.Currencies[i].Aging
		}
	}
	for i := range r.Customers {
		for k := range r.Customers[i].Currencies {
			if c := &r.Customers[i].Currencies[k]; b.of(r.Customers[i].ID) {
				if sums[c.Currency] == nil {
					sums[c.Currency] = &book.Aging{}
				}
				sums[c.Currency].Merge(&c.Aging)
			}
		}
	}
	for code, sum := range sums {
		f := b.in(code)
		for k, bucket := range sum.Buckets {
			if k != book.NotDue && bucket.Count > 0 {
				m := money.Money{Minor: bucket.AmountMinor, Currency: code}
				f.Buckets = append(f.Buckets, brief.Bucket{Days: bucketDaysNames[k], Count: int(bucket.Count), Amount: m})
				f.Overdue.Minor = money.AddMinor(f.Overdue.Minor, m.Minor)
			}
		}
	}
	return nil
}

// money adds up what came in and what fell overdue from the first day of the week to
// yesterday.
func (b *briefing) money() error {
	yesterday := b.out.Day.AddDays(-1)
	return b.a.read(b.ctx, func(tx store.Tx) error {
		for _, f := range b.figures {
			f.CameIn.Minor, f.Receipts, f.FellOverdue.Minor, f.FellCount = 0, 0, 0, 0
		}
		if err := eachReceipt(tx, b.a.tenant, b.from, yesterday, func(m *receipt) {
			if b.of(m.customer) {
				f := b.in(money.Currency(m.currency))
				f.CameIn.Minor, f.Receipts = money.AddMinor(f.CameIn.Minor, m.minor), f.Receipts+int(m.count())
			}
		}); err != nil {
			return err
		}
		b.out.Avoided = 0
		if err := eachStopped(tx, b.a.tenant, b.from, b.out.Day, func(m *stoppedMessage) {
			if b.of(m.customer) && slices.Contains(AvoidedCauses, m.cause) {
				b.out.Avoided++
			}
		}); err != nil {
			return err
		}
		return store.Each(tx, `SELECT customer_id, currency, open_minor FROM item WHERE tenant_id = $1 AND open_minor > 0
			AND due_date >= $2 AND due_date <= $3`, []any{b.a.tenant, b.from, yesterday}, func(r store.Rows) error {
			if b.of(r.Int64(0)) {
				f := b.in(currency(r.Bytes(1)))
				f.FellOverdue.Minor, f.FellCount = money.AddMinor(f.FellOverdue.Minor, r.Int64(2)), f.FellCount+1
			}
			return nil
		})
	})
}

// newOnes finds those whose oldest overdue item fell due in the week.
func (b *briefing) newOnes() error {
	var lines []int32
	for i := range b.s.lines {
		l := &b.s.lines[i]
		if l.late > 0 && l.oldest >= b.from && b.of(b.s.customerOf(l).id) {
			lines = append(lines, int32(i))
		}
	}
	largest := b.s.byAmount(func(l *surveyLine) int64 { return l.overdue })
	slices.SortFunc(lines, func(i, k int32) int {
		return cmp.Or(largest(&b.s.lines[i], &b.s.lines[k]), cmp.Compare(i, k))
	})
	b.out.NewCount = len(lines)
	lines = lines[:min(len(lines), briefNew)]
	return b.a.read(b.ctx, func(tx store.Tx) error {
		names, err := b.a.customerNames(tx, b.s.customersOf(lines))
		b.out.New = nil
		for _, i := range lines {
			l := &b.s.lines[i]
			b.out.New = append(b.out.New, brief.Customer{Name: names[b.s.customerOf(l).id].name,
				Amount: money.Money{Minor: l.overdue, Currency: b.s.currencies[l.currency]}})
		}
		return err
	})
}

// aheadAndWaiting tells what goes out by itself and what waits for a release. To a user of
// the own customers only, who releases nothing, it tells neither.
func (b *briefing) aheadAndWaiting() error {
	code := b.s.creditors[b.creditor].Code
	ahead, err := b.a.WeekAhead(b.ctx, code)
	if err != nil {
		return err
	}
	if b.out.Observes = ahead.Observes; b.within != nil {
		b.out.MustDo = 0
		return nil
	}
	for i := range ahead.Days {
		for _, g := range ahead.Days[i].ByItself {
			k := slices.IndexFunc(b.out.Ahead, func(s brief.Step) bool { return s.Key == g.Step })
			if k < 0 {
				k = len(b.out.Ahead)
				b.out.Ahead = append(b.out.Ahead, brief.Step{Key: g.Step})
			}
			b.out.Ahead[k].Count += g.Count
		}
	}
	slices.SortStableFunc(b.out.Ahead, func(x, y brief.Step) int { return cmp.Compare(y.Count, x.Count) })
	lane, err := b.a.Machine(b.ctx, code)
	for i := range lane.Groups {
		b.out.Release += lane.Groups[i].Waiting
	}
	return err
}

// told is the brief with its figures in order.
func (b *briefing) told() brief.Creditor {
	own := b.s.creditors[b.creditor].Currency
	codes := make([]money.Currency, 0, len(b.figures))
	for code := range b.figures {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(x, y money.Currency) int { return byCurrency(own, x, y) })
	for _, code := range codes {
		b.out.Figures = append(b.out.Figures, *b.figures[code])
	}
	return b.out
}
