package journeys

import (
	"context"
	"testing"
	"time"

	"houqin/internal/base/db"
	onestop "houqin/internal/desk"
	"houqin/internal/people"
)

// staff is somebody of the demo, with their rights.
func staff(t *testing.T, number string) db.Actor {
	t.Helper()
	demoHouse(t)
	p, err := people.ByNumber(t.Context(), house.h.DB, number)
	if err != nil {
		t.Fatal(err)
	}
	by, err := people.ActorOf(t.Context(), house.h.DB, p.ID, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return by
}

// do runs a unit of work in the demo's house for somebody.
func do(t *testing.T, by db.Actor, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := house.h.DB.Do(t.Context(), by, func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// sent is a job of the nurse's ward that was given to the technician.
func sent(t *testing.T, title string) onestop.Job {
	t.Helper()
	return sentFor(t, title, "electric")
}

func sentFor(t *testing.T, title string, trade onestop.Trade) (j onestop.Job) {
	t.Helper()
	worker := staff(t, technician)
	do(t, staff(t, nurse), func(ctx context.Context, tx *db.Tx) (err error) {
		j, err = onestop.Report(ctx, tx, &onestop.Slip{Title: title, Trade: trade, Department: tx.By.Unit, Anyway: true})
		return err
	})
	do(t, staff(t, dispatcher), func(ctx context.Context, tx *db.Tx) (err error) {
		j, err = onestop.Dispatch(ctx, tx, j.ID, 0, onestop.Assignment{Worker: worker.ID})
		return err
	})
	return j
}

// worked has a worker do a job that they were given.
func worked(ctx context.Context, tx *db.Tx, id, how string) error {
	_, err := onestop.Accept(ctx, tx, id, 0)
	if err == nil {
		_, err = onestop.Arrive(ctx, tx, id, 0)
	}
	if err == nil {
		_, err = onestop.Finish(ctx, tx, id, 0, onestop.Work{Done: how})
	}
	return err
}

// stands is a job as the books have it now.
func stands(t *testing.T, id string) onestop.Job {
	t.Helper()
	j, err := onestop.Get(t.Context(), house.h.DB, staff(t, director), id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// steps are how often each action stands in a job's story.
func steps(t *testing.T, id string) map[string]int {
	t.Helper()
	story, err := db.Story(t.Context(), house.h.DB, onestop.Noun, id)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, e := range story {
		n[e.Action]++
	}
	return n
}

// keeps waits until the phone has these pages.
func (b *B) keeps(paths ...string) {
	b.t.Helper()
	for _, p := range paths {
		if !b.until(func() bool {
			var there bool
			err := b.eval(`Houqin.offline.ask("pages").then(all => !!all && all.some(p => p.url === `+quote(p)+`))`, &there)
			return err == nil && there
		}) {
			b.t.Fatalf("the phone does not keep %s", p)
		}
	}
	b.looked()
}

// looked waits until the page has said how things stand: before that it may still move
// under a thumb.
func (b *B) looked() {
	b.t.Helper()
	if !b.until(func() bool {
		var has bool
		return b.eval(`"looked" in document.body.dataset`, &has) == nil && has
	}) {
		b.t.Fatalf("%s does not say how things stand", b.Location())
	}
}

// waits waits until so many acts of the person wait to be sent.
func (b *B) waits(n int) {
	b.t.Helper()
	now := -1
	if !b.until(func() bool {
		now = -1
		err := b.eval(`Houqin.offline.ask("who").then(now => now ? now.waiting : -1)`, &now)
		return err == nil && now == n
	}) {
		var acts any
		b.eval(`Houqin.offline.ask("acts")`, &acts)
		b.t.Fatalf("%d acts wait to be sent, not %d: %v", now, n, acts)
	}
	if n == 0 {
		b.real()
	}
}

// real waits until a page as last seen has made room for the real one, which it does by itself.
func (b *B) real() {
	b.t.Helper()
	if !b.until(func() bool {
		var real bool
		return b.eval(`!("kept" in document.body.dataset)`, &real) == nil && real
	}) {
		b.t.Fatalf("%s stays as last seen", b.Location())
	}
	b.settle()
}

// A worker goes down into a basement without a network: the pages open, the job is
// accepted, begun, paused, gone on with and finished, and when there is a network
// again each of it has been done, once, in its order.
func TestAJobIsWorkedWithoutANetwork(t *testing.T) {
	job := sent(t, "泵房照明不亮")
	at := "/desk/jobs/" + job.ID
	work := as(t, technician, Phone, "zh", false)
	work.Go(house.srv.URL + "/desk/mine")
	work.keeps("/desk/mine", at)

	work.Offline(true)
	work.Go(house.srv.URL + "/") // as the app is opened from the phone's own list
	work.See("没有网络", "泵房照明不亮")
	work.Go(house.srv.URL + at)
	work.See("没有网络", "泵房照明不亮")
	work.step("accept")
	work.See("待发送：接单")
	work.step("arrive")
	work.waits(2)
	work.step("finish")
	work.Type("处理结果", "更换灯管两支")
	work.Type("用时", "20")
	work.Click("#step-finish button[type=submit]")
	work.waits(3)
	if got := stands(t, job.ID); got.State != onestop.Dispatched {
		t.Fatalf("%s before anything was sent", got.State)
	}
	work.Go(house.srv.URL + "/offline")
	work.See("待发送：3", "接单 · 泵房照明不亮", "完工 · 泵房照明不亮")

	work.Offline(false)
	work.waits(0)
	got, n := stands(t, job.ID), steps(t, job.ID)
	if got.State != onestop.Done || got.Done != "更换灯管两支" || got.Minutes != 20 || n["accept"] != 1 || n["arrive"] != 1 || n["finish"] != 1 {
		t.Fatalf("%s %q %d %v", got.State, got.Done, got.Minutes, n)
	}
	work.Go(house.srv.URL + at)
	work.See("待签单", "更换灯管两支")

	// Who changes the language finds the page of what waits in it too.
	work.Cookie(house.srv.URL, "lang", "en")
	work.Go(house.srv.URL + at)
	if !work.until(func() bool {
		var speaks bool
		return work.eval(`caches.match("/offline").then(page => page.text()).then(text => text.includes('lang="en"'))`, &speaks) == nil && speaks
	}) {
		t.Fatal("the phone goes on in another language")
	}
	work.Offline(true)
	work.Go(house.srv.URL + "/offline")
	work.See("Nothing waits to be sent")
}
