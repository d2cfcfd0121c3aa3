package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/sheet"
	"houqin/internal/base/ui"
	"houqin/internal/base/words"
)

// ListPage is what a list's page has besides the list.
type ListPage struct {
	Page  ui.Page
	Bulk  []ui.Action
	Empty ui.Nothing
	// Default is the query of the page when nothing was asked, e.g. "open=true".
	Default string
}

// List answers a list as page, JSON, CSV or workbook, narrowed to what the person may see.
func (r *Req) List(l list.Any, w list.Where, p ListPage) error {
	asked := r.URL.Query()
	if p.Default != "" && r.URL.RawQuery == "" && !r.JSON() {
		asked, _ = url.ParseQuery(p.Default)
	}
	q, err := l.Parse(asked, r.By)
	if err != nil {
		return err
	}
	switch asked.Get("format") {
	case "csv", "xlsx":
		return r.export(l, q, w, asked.Get("format"))
	}
	if q.Text != "" { // a person searches only so much at once, and waits for their own
		leave, err := r.Site.crowd.queue(r.Context(), r.Site.Paces.Searches, "search "+r.By.ID, patience)
		if err != nil {
			return err
		}
		defer leave()
	}
	rows, err := l.Rows(r.Context(), r.Read(), q, w)
	if err != nil {
		return err
	}
	d := l.Describe(r.By)
	way := "list"
	if r.JSON() {
		way = "api"
	}
	if err := r.sawList(d, way, len(rows.Rows), asked.Encode()); err != nil {
		return err
	}
	if r.JSON() {
		return r.send("application/json", rowsJSON(d, rows))
	}
	t, err := r.Table(d, rows, q, asked)
	if err != nil {
		return err
	}
	t.Bulk, t.Empty = p.Bulk, p.Empty
	if t.Empty.Text == "" {
		t.Empty.Text = r.T("base.empty")
		if r.W2.Has(d.Name + ".empty") {
			t.Empty.Text = r.T(d.Name + ".empty")
		}
	}
	r.whatNext(&t, p.Page.Actions)
	if len(p.Bulk) == 0 {
		for i := range t.Rows {
			t.Rows[i].Check = ""
		}
	}
	var own string
	if t.Views, own, err = r.views(d.Name); err != nil {
		return err
	}
	if t.SaveView = r.saveViewAction(d.Name, asked); own != "" {
		t.SaveView = &ui.Action{Name: "drop-view", Label: r.T("base.view.drop"), Post: "/views/" + own + "/drop", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}
	}
	if p.Page.Heading == "" {
		p.Page.Heading = r.T(d.Name)
	}
	p.Page.Live, p.Page.Wide, p.Page.Body = d.Live, true, ui.List(r.W2, t)
	return r.Show(p.Page, nil)
}

// whatNext makes an empty list say what may be done: see all where filters hide what
// there is, begin with what the page is for where there is nothing yet.
func (r *Req) whatNext(t *ui.Table, actions []ui.Action) {
	if len(t.Rows) > 0 || t.Empty.Action != nil || t.Empty.Hint != "" {
		return
	}
	if len(t.Chips) > 0 {
		t.Empty.Action = &ui.Action{Name: "all", Label: r.T("base.empty.all"), Href: t.ClearHref}
		if r.URL.RawQuery != "" { // else the page itself chose the filter
			return
		}
	}
	for _, a := range actions {
		if a.Tone == ui.Accent && a.Closed == "" {
			t.Empty.Hint = r.T("base.empty.begin", a.Label)
		}
	}
}

// Table fills the page's table from a list's rows.
func (r *Req) Table(d list.Desc, rows list.Rows, q list.Query, asked url.Values) (ui.Table, error) {
	here := r.URL.Path
	at := func(change func(url.Values)) string {
		v := url.Values{}
		for k, s := range asked {
			if k != "after" && k != "before" && k != "format" {
				v[k] = s
			}
		}
		change(v)
		if len(v) == 0 {
			return here + "?all=1" // asks for nothing, and not for the page's default
		}
		return here + "?" + v.Encode()
	}
	t := ui.Table{Caption: r.T(d.Name), Here: at(func(v url.Values) {
		for _, k := range []string{"after", "before"} {
			if s := asked.Get(k); s != "" {
				v.Set(k, s)
			}
		}
	}), Count: r.T("base.rows", rows.Count)}
	if rows.More {
		t.Count = r.T("base.rows_more", list.Cap)
	}
	if len(d.Live) > 0 {
		t.Live = d.Live[0]
	}
	if d.Search {
		t.Search = &ui.Search{Value: q.Text, Hint: r.T("base.search")}
	}
	var shown []int
	for i, c := range d.Columns {
		if err := r.filter(&t, c, asked, at); err != nil {
			return t, err
		}
		if c.Hidden || c.Aside || c.Kind == list.Flag && len(asked[c.Key]) == 1 { // the chip says it for all rows
			continue
		}
		h := ui.Head{Key: c.Key, Label: r.T(c.Label), Num: c.Kind == list.Number || c.Kind == list.Money, Minor: len(shown) > 5, Named: c.Named}
		if c.Sort {
			next := c.Key
			switch q.Sort {
			case c.Key:
				h.Dir, next = "asc", "-"+c.Key
			case "-" + c.Key:
				h.Dir = "desc"
			}
			h.Sort = at(func(v url.Values) { v.Set("sort", next) })
		}
		t.Columns = append(t.Columns, h)
		shown = append(shown, i)
	}
	if q.Sort != "" {
		t.Keep = []ui.Pair{{Name: "sort", Value: q.Sort}}
	}
	if q.Text != "" {
		t.Chips = append(t.Chips, ui.Chip{Label: r.T("base.search"), Text: q.Text, RemoveHref: at(func(v url.Values) { v.Del("q") })})
	}
	if len(t.Chips) > 0 {
		t.ClearHref = here + "?all=1"
	}
	if rows.Next != "" {
		t.Next = at(func(v url.Values) { v.Set("after", rows.Next) })
	}
	if rows.Prev != "" {
		t.Prev = at(func(v url.Values) { v.Set("before", rows.Prev) })
	}
	for _, f := range []string{"xlsx", "csv"} {
		t.Exports = append(t.Exports, ui.Action{Name: f, Label: r.T("base.export." + f), Href: at(func(v url.Values) { v.Set("format", f) })})
	}
	now := r.Site.DB.Now()
	t.Rows = make([]ui.Row, len(rows.Rows))
	for i, row := range rows.Rows {
		u := ui.Row{Href: row.Href, Check: row.ID, Cells: make([]ui.Cell, len(shown))}
		for j, at := range shown {
			c, cell := d.Columns[at], row.Cells[at]
			u.Cells[j] = ui.Cell{Text: read(r.W2, c, cell, now), Tone: ui.Tone(cell.Tone), State: c.Kind == list.Choice, Num: c.Kind == list.Number || c.Kind == list.Money, When: c.Kind == list.Instant || c.Kind == list.Day}
			switch v := cell.Value.(type) {
			case period.Instant:
				if !v.IsZero() {
					u.Cells[j].Title = r.W2.Full(v)
				}
			case bool:
				if u.Cells[j].Flag = ui.No; v {
					u.Cells[j].Flag = ui.Yes
				}
			}
		}
		t.Rows[i] = u
	}
	return t, nil
}

// read is a cell as a person reads it.
func read(w *words.Words, c list.Col, cell list.Cell, now time.Time) string {
	if cell.Said != nil {
		return cell.Said(w)
	}
	switch v := cell.Value.(type) {
	case string:
		if len(c.OneOf) > 0 && v != "" {
			return w.T(c.Enum + "." + v)
		}
		return v
	case int64:
		return w.Number(v)
	case money.Fen:
		return w.Money(v)
	case period.Instant:
		return w.Instant(v, now)
	case period.Day:
		return w.Day(v)
	case bool:
		if v {
			return w.T("base.yes")
		}
		return w.T("base.no")
	}
	return fmt.Sprint(cell.Value)
}

func (r *Req) filter(t *ui.Table, c list.Col, asked url.Values, at func(func(url.Values)) string) error {
	f := ui.Filter{Key: c.Key, Label: r.T(c.Label)}
	chip := func(text string, drop func(url.Values)) {
		t.Chips = append(t.Chips, ui.Chip{Label: f.Label, Text: text, RemoveHref: at(drop)})
	}
	switch {
	case len(c.OneOf) > 0 || c.Kind == list.Flag:
		f.Kind = ui.FilterChoice
		options := c.OneOf
		word := func(s string) string { return r.T(c.Enum + "." + s) }
		if c.Kind == list.Flag {
			options = []string{"true", "false"}
			word = func(s string) string { return r.T(map[string]string{"true": "base.yes", "false": "base.no"}[s]) }
		}
		for _, o := range options {
			f.Options = append(f.Options, ui.Option{Value: o, Label: word(o)})
		}
		for _, v := range asked[c.Key] {
			for v := range strings.SplitSeq(v, ",") {
				if v == "" {
					continue
				}
				f.Values = append(f.Values, v)
				chip(word(v), func(q url.Values) {
					q[c.Key] = slices.DeleteFunc(slices.Clone(f.Values), func(s string) bool { return s == v })
				})
			}
		}
	case c.Ref != "":
		f.Kind, f.Source = ui.FilterRef, "/pick/"+c.Ref
		v := asked.Get(c.Key + ".id")
		if v == "" && !asked.Has(c.Key+".id") {
			v = asked.Get(c.Key)
		}
		if v != "" {
			label, err := r.refs().Label(r.Context(), c.Ref, v)
			if err != nil {
				return err
			}
			f.Values, f.Shown = []string{v}, label
			chip(label, func(q url.Values) { q.Del(c.Key); q.Del(c.Key + ".id") })
		}
	case c.Range:
		f.Kind = ui.FilterNumber
		if c.Kind == list.Day || c.Kind == list.Instant {
			f.Kind = ui.FilterDay
		}
		f.From, f.To = asked.Get(c.Key+".from"), asked.Get(c.Key+".to")
		if c.Hidden && f.From == "" && f.To == "" {
			return nil // links ask it, not people
		}
		if f.From != "" || f.To != "" {
			chip(f.From+" – "+f.To, func(q url.Values) { q.Del(c.Key + ".from"); q.Del(c.Key + ".to") })
		}
	default:
		return nil
	}
	t.Filters = append(t.Filters, f)
	return nil
}

// rowsJSON is a page of rows as programs read it.
func rowsJSON(d list.Desc, rows list.Rows) []byte {
	var b bytes.Buffer
	b.WriteString(`{"rows":[`)
	for i, row := range rows.Rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('{')
		for j, c := range d.Columns {
			if j > 0 {
				b.WriteByte(',')
			}
			v, _ := json.Marshal(row.Cells[j].Value)
			fmt.Fprintf(&b, "%q:%s", c.Key, v)
			if row.Cells[j].Said != nil && c.Ref != "" {
				name, _ := json.Marshal(row.Cells[j].Said(nil))
				fmt.Fprintf(&b, ",%q:%s", c.Key+"_name", name)
			}
		}
		b.WriteByte('}')
	}
	tail, _ := json.Marshal(map[string]any{"next": rows.Next, "prev": rows.Prev, "count": rows.Count, "more": rows.More})
	b.WriteString(`],`)
	b.Write(tail[1:])
	return b.Bytes()
}

// still says whether the visitor may go on: signed in, and allowed through this door.
func (r *Req) still() bool {
	v, err := r.Site.Who(r.Request)
	return err == nil && v.Actor.ID == r.By.ID && (r.Route.Need == Anyone || r.Route.Need == SignedIn || v.Actor.May(r.Route.Need))
}

// patience is how long a search waits for the same person's others.
const patience = 5 * time.Second

// takeAway lets a person take a whole list away, not too often and not too much at once.
func (r *Req) takeAway() (leave func(), err error) {
	c, p := &r.Site.crowd, r.Site.Paces
	if wait := c.pass(p.Export, "export "+r.By.ID, time.Now()); wait > 0 {
		return nil, often(wait)
	}
	mine, ok := c.enter(p.Exports, "export "+r.By.ID)
	if !ok {
		return nil, often(30 * time.Second)
	}
	all, ok := c.enter(p.AllExports, "exports")
	if !ok {
		mine()
		return nil, often(30 * time.Second)
	}
	return func() { all(); mine() }, nil
}

// export streams every row that matches as a file.
func (r *Req) export(l list.Any, q list.Query, w list.Where, format string) error {
	d := l.Describe(r.By)
	if r.Visitor.Again { // taking much away is dangerous, a page of it is not
		if p, err := l.Rows(r.Context(), r.Read(), q, w); err != nil || p.More {
			if err == nil {
				err = r.prove()
			}
			return err
		}
	}
	leave, err := r.takeAway()
	if err != nil {
		return err
	}
	defer leave()
	mark := fmt.Sprintf("%s %s %s", r.By.Name, r.Site.DB.Now().In(r.Site.DB.Zone).Format("2006-01-02 15:04"), r.Number)
	name := fmt.Sprintf("%s %s %s %s.%s", r.T(d.Name), r.Site.DB.Today(), r.By.Name, r.Number, format)
	h := r.W.Header()
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	h.Set("Cache-Control", "no-store")
	var out sheet.Writer
	if format == "csv" {
		h.Set("Content-Type", "text/csv; charset=utf-8")
		out = sheet.NewCSV(r.W, sheet.In(r.Site.DB.Zone))
	} else {
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		if out, err = sheet.NewXLSX(r.W, r.T(d.Name), nil, sheet.In(r.Site.DB.Zone), sheet.Mark(mark)); err != nil {
			return err
		}
	}
	http.NewResponseController(r.W).SetWriteDeadline(time.Now().Add(30 * time.Minute)) // unsupported only in tests
	var cols []int
	var head []any
	for i, c := range d.Columns {
		if !c.Hidden {
			cols, head = append(cols, i), append(head, r.T(c.Label))
		}
	}
	if err := out.Row(head...); err != nil {
		return err
	}
	r.wrote = true
	rows := 0
	err = l.EachRow(r.Context(), r.Read(), q, w, func(row list.Row) error {
		line := make([]any, len(cols))
		for i, at := range cols {
			c, cell := d.Columns[at], row.Cells[at]
			line[i] = cell.Value
			_, figure := cell.Value.(money.Fen) // stays one, however the page says it
			if s, ok := cell.Value.(string); cell.Said != nil && !figure || ok && len(c.OneOf) > 0 && s != "" {
				line[i] = read(r.W2, c, cell, r.Site.DB.Now())
			}
		}
		if rows++; rows%500 == 0 && !r.still() { // an export outlives nobody's rights
			return fault.New(fault.SignIn, "base.sign_in")
		}
		return out.Row(line...)
	})
	if err != nil {
		// The answer has begun; breaking the connection is the only honest end.
		r.Site.Log.Error("export broken off", "list", d.Name, "rows", rows, "err", err, "request", r.Number)
		panic(http.ErrAbortHandler)
	}
	if err := out.Close(); err != nil {
		return err
	}
	if err := r.sawList(d, "export", rows, ""); err != nil {
		return err
	}
	return r.Site.DB.Do(r.Context(), r.By, func(tx *db.Tx) error {
		return tx.Trail(r.Context(), db.Event{Noun: "base.export", Record: d.Name, Action: "export", Note: fmt.Sprintf("%d", rows), After: r.URL.RawQuery})
	})
}
