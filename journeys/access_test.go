package journeys

import (
	"strings"
	"testing"
)

// pages are where each role works.
var pages = map[string][]string{
	nurse:         {"/desk/ward", "/desk/report", "/desk/jobs", "/inbox", "/places", "/me"},
	dispatcher:    {"/desk/board", "/desk/call", "/desk/jobs", "/departments", "/people"},
	technician:    {"/desk/mine", "/desk/jobs", "/inbox"},
	storekeeper:   {"/warehouse", "/warehouse/stock", "/warehouse/receipts/new", "/warehouse/issues/new", "/warehouse/receipts", "/items", "/suppliers"},
	director:      {"/desk/today", "/desk/costs", "/warehouse/consumption", "/calendar"},
	administrator: {"/people/new", "/departments/new", "/places/new", "/api", "/ui"},
}

// Every page of every role can be used by those who cannot see or hold a mouse, in
// both languages, on a desk and on a phone, by day and by night, and fits the screen.
func TestEveryPageIsForEverybody(t *testing.T) {
	for role, addresses := range pages {
		t.Run(role, func(t *testing.T) {
			for i, look := range []struct {
				size Size
				lang string
				dark bool
			}{{Desktop, "zh", false}, {Phone, "en", true}} {
				b := as(t, role, look.size, look.lang, look.dark)
				for _, at := range addresses {
					b.Go(house.srv.URL + at)
					if strings.Contains(b.Location(), "/sign-in") {
						t.Errorf("%s is not open to %s", at, role)
						continue
					}
					b.Accessible()
					if i == 1 {
						b.Fits()
					}
				}
			}
		})
	}
}
