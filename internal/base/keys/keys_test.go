package keys_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"houqin/internal/base/keys"
)

// A sealed value opens for its own record only, says nothing of its text, and one
// changed byte shows.
//
// Holds: v5.0.0-11.3.2 v5.0.0-11.3.3 v5.0.0-11.5.1 DB3-8.1.4.8-b
func TestASealedValueOpensForItsOwnRecord(t *testing.T) {
	r, err := keys.Make(filepath.Join(t.TempDir(), "k"))
	if err != nil {
		t.Fatal(err)
	}
	one, err := r.Seal("JBSWY3DPEHPK3PXP", "people_account.seed 1")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := r.Seal("JBSWY3DPEHPK3PXP", "people_account.seed 1")
	if one == two || strings.Contains(one, "JBSWY3") {
		t.Errorf("%s and %s", one, two)
	}
	if got, err := r.Open(one, "people_account.seed 1"); got != "JBSWY3DPEHPK3PXP" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if _, err := r.Open(one, "people_account.seed 2"); !errors.Is(err, keys.ErrBroken) {
		t.Errorf("moved to another row: %v", err)
	}
	for i := range len(one) {
		changed := one[:i] + string(one[i]^1) + one[i+1:]
		if got, err := r.Open(changed, "people_account.seed 1"); err == nil {
			t.Errorf("byte %d changed: %q", i, got)
		}
	}
	for _, s := range []string{"", "1", "1.2", "1.00000000.AAAA", "2." + r.ID() + ".AAAA", "JBSWY3DPEHPK3PXP"} {
		if _, err := r.Open(s, "x"); err == nil {
			t.Errorf("%q opens", s)
		}
	}
}

// A new key seals from now on, and what the old one sealed still opens; without the
// old one it is told apart from what was tampered with.
//
// Holds: v5.0.0-11.2.2 v5.0.0-13.1.4
func TestAKeyIsChanged(t *testing.T) {
	at := filepath.Join(t.TempDir(), "deep", "keys")
	old, err := keys.Make(at)
	if err != nil {
		t.Fatal(err)
	}
	was, _ := old.Seal("text", "row")
	if _, err := keys.Make(at); err == nil {
		t.Error("a key was overwritten")
	}
	both, err := keys.Rotate(at)
	if err != nil || both.ID() == old.ID() || !both.Has(old.ID()) {
		t.Fatalf("%v %v", both, err)
	}
	read, err := keys.Open(at)
	if err != nil || read.ID() != both.ID() {
		t.Fatalf("%v %v", read, err)
	}
	if got, err := read.Open(was, "row"); got != "text" || err != nil || read.Fresh(was) {
		t.Errorf("%q %v, fresh %v", got, err, read.Fresh(was))
	}
	now, _ := read.Seal("text", "row")
	if !read.Fresh(now) {
		t.Error("sealed under the old key")
	}
	if _, err := old.Open(now, "row"); !errors.Is(err, keys.ErrMissing) {
		t.Errorf("without the new key: %v", err)
	}
	if _, err := (*keys.Ring)(nil).Seal("text", "row"); !errors.Is(err, keys.ErrNone) {
		t.Errorf("without any key: %v", err)
	}
	if _, err := (*keys.Ring)(nil).Open(now, "row"); !errors.Is(err, keys.ErrMissing) {
		t.Errorf("without any key: %v", err)
	}
}

// A key that everybody on the machine can read is none.
//
// Holds: v5.0.0-13.3.1 v5.0.0-13.3.2
func TestAKeyThatOthersCanReadIsRefused(t *testing.T) {
	at := filepath.Join(t.TempDir(), "keys")
	if _, err := keys.Make(at); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(at); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604} {
		if err := os.Chmod(at, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Open(at); err == nil || !strings.Contains(err.Error(), "0600") {
			t.Errorf("%o: %v", mode, err)
		}
	}
	for _, text := range []string{"", "# nothing\n", "c2hvcnQ=", "not base64 at all"} {
		if _, err := keys.Parse(text); err == nil {
			t.Errorf("%q is a key", text)
		}
	}
}
