package deskweb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/flow"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/desk"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// jobs is the list of all that a person sees; ?late=1 narrows it to what is late,
// ?item= to what a material was drawn for.
func jobs(r *web.Req) error {
	w, p := desk.Scope(r.By), web.ListPage{Default: "open=true"}
	if r.URL.Query().Get("late") != "" {
		w, p.Page.Heading = desk.Late(w, period.At(r.Read().Moment())), r.T("desk.jobs.late")
	}
	if id := r.URL.Query().Get("item"); id != "" {
		item, err := catalog.Get(r.Context(), r.Read(), id)
		if err != nil {
			return err
		}
		w, p.Page.Heading = desk.Got(w, item.ID), r.T("desk.jobs.got", item.Title())
	}
	if r.By.May(desk.MayReport) {
		p.Page.Actions = []ui.Action{{Name: "report", Label: r.T("desk.report"), Href: "/desk/report", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&desk.Jobs, w, p)
}

// stages of a job's line; paused and working are one station.
var stages = []struct {
	state desk.State
	at    func(*desk.Job) period.Instant
}{
	{desk.Reported, func(j *desk.Job) period.Instant { return j.ReportedAt }},
	{desk.Dispatched, func(j *desk.Job) period.Instant { return j.DispatchedAt }},
	{desk.Accepted, func(j *desk.Job) period.Instant { return j.AcceptedAt }},
	{desk.Working, func(j *desk.Job) period.Instant { return j.ArrivedAt }},
	{desk.Done, func(j *desk.Job) period.Instant { return j.FinishedAt }},
	{desk.Closed, func(j *desk.Job) period.Instant { return j.ClosedAt }},
}

func line(r *web.Req, j *desk.Job) (out []ui.Stage) {
	now, state := r.Read().Moment(), j.State
	switch state {
	case desk.Paused:
		state = desk.Working
	case desk.OnWay:
		state = desk.Accepted
	}
	at := slices.IndexFunc(stages, func(s struct {
		state desk.State
		at    func(*desk.Job) period.Instant
	}) bool {
		return s.state == state
	})
	for i, s := range stages {
		g := ui.Stage{Label: r.T("desk.stage." + string(s.state))}
		when := s.at(j)
		switch {
		case dead(j) && when.IsZero(), i > at && !dead(j):
			when = 0
		case i == at && (j.State == desk.Paused || j.State == desk.OnWay):
			g.Label, g.State = r.T("desk.job.state."+string(j.State)), ui.Now
		case i == at && j.Open:
			g.State = ui.Now
		case dead(j) && s.state == desk.Closed:
			g.Label, g.State = r.T("desk.job.state."+string(j.State)), ui.Missed
		default:
			g.State = ui.Passed
		}
		g.When = r.W2.Instant(when, now)
		out = append(out, g)
	}
	return out
}

func mark(r *web.Req, j *desk.Job) *ui.Mark {
	return &ui.Mark{Word: r.T("desk.job.state." + string(j.State)), Tone: markTone(j)}
}

func markTone(j *desk.Job) ui.Tone {
	switch j.State {
	case desk.Closed, desk.Cancelled, desk.Merged:
		return ui.Quiet
	case desk.Done:
		return ui.Done
	case desk.Paused:
		return ui.Soon
	case desk.Working:
		return ui.Accent
	}
	return ui.Plain
}

// show is a job's page: what can be done now, where it stands, what is known, what
// happened.
func (c *Counter) show(r *web.Req) error {
	j, err := desk.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(j)
	}
	at := "/desk/jobs/" + j.ID
	p := ui.Page{Heading: j.Title, Sub: j.Number, Mark: mark(r, &j), Live: []string{desk.Noun}, Back: cameFrom(r, &j),
		Actions: []ui.Action{{Name: "slip", Label: r.T("desk.slip"), Href: at + "/slip", Icon: "printer", Fresh: true}}}
	if j.Active() && j.State != desk.Working && r.By.MayIn(desk.MayDispatch, j.Department) {
		p.Actions = append(p.Actions, ui.Action{Name: "send", Label: r.T("desk.send"), Href: at + "/send", Icon: "users"})
	}
	open, err := c.buttons(r, &j)
	if err != nil {
		return err
	}
	image, err := desk.Drawing(r.Context(), r.Read(), &j)
	if err != nil {
		return err
	}
	drawn, err := desk.DrawnFor(r.Context(), r.Read(), j.ID)
	if err != nil {
		return err
	}
	photos, err := c.photos(r, j.ID)
	if err != nil {
		return err
	}
	story, err := r.Story(desk.Noun, j.ID)
	if err != nil {
		return err
	}
	life, err := lifeOf(r, &j)
	if err != nil {
		return err
	}
	more, err := lifeNotes(r, &j)
	if err != nil {
		return err
	}
	sounded, err := soundedNote(r, &j)
	if err != nil {
		return err
	}
	more = append(sounded, more...)
	var steps []awayStep
	if err = r.Keep(&p); err == nil && p.Keep {
		steps, err = c.awaySteps(r, &j)
	}
	if err != nil {
		return err
	}
	times, err := later(r, &j)
	if err != nil {
		return err
	}
	late, err := tooLate(r, j.ID)
	if err != nil {
		return err
	}
	plan, err := standingFact(r, &j)
	if err != nil {
		return err
	}
	p.Body = jobPage(r.W2, page{Job: &j, Away: steps, Late: late, Times: times, Life: life, Notes: append(notes(r, &j), more...), Buttons: open, Line: line(r, &j), Facts: append(facts(r, &j), plan...), Result: result(r, &j, image), Parts: parts(r, drawn), Photos: photos, Story: story})
	return r.Show(p, j)
}

// cameFrom is where a job's page leads back to: for whose job it is, to their own page, which
// also opens without a network.
func cameFrom(r *web.Req, j *desk.Job) *ui.Link {
	if j.Worker == r.By.ID && r.By.May(desk.MayWork) {
		return &ui.Link{Label: r.T("desk.mine"), Href: "/desk/mine"}
	}
	return &ui.Link{Label: r.T("desk.jobs"), Href: "/desk/jobs"}
}

// page is what a job's page is made of.
type page struct {
	Job     *desk.Job
	Notes   []ui.Note
	Buttons []ui.Action
	Away    []awayStep // those that may be taken without a network, also later ones
	Late    []tooLateSent
	Times   []ui.Fact // said by phones
	Line    []ui.Stage
	Facts   []ui.Fact
	Result  []ui.Fact
	Parts   *ui.Table
	Photos  []ui.Photo
	Life    templ.Component
	Story   templ.Component
}

// buttons are the steps that the person may take now.
func (c *Counter) buttons(r *web.Req, j *desk.Job, only ...string) ([]ui.Action, error) {
	steps := desk.Life.Open(r.By, j)
	if len(only) > 0 {
		steps = slices.DeleteFunc(steps, func(b flow.Button) bool { return !slices.Contains(only, b.Name) })
	}
	open, err := r.Buttons(desk.Life.Name, "/desk/jobs/"+j.ID, j.Version, steps)
	if err != nil {
		return nil, err
	}
	if c.Files == nil {
		open = slices.DeleteFunc(open, func(a ui.Action) bool { return a.Name == "picture" })
	}
	if open, err = returnable(r, j, open); err != nil {
		return nil, err
	}
	if open, err = hastenable(r, j, open); err != nil {
		return nil, err
	}
	if open, err = hirable(r, j, open); err != nil {
		return nil, err
	}
	putDown(j, open)
	return open, c.ready(r, j, open)
}

// hastenable leaves the step away until one may hasten again.
func hastenable(r *web.Req, j *desk.Job, open []ui.Action) ([]ui.Action, error) {
	at := slices.IndexFunc(open, func(a ui.Action) bool { return a.Name == "hasten" })
	if at < 0 {
		return open, nil
	}
	again, err := desk.HastenAgain(r.Context(), r.Read(), j)
	if err == nil && instant(r.Read().Moment()).Before(again) {
		open = slices.Delete(open, at, at+1)
	}
	return open, err
}

// returnable offers the parts that may come back, or leaves the step away.
func returnable(r *web.Req, j *desk.Job, open []ui.Action) ([]ui.Action, error) {
	at := slices.IndexFunc(open, func(a ui.Action) bool { return a.Name == "take_back" })
	if at < 0 {
		return open, nil
	}
	if j.Parts == 0 || !r.By.May(warehouse.MayUse) {
		return slices.Delete(open, at, at+1), nil
	}
	drawn, err := desk.DrawnFor(r.Context(), r.Read(), j.ID)
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	for _, d := range desk.Returnable(drawn) {
		options = append(options, ui.Option{Value: d.Document + "." + strconv.FormatInt(d.Line, 10), Label: d.Item.Title() + " " + d.Item.Say(d.Qty), Hint: d.Number})
	}
	for i := range open[at].Ask.Fields {
		if f := &open[at].Ask.Fields[i]; f.Name == "line" {
			f.Kind, f.Options = ui.KindCards, options
		}
	}
	return open, nil
}

// ready puts into the steps' questions what is known already.
func (c *Counter) ready(r *web.Req, j *desk.Job, open []ui.Action) error {
	for i := range open {
		a := &open[i]
		a.Icon = stepIcons[a.Name]
		if err := lifeReady(r, j, a); err != nil {
			return err
		}
		if a.Ask != nil && c.Files == nil {
			a.Ask.Fields = slices.DeleteFunc(a.Ask.Fields, func(f ui.Field) bool { return f.Kind == ui.KindPhoto })
		}
		if a.Name == "sign_here" && r.Site.Demo {
			if err := lendPIN(r, j, a.Ask); err != nil {
				return err
			}
		}
		if a.Name == "sign" && a.Ask != nil {
			notFixed(r, a.Ask.Fields)
		}
		if a.Ask == nil || a.Open {
			continue
		}
		for k := range a.Ask.Fields {
			f := &a.Ask.Fields[k]
			switch {
			case a.Name == "finish" && f.Name == "minutes":
				if n := j.Spent(r.Read().Moment()); n > 0 && n <= shiftMost {
					f.Value = r.W2.Number(n)
				}
			case a.Name == "finish" && f.Name == "store":
				from, err := desk.UsualStore(r.Context(), r.Read(), r.By)
				if err != nil {
					return err
				}
				f.Value, f.Shown = from.ID, from.Name
			case (a.Name == "dispatch" || a.Name == "reassign") && f.Name == "crew":
				f.Value, f.Shown = j.Crew, j.CrewName
			}
		}
	}
	return nil
}

// lendPIN says on the demo's form who of the ward may sign, and with which PIN.
func lendPIN(r *web.Req, j *desk.Job, f *ui.Form) error {
	pin, err := db.Setting(r.Context(), r.Read(), desk.DemoPIN)
	if err != nil || pin == "" {
		return err
	}
	ward, err := people.People.All(r.Context(), r.Read(), list.Where{}.And("p.department = ? AND p.closed = false AND p.id <> ?", j.Department, j.Worker), 1)
	if err == nil && len(ward) > 0 {
		f.Intro = r.T("desk.demo_pin", ward[0].Number, ward[0].Name, pin)
	}
	return err
}

// shiftMost is how many minutes since the arrival are offered as working time: what is longer
// has a night in it, and is said by who did the work.
const shiftMost = 8 * 60

var stepIcons = map[string]string{"grab": "hand-finger", "accept": "check", "depart": "walk", "arrive": "map-pin", "finish": "circle-check", "resume": "player-play", "pause": "player-pause",
	"sign": "signature", "sign_here": "signature", "return": "arrow-back-up", "dispatch": "send", "reassign": "switch-horizontal", "hasten": "bell-ringing", "comment": "message", "picture": "camera", "cancel": "ban", "outside": "truck", "hire": "phone-call",
	"decline": "x", "escalate": "arrow-up", "plan": "clipboard-list", "take_back": "arrow-back-up",
	"triage": "eye", "amend": "edit", "merge": "packages", "find": "eye", "split": "git-branch", "reopen": "refresh", "explain": "message-2", "rate": "star", "complain": "alert-triangle", "invoice": "receipt"}

// notes are what the reader must know before acting.
func notes(r *web.Req, j *desk.Job) (ns []ui.Note) {
	switch {
	case j.Tone(r.Read().Moment()) == "danger":
		ns = append(ns, ui.Note{Text: r.T("desk.note.late", r.W2.Span(coarse(period.At(r.Read().Moment()).Sub(j.Due)))), Tone: ui.Danger})
	}
	if j.State == desk.Paused {
		said := r.T("desk.pause.code." + j.Waits)
		if j.Reason != said {
			said = strings.TrimSpace(said + " " + j.Reason)
		}
		if j.Clock != "" {
			said += " · " + r.T("desk.clock."+string(j.Clock)+".note")
		}
		ns = append(ns, ui.Note{Text: said, Tone: ui.Soon})
	}
	if j.Hastened > 0 && j.Active() {
		n := ui.Note{Text: r.T("desk.note.hastened", j.Hastened), Tone: ui.Soon}
		if !j.HastenedAt.IsZero() {
			n.Text += r.T("desk.note.hastened.last", r.W2.Instant(j.HastenedAt, r.Read().Moment()))
		}
		ns = append(ns, n)
	}
	if j.State == desk.Reported && !j.TriagedAt.IsZero() {
		ns = append(ns, ui.Note{Text: r.T("desk.note.triaged", j.TriagedBy, r.W2.Instant(j.TriagedAt, r.Read().Moment()))})
	}
	if j.Returned > 0 && j.Active() {
		ns = append(ns, ui.Note{Text: r.T("desk.note.returned", j.Reason), Tone: ui.Soon})
	}
	if j.State == desk.Reported && j.Reason != "" {
		ns = append(ns, ui.Note{Text: r.T("desk.note.declined", j.Reason), Tone: ui.Soon})
	}
	if j.Level > 0 && j.Active() {
		n := ui.Note{Text: r.T("desk.note.raised", r.T("approvals.post."+desk.Ladder[j.Level-1]), j.Hard), Tone: ui.Soon}
		if j.Plan != "" {
			n = ui.Note{Text: r.T("desk.note.plan", j.Plan), Tone: ui.Done}
		}
		ns = append(ns, n)
	}
	if j.State == desk.Cancelled {
		ns = append(ns, ui.Note{Text: r.T("desk.note.cancelled", j.Reason), Tone: ui.Quiet})
	}
	return ns
}

// dial calls who reported a job, for whoever stands before their door with a phone in hand.
func dial(r *web.Req, j *desk.Job) string {
	if j.Phone == "" || j.Worker != r.By.ID || strings.Trim(j.Phone, "0123456789-+ ") != "" {
		return ""
	}
	return "tel:" + strings.ReplaceAll(j.Phone, " ", "")
}

func facts(r *web.Req, j *desk.Job) []ui.Fact {
	now := r.Read().Moment()
	fs := []ui.Fact{
		{Label: r.T("desk.jobs.place"), Text: j.PlaceName, Sub: j.Spot, Wide: true},
		{Label: r.T("desk.jobs.department"), Text: j.DepartmentName},
		{Label: r.T("desk.jobs.reporter_name"), Text: j.ReporterName, Sub: j.Phone, Href: dial(r, j)},
		{Label: r.T("desk.jobs.trade"), Text: r.T("desk.trade." + string(j.Trade))},
		{Label: r.T("desk.jobs.urgency"), Text: r.T("desk.urgency." + string(j.Urgency)), State: true, Tone: urgencyTone(j)},
		{Label: r.T("desk.jobs.worker"), Text: j.WorkerName, Sub: j.CrewName},
	}
	if j.KindName != "" {
		fs[3].Text, fs[3].Sub = j.KindName, fs[3].Text
	}
	if j.WorkerName == "" {
		fs[5] = ui.Fact{Label: r.T("desk.jobs.crew"), Text: j.CrewName}
	}
	if j.Active() {
		due := ui.Fact{Label: r.T("desk.jobs.due"), Text: r.W2.Instant(j.Due, now), Tone: ui.Tone(j.Tone(now))}
		if j.Clock != "" {
			due.Sub = r.T("desk.clock." + string(j.Clock) + ".note")
		}
		fs = append(fs, due)
		if j.AnswerDue != 0 && j.AnsweredAt == 0 {
			fs = append(fs, ui.Fact{Label: r.T("desk.jobs.answer_due"), Text: r.W2.Instant(j.AnswerDue, now)})
		}
		if j.ComeDue != 0 && j.CameAt == 0 {
			fs = append(fs, ui.Fact{Label: r.T("desk.jobs.come_due"), Text: r.W2.Instant(j.ComeDue, now)})
		}
	}
	if j.Open && j.Sign != desk.SignWard {
		fs = append(fs, ui.Fact{Label: r.T("desk.kind.sign"), Text: r.T("desk.kind.sign." + j.Sign)})
	}
	fs = append(fs, ui.Fact{Label: r.T("desk.jobs.reported_at"), Text: r.W2.Instant(j.ReportedAt, now), Sub: r.T("desk.source." + j.Source)})
	if j.Asset != "" {
		asset := ui.Fact{Label: r.T("desk.jobs.asset"), Text: j.AssetName}
		if r.By.May(assets.MaySee) {
			asset.Href = "/asset-cards/" + j.Asset
		}
		fs = append(fs, asset)
	}
	if j.Answers != "" {
		fs = append(fs, ui.Fact{Label: r.T("desk.jobs.answers"), Text: j.Answers, Wide: true})
	}
	if j.Detail != "" {
		fs = append(fs, ui.Fact{Label: r.T("desk.jobs.detail"), Text: j.Detail, Wide: true})
	}
	return fs
}

func urgencyTone(j *desk.Job) ui.Tone {
	switch {
	case !j.Active():
	case j.Urgency == desk.Emergency:
		return ui.Danger
	case j.Urgency == desk.Urgent:
		return ui.Soon
	}
	return ui.Plain
}

// result is what was done and what it cost, once that is known.
func result(r *web.Req, j *desk.Job, signature string) (fs []ui.Fact) {
	if j.Done == "" && j.Cost == 0 && j.State != desk.Closed {
		return nil
	}
	fs = []ui.Fact{
		{Label: r.T("desk.jobs.done"), Text: j.Done, Wide: true},
		{Label: r.T("desk.jobs.cause"), Text: j.Cause, Wide: true},
		{Label: r.T("desk.jobs.minutes"), Text: r.T("desk.n_minutes", j.Minutes), Num: true},
		{Label: r.T("desk.jobs.labour"), Text: r.W2.Money(j.Labour), Num: true},
		{Label: r.T("desk.jobs.parts"), Text: r.W2.Money(j.Parts), Num: true},
		{Label: r.T("desk.jobs.cost"), Text: r.W2.Money(j.Cost), Num: true},
	}
	if j.Outside > 0 {
		fs = append(fs, ui.Fact{Label: r.T("desk.jobs.outside"), Text: r.W2.Money(j.Outside), Num: true}, ui.Fact{Label: r.T("desk.jobs.total"), Text: r.W2.Money(j.Total), Num: true})
	}
	if j.Budget != "" {
		fs = append(fs, ui.Fact{Label: r.T("desk.jobs.budget"), Text: j.Budget})
	}
	if j.Reused > 0 {
		fs = append(fs, ui.Fact{Label: r.T("desk.jobs.reused"), Text: r.W2.Number(j.Reused), Num: true}, ui.Fact{Label: r.T("desk.jobs.saved"), Text: r.W2.Money(j.Saved), Num: true})
	}
	if j.Plan != "" {
		fs = append(fs, ui.Fact{Label: r.T("desk.jobs.plan"), Text: j.Plan, Wide: true})
	}
	if j.State == desk.Closed && j.Signer != "" {
		f := ui.Fact{Label: r.T("desk.jobs.signer"), Text: j.Signer}
		if signature != "" {
			f.Part = drawn(signature, j.Signer)
		}
		fs = append(fs, f)
	}
	if j.Rating > 0 {
		fs = append(fs, ui.Fact{Label: r.T("desk.jobs.rating"), Text: r.T("desk.sign.rating." + string('0'+rune(j.Rating))), Sub: said(r, j)})
	}
	return fs
}

// parts is what the job drew from the stores.
func parts(r *web.Req, drawn []desk.Drawn) *ui.Table {
	if len(drawn) == 0 {
		return nil
	}
	t := &ui.Table{ID: "parts", Bare: true, Caption: r.T("desk.page.parts"), Columns: []ui.Head{{Label: r.T("desk.part.item")}, {Label: r.T("desk.part.qty"), Num: true},
		{Label: r.T("desk.costs.cost"), Num: true}, {Label: r.T("desk.part.paper")}}}
	for _, d := range drawn {
		paper := ui.Cell{Text: d.Number, Sub: d.Store}
		if r.By.May(warehouse.MaySee) {
			paper.Href = "/warehouse/documents/" + d.Document
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: d.Item.Title()}, {Text: d.Item.Say(d.Qty)}, {Text: r.W2.Money(d.Cost)}, paper}})
	}
	return t
}
