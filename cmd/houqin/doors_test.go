package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

// inside opens a hospital's database between two commands.
func inside(t *testing.T, data string, f func(*hospital.Hospital)) {
	t.Helper()
	h, err := hospital.Open(t.Context(), hospital.Config{DB: filepath.Join(data, "houqin.db"), Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	f(h)
}

// refused is what serve says of a hospital whose doors it does not open.
func refused(t *testing.T, data string, change ...func(*serveCmd)) string {
	t.Helper()
	_, err := opened(t, data, change...)
	if err != nil {
		return err.Error()
	}
	return ""
}

// opened starts to serve a hospital and stops as soon as its doors are open; said is
// what it told meanwhile.
func opened(t *testing.T, data string, change ...func(*serveCmd)) (said string, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w := &hearing{of: "msg=serving", then: cancel}
	c := &serveCmd{}
	c.Data, c.Addr, c.MetricsAddr, c.Log, c.LogLevel = data, "127.0.0.1:0", "none", "text", "info"
	for _, f := range change {
		f(c)
	}
	err = c.serve(ctx, &desk{out: w, complaints: w})
	return w.String(), err
}

// hearing keeps what is written and does something when it hears a word.
type hearing struct {
	mu sync.Mutex
	bytes.Buffer
	of   string
	then func()
}

func (h *hearing) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if bytes.Contains(b, []byte(h.of)) {
		h.then()
	}
	return h.Buffer.Write(b)
}

// A demo's database, whose people anybody may know, is not served as a hospital.
//
// Holds: v5.0.0-6.3.2 v5.0.0-15.2.3 DB3-8.1.4.2-b
func TestADemoIsNotServedAsAHospital(t *testing.T) {
	data := t.TempDir()
	inside(t, data, func(h *hospital.Hospital) {
		if err := h.DB.Do(t.Context(), db.System("test"), func(tx *db.Tx) error { return db.Set(t.Context(), tx, demoMark, "built") }); err != nil {
			t.Fatal(err)
		}
		for _, rt := range h.Site.Routes() {
			if strings.Contains(rt.At, "/sign-in/demo") || strings.HasSuffix(rt.At, " /ui") {
				t.Errorf("%s stands open in a hospital", rt.At)
			}
		}
	})
	if says := refused(t, data); !strings.Contains(says, "demo") {
		t.Errorf("%q", says)
	}
	if says := refused(t, data, func(c *serveCmd) { c.DemoData = true }); says != "" {
		t.Errorf("%q", says)
	}
}

// Without the key under which authenticators are sealed the doors stay closed; the key
// is changed, or given up for lost, by the command line, and that raises an alarm.
//
// Holds: v5.0.0-13.3.1 v5.0.0-11.1.1 v5.0.0-16.5.3
func TestTheKeyOfAuthenticators(t *testing.T) {
	data := t.TempDir()
	if code, _, complaints := houqin(t, nil, "user", "add", "1001", "王建国", "--data", data); code != 0 {
		t.Fatal(complaints)
	}
	file := filepath.Join(data, "keys")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	first, _ := os.ReadFile(file)
	if code, out, complaints := houqin(t, nil, "keys", "rotate", "--data", data); code != 0 || !strings.Contains(out, "key in use") {
		t.Fatal(out, complaints)
	}
	if both, _ := os.ReadFile(file); bytes.Equal(first, both) || bytes.Count(both, []byte("=")) != 2 {
		t.Errorf("%s", both)
	}
	if says := refused(t, data); says != "" {
		t.Error(says)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if says := refused(t, data); !strings.Contains(says, "0600") {
		t.Errorf("a key that everybody can read: %q", says)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if says := refused(t, data); !strings.Contains(says, "--lost") {
		t.Errorf("without the key: %q", says)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("another key was made in its place")
	}
	if code, _, _ := houqin(t, nil, "keys", "rotate", "--data", data); code != 1 {
		t.Error("rotated without the old key")
	}
	if code, out, complaints := houqin(t, nil, "keys", "rotate", "--lost", "--data", data); code != 0 {
		t.Error(out, complaints)
	}
	if says := refused(t, data); says != "" {
		t.Error(says)
	}
	inside(t, data, func(h *hospital.Hospital) {
		all, err := people.Alarms(t.Context(), h.DB)
		if err != nil || !slices.ContainsFunc(all, func(e people.Occurrence) bool { return e.Kind == "break_glass" && e.What == "people.account.keys_lost" }) {
			t.Errorf("%+v %v", all, err)
		}
	})
}

// Whoever takes a seat by the host's command line leaves a line in the trail and an
// alarm that the next start repeats until it is noted.
//
// Holds: AB-40 DB3-8.1.5.1-a
func TestBreakingTheGlassRaisesAnAlarm(t *testing.T) {
	data := t.TempDir()
	for _, args := range [][]string{{"user", "add", "1001", "王建国"}, {"user", "add", "1002", "李敏", "--break-glass"}, {"user", "add", "1003", "赵新", "--role", "security_admin"}} {
		if code, _, complaints := houqin(t, nil, append(args, "--data", data)...); code != 0 {
			t.Fatal(complaints)
		}
	}
	if code, _, _ := houqin(t, nil, "user", "add", "1001", "--role", "dispatcher", "--data", data); code != 1 {
		t.Error("the command line gave an administrator business")
	}
	inside(t, data, func(h *hospital.Hospital) {
		all, err := people.Alarms(t.Context(), h.DB)
		broken := 0
		for _, a := range all {
			if a.Kind == "break_glass" && strings.Contains(a.Note, "李敏") {
				broken++
			}
		}
		if err != nil || broken != 1 {
			t.Errorf("%+v %v", all, err)
		}
		story, _ := db.Story(t.Context(), h.DB, "people.grant", all[len(all)-1].Record)
		if len(story) == 0 {
			t.Error("nothing in the trail")
		}
	})
	if said, err := opened(t, data); err != nil || !strings.Contains(said, "李敏") {
		t.Errorf("the start says %q, %v", said, err)
	}
}
