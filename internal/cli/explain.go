package cli

import (
	"cmp"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

type explainCmd struct {
	Ref       string   `arg:"" placeholder:"REF" help:"customer:NUMBER, item:NUMBER, message:ID, or a bare word."`
	On        cal.Date `placeholder:"DAY" default:"none" help:"The decision in force on DAY. Default: today."`
	Recompute bool     `help:"Also say what today's program and facts would decide, and whether it differs."`
}

func (c *explainCmd) Run(s *session) error {
	a, _, subject, err := s.found(c.Ref, "")
	if err != nil {
		return err
	}
	on := c.On
	if on == cal.None {
		on = s.flags.AsOf
	}
	e, err := a.Explain(s.ctx, app.ExplainRequest{Customer: subject.Customer, Item: subject.Item,
		Ref: subject.Ref, On: on, Recompute: c.Recompute})
	if err != nil {
		return err
	}
	return s.show("recoup/explain/1", e, func(p *page) { showExplanation(p, &e) })
}

func showExplanation(p *page, e *app.Explanation) {
	p.title("%s on %s", e.Ref, dayName(e.Day))
	if e.Strategy != "" {
		p.line("Strategy %s: %s", e.Strategy, cmp.Or(e.Why, "chosen by hand"))
	}
	for i := range e.Messages {
		p.line("%s  [message:%d]", messageLine(&e.Messages[i]), e.Messages[i].Message)
	}
	p.line("%s  decided:", e.Day)
	showDecision(p, &e.Decision)
	if e.NextLookOn == "" {
		p.line("No day of its own: only a new fact changes this.")
	} else {
		p.line("%s  next look", e.NextLookOn)
	}
	switch e.Source {
	case "stale":
		if e.StaleBy == "inputs" {
			p.warn("A setting or a strategy changed since the last run; the next run decides again.")
		} else {
			p.warn("Facts came in since the last run, or a message left; the next run decides again.")
		}
	case "computed":
		p.line("No run has looked at this up to that day; this is what one would decide by the facts known now.")
	}
	if e.Differs != nil && *e.Differs {
		p.warn("Today's program and facts would decide otherwise:")
		showDecision(p, e.Recomputed)
	} else if e.Differs != nil {
		p.line("Today's program and facts decide the same.")
	}
}

// messageLine says what became of a message, what it claims, and who ended it.
func messageLine(m *app.ExplainedMessage) string {
	line := m.Day + "  " + m.Step + " by " + m.Channel + ", " + claimed(&m.Claimed) + " " + string(m.Currency) +
		": " + strings.ReplaceAll(m.State, "_", " ")
	if end := m.Ended; end != nil {
		return line + " on " + end.At.UTC().Format("2006-01-02") + " by " + end.By + ": " +
			cmp.Or(end.Text, sentence(reason.Code(end.Reason)), end.Reason) + after(" ", end.Why)
	}
	if m.Reason != "" {
		line += " (" + m.Reason + ")"
	}
	return line
}

// claimed is what a message claims, with its heads where there are several.
func claimed(c *app.ClaimedHeads) string {
	if c.Total == c.Principal {
		return c.Principal
	}
	heads := c.Principal + " principal"
	for _, head := range [][2]string{{c.Interest, " interest"}, {c.Compensation, " compensation"}} {
		if strings.Trim(head[0], "0.") != "" {
			heads += ", " + head[0] + head[1]
		}
	}
	return c.Total + " (" + heads + ")"
}

func showDecision(p *page, d *app.ExplainedDecision) {
	for i := range d.Actions {
		p.line("  → %s", actionLine(&d.Actions[i]))
	}
	for _, r := range d.Reasons {
		line := "  · " + r.Text
		if r.FirstDay != "" && !strings.Contains(r.Text, r.FirstDay) {
			line += " Looked at again on " + r.FirstDay + "."
		}
		if r.UntilFact != "" {
			line += " Changed by: " + r.UntilFact + "."
		}
		if len(r.Items) > 0 {
			line += " (" + several(r.Items) + ")"
		}
		p.line("%s  [%s]", line, r.Code)
	}
}

func actionLine(a *app.ExplainedAction) string {
	line := strings.ReplaceAll(cmp.Or(a.Step, a.Task), "_", " ")
	switch {
	case a.Ends != 0:
		return line + " is taken back (task " + count(a.Ends) + ", " + strings.ReplaceAll(a.Why, "_", " ") + ")"
	case a.Hold != 0:
		return line + " (hold " + count(a.Hold) + ")"
	case a.Task != "" || a.Channel == "task":
		line = "task for a person: " + line
	case a.Channel != "":
		line += " by " + a.Channel
	}
	if a.Role != "" {
		line += " to " + strings.ReplaceAll(a.Role, "_", " ")
	}
	if len(a.Items) == 0 {
		return line
	}
	line += ", " + a.Amount + " " + a.Curr
	if a.PayBy != cal.None {
		line += ", to pay by " + a.PayBy.String()
	}
	return line + " (" + several(a.Items) + ")"
}

// several names a few items and counts the rest.
func several(items []string) string {
	const most = 5
	if len(items) <= most {
		return strings.Join(items, ", ")
	}
	return strings.Join(items[:most], ", ") + " and " + count(int64(len(items)-most)) + " more"
}
