package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/warehouse"
)

// Back is a line of parts that the job drew and did not use: "<paper>.<line>", and why.
type Back struct {
	Line string
	Why  string
}

// BackForm asks which of the parts come back; the counter offers those that the job has.
var BackForm = form.Of[Back]{Name: "desk.back", Fields: []form.Field[Back]{
	{Key: "line", Into: func(b *Back) any { return &b.Line }, Kind: form.Cards, Required: true, Most: 60},
	{Key: "why", Into: func(b *Back) any { return &b.Why }, Required: true, Most: 200},
}}

// TakeBack puts a line of the job's parts back into the store they came from, at the cost
// they left with; the job costs that much less. Until the ward has signed; afterwards the
// cost is what was signed. Conflict: they came back already.
func TakeBack(ctx context.Context, tx *db.Tx, id string, version int64, b Back) (Job, error) {
	j, err := take(ctx, tx, id, version, "take_back")
	if err != nil {
		return j, err
	}
	paper, line, ok := strings.Cut(b.Line, ".")
	n, err := strconv.ParseInt(line, 10, 64)
	if !ok || err != nil {
		return j, fault.OnField("line", "base.bad_value", b.Line)
	}
	if err := fault.Given(b.Why, "why"); err != nil {
		return j, err
	}
	drawn, err := DrawnFor(ctx, tx, j.ID)
	if err != nil {
		return j, err
	}
	of := j.ID // a double merged into it may have drawn the part
	if i := slices.IndexFunc(drawn, func(d Drawn) bool { return d.Document == paper }); i >= 0 {
		of = drawn[i].Record
	}
	d, err := warehouse.Unuse(ctx, tx, warehouse.Unused{Noun: Noun, Record: of, Issue: paper, Line: n, Reason: b.Why})
	if err != nil {
		return j, err
	}
	if i := slices.IndexFunc(drawn, func(d Drawn) bool { return d.Document == paper && d.Line == n }); i >= 0 {
		if err := unoweOld(ctx, tx, of, drawn[i].Item.ID, d.Number); err != nil {
			return j, err
		}
	}
	j.Parts -= d.Amount
	j.Cost = j.Labour + j.Parts
	return j, keep(ctx, tx, &j, "take_back", d.Number+" "+b.Why)
}

// Returnable are the lines of a job's parts that have not come back.
func Returnable(drawn []Drawn) (lines []Drawn) {
	back := map[string]int64{}
	for _, d := range drawn {
		if d.Qty < 0 {
			back[d.Item.ID] += int64(-d.Qty)
		}
	}
	for _, d := range drawn {
		switch {
		case d.Qty <= 0:
		case back[d.Item.ID] >= int64(d.Qty):
			back[d.Item.ID] -= int64(d.Qty)
		default:
			lines = append(lines, d)
		}
	}
	return lines
}
