package courier

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// here is a courier that may knock at this machine's own doors.
func here(mail Mailbox) *Courier {
	return New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, mail, func() time.Time { return noon })
}

func mac(key, text string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// chat is a server that checks what it receives as the three chats do.
func chat(t *testing.T, check func(r *http.Request, body map[string]any) (answer string)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Method != "POST" || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			w.WriteHeader(400)
			return
		}
		io.WriteString(w, check(r, body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestRobotsSpeakInTheWayOfEachChat(t *testing.T) {
	wecom := chat(t, func(r *http.Request, b map[string]any) string {
		text, _ := b["text"].(map[string]any)
		if b["msgtype"] != "text" || text["content"] != "工单 WX-2026-000001 待派工" || r.URL.Query().Get("key") != "k1" {
			return `{"errcode":40008,"errmsg":"invalid message type"}`
		}
		return `{"errcode":0,"errmsg":"ok"}`
	})
	dingtalk := chat(t, func(r *http.Request, b map[string]any) string {
		q := r.URL.Query()
		ms, _ := strconv.ParseInt(q.Get("timestamp"), 10, 64)
		text, _ := b["text"].(map[string]any)
		if q.Get("access_token") != "t1" || ms != noon.UnixMilli() || q.Get("sign") != mac("SECx", q.Get("timestamp")+"\nSECx") || text["content"] != "工单 WX-2026-000001 待派工" {
			return `{"errcode":310000,"errmsg":"sign not match"}`
		}
		return `{"errcode":0}`
	})
	feishu := chat(t, func(r *http.Request, b map[string]any) string {
		stamp, _ := b["timestamp"].(string)
		content, _ := b["content"].(map[string]any)
		if b["msg_type"] != "text" || content["text"] != "工单 WX-2026-000001 待派工" || stamp != strconv.FormatInt(noon.Unix(), 10) || b["sign"] != mac(stamp+"\nfs", "") {
			return `{"code":19021,"msg":"sign match fail"}`
		}
		return `{"code":0,"msg":"success"}`
	})
	for _, v := range []struct{ chat, address, secret, wrong string }{
		{"wecom", wecom + "?key=k1", "", ""},
		{"dingtalk", dingtalk + "?access_token=t1", "SECx", "310000"},
		{"feishu", feishu + "/open-apis/bot/v2/hook/x", "fs", "19021"},
	} {
		if err := here(Mailbox{}).Robot(t.Context(), v.chat, v.address, v.secret, "工单 WX-2026-000001 待派工"); err != nil {
			t.Errorf("%s: %v", v.chat, err)
		}
		if v.wrong == "" {
			continue
		}
		if err := here(Mailbox{}).Robot(t.Context(), v.chat, v.address, "other", "工单 WX-2026-000001 待派工"); err == nil || !strings.Contains(err.Error(), v.wrong) {
			t.Errorf("%s with a wrong secret: %v", v.chat, err)
		}
	}
	silent := chat(t, func(*http.Request, map[string]any) string { return "<html>" })
	if err := here(Mailbox{}).Robot(t.Context(), "wecom", silent, "", "x"); err == nil {
		t.Error("a page was taken for the chat's consent")
	}
}

// Holds: v5.0.0-4.1.5 AB-19
func TestAWebhookIsSignedAsStandardWebhooksSays(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	body := `{"event":"desk.dispatched","number":"WX-2026-000001"}`
	var got string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = r.Header.Get("webhook-id")
		want := "v1," + mac(string(key), "msg_1."+strconv.FormatInt(noon.Unix(), 10)+"."+string(b))
		if r.Header.Get("webhook-timestamp") != strconv.FormatInt(noon.Unix(), 10) || r.Header.Get("webhook-signature") != want || string(b) != body {
			w.WriteHeader(401)
			return
		}
		w.WriteHeader(204)
	}))
	defer s.Close()
	if err := here(Mailbox{}).Webhook(t.Context(), s.URL, secret, "msg_1", []byte(body)); err != nil || got != "msg_1" {
		t.Error(err, got)
	}
	if err := here(Mailbox{}).Webhook(t.Context(), s.URL, "whsec_AAAA", "msg_1", []byte(body)); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a refusal is told: %v", err)
	}
}

// A webhook's address is given by a person; it must not become a way into the house.
//
// Holds: AB-18 API7:2023 v5.0.0-1.3.6 v5.0.0-13.2.4 v5.0.0-15.3.2
func TestAddressesInsideAreNotGoneTo(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("it was gone to") }))
	defer inside.Close()
	c := New(nil, Mailbox{}, time.Now)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(inside.URL, "http://"))
	for _, address := range []string{
		inside.URL, "http://example.com/", "https://127.0.0.1:" + port, "https://localhost:" + port, "https://[::1]:" + port, "https://[::ffff:127.0.0.1]:" + port,
		"https://2130706433:" + port, "https://0x7f.1:" + port, "https://169.254.169.254/latest/meta-data/", "https://10.1.2.3/", "https://192.168.1.1/", "https://[fd00::1]/",
		"https://100.64.0.1/", "https://0.0.0.0/", "https://[64:ff9b::7f00:1]/", "https://user:pw@example.com/", "file:///etc/passwd", "gopher://example.com/", "ftp://example.com/",
		"https:example.com", "https://", "//example.com/", "https://exa mple.com/", "https://example.com/\r\nX: y", "",
	} {
		if err := c.Webhook(t.Context(), address, "AAAA", "1", []byte("{}")); err == nil {
			t.Errorf("%q was gone to", address)
		}
	}
	// A name that resolves to an address inside is refused as it is connected to.
	if err := c.mayEnter("127.0.0.1:443"); !errors.Is(err, ErrForbidden) {
		t.Error(err)
	}
	if err := c.mayEnter("8.8.8.8:443"); err != nil {
		t.Error(err)
	}
	hospital := New(prefixes("10.20.0.0/16"), Mailbox{}, time.Now)
	for address, ok := range map[string]bool{"http://10.20.3.4/hook": true, "http://10.21.0.1/hook": false, "https://10.20.0.1/hook": true} {
		if err := hospital.Check(address); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Holds: AB-18 API7:2023
func TestARedirectIsNotFollowedAndTheAnswerStaysUnseen(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("followed") }))
	defer far.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", far.URL)
		w.WriteHeader(302)
		io.WriteString(w, "SECRET OF THE INTRANET")
	}))
	defer s.Close()
	err := here(Mailbox{}).Webhook(t.Context(), s.URL+"?key=hidden", "AAAA", "1", []byte("{}"))
	if err == nil || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "hidden") {
		t.Error(err)
	}
	s.Close()
	if err := here(Mailbox{}).Webhook(t.Context(), s.URL+"?key=hidden", "AAAA", "1", []byte("{}")); err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("an error shows the key in the address: %v", err)
	}
}

// post office is an SMTP server that keeps what is handed in.
type handed struct {
	from string
	to   []string
	head textproto.MIMEHeader
	body string
}

func postOffice(t *testing.T) (Mailbox, <-chan handed) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	out := make(chan handed, 4)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go receive(conn, out)
		}
	}()
	port, _ := strconv.Atoi(l.Addr().String()[strings.LastIndex(l.Addr().String(), ":")+1:])
	return Mailbox{Host: "127.0.0.1", Port: port, From: netmail.Address{Name: "后勤", Address: "houqin@hospital.example"}}, out
}

func receive(conn net.Conn, out chan<- handed) {
	defer conn.Close()
	in := textproto.NewReader(bufio.NewReader(conn))
	say := func(s string) { io.WriteString(conn, s+"\r\n") }
	say("220 post office")
	var m handed
	for {
		line, err := in.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, ":")
		switch strings.ToUpper(verb) {
		case "MAIL FROM":
			m = handed{from: strings.Trim(strings.Fields(rest)[0], "<>")}
			say("250 ok")
		case "RCPT TO":
			to := strings.Trim(strings.Fields(rest)[0], "<>")
			if strings.HasPrefix(to, "nobody@") {
				say("550 no such person")
				continue
			}
			m.to = append(m.to, to)
			say("250 ok")
		case "DATA":
			say("354 go on")
			text := in.DotReader()
			r := textproto.NewReader(bufio.NewReader(text))
			m.head, _ = r.ReadMIMEHeader()
			b, _ := io.ReadAll(r.R)
			m.body = string(b)
			say("250 taken")
			out <- m
		case "QUIT":
			say("221 bye")
			return
		default:
			if strings.HasPrefix(strings.ToUpper(line), "EHLO") {
				say("250-post office")
				say("250 8BITMIME")
			} else {
				say("250 ok")
			}
		}
	}
}

// Holds: AB-36 v5.0.0-1.3.11
func TestALetterArrivesOnceAndNamesNobodyElse(t *testing.T) {
	box, arrived := postOffice(t)
	c := here(box)
	if err := c.Letter(t.Context(), "wang@hospital.example", "01ID", "工单 WX-1\r\nBcc: thief@example.com", "请签收。\r\n.\r\n链接 https://houqin.example/desk/jobs/1"); err != nil {
		t.Fatal(err)
	}
	m := <-arrived
	subject, _ := (&mime.WordDecoder{}).DecodeHeader(m.head.Get("Subject"))
	if m.from != "houqin@hospital.example" || len(m.to) != 1 || m.to[0] != "wang@hospital.example" || m.head.Get("Bcc") != "" || subject != "工单 WX-1 Bcc: thief@example.com" ||
		!strings.HasPrefix(m.head.Get("Message-Id"), "<01ID@") || m.head.Get("User-Agent")+m.head.Get("X-Mailer") != "" {
		t.Errorf("%+v %q", m, subject)
	}
	for _, to := range []string{"a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "nobody", "nobody@hospital.example", ""} {
		if err := c.Letter(t.Context(), to, "1", "x", "y"); err == nil {
			t.Errorf("%q was written to", to)
		}
	}
	if err := here(Mailbox{}).Letter(t.Context(), "a@b.example", "1", "x", "y"); !errors.Is(err, ErrNoMail) {
		t.Error(err)
	}
	// Beyond this machine nothing is handed in without encryption.
	far := box
	far.Host = "127.0.0.1.nip.example"
	if err := here(far).Letter(context.Background(), "a@b.example", "1", "x", "y"); err == nil {
		t.Error("handed in")
	}
}

func TestMailboxes(t *testing.T) {
	m, err := ParseMailbox("smtps://u%40x:p%3Aw@mail.example", "后勤 <houqin@hospital.example>")
	if err != nil || m.Port != 465 || !m.TLS || m.User != "u@x" || m.Password != "p:w" || m.From.Name != "后勤" {
		t.Errorf("%+v %v", m, err)
	}
	if m, err = ParseMailbox("", ""); err != nil || m.Host != "" {
		t.Error(m, err)
	}
	for _, bad := range [][2]string{{"http://mail.example", "a@b.example"}, {"smtp://", "a@b.example"}, {"smtp://mail.example", "nobody"}, {"smtp://mail.example", ""}} {
		if _, err := ParseMailbox(bad[0], bad[1]); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}
