package warehouse_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// BenchmarkIssue is sixty-four people issuing three of two hundred items each time,
// every issue a unit of work of its own, with full durability.
func BenchmarkIssue(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		d, _ := dbtest.Open(b, dbtest.SQLite(b, rooms))
		issueMany(b, d)
	})
	b.Run("postgres", func(b *testing.B) {
		address, ok := dbtest.Postgres(b, rooms)
		if !ok {
			b.Skip("no PostgreSQL here")
		}
		d, _ := dbtest.Open(b, address)
		issueMany(b, d)
	})
}

func issueMany(b *testing.B, d *db.DB) {
	h := open(b, d)
	items := make([]catalog.Item, 200)
	h.do(func(tx *db.Tx) error {
		for n := range items {
			items[n] = catalog.Item{Name: fmt.Sprint("物品", n), Unit: "个", Category: catalog.Consumable}
			if err := catalog.Add(b.Context(), tx, &items[n]); err != nil {
				return err
			}
		}
		return nil
	})
	var lines []warehouse.In
	for _, i := range items {
		lines = append(lines, warehouse.In{Item: i.ID, Qty: "1000000000", Amount: "10000000.00"})
	}
	h.receive(lines...)
	b.SetParallelism(32)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			var out []warehouse.Out
			for range 3 {
				out = append(out, warehouse.Out{Item: items[rand.IntN(len(items))].ID, Qty: "2"})
			}
			if _, err := h.issue(out...); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "issues/s")
}
