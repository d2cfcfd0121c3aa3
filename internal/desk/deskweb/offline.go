package deskweb

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/flow"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// Phones lets the worker's and the ward's pages work without a network.
var Phones = web.Phones{On: desk.OfflineOn, Key: desk.PhoneKey}

// away are the steps that may be taken without a network and sent later. Taking a job
// that others may take too, or handing it back, is for those who can hear an answer.
var away = []string{"accept", "depart", "arrive", "finish", "resume", "pause", "sign", "return", "picture", "comment", "hasten"}

// putDown marks the steps that a phone may put down: with what the person will read of
// them while they wait.
func putDown(j *desk.Job, open []ui.Action) {
	for i := range open {
		a := &open[i]
		if !slices.Contains(away, a.Name) {
			continue
		}
		said := []ui.Pair{{Name: "_offline", Value: a.Label + " · " + j.Title}, {Name: "_aside", Value: "/desk/jobs/" + j.ID + "/aside"}, {Name: "_now", Value: "/desk/jobs/" + j.ID + "/now"}}
		if a.Ask != nil {
			a.Ask.Hidden = append(a.Ask.Hidden, said...)
		} else if a.Post != "" {
			a.Hidden = append(a.Hidden, said...)
		}
	}
}

// phoneRoutes are the doors that only phones use which send later.
func (c *Counter) phoneRoutes() []web.Route {
	return []web.Route{{At: "GET /desk/jobs/{id}/now", Need: web.SignedIn, Do: stands, Gives: Now{}}, {At: "POST /desk/jobs/{id}/aside", Need: web.SignedIn, Do: c.aside, Form: &desk.AsideForm, Gives: desk.Job{}}}
}

// aside keeps as a note what was done without a network and no longer counts as a step.
func (c *Counter) aside(r *web.Req) error {
	t := c.take(r)
	return asked(c, r, &desk.AsideForm, "desk.done.aside", func(ctx context.Context, tx *db.Tx, id string, _ int64, a desk.Aside) (desk.Job, error) {
		j, err := desk.SetAside(ctx, tx, id, a.Text)
		if err == nil {
			err = t.attach(ctx, tx, id)
		}
		return j, err
	})
}

// awayStep is a step as a page kept on a phone has it: from where it leads where.
type awayStep struct {
	Name, From, To string
	Button         ui.Action
}

// awaySteps are all steps of a job that this person may take one after another, also
// those that come after others: without a network nobody else can draw them.
func (c *Counter) awaySteps(r *web.Req, j *desk.Job) ([]awayStep, error) {
	var steps []awayStep
	for _, s := range desk.Life.Steps {
		if !slices.Contains(away, s.Name) || !desk.Life.May(r.By, s.Need, j) || s.Need == desk.MayWork && r.By.ID != j.Worker || (s.Need == desk.MaySign || s.Name == "hasten") && r.By.ID == j.Worker {
			continue
		}
		drawn, err := r.Buttons(desk.Life.Name, "/desk/jobs/"+j.ID, 0, []flow.Button{{Name: s.Name, Ask: s.Ask, Tone: s.Tone}})
		if err == nil {
			err = c.ready(r, j, drawn)
		}
		if err != nil {
			return nil, err
		}
		if c.Files == nil && s.Name == "picture" {
			continue
		}
		putDown(j, drawn)
		from := make([]string, len(s.From))
		for i, f := range s.From {
			from[i] = string(f)
		}
		steps = append(steps, awayStep{s.Name, strings.Join(from, " "), string(s.To), drawn[0]})
	}
	return steps, nil
}

// along are the pages that a phone keeps with the page of somebody's own jobs: the jobs
// themselves, and what else they may need where there is no network.
func along(r *web.Req, pages []string, jobs ...[]desk.Job) []string {
	pages = slices.DeleteFunc(pages, func(p string) bool { return r.Way(p) == "" })
	for _, some := range jobs {
		for i := range some {
			pages = append(pages, "/desk/jobs/"+some[i].ID)
		}
	}
	return pages
}

// sayWhen keeps, with a step that a phone sends later, when the phone says it was.
func sayWhen(r *web.Req, ctx context.Context, tx *db.Tx, jobs ...string) error {
	at, ahead, ok := r.Said()
	if !ok {
		return nil
	}
	for _, j := range jobs {
		if err := desk.Say(ctx, tx, desk.Said{Job: j, Step: path.Base(r.URL.Path), SaidAt: at, Ahead: ahead}); err != nil {
			return err
		}
	}
	return nil
}

// later are the times that phones say, where they are not those that count.
func later(r *web.Req, j *desk.Job) ([]ui.Fact, error) {
	all, err := desk.SaidOf(r.Context(), r.Read(), j.ID)
	var fs []ui.Fact
	for _, s := range all {
		if !s.Differs() {
			continue
		}
		step := "did.desk.job." + s.Step
		if !r.W2.Has(step) { // the story tells it with its reason
			step = "desk.job." + s.Step
		}
		f := ui.Fact{Label: r.T("desk.said.step", r.T(step), s.ByName), Text: r.T("desk.said.at", r.W2.Full(s.SaidAt)), Sub: r.T("desk.said.came", r.W2.Full(s.At)), Wide: true}
		if a := s.Ahead; a.Abs() > time.Minute {
			key := "desk.said.ahead"
			if a < 0 {
				key = "desk.said.behind"
			}
			f.Sub += r.T("desk.said.and") + r.T(key, r.W2.Span(a.Abs()))
		}
		fs = append(fs, f)
	}
	return fs, err
}
