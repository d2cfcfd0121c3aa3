package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func file(t *testing.T, text string) (*File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(path)
}

func TestPlainValuesAreReadAsTheyWouldBeTyped(t *testing.T) {
	f, err := file(t, "# a note\na = \"text\" # more\n\nb = 12\nc = true\nd = [\"x\", \"y\"]\n\"e-e\" = '''\nlong'''\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "text", "b": "12", "c": "true", "d": "x,y", "e-e": "long"} {
		if got, ok := f.Get(name); got != want || !ok {
			t.Errorf("%s: %q", name, got)
		}
	}
	if _, ok := f.Get("z"); ok || f.Line("a") != 2 || f.Line("d") != 6 {
		t.Errorf("lines %d %d", f.Line("a"), f.Line("d"))
	}
	if err := (&File{}).Refuse(nil); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoPlainValueIsRefusedWithItsLine(t *testing.T) {
	for text, says := range map[string]string{
		"a = 1\n[t]\nb = 2\n":    "line 2",
		"a.b = 1\n":              "line 1",
		"\na = {b = 1}\n":        "line 2",
		"a = [[1]]\n":            "line 1",
		"a = 1.5\n":              "line 1",
		"a = 2026-11-21\n":       "line 1",
		"a = 1\nb = \"open\n":    "line 2",
		"a = 1\na = 2\n":         "c.toml",
		"a = \"x\"\nb = nothing": "line 2",
	} {
		if _, err := file(t, text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestUnknownNamesAreAllToldWithWhatWasMeant(t *testing.T) {
	f, err := file(t, "log-levle = \"x\"\naddr = \"y\"\nzzz = 1\n")
	if err != nil {
		t.Fatal(err)
	}
	err = f.Refuse([]string{"addr", "log-level", "log"})
	if err == nil || !strings.Contains(err.Error(), `line 1: no setting is called "log-levle" (is "log-level" meant?)`) ||
		!strings.Contains(err.Error(), `line 3: no setting is called "zzz"`) || strings.Contains(err.Error(), "zzz\" (") {
		t.Error(err)
	}
	err = RefuseEnv([]string{"HQ_ADDR=1", "HQ_LOGLEVEL=1", "HQ_TEST_X=1", "OTHER=1", "HQ_ODD=1"}, "HQ_", []string{"addr", "log-level"}, []string{"HQ_TEST_*", "HQ_ODD"})
	if err == nil || err.Error() != `environment: no setting is called HQ_LOGLEVEL (is "HQ_LOG_LEVEL" meant?)` {
		t.Error(err)
	}
}

// Holds: v5.0.0-16.2.5
func TestSecretsAreNotPrinted(t *testing.T) {
	var b bytes.Buffer
	values := []Value{
		{"a", "geheim", "x", true}, {"b", "postgres://u:geheim@h:5/db?sslmode=x&password=geheim&sslpassword=geheim", "x", false},
		{"c", "s3://KEY:geheim@h/bucket", "x", false}, {"d", "postgres://u@h/db", "x", false}, {"e", "/a/path:with@signs", "x", false}, {"f", "", "x", false},
		{"g", "postgres://u:ge@heim@h/db", "x", false},
	}
	if err := Print(&b, values); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if strings.Contains(out, "geheim") || strings.Contains(out, "heim@") {
		t.Error(out)
	}
	for _, s := range []string{"postgres://u:****@h:5/db?sslmode=x&password=****&sslpassword=****", "s3://KEY:****@h/bucket", "postgres://u@h/db", "/a/path:with@signs", "****"} {
		if !strings.Contains(out, s) {
			t.Errorf("missing %s in\n%s", s, out)
		}
	}
}
