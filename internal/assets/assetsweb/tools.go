package assetsweb

import (
	"cmp"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// toolRoutes are the doors of tools: who has one, and what every half year's count found.
var toolRoutes = []web.Route{
	{At: "POST /asset-cards/{id}/lend", Need: web.SignedIn, Do: lend, Form: &assets.LendForm, Gives: assets.Loan{}},
	{At: "POST /asset-cards/{id}/take_back", Need: assets.MayLend, Do: takeBack, Form: &assets.BackForm, Gives: assets.Loan{}},
	{At: "GET /tool-loans", Need: web.SignedIn, Do: loans, List: &assets.Loans},
	{At: "GET /tool-counts", Need: web.SignedIn, Do: counts, List: &assets.Counts},
	{At: "GET /tool-counts/new", Need: assets.MayLend, Do: blankCount, PageOnly: true},
	{At: "POST /tool-counts", Need: assets.MayLend, Do: countTools, Form: &assets.TallyForm, Gives: assets.Count{}},
	{At: "GET /tool-counts/{id}", Need: web.SignedIn, Do: count, Gives: assets.Count{}},
}

// toolTabs are the pages of tools, as tabs of each other.
func toolTabs(r *web.Req) (tabs []ui.Link) {
	for _, t := range []struct{ key, href string }{{"assets.tools", "/asset-cards?closed=false&class=tool"}, {"assets.loans", "/tool-loans"}, {"assets.counts", "/tool-counts"}} {
		tabs = append(tabs, ui.Link{Label: r.T(t.key), Href: t.href, Current: r.URL.Path == t.href})
	}
	return tabs
}

func loans(r *web.Req) error {
	return r.List(&assets.Loans, assets.ToolScope(r.By, "a.department"), web.ListPage{Page: ui.Page{Tabs: toolTabs(r)}, Default: "open=true"})
}

// counts is what was counted; above it stands which departments are to count.
func counts(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Sub: r.T("assets.counts.sub"), Tabs: toolTabs(r)}}
	if r.JSON() {
		return r.List(&assets.Counts, assets.ToolScope(r.By, "c.department"), p)
	}
	today := r.Site.DB.Today()
	due, err := assets.DueCounts(r.Context(), r.Read(), r.By, today)
	if err != nil {
		return err
	}
	for _, d := range due {
		if d.Due > today.AddDays(30) {
			continue
		}
		n := ui.Note{Text: r.T("assets.counts.first", d.Name, d.Tools), Tone: ui.Soon}
		switch {
		case d.Due != "" && d.Due < today:
			n = ui.Note{Text: r.T("assets.counts.over", d.Name, d.Tools, r.W2.Day(d.Due)), Tone: ui.Danger}
		case d.Due != "":
			n.Text = r.T("assets.counts.soon", d.Name, d.Tools, r.W2.Day(d.Due))
		}
		if r.By.MayIn(assets.MayLend, d.Department) {
			n.Link = &ui.Link{Label: r.T("assets.counts.begin"), Href: "/tool-counts/new?department=" + d.Department}
		}
		p.Page.Flash = append(p.Page.Flash, n)
	}
	return r.List(&assets.Counts, assets.ToolScope(r.By, "c.department"), p)
}

// lendable are the buttons of a tool's card: lend it, or take it back.
func lendable(r *web.Req, c card) (out []ui.Action, err error) {
	if c.Class != assets.Tool || c.State == assets.Scrapped {
		return nil, nil
	}
	l, err := assets.LoanOf(r.Context(), r.Read(), c.ID)
	if err != nil {
		return nil, err
	}
	at := "/asset-cards/" + c.ID
	if l.ID != "" {
		if !r.By.MayIn(assets.MayLend, c.Department) {
			return nil, nil
		}
		f, err := r.Form(&assets.BackForm, nil, ui.Form{ID: "take_back", Action: at + "/take_back", Submit: r.T("assets.take_back"), Tone: ui.Accent})
		return []ui.Action{{Name: "take_back", Label: r.T("assets.take_back"), Icon: "arrow-back-up", Ask: &f, Open: r.Failed(&assets.BackForm) != nil}}, err
	}
	if !r.By.MayIn(assets.MayLend, c.Department) {
		if leave, err := assets.MayLendOut(r.Context(), r.Read(), r.By); err != nil || !leave {
			return nil, err
		}
	}
	f, err := r.Form(&assets.LendForm, &assets.Lending{Due: r.Site.DB.Today().AddDays(1)}, ui.Form{ID: "lend", Action: at + "/lend", Submit: r.T("assets.lend"), Tone: ui.Accent})
	return []ui.Action{{Name: "lend", Label: r.T("assets.lend"), Icon: "hand-finger", Ask: &f, Open: r.Failed(&assets.LendForm) != nil}}, err
}

// lentFact says who has a tool.
func lentFact(r *web.Req, c card) ([]ui.Fact, error) {
	if c.Class != assets.Tool {
		return nil, nil
	}
	l, err := assets.LoanOf(r.Context(), r.Read(), c.ID)
	if err != nil || l.ID == "" {
		return nil, err
	}
	tone := ui.Soon
	if l.Due < r.Site.DB.Today() {
		tone = ui.Danger
	}
	return []ui.Fact{{Label: r.T("assets.loans.borrower_name"), Text: l.BorrowerName, Sub: l.Purpose}, {Label: r.T("assets.loans.due"), Text: r.W2.Day(l.Due), Tone: tone}}, nil
}

func lend(r *web.Req) error {
	return web.Submit(r, &assets.LendForm, show, func(tx *db.Tx, in *assets.Lending) (web.Done, error) {
		l, err := assets.Lend(r.Context(), tx, r.PathValue("id"), *in)
		return web.Done{To: "/asset-cards/" + l.Card, Say: "assets.done.lent", Args: []string{l.Number}, Data: l}, err
	})
}

func takeBack(r *web.Req) error {
	return web.Submit(r, &assets.BackForm, show, func(tx *db.Tx, in *assets.Returning) (web.Done, error) {
		l, err := assets.TakeBack(r.Context(), tx, r.PathValue("id"), in.Note)
		return web.Done{To: "/asset-cards/" + l.Card, Say: "assets.done.taken_back", Args: []string{l.Number}, Data: l}, err
	})
}

// blankCount is the sheet of a department's tools, each there unless somebody says otherwise.
func blankCount(r *web.Req) error {
	department := r.URL.Query().Get("department")
	if in, err := r.Input(); err == nil && department == "" {
		department = in.Value("department")
	}
	department = cmp.Or(department, r.By.Unit)
	if !r.By.MayIn(assets.MayLend, department) {
		return fault.New(fault.Forbidden, "base.need", assets.MayLend)
	}
	tools, err := assets.ToolsOf(r.Context(), r.Read(), department)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: r.T("assets.counts.begin"), Sub: r.T("assets.counts.begin.sub"), Back: &ui.Link{Label: r.T("assets.counts"), Href: "/tool-counts"}}
	if len(tools) == 0 {
		p.Body = ui.Empty(r.W2, ui.Nothing{Text: r.T("assets.counts.none"), Icon: "tools"})
		return r.Show(p, nil)
	}
	names := map[string]string{}
	for n := range tools {
		names[tools[n].Card] = tools[n].Name + " " + tools[n].Number
	}
	f, err := r.Form(&assets.TallyForm, &assets.Tally{Lines: tools}, ui.Form{ID: "tally", Action: "/tool-counts", Submit: r.T("assets.counts.submit"), Cancel: "/tool-counts", Hidden: []ui.Pair{{Name: "department", Value: department}}})
	if err != nil {
		return err
	}
	for n := range f.Fields {
		if x := &f.Fields[n]; x.Name == "lines" {
			x.Spare = -1
			x.Beside([]string{r.T("assets.counts.tool")}, func(row int) []string { return []string{names[x.Answer(row, "card")]} })
		}
	}
	p.Body = ui.Ask(r.W2, f)
	return r.Show(p, nil)
}

func countTools(r *web.Req) error {
	return web.Submit(r, &assets.TallyForm, blankCount, func(tx *db.Tx, t *assets.Tally) (web.Done, error) {
		in, err := r.Input()
		if err != nil {
			return web.Done{}, err
		}
		t.Department = in.Value("department")
		c, err := assets.CountTools(r.Context(), tx, *t)
		return web.Done{To: "/tool-counts/" + c.ID, Say: "assets.done.counted", Args: []string{c.Number}, Data: c}, err
	})
}

// count is what a count found, as it was reported.
func count(r *web.Req) error {
	c, err := assets.CountByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	told := c.Told
	if told == "" {
		told = r.T("assets.counts.nobody")
	}
	facts := []ui.Fact{{Label: r.T("assets.counts.department"), Text: c.DepartmentName}, {Label: r.T("assets.counts.at"), Text: r.W2.Instant(c.At, r.Read().Moment()), Sub: c.By}, {Label: r.T("assets.counts.told"), Text: told},
		{Label: r.T("assets.counts.found"), Text: r.W2.Number(c.Found), Num: true}, {Label: r.T("assets.counts.missing"), Text: r.W2.Number(c.Missing), Num: true}}
	if c.Due != "" {
		facts = append(facts, ui.Fact{Label: r.T("assets.counts.due"), Text: r.W2.Day(c.Due)})
	}
	if c.Note != "" {
		facts = append(facts, ui.Fact{Label: r.T("assets.counts.note"), Text: c.Note, Wide: true})
	}
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("assets.tools"), Columns: []ui.Head{{Label: r.T("assets.counts.tool")}, {Label: r.T("assets.tally_line.state")}, {Label: r.T("assets.tally_line.note")}}}
	for _, l := range c.Lines {
		state := ui.Cell{Text: r.T("assets.found." + l.State), State: true}
		if l.State == assets.Gone {
			state.Tone = ui.Danger
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/asset-cards/" + l.Card, Cells: []ui.Cell{{Text: l.Name, Sub: l.Number}, state, {Text: l.Note}}})
	}
	story, err := r.Story(assets.CountNoun, c.ID)
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("assets.counts.one"), Sub: c.Number, Back: &ui.Link{Label: r.T("assets.counts"), Href: "/tool-counts"},
		Body: ui.Beside(ui.Below(ui.Section("", ui.Facts(facts...)), ui.Section(r.T("assets.tools"), ui.List(r.W2, t))), ui.Section(r.T("assets.story"), story))}, c)
}
