package deskweb

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// codeRoutes are the doors to the codes on walls and machines.
func codeRoutes() []web.Route {
	return []web.Route{
		{At: "GET /desk/codes", Need: desk.MayHang, Do: codes, List: &desk.Codes},
		{At: "GET /desk/codes/new", Need: desk.MayHang, Do: blankCode, PageOnly: true},
		{At: "GET /desk/codes/labels", Need: desk.MayHang, Do: codeLabels, PageOnly: true},
		{At: "POST /desk/codes", Need: desk.MayHang, Do: hang, Form: &hangForm},
		{At: "GET /desk/codes/{code}", Need: desk.MayHang, Do: code, Gives: desk.Code{}},
		{At: "POST /desk/codes/{code}/withdraw", Need: desk.MayHang, Do: withdraw, Gives: desk.Code{}},
	}
}

// hanging is what is asked when a code is hung: a place, with all inside it or alone, or
// an asset.
type hanging struct {
	Place, Asset string
	Below        bool
}

var hangForm = form.Of[hanging]{Name: "desk.hang", Fields: []form.Field[hanging]{
	{Key: "place", Into: func(h *hanging) any { return &h.Place }, Ref: "places"},
	{Key: "below", Into: func(h *hanging) any { return &h.Below }, Hint: true},
	{Key: "asset", Into: func(h *hanging) any { return &h.Asset }, Ref: "assets", Hint: true},
}, Check: func(h *hanging, bad *fault.Complaints) {
	if h.Place == "" && h.Asset == "" {
		bad.Add("place", "base.required")
	}
}}

// onlyHere warns of codes that nobody else's phone can open: the site has no address of its
// own, and is looked at on its own machine.
func onlyHere(r *web.Req) (all []ui.Note) {
	if at, err := url.Parse(r.Origin()); err == nil && (at.Hostname() == "localhost" || net.ParseIP(at.Hostname()).IsLoopback()) && !r.Site.Demo {
		all = append(all, ui.Note{Text: r.T("desk.codes.only_here", r.Origin()), Tone: ui.Danger})
	}
	return all
}

func codes(r *web.Req) error {
	return r.List(&desk.Codes, list.Where{}, web.ListPage{Default: "withdrawn=false", Page: ui.Page{Flash: onlyHere(r), Actions: []ui.Action{
		{Name: "new", Label: r.T("desk.codes.new"), Href: "/desk/codes/new", Icon: "plus", Tone: ui.Accent},
		{Name: "labels", Label: r.T("desk.codes.labels"), Href: "/desk/codes/labels?" + r.URL.RawQuery, Icon: "qrcode", Fresh: true}}}})
}

func blankCode(r *web.Req) error {
	q := r.URL.Query()
	f, err := r.Form(&hangForm, &hanging{Place: q.Get("place"), Asset: q.Get("asset")}, ui.Form{ID: "hang", Action: "/desk/codes", Submit: r.T("desk.codes.new")})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("desk.codes.new"), Sub: r.T("desk.codes.sub"), Narrow: true, Back: &ui.Link{Label: r.T("desk.codes"), Href: "/desk/codes"}, Body: templ.Join(ui.Ask(r.W2, f))}, nil)
}

func hang(r *web.Req) error {
	return web.Submit(r, &hangForm, blankCode, func(tx *db.Tx, h *hanging) (web.Done, error) {
		if h.Below && h.Place != "" && h.Asset == "" {
			n, err := desk.HangBelow(r.Context(), tx, h.Place)
			return web.Done{To: "/desk/codes", Say: "desk.done.hung", Args: []string{r.W2.Number(int64(n))}, Data: map[string]int{"codes": n}}, err
		}
		c, err := desk.Hang(r.Context(), tx, h.Place, h.Asset)
		return web.Done{To: "/desk/codes/" + c.ID, Say: "desk.done.hung", Args: []string{"1"}, Data: c}, err
	})
}

// door is the address that a code carries.
func door(r *web.Req, c *desk.Code) string { return r.Origin() + "/q/" + c.ID }

func code(r *web.Req) error {
	c, err := desk.CodeByID(r.Context(), r.Read(), r.PathValue("code"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(c)
	}
	p := ui.Page{Heading: c.Name(), Sub: c.Elsewhere(), Narrow: true, Back: &ui.Link{Label: r.T("desk.codes"), Href: "/desk/codes"}, Live: []string{desk.CodeNoun, desk.NoticeNoun}}
	picture, err := qr.SVG(door(r, &c))
	if err != nil {
		return err
	}
	drawing := ui.QR(picture, r.T("desk.codes.say"))
	if c.Withdrawn {
		p.Mark, drawing = &ui.Mark{Word: r.T("desk.codes.withdrawn"), Tone: ui.Quiet}, templ.NopComponent
	} else {
		p.Actions = []ui.Action{
			{Name: "label", Label: r.T("desk.codes.label"), Href: "/desk/codes/labels?id=" + c.ID, Icon: "printer", Fresh: true},
			{Name: "guest", Label: r.T("desk.codes.as_guest"), Href: "/q/" + c.ID + "?as=guest", Icon: "eye", Fresh: true},
			{Name: "withdraw", Label: r.T("desk.codes.withdraw"), Post: "/desk/codes/" + c.ID + "/withdraw", Tone: ui.Danger, Confirm: r.T("desk.codes.withdraw.sure"),
				Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(c.Version)}}}}
	}
	story, err := r.Story(desk.CodeNoun, c.ID)
	if err != nil {
		return err
	}
	count := ui.Fact{Label: r.T("desk.codes.notices"), Text: r.W2.Number(c.Notices), Num: true}
	if r.By.May(desk.MayDispatch) && c.Place != "" {
		count.Href = "/desk/notices?place=" + c.Place
	}
	p.Flash = onlyHere(r)
	p.Body = ui.Below(drawing, ui.Section("", ui.Facts(count, ui.Fact{Label: r.T("desk.codes.at"), Text: r.W2.Instant(c.At, r.Read().Moment()), Sub: c.ByName})), ui.Section(r.T("desk.page.story"), story))
	return r.Show(p, c)
}

func withdraw(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		c, err := desk.Withdraw(r.Context(), tx, r.PathValue("code"), r.Version())
		return web.Done{To: "/desk/codes/" + c.ID, Say: "desk.done.withdrawn", Data: c}, err
	})
}

// labelsMost is how many stickers one print makes: about forty sheets.
const labelsMost = 1000

// codeLabels prints one code, or all that the list's filters show, to cut out.
func codeLabels(r *web.Req) error {
	asked := r.URL.Query()
	w := list.Where{}
	if id := asked.Get("id"); id != "" {
		w = w.And("k.id = ?", id)
	}
	q, err := desk.Codes.Parse(asked, r.By)
	if err != nil {
		return err
	}
	s := ui.LabelSheet{Title: r.T("desk.codes.labels"), Back: ui.Link{Label: r.T("desk.codes"), Href: "/desk/codes"}}
	err = desk.Codes.Each(r.Context(), r.Read(), q, w.And("k.withdrawn = false"), func(c *desk.Code) error {
		if c.Closed { // nothing is taken in there
			return nil
		}
		if len(s.Labels) == labelsMost {
			return fault.New(fault.TooLarge, "desk.too_many_labels", labelsMost)
		}
		picture, err := qr.SVG(door(r, c))
		l := ui.Label{QR: picture, Title: c.Name(), Lines: []string{r.T("desk.codes.say")}}
		if at := c.Elsewhere(); at != "" {
			l.Lines = append([]string{at}, l.Lines...)
		}
		s.Labels = append(s.Labels, l)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(s.Labels, func(a, b ui.Label) int { return strings.Compare(a.Title, b.Title) }) // as one walks
	if len(s.Labels) == 0 {
		return fault.New(fault.NotFound, "desk.no_labels")
	}
	return r.Labels(s)
}
