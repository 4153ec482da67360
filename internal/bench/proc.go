package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// What Linux tells in /proc. On other systems these figures are 0 and the report
// shows none.

// peakMB is the largest resident memory of this process. The resource usage that
// the system reports of a child begins with its parent's, so it is not used.
func peakMB() float64 { return statusMB("self", "VmHWM:") }

// residentMB is the resident memory of a process now.
func residentMB(pid int) float64 { return statusMB(strconv.Itoa(pid), "VmRSS:") }

func statusMB(pid, field string) float64 {
	raw, err := os.ReadFile(filepath.Join("/proc", pid, "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, field); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

// ticksPerSecond is the unit of times in /proc, fixed for programs since Linux 2.6.
const ticksPerSecond = 100

// treeSeconds is the CPU time of a process, of its children, and of those that have
// ended.
func treeSeconds(pid int) float64 {
	ticks := 0.0
	if times := statTimes(pid); times != nil {
		ticks = times.own + times.ended
	}
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		n, _ := strconv.Atoi(filepath.Base(dir))
		if times := statTimes(n); times != nil && times.parent == pid {
			ticks += times.own + times.ended
		}
	}
	return ticks / ticksPerSecond
}

type procTimes struct {
	parent     int
	own, ended float64 // ticks, of itself and of children that ended
}

// statTimes reads a process; nil if there is none.
func statTimes(pid int) *procTimes {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	at := bytes.LastIndexByte(raw, ')') // the name may hold blanks
	if err != nil || at < 0 {
		return nil
	}
	f := strings.Fields(string(raw[at+1:]))
	if len(f) < 15 {
		return nil
	}
	tick := func(i int) float64 { v, _ := strconv.ParseFloat(f[i], 64); return v }
	parent, _ := strconv.Atoi(f[1])
	return &procTimes{parent: parent, own: tick(11) + tick(12), ended: tick(13) + tick(14)}
}

// machine describes what the figures were taken on.
func machine() string {
	model := ""
	raw, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(raw)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = ", " + strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d cores%s, %s/%s, %s", runtime.NumCPU(), model, runtime.GOOS, runtime.GOARCH,
		runtime.Version())
}

// load is the number of processes that want to run, over the last minute.
func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	return strings.Fields(string(raw))[0]
}
