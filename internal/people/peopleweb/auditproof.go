package peopleweb

import (
	"fmt"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/qr"
	"houqin/internal/base/seal"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// monthsShown are offered to be proved: the one under way and a year back.
const monthsShown = 13

// proofs is where an auditor chooses the month whose trail is to be proved on paper.
func proofs(r *web.Req) error {
	this := r.Site.DB.Today().Month()
	t := ui.Table{ID: "months", Bare: true, Caption: r.T("people.proof"), Columns: []ui.Head{{Label: r.T("people.proof.month")}, {Label: r.T("people.proof.stands")}}}
	for n := range monthsShown {
		m := this.Add(-n)
		stands := ui.Cell{Text: r.T("people.proof.over")}
		if n == 0 {
			stands = ui.Cell{Text: r.T("people.proof.running"), Tone: ui.Soon, State: true}
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/audit/proof/" + string(m), Cells: []ui.Cell{{Text: string(m)}, stands}})
	}
	p := ui.Page{Heading: r.T("people.proof"), Tabs: auditTabs(r), Actions: []ui.Action{{Name: "print", Label: r.T("people.proof.last"), Href: "/audit/proof/" + string(this.Add(-1)), Icon: "printer", Tone: ui.Accent}}}
	p.Body = stack(say(r.T("people.proof.intro")), card(r.T("people.proof.choose"), ui.List(r.W2, t)))
	return r.Show(p, nil)
}

// proof examines every seal and prints what that says of one month's trail.
func (c *Counter) proof(r *web.Req) error {
	m, err := period.ParseMonth(r.PathValue("month"))
	if err != nil || m > r.Site.DB.Today().Month() {
		return fault.New(fault.NotFound, "base.not_found")
	}
	from, until := m.First().Start(r.Site.DB.Zone), m.Last().End(r.Site.DB.Zone)
	p, err := c.Prove(r.Context(), r.Read(), from, until)
	if err != nil {
		return err
	}
	s := ui.Sheet{Title: r.T("people.proof.sheet"), Number: string(m), Date: r.W2.Full(period.At(r.Site.DB.Now())), Size: ui.A4, Back: ui.Link{Href: "/audit/proof"},
		Boxes: []ui.Fact{{Label: r.T("people.proof.records"), Text: r.W2.Number(p.Records)}, {Label: r.T("people.proof.seals"), Text: sealRange(r, &p)},
			{Label: r.T("people.proof.examined"), Text: r.T("people.proof.examined.said", r.W2.Number(p.Report.Seals), r.W2.Number(p.Report.Records))},
			{Label: r.T("people.proof.first"), Text: sealedAt(r, p.First)}, {Label: r.T("people.proof.latest"), Text: sealedAt(r, p.Last)}, {Label: r.T("people.proof.printed_by"), Text: r.By.Name}},
		Note: r.T("people.proof.note"), Signatures: []string{r.T("people.proof.auditor"), r.T("people.seal.sheet.audit"), r.T("people.seal.sheet.witness")}}
	switch {
	case len(p.Report.Findings) > 0:
		s.Boxes = append(s.Boxes, ui.Fact{Label: r.T("people.proof.result"), Text: r.T("people.proof.bad", len(p.Report.Findings)), Wide: true})
		s.Lines = &ui.Grid{Heads: []ui.Head{{Label: r.T("people.proof.what")}, {Label: r.T("people.proof.record")}, {Label: r.T("people.proof.by")}, {Label: r.T("people.seals.number"), Num: true}}}
		for _, f := range p.Report.Findings {
			s.Lines.Rows = append(s.Lines.Rows, []string{r.T("people.proof.what." + string(f.What)), strings.TrimSpace(f.Table + " " + f.Record), f.By, fmt.Sprint(f.Seal)})
		}
	case !p.Whole:
		s.Boxes = append(s.Boxes, ui.Fact{Label: r.T("people.proof.result"), Text: r.T("people.proof.waits"), Wide: true})
	default:
		s.Boxes = append(s.Boxes, ui.Fact{Label: r.T("people.proof.result"), Text: r.T("people.proof.clean", string(m), r.W2.Number(p.Records)) + " " + r.T("people.proof.from_seal", sealedAt(r, p.First)), Wide: true})
	}
	if p.Last.Number > 0 {
		a, err := p.Last.Anchor(r.Context(), r.Read())
		if err != nil {
			return err
		}
		if s.QR, err = qr.SVG(strings.ToUpper(a.String())); err != nil {
			return err
		}
		s.Boxes = append(s.Boxes, ui.Fact{Label: r.T("people.seal.seal"), Text: a.String(), Wide: true})
	}
	return r.Sheet(s)
}

// sealedAt is when a seal was made, on the hospital's clocks.
func sealedAt(r *web.Req, s seal.Seal) string {
	if s.Number == 0 {
		return r.T("people.seals.none")
	}
	return r.W2.Full(s.At)
}

func sealRange(r *web.Req, p *seal.Proof) string {
	if p.Last.Number == 0 {
		return r.T("people.seals.none")
	}
	return r.T("people.proof.range", p.First.Number, p.Last.Number)
}
