package deskweb

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// standingRoutes are the doors to the plans of jobs that come round by themselves.
func standingRoutes() []web.Route {
	plan := desk.Standing{}
	return []web.Route{
		{At: "GET /desk/standing", Need: desk.MaySee, Do: standings, List: &desk.StandingJobs},
		{At: "GET /desk/standing/new", Need: desk.MaySchedule, Do: blankStanding, PageOnly: true},
		{At: "POST /desk/standing", Need: desk.MaySchedule, Do: addStanding, Form: &standingForm, Gives: plan},
		{At: "GET /desk/standing/{id}", Need: desk.MaySee, Do: standing, Gives: plan},
		{At: "GET /desk/standing/{id}/edit", Need: desk.MaySchedule, Do: editStanding, PageOnly: true},
		{At: "POST /desk/standing/{id}", Need: desk.MaySchedule, Do: changeStanding, Form: &standingForm, Gives: plan},
		{At: "POST /desk/standing/{id}/press", Need: desk.MaySee, Do: pressStanding, Gives: plan},
		{At: "POST /desk/standing/{id}/rest", Need: desk.MaySchedule, Do: turned("desk.done.rested", desk.Rest), Gives: plan},
		{At: "POST /desk/standing/{id}/go_on", Need: desk.MaySchedule, Do: turned("desk.done.gone_on", desk.GoOn), Gives: plan},
		{At: "POST /desk/standing/{id}/end", Need: desk.MaySchedule, Do: turned("desk.done.ended", desk.End), Gives: plan},
		{At: "GET /desk/turns", Need: desk.MaySee, Do: turns, List: &desk.Turns},
	}
}

var standingForm = form.Of[desk.Standing]{Name: "desk.standing", Fields: []form.Field[desk.Standing]{
	{Key: "title", Into: func(s *desk.Standing) any { return &s.Title }, Most: 100, Required: true},
	{Key: "trade", Into: func(s *desk.Standing) any { return &s.Trade }, Kind: form.Choice, Required: true}, // or a kind of the hospital's own
	{Key: "unit", Into: func(s *desk.Standing) any { return &s.Unit }, OneOf: desk.Units, Required: true},
	{Key: "every", Into: func(s *desk.Standing) any { return &s.Every }, Least: 1, Most: 366, Hint: true},
	{Key: "next", Into: func(s *desk.Standing) any { return &s.Next }, Hint: true},
	{Key: "ends", Into: func(s *desk.Standing) any { return &s.Ends }, Hint: true},
	{Key: "days", Into: func(s *desk.Standing) any { return &s.Days }, Least: 1, Most: 92, Unit: "desk.days"},
	{Key: "working", Into: func(s *desk.Standing) any { return &s.Working }, Hint: true},
	form.LinesOf("stops", func(s *desk.Standing) *[]desk.Stop { return &s.Stops }, &form.Of[desk.Stop]{Name: "desk.stop", Fields: []form.Field[desk.Stop]{
		{Key: "department", Into: func(x *desk.Stop) any { return &x.Department }, Ref: "departments"},
		{Key: "place", Into: func(x *desk.Stop) any { return &x.Place }, Ref: "places"},
	}}, 200),
	{Key: "together", Into: func(s *desk.Standing) any { return &s.Together }, Hint: true},
	{Key: "crew", Into: func(s *desk.Standing) any { return &s.Crew }, Ref: "crews", Hint: true},
	{Key: "lead", Into: func(s *desk.Standing) any { return &s.Lead }, Ref: "people", Hint: true},
	{Key: "department", Into: func(s *desk.Standing) any { return &s.Department }, Ref: "departments", Hint: true},
	{Key: "outdoor", Into: func(s *desk.Standing) any { return &s.Outdoor }, Hint: true},
	{Key: "detail", Into: func(s *desk.Standing) any { return &s.Detail }, Kind: form.Area, Most: 1000},
}}

// standings is the list of plans; a plan that a clause asks for and that is not there is
// named above it.
func standings(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Sub: r.T("desk.standings.sub")}, Empty: ui.Nothing{Text: r.T("desk.standings.empty")}}
	p.Page.Actions = []ui.Action{{Name: "turns", Label: r.T("desk.turns"), Href: "/desk/turns", Icon: "history"}}
	if !r.By.May(desk.MaySchedule) || r.JSON() {
		return r.List(&desk.StandingJobs, desk.StandingScope(r.By), p)
	}
	p.Page.Actions = append([]ui.Action{{Name: "new", Label: r.T("desk.standing.new"), Href: "/desk/standing/new", Icon: "plus", Tone: ui.Accent}}, p.Page.Actions...)
	lacking, err := desk.Unplanned(r.Context(), r.Read())
	if err != nil {
		return err
	}
	for _, u := range lacking {
		p.Page.Flash = append(p.Page.Flash, ui.Note{Text: r.T("desk.standings.lacks", u.Clause, r.T("desk.usual."+string(u.Trade))), Tone: ui.Soon,
			Link: &ui.Link{Label: r.T("desk.standing.new"), Href: "/desk/standing/new?for=" + string(u.Trade)}})
	}
	return r.List(&desk.StandingJobs, desk.StandingScope(r.By), p)
}

func turns(r *web.Req) error {
	return r.List(&desk.Turns, desk.StandingScope(r.By), web.ListPage{Page: ui.Page{Back: &ui.Link{Label: r.T("desk.standings"), Href: "/desk/standing"}}})
}

// blankStanding is a new plan, filled in as hospitals usually have it.
func blankStanding(r *web.Req) error {
	t := desk.Trade(r.URL.Query().Get("for"))
	u := desk.UsualOf(t)
	s := &desk.Standing{Trade: u.Trade, Unit: u.Unit, Every: u.Every, Days: u.Days, Next: r.Site.DB.Today().AddDays(1), Working: true, Lead: r.By.ID, Department: r.By.Unit}
	if u.Clause != "" {
		s.Title = r.T("desk.usual." + string(u.Trade))
	}
	return planned(r, s, ui.Form{ID: "standing", Action: "/desk/standing", Submit: r.T("desk.standing.save"), Cancel: "/desk/standing", Draft: true},
		ui.Page{Heading: r.T("desk.standing.new"), Back: &ui.Link{Label: r.T("desk.standings"), Href: "/desk/standing"}})
}

// planned draws the form of a plan.
func planned(r *web.Req, s *desk.Standing, f ui.Form, p ui.Page) error {
	f, err := r.Form(&standingForm, s, f)
	if err != nil {
		return err
	}
	for i := range f.Fields {
		switch x := &f.Fields[i]; x.Name {
		case "trade":
			if x.Options, err = kindOptions(r); err != nil {
				return err
			}
		case "unit", "every", "next", "ends", "crew", "lead", "department", "days":
			x.Half = true
		}
	}
	p.Body = ui.Ask(r.W2, f)
	return r.Show(p, nil)
}

func addStanding(r *web.Req) error {
	return web.Submit(r, &standingForm, blankStanding, func(tx *db.Tx, s *desk.Standing) (web.Done, error) {
		err := desk.Schedule(r.Context(), tx, s)
		return scheduled(s), err
	})
}

func scheduled(s *desk.Standing) web.Done {
	return web.Done{To: "/desk/standing/" + s.ID, Say: "desk.done.scheduled", Args: []string{s.Title}, Data: s}
}

func editStanding(r *web.Req) error {
	s, err := desk.StandingByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	at := "/desk/standing/" + s.ID
	s.Trade = s.Meant()
	return planned(r, &s, ui.Form{ID: "standing", Action: at, Version: version(s.Version), Submit: r.T("desk.standing.save"), Cancel: at},
		ui.Page{Heading: s.Title, Back: &ui.Link{Label: r.T("desk.standings"), Href: at}})
}

func changeStanding(r *web.Req) error {
	return web.Submit(r, &standingForm, editStanding, func(tx *db.Tx, s *desk.Standing) (web.Done, error) {
		s.ID, s.Version = r.PathValue("id"), r.Version()
		err := desk.Schedule(r.Context(), tx, s)
		return scheduled(s), err
	})
}

func turned(say string, turn func(context.Context, *db.Tx, string, int64) (desk.Standing, error)) func(*web.Req) error {
	return func(r *web.Req) error {
		return r.Press(func(tx *db.Tx) (web.Done, error) {
			s, err := turn(r.Context(), tx, r.PathValue("id"), r.Version())
			return web.Done{To: "/desk/standing/" + s.ID, Say: say, Args: []string{s.Title}, Data: s}, err
		})
	}
}

func pressStanding(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		s, err := desk.Press(r.Context(), tx, r.PathValue("id"))
		return web.Done{To: "/desk/standing/" + s.ID, Say: "desk.done.pressed", Args: []string{s.Title}, Data: s}, err
	})
}

// standing is one plan: where it goes, when next, and what came of its turns.
func standing(r *web.Req) error {
	s, err := desk.StandingByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(s)
	}
	p := ui.Page{Heading: s.Title, Sub: s.Cycle(r.W2), Live: []string{desk.StandingNoun, desk.Noun}, Back: &ui.Link{Label: r.T("desk.standings"), Href: "/desk/standing"},
		Mark: &ui.Mark{Word: r.T("desk.standing.state." + s.State), Tone: map[string]ui.Tone{desk.Running: ui.Done, desk.Resting: ui.Soon, desk.Ended: ui.Quiet}[s.State]}, Actions: standingSteps(r, &s)}
	next := r.T("desk.standing.no_next")
	if !s.Next.IsZero() {
		next = r.W2.Day(s.Next)
	}
	facts := []ui.Fact{
		{Label: r.T("desk.standings.next"), Text: next}, {Label: r.T("desk.standings.trade"), Text: r.T("desk.trade." + string(s.Trade))},
		{Label: r.T("desk.standings.crew"), Text: s.CrewName}, {Label: r.T("desk.standings.lead"), Text: s.LeadName}, {Label: r.T("desk.standings.days"), Text: r.T("desk.n_days", s.Days)},
		{Label: r.T("desk.standing.off"), Text: r.T("desk.standing.off." + strconv.FormatBool(s.Working))},
		{Label: r.T("desk.jobs.round"), Text: r.T("desk.jobs.round." + string(map[bool]desk.Round{false: desk.Indoor, true: desk.Outdoor}[s.Outdoor]))},
		{Label: r.T("desk.standings.department"), Text: s.DepartmentName},
	}
	if s.KindName != "" {
		facts[1].Text, facts[1].Sub = s.KindName, facts[1].Text
	}
	if s.CrewName == "" {
		facts[2].Text = r.T("desk.standing.crew_of_trade")
	}
	if !s.Ends.IsZero() {
		facts = append(facts, ui.Fact{Label: r.T("desk.standings.ends"), Text: r.W2.Day(s.Ends)})
	}
	if s.Detail != "" {
		facts = append(facts, ui.Fact{Label: r.T("desk.standing.detail"), Text: s.Detail, Wide: true})
	}
	stops := ui.Table{ID: "stops", Bare: true, Caption: r.T("desk.standing.stops"), Columns: []ui.Head{{Label: r.T("desk.stop.department")}, {Label: r.T("desk.stop.place")}}}
	for n := range s.Stops {
		stops.Rows = append(stops.Rows, ui.Row{Cells: []ui.Cell{{Text: s.Stops[n].DepartmentName}, {Text: s.Stops[n].PlaceName}}})
	}
	came, err := desk.TurnsOf(r.Context(), r.Read(), s.ID, 40)
	if err != nil {
		return err
	}
	story, err := r.Story(desk.StandingNoun, s.ID)
	if err != nil {
		return err
	}
	parts := []templ.Component{ui.Section("", ui.Facts(facts...))}
	if len(s.Stops) > 0 {
		title := r.T("desk.standing.stops")
		if s.Together {
			title += " · " + r.T("desk.standing.together")
		}
		parts = append(parts, ui.Section(title, ui.List(r.W2, stops)))
	}
	parts = append(parts, ui.Section(r.T("desk.turns"), ui.List(r.W2, turnTable(r, came))))
	p.Body = ui.Beside(ui.Below(parts...), ui.Section(r.T("desk.page.story"), story))
	return r.Show(p, s)
}

// standingSteps are what this person may do with a plan now.
func standingSteps(r *web.Req, s *desk.Standing) (out []ui.Action) {
	at := "/desk/standing/" + s.ID
	push := func(name, icon string, tone ui.Tone) {
		out = append(out, ui.Action{Name: name, Label: r.T("desk.standing." + name), Icon: icon, Tone: tone, Post: at + "/" + name,
			Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: version(s.Version)}}})
	}
	if s.State == desk.Ended {
		return nil
	}
	if r.By.May(desk.MayDispatch) || r.By.May(desk.MaySchedule) {
		push("press", "player-play", ui.Accent)
	}
	if !r.By.May(desk.MaySchedule) {
		return out
	}
	out = append(out, ui.Action{Name: "edit", Label: r.T("desk.standing.edit"), Icon: "edit", Href: at + "/edit"})
	if s.State == desk.Running {
		push("rest", "player-pause", ui.Plain)
	} else {
		push("go_on", "player-play", ui.Plain)
	}
	push("end", "player-stop", ui.Danger)
	return out
}

// turnTable is what came of turns, each with its job.
func turnTable(r *web.Req, came []desk.Turn) ui.Table {
	t := ui.Table{ID: "turns", Bare: true, Caption: r.T("desk.turns"), Empty: ui.Nothing{Text: r.T("desk.turns.none")}, Columns: []ui.Head{{Label: r.T("desk.turns.day")}, {Label: r.T("desk.turn.where")},
		{Label: r.T("desk.turns.outcome")}, {Label: r.T("desk.turns.number")}, {Label: r.T("desk.turns.worker_name"), Minor: true}, {Label: r.T("desk.turns.found"), Num: true, Minor: true}}}
	for i := range came {
		c := &came[i]
		day := ui.Cell{Text: r.W2.Day(c.Day)}
		if c.Pressed {
			day.Sub = r.T("desk.turns.pressed")
		}
		where := ui.Cell{Text: c.PlaceName, Sub: c.DepartmentName}
		if c.PlaceName == "" {
			where = ui.Cell{Text: c.DepartmentName}
		}
		state := ui.Cell{Text: r.T("desk.turn." + c.Outcome), State: true, Tone: ui.Soon}
		if c.Outcome == desk.Raised {
			state = ui.Cell{Text: r.T("desk.job.state." + string(c.JobState)), State: true}
		}
		row := ui.Row{Cells: []ui.Cell{day, where, state, {Text: c.Number}, {Text: c.WorkerName}, {}}}
		if c.Found > 0 {
			row.Cells[5].Text = r.W2.Number(c.Found)
		}
		if c.Job != "" {
			row.Href = "/desk/jobs/" + c.Job
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// standingFact is the plan from which a job comes, and the job on whose way it was found.
func standingFact(r *web.Req, j *desk.Job) (fs []ui.Fact, err error) {
	if j.Round != desk.OnCall {
		fs = append(fs, ui.Fact{Label: r.T("desk.jobs.round"), Text: r.T("desk.jobs.round." + string(j.Round))})
	}
	if j.Standing != "" {
		s, err := desk.StandingByID(r.Context(), r.Read(), db.System("desk"), j.Standing)
		if err != nil {
			return nil, err
		}
		f := ui.Fact{Label: r.T("desk.standing"), Text: s.Title, Sub: s.Cycle(r.W2)}
		if r.By.May(desk.MaySee) {
			f.Href = "/desk/standing/" + s.ID
		}
		fs = append(fs, f)
	}
	if strings.TrimSpace(j.BoundName) != "" {
		fs = append(fs, ui.Fact{Label: r.T("desk.jobs.bound"), Text: j.BoundName, Wide: true})
	}
	return fs, nil
}
