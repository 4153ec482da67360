// Command recoup is credit control and debt recovery for business invoices.
package main

import (
	"context"
	"os"
	"os/signal"
	"os/user"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // time zones, also where the computer has none

	"github.com/recoup-project/recoup/internal/cli"
)

// version is set by the build of a release.
var version = "dev"

const (
	startGC   = 400
	startTime = 300 * time.Millisecond
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal ends the command in order; a second one ends the program.
	context.AfterFunc(ctx, stop)
	// Starting leaves little behind: it is not worth collecting before there is work to do.
	usual := debug.SetGCPercent(startGC)
	defer time.AfterFunc(startTime, func() { debug.SetGCPercent(usual) }).Stop()
	env := cli.Env{Getenv: os.Getenv, User: "unknown", Build: version}
	if u, err := user.Current(); err == nil {
		env.User = u.Username
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				env.Commit = s.Value
			}
		}
	}
	return cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, env)
}
