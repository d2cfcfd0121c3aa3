package config

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
)

// others are the rights by which somebody else reads a secret or puts another in its
// place: everything for all, and writing for the group. A group may read, because
// service managers hand secrets out that way.
const others fs.FileMode = 0o027

// Guarded fails when a file that holds a secret is open to others than its owner
// and its group.
func Guarded(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&others != 0 { // there the rights stand elsewhere
		return fmt.Errorf("%s holds a secret and is open to others (mode %04o); chmod 600 closes it", path, info.Mode().Perm())
	}
	return nil
}

// Secret is the first line of a file that only its owner reads.
func Secret(path string) (string, error) {
	if err := Guarded(path); err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fmt.Errorf("%s: its first line, the secret, is empty", path)
	}
	return line, nil
}

// Guard fails when the file holds a secret, a value under one of the names or an
// address with a password, and is open to others.
func (f *File) Guard(secret []string) error {
	for name, value := range f.texts {
		if value != "" && (slices.Contains(secret, name) || hidePassword(value) != value) {
			return Guarded(f.Path)
		}
	}
	return nil
}
