package web

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/money"
	"houqin/internal/base/ui"
	"houqin/internal/base/words"
)

// Story draws what happened to a record, newest first: who, when and where from, what,
// and what changed in the words of its fields. What the page's heading says, as the
// record's number, is not said again at each step. A record without a story is [ui.None].
func (r *Req) Story(noun, record string, heading ...string) (templ.Component, error) {
	entries, err := db.Story(r.Context(), r.Read(), noun, record)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return ui.None, nil
	}
	now := r.Site.DB.Now()
	out := make([]ui.Entry, len(entries))
	for i, e := range entries {
		note := e.Note
		for _, said := range heading {
			if rest, ok := strings.CutPrefix(note, said); ok && said != "" && (rest == "" || rest[0] == ' ') {
				note = strings.TrimSpace(rest)
			}
		}
		if changed := Changes(r.W2, e.Noun, e.Detail); len(changed) > 0 {
			lines := changed
			if note != "" {
				lines = append([]string{note}, changed...)
			}
			note = strings.Join(lines, r.T("base.story.and"))
		}
		title := r.W2.Full(e.At)
		if e.Source != "" {
			title += " · " + e.Source
		}
		who := e.By
		if who == e.ByID && who == e.Source { // no person: db.System
			who = r.T("base.story.system")
		}
		out[i] = ui.Entry{When: r.W2.Instant(e.At, now), Title: title, Who: who, What: r.T("did." + e.Noun + "." + e.Action), Note: note}
	}
	return ui.Story(out...), nil
}

// fen are the names under which rooms keep money.
var fen = []string{"price", "amount", "cost", "value"}

// Changes are what a line of the trail says was one way before and another after, a
// sentence a field: "电话：6101 → 6102". Versions and fields without a word are left
// out; of a record that a field refers to the name is said, of lines their number.
func Changes(w *words.Words, noun, detail string) (lines []string) {
	var d struct{ Before, After map[string]any }
	if !strings.HasPrefix(detail, `{"before":{`) || json.Unmarshal([]byte(detail), &d) != nil || d.After == nil {
		return nil
	}
	keys := map[string]bool{}
	for _, side := range []map[string]any{d.Before, d.After} {
		for k := range side {
			keys[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		label, under := label(w, noun, k)
		if label == "" || k == "version" || reflect.DeepEqual(d.Before[k], d.After[k]) {
			continue
		}
		was, is := said(w, under, k, d.Before), said(w, under, k, d.After)
		if was != is {
			lines = append(lines, w.T("base.story.change", label, was, is))
		}
	}
	return lines
}

// label is the word of a field as the forms and lists of its room have it, and the
// words' common beginning.
func label(w *words.Words, noun, field string) (text, under string) {
	room, last, _ := strings.Cut(noun, ".")
	for _, part := range []string{last, last + "_form", last + "s", "form", "list", "rules"} {
		if under := room + "." + part + "." + field; w.Has(under) {
			return w.T(under), under
		}
	}
	return "", ""
}

// said is a field's value as people read it.
func said(w *words.Words, under, key string, of map[string]any) string {
	if name, ok := of[key+"_name"].(string); ok && name != "" {
		return name
	}
	switch v := of[key].(type) {
	case nil:
		return w.T("base.story.nothing")
	case string:
		switch {
		case v == "":
			return w.T("base.story.nothing")
		case id.Valid(v):
			return "…"
		case w.Has(under + "." + v):
			return w.T(under + "." + v)
		}
		return v
	case bool:
		return w.T(map[bool]string{true: "base.yes", false: "base.no"}[v])
	case float64:
		if slices.Contains(fen, key) {
			return w.Money(money.Fen(int64(v)))
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, 0, len(v))
		for _, x := range v {
			if s, ok := x.(string); ok {
				if w.Has("may." + s) {
					s = w.T("may." + s)
				}
				parts = append(parts, s)
			}
		}
		if len(parts) == 0 {
			return w.T("base.story.lines", int64(len(v)))
		}
		return strings.Join(parts, w.T("base.story.comma"))
	}
	return "…"
}
