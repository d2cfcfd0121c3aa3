package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
)

// Splitting is the part of a report that another trade does.
type Splitting struct {
	Title  string `json:"title"`
	Trade  Trade  `json:"trade"` // or the id of a kind of the hospital's own
	Detail string `json:"detail,omitempty"`
}

// SplitForm asks what the other trade has to do.
var SplitForm = form.Of[Splitting]{Name: "desk.split", Fields: []form.Field[Splitting]{
	{Key: "trade", Into: func(s *Splitting) any { return &s.Trade }, Kind: form.Choice, Required: true},
	{Key: "title", Into: func(s *Splitting) any { return &s.Title }, Most: 100, Required: true},
	{Key: "detail", Into: func(s *Splitting) any { return &s.Detail }, Kind: form.Area, Most: 1000},
}}

// splittable: who dispatches, and the worker who sees on the spot that it is not theirs
// alone.
func splittable(by db.Actor, j *Job) error {
	if by.MayIn(MayDispatch, j.Department) || by.System || by.ID != "" && by.ID == j.Worker && by.May(MayWork) {
		return nil
	}
	return fault.New(fault.Forbidden, "desk.not_yours", j.WorkerName)
}

// Split makes a second job of a part of the report that another trade does. It keeps the
// reporter, the place and the moment of the report, goes to the crew of its own trade,
// and is due when a report of that moment is due. Conflict: the same kind of work
// (desk.split_same).
func Split(ctx context.Context, tx *db.Tx, id string, version int64, s Splitting) (Job, error) {
	j, err := take(ctx, tx, id, version, "split")
	if err != nil {
		return j, err
	}
	if s.Title = strings.TrimSpace(s.Title); s.Title == "" {
		return j, fault.OnField("title", "base.required")
	}
	kind, err := offered(ctx, tx, s.Trade)
	if err != nil {
		return j, err
	}
	if kind.ID == cmp.Or(j.Kind, string(j.Trade)) {
		return j, fault.OnField("trade", "desk.split_same")
	}
	part := Job{Title: s.Title, Detail: s.Detail, Trade: kind.Trade, Urgency: j.Urgency, State: Reported, Open: true, Source: j.Source, Department: j.Department, Place: j.Place, Spot: j.Spot,
		Asset: j.Asset, Reporter: j.Reporter, ReporterName: j.ReporterName, Phone: j.Phone, ReportedAt: j.ReportedAt, SplitFrom: j.ID, Version: 1}
	if part.Trade == Medical || j.Trade == Medical { // a device has one owner; what is beside it is another thing
		part.Asset = ""
	}
	at, err := around(ctx, tx, &part, part.Department)
	if err != nil {
		return j, err
	}
	at.closed, at.placeClosed = false, false // the report was taken
	if err := at.settle(tx.By, &part); err != nil {
		return j, err
	}
	if err = kind.arrange(ctx, tx, &part, at.criticality, part.ReportedAt); err == nil {
		err = at.sendTo(ctx, tx, kind.Crew)
	}
	if err != nil {
		return j, err
	}
	part.Crew = at.crew
	part.ID = tx.NewID()
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "split", Note: part.Title}); err != nil {
		return j, err
	}
	if part.Number, err = tx.Number(ctx, "WX"); err != nil {
		return j, err
	}
	if err := insert(ctx, tx, &part, ""); err != nil {
		return j, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: part.ID, Action: "split_off", Note: j.Number + " " + j.Title, After: s}); err != nil {
		return j, err
	}
	return part, callOut(ctx, tx, &part)
}

// Parted are the other jobs of the same report: the one this was split from, those split
// from it, and those split from the same.
func Parted(ctx context.Context, r db.Reader, j *Job) ([]Job, error) {
	root := j.ID
	if j.SplitFrom != "" {
		root = j.SplitFrom
	}
	all, err := Jobs.All(ctx, r, list.Where{}.And("j.id = ? OR (j.split_from = ? AND j.split_from <> '')", root, root), 50)
	return slices.DeleteFunc(all, func(o Job) bool { return o.ID == j.ID }), err
}
