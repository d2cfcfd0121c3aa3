package warehouseweb

import (
	"fmt"
	"strconv"

	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// Of a paper's copies one stays with the store, one goes to finance and one to the
// department, or with goods that come in to the keeper's file. The signatures are
// those that S-005, S-013 and S-014 ask for.
var (
	copiesOf = map[warehouse.Kind][]string{
		warehouse.Receipt:  {"warehouse.copy.stub", "warehouse.copy.finance", "warehouse.copy.store"},
		warehouse.Issued:   {"warehouse.copy.stub", "warehouse.copy.department", "warehouse.copy.finance"},
		warehouse.Opening:  {"warehouse.copy.stub", "warehouse.copy.finance", "warehouse.copy.store"},
		warehouse.Reversal: {"warehouse.copy.stub", "warehouse.copy.department", "warehouse.copy.finance"},

		warehouse.Transfer:   {"warehouse.copy.stub", "warehouse.copy.other", "warehouse.copy.finance"},
		warehouse.Returned:   {"warehouse.copy.stub", "warehouse.copy.department", "warehouse.copy.finance"},
		warehouse.SentBack:   {"warehouse.copy.stub", "warehouse.copy.supplier", "warehouse.copy.finance"},
		warehouse.Counted:    {"warehouse.copy.stub", "warehouse.copy.finance", "warehouse.copy.store"},
		warehouse.WrittenOff: {"warehouse.copy.stub", "warehouse.copy.finance", "warehouse.copy.store"},
	}
	signers = map[warehouse.Kind][]string{
		warehouse.Receipt:  {"warehouse.sign.head", "warehouse.sign.checker", "warehouse.sign.buyer", "warehouse.sign.keeper"},
		warehouse.Issued:   {"warehouse.sign.head", "warehouse.sign.issuer", "warehouse.sign.receiver"},
		warehouse.Opening:  {"warehouse.sign.head", "warehouse.sign.counter", "warehouse.sign.keeper"},
		warehouse.Reversal: {"warehouse.sign.head", "warehouse.sign.keeper", "warehouse.sign.other"},

		warehouse.Transfer:   {"warehouse.sign.head", "warehouse.sign.sender", "warehouse.sign.taker"},
		warehouse.Returned:   {"warehouse.sign.head", "warehouse.sign.returner", "warehouse.sign.keeper"},
		warehouse.SentBack:   {"warehouse.sign.head", "warehouse.sign.keeper", "warehouse.sign.supplier"},
		warehouse.Counted:    {"warehouse.sign.head", "warehouse.sign.counter", "warehouse.sign.accountant", "warehouse.sign.keeper"},
		warehouse.WrittenOff: {"warehouse.sign.head", "warehouse.sign.accountant", "warehouse.sign.keeper"},
	}
)

// ruled is how many lines an A5 slip has; a paper with more is printed on A4.
const ruled = 8

// print is the paper itself, in one to three copies.
func print(r *web.Req) error {
	d, err := one(r)
	if err != nil {
		return err
	}
	copies := len(copiesOf[d.Kind])
	if s := r.URL.Query().Get("copies"); s != "" {
		if copies, err = strconv.Atoi(s); err != nil || copies < 1 || copies > 3 {
			return fault.OnField("copies", "base.between", 1, 3)
		}
	}
	code, err := qr.SVG(r.Origin() + "/warehouse/documents/" + d.ID)
	if err != nil {
		return err
	}
	n, err := names(r, d)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("warehouse.line.number")}, {Label: r.T("warehouse.line.item")}, {Label: r.T("warehouse.line.unit")},
		{Label: r.T("warehouse.line.qty"), Num: true}, {Label: r.T("warehouse.line.price"), Num: true}, {Label: r.T("warehouse.line.amount"), Num: true}, {Label: r.T("warehouse.line.lot")}, {Label: r.T("warehouse.line.expiry")}}}
	for k, m := range d.Moves {
		i := n.items[m.Item]
		n, unit := inOne(i, sign(d)*int64(m.Qty))
		a := money.Fen(sign(d)) * m.Amount
		g.Rows = append(g.Rows, []string{strconv.Itoa(k + 1), i.Number, i.Title(), unit, r.W2.Number(n), price(a, n), r.W2.Money(a), m.Lot, string(m.Expiry)})
	}
	g.Blank = max(0, 5-len(g.Rows))
	s := ui.Sheet{Title: r.T("warehouse.slip." + string(d.Kind)), Number: d.Number, Date: string(d.Day), QR: code, Size: ui.A5, Lines: g, Boxes: boxes(r, d),
		Note: r.T("warehouse.slip.made_by", d.ByName), Totals: []ui.Fact{{Label: r.T("warehouse.slip.total"), Text: r.W2.Money(d.Amount)}}, Back: ui.Link{Href: "/warehouse/documents/" + d.ID}}
	if len(g.Rows) > ruled {
		s.Size = ui.A4
	}
	if r.W2.Lang == "zh" {
		s.Capitals = d.Amount.Capitals()
	}
	for _, key := range copiesOf[d.Kind][:copies] {
		s.Copies = append(s.Copies, r.T(key))
	}
	for _, key := range signers[d.Kind] {
		s.Signatures = append(s.Signatures, r.T(key))
	}
	return r.Sheet(s)
}

func boxes(r *web.Req, d warehouse.Document) []ui.Fact {
	out := []ui.Fact{{Label: r.T("warehouse.documents.store"), Text: d.StoreName, Wide: d.Supplier == "" && d.Department == "" && d.To == ""}}
	add := func(label, text string) { out = append(out, ui.Fact{Label: r.T(label), Text: text}) }
	if d.Supplier != "" {
		add("warehouse.documents.supplier", d.SupplierName)
		add("warehouse.documents.invoice", d.Invoice)
	}
	if d.To != "" {
		add("warehouse.documents.to", d.ToName)
		add(personLabel(d), d.ReceiverName)
	}
	if d.Department != "" {
		add("warehouse.documents.department", d.DepartmentName)
		add(personLabel(d), d.ReceiverName)
	}
	for _, wide := range []struct{ label, text string }{{"warehouse.documents.record_number", d.RecordNumber}, {"warehouse.documents.reverses_number", d.ReversesNumber}, {noteLabel(d), d.Note}} {
		if wide.text != "" {
			out = append(out, ui.Fact{Label: r.T(wide.label), Text: wide.text, Wide: true})
		}
	}
	return out
}

// noteLabel is what the note of a paper is: what for, why, or just a note.
func noteLabel(d warehouse.Document) string {
	switch d.Kind {
	case warehouse.Issued:
		return "warehouse.issue.purpose"
	case warehouse.Reversal:
		return "warehouse.reverse.reason"
	case warehouse.Returned, warehouse.SentBack:
		return "warehouse.return.reason"
	}
	return "warehouse.documents.note"
}

// personLabel is what the person of the other side did: drew, took in, or brought.
func personLabel(d warehouse.Document) string {
	switch d.Kind {
	case warehouse.Transfer:
		return "warehouse.transfer.taker"
	case warehouse.Returned:
		return "warehouse.return.bringer"
	}
	return "warehouse.documents.receiver_name"
}

// inOne is a quantity in the largest unit of the item that holds it exactly, so that
// it has one number and one price.
func inOne(i catalog.Item, q int64) (n int64, unit string) {
	n, unit = q, i.Unit
	for _, p := range i.Packs { // the smallest first
		if q != 0 && q%p.Factor == 0 {
			n, unit = q/p.Factor, p.Unit
		}
	}
	return n, unit
}

// price is what one of so many cost, in yuan: two decimals, up to four
// where it does not come out.
func price(amount money.Fen, n int64) string {
	if n == 0 {
		return ""
	}
	fine, err := money.Share(amount, 100, n) // hundredths of a fen
	if err != nil {
		return ""
	}
	s := fmt.Sprintf("%d.%04d", int64(fine.Abs())/10000, int64(fine.Abs())%10000)
	for range 2 {
		if s[len(s)-1] == '0' {
			s = s[:len(s)-1]
		}
	}
	return s
}
