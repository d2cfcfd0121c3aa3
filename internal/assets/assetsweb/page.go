package assetsweb

import (
	"net/url"

	"houqin/internal/assets"
	"houqin/internal/base/fault"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/files"
)

// door is the address that an asset's code carries: reporting a fault of it, by the code
// that hangs there for guests too, or signed in.
func door(r *web.Req, id string, codes map[string]string) string {
	if code := codes[id]; code != "" {
		return r.Origin() + "/q/" + code
	}
	return r.Origin() + "/desk/report?asset=" + id
}

func show(r *web.Req) error {
	c, err := one(r.Context(), r, r.Read())
	if err != nil {
		return err
	}
	p := ui.Page{Heading: c.Name, Sub: joined(c.Number, c.Spec), Back: &ui.Link{Label: r.T("assets.cards"), Href: "/asset-cards"}, Live: []string{"assets.card", "files.file", desk.Noun},
		Mark: &ui.Mark{Word: r.T("assets.card.state." + string(c.State)), Tone: ui.Tone(map[assets.State]ui.Tone{assets.InUse: ui.Done, assets.Repair: ui.Soon}[c.State])}}
	if p.Mark.Tone == "" {
		p.Mark.Tone = ui.Quiet
	}
	if p.Actions, err = actions(r, c); err != nil {
		return err
	}
	hung, err := desk.CodesOfAssets(r.Context(), r.Read(), c.ID)
	if err != nil {
		return err
	}
	code, err := qr.SVG(door(r, c.ID, hung))
	if err != nil {
		return err
	}
	photos, err := files.Photos(r.Context(), r.Read(), r.W2, "assets.card", c.ID)
	if err != nil {
		return err
	}
	story, err := r.Story("assets.card", c.ID)
	if err != nil {
		return err
	}
	var extra []ui.Fact
	for _, f := range c.Extra.Facts() {
		extra = append(extra, ui.Fact{Label: f.Name, Text: f.Value})
	}
	work, err := jobs(r, c.ID)
	if err != nil {
		return err
	}
	lent, err := lentFact(r, c)
	if err != nil {
		return err
	}
	if len(lent) > 0 && c.State == assets.InUse { // what is lent is in use, and not at hand
		p.Mark = &ui.Mark{Word: r.T("assets.found.lent"), Tone: ui.Soon}
	}
	p.Body = sheet(r.W2, append(lent, facts(r, c)...), extra, photos, ui.Link{Label: r.T("assets.files"), Href: filesOf(c)}, ui.QR(code, r.T("assets.qr.say")), r.T("assets.qr.say"), work, story)
	return r.Show(p, c)
}

func filesOf(c card) string {
	return "/files?" + url.Values{"noun": {"assets.card"}, "record": {c.ID}, "back": {"/asset-cards/" + c.ID}}.Encode()
}

func facts(r *web.Req, c card) []ui.Fact {
	place := ""
	if c.Place != "" {
		place = "/places/" + c.Place
	}
	department := ""
	if c.Department != "" {
		department = "/departments/" + c.Department
	}
	cost := ""
	if c.Cost > 0 {
		cost = r.W2.Money(c.Cost)
	}
	out := []ui.Fact{
		{Label: r.T("assets.cards.class"), Text: r.T("assets.class." + c.Class)},
		{Label: r.T("assets.cards.department"), Text: c.DepartmentName, Href: department},
		{Label: r.T("assets.cards.place"), Text: c.PlaceName, Href: place},
		{Label: r.T("assets.cards.spot"), Text: c.Spot},
		{Label: r.T("assets.cards.maker"), Text: c.Maker},
		{Label: r.T("assets.cards.serial"), Text: c.Serial},
		{Label: r.T("assets.cards.since"), Text: r.W2.Day(c.Since)},
		{Label: r.T("assets.cards.cost"), Text: cost, Num: true},
	}
	for i := range out {
		if out[i].Text == "" {
			out[i].Href = ""
		}
	}
	if c.Special {
		result, due := "", r.W2.Day(c.Due)
		if c.Result != "" {
			result = r.T("assets.result." + c.Result)
		}
		tone := ui.Tone(c.DueTone(r.Site.DB.Today()))
		switch {
		case c.Due.IsZero():
			due = r.T("assets.due.unknown")
		case tone == ui.Danger:
			due = r.T("assets.due.over", due)
		}
		out = append(out,
			ui.Fact{Label: r.T("assets.cards.inspected"), Text: r.W2.Day(c.Inspected), Sub: result},
			ui.Fact{Label: r.T("assets.cards.due"), Text: due, Tone: tone, State: tone != ""})
	}
	return out
}

// actions are what this person may do with the card now.
func actions(r *web.Req, c card) (out []ui.Action, err error) {
	at := "/asset-cards/" + c.ID
	if c.State != assets.Scrapped && r.By.May(desk.MayReport) {
		out = append(out, ui.Action{Name: "report", Label: r.T("assets.report"), Href: "/desk/report?asset=" + c.ID, Tone: ui.Accent, Icon: "tool"})
	}
	if r.By.MayIn(assets.MayChange, c.Department) && c.State != assets.Scrapped {
		out = append(out, ui.Action{Name: "edit", Label: r.T("assets.edit"), Href: at + "/edit"})
		v := web.VersionText(c.Version)
		m, err := r.Form(&moving, &moved{Department: c.Department, Place: c.Place, Spot: c.Spot}, ui.Form{ID: "move", Action: at + "/move", Version: v, Submit: r.T("assets.move"), Tone: ui.Accent})
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Action{Name: "move", Label: r.T("assets.move"), Ask: &m, Open: r.Failed(&moving) != nil})
		if c.Special {
			i, err := r.Form(&inspecting, &assets.Inspection{Day: r.Site.DB.Today()}, ui.Form{ID: "inspect", Action: at + "/inspect", Version: v, Submit: r.T("assets.inspect"), Tone: ui.Accent})
			if err != nil {
				return nil, err
			}
			out = append(out, ui.Action{Name: "inspect", Label: r.T("assets.inspect"), Ask: &i, Open: r.Failed(&inspecting) != nil})
		}
	}
	lending, err := lendable(r, c)
	if err != nil {
		return nil, err
	}
	out = append(out, lending...)
	harm, err := harmable(r, c)
	if err != nil {
		return nil, err
	}
	out = append(out, harm...)
	steps, err := r.Buttons("assets.card", at, c.Version, assets.Life.Open(r.By, &c))
	if err != nil {
		return nil, err
	}
	out = append(out, steps...)
	return append(out, ui.Action{Name: "label", Label: r.T("assets.label"), Href: "/asset-cards/labels?id=" + c.ID, Fresh: true, Icon: "qrcode"}), nil
}

// labelsMost is how many labels one print makes: about forty sheets.
const labelsMost = 1000

// labels prints the codes of one asset, or of all that the list's filters show.
func labels(r *web.Req) error {
	asked := r.URL.Query()
	if r.URL.RawQuery == "" {
		asked, _ = url.ParseQuery(alive)
	}
	w := assets.Scope(r.By)
	if id := asked.Get("id"); id != "" {
		w = w.And("a.id = ?", id)
	}
	q, err := assets.Cards.Parse(asked, r.By)
	if err != nil {
		return err
	}
	s := ui.LabelSheet{Title: r.T("assets.labels"), Back: ui.Link{Label: r.T("assets.cards"), Href: "/asset-cards"}}
	var shown []card
	err = assets.Cards.Each(r.Context(), r.Read(), q, w, func(c *card) error {
		if len(shown) == labelsMost {
			return fault.New(fault.TooLarge, "assets.too_many_labels", labelsMost)
		}
		shown = append(shown, *c)
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]string, len(shown))
	for i := range shown {
		ids[i] = shown[i].ID
	}
	hung, err := desk.CodesOfAssets(r.Context(), r.Read(), ids...)
	if err != nil {
		return err
	}
	for _, c := range shown {
		code, err := qr.SVG(door(r, c.ID, hung))
		if err != nil {
			return err
		}
		s.Labels = append(s.Labels, ui.Label{QR: code, Title: c.Name, Lines: []string{joined(c.Spec), joined(c.DepartmentName), joined(c.PlaceName, c.Spot)}, Number: c.Number})
	}
	return r.Labels(s)
}
