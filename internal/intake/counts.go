package intake

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/base/sheet"
	"houqin/internal/counting"
)

// countRow is a line of a count sheet as it was filled in.
type countRow struct {
	Count, Number, Name, Spec, Bin, Lot, Qty string
	Line                                     int64
}

var countRows = Kind[countRow]{
	Name: "counts", May: counting.MayCount, Settings: []string{"count"},
	Columns: []Column[countRow]{
		{Key: "qty", Names: "实盘数量|实盘数|盘点数量|盘点数|清点数量|实存数量|实存数|实数|counted quantity|counted qty|quantity counted|physical quantity|actual quantity|=实盘|=盘点|=counted|=found|=数量|=quantity|=qty", Into: func(c *countRow) any { return &c.Qty }, Need: true, Blank: true, Most: 60},
		{Key: "count", Names: "盘点单号|盘点单|盘点编号|count number|count no|stocktake number|=count", Into: func(c *countRow) any { return &c.Count }, Most: 40},
		{Key: "line", Names: "序号|行号|line number|line no|=line|=no|=#", Into: func(c *countRow) any { return &c.Line }},
		{Key: "number", Names: "物品编码|物资编码|商品编码|材料编码|物料编码|product code|item code|item number|stock code|=编码|=编号|=code|=number|=sku", Into: func(c *countRow) any { return &c.Number }, Most: 40},
		{Key: "name", Names: "物品名称|物资名称|商品名称|材料名称|品名|product name|item name|=名称|=物品|=name|=product|=item", Into: func(c *countRow) any { return &c.Name }},
		{Key: "spec", Names: "规格型号|规格|型号|specification|=spec|=model|=size", Into: func(c *countRow) any { return &c.Spec }},
		{Key: "bin", Names: "货位|库位|架位|货架|bin location|bin code|=bin|=shelf", Into: func(c *countRow) any { return &c.Bin }},
		{Key: "lot", Names: "生产批号|批号|批次号|批次|lot number|lot no|batch number|batch no|=lot|=batch", Into: func(c *countRow) any { return &c.Lot }, Most: 60},
	},
	Prepare: func(p *Plan) error {
		if !p.has("number") && !p.has("name") {
			return invalid("intake.column_missing", p.kindWord(), p.word("number")+", "+p.word("name"), p.titles())
		}
		if !p.has("count") && p.Mapping.Settings["count"] == "" {
			return invalid("intake.column_missing", p.kindWord(), p.word("count"), p.titles())
		}
		return nil
	},
	Complete: func(p *Plan, e *Entry[countRow]) error {
		c := &e.V
		if c.Count == "" {
			c.Count = p.Mapping.Settings["count"]
		}
		if c.Count == "" {
			return no("count", "intake.nothing")
		}
		if c.Number == "" && c.Name == "" {
			return no("number", "intake.nothing")
		}
		if d, err := sheet.ParseNumber(c.Qty); err == nil {
			if n, whole := d.Scaled(0); whole {
				c.Qty = strconv.FormatInt(n, 10)
			}
		}
		return nil
	},
	Label: func(c *countRow) string { return strings.TrimSpace(c.Count + " " + c.Number + " " + c.Name) },
	Claims: func(p *Plan, e *Entry[countRow]) map[string]string {
		if !e.Given["qty"] {
			return nil
		}
		key, item := "number", e.V.Number
		if item == "" {
			key, item = "name", strings.TrimSpace(e.V.Name+" "+e.V.Spec)
		}
		parts := []string{item}
		for _, s := range []string{e.V.Count, e.V.Bin, e.V.Lot} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		return map[string]string{key: strings.Join(parts, " · ")}
	},
	Adds:   true,
	Enter:  enterCount,
	Finish: writeCounts,
}

// figureOf is a figure of a sheet that waits for the others of its unit.
type figureOf struct {
	e     any // the row's *Entry
	found counting.Found
}

// enterCount finds the line of a sheet that is out; the sheet is the person's then, as if
// they had taken it at the shelf. A row left empty is still to be counted: who fills a sheet
// in by parts brings it back as often.
func enterCount(ctx context.Context, w *Work, e *Entry[countRow]) (Outcome, error) {
	c := &e.V
	if !e.Given["qty"] {
		w.rule("intake.rule.not_counted")
		return Unchanged, nil
	}
	if w.sheets == nil {
		w.sheets, w.figures = map[string][]counting.Sheet{}, map[string][]figureOf{}
	}
	if _, known := w.sheets[c.Count]; !known {
		all, err := counting.OpenSheets(ctx, w.Tx, w.Tx.By, c.Count)
		if fault.KindOf(err) == fault.NotFound {
			return "", no("count", "intake.no_count", c.Count)
		}
		if err != nil {
			return "", err
		}
		w.sheets[c.Count] = all
	}
	s, l, err := lineOf(w.sheets[c.Count], c)
	if err != nil {
		return "", err
	}
	if s.Counter != w.Tx.By.ID {
		if _, err := counting.Take(ctx, w.Tx, s.ID); err != nil {
			return "", err
		}
		s.Counter = w.Tx.By.ID
		w.opened("intake.rule.sheet_taken", s.ID, s.CountNumber)
	}
	qty, err := quantity.Parse(c.Qty, l.Packs())
	if err != nil || qty < 0 {
		return "", no("qty", quantityKey(err), c.Qty, l.Unit)
	}
	if l.Done >= s.Round && l.Last().Qty == qty {
		return Unchanged, nil
	}
	if len(w.figures[s.ID]) == 0 {
		w.counted = append(w.counted, s.ID)
	}
	w.figures[s.ID] = append(w.figures[s.ID], figureOf{e, counting.Found{Line: l.ID, Qty: c.Qty}})
	if l.Done >= s.Round {
		return Changed, nil
	}
	return New, nil
}

// lineOf is the only line of a count's sheets that a row can mean.
func lineOf(sheets []counting.Sheet, c *countRow) (s *counting.Sheet, found *counting.Line, err error) {
	several := false
	for n := range sheets {
		for k := range sheets[n].Lines {
			l := &sheets[n].Lines[k]
			same := c.Number != "" && l.Number == oneSpace(c.Number) || c.Number == "" && l.Name == oneSpace(c.Name) && (c.Spec == "" || l.Spec == oneSpace(c.Spec)) || c.Number == "" && l.Title() == oneSpace(c.Name)
			if !same || c.Line > 0 && l.N != c.Line || c.Bin != "" && l.BinCode != c.Bin || c.Lot != "" && l.Lot != c.Lot {
				continue
			}
			several = found != nil
			s, found = &sheets[n], l
			if several {
				return nil, nil, no("number", "intake.several_lines", c.Number+c.Name)
			}
		}
	}
	if found == nil {
		return nil, nil, no("number", "intake.not_on_sheet", strings.TrimSpace(c.Number+" "+c.Name), c.Count)
	}
	return s, found, nil
}

// writeCounts writes the figures of a unit, sheet by sheet. What the count refuses is its
// row's.
func writeCounts(ctx context.Context, w *Work) error {
	for _, id := range w.counted {
		var found []counting.Found
		for _, f := range w.figures[id] {
			found = append(found, f.found)
		}
		_, err := counting.Tally(ctx, w.Tx, id, 0, found)
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
			if _, scan := fmt.Sscanf(field.Path, "lines.%d.%s", &n, &at); scan != nil || n >= len(found) {
				return err
			}
			late.rows = append(late.rows, lateRefusal{w.figures[id][n].e, &complaint{field: "qty", key: field.Key, args: field.Args}})
		}
		return late
	}
	return nil
}
