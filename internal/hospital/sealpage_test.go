package hospital_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"houqin/internal/base/web"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

// A seal goes on paper and comes back from it.
//
// Holds: AB-38 v5.0.0-16.4.3
func TestASealOnPaperIsComparedOnThePage(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		s := hire(t, h)
		a, err := hospital.Seal(t.Context(), h.DB, "sm3")
		if err != nil || a.Number != 1 {
			t.Fatal(a, err)
		}
		audit := rights(s.audit, people.AuditSeat, people.MayWatch)
		if w := as(h, audit, "GET", "/audit/seals/1/sheet"); w.Code != 200 || !strings.Contains(w.Body.String(), a.String()) || !strings.Contains(w.Body.String(), "<svg") {
			t.Errorf("the sheet: %d", w.Code)
		}
		if w := as(h, audit, "GET", "/audit/seals/2/sheet"); w.Code != 404 {
			t.Errorf("a sheet of no seal: %d", w.Code)
		}
		cut := a
		cut.Number = 7
		forged := a
		forged.Digest = strings.Repeat("0", 64)
		for line, see := range map[string]string{a.String(): "与留存的一致", strings.ToUpper(a.String()): "与留存的一致", cut.String(): "已不存在", forged.String(): "与留存的不一致", "x": "不是封存码"} {
			h.Site.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: audit, Lang: "zh"}, nil }
			r := httptest.NewRequest("POST", "/audit/seals", strings.NewReader(url.Values{"seal": {line}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			w := httptest.NewRecorder()
			h.Site.ServeHTTP(w, r)
			if !strings.Contains(w.Body.String(), see) {
				t.Errorf("%s: %d, not %q", line, w.Code, see)
			}
		}
		if n := number(t, h.DB, `SELECT count(*) FROM base_trail WHERE noun = 'people.audit' AND note LIKE 'houqin-seal%'`); n != 4 {
			t.Errorf("%d lines of who compared", n)
		}
	})
}
