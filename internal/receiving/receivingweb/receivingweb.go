// Package receivingweb is the gate's counter: what is coming, what has come, what waits
// for a second look, and what has to go back.
package receivingweb

import (
	"embed"
	"net/url"
	"path"
	"strings"

	"houqin/internal/assets"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /receiving", Need: receiving.MaySee, Do: home, Gives: gate{}},
	{At: "GET /receiving/suppliers", Need: receiving.MaySee, Do: standings, Gives: []receiving.Standing{}},
	{At: "GET /receiving/receipts", Need: receiving.MaySee, Do: receipts, List: &receiving.Receipts},
	{At: "GET /receiving/receipts/new", Need: receiving.MayReceive, Do: blank, PageOnly: true},
	{At: "POST /receiving/receipts", Need: receiving.MayReceive, Do: arrive, Form: &paper, Gives: receiving.Receipt{}, Limit: 4 << 20},
	{At: "GET /receiving/receipts/{id}", Need: receiving.MaySee, Do: receipt, Gives: receiving.Receipt{}},
	{At: "GET /receiving/receipts/{id}/check", Need: receiving.MayCheck, Do: blankCheck, PageOnly: true},
	{At: "POST /receiving/receipts/{id}/check", Need: receiving.MayCheck, Do: check, Form: &testPaper, Gives: receiving.Receipt{}},
	{At: "POST /receiving/receipts/{id}/post", Need: receiving.MayReceive, Do: post, Gives: receiving.Receipt{}},
	{At: "POST /receiving/receipts/{id}/hand_back", Need: receiving.MayReceive, Do: handBack, Form: &receiving.TakerForm, Gives: receiving.Receipt{}},
	{At: "POST /receiving/receipts/{id}/undo", Need: receiving.MayReceive, Do: undo, Form: &receiving.WordForm, Gives: receiving.Receipt{}},
	{At: "POST /receiving/receipts/{id}/waive", Need: receiving.MayReceive, Do: waive, Form: &receiving.WordForm, Gives: receiving.Receipt{}},
	{At: "POST /receiving/receipts/{id}/drop", Need: receiving.MayReceive, Do: drop, Form: &receiving.WordForm, Gives: receiving.Receipt{}},
	{At: "POST /receiving/receipts/{id}/bill", Need: receiving.MayReceive, Do: putOn, Form: &receiving.BillForm, Gives: receiving.Receipt{}},
	{At: "POST /receiving/receipts/{id}/card", Need: assets.MayChange, Do: card, Form: &receiving.CardForm, Gives: receiving.Receipt{}},
	{At: "GET /receiving/receipts/{id}/print", Need: receiving.MaySee, Do: print, PageOnly: true},
	{At: "GET /receiving/receipts/{id}/labels", Need: receiving.MaySee, Do: labels, PageOnly: true},

	{At: "GET /receiving/invoices", Need: receiving.MaySee, Do: invoices, List: &receiving.Invoices},
	{At: "GET /receiving/invoices/{id}", Need: receiving.MaySee, Do: invoice, Gives: receiving.Invoice{}},
	{At: "GET /receiving/invoices/{id}/match", Need: receiving.MayMatch, Do: blankMatch, PageOnly: true},
	{At: "POST /receiving/invoices/{id}/match", Need: receiving.MayMatch, Do: matched, Form: &keyPaper, Gives: receiving.Invoice{}},
	{At: "POST /receiving/invoices/{id}/clear", Need: receiving.MayClear, Do: clearInvoice, Form: &receiving.WordForm, Gives: receiving.Invoice{}},
	{At: "POST /receiving/invoices/{id}/pay", Need: receiving.MayMatch, Do: pay, Form: &receiving.PaymentForm, Gives: receiving.Invoice{}},
	{At: "POST /receiving/invoices/{id}/credit", Need: receiving.MayMatch, Do: credit, Form: &receiving.CreditForm, Gives: receiving.Invoice{}},
	{At: "POST /receiving/invoices/{id}/reject", Need: receiving.MayMatch, Do: reject, Form: &receiving.WordForm, Gives: receiving.Invoice{}},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// tabs are the room's lists side by side.
func tabs(r *web.Req) (all []ui.Link) {
	for _, t := range [][2]string{{"receiving.gate", "/receiving"}, {"receiving.receipts", "/receiving/receipts"}, {"receiving.invoices", "/receiving/invoices"}, {"receiving.standings", "/receiving/suppliers"}} {
		if r.Way(t[1]) != "" {
			all = append(all, ui.Link{Label: r.T(t[0]), Href: t[1], Current: r.URL.Path == t[1]})
		}
	}
	return all
}

// gate is how the gate stands now.
type gate struct {
	Coming []purchasing.Order  `json:"coming"`
	Check  int                 `json:"check"`
	Post   int                 `json:"post"`
	Back   int                 `json:"back"`
	Again  []receiving.Awaited `json:"again"` // to come in place of goods that went back
}

// home is what is on its way. An order's number or the code on its paper, scanned, leads
// to counting it.
func home(r *web.Req) error {
	all, err := purchasing.OpenOrders(r.Context(), r.Read(), "")
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(r.URL.Query().Get("q"))
	if typed != "" && r.By.May(receiving.MayReceive) && !r.JSON() {
		last := path.Base(typed) // the code on an order is its address
		for _, o := range all {
			if o.ID == last || strings.EqualFold(o.Number, typed) {
				return r.Go("/receiving/receipts/new?order=" + url.QueryEscape(o.ID))
			}
		}
	}
	g := gate{Coming: all}
	for _, n := range []struct {
		into  *int
		where string
	}{{&g.Check, "r.state = 'counted'"}, {&g.Post, "r.state = 'checked'"}, {&g.Back, backWhere}} {
		if *n.into, _, err = receiving.Receipts.Count(r.Context(), r.Read(), receiving.Scope(r.By).And(n.where), 1000); err != nil {
			return err
		}
	}
	if g.Again, err = receiving.ToReplace(r.Context(), r.Read(), r.By); err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(g)
	}
	figure := func(label string, n int, href string, tone ui.Tone) ui.Figure {
		if n == 0 {
			tone = ui.Plain
			if href[0] == '#' { // what is not on the page
				href = ""
			}
		}
		return ui.Figure{Label: r.T(label), Value: r.W2.Number(int64(n)), Href: href, Tone: tone}
	}
	t := ui.Table{ID: "coming", Bare: true, Caption: r.T("receiving.coming"), Empty: ui.Nothing{Text: r.T("receiving.coming.none"), Icon: "truck-delivery"},
		Columns: []ui.Head{{Label: r.T("receiving.order")}, {Label: r.T("receiving.receipts.supplier")}, {Label: r.T("receiving.due")}, {Label: r.T("receiving.left")}, {Label: r.T("receiving.left_amount"), Num: true, Minor: true}}}
	today := r.Site.DB.Today()
	for _, o := range all {
		if typed != "" && !strings.Contains(o.Number+o.SupplierName, typed) {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{{Text: o.Number}, {Text: o.SupplierName}, {Text: string(o.Due)}, {Text: leftOf(r, o)}, {Text: r.W2.Money(leftAmount(o)), Num: true}}}
		if o.Due != "" && o.Due < today {
			row.Cells[2].Tone = ui.Danger
		}
		if r.By.May(receiving.MayReceive) {
			row.Href = "/receiving/receipts/new?order=" + o.ID
		} else if r.Way("/purchasing/orders") != "" {
			row.Href = "/purchasing/orders/" + o.ID
		}
		t.Rows = append(t.Rows, row)
	}
	other, err := without(r)
	if err != nil {
		return err
	}
	find := ui.Ask(r.W2, ui.Form{ID: "find", Action: "/receiving", Method: "get", Inline: true, Submit: r.T("receiving.find"), Tone: ui.Plain,
		Fields: []ui.Field{{Name: "q", Label: r.T("receiving.find.label"), Kind: ui.KindCode, Value: typed, Example: r.T("receiving.find.example"), Autofocus: true}}})
	return r.Show(ui.Page{Heading: r.T("receiving.gate"), Tabs: tabs(r), Live: []string{receiving.Noun, purchasing.Noun}, Body: ui.Below(ui.Figures(
		figure("receiving.to_check", g.Check, "/receiving/receipts?state=counted", ui.Soon), figure("receiving.to_post", g.Post, "/receiving/receipts?state=checked", ui.Soon),
		figure("receiving.to_go_back", g.Back, "/receiving/receipts?back=true", ui.Danger), figure("receiving.to_come_again", len(g.Again), "#again", ui.Soon)),
		ui.Section(r.T("receiving.find"), find), again(r, g.Again), ui.Section(r.T("receiving.coming"), ui.List(r.W2, t)), other)}, nil)
}

const backWhere = "r.refused > 0 AND r.returned_at = 0 AND r.state IN ('posted', 'refused')"

// leftOf says what of an order is still to come: the first things by name, then how many more.
func leftOf(r *web.Req, o purchasing.Order) string {
	var said []string
	n := 0
	for _, l := range o.Goods {
		if l.Left() <= 0 {
			continue
		}
		if n++; n <= 2 {
			said = append(said, l.Title()+" "+l.Say(l.Left()))
		}
	}
	text := r.W2.List(said)
	if n > 2 {
		text = r.T("receiving.and_more", text, n)
	}
	return text
}

func leftAmount(o purchasing.Order) (sum money.Fen) {
	for _, l := range o.Goods {
		if a, err := money.Mul(l.Price, int64(l.Left())); err == nil {
			sum += a
		}
	}
	return sum
}

func receipts(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(receiving.MayReceive) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("receiving.do.arrive"), Href: "/receiving", Icon: "truck-delivery", Tone: ui.Accent}}
	}
	return r.List(&receiving.Receipts, receiving.Scope(r.By), p)
}

// everything narrows nothing.
var everything = list.Where{}
