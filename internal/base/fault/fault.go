// Package fault holds the few kinds of failure that a person can cause, fix or wait out.
//
// Every other error is a bug or an outage: it goes to the log with its path, and
// the person is told only that something broke and under which number to ask.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind is one way of failing; the web answers each with one status.
type Kind int

const (
	Internal    Kind = iota // a bug or an outage; details go to the log only
	Invalid                 // the input is wrong; Fields says where
	NotFound                // no such record, or not visible to this person
	Forbidden               // visible, but this person may not do this
	Conflict                // the record moved on: wrong state, stale version, duplicate
	TooLarge                // more than is taken in one go
	TooMany                 // too often; wait and try again
	Unavailable             // the store cannot answer now: disk full, database gone, timed out
	SignIn                  // nobody is signed in, or the session has ended
)

// Field is one complaint about one input; Path is its name in the form or the
// JSON body, lines as "lines.2.qty". Clause is the rule behind it, "" where none is cited.
type Field struct {
	Path   string
	Key    string
	Args   []any
	Clause string
}

// Error carries a message key; the words are chosen by the reader's language.
type Error struct {
	Kind   Kind
	Key    string
	Args   []any
	Fields []Field
	Clause string // id of the rule that refuses, when one is cited: pages lead to it
	Cause  error  // for the log; never shown
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Key)
	if len(e.Args) > 0 {
		fmt.Fprintf(&b, " %v", e.Args)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s %v]", f.Path, f.Key, f.Args)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Cause }

// Stale is what somebody gets who saw an older version than the one that stands.
func Stale() *Error { return New(Conflict, "base.stale") }

// New makes a fault; key names its message in the words files.
func New(k Kind, key string, args ...any) *Error { return &Error{Kind: k, Key: key, Args: args} }

// Because keeps the cause for the log.
func (e *Error) Because(err error) *Error { e.Cause = err; return e }

// Under cites the rule by which this is refused.
func (e *Error) Under(clause string) *Error {
	e.Clause = clause
	for i := range e.Fields {
		e.Fields[i].Clause = clause
	}
	return e
}

// Clauses are the rules that a fault cites, each once.
func (e *Error) Clauses() (all []string) {
	for _, c := range append([]Field{{Clause: e.Clause}}, e.Fields...) {
		if c.Clause != "" && !slices.Contains(all, c.Clause) {
			all = append(all, c.Clause)
		}
	}
	return all
}

// KindOf is Internal for every error that is not a fault.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Complaints gathers what is wrong with an input, so that one answer names all of it.
type Complaints []Field

// Add notes one complaint; the first about a path stands.
func (c *Complaints) Add(path, key string, args ...any) { c.Cite("", path, key, args...) }

// Cite is Add for a complaint that a rule of the house makes: its id comes first.
func (c *Complaints) Cite(clause, path, key string, args ...any) {
	for _, f := range *c {
		if f.Path == path {
			return
		}
	}
	*c = append(*c, Field{path, key, args, clause})
}

// Gather takes over what an Invalid fault complains of, each path behind under, and gives
// any other error back.
func (c *Complaints) Gather(under string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Invalid || len(e.Fields) == 0 {
		return err
	}
	for _, f := range e.Fields {
		c.Cite(f.Clause, under+f.Path, f.Key, f.Args...)
	}
	return nil
}

// Err is nil when nothing was wrong, else one Invalid fault with every complaint.
func (c Complaints) Err() error {
	if len(c) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "base.invalid", Fields: c}
}

// OnField is an Invalid fault about a single input.
func OnField(path, key string, args ...any) *Error {
	return &Error{Kind: Invalid, Key: "base.invalid", Fields: []Field{{Path: path, Key: key, Args: args}}}
}

// Is says whether err is a fault with this key, on the whole or on a field.
func Is(err error, key string) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	if e.Key == key {
		return true
	}
	for _, f := range e.Fields {
		if f.Key == key {
			return true
		}
	}
	return false
}

// KeyOf is the message key of a fault, of a refused field's the field's own; "" of
// other errors.
func KeyOf(err error) string {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return ""
	}
	if len(e.Fields) > 0 {
		return e.Fields[0].Path + ": " + e.Fields[0].Key
	}
	return e.Key
}

// Given complains, on its field, about an answer that is missing.
func Given(text, path string) error {
	if strings.TrimSpace(text) == "" {
		return OnField(path, "base.required")
	}
	return nil
}
