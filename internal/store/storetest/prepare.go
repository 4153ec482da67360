package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/recoup-project/recoup/internal/store"
)

// PrepareAll checks that an engine accepts every statement and returns one error for
// all that it does not. Run it on both engines over all statements of the program.
func PrepareAll(db store.DB, statements []string) error {
	var all []error
	for _, sql := range statements {
		if err := db.Prepare(context.Background(), sql); err != nil {
			all = append(all, fmt.Errorf("%s: %s\n%w", db.Engine(), sql, err))
		}
	}
	return errors.Join(all...)
}
