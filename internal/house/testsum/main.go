// Command testsum reads the JSON stream of go test from standard input and prints
// what a person wants of it: each package's line as it ends, the output of what
// failed, the ten slowest tests, and one closing line with the counts. It exits with
// 1 if anything failed or if no test ran.
//
//	go test -json ./... | go run ./internal/house/testsum
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64
}

type timing struct {
	name    string
	seconds float64
}

func main() { os.Exit(sum(os.Stdin, os.Stdout)) }

func sum(in io.Reader, out io.Writer) int {
	output := map[string][]string{}
	var slow []timing
	passed, failed, skipped := 0, 0, 0
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<16), 1<<24)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Action == "" {
			fmt.Fprintln(out, lines.Text())
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
			continue
		case "pass", "fail", "skip":
		default:
			continue
		}
		if e.Test == "" {
			printPackage(out, &e, output[key])
			if e.Action == "fail" {
				failed++
			}
			continue
		}
		switch e.Action {
		case "pass":
			passed++
		case "skip":
			skipped++
			fmt.Fprintf(out, "    skipped %s: %s\n", e.Test, reasonOf(output[key]))
		case "fail":
			failed++
			fmt.Fprint(out, strings.Join(output[key], ""))
		}
		delete(output, key)
		slow = append(slow, timing{strings.TrimPrefix(e.Package, "github.com/recoup-project/recoup/") + " " +
			e.Test, e.Elapsed})
	}
	printSlowest(out, slow)
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if failed > 0 || passed == 0 {
		return 1
	}
	return 0
}

func printPackage(out io.Writer, e *event, lines []string) {
	if e.Action == "fail" {
		fmt.Fprint(out, strings.Join(lines, ""))
	}
	fmt.Fprintf(out, "%-5s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
}

// reasonOf finds the sentence of t.Skip among a test's output.
func reasonOf(lines []string) string {
	for _, l := range slices.Backward(lines) {
		if _, why, ok := strings.Cut(l, ".go:"); ok {
			return strings.TrimSpace(why)
		}
	}
	return "no reason given"
}

func printSlowest(out io.Writer, slow []timing) {
	slices.SortFunc(slow, func(a, b timing) int { return cmp.Compare(b.seconds, a.seconds) })
	fmt.Fprintln(out, "\nthe ten slowest:")
	shown := 0
	for _, t := range slow {
		if strings.Contains(t.name, "/") && strings.Count(strings.Fields(t.name)[1], "/") > 0 {
			continue // a part of a test that is counted already
		}
		if shown++; shown > 10 {
			break
		}
		fmt.Fprintf(out, "%7.1fs  %s\n", t.seconds, t.name)
	}
}
