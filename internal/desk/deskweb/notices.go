package deskweb

import (
	"cmp"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/files"
)

// noticeRoutes are the desk's doors to what guests said.
func (c *Counter) noticeRoutes() []web.Route {
	return []web.Route{
		{At: "GET /desk/notices", Need: desk.MayDispatch, Do: notices, List: &desk.Notices},
		{At: "GET /desk/notices/{id}", Need: desk.MayDispatch, Do: c.notice, Gives: desk.Notice{}},
		{At: "POST /desk/notices/{id}/confirm", Need: desk.MayDispatch, Do: c.confirm, Form: &desk.ConfirmForm, Gives: desk.Notice{}},
		{At: "POST /desk/notices/{id}/join", Need: desk.MayDispatch, Do: c.join, Form: &desk.JoinForm, Gives: desk.Notice{}},
		{At: "POST /desk/notices/{id}/dismiss", Need: desk.MayDispatch, Do: c.dismiss, Form: &desk.DismissForm, Gives: desk.Notice{}},
	}
}

func notices(r *web.Req) error {
	return r.List(&desk.Notices, desk.NoticeScope(r.By), web.ListPage{Default: "state=waiting"})
}

// notice is what one guest said, what else came by the same code, what is open there,
// and what can be done with it.
func (c *Counter) notice(r *web.Req) error {
	ctx := r.Context()
	n, err := desk.NoticeOf(ctx, r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(n)
	}
	others, err := desk.ToldAlike(ctx, r.Read(), r.By, &n)
	if err != nil {
		return err
	}
	open, err := known(r, n.Place, "notice")
	if err != nil {
		return err
	}
	now := r.Read().Moment()
	p := ui.Page{Heading: cmp.Or(n.Text, guestCalls(r, &n)), Sub: strings.TrimSpace(n.AssetName + " " + n.PlaceName), Live: []string{desk.NoticeNoun},
		Back: &ui.Link{Label: r.T("desk.notices"), Href: "/desk/notices"}, Mark: &ui.Mark{Word: r.T("desk.notice.state." + string(n.State)), Tone: noticeTones[n.State]}}
	if p.Actions, err = deciding(r, &n, others, open); err != nil {
		return err
	}
	facts := []ui.Fact{
		{Label: r.T("desk.jobs.trade"), Text: guestCalls(r, &n)},
		{Label: r.T("desk.notices.at"), Text: r.W2.Instant(n.At, now)},
		{Label: r.T("desk.jobs.department"), Text: n.DepartmentName},
		{Label: r.T("desk.notices.contact"), Text: n.Contact},
		{Label: r.T("desk.track.code"), Text: spaced(n.Tracking), Href: "/track/" + n.Tracking},
	}
	if n.State != desk.Unread {
		facts = append(facts, ui.Fact{Label: r.T("desk.notices.decided_by"), Text: n.DecidedBy, Sub: r.W2.Instant(n.DecidedAt, now)})
	}
	if n.Job != "" {
		facts = append(facts, ui.Fact{Label: r.T("desk.notices.job_number"), Text: n.JobNumber, Href: "/desk/jobs/" + n.Job})
	}
	if n.Reason != "" {
		facts = append(facts, ui.Fact{Label: r.T("desk.notices.reason"), Text: r.T("desk.dismiss.reason." + n.Reason)})
	}
	photos, err := files.Photos(ctx, r.Read(), r.W2, desk.NoticeNoun, n.ID)
	if err != nil {
		return err
	}
	story, err := r.Story(desk.NoticeNoun, n.ID)
	if err != nil {
		return err
	}
	parts := []templ.Component{ui.Section("", ui.Facts(facts...))}
	if len(photos) > 0 {
		parts = append(parts, ui.Section(r.T("desk.page.photos"), ui.Photos(r.W2, photos)))
	}
	if len(open) > 0 {
		parts = append(parts, alreadyOpen(r.W2, "notice", open))
	}
	if len(others) > 0 {
		parts = append(parts, alike(r.W2, r.T("desk.notices.others"), heap(r, others)))
	}
	p.Body = ui.Below(append(parts, ui.Section(r.T("desk.page.story"), story))...)
	return r.Show(p, n)
}

var noticeTones = map[desk.NoticeState]ui.Tone{desk.Unread: ui.Soon, desk.Confirmed: ui.Done, desk.Joined: ui.Done, desk.Dismissed: ui.Quiet}

// heap lists notices of one code.
func heap(r *web.Req, ns []desk.Notice) ui.Table {
	t := ui.Table{ID: "others", Bare: true, Caption: r.T("desk.notices.others"), Columns: []ui.Head{{Label: r.T("desk.notices.text")}, {Label: r.T("desk.notices.trade")}, {Label: r.T("desk.notices.at")}}}
	for _, n := range ns {
		t.Rows = append(t.Rows, ui.Row{Href: "/desk/notices/" + n.ID, Cells: []ui.Cell{{Text: cmp.Or(n.Text, "–")}, {Text: guestCalls(r, &n)}, {Text: r.W2.Instant(n.At, r.Read().Moment())}}})
	}
	return t
}

// deciding are the steps with what is known put into their questions: the others of the
// heap are ticked where they tell of the same trade.
func deciding(r *web.Req, n *desk.Notice, others []desk.Notice, open []Known) ([]ui.Action, error) {
	actions, err := r.Buttons(desk.NoticeNoun, "/desk/notices/"+n.ID, n.Version, desk.Handling.Open(r.By, n))
	if err != nil {
		return nil, err
	}
	if len(open) == 0 {
		actions = slices.DeleteFunc(actions, func(a ui.Action) bool { return a.Name == "join" })
	}
	kinds, err := kindOptions(r)
	if err != nil {
		return nil, err
	}
	for i := range actions {
		a := &actions[i]
		a.Icon = map[string]string{"confirm": "check", "join": "link", "dismiss": "x"}[a.Name]
		if a.Ask == nil {
			continue
		}
		if len(others) == 0 {
			a.Ask.Fields = slices.DeleteFunc(a.Ask.Fields, func(f ui.Field) bool { return f.Name == "also" })
		}
		for k := range a.Ask.Fields {
			f := &a.Ask.Fields[k]
			switch f.Name {
			case "trade":
				f.Options = kinds
			case "also":
				for _, o := range others {
					f.Options = append(f.Options, ui.Option{Value: o.ID, Label: cmp.Or(o.Text, guestCalls(r, &o)), Hint: r.W2.Instant(o.At, r.Read().Moment())})
					if !a.Open && o.Trade == n.Trade && o.Kind == n.Kind {
						f.Values = append(f.Values, o.ID)
					}
				}
			case "job":
				f.Kind = ui.KindCards
				for _, j := range open {
					f.Options = append(f.Options, ui.Option{Value: j.ID, Label: j.Title, Hint: j.Number + " · " + r.T("desk.job.state."+string(j.State))})
				}
			}
			if a.Open || a.Name != "confirm" {
				continue
			}
			switch f.Name {
			case "title":
				f.Value = titleOf(r, n)
			case "trade":
				f.Value = cmp.Or(n.Kind, string(n.Trade))
			case "urgency":
				f.Value = string(desk.Normal)
			case "department":
				f.Value, f.Shown = n.Department, n.DepartmentName
			}
		}
	}
	return actions, nil
}

// titleOf is a job's title from what a guest wrote: its first line, or the trade.
func titleOf(r *web.Req, n *desk.Notice) string {
	line, _, _ := strings.Cut(n.Text, "\n")
	if line = strings.TrimSpace(line); line == "" {
		return guestCalls(r, n)
	}
	if letters := []rune(line); len(letters) > 40 {
		return string(letters[:40]) + "…"
	}
	return line
}

func (c *Counter) confirm(r *web.Req) error {
	return web.Submit(r, &desk.ConfirmForm, c.notice, func(tx *db.Tx, d *desk.Confirmation) (web.Done, error) {
		n, err := desk.Confirm(r.Context(), tx, r.PathValue("id"), r.Version(), *d)
		return web.Done{To: "/desk/jobs/" + n.Job, Say: "desk.done.reported", Args: []string{n.JobNumber}, Data: n}, err
	})
}

func (c *Counter) join(r *web.Req) error {
	return web.Submit(r, &desk.JoinForm, c.notice, func(tx *db.Tx, d *desk.Joining) (web.Done, error) {
		n, err := desk.Join(r.Context(), tx, r.PathValue("id"), r.Version(), *d)
		return web.Done{To: "/desk/notices", Say: "desk.done.joined", Args: []string{n.JobNumber}, Data: n}, err
	})
}

func (c *Counter) dismiss(r *web.Req) error {
	return web.Submit(r, &desk.DismissForm, c.notice, func(tx *db.Tx, d *desk.Dismissal) (web.Done, error) {
		n, err := desk.Dismiss(r.Context(), tx, r.PathValue("id"), r.Version(), *d)
		return web.Done{To: "/desk/notices", Say: "desk.done.dismissed", Data: n}, err
	})
}
