// Package approvalsweb is the counter at which people decide, see where what they
// asked for stands, and set the ways that documents go.
package approvalsweb

import (
	"context"
	"embed"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/files"
)

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// Counter is the room's doors.
type Counter struct {
	Files *files.Store // where minutes go; nil: none are taken
	// Papers are the pages of what is decided on, by noun.
	Papers map[string]Paper
}

// Paper is where a record that goes for approval is looked at, and whether a person may.
type Paper struct {
	At  string // the address before the record's id
	May func(ctx context.Context, r db.Reader, by db.Actor, id string) error
}

// New opens the counter.
func New(store *files.Store, papers map[string]Paper) *Counter { return &Counter{store, papers} }

// Routes are the doors of the room.
func (c *Counter) Routes() []web.Route {
	one := approvals.Case{}
	return []web.Route{
		{At: "GET /approvals", Need: web.SignedIn, Do: decisions, Gives: []approvals.Awaited{}},
		{At: "POST /approvals/agree", Need: web.SignedIn, Do: agreeAll, Form: &batch},
		{At: "GET /approvals/asked", Need: web.SignedIn, Do: asked, List: &approvals.Cases},
		{At: "GET /approvals/cases", Need: approvals.MaySee, Do: cases, List: &approvals.Cases},
		{At: "GET /approvals/cases/{id}", Need: web.SignedIn, Do: c.show, Gives: Sheet{}},
		{At: "POST /approvals/cases/{id}/agree", Need: web.SignedIn, Do: c.agree, Form: &agreeing, Gives: one},
		{At: "POST /approvals/cases/{id}/refuse", Need: web.SignedIn, Do: c.refuse, Form: &refusing, Gives: one},
		{At: "POST /approvals/cases/{id}/send-back", Need: web.SignedIn, Do: c.sendBack, Form: &returning, Gives: one},
		{At: "POST /approvals/cases/{id}/withdraw", Need: web.SignedIn, Do: c.withdraw, Form: &withdrawing, Gives: one},
		{At: "POST /approvals/cases/{id}/remind", Need: web.SignedIn, Do: remind, Gives: one},
		{At: "POST /approvals/cases/{id}/opinion", Need: web.SignedIn, Do: c.opinion, Form: &giving, Gives: one},
		{At: "POST /approvals/cases/{id}/ask-opinion", Need: web.SignedIn, Do: c.askOpinion, Form: &asking, Gives: one},
		{At: "POST /approvals/cases/{id}/enter", Need: approvals.MayEnter, Do: c.enter, Form: &minutes, Gives: one},
		{At: "GET /approvals/meetings", Need: approvals.MayEnter, Do: meetings, Gives: []approvals.Awaited{}},
		{At: "GET /approvals/delegations", Need: web.SignedIn, Do: delegations, Gives: []approvals.Delegation{}},
		{At: "POST /approvals/delegations", Need: web.SignedIn, Do: delegate, Form: &handing, Gives: approvals.Delegation{}},
		{At: "POST /approvals/delegations/{id}/end", Need: web.SignedIn, Do: endDelegation},
		{At: "GET /approvals/debts", Need: web.SignedIn, Do: debts, List: &approvals.Debts},
		{At: "GET /approvals/debts/{id}", Need: web.SignedIn, Do: debt, Gives: approvals.Debt{}},
		{At: "POST /approvals/debts/{id}/settle", Need: web.SignedIn, Do: settle, Form: &delivering, Gives: approvals.Debt{}},
		{At: "GET /approvals/routes", Need: web.SignedIn, Do: routes, Gives: []Way{}},
		{At: "GET /approvals/routes/{kind}", Need: web.SignedIn, Do: route, Gives: approvals.Route{}},
		{At: "POST /approvals/routes/{kind}/preview", Need: web.SignedIn, Do: tryRoute, Form: &trying, Gives: []approvals.Prospect{}},
		{At: "GET /approvals/routes/{kind}/edit", Need: approvals.MayRoute, Do: edit, PageOnly: true},
		{At: "POST /approvals/routes/{kind}/drafts", Need: approvals.MayRoute, Do: draft, Form: &writing, Gives: approvals.Route{}},
		{At: "GET /approvals/drafts/{id}", Need: web.SignedIn, Do: drafted, Gives: approvals.Route{}},
		{At: "POST /approvals/drafts/{id}/preview", Need: web.SignedIn, Do: tryDraft, Form: &trying, Gives: []approvals.Prospect{}},
		{At: "POST /approvals/drafts/{id}/force", Need: approvals.MayForce, Do: force, Gives: approvals.Route{}},
		{At: "POST /approvals/drafts/{id}/drop", Need: approvals.MayRoute, Do: drop, Gives: approvals.Route{}},
		{At: "GET /approvals/posts", Need: approvals.MayRoute, Do: posts, Gives: []approvals.Holding{}},
		{At: "POST /approvals/posts", Need: approvals.MayRoute, Do: seat, Form: &seating, Gives: approvals.Holding{}},
		{At: "POST /approvals/posts/{id}/unseat", Need: approvals.MayRoute, Do: unseat},
	}
}

// Doors are the room's entries of the navigation, with what waits behind them.
func Doors(r *web.Req) ([]ui.NavItem, error) {
	waits, err := approvals.WaitsFor(r.Context(), r.Read(), r.By)
	if err != nil {
		return nil, err
	}
	var items []ui.NavItem
	for _, d := range []struct {
		may, href, key, icon string
		n                    int
		late                 bool
	}{
		{web.SignedIn, "/approvals", "decisions", "stamp", waits.Decisions, waits.Late},
		{approvals.MayEnter, "/approvals/meetings", "meetings", "users", waits.Meetings, false},
		{web.SignedIn, "/approvals/asked", "asked", "file-text", 0, false},
		{web.SignedIn, "/approvals/debts", "debts", "receipt", waits.Debts, waits.DebtsLate},
		{approvals.MaySee, "/approvals/cases", "cases", "clipboard-list", 0, false},
		{web.SignedIn, "/approvals/routes", "routes", "route", 0, false},
	} {
		if d.may != web.SignedIn && !r.By.May(d.may) {
			continue
		}
		items = append(items, ui.NavItem{Label: r.T("approvals.door." + d.key), Short: r.T("approvals.door." + d.key + ".short"), Href: d.href, Icon: d.icon, Count: d.n, Late: d.late,
			Current: r.URL.Path == d.href})
	}
	return items, nil
}
