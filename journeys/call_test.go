package journeys

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// keystrokes is what a telephone call may cost at most, the text of the fault aside: a
// dispatcher at three keys a second has done it within twenty seconds.
const keystrokes = 45

// A call, by keyboard alone: the extension, what is open there, what is broken, and the
// one who is proposed.
func TestACallByKeyboardUnderTwentySeconds(t *testing.T) {
	b := enter(t, dispatcher)
	b.Go(house.srv.URL + "/desk/call")
	pressed := 0
	key := func(keys string) {
		b.Key(keys)
		pressed += len([]rune(keys))
	}
	reach := func(what string) { // by Tab, each one counted
		t.Helper()
		for range 40 {
			if b.where(what).Is {
				return
			}
			key(kb.Tab)
		}
		t.Fatalf("the keyboard does not reach %s", what)
	}
	b.At("#extension-phone")
	key("6100") // the first ward's telephone
	key(kb.Enter)
	b.See("6100：", "心血管内科")
	b.At("#call-title") // without having to look for it
	b.Key("电话：抢救室插座打火")
	reach(`[name="urgency"]:checked`)
	key("jj") // 紧急, by its first letters
	reach(`[name="trade"]`)
	key("d") // 电
	key(kb.Enter)
	b.See("派工建议", "电话：抢救室插座打火")
	b.At(`button[data-name="send"]`)
	key(kb.Enter)
	b.See("已派工", "电话报修")
	b.At("#extension-phone") // ready for the next call
	b.Go(house.srv.URL + "/desk/board")
	b.Key(kb.F2) // it rings wherever one is
	b.At("#extension-phone")
	if pressed > keystrokes {
		t.Errorf("a call takes %d keys beside its text, at most %d", pressed, keystrokes)
	}
	t.Logf("%d keys beside the text", pressed)
}
