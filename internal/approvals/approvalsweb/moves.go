package approvalsweb

import (
	"slices"

	"github.com/a-h/templ"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/rules"
)

// Moves draws what another value of a rule would change here: the tiers of each way that
// asks for the rule, as they are and as they would be, and the documents on their way
// that would then go another one, as far as the reader sees them. Nothing where no way
// asks for it.
func Moves(r *web.Req, c rules.Change) ([]templ.Component, error) {
	was, will := r.Read(), rules.Suppose(r.Read(), c)
	until, since := r.T("approvals.moves.until", r.W2.Day(c.Since.AddDays(-1))), r.T("approvals.moves.since", r.W2.Day(c.Since))
	ways := ui.Table{ID: "moved-ways", Bare: true, Caption: r.T("approvals.moves.ways"), Columns: []ui.Head{{Label: r.T("approvals.way")}, {Label: until, Named: true}, {Label: since, Named: true}}}
	papers := ui.Table{ID: "moved-papers", Bare: true, Caption: r.T("approvals.moves.papers"), Empty: ui.Nothing{Text: r.T("approvals.moves.none"), Icon: "circle-check"},
		Columns: []ui.Head{{Label: r.T("approvals.cases.title")}, {Label: r.T("approvals.cases.amount"), Num: true}, {Label: r.T("approvals.moves.stays"), Named: true}, {Label: since, Named: true}}}
	note := r.T("approvals.moves.note")
	for _, kind := range approvals.Kinds {
		rt, err := approvals.RouteOn(r.Context(), r.Read(), kind, c.Since)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(paramsOf(&rt), c.Param) {
			continue
		}
		for n := range rt.Tiers {
			before, err := tierCell(r, was, &rt, n, c)
			if err != nil {
				return nil, err
			}
			after, err := tierCell(r, will, &rt, n, c)
			if err != nil {
				return nil, err
			}
			if before == after {
				continue
			}
			after.Tone = ui.Accent
			ways.Rows = append(ways.Rows, ui.Row{Href: "/approvals/routes/" + kind, Cells: []ui.Cell{{Text: approvals.SayKind(r.W2, kind), Sub: r.T("approvals.tier_of", n+1, len(rt.Tiers))}, before, after}})
		}
		moved, more, err := rt.Shifts(r.Context(), was, will, approvals.Scope(r.By), c.Since)
		if err != nil {
			return nil, err
		}
		if more {
			note = r.T("approvals.moves.more", approvals.ShiftsMost)
		}
		for _, m := range moved {
			before, err := tierCell(r, was, &rt, m.Was, c)
			if err != nil {
				return nil, err
			}
			after, err := tierCell(r, will, &rt, m.Will, c)
			if err != nil {
				return nil, err
			}
			papers.Rows = append(papers.Rows, ui.Row{Href: "/approvals/cases/" + m.Case.ID, Cells: []ui.Cell{{Text: m.Case.Title, Sub: m.Case.Number}, {Text: r.W2.Money(m.Case.Weight), Num: true}, before, after}})
		}
	}
	if len(ways.Rows) == 0 {
		return nil, nil
	}
	return []templ.Component{ui.Section(r.T("approvals.moves.ways"), ui.List(r.W2, ways)), ui.Section(r.T("approvals.moves.papers"), ui.Below(ui.Facts(ui.Fact{Label: r.T("approvals.moves.read"), Text: note, Wide: true}), ui.List(r.W2, papers)))}, nil
}

// tierCell is a tier by a book on the day of a change: when it is gone, and who is asked.
func tierCell(r *web.Req, book db.Reader, rt *approvals.Route, n int, c rules.Change) (ui.Cell, error) {
	tier := &rt.Tiers[n]
	said, err := tier.SayAmount(r.Context(), book, r.W2, c.Since)
	if err != nil {
		return ui.Cell{}, err
	}
	if tier.When != "" || len(tier.Departments) > 0 {
		when, err := sayCase(r, book, rt, tier, c.Since)
		if err != nil {
			return ui.Cell{}, err
		}
		said = when + r.T("approvals.comma") + said
	}
	return ui.Cell{Text: said, Sub: sayStages(r, book, tier, c.Since)}, nil
}
