// Package inboxweb is the page of the tray.
package inboxweb

import (
	"embed"

	"github.com/a-h/templ"

	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/inbox"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /inbox", Need: web.SignedIn, Do: show, Gives: []inbox.Tray{}},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

func show(r *web.Req) error {
	trays, err := inbox.Of(r.Context(), r.Read(), r.By)
	if err != nil {
		return err
	}
	now := r.Read().Moment()
	var parts []templ.Component
	for _, t := range trays {
		table := ui.Table{ID: "tray-" + t.Name, Bare: true, Caption: r.T("inbox." + t.Name), Empty: ui.Nothing{Text: r.T("inbox." + t.Name + ".none")},
			Columns: []ui.Head{{Label: r.T("desk.jobs.title")}, {Label: r.T("desk.jobs.state")}, {Label: r.T("desk.jobs.place")}, {Label: r.T("desk.jobs.due")}}}
		for _, j := range t.Jobs {
			tone := ui.Tone(j.Tone(now))
			table.Rows = append(table.Rows, ui.Row{Href: "/desk/jobs/" + j.ID, Tone: tone, Cells: []ui.Cell{
				{Text: j.Title, Sub: j.Number}, {Text: r.T("desk.job.state." + string(j.State)), State: true}, {Text: j.PlaceName, Sub: j.DepartmentName},
				{Text: r.W2.Instant(j.Due, now), Tone: tone, Title: r.W2.Full(j.Due)}}})
		}
		if t.More {
			table.Next = t.Href
		}
		parts = append(parts, ui.Section(r.T("inbox."+t.Name), ui.List(r.W2, table), ui.Link{Label: r.T("inbox.all"), Href: t.Href}))
	}
	if len(parts) == 0 {
		parts = append(parts, ui.Empty(r.W2, ui.Nothing{Text: r.T("inbox.empty"), Icon: "inbox"}))
	}
	return r.Show(ui.Page{Heading: r.T("inbox.title"), Live: []string{desk.Noun}, Body: templ.Join(parts...)}, trays)
}
