// Package metrics is the meter cupboard: it tells Prometheus how much passes
// through the doors, how much is written down, and what waits.
package metrics

import (
	"context"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"houqin/internal/base/db"
	"houqin/internal/base/jobs"
	"houqin/internal/base/web"
)

// Gauge is one more thing to read off: a number that goes up and down.
type Gauge struct {
	Name, Help string // Name without the program's
	Read       func() float64
}

// Handler answers with the counts of one hospital and of the process that serves it.
func Handler(s *web.Site, d *db.DB, more ...Gauge) http.Handler {
	r := prometheus.NewRegistry()
	for _, g := range more {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "houqin", Name: g.Name, Help: g.Help}, g.Read))
	}
	r.MustRegister(&meter{site: s, db: d}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

// meter reads the counts when it is asked, so that nothing is counted twice.
type meter struct {
	site *web.Site
	db   *db.DB
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("houqin_"+name, help, labels, nil)
}

var (
	requests = desc("request_duration_seconds", "Time taken to answer, by route and class of status.", "route", "status")
	units    = desc("units_total", "Units of work: done, failed, or run again after losing a race.", "outcome")
	groups   = desc("unit_groups_total", "Commits that units of work have shared (SQLite).")
	waiting  = desc("jobs", "Work after commits: waiting, overdue, or dead and in need of a person.", "state")
	streams  = desc("live_streams", "Live pages open now.")
	open     = desc("db_connections", "Connections to the database: open, and of these at work.", "state")
	ready    = desc("ready", "1 when the database takes work, else 0.")
	info     = desc("info", "The program.", "version", "go")
)

func (m *meter) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{requests, units, groups, waiting, streams, open, ready, info} {
		to <- d
	}
}

func (m *meter) Collect(to chan<- prometheus.Metric) {
	count := func(d *prometheus.Desc, n int64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	gauge := func(d *prometheus.Desc, n int64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
	}
	for _, a := range m.site.Answers() {
		within := map[float64]uint64{}
		for i, b := range web.Bounds {
			within[b.Seconds()] = uint64(a.Within[i])
		}
		to <- prometheus.MustNewConstHistogram(requests, uint64(a.Count), a.Took.Seconds(), within, a.Route, strconv.Itoa(a.Class)+"xx")
	}
	s := m.db.Stats()
	count(units, s.Done.Load(), "done")
	count(units, s.Failed.Load(), "failed")
	count(units, s.Retried.Load(), "retried")
	count(groups, s.Groups.Load())
	gauge(streams, m.site.Streams())
	all, busy := m.db.Connections()
	gauge(open, int64(all), "open")
	gauge(open, int64(busy), "busy")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	able := int64(0)
	if m.db.Ready(ctx) == nil {
		able = 1
	}
	gauge(ready, able)
	if q, err := jobs.Waiting(ctx, m.db); err == nil { // else readiness has said it
		gauge(waiting, q.Waiting, "waiting")
		gauge(waiting, q.Overdue, "overdue")
		gauge(waiting, q.Dead, "dead")
	}
	gauge(info, 1, m.site.Version, goVersion())
}

func goVersion() string {
	if b, ok := debug.ReadBuildInfo(); ok {
		return b.GoVersion
	}
	return "unknown"
}
