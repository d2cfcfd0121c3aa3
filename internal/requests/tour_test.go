package requests_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/places"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

func (h *house) load(store string, ids ...string) (t requests.Tour, err error) {
	err = h.try(h.as("keeper"), func(tx *db.Tx) (err error) {
		t, err = requests.Load(h.t.Context(), tx, requests.Loading{Store: store, Carrier: h.staff["affairs"].ID, Requests: ids})
		return err
	})
	return t, err
}

func (h *house) sign(by string, q requests.Request, lines ...requests.Accepted) error {
	return h.try(h.as(by), func(tx *db.Tx) error {
		_, err := requests.Sign(h.t.Context(), tx, q.ID, 0, requests.Handing{Signature: by, Lines: lines})
		return err
	})
}

func (h *house) picksOf(q requests.Request) []requests.Pick {
	h.t.Helper()
	picks, err := requests.PicksOf(h.t.Context(), h.d, q.ID, false)
	h.must(err)
	return picks
}

// Clause: S-043 S-046 S-015
func TestGoodsAreBroughtToTheWardAndSignedForThere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		q := h.ready(requests.Want{Item: h.paper.ID, Qty: "10"}, requests.Want{Item: h.soap.ID, Qty: "5"})
		other := h.ready(requests.Want{Item: h.soap.ID, Qty: "2"})
		for _, bad := range []struct {
			store, key string
			ids        []string
		}{{h.main.ID, "requests.nothing_loaded", nil}, {h.tools.ID, "requests.other_store", []string{q.ID}}} {
			_, err := h.load(bad.store, bad.ids...)
			h.refused(err, bad.key)
		}
		tour, err := h.load(h.main.ID, q.ID, other.ID)
		h.must(err)
		if got := h.get(q.ID); tour.Number != "PS-2027-000001" || tour.Stops != 1 || got.State != requests.Out || got.Tour != tour.ID || h.stock(h.paper) != 100 {
			t.Fatalf("%+v %+v: what is on its way is still the store's", tour, got)
		}
		_, err = h.load(h.main.ID, q.ID)
		h.refused(err, "base.step_not_possible")
		h.refused(h.hand(q, "nurse", requests.Handing{}), "base.step_not_possible")
		h.refused(h.sign("stranger", q), "base.not_found")
		h.name("ward", "nurse")
		h.cites(h.sign("nurse2", q), "requests.not_named", "S-014")
		picks := h.picksOf(q)
		h.cites(h.sign("nurse", q, requests.Accepted{Pick: picks[1].ID, Qty: "3"}), "requests.difference_why", "S-015")
		h.refused(h.sign("nurse", q, requests.Accepted{Pick: picks[1].ID, Qty: "6", Why: "short"}), "requests.not_more")
		h.must(h.sign("nurse", q, requests.Accepted{Pick: picks[1].ID, Qty: "3", Why: "damaged", Note: "瓶盖裂"}))
		got := h.get(q.ID)
		if got.State != requests.Waiting || got.Tour != "" || got.Lines[1].Issued != 3 || got.Lines[1].Left() != 2 || h.stock(h.soap) != 17 || h.stock(h.paper) != 90 {
			t.Errorf("%+v, %d %d", got, h.stock(h.soap), h.stock(h.paper))
		}
		signed, err := requests.ReceiptsOf(t.Context(), h.d, q.ID)
		h.must(err)
		if len(signed) != 1 || signed[0].How != "tour" || signed[0].IssuerName != "affairs" || signed[0].ReceiverName != "nurse" {
			t.Errorf("%+v", signed)
		}
		back, err := requests.ToTakeIn(t.Context(), h.d, h.as("keeper"), 10)
		h.must(err)
		if len(back) != 1 || back[0].Qty != 2 || back[0].Why != "damaged" || back[0].Note != "瓶盖裂" || back[0].TourNumber != tour.Number {
			t.Fatalf("%+v", back)
		}
		takeIn := func(by string, l requests.Looked) error {
			return h.try(h.as(by), func(tx *db.Tx) error {
				_, err := requests.TakeIn(t.Context(), tx, back[0].ID, l)
				return err
			})
		}
		h.refused(takeIn("nurse", requests.Looked{Outcome: "shelf"}), "base.need")
		h.refused(takeIn("keeper", requests.Looked{Outcome: "apart"}), "requests.less_why")
		h.must(takeIn("keeper", requests.Looked{Outcome: "apart", Note: "漏液"}))
		h.refused(takeIn("keeper", requests.Looked{Outcome: "shelf"}), "requests.return_settled")

		h.must(h.try(h.as("keeper"), func(tx *db.Tx) error { _, err := requests.Unload(t.Context(), tx, tour.ID, 0); return err }))
		h.refused(h.try(h.as("keeper"), func(tx *db.Tx) error { _, err := requests.Unload(t.Context(), tx, tour.ID, 0); return err }), "requests.tour_over")
		if got := h.get(other.ID); got.State != requests.Ready || got.Tour != "" {
			t.Errorf("what nobody signed for does not lie packed again: %+v", got)
		}
		stops, err := requests.StopsOf(t.Context(), h.d, tour.ID)
		h.must(err)
		result := map[string]string{}
		for _, s := range stops {
			result[s.Request.ID] = s.Result + s.Receiver
		}
		if result[q.ID] != "signednurse" || result[other.ID] != "back" {
			t.Errorf("%+v", result)
		}
		h.must(h.hand(other, "nurse", requests.Handing{}))
		h.sound()
	})
}

// The carrier's own phone: who signs on its screen is not who brings.
func TestSomebodyOfTheWardSignsOnTheCarriersPhone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		q := h.ready(requests.Want{Item: h.paper.ID, Qty: "10"})
		_, err := h.load(h.main.ID, q.ID)
		h.must(err)
		deliver := func(by, to string) error {
			return h.try(h.as(by), func(tx *db.Tx) error {
				_, err := requests.Deliver(t.Context(), tx, q.ID, 0, requests.Handing{Receiver: h.staff[to].ID, Signature: to})
				return err
			})
		}
		h.refused(deliver("nurse", "nurse"), "requests.not_carrier")
		h.cites(deliver("keeper", "stranger"), "requests.stranger", "S-011")
		h.cites(deliver("keeper", "affairs"), "requests.both_hands", "S-014")
		h.must(deliver("keeper", "nurse2"))
		if got := h.get(q.ID); got.State != requests.Done || got.ReceiverName != "nurse2" {
			t.Errorf("%+v", got)
		}
		h.sound()
	})
}

func TestATourGoesBuildingByBuilding(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		dbtest.Do(t, h.d, db.System("builder"), func(tx *db.Tx) error {
			for _, house := range []struct{ code, name, unit string }{{"A", "外科楼", "ward"}, {"B", "内科楼", "other"}} {
				b := places.Place{Code: house.code, Name: house.name, Kind: places.Building}
				if err := places.Add(ctx, tx, &b); err != nil {
					return err
				}
				f := places.Place{Code: house.code + "3", Name: "3层", Kind: places.Floor, Parent: b.ID, Department: h.units[house.unit].ID}
				if err := places.Add(ctx, tx, &f); err != nil {
					return err
				}
			}
			return nil
		})
		var all []requests.Request
		for _, unit := range []string{"office", "ward", "other"} {
			all = append(all, requests.Request{ID: unit, Department: h.units[unit].ID})
		}
		stops, err := requests.InOrder(ctx, h.d, all)
		h.must(err)
		got := ""
		for _, s := range stops {
			got += s.Building + " " + s.Spot + " " + s.Request.ID + "; "
		}
		if got != "内科楼 3层 other; 外科楼 3层 ward;   office; " {
			t.Errorf("the carrier walks %q", got)
		}
	})
}

func TestTheRestComesFromAnotherStoreBeforeItIsPicked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		dbtest.Do(t, h.d, db.System("builder"), func(tx *db.Tx) error {
			_, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: h.tools.ID, Lines: []warehouse.In{{Item: h.soap.ID, Qty: "8", Price: "9", Lot: "T1", Expiry: "2028-01-31"}}})
			return err
		})
		q := h.ask(requests.Want{Item: h.soap.ID, Qty: "26"})
		h.must(h.agree("head", q))
		keeper := h.as("keeper", append([]string{warehouse.MayIssue}, requests.Permissions...)...)
		fetch := func(by db.Actor, qty string) error {
			return h.try(by, func(tx *db.Tx) error {
				_, err := requests.Fetch(ctx, tx, q.ID, 0, []requests.Fetching{{Line: 1, Qty: qty}})
				return err
			})
		}
		h.refused(fetch(keeper, "6"), "requests.nothing_to_fetch")
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "0", Way: "move", From: h.tools.ID}))
		h.refused(fetch(h.as("keeper"), "6"), "base.need") // who may not give out of the other store
		h.refused(fetch(keeper, "9"), "requests.too_few")
		h.refused(fetch(keeper, "27"), "requests.not_more")
		h.must(fetch(keeper, "8"))
		got := h.get(q.ID)
		if got.State != requests.Agreed || got.Lines[0].Way != "move" || h.stock(h.soap) != 28 {
			t.Fatalf("%+v, %d", got, h.stock(h.soap))
		}
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "26"}))
		h.must(h.picked(q))
		h.must(h.hand(q, "nurse", requests.Handing{}))
		moved, err := warehouse.Documents.All(ctx, h.d, list.Where{}.And("d.kind = 'transfer'"), 5)
		h.must(err)
		if len(moved) != 1 || moved[0].Note != q.Number || h.get(q.ID).State != requests.Done {
			t.Errorf("%+v", moved)
		}
		h.sound()
	})
}
