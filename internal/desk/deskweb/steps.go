package deskweb

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/people"
)

// after is where a step leads: back to the page it was taken from, else to the job.
func after(r *web.Req, id string) string {
	if in, err := r.Input(); err == nil {
		if to := in.Value("_back"); slices.Contains([]string{"/desk/board", "/desk/mine", "/desk/ward", "/desk/call"}, to) {
			return to
		}
	}
	return "/desk/jobs/" + id
}

// pressed is a step that asks nothing.
func pressed(say string, step func(context.Context, *db.Tx, string, int64) (desk.Job, error)) func(*web.Req) error {
	return func(r *web.Req) error {
		return r.Press(func(tx *db.Tx) (web.Done, error) {
			j, err := step(r.Context(), tx, r.PathValue("id"), r.Version())
			if err == nil {
				err = sayWhen(r, r.Context(), tx, j.ID)
			}
			return web.Done{To: after(r, j.ID), Say: say, Args: []string{j.Number}, Data: j}, err
		})
	}
}

func hasten(r *web.Req) error {
	return pressed("desk.done.hastened", func(ctx context.Context, tx *db.Tx, id string, _ int64) (desk.Job, error) {
		return desk.Hasten(ctx, tx, id)
	})(r)
}

// asked is a step that asks a form first.
func asked[T any](c *Counter, r *web.Req, spec *form.Of[T], say string, step func(context.Context, *db.Tx, string, int64, T) (desk.Job, error)) error {
	return web.Submit(r, spec, c.show, func(tx *db.Tx, t *T) (web.Done, error) {
		j, err := step(r.Context(), tx, r.PathValue("id"), r.Version(), *t)
		if err == nil {
			err = sayWhen(r, r.Context(), tx, j.ID)
		}
		return web.Done{To: after(r, j.ID), Say: say, Args: []string{j.Number}, Data: j}, err
	})
}

// reasoned is a step that asks only for a reason.
func reasoned(c *Counter, r *web.Req, spec *form.Of[desk.Reason], say string, step func(context.Context, *db.Tx, string, int64, string) (desk.Job, error)) error {
	return asked(c, r, spec, say, func(ctx context.Context, tx *db.Tx, id string, version int64, why desk.Reason) (desk.Job, error) {
		return step(ctx, tx, id, version, why.Text)
	})
}

func (c *Counter) dispatch(r *web.Req) error {
	return asked(c, r, &desk.DispatchForm, "desk.done.dispatched", desk.Dispatch)
}
func (c *Counter) reassign(r *web.Req) error {
	return asked(c, r, &desk.ReassignForm, "desk.done.dispatched", desk.Reassign)
}
func (c *Counter) pause(r *web.Req) error {
	return asked(c, r, &desk.PauseForm, "desk.done.paused", desk.Pause)
}
func (c *Counter) finish(r *web.Req) error {
	t := c.take(r)
	return asked(c, r, &desk.FinishForm, "desk.done.finished", func(ctx context.Context, tx *db.Tx, id string, version int64, w desk.Work) (desk.Job, error) {
		j, err := desk.Finish(ctx, tx, id, version, w)
		if err == nil {
			err = t.attach(ctx, tx, id)
		}
		return j, err
	})
}
func (c *Counter) decline(r *web.Req) error {
	return reasoned(c, r, &desk.DeclineForm, "desk.done.declined", desk.Decline)
}
func (c *Counter) escalate(r *web.Req) error {
	return reasoned(c, r, &desk.HardForm, "desk.done.escalated", desk.Escalate)
}
func (c *Counter) plan(r *web.Req) error {
	return reasoned(c, r, &desk.PlanForm, "desk.done.planned", desk.Plan)
}
func (c *Counter) takeBack(r *web.Req) error {
	return asked(c, r, &desk.BackForm, "desk.done.taken_back", desk.TakeBack)
}
func (c *Counter) sign(r *web.Req) error {
	return asked(c, r, &desk.SignForm, "desk.done.signed", desk.Sign)
}

// signHere takes the word of somebody of the ward on the phone of who did the work. The PIN is
// tried in units of its own, so that a wrong one stays counted.
func (c *Counter) signHere(r *web.Req) error {
	return web.Take(r, &desk.HereForm, c.show, func(p *desk.Proof) error {
		signer, err := people.ByPIN(r.Context(), r.Site.DB, r.By, p.Number, p.PIN)
		if err != nil {
			return err
		}
		return r.Act(nil, func(tx *db.Tx) (web.Done, error) {
			j, err := desk.SignHere(r.Context(), tx, r.PathValue("id"), r.Version(), signer, desk.Signing{Rating: p.Rating, Opinion: p.Opinion})
			return web.Done{To: after(r, j.ID), Say: "desk.done.signed_here", Args: []string{j.Number, signer.Name}, Data: j}, err
		})
	})
}
func (c *Counter) sendBack(r *web.Req) error {
	return reasoned(c, r, &desk.ReturnForm, "desk.done.returned", desk.Return)
}
func (c *Counter) outside(r *web.Req) error {
	return asked(c, r, &desk.OutsideForm, "desk.done.outside", desk.AskOutside)
}
func (c *Counter) cancel(r *web.Req) error {
	return reasoned(c, r, &desk.CancelForm, "desk.done.cancelled", desk.Cancel)
}
func (c *Counter) comment(r *web.Req) error {
	return reasoned(c, r, &desk.CommentForm, "desk.done.commented", func(ctx context.Context, tx *db.Tx, id string, _ int64, text string) (desk.Job, error) {
		return desk.Comment(ctx, tx, id, text)
	})
}
