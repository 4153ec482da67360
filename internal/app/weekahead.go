package app

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// WeekAhead is what goes out in seven days from today on, and what awaits a person.
type WeekAhead struct {
	Days    []DayAhead `json:"days"`
	Assumes string     `json:"assumes"`
	// Observes: the book only observes, so that nothing goes out at all.
	Observes bool `json:"observes"`
}

// DayAhead is one day. Of today it is what is planned; of the days after it what would be
// decided.
type DayAhead struct {
	Day cal.Date `json:"day"`
	// ByItself is the messages that leave without anybody doing anything more, Person those
	// that wait for a release, and Tasks the calls and other work that comes up.
	ByItself []AheadGroup `json:"by_itself"`
	Person   []AheadGroup `json:"person"`
	Tasks    []AheadGroup `json:"tasks"`
	// Idle says why nothing leaves on the day: weekend, closing day or the name of a holiday;
	// Goes is the first day from it on when something may. Of one creditor only.
	Idle string   `json:"idle,omitempty"`
	Goes cal.Date `json:"goes"`
}

// AheadGroup is what one step makes in one currency on a day.
type AheadGroup struct {
	Step     string         `json:"step"`
	Currency money.Currency `json:"currency"`
	Count    int            `json:"count"`
	Amount   Amount         `json:"amount"`
}

const aheadAssumes = "Of today it is what is planned. The days after it are decided as a run would decide them, if nobody " +
	"paid or answered, everything were released and sent on its day, and the bank were known up to date."

// AheadLine is one customer's message or task of a day to come.
type AheadLine struct {
	ID       int64        `json:"id"` // of the customer
	Customer string       `json:"customer"`
	Name     string       `json:"name"`
	Step     string       `json:"step"`
	Channel  book.Channel `json:"channel"`
	How      string       `json:"how"` // by_itself, person, task
	Amount   Amount       `json:"amount"`

	creditor int
	day      cal.Date
}

// aheads keeps the newest look ahead. It costs as much as a run of the days, so that of a
// large book it is not made anew after every change: it takes at most a twentieth of a core.
type aheads struct {
	mu    sync.Mutex
	key   surveyKey
	lines []AheadLine // by day, creditor, how; the largest first
	made  time.Time
	cost  time.Duration
}

// aheadDays are how many days are looked at, today included.
const aheadDays = 7

// WeekAhead tells of the seven days from today on. Creditor "" is all. Of a large book it
// may be some time old. Errors: not found (creditor).
func (a *App) WeekAhead(ctx context.Context, creditor string) (WeekAhead, error) {
	ahead := WeekAhead{Assumes: aheadAssumes}
	s, k, lines, err := a.linesAhead(ctx, creditor)
	if err != nil {
		return ahead, err
	}
	today := s.last
	if k >= 0 {
		today = s.creditors[k].today
	}
	for i := range aheadDays {
		ahead.Days = append(ahead.Days, DayAhead{Day: today.AddDays(i), Goes: today.AddDays(i), ByItself: []AheadGroup{},
			Person: []AheadGroup{}, Tasks: []AheadGroup{}})
	}
	if err := a.read(ctx, func(tx store.Tx) (err error) {
		if ahead.Observes, err = a.observes(tx); err != nil || k < 0 {
			return err
		}
		return a.idleDays(tx, creditor, ahead.Days)
	}); err != nil {
		return ahead, err
	}
	lane, err := a.Machine(ctx, creditor)
	if err != nil {
		return ahead, err
	}
	for i := range lane.Groups {
		g := &lane.Groups[i]
		d := &ahead.Days[0]
		d.ByItself = addAhead(d.ByItself, g.Step, g.Count-g.Waiting, amountIn(g.Amount.Minor-g.AmountWaiting.Minor, g.Currency))
		d.Person = addAhead(d.Person, g.Step, g.Waiting, g.AmountWaiting)
	}
	for i := range lines {
		l := &lines[i]
		n := l.day.DaysSince(today)
		if n <= 0 || n >= aheadDays || k >= 0 && l.creditor != k {
			continue
		}
		d := &ahead.Days[n]
		switch l.How {
		case "by_itself":
			d.ByItself = addAhead(d.ByItself, l.Step, 1, l.Amount)
		case "person":
			d.Person = addAhead(d.Person, l.Step, 1, l.Amount)
		default:
			d.Tasks = addAhead(d.Tasks, l.Step, 1, l.Amount)
		}
	}
	return ahead, nil
}

// idleDays says of days why nothing of a creditor leaves on them.
func (a *App) idleDays(tx store.Tx, creditor string, days []DayAhead) error {
	c, err := a.creditor(tx, creditor)
	if err != nil {
		return err
	}
	d, err := a.decider(tx, &c)
	if err != nil {
		return err
	}
	for i := range days {
		days[i].Idle, days[i].Goes = d.Idle(days[i].Day), d.Opens(days[i].Day)
	}
	return nil
}

// addAhead counts into the group of a step and currency.
func addAhead(groups []AheadGroup, step string, n int, sum Amount) []AheadGroup {
	if n == 0 {
		return groups
	}
	k := slices.IndexFunc(groups, func(g AheadGroup) bool { return g.Step == step && g.Currency == sum.Currency })
	if k < 0 {
		return append(groups, AheadGroup{step, sum.Currency, n, sum})
	}
	groups[k].Count += n
	groups[k].Amount.Minor = money.AddMinor(groups[k].Amount.Minor, sum.Minor)
	return groups
}

// AheadPage is a page of a day to come.
type AheadPage struct {
	Lines []AheadLine `json:"lines"`
	Total int         `json:"total"`
	Next  string      `json:"next,omitempty"`
}

// DayAhead lists what a day after today brings, what goes out by itself first, the largest
// amounts first. Errors: not found (creditor), invalid (cursor, a day that is not in the
// week).
func (a *App) DayAhead(ctx context.Context, creditor string, day cal.Date, cursor string, limit int) (AheadPage, error) {
	page := AheadPage{Lines: []AheadLine{}}
	at, _, err := parseCursor(cursor, 1)
	if err != nil {
		return page, err
	}
	s, k, lines, err := a.linesAhead(ctx, creditor)
	if err != nil {
		return page, err
	}
	if n := day.DaysSince(s.last); n < 0 || n > aheadDays {
		return page, invalid("day_invalid", "day %s: expected one of the next seven days", day)
	}
	var all []AheadLine
	for i := range lines {
		if lines[i].day == day && (k < 0 || lines[i].creditor == k) {
			all = append(all, lines[i])
		}
	}
	page.Total = len(all)
	from := int(min(max(at[0], 0), int64(len(all))))
	to := min(from+pageSize(limit), len(all))
	if to < len(all) {
		page.Next = cursorOf(int64(to))
	}
	err = a.read(ctx, func(tx store.Tx) error {
		page.Lines = append([]AheadLine{}, all[from:to]...)
		ids := make([]int64, len(page.Lines))
		for i := range page.Lines {
			ids[i] = page.Lines[i].ID
		}
		names, err := a.customerNames(tx, ids)
		for i := range page.Lines {
			l := &page.Lines[i]
			l.Customer, l.Name = names[l.ID].number, names[l.ID].name
		}
		return err
	})
	return page, err
}

// linesAhead are the lines of all creditors for the days after today, and the place of the
// creditor that is asked for.
func (a *App) linesAhead(ctx context.Context, creditor string) (*survey, int, []AheadLine, error) {
	s, err := a.survey(ctx)
	if err != nil {
		return nil, 0, nil, err
	}
	k, err := s.creditorAt(creditor)
	if err != nil {
		return nil, 0, nil, err
	}
	h := a.ahead
	h.mu.Lock()
	defer h.mu.Unlock()
	same := h.key.days == s.key.days && h.key.inputs == s.key.inputs
	if same && (h.key.seq == s.key.seq || time.Since(h.made) < plannedPart*h.cost) {
		return s, k, h.lines, nil
	}
	began := time.Now()
	lines, err := a.lookAhead(context.WithoutCancel(ctx), s)
	if err == nil {
		h.key, h.lines, h.made, h.cost = s.key, lines, time.Now(), time.Since(began)
	}
	return s, k, lines, err
}

// lookAhead decides the days of everybody whose turn comes in them.
func (a *App) lookAhead(ctx context.Context, s *survey) ([]AheadLine, error) {
	var ids []int64
	err := a.read(ctx, func(tx store.Tx) error {
		ids = ids[:0]
		return store.Each(tx, `SELECT customer_id FROM account WHERE tenant_id = $1
			AND (next_look_on <= $2 OR version <> decided_version OR decided_inputs <> $3) ORDER BY customer_id`,
			[]any{a.tenant, s.last.AddDays(aheadDays), s.key.inputs}, func(r store.Rows) error {
				ids = append(ids, r.Int64(0))
				return nil
			})
	})
	if err != nil {
		return nil, err
	}
	var lines []AheadLine
	for some := range slices.Chunk(ids, batchSize) {
		var of []AheadLine
		if err := a.read(ctx, func(tx store.Tx) (err error) {
			of, err = a.aheadOf(tx, s, some)
			return err
		}); err != nil {
			return nil, err
		}
		lines = append(lines, of...)
	}
	slices.SortFunc(lines, func(x, y AheadLine) int {
		return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.How, y.How), cmp.Compare(x.creditor, y.creditor),
			cmp.Compare(x.Amount.Currency, y.Amount.Currency), cmp.Compare(y.Amount.Minor, x.Amount.Minor), cmp.Compare(x.ID, y.ID))
	})
	return lines, nil
}

// aheadOf decides the days of some customers.
func (a *App) aheadOf(tx store.Tx, s *survey, ids []int64) (lines []AheadLine, err error) {
	j, err := a.newJudge(tx)
	if err != nil {
		return nil, err
	}
	observes, err := a.observes(tx)
	if err != nil {
		return nil, err
	}
	accounts, err := a.newLoader(tx, j.creditors).load(ids)
	if err != nil {
		return nil, err
	}
	values := map[int64]map[string]string{}
	for i := range accounts {
		acc := &accounts[i]
		c, d, err := j.of(tx, acc.Customer.Creditor)
		if err != nil {
			return nil, err
		}
		if values[c.ID] == nil {
			if values[c.ID], err = a.settings(tx, c.ID); err != nil {
				return nil, err
			}
		}
		creditor, _ := s.creditorAt(c.Code)
		today := s.creditors[creditor].today
		asked := map[string]bool{}
		d.Ahead(acc, today.AddDays(1), today.AddDays(aheadDays-1), func(act *decide.Action) {
			l := AheadLine{ID: acc.Customer.ID, Step: cmp.Or(act.Step, act.TaskKind), Channel: act.Channel, How: "task",
				Amount: amountIn(act.TotalMinor, act.Currency), creditor: creditor, day: act.Day}
			switch act.Kind {
			case decide.SendMessage:
				l.How = "person"
				auto := act.Approval == strategy.AutoOK && values[c.ID][SettingAuto+act.Strategy+"."+act.Step] == "yes"
				if auto && acc.Mode == "" && !observes {
					l.How = "by_itself"
				}
			case decide.RaiseTask:
				l.day = max(act.Day, act.DueDay, today.AddDays(1))
				once := l.Step + " " + string(act.Currency)
				if act.Task != 0 || asked[once] { // work that is there already, or was told
					return
				}
				asked[once] = true
				if l.Amount.Minor == 0 {
					for i := range act.Lines {
						l.Amount.Minor = money.AddMinor(l.Amount.Minor, act.Lines[i].OpenMinor)
					}
				}
			default:
				return
			}
			lines = append(lines, l)
		})
	}
	return lines, nil
}
