package files

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/words"
)

// Photos are the files of a record as ui.Photos draws them; the caller has found
// that the person may see the record.
func Photos(ctx context.Context, r db.Reader, w *words.Words, noun, record string) ([]ui.Photo, error) {
	all, err := Of(ctx, r, noun, record)
	return Shown(all, w, r.Moment()), err
}

// Shown are files as ui.Photos draws them: pictures small, documents by name.
func Shown(all []File, w *words.Words, now time.Time) []ui.Photo {
	out := make([]ui.Photo, len(all))
	for i, f := range all {
		out[i] = ui.Photo{Href: f.Href(), Name: f.Name, Sub: f.ByName + " " + w.Instant(f.At, now)}
		if f.Waiting {
			out[i].Sub += " · " + w.T("files.scanned_soon")
		}
		if f.Picture() {
			out[i].Thumb = f.Href() + "/thumb"
		}
	}
	return out
}
