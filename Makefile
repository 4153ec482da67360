# The two commands a newcomer needs: make run, make test.
# The others: make check (fast, before a commit), generate, bench, test-deep, golden, clean.

GO      ?= go
BIN     := bin/recoup
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
TESTED  := ./...

.PHONY: run build test check bench test-deep golden generate needs clean

## run: build, make the demo company and open its pages; nothing leaves this machine
run: build
	@./$(BIN) demo --dir demo --serve

build:
	@test -x $(BIN) || echo "building (about 90 s the first time)…"
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/recoup

## test: install what the tests need, then run them all
test: needs
	@$(GO) build ./... && $(GO) vet ./...
	@$(GO) run ./internal/pgtest/with $(GO) test -json -timeout 20m $(TESTED) | $(GO) run ./internal/house/testsum

## check: what a commit must pass, without the long tests
check:
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; exit 1; }
	@$(GO) vet ./... && $(GO) test -short ./internal/house/... ./internal/core/...

## bench: ours and the bare limit alternately; figures go to docs/benchmarks.md
bench:
	@$(GO) run ./internal/bench

## test-deep: the long runs (millions of cases, more kills, race detector)
test-deep: needs
	@RECOUP_DEEP=1 $(GO) run ./internal/pgtest/with $(GO) test -timeout 3h $(TESTED)
	@$(GO) run ./internal/pgtest/with $(GO) test -race -short -timeout 1h $(TESTED)

## golden: write the golden files anew; look at the difference before you commit it
golden:
	@$(GO) test ./internal/core/cal ./internal/core/reason ./internal/document ./internal/document/letter ./internal/format/ledger -update

## generate: the Go code of the page templates
generate:
	@$(GO) run ./internal/house/generate

needs:
	@sh ./needs.sh

clean:
	@rm -rf bin demo tmp
