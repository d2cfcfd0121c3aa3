package requestsweb

import (
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

// tours is the register of rounds through the house.
func tours(r *web.Req) error {
	p := web.ListPage{Default: "open=true", Page: ui.Page{Tabs: listTabs(r)}}
	if r.By.May(requests.MayServe) {
		p.Page.Actions = []ui.Action{{Name: "load", Label: r.T("requests.do.load"), Href: "/tours/new", Icon: "truck-delivery", Tone: ui.Accent}}
	}
	return r.List(&requests.Tours, requests.TourScope(r.By), p)
}

// stops is the register of what was brought, and who signed for it.
func stops(r *web.Req) error {
	return r.List(&requests.Deliveries, requests.Scope(r.By), web.ListPage{Page: ui.Page{Tabs: listTabs(r)}})
}

var loadPaper = form.Of[requests.Loading]{Name: "requests.load", Fields: []form.Field[requests.Loading]{
	{Key: "store", Into: func(l *requests.Loading) any { return &l.Store }, Ref: "stores", Required: true},
	{Key: "carrier", Into: func(l *requests.Loading) any { return &l.Carrier }, Ref: "drawers", Required: true, Hint: true},
	{Key: "requests", Into: func(l *requests.Loading) any { return &l.Requests }, Kind: form.Many, Required: true},
}}

// blankTour is where a round is put together: what lies packed in the store, in the
// order of the buildings; what wards asked to be brought is ticked.
func blankTour(r *web.Req) error {
	l := requests.Loading{Carrier: r.By.ID, Store: r.URL.Query().Get("store")}
	only := r.URL.Query().Get("request")
	packed, err := requests.Pending.All(r.Context(), r.Read(), list.Scoped(r.By.Scope(requests.MayServe), "w.department").And("q.state = 'ready'"), 100)
	if err != nil {
		return err
	}
	if l.Store == "" {
		kept, err := warehouse.KeptBy(r.Context(), r.Read(), r.By.ID)
		if err != nil {
			return err
		}
		for _, q := range packed { // the store of the slip, else one's own, else the first in which something lies packed
			if own := slices.ContainsFunc(kept, func(s warehouse.Store) bool { return s.ID == q.Store }); q.ID == only || l.Store == "" || only == "" && own {
				l.Store = q.Store
			}
		}
	}
	packed = slices.DeleteFunc(packed, func(q requests.Request) bool { return q.Store != l.Store })
	for _, q := range packed {
		if q.ID == only || only == "" && q.Deliver {
			l.Requests = append(l.Requests, q.ID)
		}
	}
	stops, err := requests.InOrder(r.Context(), r.Read(), packed)
	if err != nil {
		return err
	}
	f, err := r.Form(&loadPaper, &l, ui.Form{Action: "/tours", Submit: r.T("requests.do.load"), Cancel: "/requests/counter"})
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		if x.Name != "requests" {
			continue
		}
		for _, s := range stops {
			q := &s.Request
			o := ui.Option{Value: q.ID, Label: q.Asker(), Hint: q.Number + " · " + strings.TrimSpace(building(r, &s)+" "+s.Spot)}
			if q.Deliver {
				o.Hint += " · " + r.T("requests.list.deliver")
			}
			x.Options = append(x.Options, o)
		}
		if len(stops) == 0 {
			x.Kind, x.Shown = ui.KindShown, r.T("requests.nothing_packed")
		}
	}
	return r.Show(ui.Page{Heading: r.T("requests.do.load"), Back: &ui.Link{Label: r.T("requests.tours"), Href: "/tours"}, Body: ui.Ask(r.W2, f)}, nil)
}

func building(r *web.Req, s *requests.Stop) string {
	if s.Building == "" {
		return r.T("requests.tour.nowhere")
	}
	return s.Building
}

func load(r *web.Req) error {
	return web.Submit(r, &loadPaper, blankTour, func(tx *db.Tx, l *requests.Loading) (web.Done, error) {
		t, err := requests.Load(r.Context(), tx, *l)
		return web.Done{To: "/tours/" + t.ID, Say: "requests.done.loaded", Args: []string{t.Number}, Data: t}, err
	})
}

// tour is one round on the carrier's phone: building by building, each slip opening
// where it is signed for; what was not accepted is named below.
func tour(r *web.Req) error {
	t, err := requests.TourByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(t)
	}
	stops, err := requests.StopsOf(r.Context(), r.Read(), t.ID)
	if err != nil {
		return err
	}
	serves := r.By.MayIn(requests.MayServe, t.Keeping)
	p := ui.Page{Heading: t.Number, Sub: t.StoreName + " · " + t.CarrierName, Back: &ui.Link{Label: r.T("requests.tours"), Href: "/tours"}, Live: []string{requests.TourNoun, requests.Noun},
		Mark: &ui.Mark{Word: r.T("requests.tour.open"), Tone: ui.Accent}, Actions: []ui.Action{{Name: "print", Label: r.T("requests.tour.print"), Href: "/tours/" + t.ID + "/print", Icon: "printer", Fresh: true}}}
	if !t.Open {
		p.Mark = &ui.Mark{Word: r.T("requests.tour.back"), Tone: ui.Done}
	} else if serves {
		a := ui.Action{Name: "unload", Label: r.T("requests.tour.unload"), Hint: r.T("requests.tour.unload.hint"), Post: "/tours/" + t.ID + "/unload", Icon: "home",
			Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(t.Version)}}}
		if !slices.ContainsFunc(stops, func(s requests.Stop) bool { return s.Result == "" }) {
			a.Tone = ui.Accent
		}
		p.Actions = append([]ui.Action{a}, p.Actions...)
	}
	body := ui.Below()
	for from := 0; from < len(stops); {
		house := stops[from].Building
		table := ui.Table{ID: "at-" + r.W2.Number(int64(from)), Bare: true, Caption: building(r, &stops[from]),
			Columns: []ui.Head{{Label: r.T("requests.list.department")}, {Label: r.T("requests.tour.result")}, {Label: r.T("requests.list.receiver_name")}, {Label: r.T("requests.list.number"), Minor: true}}}
		for ; from < len(stops) && stops[from].Building == house; from++ {
			s := &stops[from]
			row := ui.Row{Href: "/requests/" + s.Request.ID, Quiet: s.Result == "back", Cells: []ui.Cell{{Text: s.Request.Asker(), Sub: s.Spot},
				{Text: r.T("requests.tour.result." + or(s.Result, "out")), State: true, Tone: stopTone(s)}, {Text: s.Receiver, Sub: r.When(s.At)}, {Text: s.Request.Number}}}
			if s.At.IsZero() {
				row.Cells[2].Sub = ""
			}
			if s.Result == "" && (serves || t.Carrier == r.By.ID) {
				row.Href += "/deliver"
			}
			table.Rows = append(table.Rows, row)
		}
		body = ui.Below(body, ui.Section(table.Caption, ui.List(r.W2, table)))
	}
	back, err := requests.Returns.All(r.Context(), r.Read(), requests.Scope(r.By).And("b.tour = ?", t.ID), 100)
	if err != nil {
		return err
	}
	if len(back) > 0 {
		table := ui.Table{ID: "back", Bare: true, Caption: r.T("requests.returns"), Columns: []ui.Head{{Label: r.T("requests.returns.name")}, {Label: r.T("requests.returns.qty"), Num: true},
			{Label: r.T("requests.returns.why")}, {Label: r.T("requests.returns.outcome")}, {Label: r.T("requests.returns.department"), Minor: true}}}
		for _, b := range back {
			outcome := ui.Cell{Text: r.T("requests.outcome." + b.Outcome), State: true, Tone: ui.Quiet}
			if b.Open {
				outcome = ui.Cell{Text: r.T("requests.return.open"), State: true, Tone: ui.Soon}
			}
			table.Rows = append(table.Rows, ui.Row{Href: "/tour-returns/" + b.ID, Cells: []ui.Cell{{Text: b.Title(), Sub: b.Lot}, {Text: b.Say(b.Qty), Num: true}, {Text: r.T("requests.why." + b.Why), Sub: b.Note}, outcome, {Text: b.DepartmentName}}})
		}
		body = ui.Below(body, ui.Section(r.T("requests.returns"), ui.List(r.W2, table)))
	}
	story, err := r.Story(requests.TourNoun, t.ID, t.Number)
	if err != nil {
		return err
	}
	p.Body = ui.Below(body, ui.Section(r.T("requests.story"), story))
	return r.Show(p, nil)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func stopTone(s *requests.Stop) ui.Tone {
	switch s.Result {
	case "signed":
		return ui.Done
	case "back":
		return ui.Soon
	}
	return ui.Accent
}

func unload(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		t, err := requests.Unload(r.Context(), tx, r.PathValue("id"), r.Version())
		return web.Done{To: "/tours/" + t.ID, Say: "requests.done.unloaded", Args: []string{t.Number}, Data: t}, err
	})
}

// tourSheet is the round on paper: by building and floor, with what goes where and a
// place to sign for each department.
func tourSheet(r *web.Req) error {
	t, err := requests.TourByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	stops, err := requests.StopsOf(r.Context(), r.Read(), t.ID)
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/tours/" + t.ID)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("requests.tour.building")}, {Label: r.T("requests.list.department")}, {Label: r.T("requests.list.number")},
		{Label: r.T("requests.line.item")}, {Label: r.T("requests.pick.lot")}, {Label: r.T("requests.pick.qty"), Num: true}, {Label: r.T("requests.tour.sign")}}}
	for n, s := range stops {
		picks, err := requests.PicksOf(r.Context(), r.Read(), s.Request.ID, s.Result == "signed")
		if err != nil {
			return err
		}
		items, err := pickItems(r, picks)
		if err != nil {
			return err
		}
		first := true
		for _, p := range picks {
			if p.Picked == 0 {
				continue
			}
			row := []string{"", "", "", "", items[p.Item].Title(), p.Lot, items[p.Item].Say(p.Picked), ""}
			if first {
				row[0], row[1], row[2], row[3] = r.W2.Number(int64(n+1)), building(r, &s)+" "+s.Spot, s.Request.Asker(), s.Request.Number
				row[7] = s.Receiver
			}
			first = false
			g.Rows = append(g.Rows, row)
		}
	}
	return r.Sheet(ui.Sheet{Title: r.T("requests.tour.paper"), Number: t.Number, Date: string(t.LeftAt.Day(r.W2.Zone)), QR: code, Size: ui.A4, Lines: g, Back: ui.Link{Href: "/tours/" + t.ID},
		Boxes: []ui.Fact{{Label: r.T("requests.tours.store"), Text: t.StoreName}, {Label: r.T("requests.tours.carrier_name"), Text: t.CarrierName},
			{Label: r.T("requests.tours.left_at"), Text: r.W2.Full(t.LeftAt)}, {Label: r.T("requests.tours.stops"), Text: r.W2.Number(t.Stops)}},
		Signatures: []string{r.T("requests.tour.loader"), r.T("requests.tour.carrier"), r.T("requests.tour.taker")}})
}
