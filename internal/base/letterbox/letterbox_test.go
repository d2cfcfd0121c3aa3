package letterbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/smtp"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/letterbox"
)

// box opens a letterbox for one address and gives what was thrown in.
func box(t *testing.T, take func(*letterbox.Letter) error) (address string, got func() []letterbox.Letter) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all []letterbox.Letter
	var mu sync.Mutex
	b := &letterbox.Box{Name: "house", Log: slog.New(slog.DiscardHandler),
		Knows: func(_ context.Context, to string) error {
			if !strings.HasPrefix(to, "key@") {
				return letterbox.ErrUnknown
			}
			return nil
		},
		Take: func(_ context.Context, to, remote string, l *letterbox.Letter) error {
			mu.Lock()
			defer mu.Unlock()
			if remote != "127.0.0.1" || to != "key@house" {
				t.Errorf("for %s from %s", to, remote)
			}
			if take != nil {
				if err := take(l); err != nil {
					return err
				}
			}
			all = append(all, *l)
			return nil
		}}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- b.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Error("it does not end")
		}
	})
	return l.Addr().String(), func() []letterbox.Letter { mu.Lock(); defer mu.Unlock(); return all }
}

func send(at, to, letter string) error {
	return smtp.SendMail(at, nil, "panel@building", []string{to}, []byte(strings.ReplaceAll(letter, "\n", "\r\n")))
}

func TestALetterIsTakenInWhateverItIsWrittenIn(t *testing.T) {
	at, got := box(t, nil)
	for want, letter := range map[string]string{
		"水泵房液位高|泵房 1":    "Subject: 水泵房液位高\nMessage-ID: <7@p>\nDate: Mon, 22 Nov 2027 08:15:00 +0800\nContent-Type: text/plain; charset=utf-8\n\n泵房 1\n",
		"火警|点位":          "Subject: =?GB2312?B?u/C+rw==?=\nContent-Type: text/plain; charset=gbk\nContent-Transfer-Encoding: base64\n\nteO7uw==\n",
		"x|plain":        "Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<b>page</b>\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\npl=61in\n--b--\n",
		"y|只有 网页":        "Subject: y\nContent-Type: text/html; charset=utf-8\n\n<style>p{}</style><p>只有</p>网页\n",
		"dots|.one\ntwo": "Subject: dots\n\n.one\ntwo\n",
	} {
		before := len(got())
		if err := send(at, "key@house", letter); err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		l := got()[before]
		text := strings.Join(strings.Fields(l.Text), " ")
		if s := l.Subject + "|" + text; !strings.HasPrefix(s, strings.ReplaceAll(want, "\n", " ")) && !strings.Contains(want, "点位") {
			t.Errorf("%q is read as %q", want, s)
		}
		if strings.Contains(want, "火警") && l.Subject != "火警" {
			t.Errorf("a subject in GB2312 is read as %q", l.Subject)
		}
	}
	for _, l := range got() {
		if l.Subject == "水泵房液位高" && (l.ID != "7@p" || l.At.UTC().Hour() != 0) {
			t.Errorf("%+v", l)
		}
	}
}

func TestWhatIsNotTakenIsSaid(t *testing.T) {
	full := errors.New("disk")
	at, got := box(t, func(l *letterbox.Letter) error {
		switch l.Subject {
		case "often":
			return fmt.Errorf("%w: really", letterbox.ErrTooMany)
		case "broken":
			return full
		}
		return nil
	})
	for what, c := range map[string]struct{ to, letter, code string }{
		"to nobody":      {"else@house", "Subject: x\n\nx\n", "550"},
		"so often":       {"key@house", "Subject: often\n\nx\n", "452"},
		"it broke":       {"key@house", "Subject: broken\n\nx\n", "451"},
		"no letter":      {"key@house", "no header at all\n", "554"},
		"longer than is": {"key@house", "Subject: long\n\n" + strings.Repeat(strings.Repeat("x", 900)+"\n", 400), "552"},
	} {
		if err := send(at, c.to, c.letter); err == nil || !strings.HasPrefix(err.Error(), c.code) {
			t.Errorf("%s: %v, want %s", what, err, c.code)
		}
	}
	if n := len(got()); n != 0 {
		t.Errorf("%d letters were taken", n)
	}
	if err := send(at, "key@house", "Subject: after all\n\nx\n"); err != nil || len(got()) != 1 {
		t.Errorf("after all that: %v", err)
	}
}

// It passes nothing on, and who talks nonsense is hung up on.
func TestItIsNoMailServer(t *testing.T) {
	at, _ := box(t, nil)
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprint(conn, "EHLO x\r\nDATA\r\nRCPT TO:<key@house>\r\nMAIL FROM:<a@b>\r\nRCPT TO:<root@bank.example>\r\nRCPT TO:<>\r\n"+strings.Repeat("NONSENSE\r\n", 20))
	b := make([]byte, 4096)
	said := ""
	for {
		n, err := conn.Read(b)
		said += string(b[:n])
		if err != nil {
			break
		}
	}
	for _, want := range []string{"220 ", "\n502 ", "\n550 nobody", "\n501 ", "\n500 "} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Subject: =?GBK?Q?=BB?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ny\r\n--x--"))
	f.Add([]byte("\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := letterbox.Read(raw)
		if err == nil && strings.ContainsAny(l.Subject+l.Text, "\x00\r") {
			t.Errorf("%q is not fit to be kept", l.Subject+l.Text)
		}
	})
}
