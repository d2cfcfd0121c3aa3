package deskweb

import (
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/messages"
	"houqin/internal/requests"
	"houqin/internal/wardstores"
)

// signing is one signature under several jobs.
type signing struct {
	desk.Signing
	Jobs []string
}

var signAllForm = form.Of[signing]{Name: "desk.sign_all", Fields: []form.Field[signing]{
	{Key: "jobs", Into: func(s *signing) any { return &s.Jobs }, Required: true},
	{Key: "signature", Into: func(s *signing) any { return &s.Signature }, Kind: form.Signature, Most: 140_000, Required: true},
	{Key: "rating", Into: func(s *signing) any { return &s.Rating }, Kind: form.Cards, OneOf: desk.Ratings, Enum: "desk.sign.rating", Most: 5},
	{Key: "reasons", Into: func(s *signing) any { return &s.Reasons }, Kind: form.Many, OneOf: desk.RatedFor, Enum: "desk.reason"},
	{Key: "opinion", Into: func(s *signing) any { return &s.Opinion }, Most: 500},
}}

const onPage = 100 // jobs of a ward on its page; the list has the others

// ward is the page of a department that reports: one big button, what waits for its
// signature, and where everything else stands.
func ward(r *web.Req) error {
	unsigned, err := desk.Pending.All(r.Context(), r.Read(), desk.Unsigned(r.By), onPage)
	if err != nil {
		return err
	}
	open, err := desk.Pending.All(r.Context(), r.Read(), desk.Ward(r.By).And("j.state <> 'done'"), onPage)
	if err != nil {
		return err
	}
	now := r.Read().Moment()
	w := wardPage{Tiles: []ui.Tile{{Label: r.T("desk.report"), Hint: r.T("desk.report.hint"), Href: "/desk/report", Icon: "tool", Tone: ui.Accent}}}
	if n := len(unsigned); n > 0 {
		w.Tiles = append(w.Tiles, ui.Tile{Label: r.T("desk.ward.unsigned"), Href: "#unsigned", Icon: "signature", Count: n, Tone: ui.Soon})
		f, err := r.Form(&signAllForm, &signing{}, ui.Form{ID: "unsigned", Action: "/desk/sign", Submit: r.T("desk.job.sign"),
			Hidden: []ui.Pair{{Name: "_offline", Value: r.T("desk.job.sign")}, {Name: "_back", Value: "/desk/ward"}, {Name: "_alone", Value: "1"}}})
		if err != nil {
			return err
		}
		notFixed(r, f.Fields)
		for i := range f.Fields {
			x := &f.Fields[i]
			if x.Name != "jobs" {
				continue
			}
			for _, j := range unsigned {
				x.Options = append(x.Options, ui.Option{Value: j.ID, Label: j.Title + " · " + j.WorkerName, Hint: signedFor(r, &j)})
				if r.Failed(&signAllForm) == nil {
					x.Values = append(x.Values, j.ID)
				}
			}
		}
		w.Sign = &f
	}
	w.Tiles = append(w.Tiles, goods(r)...)
	w.Tiles = append(w.Tiles, ui.Tile{Label: r.T("desk.ward.all"), Href: "/desk/jobs?all=1", Icon: "clipboard-list"})
	t := ui.Table{ID: "open", Caption: r.T("desk.ward.open"), Bare: true, Here: "/desk/ward", Live: desk.Noun, Empty: ui.Nothing{Text: r.T("desk.ward.none"), Icon: "circle-check"},
		Columns: []ui.Head{{Label: r.T("desk.jobs.title")}, {Label: r.T("desk.jobs.state")}, {Label: r.T("desk.jobs.worker")}, {Label: r.T("desk.jobs.due")}, {Label: r.T("desk.jobs.place")}, {Label: r.T("desk.jobs.reported_at")}}}
	for _, j := range open {
		tone := ui.Tone(j.Tone(now))
		who := j.WorkerName
		if who == "" {
			who = j.CrewName
		}
		waits := ""
		if j.State == desk.Paused {
			waits = r.T("desk.pause.code." + j.Waits)
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/desk/jobs/" + j.ID, Tone: tone, Cells: []ui.Cell{
			{Text: j.Title, Sub: j.Number}, {Text: r.T("desk.job.state." + string(j.State)), State: true, Tone: markTone(&j)}, {Text: who, Sub: waits},
			{Text: when(r, &j), Tone: tone, Title: r.W2.Full(j.Due)}, {Text: j.PlaceName, Sub: j.Spot}, {Text: r.W2.Instant(j.ReportedAt, now)}}})
	}
	w.Open = t
	if w.News, err = news(r); err != nil {
		return err
	}
	p := ui.Page{Heading: r.T("desk.ward"), Live: []string{desk.Noun}, Body: wardBody(r.W2, w)}
	if err := r.Keep(&p, along(r, []string{"/desk/report"}, unsigned, open)...); err != nil {
		return err
	}
	return r.Show(p, nil)
}

// notFixed says beside that reason that what is not mended is sent back, not signed.
func notFixed(r *web.Req, fields []ui.Field) {
	for _, x := range fields {
		for i := range x.Options {
			if x.Name == "reasons" && x.Options[i].Value == "not_fixed" {
				x.Options[i].Hint = r.T("desk.reason.not_fixed.hint")
			}
		}
	}
}

// signedFor says what one's name is put under: where it was, when it was done, and what.
func signedFor(r *web.Req, j *desk.Job) string {
	parts := []string{j.Number, strings.TrimSpace(j.PlaceName + " " + j.Spot), r.W2.Instant(j.FinishedAt, r.Read().Moment())}
	if j.Done != j.Title {
		parts = append(parts, j.Done)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// pressing are the messages that a ward should not find only among all others: somebody asks or
// answers, cannot get in, or does not come.
var pressing = []string{messages.Commented, messages.Barred, messages.CalledOff, messages.Joined, messages.Answered}

const (
	newsMost = 3 // the page of messages has the others
	newsDays = 7
)

// news are the latest of those that were not read yet, with a button to say they were.
func news(r *web.Req) (n wardNews, err error) {
	all, err := messages.Notes(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return n, err
	}
	since := period.At(r.Read().Moment().AddDate(0, 0, -newsDays))
	for _, x := range all {
		key := "messages.says." + x.Event
		if x.Seen || x.At < since || !slices.Contains(pressing, x.Event) || !r.W2.Has(key) || len(n.Said) == newsMost {
			continue
		}
		args := []any{}
		for _, a := range x.Args {
			args = append(args, a)
		}
		n.Said = append(n.Said, ui.Link{Label: r.T(key, args...), Href: x.Href})
	}
	if len(n.Said) > 0 {
		n.Seen = ui.Action{Name: "seen", Label: r.T("desk.ward.read"), Post: "/messages/seen", Icon: "checks", Tone: ui.Quiet,
			Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "up_to", Value: all[0].ID}, {Name: "_back", Value: "/desk/ward"}}}
	}
	return n, nil
}

// wardNews is what the ward was told and has not read.
type wardNews struct {
	Said []ui.Link
	Seen ui.Action
}

// goods lead from the ward's page to what a ward comes for besides repairs: to ask for
// goods, and to its own store.
func goods(r *web.Req) (ts []ui.Tile) {
	if r.By.May(requests.MayAsk) && r.W2.Has("requests.do.ask") {
		ts = append(ts, ui.Tile{Label: r.T("requests.do.ask"), Href: "/requests/new", Icon: "shopping-cart"})
	}
	if r.By.May(wardstores.MayUse) && r.W2.Has("wardstores.mine") {
		ts = append(ts, ui.Tile{Label: r.T("wardstores.mine"), Href: "/ward-store", Icon: "package"})
	}
	return ts
}

// wardPage is what the ward's page is made of.
type wardPage struct {
	Tiles []ui.Tile
	Sign  *ui.Form
	Open  ui.Table
	News  wardNews
}

func signAll(r *web.Req) error {
	return web.Submit(r, &signAllForm, ward, func(tx *db.Tx, s *signing) (web.Done, error) {
		n, err := desk.SignAll(r.Context(), tx, s.Jobs, s.Signing)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "desk.signed_already")
		}
		if err == nil {
			err = sayWhen(r, r.Context(), tx, s.Jobs...)
		}
		say, args := "desk.done.signed_all", []string{r.W2.Number(int64(n))}
		if left := len(s.Jobs) - n; left > 0 {
			say, args = "desk.done.signed_some", append(args, r.W2.Number(int64(left)))
		}
		return web.Done{To: "/desk/ward", Say: say, Args: args, Data: map[string]int{"signed": n}}, err
	})
}
