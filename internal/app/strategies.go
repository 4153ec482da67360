package app

import (
	"context"
	"fmt"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// ownStrategies are the tenant's own versions in force: the newest of each key.
func (a *App) ownStrategies(tx store.Tx) ([]*strategy.Strategy, error) {
	newest := map[string]*strategy.Strategy{}
	err := store.Each(tx, "SELECT body FROM strategy_version WHERE tenant_id = $1 ORDER BY strategy, version",
		[]any{a.tenant}, func(r store.Rows) error {
			s, err := strategy.Parse(r.Bytes(0))
			if err != nil {
				return fmt.Errorf("stored strategy: %w", err)
			}
			newest[s.Key] = s
			return nil
		})
	var own []*strategy.Strategy
	for _, key := range strategy.Keys {
		if s := newest[key]; s != nil {
			own = append(own, s)
		}
	}
	return own, err
}

// Strategies lists the strategies in force for a creditor.
func (a *App) Strategies(ctx context.Context, creditor string) (*strategy.Set, error) {
	var set *strategy.Set
	err := a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		by, err := a.rulesOf(tx, c.ID)
		if err == nil {
			set = by.set
		}
		return err
	})
	return set, err
}

// ActivateStrategy puts a new version of a strategy in force from the next step
// on. A step key that open items were told must still be there: history is told in
// keys. Errors: invalid (the text), refused (a key with open history is missing).
func (a *App) ActivateStrategy(ctx context.Context, req Request, text []byte) (*strategy.Strategy, error) {
	s, err := strategy.Parse(text)
	if err != nil {
		return nil, &Error{Kind: Invalid, Code: "strategy_invalid", Message: err.Error()}
	}
	if a.set.Strategies[s.Key] == nil {
		return nil, invalid("strategy_unknown", "strategy %q: a new version keeps the key of one of %v", s.Key,
			strategy.Keys)
	}
	_, err = a.write(ctx, req, "activate_strategy", string(text), func(r *recorder) error {
		before, err := a.inForce(r, s.Key)
		if err != nil {
			return err
		}
		if s.Version <= before.Version {
			return invalid("strategy_version", "strategy %s: version %d is not above the one in force, %d", s.Key,
				s.Version, before.Version)
		}
		for i := range before.Steps {
			if key := before.Steps[i].Key; s.Index(key) < 0 {
				used, err := a.stepInUse(r, key)
				if err != nil {
					return err
				}
				if used {
					return &Error{Kind: Refused, Code: "step_in_use",
						Message: "step " + key +
							" is missing, but open items were told it; keep the step or give it another condition"}
				}
			}
		}
		ins := r.Insert("strategy_version")
		ins.Text(s.Key).Int(int64(s.Version)).Int(r.Seq()).Text(string(text))
		if err := ins.One(); err != nil {
			return err
		}
		return r.inputsChanged()
	})
	return s, err
}

func (a *App) inForce(tx store.Tx, key string) (*strategy.Strategy, error) {
	own, err := a.ownStrategies(tx)
	if err != nil {
		return nil, err
	}
	for _, s := range own {
		if s.Key == key {
			return s, nil
		}
	}
	return a.set.Strategies[key], nil
}

func (a *App) stepInUse(tx store.Tx, step string) (bool, error) {
	used := false
	err := store.Each(tx, `SELECT 1 FROM notice n JOIN item i ON i.tenant_id = n.tenant_id
		AND i.customer_id = n.customer_id AND i.item_id = n.item_id
		WHERE n.tenant_id = $1 AND n.step = $2 AND i.open_minor > 0
		AND NOT EXISTS (SELECT 1 FROM message m WHERE m.tenant_id = $1 AND m.message_id = n.message_id
		AND m.live = 0) LIMIT 1`, []any{a.tenant, step},
		func(store.Rows) error { used = true; return nil })
	return used, err
}

// CalendarRequest asks for the calendar of a strategy.
type CalendarRequest struct {
	Creditor string
	Strategy string
	Due      cal.Date
	Country  string // of the debtor, with region ("US-OH"); "" = the creditor's
	Kind     book.DebtorKind
	Draft    *strategy.Strategy // instead of the version in force; nil: that one
}

// StrategyCalendar draws the calendar of a strategy over one unpaid invoice.
// Without a creditor in the book the country's own is assumed.
func (a *App) StrategyCalendar(ctx context.Context, req CalendarRequest) ([]decide.CalendarStep, error) {
	var steps []decide.CalendarStep
	err := a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, req.Creditor)
		if err != nil {
			return err
		}
		by, err := a.rulesOf(tx, c.ID)
		if err != nil {
			return err
		}
		if by.set.Strategies[req.Strategy] == nil {
			return invalid("strategy_unknown", "there is no strategy %q; there are %v", req.Strategy, strategy.Keys)
		}
		if req.Draft != nil {
			by.set = a.set.With(&by.set.Policy, req.Draft)
		}
		creditor := c.Creditor
		country, region := SplitRegion(req.Country)
		if country == "" {
			country, region = creditor.Country, creditor.Subdivision
		} else if country != creditor.Country {
			// The calendar of another country is that of a creditor and debtor there.
			creditor.Country, creditor.Subdivision = country, region
		}
		steps = a.decides(&creditor, by).Calendar(decide.Example{Strategy: req.Strategy, Due: req.Due,
			Country: country, Region: region, Kind: req.Kind})
		return nil
	})
	return steps, err
}
