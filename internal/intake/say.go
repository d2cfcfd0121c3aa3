package intake

import (
	"strings"

	"houqin/internal/base/words"
)

// Say is a rule in words.
func (r Rule) Say(w *words.Words) string { return w.T(r.Key, said(w, r.Args)...) }

// Reason is why a row was refused, in words; "" for one that was not.
func (r Result) Reason(w *words.Words) string {
	if r.Key == "" {
		return ""
	}
	if r.Key == "base.need" && len(r.Args) == 1 {
		return w.T(r.Key, words.Key("may."+r.Args[0]))
	}
	return w.T(r.Key, said(w, r.Args)...)
}

// Where is the column of the file, or what the house calls what the file lacks.
func (r Result) Where(w *words.Words) string { return one(w, r.Column) }

func said(w *words.Words, args []string) []any {
	all := make([]any, len(args))
	for i, a := range args {
		all[i] = one(w, a)
	}
	return all
}

// one is an argument that may itself be a key.
func one(w *words.Words, s string) string {
	if strings.Count(s, ".") >= 2 && !strings.ContainsAny(s, " /") && w.Has(s) {
		return w.T(s)
	}
	return s
}
