package requestsweb

import (
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/requests"
)

var quotaPaper = form.Of[requests.Quota]{Name: "requests.quota", Fields: []form.Field[requests.Quota]{
	{Key: "department", Into: func(q *requests.Quota) any { return &q.Department }, Ref: "departments", Required: true},
	{Key: "category", Into: func(q *requests.Quota) any { return &q.Category }, OneOf: catalog.Categories, Enum: "catalog.category", Hint: true},
	{Key: "amount", Into: func(q *requests.Quota) any { return &q.Amount }, Required: true},
	{Key: "since", Into: func(q *requests.Quota) any { return &q.Since }, Kind: form.Month, Hint: true},
}}

func quotas(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: listTabs(r)}}
	if r.By.May(requests.MayArrange) {
		p.Page.Actions = []ui.Action{{Name: "quota", Label: r.T("requests.do.quota"), Href: "/requests/quotas/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&requests.Quotas, requests.QuotaScope(r.By), p)
}

func blankQuota(r *web.Req) error {
	f, err := r.Form(&quotaPaper, &requests.Quota{Since: r.Site.DB.Today()}, ui.Form{Action: "/requests/quotas", Submit: r.T("requests.save"), Cancel: "/requests/quotas"})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("requests.do.quota"), Narrow: true, Back: &ui.Link{Label: r.T("requests.quotas"), Href: "/requests/quotas"}, Body: ui.Ask(r.W2, f)}, nil)
}

func setQuota(r *web.Req) error {
	return web.Submit(r, &quotaPaper, blankQuota, func(tx *db.Tx, q *requests.Quota) (web.Done, error) {
		err := requests.SetQuota(r.Context(), tx, q)
		return web.Done{To: "/requests/quotas", Say: "requests.done.quota", Data: q}, err
	})
}

// arranging is on which days a department's goods are given out.
type arranging struct {
	Department string
	Days       []string
	Deliver    bool
}

var weekdays = []string{"1", "2", "3", "4", "5", "6", "7"}

var daysPaper = form.Of[arranging]{Name: "requests.days", Fields: []form.Field[arranging]{
	{Key: "department", Into: func(a *arranging) any { return &a.Department }, Ref: "departments", Required: true},
	{Key: "days", Into: func(a *arranging) any { return &a.Days }, OneOf: weekdays, Enum: "requests.weekday"},
	{Key: "deliver", Into: func(a *arranging) any { return &a.Deliver }},
}}

// days is the week: who gets goods on which day, and what of it is still to be done.
func days(r *web.Req) error {
	week, err := requests.Week(r.Context(), r.Read())
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		if week == nil {
			week = []requests.Day{}
		}
		return r.Give(week)
	}
	all, err := departments.Departments.All(r.Context(), r.Read(), list.Where{}.And("d.closed = false"), 1000)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, d := range all {
		names[d.ID] = d.Name
	}
	due, err := requests.DueIn(r.Context(), r.Read(), r.Site.DB.Today(), r.Site.DB.Today().AddDays(6))
	if err != nil {
		return err
	}
	t := ui.Table{ID: "week", Bare: true, Caption: r.T("requests.week"), Empty: ui.Nothing{Text: r.T("requests.week.empty"), Icon: "calendar-event"},
		Columns: []ui.Head{{Label: r.T("requests.week.day")}, {Label: r.T("requests.week.who")}, {Label: r.T("requests.week.due"), Num: true}}}
	today := r.Site.DB.Today()
	for n := range 7 {
		day := today.AddDays(n)
		var who []string
		for _, d := range week {
			if d.Weekday == weekday(day) && names[d.Department] != "" {
				name := names[d.Department]
				if d.Deliver {
					name += r.T("requests.week.brought")
				}
				who = append(who, name)
			}
		}
		if len(who) == 0 && due[day] == 0 {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{{Text: string(day), Sub: r.T("requests.weekday." + strconv.FormatInt(weekday(day), 10))}, {Text: r.W2.List(who)}, {Text: r.W2.Number(due[day]), Num: true}}}
		if due[day] > 0 {
			row.Href = "/requests?open=true&due.from=" + string(day) + "&due.to=" + string(day)
		}
		t.Rows = append(t.Rows, row)
	}
	body := ui.Section(r.T("requests.week"), ui.List(r.W2, t))
	if r.By.May(requests.MayArrange) {
		f, err := r.Form(&daysPaper, &arranging{Deliver: true}, ui.Form{ID: "days", Action: "/requests/days", Submit: r.T("requests.save"), Intro: r.T("requests.days.intro")})
		if err != nil {
			return err
		}
		body = ui.Below(body, ui.Section(r.T("requests.days"), ui.Ask(r.W2, f)))
	}
	return r.Show(ui.Page{Heading: r.T("requests.week"), Tabs: listTabs(r), Body: body}, nil)
}

func weekday(d period.Day) int64 { return (int64(d.Weekday())+6)%7 + 1 }

func setDays(r *web.Req) error {
	return web.Submit(r, &daysPaper, days, func(tx *db.Tx, a *arranging) (web.Done, error) {
		var on []int64
		for _, s := range a.Days {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return web.Done{}, err
			}
			on = append(on, n)
		}
		return web.Done{To: "/requests/days", Say: "requests.done.days"}, requests.SetDays(r.Context(), tx, a.Department, on, a.Deliver)
	})
}
