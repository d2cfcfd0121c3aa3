package peopleweb

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// card frames what belongs together.
func card(title string, body ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Card(title).Render(templ.WithChildren(ctx, stack(body...)), w)
	})
}

// stack puts parts below each other with room between.
func stack(body ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Stack().Render(templ.WithChildren(ctx, templ.Join(body...)), w)
	})
}

// note is a sentence the reader should see before going on.
func note(tone ui.Tone, text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Notice(tone).Render(templ.WithChildren(ctx, say(text)), w)
	})
}

// say is a paragraph.
func say(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<p>"+templ.EscapeString(text)+"</p>")
		return err
	})
}

// once shows what is never shown again.
func once(r *web.Req, heading, warning, next string, list ...ui.Fact) error {
	return r.Show(ui.Page{Heading: heading, Narrow: true, Body: stack(note(ui.Soon, warning), card("", ui.Facts(list...)),
		ui.Buttons(r.W2, ui.Action{Name: "noted", Label: r.T("people.noted"), Href: next, Tone: ui.Accent}))}, nil)
}

// said goes on to a page with a sentence; nothing is kept for repetition.
func (c *Counter) said(r *web.Req, to, key string, args ...string) error {
	return r.Act(nil, func(*db.Tx) (web.Done, error) { return web.Done{To: to, Say: key, Args: args}, nil })
}

// spaced is a long code in fours.
func spaced(code string) string {
	var b strings.Builder
	for i, c := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// facts is what everybody who may see a person sees of them.
func facts(r *web.Req, p people.Person) []ui.Fact {
	var trades []string
	for _, t := range p.Trades.Words() {
		trades = append(trades, r.T("people.trade."+t))
	}
	list := []ui.Fact{
		{Label: r.T("people.list.number"), Text: p.Number},
		{Label: r.T("people.list.department"), Text: p.DepartmentName, Href: "/departments/" + p.Department},
		{Label: r.T("people.list.posts"), Text: r.W2.List(p.Posts.Words())},
		{Label: r.T("people.list.trades"), Text: r.W2.List(trades)},
		{Label: r.T("people.list.phone"), Text: p.Phone},
	}
	if p.Closed {
		list = append(list, ui.Fact{Label: r.T("people.list.left_on"), Text: string(p.LeftOn)})
	}
	return list
}

// appointments are the roles a person holds or will, and below them those that are
// over. withdraw is the address to which ticked ones are withdrawn, "" where none are.
func appointments(r *web.Req, held []people.Appointment, withdraw string) templ.Component {
	today := r.Site.DB.Today()
	heads := []ui.Head{{Label: r.T("people.grant.role")}, {Label: r.T("people.grant.where")}, {Label: r.T("people.grant.from")}, {Label: r.T("people.grant.until")}, {Label: r.T("people.grant.state")}}
	now := ui.Table{ID: "grants", Bare: true, Caption: r.T("people.grants"), Columns: heads, Empty: ui.Nothing{Text: r.T("people.grants.none"), Icon: "shield"}}
	was := ui.Table{ID: "over", Bare: true, Caption: r.T("people.grants.over"), Columns: heads}
	for _, a := range held {
		role := people.Role{NameZh: a.RoleZh, NameEn: a.RoleEn}
		row := ui.Row{Cells: []ui.Cell{{Text: role.Name(r.W2.Lang), Sub: r.T("people.grant.by", a.ByName)}, {Text: where(r, a)}, {Text: string(a.From)}, {Text: string(a.Until)}}}
		state, over := ui.Cell{Text: r.T("people.grant.holds"), Tone: ui.Done, State: true}, true
		switch {
		case a.EndedAt != 0:
			state = ui.Cell{Text: r.T("people.grant.withdrawn"), Tone: ui.Quiet, State: true, Title: r.W2.Full(a.EndedAt)}
		case a.Until != "" && a.Until < today:
			state = ui.Cell{Text: r.T("people.grant.over"), Tone: ui.Quiet, State: true}
		default:
			over = false
			if a.From > today {
				state = ui.Cell{Text: r.T("people.grant.later"), Tone: ui.Soon, State: true}
			}
		}
		row.Cells, row.Quiet = append(row.Cells, state), over
		if over {
			was.Rows = append(was.Rows, row)
			continue
		}
		if withdraw != "" {
			row.Check = a.ID
		}
		now.Rows = append(now.Rows, row)
	}
	if withdraw != "" && len(now.Rows) > 0 {
		now.Bulk = []ui.Action{{Name: "withdraw", Label: r.T("people.withdraw"), Post: withdraw, Tone: ui.Danger}}
	}
	return past(r, now, was)
}

// past is a table of what is, with what was folded away below it.
func past(r *web.Req, now, was ui.Table) templ.Component {
	if len(was.Rows) == 0 {
		return ui.List(r.W2, now)
	}
	return templ.Join(ui.List(r.W2, now), say(was.Caption), ui.List(r.W2, was))
}

func where(r *web.Req, a people.Appointment) string {
	if a.Extent == people.Everywhere {
		return r.T("people.extent.all")
	}
	return a.UnitName
}
