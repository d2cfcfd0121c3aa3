package metrics

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words"
)

func TestPrometheusReadsWhatHappened(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		book := &words.Book{}
		if err := errors.Join(book.Add(web.WordFiles), book.Add(ui.WordFiles)); err != nil {
			t.Fatal(err)
		}
		s := web.New(d, book, slog.New(slog.DiscardHandler))
		s.Version = "1.2.3"
		s.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{}, nil }
		for _, path := range []string{"/healthz", "/readyz", "/readyz", "/no/such/page"} {
			s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
		}
		unit := func(tx *db.Tx) error {
			if err := tx.Later(t.Context(), "kind", []byte("{}"), tx.Now); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), `UPDATE base_job SET dead = true, id = 'dead' WHERE NOT EXISTS (SELECT 1 FROM base_job WHERE id = 'dead')`)
			return err
		}
		for range 2 {
			dbtest.Do(t, d, db.System("x"), unit)
		}
		if err := d.Do(t.Context(), db.System("x"), func(*db.Tx) error { return errors.New("no") }); err == nil {
			t.Fatal("not failed")
		}
		w := httptest.NewRecorder()
		Handler(s, d, Gauge{"copy_behind_seconds", "How old the copy is.", func() float64 { return 2.5 }}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		b, err := io.ReadAll(w.Result().Body)
		if err != nil || w.Code != 200 {
			t.Fatal(w.Code, err)
		}
		for _, line := range []string{
			`houqin_request_duration_seconds_count{route="GET /readyz",status="2xx"} 2`,
			`houqin_request_duration_seconds_bucket{route="GET /readyz",status="2xx",le="+Inf"} 2`,
			`houqin_request_duration_seconds_bucket{route="GET /healthz",status="2xx",le="10"} 1`,
			`houqin_request_duration_seconds_count{route="/",status="4xx"} 1`,
			`houqin_units_total{outcome="done"} 2`,
			`houqin_units_total{outcome="failed"} 1`,
			`houqin_jobs{state="waiting"} 1`,
			`houqin_jobs{state="dead"} 1`,
			`houqin_live_streams 0`,
			`houqin_ready 1`,
			`houqin_copy_behind_seconds 2.5`,
			`houqin_info{go="`,
			`houqin_db_connections{state="open"}`,
			`go_goroutines`,
		} {
			if !strings.Contains(string(b), line) {
				t.Errorf("missing: %s", line)
			}
		}
		if t.Failed() {
			t.Logf("%s", b)
		}
	})
}
