// Package flow is the life of a record: which steps it may take, from where to
// where, and who may take them. The same table draws the buttons and guards the
// door, so that button and guard cannot disagree.
package flow

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/words"
)

// Step is one way from some states to another.
type Step[S ~string, T any] struct {
	Name string
	From []S
	To   S
	Need string // permission
	// If names a condition beyond the permission: nil when it holds, else the fault
	// that the closed button shows and the guard returns.
	If func(db.Actor, *T) error
	// Ask is what the person must say to take the step: a reason, a photo.
	Ask form.Any
	// Hide leaves the button away, rather than closed, where If fails.
	Hide bool
	Tone string // "primary", "danger" or ""
}

// Flow is the table of a noun's steps.
type Flow[S ~string, T any] struct {
	Name  string                          // "desk.job": words are desk.job.<step> and desk.job.state.<state>
	State func(*T) *S                     // where the record keeps its state
	Seen  func(*T) int64                  // the version a person has seen; only where records are taken
	May   func(db.Actor, string, *T) bool // whether the permission holds for this record
	Steps []Step[S, T]
}

// Step finds a step by name.
func (f *Flow[S, T]) Step(name string) (*Step[S, T], error) {
	for i := range f.Steps {
		if f.Steps[i].Name == name {
			return &f.Steps[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "base.not_found")
}

// Move takes the named step, or says why not: Forbidden without the permission,
// Conflict in a state it does not leave from, or what If says.
func (f *Flow[S, T]) Move(by db.Actor, t *T, name string) error {
	s, err := f.Step(name)
	if err != nil {
		return err
	}
	if !f.may(by, s, t) {
		return fault.New(fault.Forbidden, "base.need", s.Need)
	}
	at := f.State(t)
	if !slices.Contains(s.From, *at) {
		return fault.New(fault.Conflict, "base.step_not_possible", words.Key(f.Name+"."+name), words.Key(f.Name+".state."+string(*at)))
	}
	if s.If != nil {
		if err := s.If(by, t); err != nil {
			return err
		}
	}
	if s.To != "" {
		*at = s.To
	}
	return nil
}

// Take holds the record of an id, as get shows it to the person of the unit, and takes it
// along a step. version is the one that the person saw, 0 when they did not say: Conflict
// when it is no longer that one, besides what get and Move refuse. The table is that of
// the flow's name: desk_job of desk.job.
func (f *Flow[S, T]) Take(ctx context.Context, tx *db.Tx, id string, version int64, step string, get func(context.Context, db.Reader, db.Actor, string) (T, error)) (T, error) {
	if err := tx.Lock(ctx, strings.ReplaceAll(f.Name, ".", "_"), id); err != nil {
		return *new(T), err
	}
	t, err := get(ctx, tx, tx.By, id)
	if err != nil {
		return t, err
	}
	if err := f.Move(tx.By, &t, step); err != nil {
		return t, err
	}
	if version != 0 && version != f.Seen(&t) {
		return t, fault.Stale()
	}
	return t, nil
}

func (f *Flow[S, T]) may(by db.Actor, s *Step[S, T], t *T) bool {
	if f.May != nil {
		return f.May(by, s.Need, t)
	}
	return by.May(s.Need)
}

// Button is a step this person may take now; Closed says why they cannot after all.
type Button struct {
	Name   string
	Ask    form.Any
	Closed error
	Tone   string
}

// Open lists the steps that the person may take from where the record stands.
func (f *Flow[S, T]) Open(by db.Actor, t *T) (buttons []Button) {
	for i := range f.Steps {
		s := &f.Steps[i]
		if !slices.Contains(s.From, *f.State(t)) || !f.may(by, s, t) {
			continue
		}
		b := Button{Name: s.Name, Ask: s.Ask, Tone: s.Tone}
		if s.If != nil {
			b.Closed = s.If(by, t)
		}
		if b.Closed == nil || !s.Hide {
			buttons = append(buttons, b)
		}
	}
	return buttons
}
