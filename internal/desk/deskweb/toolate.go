package deskweb

import (
	"cmp"
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// Now is how a job stands, in words, for a phone whose person decides about what it sent
// too late.
type Now struct {
	Title     string    `json:"title"`
	Facts     []NowFact `json:"facts"`
	Then      string    `json:"then"`      // what Meanwhile is called
	Meanwhile []string  `json:"meanwhile"` // what was done since, the first first
}

// NowFact is one thing that is known.
type NowFact struct {
	Label string `json:"label"`
	Text  string `json:"text"`
}

// tooLateSent is something that a phone sent too late, beside how the job stands.
type tooLateSent struct {
	Title  string
	Sent   []ui.Fact
	Stands []ui.Fact // none where the page says it once for all of them
	after  period.Instant
}

// meanwhileMost is how many lines of what was done meanwhile are told.
const meanwhileMost = 8

// standsSo says who has a job, how far it is and since when.
func standsSo(r *web.Req, s *desk.Stand) []NowFact {
	who := s.Job.WorkerName
	if who != "" && s.Job.CrewName != "" {
		who = r.T("desk.late.who", who, s.Job.CrewName)
	} else if who == "" {
		who = s.Job.CrewName
	}
	if who == "" {
		who = r.T("desk.late.nobody")
	}
	return []NowFact{{r.T("desk.late.state"), r.T("desk.late.since", r.T("desk.job.state."+string(s.Job.State)), r.W2.Instant(s.Since, r.Read().Moment()))}, {r.T("desk.late.has"), who}}
}

// did are lines of a story as sentences: 今天 10:05 赵调度 改派：李志强.
func did(r *web.Req, all []db.Entry) (lines []string) {
	if len(all) > meanwhileMost {
		all = all[len(all)-meanwhileMost:]
	}
	for _, e := range all {
		line := strings.Join([]string{r.W2.Instant(e.At, r.Read().Moment()), e.By, r.T("did.desk.job." + e.Action)}, " ")
		if note, _, _ := strings.Cut(e.Note, "\n"); note != "" {
			line = r.T("desk.late.did", line, note)
		}
		lines = append(lines, line)
	}
	return lines
}

// stands answers a phone, or shows its person, how a job stands; ?since= is the moment, in
// milliseconds, after which they want to know what was done.
func stands(r *web.Req) error {
	s, err := desk.StandOf(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	all, err := tooLateOf(r, &s)
	if err != nil {
		return err
	}
	since := s.Job.ReportedAt
	if len(all) > 0 {
		since = slices.MinFunc(all, func(a, b tooLateSent) int { return cmp.Compare(a.after, b.after) }).after
	}
	if ms, err := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64); err == nil && ms > 0 && ms <= 1<<42 {
		since = period.Instant(ms * 1000)
	}
	now := Now{Title: r.T("desk.late.now"), Facts: standsSo(r, &s), Then: r.T("desk.late.meanwhile"), Meanwhile: did(r, s.Meanwhile(since, period.At(r.Read().Moment())))}
	if r.JSON() {
		return r.Give(now)
	}
	for n := range all {
		all[n].Stands = nil // it stands above them all
	}
	p := ui.Page{Heading: s.Job.Number, Mark: mark(r, &s.Job), Live: []string{desk.Noun}}
	if s.Whole {
		p.Heading, p.Sub = s.Job.Title, s.Job.Number
		p.Actions = []ui.Action{{Name: "job", Label: r.T("desk.send.job"), Href: "/desk/jobs/" + s.Job.ID, Icon: "clipboard-list"}}
	}
	var facts []ui.Fact
	for _, f := range now.Facts {
		facts = append(facts, ui.Fact{Label: f.Label, Text: f.Text})
	}
	if len(now.Meanwhile) > 0 {
		facts = append(facts, ui.Fact{Label: now.Then, Text: strings.Join(now.Meanwhile, "\n"), Wide: true})
	}
	p.Body = ui.Below(ui.Section(r.T("desk.late.now"), ui.Facts(facts...)), sentTooLate(r.W2, all))
	return r.Show(p, now)
}

// tooLate is what phones sent too late of a job that the reader sees.
func tooLate(r *web.Req, job string) ([]tooLateSent, error) {
	s, err := desk.StandOf(r.Context(), r.Read(), r.By, job)
	if err != nil {
		return nil, err
	}
	return tooLateOf(r, &s)
}

func tooLateOf(r *web.Req, s *desk.Stand) (all []tooLateSent, err error) {
	sent := s.Undecided()
	if len(sent) == 0 {
		return nil, nil
	}
	said, err := desk.SaidOf(r.Context(), r.Read(), s.Job.ID)
	if err != nil {
		return nil, err
	}
	now := r.Read().Moment()
	for _, e := range sent {
		if !s.Whole && e.ByID != r.By.ID {
			continue
		}
		x := tooLateSent{Title: r.T("desk.late.of", e.By, r.T("did.desk.job."+e.Action)), after: e.At}
		for _, t := range said {
			if t.Step == e.Action && t.ByName == e.By && t.At == e.At {
				x.after = t.SaidAt.Add(-t.Ahead)
				x.Sent = append(x.Sent, ui.Fact{Label: r.T("desk.late.done"), Text: r.W2.Instant(x.after, now)})
			}
		}
		x.Sent = append(x.Sent, ui.Fact{Label: r.T("desk.late.came"), Text: r.W2.Instant(e.At, now)}, ui.Fact{Label: r.T("desk.late.text"), Text: e.Note, Wide: true})
		for _, f := range standsSo(r, s) {
			x.Stands = append(x.Stands, ui.Fact{Label: f.Label, Text: f.Text})
		}
		lines := did(r, s.Meanwhile(x.after, e.At))
		if len(lines) == 0 {
			lines = []string{r.T("desk.late.nothing")}
		}
		x.Stands = append(x.Stands, ui.Fact{Label: r.T("desk.late.meanwhile"), Text: strings.Join(lines, "\n"), Wide: true})
		all = append(all, x)
	}
	return all, nil
}

// notTaken has a step that a phone sends later, and that is refused, stand in the job's
// story with what was written, and its person told.
func notTaken(do func(*web.Req) error) func(*web.Req) error {
	return func(r *web.Req) error {
		err := do(r)
		at, ahead, later := r.Said()
		e, ok := errors.AsType[*fault.Error](err)
		if !later || !ok || e.Kind != fault.Invalid && e.Kind != fault.Conflict && e.Kind != fault.Forbidden && e.Kind != fault.NotFound {
			return err
		}
		id, step := r.PathValue("id"), path.Base(r.URL.Path)
		kept := r.Do(func(tx *db.Tx) error {
			kept, err := desk.NotTaken(r.Context(), tx, id, r.T("desk.late.why", r.T("desk.job."+step), because(r, e)), written(r))
			if err != nil || !kept {
				return err
			}
			return desk.Say(r.Context(), tx, desk.Said{Job: id, Step: "late", SaidAt: at, Ahead: ahead})
		})
		if kept != nil && fault.KindOf(kept) != fault.NotFound && fault.KindOf(kept) != fault.Conflict {
			return kept // the phone sends it again
		}
		return err
	}
}

// because is a refusal in the reader's words.
func because(r *web.Req, e *fault.Error) string {
	if len(e.Fields) == 0 {
		return r.T(e.Key, e.Args...)
	}
	lines := make([]string, len(e.Fields))
	for n, f := range e.Fields {
		lines[n] = r.T(f.Key, f.Args...)
	}
	return strings.Join(lines, r.T("desk.said.and"))
}

// written is what stood in a form that a phone sends, in its person's words.
func written(r *web.Req) string {
	in, err := r.Input()
	if err != nil {
		return ""
	}
	var shown [][2]string
	if json.Unmarshal([]byte(in.Value("_shown")), &shown) != nil {
		return ""
	}
	var lines []string
	for _, f := range shown {
		lines = append(lines, strings.TrimSpace(f[0]+" "+f[1]))
	}
	return strings.Join(lines, "\n")
}
