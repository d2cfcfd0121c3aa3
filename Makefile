# The templ that go.mod names, so that generator and library agree.
TEMPL = github.com/a-h/templ/cmd/templ@$(shell go list -m -f '{{.Version}}' github.com/a-h/templ)

.PHONY: build generate test bench

# One static file, nothing else needed to run it.
build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o houqin ./cmd/houqin

# The pages' Go code from their .templ files.
generate:
	go run $(TEMPL) generate

test:
	./test

bench:
	go run ./bench
