package wardstoresweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/wardstores"
)

type leveling struct {
	Store string
	Lines []wardstores.Level
}

var levelLine = form.Of[wardstores.Level]{Name: "wardstores.level", Fields: []form.Field[wardstores.Level]{
	{Key: "item", Into: func(l *wardstores.Level) any { return &l.Item }, Kind: form.Hidden, Required: true},
	{Key: "least", Into: func(l *wardstores.Level) any { return &l.Least }, Most: 40},
	{Key: "most", Into: func(l *wardstores.Level) any { return &l.Most }, Most: 40},
}}

var levelsPaper = form.Of[leveling]{Name: "wardstores.levels", Fields: []form.Field[leveling]{
	{Key: "store", Into: func(l *leveling) any { return &l.Store }, Kind: form.Hidden, Required: true},
	form.LinesOf("lines", func(l *leveling) *[]wardstores.Level { return &l.Lines }, &levelLine, linesMost),
}}

type keeping struct{ Store, Keeper string }

var keeperPaper = form.Of[keeping]{Name: "wardstores.keeping", Fields: []form.Field[keeping]{
	{Key: "store", Into: func(k *keeping) any { return &k.Store }, Kind: form.Hidden, Required: true},
	{Key: "keeper", Into: func(k *keeping) any { return &k.Keeper }, Ref: "ward_people", Required: true},
}}

// levels is where the head nurse says what her ward wants to have there, and names who
// keeps it (S-032).
func levels(r *web.Req) error {
	s, all, err := own(r)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return none(r, r.T("wardstores.do.levels"))
	}
	held, err := wardstores.HeldIn(r.Context(), r.Read(), s.ID)
	if err != nil {
		return err
	}
	l, known := leveling{Store: s.ID}, map[string][]string{}
	for _, h := range held {
		v := wardstores.Level{Item: h.Item}
		if h.Least > 0 {
			v.Least = typed(h.Say(h.Least))
		}
		if h.Most > 0 {
			v.Most = typed(h.Say(h.Most))
		}
		l.Lines, known[h.Item] = append(l.Lines, v), []string{h.Title(), h.Say(h.Qty)}
	}
	f, err := r.Form(&levelsPaper, &l, ui.Form{ID: "levels", Action: "/ward-store/levels", Submit: r.T("wardstores.save")})
	if err != nil {
		return err
	}
	f.Tell(func(item string) []string { return known[item] }, r.T("wardstores.take.item"), r.T("wardstores.there"))
	charge, err := wardstores.ChargeOf(r.Context(), r.Read(), &s)
	if err != nil {
		return err
	}
	k, err := r.Form(&keeperPaper, &keeping{Store: s.ID, Keeper: charge.Keeper}, ui.Form{ID: "keeper", Action: "/ward-store/keeper", Submit: r.T("wardstores.do.name"), Inline: true, Second: true, Intro: r.T("wardstores.keeping.intro")})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("wardstores.do.levels"), Sub: s.Name, Back: &ui.Link{Label: r.T("wardstores.mine"), Href: "/ward-store?store=" + s.ID},
		Body: ui.Below(ui.Section(r.T("wardstores.keeper"), ui.Ask(r.W2, k)), ui.Section(r.T("wardstores.levels"), ui.Ask(r.W2, f)))}, nil)
}

func setLevels(r *web.Req) error {
	return web.Submit(r, &levelsPaper, levels, func(tx *db.Tx, l *leveling) (web.Done, error) {
		return web.Done{To: "/ward-store?store=" + l.Store, Say: "wardstores.done.levels"}, wardstores.SetLevels(r.Context(), tx, l.Store, l.Lines)
	})
}

func nameKeeper(r *web.Req) error {
	return web.Submit(r, &keeperPaper, levels, func(tx *db.Tx, k *keeping) (web.Done, error) {
		c, err := wardstores.NameKeeper(r.Context(), tx, k.Store, k.Keeper)
		return web.Done{To: "/ward-store?store=" + k.Store, Say: "wardstores.done.named", Args: []string{c.KeeperName}, Data: c}, err
	})
}
