// Package wardstoresweb is the counter of wards' own stores: the ward's phone, on which
// goods are taken with two taps, counted, lent and reported lost, and the pages on which
// logistics and finance look at it.
package wardstoresweb

import (
	"context"
	"embed"
	"net/url"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /ward-store", Need: wardstores.MayUse, Do: mine, PageOnly: true},
	{At: "POST /ward-store/use", Need: wardstores.MayUse, Do: use, Form: &usePaper, Gives: warehouse.Document{}},
	{At: "GET /ward-store/levels", Need: wardstores.MayLead, Do: levels, PageOnly: true},
	{At: "POST /ward-store/levels", Need: wardstores.MayLead, Do: setLevels, Form: &levelsPaper},
	{At: "POST /ward-store/keeper", Need: wardstores.MayLead, Do: nameKeeper, Form: &keeperPaper, Gives: wardstores.Charge{}},
	{At: "GET /ward-stores", Need: web.SignedIn, Do: overview, Gives: []kept{}},

	{At: "GET /ward-stores/counts", Need: web.SignedIn, Do: counts, List: &wardstores.Counts},
	{At: "GET /ward-stores/counts/new", Need: wardstores.MayUse, Do: blankCount, PageOnly: true},
	{At: "POST /ward-stores/counts", Need: wardstores.MayUse, Do: enterCount, Form: &countPaper, Gives: wardstores.Count{}},
	{At: "GET /ward-stores/handover", Need: wardstores.MayLead, Do: blankHandover, PageOnly: true},
	{At: "POST /ward-stores/handover", Need: wardstores.MayLead, Do: enterHandover, Form: &handoverPaper, Gives: wardstores.Count{}},
	{At: "GET /ward-stores/counts/{id}", Need: web.SignedIn, Do: count, Gives: wardstores.Count{}},
	{At: "GET /ward-stores/counts/{id}/print", Need: web.SignedIn, Do: printCount, PageOnly: true},
	{At: "POST /ward-stores/counts/{id}/reconcile", Need: wardstores.MayReconcile, Do: reconcile, Form: &wardstores.RemarkForm, Gives: wardstores.Count{}},
	{At: "POST /ward-stores/counts/{id}/audit", Need: wardstores.MayAudit, Do: audit, Form: &wardstores.RemarkForm, Gives: wardstores.Count{}},

	{At: "GET /ward-stores/losses", Need: web.SignedIn, Do: losses, List: &wardstores.Losses},
	{At: "GET /ward-stores/losses/new", Need: wardstores.MayUse, Do: blankLoss, PageOnly: true},
	{At: "POST /ward-stores/losses", Need: wardstores.MayUse, Do: lose, Form: &lossPaper, Gives: wardstores.Loss{}},
	{At: "GET /ward-stores/losses/{id}", Need: web.SignedIn, Do: loss, Gives: wardstores.Loss{}},
	{At: "POST /ward-stores/losses/{id}/apply", Need: wardstores.MayLead, Do: apply, Form: &applyPaper, Gives: wardstores.Loss{}},
	{At: "POST /ward-stores/losses/{id}/drop", Need: wardstores.MayLead, Do: dropLoss, Form: &wardstores.WhyForm, Gives: wardstores.Loss{}},
	{At: "POST /ward-stores/losses/{id}/pay", Need: wardstores.MayAudit, Do: pay, Form: &wardstores.PayForm, Gives: wardstores.Loss{}},

	{At: "GET /ward-stores/loans", Need: web.SignedIn, Do: loans, List: &wardstores.Loans},
	{At: "GET /ward-stores/loans/new", Need: wardstores.MayUse, Do: blankLoan, PageOnly: true},
	{At: "POST /ward-stores/loans", Need: wardstores.MayUse, Do: lend, Form: &loanPaper, Gives: wardstores.Loan{}},
	{At: "GET /ward-stores/loans/{id}", Need: web.SignedIn, Do: loan, Gives: wardstores.Loan{}},
	{At: "POST /ward-stores/loans/{id}/give", Need: wardstores.MayUse, Do: give, Form: &wardstores.GivingForm, Gives: wardstores.Loan{}},
	{At: "POST /ward-stores/loans/{id}/take_back", Need: wardstores.MayUse, Do: takeBack, Form: &wardstores.RemarkForm, Gives: wardstores.Loan{}},
	{At: "POST /ward-stores/loans/{id}/drop", Need: wardstores.MayUse, Do: dropLoan, Form: &wardstores.WhyForm, Gives: wardstores.Loan{}},

	{At: "GET /ward-stores/returns", Need: web.SignedIn, Do: backs, List: &wardstores.Backwards},
	{At: "GET /ward-stores/returns/new", Need: wardstores.MayUse, Do: blankBack, PageOnly: true},
	{At: "POST /ward-stores/returns", Need: wardstores.MayUse, Do: send, Form: &backPaper, Gives: wardstores.Backward{}},
	{At: "GET /ward-stores/returns/{id}", Need: web.SignedIn, Do: back, Gives: wardstores.Backward{}},
	{At: "POST /ward-stores/returns/{id}/take", Need: warehouse.MayReceive, Do: takeIn, Gives: wardstores.Backward{}},
	{At: "POST /ward-stores/returns/{id}/drop", Need: wardstores.MayUse, Do: keepBack, Form: &wardstores.WhyForm, Gives: wardstores.Backward{}},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// Pickers find who may borrow, take a ward's store on or answer for a loss, and the
// stores that take goods back: everybody of the house knows them.
func Pickers(s *web.Site) {
	s.Picker("ward_people", web.Picker{Need: wardstores.MayUse,
		Find: func(ctx context.Context, r db.Reader, _ db.Actor, text string) (picks []web.Pick, err error) {
			found, err := people.People.Find(ctx, r, text, list.Where{}.And("p.closed = false"), 20)
			for _, p := range found {
				picks = append(picks, web.Pick{ID: p.ID, Label: p.Name, Hint: p.DepartmentName, Code: p.Number})
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			p, err := people.Get(ctx, r, id)
			return p.Name, err
		}})
	s.Picker("main_stores", web.Picker{Need: wardstores.MayUse,
		Find: func(ctx context.Context, r db.Reader, _ db.Actor, text string) (picks []web.Pick, err error) {
			all, err := mainStores(ctx, r)
			for _, w := range all {
				if text == "" || w.ID == text || strings.EqualFold(w.Code, text) || strings.Contains(w.Name, text) {
					picks = append(picks, web.Pick{ID: w.ID, Label: w.Name, Hint: w.Code, Code: w.Code})
				}
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			w, err := warehouse.StoreByID(ctx, r, id)
			return w.Name, err
		}})
}

func mainStores(ctx context.Context, r db.Reader) ([]warehouse.Store, error) {
	return warehouse.Stores.All(ctx, r, list.Where{}.And("w.closed = false AND w.ward = false"), 50)
}

func tabs(r *web.Req) (out []ui.Link) {
	for _, t := range [][2]string{{"wardstores.mine", "/ward-store"}, {"wardstores.stores", "/ward-stores"}, {"wardstores.counts", "/ward-stores/counts"}, {"wardstores.losses", "/ward-stores/losses"},
		{"wardstores.loans", "/ward-stores/loans"}, {"wardstores.backs", "/ward-stores/returns"}} {
		if r.Way(t[1]) != "" {
			out = append(out, ui.Link{Label: r.T(t[0]), Href: t[1], Current: r.URL.Path == t[1]})
		}
	}
	return out
}

// own is the ward's store that a page is about: the one asked for, else the first.
func own(r *web.Req) (s warehouse.Store, all []warehouse.Store, err error) {
	all, err = wardstores.Mine(r.Context(), r.Read(), r.By)
	if err != nil || len(all) == 0 {
		return s, all, err
	}
	s = all[0]
	asked := r.URL.Query().Get("store")
	if in, err := r.Input(); asked == "" && err == nil {
		asked = in.Value("store")
	}
	for _, o := range all {
		if o.ID == asked {
			s = o
		}
	}
	return s, all, nil
}

// none is said to who keeps no ward's store.
func none(r *web.Req, heading string) error {
	return r.Show(ui.Page{Heading: heading, Body: ui.Empty(r.W2, ui.Nothing{Text: r.T("wardstores.none"), Icon: "package"})}, nil)
}

var usePaper = form.Of[wardstores.Taken]{Name: "wardstores.take", Fields: []form.Field[wardstores.Taken]{
	{Key: "store", Into: func(t *wardstores.Taken) any { return &t.Store }, Kind: form.Hidden, Required: true},
	{Key: "item", Into: func(t *wardstores.Taken) any { return &t.Item }, Kind: form.Cards, Required: true},
	{Key: "qty", Into: func(t *wardstores.Taken) any { return &t.Qty }, Required: true, Most: 40},
	{Key: "note", Into: func(t *wardstores.Taken) any { return &t.Note }, Most: 100},
}}

// mine is the ward's page: what is to be done, what its store holds, each to be taken
// with two taps, and what is below its minimum, to be asked for again in one slip.
func mine(r *web.Req) error {
	s, all, err := own(r)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return none(r, r.T("wardstores.mine"))
	}
	p := ui.Page{Heading: s.Name, Live: []string{"warehouse.document", wardstores.CountNoun, wardstores.LoanNoun, wardstores.LossNoun}}
	if len(all) > 1 {
		for _, o := range all {
			p.Tabs = append(p.Tabs, ui.Link{Label: o.Name, Href: "/ward-store?store=" + o.ID, Current: o.ID == s.ID})
		}
	}
	charge, err := wardstores.ChargeOf(r.Context(), r.Read(), &s)
	if err != nil {
		return err
	}
	p.Sub = r.T("wardstores.in_charge", charge.HeadName)
	if charge.KeeperName != "" {
		p.Sub += " · " + r.T("wardstores.keeps", charge.KeeperName)
	}
	held, err := wardstores.HeldIn(r.Context(), r.Read(), s.ID)
	if err != nil {
		return err
	}
	tiles, err := chores(r, &s)
	if err != nil {
		return err
	}
	f, err := r.Form(&usePaper, &wardstores.Taken{Store: s.ID, Qty: "1"}, ui.Form{Action: "/ward-store/use?store=" + s.ID, Submit: r.T("wardstores.do.use")})
	if err != nil {
		return err
	}
	now := r.Read().Moment()
	for n := range f.Fields {
		for _, h := range held {
			if f.Fields[n].Name == "item" && h.Qty > 0 {
				o := ui.Option{Value: h.Item, Label: h.Title(), Hint: h.Say(h.Qty)}
				if h.ExpiryTone(now) != "" {
					o.Hint += " · " + r.T("wardstores.until", string(h.Expiry))
				}
				f.Fields[n].Options = append(f.Fields[n].Options, o)
			}
		}
	}
	p.Body = ui.Below(ui.Menu(tiles...), ui.Section(r.T("wardstores.do.use"), ui.Ask(r.W2, f)))
	if low := lowTable(r, held); len(low.Rows) > 0 {
		p.Body = ui.Below(p.Body, ui.Section(r.T("wardstores.low"), ui.List(r.W2, low), ui.Link{Label: r.T("wardstores.do.refill"), Href: refill(s.Department, held), Icon: "shopping-cart"}))
	}
	return r.Show(p, nil)
}

// chores are the big buttons of the ward's page, with how much waits behind each.
func chores(r *web.Req, s *warehouse.Store) ([]ui.Tile, error) {
	dues, err := wardstores.Dues(r.Context(), r.Read(), []warehouse.Store{*s})
	if err != nil {
		return nil, err
	}
	today := r.Site.DB.Today()
	var tiles []ui.Tile
	for _, d := range dues {
		t := ui.Tile{Label: r.T("wardstores.kind." + d.Kind), Hint: r.T("wardstores.due_by", string(d.Day)), Href: "/ward-stores/counts/new?kind=" + d.Kind + "&store=" + s.ID, Icon: "clipboard-check"}
		switch {
		case d.Day < today:
			t.Tone, t.Hint = ui.Danger, r.T("wardstores.overdue", string(d.Day))
		case d.Day == today:
			t.Tone = ui.Soon
		}
		tiles = append(tiles, t)
	}
	loans, err := wardstores.ToGive(r.Context(), r.Read(), r.By, 100)
	if err != nil {
		return nil, err
	}
	losses, err := wardstores.ToApply(r.Context(), r.Read(), r.By, 100)
	if err != nil {
		return nil, err
	}
	at := "?store=" + s.ID
	tiles = append(tiles, ui.Tile{Label: r.T("wardstores.loans"), Href: "/ward-stores/loans?open=true", Icon: "arrows-exchange", Count: len(loans)},
		ui.Tile{Label: r.T("wardstores.losses"), Href: "/ward-stores/losses?open=true", Icon: "alert-triangle", Count: len(losses)},
		ui.Tile{Label: r.T("wardstores.do.back"), Href: "/ward-stores/returns/new" + at, Icon: "arrow-back-up"})
	if r.By.MayIn(wardstores.MayLead, s.Department) {
		tiles = append(tiles, ui.Tile{Label: r.T("wardstores.do.levels"), Href: "/ward-store/levels" + at, Icon: "settings"},
			ui.Tile{Label: r.T("wardstores.kind.handover"), Href: "/ward-stores/handover" + at, Icon: "users"})
	}
	return tiles, nil
}

// lowTable is what a store has less of than its minimum.
func lowTable(r *web.Req, held []warehouse.Holding) ui.Table {
	t := ui.Table{ID: "low", Bare: true, Caption: r.T("wardstores.low"), Columns: []ui.Head{{Label: r.T("wardstores.take.item")}, {Label: r.T("wardstores.there"), Num: true},
		{Label: r.T("wardstores.least"), Num: true}, {Label: r.T("wardstores.refill"), Num: true}}}
	for _, h := range held {
		if h.Qty < h.Least {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: h.Title()}, {Text: h.Say(h.Qty), Num: true, Tone: ui.Soon}, {Text: h.Say(h.Least), Num: true}, {Text: h.Say(wardstores.Refill(&h)), Num: true}}})
		}
	}
	return t
}

// refill is the slip that asks the stores for everything that is below its minimum.
func refill(department string, held []warehouse.Holding) string {
	q := url.Values{"department": {department}}
	for _, h := range held {
		if h.Qty < h.Least {
			q.Add("item", h.Item)
			q.Add("qty", strings.ReplaceAll(h.Say(wardstores.Refill(&h)), " ", ""))
		}
	}
	return "/requests/new?" + q.Encode()
}

func use(r *web.Req) error {
	return web.Submit(r, &usePaper, mine, func(tx *db.Tx, t *wardstores.Taken) (web.Done, error) {
		d, err := wardstores.Use(r.Context(), tx, *t)
		return web.Done{To: "/ward-store?store=" + t.Store, Say: "wardstores.done.used", Args: []string{d.Number}, Data: d}, err
	})
}

// kept is a ward's store as the overview has it.
type kept struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	Head   string     `json:"head"`
	Keeper string     `json:"keeper"`
	Worth  money.Fen  `json:"worth"`
	Late   period.Day `json:"late"` // by which something should have been counted; "" nothing
}

// overview is every ward's store that a person sees: who answers for it, what it is
// worth, and when it was last counted; all, or those of which a count is overdue or not.
func overview(r *web.Req) error {
	stores, err := wardstores.Seen(r.Context(), r.Read(), r.By)
	if err != nil {
		return err
	}
	dues, err := wardstores.Dues(r.Context(), r.Read(), stores)
	if err != nil {
		return err
	}
	late, err := wardstores.Late(r.Context(), r.Read(), stores)
	if err != nil {
		return err
	}
	asked := r.URL.Query().Get("late")
	rows := []kept{}
	t := ui.Table{ID: "stores", Caption: r.T("wardstores.stores"), Empty: ui.Nothing{Text: r.T("wardstores.nobody"), Icon: "package"},
		Columns: []ui.Head{{Label: r.T("wardstores.counts.store")}, {Label: r.T("wardstores.head")}, {Label: r.T("wardstores.keeper")}, {Label: r.T("wardstores.kind.week")}, {Label: r.T("wardstores.kind.month")}, {Label: r.T("wardstores.counts.amount"), Num: true}}}
	if len(stores) > 0 {
		t.Empty.Text = r.T("wardstores.late.none")
	}
	for _, s := range stores {
		if by, over := late[s.ID]; asked == "true" && !over || asked == "false" && by != "" {
			continue
		}
		charge, err := wardstores.ChargeOf(r.Context(), r.Read(), &s)
		if err != nil {
			return err
		}
		_, worth, err := wardstores.Sheet(r.Context(), r.Read(), s.ID)
		if err != nil {
			return err
		}
		row := ui.Row{Href: "/ward-stores/counts?store=" + s.ID, Cells: []ui.Cell{{Text: s.Name, Sub: s.DepartmentName}, {Text: charge.HeadName}, {Text: charge.KeeperName}, {}, {}, {Text: r.W2.Money(worth), Num: true}}}
		for _, d := range dues {
			if d.Store.ID != s.ID {
				continue
			}
			c := ui.Cell{Text: string(d.Last), Sub: r.T("wardstores.due_by", string(d.Day))}
			if d.Last == "" {
				c.Text = r.T("wardstores.never")
			}
			if d.Day < r.Site.DB.Today() {
				c.Tone, c.Sub = ui.Danger, r.T("wardstores.overdue", string(d.Day))
			}
			row.Cells[map[string]int{"week": 3, "month": 4}[d.Kind]] = c
		}
		t.Rows = append(t.Rows, row)
		rows = append(rows, kept{s.ID, s.Name, charge.HeadName, charge.KeeperName, worth, late[s.ID]})
	}
	tone := ui.Plain
	if len(late) > 0 {
		tone = ui.Danger
	}
	counts := ui.Figures(ui.Figure{Label: r.T("wardstores.late.all"), Value: r.W2.Number(int64(len(stores))), Href: "/ward-stores"},
		ui.Figure{Label: r.T("wardstores.late.over"), Value: r.W2.Number(int64(len(late))), Href: "/ward-stores?late=true", Tone: tone},
		ui.Figure{Label: r.T("wardstores.late.kept"), Value: r.W2.Number(int64(len(stores) - len(late))), Href: "/ward-stores?late=false"})
	return r.Show(ui.Page{Heading: r.T("wardstores.stores"), Tabs: tabs(r), Live: []string{wardstores.CountNoun}, Body: ui.Below(counts, ui.List(r.W2, t))}, rows)
}
