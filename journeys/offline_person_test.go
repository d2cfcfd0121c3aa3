package journeys

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"houqin/internal/base/db"
	onestop "houqin/internal/desk"
)

// wrongClocks gives the phones that carry the cookie "clock" a worker whose clock is as
// many days ahead.
func wrongClocks(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		days, err := r.Cookie("clock")
		if err != nil || r.URL.Path != "/worker.js" {
			site.ServeHTTP(w, r)
			return
		}
		got := httptest.NewRecorder()
		r.Header.Del("Accept-Encoding")
		site.ServeHTTP(got, r)
		for name, values := range got.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		fmt.Fprintf(w, "%s", bytes.Replace(got.Body.Bytes(), []byte("=> Date.now();"), fmt.Appendf(nil, "=> Date.now() + (%s * 86400e3);", days.Value), 1))
	})
}

// A phone whose clock is a year slow keeps, sends and shows as any other. What counts is
// when it came in; what the phone says is told as such, on the phone and on the job.
//
// Holds: AB-39
func TestAPhoneWhoseClockIsAYearWrong(t *testing.T) {
	job := sent(t, "钟慢一年：灯不亮")
	at := "/desk/jobs/" + job.ID
	demoHouse(t)
	b := Browser(t)
	b.Open(house.srv.URL+"/sign-in", phone390, "zh", false)
	b.Cookie(house.srv.URL, "clock", "-365")
	b.Click(`button[value="` + technician + `"]`)
	b.Go(house.srv.URL + at)
	b.keeps(at)
	b.Offline(true)
	b.Go(house.srv.URL + at)
	b.looked()
	b.step("accept")
	b.waits(1)
	b.Offline(false)
	b.waits(0)
	got := stands(t, job.ID)
	if got.State != onestop.Accepted || got.AcceptedAt < got.DispatchedAt || steps(t, job.ID)["accept"] != 1 {
		t.Errorf("%s, accepted %v", got.State, got.AcceptedAt)
	}
	b.Go(house.srv.URL + "/offline")
	b.See("这部手机的钟慢了约 365 天", "以服务器收到的时间为准")
	b.faultless("clock-zh")
	b.Go(house.srv.URL + at)
	b.See("手机记的时间", "这部手机的钟慢了", "以此为准")
}

// The ward signs several jobs with one signature by hand, without a network.
func TestAWardSignsManyWithoutANetwork(t *testing.T) {
	worker := staff(t, technician)
	jobs := []onestop.Job{sent(t, "一起签一"), sent(t, "一起签二")}
	for _, j := range jobs {
		do(t, worker, func(ctx context.Context, tx *db.Tx) error {
			return worked(ctx, tx, j.ID, "好了")
		})
	}
	b := as(t, nurse, phone390, "zh", false)
	b.Go(house.srv.URL + "/desk/ward")
	b.keeps("/desk/ward")
	b.Offline(true)
	b.Go(house.srv.URL + "/desk/ward")
	b.looked()
	b.Eval(`document.querySelectorAll("#unsigned [name=jobs]").forEach(e => { e.checked = `+quote(jobs[0].ID+jobs[1].ID)+`.includes(e.value); })`, nil)
	b.Draw("#unsigned canvas")
	b.tap("#unsigned button[type=submit]")
	b.waits(1)
	b.See("待发送：签单")
	b.NotSee("一起签的工单") // nobody signs them twice
	b.faultless("ward-signed-zh")
	b.Offline(false)
	b.waits(0)
	for _, j := range jobs {
		if got := stands(t, j.ID); got.State != onestop.Closed || got.Signer == "" || steps(t, j.ID)["sign"] != 1 {
			t.Errorf("%s: %s, signed by %q, %v", j.Title, got.State, got.Signer, steps(t, j.ID))
		}
	}
}

// The session ended while something waited; then somebody else signs in on the same
// phone. What waits is kept, neither shown to them nor sent in their name, the pages of
// the first are gone; and when the first one comes again it is sent, as theirs. Who signs
// out with something waiting is warned.
//
// Holds: AB-09 AB-22 v5.0.0-14.3.2
func TestWhatWaitsBelongsToItsPerson(t *testing.T) {
	job, later := sent(t, "两个人一部手机"), sent(t, "退出前没送")
	at, home := "/desk/jobs/"+job.ID, house.srv.URL
	worker := staff(t, technician)
	b := as(t, technician, phone390, "zh", false)
	b.Tolerate("401 (Unauthorized)")
	b.Tolerate("404 (Not Found) " + home + "/offline/key")
	b.Go(home + at)
	b.keeps(at)
	var plain []string
	b.Eval(`(async () => {
		const found = [];
		for (const name of await caches.keys()) for (const r of await (await caches.open(name)).keys()) {
			const path = new URL(r.url).pathname;
			if (!path.startsWith("/assets/") && path !== "/offline") found.push(path);
			if (path === "/offline" && (await (await caches.match(r)).text()).includes("data-person")) found.push("the page of somebody");
		}
		const db = await new Promise(ok => { const q = indexedDB.open("houqin"); q.onsuccess = () => ok(q.result); });
		const all = await new Promise(ok => { const q = db.transaction("page").objectStore("page").getAll(); q.onsuccess = () => ok(q.result); });
		db.close();
		for (const p of all) if (new TextDecoder().decode(p.sealed.bytes).includes("两个人") || Object.keys(p).some(k => !["at", "sealed"].includes(k))) found.push("a page that can be read");
		return all.length ? found : ["nothing is kept"];
	})()`, &plain)
	for _, what := range plain {
		t.Errorf("the phone keeps %s", what)
	}

	b.Offline(true)
	b.Go(home + at)
	b.looked()
	b.step("accept")
	b.waits(1)
	b.Cookie(home, "session", "ended")
	b.Offline(false)
	b.See("还没送出", "登录名") // they are asked to sign in
	if n := steps(t, job.ID); n["accept"] != 0 {
		t.Fatalf("%v in a session that has ended", n)
	}

	b.Go(home + "/sign-in")
	b.Click(`button[value="` + nurse + `"]`)
	b.keeps("/desk/ward")
	b.Go(home + "/offline")
	b.See("另有 1 项是别人做的")
	b.NotSee("两个人一部手机")
	b.faultless("queue-others-zh")
	b.Click("回到首页")
	b.keeps("/desk/ward")
	b.Offline(true)
	b.Go(home + "/desk/mine")
	b.See("没有网络，这一页没有存在手机上")
	b.NotSee("两个人一部手机")
	b.faultless("queue-missing-zh")
	b.Offline(false)
	b.Go(home + "/desk/ward")
	b.looked()
	if n := steps(t, job.ID); n["accept"] != 0 {
		t.Fatalf("%v in another's name", n)
	}
	b.leave()
	b.See("还没送出")
	b.Click(`button[value="` + technician + `"]`)
	if !b.until(func() bool { return steps(t, job.ID)["accept"] == 1 }) {
		t.Fatalf("%v after its person came again", steps(t, job.ID))
	}
	story, err := db.Story(t.Context(), house.h.DB, onestop.Noun, job.ID)
	if err != nil || story[0].ByID != worker.ID {
		t.Errorf("done by %s: %v", story[0].By, err)
	}

	// Signing out with something waiting.
	b.Go(home + "/desk/mine")
	b.keeps("/desk/jobs/" + later.ID)
	b.Offline(true)
	b.Go(home + "/desk/jobs/" + later.ID)
	b.looked()
	b.step("accept")
	b.waits(1)
	b.leave()
	b.See("还有 1 项没有送出", "别人看不到")
	b.Click("dialog [data-no]")
	b.waits(1)
	b.leave()
	b.Click("dialog [data-yes]")
	b.See("已在这部手机上退出")
	b.faultless("queue-left-zh")
	b.Go(home + "/desk/jobs/" + later.ID)
	b.NotSee("退出前没送")
	b.Offline(false)

	b.Go(home + "/sign-in")
	b.Click(`button[value="` + technician + `"]`)
	if !b.until(func() bool { return steps(t, later.ID)["accept"] == 1 }) {
		t.Errorf("%v after they came again", steps(t, later.ID))
	}
}

// leave presses the way out.
func (b *B) leave() {
	b.t.Helper()
	b.Eval(`document.querySelector("details.me").open = true`, nil)
	b.Click("form[data-sign-out] button")
}

// When working without a network is switched off, the phone forgets all but what was not
// sent, and what was not sent goes when it is switched on again.
//
// Holds: AB-31
func TestSwitchedOffThePhoneForgets(t *testing.T) {
	job := sent(t, "关掉离线前没送")
	at, home := "/desk/jobs/"+job.ID, house.srv.URL
	b := as(t, technician, phone390, "zh", false)
	b.Tolerate("404 (Not Found) " + home + "/offline/key")
	b.Go(home + at)
	b.keeps(at)
	b.Offline(true)
	b.Go(home + at)
	b.looked()
	b.step("accept")
	b.waits(1)
	b.leave()
	b.Click("dialog [data-yes]")
	b.See("已在这部手机上退出")
	b.Offline(false)

	boss := staff(t, director)
	do(t, boss, func(ctx context.Context, tx *db.Tx) error { return onestop.SetOffline(ctx, tx, "off") })
	b.Go(home + "/sign-in")
	b.Eval(`navigator.serviceWorker.getRegistration("/").then(r => r && r.update().catch(() => {}))`, nil)
	if !b.until(func() bool {
		var gone bool
		return b.eval(`navigator.serviceWorker.getRegistration("/").then(r => !r)`, &gone) == nil && gone
	}) {
		t.Error("the worker stays although it is switched off")
	}
	do(t, boss, func(ctx context.Context, tx *db.Tx) error { return onestop.SetOffline(ctx, tx, "on") })
	b.Go(home + "/sign-in")
	b.Click(`button[value="` + technician + `"]`)
	if !b.until(func() bool { return steps(t, job.ID)["accept"] == 1 }) {
		t.Errorf("%v after everything was switched on again", steps(t, job.ID))
	}
}
