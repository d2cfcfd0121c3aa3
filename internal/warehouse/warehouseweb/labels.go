package warehouseweb

import (
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// lotsOnLabels are printed at once at the most.
const lotsOnLabels = 1000

// cardLabels are a sticker for each lot of the item that lies in the store; with lot=… of
// that lot alone.
func cardLabels(r *web.Req) error {
	h, err := held(r)
	if err != nil {
		return err
	}
	where := list.Where{}.And("b.store = ? AND b.item = ?", h.Store, h.Item)
	if r.URL.Query().Has("lot") {
		where = where.And("b.lot = ?", r.URL.Query().Get("lot"))
	}
	return lotLabels(r, ui.LabelSheet{Title: r.T("warehouse.labels"), Back: ui.Link{Label: h.Title(), Href: "/warehouse/stock/" + h.Store + "/" + h.Item}}, where)
}

// storeLabels are a sticker for each shelf of a store; with bin=… that of the shelf and of
// every lot that lies there.
func storeLabels(r *web.Req) error {
	s, err := storeOf(r)
	if err != nil {
		return err
	}
	bin := r.URL.Query().Get("bin")
	where := list.Where{}.And("n.store = ? AND n.closed = false", s.ID)
	if bin != "" {
		where = where.And("n.id = ?", bin)
	}
	bins, err := warehouse.Bins.All(r.Context(), r.Read(), where, lotsOnLabels)
	if err != nil {
		return err
	}
	if bin != "" && len(bins) == 0 {
		return fault.New(fault.NotFound, "base.not_found")
	}
	sheet := ui.LabelSheet{Title: r.T("warehouse.labels.bins"), Back: ui.Link{Label: s.Name, Href: "/warehouse/stores/" + s.ID}}
	for _, b := range bins {
		svg, err := qr.SVG(b.Code)
		if err != nil {
			return err
		}
		sheet.Labels = append(sheet.Labels, ui.Label{QR: svg, Title: b.Code, Number: s.Name, Lines: []string{b.Note}})
	}
	if bin == "" {
		return r.Labels(sheet)
	}
	return lotLabels(r, sheet, list.Where{}.And("b.store = ? AND b.bin = ?", s.ID, bin))
}

// lotLabels adds the stickers of lots, each with a code that the scanner reads back as item,
// lot and expiry.
func lotLabels(r *web.Req, sheet ui.LabelSheet, where list.Where) error {
	lots, err := warehouse.Lots.All(r.Context(), r.Read(), where, lotsOnLabels)
	if err != nil {
		return err
	}
	codes := map[string][]catalog.Barcode{}
	for _, l := range lots {
		if _, known := codes[l.Item]; !known {
			if codes[l.Item], err = catalog.Barcodes(r.Context(), r.Read(), l.Item); err != nil {
				return err
			}
		}
		svg, err := qr.SVG(catalog.LabelCode(l.Number, codes[l.Item], l.Lot, l.Expiry))
		if err != nil {
			return err
		}
		label := ui.Label{QR: svg, Title: l.Title(), Number: l.Number, Lines: []string{l.StoreName + " " + l.BinCode}}
		if l.Lot != "" {
			label.Lines = append(label.Lines, r.T("warehouse.lots.lot")+" "+l.Lot)
		}
		if l.Expiry != "" {
			label.Lines = append(label.Lines, r.T("warehouse.lots.expiry")+" "+string(l.Expiry))
		}
		sheet.Labels = append(sheet.Labels, label)
	}
	return r.Labels(sheet)
}
