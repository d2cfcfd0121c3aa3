package peopleweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// certificateRoutes are the doors of the register of certificates.
func certificateRoutes() []web.Route {
	return []web.Route{
		{At: "GET /certificates", Need: web.SignedIn, Do: certificates, List: &people.Certificates},
		{At: "GET /certificates/new", Need: people.MayCertify, Do: blankCertificate, PageOnly: true},
		{At: "POST /certificates", Need: people.MayCertify, Do: certify, Form: &certificateForm, Gives: people.Certificate{}},
		{At: "GET /certificates/{id}", Need: web.SignedIn, Do: showCertificate, Gives: people.Certificate{}},
		{At: "POST /certificates/{id}/recheck", Need: people.MayCertify, Do: recheck, Form: &recheckForm, Gives: people.Certificate{}},
		{At: "POST /certificates/{id}/revoke", Need: people.MayCertify, Do: revokeCertificate, Form: &revokeForm},
	}
}

var certificateForm = form.Of[people.Certificate]{Name: "people.certificate", Fields: []form.Field[people.Certificate]{
	{Key: "person", Into: func(c *people.Certificate) any { return &c.Person }, Required: true, Ref: "people"},
	{Key: "kind", Into: func(c *people.Certificate) any { return &c.Kind }, Required: true, OneOf: people.CertificateKinds},
	{Key: "number", Into: func(c *people.Certificate) any { return &c.Number }, Most: 60},
	{Key: "issuer", Into: func(c *people.Certificate) any { return &c.Issuer }, Most: 80},
	{Key: "issued_on", Into: func(c *people.Certificate) any { return &c.IssuedOn }, Required: true},
	{Key: "valid_until", Into: func(c *people.Certificate) any { return &c.ValidUntil }, Hint: true},
	{Key: "checked_on", Into: func(c *people.Certificate) any { return &c.CheckedOn }, Hint: true},
	{Key: "note", Into: func(c *people.Certificate) any { return &c.Note }, Most: 200},
}}

var recheckForm = form.Of[people.Check]{Name: "people.recheck", Fields: []form.Field[people.Check]{
	{Key: "on", Into: func(k *people.Check) any { return &k.On }, Required: true},
	{Key: "until", Into: func(k *people.Check) any { return &k.Until }, Hint: true},
}}

var revokeForm = form.Of[struct{ Note string }]{Name: "people.revoke", Fields: []form.Field[struct{ Note string }]{
	{Key: "note", Into: func(l *struct{ Note string }) any { return &l.Note }, Required: true, Most: 100},
}}

func certificates(r *web.Req) error {
	p := web.ListPage{Default: "withdrawn=false"}
	if r.By.May(people.MayCertify) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("people.certificate.new"), Href: "/certificates/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&people.Certificates, people.Scope(r.By), p)
}

func blankCertificate(r *web.Req) error {
	f, err := r.Form(&certificateForm, &people.Certificate{Person: r.URL.Query().Get("person")}, ui.Form{Action: "/certificates", Submit: r.T("people.certificate.enter"), Cancel: "/certificates", Draft: true})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("people.certificate.new"), Narrow: true, Back: &ui.Link{Label: r.T("people.certificates"), Href: "/certificates"}, Body: ui.Ask(r.W2, f)}, nil)
}

func certify(r *web.Req) error {
	return web.Submit(r, &certificateForm, blankCertificate, func(tx *db.Tx, c *people.Certificate) (web.Done, error) {
		err := people.Certify(r.Context(), tx, c)
		return web.Done{To: "/certificates/" + c.ID, Say: "people.done.certified", Data: c}, err
	})
}

// showCertificate is what stands on a certificate, and how it came about.
func showCertificate(r *web.Req) error {
	c, err := people.CertificateByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err == nil {
			err = r.Give(c)
		}
		return err
	}
	ends := ui.Fact{Label: r.T("people.certificates.ends_on"), Text: r.W2.Day(c.EndsOn), State: true, Tone: ui.Done}
	switch today := r.Site.DB.Today(); {
	case c.Withdrawn:
		ends.Text, ends.Tone = r.T("people.certificates.withdrawn"), ui.Quiet
	case c.EndsOn < today:
		ends.Sub, ends.Tone = r.T("people.certificate.ended"), ui.Danger
	case c.EndsOn == people.Endless:
		ends.Text = r.T("people.certificate.endless")
	}
	until := r.W2.Day(c.ValidUntil)
	if c.ValidUntil == people.Endless {
		until = r.T("people.certificate.endless")
	}
	facts := ui.Facts(ends, ui.Fact{Label: r.T("people.certificate.person"), Text: c.PersonName, Sub: c.DepartmentName, Href: "/people/" + c.Person},
		ui.Fact{Label: r.T("people.certificate.number"), Text: c.Number}, ui.Fact{Label: r.T("people.certificate.issuer"), Text: c.Issuer},
		ui.Fact{Label: r.T("people.certificate.issued_on"), Text: r.W2.Day(c.IssuedOn)}, ui.Fact{Label: r.T("people.certificate.valid_until"), Text: until},
		ui.Fact{Label: r.T("people.certificate.checked_on"), Text: r.W2.Day(c.CheckedOn)}, ui.Fact{Label: r.T("people.certificate.note"), Text: c.Note, Wide: true})
	p := ui.Page{Heading: r.T("people.certificate.kind." + c.Kind), Sub: c.PersonName, Back: &ui.Link{Label: r.T("people.certificates"), Href: "/certificates"}, Live: []string{people.CertificateNoun}, Narrow: true}
	if !c.Withdrawn && r.By.MayIn(people.MayCertify, c.Department) {
		again, err := r.Form(&recheckForm, &people.Check{On: r.Site.DB.Today()}, ui.Form{ID: "recheck", Action: "/certificates/" + c.ID + "/recheck", Submit: r.T("people.recheck"), Version: web.VersionText(c.Version)})
		if err != nil {
			return err
		}
		end, err := r.Form(&revokeForm, nil, ui.Form{ID: "revoke", Action: "/certificates/" + c.ID + "/revoke", Submit: r.T("people.revoke"), Tone: ui.Danger, Version: web.VersionText(c.Version)})
		if err != nil {
			return err
		}
		p.Actions = []ui.Action{{Name: "recheck", Label: r.T("people.recheck"), Ask: &again, Icon: "checks", Open: r.Failed(&recheckForm) != nil},
			{Name: "revoke", Label: r.T("people.revoke"), Ask: &end, Tone: ui.Danger, Open: r.Failed(&revokeForm) != nil}}
	}
	story, err := r.Story(people.CertificateNoun, c.ID)
	if err != nil {
		return err
	}
	p.Body = stack(card("", facts), story)
	return r.Show(p, c)
}

func recheck(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &recheckForm, showCertificate, func(tx *db.Tx, k *people.Check) (web.Done, error) {
		if err := people.Recheck(r.Context(), tx, id, r.Version(), *k); err != nil {
			return web.Done{}, err
		}
		c, err := people.CertificateByID(r.Context(), tx, r.By, id)
		return web.Done{To: "/certificates/" + id, Say: "people.done.rechecked", Data: c}, err
	})
}

func revokeCertificate(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &revokeForm, showCertificate, func(tx *db.Tx, l *struct{ Note string }) (web.Done, error) {
		return web.Done{To: "/certificates/" + id, Say: "people.done.certificate_revoked"}, people.RevokeCertificate(r.Context(), tx, id, r.Version(), l.Note)
	})
}

// certificateTable is what a person's card shows of their certificates.
func certificateTable(r *web.Req, person string) (ui.Table, error) {
	of, err := people.CertificatesOf(r.Context(), r.Read(), []string{person})
	t := ui.Table{ID: "certificates", Bare: true, Caption: r.T("people.certificates"), Columns: []ui.Head{{Label: r.T("people.certificates.kind")}, {Label: r.T("people.certificates.number")}, {Label: r.T("people.certificates.ends_on")}}}
	for _, c := range of[person] {
		ends := ui.Cell{Text: r.W2.Day(c.EndsOn), State: true, Tone: ui.Done}
		if c.EndsOn == people.Endless {
			ends.Text = r.T("people.certificate.endless")
		}
		if c.EndsOn < r.Site.DB.Today() {
			ends.Tone = ui.Danger
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/certificates/" + c.ID, Cells: []ui.Cell{{Text: r.T("people.certificate.kind." + c.Kind)}, {Text: c.Number}, ends}})
	}
	return t, err
}
