package deskweb

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

func badMonth(s string) error { return fault.OnField("month", "base.bad_value", s) }

// slip prints the repair notice, one to three copies: for the file, the crew, the
// ward (W-004, W-007).
func slip(r *web.Req) error {
	j, err := desk.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	n := 3
	if s := r.URL.Query().Get("copies"); s != "" {
		if n, err = strconv.Atoi(s); err != nil || n < 1 || n > 3 {
			return fault.OnField("copies", "base.between", 1, 3)
		}
	}
	code, err := qr.SVG(r.Origin() + "/desk/jobs/" + j.ID)
	if err != nil {
		return err
	}
	drawn, err := desk.DrawnFor(r.Context(), r.Read(), j.ID)
	if err != nil {
		return err
	}
	w := r.W2
	title := "desk.slip.notice"
	if j.State != desk.Reported {
		title = "desk.slip.order"
	}
	s := ui.Sheet{Title: r.T(title), Number: j.Number, Date: string(j.ReportedAt.Day(w.Zone)), QR: code, Size: ui.A5, Back: ui.Link{Href: "/desk/jobs/" + j.ID},
		Copies: []string{r.T("desk.slip.copy.file"), r.T("desk.slip.copy.crew"), r.T("desk.slip.copy.ward")}[:n],
		Boxes: []ui.Fact{
			{Label: r.T("desk.jobs.department"), Text: j.DepartmentName},
			{Label: r.T("desk.jobs.reporter_name"), Text: j.ReporterName, Sub: j.Phone},
			{Label: r.T("desk.jobs.reported_at"), Text: w.Full(j.ReportedAt)},
			{Label: r.T("desk.jobs.urgency"), Text: r.T("desk.urgency." + string(j.Urgency))},
			{Label: r.T("desk.jobs.place"), Text: j.PlaceName, Sub: j.Spot},
			{Label: r.T("desk.jobs.trade"), Text: cmp.Or(j.KindName, r.T("desk.trade."+string(j.Trade)))},
			{Label: r.T("desk.slip.fault"), Text: j.Title, Sub: j.Detail, Wide: true},
			{Label: r.T("desk.jobs.crew"), Text: j.CrewName},
			{Label: r.T("desk.jobs.worker"), Text: j.WorkerName},
			{Label: r.T("desk.jobs.dispatched_at"), Text: w.Full(j.DispatchedAt)},
			{Label: r.T("desk.jobs.arrived_at"), Text: w.Full(j.ArrivedAt)},
			{Label: r.T("desk.jobs.finished_at"), Text: w.Full(j.FinishedAt)},
			{Label: r.T("desk.jobs.minutes"), Text: minutes(r, j.Minutes)},
			{Label: r.T("desk.jobs.cause"), Text: j.Cause, Wide: true},
			{Label: r.T("desk.jobs.done"), Text: j.Done, Wide: true},
		},
		Lines: grid(r, drawn, 3-further(j.Title+" "+j.Detail, j.Cause, j.Done)),
		Totals: []ui.Fact{{Label: r.T("desk.jobs.labour"), Text: amount(j.Labour > 0, w.Money(j.Labour))}, {Label: r.T("desk.jobs.parts"), Text: amount(j.Parts > 0, w.Money(j.Parts))},
			{Label: r.T("desk.jobs.total"), Text: amount(j.Total > 0, w.Money(j.Total))}},
		Signatures: []string{r.T("desk.slip.sign.dispatcher"), r.T("desk.slip.sign.worker"), r.T("desk.slip.sign.ward")},
		Note:       r.T("desk.slip.note"),
	}
	if j.Outside > 0 {
		s.Totals = slices.Insert(s.Totals, 2, ui.Fact{Label: r.T("desk.jobs.outside"), Text: w.Money(j.Outside)})
	}
	return r.Sheet(s)
}

// grid lists the parts; up to so many lines are left to write more in by hand.
func grid(r *web.Req, drawn []desk.Drawn, room int) *ui.Grid {
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("desk.slip.part")}, {Label: r.T("desk.slip.spec")}, {Label: r.T("desk.slip.qty"), Num: true}, {Label: r.T("desk.slip.amount"), Num: true}}}
	for _, d := range drawn {
		g.Rows = append(g.Rows, []string{d.Item.Name, d.Item.Spec, d.Item.Say(d.Qty), r.W2.Money(d.Cost)})
	}
	g.Blank = max(0, room-len(g.Rows))
	return g
}

// further is how many lines of the slip these texts take beyond one each: what is written
// there leaves less room below, and the signatures stay on the same paper.
func further(texts ...string) (lines int) {
	const across = 84 // Latin letters in a box of the whole width; a Chinese one takes two
	for _, t := range texts {
		own := 0
		for line := range strings.SplitSeq(strings.TrimSpace(t), "\n") {
			width := 0
			for _, c := range line {
				width++
				if c > 0x2000 {
					width++
				}
			}
			own += 1 + max(0, width-1)/across
		}
		lines += own - 1
	}
	return lines
}

func minutes(r *web.Req, n int64) string {
	if n == 0 {
		return ""
	}
	return r.T("desk.n_minutes", n)
}

// amount leaves room to write where nothing is known yet.
func amount(known bool, s string) string {
	if !known {
		return "________"
	}
	return s
}
