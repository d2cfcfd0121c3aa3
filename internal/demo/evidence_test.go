package demo_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/web"
	"houqin/internal/hospital"
	"houqin/internal/rules"
)

// bent are changes by which some records break their clauses, every second of them or so.
var bent = []string{
	`UPDATE purchasing_order SET auditor = '', labelled = false WHERE number LIKE '%1' OR number LIKE '%3'`,
	`UPDATE purchasing_plan SET review = '', paper = '' WHERE number LIKE '%1'`,
	`UPDATE purchasing_enquiry SET market = '' WHERE number LIKE '%1'`,
	`UPDATE receiving_receipt SET basis_number = '', invoice = '', checked_by = by_id WHERE number LIKE '%1' OR number LIKE '%4'`,
	`UPDATE counting_count SET counted_day = '9999-12-31', paper = '' WHERE number LIKE '%1' OR number LIKE '%2'`,
	`UPDATE disposal_slip SET paper = '', verified_by = '', returned_by = '' WHERE number LIKE '%1' OR number LIKE '%2'`,
	`UPDATE disposal_sale SET paper = '', receipt = '' WHERE number LIKE '%1' OR number LIKE '%2'`,
	`UPDATE requests_request SET state = 'owed' WHERE handed_at > 0 AND number LIKE '%1'`,
	`UPDATE wardstores_loss SET at = 0 + at - 86400000000 * 45 WHERE state = 'reported'`,
	`UPDATE distribution_share SET signed_by = '' WHERE id IN (SELECT max(id) FROM distribution_share GROUP BY list)`,
}

// opensWhatWasCounted holds every count beside a clause against the records that its
// link opens: of this year, and of one week of it, whose edges cut through the records.
func opensWhatWasCounted(t *testing.T, h *hospital.Hospital) {
	t.Helper()
	h.Site.Paces = web.Paces{}
	who := h.Site.Who
	defer func() { h.Site.Who = who }()
	h.Site.Who = func(*http.Request) (web.Visitor, error) {
		return web.Visitor{Actor: db.System("robot"), Lang: "zh"}, nil
	}
	opened, lists := map[string]int64{}, map[string]bool{}
	for _, rt := range h.Site.Routes() {
		if path, ok := strings.CutPrefix(rt.At, "GET "); ok && rt.List != nil {
			lists[path] = true
		}
	}
	opens := func(link string) int64 {
		t.Helper()
		if n, ok := opened[link]; ok {
			return n
		}
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if !lists[u.Path] {
			r := httptest.NewRequest("GET", link, nil)
			r.Header.Set("Accept", "application/json")
			w := httptest.NewRecorder()
			h.Site.ServeHTTP(w, r)
			var all []json.RawMessage
			if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil || w.Code != 200 {
				t.Errorf("%s: %d %v", link, w.Code, err)
			}
			return int64(len(all))
		}
		q.Set("format", "csv")
		u.RawQuery = q.Encode()
		w := httptest.NewRecorder()
		h.Site.ServeHTTP(w, httptest.NewRequest("GET", u.String(), nil))
		rows, err := csv.NewReader(strings.NewReader(w.Body.String())).ReadAll()
		if err != nil || w.Code != 200 || len(rows) == 0 {
			t.Errorf("%s: %d %v %.200s", link, w.Code, err, w.Body)
			return -1
		}
		opened[link] = int64(len(rows) - 1)
		return opened[link]
	}
	today := h.DB.Today()
	first, _ := rules.ThisYear(today)
	err := h.DB.Do(t.Context(), db.System("test"), func(tx *db.Tx) error {
		for _, q := range bent {
			if _, err := tx.Exec(t.Context(), q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		return tx.Trail(t.Context(), db.Event{Noun: "test", Record: "bent", Action: "bend"})
	})
	if err != nil {
		t.Fatal(err)
	}
	measured, broken := map[string]bool{}, map[string]bool{}
	for _, span := range [][2]period.Day{{first, today}, {today.AddDays(-15), today.AddDays(-9)}} {
		for _, c := range hospital.Claims {
			if c.Evidence == nil {
				continue
			}
			e, err := c.Evidence(t.Context(), h.DB, span[0], span[1])
			if err != nil {
				t.Fatal(err)
			}
			for _, side := range []struct {
				name, link string
				n          int64
			}{{"kept", e.Link, e.Kept}, {"broken", e.BrokenLink, e.Broken}} {
				switch {
				case side.n == 0 && side.link == "":
				case side.link == "":
					t.Errorf("%s %s: %d were %s %s … %s, and nothing opens them", c.Clause, c.By, side.n, side.name, span[0], span[1])
				default:
					if n := opens(side.link); n != side.n {
						t.Errorf("%s %s: %d were %s, and %s opens %d", c.Clause, c.By, side.n, side.name, side.link, n)
					}
					measured[c.Clause] = measured[c.Clause] || side.n > 0
					broken[c.Clause] = broken[c.Clause] || side.name == "broken" && side.n > 0
				}
			}
		}
	}
	if len(measured) < 50 || len(broken) < 25 {
		t.Errorf("cases of %d clauses only, broken ones of %d", len(measured), len(broken))
	}
}
