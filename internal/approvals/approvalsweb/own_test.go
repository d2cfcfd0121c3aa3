package approvalsweb_test

import (
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/people"
)

// Who asked agrees at no door: not on the page, not in a batch, not by the API; not in
// the place of who is asked, not on a post of their own, not under a second number of
// the staff file, not by sending again what somebody else sent. Each says the clause, and
// nothing is signed.
//
// Holds: AB-04
func TestOnesOwnRequestIsRefusedAtEveryDoor(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.ask("1", 250_000)
		at, api := "/approvals/cases/"+c.ID, "/api/approvals/cases/"+c.ID
		refused := func(by, guise string) {
			t.Helper()
			o.as(by)
			clause := []string{"S-012"}
			for _, call := range []webtest.Call{
				{URL: at + "/agree", Form: vals("digest", c.Digest)},
				{URL: at + "/refuse", Form: vals("digest", c.Digest, "note", "不要了")},
				{URL: at + "/send-back", Form: vals("digest", c.Digest, "note", "改改")},
				{URL: "/approvals/agree", Form: vals("picks", c.ID+"."+c.Digest)},
				{URL: api + "/agree", JSON: map[string]any{"digest": c.Digest}},
			} {
				call.Method, call.Want, call.See = "POST", 403, clause
				webtest.Run(t, o.Site, call)
			}
			webtest.Run(t, o.Site, webtest.Call{URL: "/approvals", NotSee: []string{"纸巾1"}})
			if signed, err := approvals.Decisions(t.Context(), o.d, c.ID); err != nil || len(signed) > 0 {
				t.Errorf("%s: %+v %v", guise, signed, err)
			}
		}
		refused("护士", "as they are")

		today := o.d.Today()
		o.as("护士长")
		for _, to := range []string{"1002", "1004"} {
			webtest.Run(t, o.Site, webtest.Call{Method: "POST", URL: "/approvals/delegations", Form: vals("to", to, "since", string(today), "until", string(today)), Want: 303})
		}
		refused("护士", "in the place of who is asked")

		dbtest.Do(t, o.d, db.System("personnel"), func(tx *db.Tx) error {
			if err := approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "general_affairs", Person: o.staff["护士"].ID}); err != nil {
				return err
			}
			return people.Twin(t.Context(), tx, o.staff["护士"].ID, o.staff["同事"].ID)
		})
		refused("同事", "under a second number")

		// What the head sent is sent again: by who asked it is theirs, and refused; by the
		// head it is answered as before, and counts once; in another tab it is too late.
		o.as("护士长")
		agree := webtest.Call{Method: "POST", URL: at + "/agree", Form: vals("_key", "tab-1", "digest", c.Digest), Want: 303}
		webtest.Run(t, o.Site, agree, agree)
		o.as("护士")
		replay := agree
		replay.Want = 403
		webtest.Run(t, o.Site, replay)
		signed, err := approvals.Decisions(t.Context(), o.d, c.ID)
		if err != nil || len(signed) != 1 || signed[0].Name != "护士长" {
			t.Fatalf("%+v %v", signed, err)
		}
		// The next step is a post that who asked sits on too: it waits for the other.
		webtest.Run(t, o.Site, webtest.Call{URL: "/approvals", NotSee: []string{"纸巾1"}},
			webtest.Call{Method: "POST", URL: at + "/agree", Form: vals("digest", c.Digest), Want: 403, See: []string{"S-012"}})
		o.as("护士长")
		webtest.Run(t, o.Site, webtest.Call{Method: "POST", URL: at + "/agree", Form: vals("_key", "tab-2", "digest", c.Digest), Want: 403, See: []string{"S-012"}})
		o.as("副院长")
		webtest.Run(t, o.Site, webtest.Call{URL: "/approvals", See: []string{"纸巾1"}})
	})
}

// Of two tabs the second is late, and a document that was changed while it lay open is
// not signed as it was shown.
//
// Holds: AB-04
func TestAnOpenTabDoesNotSignWhatHasChanged(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		small, changed := o.ask("1", 10_000), o.ask("2", 10_000)
		o.as("护士长")
		press := func(c approvals.Case, want int, see string) {
			t.Helper()
			webtest.Run(t, o.Site, webtest.Call{Method: "POST", URL: "/approvals/cases/" + c.ID + "/agree", Form: vals("digest", c.Digest), Want: want, See: []string{see}})
		}
		press(small, 303, "")
		press(small, 409, "已经同意")
		dbtest.Do(t, o.d, o.as("护士"), func(tx *db.Tx) error {
			_, err := approvals.Changed(t.Context(), tx, "test.paper", "2", "v2")
			return err
		})
		anew := o.ask("2", 20_000)
		o.as("护士长")
		press(changed, 409, changed.Number)
		anew.Digest = changed.Digest
		press(anew, 409, "在您查看后有变化")
		if signed, err := approvals.Decisions(t.Context(), o.d, anew.ID); err != nil || len(signed) > 0 {
			t.Errorf("%+v %v", signed, err)
		}
	})
}
