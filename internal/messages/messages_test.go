package messages_test

import (
	"context"
	"encoding/base64"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/courier"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/jobs"
	"houqin/internal/base/keys"
	"houqin/internal/base/list"
	"houqin/internal/base/words"
	"houqin/internal/departments"
	"houqin/internal/messages"
	"houqin/internal/messages/messagesweb"
	"houqin/internal/people"
	"houqin/internal/places"
)

var rooms = []fs.FS{departments.Migrations, places.Migrations, people.Migrations, messages.Migrations}

// house is a hospital with two people, a messenger's office and a server in its own
// network that keeps what it is told.
type house struct {
	d      *db.DB
	office *messages.Office
	runner *jobs.Runner
	anna   string
	ben    string

	mu    sync.Mutex
	down  bool
	heard []string
	ids   []string
	url   string
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	ring, err := keys.Parse(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	d.Keys = ring
	book := &words.Book{Zone: d.Zone}
	if err := book.Add(messagesweb.Words); err != nil {
		t.Fatal(err)
	}
	h := &house{d: d, runner: jobs.New(d, slog.New(slog.NewTextHandler(io.Discard, nil)))}
	h.office = &messages.Office{DB: d, Words: book.In("zh"), Address: "https://houqin.example",
		Courier: courier.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, courier.Mailbox{}, d.Now)}
	h.office.Wire(h.runner)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.down {
			w.WriteHeader(503)
			return
		}
		h.heard, h.ids = append(h.heard, string(b)), append(h.ids, r.Header.Get("webhook-id"))
		io.WriteString(w, `{"errcode":0}`)
	}))
	t.Cleanup(s.Close)
	h.url = s.URL
	dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
		ward := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
		if err := departments.Found(t.Context(), tx, &ward); err != nil {
			return err
		}
		for name, id := range map[string]*string{"Anna": &h.anna, "Ben": &h.ben} {
			p := people.Person{Number: name, Name: name, Department: ward.ID}
			if err := people.Hire(t.Context(), tx, &p); err != nil {
				return err
			}
			*id = p.ID
		}
		return nil
	})
	return h
}

func (h *house) tell(t *testing.T, by db.Actor, w messages.Word) {
	t.Helper()
	if err := h.d.Do(t.Context(), by, func(tx *db.Tx) error {
		if err := messages.Tell(t.Context(), tx, w); err != nil {
			return err
		}
		return tx.Trail(t.Context(), db.Event{Noun: "test", Record: "1", Action: "told"})
	}); err != nil {
		t.Fatal(err)
	}
}

func (h *house) channel(t *testing.T, kind string, events ...string) messages.Channel {
	t.Helper()
	c := messages.Channel{Name: kind, Kind: kind, Address: h.url + "/" + kind + "?key=hidden", Events: events}
	dbtest.Do(t, h.d, dbtest.Person("admin", messages.MayRun), func(tx *db.Tx) error { return h.office.Open(t.Context(), tx, &c) })
	return c
}

func (h *house) deliveries(t *testing.T) []messages.Delivery {
	t.Helper()
	all, err := messages.Deliveries.All(t.Context(), h.d, list.Where{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var word = messages.Word{Event: messages.Emergency, Args: []string{"WX-2027-000001", "王某某床旁氧气泄漏"}, Number: "WX-2027-000001", Href: "/desk/jobs/1"}

// Holds: PI-13
func TestChannelsHearWhatTheyAskedForAndNoMoreThanTheNumber(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.channel(t, "wecom", messages.Emergency)
		h.channel(t, messages.Webhook, messages.Emergency, messages.Alarm)
		h.channel(t, "dingtalk", messages.Alarm)
		h.tell(t, dbtest.Person("nurse"), word)
		if len(h.heard) != 0 {
			t.Fatal("told before the commit was over and the runner came")
		}
		if err := h.runner.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		all := strings.Join(h.heard, "\n")
		if len(h.heard) != 2 || strings.Count(all, "WX-2027-000001") != 2 || strings.Contains(all, "氧气") || strings.Count(all, "https://houqin.example/desk/jobs/1") != 2 {
			t.Errorf("heard %s", all)
		}
		for _, x := range h.deliveries(t) {
			if x.State != messages.Sent || x.SentAt == 0 || x.Attempts != 1 {
				t.Errorf("%+v", x)
			}
		}
	})
}

// A receiver that is down holds up nobody: each piece is tried again by itself.
//
// Holds: AB-19
func TestWhatDoesNotArriveIsTriedAgainAndThenWaitsForAPerson(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.channel(t, messages.Webhook, messages.Emergency)
		h.down = true
		h.tell(t, dbtest.Person("nurse"), word)
		for range messages.Attempts {
			if err := h.runner.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			clock.Add(time.Hour)
		}
		x := h.deliveries(t)[0]
		if x.State != messages.Dead || x.Attempts != messages.Attempts || !strings.Contains(x.Error, "503") || strings.Contains(x.Error, "hidden") {
			t.Fatalf("%+v", x)
		}
		var left int
		if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM base_job`).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d jobs left, %v", left, err)
		}
		h.down = false
		again := func(by db.Actor) error {
			return d.Do(t.Context(), by, func(tx *db.Tx) error { return messages.Again(t.Context(), tx, x.ID) })
		}
		if err := again(dbtest.Person("nurse")); fault.KindOf(err) != fault.Forbidden {
			t.Error(err)
		}
		if err := again(dbtest.Person("admin", messages.MayRun)); err != nil {
			t.Fatal(err)
		}
		if err := again(dbtest.Person("admin", messages.MayRun)); fault.KindOf(err) != fault.Conflict {
			t.Errorf("sent again while it waits: %v", err)
		}
		if err := h.runner.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if x := h.deliveries(t)[0]; x.State != messages.Sent || len(h.ids) != 1 || h.ids[0] != x.ID {
			t.Errorf("%+v %v", x, h.ids)
		}
	})
}

func TestPeopleAreToldInTheHouse(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		anna, ben := dbtest.Person("Anna"), dbtest.Person("Ben")
		anna.ID, ben.ID = h.anna, h.ben
		w := word
		w.Event, w.To = messages.Dispatched, []string{h.anna, h.ben, h.ben, ""}
		h.tell(t, anna, w) // she does it herself
		h.tell(t, ben, w)
		count := func(p string) int64 {
			n, err := messages.Unseen(t.Context(), d, p)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if count(h.anna) != 1 || count(h.ben) != 1 {
			t.Fatalf("unseen %d %d", count(h.anna), count(h.ben))
		}
		notes, err := messages.Notes(t.Context(), d, h.anna)
		if err != nil || len(notes) != 1 || notes[0].Args[1] != "王某某床旁氧气泄漏" || notes[0].Href != "/desk/jobs/1" {
			t.Fatal(notes, err)
		}
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return messages.See(t.Context(), tx, notes[0].ID) })
		if count(h.anna) != 0 || count(h.ben) != 1 {
			t.Error("seen by the wrong person")
		}
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return messages.See(t.Context(), tx, notes[0].ID) }) // pressed twice
		for email, ok := range map[string]bool{"anna@hospital.example": true, "a@b.example,c@d.example": false, "a@b.example\r\nBcc: x@y.example": false, "anna": false, "": true} {
			err := d.Do(t.Context(), anna, func(tx *db.Tx) error { return messages.WriteTo(t.Context(), tx, email) })
			if (err == nil) != ok {
				t.Errorf("%q: %v", email, err)
			}
		}
	})
}

// What a channel is reached by does not lie in the open, and does not open elsewhere.
//
// Holds: v5.0.0-13.3.1 v5.0.0-11.3.3
func TestAddressesAndSecretsOfChannelsAreSealed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := h.channel(t, messages.Webhook, messages.Emergency)
		if !strings.HasPrefix(c.Secret, "whsec_") {
			t.Errorf("a secret was made: %q", c.Secret)
		}
		var address, secret, trail string
		if err := d.QueryRowContext(t.Context(), `SELECT address, secret FROM messages_channel`).Scan(&address, &secret); err != nil {
			t.Fatal(err)
		}
		if err := d.QueryRowContext(t.Context(), `SELECT detail FROM base_trail WHERE noun = 'messages.channel'`).Scan(&trail); err != nil {
			t.Fatal(err)
		}
		if all := address + secret + trail; strings.Contains(all, "hidden") || strings.Contains(all, c.Secret) || strings.Contains(all, strings.TrimPrefix(c.Secret, "whsec_")) {
			t.Error("an address or secret lies in the open")
		}
		for _, bad := range []messages.Channel{
			{Name: "x", Kind: "wecom", Address: "http://10.0.0.1/x"}, {Name: "x", Kind: "wecom"}, {Kind: "wecom", Address: h.url},
			{Name: "x", Kind: "telegram", Address: h.url}, {Name: "x", Kind: messages.Webhook, Address: h.url, Secret: "short"}, {Name: "x", Kind: "wecom", Address: h.url, Events: []string{"gossip"}},
		} {
			if err := d.Do(t.Context(), dbtest.Person("admin", messages.MayRun), func(tx *db.Tx) error { return h.office.Open(t.Context(), tx, &bad) }); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := d.Do(context.Background(), dbtest.Person("nurse"), func(tx *db.Tx) error { return h.office.Open(t.Context(), tx, &c) }); fault.KindOf(err) != fault.Forbidden {
			t.Error(err)
		}
	})
}
