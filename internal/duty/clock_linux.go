package duty

import (
	"time"

	"golang.org/x/sys/unix"
)

// running is how long the machine has been running, sleep included: what the book's
// clock is compared with, so that a laptop that slept is no jump of the clock.
func running() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return time.Since(started)
	}
	return time.Duration(t.Nano())
}

var started = time.Now()
