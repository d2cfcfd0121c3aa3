package receiving

import (
	"cmp"
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/purchasing"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// Standing is how a supplier did in some days: what it should have brought and did, what
// of it was refused at the gate, what people complained of, what it cost. Score is of a
// hundred: the mean of the share of orders that came whole by their day, of lines that
// came whole, of lines that came and were neither refused nor sent back later, and of a hundred less twenty for
// each complaint in which it was at fault; -1 while nothing is known of the first three.
type Standing struct {
	Supplier string `json:"supplier"`
	Name     string `json:"name"`
	purchasing.Trade
	Promised   int64 `json:"promised"` // orders whose day has come
	OnTime     int64 `json:"on_time"`
	Receipts   int64 `json:"receipts"`
	Came       int64 `json:"came_lines"`
	Returned   int64 `json:"returned_lines"` // went back after they were booked
	Refused    int64 `json:"refused_lines"`
	Complaints int64 `json:"complaints"`
	Upheld     int64 `json:"upheld"`
	Score      int64 `json:"score"`
}

// share is a part of a whole in per cent, rounded down; -1 of nothing.
func share(part, whole int64) int64 {
	if whole == 0 {
		return -1
	}
	return part * 100 / whole
}

// InTime, Whole and Good are the shares in per cent; -1 while nothing is known. Moved is by
// how many per cent the goods bought again cost more than before.
func (s Standing) InTime() int64 { return share(s.OnTime, s.Promised) }
func (s Standing) Whole() int64  { return share(s.Full, s.Due) }
func (s Standing) Good() int64   { return share(max(0, s.Came-s.Refused-s.Returned), s.Came) }
func (s Standing) Moved() int64 {
	if s.Then == 0 {
		return 0
	}
	return int64(s.Now-s.Then) * 100 / int64(s.Then)
}

func (s *Standing) score() {
	sum, parts := int64(0), int64(0)
	for _, p := range []int64{s.InTime(), s.Whole(), s.Good()} {
		if p >= 0 {
			sum, parts = sum+p, parts+1
		}
	}
	if s.Score = -1; parts > 0 {
		s.Score = (sum + max(0, 100-20*s.Upheld)) / (parts + 1)
	}
}

// Standings is how each supplier of whom anything is known did in the days from … until,
// the best first: orders by the day they were drawn, deliveries by that of arrival.
func Standings(ctx context.Context, r db.Reader, from, until, today period.Day) ([]Standing, error) {
	trade, err := purchasing.TradeWith(ctx, r, from, until, today)
	if err != nil {
		return nil, err
	}
	promises, err := purchasing.Promises(ctx, r, from, until, today)
	if err != nil {
		return nil, err
	}
	against, err := suppliers.AgainstAll(ctx, r, from, until)
	if err != nil {
		return nil, err
	}
	by := map[string]*Standing{}
	of := func(supplier string) *Standing {
		if by[supplier] == nil {
			by[supplier] = &Standing{Supplier: supplier}
		}
		return by[supplier]
	}
	for s, t := range trade {
		of(s).Trade = t
	}
	for s, a := range against {
		of(s).Complaints, of(s).Upheld = a.All, a.Upheld
	}
	last := map[string]period.Day{} // of each order, the day on which the last of it was booked
	if err := db.Each(ctx, r, `SELECT basis_id, max(arrived) FROM receiving_receipt WHERE basis_id <> '' AND state = 'posted' AND arrived >= $1 GROUP BY basis_id`, []any{from}, func(scan db.Scan) error {
		var order string
		var day period.Day
		err := scan(&order, &day)
		last[order] = day
		return err
	}); err != nil {
		return nil, err
	}
	for _, p := range promises {
		s := of(p.Supplier)
		s.Promised++
		if day := last[p.Order]; p.Whole && day != "" && day <= p.Due {
			s.OnTime++
		}
	}
	if err := db.Each(ctx, r, `SELECT r.supplier, count(DISTINCT r.id), count(*), count(*) FILTER (WHERE l.refused > 0) FROM receiving_receipt r JOIN receiving_line l ON l.receipt = r.id
		WHERE r.arrived >= $1 AND r.arrived <= $2 AND r.state IN ('posted', 'refused') GROUP BY r.supplier`, []any{from, until}, func(scan db.Scan) error {
		var supplier string
		var receipts, came, refused int64
		err := scan(&supplier, &receipts, &came, &refused)
		s := of(supplier)
		s.Receipts, s.Came, s.Refused = receipts, came, refused
		return err
	}); err != nil {
		return nil, err
	}
	back, err := warehouse.LinesSentBack(ctx, r, from, until)
	if err != nil {
		return nil, err
	}
	for supplier, n := range back {
		of(supplier).Returned = n
	}
	names, err := suppliers.Suppliers.All(ctx, r, list.Where{}, 10_000)
	if err != nil {
		return nil, err
	}
	all := make([]Standing, 0, len(by))
	for _, n := range names {
		if s := by[n.ID]; s != nil {
			s.Name = n.Name
			s.score()
			all = append(all, *s)
		}
	}
	slices.SortStableFunc(all, func(a, b Standing) int { return cmp.Compare(b.Score, a.Score) })
	return all, nil
}

// StandingOf is one supplier's; ok is false while nothing is known of it.
func StandingOf(ctx context.Context, r db.Reader, supplier string, from, until, today period.Day) (s Standing, ok bool, err error) {
	all, err := Standings(ctx, r, from, until, today)
	n := slices.IndexFunc(all, func(s Standing) bool { return s.Supplier == supplier })
	if n < 0 {
		return s, false, err
	}
	return all[n], true, err
}
