package app

import (
	"context"
	"testing"

	"github.com/recoup-project/recoup/internal/store"
)

// shakyMarks is a book that does the first mark and does not say so, and does not do the
// second one.
type shakyMarks struct {
	store.DB
	marks int
}

func (s *shakyMarks) Mark(ctx context.Context, tenant int64, fn func(store.MarkTx) error) error {
	s.marks++
	switch s.marks {
	case 1:
		if err := s.DB.Mark(ctx, tenant, fn); err != nil {
			return err
		}
		return &store.Error{Kind: store.ErrCommitUnknown, Op: "on purpose"}
	case 2:
		return s.DB.Mark(ctx, tenant, func(tx store.MarkTx) error {
			if err := fn(tx); err != nil {
				return err
			}
			return &store.Error{Kind: store.ErrUnavailable, Op: "on purpose"}
		})
	}
	return s.DB.Mark(ctx, tenant, fn)
}

// TestAClaimIsFoundAgain: what the first of several tries claimed leaves in the same pass,
// whatever became of the tries in between.
func TestAClaimIsFoundAgain(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.App.db = &shakyMarks{DB: b.App.db}
		if report := b.sendWith(&outTray{outcome: Delivered}); report.Sent != 1 {
			t.Errorf("%+v", report)
		}
	})
}
