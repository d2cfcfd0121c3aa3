package deskweb

import (
	"slices"

	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// next are the steps that are meant beside the main one, the likeliest first.
var next = []string{"triage", "pause", "decline", "return", "rate", "explain", "reassign", "hasten", "reopen", "find", "comment"}

// meant parts the steps of a job for a phone: the main one and the next stand above what the
// job is about, the others below it. Few are not parted, nor are they once a form stands open.
func meant(open []ui.Action) (first, rest []ui.Action) {
	if len(open) < 4 || slices.ContainsFunc(open, func(a ui.Action) bool { return a.Open }) {
		return open, nil
	}
	rank := func(a ui.Action) int {
		switch at := slices.Index(next, a.Name); {
		case a.Closed != "":
			return 2 + len(next)
		case a.Tone == ui.Accent:
			return 0
		case at >= 0:
			return 1 + at
		}
		return 1 + len(next)
	}
	var ranks []int
	for _, a := range open {
		ranks = append(ranks, rank(a))
	}
	slices.Sort(ranks)
	for _, a := range open {
		if len(first) < 2 && rank(a) <= ranks[1] {
			first = append(first, a)
		} else {
			rest = append(rest, a)
		}
	}
	return first, rest
}

// hirable leaves away what is done with a firm from outside while none is asked for.
func hirable(r *web.Req, j *desk.Job, open []ui.Action) ([]ui.Action, error) {
	late := func(a ui.Action) bool { return a.Name == "hire" || a.Name == "invoice" }
	if !slices.ContainsFunc(open, late) {
		return open, nil
	}
	_, asked, err := desk.OutsideOf(r.Context(), r.Read(), j.ID)
	if err == nil && !asked {
		open = slices.DeleteFunc(open, late)
	}
	return open, err
}
