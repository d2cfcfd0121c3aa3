package rulesweb

import (
	"strings"

	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/rules"
)

// coverage is how much of the book is kept, area by area.
func (c *Counter) coverage(r *web.Req) error {
	sum := rules.Cover(c.claims)
	if r.JSON() {
		return r.Give(sum)
	}
	areas, err := rules.ByArea(r.Context(), r.Read())
	if err != nil {
		return err
	}
	total := rules.Area{}
	for _, a := range areas {
		total.Clauses, total.Kept, total.Open = total.Clauses+a.Clauses, total.Kept+a.Kept, total.Open+a.Open
		total.Holds, total.Broken, total.Background = total.Holds+a.Holds, total.Broken+a.Broken, total.Background+a.Background
	}
	n := r.W2.Number
	figures := ui.Figures(ui.Figure{Label: r.T("rules.coverage.clauses"), Value: n(total.Clauses), Href: "/rules"},
		ui.Figure{Label: r.T("rules.coverage.kept"), Value: n(total.Kept), Sub: r.T("rules.coverage.partly", sum.Partly), Href: "/rules?how=refuses,asks,schedules,records,measures,warns"},
		ui.Figure{Label: r.T("rules.state.holds"), Value: n(total.Holds), Tone: ui.Done, Href: "/rules?state=holds"},
		ui.Figure{Label: r.T("rules.state.broken"), Value: n(total.Broken), Tone: ui.Danger, Href: "/rules?state=broken"},
		ui.Figure{Label: r.T("rules.state.open"), Value: n(total.Open), Href: "/rules?state=open"},
		ui.Figure{Label: r.T("rules.state.background"), Value: n(total.Background), Href: "/rules?state=background"})
	t := ui.Table{ID: "areas", Bare: true, Caption: r.T("rules.coverage"), Columns: []ui.Head{{Label: r.T("rules.list.area")}, {Label: r.T("rules.coverage.clauses"), Num: true}, {Label: r.T("rules.coverage.kept"), Num: true},
		{Label: r.T("rules.state.holds"), Num: true}, {Label: r.T("rules.state.broken"), Num: true}, {Label: r.T("rules.state.open"), Num: true}, {Label: r.T("rules.state.background"), Num: true}}}
	for _, a := range areas {
		at := "/rules?area=" + a.Area
		cell := func(count int64, href string, tone ui.Tone) ui.Cell {
			if count == 0 {
				return ui.Cell{Text: "0", Num: true}
			}
			return ui.Cell{Text: n(count), Href: href, Num: true, Tone: tone}
		}
		t.Rows = append(t.Rows, ui.Row{Href: at, Cells: []ui.Cell{{Text: r.T("rules.area." + a.Area)}, cell(a.Clauses, at, ""), cell(a.Kept, at+"&how=refuses,asks,schedules,records,measures,warns", ""),
			cell(a.Holds, at+"&state=holds", ui.Done), cell(a.Broken, at+"&state=broken", ui.Danger), cell(a.Open, at+"&state=open", ""), cell(a.Background, at+"&state=background", "")}})
	}
	return r.Show(ui.Page{Heading: r.T("rules.coverage"), Sub: r.T("rules.coverage.sub"), Tabs: tabs(r), Wide: true, Live: []string{rules.Noun},
		Body: ui.Below(figures, ui.Section(r.T("rules.coverage.areas"), ui.List(r.W2, t)))}, nil)
}

// Place is where a register of the sources is kept in this house.
type Place struct {
	Page   string `json:"page"`             // the list of its records
	Print  string `json:"print,omitempty"`  // the pattern of what is printed of one record
	Partly bool   `json:"partly,omitempty"` // not all that the register asks for is there, or its paper is not printed
}

// Kept is a register that the sources ask for, and where it is kept; no Page where
// nothing keeps it yet.
type Kept struct {
	rules.Register
	Place
}

// kept says for each register of the sources where it is kept.
func (c *Counter) kept() (all []Kept) {
	for _, g := range rules.Registers {
		all = append(all, Kept{g, c.Registers[g.Name.Zh]})
	}
	return all
}

func (c *Counter) registers(r *web.Req) error {
	all := c.kept()
	if r.JSON() {
		return r.Give(all)
	}
	there := 0
	t := ui.Table{ID: "registers", Bare: true, Caption: r.T("rules.registers"), Columns: []ui.Head{{Label: r.T("rules.register.name")}, {Label: r.T("rules.register.often")}, {Label: r.T("rules.register.fields")},
		{Label: r.T("rules.register.clauses")}, {Label: r.T("rules.register.where")}}}
	for _, k := range all {
		row := ui.Row{Href: r.Way(k.Page), Quiet: k.Page == "", Cells: []ui.Cell{{Text: k.Name.In(r.W2.Lang)}, {Text: k.Often.In(r.W2.Lang)}, {Text: k.Fields.In(r.W2.Lang)},
			{Text: strings.Join(k.Clauses, " "), Href: "/rules/" + k.Clauses[0]}, {Text: r.T("rules.register.none"), State: true, Tone: ui.Quiet}}}
		if k.Page != "" {
			there++
			row.Cells[4] = ui.Cell{Text: r.T("rules.register.there"), State: true, Tone: ui.Done}
		}
		switch {
		case k.Partly:
			row.Cells[4].Text, row.Cells[4].Tone = r.T("rules.list.partly"), ui.Soon
		case k.Print != "":
			row.Cells[4].Sub = r.T("rules.register.printed")
		}
		t.Rows = append(t.Rows, row)
	}
	return r.Show(ui.Page{Heading: r.T("rules.registers"), Sub: r.T("rules.registers.sub", len(all), there), Tabs: tabs(r), Wide: true, Body: ui.List(r.W2, t)}, nil)
}
