package authority

import (
	"embed"

	"houqin/internal/base/period"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// Words are the texts of the page that puts the root on a phone.
//
//go:embed words/*.json
var Words embed.FS

// devices are those a hospital has, each with its two steps.
var devices = []string{"apple", "android", "windows"}

// Routes are the page that puts the root on a phone, and the root. Page is the
// whole address of that page, for its code.
func (a *Authority) Routes(page string) []web.Route {
	return []web.Route{
		{At: "GET /trust", Need: web.Anyone, PageOnly: true, Do: func(r *web.Req) error { return a.show(r, page) }},
		{At: "GET /trust/root.crt", Need: web.Anyone, PageOnly: true, Do: a.give},
	}
}

func (a *Authority) show(r *web.Req, page string) error {
	svg, err := qr.SVG(page)
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("trust.heading"), Sub: r.T("trust.why"), Narrow: true, Body: trust(r.W2, trusted{
		Page: page, QR: svg, Fingerprint: a.Fingerprint(), Names: permitted(a.root), Ends: r.W2.Full(period.At(a.Ends())),
	})}, nil)
}

// trusted is what the page shows.
type trusted struct {
	Page, QR    string
	Fingerprint string
	Names       []string
	Ends        string
}

// give hands out the root as a file that phones offer to install.
func (a *Authority) give(r *web.Req) error {
	h := r.W.Header()
	h.Set("Content-Type", "application/x-x509-ca-cert")
	h.Set("Content-Disposition", `attachment; filename="houqin-root.crt"`)
	h.Set("Cache-Control", "no-store")
	_, err := r.W.Write(a.root.Raw)
	return err
}
