package hospital_test

import (
	"slices"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/messages"
)

// On a phone 更多 says how many messages one has not seen, since their door is behind it.
func TestMoreCountsWhatOneWasTold(t *testing.T) {
	towns(t, func(w *town) {
		if n := w.as("王护士").Get("/inbox").Count("nav.thumb [data-more] .count"); n != 0 {
			t.Error("a nurse who was told nothing reads a count")
		}
		dbtest.Do(t, w.h.DB, db.System("test"), func(tx *db.Tx) error {
			return messages.Tell(t.Context(), tx, messages.Word{Event: messages.Finished, To: []string{w.staff["王护士"].ID}, Args: []string{"WX-2027-000001", "水龙头漏水"}, Number: "WX-2027-000001", Href: "/desk/ward"})
		})
		if said := w.as("王护士").Get("/inbox").Texts("nav.thumb [data-more] .count"); !slices.Equal(said, []string{"1"}) {
			t.Errorf("更多 counts %q messages", said)
		}
	})
}

// Who works in the stores, in buying or in their books has their own doors at the thumb,
// the one at which they begin first after what waits for them; a ward has the desk's.
func TestStoresStandAtTheThumbOfWhoWorksThere(t *testing.T) {
	towns(t, func(w *town) {
		for name, doors := range map[string][2]string{"陈库管": {"/inbox", "/warehouse"}, "李计划": {"/inbox", "/purchasing/needs"}, "周采购": {"/inbox", "/purchasing"}, "钱会计": {"/inbox", "/purchasing"}} {
			page := w.as(name).Get("/inbox")
			for n, href := range doors {
				if at := []string{"1", "2"}[n]; page.Count("nav.thumb a:nth-child("+at+")[href='"+href+"']") != 1 {
					t.Errorf("%s has another door than %s at place %s of the thumb", name, href, at)
				}
			}
		}
		if w.as("王护士").Get("/inbox").Count("nav.thumb a[href^='/warehouse'], nav.thumb a[href^='/purchasing']") != 0 {
			t.Error("a nurse has the store's doors at the thumb")
		}
		// What a ward comes for most stands on its own page: one tap, not three.
		page := w.as("王护士").Get("/desk/ward").NotSee("«")
		if page.Count("main a[href='/requests/new']") != 1 {
			t.Error("a nurse's page does not lead to asking for goods")
		}
	})
}
