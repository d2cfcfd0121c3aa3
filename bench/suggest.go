package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"houqin/internal/suggest"
)

// questions are what texts of a file are asked for: columns that are read as the text,
// and the column that holds the answer which was given.
var questions = []struct {
	file, name string
	text       []string
	answer     string
}{
	{"mwo-excavators/excavators-cleaned.csv", "work orders of excavators, text → major system", []string{"OriginalShorttext"}, "MajorSystem"},
	{"la-311/requests_2020_10k.csv", "requests to a city, kind and address → crew", []string{"requesttype", "address", "ncname", "policeprecinct"}, "assignto"},
}

// suggestions measures how often the desk's suggestions are right about texts that they
// were not learned from, beside counting words and beside always saying the commonest.
func suggestions(_ context.Context, o options, p *paper) error {
	folder := o.samples
	if folder == "" {
		folder = os.Getenv("HOUQIN_SAMPLES")
	}
	if folder == "" {
		say("suggest: neither -samples FOLDER nor HOUQIN_SAMPLES is given, left out")
		return nil
	}
	const folds = 5
	out := sheet{title: "Suggestions", head: []string{"records", "texts", "answers", "right", "naive Bayes", "always the commonest", "said with ≥ 60 %", "of those right", "time"}}
	share := func(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }
	for _, q := range questions {
		past, err := readExamples(filepath.Join(folder, q.file), q.text, q.answer)
		if err != nil {
			return err
		}
		if o.quick {
			past = past[:min(len(past), 1000)]
		}
		start := time.Now()
		r := suggest.Trial(past, folds)
		out.rows = append(out.rows, []string{q.name, fmt.Sprint(r.Examples), fmt.Sprint(r.Answers), share(r.Right), share(r.Counting), share(r.Commonest), share(r.Sure), share(r.SureRight),
			fmt.Sprintf("%.1f s", time.Since(start).Seconds())})
	}
	out.remarks = append(out.remarks, fmt.Sprintf("Cut into %d folds: learned from all but one, asked about that one, for each in turn.", folds))
	p.add(out)
	return nil
}

func readExamples(path string, text []string, answer string) ([]suggest.Example, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.LazyQuotes = true
	rows, err := in.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%s: %d rows: %w", path, len(rows), err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for _, name := range append(text, answer) {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("%s: no column %s", path, name)
		}
	}
	var all []suggest.Example
	for _, row := range rows[1:] {
		var words []string
		for _, name := range text {
			words = append(words, row[at[name]])
		}
		all = append(all, suggest.Example{Text: strings.Join(words, " "), Answer: row[at[answer]]})
	}
	return all, nil
}
