package config

import (
	"os"
	"path/filepath"
	"testing"
)

// A secret that others may read or replace is none.
//
// Holds: v5.0.0-13.3.1 v5.0.0-13.3.2 C10
func TestASecretIsItsOwnersAlone(t *testing.T) {
	for mode, fits := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o440: true, 0o640: true, 0o644: false, 0o604: false, 0o660: false, 0o777: false, 0o602: false} {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte("open sesame\r\nmore\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Chmod(path, mode)
		got, err := Secret(path)
		if (err == nil) != fits || fits && got != "open sesame" {
			t.Errorf("mode %04o: %q, %v", mode, got, err)
		}
	}
	empty := filepath.Join(t.TempDir(), "empty")
	os.WriteFile(empty, nil, 0o600)
	if _, err := Secret(empty); err == nil {
		t.Error("took nothing for a secret")
	}
	if _, err := Secret(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("took a file that is not there")
	}
}

// The file of settings is guarded as soon as it holds a secret.
//
// Holds: v5.0.0-13.3.1
func TestAFileOfSettingsWithASecretIsGuarded(t *testing.T) {
	for text, fits := range map[string]bool{
		"db = \"postgres://houqin@h/db\"\n":                    true,
		"db = \"postgres://houqin:geheim@h/db\"\n":             false,
		"db = \"postgres://houqin@h/db?sslpassword=geheim\"\n": false,
		"files = \"s3://KEY:SECRET@h/bucket\"\n":               false,
		"passphrase = \"x\"\n":                                 false,
		"passphrase = \"\"\n":                                  true,
		"log = \"json\"\n":                                     true,
	} {
		path := filepath.Join(t.TempDir(), "houqin.toml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Guard([]string{"passphrase"}); (err == nil) != fits {
			t.Errorf("open to all, %q: %v", text, err)
		}
		os.Chmod(path, 0o640)
		if err := f.Guard([]string{"passphrase"}); err != nil {
			t.Errorf("closed, %q: %v", text, err)
		}
	}
}

// FuzzParse reads a file of settings from anybody: it is taken or refused, and what is
// taken has a line.
//
// Holds: DB3-8.1.4.4-d
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "a = 1", "a = \"x\"\nb = [1, \"2\", true]", "[t]\na = 1", "a.b = 1", "a = 1\na = 2", "a = 1.5", "a = [[1]]", "\"quoted\" = 'x'", "a = \"\\u0000\"", "a = 1979-05-27", "a = \"\"\"\nmany\n\"\"\""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := parse([]byte(text))
		if err != nil {
			return
		}
		for name := range file.texts {
			if file.Line(name) < 1 {
				t.Errorf("%q has no line", name)
			}
		}
		file.Refuse(nil)
	})
}
