package hospital_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"houqin/internal/base/backup"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/web"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/files"
	"houqin/internal/hospital"
	"houqin/internal/places"
)

// ward is a hospital at work with one ward and a nurse in it.
type ward struct {
	t     *testing.T
	h     *hospital.Hospital
	cfg   hospital.Config
	place string
	nurse db.Actor
}

func enter(t *testing.T, cfg hospital.Config) *hospital.Hospital {
	t.Helper()
	cfg.Log = slog.New(slog.DiscardHandler)
	h, err := hospital.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func openWard(t *testing.T, cfg hospital.Config) *ward {
	t.Helper()
	w := &ward{t: t, h: enter(t, cfg), cfg: cfg}
	dbtest.Do(t, w.h.DB, db.System("test"), func(tx *db.Tx) error {
		campus := departments.Campus{Code: "D", Name: "东院区"}
		if err := departments.FoundCampus(t.Context(), tx, &campus); err != nil {
			return err
		}
		unit := departments.Department{Code: "N03", Name: "三病区", Kind: departments.Ward, Campus: campus.ID}
		if err := departments.Found(t.Context(), tx, &unit); err != nil {
			return err
		}
		room := places.Place{Code: "R301", Name: "301病房", Kind: places.Building, Campus: campus.ID, Department: unit.ID}
		if err := places.Add(t.Context(), tx, &room); err != nil {
			return err
		}
		w.place, w.nurse = room.ID, dbtest.PersonIn("nurse", unit.ID, desk.MayReport, desk.MaySign, files.MayAttach)
		return nil
	})
	w.recognise(w.h)
	return w
}

func (w *ward) recognise(h *hospital.Hospital) {
	h.Site.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: w.nurse, Lang: "zh"}, nil }
}

// report posts the report form of the ward and gives the answer.
func (w *ward) report(h *hospital.Hospital, key, title string) (int, string) {
	w.t.Helper()
	form := url.Values{"trade": {"electric"}, "place": {w.place}, "place.id": {w.place}, "title": {title}, "urgency": {"normal"}, "anyway": {"true"}, "_key": {key}}
	r := httptest.NewRequest("POST", "/desk/report", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a := httptest.NewRecorder()
	h.Site.ServeHTTP(a, r)
	return a.Code, a.Body.String()
}

func (w *ward) titled(r db.Reader, title string) (n int) {
	w.t.Helper()
	if err := r.QueryRowContext(w.t.Context(), `SELECT count(*) FROM desk_job WHERE title = $1`, title).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func status(h *hospital.Hospital, path string) int {
	a := httptest.NewRecorder()
	h.Site.ServeHTTP(a, httptest.NewRequest("GET", path, nil))
	return a.Code
}

// The nurse is told that the disk is full, her page still has what she typed, others
// go on reading, and the same form is taken once there is room again.
func TestAFullDiskIsSaidAndKeepsWhatWasTyped(t *testing.T) {
	w := openWard(t, hospital.Config{DB: dbtest.SQLite(t, hospital.Migrations), Data: t.TempDir()})
	limit := func(pages int) {
		if err := w.h.DB.Try(t.Context(), db.System("test"), func(tx *db.Tx) error {
			var n int
			return tx.QueryRowContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite makes it the present size
	key, title := "", ""
	code, page := 0, ""
	for i := range 2000 { // until the pages that are there are full
		key, title = fmt.Sprint("key", i), fmt.Sprintf("灯不亮 %d", i)
		if code, page = w.report(w.h, key, title); code != http.StatusSeeOther {
			break
		}
	}
	if code != http.StatusServiceUnavailable || !strings.Contains(page, "磁盘已满，没有保存任何内容") {
		t.Fatalf("%d %.300s", code, page)
	}
	if !strings.Contains(page, `value="`+title+`"`) || !strings.Contains(page, `value="`+key+`"`) {
		t.Error("what was typed is not in the page, or not under the same key")
	}
	if code := status(w.h, "/desk/jobs"); code != http.StatusOK {
		t.Errorf("reading: %d", code)
	}
	if code := status(w.h, "/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("ready: %d", code)
	}
	limit(1 << 20)
	for range 2 {
		if code, page := w.report(w.h, key, title); code != http.StatusSeeOther {
			t.Errorf("sent again: %d %.300s", code, page)
		}
	}
	if n := w.titled(w.h.DB, title); n != 1 {
		t.Errorf("%d times", n)
	}
	if code := status(w.h, "/readyz"); code != http.StatusOK {
		t.Errorf("ready again: %d", code)
	}
	if wrong, err := w.h.Verify(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("%v %v", wrong, err)
	}
}

// Somebody lays a backup in the place of the database of a program that runs: it says
// so, writes nothing into either, and a program started anew works.
func TestADatabaseRestoredUnderARunningProgram(t *testing.T) {
	w := openWard(t, hospital.Config{DB: dbtest.SQLite(t, hospital.Migrations), Data: t.TempDir()})
	if code, page := w.report(w.h, "k1", "早上报的"); code != http.StatusSeeOther {
		t.Fatalf("%d %.300s", code, page)
	}
	box := backup.Box{Path: filepath.Join(t.TempDir(), "box")}
	quiet := w.cfg
	quiet.Log = slog.New(slog.DiscardHandler)
	if _, err := hospital.Backup(t.Context(), quiet, box); err != nil {
		t.Fatal(err)
	}
	if code, _ := w.report(w.h, "k2", "备份后报的"); code != http.StatusSeeOther {
		t.Fatal(code)
	}
	if _, err := hospital.Restore(t.Context(), quiet, box, db.Loading{Replace: true}); err == nil {
		t.Error("restored while the program runs")
	}
	beside := hospital.Config{DB: filepath.Join(t.TempDir(), "restored.db"), Data: t.TempDir(), Log: quiet.Log}
	if _, err := hospital.Restore(t.Context(), beside, box, db.Loading{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(beside.DB, w.cfg.DB); err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"换库后报的", "再报一次"} {
		if code, page := w.report(w.h, title, title); code != http.StatusServiceUnavailable || !strings.Contains(page, "数据库已被换成另一个") || !strings.Contains(page, title) {
			t.Errorf("%d %.300s", code, page)
		}
	}
	if code := status(w.h, "/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("ready: %d", code)
	}
	if err := w.h.Close(); err == nil || !strings.Contains(err.Error(), "was replaced while it was open") {
		t.Errorf("closed with %v", err)
	}
	again := enter(t, w.cfg)
	w.recognise(again)
	for title, want := range map[string]int{"早上报的": 1, "备份后报的": 0, "换库后报的": 0} {
		if n := w.titled(again.DB, title); n != want {
			t.Errorf("%s: %d times", title, n)
		}
	}
	if code, page := w.report(again, "k3", "重新启动后报的"); code != http.StatusSeeOther {
		t.Errorf("%d %.300s", code, page)
	}
	if wrong, err := again.Verify(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("%v %v", wrong, err)
	}
}

// A nurse walks into the lift while her photo is being sent: half of it leaves no job,
// no file and nothing in the folder, and sending it again reports once, with the photo.
func TestAPhotoWhoseConnectionBreaks(t *testing.T) {
	run := func(t *testing.T, address string) {
		w := openWard(t, hospital.Config{DB: address, Data: t.TempDir()})
		server := httptest.NewServer(w.h.Site)
		defer server.Close()
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for k, v := range map[string]string{"trade": "electric", "place": w.place, "title": "灯管闪烁", "_key": "lift"} {
			if err := m.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
		f, err := m.CreateFormFile("photos", "灯.pdf")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(f, "%%PDF-1.7\n%s\n%%%%EOF", strings.Repeat("photo ", 20_000))
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		body := b.Bytes()
		for _, part := range []int{100, len(body) / 2, len(body) - 3} {
			for _, hear := range []bool{true, false} {
				conn, err := net.Dial("tcp", server.Listener.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(conn, "POST /desk/report HTTP/1.1\r\nHost: houqin\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", m.FormDataContentType(), len(body))
				conn.Write(body[:part])
				if hear {
					conn.(*net.TCPConn).CloseWrite()
					if answer, err := io.ReadAll(conn); err != nil || !strings.Contains(string(answer), "没有保存任何内容") {
						t.Errorf("after %d bytes: %.200q, %v", part, answer, err)
					}
				}
				conn.Close()
			}
		}
		if n := w.titled(w.h.DB, "灯管闪烁"); n != 0 {
			t.Errorf("%d jobs of half a request", n)
		}
		if kept := blobs(t, w.cfg.Files()); len(kept) > 0 {
			t.Errorf("left in the folder: %v", kept)
		}
		browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		for range 2 {
			r, err := browser.Post(server.URL+"/desk/report", m.FormDataContentType(), bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if r.StatusCode != http.StatusSeeOther {
				t.Errorf("sent whole: %d", r.StatusCode)
			}
		}
		var n int
		if err := w.h.DB.QueryRowContext(t.Context(), `SELECT count(*) FROM files_file f JOIN desk_job j ON j.id = f.record WHERE j.title = '灯管闪烁'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if jobs := w.titled(w.h.DB, "灯管闪烁"); jobs != 1 || n != 1 {
			t.Errorf("%d jobs with %d files", jobs, n)
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, dbtest.SQLite(t, hospital.Migrations)) })
	t.Run("postgres", func(t *testing.T) {
		if address, ok := dbtest.Postgres(t, hospital.Migrations); ok {
			run(t, address)
		}
	})
}

// blobs are the files in a folder of files.
func blobs(t *testing.T, folder string) (kept []string) {
	t.Helper()
	if err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			kept = append(kept, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return kept
}
