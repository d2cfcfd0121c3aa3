package flow_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
)

type state string

type job struct {
	State  state
	Worker string
}

var life = flow.Flow[state, job]{Name: "job", State: func(j *job) *state { return &j.State }, Steps: []flow.Step[state, job]{
	{Name: "send", From: []state{"new"}, To: "sent", Need: "job.send"},
	{Name: "finish", From: []state{"sent"}, To: "done", Need: "job.work", If: func(by db.Actor, j *job) error {
		if by.ID != j.Worker {
			return fault.New(fault.Forbidden, "job.not_yours")
		}
		return nil
	}},
	{Name: "note", From: []state{"new", "sent"}, Need: "job.work"},
	{Name: "secret", From: []state{"sent"}, To: "new", Need: "job.work", Hide: true, If: func(db.Actor, *job) error { return fault.New(fault.Conflict, "job.no") }},
}}

func TestGuardAndButtonAgree(t *testing.T) {
	ann, bob := dbtest.Person("ann", "job.work"), dbtest.Person("bob", "job.work")
	boss := dbtest.Person("boss", "job.send")
	for _, c := range []struct {
		by     db.Actor
		at     state
		step   string
		want   string // fault key, "" when taken
		shown  bool
		closed bool
	}{
		{boss, "new", "send", "", true, false},
		{boss, "sent", "send", "base.step_not_possible", false, false},
		{ann, "new", "send", "base.need", false, false},
		{ann, "sent", "finish", "", true, false},
		{bob, "sent", "finish", "job.not_yours", true, true},
		{ann, "sent", "secret", "job.no", false, false},
		{ann, "sent", "note", "", true, false},
		{ann, "done", "note", "base.step_not_possible", false, false},
		{ann, "sent", "fly", "base.not_found", false, false},
	} {
		j := job{State: c.at, Worker: "ann"}
		var button *flow.Button
		for _, b := range life.Open(c.by, &j) {
			if b.Name == c.step {
				button = &b
			}
		}
		if (button != nil) != c.shown || button != nil && (button.Closed != nil) != c.closed {
			t.Errorf("%s %s at %s: button %+v", c.by.ID, c.step, c.at, button)
		}
		err := life.Move(c.by, &j, c.step)
		if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
			t.Errorf("%s %s at %s: %v, want %q", c.by.ID, c.step, c.at, err, c.want)
		}
		if err != nil && j.State != c.at {
			t.Errorf("%s moved the state although it was refused", c.step)
		}
		if c.step == "note" && err == nil && j.State != c.at {
			t.Error("a step without a target moved the state")
		}
	}
}
