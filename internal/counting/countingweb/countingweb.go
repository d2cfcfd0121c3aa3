// Package countingweb is the counter of counts: plans and what came of them at a desk,
// sheets on a phone between the racks, one big question at a time.
package countingweb

import (
	"embed"

	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/counting"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /counting/counts", Need: counting.MaySee, Do: counts, List: &counting.Counts},
	{At: "GET /counting/counts/new", Need: counting.MayArrange, Do: blank, PageOnly: true},
	{At: "POST /counting/counts", Need: counting.MayArrange, Do: begin, Form: &orderPaper, Gives: counting.Count{}},
	{At: "GET /counting/counts/{id}", Need: counting.MaySee, Do: count, Gives: counting.Count{}},
	{At: "GET /counting/counts/{id}/lines", Need: counting.MaySee, Do: lines, List: &counting.Lines},
	{At: "GET /counting/counts/{id}/sheet", Need: counting.MayCount, Do: fillable, PageOnly: true},
	{At: "GET /counting/counts/{id}/reasons", Need: counting.MaySettle, Do: reasons, PageOnly: true},
	{At: "POST /counting/counts/{id}/reasons", Need: counting.MaySettle, Do: explain, Form: &causesPaper, Gives: counting.Count{}},
	{At: "GET /counting/counts/{id}/post", Need: counting.MayPost, Do: posting, PageOnly: true},
	{At: "POST /counting/counts/{id}/post", Need: counting.MayPost, Do: post, Gives: counting.Count{}},
	{At: "GET /counting/counts/{id}/report", Need: counting.MaySee, Do: report, PageOnly: true},
	{At: "POST /counting/counts/{id}/sign", Need: counting.MaySettle, Do: sign, Gives: counting.Count{}},
	{At: "POST /counting/counts/{id}/ask", Need: counting.MaySettle, Do: ask, Form: &counting.AnalysisForm, Gives: counting.Count{}},
	{At: "POST /counting/counts/{id}/finish", Need: counting.MaySettle, Do: finish, Form: &counting.AnalysisForm, Gives: counting.Count{}},
	{At: "POST /counting/counts/{id}/again", Need: counting.MayArrange, Do: again, Gives: counting.Count{}},
	{At: "POST /counting/counts/{id}/drop", Need: counting.MayArrange, Do: drop, Form: &counting.DropForm, Gives: counting.Count{}},

	{At: "GET /counting/accuracy", Need: counting.MaySee, Do: accuracy, Gives: []counting.Exactness{}},
	{At: "GET /counting/lines", Need: counting.MaySee, Do: tallied, List: &counting.Tallied},

	{At: "GET /counting/sheets", Need: counting.MaySee, Do: sheets, List: &counting.Sheets},
	{At: "GET /counting/sheets/{id}", Need: counting.MaySee, Do: sheet, Gives: counting.Sheet{}},
	{At: "GET /counting/sheets/{id}/print", Need: counting.MaySee, Do: printSheet, PageOnly: true},
	{At: "GET /counting/sheets/{id}/find", Need: counting.MayCount, Do: find, PageOnly: true},
	{At: "GET /counting/sheets/{id}/type", Need: counting.MayCount, Do: typing, PageOnly: true},
	{At: "GET /counting/sheets/{id}/extra", Need: counting.MayCount, Do: blankExtra, PageOnly: true},
	{At: "GET /counting/sheets/{id}/lines/{line}", Need: counting.MayCount, Do: line, PageOnly: true},
	{At: "POST /counting/sheets/{id}/lines/{line}", Need: counting.MayCount, Do: tallyOne, PageOnly: true},
	{At: "POST /counting/sheets/{id}/take", Need: counting.MayCount, Do: take, Gives: counting.Sheet{}},
	{At: "POST /counting/sheets/{id}/give_back", Need: counting.MayCount, Do: giveBack, Gives: counting.Sheet{}},
	{At: "POST /counting/sheets/{id}/tally", Need: counting.MayCount, Do: tally, Form: &tallyPaper, Gives: counting.Sheet{}},
	{At: "POST /counting/sheets/{id}/extra", Need: counting.MayCount, Do: extra, Form: &extraPaper, Gives: counting.Sheet{}},
	{At: "POST /counting/sheets/{id}/hand_in", Need: counting.MayCount, Do: handIn, Gives: counting.Sheet{}},

	{At: "GET /counting/plans", Need: counting.MaySee, Do: plans, List: &counting.Plans},
	{At: "GET /counting/plans/new", Need: counting.MayArrange, Do: blankPlan, PageOnly: true},
	{At: "POST /counting/plans", Need: counting.MayArrange, Do: addPlan, Form: &planPaper, Gives: counting.Plan{}},
	{At: "GET /counting/plans/{id}", Need: counting.MaySee, Do: plan, Gives: counting.Plan{}},
	{At: "POST /counting/plans/{id}", Need: counting.MayArrange, Do: changePlan, Form: &planPaper, Gives: counting.Plan{}},
	{At: "POST /counting/plans/{id}/begin", Need: counting.MayArrange, Do: beginPlan, Gives: counting.Count{}},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// tabs are the four sides of the room.
func tabs(r *web.Req) (out []ui.Link) {
	for _, t := range [][2]string{{"counting.counts", "/counting/counts"}, {"counting.sheets", "/counting/sheets"}, {"counting.plans", "/counting/plans"}, {"counting.accuracy", "/counting/accuracy"}} {
		out = append(out, ui.Link{Label: r.T(t[0]), Href: t[1], Current: r.URL.Path == t[1]})
	}
	return out
}

func counts(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(counting.MayArrange) {
		p.Page.Actions = []ui.Action{{Name: "begin", Label: r.T("counting.do.begin"), Href: "/counting/counts/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&counting.Counts, counting.Scope(r.By), p)
}

func sheets(r *web.Req) error {
	return r.List(&counting.Sheets, counting.Scope(r.By), web.ListPage{Default: "open=true", Page: ui.Page{Tabs: tabs(r)}})
}

func plans(r *web.Req) error {
	p := web.ListPage{Default: "closed=false", Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(counting.MayArrange) {
		p.Page.Actions = []ui.Action{{Name: "add", Label: r.T("counting.do.plan"), Href: "/counting/plans/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&counting.Plans, counting.Scope(r.By), p)
}

// lines are all lines of a count that the person sees.
func lines(r *web.Req) error {
	c, err := counting.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.List(&counting.Lines, counting.Scope(r.By).And("l.count = ?", c.ID), web.ListPage{
		Page:  ui.Page{Sub: c.Number + " · " + c.StoreName, Back: &ui.Link{Label: c.Number, Href: "/counting/counts/" + c.ID}},
		Empty: ui.Nothing{Text: r.T("counting.lines.empty")}})
}
