package postgres

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/recoup-project/recoup/internal/store"
)

// translate gives a server or connection error its kind; nil stays nil.
func translate(op string, err error) error {
	if err == nil {
		return nil
	}
	if len(op) > 80 {
		op = op[:80] + "…"
	}
	e := &store.Error{Op: op, Err: err, Kind: store.ErrUnavailable}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return e
	}
	switch {
	case pg.Code == "23505":
		e.Kind, e.Constraint = store.ErrConflict, pg.ConstraintName
	case pg.Code == "23503":
		e.Kind, e.Constraint = store.ErrConflict, pg.ConstraintName
	case pg.Code == "53100":
		e.Kind = store.ErrDiskFull
	case pg.Code == "0A000" && strings.Contains(pg.Message, "cached plan"):
		e.Kind = store.ErrUnavailable
	case hasClass(pg.Code, "0A", "21", "22", "23", "25", "34", "42", "44", "P0"):
		e.Kind = store.ErrInvalid
	}
	return e
}

func hasClass(code string, classes ...string) bool {
	for _, class := range classes {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return false
}

// again reports whether a transaction that failed so, before its commit, did nothing
// and may succeed when run anew: it lost a race, or its connection.
func again(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01" || hasClass(pg.Code, "08", "57P") ||
			pg.Code == "0A000" && strings.Contains(pg.Message, "cached plan")
	}
	return errors.Is(err, store.ErrUnavailable) && !errors.Is(err, store.ErrCommitUnknown) &&
		!errors.Is(err, errClosed)
}

// answered reports whether the server itself refused the commit, so that its outcome
// is known: not committed. A server that is going down may have done either, and so
// may one whose answer did not arrive. (pgconn.SafeToRetry is no help here: it calls
// an answer that was not received safe to repeat.)
func answered(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && !hasClass(pg.Code, "08", "57P")
}
