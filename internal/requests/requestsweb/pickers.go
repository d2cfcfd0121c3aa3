package requestsweb

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/web"
	"houqin/internal/people"
	"houqin/internal/requests"
)

// Pickers find who may come for goods: for a storekeeper anybody of the house, for a
// ward its own people, for a carrier those of the wards of the tour.
func Pickers(s *web.Site) {
	s.Picker("drawers", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			found, err := people.People.Find(ctx, r, text, requests.Takers(by).And("p.closed = false"), 20)
			for _, p := range found {
				picks = append(picks, web.Pick{ID: p.ID, Label: p.Name, Hint: strings.TrimSpace(p.DepartmentName + " " + p.Number), Code: p.Number})
			}
			return picks, err
		},
		Sees: func(ctx context.Context, r db.Reader, by db.Actor, id string) error {
			_, err := people.People.Get(ctx, r, requests.Takers(by).And("p.id = ?", id))
			return err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			p, err := people.Get(ctx, r, id)
			return p.Name, err
		}})
}
