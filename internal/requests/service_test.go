package requests_test

import (
	"testing"

	"houqin/internal/requests"
)

// Of four lines that a ward was promised it has one whole, one in part, one not yet; one
// was declined. What was given in an emergency says nothing.
func TestHowWellAWardWasServed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		month := h.d.Today().Month()
		served := func() requests.Service {
			t.Helper()
			all, err := requests.ServiceIn(t.Context(), h.d, month)
			h.must(err)
			return all[h.units["ward"].ID]
		}
		if s := served(); s.Lines != 0 || s.Level() != -1 {
			t.Errorf("before anybody asked: %+v", s)
		}
		q := h.ask(requests.Want{Item: h.paper.ID, Qty: "20"}, requests.Want{Item: h.soap.ID, Qty: "3"})
		h.must(h.agree("head", q))
		h.must(h.decide(q, requests.Choice{Line: 1, Qty: "20"}, requests.Choice{Line: 2, Qty: "1", Way: "wait"}))
		h.must(h.picked(q))
		h.must(h.hand(q, "nurse", requests.Handing{}))
		if s := served(); s.Lines != 2 || s.Whole != 1 || s.Level() != 50 {
			t.Errorf("%+v", s)
		}
		all, err := requests.ServiceIn(t.Context(), h.d, month.Add(-1))
		h.must(err)
		if len(all) != 0 {
			t.Errorf("of the month before: %+v", all)
		}
	})
}
