package deskweb

import (
	"context"
	"errors"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/files"
)

// taken are the photos that came with a form, kept before the unit of work begins:
// writing them anew takes time, and nobody shall wait for it.
type taken struct {
	c       *Counter
	kept    []files.Kept
	refused error
}

func (c *Counter) take(r *web.Req) taken {
	in, err := r.Input()
	if err != nil || c.Files == nil || len(in.Files["photos"]) == 0 {
		return taken{c: c} // Submit says what is wrong with the input
	}
	if !r.Later() {
		kept, err := c.Files.Receive(r.Context(), in.Files["photos"]...)
		return taken{c, kept, err}
	}
	// Of what a phone sends later, what is no photo is left out and told: the work that
	// it belongs to is done.
	t := taken{c: c}
	var not []string
	for _, h := range in.Files["photos"] {
		kept, err := c.Files.Receive(r.Context(), h)
		if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.Invalid {
			not = append(not, web.Say(r.W2, e))
			continue
		}
		if err != nil {
			return taken{c: c, refused: err}
		}
		t.kept = append(t.kept, kept...)
	}
	if len(not) > 0 {
		r.LeftOut(r.T("desk.left_out", strings.Join(not, " · ")))
	}
	return t
}

// attach puts them on a job.
func (t *taken) attach(ctx context.Context, tx *db.Tx, job string) error {
	return t.attachTo(ctx, tx, desk.Noun, job)
}

func (t *taken) attachTo(ctx context.Context, tx *db.Tx, noun, record string) error {
	if t.refused != nil {
		return t.refused
	}
	for i := range t.kept {
		if _, err := files.Attach(ctx, tx, t.c.Files, files.Upload{Noun: noun, Record: record, Kept: &t.kept[i]}); err != nil {
			return err
		}
	}
	return nil
}

// photos of a job, with the door behind which they are taken away again.
func (c *Counter) photos(r *web.Req, job string) ([]ui.Photo, error) {
	if c.Files == nil {
		return nil, nil
	}
	return files.Photos(r.Context(), r.Read(), r.W2, desk.Noun, job)
}

func (c *Counter) picture(r *web.Req) error {
	t := c.take(r)
	return asked(c, r, &desk.PictureForm, "desk.done.pictured", func(ctx context.Context, tx *db.Tx, id string, _ int64, _ desk.Pictures) (desk.Job, error) {
		j, err := desk.Picture(ctx, tx, id)
		if err == nil {
			err = t.attach(ctx, tx, id)
		}
		return j, err
	})
}
