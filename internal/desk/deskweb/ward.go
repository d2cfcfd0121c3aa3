package deskweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
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
		for i := range f.Fields {
			x := &f.Fields[i]
			if x.Name != "jobs" {
				continue
			}
			for _, j := range unsigned {
				x.Options = append(x.Options, ui.Option{Value: j.ID, Label: j.Title + " · " + j.WorkerName, Hint: j.Number + " · " + r.W2.Instant(j.FinishedAt, now) + " · " + j.Done})
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
		t.Rows = append(t.Rows, ui.Row{Href: "/desk/jobs/" + j.ID, Tone: tone, Cells: []ui.Cell{
			{Text: j.Title, Sub: j.Number}, {Text: r.T("desk.job.state." + string(j.State)), State: true, Tone: markTone(&j)}, {Text: who},
			{Text: when(r, &j), Tone: tone, Title: r.W2.Full(j.Due)}, {Text: j.PlaceName, Sub: j.Spot}, {Text: r.W2.Instant(j.ReportedAt, now)}}})
	}
	w.Open = t
	p := ui.Page{Heading: r.T("desk.ward"), Live: []string{desk.Noun}, Body: wardBody(r.W2, w)}
	if err := r.Keep(&p, along(r, []string{"/desk/report"}, unsigned, open)...); err != nil {
		return err
	}
	return r.Show(p, nil)
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
		return web.Done{To: "/desk/ward", Say: "desk.done.signed_all", Args: []string{r.W2.Number(int64(n))}, Data: map[string]int{"signed": n}}, err
	})
}
