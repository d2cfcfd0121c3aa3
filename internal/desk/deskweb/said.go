package deskweb

import (
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// beside are the pages of what is looked into afterwards, as tabs of each other.
func beside(r *web.Req) (tabs []ui.Link) {
	for _, t := range []struct{ may, key, href string }{
		{desk.MayDispatch, "desk.callbacks", "/desk/callbacks"}, {web.SignedIn, "desk.complaints", "/desk/complaints"}, {desk.MaySee, "desk.breaches", "/desk/breaches"}, {desk.MaySee, "desk.firms", "/desk/firms"}, {desk.MayDispatch, "desk.old", "/desk/old"},
	} {
		if t.may == web.SignedIn || r.By.May(t.may) {
			tabs = append(tabs, ui.Link{Label: r.T(t.key), Href: t.href, Current: r.URL.Path == t.href})
		}
	}
	return tabs
}

func breaches(r *web.Req) error {
	return r.List(&desk.Breaches, desk.Scope(r.By), web.ListPage{Page: ui.Page{Tabs: beside(r)}})
}

func firms(r *web.Req) error {
	return r.List(&desk.Firms, desk.Scope(r.By), web.ListPage{Page: ui.Page{Tabs: beside(r)}})
}

func callbacks(r *web.Req) error {
	return r.List(&desk.Callbacks, desk.CallScope(r.By), web.ListPage{Page: ui.Page{Tabs: beside(r)}, Default: "state=waiting"})
}

func callback(r *web.Req) error {
	k, err := desk.CallbackOf(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(k)
	}
	now := r.Read().Moment()
	facts := []ui.Fact{
		{Label: r.T("desk.callbacks.caller"), Text: k.Caller, Sub: k.Phone}, {Label: r.T("desk.callbacks.department"), Text: k.DepartmentName},
		{Label: r.T("desk.callbacks.title"), Text: k.Title, Sub: k.Number, Href: "/desk/jobs/" + k.Job, Wide: true}, {Label: r.T("desk.callbacks.worker_name"), Text: k.WorkerName},
		{Label: r.T("desk.callbacks.at"), Text: r.W2.Instant(k.At, now)}, {Label: r.T("desk.callbacks.state"), Text: r.T("desk.callbacks.state." + k.State), State: true},
	}
	if k.Tries > 0 {
		facts = append(facts, ui.Fact{Label: r.T("desk.callbacks.tries"), Text: r.W2.Number(k.Tries), Num: true})
	}
	if k.Score > 0 {
		facts = append(facts, ui.Fact{Label: r.T("desk.callbacks.score"), Text: r.T("desk.callback.score." + string('0'+rune(k.Score))), Sub: k.Said}, ui.Fact{Label: r.T("desk.callbacks.by"), Text: k.By})
	}
	body := ui.Section("", ui.Facts(facts...))
	if k.State == "waiting" || k.State == "lapsed" {
		f, err := r.Form(&desk.CallForm, nil, ui.Form{ID: "call-back", Action: "/desk/callbacks/" + k.Job, Submit: r.T("desk.callback.submit")})
		if err != nil {
			return err
		}
		body = ui.Below(body, ui.Section(r.T("desk.callback.heard"), ui.Ask(r.W2, f)))
	}
	return r.Show(ui.Page{Heading: r.T("desk.callback"), Sub: k.Number, Narrow: true, Back: &ui.Link{Label: r.T("desk.callbacks"), Href: "/desk/callbacks"}, Body: body}, k)
}

func callBack(r *web.Req) error {
	return web.Submit(r, &desk.CallForm, callback, func(tx *db.Tx, c *desk.Call) (web.Done, error) {
		k, err := desk.CallBack(r.Context(), tx, r.PathValue("id"), *c)
		return web.Done{To: "/desk/callbacks", Say: "desk.done.called_back", Args: []string{k.Number}, Data: k}, err
	})
}

func complaints(r *web.Req) error {
	return r.List(&desk.Complaints, desk.ComplaintScope(r.By), web.ListPage{Page: ui.Page{Tabs: beside(r)}})
}

func showComplaint(r *web.Req) error {
	c, err := desk.ComplaintByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(c)
	}
	now := r.Read().Moment()
	job := ui.Fact{Label: r.T("desk.complaints.title"), Text: c.Title, Sub: c.JobNumber, Wide: true}
	if _, err := desk.Get(r.Context(), r.Read(), r.By, c.Job); err == nil {
		job.Href = "/desk/jobs/" + c.Job
	}
	facts := []ui.Fact{
		{Label: r.T("desk.complaints.said"), Text: heldAgainst(r, &c), Wide: true}, job, {Label: r.T("desk.complaints.department"), Text: c.DepartmentName}, {Label: r.T("desk.complaints.by"), Text: c.By, Sub: r.W2.Instant(c.At, now)},
		{Label: r.T("desk.complaints.source"), Text: r.T("desk.complaints.source." + c.Source)}, {Label: r.T("desk.complaints.owner"), Text: c.OwnerName}, {Label: r.T("desk.complaints.due"), Text: r.W2.Due(c.Due, now), Tone: ui.Tone(c.Tone(now))},
	}
	var parts []ui.Fact
	if c.State == "answered" {
		founded := r.T("desk.complaints.unfounded")
		if c.Founded {
			founded = r.T("desk.complaints.founded")
		}
		parts = []ui.Fact{{Label: r.T("desk.complaints.answer"), Text: c.Answer, Wide: true}, {Label: r.T("desk.complaints.answered_by"), Text: c.AnsweredBy, Sub: r.W2.Instant(c.AnsweredAt, now)}, {Label: r.T("desk.complaints.verdict"), Text: founded}}
	}
	body := ui.Section("", ui.Facts(append(facts, parts...)...))
	if c.Answerable(r.By) == nil {
		f, err := r.Form(&desk.ReplyForm, nil, ui.Form{ID: "answer", Action: "/desk/complaints/" + c.ID + "/answer", Submit: r.T("desk.reply.submit"), Version: version(c.Version)})
		if err != nil {
			return err
		}
		body = ui.Below(body, ui.Section(r.T("desk.reply"), ui.Ask(r.W2, f)))
	}
	story, err := r.Story(desk.ComplaintNoun, c.ID)
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("desk.complaint"), Sub: c.Number, Mark: &ui.Mark{Word: r.T("desk.complaints.state." + c.State), Tone: ui.Tone(c.Tone(now))}, Live: []string{desk.ComplaintNoun},
		Back: &ui.Link{Label: r.T("desk.complaints"), Href: "/desk/complaints"}, Body: ui.Beside(body, ui.Section(r.T("desk.page.story"), story))}, c)
}

// heldAgainst is what a complaint says: the rating it came from with its reasons, and the words.
func heldAgainst(r *web.Req, c *desk.Complaint) string {
	var all []string
	if c.Rating > 0 {
		all = append(all, r.T("desk.sign.rating."+string('0'+rune(c.Rating))))
	}
	for _, why := range c.Reasons.Words() {
		all = append(all, r.T("desk.reason."+why))
	}
	if c.Said != "" {
		all = append(all, c.Said)
	}
	return strings.Join(all, " · ")
}

func answer(r *web.Req) error {
	return web.Submit(r, &desk.ReplyForm, showComplaint, func(tx *db.Tx, a *desk.Reply) (web.Done, error) {
		c, err := desk.Answer(r.Context(), tx, r.PathValue("id"), r.Version(), *a)
		return web.Done{To: "/desk/complaints/" + c.ID, Say: "desk.done.answered", Args: []string{c.Number}, Data: c}, err
	})
}
