package form_test

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

type line struct {
	Item string
	Qty  int64
	Way  string
}

type order struct {
	Title  string
	State  string
	Price  money.Fen
	Day    period.Day
	At     period.Instant
	Urgent bool
	Ward   string
	Trades []string
	Lines  []line
	Photos form.Uploads
}

var lines = form.Of[line]{Name: "line", Fields: []form.Field[line]{
	{Key: "item", Into: func(l *line) any { return &l.Item }, Required: true, Ref: "items"},
	{Key: "qty", Into: func(l *line) any { return &l.Qty }, Required: true, Least: 1, Most: 100},
	{Key: "way", Into: func(l *line) any { return &l.Way }, OneOf: []string{"given", "lent"}},
}}

var paper = form.Of[order]{Name: "order", Fields: []form.Field[order]{
	{Key: "title", Into: func(o *order) any { return &o.Title }, Required: true, Most: 10},
	{Key: "state", Into: func(o *order) any { return &o.State }, OneOf: []string{"new", "old"}},
	{Key: "price", Into: func(o *order) any { return &o.Price }},
	{Key: "day", Into: func(o *order) any { return &o.Day }},
	{Key: "at", Into: func(o *order) any { return &o.At }},
	{Key: "urgent", Into: func(o *order) any { return &o.Urgent }},
	{Key: "ward", Into: func(o *order) any { return &o.Ward }, Ref: "wards"},
	{Key: "trades", Into: func(o *order) any { return &o.Trades }, OneOf: []string{"water", "power"}},
	form.LinesOf("lines", func(o *order) *[]line { return &o.Lines }, &lines, 3),
	{Key: "photos", Into: func(o *order) any { return &o.Photos }},
}, Check: func(o *order, bad *fault.Complaints) {
	if o.Urgent && o.State == "old" {
		bad.Add("urgent", "test.old_is_never_urgent")
	}
}}

type names map[string]string

func (n names) Resolve(_ context.Context, source, text string) (string, error) {
	if id, ok := n[source+":"+text]; ok {
		return id, nil
	}
	return "", fault.New(fault.Invalid, "base.no_such")
}

func (n names) Label(_ context.Context, source, id string) (string, error) {
	if id == "i1" {
		return "灯管", nil
	}
	return "name of " + id, nil
}

func TestWhatIsTypedOverAPickedNameCounts(t *testing.T) {
	o, err := read(t, post(url.Values{"title": {"x"}, "ward": {"ICU"}, "ward.id": {"w9"}, "lines.0.item": {"wire"}, "lines.0.item.id": {"i1"}, "lines.0.qty": {"1"}}.Encode()))
	if err != nil || o.Ward != "w1" || o.Lines[0].Item != "i2" {
		t.Errorf("typed over: %+v %v", o, err)
	}
	if o, err = read(t, post("title=x&ward=&ward.id=w1")); err != nil || o.Ward != "" {
		t.Errorf("cleared: %+v %v", o, err)
	}
}

// away is a register that cannot be looked into.
type away struct{ names }

func (away) Resolve(context.Context, string, string) (string, error) {
	return "", fault.New(fault.Unavailable, "base.database_away")
}

// A database that is away does not mean that what was named does not exist.
func TestWhereNobodyCanLookNothingIsRefused(t *testing.T) {
	in, err := form.Read(post(url.Values{"title": {"x"}, "ward": {"ICU"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	in.Refs = away{}
	if err := paper.Decode(t.Context(), in, new(order)); !fault.Is(err, "base.database_away") {
		t.Errorf("said %v", err)
	}
}

var known = names{"wards:ICU": "w1", "wards:w1": "w1", "items:lamp": "i1", "items:i1": "i1", "items:wire": "i2"}

func read(t *testing.T, r *http.Request) (order, error) {
	t.Helper()
	in, err := form.Read(r)
	if err != nil {
		return order{}, err
	}
	in.Refs, in.Zone = known, time.FixedZone("", 8*3600)
	var o order
	err = paper.Decode(t.Context(), in, &o)
	return o, err
}

func post(body string) *http.Request {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func sendJSON(body string) *http.Request {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// A month is asked as a month; a whole day stands for its month, anything else is told.
func TestAMonth(t *testing.T) {
	type plan struct {
		Since period.Day
		Month period.Month
	}
	paper := form.Of[plan]{Name: "plan", Fields: []form.Field[plan]{
		{Key: "since", Into: func(p *plan) any { return &p.Since }, Kind: form.Month},
		{Key: "month", Into: func(p *plan) any { return &p.Month }},
	}}
	read := func(since, month string) (p plan, err error) {
		in, err := form.Read(post(url.Values{"since": {since}, "month": {month}}.Encode()))
		if err == nil {
			err = paper.Decode(t.Context(), in, &p)
		}
		return p, err
	}
	for _, v := range [][2]string{{"2027-03", "2027-04"}, {"2027-03-17", "2027-04-30"}} {
		if p, err := read(v[0], v[1]); err != nil || p.Since != "2027-03-01" || p.Month != "2027-04" {
			t.Error(v, p, err)
		}
	}
	var e *fault.Error
	if _, err := read("2027-13", "next"); !errors.As(err, &e) || len(e.Fields) != 2 || e.Fields[0].Key != "base.month" || e.Fields[1].Key != "base.month" {
		t.Error(err)
	}
	shown, err := paper.Show(t.Context(), nil, &plan{Since: "2027-03-01", Month: "2027-04"}, nil)
	if err != nil || shown[0].Value != "2027-03" || shown[1].Value != "2027-04" || shown[0].Kind != form.Month || shown[1].Kind != form.Month {
		t.Error(shown, err)
	}
}

// Holds: v5.0.0-2.2.2
func TestAPageAndAProgramSayTheSame(t *testing.T) {
	want := order{Title: "灯不亮", State: "new", Price: 1050, Day: "2027-03-04", At: period.At(time.Date(2027, 3, 4, 0, 5, 0, 0, time.UTC)), Urgent: true, Ward: "w1",
		Trades: []string{"power", "water"}, Lines: []line{{"i1", 2, "lent"}, {"i2", 1, ""}}}
	v := url.Values{"title": {" 灯不亮 "}, "state": {"new"}, "price": {"10.5"}, "day": {"2027-03-04"}, "at": {"2027-03-04T08:05"}, "urgent": {"1"}, "ward": {"ICU"}, "trades": {"power", "water"},
		// Rows left empty between, a preset choice alone and a row removed in the middle do not count.
		"lines.0.item": {"灯管"}, "lines.0.item.id": {"i1"}, "lines.0.qty": {"2"}, "lines.0.way": {"lent"},
		"lines.1.item": {""}, "lines.1.qty": {""}, "lines.1.way": {"given"}, "lines.7.item": {"wire"}, "lines.7.qty": {"1"}, "lines.7.way": {""}, "_key": {"k"}}
	got, err := read(t, post(v.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error("page", d)
	}
	got, err = read(t, sendJSON(`{"title":"灯不亮","state":"new","price":"10.50","day":"2027-03-04","at":"2027-03-04T00:05:00Z","urgent":true,"ward":"w1",
		"trades":["power","water"],"lines":[{"item":"lamp","qty":2,"way":"lent"},{"item":"wire","qty":1}],"_key":"k"}`))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error("program", d)
	}
}

// Where a row stands for a record, the choice is the whole answer; rows of which nothing
// was chosen are left out.
func TestAChoiceAloneAnswersForItsRecord(t *testing.T) {
	type cause struct{ Line, Reason, Why string }
	type causes struct{ Lines []cause }
	paper := form.Of[causes]{Name: "test.causes", Fields: []form.Field[causes]{form.LinesOf("lines", func(c *causes) *[]cause { return &c.Lines }, &form.Of[cause]{Name: "test.cause", Fields: []form.Field[cause]{
		{Key: "line", Into: func(c *cause) any { return &c.Line }, Kind: form.Hidden, Required: true},
		{Key: "reason", Into: func(c *cause) any { return &c.Reason }, OneOf: []string{"lost", "error"}},
		{Key: "why", Into: func(c *cause) any { return &c.Why }},
	}}, 10)}}
	in, err := form.Read(post(url.Values{"lines.0.line": {"a"}, "lines.0.reason": {"lost"}, "lines.1.line": {"b"}, "lines.1.reason": {""}, "lines.2.line": {""}, "lines.2.reason": {"lost"},
		"lines.3.line": {"d"}, "lines.3.why": {"x"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	var got causes
	if err := paper.Decode(t.Context(), in, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]cause{{"a", "lost", ""}, {"d", "", "x"}}, got.Lines); d != "" {
		t.Error(d)
	}
}

// A line that asks for choices only is a line once one is made; what is lacking is said.
func TestALineOfChoicesAloneIsALine(t *testing.T) {
	type need struct{ Trade, Paper string }
	type needs struct{ Lines []need }
	paper := form.Of[needs]{Name: "test.needs", Fields: []form.Field[needs]{form.LinesOf("lines", func(n *needs) *[]need { return &n.Lines }, &form.Of[need]{Name: "test.need", Fields: []form.Field[need]{
		{Key: "trade", Into: func(n *need) any { return &n.Trade }, OneOf: []string{"power", "lift"}, Required: true},
		{Key: "paper", Into: func(n *need) any { return &n.Paper }, OneOf: []string{"state", "house"}, Required: true},
	}}, 10)}}
	for typed, want := range map[string][]need{
		"lines.0.trade=&lines.0.paper=&lines.1.trade=lift&lines.1.paper=state": {{"lift", "state"}},
		"lines.0.trade=&lines.0.paper=":                                        {},
	} {
		in, err := form.Read(post(typed))
		if err != nil {
			t.Fatal(err)
		}
		var got needs
		if err := paper.Decode(t.Context(), in, &got); err != nil {
			t.Errorf("%s: %v", typed, err)
		}
		if d := cmp.Diff(want, got.Lines); d != "" {
			t.Error(d)
		}
	}
	in, err := form.Read(post("lines.0.trade=lift&lines.0.paper="))
	if err == nil {
		err = paper.Decode(t.Context(), in, new(needs))
	}
	if !fault.Is(err, "base.required") {
		t.Errorf("half a line: %v", err)
	}
}

// Holds: v5.0.0-2.2.1 v5.0.0-2.2.3 DB3-8.1.4.4-d
func TestEveryComplaintIsNamedAtItsPlace(t *testing.T) {
	v := url.Values{"title": {"一二三四五六七八九十一"}, "state": {"lost"}, "price": {"ten"}, "day": {"31 Nov"}, "at": {"noon"}, "ward": {"nowhere"}, "trades": {"magic"},
		"lines.0.item": {"lamp"}, "lines.0.qty": {"0"}, "lines.1.qty": {"5"}, "lines.2.item": {"gold"}, "lines.2.qty": {"x"}, "lines.3.item": {"lamp"}}
	_, err := read(t, post(v.Encode()))
	for _, f := range []string{"title: base.too_long", "state: base.bad_value", "price: base.money", "day: base.day", "at: base.instant", "ward: base.no_such", "trades: base.bad_value",
		"lines: base.too_many_lines", "lines.0.qty: base.between", "lines.1.item: base.required", "lines.2.item: base.no_such", "lines.2.qty: base.number"} {
		if err == nil || !strings.Contains(err.Error(), "["+f) {
			t.Errorf("%s is missing in %v", f, err)
		}
	}
	if _, err := read(t, post("title=x&state=old&urgent=1")); !fault.Is(err, "test.old_is_never_urgent") {
		t.Errorf("what does not fit together: %v", err)
	}
}

// Holds: v5.0.0-1.5.2 v5.0.0-1.5.3 v5.0.0-15.3.3 v5.0.0-15.3.7 API3:2023 AB-06
func TestJSONIsReadStrictly(t *testing.T) {
	for body, key := range map[string]string{
		`{"title":"x","colour":"red"}`: "base.unknown_field", `{"title":"x","title":"y"}`: "base.bad_json", `[{"title":"x"}]`: "base.bad_json", `{"title":"x"} {}`: "base.bad_json",
		`{"title":`: "base.bad_json", `"x"`: "base.bad_json", `{"title":"x","lines":[{"item":"lamp","qty":1,"lines":[{}],"a":{"b":{"c":{"d":1}}}}]}`: "base.bad_json",
		`{"title":"x","lines":[{"item":"lamp","qty":1,"price":"1"}]}`: "base.unknown_field", `{"title":"x","lines.0.item":"lamp"}`: "base.bad_json", ``: "base.required", `{"title":"x","lines":[{}]}`: "base.required",
	} {
		if _, err := read(t, sendJSON(body)); !fault.Is(err, key) {
			t.Errorf("%s: %v, want %s", body, err, key)
		}
	}
}

func TestFilesComeWithTheForm(t *testing.T) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	m.WriteField("title", "x")
	w, _ := m.CreateFormFile("photos", "a.jpg")
	w.Write([]byte("picture"))
	m.Close()
	r := httptest.NewRequest("POST", "/", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	o, err := read(t, r)
	if err != nil || len(o.Photos) != 1 || o.Photos[0].Filename != "a.jpg" {
		t.Errorf("%+v %v", o.Photos, err)
	}
}

// Holds: v5.0.0-5.2.1 AB-34
func TestABodyTooLargeIsSaidSo(t *testing.T) {
	r := post("title=" + strings.Repeat("x", 2<<20))
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 1<<20)
	if _, err := read(t, r); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("%v", err)
	}
}

func TestThePageShowsWhatWasTypedOrWhatIsKept(t *testing.T) {
	in := &form.Input{Values: map[string][]string{"title": {"typed"}, "price": {"ten"}, "ward": {"重症"}, "ward.id": {"w1"}, "lines.4.item": {"lamp"}, "lines.4.qty": {"x"}}}
	shown, err := paper.Show(t.Context(), in, nil, known)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]form.Shown{}
	for _, s := range shown {
		by[s.Key] = s
	}
	if by["title"].Value != "typed" || by["price"].Value != "ten" || by["ward"].Value != "w1" || by["ward"].Label != "重症" || len(by["lines"].Rows) != 1 || by["lines"].Rows[0][1].Value != "x" || by["lines"].Rows[0][1].Path != "lines.4.qty" {
		t.Errorf("typed: %+v", by)
	}
	shown, err = paper.Show(t.Context(), nil, &order{Title: "kept", Price: 5, Ward: "w1", Lines: []line{{"i1", 3, ""}}}, known)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shown {
		by[s.Key] = s
	}
	if by["title"].Value != "kept" || by["price"].Value != "0.05" || by["ward"].Label != "name of w1" || by["lines"].Rows[0][0].Label != "灯管" || by["lines"].Rows[0][1].Value != "3" {
		t.Errorf("kept: %+v", by)
	}
}

// A command complains about the n-th line it was given; the page has as many lines.
func TestLinesLeftEmptyCloseUp(t *testing.T) {
	in := &form.Input{Refs: known, Values: map[string][]string{"title": {"x"}, "lines.0.item": {""}, "lines.0.way": {"lent"}, "lines.2.item": {"lamp"}, "lines.2.qty": {"2"},
		"lines.5.item": {"wire"}, "lines.5.qty": {"7"}, "lines.5.way": {"given"}}}
	var o order
	if err := paper.Decode(t.Context(), in, &o); err != nil || len(o.Lines) != 2 || o.Lines[1].Item != "i2" {
		t.Fatal(o.Lines, err)
	}
	shown, err := paper.Show(t.Context(), in, nil, known)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shown {
		if s.Key == "lines" && (len(s.Rows) != 2 || s.Rows[1][1].Path != "lines.1.qty" || s.Rows[1][1].Value != "7" || s.Rows[1][2].Value != "given" || s.Rows[0][2].Value != "") {
			t.Errorf("lines on the page: %+v", s.Rows)
		}
	}
}

// Holds: v5.0.0-2.2.1 DB3-8.1.4.4-d
func FuzzJSON(f *testing.F) {
	f.Add(`{"title":"x","lines":[{"item":"lamp","qty":1}]}`)
	f.Add(`{"title":[[[[1]]]],"a":{"b":null}}`)
	f.Fuzz(func(t *testing.T, body string) {
		in, err := form.Read(sendJSON(body))
		if err != nil {
			return
		}
		in.Refs = known
		var o order
		paper.Decode(t.Context(), in, &o) // refuses or reads; never panics
		if len(o.Lines) > 3 {
			t.Error("more lines than allowed")
		}
	})
}
