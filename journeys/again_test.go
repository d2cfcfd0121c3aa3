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
