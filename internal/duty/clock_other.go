//go:build !linux

package duty

import "time"

// running is how long this process has been running by the monotonic clock. On
// some systems it stands while the machine sleeps; then sending asks after a long
// sleep.
func running() time.Duration { return time.Since(started) }

var started = time.Now()
