package assetsweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// jobsShown is how many of an asset's jobs stand on its page; the list has the others.
const jobsShown = 10

// jobs are the asset's, as far as the person sees them, the newest first; nothing where
// there are none.
func jobs(r *web.Req, asset string) (templ.Component, error) {
	found, err := desk.Jobs.All(r.Context(), r.Read(), desk.Scope(r.By).And("j.asset = ? AND j.asset <> ''", asset), jobsShown)
	if err != nil || len(found) == 0 {
		return templ.NopComponent, err
	}
	now := r.Read().Moment()
	t := ui.Table{ID: "jobs", Bare: true, Caption: r.T("assets.jobs"), Columns: []ui.Head{{Label: r.T("desk.jobs.title")}, {Label: r.T("desk.jobs.state")}, {Label: r.T("desk.jobs.worker")},
		{Label: r.T("desk.jobs.reported_at")}, {Label: r.T("desk.jobs.total"), Num: true}}}
	for i := range found {
		j := &found[i]
		t.Rows = append(t.Rows, ui.Row{Href: "/desk/jobs/" + j.ID, Quiet: !j.Open, Tone: ui.Tone(j.Tone(now)), Cells: []ui.Cell{{Text: j.Title, Sub: j.Number},
			{Text: r.T("desk.job.state." + string(j.State)), State: true}, {Text: j.WorkerName, Sub: j.CrewName}, {Text: r.W2.Instant(j.ReportedAt, now), Title: r.W2.Full(j.ReportedAt)},
			{Text: r.W2.Money(j.Total), Num: true}}})
	}
	return ui.Section(r.T("assets.jobs"), ui.List(r.W2, t), ui.Link{Label: r.T("assets.jobs.all"), Href: "/desk/jobs?asset=" + asset}), nil
}
