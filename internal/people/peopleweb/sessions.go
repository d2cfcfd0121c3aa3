package peopleweb

import (
	"cmp"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// sessions is where a person is signed in: in this browser, and a table of the
// others; end is where ticked ones are ended.
func sessions(r *web.Req, person, end string) (templ.Component, error) {
	living, err := people.Sessions(r.Context(), r.Read(), person)
	if err != nil {
		return nil, err
	}
	now := r.Site.DB.Now()
	var here []templ.Component
	t := ui.Table{ID: "sessions", Bare: true, Caption: r.T("people.me.sessions"), Empty: ui.Nothing{Text: r.T("people.sessions.none"), Icon: "devices"},
		Columns: []ui.Head{{Label: r.T("people.session.device")}, {Label: r.T("people.session.address")}, {Label: r.T("people.session.made")}, {Label: r.T("people.session.seen")}}}
	for _, s := range living {
		name := cmp.Or(s.Device(), r.T("people.session.unknown"))
		if s.ID == r.Visitor.Session {
			here = append(here, ui.Facts(ui.Fact{Label: r.T("people.session.this"), Text: name}, ui.Fact{Label: r.T("people.session.address"), Text: s.Address},
				ui.Fact{Label: r.T("people.session.made"), Text: r.W2.Full(s.MadeAt)}))
			continue
		}
		row := ui.Row{Check: s.ID, Cells: []ui.Cell{{Text: name, Title: s.Agent}, {Text: s.Address},
			{Text: r.W2.Instant(s.MadeAt, now), Title: r.W2.Full(s.MadeAt)}, {Text: r.W2.Instant(s.SeenAt, now), Title: r.W2.Full(s.SeenAt)}}}
		if s.Stage != people.Open {
			row.Cells[0].Sub = r.T("people.session.half")
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		t.Bulk = []ui.Action{{Name: "end", Label: r.T("people.session.end"), Post: end, Tone: ui.Danger}}
	}
	return stack(append(here, ui.List(r.W2, t))...), nil
}

// tokens is a table of a person's keys for programs.
func tokens(r *web.Req, person, revoke string) (templ.Component, error) {
	all, err := people.Tokens(r.Context(), r.Read(), person)
	if err != nil {
		return nil, err
	}
	now := r.Site.DB.Now()
	heads := []ui.Head{{Label: r.T("people.token.name")}, {Label: r.T("people.token.expires")}, {Label: r.T("people.token.seen")}, {Label: r.T("people.token.state")}}
	live := ui.Table{ID: "tokens", Bare: true, Caption: r.T("people.me.tokens"), Columns: heads, Empty: ui.Nothing{Text: r.T("people.tokens.none"), Icon: "key"}}
	over := ui.Table{ID: "over", Bare: true, Caption: r.T("people.tokens.over"), Columns: heads}
	for _, k := range all {
		row := ui.Row{Cells: []ui.Cell{{Text: k.Name}, {Text: r.W2.Full(k.ExpiresAt)}, {Text: r.W2.Instant(k.SeenAt, now), Sub: k.Address}}}
		switch {
		case k.EndedAt != 0:
			row.Cells = append(row.Cells, ui.Cell{Text: r.T("people.token.revoked"), Tone: ui.Quiet, State: true})
		case !k.ExpiresAt.Time().After(now):
			row.Cells = append(row.Cells, ui.Cell{Text: r.T("people.token.expired"), Tone: ui.Quiet, State: true})
		default:
			row.Check, row.Cells = k.ID, append(row.Cells, ui.Cell{Text: r.T("people.token.live"), Tone: ui.Done, State: true})
			live.Rows = append(live.Rows, row)
			continue
		}
		row.Quiet = true
		over.Rows = append(over.Rows, row)
	}
	if len(live.Rows) > 0 {
		live.Bulk = []ui.Action{{Name: "revoke", Label: r.T("people.token.revoke"), Post: revoke, Tone: ui.Danger}}
	}
	return past(r, live, over), nil
}

func (c *Counter) mySessions(r *web.Req) error {
	list, err := sessions(r, r.By.ID, "/me/sessions/end")
	if err != nil {
		return err
	}
	story, err := r.Story("people.account", r.By.ID)
	if err != nil {
		return err
	}
	return mine(r, card(r.T("people.me.sessions"), list, ui.Buttons(r.W2, ui.Action{Name: "end-others", Label: r.T("people.session.end_others"),
		Post: "/me/sessions/end-others", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}, Icon: "logout"})), card(r.T("people.sessions.story"), story))
}

func (c *Counter) endMine(r *web.Req) error { return endTicked(r, r.By.ID, "/me/sessions") }

func (c *Counter) endOthers(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/me/sessions", Say: "people.done.ended"}, people.SignOutEverywhere(r.Context(), tx, r.By.ID, r.Visitor.Session)
	})
}

// endTicked ends the ticked sessions, all of them one person's.
func endTicked(r *web.Req, person, to string) error {
	return r.Ticked(to, "people.done.ended", func(tx *db.Tx, id string) error { return people.End(r.Context(), tx, person, id) })
}

func revokeTicked(r *web.Req, person, to string) error {
	return r.Ticked(to, "people.done.revoked", func(tx *db.Tx, id string) error { return people.Revoke(r.Context(), tx, person, id) })
}

type wanted struct {
	Name string
	Days int64
}

var tokenForm = form.Of[wanted]{Name: "people.token", Fields: []form.Field[wanted]{
	{Key: "name", Into: func(w *wanted) any { return &w.Name }, Required: true, Most: 60, Hint: true},
	{Key: "days", Into: func(w *wanted) any { return &w.Days }, Required: true, Least: 1, Most: 3660},
}}

func (c *Counter) myTokens(r *web.Req) error {
	list, err := tokens(r, r.By.ID, "/me/tokens/revoke")
	if err != nil {
		return err
	}
	f, err := r.Form(&tokenForm, &wanted{Days: 90}, ui.Form{ID: "token", Action: "/me/tokens", Submit: r.T("people.token.make"), Intro: r.T("people.token.intro")})
	if err != nil {
		return err
	}
	f.Key = ""
	return mine(r, card(r.T("people.me.tokens"), list), card(r.T("people.token.new"), ui.Ask(r.W2, f)))
}

// makeToken shows the secret, once: the books keep only its hash.
func (c *Counter) makeToken(r *web.Req) error {
	return web.Take(r, &tokenForm, c.myTokens, func(w *wanted) error {
		var secret string
		if err := r.Do(func(tx *db.Tx) (err error) {
			secret, err = people.MakeToken(r.Context(), tx, w.Name, w.Days)
			return err
		}); err != nil {
			return err
		}
		return once(r, w.Name, r.T("people.token.say"), "/me/tokens", ui.Fact{Label: r.T("people.token.secret"), Text: secret, Wide: true},
			ui.Fact{Label: r.T("people.token.use"), Text: "Authorization: Bearer " + secret, Wide: true})
	})
}

func (c *Counter) revokeMine(r *web.Req) error { return revokeTicked(r, r.By.ID, "/me/tokens") }
