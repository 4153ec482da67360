//go:build unix

package app

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// manyInvoices writes a plain file of n invoices of n/10 customers in random order.
func manyInvoices(n int) []byte {
	var b bytes.Buffer
	b.Grow(n * 110)
	b.WriteString("customer_number,customer_name,country,number,invoice_date,due_date,currency,amount,open_amount,po\n")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		c := r.IntN(max(n/10, 1))
		day := 1 + i%28
		amount := 100 + r.IntN(1_000_000)
		open := amount
		if i%10 == 0 {
			open = amount / 2
		}
		fmt.Fprintf(&b, "C%06d,Customer %06d Ltd,GB,INV-%07d,2026-03-%02d,2026-04-%02d,GBP,%d.%02d,%d.%02d,PO%d\n",
			c, c, i, day, day, amount/100, amount%100, open/100, open%100, i%1000)
	}
	return b.Bytes()
}

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
			t.Logf("%-28s %6.2f s cpu, %6.2f s wall, %d MB peak so far", name, cpuSeconds()-cpu, time.Since(start).Seconds(), u.Maxrss>>10)
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
