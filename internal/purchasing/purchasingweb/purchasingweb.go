// Package purchasingweb is what the planner and the buyer sit at, each at their own
// side: needs and plans on one, quotes, orders and price lists on the other.
package purchasingweb

import (
	"embed"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/files"
	"houqin/internal/purchasing"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /purchasing", Need: purchasing.MaySee, Do: home, Gives: standing{}},

	{At: "GET /purchasing/needs", Need: web.SignedIn, Do: needs, List: &purchasing.Needs},
	{At: "GET /purchasing/needs/new", Need: purchasing.MayAsk, Do: blankNeed, PageOnly: true},
	{At: "POST /purchasing/needs", Need: purchasing.MayAsk, Do: submit, Form: &needPaper, Gives: purchasing.Need{}},
	{At: "GET /purchasing/needs/urgent", Need: purchasing.MayAsk, Do: blankUrgent, PageOnly: true},
	{At: "POST /purchasing/needs/urgent", Need: purchasing.MayAsk, Do: submitUrgent, Form: &urgentPaper, Gives: purchasing.Need{}},
	{At: "GET /purchasing/needs/{id}", Need: web.SignedIn, Do: need, Gives: purchasing.Need{}},
	{At: "POST /purchasing/needs/{id}/send-back", Need: purchasing.MayPlan, Do: sendBack, Form: &purchasing.WordForm},
	{At: "POST /purchasing/needs/{id}/recall", Need: purchasing.MayAsk, Do: recall},
	{At: "POST /purchasing/needs/{id}/plan", Need: purchasing.MayPlan, Do: planUrgent, Gives: purchasing.Plan{}},

	{At: "GET /purchasing/plans", Need: purchasing.MaySee, Do: plans, List: &purchasing.Plans},
	{At: "POST /purchasing/plans", Need: purchasing.MayPlan, Do: consolidate, Form: &monthPaper, Gives: purchasing.Plan{}, Heavy: true},
	{At: "GET /purchasing/plans/{id}", Need: purchasing.MaySee, Do: plan, Gives: purchasing.Plan{}},
	{At: "GET /purchasing/plans/{id}/edit", Need: purchasing.MayPlan, Do: editPlan, PageOnly: true},
	{At: "POST /purchasing/plans/{id}", Need: purchasing.MayPlan, Do: changePlan, Form: &planPaper, Gives: purchasing.Plan{}, Limit: 8 << 20},
	{At: "GET /purchasing/plans/{id}/lines/{line}", Need: purchasing.MaySee, Do: planLine, Gives: traced{}},
	{At: "GET /purchasing/plans/{id}/print", Need: purchasing.MaySee, Do: printPlan, PageOnly: true},
	{At: "POST /purchasing/plans/{id}/discard", Need: purchasing.MayPlan, Do: discard, Form: &purchasing.WordForm, Gives: purchasing.Plan{}},
	{At: "POST /purchasing/plans/{id}/finish", Need: purchasing.MayPlan, Do: finish, Form: &finishPaper, Gives: purchasing.Plan{}},
	{At: "POST /purchasing/plans/{id}/enquire", Need: purchasing.MayBuy, Do: enquire, Gives: purchasing.Enquiry{}},
	{At: "POST /purchasing/plans/{id}/contract", Need: purchasing.MayBuy, Do: byContract, Gives: []purchasing.Order{}},

	{At: "GET /purchasing/enquiries", Need: purchasing.MaySee, Do: enquiries, List: &purchasing.Enquiries},
	{At: "GET /purchasing/enquiries/{id}", Need: purchasing.MaySee, Do: enquiry, Gives: purchasing.Enquiry{}},
	{At: "GET /purchasing/enquiries/{id}/offer", Need: purchasing.MayBuy, Do: blankOffer, PageOnly: true},
	{At: "POST /purchasing/enquiries/{id}/offer", Need: purchasing.MayBuy, Do: offer, Form: &offerPaper, Gives: purchasing.Enquiry{}, Limit: 4 << 20},
	{At: "POST /purchasing/enquiries/{id}/single", Need: purchasing.MayBuy, Do: single, Form: &singlePaper},
	{At: "POST /purchasing/enquiries/{id}/leave", Need: purchasing.MayLeave, Do: giveLeave},
	{At: "POST /purchasing/enquiries/{id}/award", Need: purchasing.MayBuy, Do: award, Form: &awardPaper, Gives: []purchasing.Order{}},
	{At: "GET /purchasing/enquiries/{id}/split", Need: purchasing.MayBuy, Do: blankSplit, PageOnly: true},
	{At: "POST /purchasing/enquiries/{id}/split", Need: purchasing.MayBuy, Do: split, Form: &splitPaper, Gives: []purchasing.Order{}, Limit: 4 << 20},
	{At: "POST /purchasing/enquiries/{id}/drop", Need: purchasing.MayBuy, Do: drop},

	{At: "GET /purchasing/orders", Need: purchasing.MaySee, Do: orders, List: &purchasing.Orders},
	{At: "GET /purchasing/orders/{id}", Need: purchasing.MaySee, Do: order, Gives: purchasing.Order{}},
	{At: "GET /purchasing/orders/{id}/print", Need: purchasing.MaySee, Do: printOrder, PageOnly: true},
	{At: "POST /purchasing/orders/{id}/approve", Need: purchasing.MayAudit, Do: approve, Form: &purchasing.AuditForm, Gives: purchasing.Order{}},
	{At: "POST /purchasing/orders/{id}/send", Need: purchasing.MayBuy, Do: send, Form: &purchasing.SendForm, Gives: purchasing.Order{}},
	{At: "POST /purchasing/orders/{id}/close", Need: purchasing.MayBuy, Do: closeOrder, Form: &purchasing.WordForm, Gives: purchasing.Order{}},
	{At: "POST /purchasing/orders/{id}/cancel", Need: purchasing.MayBuy, Do: cancel, Form: &purchasing.WordForm, Gives: purchasing.Order{}},

	{At: "GET /purchasing/bought", Need: purchasing.MaySee, Do: bought, List: &purchasing.BoughtLines},
	{At: "GET /purchasing/planned", Need: purchasing.MaySee, Do: planned, List: &purchasing.PlannedLines},

	{At: "GET /purchasing/prices", Need: purchasing.MaySee, Do: prices, List: &purchasing.Prices},
	{At: "GET /purchasing/prices/new", Need: purchasing.MayBuy, Do: blankPrice, PageOnly: true},
	{At: "POST /purchasing/prices", Need: purchasing.MayBuy, Do: agree, Form: &pricePaper, Gives: purchasing.Price{}},
	{At: "POST /purchasing/prices/end", Need: purchasing.MayBuy, Do: endPrices},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// linesMost is how many lines a department's plan may have; a plan of the house has
// as many as there are items.
const linesMost, housesMost = 400, 3000

// tabs are the room's lists side by side.
func tabs(r *web.Req) (all []ui.Link) {
	for _, t := range [][2]string{{"purchasing.needs", "/purchasing/needs"}, {"purchasing.plans", "/purchasing/plans"}, {"purchasing.enquiries", "/purchasing/enquiries"},
		{"purchasing.orders", "/purchasing/orders"}, {"purchasing.prices", "/purchasing/prices"}} {
		if r.Way(t[1]) != "" {
			all = append(all, ui.Link{Label: r.T(t[0]), Href: t[1], Current: r.URL.Path == t[1]})
		}
	}
	return all
}

// shut asks in a folded form for something before it is done.
func shut(r *web.Req, spec form.Any, value any, name, to string, version int64, t ui.Tone) (ui.Action, error) {
	f := ui.Form{ID: name, Action: to, Submit: r.T("purchasing.do." + name), Tone: t}
	if version > 0 {
		f.Version = web.VersionText(version)
	}
	f, err := r.Form(spec, value, f)
	return ui.Action{Name: name, Label: r.T("purchasing.do." + name), Tone: t, Ask: &f, Open: r.Failed(spec) != nil}, err
}

// press posts at once.
func press(r *web.Req, name, to string, version int64, t ui.Tone) ui.Action {
	a := ui.Action{Name: name, Label: r.T("purchasing.do." + name), Post: to, Tone: t, Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}
	if version > 0 {
		a.Hidden = append(a.Hidden, ui.Pair{Name: "_version", Value: web.VersionText(version)})
	}
	return a
}

// papers are the files of a record, with the way to more of them.
func papers(r *web.Req, noun, record, back string) (templ.Component, error) {
	all, err := files.Photos(r.Context(), r.Read(), r.W2, noun, record)
	if err != nil {
		return nil, err
	}
	var body templ.Component = ui.Photos(r.W2, all)
	if len(all) == 0 {
		body = ui.Empty(r.W2, ui.Nothing{Text: r.T("purchasing.no_papers"), Icon: "files"})
	}
	return ui.Section(r.T("purchasing.papers"), body, ui.Link{Label: r.T("purchasing.papers.all"), Href: "/files?noun=" + noun + "&record=" + record + "&back=" + back}), nil
}

// about says in words what is foretold, how sure that is and how it was found.
func about(r *web.Req, o purchasing.Outlook, say func(quantity.Qty) string) (likely, how string) {
	if o.Method == "" {
		return r.T("purchasing.never_used"), ""
	}
	if o.Sure == "unknown" {
		return r.T("purchasing.mean", say(o.Likely)), r.T("purchasing.sure.unknown")
	}
	likely = r.T("purchasing.about", say(o.Likely), say(o.Low), say(o.High))
	return likely, r.T("purchasing.how", r.T("purchasing.sure."+o.Sure), r.T("purchasing.method_of."+o.Method), r.W2.Number(o.Off))
}

// mul is what a line comes to; what cannot be said is refused before it is stored.
func mul(price money.Fen, q quantity.Qty) money.Fen {
	a, _ := money.Mul(price, int64(q))
	return a
}

func joined(parts ...string) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, " · ")
}

func month(d period.Day) string { return string(d.Month()) }
