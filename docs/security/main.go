// Command security writes docs/security.md: what the security catalogue asks of
// this program, which tests show that it holds, and what is still open and why.
//
//	go run ./docs/security
//
// catalogue.tsv is what is asked, standing.tsv what no test alone can show: a
// document, a recorded exception, an open point. A test says which lines it shows in
// a comment directly above it:
//
//	// Holds: v5.0.0-3.5.1 AB-25
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root, err := house()
	if err == nil {
		var text string
		if text, err = page(root); err == nil {
			err = os.WriteFile(filepath.Join(root, target), []byte(text), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "security:", err)
		os.Exit(1)
	}
}

const target = "docs/security.md"

// house is the folder of the module that one stands in.
func house() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod above")
		}
	}
	return "", err
}
