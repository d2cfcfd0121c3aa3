package warehouseweb

import (
	"errors"
	"maps"
	"net/url"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// cardData is what programs get of a card: what is there, by lot, and the turnover
// of the days asked for. The rows are at …/card.
type cardData struct {
	Holding  warehouse.Holding  `json:"holding"`
	Lots     []warehouse.Lot    `json:"lots"`
	Turnover warehouse.Turnover `json:"turnover"`
}

// levelsAsked are a store's minimum and maximum of an item, as people write them.
type levelsAsked struct{ Least, Most string }

var levelPaper = form.Of[levelsAsked]{Name: "warehouse.levels", Fields: []form.Field[levelsAsked]{
	{Key: "least", Into: func(l *levelsAsked) any { return &l.Least }, Most: 40, Hint: true},
	{Key: "most", Into: func(l *levelsAsked) any { return &l.Most }, Most: 40},
}}

// held is the item in the store of the address, if the person may see it.
func held(r *web.Req) (warehouse.Holding, error) {
	return warehouse.Holdings.Get(r.Context(), r.Read(), warehouse.Scope(r.By).And("s.store = ? AND s.item = ?", r.PathValue("store"), r.PathValue("item")))
}

// cardRows are the card's rows for programs and for the export.
func cardRows(r *web.Req) error {
	h, err := held(r)
	if err != nil {
		return err
	}
	if f := r.URL.Query().Get("format"); f == "" && !r.JSON() {
		return r.Go("/warehouse/stock/" + h.Store + "/" + h.Item + "?" + r.URL.RawQuery)
	}
	return r.List(&warehouse.Card, warehouse.CardOf(h.Store, h.Item), web.ListPage{})
}

// card is the page of one item in one store: what is there, where and until when,
// what came and went in the days asked for, and every move behind it.
func card(r *web.Req) error {
	h, err := held(r)
	if err != nil {
		return err
	}
	asked := r.URL.Query()
	from, to, err := days(r, asked)
	if err != nil {
		return err
	}
	turn, err := warehouse.TurnoverOf(r.Context(), r.Read(), h.Store, h.Item, from, to)
	if err != nil {
		return err
	}
	lots, err := lotsOf(r, h.Store, h.Item)
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(cardData{h, lots, turn})
	}
	item, err := catalog.Get(r.Context(), r.Read(), h.Item)
	if err != nil {
		return err
	}
	now := r.Site.DB.Now().In(r.Site.DB.Zone)
	facts := ui.Facts(
		ui.Fact{Label: r.T("warehouse.stock.qty"), Text: h.Say(h.Qty), Num: true, Tone: ui.Tone(stateTone(h))},
		ui.Fact{Label: r.T("warehouse.stock.amount"), Text: r.W2.Money(h.Amount), Num: true},
		ui.Fact{Label: r.T("warehouse.stock.least"), Text: level(h, h.Least), Num: true},
		ui.Fact{Label: r.T("warehouse.stock.most"), Text: level(h, h.Most), Num: true},
		ui.Fact{Label: r.T("warehouse.stock.expiry"), Text: string(h.Expiry), Tone: ui.Tone(h.ExpiryTone(now))},
		ui.Fact{Label: r.T("warehouse.stock.number"), Text: item.Number, Href: "/items/" + item.ID},
		ui.Fact{Label: r.T("warehouse.stock.store"), Text: h.StoreName, Href: "/warehouse/stores/" + h.Store},
		ui.Fact{Label: r.T("warehouse.units"), Text: catalog.SayPacks(item.Packs)},
	)
	d := warehouse.Card.Describe(r.By)
	q, err := warehouse.Card.Parse(asked, r.By)
	if err != nil {
		return err
	}
	// The days are looked up on the card itself, not by each paper's moment.
	where, near := warehouse.CardOf(h.Store, h.Item), q
	if asked.Get("at.from") != "" || asked.Get("at.to") != "" {
		since, until := from, to
		if asked.Get("at.from") == "" {
			since = "1970-01-01"
		}
		if asked.Get("at.to") == "" {
			until = r.Site.DB.Today()
		}
		if where, err = warehouse.CardIn(r.Context(), r.Read(), h.Store, h.Item, since, until); err != nil {
			return err
		}
		less := maps.Clone(asked)
		less.Del("at.from")
		less.Del("at.to")
		if near, err = warehouse.Card.Parse(less, r.By); err != nil {
			return err
		}
	}
	rows, err := warehouse.Card.Rows(r.Context(), r.Read(), near, where)
	if err != nil {
		return err
	}
	t, err := r.Table(d, rows, q, asked)
	if err != nil {
		return err
	}
	for n := range t.Rows {
		t.Rows[n].Check = ""
	}
	for n := range t.Exports {
		u, err := url.Parse(t.Exports[n].Href)
		if err != nil {
			return err
		}
		t.Exports[n].Href = u.Path + "/card?" + u.RawQuery
	}
	t.Empty.Text = r.T("warehouse.card.empty")
	p := ui.Page{Heading: h.Title(), Sub: h.StoreName, Wide: true, Back: &ui.Link{Label: r.T("warehouse.stock"), Href: "/warehouse/stock"}, Live: []string{"warehouse.document"},
		Body: ui.Below(facts, ui.Beside(ui.Section(r.T("warehouse.lots"), ui.List(r.W2, lotTable(r, lots))), ui.Section(r.T("warehouse.turnover", from, to), turnover(r, h, turn))),
			ui.Section(r.T("warehouse.card"), ui.List(r.W2, t)))}
	if h.State == "low" || h.State == "high" {
		p.Mark = &ui.Mark{Word: r.T("warehouse.state." + h.State), Tone: ui.Tone(stateTone(h))}
	}
	if p.Actions, err = cardActions(r, h); err != nil {
		return err
	}
	return r.Show(p, nil)
}

func cardActions(r *web.Req, h warehouse.Holding) (out []ui.Action, err error) {
	st, err := warehouse.StoreByID(r.Context(), r.Read(), h.Store)
	if err != nil {
		return nil, err
	}
	if r.By.MayIn(warehouse.MayIssue, st.Department) && h.Qty > 0 {
		way, err := issueWay(r)
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Action{Name: "issue", Label: r.T("warehouse.do.issue"), Icon: "send", Href: way + "?item=" + h.Item})
	}
	if r.By.MayIn(warehouse.MayIssue, st.Department) && h.Qty > 0 {
		f, err := r.Form(&holdPaper, &holding{Lot: r.URL.Query().Get("lot")}, ui.Form{ID: "hold", Action: "/warehouse/stock/" + h.Store + "/" + h.Item + "/hold", Submit: r.T("warehouse.do.hold"), Tone: ui.Danger})
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Action{Name: "transfer", Label: r.T("warehouse.do.transfer"), Icon: "arrows-exchange", Href: "/warehouse/transfers/new?item=" + h.Item},
			ui.Action{Name: "hold", Label: r.T("warehouse.do.hold"), Icon: "hand-stop", Tone: ui.Danger, Ask: &f, Open: r.Failed(&holdPaper) != nil})
	}
	if r.By.MayIn(warehouse.MayKeep, st.Department) {
		f, err := r.Form(&levelPaper, &levelsAsked{level(h, h.Least), level(h, h.Most)}, ui.Form{ID: "levels", Action: "/warehouse/stock/" + h.Store + "/" + h.Item + "/levels",
			Submit: r.T("warehouse.levels.save"), Inline: true})
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Action{Name: "levels", Label: r.T("warehouse.levels"), Icon: "adjustments", Ask: &f, Open: r.Failed(&levelPaper) != nil})
	}
	if h.Qty > 0 {
		out = append(out, ui.Action{Name: "labels", Label: r.T("warehouse.labels"), Icon: "qrcode", Href: "/warehouse/stock/" + h.Store + "/" + h.Item + "/labels", Fresh: true})
	}
	return out, nil
}

// days are the days of the turnover: those of the filter on the card's moments, else
// this month.
func days(r *web.Req, asked url.Values) (from, to period.Day, err error) {
	today := r.Site.DB.Today()
	from, to = today.Month().First(), today
	for _, end := range []struct {
		key string
		day *period.Day
	}{{"at.from", &from}, {"at.to", &to}} {
		if s := asked.Get(end.key); s != "" {
			if *end.day, err = period.ParseDay(s); err != nil {
				return from, to, fault.OnField(end.key, "base.bad_value", s)
			}
		}
	}
	if from > to {
		from = to.Month().First()
	}
	return from, to, nil
}

func turnover(r *web.Req, h warehouse.Holding, t warehouse.Turnover) templ.Component {
	line := func(label string, q quantity.Qty, amount string) ui.Row {
		return ui.Row{Cells: []ui.Cell{{Text: r.T(label)}, {Text: h.Say(int64(q)), Num: true}, {Text: amount, Num: true}}}
	}
	return ui.List(r.W2, ui.Table{ID: "turnover", Bare: true, Caption: r.T("warehouse.turnover", t.From, t.To),
		Columns: []ui.Head{{Label: r.T("warehouse.turnover.line")}, {Label: r.T("warehouse.stock.qty"), Num: true}, {Label: r.T("warehouse.stock.amount"), Num: true}},
		Rows: []ui.Row{line("warehouse.turnover.opening", t.Opening, r.W2.Money(t.OpeningAmount)), line("warehouse.turnover.in", t.In, r.W2.Money(t.InAmount)),
			line("warehouse.turnover.out", t.Out, r.W2.Money(t.OutAmount)), line("warehouse.turnover.closing", t.Closing, r.W2.Money(t.ClosingAmount))}})
}

func lotTable(r *web.Req, lots []warehouse.Lot) ui.Table {
	now := r.Site.DB.Now().In(r.Site.DB.Zone)
	t := ui.Table{ID: "lots", Bare: true, Caption: r.T("warehouse.lots"), Empty: ui.Nothing{Text: r.T("warehouse.lots.none"), Icon: "box"},
		Columns: []ui.Head{{Label: r.T("warehouse.lots.lot")}, {Label: r.T("warehouse.lots.expiry")}, {Label: r.T("warehouse.lots.bin")},
			{Label: r.T("warehouse.lots.qty"), Num: true}, {Label: r.T("warehouse.lots.amount"), Num: true}, {Label: r.T("warehouse.lots.since"), Minor: true}}}
	for _, l := range lots {
		lot := ui.Cell{Text: l.Lot}
		if l.Lot == "" {
			lot.Text = r.T("warehouse.lots.unnamed")
		}
		if l.Held {
			lot.Sub, lot.Tone = r.T("warehouse.held"), ui.Danger
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{lot, {Text: string(l.Expiry), Tone: ui.Tone(l.ExpiryTone(now))}, {Text: l.BinCode},
			{Text: l.Say(l.Qty), Num: true}, {Text: r.W2.Money(l.Amount), Num: true}, {Text: r.W2.Instant(l.Since, now)}}})
	}
	return t
}

func level(h warehouse.Holding, q int64) string {
	if q == 0 {
		return ""
	}
	return h.Say(q)
}

func stateTone(h warehouse.Holding) string {
	switch {
	case h.State == "low" && h.Qty == 0:
		return "danger"
	case h.State == "low", h.State == "high":
		return "soon"
	}
	return ""
}

// levels sets the store's minimum and maximum of an item.
func levels(r *web.Req) error {
	storeID, itemID := r.PathValue("store"), r.PathValue("item")
	return web.Submit(r, &levelPaper, card, func(tx *db.Tx, l *levelsAsked) (web.Done, error) {
		item, err := catalog.Get(r.Context(), tx, itemID)
		if err != nil {
			return web.Done{}, err
		}
		var bad fault.Complaints
		read := func(key, text string) quantity.Qty {
			if text == "" {
				return 0
			}
			q, err := quantity.Parse(text, item.Packs)
			switch {
			case errors.Is(err, quantity.ErrUnit):
				bad.Add(key, "warehouse.no_unit", text, catalog.SayPacks(item.Packs))
			case err != nil || q < 0:
				bad.Add(key, "base.quantity")
			}
			return q
		}
		least, most := read("least", l.Least), read("most", l.Most)
		if err := bad.Err(); err != nil {
			return web.Done{}, err
		}
		return web.Done{To: "/warehouse/stock/" + storeID + "/" + itemID, Say: "warehouse.done.levels"},
			warehouse.SetLevels(r.Context(), tx, storeID, itemID, least, most)
	})
}
