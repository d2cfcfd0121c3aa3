package db

import (
	"slices"

	"houqin/internal/base/fault"
)

// Actor is the person, or the job, for whom a unit of work runs.
type Actor struct {
	ID, Name string
	Unit     string // the person's own department
	Rights   Rights
	Source   string // where from: "web 10.0.0.5", "token 10.0.0.7", "command line"
	Request  string // the request's id, as in the log
	// System marks the program itself: migrations, the demo's builder, imports by
	// command line, jobs by the clock. It may everything, and its name is in the trail.
	System bool
}

// Rights say what a person may do, and where: permission → scope.
type Rights map[string]Scope

// Scope is the part of the hospital in which a right holds.
type Scope struct {
	All   bool
	Units []string // department ids, their children included
}

// System is the program acting by itself, under the name given.
func System(name string) Actor { return Actor{ID: name, Name: name, System: true, Source: name} }

// May says whether the person holds the permission anywhere.
func (a Actor) May(permission string) bool {
	if a.System {
		return true
	}
	s, ok := a.Rights[permission]
	return ok && (s.All || len(s.Units) > 0)
}

// MayIn says whether the person holds the permission for this department.
func (a Actor) MayIn(permission, unit string) bool {
	s := a.Scope(permission)
	return s.All || slices.Contains(s.Units, unit)
}

// Scope is where the person holds the permission; the zero Scope is nowhere.
func (a Actor) Scope(permission string) Scope {
	if a.System {
		return Scope{All: true}
	}
	return a.Rights[permission]
}

// Need fails unless the person holds the permission somewhere.
func (t *Tx) Need(permission string) error {
	if !t.By.May(permission) {
		return fault.New(fault.Forbidden, "base.need", permission)
	}
	return nil
}

// NeedIn fails unless the person holds the permission for this department.
func (t *Tx) NeedIn(permission, unit string) error {
	if !t.By.MayIn(permission, unit) {
		return fault.New(fault.Forbidden, "base.need", permission)
	}
	return nil
}
