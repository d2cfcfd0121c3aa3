package warehouseweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/warehouse"
)

// holding is what is asked before a lot is held.
type holding struct{ Lot, Reason string }

var holdPaper = form.Of[holding]{Name: "warehouse.hold", Fields: []form.Field[holding]{
	{Key: "lot", Into: func(h *holding) any { return &h.Lot }, Most: 60, Hint: true},
	{Key: "reason", Into: func(h *holding) any { return &h.Reason }, Required: true, Most: 200},
}}

type finding struct{ Finding string }

var releasePaper = form.Of[finding]{Name: "warehouse.release", Fields: []form.Field[finding]{
	{Key: "finding", Into: func(f *finding) any { return &f.Finding }, Required: true, Most: 200},
}}

// lotTabs lead from all lots to those that need somebody.
func lotTabs(r *web.Req) ([]ui.Link, error) {
	today := r.Site.DB.Today()
	near, err := warehouse.Near(r.Context(), r.Read(), today)
	if err != nil {
		return nil, err
	}
	out := tabs(r, "warehouse.stock", "/warehouse/stock", "warehouse.lots", "/warehouse/lots", "warehouse.holds", "/warehouse/holds")
	asked := r.URL.Query()
	for _, t := range []struct{ word, query string }{{"warehouse.near", lotsBetween(today, today.AddDays(near))}, {"warehouse.expired", lotsBetween("2000-01-01", today.AddDays(-1))}} {
		here := r.URL.Path == "/warehouse/lots" && "expiry.from="+asked.Get("expiry.from")+"&expiry.to="+asked.Get("expiry.to") == t.query
		if here {
			out[1].Current = false
		}
		out = append(out, ui.Link{Label: r.T(t.word), Href: "/warehouse/lots?" + t.query, Current: here})
	}
	return out, nil
}

// lotsBetween is the query of the lots that end in these days.
func lotsBetween(from, to period.Day) string {
	return "expiry.from=" + string(from) + "&expiry.to=" + string(to)
}

func holds(r *web.Req) error {
	t, err := lotTabs(r)
	if err != nil {
		return err
	}
	return r.List(&warehouse.Holds, warehouse.Scope(r.By), web.ListPage{Default: "held=true", Page: ui.Page{Tabs: t}})
}

// seenHold is the hold of the address, if the person may see it.
func seenHold(r *web.Req) (warehouse.Hold, error) {
	return warehouse.Holds.Get(r.Context(), r.Read(), warehouse.Scope(r.By).And("h.id = ?", r.PathValue("id")))
}

func hold(r *web.Req) error {
	h, err := seenHold(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(h)
	}
	lot := h.Lot
	if lot == "" {
		lot = r.T("warehouse.lots.unnamed")
	}
	facts := []ui.Fact{{Label: r.T("warehouse.holds.lot"), Text: lot}, {Label: r.T("warehouse.holds.expiry"), Text: string(h.Expiry)}, {Label: r.T("warehouse.holds.qty"), Text: h.Say(h.Qty), Num: true},
		{Label: r.T("warehouse.holds.store"), Text: h.StoreName, Href: "/warehouse/stores/" + h.Store}, {Label: r.T("warehouse.holds.by_name"), Text: h.ByName, Sub: r.When(h.At)},
		{Label: r.T("warehouse.holds.reason"), Text: h.Reason, Wide: true}}
	if !h.Held {
		facts = append(facts, ui.Fact{Label: r.T("warehouse.holds.released_name"), Text: h.ReleasedName, Sub: r.When(h.Released)}, ui.Fact{Label: r.T("warehouse.holds.finding"), Text: h.Finding, Wide: true})
	}
	story, err := r.Story("warehouse.hold", h.ID, h.Title())
	if err != nil {
		return err
	}
	p := ui.Page{Heading: h.Title(), Sub: h.StoreName, Back: &ui.Link{Label: r.T("warehouse.holds"), Href: "/warehouse/holds"}, Live: []string{"warehouse.hold"},
		Mark: &ui.Mark{Word: r.T("warehouse.held"), Tone: ui.Danger}, Body: ui.Below(ui.Facts(facts...), story),
		Actions: []ui.Action{{Name: "card", Label: r.T("warehouse.card"), Href: "/warehouse/stock/" + h.Store + "/" + h.Item, Icon: "list-details"}}}
	if !h.Held {
		p.Mark = &ui.Mark{Word: r.T("warehouse.released"), Tone: ui.Done}
		return r.Show(p, nil)
	}
	if r.By.MayIn(warehouse.MayReceive, h.Keeping) && h.Qty > 0 {
		p.Actions = append(p.Actions, ui.Action{Name: "send_back", Label: r.T("warehouse.do.send_back"), Icon: "arrow-forward-up", Href: "/warehouse/sent-back/new?item=" + h.Item + "&lot=" + h.Lot})
	}
	if r.By.MayIn(warehouse.MayKeep, h.Keeping) {
		f, err := r.Form(&releasePaper, nil, ui.Form{ID: "release", Action: "/warehouse/holds/" + h.ID + "/release", Submit: r.T("warehouse.do.release")})
		if err != nil {
			return err
		}
		p.Actions = append(p.Actions, ui.Action{Name: "release", Label: r.T("warehouse.do.release"), Icon: "lock-open", Ask: &f, Open: r.Failed(&releasePaper) != nil})
	}
	return r.Show(p, nil)
}

func holdLot(r *web.Req) error {
	store, item := r.PathValue("store"), r.PathValue("item")
	return web.Submit(r, &holdPaper, card, func(tx *db.Tx, h *holding) (web.Done, error) {
		id, err := warehouse.HoldLot(r.Context(), tx, store, item, h.Lot, h.Reason)
		return web.Done{To: "/warehouse/holds/" + id, Say: "warehouse.done.held", Data: map[string]string{"id": id}}, err
	})
}

func releaseLot(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &releasePaper, hold, func(tx *db.Tx, f *finding) (web.Done, error) {
		if _, err := warehouse.Holds.Get(r.Context(), tx, warehouse.Scope(r.By).And("h.id = ?", id)); err != nil {
			return web.Done{}, err
		}
		return web.Done{To: "/warehouse/holds/" + id, Say: "warehouse.done.let_go"}, warehouse.ReleaseLot(r.Context(), tx, id, f.Finding)
	})
}
