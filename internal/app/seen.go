package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/store"
)

// A person releases what they have seen. The words of a proposal may change under its number:
// somebody gives it a line of its own, puts another text in force, or changes what stands in
// every message. So a page carries what it showed, and a release of something else is refused.

// seenParts are what of the words can change, in the order in which a mark has them, and how
// that is said.
var seenParts = [...]string{"there are %s now, not %s", "others are among them now", "a line of somebody's own was put in, changed or taken out",
	"the text of the step was changed", "the details of the sender or of the account were changed"}

// seenMark is what a person saw of messages of one step: how many, which, the lines in them,
// the text of the step and the details of the sender.
type seenMark [len(seenParts)]string

func (m seenMark) String() string { return strings.Join(m[:], ".") }

// against says what has changed since an earlier mark; "" if nothing has.
func (m seenMark) against(earlier string) string {
	before := strings.Split(earlier, ".")
	if len(before) != len(m) {
		return "it is not known what was seen"
	}
	for i, now := range m {
		if now == before[i] {
			continue
		}
		if i == 0 {
			return sprintf(seenParts[i], now, before[i])
		}
		return seenParts[i]
	}
	return ""
}

// sights makes marks; what is of a creditor and a step is read once.
type sights struct {
	a     *App
	texts ownTexts
	house map[int64]string // by creditor
}

func (a *App) sights(tx store.Tx) (*sights, error) {
	own, err := a.ownTexts(tx)
	return &sights{a: a, texts: own, house: map[int64]string{}}, err
}

// seenMessage is a message with the number of its line.
type seenMessage struct{ id, words int64 }

func (s *sights) of(tx store.Tx, creditor int64, step string, list []seenMessage) (seenMark, error) {
	house, known := s.house[creditor]
	if !known {
		values, err := s.a.settings(tx, creditor)
		if err != nil {
			return seenMark{}, err
		}
		h := sha256.New()
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if head, _, _ := strings.Cut(name, "."); head == "sender" || head == "bank" || head == "letter" {
				fmt.Fprintf(h, "%q=%q\n", name, values[name])
			}
		}
		house = short(h.Sum(nil))
		s.house[creditor] = house
	}
	ids, words := sha256.New(), sha256.New()
	for _, m := range list {
		fmt.Fprintf(ids, "%d\n", m.id)
		fmt.Fprintf(words, "%d:%d\n", m.id, m.words)
	}
	texts := int64(0) // each new version of a language makes it more
	for key, t := range s.texts {
		if key[1] == step {
			texts += t.version
		}
	}
	return seenMark{strconv.Itoa(len(list)), short(ids.Sum(nil)), short(words.Sum(nil)), strconv.FormatInt(texts, 10), house}, nil
}

func short(sum []byte) string { return hex.EncodeToString(sum[:8]) }

func (s *sights) one(tx store.Tx, m *messageRow) (seenMark, error) {
	return s.of(tx, m.creditor, m.step, []seenMessage{{m.id, m.words}})
}

// Seen are the marks of messages as they read now, by message: what a page that shows them
// carries for ApproveSeen. Messages that do not exist are left out.
func (a *App) Seen(ctx context.Context, ids []int64) (map[int64]string, error) {
	out := map[int64]string{}
	err := a.read(ctx, func(tx store.Tx) error {
		clear(out)
		s, err := a.sights(tx)
		if err != nil {
			return err
		}
		rows, err := a.messages(tx, ids)
		for i := range rows {
			mark, err := s.one(tx, &rows[i])
			if err != nil {
				return err
			}
			out[rows[i].id] = mark.String()
		}
		return err
	})
	return out, err
}

// ApproveSeen releases messages as Approve does, if they still read as they were seen: one
// that does not is refused with changed_since_seen, which says what has changed.
func (a *App) ApproveSeen(ctx context.Context, req Request, ids []int64, seen map[int64]string) (ChangeReport, error) {
	if seen == nil {
		seen = map[int64]string{}
	}
	return a.approve(ctx, req, []any{ids, seen}, func(*recorder) ([]int64, error) { return ids, nil }, seen)
}

// WaitingSet is what waits of a step for a release.
type WaitingSet struct {
	Step     string  `json:"step"`
	Messages []int64 `json:"messages"` // by number
	Seen     string  `json:"seen"`     // for ReleaseStep
}

// WaitingSets are the proposals of a creditor by step, the most first, then by name. step
// narrows them to one. Errors: not found (creditor).
func (a *App) WaitingSets(ctx context.Context, creditor, step string) (sets []WaitingSet, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		sets, err = a.waitingSets(tx, c.ID, step)
		return err
	})
	return sets, err
}

func (a *App) waitingSets(tx store.Tx, creditor int64, step string) ([]WaitingSet, error) {
	found := map[string][]seenMessage{}
	if err := store.Each(tx, `SELECT lead_step, message_id, words_id FROM message WHERE tenant_id = $1 AND state = $3
		AND creditor_id = $2 ORDER BY message_id`, []any{a.tenant, creditor, string(book.Proposed)}, func(r store.Rows) error {
		if s := intern(r.Bytes(0)); step == "" || s == step {
			found[s] = append(found[s], seenMessage{r.Int64(1), r.Int64(2)})
		}
		return nil
	}); err != nil {
		return nil, err
	}
	s, err := a.sights(tx)
	if err != nil {
		return nil, err
	}
	sets := []WaitingSet{}
	for name, list := range found {
		mark, err := s.of(tx, creditor, name, list)
		if err != nil {
			return nil, err
		}
		set := WaitingSet{Step: name, Seen: mark.String()}
		for _, m := range list {
			set.Messages = append(set.Messages, m.id)
		}
		sets = append(sets, set)
	}
	slices.SortFunc(sets, func(x, y WaitingSet) int {
		return cmp.Or(len(y.Messages)-len(x.Messages), strings.Compare(x.Step, y.Step))
	})
	return sets, nil
}

// ReleaseStep releases all that waits of a creditor's step, if it is what the mark of a
// WaitingSet says was seen. Errors: not found (creditor); invalid (nothing_chosen); conflict
// (others_now: what has changed).
func (a *App) ReleaseStep(ctx context.Context, req Request, creditor, step, seen string) (ChangeReport, error) {
	return a.approve(ctx, req, []string{creditor, step, seen}, func(r *recorder) ([]int64, error) {
		c, err := a.creditor(r, creditor)
		if err != nil {
			return nil, err
		}
		sets, err := a.waitingSets(r, c.ID, step)
		if err != nil {
			return nil, err
		}
		if len(sets) == 0 {
			return nil, invalid("nothing_chosen", "nothing of that step waits")
		}
		var now seenMark
		copy(now[:], strings.Split(sets[0].Seen, "."))
		if changed := now.against(seen); changed != "" {
			return nil, &Error{Kind: Conflict, Code: "others_now", Message: changed + ": look at them first"}
		}
		return sets[0].Messages, nil
	}, nil)
}
