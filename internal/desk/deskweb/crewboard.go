package deskweb

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// onCrew is how many jobs of a crew the board shows.
const onCrew = 12

// crewLanes are the open jobs of the board by the crew that has them, the fullest first: those
// nobody was given stand first, emergencies on top of their crew.
func (c *Counter) crewLanes(r *web.Req, see list.Where, here string) (templ.Component, error) {
	b := ui.Boards{Here: here, Live: desk.Noun, Label: r.T("desk.board")}
	loads, err := desk.CrewLoads(r.Context(), r.Read(), r.By, instant(r.Read().Moment()))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(loads, func(a, b desk.CrewLoad) int {
		switch {
		case a.Crew == "" && b.Crew != "":
			return -1
		case b.Crew == "" && a.Crew != "":
			return 1
		}
		return 0
	})
	grave, err := desk.Pending.All(r.Context(), r.Read(), see.And("j.open = true AND j.state <> 'done' AND j.urgency = 'emergency'"), 5*onLane)
	if err != nil {
		return nil, err
	}
	for _, l := range loads {
		found, err := desk.Pending.Fetch(r.Context(), r.Read(), list.Query{Size: onCrew}, ofCrew(see, l.Crew).And("j.open = true AND j.state <> 'done' AND j.urgency <> 'emergency'"))
		if err != nil {
			return nil, err
		}
		var shown []desk.Job
		for i := range grave {
			if grave[i].Crew == l.Crew {
				shown = append(shown, grave[i])
			}
		}
		shown = append(shown, found.Rows...)
		lane := ui.Lane{Key: "crew-" + l.Crew, Title: l.Name, Count: r.W2.Number(l.Open)}
		if l.Crew == "" {
			lane.Title, lane.Tone = r.T("desk.today.no_crew"), ui.Danger
		}
		if l.Late > 0 {
			lane.Count += " · " + r.T("desk.board.late", l.Late)
		}
		for i := range shown {
			j := &shown[i]
			k := card(r, j)
			if j.State != desk.Paused { // its pause is said already
				k.Marks = append(k.Marks, *mark(r, j))
			}
			if k.Actions, err = c.steps(r, j, "/desk/board", "dispatch"); err != nil {
				return nil, err
			}
			for n := range k.Actions {
				k.Actions[n].Tone = ui.Plain
			}
			lane.Cards = append(lane.Cards, k)
		}
		if l.Open > int64(len(shown)) {
			lane.More = &ui.Link{Label: r.T("desk.board.more"), Href: "/desk/jobs?" + desk.Unfinished + "&" + desk.OfCrew(l.Crew)}
		}
		b.Lanes = append(b.Lanes, lane)
	}
	if len(b.Lanes) == 0 {
		b.Lanes = []ui.Lane{{Key: "crew-none", Title: r.T("desk.board.crews"), Count: "0", Empty: r.T("desk.board.crews.none")}}
	}
	return ui.Board(r.W2, b), nil
}

// ofCrew narrows to the jobs of a crew of the hospital. Its id is said in the question, not
// given with it, so that PostgreSQL plans it once for each connection; it must be one that
// the program made: of letters and digits only.
func ofCrew(see list.Where, crew string) list.Where {
	if strings.ContainsFunc(crew, func(c rune) bool { return (c < '0' || c > '9') && (c < 'a' || c > 'z') }) {
		return see.And("j.crew = ?", crew)
	}
	return see.And("j.crew = '" + crew + "'")
}
