package deskweb

import (
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/places"
)

// storeys is a building as its map shows it.
type storeys struct {
	Name, Key string
	Floors    []floor
}

// floor is one of its rows: what is open on the floor itself, and its rooms.
type floor struct {
	Own   cell
	Rooms []cell
}

// cell is a place on the map. Said is read out; Tone is the gravest that is open there.
type cell struct{ Name, Count, Href, Tone, Said string }

// plan is the map of a building: floors by rooms, drawn from the places alone.
func plan(r *web.Req) error {
	houses, err := places.Places.All(r.Context(), r.Read(), list.Where{}.And("p.kind = 'building' AND p.closed = false"), 100)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: r.T("desk.map"), Wide: true, Live: []string{desk.Noun}, Back: &ui.Link{Label: r.T("desk.door.board"), Href: "/desk/board"}}
	at := r.URL.Query().Get("building")
	if at == "" && len(houses) > 0 {
		at = houses[0].ID
	}
	for _, h := range houses {
		p.Tabs = append(p.Tabs, ui.Link{Label: h.Name, Href: "/desk/map?building=" + h.ID, Current: h.ID == at})
	}
	var spots []desk.Spot
	if at != "" {
		if spots, err = desk.Storeys(r.Context(), r.Read(), r.By, at); err != nil {
			return err
		}
	}
	m := storeys{Key: r.T("desk.map.key")}
	rows := map[string]int{}
	// The floors first, then what lies on them; what hangs at no floor stands in the building's row.
	for i := range spots {
		s := &spots[i]
		if s.ID == at {
			m.Name = s.Name
		}
		if s.Kind == places.Floor && s.Parent == at || s.ID == at {
			rows[s.ID] = len(m.Floors)
			m.Floors = append(m.Floors, floor{Own: spotCell(r, s)})
		}
	}
	above := map[string]string{}
	for i := range spots {
		above[spots[i].ID] = spots[i].Parent
	}
	for i := range spots {
		s := &spots[i]
		if _, own := rows[s.ID]; own {
			continue
		}
		up := s.Parent
		for range 10 {
			if n, ok := rows[up]; ok {
				m.Floors[n].Rooms = append(m.Floors[n].Rooms, spotCell(r, s))
				break
			}
			up = above[up]
		}
	}
	slices.Reverse(m.Floors) // the highest stands on top
	here := "/desk/map"
	if at != "" {
		here += "?building=" + at
	}
	p.Body = mapBody(r.W2, here, m)
	if len(houses) == 0 {
		p.Body = ui.Section("", ui.Empty(r.W2, ui.Nothing{Text: r.T("desk.map.empty"), Hint: r.T("desk.map.empty.hint"), Icon: "map", Action: &ui.Action{Name: "places", Label: r.T("desk.map.empty.go"), Href: "/places"}}))
	}
	if part, err := r.Part(p.Body); part || err != nil {
		return err
	}
	return r.Show(p, spots)
}

func spotCell(r *web.Req, s *desk.Spot) cell {
	c := cell{Name: s.Name, Href: "/desk/jobs?open=true&place=" + s.ID}
	if s.Open == 0 {
		if s.Kind != places.Floor && s.Kind != places.Building {
			c.Href = ""
		}
		return c
	}
	said := []string{r.T("desk.map.open", s.Open)}
	c.Tone, c.Count = "accent", strconv.FormatInt(s.Open, 10)
	if s.Urgent > 0 {
		c.Tone = "soon"
		said = append(said, r.T("desk.map.urgent", s.Urgent))
	}
	if s.Late > 0 {
		c.Tone = "danger"
		c.Count += " · " + r.T("desk.map.late", s.Late)
		said = append(said, r.T("desk.map.late", s.Late))
	}
	if s.Grave > 0 {
		c.Tone = "danger"
		c.Count += " · " + r.T("desk.map.grave", s.Grave)
		said = append(said, r.T("desk.map.grave", s.Grave))
	}
	c.Said = strings.Join(said, ", ")
	return c
}
