package journeys

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	onestop "houqin/internal/desk"
	"houqin/internal/files"
)

// pictured writes a photo, of a dot, to a file of that name.
func pictured(t *testing.T, name string) string {
	t.Helper()
	return written(t, name, dot(t))
}

func written(t *testing.T, name string, data []byte) string {
	t.Helper()
	at := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(at, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return at
}

// titled are the jobs of a title.
func titled(t *testing.T, title string) []onestop.Job {
	t.Helper()
	all, err := onestop.Jobs.All(t.Context(), house.h.DB, list.Where{}.And("j.title = ?", title), 10)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// photosOf are the names of the files on a job.
func photosOf(t *testing.T, id string) (names []string) {
	t.Helper()
	all, err := files.Of(t.Context(), house.h.DB, onestop.Noun, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		names = append(names, f.Name)
	}
	return names
}

// step presses the button of a step of the job that is shown, or opens its question.
func (b *B) step(name string) {
	b.t.Helper()
	b.tap(`[data-steps] form[action$="/` + name + `"]:not(details form) button, [data-steps] details:has(#step-` + name + `) > summary`)
}

// tap presses what is so once it can be pressed, wherever it has moved to meanwhile: the
// page is live, and what others do may come in above it.
func (b *B) tap(what string) {
	b.t.Helper()
	if !b.until(func() bool {
		b.find("click", what, "")
		var there bool
		return b.eval(`(e => { if (e) e.click(); return !!e; })(document.querySelector(`+quote(what)+`))`, &there) == nil && there
	}) {
		b.t.Fatalf("%s: %s goes away", b.Location(), what)
	}
	b.settle()
}

// rejoin gives the network back, as a phone notices that.
func (b *B) rejoin() {
	b.t.Helper()
	b.Offline(true)
	b.Offline(false)
}

// The network is lost at each step of a job's whole life, from the ward's report to its
// signature: before the step is sent, in the middle of sending it, and when the server
// has done it and its answer is on the way. Each is put down and sent when the network is
// back, and each has been done exactly once, with its photos and its signature.
//
// Holds: AB-09 AB-10
func TestTheNetworkIsLostAtEveryStep(t *testing.T) {
	ward, work := as(t, nurse, Phone, "zh", false), as(t, technician, Phone, "zh", false)
	worker, photo, after := staff(t, technician), pictured(t, "坏灯.png"), pictured(t, "修好.png")
	for _, cut := range []struct {
		name  string
		title string
		at    moment
	}{{"before it is sent", "断网一：走廊灯不亮", never}, {"half of it sent", "断网二：走廊灯不亮", halfway}, {"the answer unheard", "断网三：走廊灯不亮", unheard}} {
		var id string
		path := []struct {
			action string
			who    *B
			page   string // when it is not the job's own
			large  bool
			do     func(b *B)
		}{
			{"report", ward, "/desk/report", true, func(b *B) {
				b.Click("电")
				b.Type("故障内容", cut.title)
				b.Upload("照片", photo)
				b.tap("#report button[type=submit].btn-accent")
			}},
			{"hasten", ward, "", false, func(b *B) { b.step("hasten") }},
			{"accept", work, "", false, func(b *B) { b.step("accept") }},
			{"arrive", work, "", false, func(b *B) { b.step("arrive") }},
			{"pause.parts", work, "", false, func(b *B) {
				b.step("pause")
				b.Click("等配件")
				b.tap("#step-pause button[type=submit]")
			}},
			{"resume", work, "", false, func(b *B) { b.step("resume") }},
			{"picture", work, "", true, func(b *B) {
				b.step("picture")
				b.Upload("#step-picture [name=photos]", photo)
				b.tap("#step-picture button[type=submit]")
			}},
			{"finish", work, "", true, func(b *B) {
				b.step("finish")
				b.Type("处理结果", "换了灯管")
				b.Upload("#step-finish [name=photos]", after)
				b.tap("#step-finish button[type=submit]")
			}},
			{"comment", ward, "", false, func(b *B) {
				b.step("comment")
				b.Type("#step-comment [name=text]", "很快，谢谢")
				b.tap("#step-comment button[type=submit]")
			}},
			{"sign", ward, "", false, func(b *B) {
				b.step("sign")
				b.Draw("#step-sign canvas")
				b.tap("#step-sign button[type=submit]")
			}},
		}
		for n, step := range path {
			at := step.page
			if at == "" {
				at = "/desk/jobs/" + id
			}
			b := step.who
			b.Go(house.srv.URL + at)
			b.keeps(at)
			if cut.at == halfway && !step.large { // tried with what is too large for one piece
				step.do(b)
				b.See("已")
				continue
			}
			if cut.at == never {
				b.Offline(true)
				b.Go(house.srv.URL + at)
				b.See("没有网络")
			} else {
				b.lose(cut.at)
			}
			step.do(b)
			b.waits(1)
			done := map[bool]int{true: 1}[cut.at == unheard]
			if id != "" {
				if got := steps(t, id)[step.action]; got != done {
					t.Fatalf("%s, %s: done %d times although the phone heard of none", cut.name, step.action, got)
				}
			} else if got := len(titled(t, cut.title)); got != done {
				t.Fatalf("%s, %s: %d jobs before it was sent", cut.name, step.action, got)
			}
			if cut.at == never {
				b.Offline(false)
			} else {
				b.rejoin()
			}
			b.waits(0)
			if n == 0 {
				all := titled(t, cut.title)
				if len(all) != 1 {
					t.Fatalf("%s: reported %d times", cut.name, len(all))
				}
				id = all[0].ID
				b.Go(house.srv.URL + "/offline")
				b.See("已经送到", all[0].Number) // the number that the ward was to be given
				do(t, staff(t, dispatcher), func(ctx context.Context, tx *db.Tx) error {
					_, err := onestop.Dispatch(ctx, tx, id, 0, onestop.Assignment{Worker: worker.ID})
					return err
				})
			}
			if got := steps(t, id)[step.action]; got != 1 {
				t.Fatalf("%s, %s: done %d times", cut.name, step.action, got)
			}
		}
		got, photos := stands(t, id), photosOf(t, id)
		if got.State != onestop.Closed || got.Done != "换了灯管" || got.Signer == "" || len(photos) != 3 {
			t.Errorf("%s: %s, %q, signed by %q, photos %v", cut.name, got.State, got.Done, got.Signer, photos)
		}
	}
}
