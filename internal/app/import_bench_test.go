//go:build unix

package app

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

func cpuSeconds() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// TestImportScale measures import, re-import and aging; it is long, so it runs only
// when RECOUP_SCALE names a number of invoices.
func TestImportScale(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("RECOUP_SCALE"))
	if n == 0 {
		t.Skip("set RECOUP_SCALE to a number of invoices to measure")
	}
	test := func(t *testing.T, b *ledgerBook) {
		text := manyInvoices(n)
		measure := func(name string, fn func()) {
			runtime.GC()
			cpu, start := cpuSeconds(), time.Now()
			fn()
			var u syscall.Rusage
			syscall.Getrusage(syscall.RUSAGE_SELF, &u)
			t.Logf("%-28s %6.2f s cpu, %6.2f s wall, %d MB peak so far", name, cpuSeconds()-cpu,
				time.Since(start).Seconds(), u.Maxrss>>10)
		}
		im := func() ImportRequest {
			return ImportRequest{Kind: ImportInvoices, File: "many.csv", Source: bytes.NewReader(text)}
		}
		measure("import", func() {
			if _, err := b.Import(b.ctx, tester, im()); err != nil {
				t.Fatal(err)
			}
		})
		measure("import again", func() {
			if r, err := b.Import(b.ctx, tester, im()); err != nil || r.Unchanged != n {
				t.Fatal(r, err)
			}
		})
		measure("aging today", func() { b.aging("", "GBP") })
		measure("aging in the middle", func() { b.aging("2026-03-15", "GBP") })
		measure("deep", func() { b.sound() })
	}
	if os.Getenv("RECOUP_SCALE_ENGINE") == "postgres" {
		eachEngine(t, "GB", "2026-05-04", test)
		return
	}
	test(t, onSQLite(t, "GB", "2026-05-04"))
}
