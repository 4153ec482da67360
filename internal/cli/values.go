package cli

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// values teaches the parser days and currencies.
var values = kong.OptionFunc(func(k *kong.Kong) error {
	for _, o := range []kong.Option{
		kong.TypeMapper(reflect.TypeFor[cal.Date](), kong.MapperFunc(decodeDay)),
		kong.TypeMapper(reflect.TypeFor[money.Currency](), kong.MapperFunc(decodeCurrency)),
	} {
		if err := o.Apply(k); err != nil {
			return err
		}
	}
	return nil
})

// decodeDay reads a day; the word "none", the default of every day flag, is no day.
func decodeDay(ctx *kong.DecodeContext, target reflect.Value) error {
	var s string
	if err := ctx.Scan.PopValueInto("day", &s); err != nil {
		return err
	}
	if s == "none" {
		target.SetInt(int64(cal.None))
		return nil
	}
	d, err := cal.Parse(s)
	if err != nil {
		return fmt.Errorf("%q is no day: expected YYYY-MM-DD", s)
	}
	target.SetInt(int64(d))
	return nil
}

func decodeCurrency(ctx *kong.DecodeContext, target reflect.Value) error {
	var s string
	if err := ctx.Scan.PopValueInto("currency", &s); err != nil {
		return err
	}
	c, err := money.ParseCurrency(s)
	if err != nil {
		return fmt.Errorf("%q is no currency: expected an ISO 4217 code such as EUR", s)
	}
	target.SetString(string(c))
	return nil
}

// instant is a moment with its zone.
type instant struct{ time.Time }

// UnmarshalText implements encoding.TextUnmarshaler.
func (i *instant) UnmarshalText(b []byte) (err error) {
	if i.Time, err = time.Parse(time.RFC3339, string(b)); err != nil {
		return fmt.Errorf("%q is no instant: expected 2026-11-17T09:00:00Z", b)
	}
	return nil
}

// clockTime is a time of day on a day, at the creditor's place: DAYThh:mm.
type clockTime struct {
	day          cal.Date
	hour, minute int
	given        bool
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *clockTime) UnmarshalText(b []byte) error {
	bad := fmt.Errorf("%q is no time: expected DAYThh:mm, for example 2026-11-17T09:00", b)
	day, clock, ok := strings.Cut(string(b), "T")
	hour, minute, colon := strings.Cut(clock, ":")
	if !ok || !colon || len(hour) != 2 || len(minute) != 2 {
		return bad
	}
	var err error
	if c.day, err = cal.Parse(day); err != nil {
		return bad
	}
	if c.hour, err = strconv.Atoi(hour); err != nil || c.hour < 0 || c.hour > 23 {
		return bad
	}
	if c.minute, err = strconv.Atoi(minute); err != nil || c.minute < 0 || c.minute > 59 {
		return bad
	}
	c.given = true
	return nil
}

// in is the moment at a place.
func (c *clockTime) in(zone *time.Location) time.Time {
	return cal.Instant(c.day, c.hour, c.minute, zone)
}

// span is how far a clock is moved: whole days, or hours and minutes.
type span struct {
	days int
	time time.Duration
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *span) UnmarshalText(b []byte) error {
	text := strings.TrimPrefix(string(b), "+")
	if n, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.Atoi(n)
		if err == nil && days > 0 && days < 100_000 {
			s.days = days
			return nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d > 0 {
		s.time = d
		return nil
	}
	return fmt.Errorf("%q is no stretch of time: expected for example 1d, 7d, 2h or 30m", b)
}

// ids reads references to messages: 12 or message:12.
func ids(kind string, refs []string) ([]int64, error) {
	all := make([]int64, len(refs))
	for i, ref := range refs {
		id, err := strconv.ParseInt(strings.TrimPrefix(ref, kind+":"), 10, 64)
		if err != nil || id < 1 {
			return nil, invalid("reference_invalid", "%q is no %s: expected its number, as in %s:12", ref, kind, kind)
		}
		all[i] = id
	}
	return all, nil
}
