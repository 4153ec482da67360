package sqlite

import (
	"context"
	"os"
	"sync"

	"github.com/recoup-project/recoup/internal/store"
)

// Duty implements store.DB.
func (db *DB) Duty(context.Context) (store.Duty, error) { return LockDuty(db.path) }

// LockDuty takes the duty lock of a book that need not be open or exist: a kernel
// lock on the file <book>.duty, which ends with the process. Errors:
// store.ErrDutyHeld, store.ErrUnavailable.
func LockDuty(path string) (store.Duty, error) {
	f, err := os.OpenFile(path+".duty", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, &store.Error{Kind: store.ErrUnavailable, Op: "duty lock", Err: err}
	}
	held, err := lockFile(f)
	if err != nil {
		f.Close()
		if held {
			return nil, &store.Error{Kind: store.ErrDutyHeld, Op: "duty lock " + f.Name()}
		}
		return nil, &store.Error{Kind: store.ErrUnavailable, Op: "duty lock " + f.Name(), Err: err}
	}
	return &fileDuty{file: f, lost: make(chan struct{})}, nil
}

// fileDuty is a locked file. The kernel takes the lock back only when the process
// ends, so it is never lost. The file stays: removing it would let two processes
// lock two files of one name.
type fileDuty struct {
	once sync.Once
	file *os.File
	lost chan struct{}
}

// Lost implements store.Duty.
func (d *fileDuty) Lost() <-chan struct{} { return d.lost }

// Release implements store.Duty.
func (d *fileDuty) Release() { d.once.Do(func() { d.file.Close() }) }
