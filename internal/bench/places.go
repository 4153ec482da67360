package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/pgtest"
)

// place makes, copies and removes the books of one engine.
type place interface {
	name() string
	// fresh is an address where there is no book yet.
	fresh() (string, error)
	// copyOf copies a closed book.
	copyOf(address string) (string, error)
	// settle does what the engine does by itself in quiet hours.
	settle(address string) error
	drop(address string) error
	// cpuSeconds is the CPU time of the server so far.
	cpuSeconds() float64
	close()
}

// files are books in SQLite files.
type files struct {
	dir string
	n   int
}

func (f *files) name() string { return "sqlite" }

func (f *files) fresh() (string, error) {
	f.n++
	return filepath.Join(f.dir, fmt.Sprintf("book%d.db", f.n)), nil
}

func (f *files) copyOf(address string) (string, error) {
	to, err := f.fresh()
	if err != nil {
		return "", err
	}
	in, err := os.Open(address)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync() // the copy's own writing must not fall into a measurement
	}
	if closing := out.Close(); err == nil {
		err = closing
	}
	return to, err
}

func (f *files) settle(string) error { return nil }

func (f *files) drop(address string) error {
	found, err := filepath.Glob(address + "*")
	for _, name := range found {
		if removed := os.RemoveAll(name); err == nil {
			err = removed
		}
	}
	return err
}

func (f *files) cpuSeconds() float64 { return 0 }
func (f *files) close()              {}

// server is books in databases of a PostgreSQL server of our own, which syncs its
// commits.
type server struct {
	*pgtest.Server
	pid int
	n   int
}

// role is whom books belong to: no superuser, so that row security binds it.
const role = "recoup_bench"

func newServer() (*server, error) {
	pg, err := pgtest.Start(true)
	if err != nil {
		return nil, err
	}
	s := &server{Server: pg}
	if s.pid, err = s.mainProcess(); err == nil {
		err = s.admin("CREATE ROLE " + role + " LOGIN")
	}
	if err != nil {
		pg.Stop()
		return nil, err
	}
	return s, nil
}

// mainProcess finds the server's process by the file in its data folder.
func (s *server) mainProcess() (int, error) {
	u, err := url.Parse(s.Address("postgres", "postgres"))
	if err != nil {
		return 0, err
	}
	raw, err := os.ReadFile(filepath.Join(u.Query().Get("host"), "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	pid, _, _ := strings.Cut(string(raw), "\n")
	return strconv.Atoi(pid)
}

func (s *server) admin(sql string) error { return pgtest.Exec(s.Address("postgres", "postgres"), sql) }

func (s *server) name() string { return "postgres" }

func (s *server) fresh() (string, error) { return s.create("template0") }

func (s *server) create(template string) (string, error) {
	s.n++
	name := fmt.Sprintf("bench%d", s.n)
	err := s.admin("CREATE DATABASE " + name + " OWNER " + role + " TEMPLATE " + template)
	return s.Address(role, name), err
}

func (s *server) copyOf(address string) (string, error) {
	to, err := s.create(database(address))
	if err == nil {
		err = s.admin("CHECKPOINT") // the copy's own writing must not fall into a measurement
	}
	return to, err
}

// settle does the work of autovacuum, which this server has switched off so that it
// never falls into a measurement.
func (s *server) settle(address string) error {
	if err := pgtest.Exec(s.Address("postgres", database(address)), "VACUUM ANALYZE"); err != nil {
		return err
	}
	return s.admin("CHECKPOINT")
}

func (s *server) drop(address string) error {
	return s.admin("DROP DATABASE " + database(address) + " WITH (FORCE)")
}

// cpuSeconds waits until the server is quiet: while a process of it ends, its time is
// neither among the living nor with its parent.
func (s *server) cpuSeconds() float64 {
	now := treeSeconds(s.pid)
	for range quietTriesMax {
		time.Sleep(quietFor)
		before := now
		if now = treeSeconds(s.pid); now == before {
			break
		}
	}
	return now
}

const (
	quietFor      = 200 * time.Millisecond
	quietTriesMax = 25
)

func (s *server) close() { s.Stop() }

// database is the name in an address.
func database(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}
