package deskweb

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/departments"
	"houqin/internal/desk"
)

// card is a job on a board or in a worker's hand.
func card(r *web.Req, j *desk.Job) ui.Job {
	now := r.Read().Moment()
	c := ui.Job{Href: "/desk/jobs/" + j.ID, Number: j.Number, Title: j.Title, Where: j.PlaceName, Who: j.WorkerName, Icon: icons[string(j.Trade)], Tone: ui.Tone(j.Tone(now))}
	if j.Spot != "" {
		c.Where += " " + j.Spot
	}
	if c.Where == "" {
		c.Where = j.DepartmentName
	}
	if c.Who == "" {
		c.Who = j.CrewName
	}
	c.When, c.WhenTone = when(r, j), c.Tone
	if t := urgencyTone(j); t != ui.Plain {
		c.Marks = append(c.Marks, ui.Mark{Word: r.T("desk.urgency." + string(j.Urgency)), Tone: t})
	}
	if j.State == desk.Paused {
		c.Marks = append(c.Marks, ui.Mark{Word: r.T("desk.pause.code." + j.Waits), Tone: ui.Soon})
	}
	if j.Level > 0 && j.Active() {
		c.Marks = append(c.Marks, ui.Mark{Word: r.T("desk.mark.hard"), Tone: ui.Danger})
	}
	if j.Unread() && r.By.May(desk.MayDispatch) {
		c.Marks = append(c.Marks, ui.Mark{Word: r.T("desk.mark.unread"), Tone: ui.Soon})
	}
	if j.Hastened > 0 && j.Active() {
		c.Marks = append(c.Marks, ui.Mark{Word: r.T("desk.mark.hastened", j.Hastened), Tone: ui.Soon})
	}
	return c
}

// coarse leaves the seconds away where minutes are what counts.
func coarse(d time.Duration) time.Duration {
	if d > 10*time.Minute {
		return d.Truncate(time.Minute)
	}
	return d
}

// when says how long a job has left or is late, and of one that is done, since when.
func when(r *web.Req, j *desk.Job) string {
	now := r.Read().Moment()
	switch {
	case !j.Active():
		return r.T("desk.when.done", r.W2.Instant(j.FinishedAt, now))
	case j.Due.IsZero():
		return ""
	case j.Clock != "":
		return r.T("desk.clock." + string(j.Clock) + ".note")
	case j.Tone(now) == "danger":
		return r.T("desk.when.late", r.W2.Span(coarse(instant(now).Sub(j.Due))))
	}
	return r.T("desk.when.left", r.W2.Span(j.Due.Sub(instant(now))))
}

// steps are a job's open steps of the names given, leading back to a page.
func (c *Counter) steps(r *web.Req, j *desk.Job, back string, names ...string) ([]ui.Action, error) {
	open, err := c.buttons(r, j, names...)
	if err != nil {
		return nil, err
	}
	var out []ui.Action
	for _, a := range open {
		for _, n := range names {
			if a.Name != n {
				continue
			}
			to := ui.Pair{Name: "_back", Value: back}
			if a.Ask != nil {
				a.Ask.ID, a.Ask.Hidden = n+"-"+j.ID, append(a.Ask.Hidden, to)
			} else {
				a.Hidden = append(a.Hidden, to)
			}
			if len(out) > 0 && a.Tone == ui.Accent {
				a.Tone = ui.Plain // one thing stands out
			}
			out = append(out, a)
		}
	}
	return out, nil
}

// mine is the worker's page: the next job with big buttons, the others in hand, and
// what may be taken.
func (c *Counter) mine(r *web.Req) error {
	own, err := desk.Pending.All(r.Context(), r.Read(), desk.Mine(r.By), onPage)
	if err != nil {
		return err
	}
	free, err := takeable(r)
	if err != nil {
		return err
	}
	var p minePage
	for _, i := range order(own) {
		j := &own[i]
		k := card(r, j)
		k.Who = j.ReporterName + " " + j.Phone
		if len(p.Next) == 0 {
			if k.Actions, err = c.steps(r, j, "/desk/mine", inHand...); err != nil {
				return err
			}
			p.Next = []ui.Job{k}
			continue
		}
		if j.State != desk.Paused {
			k.Marks = append(k.Marks, *mark(r, j))
		}
		begin := []string{"accept", "resume"}
		if j.State == desk.Accepted || j.State == desk.OnWay {
			begin = []string{"arrive"}
		}
		if k.Actions, err = c.steps(r, j, "/desk/mine", begin...); err != nil {
			return err
		}
		quiet(k.Actions)
		p.Others = append(p.Others, k)
	}
	for i := range free {
		k := card(r, &free[i])
		if k.Actions, err = c.steps(r, &free[i], "/desk/mine", "grab", "arrive"); err != nil {
			return err
		}
		if free[i].Urgency == desk.Emergency {
			p.Urgent = append(p.Urgent, k)
			continue
		}
		quiet(k.Actions)
		p.Free = append(p.Free, k)
	}
	day := r.Site.DB.Today().Start(r.Site.DB.Zone)
	done, err := desk.Jobs.All(r.Context(), r.Read(), list.Where{}.And("j.worker = ? AND j.finished_at >= ?", r.By.ID, day), 50)
	if err != nil {
		return err
	}
	p.Today = ui.Table{ID: "done", Bare: true, Caption: r.T("desk.mine.today"), Columns: []ui.Head{{Label: r.T("desk.jobs.title")}, {Label: r.T("desk.jobs.state")}, {Label: r.T("desk.jobs.place")},
		{Label: r.T("desk.jobs.finished_at")}}}
	for i := range done {
		j := &done[i]
		p.Today.Rows = append(p.Today.Rows, ui.Row{Href: "/desk/jobs/" + j.ID, Cells: []ui.Cell{{Text: j.Title}, {Text: mark(r, j).Word, State: true, Tone: mark(r, j).Tone},
			{Text: j.PlaceName}, {Text: r.W2.Instant(j.FinishedAt, r.Read().Moment())}}})
	}
	if p.Team, err = team(r); err != nil {
		return err
	}
	shown := ui.Page{Heading: r.T("desk.mine"), Live: []string{desk.Noun}, Body: mineBody(r.W2, p), Actions: []ui.Action{{Name: "here", Label: r.T("desk.here.code"), Href: "/desk/here", Icon: "scan"}, {Name: "after", Label: r.T("desk.after"), Href: "/desk/after", Icon: "circle-check"}}}
	owed, err := desk.OldOwed(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return err
	}
	if owed > 0 {
		shown.Flash = append(shown.Flash, ui.Note{Text: r.T("desk.old.owed", owed), Tone: ui.Soon, Link: &ui.Link{Label: r.T("desk.old"), Href: "/desk/old"}})
	}
	if err := r.Keep(&shown, along(r, []string{"/desk/report", "/desk/after"}, own)...); err != nil {
		return err
	}
	return r.Show(shown, nil)
}

// inHand are the steps of the job at the top of a worker's page.
var inHand = []string{"accept", "depart", "arrive", "finish", "resume", "pause", "decline"}

// minePage is what a worker's page is made of.
type minePage struct {
	Next, Urgent, Others, Free []ui.Job
	Today, Team                ui.Table
}

// team is a worker's crew: who is on duty, what they have in hand and where they are.
func team(r *web.Req) (ui.Table, error) {
	t := ui.Table{ID: "team", Bare: true, Caption: r.T("desk.mine.team"), Columns: []ui.Head{{Label: r.T("desk.rota.person")}, {Label: r.T("desk.roster.now")}, {Label: r.T("desk.today.open"), Num: true}, {Label: r.T("desk.jobs.place")}}}
	all, err := desk.Team(r.Context(), r.Read(), r.By.Unit)
	for _, c := range all {
		if c.Person == r.By.ID {
			continue
		}
		duty := ui.Cell{Text: r.T("desk.send.off"), State: true, Tone: ui.Quiet}
		switch {
		case c.Duty.On && c.Duty.Known:
			duty.Text, duty.Tone = c.Duty.Shift, ui.Done
		case !c.Duty.Known:
			duty.Text = r.T("desk.roster.none")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Name}, duty, {Text: r.W2.Number(c.Load)}, {Text: c.At}}})
	}
	return t, err
}

// order puts emergencies first, then what is being worked on, what is paused last, and keeps
// the deadlines' order between.
func order(js []desk.Job) []int {
	rank := func(j *desk.Job) int {
		switch {
		case j.State == desk.Paused:
			return 3
		case j.Urgency == desk.Emergency:
			return 0
		case j.State == desk.Working:
			return 1
		}
		return 2
	}
	at := make([]int, len(js))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(rank(&js[a]), rank(&js[b])) })
	return at
}

// takeable are the jobs that a worker may take, the emergencies before all others, however
// late those are.
func takeable(r *web.Req) (free []desk.Job, err error) {
	for _, w := range []string{"j.urgency = 'emergency'", "j.urgency <> 'emergency'"} {
		found, err := desk.Pending.All(r.Context(), r.Read(), desk.Takeable(r.By).And(w), 30)
		if err != nil {
			return nil, err
		}
		free = append(free, found...)
	}
	return free, nil
}

// quiet takes the main button's colour from steps that wait behind the next job.
func quiet(steps []ui.Action) {
	for i := range steps {
		if steps[i].Tone == ui.Accent {
			steps[i].Tone = ui.Plain
		}
	}
}

// lanes of the board, by state.
var lanes = []struct {
	key    string
	states []string
	tone   ui.Tone
}{
	{"reported", []string{"reported"}, ui.Danger},
	{"dispatched", []string{"dispatched", "accepted", "on_way"}, ui.Plain},
	{"working", []string{"working"}, ui.Accent},
	{"paused", []string{"paused"}, ui.Soon},
	{"done", []string{"done"}, ui.Done},
}

const onLane = 30

// board is the dispatcher's wall.
func (c *Counter) board(r *web.Req) error {
	crew := r.URL.Query().Get("crew")
	see := desk.Scope(r.By)
	here := "/desk/board"
	var crews []departments.Department
	if crew != "" || !r.Follows() { // two hundred screens that follow the whole board need no tabs
		var err error
		if crews, err = departments.Departments.All(r.Context(), r.Read(), teams, 50); err != nil {
			return err
		}
	}
	if crew != "" {
		here += "?crew=" + url.QueryEscape(crew)
		if slices.ContainsFunc(crews, func(t departments.Department) bool { return t.ID == crew }) {
			see = ofCrew(see, crew)
		} else {
			see = see.And("j.crew = ?", crew)
		}
	}
	tabs := []ui.Link{{Label: r.T("desk.board.all"), Href: "/desk/board", Current: crew == ""}}
	for _, t := range crews {
		tabs = append(tabs, ui.Link{Label: t.Name, Href: "/desk/board?crew=" + t.ID, Current: crew == t.ID})
	}
	draw := func() (templ.Component, error) { return c.lanes(r, see, here, crew) }
	other := ui.Action{Name: "by_crew", Label: r.T("desk.board.by_crew"), Href: "/desk/board?by=crew", Icon: "users"}
	if r.URL.Query().Get("by") == "crew" {
		here, tabs = "/desk/board?by=crew", nil
		draw = func() (templ.Component, error) { return c.crewLanes(r, see, here) }
		other = ui.Action{Name: "by_state", Label: r.T("desk.board.by_state"), Href: "/desk/board", Icon: "layout-kanban"}
		// What is built for many is told apart from the board by state.
		see = see.And("'by crew' = 'by crew'")
	}
	if part, err := r.Shared(see, draw); part || err != nil {
		return err
	}
	body, err := draw()
	if err != nil {
		return err
	}
	p := ui.Page{Heading: r.T("desk.board"), Wide: true, Live: []string{desk.Noun}, Tabs: tabs, Body: body, Actions: []ui.Action{other}}
	if r.By.May(desk.MayDispatch) {
		if len(crews) == 0 && !r.Follows() {
			p.Flash = append(p.Flash, ui.Note{Text: r.T("desk.no_crew") + r.T("desk.no_crew.hint"), Tone: ui.Soon, Link: &ui.Link{Label: r.T("desk.no_crew.go"), Href: "/departments"}})
		}
		p.Actions = []ui.Action{other, {Name: "call", Label: r.T("desk.call"), Href: "/desk/call", Icon: "phone-call", Tone: ui.Accent}}
	}
	return r.Show(p, nil)
}

// lanes are the open jobs of the board by how far they are.
func (c *Counter) lanes(r *web.Req, see list.Where, here, crew string) (templ.Component, error) {
	b := ui.Boards{Here: here, Live: desk.Noun, Label: r.T("desk.board")}
	grave, err := desk.Pending.All(r.Context(), r.Read(), see.And("j.open = true AND j.urgency = 'emergency'"), 5*onLane)
	if err != nil {
		return nil, err
	}
	for _, l := range lanes {
		var shown []desk.Job
		var all desk.Count
		for _, state := range l.states { // each of them in its index's order
			// The state is said, not given: what depends on nothing given PostgreSQL plans
			// once for each connection, else for each look, which takes longer than to answer it.
			found, err := desk.Pending.Fetch(r.Context(), r.Read(), list.Query{Size: onLane}, see.And("j.open = true AND j.urgency <> 'emergency' AND j.state = '"+state+"'"))
			if err != nil {
				return nil, err
			}
			shown = append(shown, found.Rows...)
			all.N, all.More = all.N+found.Count, all.More || found.More
		}
		slices.SortStableFunc(shown, func(a, b desk.Job) int { return cmp.Compare(a.Due, b.Due) })
		shown = shown[:min(len(shown), onLane)]
		// Emergencies stand on top of their lane, however late others are.
		var first []desk.Job
		for i := range grave {
			if slices.Contains(l.states, string(grave[i].State)) {
				first = append(first, grave[i])
			}
		}
		shown = append(first, shown...)
		all.N += len(first)
		lane := ui.Lane{Key: l.key, Title: r.T("desk.lane." + l.key), Tone: l.tone, Count: count(r, all), Empty: r.T("desk.lane." + l.key + ".empty")}
		for i := range shown {
			j := &shown[i]
			k := card(r, j)
			if j.State == desk.Accepted || j.State == desk.OnWay {
				k.Marks = append(k.Marks, *mark(r, j))
			}
			if k.Actions, err = c.steps(r, j, "/desk/board", "dispatch", "triage"); err != nil {
				return nil, err
			}
			for i := range k.Actions {
				k.Actions[i].Tone = ui.Plain // a wall of them would shout
			}
			lane.Cards = append(lane.Cards, k)
		}
		if all.More || all.N > len(shown) {
			lane.More = &ui.Link{Label: r.T("desk.board.more"), Href: "/desk/jobs?state=" + strings.Join(l.states, ",")}
			if crew != "" {
				lane.More.Href += "&crew=" + url.QueryEscape(crew)
			}
		}
		b.Lanes = append(b.Lanes, lane)
	}
	return ui.Board(r.W2, b), nil
}

func count(r *web.Req, c desk.Count) string {
	s := r.W2.Number(int64(c.N))
	if c.More {
		s += "+"
	}
	return s
}

// today is the director's page: how the desk stands, each figure opening its jobs.
func today(r *web.Req) error {
	d := r.Site.DB
	day := d.Today()
	month := day.Month()
	now := r.Read().Moment()
	at := instant(now)
	f, err := desk.Today(r.Context(), r.Read(), r.By, at, day.Start(d.Zone), month.Start(d.Zone))
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(f)
	}
	span := func(key, from, to string) string {
		return "/desk/jobs?" + key + ".from=" + from + "&" + key + ".to=" + to
	}
	figure := func(key, href, icon string, c desk.Count, tone ui.Tone) ui.Figure {
		if c.N == 0 {
			tone = ui.Plain
		}
		return ui.Figure{Label: r.T("desk.today." + key), Value: count(r, c), Href: href, Icon: icon, Tone: tone}
	}
	figures := []ui.Figure{
		figure("open", "/desk/jobs?open=true", "clipboard-list", f.Open, ui.Plain),
		figure("late", "/desk/jobs?late=1", "alarm", f.Late, ui.Danger),
		figure("emergency", "/desk/jobs?urgency=emergency&"+desk.Unfinished, "urgent", f.Emergency, ui.Danger),
		figure("reported", span("reported_at", string(day), string(day)), "message-2", f.Reported, ui.Plain),
		figure("finished", span("finished_at", string(day), string(day)), "circle-check", f.Finished, ui.Done),
		figure("unsigned", "/desk/jobs?state=done", "signature", f.Unsigned, ui.Soon),
		{Label: r.T("desk.today.cost"), Value: r.W2.Money(f.Cost), Unit: r.T("ui.yuan"), Href: "/desk/costs?month=" + string(month), Icon: "currency-yuan"},
	}
	late, err := desk.Pending.All(r.Context(), r.Read(), desk.Late(desk.Scope(r.By), at), 10)
	if err != nil {
		return err
	}
	var worst []ui.Job
	for i := range late {
		k := card(r, &late[i])
		if late[i].State != desk.Paused {
			k.Marks = append(k.Marks, *mark(r, &late[i]))
		}
		worst = append(worst, k)
	}
	crews, err := desk.CrewLoads(r.Context(), r.Read(), r.By, at)
	if err != nil {
		return err
	}
	t := ui.Table{ID: "crews", Bare: true, Caption: r.T("desk.today.crews"), Empty: ui.Nothing{Text: r.T("desk.today.crews.none"), Icon: "circle-check"}, Columns: []ui.Head{{Label: r.T("desk.jobs.crew")}, {Label: r.T("desk.today.open"), Num: true}, {Label: r.T("desk.today.late"), Num: true}}}
	for _, c := range crews {
		name, of, late := c.Name, "&"+desk.OfCrew(c.Crew), ui.Cell{Text: r.W2.Number(c.Late)}
		if name == "" {
			name = r.T("desk.today.no_crew")
		}
		if c.Late > 0 {
			late.Tone, late.Href = ui.Danger, "/desk/jobs?late=1"+of
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/desk/jobs?" + desk.Unfinished + of, Cells: []ui.Cell{{Text: name}, {Text: r.W2.Number(c.Open)}, late}})
	}
	return r.Show(ui.Page{Heading: r.T("desk.today"), Actions: []ui.Action{{Name: "again", Label: r.T("desk.again"), Href: "/desk/again", Icon: "refresh"},
		{Name: "breaches", Label: r.T("desk.breaches"), Href: "/desk/breaches", Icon: "alarm"}, {Name: "advice", Label: r.T("desk.advice"), Href: "/desk/advice", Icon: "chart-bar"}}, Live: []string{desk.Noun}, Body: todayBody(r.W2, figures, worst, t)}, f)
}
