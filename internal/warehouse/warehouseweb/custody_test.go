package warehouseweb_test

import (
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

func TestOthersGoodsAtTheCounter(t *testing.T) {
	approvals.Ended[warehouse.CustodyNoun] = warehouse.CustodyEnded
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		leader := people.Person{Number: "0009", Name: "张副院长", Department: h.kf.ID}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			keeper := people.Person{Number: "0008", Name: "李库管", Department: h.kf.ID}
			for _, p := range []*people.Person{&leader, &keeper} {
				if err := people.Hire(t.Context(), tx, p); err != nil {
					return err
				}
			}
			h.keeper.ID = keeper.ID
			h.By = h.keeper
			return approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "hospital_leader", Person: leader.ID})
		})
		// Who keeps the store is said by name where its story is told.
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			s := h.store
			s.Keepers = []string{h.keeper.ID}
			return warehouse.ChangeStore(t.Context(), tx, &s)
		})
		h.me.Get("/warehouse/stores/" + h.store.ID).See("保管人：（空） → 李库管")
		page := h.me.Get("/warehouse/custodies")
		page.See("由院领导特批").NotSee("«")
		page.PressWant(422, "form#ask_custody button", webtest.Fill{"name": {"自行车"}}).See("必填", "自行车")
		asked := page.Press("form#ask_custody button", webtest.Fill{"owner": {"王丽"}, "name": {"自行车"}, "many": {"1 辆"}, "why": {"援外期间无处存放"}})
		asked.See("待特批", "援外期间无处存放", "DC-2027-000001").NotSee("«")
		all, err := warehouse.Custodies.All(t.Context(), d, warehouse.Scope(h.keeper), 2)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		c, _, err := approvals.OpenOf(t.Context(), d, warehouse.CustodyNoun, all[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		dbtest.Do(t, d, db.Actor{ID: leader.ID, Name: leader.Name, Unit: leader.Department, Rights: db.Rights{}}, func(tx *db.Tx) error {
			_, err := approvals.Agree(t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest, Agent: "Phone"})
			return err
		})
		h.me.Get("/warehouse/custodies").See("自行车", "已批，待存入")
		page = h.me.Get("/warehouse/custodies/" + all[0].ID)
		page.PressWant(422, "#step-take_in button[type=submit]", nil).See("必填")
		page = page.Press("#step-take_in button[type=submit]", webtest.Fill{"spot": {"后院车棚"}}).See("已存入", "代存中", "后院车棚").NotSee("«")
		page.Press("#step-give_back button[type=submit]", webtest.Fill{"to": {"王丽"}}).See("已取走").NotSee("«")
		h.me.Get("/warehouse/custodies").NotSee("自行车")
		webtest.Run(t, h, webtest.Call{URL: "/warehouse/custodies?format=csv"}, webtest.Call{URL: "/api/warehouse/custodies/" + all[0].ID})
	})
}
