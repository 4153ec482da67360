//go:build unix

package duty

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/channel"
	"github.com/recoup-project/recoup/internal/channel/email"
)

// BenchmarkDrain sends a filled outbox through ten connections to a server on this
// machine: gate, text, bytes, both durable marks and the evidence included. Beside it
// stands the same number of mails of the same size through the bare channel.
// RECOUP_BENCH_MESSAGES sets how many; the default is 2,000.
func BenchmarkDrain(b *testing.B) {
	n := 2_000
	if v, err := strconv.Atoi(os.Getenv("RECOUP_BENCH_MESSAGES")); err == nil {
		n = v
	}
	b.Run("outbox", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s := startSink(b)
			f := newFixture(b, b.TempDir()+"/book.db", s.URL())
			f.items = 10 // a mail of about ten kilobytes
			f.release(n)
			b.StartTimer()
			started, cpu := time.Now(), usedCPU()
			if report := f.send(); report.Sent != int64(n) {
				b.Fatalf("report %+v", report)
			}
			cpu.report(b, n, started)
			e, err := f.app.Evidence(f.ctx, f.ids[0])
			must(b, err)
			b.ReportMetric(float64(len(e.Bytes)), "bytes/message")
		}
	})
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s := startSink(b)
			cfg, err := email.ParseURL(s.URL())
			must(b, err)
			b.StartTimer()
			started, cpu := time.Now(), usedCPU()
			bare(b, email.NewSender(cfg), n)
			cpu.report(b, n, started)
		}
	})
}

// cpuTime is processor time used by this process.
type cpuTime time.Duration

func usedCPU() cpuTime {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return cpuTime(u.Utime.Nano() + u.Stime.Nano())
}

// report adds what n messages took since then: on a busy machine only the
// processor time can be compared.
func (c cpuTime) report(b *testing.B, n int, started time.Time) {
	b.ReportMetric(float64(n)/time.Since(started).Seconds(), "messages/s")
	b.ReportMetric(float64(usedCPU()-c)/float64(n)/1e3, "cpu-µs/message")
}

// bare sends mails of ten kilobytes without a book.
func bare(b *testing.B, sender *email.Sender, n int) {
	body := []byte("Message-ID: <%d@x.example>\r\nSubject: x\r\n\r\n" +
		string(bytes.Repeat([]byte("0123456789012345678901234567890123456789\r\n"), 240)))
	var workers sync.WaitGroup
	for w := range 10 {
		workers.Go(func() {
			for i := w; i < n; i += 10 {
				env := channel.Envelope{From: "a@x.example", To: []string{"b@y.example"}}
				raw := fmt.Appendf(nil, string(body), i)
				if _, err := sender.Deliver(context.Background(), env, raw,
					func(context.Context) error { return nil }); err != nil {
					b.Error(err)
				}
			}
		})
	}
	workers.Wait()
	_ = sender.Close()
}
