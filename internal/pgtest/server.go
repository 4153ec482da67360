package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Server is a PostgreSQL server started for tests, with its data in a folder of its
// own and reachable through a socket in it.
type Server struct {
	dir     string
	bin     string
	asOther bool // run as an ordinary user, because we are root
	durable bool
	cmd     *exec.Cmd
	done    chan struct{}
}

// nobody is the user and group that own nothing.
const nobody = 65534

// ErrAbsent means that there are no PostgreSQL programs on this machine.
var ErrAbsent = errors.New("PostgreSQL is not installed; install it with: apt-get install postgresql")

// Start makes and starts a server. A durable one syncs its commits; the others do
// not, which is right for all tests but those of crashes.
func Start(durable bool) (*Server, error) {
	bin, err := findPrograms()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "recoup-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin, durable: durable}
	if os.Geteuid() == 0 { // the server refuses to run as root
		s.asOther = true
		if err := os.Chown(dir, nobody, nobody); err != nil {
			return nil, err
		}
	}
	initdb := s.command("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8",
		"--no-locale", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := s.Launch(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	if s.asOther {
		runAs(cmd, nobody)
	}
	return cmd
}

// Launch starts the server on its data and waits until it answers.
func (s *Server) Launch() error {
	sync := "off"
	if s.durable {
		sync = "on"
	}
	s.cmd = s.command("postgres", "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=",
		"-c", "fsync="+sync, "-c", "synchronous_commit="+sync, "-c", "full_page_writes="+sync,
		"-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "autovacuum=off",
		"-c", "max_wal_size=2GB")
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := startBound(s.cmd); err != nil {
		return err
	}
	s.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		cmd.Wait()
		close(done)
	}(s.cmd, s.done)
	return s.wait()
}

// wait polls until the server answers or has ended.
func (s *Server) wait() error {
	var err error
	for range 600 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		var c *pgconn.PgConn
		c, err = pgconn.Connect(ctx, s.Address("postgres", "postgres"))
		if err == nil {
			c.Close(ctx)
			cancel()
			return nil
		}
		cancel()
		select {
		case <-s.done:
			text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("the server ended: %s", text)
		case <-time.After(25 * time.Millisecond):
		}
	}
	return fmt.Errorf("the server does not answer: %w", err)
}

// Address is the address of a database for a role.
func (s *Server) Address(role, database string) string {
	return "postgres://" + role + "@/" + database + "?host=" + url.QueryEscape(s.dir) + "&sslmode=disable"
}

// Crash ends the server at once, as a loss of power to its process would; Launch
// starts it again.
func (s *Server) Crash() {
	s.cmd.Process.Signal(syscall.SIGQUIT)
	<-s.done
}

// Stop ends the server and removes its data.
func (s *Server) Stop() {
	s.Crash()
	os.RemoveAll(s.dir)
}

// findPrograms is the folder of initdb and postgres: from the path, else the newest
// of Debian's.
func findPrograms() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", ErrAbsent
	}
	sort.Slice(found, func(i, j int) bool {
		return len(found[i]) < len(found[j]) || len(found[i]) == len(found[j]) &&
			strings.Compare(found[i], found[j]) < 0
	})
	return filepath.Dir(found[len(found)-1]), nil
}
