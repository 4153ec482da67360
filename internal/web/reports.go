package web

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/plot"
	"github.com/recoup-project/recoup/internal/web/look"
)

const agingFormula = "What is open of each invoice, by the days since its contractual due date. Money that is not " +
	"matched yet stands apart. All of it adds up to the control total, which is computed from the entries alone."

// weeksOf is how many weeks a report is asked for: a quarter or a year.
func (v *visit) weeksOf() int {
	if v.r.FormValue("weeks") == "52" {
		return 52
	}
	return 13
}

func (v *visit) reportRequest() app.ReportRequest {
	return app.ReportRequest{Creditor: v.creditor.Code, Weeks: v.weeksOf()}
}

// reports is the overview of the reports: each plot with its formula and what is behind it.
func reports(v *visit) error {
	ctx, req := v.r.Context(), v.reportRequest()
	aging, err := v.App.AgingToday(ctx, v.creditor.Code)
	if err != nil {
		return err
	}
	weeks, err := v.App.WeeksReport(ctx, req)
	if err != nil {
		return err
	}
	reasons, err := v.App.ReasonsReport(ctx, req)
	if err != nil {
		return err
	}
	avoided, err := v.App.AvoidedReport(ctx, req)
	if err != nil {
		return err
	}
	var all []figure
	for _, own := range []bool{true, false} { // the creditor's own currency first
		for i := range aging.Currencies {
			if a := &aging.Currencies[i]; (a.Currency == v.creditor.Currency) == own {
				all = append(all, v.agingFigure(&aging, a))
			}
		}
	}
	for i := range weeks.Currencies {
		all = append(all, v.weeksFigure(&weeks, &weeks.Currencies[i]))
	}
	all = append(all, v.reasonsFigure(&reasons), v.avoidedFigure(&avoided))
	return v.page("Reports", reportsPage(v, all))
}

// named is how many customers have a colour of their own in the aging.
const named = 4

// agingFigure draws the aging of a currency, made of the largest customers and the rest.
func (v *visit) agingFigure(r *app.AgingReport, a *app.AgingCurrency) figure {
	c := a.Currency
	code := string(c)
	f := figure{ID: "aging-" + code, Title: "Open by age, " + code, Formula: agingFormula, AsOf: r.AsOf,
		Export: "/export/aging/file?", Behind: "/reports/aging?currency=" + code}
	var count int64
	links := make([]string, len(book.BucketNames))
	labels := make([]string, len(book.BucketNames))
	for i, name := range book.BucketNames {
		count += a.Buckets[i].Count
		labels[i] = bucketName(name)
		links[i] = "/reports/aging?currency=" + code + "&bucket=" + name
	}
	f.N = look.Count(count, "invoice", "invoices")
	if count == 0 {
		f.Empty = "Nothing is open in " + code + "."
		return f
	}
	series := shares(r, a)
	f.draw(plot.Frame{Title: "Open amounts by age in " + code, Desc: v.agingSentence(a), Format: v.fullMoney(c),
		Short: v.shortMoney(c)}, func(frame plot.Frame) plot.Plot {
		p := plot.Stacked{Frame: frame, Buckets: labels, Heading: "Days overdue", Series: series, Links: links}
		if frame.Width == plotNarrow {
			p.Buckets = latestDays
		}
		return p
	})
	return f
}

// latestDays are the buckets by their last day, where there is room for no more.
var latestDays = []string{"0", "30", "60", "90", "120", "180", "365", "366+"}

// agingSentence is what a person would see at a glance.
func (v *visit) agingSentence(a *app.AgingCurrency) string {
	open := a.Total().AmountMinor - a.Credits.AmountMinor
	return v.f.Round(open, a.Currency) + " open, " + v.f.Round(a.OverdueMinor(), a.Currency) + " of it overdue."
}

// shares are the customers who owe most, bucket by bucket, and everybody else together.
func shares(r *app.AgingReport, a *app.AgingCurrency) []plot.Series {
	rows, of := r.Largest(a.Currency, "", 0, named)
	rest := plot.Series{Name: "Everybody else", Values: make([]int64, len(a.Buckets))}
	for i, s := range a.Buckets {
		rest.Values[i] = s.AmountMinor
	}
	all := []plot.Series{rest}
	for i := range rows {
		s := plot.Series{Name: rows[i].Name, Values: make([]int64, len(a.Buckets))}
		for k, b := range rows[i].Aging.Buckets {
			s.Values[k] = b.AmountMinor
			rest.Values[k] -= b.AmountMinor
		}
		all = append(all, s)
	}
	if of <= named {
		return all[1:]
	}
	return all
}

// weeksFigure draws what was overdue and what was collected, week by week.
func (v *visit) weeksFigure(r *app.WeeksReport, w *app.WeeksCurrency) figure {
	c := w.Currency
	f := figure{ID: "weeks-" + string(c), Title: "Overdue and collected by week, " + string(c), Formula: r.Formula, AsOf: r.AsOf,
		Export: "/export/weeks/file?weeks=" + strconv.Itoa(v.weeksOf())}
	var receipts int64
	bars, line := plot.Series{Name: "Collected"}, plot.Series{Name: "Overdue"}
	var labels, links []string
	for i := range w.Weeks {
		week := &w.Weeks[i]
		receipts += week.Receipts
		labels = append(labels, v.weekName(week.From))
		links = append(links, "/reports/aging?currency="+string(c)+"&on="+week.To.String())
		bars.Values = append(bars.Values, week.Collected.Minor)
		line.Values = append(line.Values, week.Overdue.Minor)
	}
	f.N = look.Count(receipts, "receipt", "receipts")
	last := &w.Weeks[len(w.Weeks)-1]
	f.draw(plot.Frame{Title: "Overdue and collected by week in " + string(c), Desc: v.f.Round(last.Overdue.Minor, c) +
		" is overdue; " + v.f.Round(last.Collected.Minor, c) + " was collected this week.", Format: v.fullMoney(c),
		Short: v.shortMoney(c)}, func(frame plot.Frame) plot.Plot {
		return plot.Weeks{Frame: frame, Labels: labels, Heading: "Week from", Bars: bars, Line: line, Links: links}
	})
	return f
}

// reasonsFigure draws why customers paid late.
func (v *visit) reasonsFigure(r *app.ReasonsReport) figure {
	f := figure{ID: "reasons", Title: "Why customers pay late", Formula: r.Formula, AsOf: r.AsOf,
		N: look.Count(int64(r.Total), "reason", "reasons") + " since " + v.f.Date(r.From), Behind: v.behind("reasons", "", ""),
		Export: "/export/reasons/file?weeks=" + strconv.Itoa(v.weeksOf())}
	if r.Total == 0 {
		f.Empty = "Nobody has written a reason down yet. Ask on the next call, and keep it on the customer's page."
		return f
	}
	var labels, links []string
	counts := plot.Series{Name: "Times"}
	for _, cause := range r.Causes {
		labels = append(labels, cause.Text)
		links = append(links, v.behind("reasons", cause.Cause, ""))
		counts.Values = append(counts.Values, int64(cause.Count))
	}
	f.draw(plot.Frame{Title: "Reasons for late payment", Desc: labels[0] + " comes first.", Format: v.f.Number},
		func(frame plot.Frame) plot.Plot {
			return plot.Bars{Frame: frame, Heading: "Reason", Labels: labels, Series: counts, Links: links}
		})
	return f
}

// avoidedFigure draws the wrong chases avoided, by week and cause.
func (v *visit) avoidedFigure(r *app.AvoidedReport) figure {
	f := figure{ID: "avoided", Title: "Wrong chases avoided", Formula: r.Formula, AsOf: r.AsOf,
		N:      look.Count(int64(r.Total), "message", "messages") + ", " + v.f.Number(r.Ever) + " ever",
		Behind: v.behind("avoided", "", ""), Export: "/export/avoided/file?weeks=" + strconv.Itoa(v.weeksOf())}
	if r.Total == 0 {
		f.Empty = "None in these weeks: no released message had to be stopped."
		return f
	}
	var labels, links []string
	for i := range r.Weeks {
		labels = append(labels, v.weekName(r.Weeks[i].From))
		links = append(links, v.behind("avoided", "", r.Weeks[i].From.String()))
	}
	series := avoidedSeries(r)
	f.draw(plot.Frame{Title: "Wrong chases avoided by week", Desc: look.Count(int64(r.Total), "message", "messages") +
		" stopped before leaving.", Format: v.f.Number}, func(frame plot.Frame) plot.Plot {
		return plot.Stacked{Frame: frame, Buckets: labels, Heading: "Week from", Series: series, Links: links}
	})
	return f
}

// avoidedSeries is a series for each of the most frequent causes, and one for all others.
func avoidedSeries(r *app.AvoidedReport) []plot.Series {
	var all []plot.Series
	rest := plot.Series{Name: "Others", Values: make([]int64, len(r.Weeks))}
	for n, cause := range r.Causes {
		s := plot.Series{Name: cause.Text, Values: make([]int64, len(r.Weeks))}
		for i := range r.Weeks {
			count := int64(r.Weeks[i].Causes[cause.Cause])
			s.Values[i] = count
			if n >= named {
				rest.Values[i] += count
			}
		}
		if n < named {
			all = append(all, s)
		}
	}
	if len(r.Causes) > named {
		all = append(all, rest)
	}
	return all
}

// behind is the address of the lines that a report counts.
func (v *visit) behind(report, cause, week string) string {
	q := url.Values{"weeks": {strconv.Itoa(v.weeksOf())}}
	if cause != "" {
		q.Set("cause", cause)
	}
	if week != "" {
		q.Set("week", week)
	}
	return "/reports/" + report + "?" + q.Encode()
}

// ages is what the page of the aging shows: the sums, and customers page by page.
type ages struct {
	app.AgingReport
	Sum    *app.AgingCurrency // of the currency that is shown; nil if nothing is open at all
	Bucket string
	Rows   []app.AgingRow
	All    int
	Next   string
}

// agingLength is how many customers a page of the aging has.
const agingLength = 100

// agingReport shows what is open by age, and who owes it.
func agingReport(v *visit) error {
	on, err := v.day("on")
	if err != nil {
		return err
	}
	a := ages{Bucket: v.r.FormValue("bucket")}
	if on == cal.None || on == v.f.Today {
		a.AgingReport, err = v.App.AgingToday(v.r.Context(), v.creditor.Code)
	} else {
		a.AgingReport, err = v.App.Aging(v.r.Context(), app.AgingRequest{Creditor: v.creditor.Code, AsOf: on, ByCustomer: true})
	}
	if err != nil {
		return err
	}
	wanted := money.Currency(cmp.Or(v.r.FormValue("currency"), string(v.creditor.Currency)))
	for i := range a.Currencies {
		if c := &a.Currencies[i]; a.Sum == nil || c.Currency == wanted {
			a.Sum = c
		}
	}
	if !slices.Contains(book.BucketNames[:], a.Bucket) {
		a.Bucket = ""
	}
	if a.Sum != nil {
		from, _ := strconv.Atoi(v.r.FormValue("after"))
		from = min(max(from, 0), math.MaxInt32)
		if a.Rows, a.All = a.Largest(a.Sum.Currency, a.Bucket, from, agingLength); from+agingLength < a.All {
			a.Next = strconv.Itoa(from + agingLength)
		}
	}
	return v.page("Aging", agingPage(v, &a))
}

// itemsPath is the list of the invoices behind a figure of the aging; "" where the list,
// which is of today, would show others.
func (a *ages) itemsPath(v *visit, customer int64, bucket string) string {
	if a.AsOf != v.f.Today {
		return ""
	}
	q := url.Values{"currency": {string(a.Sum.Currency)}}
	if customer != 0 {
		q.Set("customer", strconv.FormatInt(customer, 10))
	}
	if bucket != "" {
		q.Set("bucket", bucket)
	}
	return "/invoices?" + q.Encode()
}

// linesShown is how many lines behind a figure a page shows; a file has all of them.
const linesShown = 300

// reasonLines lists the reasons for late payment that the report counts.
func reasonLines(v *visit) error {
	cause := v.r.FormValue("cause")
	list, err := v.App.Reasons(v.r.Context(), v.reportRequest(), cause)
	if err != nil {
		return err
	}
	return v.page("Why customers pay late", reasonsPage(v, cause, list))
}

// avoidedLines lists the wrong chases avoided that the report counts, of all weeks or of one.
func avoidedLines(v *visit) error {
	cause := v.r.FormValue("cause")
	week, err := v.day("week")
	if err != nil {
		return err
	}
	list, err := v.App.Avoided(v.r.Context(), v.reportRequest(), cause)
	if err != nil {
		return err
	}
	if week != cal.None {
		list = slices.DeleteFunc(list, func(l app.AvoidedLine) bool { return l.Day < week || l.Day > week.AddDays(6) })
	}
	return v.page("Wrong chases avoided", avoidedPage(v, cause, week, list))
}
