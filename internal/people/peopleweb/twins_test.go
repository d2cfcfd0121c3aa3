package peopleweb_test

import (
	"slices"
	"testing"

	"houqin/internal/base/webtest"
	"houqin/internal/people"
)

// Personnel joins two entries of one person on their card, sees both there, and takes
// them apart again.
func TestTwoEntriesOfOnePersonAreJoinedOnTheirCard(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		system, card := h.as(h.system), "/people/"+h.nurse.ID
		same := func() bool {
			all, err := people.Same(t.Context(), h.d, h.plumber.ID)
			if err != nil {
				t.Fatal(err)
			}
			return slices.Contains(all, h.nurse.ID)
		}
		system.Get(card).See("没有其他登记")
		system.Do(webtest.Call{URL: card + "/twin", Form: form("person", "李华"), Want: 422})
		system.Get(card).Press("form#twin button", webtest.Fill{"person": {"王水"}}).See("已登记为同一人", "王水", "水电班")
		if !same() {
			t.Error("the card says it, and the rules do not know")
		}
		h.as(h.audit).Do(webtest.Call{URL: card + "/apart", Form: form(), Want: 403})
		system.Get(card).Press("不是同一人，分开", nil).See("已分开", "没有其他登记")
		if same() {
			t.Error("still the same person")
		}
		system.Do(webtest.Call{URL: card + "/apart", Form: form(), Want: 409})
	})
}
