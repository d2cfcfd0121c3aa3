package assetsweb

import (
	"slices"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// damageRoutes are the doors of what was damaged or lost.
var damageRoutes = []web.Route{
	{At: "POST /asset-cards/{id}/damage", Need: assets.MayTell, Do: harmed, Form: &assets.HarmForm, Gives: assets.Damage{}},
	{At: "GET /asset-damages", Need: web.SignedIn, Do: damages, List: &assets.Damages},
	{At: "GET /asset-damages/{id}", Need: web.SignedIn, Do: damage, Gives: assets.Damage{}},
	{At: "GET /asset-damages/{id}/print", Need: web.SignedIn, Do: printDamage, PageOnly: true},
	{At: "POST /asset-damages/{id}/look", Need: assets.MayChange, Do: lookInto, Form: &assets.LookForm},
	{At: "POST /asset-damages/{id}/tell", Need: assets.MayChange, Do: tell, Form: &assets.TellForm},
	{At: "POST /asset-damages/{id}/pay", Need: assets.MayRecover, Do: pay, Form: &assets.PayForm},
	{At: "POST /asset-damages/{id}/drop", Need: assets.MayChange, Do: dropDamage, Form: &assets.NoMatterForm},
}

func damages(r *web.Req) error {
	return r.List(&assets.Damages, assets.DamageScope(r.By), web.ListPage{Page: ui.Page{Sub: r.T("assets.damages.sub")}})
}

// harmable is the button of a card to say that it is damaged or lost.
func harmable(r *web.Req, c card) ([]ui.Action, error) {
	if c.State == assets.Scrapped || !r.By.MayIn(assets.MayTell, c.Department) {
		return nil, nil
	}
	f, err := r.Form(&assets.HarmForm, &assets.Harm{Day: r.Site.DB.Today()}, ui.Form{ID: "damage", Action: "/asset-cards/" + c.ID + "/damage", Submit: r.T("assets.damage"), Tone: ui.Accent})
	return []ui.Action{{Name: "damage", Label: r.T("assets.damage"), Icon: "alert-triangle", Ask: &f, Open: r.Failed(&assets.HarmForm) != nil}}, err
}

func harmed(r *web.Req) error {
	return web.Submit(r, &assets.HarmForm, show, func(tx *db.Tx, h *assets.Harm) (web.Done, error) {
		x, err := assets.Harmed(r.Context(), tx, r.PathValue("id"), *h)
		return damageDone(x, "assets.done.harmed"), err
	})
}

func damageDone(x assets.Damage, say string) web.Done {
	return web.Done{To: "/asset-damages/" + x.ID, Say: say, Args: []string{x.Number}, Data: x}
}

// damage is one report: what was found, what it came to, what is owed.
func damage(r *web.Req) error {
	x, err := assets.DamageByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(x)
	}
	tone := ui.Soon
	if !x.Open {
		tone = ui.Quiet
	}
	at := "/asset-damages/" + x.ID
	p := ui.Page{Heading: x.CardName, Sub: joined(x.Number, r.T("assets.damage_sort."+x.Sort)), Back: &ui.Link{Label: r.T("assets.damages"), Href: "/asset-damages"}, Live: []string{assets.DamageNoun},
		Mark: &ui.Mark{Word: r.T(assets.DamageNoun + ".state." + string(x.State)), Tone: tone}}
	if p.Actions, err = r.Buttons(assets.DamageNoun, at, x.Version, assets.DamageLife.Open(r.By, &x)); err != nil {
		return err
	}
	for n := range p.Actions { // it is likely that all is lost that the asset cost
		if a := &p.Actions[n]; a.Name == "look" && r.Failed(&assets.LookForm) == nil {
			f, err := r.Form(&assets.LookForm, &assets.Looking{Loss: x.Cost}, ui.Form{ID: "step-look", Action: at + "/look", Submit: a.Label, Version: web.VersionText(x.Version), Tone: ui.Accent})
			if err != nil {
				return err
			}
			a.Ask = &f
		}
	}
	p.Actions = append(p.Actions, ui.Action{Name: "print", Label: r.T("assets.damage.print"), Href: at + "/print", Icon: "printer", Fresh: true})
	facts := append([]ui.Fact{{Label: r.T("assets.damages.card_name"), Text: joined(x.CardName, x.CardNumber), Href: "/asset-cards/" + x.Card}}, told(r, &x)...)
	if x.Pays > 0 {
		f := ui.Fact{Label: r.T("assets.damages.pays"), Text: r.W2.Money(x.Pays), Sub: r.T("assets.paid_so_far", x.Paid), Num: true}
		if x.Paid < x.Pays {
			f.Tone = ui.Soon
		}
		facts = append(facts, f)
	}
	facts = append(facts, ui.Fact{Label: r.T("assets.damages.told_to"), Text: x.ToldTo, Sub: joined(x.ToldName, r.W2.Full(x.ToldAt))}, ui.Fact{Label: r.T("assets.damages.note"), Text: x.Note, Wide: true})
	facts = slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Text == "" })
	p.Body = ui.Facts(facts...)
	payments, err := assets.PaymentsOf(r.Context(), r.Read(), x.ID)
	if err != nil {
		return err
	}
	if len(payments) > 0 {
		t := ui.Table{ID: "payments", Bare: true, Caption: r.T("assets.payments"), Columns: []ui.Head{{Label: r.T("assets.paying.way")}, {Label: r.T("assets.paying.amount"), Num: true}, {Label: r.T("assets.paying.month")}, {Label: r.T("assets.payments.at")}}}
		for _, y := range payments {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("assets.payway." + y.Way)}, {Text: r.W2.Money(y.Amount), Num: true}, {Text: string(y.Month)}, {Text: r.W2.Full(y.At), Sub: y.ByName}}})
		}
		p.Body = ui.Below(p.Body, ui.Section(r.T("assets.payments"), ui.List(r.W2, t)))
	}
	story, err := r.Story(assets.DamageNoun, x.ID)
	if err != nil {
		return err
	}
	p.Body = ui.Below(p.Body, ui.Section(r.T("assets.story"), story))
	return r.Show(p, nil)
}

// told is what a report says, on its page and on paper.
func told(r *web.Req, x *assets.Damage) []ui.Fact {
	loss := ""
	if x.LookedAt != 0 {
		loss = r.W2.Money(x.Loss)
	}
	return []ui.Fact{{Label: r.T("assets.damages.department"), Text: x.DepartmentName}, {Label: r.T("assets.damages.class"), Text: r.T("assets.class." + x.Class)}, {Label: r.T("assets.damages.day"), Text: r.W2.Day(x.Day)},
		{Label: r.T("assets.damages.by_name"), Text: x.ByName, Sub: r.W2.Full(x.At)}, {Label: r.T("assets.damages.how"), Text: x.How, Wide: true}, {Label: r.T("assets.damages.cause"), Text: x.Cause, Wide: true},
		{Label: r.T("assets.damages.loss"), Text: loss, Sub: r.T("ui.yuan"), Num: true}, {Label: r.T("assets.damages.responsible_name"), Text: x.ResponsibleName},
		{Label: r.T("assets.damages.looked_name"), Text: x.LookedName, Sub: r.W2.Full(x.LookedAt)}}
}

// printDamage is the written report to the hospital.
func printDamage(r *web.Req) error {
	x, err := assets.DamageByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/asset-damages/" + x.ID)
	if err != nil {
		return err
	}
	boxes := append([]ui.Fact{{Label: r.T("assets.damages.card_name"), Text: joined(x.CardName, x.CardNumber)}, {Label: r.T("assets.damages.nature"), Text: r.T("assets.damage_sort." + x.Sort)}}, told(r, &x)...)
	s := ui.Sheet{Title: r.T("assets.damage.print.title"), Number: x.Number, Date: string(x.At.Day(r.Site.DB.Zone)), QR: code, Size: ui.A4, Back: ui.Link{Href: "/asset-damages/" + x.ID},
		Boxes: slices.DeleteFunc(boxes, func(f ui.Fact) bool { return f.Text == "" })}
	if r.W2.Lang == "zh" && x.LookedAt != 0 {
		s.Capitals = x.Loss.Capitals()
	}
	for _, key := range []string{"assets.sign.reporter", "assets.sign.looked", "assets.sign.head", "assets.sign.leader"} {
		s.Signatures = append(s.Signatures, r.T(key))
	}
	return r.Sheet(s)
}

func lookInto(r *web.Req) error {
	return web.Submit(r, &assets.LookForm, damage, func(tx *db.Tx, l *assets.Looking) (web.Done, error) {
		x, err := assets.LookInto(r.Context(), tx, r.PathValue("id"), r.Version(), *l)
		return damageDone(x, "assets.done.looked"), err
	})
}

func tell(r *web.Req) error {
	return web.Submit(r, &assets.TellForm, damage, func(tx *db.Tx, t *assets.Telling) (web.Done, error) {
		x, err := assets.Tell(r.Context(), tx, r.PathValue("id"), r.Version(), *t)
		return damageDone(x, "assets.done.told"), err
	})
}

func pay(r *web.Req) error {
	return web.Submit(r, &assets.PayForm, damage, func(tx *db.Tx, p *assets.Paying) (web.Done, error) {
		x, err := assets.Recover(r.Context(), tx, r.PathValue("id"), r.Version(), *p)
		return damageDone(x, "assets.done.recovered"), err
	})
}

func dropDamage(r *web.Req) error {
	return web.Submit(r, &assets.NoMatterForm, damage, func(tx *db.Tx, n *assets.NoMatter) (web.Done, error) {
		x, err := assets.DropDamage(r.Context(), tx, r.PathValue("id"), r.Version(), *n)
		return damageDone(x, "assets.done.damage_dropped"), err
	})
}
