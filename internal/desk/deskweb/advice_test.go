package deskweb_test

import (
	"net/url"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

func TestWhileOneTypesTheDeskSuggests(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) error {
			for range 8 {
				for title, trade := range map[string]desk.Trade{"病房跳闸没电": "electric", "水龙头漏水": "water"} {
					if _, err := desk.Report(t.Context(), tx, &desk.Slip{Title: title, Trade: trade, Anyway: true}); err != nil {
						return err
					}
				}
			}
			return nil
		})
		c := webtest.New(t, h)
		h.as(h.dispatcher)
		c.Get("/desk/advice").See("建议被采用 –")
		h.as(h.nurse)
		at := "/desk/suggest?" + url.Values{"form": {"report"}, "title": {"又跳闸了"}}.Encode()
		c.Get(at).NotSee("看来是")
		e, err := desk.Learn(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		h.counter.Advice.Known.Store(e)
		page := c.Get(at).See("看来是", "电", "因为说到", "跳闸")
		if card := page.Attr("#suggest [data-press]", "data-press"); card != "report-trade-0" || c.Get("/desk/report").Count("#"+card) != 1 {
			t.Errorf("the suggestion leads to %q, which is no card of the form", card)
		}
		// Refused, the page suggests for what was typed; sent, it is counted as kept.
		c.Get("/desk/report").PressWant(422, "报修", fill("title", "又跳闸了")).See("看来是").Press("报修", fill("trade", "electric"))
		h.as(h.dispatcher)
		c.Get("/desk/advice").See("建议被采用", "100", "1 / 1", "从本院最近 16 张工单学得")
		webtest.Run(t, h, webtest.Call{URL: "/desk/suggest?title=" + url.QueryEscape("跳闸"), Header: map[string]string{"Accept": "application/json"}, See: []string{`"answer":"electric"`}})
	})
}
