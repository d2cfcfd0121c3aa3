package journeys

import (
	"strings"
	"testing"
)

// The head sees which building fails again and again, and why, from the figures: the
// building opens its rooms, and a room's number its very jobs.
func TestTheHeadSeesWhichBuildingFailsAgain(t *testing.T) {
	b := as(t, director, Desktop, "zh", false)
	b.Go(house.srv.URL + "/desk/figures")
	b.Click(`a[href^="/desk/again"]`)
	b.See("反复故障")
	var row struct{ Name, Text, To string }
	b.Eval(`(() => { const a = document.querySelector('#buildings tbody tr a'), r = a.closest("tr");
		return {Name: a.textContent.trim(), Text: r.innerText, To: a.getAttribute("href")} })()`, &row)
	if !strings.Contains(row.Text, " 次") { // a cause, and how often
		t.Errorf("why it fails is not said: %q", row.Text)
	}
	b.Go(house.srv.URL + row.To)
	b.See(row.Name)
	b.Click(`#spots tbody tr:first-child a[href^="/desk/jobs?"]`)
	var jobs int
	b.Eval(`document.querySelectorAll('a[href^="/desk/jobs/"]').length`, &jobs)
	if jobs == 0 {
		t.Errorf("%s opens %s, where there is no job", row.Name, row.To)
	}
	t.Log(row.Text)
}

// Who opens a question and goes on typing at once, further down, types there: the first
// field takes the keyboard only from one who is in none.
func TestAQuestionDoesNotTakeTheKeyboardAway(t *testing.T) {
	b := as(t, dispatcher, Desktop, "zh", false)
	b.Go(house.srv.URL + reported(t, "库房门把手松动"))
	var at []string
	b.Eval(`(async () => {
		const fields = (d) => [...d.querySelectorAll(".fields input:not([type=hidden]), .fields select, .fields textarea")];
		const ask = [...document.querySelectorAll("details.ask")].find(d => fields(d).length > 1), all = fields(ask);
		const told = () => new Promise(r => ask.addEventListener("toggle", () => setTimeout(r), { once: true }));
		const opened = async (typing) => { const t = told(); ask.open = true; if (typing) typing.focus(); await t; return document.activeElement.name; };
		const first = await opened(), shut = told();
		document.activeElement.blur(); ask.open = false; await shut;
		const last = await opened(all.at(-1));
		return [first, all[0].name, last, all.at(-1).name];
	})()`, &at)
	if len(at) != 4 || at[0] != at[1] || at[2] != at[3] || at[1] == at[3] {
		t.Errorf("the keyboard was in %q", at)
	}
}
