package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/sheet"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// stockRow is what a stock list says of one item in one store when the books begin.
// It may also say what an item list says, for goods that the catalogue lacks.
type stockRow struct {
	itemRow
	Store, Bin, Lot, Qty string
	Expiry               period.Day
	Amount               sheet.Decimal
	Least, Most          int64
}

var stockRows = Kind[stockRow]{
	Name: "stock", May: warehouse.MayKeep, Settings: []string{"store", "department", "unit", "category", "dates"},
	Columns: slices.Concat([]Column[stockRow]{
		{Key: "qty", Names: "期初数量|库存数量|现有库存|当前库存|结存数量|实盘数量|盘点数量|账面数量|库存量|结存|库存|current quantity|quantity on hand|on hand quantity|qty on hand|stock on hand|on hand|opening quantity|stock quantity|=数量|=quantity|=qty|=stock|=balance", Into: func(s *stockRow) any { return &s.Qty }, Need: true, Most: 60},
		{Key: "store", Names: "仓库编码|仓库名称|所在仓库|仓库|库房|warehouse code|warehouse name|store code|store name|=warehouse|=store|=depot", Into: func(s *stockRow) any { return &s.Store }},
		{Key: "bin", Names: "货位|库位|架位|货架|bin location|bin code|shelf location|=bin|=shelf", Into: func(s *stockRow) any { return &s.Bin }, Most: 1000},
		{Key: "lot", Names: "生产批号|批号|批次号|批次|lot number|lot no|batch number|batch no|=lot|=batch", Into: func(s *stockRow) any { return &s.Lot }, Most: 60},
		{Key: "expiry", Names: "有效期至|失效日期|失效期|到期日期|到期日|有效日期|有效期|expiration date|expiry date|expires on|best before|=expiry|=expiration|=exp", Into: func(s *stockRow) any { return &s.Expiry }, Ends: true},
		{Key: "amount", Names: "库存金额|结存金额|期初金额|总金额|总价|stock value|total value|total amount|inventory value|=金额|=amount|=value", Into: func(s *stockRow) any { return &s.Amount }},
		{Key: "least", Names: "最低库存|库存下限|最小库存|安全库存|min quantity|minimum quantity|minimum stock|min stock|min level|=下限|=minimum|=min", Into: func(s *stockRow) any { return &s.Least }},
		{Key: "most", Names: "最高库存|库存上限|最大库存|max quantity|maximum quantity|maximum stock|max stock|max level|=上限|=maximum|=max", Into: func(s *stockRow) any { return &s.Most }},
	}, itemsOfStock()),
	Alias:    map[string]string{"packs": "pack_size", "barcodes": "barcode", "price": "amount"},
	Prepare:  prepareStock,
	Complete: completeStock,
	Label:    func(s *stockRow) string { return strings.TrimSpace(s.Number + " " + s.Name) },
	Claims: func(p *Plan, e *Entry[stockRow]) map[string]string {
		key, item := "number", e.V.Number
		if !p.has("number") {
			key, item = "name", strings.TrimSpace(e.V.Name+" "+e.V.Spec)
		}
		parts := []string{item}
		for _, s := range []string{e.V.Store, e.V.Bin, e.V.Lot, string(e.V.Expiry)} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		return map[string]string{key: strings.Join(parts, " · ")}
	},
	Adds:   true,
	Enter:  enterStock,
	Finish: bookStock,
}

// itemsOfStock are the columns of an item list, of which a stock list need have none
// but what tells the item.
func itemsOfStock() (all []Column[stockRow]) {
	for _, c := range itemColumns {
		all = append(all, Column[stockRow]{Key: c.Key, Names: c.Names, Spell: c.Spell, Most: c.Most, Into: func(s *stockRow) any { return c.Into(&s.itemRow) }})
	}
	return all
}

// defaultStore is where goods lie for which no store is named.
const (
	defaultStore     = "MAIN"
	defaultStoreName = "总库"
)

// binMost is how long the name of one bin may be; longer ones tell of several.
const binMost = 40

func prepareStock(p *Plan) error {
	if !p.has("number") && !p.has("name") {
		return invalid("intake.column_missing", p.kindWord(), p.word("number")+", "+p.word("name"), p.titles())
	}
	if !p.has("store") {
		p.facts["store"] = defaultStore
		if told := p.Mapping.Settings["store"]; told != "" {
			p.facts["store"] = told
		}
		p.decide("intake.rule.store", p.facts["store"])
	}
	return prepareItems(p)
}

func completeStock(p *Plan, e *Entry[stockRow]) error {
	s := &e.V
	if err := completeItem(p, &s.itemRow, e.Given); err != nil {
		return err
	}
	if d, err := sheet.ParseNumber(s.Qty); err == nil {
		s.Qty = d.String() // 1,200 and 12.00 are plain numbers
		if n, whole := d.Scaled(0); whole {
			s.Qty = strconv.FormatInt(n, 10)
		}
	}
	if strings.HasPrefix(s.Qty, "-") || strings.HasPrefix(s.Qty, "－") {
		return no("qty", "intake.negative_stock")
	}
	if e.Given["amount"] && s.Amount.Digits < 0 {
		return no("amount", "intake.negative")
	}
	for key, n := range map[string]int64{"least": s.Least, "most": s.Most} {
		if n < 0 {
			return no(key, "intake.negative")
		}
	}
	if len([]rune(s.Bin)) > binMost || strings.ContainsAny(s.Bin, ";；,，、\n") {
		s.Bin = ""
		p.note("intake.rule.many_bins", p.title("bin"))
	}
	if s.Store == "" {
		s.Store = p.facts["store"]
	}
	if s.Store == "" {
		s.Store = defaultStore
		p.note("intake.rule.store", defaultStore)
	}
	return nil
}

// booking is a line of opening stock that waits for the others of its unit.
type booking struct {
	e    any // the row's *Entry
	line warehouse.In
}

func enterStock(ctx context.Context, w *Work, e *Entry[stockRow]) (Outcome, error) {
	s := &e.V
	i, isNew, err := w.item(ctx, &s.itemRow)
	if err != nil {
		return "", err
	}
	outcome := Unchanged
	if isNew {
		if s.Name == "" {
			return "", no("number", "intake.no_item", s.Number)
		}
		if i, outcome, err = enterItem(ctx, w, &s.itemRow, e.Given); err != nil {
			return "", err
		}
		w.rule("intake.rule.item_entered")
	}
	store, err := w.store(ctx, s.Store)
	if err != nil {
		return "", err
	}
	bin, err := w.bin(ctx, store, s.Bin)
	if err != nil {
		return "", err
	}
	if e.Given["least"] || e.Given["most"] {
		changed, err := w.levels(ctx, store, i.ID, s, e.Given)
		if err != nil {
			return "", err
		}
		if changed && outcome == Unchanged {
			outcome = Changed
		}
	}
	qty, err := quantity.Parse(s.Qty, i.Packs)
	if err != nil {
		return "", no("qty", quantityKey(err), s.Qty, catalog.SayPacks(i.Packs))
	}
	if qty == 0 {
		return outcome, nil
	}
	if booked, err := w.booked(ctx, store, bin, i.ID, s, qty); err != nil || booked {
		return outcome, err
	}
	line := warehouse.In{Item: i.ID, Qty: s.Qty, Lot: s.Lot, Expiry: s.Expiry, Bin: bin}
	if line.Amount, err = s.amount(w, e.Given, qty); err != nil {
		return "", err
	}
	w.wait(store, booking{e, line})
	return New, nil
}

func quantityKey(err error) string {
	switch {
	case errors.Is(err, quantity.ErrUnit):
		return "intake.qty_unit"
	case errors.Is(err, quantity.ErrUneven):
		return "intake.qty_uneven"
	}
	return "intake.qty"
}

// amount is what the row's quantity is worth, in yuan: as the row says, else of its
// price; goods without a price come in at nothing.
func (s *stockRow) amount(w *Work, given map[string]bool, qty quantity.Qty) (string, error) {
	price, parts := s.Price, int64(1)
	switch {
	case given["amount"]:
		price, qty = s.Amount, 1
	case given["pack_price"] && given["pack_size"] && s.PackSize > 0:
		price, parts = s.PackPrice, s.PackSize
	case !given["price"]:
		w.rule("intake.rule.no_price")
		return "0", nil
	}
	f, exact, ok := fenOf(price, int64(qty), parts)
	if !ok {
		return "", no("price", "base.money")
	}
	if !exact {
		w.rule("intake.rule.amount_rounded")
	}
	return f.String(), nil
}

// booked says whether the row's opening stock stands in the books already, and
// refuses one that differs, or goods that have moved before.
func (w *Work) booked(ctx context.Context, store, bin, item string, s *stockRow, qty quantity.Qty) (bool, error) {
	lot := strings.TrimSpace(s.Lot)
	if lot == "" {
		lot = string(s.Expiry)
	}
	entries, err := warehouse.Card.All(ctx, w.Tx, warehouse.CardOf(store, item), 200)
	if err != nil {
		return false, err
	}
	if len(entries) == 0 {
		return false, nil
	}
	here, err := warehouse.Card.All(ctx, w.Tx, warehouse.CardOf(store, item).And("d.kind = 'opening' AND p.bin = ? AND p.lot = ?", bin, lot), 20)
	if err != nil {
		return false, err
	}
	for _, one := range here {
		d, err := warehouse.Get(ctx, w.Tx, one.Document)
		switch {
		case err != nil:
			return false, err
		case d.Reversed != "":
		case one.In == int64(qty):
			return true, nil
		default:
			return false, no("qty", "intake.opening_differs", one.Say(one.In), one.Paper)
		}
	}
	for _, one := range entries {
		if one.Kind != warehouse.Opening && one.Kind != warehouse.Reversal {
			return false, no("qty", "intake.books_began", one.Paper)
		}
	}
	return false, nil
}

// levels sets the least and the most that the store keeps of the item.
func (w *Work) levels(ctx context.Context, store, item string, s *stockRow, given map[string]bool) (bool, error) {
	h, err := warehouse.HoldingOf(ctx, w.Tx, store, item)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return false, err
	}
	changed := false
	differ(&changed, given["least"], &h.Least, s.Least)
	differ(&changed, given["most"], &h.Most, s.Most)
	if !changed {
		return false, nil
	}
	return true, warehouse.SetLevels(ctx, w.Tx, store, item, quantity.Qty(h.Least), quantity.Qty(h.Most))
}

// store is the one with this code or name; one that is not there is set up.
func (w *Work) store(ctx context.Context, text string) (string, error) {
	return w.once("store "+text, func() (string, error) {
		s, err := warehouse.StoreByCode(ctx, w.Tx, text)
		if fault.KindOf(err) != fault.NotFound {
			return s.ID, err
		}
		same, err := warehouse.Stores.All(ctx, w.Tx, list.Where{}.And("w.name = ?", text), 2)
		switch {
		case err != nil:
			return "", err
		case len(same) == 1:
			return same[0].ID, nil
		case len(same) > 1:
			return "", no("store", "intake.two_stores", text)
		}
		keeping, err := w.defaultDepartment(ctx)
		if err != nil {
			return "", err
		}
		s = warehouse.Store{Code: text, Name: text, Department: keeping}
		if text == defaultStore {
			s.Name = defaultStoreName
		}
		w.opened("intake.rule.store_opened", text, s.Code, s.Name)
		err = warehouse.SetUp(ctx, w.Tx, &s)
		return s.ID, err
	})
}

// bin is the store's bin with this code; one that is not there is added.
func (w *Work) bin(ctx context.Context, store, code string) (string, error) {
	if code == "" {
		return "", nil
	}
	return w.once("bin "+store+" "+code, func() (string, error) {
		all, err := warehouse.Bins.All(ctx, w.Tx, list.Where{}.And("n.store = ? AND n.code = ?", store, code), 1)
		if err != nil || len(all) > 0 {
			if len(all) > 0 {
				return all[0].ID, nil
			}
			return "", err
		}
		b := warehouse.Bin{Store: store, Code: code}
		w.opened("intake.rule.bins", code)
		err = warehouse.AddBin(ctx, w.Tx, &b)
		return b.ID, err
	})
}

func (w *Work) wait(store string, b booking) {
	if w.waiting == nil {
		w.waiting = map[string][]booking{}
	}
	if w.waiting[store] == nil {
		w.stores = append(w.stores, store)
	}
	w.waiting[store] = append(w.waiting[store], b)
}

// bookStock books the lines of a unit as one document for each store. A line that
// the warehouse refuses is its row's.
func bookStock(ctx context.Context, w *Work) error {
	for _, store := range w.stores {
		for part := range slices.Chunk(w.waiting[store], 1000) {
			lines := make([]warehouse.In, len(part))
			for i, b := range part {
				lines[i] = b.line
			}
			_, err := warehouse.Open(ctx, w.Tx, warehouse.Stocktaking{Store: store, Note: w.Plan.Name, Lines: lines})
			var f *fault.Error
			if !errors.As(err, &f) || len(f.Fields) == 0 {
				if err != nil {
					return err
				}
				continue
			}
			late := &lateRefusals{}
			for _, field := range f.Fields {
				n, at := 0, ""
				if _, scan := fmt.Sscanf(field.Path, "lines.%d.%s", &n, &at); scan != nil || n >= len(part) {
					return err
				}
				late.rows = append(late.rows, lateRefusal{part[n].e, &complaint{field: w.Plan.kind.alias(at), key: field.Key, args: field.Args}})
			}
			return late
		}
	}
	return nil
}
