package journeys

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/list"
	"houqin/internal/demo"
	"houqin/internal/hospital"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// Those of the demo who live through the month of a store besides.
const (
	planner     = "1161"
	buyer       = "1162"
	finance     = "1163"
	accountant  = "1164"
	sectionHead = "1034"
)

// aside is a demo hospital of its own whose clock can be put forward.
type aside struct {
	t    *testing.T
	h    *hospital.Hospital
	url  string
	past atomic.Int64 // how far its clock is ahead
}

func newAside(t *testing.T) *aside {
	t.Helper()
	if os.Getenv("HOUQIN_TEST_ALL") == "" {
		t.Skip("a hospital of its own is built with HOUQIN_TEST_ALL=1")
	}
	a, dir := &aside{t: t}, t.TempDir()
	cfg := hospital.Config{DB: filepath.Join(dir, "demo.db"), Data: dir, Demo: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	first, err := hospital.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	err = demo.Build(context.Background(), first.DB, 1, func(string) {})
	first.Close()
	if err != nil {
		t.Fatal(err)
	}
	if a.h, err = hospital.Open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	a.h.DB.Now = func() time.Time { return time.Now().Add(time.Duration(a.past.Load())) }
	srv := httptest.NewServer(a.h.Site)
	a.url = srv.URL
	t.Cleanup(func() {
		a.h.Site.Stop()
		srv.Close()
		a.h.Close()
	})
	return a
}

// as opens a browser of its own and comes in by the demo's door.
func (a *aside) as(role string, size Size) *B {
	a.t.Helper()
	b := Browser(a.t)
	b.Open(a.url+"/sign-in", size, "zh", false)
	b.Click(`button[value="` + role + `"]`)
	return b
}

// path is where a browser is, without the address of the house.
func path(t *testing.T, b *B) string {
	t.Helper()
	u, err := url.Parse(b.Location())
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

// month is what those who live through it hand on to each other.
type month struct {
	*aside
	store   string // its id
	keeper  *B
	buyer   *B
	finance *B
}

// What a store does in a month, in browsers, each person with what their role shows. A ward
// asks for what it needs today and for the next month; the planner draws that up and those
// who must agree do; another buys by three offers, finance audits the price; what comes is
// counted, tested by another, booked, matched with its invoice and paid; some goes back, is
// replaced and paid once. Two count the shelves blind, what differs is counted by others,
// explained, agreed to and posted. The month is closed, finance agrees to it to the fen, and
// at the end book, card, shelf and verification agree.
func TestAMonthOfTheStore(t *testing.T) {
	a := newAside(t)
	stores, err := warehouse.Stores.All(t.Context(), a.h.DB, list.Where{}.And("w.code = 'ZK'"), 1)
	if err != nil || len(stores) != 1 {
		t.Fatal(stores, err)
	}
	m := &month{aside: a, store: stores[0].ID, keeper: a.as(storekeeper, Desktop), buyer: a.as(buyer, Desktop), finance: a.as(finance, Desktop)}
	m.wardDraws()
	order := m.buys(m.plans(m.wardAsks()))
	m.brings(order)
	shelf := m.counts()
	m.closes(shelf)
}

// wardDraws: the ward asks on its phone, its head agrees, the keeper looks out what ends
// first and hands it over.
func (m *month) wardDraws() {
	ward := m.as(nurse, Phone)
	ward.Go(m.url + "/requests/new")
	ward.Click(`[name="lines.0.item"]`)
	ward.Choose("敷料贴")
	ward.Type(`[name="lines.0.qty"]`, "2盒")
	ward.Click(`[name="deliver"]`) // somebody comes for it
	ward.Click("提交申请")
	ward.See("待审批", "医用敷料贴")
	request := path(m.t, ward)

	head := m.as(headNurse, Phone)
	head.Go(m.url + request)
	head.Click("去审批")
	head.Click("同意")
	head.Click("#agree button[type=submit]")
	head.Go(m.url + request)
	head.NotSee("待审批")

	m.keeper.Go(m.url + request + "/decide")
	m.keeper.Click("#f .btn-accent")
	m.keeper.See("ZJ2506C") // the lot that ends first
	m.keeper.Click("备货完成")
	m.keeper.Go(m.url + request + "/hand")
	m.keeper.Click("黄艳兰")
	m.keeper.Type("或在此输入姓名", "黄艳兰")
	m.keeper.Click("#f .btn-accent")
	m.keeper.See("已办结")
}

// agree lets everybody who must agree to a record do so, one after another.
func (a *aside) agree(noun, record string) (signed []string) {
	a.t.Helper()
	for range 8 {
		c, open, err := approvals.OpenOf(a.t.Context(), a.h.DB, noun, record)
		if err != nil {
			a.t.Fatal(err)
		}
		if !open {
			return signed
		}
		turns, err := approvals.Course(a.t.Context(), a.h.DB, c.ID)
		if err != nil {
			a.t.Fatal(err)
		}
		turn := slices.IndexFunc(turns, func(t approvals.Turn) bool { return len(t.Waiting) > 0 })
		if turn < 0 {
			a.t.Fatalf("%s waits for nobody", c.Title)
		}
		p, err := people.Get(a.t.Context(), a.h.DB, turns[turn].Waiting[0].Person)
		if err != nil {
			a.t.Fatal(err)
		}
		b := a.as(p.Number, Desktop)
		b.Go(a.url + "/approvals")
		b.See(c.Title)
		b.Go(a.url + "/approvals/cases/" + c.ID)
		b.Click("同意")
		b.Click("#agree button[type=submit]")
		b.See("已同意")
		signed = append(signed, p.Name)
	}
	a.t.Fatalf("%s of %s is never decided: %v", record, noun, signed)
	return nil
}

// closes: the month ends. The keeper closes it; what finance has is the same to the fen; and
// book, card and shelf agree.
func (m *month) closes(shelf map[lying]int64) {
	t, a := m.t, m.aside
	month := a.h.DB.Today().Month()
	a.past.Store(int64(time.Until(month.End(a.h.DB.Zone).Time().Add(33 * time.Hour))))
	keeper := a.as(storekeeper, Desktop)
	keeper.Go(a.url + "/warehouse/closes/new?store=" + m.store)
	keeper.See(string(month))
	keeper.Click("form#close button")
	keeper.See("待财务核对")
	closed := path(t, keeper)
	c, err := warehouse.CloseByID(t.Context(), a.h.DB, filepath.Base(closed))
	if err != nil || c.Opening+c.In-c.Out != c.Closing {
		t.Fatal(c, err)
	}
	fin := a.as(finance, Desktop)
	fin.Go(a.url + closed)
	fin.Click("核对一致")
	fin.Tolerate("422")
	fin.Type(`form#agree [name="figure"]`, (c.Closing + 1).String())
	fin.Click("form#agree button[type=submit]")
	fin.See("相差 0.01 元")
	fin.Type(`form#agree [name="figure"]`, c.Closing.String())
	fin.Click("form#agree button[type=submit]")
	fin.See("已核对一致")

	// Book and card: what lies there is what the card ends with, of every item; and on the
	// shelf of what was counted.
	var apart int
	if err := a.h.DB.QueryRowContext(t.Context(), `SELECT count(*) FROM warehouse_stock s JOIN warehouse_posting p ON p.store = s.store AND p.item = s.item AND p.seq = s.seq AND p.kind = 'store'
		WHERE s.store = $1 AND (p.qty_after <> s.qty OR p.amount_after <> s.amount)`, m.store).Scan(&apart); err != nil || apart != 0 {
		t.Errorf("%d cards end otherwise than the book, %v", apart, err)
	}
	for at, there := range shelf {
		var book int64
		if err := a.h.DB.QueryRowContext(t.Context(), `SELECT CAST(coalesce(sum(qty), 0) AS BIGINT) FROM warehouse_posting WHERE kind = 'store' AND store = $1 AND item = $2 AND lot = $3 AND bin = $4`,
			m.store, at.item, at.lot, at.bin).Scan(&book); err != nil || book != there {
			t.Errorf("the book has %d of %v, the shelf %d, %v", book, at, there, err)
		}
	}
	if wrong, err := a.h.Verify(t.Context()); err != nil || len(wrong) != 0 {
		t.Errorf("verify: %v %v", wrong, err)
	}
}
