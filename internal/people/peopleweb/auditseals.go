package peopleweb

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/qr"
	"houqin/internal/base/seal"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

var sealForm = form.Of[struct{ Seal string }]{Name: "people.seal", Fields: []form.Field[struct{ Seal string }]{
	{Key: "seal", Into: func(s *struct{ Seal string }) any { return &s.Seal }, Required: true, Kind: form.Code, Most: 400, Hint: true},
}}

// sealsShown are on the page; older ones are reached by their number.
const sealsShown = 50

// seals is the newest seals, and a field to compare one that was kept on paper.
func seals(r *web.Req) error { return showSeals(r) }

func showSeals(r *web.Req, above ...templ.Component) error {
	recent, err := seal.Recent(r.Context(), r.Read(), sealsShown)
	if err != nil {
		return err
	}
	t := ui.Table{ID: "seals", Bare: true, Caption: r.T("people.seals"), Empty: ui.Nothing{Text: r.T("people.seals.none"), Icon: "stamp"},
		Columns: []ui.Head{{Label: r.T("people.seals.number"), Num: true}, {Label: r.T("people.seals.at")}, {Label: r.T("people.seals.records"), Num: true}, {Label: r.T("people.seals.algorithm"), Minor: true}, {Label: r.T("people.seals.digest"), Minor: true}}}
	now := r.Site.DB.Now()
	for _, s := range recent {
		t.Rows = append(t.Rows, ui.Row{Href: "/audit/seals/" + strconv.FormatInt(s.Number, 10) + "/sheet", Cells: []ui.Cell{{Text: r.W2.Number(s.Number), Num: true},
			{Text: r.W2.Instant(s.At, now), Title: r.W2.Full(s.At)}, {Text: r.W2.Number(s.Records), Num: true}, {Text: s.Algorithm}, {Text: s.Digest[:min(16, len(s.Digest))] + "…", Title: s.Digest}}})
	}
	f, err := r.Form(&sealForm, nil, ui.Form{ID: "seal", Action: "/audit/seals", Submit: r.T("people.seal.check")})
	if err != nil {
		return err
	}
	f.Key = "" // asked as often as one likes
	p := ui.Page{Heading: r.T("people.seals"), Tabs: auditTabs(r)}
	if len(recent) > 0 {
		p.Actions = []ui.Action{{Name: "print", Label: r.T("people.seals.print"), Href: "/audit/seals/" + strconv.FormatInt(recent[0].Number, 10) + "/sheet", Icon: "printer", Tone: ui.Accent}}
	}
	p.Body = stack(append(above, say(r.T("people.seals.intro")), card(r.T("people.seal"), ui.Ask(r.W2, f)), card(r.T("people.seals.recent"), ui.List(r.W2, t)))...)
	return r.Show(p, nil)
}

// checkSeal compares a line from paper with the books; that somebody did is written down.
func checkSeal(r *web.Req) error {
	return web.Take(r, &sealForm, seals, func(s *struct{ Seal string }) error {
		a, err := seal.ParseAnchor(s.Seal)
		if err != nil {
			return err
		}
		found, err := seal.Kept(r.Context(), r.Read(), a)
		if err != nil {
			return err
		}
		if err := r.Do(func(tx *db.Tx) error { return people.Looked(r.Context(), tx, a.String()) }); err != nil {
			return err
		}
		if found != nil {
			return showSeals(r, note(ui.Danger, r.T("people.seal.found."+string(found.What), a.Number)))
		}
		return showSeals(r, note(ui.Done, r.T("people.seal.agrees", a.Number)))
	})
}

// sealSheet is a seal for the wall: its line, to be read and to be scanned.
func sealSheet(r *web.Req) error {
	n, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "base.not_found")
	}
	s, ok, err := seal.Get(r.Context(), r.Read(), n)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "base.not_found")
	}
	a, err := s.Anchor(r.Context(), r.Read())
	if err != nil {
		return err
	}
	code, err := qr.SVG(strings.ToUpper(a.String())) // capitals take less room in a code
	if err != nil {
		return err
	}
	return r.Sheet(ui.Sheet{Title: r.T("people.seal.sheet"), Number: r.W2.Number(s.Number), Date: r.W2.Full(s.At), QR: code, Size: ui.A5,
		Boxes: []ui.Fact{{Label: r.T("people.seals.records"), Text: r.W2.Number(s.Records)}, {Label: r.T("people.seals.algorithm"), Text: s.Algorithm}, {Label: r.T("people.seals.number"), Text: r.W2.Number(s.Number)},
			{Label: r.T("people.seals.digest"), Text: spaced(s.Digest), Wide: true}, {Label: r.T("people.seal.seal"), Text: a.String(), Wide: true}},
		Note: r.T("people.seal.sheet.note"), Signatures: []string{r.T("people.seal.sheet.audit"), r.T("people.seal.sheet.witness")}, Back: ui.Link{Href: "/audit/seals"}})
}
