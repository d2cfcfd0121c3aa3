// Package inboxweb is the page of the tray.
package inboxweb

import (
	"embed"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/approvals"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/inbox"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /inbox", Need: web.SignedIn, Do: show, Gives: []inbox.Tray{}},
	{At: "GET /inbox/ward", Need: desk.MayReport, Do: ward, Gives: []inbox.Tray{}},
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
	return draw(r, "inbox.title", trays, slices.Concat(inbox.AtDoors, inbox.Heaps))
}

// ward is everything open for the person's department, whoever asked.
func ward(r *web.Req) error {
	trays, err := inbox.Ward(r.Context(), r.Read(), r.By)
	if err != nil {
		return err
	}
	return draw(r, "inbox.ward", trays, inbox.WardHeaps)
}

// draw shows the trays, or the one that the address names, below the names of all.
func draw(r *web.Req, heading string, trays []inbox.Tray, heaps []inbox.Heap) error {
	now := r.Read().Moment()
	var parts []templ.Component
	only := r.URL.Query().Get("heap")
	if !slices.ContainsFunc(trays, func(t inbox.Tray) bool { return t.Name == only }) {
		only = "" // it is empty by now
	}
	if names := named(r, trays, only); len(names) > 0 {
		parts = append(parts, heapNames(r.W2, names))
	}
	for _, t := range trays {
		if only != "" && t.Name != only {
			continue
		}
		if len(t.Things) > 0 {
			parts = append(parts, ui.Section(r.T("inbox."+t.Name), ui.List(r.W2, thingTable(r, &t)), ui.Link{Label: r.T("inbox.all"), Href: t.Href}))
			continue
		}
		if len(t.Jobs) == 0 && t.Len() > 0 {
			parts = append(parts, ui.Section(r.T("inbox."+t.Name), ui.List(r.W2, paperTable(r, &t)), ui.Link{Label: r.T("inbox.all"), Href: t.Href}))
			continue
		}
		table := ui.Table{ID: "tray-" + t.Name, Bare: true, Caption: r.T("inbox." + t.Name), Empty: ui.Nothing{Text: r.T("inbox." + t.Name + ".none")},
			Columns: []ui.Head{{Label: r.T("desk.jobs.title")}, {Label: r.T("desk.jobs.state")}, {Label: r.T("desk.jobs.place")}, {Label: r.T("desk.jobs.due")}}}
		for _, j := range t.Jobs {
			tone := ui.Tone(j.Tone(now))
			sub := j.Number
			if t.Name == "ward_jobs" {
				sub += " · " + j.ReporterName
			}
			table.Rows = append(table.Rows, ui.Row{Href: "/desk/jobs/" + j.ID, Tone: tone, Cells: []ui.Cell{
				{Text: j.Title, Sub: sub}, {Text: r.T("desk.job.state." + string(j.State)), State: true}, {Text: j.PlaceName, Sub: j.DepartmentName},
				{Text: r.W2.Instant(j.Due, now), Tone: tone, Title: r.W2.Full(j.Due), When: true}}})
		}
		if t.More {
			table.Next = t.Href
		}
		parts = append(parts, ui.Section(r.T("inbox."+t.Name), ui.List(r.W2, table), ui.Link{Label: r.T("inbox.all"), Href: t.Href}))
	}
	if len(parts) == 0 {
		nothing := ui.Nothing{Text: r.T("inbox.empty"), Icon: "inbox"}
		if len(r.By.Rights) == 0 { // an account without a role: nothing will ever wait here
			nothing = ui.Nothing{Text: r.T("inbox.no_role"), Hint: r.T("inbox.no_role.hint"), Icon: "shield"}
		}
		parts = append(parts, ui.Empty(r.W2, nothing))
	}
	live := topics(r, heaps)
	p := ui.Page{Heading: r.T(heading), Live: live, Body: traysBox(r.URL.RequestURI(), triggers(live), ui.Below(parts...))}
	if r.By.May(desk.MayReport) {
		for _, t := range []struct{ key, href string }{{"inbox.mine", "/inbox"}, {"inbox.ward", "/inbox/ward"}} {
			p.Tabs = append(p.Tabs, ui.Link{Label: r.T(t.key), Href: t.href, Current: r.URL.Path == t.href})
		}
	}
	return r.Show(p, trays)
}

// named are the trays with what lies in each, to look at one alone; none when there is
// nothing to choose from.
func named(r *web.Req, trays []inbox.Tray, only string) (links []ui.Link) {
	full := 0
	add := func(heap, label string) {
		href := r.URL.Path
		if heap != "" {
			href += "?heap=" + heap
		}
		links = append(links, ui.Link{Label: label, Href: href, Current: heap == only})
	}
	add("", r.T("inbox.every"))
	for _, t := range trays {
		if n := t.Len(); n > 0 {
			full++
			count := strconv.Itoa(n)
			if t.More {
				count += "+"
			}
			add(t.Name, r.T("inbox."+t.Name)+" "+count)
		}
	}
	if full < 2 {
		return nil
	}
	return links
}

// topics are the nouns whose change may lay something into the person's trays.
func topics(r *web.Req, heaps []inbox.Heap) []string {
	all := []string{desk.Noun, approvals.Noun, approvals.DebtNoun}
	for _, h := range heaps {
		if h.Has(r.By) && !slices.Contains(all, h.Noun) {
			all = append(all, h.Noun)
		}
	}
	return all
}

// triggers are those changes as the page library hears them.
func triggers(topics []string) string {
	all := make([]string, len(topics))
	for i, t := range topics {
		all[i] = "live-" + t + " from:body"
	}
	return strings.Join(all, ", ")
}

// Door is the entry of the navigation: besides is what waits behind the other doors.
func Door(r *web.Req, besides int, late bool) (ui.NavItem, error) {
	type waiting struct {
		n    int
		late bool
	}
	w, err := web.Lately(r, "inbox", func() (w waiting, err error) {
		w.n, w.late, err = inbox.Waiting(r.Context(), r.Read(), r.By)
		return w, err
	})
	return ui.NavItem{Label: r.T("nav.inbox"), Href: "/inbox", Icon: "mail", Count: w.n + besides, Late: late || w.late, Current: r.URL.Path == "/inbox"}, err
}

// thingTable is a heap of any other room.
func thingTable(r *web.Req, t *inbox.Tray) ui.Table {
	now := r.Read().Moment()
	table := ui.Table{ID: "tray-" + t.Name, Bare: true, Caption: r.T("inbox." + t.Name),
		Columns: []ui.Head{{Label: r.T("inbox.thing")}, {Label: r.T("inbox.since")}, {Label: r.T("inbox.due")}}}
	for i := range t.Things {
		x := &t.Things[i]
		if x.In != nil {
			x.Title, x.Note = x.In(r.W2)
		}
		tone := ui.Tone(x.Tone(now))
		table.Rows = append(table.Rows, ui.Row{Href: x.Href, Tone: tone, Cells: []ui.Cell{{Text: x.Title, Sub: x.Note}, {Text: r.W2.Instant(x.Since, now), Title: r.W2.Full(x.Since), When: true}, {Text: r.W2.Due(x.Due, now), Title: r.W2.Full(x.Due), Tone: tone, When: true}}})
	}
	if t.More {
		table.Next = t.Href
	}
	return table
}

// paperTable is a heap of the approvals.
func paperTable(r *web.Req, t *inbox.Tray) ui.Table {
	now := r.Read().Moment()
	table := ui.Table{ID: "tray-" + t.Name, Bare: true, Caption: r.T("inbox." + t.Name),
		Columns: []ui.Head{{Label: r.T("approvals.cases.title")}, {Label: r.T("approvals.cases.kind")}, {Label: r.T("approvals.cases.amount"), Num: true}, {Label: r.T("approvals.cases.asked_name")}, {Label: r.T("approvals.due")}}}
	row := func(c *approvals.Case, last ui.Cell, tone ui.Tone) {
		href := "/approvals/cases/" + c.ID
		if page := t.Pages[c.ID]; page != "" {
			href = page
		}
		table.Rows = append(table.Rows, ui.Row{Href: href, Tone: tone, Cells: []ui.Cell{{Text: c.Title, Sub: c.Number}, {Text: approvals.SayKind(r.W2, c.Kind)},
			{Text: c.SayAmount(r.W2), Num: true}, {Text: c.AskedName, Sub: c.DepartmentName}, last}})
	}
	for i := range t.Decisions {
		d := &t.Decisions[i]
		tone := ui.Tone(d.Tone(now))
		row(&d.Case, ui.Cell{Text: r.W2.Instant(d.Due, now), Tone: tone, Title: r.W2.Full(d.Due), When: true}, tone)
	}
	if len(t.Cases) > 0 {
		table.Columns[4].Label = r.T("approvals.cases.asked_at")
	}
	for i := range t.Cases {
		c := &t.Cases[i]
		row(c, ui.Cell{Text: r.W2.Instant(c.AskedAt, now), Title: r.W2.Full(c.AskedAt), When: true}, ui.Plain)
	}
	if len(t.Debts) > 0 {
		table.Columns = []ui.Head{{Label: r.T("approvals.debts.title")}, {Label: r.T("approvals.debts.paper")}, {Label: r.T("approvals.debts.person_name")}, {Label: r.T("approvals.debts.clause")}, {Label: r.T("approvals.debts.due")}}
	}
	for i := range t.Debts {
		d := &t.Debts[i]
		tone := ui.Tone(d.Tone(now))
		who := d.PersonName
		if who == "" {
			who = d.DepartmentName
		}
		table.Rows = append(table.Rows, ui.Row{Href: "/approvals/debts/" + d.ID, Tone: tone, Cells: []ui.Cell{{Text: d.Title, Sub: d.Number}, {Text: r.T("approvals.paper." + d.Paper)}, {Text: who}, {Text: d.Clause},
			{Text: r.W2.Instant(d.Due, now), Tone: tone, Title: r.W2.Full(d.Due), When: true}}})
	}
	if t.More {
		table.Next = t.Href
	}
	return table
}
