package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"houqin/internal/forecast"
)

// demand measures how well months to come are foretold: the last twelve months of every
// series of a file are hidden, each method and the choice look ahead from the rest, and
// their absolute errors are divided by the error of copying last year within the rest.
// The file has a header, a month in the first column, and a series in each further one.
func demand(_ context.Context, o options, p *paper) error {
	path := o.data
	if path == "" {
		folder := os.Getenv("HOUQIN_SAMPLES")
		if folder == "" {
			say("demand: neither -data FILE nor HOUQIN_SAMPLES is given, left out")
			return nil
		}
		path = filepath.Join(folder, "demand", "hospital.csv")
	}
	series, err := readSeries(path)
	if err != nil {
		return err
	}
	const hidden = 12
	sum, n, alone := map[string]float64{}, map[string]int{}, map[string]int{}
	var within, months int
	start := time.Now()
	for _, y := range series {
		for name, off := range forecast.HoldOut(y, hidden) {
			sum[name] += off
			n[name]++
		}
	}
	span := time.Since(start)
	for _, y := range series {
		known := len(y) - hidden
		said := forecast.Next(y[:known:known], hidden)
		alone[said.Method]++
		for i, m := range said.Months {
			months++
			if v := y[known+i]; v >= m.Low && v <= m.High {
				within++
			}
		}
	}
	out := sheet{title: "Demand", head: []string{"method", "mean absolute scaled error", "series", "chosen for"}}
	row := func(name, shown string) {
		off := "–"
		if n[name] > 0 {
			off = fmt.Sprintf("%.3f", sum[name]/float64(n[name]))
		}
		chosen := strconv.Itoa(alone[name])
		if name == "" {
			chosen = strconv.Itoa(len(series))
		}
		out.rows = append(out.rows, []string{shown, off, strconv.Itoa(n[name]), chosen})
	}
	for _, name := range forecast.Names() {
		row(name, name)
	}
	row("", "**the choice**")
	out.remarks = append(out.remarks, fmt.Sprintf("%d series, last %d months hidden, choice and all methods in %.1f s; %d %% of the hidden months lie in the interval meant for %.0f %%.",
		len(series), hidden, span.Seconds(), within*100/max(months, 1), forecast.Confidence*100))
	p.add(out)
	return nil
}

func readSeries(path string) ([][]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 26 {
		return nil, fmt.Errorf("%s: %d rows, at least 26 wanted: %w", path, len(rows), err)
	}
	series := make([][]float64, len(rows[0])-1)
	for i, row := range rows[1:] {
		for k, cell := range row[1:] {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				return nil, fmt.Errorf("%s, row %d, column %d: %w", path, i+2, k+2, err)
			}
			series[k] = append(series[k], v)
		}
	}
	return series, nil
}
