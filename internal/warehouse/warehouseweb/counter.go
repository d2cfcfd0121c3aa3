package warehouseweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/warehouse"
)

// recent is how many papers the counter shows.
const recent = 10

// home is what a keeper stands before: take in, hand out, find, and what needs a look.
func home(r *web.Req) error {
	today := r.Site.DB.Today()
	w, err := warehouse.WaitingFor(r.Context(), r.Read(), r.By, today, r.Site.DB.Zone)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(w)
	}
	var tiles []ui.Tile
	tile := func(may, label, hint, href, icon string, tone ui.Tone) {
		if r.By.May(may) {
			tiles = append(tiles, ui.Tile{Label: r.T(label), Hint: r.T(hint), Href: href, Icon: icon, Tone: tone})
		}
	}
	out, err := issueWay(r)
	if err != nil {
		return err
	}
	tile(warehouse.MayIssue, "warehouse.do.issue", "warehouse.do.issue.hint", out, "send", ui.Accent)
	tile(warehouse.MayReceive, "warehouse.do.receive", "warehouse.do.receive.hint", "/warehouse/receipts/new", "truck-delivery", ui.Plain)
	tile(warehouse.MayIssue, "warehouse.do.transfer", "warehouse.do.transfer.hint", "/warehouse/transfers/new", "arrows-exchange", ui.Plain)
	tile(warehouse.MayReceive, "warehouse.do.return", "warehouse.do.return.hint", "/warehouse/returns/new", "arrow-back-up", ui.Plain)
	tile(warehouse.MayReceive, "warehouse.do.send_back", "warehouse.do.send_back.hint", "/warehouse/sent-back/new", "arrow-forward-up", ui.Plain)
	tile(warehouse.MaySee, "warehouse.stock", "warehouse.stock.hint", "/warehouse/stock", "packages", ui.Plain)
	tile(warehouse.MaySee, "warehouse.lots", "warehouse.lots.hint", "/warehouse/lots", "calendar-event", ui.Plain)
	tile(warehouse.MaySee, "warehouse.consumption", "warehouse.consumption.hint", "/warehouse/consumption/departments", "report-money", ui.Plain)
	tile(warehouse.MayKeep, "warehouse.stores", "warehouse.stores.hint", "/warehouse/stores", "building-warehouse", ui.Plain)
	figure := func(label string, n int64, href string, tone ui.Tone) ui.Figure {
		if n == 0 {
			tone = ui.Plain
		}
		return ui.Figure{Label: r.T(label), Value: r.W2.Number(n), Href: href, Tone: tone}
	}
	ending := figure("warehouse.ending", w.Ending, "/warehouse/lots?"+lotsBetween(today, today.AddDays(w.Days)), ui.Soon)
	ending.Label = r.T("warehouse.ending", w.Days)
	figures := ui.Figures(
		figure("warehouse.low", w.Low, "/warehouse/stock?state=low&ward=false", ui.Soon),
		ending,
		figure("warehouse.expired", w.Expired, "/warehouse/lots?"+lotsBetween("2000-01-01", today.AddDays(-1)), ui.Danger),
		figure("warehouse.held", w.Held, "/warehouse/holds", ui.Danger),
		figure("warehouse.receipts_today", w.Receipts, "/warehouse/receipts?at.from="+string(today), ui.Plain),
		figure("warehouse.issues_today", w.Issues, "/warehouse/issues?at.from="+string(today), ui.Plain),
	)
	find := ui.Ask(r.W2, ui.Form{ID: "find", Action: "/warehouse/stock", Method: "get", Inline: true, Submit: r.T("warehouse.do.find"), Tone: ui.Plain,
		Fields: []ui.Field{{Name: "q", Label: r.T("warehouse.do.find.label"), Kind: ui.KindCode, Example: r.T("warehouse.do.find.example"), Autofocus: true}}})
	papers, err := warehouse.Documents.All(r.Context(), r.Read(), warehouse.PaperScope(r.By), recent)
	if err != nil {
		return err
	}
	body := []templ.Component{ui.Section(r.T("warehouse.do.find"), find), ui.Menu(tiles...), figures,
		ui.Section(r.T("warehouse.recent"), ui.List(r.W2, paperTable(r, papers)), ui.Link{Label: r.T("warehouse.documents"), Href: "/warehouse/documents"})}
	return r.Show(ui.Page{Heading: r.T("warehouse.counter"), Live: []string{"warehouse.document"}, Body: ui.Below(body...)}, w)
}

// paperTable is a short table of papers inside a page.
func paperTable(r *web.Req, papers []warehouse.Document) ui.Table {
	t := ui.Table{ID: "papers", Bare: true, Caption: r.T("warehouse.recent"), Empty: ui.Nothing{Text: r.T("warehouse.documents.empty"), Icon: "receipt"},
		Columns: []ui.Head{{Label: r.T("warehouse.documents.number")}, {Label: r.T("warehouse.documents.kind")}, {Label: r.T("warehouse.who")},
			{Label: r.T("warehouse.documents.amount"), Num: true}, {Label: r.T("warehouse.documents.at"), Minor: true}}}
	now := r.Site.DB.Now()
	for _, d := range papers {
		who := d.DepartmentName
		if who == "" {
			who = d.SupplierName + d.ToName
		}
		row := ui.Row{Href: "/warehouse/documents/" + d.ID, Quiet: d.Reversed != "", Cells: []ui.Cell{{Text: d.Number}, {Text: r.T("warehouse.kind." + string(d.Kind)), State: true, Tone: kindTone(d)},
			{Text: who, Sub: d.ReceiverName}, {Text: r.W2.Money(d.Amount), Num: true}, {Text: r.W2.Instant(d.At, now), Title: r.W2.Full(d.At)}}}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func kindTone(d warehouse.Document) ui.Tone {
	switch {
	case d.Kind == warehouse.Reversal:
		return ui.Danger
	case d.Reversed != "":
		return ui.Quiet
	}
	return ui.Plain
}

func stock(r *web.Req) error {
	t, err := lotTabs(r)
	if err != nil {
		return err
	}
	p := web.ListPage{Default: "kept=true", Page: ui.Page{Tabs: t}}
	if p.Page.Actions, err = counterActions(r); err != nil {
		return err
	}
	return r.List(&warehouse.Holdings, warehouse.Scope(r.By), p)
}

func lots(r *web.Req) error {
	t, err := lotTabs(r)
	if err != nil {
		return err
	}
	p := web.ListPage{Page: ui.Page{Tabs: t}}
	if p.Page.Actions, err = counterActions(r); err != nil {
		return err
	}
	return r.List(&warehouse.Lots, warehouse.Scope(r.By), p)
}

// counterActions are the two things that a keeper does most.
func counterActions(r *web.Req) (out []ui.Action, err error) {
	if r.By.May(warehouse.MayIssue) {
		way, err := issueWay(r)
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Action{Name: "issue", Label: r.T("warehouse.do.issue"), Href: way, Icon: "send", Tone: ui.Accent})
	}
	if r.By.May(warehouse.MayReceive) {
		out = append(out, ui.Action{Name: "receive", Label: r.T("warehouse.do.receive"), Href: "/warehouse/receipts/new", Icon: "truck-delivery"})
	}
	return out, nil
}

// lotsOf are the lots of one item in one store.
func lotsOf(r *web.Req, store, item string) ([]warehouse.Lot, error) {
	return warehouse.Lots.All(r.Context(), r.Read(), list.Where{}.And("b.store = ? AND b.item = ?", store, item), 200)
}
