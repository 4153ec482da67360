package sqlite_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/sqlite"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

// childEnv makes the test binary a child that writes notes into a book and prints the
// number of each one after it was answered.
const childEnv = "RECOUP_TEST_CHILD"

func TestMain(m *testing.M) {
	if job := os.Getenv(childEnv); job != "" {
		child(job)
		return
	}
	os.Exit(m.Run())
}

// child does "<book>|<first id>|<count>".
func child(job string) {
	part := strings.Split(job, "|")
	db, err := open.Open(ctx, part[0], store.Options{Schema: storetest.Schema()})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	defer db.Close()
	first, _ := strconv.ParseInt(part[1], 10, 64)
	count, _ := strconv.ParseInt(part[2], 10, 64)
	for id := first; id < first+count; id++ {
		o, err := note(db, 1, id, strings.Repeat("x", int(id%3000)))
		if err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println(id, o.Seq)
	}
}

func start(t *testing.T, book string, first, count int64) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%d|%d", childEnv, book, first, count))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// TestTwoProcessesWriteOneBook: the command line works beside a running server.
func TestTwoProcessesWriteOneBook(t *testing.T) {
	db, tenant := smallBook(t)
	const each = 60
	a, outA := start(t, db.Path(), 1000, each)
	b, outB := start(t, db.Path(), 2000, each)
	for i := range int64(each) {
		if _, err := note(db, tenant, i, "x"); err != nil {
			t.Fatal(err)
		}
	}
	for _, out := range []*bufio.Scanner{outA, outB} {
		for out.Scan() {
			if strings.HasPrefix(out.Text(), "error") {
				t.Error(out.Text())
			}
		}
	}
	a.Wait()
	b.Wait()
	verified(t, db, tenant, 3*each)
}

// TestKilledProcessLosesNothing kills a writing process at random moments: every
// command it had answered is there, and the book is whole.
func TestKilledProcessLosesNothing(t *testing.T) {
	db, _ := smallBook(t)
	path := db.Path()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	answered := map[int64]int64{}
	for round := range int64(12) {
		cmd, out := start(t, path, round*10_000, 10_000)
		deadline := time.AfterFunc(time.Duration(60+rand.IntN(120))*time.Millisecond, func() { cmd.Process.Kill() })
		for out.Scan() {
			var id, seq int64
			if _, err := fmt.Sscan(out.Text(), &id, &seq); err == nil {
				answered[id] = seq
			}
		}
		deadline.Stop()
		cmd.Wait()
	}
	opened, err := open.Open(ctx, path, store.Options{Schema: storetest.Schema()})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	stored := map[int64]int64{}
	err = opened.Read(ctx, 1, func(tx store.Tx) error {
		return store.Each(tx, "SELECT note_id, seq FROM note WHERE tenant_id = $1", []any{int64(1)},
			func(r store.Rows) error { stored[r.Int64(0)] = r.Int64(1); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, seq := range answered {
		if stored[id] != seq {
			t.Errorf("command %d was answered with number %d; stored is %d", id, seq, stored[id])
		}
	}
	if len(answered) < 50 {
		t.Errorf("only %d commands were answered before the kills", len(answered))
	}
	verified(t, opened, 1, int64(len(stored)))
	if err := opened.(*sqlite.DB).IntegrityCheck(ctx); err != nil {
		t.Error(err)
	}
}

func TestVersionsOfTheEngine(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join("..", "..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range sqlite.TestedVersions {
		if !strings.Contains(string(mod), "\t"+want+"\n") && !strings.Contains(string(mod), "\t"+want+" //") {
			t.Errorf("go.mod does not require %s: run the conformance suite on the new versions and record them", want)
		}
	}
}
