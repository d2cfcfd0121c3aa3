package requestsweb

import (
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/requests"
)

// line is the field that says which line or pick a row of a form is about.
type cutting struct{ Lines []requests.Cut }

var cutPaper = form.Of[cutting]{Name: "requests.grant", Fields: []form.Field[cutting]{
	form.LinesOf("lines", func(c *cutting) *[]requests.Cut { return &c.Lines }, &cutLine, linesMost)}}

var cutLine = form.Of[requests.Cut]{Name: "requests.cut", Fields: []form.Field[requests.Cut]{
	{Key: "line", Into: func(c *requests.Cut) any { return &c.Line }, Kind: form.Hidden, Required: true},
	{Key: "qty", Into: func(c *requests.Cut) any { return &c.Qty }, Required: true, Most: 40},
	{Key: "note", Into: func(c *requests.Cut) any { return &c.Note }, Most: 100},
}}

// cuts is where who decides agrees to less of a line.
func cuts(r *web.Req) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	items, err := itemsOf(r, &q)
	if err != nil {
		return err
	}
	var c cutting
	for _, l := range q.Lines {
		c.Lines = append(c.Lines, requests.Cut{Line: l.Line, Qty: typed(items[l.Item], l.Granted), Note: l.GrantedNote})
	}
	return rows(r, &q, &cutPaper, &c, ui.Form{Action: "/requests/" + q.ID + "/grant", Submit: r.T("requests.request.grant")}, r.T("requests.request.grant"), r.T("requests.grant.intro"),
		func(l *requests.Line) []string { return []string{items[l.Item].Title(), items[l.Item].Say(l.Qty)} }, "requests.line.item", "requests.line.qty")
}

func grant(r *web.Req) error {
	return web.Submit(r, &cutPaper, cuts, func(tx *db.Tx, c *cutting) (web.Done, error) {
		q, err := requests.Grant(r.Context(), tx, r.PathValue("id"), r.Version(), c.Lines)
		return done(q, "requests.done.granted"), err
	})
}

type choosing struct{ Lines []requests.Choice }

var choicePaper = form.Of[choosing]{Name: "requests.decide", Fields: []form.Field[choosing]{
	form.LinesOf("lines", func(c *choosing) *[]requests.Choice { return &c.Lines }, &choiceLine, linesMost)}}

var choiceLine = form.Of[requests.Choice]{Name: "requests.choice", Fields: []form.Field[requests.Choice]{
	{Key: "line", Into: func(c *requests.Choice) any { return &c.Line }, Kind: form.Hidden, Required: true},
	{Key: "qty", Into: func(c *requests.Choice) any { return &c.Qty }, Most: 40},
	{Key: "way", Into: func(c *requests.Choice) any { return &c.Way }, OneOf: requests.Ways, Enum: "requests.way"},
	{Key: "note", Into: func(c *requests.Choice) any { return &c.Note }, Most: 100},
	{Key: "promised", Into: func(c *requests.Choice) any { return &c.Promised }},
	{Key: "from", Into: func(c *requests.Choice) any { return &c.From }, Ref: "stores"},
	{Key: "instead", Into: func(c *requests.Choice) any { return &c.Instead }, Ref: "goods"},
}}

// choices is where the store decides line by line; it begins with all that there is,
// the rest from a store that has it or to be bought.
func choices(r *web.Req) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	items, err := itemsOf(r, &q)
	if err != nil {
		return err
	}
	var ids []string
	for _, l := range q.Lines {
		ids = append(ids, l.Given())
	}
	free, err := requests.Free(r.Context(), r.Read(), q.Store, ids)
	if err != nil {
		return err
	}
	others, err := requests.Elsewhere(r.Context(), r.Read(), q.Store, ids)
	if err != nil {
		return err
	}
	var c choosing
	left := map[string]quantity.Qty{}
	for k, v := range free {
		left[k] = v
	}
	for _, l := range q.Lines {
		if l.Left() == 0 {
			continue
		}
		give := min(l.Left(), left[l.Given()])
		left[l.Given()] -= give
		n := requests.Choice{Line: l.Line, Qty: typed(items[l.Given()], give), Way: l.Way, Promised: l.Promised, From: l.FromStore, Note: l.WayNote}
		if give == 0 {
			n.Qty = "0"
		}
		if give == l.Left() {
			n.Way, n.Note, n.Promised, n.From = "", "", "", ""
		} else if n.Way == "" && q.Between() {
			n.Way = "wait"
		} else if n.Way == "" {
			if n.Way = "buy"; len(others[l.Given()]) > 0 {
				n.Way, n.From = "move", others[l.Given()][0].Store
			}
		}
		c.Lines = append(c.Lines, n)
	}
	return rows(r, &q, &choicePaper, &c, ui.Form{Action: "/requests/" + q.ID + "/decide", Submit: r.T("requests.request.decide")}, r.T("requests.request.decide"), r.T("requests.decide.intro"),
		func(l *requests.Line) []string {
			i := items[l.Given()]
			there := i.Say(free[l.Given()])
			for _, h := range others[l.Given()] {
				there += " · " + h.StoreName + " " + h.Say(h.Qty)
			}
			return []string{i.Title(), i.Say(l.Left()), there}
		}, "requests.line.item", "requests.line.left", "requests.line.there")
}

func decide(r *web.Req) error {
	return web.Submit(r, &choicePaper, choices, func(tx *db.Tx, c *choosing) (web.Done, error) {
		q, err := requests.Decide(r.Context(), tx, r.PathValue("id"), r.Version(), c.Lines)
		d := done(q, "requests.done.decided")
		if q.State == requests.Picking {
			d.To += "/pick"
		}
		return d, err
	})
}

// rows draws a form with one row for each line of a request; before its questions
// stand what is known of the line.
func rows(r *web.Req, q *requests.Request, spec form.Any, value any, f ui.Form, heading, intro string, known func(*requests.Line) []string, labels ...string) error {
	f.Version, f.Cancel, f.Intro = web.VersionText(q.Version), "/requests/"+q.ID, intro
	f, err := r.Form(spec, value, f)
	if err != nil {
		return err
	}
	told(r, &f, func(line string) []string {
		n, err := strconv.Atoi(line)
		if err != nil || n < 1 || n > len(q.Lines) {
			return nil
		}
		return known(&q.Lines[n-1])
	}, labels...)
	return r.Show(ui.Page{Heading: heading, Sub: q.Number + " · " + q.Asker(), Wide: true, Back: &ui.Link{Label: q.Number, Href: "/requests/" + q.ID}, Body: ui.Ask(r.W2, f)}, nil)
}

// told puts what is known before the questions of each row of the form's lines.
func told(r *web.Req, f *ui.Form, known func(string) []string, keys ...string) {
	labels := make([]string, len(keys))
	for n, k := range keys {
		labels[n] = r.T(k)
	}
	f.Tell(known, labels...)
}

type code struct{ Code string }

var scanPaper = form.Of[code]{Name: "requests.scan", Fields: []form.Field[code]{
	{Key: "code", Into: func(c *code) any { return &c.Code }, Kind: form.Code, Required: true, Most: 100},
}}

type taking struct{ Lines []requests.Taken }

var takenPaper = form.Of[taking]{Name: "requests.taken", Fields: []form.Field[taking]{
	form.LinesOf("lines", func(t *taking) *[]requests.Taken { return &t.Lines }, &takenLine, linesMost)}}

var takenLine = form.Of[requests.Taken]{Name: "requests.took", Fields: []form.Field[requests.Taken]{
	{Key: "pick", Into: func(t *requests.Taken) any { return &t.Pick }, Kind: form.Hidden, Required: true},
	{Key: "qty", Into: func(t *requests.Taken) any { return &t.Qty }, Required: true, Most: 40},
	{Key: "note", Into: func(t *requests.Taken) any { return &t.Note }, Most: 100},
}}

// picking is the list in the order of the bins, with the scanner's box on top.
func picking(r *web.Req) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	picks, err := requests.PicksOf(r.Context(), r.Read(), q.ID, false)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(picks)
	}
	if q.State != requests.Picking {
		return r.Go("/requests/" + q.ID)
	}
	items, err := pickItems(r, picks)
	if err != nil {
		return err
	}
	var t taking
	of := map[string]requests.Pick{}
	left := 0
	for _, p := range picks {
		of[p.ID] = p
		n := p.Qty
		if p.How != "" {
			n = p.Picked
		} else {
			left++
		}
		t.Lines = append(t.Lines, requests.Taken{Pick: p.ID, Qty: typed(items[p.Item], n), Note: p.Note})
	}
	box, err := r.Form(&scanPaper, nil, ui.Form{ID: "scan", Action: "/requests/" + q.ID + "/scan", Submit: r.T("requests.scan.confirm"), Inline: true, Second: true})
	if err != nil {
		return err
	}
	for n := range box.Fields {
		box.Fields[n].Autofocus = true
	}
	f, err := r.Form(&takenPaper, &t, ui.Form{ID: "taken", Action: "/requests/" + q.ID + "/pick", Version: web.VersionText(q.Version), Submit: r.T("requests.do.picked"), Intro: r.T("requests.taken.intro")})
	if err != nil {
		return err
	}
	told(r, &f, func(id string) []string {
		p := of[id]
		how := ""
		if p.How != "" {
			how = r.T("requests.how." + p.How)
		}
		return []string{p.BinCode, items[p.Item].Title(), p.Lot, r.W2.Day(p.Expiry), items[p.Item].Say(p.Qty), how}
	}, "requests.pick.bin", "requests.line.item", "requests.pick.lot", "requests.pick.expiry", "requests.pick.qty", "requests.pick.how")
	actions := []ui.Action{{Name: "picklist", Label: r.T("requests.picklist"), Href: "/requests/" + q.ID + "/picklist", Icon: "printer", Fresh: true},
		{Name: "unpick", Label: r.T("requests.request.unpick"), Post: "/requests/" + q.ID + "/unpick", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(q.Version)}}}}
	return r.Show(ui.Page{Heading: r.T("requests.request.pick"), Sub: q.Number + " · " + q.Asker() + " · " + r.T("requests.pick.left", left), Wide: true, Live: []string{requests.Noun},
		Back: &ui.Link{Label: q.Number, Href: "/requests/" + q.ID}, Actions: actions, Body: ui.Below(ui.Section(r.T("requests.scan"), ui.Ask(r.W2, box)), ui.Ask(r.W2, f))}, nil)
}

func pickItems(r *web.Req, picks []requests.Pick) (map[string]catalog.Item, error) {
	var ids []string
	for _, p := range picks {
		ids = append(ids, p.Item)
	}
	return catalog.Few(r.Context(), r.Read(), ids)
}

func scan(r *web.Req) error {
	return web.Submit(r, &scanPaper, picking, func(tx *db.Tx, c *code) (web.Done, error) {
		q, err := requests.Scan(r.Context(), tx, r.PathValue("id"), c.Code)
		d := done(q, "requests.done.scanned")
		if q.State == requests.Picking {
			d.To += "/pick"
		} else {
			d.To, d.Say = d.To+"/hand", "requests.done.picked"
		}
		return d, err
	})
}

func picked(r *web.Req) error {
	return web.Submit(r, &takenPaper, picking, func(tx *db.Tx, t *taking) (web.Done, error) {
		q, err := requests.Picked(r.Context(), tx, r.PathValue("id"), r.Version(), t.Lines)
		return done(q, "requests.done.picked"), err
	})
}

func unpick(r *web.Req) error {
	return pressed(r, "requests.done.unpicked", func(tx *db.Tx, id string, version int64) (requests.Request, error) {
		return requests.Unpick(r.Context(), tx, id, version)
	})
}
