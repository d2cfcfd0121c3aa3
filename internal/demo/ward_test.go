package demo_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"houqin/internal/base/list"
	"houqin/internal/base/web"
	"houqin/internal/hospital"
	"houqin/internal/inbox"
	"houqin/internal/people"
)

// wardsSeeWhatIsOpen opens the page of what is open for the ward as everybody who has one,
// and then every thing that lies there: none leads to where they may not go, and between
// them the wards have something of every kind.
func wardsSeeWhatIsOpen(t *testing.T, h *hospital.Hospital) {
	t.Helper()
	who := h.Site.Who
	defer func() { h.Site.Who = who }()
	h.Site.Paces = web.Paces{}
	all, err := people.People.All(t.Context(), h.DB, list.Where{}.And("p.closed = false"), 500)
	if err != nil {
		t.Fatal(err)
	}
	has, asked := map[string]bool{}, map[string]bool{}
	for _, p := range all {
		by, err := people.ActorOf(t.Context(), h.DB, p.ID, h.DB.Now())
		if err != nil {
			t.Fatal(err)
		}
		h.Site.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: by, Lang: "zh"}, nil }
		get := func(at string) *httptest.ResponseRecorder {
			r := httptest.NewRequest("GET", at, nil)
			r.Header.Set("Accept", "application/json")
			w := httptest.NewRecorder()
			h.Site.ServeHTTP(w, r)
			return w
		}
		w := get("/inbox/ward")
		kind := by.Unit + strings.Join(slices.Sorted(maps.Keys(by.Rights)), " ")
		if w.Code == 403 || asked[kind] { // one of each ward and role
			continue
		}
		asked[kind] = true
		type record struct{ ID string }
		var trays []struct {
			Name, Href         string
			Jobs, Debts, Cases []record
			Things             []struct{ Href string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &trays); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %v", by.Name, w.Code, err)
		}
		for _, tray := range trays {
			has[tray.Name] = has[tray.Name] || len(tray.Things)+len(tray.Jobs)+len(tray.Debts)+len(tray.Cases) > 0
			var links []string
			for _, x := range tray.Things {
				links = append(links, x.Href)
			}
			for _, j := range tray.Jobs {
				links = append(links, "/desk/jobs/"+j.ID)
			}
			for _, d := range tray.Debts {
				links = append(links, "/approvals/debts/"+d.ID)
			}
			links = append(links[:min(len(links), 3)], tray.Href)
			for _, at := range links {
				if w := get(at); w.Code != 200 {
					t.Errorf("%s, %s: %s answers %d", by.Name, tray.Name, at, w.Code)
				}
			}
		}
	}
	for _, heap := range inbox.WardHeaps {
		if !has[heap.Name] {
			t.Errorf("no ward of the demo has anything in %s", heap.Name)
		}
	}
	for _, name := range []string{"ward_jobs", "ward_cases", "ward_debts"} {
		if !has[name] {
			t.Errorf("no ward of the demo has anything in %s", name)
		}
	}
}
