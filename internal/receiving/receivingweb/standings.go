package receivingweb

import (
	"net/url"

	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/receiving"
	"houqin/internal/rules"
)

// days are those that the page of suppliers' figures is asked for, the year when none are.
func days(r *web.Req) (from, until period.Day) {
	from, until = rules.ThisYear(r.Site.DB.Today())
	if d, err := period.ParseDay(r.URL.Query().Get("from")); err == nil {
		from = d
	}
	if d, err := period.ParseDay(r.URL.Query().Get("until")); err == nil {
		until = d
	}
	return from, until
}

// standings holds the suppliers beside each other; every figure opens its records.
func standings(r *web.Req) error {
	from, until := days(r)
	all, err := receiving.Standings(r.Context(), r.Read(), from, until, r.Site.DB.Today())
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(all)
	}
	t := ui.Table{ID: "standings", Bare: true, Caption: r.T("receiving.standings"), Empty: ui.Nothing{Text: r.T("receiving.standings.empty"), Icon: "truck-delivery"},
		Columns: []ui.Head{{Label: r.T("receiving.receipts.supplier")}, {Label: r.T("receiving.standing.score"), Num: true}, {Label: r.T("receiving.standing.in_time"), Num: true}, {Label: r.T("receiving.standing.whole"), Num: true},
			{Label: r.T("receiving.standing.refused"), Num: true}, {Label: r.T("receiving.standing.complaints"), Num: true}, {Label: r.T("receiving.standing.ordered"), Num: true, Minor: true}, {Label: r.T("receiving.standing.moved"), Num: true, Minor: true}, {Label: r.T("receiving.standing.saved"), Num: true, Minor: true}}}
	for _, s := range all {
		id := url.QueryEscape(s.Supplier)
		to := func(list, keys string) string {
			if r.Way(list) == "" {
				return ""
			}
			return list + "?supplier=" + id + keys
		}
		drawn, came := "&at.from="+string(from)+"&at.to="+string(until), "&arrived.from="+string(from)+"&arrived.to="+string(until)
		orders := to("/purchasing/orders", drawn)
		moved := ui.Cell{Text: "–", Num: true}
		if s.Then > 0 {
			moved = ui.Cell{Text: r.T("receiving.percent", r.W2.Number(s.Moved())), Num: true, Href: orders}
		}
		t.Rows = append(t.Rows, ui.Row{Href: way(r, "/suppliers", s.Supplier), Cells: []ui.Cell{{Text: s.Name}, {Text: known(r, s.Score), Num: true, Tone: graded(s.Score)},
			{Text: percent(r, s.InTime()), Sub: r.T("receiving.standing.of", s.OnTime, s.Promised), Num: true, Href: orders}, {Text: percent(r, s.Whole()), Sub: r.T("receiving.standing.of", s.Full, s.Due), Num: true, Href: orders},
			{Text: percent(r, share(s)), Sub: r.T("receiving.standing.of", s.Refused+s.Returned, s.Came), Num: true, Href: to("/receiving/receipts", came+"&refused.from=1")},
			{Text: r.W2.Number(s.Complaints), Sub: r.T("receiving.standing.upheld", s.Upheld), Num: true, Href: to("/supplier-complaints", "&day.from="+string(from)+"&day.to="+string(until))},
			{Text: r.W2.Money(s.Ordered), Num: true, Href: orders}, moved, {Text: r.W2.Money(s.Saved), Num: true, Href: orders}}})
	}
	find := ui.Ask(r.W2, ui.Form{ID: "days", Action: "/receiving/suppliers", Method: "get", Inline: true, Submit: r.T("receiving.standing.show"), Tone: ui.Plain,
		Fields: []ui.Field{{Name: "from", Label: r.T("receiving.standing.from"), Kind: ui.KindDay, Half: true, Value: string(from)}, {Name: "until", Label: r.T("receiving.standing.until"), Kind: ui.KindDay, Half: true, Value: string(until)}}})
	return r.Show(ui.Page{Heading: r.T("receiving.standings"), Sub: r.T("receiving.standings.how"), Tabs: tabs(r), Wide: true, Body: ui.Below(find, ui.Section(r.T("receiving.standings"), ui.List(r.W2, t)))}, nil)
}

func share(s receiving.Standing) int64 {
	if good := s.Good(); good >= 0 {
		return 100 - good
	}
	return -1
}

// percent is a share; "–" while nothing is known of it.
func percent(r *web.Req, n int64) string {
	if n == -1 {
		return "–"
	}
	return r.T("receiving.percent", r.W2.Number(n))
}

func known(r *web.Req, n int64) string {
	if n < 0 {
		return "–"
	}
	return r.W2.Number(n)
}

// graded: who scores below sixty is looked at again before the next order.
func graded(score int64) ui.Tone {
	switch {
	case score < 0:
		return ""
	case score < 60:
		return ui.Danger
	case score < 80:
		return ui.Soon
	}
	return ui.Done
}
