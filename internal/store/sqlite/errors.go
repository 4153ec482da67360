package sqlite

import (
	"strings"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
	zsqlite "zombiezen.com/go/sqlite"
)

// translate gives an engine error its kind; nil stays nil.
func translate(op string, err error, s *schema.Schema) error {
	if err == nil {
		return nil
	}
	if len(op) > 80 {
		op = op[:80] + "…"
	}
	e := &store.Error{Op: op, Err: err}
	code := zsqlite.ErrCode(err)
	switch code {
	case zsqlite.ResultConstraintUnique, zsqlite.ResultConstraintPrimaryKey, zsqlite.ResultConstraintRowID:
		e.Kind, e.Constraint = store.ErrConflict, uniqueName(err.Error(), s)
		return e
	case zsqlite.ResultConstraintForeignKey:
		e.Kind = store.ErrConflict
		return e
	case zsqlite.ResultIOErrSHMSize: // no room for the index of the log: a book cannot even be opened
		e.Kind = store.ErrDiskFull
		return e
	}
	switch code.ToPrimary() {
	case zsqlite.ResultFull:
		e.Kind = store.ErrDiskFull
	case zsqlite.ResultBusy, zsqlite.ResultLocked, zsqlite.ResultIOErr, zsqlite.ResultCantOpen,
		zsqlite.ResultReadOnly, zsqlite.ResultNoMem, zsqlite.ResultProtocol, zsqlite.ResultInterrupt:
		e.Kind = store.ErrUnavailable
	case zsqlite.ResultConstraint, zsqlite.ResultMismatch, zsqlite.ResultTooBig, zsqlite.ResultError,
		zsqlite.ResultRange, zsqlite.ResultMisuse, zsqlite.ResultNotADB:
		e.Kind = store.ErrInvalid
	default:
		e.Kind = store.ErrUnavailable // SQLITE_CORRUPT …: a person must look
	}
	return e
}

// uniqueName finds the name of a unique key from a message like
// "UNIQUE constraint failed: item.tenant_id, item.number".
func uniqueName(message string, s *schema.Schema) string {
	_, list, ok := strings.Cut(message, "constraint failed: ")
	if !ok || s == nil {
		return ""
	}
	if at := strings.IndexByte(list, '('); at > 0 {
		list = list[:at]
	}
	table := ""
	var columns []string
	for _, part := range strings.Split(list, ",") {
		t, column, ok := strings.Cut(strings.TrimSpace(part), ".")
		if !ok {
			return ""
		}
		table = t
		columns = append(columns, strings.TrimSpace(column))
	}
	if t := s.Table(table); t != nil {
		return t.UniqueName(columns)
	}
	return ""
}
