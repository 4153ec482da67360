package cli

import (
	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/duty"
)

// armNew arms a book that was made a moment ago.
func (s *session) armNew(address string) error {
	l, err := duty.NewLicence(s.ctx, s.app, address)
	if err != nil {
		return err
	}
	return duty.ArmNew(s.ctx, s.app, l)
}

// licence is the right of the open book to send.
func (s *session) licence(a *app.App) (*duty.Licence, error) {
	address, err := s.address()
	if err != nil {
		return nil, err
	}
	return duty.NewLicence(s.ctx, a, address)
}
