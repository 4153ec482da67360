package web

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/plot"
)

// figure is a plot on a page, with what a reader needs to trust it: the formula, the day,
// how much was counted, and the figures as a table and as a file.
type figure struct {
	ID      string
	Title   string
	Formula string
	AsOf    cal.Date
	N       string // how much was counted, in words
	Wide    plot.Plot
	Narrow  plot.Plot // the same for a phone
	Export  string    // address of the file, without its format; "": none
	Behind  string    // address of the page behind it; "": none
	Empty   string    // what it means that there is nothing to draw; "": there is
}

// Widths of drawings in pixels, so that their words are as large as those around them.
const (
	plotWide   = 720
	plotNarrow = 340
)

// draw draws a plot twice, for a wide screen and for a phone; the page shows one of them.
func (f *figure) draw(frame plot.Frame, with func(plot.Frame) plot.Plot) {
	frame.ID, frame.Class, frame.Width = f.ID, "only-wide", plotWide
	f.Wide = with(frame)
	frame.ID, frame.Class, frame.Width = f.ID+"-s", "only-narrow", plotNarrow
	f.Narrow = with(frame)
}

// drawn is a plot as a component of a page; the plot escapes what it writes.
func drawn(p plot.Plot) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := p.WriteTo(w)
		return err
	})
}

// shortMoney writes an amount where there is little room: "£12k", "£1.3m".
func (v *visit) shortMoney(c money.Currency) func(int64) string {
	return func(minor int64) string {
		unit := int64(1)
		for range c.Exponent() {
			unit *= 10
		}
		switch size := max(minor, -minor) / unit; {
		case size >= 10_000_000:
			return v.f.Round(minor/1_000_000, c) + "m"
		case size >= 10_000:
			return v.f.Round(minor/1_000, c) + "k"
		}
		return v.f.Round(minor, c)
	}
}

// fullMoney writes an amount without its minor units.
func (v *visit) fullMoney(c money.Currency) func(int64) string {
	return func(minor int64) string { return v.f.Round(minor, c) }
}

// weekName is a week by its Monday, where there is little room.
func (v *visit) weekName(monday cal.Date) string {
	_, m, day := monday.YMD()
	return strconv.Itoa(day) + " " + shortMonths[m-1]
}

var shortMonths = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
