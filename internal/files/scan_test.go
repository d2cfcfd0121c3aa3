package files_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/files"
)

// eicar is the harmless text that every scanner takes for a virus, put together here
// so that none takes this file for one.
var eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

var room = []fs.FS{files.Migrations}

// stub is a scanner that knows one virus, and may be away.
type stub struct{ away bool }

func (s *stub) Scan(_ context.Context, r io.Reader) (string, error) {
	b, err := io.ReadAll(r)
	if s.away {
		return "", errors.New("away")
	}
	if bytes.Contains(b, []byte(eicar)) {
		return "Eicar-Signature", err
	}
	return "", err
}

// A document with a virus is refused; while the scanner is away documents wait and
// nobody gets them; afterwards each is let go or taken away, and the trail says so.
//
// Holds: v5.0.0-5.2.2 v5.0.0-16.5.2 v5.0.0-16.5.3 DB3-8.1.4.5 C10 AB-12
func TestDocumentsWaitForTheScanner(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		s, err := files.Open(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		scanner := &stub{}
		s.Scanner = scanner
		if _, err := s.Take(t.Context(), "bill.txt", []byte(eicar)); !fault.Is(err, "files.infected") {
			t.Fatalf("a virus: %v", err)
		}
		attach := func(name, text string) (f files.File) {
			t.Helper()
			k, err := s.Take(t.Context(), name, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			dbtest.Do(t, d, dbtest.Person("nurse", files.MayAttach), func(tx *db.Tx) error {
				f, err = files.Attach(t.Context(), tx, s, files.Upload{Noun: "job", Record: "1", Kept: &k})
				return err
			})
			return f
		}
		if f := attach("note.txt", "the lamp flickers"); f.Waiting {
			t.Error("a document that was looked through waits")
		}
		scanner.away = true
		good, bad := attach("good.txt", "the lamp is dark"), attach("bad.txt", eicar)
		unit := func(ctx context.Context, f func(*db.Tx) error) error { return d.Do(ctx, db.System("files"), f) }
		if err := files.Rescan(t.Context(), d, unit, s); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("looked through by a scanner that is away: %v", err)
		}
		for _, f := range []files.File{good, bad} {
			f, err := files.Get(t.Context(), d, f.ID)
			if err != nil || !f.Waiting {
				t.Errorf("%s waits: %v, %v", f.Name, f.Waiting, err)
			}
			if _, _, err := s.Read(t.Context(), f, false); !fault.Is(err, "files.waiting") {
				t.Errorf("%s is handed out: %v", f.Name, err)
			}
		}
		scanner.away = false
		for range 2 {
			if err := files.Rescan(t.Context(), d, unit, s); err != nil {
				t.Fatal(err)
			}
		}
		f, err := files.Get(t.Context(), d, good.ID)
		if err != nil || f.Waiting {
			t.Errorf("the good one: %+v, %v", f, err)
		}
		if r, _, err := s.Read(t.Context(), f, false); err != nil {
			t.Error(err)
		} else {
			r.Close()
		}
		if _, err := files.Get(t.Context(), d, bad.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the bad one is still there: %v", err)
		}
		story, _ := db.Story(t.Context(), d, "files.file", "1")
		said := ""
		for _, e := range story {
			said += e.Action + " "
		}
		if strings.Count(said, "infected") != 1 || strings.Count(said, "pass") != 1 {
			t.Errorf("the trail says %s", said)
		}
	})
}

// The scanner's daemon is spoken to as it wants to be.
//
// Holds: DB3-8.1.4.5 C10
func TestClamdIsAsked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clamd")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			head := make([]byte, 10)
			io.ReadFull(c, head)
			var all []byte
			for string(head) == "zINSTREAM\x00" {
				var n uint32
				if binary.Read(c, binary.BigEndian, &n) != nil || n == 0 {
					break
				}
				part := make([]byte, n)
				io.ReadFull(c, part)
				all = append(all, part...)
			}
			answer := "stream: OK\x00"
			switch {
			case bytes.Contains(all, []byte(eicar)):
				answer = "stream: Eicar-Signature FOUND\x00"
			case len(all) > 1<<20:
				answer = "INSTREAM size limit exceeded. ERROR\x00"
			}
			io.WriteString(c, answer)
			c.Close()
		}
	}()
	s, err := files.OpenScanner("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text, found string
		fails       bool
	}{{"clean", "", false}, {"", "", false}, {strings.Repeat("x", 200_000) + eicar, "Eicar-Signature", false}, {strings.Repeat("x", 2<<20), "", true}} {
		if found, err := s.Scan(t.Context(), strings.NewReader(c.text)); found != c.found || (err != nil) != c.fails {
			t.Errorf("%.10q: %q, %v", c.text, found, err)
		}
	}
	l.Close()
	if _, err := s.Scan(t.Context(), strings.NewReader("x")); err == nil {
		t.Error("nobody answers, and that is well")
	}
	for _, odd := range []string{"clamd", "unix:", "/run/clamd"} {
		if _, err := files.OpenScanner(odd); err == nil {
			t.Errorf("%q is taken for an address", odd)
		}
	}
}

// A PDF that does something by itself is refused, however its names are written.
//
// Holds: v5.0.0-5.2.2 AB-12
func TestAPDFThatActsIsRefused(t *testing.T) {
	s, err := files.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	doc := func(inside string) []byte {
		return []byte("%PDF-1.4\n1 0 obj\n<</Type /Catalog " + inside + ">>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	}
	for inside, fits := range map[string]bool{
		"": true, "/Title (JavaScript for nurses)": true, "/JSON /x": true,
		"/OpenAction <</S /JavaScript /JS (app.alert(1))>>": false, "/OpenAction<</S/JavaScript/JS(x)>>": false, "/S /#4AavaScript": false, "/S/J#61v#61Script": false,
		"/S /Launch /F (cmd.exe)": false, "/Type /EmbeddedFile": false, "/JS(x)": false,
	} {
		if _, err := s.Take(t.Context(), "a.pdf", doc(inside)); (err == nil) != fits || err != nil && !fault.Is(err, "files.active") {
			t.Errorf("%s: %v", inside, err)
		}
	}
}

// One person fills neither the disk nor the day.
//
// Holds: v5.0.0-5.2.4 v5.0.0-15.2.2 AB-13 API4:2023
func TestOnePersonsFilesOfADayAreBounded(t *testing.T) {
	d, clock := dbtest.Open(t, dbtest.SQLite(t, room))
	s, err := files.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Take(t.Context(), "a.txt", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	attach := func(person string) error {
		return d.Do(t.Context(), dbtest.Person(person, files.MayAttach), func(tx *db.Tx) error {
			_, err := files.Attach(t.Context(), tx, s, files.Upload{Noun: "job", Record: tx.NewID(), Kept: &k})
			return err
		})
	}
	k.Size = 1 << 30 // as if
	for i := range 3 {
		if err := attach("nurse"); (fault.KindOf(err) == fault.TooMany) != (i == 2) {
			t.Errorf("%d GB: %v", i+1, err)
		}
	}
	if err := attach("another"); err != nil {
		t.Errorf("another person: %v", err)
	}
	clock.Add(25 * 3600e9)
	if err := attach("nurse"); err != nil {
		t.Errorf("a day later: %v", err)
	}
}
