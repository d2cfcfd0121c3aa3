package db

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"houqin/internal/base/words/find"
)

// Tokens is what goes into a record's search column, so that it is found by these
// texts. Latin words not met before are remembered by their misspellings.
func (t *Tx) Tokens(ctx context.Context, texts ...string) (string, error) {
	for _, w := range find.Words(strings.Join(texts, " ")) {
		if !latin(w) || t.known.has(w) {
			continue
		}
		for _, v := range append(find.Deletions(w), w) {
			if _, err := t.Exec(ctx, `INSERT INTO base_spelling (variant, word) VALUES ($1,$2) ON CONFLICT DO NOTHING`, v, w); err != nil {
				return "", err
			}
		}
		t.AfterCommit(func() { t.known.add(w) })
	}
	return find.Tokens(texts...), nil
}

// vocabulary is the words this copy of the program knows to be remembered; it only
// saves writing them again, so it may forget.
type vocabulary struct {
	sync.RWMutex
	words map[string]bool
}

const vocabularyMost = 50_000

func (v *vocabulary) has(w string) bool {
	v.RLock()
	defer v.RUnlock()
	return v.words[w]
}

func (v *vocabulary) add(w string) {
	v.Lock()
	defer v.Unlock()
	if v.words == nil || len(v.words) >= vocabularyMost {
		v.words = map[string]bool{}
	}
	v.words[w] = true
}

// Respell widens each group of search tokens by the words that differ from it in
// one letter.
func Respell(ctx context.Context, r Reader, groups [][]string) ([][]string, error) {
	out := make([][]string, len(groups))
	for i, g := range groups {
		out[i] = g
		if len(g) != 1 || !latin(g[0]) {
			continue
		}
		variants := append(find.Deletions(g[0]), g[0])
		marks := make([]string, len(variants))
		args := make([]any, len(variants))
		for j, v := range variants {
			marks[j], args[j] = "$"+strconv.Itoa(j+1), v
		}
		words, err := Texts(ctx, r,
			`SELECT DISTINCT word FROM base_spelling WHERE variant IN (`+strings.Join(marks, ",")+`) ORDER BY word LIMIT 20`, args...)
		if err != nil {
			return nil, err
		}
		out[i] = append(g[:1:1], slices.DeleteFunc(words, func(w string) bool { return !find.OneSlip(g[0], w) })...)
	}
	return out, nil
}

func latin(w string) bool {
	if len(w) < 4 || len(w) > 20 {
		return false
	}
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return true
}
