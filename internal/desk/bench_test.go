package desk_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/places"
)

// BenchmarkReport is wards reporting at once, with full durability: units that wait
// share a commit.
func BenchmarkReport(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			var d *db.DB
			if engine == "sqlite" {
				d, _ = dbtest.Open(b, dbtest.SQLite(b, rooms))
			} else {
				address, ok := dbtest.Postgres(b, rooms)
				if !ok {
					b.Skip("no PostgreSQL here")
				}
				d, _ = dbtest.Open(b, address)
			}
			ward := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
			var rs []string
			dbtest.Do(b, d, db.System("test"), func(tx *db.Tx) error {
				if err := departments.Found(b.Context(), tx, &ward); err != nil {
					return err
				}
				for i := range 900 {
					p := places.Place{Code: fmt.Sprint("R", i), Name: fmt.Sprint(i, "室"), Kind: places.Room, Department: ward.ID}
					if err := places.Add(b.Context(), tx, &p); err != nil {
						return err
					}
					rs = append(rs, p.ID)
				}
				return nil
			})
			nurse := dbtest.PersonIn("nurse", ward.ID, desk.MayReport)
			var n atomic.Int64
			b.SetParallelism(16)
			b.ResetTimer()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					i := n.Add(1)
					if err := d.Do(context.Background(), nurse, func(tx *db.Tx) error {
						_, err := desk.Report(context.Background(), tx, &desk.Slip{Title: "床头灯不亮，请尽快来修", Trade: "electric", Place: rs[i%900], Anyway: true})
						return err
					}); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
			b.ReportMetric(float64(d.Stats().Done.Load())/float64(max(1, d.Stats().Groups.Load())), "reports/group")
		})
	}
}
