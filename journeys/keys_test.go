package journeys

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// enter comes in by the demo's door without a mouse.
func enter(t *testing.T, role string) *B {
	t.Helper()
	at := demoHouse(t)
	b := Browser(t)
	b.Open(at+"/sign-in", Desktop, "zh", false)
	b.Reach(`button[value="` + role + `"]`)
	b.Key(kb.Enter)
	b.NotSee("密码")
	return b
}

// reported is a job that a ward has just reported, by its title.
func reported(t *testing.T, title string) (at string) {
	t.Helper()
	w := newWalker(t, doors(house.h.Site.Routes()), nurse)
	return w.post(t, "/desk/report", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"trade": {"electric"}, "title": {title}, "urgency": {"urgent"}}.Encode()))
}

// The main job's steps at a desk, by keyboard alone. At every stop the keyboard is
// seen, and nothing that changes by itself takes it away.
func TestTheMainJobByKeyboard(t *testing.T) {
	ward := enter(t, nurse)
	// The first stop of a page leads past everything to what it is about.
	ward.Key(kb.Tab)
	ward.At("跳到正文")
	ward.Key(kb.Enter)
	ward.At("#main")
	ward.Reach(".menu-accent")
	ward.Key(kb.Enter)
	ward.Reach(`[name="trade"]`)
	ward.Key(" ")
	ward.Reach(`[name="title"]`)
	ward.Key("键盘报修：治疗室插座松动")
	ward.Reach("#report button[type=submit]")
	ward.Key(kb.Enter)
	ward.See("键盘报修：治疗室插座松动", "待派工")
	job := ward.Location()
	path := job[len(house.srv.URL):]

	// On the board the arrows walk from card to card; one more job comes in meanwhile.
	center := enter(t, dispatcher)
	center.See("键盘报修：治疗室插座松动")
	center.Reach(`.lane .row-link`)
	center.Reach(`a[href="`+path+`"]`, kb.ArrowDown)
	reported(t, "又来一单：走廊灯不亮")
	center.See("又来一单：走廊灯不亮")
	center.At(`a[href="` + path + `"]`)
	center.Key(kb.Tab)
	center.At("派工")
	reported(t, "再来一单：水龙头漏水")
	center.See("再来一单：水龙头漏水")
	center.At("派工")
	center.Key(kb.Enter)
	center.At(`[name="worker"]`)
	center.Choose("李欣建")
	center.Reach(`[id^="dispatch-"] button[type=submit]`)
	center.Key(kb.Enter)
	center.See("已派工")

	// The work itself is done on a phone.
	worker := newWalker(t, doors(house.h.Site.Routes()), technician)
	for _, step := range []string{"accept", "arrive"} {
		worker.post(t, path+"/"+step, "application/x-www-form-urlencoded", nil)
	}
	worker.post(t, path+"/finish", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"done": {"插座已紧固"}, "minutes": {"10"}}.Encode()))

	ward.See("插座已紧固") // of itself
	ward.Reach(`[data-name="sign"] > summary`)
	ward.Key(kb.Enter)
	ward.Reach("[data-typed]")
	ward.Key("黄艳兰")
	ward.Reach("#step-sign button[type=submit]")
	ward.Key(kb.Enter)
	ward.See("已签单", "黄艳兰")

	store := enter(t, storekeeper)
	store.Reach(".menu-accent") // nothing goes out for which nobody asked: but it is urgent
	store.Key(kb.Enter)
	store.Reach(`a[href="/requests/rush"]`)
	store.Key(kb.Enter)
	store.Reach(`[name="store"]`)
	store.Choose("总务库房")
	store.Reach(`[name="department"]`)
	store.Choose("心血管内科")
	store.Reach(`[name="lines.0.item"]`)
	store.Choose("擦手纸")
	store.Reach(`[name="lines.0.qty"]`)
	store.Key("1")
	store.Reach(`[name="why"]`)
	store.Key("抢救")
	store.Reach(`[name="receiver"]`)
	store.Choose("黄艳兰")
	store.Reach("[data-typed]")
	store.Key("黄艳兰")
	store.Reach(`form.form button.btn-danger[type=submit]`)
	store.Key(kb.Enter)
	store.See("紧急发放", "黄艳兰", "擦手纸")
	if !strings.Contains(store.Location(), "/requests/") {
		t.Errorf("nothing was issued: %s", store.Location())
	}
}

// What cannot be taken back is asked in a box that keeps the keyboard, and gives it
// back where it was.
func TestAQuestionKeepsTheKeyboard(t *testing.T) {
	b := as(t, administrator, Desktop, "zh", false)
	b.Go(house.srv.URL + "/departments")
	b.Key("/") // the way into a list
	b.At(`[type=search]`)
	b.Key("心血管内科")
	b.Reach(".table .row-link")
	b.Key(kb.Enter)
	const button = `form[data-confirm] button`
	b.Reach(button)
	b.Key(kb.Enter)
	b.At("dialog[open] *")
	for range 6 {
		b.Key(kb.Tab)
		var out bool
		b.Eval(`document.activeElement !== document.body && !document.activeElement.closest("dialog")`, &out)
		if out {
			t.Fatal("the keyboard left the box")
		}
	}
	b.Key(kb.Escape)
	b.At(button)
	var open bool
	if b.Eval(`!!document.querySelector("dialog[open]")`, &open); open {
		t.Error("Escape does not close the box")
	}
}
