// Package warehouseweb is the storekeeper's counter: taking goods in, handing them
// out, finding them, and the papers, cards and sums that come of it.
package warehouseweb

import (
	"context"
	"embed"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// Routes are the doors of the room.
var Routes = slices.Concat(custodyRoutes, []web.Route{
	{At: "GET /warehouse", Need: warehouse.MaySee, Do: home, Gives: warehouse.Waiting{}},
	{At: "GET /warehouse/stock", Need: warehouse.MaySee, Do: stock, List: &warehouse.Holdings},
	{At: "GET /warehouse/lots", Need: warehouse.MaySee, Do: lots, List: &warehouse.Lots},
	{At: "GET /warehouse/stock/{store}/{item}", Need: warehouse.MaySee, Do: card, Gives: cardData{}},
	{At: "GET /warehouse/stock/{store}/{item}/card", Need: warehouse.MaySee, Do: cardRows, List: &warehouse.Card},
	{At: "POST /warehouse/stock/{store}/{item}/levels", Need: warehouse.MayKeep, Do: levels, Form: &levelPaper},

	{At: "GET /warehouse/stock/{store}/{item}/labels", Need: warehouse.MaySee, Do: cardLabels, PageOnly: true},
	{At: "POST /warehouse/stock/{store}/{item}/hold", Need: warehouse.MayIssue, Do: holdLot, Form: &holdPaper},
	{At: "GET /warehouse/holds", Need: warehouse.MaySee, Do: holds, List: &warehouse.Holds},
	{At: "GET /warehouse/holds/{id}", Need: warehouse.MaySee, Do: hold, Gives: warehouse.Hold{}},
	{At: "POST /warehouse/holds/{id}/release", Need: warehouse.MayKeep, Do: releaseLot, Form: &releasePaper},

	{At: "GET /warehouse/receipts", Need: warehouse.MaySee, Do: receipts, List: &warehouse.Receipts},
	{At: "GET /warehouse/receipts/new", Need: warehouse.MayReceive, Do: blankReceipt, PageOnly: true},
	{At: "POST /warehouse/receipts", Need: warehouse.MayReceive, Do: receive, Form: &receiptPaper, Gives: warehouse.Document{}},
	{At: "GET /warehouse/issues", Need: warehouse.MaySee, Do: issues, List: &warehouse.Issues},
	{At: "GET /warehouse/issues/new", Need: warehouse.MayIssue, Do: blankIssue, PageOnly: true},
	{At: "POST /warehouse/issues", Need: warehouse.MayIssue, Do: issue, Form: &issuePaper, Gives: warehouse.Document{}},
	{At: "GET /warehouse/transfers", Need: warehouse.MaySee, Do: transfers, List: &warehouse.Transfers},
	{At: "GET /warehouse/transfers/new", Need: warehouse.MayIssue, Do: blankTransfer, PageOnly: true},
	{At: "POST /warehouse/transfers", Need: warehouse.MayIssue, Do: transfer, Form: &transferPaper, Gives: warehouse.Document{}},
	{At: "GET /warehouse/returns", Need: warehouse.MaySee, Do: returns, List: &warehouse.Returns},
	{At: "GET /warehouse/returns/new", Need: warehouse.MayReceive, Do: blankReturn, PageOnly: true},
	{At: "POST /warehouse/returns", Need: warehouse.MayReceive, Do: takeBack, Form: &returnPaper, Gives: warehouse.Document{}},
	{At: "GET /warehouse/sent-back", Need: warehouse.MaySee, Do: sentBacks, List: &warehouse.SentBacks},
	{At: "GET /warehouse/sent-back/new", Need: warehouse.MayReceive, Do: blankSendBack, PageOnly: true},
	{At: "POST /warehouse/sent-back", Need: warehouse.MayReceive, Do: sendBack, Form: &sendBackPaper, Gives: warehouse.Document{}},
	{At: "GET /warehouse/opening/new", Need: warehouse.MayKeep, Do: blankOpening, PageOnly: true},
	{At: "POST /warehouse/opening", Need: warehouse.MayKeep, Do: opening, Form: &openingPaper, Gives: warehouse.Document{}},
	{At: "GET /warehouse/documents", Need: warehouse.MaySee, Do: documents, List: &warehouse.Documents},
	{At: "GET /warehouse/documents/{id}", Need: warehouse.MaySee, Do: document, Gives: warehouse.Document{}},
	{At: "GET /warehouse/documents/{id}/print", Need: warehouse.MaySee, Do: print, PageOnly: true},
	{At: "POST /warehouse/documents/{id}/reverse", Need: warehouse.MayReverse, Do: reverse, Form: &reversePaper, Gives: warehouse.Document{}},

	{At: "GET /warehouse/consumption", Need: warehouse.MaySee, Do: consumption, List: &warehouse.Landings},
	{At: "GET /warehouse/consumption/departments", Need: warehouse.MaySee, Do: borne, Gives: []warehouse.Borne{}},
	{At: "GET /warehouse/consumption/{department}/{item}", Need: warehouse.MaySee, Do: shares, List: &warehouse.Shares},

	{At: "GET /warehouse/checks", Need: warehouse.MaySee, Do: checks, List: &warehouse.Checks},
	{At: "POST /warehouse/checks", Need: warehouse.MayIssue, Do: walk, Form: &checkPaper, Gives: warehouse.Check{}},
	{At: "GET /warehouse/visits", Need: warehouse.MaySee, Do: visits, List: &warehouse.Visits},
	{At: "POST /warehouse/visits", Need: warehouse.MayIssue, Do: enter, Form: &visitPaper, Gives: warehouse.Visit{}},
	{At: "POST /warehouse/visits/leave", Need: warehouse.MayIssue, Do: leave},
	{At: "GET /warehouse/asides", Need: warehouse.MaySee, Do: asides, List: &warehouse.Asides},
	{At: "POST /warehouse/asides", Need: warehouse.MayIssue, Do: putAside, Form: &asidePaper, Gives: warehouse.Aside{}},
	{At: "GET /warehouse/asides/{id}", Need: warehouse.MaySee, Do: aside, Gives: warehouse.Aside{}},
	{At: "POST /warehouse/asides/{id}/settle", Need: warehouse.MayIssue, Do: settle, Form: &settlePaper},
	{At: "GET /warehouse/reserves", Need: warehouse.MaySee, Do: reserves, List: &warehouse.Reserves},
	{At: "POST /warehouse/reserves", Need: warehouse.MayKeep, Do: setReserve, Form: &reservePaper},
	{At: "GET /warehouse/drills", Need: warehouse.MaySee, Do: drills, List: &warehouse.Drills},
	{At: "POST /warehouse/drills", Need: warehouse.MayIssue, Do: drill, Form: &drillPaper, Gives: warehouse.Drill{}},

	{At: "GET /warehouse/figures", Need: warehouse.MaySee, Do: figures, Gives: warehouse.Figures{}},
	{At: "GET /warehouse/supplies", Need: warehouse.MaySee, Do: supplies, Gives: warehouse.Supplies{}},
	{At: "GET /warehouse/received", Need: warehouse.MaySee, Do: received, List: &warehouse.Received},
	{At: "GET /warehouse/closes", Need: warehouse.MaySee, Do: closes, List: &warehouse.Closes},
	{At: "GET /warehouse/closes/new", Need: warehouse.MayClose, Do: blankClose, PageOnly: true},
	{At: "POST /warehouse/closes", Need: warehouse.MayClose, Do: closeMonth, Form: &closePaper},
	{At: "GET /warehouse/closes/{id}", Need: warehouse.MaySee, Do: closedMonth, Gives: closeData{}},
	{At: "GET /warehouse/closes/{id}/items", Need: warehouse.MaySee, Do: closedLines, List: &warehouse.CloseLines},
	{At: "GET /warehouse/closes/{id}/print", Need: warehouse.MaySee, Do: printClosed, PageOnly: true},
	{At: "POST /warehouse/closes/{id}/agree", Need: warehouse.MayAgree, Do: agreeMonth, Form: &agreePaper},

	{At: "GET /warehouse/stores", Need: warehouse.MaySee, Do: stores, List: &warehouse.Stores},
	{At: "GET /warehouse/stores/new", Need: warehouse.MayKeep, Do: blankStore, PageOnly: true},
	{At: "POST /warehouse/stores", Need: warehouse.MayKeep, Do: setUp, Form: &storePaper, Gives: warehouse.Store{}},
	{At: "GET /warehouse/stores/{id}", Need: warehouse.MaySee, Do: store, Gives: storeData{}},
	{At: "GET /warehouse/stores/{id}/labels", Need: warehouse.MaySee, Do: storeLabels, PageOnly: true},
	{At: "GET /warehouse/stores/{id}/edit", Need: warehouse.MayKeep, Do: editStore, PageOnly: true},
	{At: "POST /warehouse/stores/{id}", Need: warehouse.MayKeep, Do: changeStore, Form: &storePaper, Gives: warehouse.Store{}},
	{At: "POST /warehouse/stores/{id}/bins", Need: warehouse.MayKeep, Do: addBin, Form: &binPaper, Gives: warehouse.Bin{}},
	{At: "POST /warehouse/stores/{id}/bins/close", Need: warehouse.MayKeep, Do: closeBins},
})

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// Pickers find stores, bins, goods with what is there of them, and receivers.
func Pickers(s *web.Site) {
	s.Picker("stores", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			all, err := warehouse.Stores.All(ctx, r, working(by).And("w.closed = false"), 500)
			for _, w := range all {
				if len(picks) < 20 && (text == "" || w.ID == text || strings.EqualFold(w.Code, text) || strings.Contains(w.Name, text)) {
					picks = append(picks, web.Pick{ID: w.ID, Label: w.Name, Hint: w.Code, Code: w.Code})
				}
			}
			return picks, err
		},
		Sees: func(ctx context.Context, r db.Reader, by db.Actor, id string) error {
			_, err := warehouse.Stores.Get(ctx, r, working(by).And("w.id = ?", id))
			return err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			w, err := warehouse.StoreByID(ctx, r, id)
			return w.Name, err
		}})
	// Goods may be given to a store that one has nothing else to do with.
	s.Picker("all_stores", web.Picker{Need: warehouse.MayIssue,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			all, err := warehouse.Stores.All(ctx, r, list.Where{}.And("w.closed = false"), 500)
			for _, w := range all {
				if len(picks) < 20 && (text == "" || w.ID == text || strings.EqualFold(w.Code, text) || strings.Contains(w.Name, text)) {
					picks = append(picks, web.Pick{ID: w.ID, Label: w.Name, Hint: strings.TrimSpace(w.Code + " " + w.DepartmentName), Code: w.Code})
				}
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			w, err := warehouse.StoreByID(ctx, r, id)
			return w.Name, err
		}})
	s.Picker("bins", web.Picker{Need: warehouse.MaySee,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			w := warehouse.Scope(by).And("n.closed = false")
			if text != "" {
				w = w.And("n.code >= ? AND n.code < ? OR n.id = ?", text, text+"\U0010ffff", text)
			}
			all, err := warehouse.Bins.All(ctx, r, w, 20)
			for _, b := range all {
				picks = append(picks, web.Pick{ID: b.ID, Label: b.Code, Hint: strings.TrimSpace(b.StoreName + " " + b.Note), Code: b.Code})
			}
			return picks, err
		},
		Sees: func(ctx context.Context, r db.Reader, by db.Actor, id string) error {
			_, err := warehouse.Bins.Get(ctx, r, warehouse.Scope(by).And("n.id = ?", id))
			return err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			b, err := warehouse.BinByID(ctx, r, id)
			return b.Code, err
		}})
	s.Picker("goods", web.Picker{Need: warehouse.MaySee, Find: goods,
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			i, err := catalog.Get(ctx, r, id)
			return i.Title(), err
		}})
	// Whoever hands goods out sees the names of all who may come for them.
	s.Picker("receivers", web.Picker{Need: warehouse.MayIssue,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			found, err := people.People.Find(ctx, r, text, list.Where{}.And("p.closed = false"), 20)
			for _, p := range found {
				picks = append(picks, web.Pick{ID: p.ID, Label: p.Name, Hint: strings.TrimSpace(p.DepartmentName + " " + p.Number), Code: p.Number})
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			p, err := people.Get(ctx, r, id)
			return p.Name, err
		}})
}

// goods is the picker of items with what the stores hold of each.
func goods(ctx context.Context, r db.Reader, by db.Actor, text string) ([]web.Pick, error) {
	if id.Valid(text) { // a form sends what was picked: nobody reads a hint
		few, err := catalog.Few(ctx, r, []string{text})
		if i, ok := few[text]; err != nil || ok && !i.Closed {
			return []web.Pick{{ID: text, Label: i.Title()}}, err
		}
	}
	found, err := catalog.Lookup(ctx, r, text)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for n, f := range found {
		ids[n] = f.ID
	}
	held, err := warehouse.Held(ctx, r, by, ids)
	if err != nil {
		return nil, err
	}
	// What is there stands before what is not.
	slices.SortStableFunc(found, func(a, b catalog.Found) int { return has(held[b.ID]) - has(held[a.ID]) })
	picks := make([]web.Pick, len(found))
	for n, f := range found {
		hint := f.Number + " · " + catalog.SayPacks(f.Packs)
		var there []string
		for _, h := range held[f.ID] {
			there = append(there, h.StoreName+" "+h.Say(h.Qty))
		}
		if there != nil {
			hint = strings.Join(there, " · ") + " · " + hint
		}
		picks[n] = web.Pick{ID: f.ID, Label: f.Title(), Hint: hint, Code: f.Meant(text), Fill: f.Says()}
	}
	return picks, nil
}

func has(h []warehouse.Holding) int { return min(len(h), 1) }

// working is which stores a person may have to do with: those kept where they hold
// any of the room's rights, and all for whoever may draw parts.
func working(by db.Actor) list.Where {
	var units []string
	for _, p := range warehouse.Permissions {
		s := by.Scope(p)
		if s.All || p == warehouse.MayUse && by.May(p) {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	slices.Sort(units)
	return list.Where{}.In("w.department", slices.Compact(units))
}

// ownStore is the store a form begins with: the one that the person keeps, else the
// only one they have to do with.
func ownStore(r *web.Req) (string, error) {
	kept, err := warehouse.KeptBy(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return "", err
	}
	if len(kept) > 0 {
		return kept[0].ID, nil
	}
	all, err := warehouse.Stores.All(r.Context(), r.Read(), working(r.By).And("w.closed = false"), 2)
	if len(all) != 1 {
		return "", err
	}
	return all[0].ID, nil
}

func tabs(r *web.Req, links ...string) (out []ui.Link) {
	for i := 0; i+1 < len(links); i += 2 {
		out = append(out, ui.Link{Label: r.T(links[i]), Href: links[i+1], Current: r.URL.Path == links[i+1]})
	}
	return out
}
