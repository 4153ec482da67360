// Command with runs another command beside one PostgreSQL server for tests, so that
// all test processes share it:
//
//	go run ./internal/pgtest/with go test ./...
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/recoup-project/recoup/internal/pgtest"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: with COMMAND [ARGUMENT …]")
		return 2
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = os.Stdin, os.Stdout, os.Stderr, os.Environ()
	server, err := pgtest.Start(false)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Stop()
	cmd.Env = append(cmd.Env, "RECOUP_TEST_POSTGRES="+server.Address("postgres", "postgres"))
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
