// Package requestsweb is the counter of requests: the ward's slip on a phone, the
// storekeeper's list of what waits, the picking with a scanner, the handing over, and
// the papers of all of it.
package requestsweb

import (
	"embed"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/requests"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /requests", Need: web.SignedIn, Do: all, List: &requests.Requests},
	{At: "GET /requests/new", Need: requests.MayAsk, Do: blank, PageOnly: true},
	{At: "POST /requests", Need: requests.MayAsk, Do: ask, Form: &slipPaper, Gives: requests.Request{}},
	{At: "GET /requests/mine", Need: requests.MayAsk, Do: mine, PageOnly: true},
	{At: "GET /requests/counter", Need: requests.MayServe, Do: counter, PageOnly: true},
	{At: "GET /requests/rush", Need: requests.MayServe, Do: blankRush, PageOnly: true},
	{At: "POST /requests/rush", Need: requests.MayServe, Do: rush, Form: &rushPaper, Gives: requests.Request{}},
	{At: "GET /requests/between", Need: requests.MayServe, Do: blankBetween, PageOnly: true},
	{At: "POST /requests/between", Need: requests.MayServe, Do: askStore, Form: &betweenPaper, Gives: requests.Request{}},
	{At: "GET /requests/wanted", Need: web.SignedIn, Do: wanted, List: &requests.ToGive},
	{At: "GET /requests/{id}", Need: web.SignedIn, Do: show, Gives: requests.Request{}},
	{At: "GET /requests/{id}/change", Need: requests.MayAsk, Do: editSlip, PageOnly: true},
	{At: "POST /requests/{id}/change", Need: requests.MayAsk, Do: change, Form: &slipPaper, Gives: requests.Request{}},
	{At: "GET /requests/{id}/between", Need: requests.MayServe, Do: editBetween, PageOnly: true},
	{At: "POST /requests/{id}/between", Need: requests.MayServe, Do: changeBetween, Form: &betweenPaper, Gives: requests.Request{}},
	{At: "POST /requests/{id}/slip", Need: requests.MayAsk, Do: handInSlip, Gives: requests.Request{}},
	{At: "POST /requests/{id}/cancel", Need: web.SignedIn, Do: cancel, Form: &requests.CancelForm, Gives: requests.Request{}},
	{At: "GET /requests/{id}/grant", Need: web.SignedIn, Do: cuts, PageOnly: true},
	{At: "POST /requests/{id}/grant", Need: web.SignedIn, Do: grant, Form: &cutPaper, Gives: requests.Request{}},
	{At: "GET /requests/{id}/decide", Need: requests.MayServe, Do: choices, PageOnly: true},
	{At: "POST /requests/{id}/decide", Need: requests.MayServe, Do: decide, Form: &choicePaper, Gives: requests.Request{}},
	{At: "GET /requests/{id}/pick", Need: requests.MayServe, Do: picking, Gives: []requests.Pick{}},
	{At: "POST /requests/{id}/scan", Need: requests.MayServe, Do: scan, Form: &scanPaper, Gives: requests.Request{}},
	{At: "POST /requests/{id}/pick", Need: requests.MayServe, Do: picked, Form: &takenPaper, Gives: requests.Request{}},
	{At: "POST /requests/{id}/unpick", Need: requests.MayServe, Do: unpick, Gives: requests.Request{}},
	{At: "GET /requests/{id}/picklist", Need: requests.MayServe, Do: pickList, PageOnly: true},
	{At: "GET /requests/{id}/hand", Need: requests.MayServe, Do: handing, PageOnly: true},
	{At: "POST /requests/{id}/hand", Need: requests.MayServe, Do: hand, Form: &handPaper, Gives: requests.Request{}},
	{At: "GET /requests/{id}/fetch", Need: requests.MayServe, Do: fetching, PageOnly: true},
	{At: "POST /requests/{id}/fetch", Need: requests.MayServe, Do: fetch, Form: &fetchPaper, Gives: requests.Request{}},
	{At: "GET /requests/{id}/sign", Need: web.SignedIn, Do: signing, PageOnly: true},
	{At: "POST /requests/{id}/sign", Need: web.SignedIn, Do: sign, Form: &signPaper, Gives: requests.Request{}},
	{At: "GET /requests/{id}/deliver", Need: web.SignedIn, Do: delivering, PageOnly: true},
	{At: "POST /requests/{id}/deliver", Need: web.SignedIn, Do: deliver, Form: &deliverPaper, Gives: requests.Request{}},
	{At: "GET /requests/{id}/print", Need: web.SignedIn, Do: printSlip, PageOnly: true},

	{At: "GET /tours", Need: web.SignedIn, Do: tours, List: &requests.Tours},
	{At: "GET /tours/new", Need: requests.MayServe, Do: blankTour, PageOnly: true},
	{At: "POST /tours", Need: requests.MayServe, Do: load, Form: &loadPaper, Gives: requests.Tour{}},
	{At: "GET /tours/{id}", Need: web.SignedIn, Do: tour, Gives: requests.Tour{}},
	{At: "GET /tours/{id}/print", Need: web.SignedIn, Do: tourSheet, PageOnly: true},
	{At: "POST /tours/{id}/unload", Need: requests.MayServe, Do: unload, Gives: requests.Tour{}},
	{At: "GET /tour-stops", Need: web.SignedIn, Do: stops, List: &requests.Deliveries},
	{At: "GET /tour-returns", Need: web.SignedIn, Do: returns, List: &requests.Returns},
	{At: "GET /tour-returns/{id}", Need: web.SignedIn, Do: returned, Gives: requests.Return{}},
	{At: "POST /tour-returns/{id}/take-in", Need: requests.MayServe, Do: takeIn, Form: &lookedPaper, Gives: requests.Return{}},

	{At: "GET /old-pieces", Need: web.SignedIn, Do: olds, List: &requests.Olds},
	{At: "GET /old-pieces/{id}", Need: web.SignedIn, Do: old, Gives: requests.Old{}},
	{At: "POST /old-pieces/{id}/count", Need: requests.MayServe, Do: countIn, Form: &countPaper, Gives: requests.Old{}},
	{At: "POST /old-pieces/{id}/excuse", Need: requests.MayExcuse, Do: excuse, Form: &excusePaper, Gives: requests.Old{}},

	{At: "GET /requests/quotas", Need: web.SignedIn, Do: quotas, List: &requests.Quotas},
	{At: "GET /requests/quotas/new", Need: requests.MayArrange, Do: blankQuota, PageOnly: true},
	{At: "POST /requests/quotas", Need: requests.MayArrange, Do: setQuota, Form: &quotaPaper, Gives: requests.Quota{}},
	{At: "GET /requests/days", Need: web.SignedIn, Do: days, Gives: []requests.Day{}},
	{At: "POST /requests/days", Need: requests.MayArrange, Do: setDays, Form: &daysPaper},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

func tabs(r *web.Req, links ...string) (out []ui.Link) {
	for i := 0; i+1 < len(links); i += 2 {
		if r.Way(links[i+1]) != "" {
			out = append(out, ui.Link{Label: r.T(links[i]), Href: links[i+1], Current: r.URL.Path == links[i+1]})
		}
	}
	return out
}

func listTabs(r *web.Req) []ui.Link {
	links := []string{"requests.list", "/requests", "requests.wanted", "/requests/wanted", "requests.tours", "/tours", "requests.deliveries", "/tour-stops", "requests.returns", "/tour-returns", "requests.olds", "/old-pieces"}
	if r.By.May(requests.MayAsk) || r.By.May(requests.MaySee) || r.By.May(requests.MayArrange) { // a keeper sees none, and must not read that there are none
		links = append(links, "requests.quotas", "/requests/quotas")
	}
	return tabs(r, append(links, "requests.week", "/requests/days")...)
}

func all(r *web.Req) error {
	p := web.ListPage{Default: "open=true", Page: ui.Page{Tabs: listTabs(r)}}
	if r.By.May(requests.MayAsk) {
		p.Page.Actions = []ui.Action{{Name: "ask", Label: r.T("requests.do.ask"), Href: "/requests/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&requests.Requests, requests.Scope(r.By), p)
}

func wanted(r *web.Req) error {
	return r.List(&requests.ToGive, requests.Scope(r.By), web.ListPage{Page: ui.Page{Tabs: listTabs(r)}})
}

// one is the request of the address, if the person sees it or decides on it.
func one(r *web.Req) (requests.Request, error) {
	return requests.Visible(r.Context(), r.Read(), r.By, r.PathValue("id"))
}

// mine is the ward's page: a big button, what is to be signed for, and where everything
// else stands.
func mine(r *web.Req) error {
	open, err := requests.Requests.All(r.Context(), r.Read(), requests.AskScope(r.By).And("q.open = true"), 100)
	if err != nil {
		return err
	}
	closed, err := requests.Requests.All(r.Context(), r.Read(), requests.AskScope(r.By).And("q.open = false"), 10)
	if err != nil {
		return err
	}
	tiles := []ui.Tile{{Label: r.T("requests.do.ask"), Hint: r.T("requests.do.ask.hint"), Href: "/requests/new", Icon: "plus", Tone: ui.Accent}}
	out := 0
	for _, q := range open {
		if q.State == requests.Out {
			out++
		}
	}
	if out > 0 {
		tiles = append(tiles, ui.Tile{Label: r.T("requests.to_sign"), Href: "/requests?state=out", Icon: "signature", Count: out, Tone: ui.Soon})
	}
	tiles = append(tiles, ui.Tile{Label: r.T("requests.list"), Href: "/requests?all=1", Icon: "clipboard-list"})
	return r.Show(ui.Page{Heading: r.T("requests.mine"), Live: []string{requests.Noun}, Body: ui.Below(ui.Menu(tiles...),
		ui.Section(r.T("requests.mine.open"), ui.List(r.W2, requestTable(r, "open", "requests.mine.open", open))),
		ui.Section(r.T("requests.mine.closed"), ui.List(r.W2, requestTable(r, "closed", "requests.mine.closed", closed))))}, nil)
}

// requestTable is a short table of requests inside a page, which has others.
func requestTable(r *web.Req, id, caption string, all []requests.Request) ui.Table {
	now := r.Read().Moment()
	t := ui.Table{ID: id, Bare: true, Caption: r.T(caption), Empty: ui.Nothing{Text: r.T("requests.mine.none"), Icon: "circle-check"},
		Columns: []ui.Head{{Label: r.T("requests.list.number")}, {Label: r.T("requests.list.state")}, {Label: r.T("requests.list.department")}, {Label: r.T("requests.list.due")},
			{Label: r.T("requests.list.amount"), Num: true}, {Label: r.T("requests.list.asked_at"), Minor: true}}}
	for _, q := range all {
		t.Rows = append(t.Rows, ui.Row{Href: "/requests/" + q.ID, Quiet: !q.Open, Cells: []ui.Cell{{Text: q.Number, Sub: q.Purpose},
			{Text: stateWord(r, &q), State: true, Tone: stateTone(&q)}, {Text: q.Asker(), Sub: q.RequesterName}, {Text: r.W2.Day(q.Due)}, {Text: r.W2.Money(q.Amount)},
			{Text: r.W2.Instant(q.AskedAt, now), Title: r.W2.Full(q.AskedAt)}}})
	}
	return t
}

func stateWord(r *web.Req, q *requests.Request) string {
	return r.T(requests.Noun + ".state." + string(q.State))
}

func stateTone(q *requests.Request) ui.Tone {
	switch q.State {
	case requests.Done, requests.Cancelled:
		return ui.Quiet
	case requests.Refused:
		return ui.Danger
	case requests.Ready, requests.Out:
		return ui.Done
	case requests.Owed, requests.Waiting, requests.Returned:
		return ui.Soon
	}
	return ui.Accent
}

// lanes of the store's page: what to do next first.
var lanes = []struct {
	key    string
	states []string
	step   string
}{
	{"decide", []string{string(requests.Agreed)}, "decide"},
	{"pick", []string{string(requests.Picking)}, "pick"},
	{"hand", []string{string(requests.Ready)}, "hand"},
	{"waiting", []string{string(requests.Waiting)}, "decide"},
	{"out", []string{string(requests.Out)}, "deliver"},
}

// counter is what a storekeeper stands before: what is to decide, to pick and to hand
// over, each opening at its next step.
func counter(r *web.Req) error {
	var parts []ui.Figure
	page := ui.Page{Heading: r.T("requests.counter"), Live: []string{requests.Noun}, Actions: []ui.Action{
		{Name: "load", Label: r.T("requests.do.load"), Href: "/tours/new", Icon: "truck-delivery", Tone: ui.Accent},
		{Name: "tours", Label: r.T("requests.tours"), Href: "/tours", Icon: "route"},
		{Name: "between", Label: r.T("requests.do.between"), Href: "/requests/between", Icon: "arrows-exchange"},
		{Name: "rush", Label: r.T("requests.do.rush"), Href: "/requests/rush", Icon: "urgent"}}}
	body := ui.Below()
	for _, l := range lanes {
		found, err := requests.Requests.All(r.Context(), r.Read(), list.Scoped(r.By.Scope(requests.MayServe), "w.department").In("q.state", l.states), 50)
		if err != nil {
			return err
		}
		tone := ui.Plain
		if len(found) > 0 && l.key != "out" {
			tone = ui.Soon
		}
		parts = append(parts, ui.Figure{Label: r.T("requests.lane." + l.key), Value: r.W2.Number(int64(len(found))), Href: "/requests?state=" + l.states[0], Tone: tone})
		if len(found) == 0 {
			continue
		}
		t := requestTable(r, l.key, "requests.lane."+l.key, found)
		for n := range t.Rows {
			t.Rows[n].Href += "/" + l.step
		}
		body = ui.Below(body, ui.Section(r.T("requests.lane."+l.key), ui.List(r.W2, t)))
	}
	// What these stores have asked others for.
	asked, err := requests.AskedOthers(r.Context(), r.Read(), r.By, 50)
	if err != nil {
		return err
	}
	if len(asked) > 0 {
		t := requestTable(r, "between", "requests.lane.between", asked)
		for n, q := range asked {
			t.Rows[n].Cells[2].Sub = r.T("requests.between.of", q.StoreName)
			if q.State == requests.Out {
				t.Rows[n].Href += "/sign"
			}
		}
		parts = append(parts, ui.Figure{Label: r.T("requests.lane.between"), Value: r.W2.Number(int64(len(asked))), Href: "#between"})
		body = ui.Below(body, ui.Section(r.T("requests.lane.between"), ui.List(r.W2, t)))
	}
	page.Body = ui.Below(ui.Figures(parts...), body)
	return r.Show(page, nil)
}

func done(q requests.Request, say string) web.Done {
	return web.Done{To: "/requests/" + q.ID, Say: say, Args: []string{q.Number}, Data: q}
}

// pressed is a step that asks nothing but the button.
func pressed(r *web.Req, say string, f func(*db.Tx, string, int64) (requests.Request, error)) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		q, err := f(tx, r.PathValue("id"), r.Version())
		return done(q, say), err
	})
}
