// Package messagesweb is the pigeonholes: one's own messages, the channels by which
// messages leave the house, and what did not arrive.
package messagesweb

import (
	"embed"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/jobs"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words"
	"houqin/internal/messages"
)

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// Counter serves the room.
type Counter struct{ office *messages.Office }

// New is the counter of an office.
func New(o *messages.Office) *Counter { return &Counter{o} }

// Routes are the doors of the room.
func (c *Counter) Routes() []web.Route {
	return []web.Route{
		{At: "GET /messages", Need: web.SignedIn, Do: notes, Gives: []messages.Note{}},
		{At: "POST /messages/seen", Need: web.SignedIn, Do: see, Form: &seenForm},
		{At: "POST /messages/address", Need: web.SignedIn, Do: writeTo, Form: &addressForm},
		{At: "GET /channels", Need: messages.MayRun, Do: channels, List: &messages.Channels},
		{At: "GET /channels/new", Need: messages.MayRun, Do: blank, PageOnly: true},
		{At: "POST /channels", Need: messages.MayRun, Do: c.open, Form: &paper, Gives: made{}, Sure: true},
		{At: "GET /channels/{id}", Need: messages.MayRun, Do: channel, Gives: messages.Channel{}},
		{At: "GET /channels/{id}/edit", Need: messages.MayRun, Do: edit, PageOnly: true},
		{At: "POST /channels/{id}", Need: messages.MayRun, Do: c.change, Form: &changes, Gives: messages.Channel{}, Sure: true},
		{At: "POST /channels/{id}/prove", Need: messages.MayRun, Do: prove},
		{At: "POST /channels/{id}/close", Need: messages.MayRun, Do: shut},
		{At: "GET /deliveries", Need: messages.MayRun, Do: deliveries, List: &messages.Deliveries},
		{At: "POST /deliveries/again", Need: messages.MayRun, Do: again, PageOnly: true},
		{At: "GET /dead-jobs", Need: messages.MayRun, Do: dead, List: &jobs.Graves},
		{At: "POST /dead-jobs/revive", Need: messages.MayRun, Do: revive, PageOnly: true},
		{At: "POST /dead-jobs/bury", Need: messages.MayRun, Do: bury, PageOnly: true},
	}
}

var seenForm = form.Of[seen]{Name: "messages.seen", Fields: []form.Field[seen]{
	{Key: "up_to", Into: func(s *seen) any { return &s.UpTo }, Kind: form.Hidden, Required: true, Most: 40},
}}

type seen struct{ UpTo string }

var addressForm = form.Of[address]{Name: "messages.address", Fields: []form.Field[address]{
	{Key: "email", Into: func(a *address) any { return &a.Email }, Most: 120, Hint: true},
}}

type address struct{ Email string }

// notes is what one was told.
func notes(r *web.Req) error {
	all, err := messages.Notes(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return err
	}
	now := r.Read().Moment()
	t := ui.Table{ID: "notes", Bare: true, Caption: r.T("messages.mine"), Empty: ui.Nothing{Text: r.T("messages.none"), Icon: "bell"},
		Columns: []ui.Head{{Label: r.T("messages.note.text")}, {Label: r.T("messages.note.at")}}}
	unseen := false
	for _, n := range all {
		unseen = unseen || !n.Seen
		row := ui.Row{Href: n.Href, Quiet: n.Seen, Cells: []ui.Cell{{Text: r.T("messages.says."+n.Event, said(&n)...)}, {Text: r.W2.Instant(n.At, now), Title: r.W2.Full(n.At)}}}
		if !n.Seen {
			row.Tone = ui.Soon
		}
		t.Rows = append(t.Rows, row)
	}
	p := ui.Page{Heading: r.T("messages.mine")}
	if unseen {
		p.Actions = []ui.Action{{Name: "seen", Label: r.T("messages.see"), Post: "/messages/seen", Icon: "checks", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "up_to", Value: all[0].ID}}}}
	}
	own, err := messages.AddressOf(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return err
	}
	f, err := r.Form(&addressForm, &address{own}, ui.Form{ID: "address", Action: "/messages/address", Submit: r.T("messages.save")})
	if err != nil {
		return err
	}
	for i := range f.Fields {
		f.Fields[i].Autocomplete = "email"
	}
	p.Body = ui.Below(ui.List(r.W2, t), ui.Section(r.T("messages.by_mail"), ui.Ask(r.W2, f)))
	return r.Show(p, all)
}

// said are a note's arguments; what an alarm is about is a word of the list of events.
func said(n *messages.Note) (out []any) {
	for i, a := range n.Args {
		switch {
		case n.Event == messages.Alarm && i == 1:
			out = append(out, words.Key("people.events.kind."+a))
		case n.Event == messages.Decided && i == 2:
			out = append(out, words.Key("approvals.cases.state."+a))
		case n.Event == messages.WayDrafted:
			out = append(out, words.Key("approvals.kind."+a))
		default:
			out = append(out, a)
		}
	}
	if n.Event == messages.Commented && len(out) == 2 { // told before what was said was
		out = append(out, words.Key("messages.commented"))
	}
	if n.Event == messages.Decided && len(out) == 2 { // told before the outcome was
		out = append(out, words.Key("messages.decided"), "")
	}
	return out
}

func see(r *web.Req) error {
	return web.Submit(r, &seenForm, notes, func(tx *db.Tx, s *seen) (web.Done, error) {
		to := "/messages"
		if in, err := r.Input(); err == nil && in.Value("_back") == "/desk/ward" {
			to = "/desk/ward"
		}
		return web.Done{To: to}, messages.See(r.Context(), tx, s.UpTo)
	})
}

func writeTo(r *web.Req) error {
	return web.Submit(r, &addressForm, notes, func(tx *db.Tx, a *address) (web.Done, error) {
		return web.Done{To: "/messages", Say: "messages.done.address"}, messages.WriteTo(r.Context(), tx, a.Email)
	})
}

// Door is the entry of the navigation with its count.
func Door(r *web.Req) (ui.NavItem, error) {
	n, err := messages.Unseen(r.Context(), r.Read(), r.By.ID)
	return ui.NavItem{Label: r.T("nav.messages"), Href: "/messages", Icon: "bell", Count: int(n), Tells: true, Current: r.URL.Path == "/messages"}, err
}

// tabs are the sides of what leaves the house.
func tabs(r *web.Req) (links []ui.Link) {
	for _, t := range []struct{ href, label, icon string }{{"/channels", "messages.channels", "message"}, {"/deliveries", "messages.deliveries", "send"}, {"/dead-jobs", "jobs.dead", "alert-triangle"}} {
		links = append(links, ui.Link{Href: t.href, Label: r.T(t.label), Icon: t.icon, Current: r.URL.Path == t.href})
	}
	return links
}

func deliveries(r *web.Req) error {
	return r.List(&messages.Deliveries, list.Where{}, web.ListPage{Page: ui.Page{Tabs: tabs(r)},
		Bulk: []ui.Action{{Name: "again", Label: r.T("messages.again"), Post: "/deliveries/again", Icon: "repeat"}}})
}

func again(r *web.Req) error {
	return r.Ticked("/deliveries", "messages.done.again", func(tx *db.Tx, id string) error { return messages.Again(r.Context(), tx, id) })
}

// dead is what the house could not do by itself, of every room.
func dead(r *web.Req) error {
	return r.List(&jobs.Graves, list.Where{}, web.ListPage{Page: ui.Page{Tabs: tabs(r)}, Bulk: []ui.Action{
		{Name: "revive", Label: r.T("jobs.revive"), Post: "/dead-jobs/revive", Icon: "repeat"},
		{Name: "bury", Label: r.T("jobs.bury"), Post: "/dead-jobs/bury", Tone: ui.Danger, Confirm: r.T("jobs.bury.sure")}}})
}

func revive(r *web.Req) error {
	return r.Ticked("/dead-jobs", "jobs.done.revived", func(tx *db.Tx, id string) error { return jobs.Revive(r.Context(), tx, id) })
}

func bury(r *web.Req) error {
	return r.Ticked("/dead-jobs", "jobs.done.buried", func(tx *db.Tx, id string) error { return jobs.Bury(r.Context(), tx, id) })
}
