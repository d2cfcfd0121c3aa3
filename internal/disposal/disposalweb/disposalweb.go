// Package disposalweb is the counter at which goods are given up: scrap forms, what
// lies apart, and its sale.
package disposalweb

import (
	"embed"

	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/disposal"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /disposal/slips", Need: disposal.MaySee, Do: slips, List: &disposal.Slips},
	{At: "GET /disposal/slips/new", Need: disposal.MayDraw, Do: blank, PageOnly: true},
	{At: "POST /disposal/slips/store", Need: disposal.MayDraw, Do: drawOfStore, Form: &storePaper, Gives: disposal.Slip{}},
	{At: "POST /disposal/slips/use", Need: disposal.MayDraw, Do: drawOfUse, Form: &usePaper, Gives: disposal.Slip{}},
	{At: "POST /disposal/slips/expired", Need: disposal.MayDraw, Do: drawExpired, Form: &expiredPaper, Gives: disposal.Slip{}},
	{At: "GET /disposal/slips/{id}", Need: disposal.MaySee, Do: slip, Gives: disposal.Slip{}},
	{At: "GET /disposal/slips/{id}/edit", Need: disposal.MayDraw, Do: edit, PageOnly: true},
	{At: "POST /disposal/slips/{id}/change", Need: disposal.MayDraw, Do: change, Form: &usePaper, Gives: disposal.Slip{}},
	{At: "GET /disposal/slips/{id}/print", Need: disposal.MaySee, Do: print, PageOnly: true},
	{At: "POST /disposal/slips/{id}/apply", Need: disposal.MayApply, Do: apply, Gives: disposal.Slip{}},
	{At: "POST /disposal/slips/{id}/verify", Need: disposal.MayVerify, Do: verify, Form: &disposal.VerdictForm, Gives: disposal.Slip{}},
	{At: "POST /disposal/slips/{id}/take_back", Need: disposal.MayKeep, Do: takeBack, Form: &disposal.SpotForm, Gives: disposal.Slip{}},
	{At: "POST /disposal/slips/{id}/post", Need: disposal.MayKeep, Do: post, Gives: disposal.Slip{}},
	{At: "POST /disposal/slips/{id}/drop", Need: disposal.MayDraw, Do: drop, Form: &disposal.DropForm, Gives: disposal.Slip{}},

	{At: "GET /disposal/scrap", Need: disposal.MaySee, Do: scrap, List: &disposal.Apart},
	{At: "POST /disposal/scrap/destroy", Need: disposal.MaySell, Do: destroy, PageOnly: true},
	{At: "GET /disposal/sales", Need: disposal.MaySee, Do: sales, List: &disposal.Sales},
	{At: "GET /disposal/sales/new", Need: disposal.MaySell, Do: blankSale, PageOnly: true},
	{At: "POST /disposal/sales", Need: disposal.MaySell, Do: sell, Form: &offerPaper, Gives: disposal.Sale{}},
	{At: "GET /disposal/sales/{id}", Need: disposal.MaySee, Do: sale, Gives: disposal.Sale{}},
	{At: "GET /disposal/sales/{id}/print", Need: disposal.MaySee, Do: printSale, PageOnly: true},
	{At: "POST /disposal/sales/{id}/weigh", Need: disposal.MaySell, Do: weigh, Form: &disposal.WeighForm, Gives: disposal.Sale{}},
	{At: "POST /disposal/sales/{id}/pay", Need: disposal.MaySell, Do: pay, Form: &disposal.PayForm, Gives: disposal.Sale{}},
	{At: "POST /disposal/sales/{id}/confirm", Need: disposal.MayCash, Do: confirm, Gives: disposal.Sale{}},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// tabs are the three sides of the room.
func tabs(r *web.Req) (out []ui.Link) {
	for _, t := range [][2]string{{"disposal.slips", "/disposal/slips"}, {"disposal.scraps", "/disposal/scrap"}, {"disposal.sales", "/disposal/sales"}} {
		out = append(out, ui.Link{Label: r.T(t[0]), Href: t[1], Current: r.URL.Path == t[1]})
	}
	return out
}
