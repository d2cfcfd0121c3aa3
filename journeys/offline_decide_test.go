package journeys

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"houqin/internal/base/db"
	onestop "houqin/internal/desk"
)

const (
	mate   = "1046" // of the technician's own crew
	plumer = "1053" // of another crew
)

// press clicks what reads so within the waiting act of that name, in the moment in which
// it is there: the list is drawn anew whenever something has been sent.
func (b *B) press(act, what string) {
	b.t.Helper()
	if !b.until(func() bool { return b.hits(act, what) }) {
		b.t.Fatalf("%s: no %q at %q:\n%s", b.Location(), what, act, b.text())
	}
	b.settle()
}

func (b *B) hits(act, what string) (there bool) {
	err := b.eval(`(() => { const at = [...document.querySelectorAll(".queue > li")].find(li => li.querySelector("[data-what]").textContent.startsWith(`+quote(act)+`));
		const e = at && [...at.querySelectorAll("a, button, summary")].find(e => e.innerText.trim() === `+quote(what)+` && e.checkVisibility());
		if (e) setTimeout(() => e.click()); return !!e; })()`, &there)
	return err == nil && there
}

// sure presses what asks whether one is sure, and says yes. A button that was drawn anew
// under the finger is pressed again.
func (b *B) sure(act, what string) {
	b.t.Helper()
	if !b.until(func() bool {
		var asked bool
		if err := b.eval(`!!document.querySelector("dialog[open] [data-yes]")`, &asked); err == nil && !asked {
			b.hits(act, what)
		}
		return asked
	}) {
		b.t.Fatalf("%s: %q at %q asks nothing:\n%s", b.Location(), what, act, b.text())
	}
	b.Click("dialog [data-yes]")
}

// faultless looks at the page as it stands in every way, and keeps a picture of it
// where HOUQIN_PICTURES says.
func (b *B) faultless(name string) {
	b.t.Helper()
	b.looked()
	for _, wrong := range b.Look(phone390) {
		b.t.Errorf("%s: %s", name, wrong)
	}
	b.Accessible()
	if dir := os.Getenv("HOUQIN_PICTURES"); dir != "" {
		b.Screenshot(filepath.Join(dir, name+".png"))
	}
}

// What a phone brings back and the books no longer allow is not lost and not done: it
// stands on a page with the reason, and its person decides: to have it kept as a note
// with all they wrote and photographed, to drop it, to leave it. One job went to another
// crew meanwhile, one was cancelled, one was finished by somebody else.
//
// Holds: AB-09
func TestAPersonDecidesWhatWasRefused(t *testing.T) {
	given, dropped, done := sentFor(t, "冲突一：门锁坏了", "carpentry"), sent(t, "冲突二：灯闪"), sent(t, "冲突三：插座松")
	worker, plumber := staff(t, mate), staff(t, plumer)
	b := as(t, technician, phone390, "zh", false)
	b.Go(house.srv.URL + "/desk/mine")
	at := func(j onestop.Job) string { return "/desk/jobs/" + j.ID }
	b.keeps("/desk/mine", at(given), at(dropped), at(done))
	b.Go(house.srv.URL + "/offline")
	b.faultless("queue-empty-zh")
	b.Offline(true)
	b.Go(house.srv.URL + at(given))
	b.looked()
	b.step("accept")
	b.See("待发送：接单")
	b.step("arrive")
	b.waits(2)
	b.step("finish")
	b.Type("处理结果", "锁芯换好了")
	b.Upload("#step-finish [name=photos]", pictured(t, "门锁.png"))
	b.tap("#step-finish button[type=submit]")
	b.waits(3)
	for n, j := range []onestop.Job{dropped, done} {
		b.Go(house.srv.URL + at(j))
		b.looked()
		b.step("accept")
		b.waits(4 + n)
	}
	b.Go(house.srv.URL + "/offline")
	b.See("待发送：5", "等网络")
	b.faultless("queue-waiting-zh")

	boss := staff(t, dispatcher)
	do(t, boss, func(ctx context.Context, tx *db.Tx) error {
		if _, err := onestop.Reassign(ctx, tx, given.ID, 0, onestop.Assignment{Worker: plumber.ID}); err != nil {
			return err
		}
		if _, err := onestop.Cancel(ctx, tx, dropped.ID, 0, "报错了地方"); err != nil {
			return err
		}
		_, err := onestop.Reassign(ctx, tx, done.ID, 0, onestop.Assignment{Worker: worker.ID})
		return err
	})
	do(t, worker, func(ctx context.Context, tx *db.Tx) error {
		return worked(ctx, tx, done.ID, "紧了螺丝")
	})

	b.Offline(false)
	b.See("没有收下")
	b.waits(5)
	b.See("不处理就一直留在这部手机上", "单子现在的情况", plumber.Name, "已撤销", "这期间")
	b.NotSee("改好再送") // nothing in the forms is wrong
	b.faultless("queue-refused-zh")
	b.Cookie(house.srv.URL, "lang", "en")
	b.Go(house.srv.URL + "/offline")
	b.See("Turn into a note", "How the job stands now")
	b.faultless("queue-refused-en")
	b.Cookie(house.srv.URL, "lang", "zh")
	b.Go(house.srv.URL + at(done))
	b.See("没有收下：接单", "去处理")
	b.faultless("job-refused-zh")

	b.Go(house.srv.URL + "/offline")
	b.sure("接单 · 冲突一", "改记为备注")
	b.waits(2)
	b.sure("接单 · 冲突二", "不送了")
	b.waits(1)
	b.press("接单 · 冲突三", "再送一次")
	b.Reload()
	b.See("没有收下")
	b.waits(1) // left as it is, it stays

	if n := steps(t, given.ID); n["aside"] != 1 || n["accept"]+n["arrive"]+n["finish"] != 0 || !slices.Equal(photosOf(t, given.ID), []string{"门锁.jpg"}) {
		t.Errorf("%v %v", n, photosOf(t, given.ID))
	}
	story, err := db.Story(t.Context(), house.h.DB, onestop.Noun, given.ID)
	if err != nil || !strings.Contains(story[0].Note, "接单") || !strings.Contains(story[0].Note, "处理结果 锁芯换好了") {
		t.Errorf("the note says %q: %v", story[0].Note, err)
	}
	if got := stands(t, given.ID); got.State != onestop.Dispatched || got.Worker != plumber.ID {
		t.Errorf("%s with %s", got.State, got.WorkerName)
	}
	if got := stands(t, dropped.ID); got.State != onestop.Cancelled || steps(t, dropped.ID)["accept"] != 0 {
		t.Errorf("the cancelled job is %s", got.State)
	}
	if got := stands(t, done.ID); got.State != onestop.Done || got.Done != "紧了螺丝" {
		t.Errorf("the finished job is %s, %q", got.State, got.Done)
	}
	b.press("接单 · 冲突三", "不送了")
	b.Click("dialog [data-yes]")
	b.waits(0)
}

// What was refused because something in it is wrong is put right where it was written:
// all that was typed, chosen and photographed is still there.
//
// Holds: v5.0.0-2.2.2
func TestWhatIsWrongIsPutRightInItsPlace(t *testing.T) {
	job := sent(t, "改一改：灯箱不亮")
	at := "/desk/jobs/" + job.ID
	b := as(t, technician, phone390, "zh", false)
	b.Go(house.srv.URL + at)
	b.keeps(at)
	b.Offline(true)
	b.Go(house.srv.URL + at)
	b.looked()
	b.step("accept")
	b.See("待发送：接单")
	b.step("arrive")
	b.waits(2)
	b.step("finish")
	b.Type("处理结果", "换了整流器")
	b.Type("#step-finish [name=saved]", "12.5") // nothing was used again
	b.Upload("#step-finish [name=photos]", pictured(t, "灯箱.png"))
	b.tap("#step-finish button[type=submit]")
	b.waits(3)
	b.Go(house.srv.URL + at)
	b.looked()
	b.step("comment") // what comes after waits for it
	b.Type("#step-comment [name=text]", "旧件已交回")
	b.tap("#step-comment button[type=submit]")
	b.waits(4)
	b.Offline(false)
	b.waits(2)
	b.real()
	b.Go(house.srv.URL + "/offline")
	b.See("没有修旧利废的件数")
	b.press("完工 · 改一改", "改好再送")
	b.See("没有收下", "换了整流器", "12.5", "单子现在的情况")
	b.faultless("mend-zh")
	b.Type("#step-finish [name=reused]", "1")
	b.tap("#step-finish button[type=submit]")
	b.waits(0)
	n := steps(t, job.ID)
	if got := stands(t, job.ID); got.State != onestop.Done || got.Done != "换了整流器" || got.Saved != 1250 || n["finish"] != 1 || n["comment"] != 1 || !slices.Equal(photosOf(t, job.ID), []string{"灯箱.jpg"}) {
		t.Errorf("%s %q %v %v %v", got.State, got.Done, got.Saved, n, photosOf(t, job.ID))
	}
}

// A photo that is none is refused when it is chosen, by its name, and the others stay.
// One that only begins like a photo goes; the server leaves it out, takes the rest and
// says so.
func TestAPhotoThatIsNoneIsLeftOut(t *testing.T) {
	job := sent(t, "坏照片：灯不亮")
	at := "/desk/jobs/" + job.ID
	b := as(t, technician, phone390, "zh", false)
	b.Go(house.srv.URL + at)
	b.keeps(at)
	b.Offline(true)
	b.Go(house.srv.URL + at)
	b.looked()
	b.step("picture")
	b.Upload("#step-picture [name=photos]", written(t, "清单.jpg", []byte("这不是照片")))
	b.See("“清单.jpg”不是照片")
	b.faultless("photo-none-zh")
	b.Upload("#step-picture [name=photos]", pictured(t, "好的.png"))
	b.NotSee("不是照片")
	b.tap("#step-picture button[type=submit]")
	b.waits(1)
	b.step("comment")
	b.Type("#step-comment [name=text]", "看照片")
	b.tap("#step-comment button[type=submit]")
	b.waits(2)
	b.step("picture")
	b.Upload("#step-picture [name=photos]", written(t, "断的.jpg", []byte("\xff\xd8\xff\xe0 and nothing more")))
	b.tap("#step-picture button[type=submit]")
	b.waits(3)
	b.Offline(false)
	b.waits(0)
	b.Go(house.srv.URL + "/offline")
	b.See("有照片没有收下", "断的.jpg")
	b.faultless("queue-sent-zh")
	if n := steps(t, job.ID); n["comment"] != 1 || !slices.Equal(photosOf(t, job.ID), []string{"好的.jpg"}) {
		t.Errorf("%v %v", n, photosOf(t, job.ID))
	}
}
