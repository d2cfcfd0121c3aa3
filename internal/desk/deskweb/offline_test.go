package deskweb_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
)

// phone is a request as a phone sends it later.
func (h *house) phone(t *testing.T, at string, body url.Values, header ...string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequest("POST", at, strings.NewReader(body.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := h.serve(r)
	return w.Code, w.Body.String(), w.Header()
}

func (h *house) given(t *testing.T) (j desk.Job) {
	t.Helper()
	ctx := t.Context()
	dbtest.Do(t, h.DB, h.nurse, func(tx *db.Tx) (err error) {
		j, err = desk.Report(ctx, tx, &desk.Slip{Title: "灯不亮", Trade: "electric", Place: h.room.ID, Phone: "6101", Anyway: true})
		return err
	})
	dbtest.Do(t, h.DB, h.dispatcher, func(tx *db.Tx) (err error) {
		j, err = desk.Dispatch(ctx, tx, j.ID, 0, desk.Assignment{Worker: h.wang.ID})
		return err
	})
	return j
}

// What a phone sends a day later, in order and each twice, is done once: the second
// gets the first one's answer. The server's clock rules; what the phone's says, a year
// wrong, is only told.
//
// Holds: AB-09 AB-10 AB-39
func TestAPhoneSendsTwiceAndItIsDoneOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.Phones = &deskweb.Phones
		j := h.given(t)
		h.By = h.wang
		clock := d.Now().AddDate(-1, 0, 0)
		was, version := strconv.FormatInt(clock.Add(-time.Hour).UnixMilli(), 10), ""
		for n, step := range []string{"accept", "arrive", "finish"} {
			body := url.Values{"_key": {"k" + step}, "_version": {strconv.FormatInt(j.Version, 10)}, "_offline": {"x"}}
			if step == "finish" {
				body["done"], body["minutes"] = []string{"换灯管"}, []string{"20"}
			}
			header := []string{"Houqin-Person", h.wang.ID, "Houqin-Said", was, "Houqin-Clock", strconv.FormatInt(clock.UnixMilli(), 10)}
			if version != "" {
				header = append(header, "If-Match", version)
			}
			first, answer, _ := h.phone(t, "/desk/jobs/"+j.ID+"/"+step, body, header...)
			if first != 200 {
				t.Fatalf("%s: %d %s", step, first, answer)
			}
			again, same, replayed := h.phone(t, "/desk/jobs/"+j.ID+"/"+step, body, header...)
			if again != 200 || same != answer || replayed.Get("Idempotency-Replayed") != "true" {
				t.Errorf("%s sent again: %d %s", step, again, same)
			}
			version = `"` + strconv.FormatInt(j.Version+int64(n)+1, 10) + `"`
		}
		got, err := desk.Get(t.Context(), d, h.wang, j.ID)
		if err != nil || got.State != desk.Done || got.Minutes != 20 || got.FinishedAt.Time().Before(d.Now().Add(-time.Hour)) {
			t.Errorf("%s, %d minutes, finished %v: %v", got.State, got.Minutes, got.FinishedAt.Time(), err)
		}
		story, err := db.Story(t.Context(), d, desk.Noun, j.ID)
		if err != nil || len(story) != 5 {
			t.Errorf("%d lines of story: %v", len(story), err)
		}
		said, err := desk.SaidOf(t.Context(), d, j.ID)
		if err != nil || len(said) != 3 || !said[0].Differs() || said[0].Ahead > -364*24*time.Hour {
			t.Errorf("said %+v: %v", said, err)
		}
		w := h.serve(must(http.NewRequest("GET", "/desk/jobs/"+j.ID, nil)))
		for _, text := range []string{"手机记的时间", "这部手机的钟慢了", "以此为准"} {
			if !strings.Contains(w.Body.String(), text) {
				t.Errorf("the page does not say %q", text)
			}
		}
	})
}

func (h *house) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func must(r *http.Request, _ error) *http.Request { return r }

// What the books no longer allow is refused with its reason, not done: a job that went
// to somebody else meanwhile. What one person put down is never taken from another's
// session, and nothing is taken without one.
//
// Holds: AB-09 AB-22 v5.0.0-2.2.2
func TestAPhoneComesLateOrAsSomebodyElse(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		j := h.given(t)
		body := url.Values{"_key": {"k"}, "_version": {strconv.FormatInt(j.Version, 10)}}
		h.By = h.li
		if code, answer, _ := h.phone(t, "/desk/jobs/"+j.ID+"/accept", body, "Houqin-Person", h.wang.ID); code != 401 {
			t.Errorf("in another's session: %d %s", code, answer)
		}
		h.By = db.Actor{}
		if code, answer, _ := h.phone(t, "/desk/jobs/"+j.ID+"/accept", body, "Houqin-Person", h.wang.ID); code != 401 {
			t.Errorf("without a session: %d %s", code, answer)
		}
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Reassign(t.Context(), tx, j.ID, 0, desk.Assignment{Worker: h.li.ID})
			return err
		})
		h.By = h.wang
		code, answer, _ := h.phone(t, "/desk/jobs/"+j.ID+"/accept", body, "Houqin-Person", h.wang.ID)
		if code != 409 && code != 404 || !strings.Contains(answer, `"detail"`) {
			t.Errorf("reassigned: %d %s", code, answer)
		}
	})
}

// Only pages that are meant to be kept say so, for the person they were drawn for; and
// none does once the hospital has switched that off.
//
// Holds: AB-31 v5.0.0-14.3.2
func TestOnlyTheDesksOwnPagesAreKeptOnPhones(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.Phones = &deskweb.Phones
		j := h.given(t)
		h.By = h.wang
		kept := func(at string) string {
			return h.serve(must(http.NewRequest("GET", at, nil))).Header().Get("Houqin-Keep")
		}
		for at, whose := range map[string]string{"/desk/mine": h.wang.ID, "/desk/jobs/" + j.ID: h.wang.ID, "/desk/jobs": "", "/offline": "", "/worker.js": ""} {
			if got := kept(at); got != whose {
				t.Errorf("%s is kept for %q, not %q", at, got, whose)
			}
		}
		if code, answer, _ := h.phone(t, "/offline/key", nil); code != 200 || !strings.Contains(answer, `"key"`) {
			t.Errorf("key: %d %s", code, answer)
		}
		page := h.serve(must(http.NewRequest("GET", "/worker.js", nil)))
		if page.Header().Get("Cache-Control") != "no-store" || !strings.Contains(page.Body.String(), "cachedFiles") {
			t.Errorf("worker: %v", page.Header())
		}
		odd := must(http.NewRequest("GET", "/offline", nil))
		odd.Header.Set("Service-Worker", "script")
		if w := h.serve(odd); w.Code != 403 {
			t.Errorf("another address as a worker: %d", w.Code)
		}
		boss := h.dispatcher
		boss.Rights = map[string]db.Scope{desk.MayArrange: {All: true}}
		dbtest.Do(t, d, boss, func(tx *db.Tx) error { return desk.SetOffline(t.Context(), tx, "off") })
		if got := kept("/desk/mine"); got != "" {
			t.Error("kept although switched off")
		}
		if code, _, _ := h.phone(t, "/offline/key", nil); code != 404 {
			t.Errorf("key although switched off: %d", code)
		}
		if w := h.serve(must(http.NewRequest("GET", "/worker.js", nil))); !strings.Contains(w.Body.String(), "unregister") {
			t.Error("the worker stays although switched off")
		}
	})
}

// What no longer counts as a step becomes a note, by whom the job was taken from too, once,
// and by nobody who never had it. The phone is told what a person would have read.
//
// Holds: AB-09
func TestWhatNoLongerCountsBecomesANote(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		j := h.given(t)
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Reassign(t.Context(), tx, j.ID, 0, desk.Assignment{Worker: h.li.ID})
			return err
		})
		now := strconv.FormatInt(d.Now().UnixMilli(), 10)
		send := func(who db.Actor, key string, more ...string) (int, string, http.Header) {
			h.By = who
			return h.phone(t, "/desk/jobs/"+j.ID+"/aside", url.Values{"_key": {key}, "_who": {who.ID}, "text": {"接单；换了灯管"}}, append([]string{"Houqin-Said", now, "Houqin-Clock", now}, more...)...)
		}
		for range 2 {
			code, answer, header := send(h.wang, "k")
			if code != 200 || !strings.Contains(header.Get("Houqin-Done"), j.Number) || header.Get("Houqin-To") != "/desk/jobs/"+j.ID {
				t.Errorf("%d %s %v", code, answer, header)
			}
		}
		stranger := dbtest.Person("stranger")
		if code, answer, _ := send(stranger, "k2"); code != 404 {
			t.Errorf("by a stranger: %d %s", code, answer)
		}
		h.By = h.li
		if code, answer, _ := h.phone(t, "/desk/jobs/"+j.ID+"/comment", url.Values{"_key": {"k3"}, "_who": {h.wang.ID}, "text": {"x"}}); code != 401 {
			t.Errorf("a form of another's: %d %s", code, answer)
		}
		story, err := db.Story(t.Context(), d, desk.Noun, j.ID)
		n := 0
		for _, e := range story {
			if e.Action == "aside" && e.ByID == h.wang.ID && e.Note == "接单；换了灯管" {
				n++
			}
		}
		if got, _ := desk.Get(t.Context(), d, h.li, j.ID); err != nil || n != 1 || got.State != desk.Dispatched {
			t.Errorf("%d notes, %s: %v", n, got.State, err)
		}
	})
}

// The sentence that a person is to read after what they did is not used up by a page that
// their phone fetches meanwhile to keep.
func TestAPageFetchedToBeKeptTakesNoSentenceAway(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		j := h.given(t)
		h.By = h.wang
		r := must(http.NewRequest("POST", "/desk/jobs/"+j.ID+"/accept", strings.NewReader("_key=k")))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		done := h.serve(r).Result()
		read := func(header ...string) (string, int) {
			r := must(http.NewRequest("GET", "/desk/jobs/"+j.ID, nil))
			for _, c := range done.Cookies() {
				r.AddCookie(c)
			}
			if len(header) > 0 {
				r.Header.Set(header[0], header[1])
			}
			w := h.serve(r)
			return w.Body.String(), len(w.Result().Cookies())
		}
		if body, n := read("Houqin-Person", h.wang.ID); strings.Contains(body, "已接单 "+j.Number) || n != 0 {
			t.Errorf("the phone took the sentence, %d cookies set", n)
		}
		if body, n := read(); !strings.Contains(body, "已接单 "+j.Number) || n != 1 {
			t.Errorf("the person does not read it, %d cookies set", n)
		}
	})
}

// Who decides about what a phone sent too late reads it beside how the job stands: the phone
// is told in words, the job's page shows both, and a person who lost the job reads how it
// stands and no more.
//
// Holds: AB-09
func TestWhatCameTooLateStandsBesideTheJob(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		j := h.given(t)
		clock := d.Now()
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Reassign(t.Context(), tx, j.ID, 0, desk.Assignment{Worker: h.li.ID})
			return err
		})
		h.By = h.wang
		header := []string{"Houqin-Said", strconv.FormatInt(clock.Add(-time.Hour).UnixMilli(), 10), "Houqin-Clock", strconv.FormatInt(clock.UnixMilli(), 10)}
		body := url.Values{"_key": {"k"}, "_shown": {`[["处理结果","换了灯管"]]`}, "done": {"换了灯管"}}
		for range 2 {
			if code, answer, _ := h.phone(t, "/desk/jobs/"+j.ID+"/finish", body, header...); code < 400 || code >= 500 {
				t.Fatalf("%d %s", code, answer)
			}
		}
		r := must(http.NewRequest("GET", "/desk/jobs/"+j.ID+"/now?since="+header[1], nil))
		r.Header.Set("Accept", "application/json")
		var now deskweb.Now
		if err := json.Unmarshal(h.serve(r).Body.Bytes(), &now); err != nil || len(now.Facts) != 2 || !strings.Contains(now.Facts[1].Text, "李志强") || len(now.Meanwhile) == 0 {
			t.Errorf("the phone is told %+v: %v", now, err)
		}
		h.as(h.dispatcher)
		c := webtest.New(t, h)
		c.Get("/desk/jobs/"+j.ID).See("手机送来的", "单子现在的情况", "完工没有收下", "处理结果 换了灯管", "李志强（电工班）", "赵调度")
		h.as(h.wang)
		c.Get("/desk/jobs/"+j.ID+"/now").See("李志强", "这期间", "处理结果 换了灯管")
		story, err := db.Story(t.Context(), d, desk.Noun, j.ID)
		late := 0
		for _, e := range story {
			if e.Action == "late" {
				late++
			}
		}
		if err != nil || late != 1 {
			t.Errorf("%d lines of story say that it was not taken: %v", late, err)
		}
		h.as(h.stranger)
		webtest.Run(t, h, webtest.Call{URL: "/desk/jobs/" + j.ID + "/now", Want: 404})
	})
}
