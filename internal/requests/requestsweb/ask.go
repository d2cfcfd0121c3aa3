package requestsweb

import (
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/requests"
)

// linesMost is how many lines a slip may have.
const linesMost = 200

var wantPaper = form.Of[requests.Want]{Name: "requests.want", Fields: []form.Field[requests.Want]{
	{Key: "item", Into: func(w *requests.Want) any { return &w.Item }, Ref: "items", Required: true},
	{Key: "qty", Into: func(w *requests.Want) any { return &w.Qty }, Required: true, Most: 40},
	{Key: "note", Into: func(w *requests.Want) any { return &w.Note }, Most: 100},
}}

var slipPaper = form.Of[requests.Slip]{Name: "requests.slip", Fields: []form.Field[requests.Slip]{
	{Key: "department", Into: func(s *requests.Slip) any { return &s.Department }, Ref: "departments", Required: true},
	{Key: "usual", Into: func(s *requests.Slip) any { return &s.Usual }, Kind: form.Many, Hint: true},
	form.LinesOf("lines", func(s *requests.Slip) *[]requests.Want { return &s.Lines }, &wantPaper, linesMost),
	{Key: "kind", Into: func(s *requests.Slip) any { return &s.Kind }, Kind: form.Cards, OneOf: []string{string(requests.Need), string(requests.Plan)}, Enum: "requests.kind"},
	{Key: "month", Into: func(s *requests.Slip) any { return &s.Month }, Most: 7, Hint: true},
	{Key: "deliver", Into: func(s *requests.Slip) any { return &s.Deliver }},
	{Key: "purpose", Into: func(s *requests.Slip) any { return &s.Purpose }, Most: 200},
	{Key: "special", Into: func(s *requests.Slip) any { return &s.Special }, Hint: true},
}}

func blank(r *web.Req) error {
	s := requests.Slip{Department: r.By.Unit, Kind: requests.Need}
	if d := r.URL.Query().Get("department"); d != "" && r.By.MayIn(requests.MayAsk, d) {
		s.Department = d
	}
	asked := r.URL.Query()
	for n, item := range asked["item"] { // what a ward's own store proposes
		w := requests.Want{Item: item}
		if n < len(asked["qty"]) {
			w.Qty = asked["qty"][n]
		}
		if s.Lines = append(s.Lines, w); len(s.Lines) == linesMost {
			break
		}
	}
	days, err := requests.DaysOf(r.Context(), r.Read(), s.Department)
	if err != nil {
		return err
	}
	s.Deliver = len(days) > 0 && days[0].Deliver
	return slip(r, &s, ui.Form{Action: "/requests", Submit: r.T("requests.do.send"), Cancel: "/requests/mine"}, r.T("requests.do.ask"))
}

// slip draws the form: the department's usual goods to tick, each with what it asked
// for the last time, what lies in the stores and what its quota leaves.
func slip(r *web.Req, s *requests.Slip, f ui.Form, heading string) error {
	department := s.Department
	if in, err := r.Input(); err == nil && in.Value("department.id") != "" && r.By.MayIn(requests.MayAsk, in.Value("department.id")) {
		department = in.Value("department.id")
	}
	f.Draft = f.Action == "/requests"
	f, err := r.Form(&slipPaper, s, f)
	if err != nil {
		return err
	}
	usual, err := requests.UsualOf(r.Context(), r.Read(), department)
	if err != nil {
		return err
	}
	var ids []string
	for _, u := range usual {
		ids = append(ids, u.Item)
	}
	items, err := catalog.Few(r.Context(), r.Read(), ids)
	if err != nil {
		return err
	}
	there, err := requests.InStores(r.Context(), r.Read(), ids)
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		switch x.Name {
		case "usual":
			for _, u := range usual {
				i := items[u.Item]
				o := ui.Option{Value: u.Item, Label: i.Title(), Hint: r.T("requests.usual.hint", i.Say(u.Qty), i.Say(there[u.Item]))}
				if there[u.Item] == 0 {
					o.Hint = r.T("requests.usual.none", i.Say(u.Qty))
				}
				x.Options = append(x.Options, o)
			}
			if len(usual) == 0 {
				x.Kind = ui.KindShown
				x.Shown = r.T("requests.usual.empty")
				x.Hint = ""
			}
		case "lines":
			for c := range x.Columns {
				if x.Columns[c].Name == "qty" {
					x.Columns[c].Example = r.T("requests.qty.example")
				}
			}
		case "month":
			x.Kind, x.Half = ui.KindMonth, true
			if x.Value == "" {
				x.Value = string(r.Site.DB.Today().Month().Add(1))
			}
		case "purpose":
			x.Half = true
		}
	}
	body := ui.Ask(r.W2, f)
	rooms, err := requests.RoomOf(r.Context(), r.Read(), department, r.Site.DB.Today().Month(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := ui.Page{Heading: heading, Back: &ui.Link{Label: r.T("requests.mine"), Href: "/requests/mine"}, Body: body}
	if d, err := departments.Get(r.Context(), r.Read(), department); err == nil {
		p.Sub = d.Name
	}
	if len(rooms) > 0 {
		p.Body = ui.Below(ui.Figures(roomFigures(r, rooms)...), body)
	}
	return r.Show(p, nil)
}

// roomFigures say what each quota leaves this month.
func roomFigures(r *web.Req, rooms []requests.Room) (out []ui.Figure) {
	for _, m := range rooms {
		label := r.T("requests.quota.left")
		if m.Category != "" {
			label = r.T("catalog.category."+m.Category) + " · " + label
		}
		tone := ui.Plain
		if m.Left() < 0 {
			tone = ui.Danger
		} else if m.Left()*5 < m.Quota {
			tone = ui.Soon
		}
		out = append(out, ui.Figure{Label: label, Value: r.W2.Money(m.Left()), Unit: r.T("ui.yuan"), Sub: r.T("requests.quota.of", r.W2.Money(m.Quota)), Tone: tone, Href: "/requests/quotas"})
	}
	return out
}

func ask(r *web.Req) error {
	return web.Submit(r, &slipPaper, blank, func(tx *db.Tx, s *requests.Slip) (web.Done, error) {
		forget(s)
		q, err := requests.Ask(r.Context(), tx, *s)
		return done(q, "requests.done.asked"), err
	})
}

// forget drops the month, which stands on the form, of a slip that is no plan.
func forget(s *requests.Slip) {
	if s.Kind != requests.Plan {
		s.Month = ""
	}
}

func editSlip(r *web.Req) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	if err := requests.Life.Move(r.By, &q, "change"); err != nil {
		return err
	}
	var ids []string
	for _, l := range q.Lines {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(r.Context(), r.Read(), ids)
	if err != nil {
		return err
	}
	s := requests.Slip{Department: q.Department, Kind: q.Kind, Month: string(q.Month), Purpose: q.Purpose, Special: q.Special, Deliver: q.Deliver}
	for _, l := range q.Lines {
		s.Lines = append(s.Lines, requests.Want{Item: l.Item, Qty: typed(items[l.Item], l.Qty), Note: l.Note})
	}
	return slip(r, &s, ui.Form{Action: "/requests/" + q.ID + "/change", Submit: r.T("requests.do.send"), Version: web.VersionText(q.Version), Cancel: "/requests/" + q.ID}, r.T("requests.request.change")+" "+q.Number)
}

// typed is a quantity as one would type it: in the largest pack that holds it exactly.
func typed(i catalog.Item, q quantity.Qty) string { return strings.ReplaceAll(i.Say(q), " ", "") }

func change(r *web.Req) error {
	return web.Submit(r, &slipPaper, editSlip, func(tx *db.Tx, s *requests.Slip) (web.Done, error) {
		forget(s)
		q, err := requests.Change(r.Context(), tx, r.PathValue("id"), r.Version(), *s)
		return done(q, "requests.done.asked"), err
	})
}

func handInSlip(r *web.Req) error {
	return pressed(r, "requests.done.asked", func(tx *db.Tx, id string, version int64) (requests.Request, error) {
		return requests.HandInSlip(r.Context(), tx, id, version)
	})
}

func cancel(r *web.Req) error {
	return web.Submit(r, &requests.CancelForm, show, func(tx *db.Tx, why *requests.Reason) (web.Done, error) {
		q, err := requests.Cancel(r.Context(), tx, r.PathValue("id"), r.Version(), why.Text)
		return done(q, "requests.done.cancelled"), err
	})
}
