package hospital

import (
	"context"
	"errors"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/letterbox"
	"houqin/internal/desk"
)

// Letterbox is where technical systems tell of alarms by mail: each writes to its own key, with
// any name behind the @.
func (h *Hospital) Letterbox() *letterbox.Box {
	return &letterbox.Box{Log: h.cfg.Log,
		Knows: func(ctx context.Context, to string) error { _, err := h.panel(ctx, to); return err },
		Take: func(ctx context.Context, to, remote string, l *letterbox.Letter) error {
			p, err := h.panel(ctx, to)
			if err != nil {
				return err
			}
			by := p.As("mail " + remote)
			err = h.DB.Do(ctx, by, func(tx *db.Tx) error { _, err := desk.Hear(ctx, tx, p.ID, desk.Mailed(l)); return err })
			if fault.KindOf(err) == fault.TooMany {
				noted := h.DB.Do(ctx, by, func(tx *db.Tx) error { return desk.NoteRefused(ctx, tx, p.ID) })
				return errors.Join(letterbox.ErrTooMany, noted)
			}
			return err
		}}
}

// panel is whose key stands before the @.
func (h *Hospital) panel(ctx context.Context, to string) (desk.Panel, error) {
	key, _, _ := strings.Cut(to, "@")
	p, err := desk.PanelByKey(ctx, h.DB, strings.ToLower(key))
	if fault.KindOf(err) == fault.SignIn {
		err = letterbox.ErrUnknown
	}
	return p, err
}
