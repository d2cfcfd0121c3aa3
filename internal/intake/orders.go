package intake

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/sheet"
	"houqin/internal/catalog"
	"houqin/internal/purchasing"
	"houqin/internal/suppliers"
)

// orderRow is what a list of purchase orders says of one line. It may also say what an
// item list says, for goods that the catalogue lacks.
type orderRow struct {
	itemRow
	Order, Supplier, Qty, Came, Quality, Note string
	Day, Due                                  period.Day
	Amount                                    sheet.Decimal
}

var orderRows = Kind[orderRow]{
	Name: "orders", May: purchasing.MayTakeOver, Settings: []string{"department", "supplier", "unit", "category", "dates"},
	Columns: slices.Concat([]Column[orderRow]{
		{Key: "supplier", Names: "供应商名称|供货单位名称|供应商编码|供应商|供货单位|供货商|供货方|厂商|vendor name|supplier name|=vendor|=supplier|=seller", Into: func(o *orderRow) any { return &o.Supplier }, Most: 80},
		{Key: "qty", Names: "订购数量|采购数量|订货数量|订单数量|units quoted|quantity quoted|quantity ordered|ordered quantity|order quantity|order qty|qty ordered|=数量|=quantity|=qty", Into: func(o *orderRow) any { return &o.Qty }, Need: true, Most: 60},
		{Key: "order", Names: "采购订单号|订单编号|订单号|采购单号|合同编号|合同号|purchase order number|purchase order no|po number|po no|order number|order no|order id|=po|=单号|=purchase order", Into: func(o *orderRow) any { return &o.Order }, Most: 60},
		{Key: "day", Names: "下单日期|订购日期|订单日期|采购日期|order date|date ordered|ordered on|=日期|=date", Into: func(o *orderRow) any { return &o.Day }},
		{Key: "due", Names: "交货日期|要求到货日期|预计到货日期|预计到货|交期|due date|delivery date|expected date|promised date", Into: func(o *orderRow) any { return &o.Due }},
		{Key: "came", Names: "已到货数量|已到数量|到货数量|已入库数量|收货数量|quantity received|received quantity|qty received|=received|=已到货", Into: func(o *orderRow) any { return &o.Came }, Most: 60},
		{Key: "amount", Names: "订单金额|采购金额|总金额|总价|total cost|total price|total amount|line total|extended price|=金额|=amount|=total", Into: func(o *orderRow) any { return &o.Amount }},
		{Key: "quality", Names: "质量要求|品牌|quality|=brand", Into: func(o *orderRow) any { return &o.Quality }},
		{Key: "note", Names: "订单备注|备注|说明|order notes|=note|=notes|=remarks", Into: func(o *orderRow) any { return &o.Note }, Most: 1000},
	}, itemsOfOrders()),
	Alias:    map[string]string{"packs": "pack_size", "barcodes": "barcode", "item": "number"},
	Prepare:  prepareOrders,
	Complete: completeOrder,
	Label:    func(o *orderRow) string { return strings.TrimSpace(o.Supplier + " " + o.Number + " " + o.Name) },
	Claims: func(p *Plan, e *Entry[orderRow]) map[string]string {
		key, item := "number", e.V.Number
		if !p.has("number") {
			key, item = "name", strings.TrimSpace(e.V.Name+" "+e.V.Spec)
		}
		if item == "" {
			return nil
		}
		return map[string]string{key: strings.Join([]string{item, plain(e.V.Supplier), e.V.Order, string(e.V.Day)}, " · ")}
	},
	Adds:  true,
	Enter: enterOrder,
}

// itemsOfOrders are the columns of an item list, of which a list of orders need have none
// but what tells the item.
func itemsOfOrders() (all []Column[orderRow]) {
	for _, c := range itemColumns {
		all = append(all, Column[orderRow]{Key: c.Key, Names: c.Names, Spell: c.Spell, Most: c.Most, Into: func(o *orderRow) any { return c.Into(&o.itemRow) }})
	}
	return all
}

func prepareOrders(p *Plan) error {
	if !p.has("number") && !p.has("name") {
		return invalid("intake.column_missing", p.kindWord(), p.word("number")+", "+p.word("name"), p.titles())
	}
	p.facts["supplier"] = p.Mapping.Settings["supplier"]
	if !p.has("supplier") && p.facts["supplier"] == "" {
		return invalid("intake.column_missing", p.kindWord(), p.word("supplier"), p.titles())
	}
	if !p.has("order") {
		p.decide("intake.rule.one_order_each")
	}
	return prepareItems(p)
}

func completeOrder(p *Plan, e *Entry[orderRow]) error {
	o := &e.V
	if o.Supplier == "" {
		o.Supplier = p.facts["supplier"]
	}
	if o.Supplier == "" {
		return no("supplier", "intake.nothing")
	}
	if err := completeItem(p, &o.itemRow, e.Given); err != nil {
		return err
	}
	for _, text := range []*string{&o.Qty, &o.Came} {
		if d, err := sheet.ParseNumber(*text); err == nil {
			*text = d.String() // 1,200 and 12.00 are plain numbers
			if n, whole := d.Scaled(0); whole {
				*text = strconv.FormatInt(n, 10)
			}
		}
	}
	if e.Given["amount"] && o.Amount.Digits < 0 {
		return no("amount", "intake.negative")
	}
	return nil
}

func enterOrder(ctx context.Context, w *Work, e *Entry[orderRow]) (Outcome, error) {
	o := &e.V
	i, isNew, err := w.item(ctx, &o.itemRow)
	if err != nil {
		return "", err
	}
	if isNew {
		if o.Name == "" {
			return "", no("number", "intake.no_item", o.Number)
		}
		if i, _, err = enterItem(ctx, w, &o.itemRow, e.Given); err != nil {
			return "", err
		}
		w.rule("intake.rule.item_entered")
	}
	qty, err := quantity.Parse(o.Qty, i.Packs)
	if err != nil || qty <= 0 {
		return "", no("qty", quantityKey(err), o.Qty, catalog.SayPacks(i.Packs))
	}
	came := quantity.Qty(0)
	if e.Given["came"] {
		if came, err = quantity.Parse(o.Came, i.Packs); err != nil || came < 0 {
			return "", no("came", quantityKey(err), o.Came, catalog.SayPacks(i.Packs))
		}
	}
	p := purchasing.Past{Print: e.Print + "." + strconv.Itoa(e.Twin), Number: o.Order, Day: o.Day, Due: o.Due, Item: i.ID, Quality: o.Quality, Qty: qty, Came: came, Note: o.Note}
	if p.Supplier, err = w.supplier(ctx, o.Supplier); err != nil {
		return "", err
	}
	if p.Department, err = w.defaultDepartment(ctx); err != nil {
		return "", err
	}
	// Where the file names no order, all its lines of a supplier and a day are one.
	p.External = strings.Join([]string{o.Order, p.Supplier, string(o.Day)}, "|")
	if o.Order == "" {
		p.External = strings.Join([]string{w.Plan.Name, p.Supplier, string(o.Day)}, "|")
	}
	if p.Price, err = o.price(w, e.Given, i, qty); err != nil {
		return "", err
	}
	_, added, err := purchasing.TakeOver(ctx, w.Tx, p)
	if err != nil || !added {
		return Unchanged, err
	}
	return New, nil
}

// price of one smallest unit: of the line's amount where it says one, which is exact, else
// of its unit price, else of the catalogue's.
func (o *orderRow) price(w *Work, given map[string]bool, i catalog.Item, qty quantity.Qty) (money.Fen, error) {
	price, parts := o.Price, int64(1)
	switch {
	case given["amount"]:
		price, parts = o.Amount, int64(qty)
	case given["pack_price"] && given["pack_size"] && o.PackSize > 0:
		price, parts = o.PackPrice, o.PackSize
	case !given["price"]:
		w.rule("intake.rule.catalog_price")
		return i.Price, nil
	}
	f, exact, ok := fenOf(price, 1, parts)
	if !ok {
		return 0, no("price", "base.money")
	}
	if !exact {
		w.rule("intake.rule.order_rounded")
	}
	return f, nil
}

// supplier is the one with this number or name, however it is written; one that is not
// there is entered.
func (w *Work) supplier(ctx context.Context, text string) (string, error) {
	text = oneSpace(text)
	return w.once("supplier "+text, func() (string, error) {
		if w.suppliers == nil {
			all, err := suppliers.Suppliers.All(ctx, w.Tx, list.Where{}.And("s.closed = false"), 10_000)
			if err != nil {
				return "", err
			}
			w.suppliers = all
		}
		var same []suppliers.Supplier
		for _, s := range w.suppliers {
			switch {
			case s.Number == text || s.Name == text:
				return s.ID, nil
			case plain(s.Name) == plain(text):
				same = append(same, s)
			}
		}
		if len(same) == 1 {
			w.opened("intake.rule.supplier_alike", text, text, same[0].Name)
			return same[0].ID, nil
		}
		s := suppliers.Supplier{Name: text}
		w.opened("intake.rule.supplier_entered", text, text)
		if err := suppliers.Add(ctx, w.Tx, &s); err != nil {
			return "", err
		}
		w.suppliers = append(w.suppliers, s)
		return s.ID, nil
	})
}
