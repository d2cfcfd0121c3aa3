package messagesweb

import (
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/messages"
)

// paper is the form for a new channel, changes the one for a channel that is there.
var paper, changes = form.Of[messages.Channel]{Name: "messages.channel", Fields: append([]form.Field[messages.Channel]{
	{Key: "kind", Into: func(c *messages.Channel) any { return &c.Kind }, Required: true, OneOf: messages.Kinds},
}, fields...)}, form.Of[messages.Channel]{Name: "messages.channel", Fields: fields}

var fields = []form.Field[messages.Channel]{
	{Key: "name", Into: func(c *messages.Channel) any { return &c.Name }, Required: true, Most: 60},
	{Key: "address", Into: func(c *messages.Channel) any { return &c.Address }, Most: 500, Hint: true},
	{Key: "secret", Into: func(c *messages.Channel) any { return &c.Secret }, Kind: form.Password, Most: 200, Hint: true},
	{Key: "events", Into: func(c *messages.Channel) any { return &c.Events }, OneOf: messages.Events, Enum: "messages.event"},
}

func channels(r *web.Req) error {
	return r.List(&messages.Channels, list.Where{}, web.ListPage{Default: "closed=false", Page: ui.Page{Tabs: tabs(r),
		Actions: []ui.Action{{Name: "new", Label: r.T("messages.new"), Href: "/channels/new", Icon: "plus", Tone: ui.Accent}}}})
}

func blank(r *web.Req) error {
	f, err := r.Form(&paper, &messages.Channel{Kind: messages.Kinds[0]}, ui.Form{Action: "/channels", Submit: r.T("messages.save"), Cancel: "/channels"})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("messages.new"), Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

// made is the answer to a new channel; a secret that was made for it is told here only.
type made struct {
	messages.Channel
	Secret string `json:"secret,omitempty"`
}

// open and change do not go by an idempotency key: what is kept under one lies in the
// open, and a secret must not.
func (c *Counter) open(r *web.Req) error {
	return web.Take(r, &paper, blank, func(ch *messages.Channel) error {
		given := ch.Secret != ""
		if err := r.Do(func(tx *db.Tx) error { return c.office.Open(r.Context(), tx, ch) }); err != nil {
			return err
		}
		at := "/channels/" + ch.ID
		if given || ch.Kind != messages.Webhook {
			return answer(r, at, made{Channel: *ch})
		}
		return r.Show(ui.Page{Heading: ch.Name, Narrow: true, Back: &ui.Link{Label: r.T("messages.channels"), Href: "/channels"},
			Body: ui.Below(ui.Facts(ui.Fact{Label: r.T("messages.channel.secret"), Text: ch.Secret, Wide: true}), ui.Buttons(r.W2, ui.Action{Name: "go", Label: r.T("messages.noted"), Href: at}))},
			made{*ch, ch.Secret})
	})
}

func (c *Counter) change(r *web.Req) error {
	return web.Take(r, &changes, edit, func(ch *messages.Channel) error {
		ch.ID, ch.Version = r.PathValue("id"), r.Version()
		if err := r.Do(func(tx *db.Tx) error { return c.office.Change(r.Context(), tx, ch) }); err != nil {
			return err
		}
		return answer(r, "/channels/"+ch.ID, ch)
	})
}

// answer sends people on, and programs the data.
func answer(r *web.Req, to string, data any) error {
	if r.JSON() {
		return r.Give(data)
	}
	return r.Go(to)
}

func edit(r *web.Req) error {
	c, err := messages.GetChannel(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	at := "/channels/" + c.ID
	f, err := r.Form(&changes, &c, ui.Form{Action: at, Submit: r.T("messages.save"), Cancel: at, Version: web.VersionText(c.Version)})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: c.Name, Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

func prove(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/deliveries?channel=" + id, Say: "messages.done.proving"}, messages.Prove(r.Context(), tx, id)
	})
}

func shut(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/channels/" + id, Say: "messages.done.closed"}, messages.CloseChannel(r.Context(), tx, id, r.Version())
	})
}

func channel(r *web.Req) error {
	c, err := messages.GetChannel(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	var told []string
	for _, e := range c.Events {
		told = append(told, r.T("messages.event."+e))
	}
	story, err := r.Story("messages.channel", c.ID)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: c.Name, Back: &ui.Link{Label: r.T("messages.channels"), Href: "/channels"}, Live: []string{"messages.channel"},
		Body: ui.Below([]templ.Component{ui.Facts(ui.Fact{Label: r.T("messages.channels.kind"), Text: r.T("messages.channel.kind." + c.Kind)},
			ui.Fact{Label: r.T("messages.channels.host"), Text: c.Host},
			ui.Fact{Label: r.T("messages.channel.events"), Text: strings.Join(told, r.T("messages.and")), Wide: true}), story}...)}
	if c.Closed {
		p.Mark = &ui.Mark{Word: r.T("messages.closed"), Tone: ui.Quiet}
		return r.Show(p, c)
	}
	hidden := func() []ui.Pair {
		return []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(c.Version)}}
	}
	at := "/channels/" + c.ID
	p.Actions = []ui.Action{
		{Name: "prove", Label: r.T("messages.prove"), Post: at + "/prove", Icon: "send", Hidden: hidden()},
		{Name: "edit", Label: r.T("messages.edit"), Href: at + "/edit"},
		{Name: "close", Label: r.T("messages.close"), Post: at + "/close", Tone: ui.Danger, Confirm: r.T("messages.close.sure", c.Name), Hidden: hidden()},
	}
	return r.Show(p, c)
}
