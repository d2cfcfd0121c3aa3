package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"houqin/internal/base/db"
)

// houqin runs one command as a terminal would.
func houqin(t *testing.T, environ []string, args ...string) (code int, out, complaints string) {
	t.Helper()
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	var o, c bytes.Buffer
	code = run(args, environ, &o, &c)
	return code, o.String(), c.String()
}

func TestEveryCommandExplainsItselfWithExamples(t *testing.T) {
	_, out, _ := houqin(t, nil, "--help")
	for _, command := range []string{"demo", "serve", "import", "seal", "verify", "backup", "restore", "user", "keys", "check", "migrate", "version"} {
		if !strings.Contains(out, "\n  "+command) {
			t.Errorf("%s is not in the list:\n%s", command, out)
			continue
		}
		for _, args := range map[string][][]string{"user": {{"user", "add"}, {"user", "token"}, {"user", "close"}, {"user", "factor-off"}}, "keys": {{"keys", "rotate"}}}[command] {
			explains(t, args)
		}
		if command != "user" && command != "keys" {
			explains(t, []string{command})
		}
	}
}

func explains(t *testing.T, command []string) {
	t.Helper()
	code, out, _ := houqin(t, nil, append(command, "--help")...)
	name := strings.Join(command, " ")
	if code != 0 || !strings.Contains(out, "Example") || !strings.Contains(out, "houqin "+name) {
		t.Errorf("%s: %d\n%s", name, code, out)
	}
}

func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	for _, c := range []struct {
		args    []string
		environ []string
		says    string
	}{
		{[]string{"serv"}, nil, "serv"},
		{[]string{"serve", "--adr", "x"}, nil, "--adr"},
		{[]string{"check", "--log", "xml"}, nil, "log"},
		{[]string{"check"}, []string{"HOUQIN_ADR=1"}, `HOUQIN_ADR (is "HOUQIN_ADDR" meant?)`},
		{[]string{"check"}, []string{"HOUQIN_DRY_RUN=1"}, "HOUQIN_DRY_RUN"},
		{[]string{"check", "--config", "/no/such/file"}, nil, "/no/such/file"},
	} {
		code, _, complaints := houqin(t, c.environ, c.args...)
		if code != 2 || !strings.Contains(complaints, c.says) {
			t.Errorf("%v %v: %d %s", c.args, c.environ, code, complaints)
		}
	}
	if code, out, _ := houqin(t, nil); code != 0 || !strings.Contains(out, "Usage") {
		t.Errorf("without a command: %d %s", code, out)
	}
}

func TestCheckTellsWhereEachValueComesFrom(t *testing.T) {
	file := filepath.Join(t.TempDir(), "houqin.toml")
	text := "# the hospital\naddr = \"127.0.0.1:1\"\nlog = \"json\"\nproxies = [\"10.0.0.1\", \"10.1.0.0/16\"]\naddress = \"https://houqin.example\"\ndb = \"postgres://u:geheim@h/db?sslmode=verify-full\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, complaints := houqin(t, []string{"HOUQIN_CONFIG=" + file, "HOUQIN_LOG=text", "HOUQIN_BACKUP_PASSPHRASE=geheim"}, "check", "--addr", "127.0.0.1:2")
	if code != 0 {
		t.Fatalf("%d %s", code, complaints)
	}
	for _, line := range []string{
		"addr 127.0.0.1:2 --addr",
		"log text environment HOUQIN_LOG",
		"proxies 10.0.0.1,10.1.0.0/16 " + file + " line 4",
		"db postgres://u:****@h/db?sslmode=verify-full " + file + " line 6",
		"backup-passphrase **** environment HOUQIN_BACKUP_PASSPHRASE",
		"log-level info default",
		"tls-cert - default",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out), " ")+" ", line+" ") {
			t.Errorf("missing: %s\n%s", line, out)
		}
	}
	if strings.Contains(out, "geheim") {
		t.Error("a secret is shown")
	}
}

func TestAFileIsRefusedWithTheLine(t *testing.T) {
	for text, says := range map[string]string{
		"addr = \"127.0.0.1:1\"\n\nadress = \"x\"\n": "line 3: no setting is called \"adress\" (is \"address\" meant?)",
		"whole = true\n":                   "line 1: no setting is called \"whole\"",
		"[tls]\ncert = \"x\"\n":            "line 1",
		"addr = \"a\"\naddr = \"b\"\n":     "addr",
		"addr = \"127.0.0.1:1\"\nlog = \n": "line 2",
		"log = \"xml\"\n":                  "log",
		"drain = 1.5\n":                    "line 1",
		"addr = \"0.0.0.0:80\"\n":          "clear",
		"tls-cert = \"x\"\n":               "go together",
		"proxies = [\"10.0.0.1/8.8\"]\naddress=\"https://x.example\"": "proxies",
		"proxies = [\"10.0.0.1\"]\n":                                  "needs address",
		"address = \"houqin.example\"\n":                              "https://houqin.example",
		"http-addr = \"127.0.0.1:80\"\n":                              "http-addr",
		"drain = \"2h\"\n":                                            "drain",
	} {
		file := filepath.Join(t.TempDir(), "houqin.toml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, complaints := houqin(t, nil, "check", "--config="+file); code == 0 || !strings.Contains(complaints, says) {
			t.Errorf("%q: %d %s", text, code, complaints)
		}
	}
}

func TestAFullCircleOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	do := func(want int, environ []string, args ...string) (string, string) {
		t.Helper()
		code, out, complaints := houqin(t, environ, args...)
		if code != want {
			t.Fatalf("%v: %d\n%s%s", args, code, out, complaints)
		}
		return out, complaints
	}
	do(0, nil, "migrate", "--data", at("a"))
	out, _ := do(0, nil, "user", "add", "1001", "王建国", "--data", at("a"))
	if !strings.Contains(out, "signs in as 1001") {
		t.Error(out)
	}
	if _, complaints := do(1, nil, "user", "add", "1002", "李敏", "--data", at("a")); !strings.Contains(complaints, "王建国") {
		t.Error(complaints)
	}
	do(0, nil, "user", "add", "1002", "李敏", "--role", "security_admin", "--data", at("a"))
	if out, _ := do(0, nil, "user", "token", "1001", "--name", "export", "--data", at("a")); !strings.HasPrefix(out, "houqin_") {
		t.Error(out)
	}
	do(0, nil, "user", "close", "1001", "--data", at("a"))
	do(1, nil, "user", "token", "1001", "--name", "export", "--data", at("a"))
	line, _ := do(0, nil, "seal", "--data", at("a"), "--seal-hash", "sm3")
	if out, _ := do(0, nil, "verify", "--data", at("a"), "--seal", line); !strings.Contains(out, "1 seals over") || !strings.Contains(out, " 0 records wait") {
		t.Error(out)
	}
	forged := strings.TrimRight(line, "0123456789abcdef\n") + strings.Repeat("0", 64)
	if out, _ := do(1, nil, "verify", "--data", at("a"), "--seal", forged); !strings.Contains(out, "seal 1 is not the one that was kept") {
		t.Error(out)
	}
	do(1, nil, "verify", "--data", at("a"), "--seal", "houqin-seal")

	secret := []string{"HOUQIN_BACKUP_PASSPHRASE=correct horse"}
	do(0, secret, "backup", at("b"), "--data", at("a"))
	do(1, secret, "backup", at("b"), "--data", at("a"))
	do(1, secret, "backup", at("c"), "--data", at("nowhere"))
	if _, complaints := do(1, []string{"HOUQIN_BACKUP_PASSPHRASE="}, "restore", at("b"), "--data", at("r")); !strings.Contains(complaints, "enciphered") {
		t.Error(complaints)
	}
	do(0, secret, "restore", at("b"), "--data", at("r"))
	do(1, secret, "restore", at("b"), "--data", at("r"))
	if out, _ := do(0, secret, "restore", at("b"), "--data", at("r"), "--replace"); !strings.Contains(out, "kept as") {
		t.Error(out)
	}
	do(0, nil, "verify", "--data", at("r"))
	do(0, nil, "user", "add", "1002", "--role", "none", "--data", at("r")) // the person is known there
	if _, complaints := do(1, append(secret, "LANG=zh_CN.UTF-8"), "restore", at("b"), "--data", at("r")); !strings.Contains(complaints, "数据库里已有记录") {
		t.Error(complaints)
	}
}

func TestThePassphraseIsTheFirstLineOfItsFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pass")
	for text, want := range map[string]string{"correct horse\r\nsecond": "correct horse", "one": "one", "\nx": ""} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := (boxes{BackupPassphraseFile: file, BackupPassphrase: "other"}).passphrase(); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", text, got, err)
		}
	}
}

// Holds: C9
func TestADemoLeavesARealHospitalAlone(t *testing.T) {
	data := t.TempDir()
	if code, _, complaints := houqin(t, nil, "user", "add", "1001", "王建国", "--data", data); code != 0 {
		t.Fatal(complaints)
	}
	if code, _, complaints := houqin(t, nil, "demo", "--data", data, "--addr", "127.0.0.1:0"); code != 1 || !strings.Contains(complaints, "real hospital") {
		t.Errorf("%d %s", code, complaints)
	}
}

// Holds: DB3-8.1.4.7-b
func TestVerifyNamesWhatDoesNotAgree(t *testing.T) {
	data := t.TempDir()
	if code, _, complaints := houqin(t, nil, "migrate", "--data", data); code != 0 {
		t.Fatal(complaints)
	}
	d, err := db.Open(filepath.Join(data, "houqin.db"))
	if err != nil {
		t.Fatal(err)
	}
	err = d.Do(t.Context(), db.System("test"), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO base_number (series, year, last) VALUES ('WX', 2026, 3)`)
		return err
	})
	if err = errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	if code, out, complaints := houqin(t, nil, "verify", "--data", data); code != 1 || !strings.Contains(out, "WX") || !strings.Contains(complaints, "disagreements") {
		t.Errorf("%d %s%s", code, out, complaints)
	}
	if code, _, _ := houqin(t, nil, "verify", "--data", filepath.Join(data, "nowhere")); code != 1 {
		t.Error("a database that is not there agrees")
	}
	if _, err := os.Stat(filepath.Join(data, "nowhere")); err == nil {
		t.Error("verify made a database")
	}
}
