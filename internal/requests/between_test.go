package requests_test

import (
	"context"
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/catalog"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

// branch is a store that the ward's department keeps, which is no ward's own: its keeper
// is the nurse.
func (h *house) branch() warehouse.Store {
	h.t.Helper()
	s := warehouse.Store{Code: "C", Name: "供应室库", Department: h.units["ward"].ID}
	dbtest.Do(h.t, h.d, db.System("builder"), func(tx *db.Tx) error { return warehouse.SetUp(h.t.Context(), tx, &s) })
	return s
}

func (h *house) between(by db.Actor, b requests.Between) (q requests.Request, err error) {
	if b.Purpose == "" {
		b.Purpose = "备货不足"
	}
	err = h.try(by, func(tx *db.Tx) (err error) {
		q, err = requests.AskStore(h.t.Context(), tx, b)
		return err
	})
	return q, err
}

func (h *house) lies(store string, item catalog.Item) int64 {
	h.t.Helper()
	s, err := warehouse.HoldingOf(h.t.Context(), h.d, store, item.ID)
	if fault.KindOf(err) == fault.NotFound {
		return 0
	}
	h.must(err)
	return s.Qty
}

// One store asks another: the head of who keeps it agrees, the other picks and hands over,
// and what is signed for is carried over. Nobody drew anything, no quota holds it, and no
// old piece is asked for.
// Clause: S-012 S-013 S-014
func TestOneStoreAsksAnother(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		branch, nurse := h.branch(), h.as("nurse", requests.MayServe)
		dbtest.Do(t, h.d, db.System("chief"), func(tx *db.Tx) error {
			return requests.SetQuota(t.Context(), tx, &requests.Quota{Department: h.units["ward"].ID, Amount: 1})
		})
		want := requests.Between{To: branch.ID, From: h.main.ID, Lines: []requests.Want{{Item: h.paper.ID, Qty: "2 箱"}, {Item: h.chair.ID, Qty: "2"}}}
		_, err := h.between(h.as("keeper"), want)
		h.refused(err, "base.need")
		q, err := h.between(nurse, want)
		h.must(err)
		if q.State != requests.Asked || q.Store != h.main.ID || q.To != branch.ID || q.Asker() != "供应室库" || q.Department != h.units["ward"].ID || q.Over || q.Amount != 20000+56000 {
			t.Fatalf("%+v", q)
		}
		if room, err := requests.RoomOf(t.Context(), h.d, h.units["ward"].ID, h.d.Today().Month(), ""); err != nil || len(room) != 1 || room[0].Asked != 0 {
			t.Errorf("what a store asks another for burdens its department's quota: %+v %v", room, err)
		}
		if mine, err := requests.OpenOf(t.Context(), h.d, h.as("nurse"), 9); err != nil || len(mine) != 0 {
			t.Errorf("who asks for the ward is shown what its store asks: %+v %v", mine, err)
		}
		c, _, err := approvals.OpenOf(t.Context(), h.d, requests.Noun, q.ID)
		h.must(err)
		said := map[string]string{}
		for _, f := range c.Facts.Lines() {
			said[f.Key] = f.Value
		}
		if said["between"] != "总库 → 供应室库" || said["stock"] != "擦手纸 200抽 总库 5 箱 · 供应室库 0 包；办公椅 总库 5 把 · 供应室库 0 把" || said["budget"] != "" {
			t.Errorf("who decides reads %v", said)
		}
		h.refused(h.decide(q, requests.Choice{Line: 1, Qty: "1"}), "base.step_not_possible")
		h.must(h.agree("head", q))
		if waits, err := requests.ToServe(t.Context(), h.d, h.as("keeper"), 9); err != nil || len(waits) != 1 || waits[0].ID != q.ID {
			t.Errorf("%+v %v", waits, err)
		}
		h.refused(h.try(nurse, func(tx *db.Tx) error {
			_, err := requests.Decide(t.Context(), tx, q.ID, 0, []requests.Choice{{Line: 1, Qty: "1", Way: "wait"}})
			return err
		}), "base.need")
		for _, way := range []string{"buy", "move"} {
			h.refused(h.decide(q, requests.Choice{Line: 1, Qty: "30", Way: way, From: h.tools.ID}), "requests.between_way")
		}
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "30", Way: "wait"}, requests.Choice{Line: 2, Qty: "2"}))
		h.must(h.picked(q))
		if waits, err := requests.ToTakeOver(t.Context(), h.d, nurse, 9); err != nil || len(waits) != 1 {
			t.Errorf("who asked is not told that it lies packed: %+v %v", waits, err)
		}
		h.cites(h.hand(q, "keeper", requests.Handing{}), "requests.both_hands", "S-014")
		h.cites(h.hand(q, "stranger", requests.Handing{}), "requests.stranger", "S-011")
		h.must(h.hand(q, "nurse2", requests.Handing{}))
		got := h.get(q.ID)
		if got.State != requests.Waiting || got.Lines[0].Issued != 30 || got.Lines[1].Issued != 2 || h.lies(h.main.ID, h.paper) != 70 || h.lies(branch.ID, h.paper) != 30 || h.lies(branch.ID, h.chair) != 2 {
			t.Errorf("%+v, %d here and %d there", got, h.lies(h.main.ID, h.paper), h.lies(branch.ID, h.paper))
		}
		docs, err := warehouse.OfRecord(t.Context(), h.d, requests.Noun, q.ID)
		h.must(err)
		if len(docs) != 1 || docs[0].Kind != warehouse.Transfer || docs[0].To != branch.ID || docs[0].RecordNumber != q.Number || docs[0].ReceiverName != "nurse2" || docs[0].Department != "" {
			t.Fatalf("%+v", docs)
		}
		if drawn, err := warehouse.DrawnIn(t.Context(), h.d, h.units["ward"].ID, h.d.Today().Month()); err != nil || len(drawn) != 0 {
			t.Errorf("the department drew what lies in its store: %v %v", drawn, err)
		}
		h.refused(h.try(h.as("keeper", warehouse.MayReverse), func(tx *db.Tx) error {
			_, err := warehouse.Reverse(t.Context(), tx, docs[0].ID, "写错")
			return err
		}), "warehouse.belongs_to_record")
		h.must(h.try(nurse, func(tx *db.Tx) error {
			_, err := requests.Cancel(t.Context(), tx, q.ID, 0, "够用了")
			return err
		}))
		if got := h.get(q.ID); got.State != requests.Done || got.Open {
			t.Errorf("%+v", got)
		}
		h.sound()
	})
}

// What is on its way to another store is still the one's that sent it; on arrival it is
// counted, what is damaged goes back, and only a keeper of the store signs.
// Clause: S-015 S-043
func TestGoodsAreBroughtToAnotherStore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		dbtest.Do(t, h.d, db.System("builder"), func(tx *db.Tx) error {
			h.tools.Keepers = []string{h.staff["leader"].ID}
			return warehouse.ChangeStore(t.Context(), tx, &h.tools)
		})
		leader := h.as("leader", requests.MayServe)
		q, err := h.between(leader, requests.Between{To: h.tools.ID, From: h.main.ID, Deliver: true, Lines: []requests.Want{{Item: h.soap.ID, Qty: "12"}}})
		h.must(err)
		h.must(h.agree("director", q))
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "12"}))
		h.must(h.picked(q))
		_, err = h.load(h.main.ID, q.ID)
		h.must(err)
		if h.lies(h.main.ID, h.soap) != 20 || h.lies(h.tools.ID, h.soap) != 0 {
			t.Error("goods were booked before anybody signed")
		}
		sign := func(by db.Actor, lines ...requests.Accepted) error {
			return h.try(by, func(tx *db.Tx) error {
				_, err := requests.Sign(t.Context(), tx, q.ID, 0, requests.Handing{Signature: by.Name, Lines: lines})
				return err
			})
		}
		h.refused(sign(h.as("director")), "base.need")
		h.cites(sign(h.as("director", requests.MayServe)), "requests.not_keeper", "S-014")
		picks := h.picksOf(q)
		if len(picks) != 2 || picks[1].Qty != 10 {
			t.Fatalf("%+v", picks)
		}
		h.must(sign(leader, requests.Accepted{Pick: picks[1].ID, Qty: "7", Why: "damaged", Note: "压坏"}))
		if got := h.get(q.ID); got.State != requests.Waiting || got.Lines[0].Left() != 3 || h.lies(h.main.ID, h.soap) != 11 || h.lies(h.tools.ID, h.soap) != 9 {
			t.Errorf("%+v, %d here and %d there", got, h.lies(h.main.ID, h.soap), h.lies(h.tools.ID, h.soap))
		}
		lots, err := warehouse.LyingAt(t.Context(), h.d, h.tools.ID, 0, []string{h.soap.ID})
		h.must(err)
		if lots[warehouse.Spot{Item: h.soap.ID, Lot: "OLD"}].Qty != 7 || lots[warehouse.Spot{Item: h.soap.ID, Lot: "NEW"}].Qty != 2 {
			t.Errorf("not the lots that were picked came: %+v", lots)
		}
		if back, err := requests.ToTakeIn(t.Context(), h.d, h.as("keeper"), 9); err != nil || len(back) != 1 || back[0].Qty != 3 {
			t.Errorf("%+v %v", back, err)
		}
		h.sound()
	})
}

func TestWhatNoStoreMayAskAnother(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		own := warehouse.Store{Code: "W", Name: "内一科二级库", Department: h.units["ward"].ID, Ward: true}
		shut := warehouse.Store{Code: "X", Name: "旧库", Department: h.units["office"].ID}
		dbtest.Do(t, h.d, db.System("builder"), func(tx *db.Tx) error {
			for _, s := range []*warehouse.Store{&own, &shut} {
				if err := warehouse.SetUp(t.Context(), tx, s); err != nil {
					return err
				}
			}
			shut.Closed = true
			return warehouse.ChangeStore(t.Context(), tx, &shut)
		})
		one := []requests.Want{{Item: h.paper.ID, Qty: "1"}}
		for name, x := range map[string]struct {
			by  db.Actor
			b   requests.Between
			key string
		}{
			"itself":            {h.as("keeper"), requests.Between{To: h.main.ID, From: h.main.ID, Lines: one}, "warehouse.same_store"},
			"a ward's own":      {h.as("keeper"), requests.Between{To: h.main.ID, From: own.ID, Lines: one}, "requests.ward_store"},
			"for a ward's own":  {h.as("nurse", requests.MayServe), requests.Between{To: own.ID, From: h.main.ID, Lines: one}, "requests.ward_store"},
			"a closed one":      {h.as("keeper"), requests.Between{To: h.main.ID, From: shut.ID, Lines: one}, "warehouse.store_closed"},
			"none":              {h.as("keeper"), requests.Between{To: h.main.ID, From: "x", Lines: one}, "base.no_such"},
			"for none":          {h.as("keeper"), requests.Between{To: "x", From: h.main.ID, Lines: one}, "base.no_such"},
			"for nothing":       {h.as("keeper"), requests.Between{To: h.tools.ID, From: h.main.ID}, "base.no_lines"},
			"without a purpose": {h.as("keeper"), requests.Between{To: h.tools.ID, From: h.main.ID, Purpose: " ", Lines: one}, "base.required"},
			"the same twice":    {h.as("keeper"), requests.Between{To: h.tools.ID, From: h.main.ID, Lines: append(one, one...)}, "requests.twice"},
			"who only asks":     {h.as("nurse"), requests.Between{To: h.tools.ID, From: h.main.ID, Lines: one}, "base.need"},
		} {
			if _, err := h.between(x.by, x.b); !fault.Is(err, x.key) {
				t.Errorf("%s: want %s, got %v", name, x.key, err)
			}
		}
	})
}

// What was sent back is changed and asked for anew; what somebody agreed to is another
// slip once it goes to another store.
func TestAStoresRequestIsChanged(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		branch, nurse := h.branch(), h.as("nurse", requests.MayServe)
		b := requests.Between{To: branch.ID, From: h.main.ID, Purpose: "备货不足", Lines: []requests.Want{{Item: h.paper.ID, Qty: "90"}}}
		q, err := h.between(nurse, b)
		h.must(err)
		c, _, err := approvals.OpenOf(t.Context(), h.d, requests.Noun, q.ID)
		h.must(err)
		h.must(h.try(h.as("head"), func(tx *db.Tx) error {
			_, err := approvals.SendBack(t.Context(), tx, c.ID, "太多", approvals.Signature{Digest: c.Digest})
			return err
		}))
		change := func(by db.Actor, b requests.Between) error {
			return h.try(by, func(tx *db.Tx) error { _, err := requests.ChangeBetween(t.Context(), tx, q.ID, 0, b); return err })
		}
		if waits, err := requests.ToTakeOver(t.Context(), h.d, nurse, 9); err != nil || len(waits) != 1 || waits[0].State != requests.Returned {
			t.Errorf("%+v %v", waits, err)
		}
		b.Lines[0].Qty = "20"
		h.refused(change(h.as("nurse"), b), "base.need")
		other := b
		other.To = h.tools.ID
		h.refused(change(nurse, other), "requests.other_asker")
		h.refused(h.try(h.as("nurse", requests.MayServe, requests.MayAsk), func(tx *db.Tx) error {
			_, err := requests.Change(t.Context(), tx, q.ID, 0, requests.Slip{Department: h.units["ward"].ID, Lines: b.Lines})
			return err
		}), "requests.other_department")
		h.must(change(nurse, b))
		c, _, err = approvals.OpenOf(t.Context(), h.d, requests.Noun, q.ID)
		h.must(err)
		b.From = h.tools.ID
		h.must(change(nurse, b))
		h.refused(h.try(h.as("head"), func(tx *db.Tx) error {
			_, err := approvals.Agree(t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest})
			return err
		}), "approvals.ended.voided")
		h.must(h.agree("head", q))
		if got := h.get(q.ID); got.State != requests.Agreed || got.Store != h.tools.ID || got.Lines[0].Qty != 20 {
			t.Errorf("%+v", got)
		}
		ward := h.ask(requests.Want{Item: h.paper.ID, Qty: "1"})
		h.refused(h.try(h.as("nurse", requests.MayServe, requests.MayAsk), func(tx *db.Tx) error {
			_, err := requests.ChangeBetween(t.Context(), tx, ward.ID, 0, b)
			return err
		}), "requests.of_department")
	})
}

// What may not lie with what the asking store holds does not come in (S-028), and stays
// packed where it was.
func TestWhatMayNotLieTogetherIsNotCarriedOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		spirit := catalog.Item{Number: "F1", Name: "酒精", Unit: "瓶", Category: catalog.Consumable, Price: 600, Storage: "flammable"}
		gauze := catalog.Item{Number: "G1", Name: "无菌纱布", Unit: "包", Category: catalog.Consumable, Price: 300, Storage: "sterile"}
		dbtest.Do(t, h.d, db.System("builder"), func(tx *db.Tx) error {
			for store, i := range map[*warehouse.Store]*catalog.Item{&h.main: &spirit, &h.tools: &gauze} {
				if err := catalog.Add(t.Context(), tx, i); err != nil {
					return err
				}
				if _, err := warehouse.Open(t.Context(), tx, warehouse.Stocktaking{Store: store.ID, Lines: []warehouse.In{{Item: i.ID, Qty: "10", Price: "6"}}}); err != nil {
					return err
				}
			}
			return nil
		})
		q, err := h.between(h.as("keeper"), requests.Between{To: h.tools.ID, From: h.main.ID, Lines: []requests.Want{{Item: spirit.ID, Qty: "4"}}})
		h.must(err)
		h.must(h.agree("director", q))
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "4"}))
		h.must(h.picked(q))
		h.cites(h.hand(q, "affairs", requests.Handing{}), "warehouse.not_in_one_store", "S-028")
		if got := h.get(q.ID); got.State != requests.Ready || h.lies(h.main.ID, spirit) != 10 {
			t.Errorf("%+v", got)
		}
		h.sound()
	})
}

// What another store gave for a ward's request belongs to that request: the ledger's
// reversal alone is refused, and what came in vain is carried back.
func TestWhatWasFetchedIsNotReversedByItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		dbtest.Do(t, h.d, db.System("builder"), func(tx *db.Tx) error {
			_, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: h.tools.ID, Lines: []warehouse.In{{Item: h.chair.ID, Qty: "9", Price: "280"}}})
			return err
		})
		q := h.ask(requests.Want{Item: h.chair.ID, Qty: "8"})
		h.must(h.agree("head", q))
		h.must(h.agree("affairs", q))
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "0", Way: "move", From: h.tools.ID}))
		keeper := h.as("keeper", append([]string{warehouse.MayIssue, warehouse.MayReverse}, requests.Permissions...)...)
		h.must(h.try(keeper, func(tx *db.Tx) error {
			_, err := requests.Fetch(ctx, tx, q.ID, 0, []requests.Fetching{{Line: 1, Qty: "8"}})
			return err
		}))
		docs, err := warehouse.OfRecord(ctx, h.d, requests.Noun, q.ID)
		h.must(err)
		if len(docs) != 1 || docs[0].Kind != warehouse.Transfer || docs[0].RecordNumber != q.Number {
			t.Fatalf("%+v", docs)
		}
		h.refused(h.try(keeper, func(tx *db.Tx) error { _, err := warehouse.Reverse(ctx, tx, docs[0].ID, "调错"); return err }), "warehouse.belongs_to_record")
		// One fetched before transfers named their request says it in its note; another's is its own.
		warehouse.FetchedFor = requests.FetchedFor
		defer func() {
			warehouse.FetchedFor = func(context.Context, db.Reader, *warehouse.Document) (string, error) { return "", nil }
		}()
		old := func(note, want string) {
			t.Helper()
			var d warehouse.Document
			h.must(h.try(keeper, func(tx *db.Tx) (err error) {
				d, err = warehouse.Carry(ctx, tx, warehouse.Carrying{Store: h.tools.ID, To: h.main.ID, Named: "keeper", Note: note, Lines: []warehouse.Out{{Item: h.chair.ID, Qty: "1"}}})
				return err
			}))
			if err := h.try(keeper, func(tx *db.Tx) error { _, err := warehouse.Reverse(ctx, tx, d.ID, "调错"); return err }); want == "" {
				h.must(err)
			} else {
				h.refused(err, want)
			}
		}
		old("补货", "")
		old(q.Number, "warehouse.belongs_to_record")
		h.must(h.try(keeper, func(tx *db.Tx) error {
			_, err := warehouse.Carry(ctx, tx, warehouse.Carrying{Store: h.main.ID, To: h.tools.ID, Named: "keeper", Lines: []warehouse.Out{{Item: h.chair.ID, Qty: "1"}}})
			return err
		}))
		h.must(h.try(keeper, func(tx *db.Tx) error {
			_, err := warehouse.Carry(ctx, tx, warehouse.Carrying{Store: h.main.ID, To: h.tools.ID, Named: "keeper", Lines: []warehouse.Out{{Item: h.chair.ID, Qty: "8"}}})
			return err
		}))
		if h.lies(h.main.ID, h.chair) != 5 || h.lies(h.tools.ID, h.chair) != 9 {
			t.Errorf("%d here and %d there", h.lies(h.main.ID, h.chair), h.lies(h.tools.ID, h.chair))
		}
		h.sound()
	})
}

// What fell below its minimum is proposed to be asked for, as far as the other store has
// it and it was not asked for already.
func TestWhatRanLowIsProposed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		branch, nurse := h.branch(), h.as("nurse", requests.MayServe)
		propose := func(from string) (string, map[string]string) {
			t.Helper()
			from, all, err := requests.Proposed(t.Context(), h.d, branch.ID, from)
			h.must(err)
			got := map[string]string{}
			for _, w := range all {
				got[w.Item] = w.Qty
			}
			return from, got
		}
		if from, all := propose(""); from != "" || len(all) != 0 {
			t.Errorf("where nothing has a minimum: %s %v", from, all)
		}
		dbtest.Do(t, h.d, db.System("keeper"), func(tx *db.Tx) error {
			if err := warehouse.SetLevels(t.Context(), tx, branch.ID, h.chair.ID, 8, 0); err != nil {
				return err
			}
			if err := warehouse.SetReserve(t.Context(), tx, h.main.ID, h.chair.ID, 1, ""); err != nil {
				return err
			}
			return warehouse.SetLevels(t.Context(), tx, branch.ID, h.paper.ID, 20, 60)
		})
		from, all := propose("")
		if from != h.main.ID || len(all) != 2 || all[h.paper.ID] != "3箱" || all[h.chair.ID] != "4把" {
			t.Errorf("%s %v", from, all)
		}
		_, err := h.between(nurse, requests.Between{To: branch.ID, From: h.main.ID, Lines: []requests.Want{{Item: h.paper.ID, Qty: "2 箱"}}})
		h.must(err)
		if _, all := propose(h.main.ID); all[h.paper.ID] != "1箱" {
			t.Errorf("two of three boxes were asked for, and proposed are %v", all)
		}
		if from, all := propose(h.tools.ID); from != h.tools.ID || len(all) != 0 {
			t.Errorf("of a store that has none: %s %v", from, all)
		}
	})
}

// A slip between two stores that one person serves stands once before them, and one whose
// papers say otherwise is found.
func TestASlipBetweenStoresStandsOnceAndIsComparedWithItsPapers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		branch, nurse := h.branch(), h.as("nurse", requests.MayServe)
		q, err := h.between(nurse, requests.Between{To: branch.ID, From: h.main.ID, Lines: []requests.Want{{Item: h.chair.ID, Qty: "2"}}})
		h.must(err)
		h.must(h.agree("head", q))
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "2"}))
		h.must(h.picked(q))
		for _, by := range []db.Actor{dbtest.Person("两边", requests.MayServe), nurse} {
			serve, err := requests.ToServe(t.Context(), h.d, by, 9)
			h.must(err)
			over, err := requests.ToTakeOver(t.Context(), h.d, by, 9)
			h.must(err)
			if len(serve)+len(over) != 1 {
				t.Errorf("%s sees it %d times to serve and %d times to take over", by.Name, len(serve), len(over))
			}
		}
		h.must(h.hand(q, "nurse2", requests.Handing{}))
		h.sound()
		dbtest.Do(t, h.d, db.System("burglar"), func(tx *db.Tx) error {
			for _, set := range []string{`requests_line SET issued = 1 WHERE request = $1`, `requests_pick SET handed = 1 WHERE request = $1`} {
				if _, err := tx.Exec(t.Context(), `UPDATE `+set, q.ID); err != nil {
					return err
				}
			}
			return nil
		})
		if wrong, err := requests.Verify(t.Context(), h.d); err != nil || len(wrong) != 1 || !strings.Contains(wrong[0], q.Number+" gave 1") {
			t.Errorf("%v %v", wrong, err)
		}
		dbtest.Do(t, h.d, db.System("burglar"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE requests_request SET paper = '' WHERE id = $1`, q.ID)
			return err
		})
		if wrong, err := requests.Verify(t.Context(), h.d); err != nil || len(wrong) != 2 || !strings.Contains(wrong[0], q.Number+" gave goods without a paper") {
			t.Errorf("%v %v", wrong, err)
		}
	})
}

// Clause: S-048
func TestTheReserveIsGivenInAnEmergencyOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		dbtest.Do(t, h.d, db.System("keeper"), func(tx *db.Tx) error {
			return warehouse.SetReserve(t.Context(), tx, h.main.ID, h.paper.ID, 40, "")
		})
		q := h.ask(requests.Want{Item: h.paper.ID, Qty: "100"})
		h.must(h.agree("head", q))
		h.refused(h.decide(q, requests.Choice{Line: 1, Qty: "61", Way: "wait"}), "requests.too_few")
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "60", Way: "wait"}))
		h.must(h.picked(q))
		h.must(h.hand(q, "nurse", requests.Handing{}))
		h.must(h.try(h.as("keeper"), func(tx *db.Tx) error {
			_, err := requests.RushOut(t.Context(), tx, requests.Hurry{Store: h.main.ID, Department: h.units["ward"].ID, Receiver: h.as("nurse").ID, Signature: "nurse", Why: "停电", Lines: []requests.Want{{Item: h.paper.ID, Qty: "40"}}})
			return err
		}))
		if left := h.lies(h.main.ID, h.paper); left != 0 {
			t.Errorf("%d left", left)
		}
	})
}
