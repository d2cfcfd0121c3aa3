package hospital

import (
	"context"
	"fmt"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/counting"
	"houqin/internal/desk"
	"houqin/internal/disposal"
	"houqin/internal/distribution"
	"houqin/internal/files"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/requests"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// Verify recomputes what the books say from what was posted, and names everything
// that does not agree. It only reads, and may run while people work.
func (h *Hospital) Verify(ctx context.Context) ([]string, error) {
	wrong, err := Verify(ctx, h.DB)
	if err != nil {
		return nil, err
	}
	err = files.Verify(ctx, h.DB, h.Files, func(f files.File, why error) error {
		wrong = append(wrong, fmt.Sprintf("file %s of %s %s: %v", f.Name, f.Noun, f.Record, why))
		return nil
	})
	return wrong, err
}

// Verify is Hospital.Verify for a database without its building.
func Verify(ctx context.Context, r db.Reader) (wrong []string, err error) {
	wrong, err = Recompute(ctx, r)
	if err != nil {
		return nil, err
	}
	sealed, err := VerifySeals(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("seals: %w", err)
	}
	for _, f := range sealed.Findings {
		wrong = append(wrong, f.String())
	}
	return wrong, nil
}

// books are what recomputes itself.
var books = []struct {
	name   string
	verify func(context.Context, db.Reader) ([]string, error)
}{
	{"stock", stock},
	{"jobs", desk.Verify},
	{"requests", requests.Verify},
	{"ward stores", wardstores.Verify},
	{"write-offs", disposal.Verify},
	{"distributions", distribution.Verify},
	{"counts", counting.Verify},
	{"buying", purchasing.Verify},
	{"goods in", receiving.Verify},
	{"approvals", approvals.Verify},
}

func stock(ctx context.Context, r db.Reader) (wrong []string, err error) {
	found, err := warehouse.Verify(ctx, r)
	for _, d := range found {
		wrong = append(wrong, d.String())
	}
	return wrong, err
}

// Recompute is the part of Verify that does without seals: it compares what the books
// say with what was posted.
func Recompute(ctx context.Context, r db.Reader) (wrong []string, err error) {
	for _, b := range books {
		found, err := b.verify(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.name, err)
		}
		wrong = append(wrong, found...)
	}
	series := map[string]db.Numbered{
		"SP": {Table: "approvals_case", Column: "number"},
		"GZ": {Table: "rules_change", Column: "number"},
		"FF": {Table: "distribution_list", Column: "number"},
		"PC": {Table: "counting_count", Column: "number"},
		"GJ": {Table: "assets_loan", Column: "number"},
		"SH": {Table: "assets_damage", Column: "number"},
		"GQ": {Table: "assets_count", Column: "number"},
		"BS": {Table: "disposal_slip", Column: "number"},
		"BM": {Table: "disposal_sale", Column: "number"},
		"WX": {Table: "desk_job", Column: "number"},
		"TS": {Table: "desk_complaint", Column: "number"},
		"GT": {Table: "suppliers_complaint", Column: "number"},
		"LY": {Table: "requests_request", Column: "number"},
		"HD": {Table: "wardstores_count", Column: "number"},
		"KS": {Table: "wardstores_loss", Column: "number"},
		"JY": {Table: "wardstores_loan", Column: "number"},
		"DC": {Table: "warehouse_custody", Column: "number"},
		"TL": {Table: "wardstores_back", Column: "number"},
		"PS": {Table: "requests_tour", Column: "number"},
		"KJ": {Table: "purchasing_need", Column: "number"},
		"JH": {Table: "purchasing_plan", Column: "number"},
		"XJ": {Table: "purchasing_enquiry", Column: "number"},
		"CG": {Table: "purchasing_order", Column: "number"},
		"YS": {Table: "receiving_receipt", Column: "number"},
	}
	for _, s := range warehouse.Series() {
		series[s] = db.Numbered{Table: "warehouse_document", Column: "number"}
	}
	numbers, err := db.VerifyNumbers(ctx, r, series)
	if err != nil {
		return nil, fmt.Errorf("numbers: %w", err)
	}
	return append(wrong, numbers...), nil
}
