package main

import (
	"context"
	"fmt"
	"net/url"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

// seals measures what it takes to seal a long trail, to examine it, and how much
// memory the program holds meanwhile, beside a trail of a tenth of the length.
func seals(ctx context.Context, o options, p *paper) error {
	sizes := []int{5_000, 100_000, 1_000_000}
	if o.quick {
		sizes = []int{5_000, 50_000}
	}
	pages := sheet{title: "The audit administrator's page over the same trails", head: []string{"", "rows"}}
	for _, v := range looks {
		pages.head = append(pages.head, v.name)
	}
	out := sheet{title: "The trail under seal", head: []string{"", "rows", "sealing", "rows a second", "memory", "examining", "rows a second", "memory", "seals in the database"}}
	for _, name := range o.engines {
		e, err := newEngine(ctx, name, o.dir)
		if err != nil {
			return err
		}
		for _, rows := range sizes {
			row, page, err := sealed(ctx, e, rows)
			if err != nil {
				e.close()
				return err
			}
			out.rows, pages.rows = append(out.rows, row), append(pages.rows, page)
		}
		e.close()
	}
	out.remarks = append(out.remarks, "memory is the most that the Go heap held above what it held before.")
	p.add(out)
	pages.remarks = []string{"The middle of 15 readings of a page of 50 rows with its count, without drawing it."}
	p.add(pages)
	return nil
}

func sealed(ctx context.Context, e *engine, rows int) (row, page []string, err error) {
	name := fmt.Sprintf("sealed%d", rows)
	if e.cluster != nil {
		if err := e.server(ctx, "CREATE DATABASE "+name); err != nil {
			return nil, nil, err
		}
	}
	h, err := hospital.Open(ctx, hospital.Config{DB: e.address(name), Data: e.dir, Log: quiet})
	if err != nil {
		return nil, nil, err
	}
	defer h.Close()
	say("%s: writing a trail of %s rows", e.name, count(float64(rows)))
	if err := longTrail(ctx, h.DB, rows); err != nil {
		return nil, nil, err
	}
	row = []string{e.name, count(float64(rows))}
	took, held, err := measured(func() error { _, err := hospital.Seal(ctx, h.DB, ""); return err })
	if err != nil {
		return nil, nil, err
	}
	row = append(row, said(took), count(float64(rows)/took.Seconds()), megabytes(held))
	took, held, err = measured(func() error {
		r, err := hospital.VerifySeals(ctx, h.DB)
		if err == nil && (len(r.Findings) > 0 || r.Records < int64(rows)) {
			err = fmt.Errorf("the seals do not agree: %d rows, %v", r.Records, r.Findings)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	row = append(row, said(took), count(float64(rows)/took.Seconds()), megabytes(held))
	var size int64
	if err := h.DB.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(length(leaves)), 0) AS BIGINT) FROM base_seal`).Scan(&size); err != nil {
		return nil, nil, err
	}
	row = append(row, fmt.Sprintf("%.0f bytes a row", float64(size)/float64(rows)))
	page = []string{e.name, count(float64(rows))}
	for _, v := range looks {
		took, err := lookAt(ctx, h.DB, v.query)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", v.name, err)
		}
		page = append(page, fmt.Sprintf("%.1f ms", took.Seconds()*1000))
	}
	return row, page, nil
}

// looks are what is asked of the trail.
var looks = []struct {
	name  string
	query url.Values
}{
	{"all", nil}, {"a person's", url.Values{"by": {"06j10taa0183ztkf0007"}}}, {"a deed", url.Values{"event": {"desk.job.sign"}}}, {"a rare kind", url.Values{"noun": {"people.role"}}},
	{"a person's deed", url.Values{"by": {"06j10taa0183ztkf0007"}, "event": {"desk.job.report"}}}, {"a common word", url.Values{"q": {"水龙头"}}},
}

// lookAt is how long a page of the trail takes to be read.
func lookAt(ctx context.Context, d *db.DB, query url.Values) (time.Duration, error) {
	trail := people.Trail([]string{"desk.job", "people.role"}, []string{"desk.job.sign", "desk.job.report"})
	var all []time.Duration
	for range 15 {
		began := time.Now()
		q, err := trail.Parse(query, db.System("bench"))
		if err != nil {
			return 0, err
		}
		if _, err := trail.Rows(ctx, d, q, list.Where{}); err != nil {
			return 0, err
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

func said(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func megabytes(n uint64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

// longTrail writes rows such as commands leave, two hundred to a statement.
func longTrail(ctx context.Context, d *db.DB, rows int) error {
	const together = 200
	marks := make([]string, together)
	for i := range marks {
		n := i * 11
		marks[i] = fmt.Sprintf("($%d,$%d,$%d,$%d,$%d,$%d,$%d,$%d,$%d,$%d,$%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8, n+9, n+10, n+11)
	}
	insert := `INSERT INTO base_trail (id, at, by_id, by_name, noun, record, action, note, detail, source, request) VALUES ` + strings.Join(marks, ",")
	actions := []string{"report", "dispatch", "accept", "arrive", "finish", "sign"}
	for done := 0; done < rows; {
		err := d.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
			for range 25 {
				args := make([]any, 0, together*11)
				for i := range together {
					id := tx.NewID()
					args = append(args, id, tx.At(), fmt.Sprintf("06j10taa0183ztkf%04d", i*7%400), "王建国", "desk.job", id, actions[i%len(actions)], "3层水龙头漏水",
						`{"after":{"title":"3层水龙头漏水","place":"06j10taa0183ztkfdbdc","urgency":"normal","trade":"water"}}`, fmt.Sprintf("web 10.0.%d.%d", i%4, i%200), id[:12])
				}
				if _, err := tx.Exec(ctx, insert, args...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		done += 25 * together
	}
	return d.Analyze(ctx)
}

// measured runs f and looks a hundred times a second what the heap holds.
func measured(f func() error) (took time.Duration, held uint64, err error) {
	debug.FreeOSMemory()
	heap := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64()
	}
	before := heap()
	var most atomic.Uint64
	quit, ended := make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			most.Store(max(most.Load(), heap()))
			select {
			case <-quit:
				return
			case <-tick.C:
			}
		}
	}()
	began := time.Now()
	err = f()
	took = time.Since(began)
	close(quit)
	<-ended
	return took, most.Load() - min(before, most.Load()), err
}
