package intake

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"

	"houqin/internal/base/sheet"
)

// nestedMost is how many rows a file may have whose rows lie below each other: they
// are all held in memory to be put in order.
const nestedMost = 50_000

// entries reads the file's rows in the order in which they are dealt with: as they
// stand, or those above before those below.
func (p *Plan) entries(ctx context.Context) iter.Seq2[*entry, error] {
	if p.kind.nested() {
		return p.ordered(ctx)
	}
	return p.streamed(ctx)
}

// streamed reads the rows as they stand. What was noted by an earlier reading is
// forgotten, so that every reading counts alike.
func (p *Plan) streamed(ctx context.Context) iter.Seq2[*entry, error] {
	return func(yield func(*entry, error) bool) {
		p.notes, p.noted = map[string]*Rule{}, nil
		seen := map[string]claimant{} // what is claimed → the row that has it
		twins := map[[16]byte]int32{} // contents met, and how often
		seq := int64(0)
		for row, err := range p.book.Rows(p.sheet) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if row.Number <= p.Header {
				continue
			}
			e := &entry{row: row.Number, cells: row, seq: seq}
			seq++
			sum := contentOf(row)
			e.print, e.twin = fmt.Sprintf("%x", sum), int(twins[sum])
			twins[sum]++
			if e.wrong = p.noRecord(row); e.wrong == nil {
				p.kind.read(p, e, row)
			}
			p.claim(e, row, seen)
			if !yield(e, nil) {
				return
			}
		}
	}
}

// claim refuses a row whose key an earlier one has.
func (p *Plan) claim(e *entry, row sheet.Row, seen map[string]claimant) {
	if e.wrong != nil {
		return
	}
	says := sha256.Sum256([]byte(e.says))
	for field, value := range e.claims {
		if value == "" {
			continue
		}
		name := field + "\x00" + value
		first, taken := seen[name]
		switch {
		case !taken:
			seen[name] = claimant{e.row, [16]byte(says[:16])}
		case e.says != "" && first.says == [16]byte(says[:16]):
			e.repeats = first.row
		default:
			res := p.refusal(e, row, no(field, "intake.twice", value, strconv.Itoa(first.row)))
			e.wrong = &res
			return
		}
	}
	if e.repeats > 0 {
		p.note("intake.rule.repeats")
	}
}

// claimant is the row that has a key, and what it says.
type claimant struct {
	row  int
	says [16]byte
}

// contentOf tells rows apart by what a person reads in them.
func contentOf(row sheet.Row) (sum [16]byte) {
	h := sha256.New()
	for at, c := range row.Cells {
		if text := c.Whole().Text; text != "" {
			io.WriteString(h, strconv.Itoa(at)+"\x00"+text+"\x00")
		}
	}
	copy(sum[:], h.Sum(nil))
	return sum
}

// noRecord recognises rows that are no records: subtotals, a header that is
// repeated on each printed page, and rows in which a formula counts every column.
func (p *Plan) noRecord(row sheet.Row) *Result {
	no := func(key, value string) *Result {
		return &Result{Row: row.Number, Outcome: Refused, Value: shorten(value), Key: key, NoRecord: true}
	}
	if sheet.IsSubtotal(row) {
		return no("intake.is_subtotal", firstText(row))
	}
	same, filled, counted := 0, 0, 0
	for at, c := range row.Cells {
		if c.Text == "" {
			continue
		}
		filled++
		if c.Formula && c.IsNumber {
			counted++
		}
		if at < len(p.columns) && plain(c.Text) == plain(p.columns[at].Name) {
			same++
		}
	}
	switch {
	case same >= 2 && same*2 > filled || same == 1 && filled == 1 && len(p.columns) == 1:
		return no("intake.is_header", firstText(row))
	case filled > 2 && counted == filled:
		return no("intake.is_computed", firstText(row))
	}
	return nil
}

func firstText(row sheet.Row) string {
	for _, c := range row.Cells {
		if c.Text != "" {
			return c.Text
		}
	}
	return ""
}

// ordered holds all rows and gives those above before those below them. A row that
// lies below itself, over others or not, is refused.
func (p *Plan) ordered(ctx context.Context) iter.Seq2[*entry, error] {
	return func(yield func(*entry, error) bool) {
		var all []*entry
		keys, at := map[string]*entry{}, map[string]*entry{} // by key, and by other names
		p.own = map[string]string{}
		for e, err := range p.streamed(ctx) {
			if err == nil && len(all) == nestedMost {
				err = invalid("intake.too_many_nested", nestedMost)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			all = append(all, e)
			if e.wrong != nil {
				continue
			}
			for i, name := range e.called {
				if i == 0 {
					keys[name] = e
				} else if at[name] != nil {
					at[name] = nil // two rows of this name: it means neither
				} else if _, met := at[name]; !met {
					at[name] = e
				}
			}
		}
		for name, e := range at {
			if p.own[name] = "name"; e == nil {
				p.own[name] = "names"
			}
		}
		for key := range keys {
			p.own[key] = "key"
		}
		var inOrder []*entry
		state := map[*entry]int{} // 1 on the way up, 2 placed
		var place func(e *entry) bool
		place = func(e *entry) bool {
			switch state[e] {
			case 1:
				return false
			case 2:
				return true
			}
			state[e] = 1
			above := keys[e.above]
			if above == nil {
				above = at[e.above]
			}
			if e.above != "" && e.wrong == nil && above != nil {
				if !place(above) {
					res := p.refusal(e, e.cells, no("parent", "intake.circle", e.above))
					e.wrong = &res
				}
			}
			state[e] = 2
			inOrder = append(inOrder, e)
			return true
		}
		for _, e := range all {
			place(e)
		}
		for i, e := range inOrder {
			e.seq = int64(i)
			if !yield(e, ctx.Err()) {
				return
			}
		}
	}
}

// chunks gives entries in pieces of at most n.
func chunks(all iter.Seq2[*entry, error], n int) iter.Seq2[[]*entry, error] {
	return func(yield func([]*entry, error) bool) {
		piece := make([]*entry, 0, n)
		for e, err := range all {
			if err != nil {
				yield(nil, err)
				return
			}
			if piece = append(piece, e); len(piece) == n {
				if !yield(piece, nil) {
					return
				}
				piece = slices.Clone(piece[:0])
			}
		}
		if len(piece) > 0 {
			yield(piece, nil)
		}
	}
}
