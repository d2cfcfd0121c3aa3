package journeys

import (
	"context"
	"slices"
	"strings"
	"testing"

	"houqin/internal/base/db"
	onestop "houqin/internal/desk"
)

// A line that is there and carries nothing keeps nobody standing: what is done is put down
// before a thumb grows tired, the next steps sooner, and all of it is sent once the line
// carries again. So is what somebody before the house's door turned away.
func TestALineThatCarriesNothingKeepsNobodyStanding(t *testing.T) {
	b := as(t, technician, Phone, "zh", false)
	for _, bad := range []struct {
		title string
		at    moment
	}{{"哑线路：泵房照明不亮", silent}, {"门口挡回：泵房照明不亮", shut}} {
		job := sent(t, bad.title)
		at := "/desk/jobs/" + job.ID
		b.Go(house.srv.URL + at)
		b.keeps(at)
		b.lose(bad.at)
		b.step("accept")
		b.waits(1)
		b.See("待发送：接单")
		b.step("arrive")
		b.waits(2)
		if n := steps(t, job.ID); n["accept"]+n["arrive"] != 0 {
			t.Fatalf("%s: %v before anything was sent", bad.title, n)
		}
		b.rejoin()
		b.waits(0)
		if n := steps(t, job.ID); n["accept"] != 1 || n["arrive"] != 1 {
			t.Errorf("%s: %v", bad.title, n)
		}
	}
}

// A line that breaks off in the middle of a page leaves no white screen where the page was kept.
func TestAPageThatBreaksOffIsShownAsLastSeen(t *testing.T) {
	job := sent(t, "断在半页：灯不亮")
	b := as(t, technician, Phone, "zh", false)
	b.Go(house.srv.URL + "/desk/jobs/" + job.ID)
	b.keeps("/desk/jobs/" + job.ID)
	b.lose(torn)
	b.Go(house.srv.URL + "/desk/jobs/" + job.ID)
	b.See("没有网络", "断在半页：灯不亮")
	b.rejoin()
	b.real()
}

// Who is sent to the door in the middle of a day, because the session has ended, finds what
// they were just sending when they come in again, photos too: it goes by itself, once.
func TestWhatMetAnEndedSessionIsSentAfterSigningIn(t *testing.T) {
	job, worker := sent(t, "登录过期时完工"), staff(t, technician)
	do(t, worker, func(ctx context.Context, tx *db.Tx) error {
		if _, err := onestop.Accept(ctx, tx, job.ID, 0); err != nil {
			return err
		}
		_, err := onestop.Arrive(ctx, tx, job.ID, 0)
		return err
	})
	at := house.srv.URL + "/desk/jobs/" + job.ID
	b := as(t, technician, phone390, "zh", false)
	b.Tolerate("401 (Unauthorized)")
	b.Go(at)
	b.keeps("/desk/jobs/" + job.ID)
	b.step("finish")
	b.Type("处理结果", "换了镇流器")
	b.Upload("#step-finish [name=photos]", pictured(t, "换好了.png"))
	b.Cookie(house.srv.URL, "session", "ended")
	b.tap("#step-finish button[type=submit]")
	b.See("1 项操作还没送出")
	b.Click(`button[value="` + technician + `"]`)
	if !b.until(func() bool { return steps(t, job.ID)["finish"] == 1 }) {
		t.Fatalf("%v after they came in again", steps(t, job.ID))
	}
	b.waits(0)
	if got := stands(t, job.ID); got.Done != "换了镇流器" || !slices.Equal(photosOf(t, job.ID), []string{"换好了.jpg"}) {
		t.Errorf("%q, photos %v", got.Done, photosOf(t, job.ID))
	}
}

// A camera gives one photo at a time: the second comes to the first, and one that is no good
// is taken off by a tap on it.
func TestOnePhotoAfterAnother(t *testing.T) {
	job := sent(t, "一张一张拍：灯不亮")
	b := as(t, technician, phone390, "zh", false)
	b.Go(house.srv.URL + "/desk/jobs/" + job.ID)
	b.looked()
	b.step("picture")
	for n, name := range []string{"修前.png", "手抖.png", "修后.png"} {
		b.Upload("#step-picture [name=photos]", pictured(t, name))
		if !b.until(func() bool {
			var seen int
			return b.eval(`document.querySelectorAll("#step-picture .photo-off img").length`, &seen) == nil && seen == n+1
		}) {
			t.Fatalf("%s is not seen with those before it", name)
		}
	}
	b.tap(`#step-picture .photo-off[title*="手抖"]`)
	b.tap("#step-picture button[type=submit]")
	b.See("已加照片")
	got := photosOf(t, job.ID)
	slices.Sort(got)
	if len(got) != 2 || strings.Contains(strings.Join(got, " "), "手抖") {
		t.Errorf("photos %v", got)
	}
}
