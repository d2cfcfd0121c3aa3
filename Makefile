# The templ that go.mod names, so that generator and library agree.
TEMPL = github.com/a-h/templ/cmd/templ@$(shell go list -m -f '{{.Version}}' github.com/a-h/templ)

.PHONY: build generate test bench

VERSION = $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# One static file, nothing else needed to run it.
build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X houqin/internal/hospital.Version=$(VERSION)' -o houqin ./cmd/houqin

# The pages' Go code from their .templ files.
generate:
	go run $(TEMPL) generate

test:
	./test

bench:
	go run ./bench
