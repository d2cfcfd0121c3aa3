package deskweb

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/fault"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// scan is where a worker scans the code of the room or the machine at which they stand.
func scan(r *web.Req, typed string) templ.Component {
	return ui.Ask(r.W2, ui.Form{ID: "scan", Action: "/desk/here", Method: "get", Inline: true, Submit: r.T("desk.here.go"), Tone: ui.Plain,
		Fields: []ui.Field{{Name: "code", Label: r.T("desk.door.codes"), Kind: ui.KindCode, Value: typed, Example: r.T("desk.here.example")}}})
}

// here is what a worker has to do, or may take, right where they stand: scan to start.
func (c *Counter) here(r *web.Req) error {
	typed := r.URL.Query().Get("code")
	p := ui.Page{Heading: r.T("desk.here"), Live: []string{desk.Noun}, Narrow: true, Back: &ui.Link{Label: r.T("desk.mine"), Href: "/desk/mine"}}
	if typed == "" {
		p.Heading, p.Body = r.T("desk.here.code"), scan(r, "")
		return r.Show(p, nil)
	}
	code, err := desk.Accepting(r.Context(), r.Read(), codeIn(typed))
	if k := fault.KindOf(err); k == fault.NotFound || k == fault.Conflict {
		p.Flash, p.Body = []ui.Note{{Text: r.T("desk.here.unknown", typed), Tone: ui.Soon}}, scan(r, typed)
		return r.Show(p, nil)
	}
	if err != nil {
		return err
	}
	all, err := desk.Here(r.Context(), r.Read(), r.By, &code)
	if err != nil {
		return err
	}
	var shown []ui.Job
	for _, i := range order(all) {
		j := &all[i]
		k := card(r, j)
		k.Who = strings.TrimSpace(j.ReporterName + " " + j.Phone)
		if k.Actions, err = c.steps(r, j, "/desk/mine", append([]string{"grab"}, inHand...)...); err != nil {
			return err
		}
		shown = append(shown, k)
	}
	at := "place=" + url.QueryEscape(code.Place)
	p.Sub = strings.TrimSpace(code.AssetName + " " + code.PlaceName)
	p.Actions = []ui.Action{{Name: "after", Label: r.T("desk.after"), Href: "/desk/after?" + at, Icon: "circle-check"},
		{Name: "report", Label: r.T("desk.report"), Href: "/desk/report?" + cmp.Or(map[bool]string{true: "asset=" + url.QueryEscape(code.Asset)}[code.Asset != ""], at), Icon: "plus"}}
	p.Body = ui.Below(cards(r.W2, r.T("desk.here.jobs"), r.T("desk.here.none"), shown))
	return r.Show(p, nil)
}

// codeIn is the code of what was scanned: an address that ends in it, or the code itself.
func codeIn(typed string) string {
	typed = strings.TrimSpace(typed)
	if _, after, ok := strings.Cut(typed, "/q/"); ok {
		typed, _, _ = strings.Cut(after, "?")
	}
	return strings.ToLower(strings.Trim(typed, "/ "))
}
