package deskweb

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words"
	"houqin/internal/desk"
)

// alarmRoutes are the door by which panels tell of alarms, and the desk's to what they told.
func (c *Counter) alarmRoutes() []web.Route {
	alarm := desk.Alarm{}
	return []web.Route{
		{At: "POST /alarms", Need: web.Anyone, Do: hear, Form: &desk.SoundForm, Gives: alarm, Limit: 16 << 10},
		{At: "GET /desk/alarms", Need: desk.MayDispatch, Do: alarms, List: &desk.Alarms},
		{At: "GET /desk/alarms/{id}", Need: desk.MayDispatch, Do: alarm1, Gives: alarm},
		{At: "POST /desk/alarms/{id}/raise", Need: desk.MayDispatch, Do: raiseAlarm, Form: &desk.AlarmJobForm, Gives: alarm},
		{At: "POST /desk/alarms/{id}/join", Need: desk.MayDispatch, Do: joinAlarm, Form: &desk.AlarmJoinForm, Gives: alarm},
		{At: "POST /desk/alarms/{id}/dismiss", Need: desk.MayDispatch, Do: dismissAlarm, Form: &desk.SilenceForm, Gives: alarm},
	}
}

// hear takes in what a panel tells, by the panel's own key. That it was told it is too much
// is counted in a unit of its own, since the refused one leaves nothing.
func hear(r *web.Req) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	p, err := desk.PanelByKey(r.Context(), r.Read(), cmp.Or(r.Header.Get("X-Alarm-Key"), in.Value("key")))
	if err != nil {
		return err
	}
	r.By = p.As("web " + web.From(r.Request))
	err = web.Submit(r, &desk.SoundForm, nil, func(tx *db.Tx, s *desk.Sound) (web.Done, error) {
		a, err := desk.Hear(r.Context(), tx, p.ID, *s)
		return web.Done{To: "/", Data: a}, err
	})
	if fault.KindOf(err) == fault.TooMany {
		if noted := r.Do(func(tx *db.Tx) error { return desk.NoteRefused(r.Context(), tx, p.ID) }); noted != nil {
			return noted
		}
	}
	return err
}

func alarms(r *web.Req) error {
	p := web.ListPage{Default: "state=waiting", Page: ui.Page{Sub: r.T("desk.alarms.sub")}, Empty: ui.Nothing{Text: r.T("desk.alarms.empty")}}
	flood, err := desk.Flooding(r.Context(), r.Read())
	if err != nil {
		return err
	}
	for _, f := range flood {
		p.Page.Flash = append(p.Page.Flash, ui.Note{Text: r.T("desk.alarms.flood", f.Name, r.W2.Instant(f.RefusedAt, r.Read().Moment())), Tone: ui.Danger})
	}
	if r.By.May(desk.MayArrange) {
		p.Page.Actions = []ui.Action{{Name: "panels", Label: r.T("desk.panels"), Href: "/desk/panels", Icon: "settings"}}
	}
	return r.List(&desk.Alarms, desk.AlarmScope(r.By), p)
}

var alarmTones = map[desk.AlarmState]ui.Tone{desk.Sounding: ui.Danger, desk.Jobbed: ui.Done, desk.Added: ui.Done, desk.Silenced: ui.Quiet}

// alarm1 is one alarm as it came, what else waits at its point, what is open where it is,
// and what can be done about it.
func alarm1(r *web.Req) error {
	ctx := r.Context()
	a, err := desk.AlarmByID(ctx, r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(a)
	}
	others, err := desk.Alike(ctx, r.Read(), &a)
	if err != nil {
		return err
	}
	open, err := known(r, a.Place, "alarm")
	if err != nil {
		return err
	}
	now := r.Read().Moment()
	p := ui.Page{Heading: a.Text, Sub: a.PanelName, Live: []string{desk.AlarmNoun}, Back: &ui.Link{Label: r.T("desk.alarms"), Href: "/desk/alarms"},
		Mark: &ui.Mark{Word: r.T("desk.alarm.state." + string(a.State)), Tone: alarmTones[a.State]}}
	if p.Actions, err = alarmSteps(r, &a, open); err != nil {
		return err
	}
	facts := []ui.Fact{
		{Label: r.T("desk.alarms.place"), Text: a.PlaceName, Sub: a.Point, Wide: true},
		{Label: r.T("desk.alarms.urgency"), Text: r.T("desk.urgency." + string(a.Urgency))},
		{Label: r.T("desk.alarms.at"), Text: r.W2.Instant(a.At, now)},
		{Label: r.T("desk.alarms.department"), Text: a.DepartmentName},
		{Label: r.T("desk.alarms.key"), Text: a.Key},
	}
	if a.SaidAt != 0 && a.SaidAt.Sub(a.At).Abs().Minutes() > 1 {
		facts = append(facts, ui.Fact{Label: r.T("desk.alarms.said_at"), Text: r.W2.Full(a.SaidAt)})
	}
	if a.Times > 1 {
		facts = append(facts, ui.Fact{Label: r.T("desk.alarms.times"), Text: r.W2.Number(a.Times), Sub: r.W2.Instant(a.LastAt, now)})
	}
	if a.ClearedAt != 0 {
		facts = append(facts, ui.Fact{Label: r.T("desk.alarms.cleared_at"), Text: r.W2.Instant(a.ClearedAt, now)})
	}
	if a.State != desk.Sounding {
		facts = append(facts, ui.Fact{Label: r.T("desk.alarms.decided_by"), Text: a.DecidedBy, Sub: r.W2.Instant(a.DecidedAt, now)})
	}
	if a.Job != "" {
		facts = append(facts, ui.Fact{Label: r.T("desk.alarms.job_number"), Text: a.JobNumber, Href: "/desk/jobs/" + a.Job, Sub: r.T("desk.job.state." + string(a.JobState))})
	}
	if a.Reason != "" {
		facts = append(facts, ui.Fact{Label: r.T("desk.alarms.reason"), Text: r.T("desk.silence.reason." + a.Reason), Sub: a.Note})
	}
	story, err := r.Story(desk.AlarmNoun, a.ID)
	if err != nil {
		return err
	}
	parts := []templ.Component{ui.Section("", ui.Facts(facts...))}
	if len(open) > 0 {
		parts = append(parts, alreadyOpen(r.W2, "alarm", open))
	}
	if len(others) > 0 {
		t := ui.Table{ID: "others", Bare: true, Caption: r.T("desk.alarms.others"), Columns: []ui.Head{{Label: r.T("desk.alarms.text")}, {Label: r.T("desk.alarms.at")}}}
		for _, o := range others {
			t.Rows = append(t.Rows, ui.Row{Href: "/desk/alarms/" + o.ID, Cells: []ui.Cell{{Text: o.Text}, {Text: r.W2.Instant(o.At, now)}}})
		}
		parts = append(parts, alike(r.W2, r.T("desk.alarms.others"), t))
	}
	p.Body = ui.Below(append(parts, ui.Section(r.T("desk.page.story"), story))...)
	return r.Show(p, a)
}

// alarmSteps are the steps with what the panel says put into their questions.
func alarmSteps(r *web.Req, a *desk.Alarm, open []Known) ([]ui.Action, error) {
	actions, err := r.Buttons(desk.AlarmNoun, "/desk/alarms/"+a.ID, a.Version, desk.Alarming.Open(r.By, a))
	if err != nil {
		return nil, err
	}
	kinds, err := kindOptions(r)
	if err != nil {
		return nil, err
	}
	for i := range actions {
		x := &actions[i]
		x.Icon = map[string]string{"raise": "check", "join": "link", "dismiss": "x"}[x.Name]
		if x.Ask == nil {
			continue
		}
		if len(open) == 0 {
			x.Ask.Fields = slices.DeleteFunc(x.Ask.Fields, func(f ui.Field) bool { return f.Name == "job" })
		}
		for k := range x.Ask.Fields {
			f := &x.Ask.Fields[k]
			switch f.Name {
			case "job":
				f.Kind = ui.KindCards
				for _, j := range open {
					f.Options = append(f.Options, ui.Option{Value: j.ID, Label: j.Title, Hint: j.Number + " · " + r.T("desk.job.state."+string(j.State))})
				}
			case "kind":
				f.Options = kinds
			}
			if x.Open || x.Name != "raise" {
				continue
			}
			switch f.Name {
			case "title":
				f.Value = strings.TrimSpace(words.Begin(a.Text, 100))
			case "kind":
				f.Value = a.Kind
			case "urgency":
				f.Value = string(a.Urgency)
			case "place":
				f.Value, f.Shown = a.Place, a.PlaceName
			case "department":
				f.Value, f.Shown = a.Department, a.DepartmentName
			}
		}
	}
	return actions, nil
}

// kindOptions are the kinds that are offered, as a choice.
func kindOptions(r *web.Req) (all []ui.Option, err error) {
	kinds, err := desk.Kinds(r.Context(), r.Read())
	for i := range kinds {
		if k := &kinds[i]; !k.Closed {
			all = append(all, ui.Option{Value: k.ID, Label: called(r, k)})
		}
	}
	return all, err
}

func raiseAlarm(r *web.Req) error {
	return web.Submit(r, &desk.AlarmJobForm, alarm1, func(tx *db.Tx, j *desk.AlarmJob) (web.Done, error) {
		a, err := desk.RaiseAlarm(r.Context(), tx, r.PathValue("id"), r.Version(), *j)
		return web.Done{To: "/desk/jobs/" + a.Job + "/send?back=/desk/board", Say: "desk.done.reported", Args: []string{a.JobNumber}, Data: a}, err
	})
}

func joinAlarm(r *web.Req) error {
	return web.Submit(r, &desk.AlarmJoinForm, alarm1, func(tx *db.Tx, j *desk.AlarmJoin) (web.Done, error) {
		a, err := desk.JoinAlarm(r.Context(), tx, r.PathValue("id"), r.Version(), *j)
		return web.Done{To: "/desk/alarms", Say: "desk.done.joined", Args: []string{a.JobNumber}, Data: a}, err
	})
}

func dismissAlarm(r *web.Req) error {
	return web.Submit(r, &desk.SilenceForm, alarm1, func(tx *db.Tx, s *desk.Silence) (web.Done, error) {
		a, err := desk.DismissAlarm(r.Context(), tx, r.PathValue("id"), r.Version(), *s)
		return web.Done{To: "/desk/alarms", Say: "desk.done.alarm_dismissed", Data: a}, err
	})
}

// soundedNote says on a job's page that a panel tells of it, and how often.
func soundedNote(r *web.Req, j *desk.Job) (ns []ui.Note, err error) {
	all, err := desk.AlarmsOf(r.Context(), r.Read(), j.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	n := ui.Note{Text: r.T("desk.note.alarms", all[0].PanelName, len(all), r.W2.Instant(all[0].At, r.Read().Moment())), Tone: ui.Soon}
	if !slices.ContainsFunc(all, func(a desk.Alarm) bool { return a.ClearedAt == 0 }) {
		n.Text, n.Tone = n.Text+" "+r.T("desk.note.alarms.cleared"), ui.Plain
	}
	if r.By.May(desk.MayDispatch) {
		n.Link = &ui.Link{Label: r.T("desk.alarms"), Href: "/desk/alarms/" + all[0].ID}
	}
	return []ui.Note{n}, nil
}

// panelPicker finds panels by their names.
var panelPicker = web.Picker{Need: desk.MayDispatch,
	Find: func(ctx context.Context, r db.Reader, _ db.Actor, text string) (picks []web.Pick, err error) {
		all, err := desk.Panels.All(ctx, r, list.Where{}, 200)
		for _, p := range all {
			if strings.Contains(p.Name, strings.TrimSpace(text)) && len(picks) < 20 {
				picks = append(picks, web.Pick{ID: p.ID, Label: p.Name})
			}
		}
		return picks, err
	},
	Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
		p, err := desk.PanelByID(ctx, r, id)
		return p.Name, err
	}}
