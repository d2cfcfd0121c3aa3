package deskweb

import (
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// guestRoutes are the doors for people not known: a code on a wall, and what became of
// what they said.
func (c *Counter) guestRoutes() []web.Route {
	return []web.Route{
		{At: "GET /q/{code}", Need: web.Anyone, Do: c.scanned, PageOnly: true},
		{At: "POST /q/{code}", Need: web.Anyone, Do: c.heard, Form: &guestForm, PageOnly: true, Limit: guestBytes},
		{At: "GET /track", Need: web.Anyone, Do: trackDoor, PageOnly: true},
		{At: "GET /track/{code}", Need: web.Anyone, Do: tracking, PageOnly: true},
	}
}

const (
	guestBytes  = 16 << 20 // of a guest's form, photos included
	guestPhotos = 3
)

// guestTold is what the page of a code asks.
type guestTold struct {
	desk.Told
	Photos form.Uploads
}

var guestForm = form.Of[guestTold]{Name: "desk.guest", Fields: []form.Field[guestTold]{
	{Key: "trade", Into: func(t *guestTold) any { return &t.Trade }, Kind: form.Cards, Required: true}, // or a kind of the hospital's own
	{Key: "text", Into: func(t *guestTold) any { return &t.Text }, Kind: form.Area, Most: 300, Hint: true},
	{Key: "photos", Into: func(t *guestTold) any { return &t.Photos }, Hint: true},
	{Key: "contact", Into: func(t *guestTold) any { return &t.Contact }, Most: 40, Hint: true},
}}

// scanned is where a code leads: a worker to the jobs they have or may take right there, who
// else may report for the house to its own slip, everybody else is asked here.
func (c *Counter) scanned(r *web.Req) error {
	if r.By.May(desk.MayReport) && r.URL.Query().Get("as") != "guest" {
		code, err := desk.Accepting(r.Context(), r.Read(), r.PathValue("code"))
		if err != nil {
			return err
		}
		if r.By.May(desk.MayWork) && !r.By.May(desk.MayDispatch) { // to what they have to do here, if anything
			work, err := desk.Here(r.Context(), r.Read(), r.By, &code)
			if err != nil {
				return err
			}
			if len(work) > 0 {
				return r.Go("/desk/here?code=" + code.ID)
			}
		}
		if code.Asset != "" {
			return r.Go("/desk/report?asset=" + code.Asset)
		}
		return r.Go("/desk/report?place=" + code.Place)
	}
	return c.guest(r)
}

// guest draws the page of a code.
func (c *Counter) guest(r *web.Req) error {
	code, err := desk.Accepting(r.Context(), r.Read(), r.PathValue("code"))
	if err != nil {
		return err
	}
	f, err := r.Form(&guestForm, &guestTold{}, ui.Form{ID: "guest", Action: "/q/" + code.ID, Submit: r.T("desk.guest.submit")})
	if err != nil {
		return err
	}
	var fields []ui.Field
	for _, x := range f.Fields {
		switch x.Name {
		case "trade":
			all, err := desk.Kinds(r.Context(), r.Read())
			if err != nil {
				return err
			}
			x.Options = nil
			for n := range all {
				if k := &all[n]; k.ForGuests() {
					x.Options = append(x.Options, ui.Option{Value: k.ID, Label: guestSays(r, k.Name, k.Trade, k.Own()), Icon: k.Icon})
				}
			}
		case "photos":
			if c.Files == nil {
				continue
			}
		case "contact":
			x.Inputmode = "tel"
		}
		fields = append(fields, x)
	}
	f.Fields = fields
	phone, err := desk.Phone(r.Context(), r.Read())
	if err != nil {
		return err
	}
	danger := r.T("desk.guest.danger")
	if phone != "" {
		danger = r.T("desk.guest.danger.phone", phone)
	}
	return stranger(r, ui.Page{Heading: r.T("desk.guest"), Sub: strings.TrimSpace(code.Name() + " " + code.Elsewhere()),
		Body: templ.Join(above(sentence(ui.Danger, danger)), ui.Ask(r.W2, f),
			above(ui.Buttons(r.W2, ui.Action{Name: "track", Label: r.T("desk.guest.track"), Href: "/track", Icon: "search", Tone: ui.Quiet}), tongue(r.W2, "/q/"+code.ID)))})
}

// guestSays is what guests call what they report: the program's kinds by what one sees,
// those of the hospital's own by their names.
func guestSays(r *web.Req, name string, trade desk.Trade, own bool) string {
	if own {
		return name
	}
	return r.T("desk.guest.trade." + string(trade))
}

// guestCalls is what a guest called what they reported.
func guestCalls(r *web.Req, n *desk.Notice) string {
	return guestSays(r, n.KindName, n.Trade, n.Kind != "")
}

// stranger draws a page for somebody not known, whoever looks at it.
func stranger(r *web.Req, p ui.Page) error {
	r.By, p.Narrow = db.Actor{}, true
	return r.Show(p, nil)
}

// heard takes in what a guest said. How often one address may is asked before anything
// is read, how often one code may within the unit of work.
func (c *Counter) heard(r *web.Req) error {
	hasty := r.Unhurried()
	code := r.PathValue("code")
	if hasty == nil {
		if _, err := desk.Accepting(r.Context(), r.Read(), code); err != nil {
			return err
		}
	}
	photos := taken{c: c}
	if hasty == nil {
		photos = c.take(r)
	}
	r.By = desk.Guest
	return web.Submit(r, &guestForm, c.guest, func(tx *db.Tx, t *guestTold) (web.Done, error) {
		if hasty != nil {
			return web.Done{}, hasty
		}
		if err := photos.onlyPictures(); err != nil {
			return web.Done{}, err
		}
		t.Told.Photos = int64(len(photos.kept))
		n, err := desk.Notify(r.Context(), tx, code, t.Told)
		if err == nil {
			err = photos.attachTo(r.Context(), tx, desk.NoticeNoun, n.ID)
		}
		return web.Done{To: "/track/" + n.Tracking, Say: "desk.done.told"}, err
	})
}

// onlyPictures refuses, beside the field and with what else was typed kept, what is no
// photo, and more than three.
func (t *taken) onlyPictures() error {
	if e, ok := t.refused.(*fault.Error); ok {
		return fault.OnField("photos", e.Key, e.Args...)
	}
	if t.refused != nil {
		return t.refused
	}
	if len(t.kept) > guestPhotos {
		return fault.OnField("photos", "desk.guest.photos_most", guestPhotos)
	}
	for _, k := range t.kept {
		if k.Width == 0 {
			return fault.OnField("photos", "desk.guest.no_photo", k.Name)
		}
	}
	return nil
}

// trackDoor asks for a tracking code.
func trackDoor(r *web.Req) error {
	code := r.URL.Query().Get("code")
	if code != "" {
		n, err := desk.Track(r.Context(), r.Read(), code)
		if err == nil {
			return r.Go("/track/" + n.Tracking)
		}
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	said := templ.Component(templ.NopComponent)
	if code != "" {
		said = above(sentence(ui.Soon, r.T("desk.no_such_track")))
	}
	return stranger(r, ui.Page{Heading: r.T("desk.track"), Body: templ.Join(said, ui.Ask(r.W2, ui.Form{ID: "track", Action: "/track", Method: "get", Submit: r.T("desk.track.look"), Fields: []ui.Field{
		{Name: "code", Label: r.T("desk.track.code"), Hint: r.T("desk.track.code.hint"), Kind: ui.KindText, Value: code, Required: true, Max: 20, Autocomplete: "off"}}}), above(tongue(r.W2, "/track")))})
}

// track is what a guest is told: of this notice alone, and of its job no more than how
// far it is.
type track struct {
	Tone      ui.Tone
	Now, Note string
	Line      []ui.Stage
	Facts     []ui.Fact
}

func tracking(r *web.Req) error {
	n, err := desk.Track(r.Context(), r.Read(), r.PathValue("code"))
	if err != nil {
		return err
	}
	step, now := progress(&n), r.Read().Moment()
	t := track{Tone: ui.Plain, Now: r.T("desk.track.now." + step), Facts: []ui.Fact{
		{Label: r.T("desk.track.code"), Text: spaced(n.Tracking), Sub: r.T("desk.track.keep"), Wide: true},
		{Label: r.T("desk.guest.place"), Text: strings.TrimSpace(n.AssetName + " " + n.PlaceName), Wide: true},
		{Label: r.T("desk.guest.trade"), Text: guestCalls(r, &n)},
		{Label: r.T("desk.notices.at"), Text: r.W2.Instant(n.At, now)},
	}}
	if n.Text != "" {
		t.Facts = append(t.Facts, ui.Fact{Label: r.T("desk.guest.text"), Text: n.Text, Wide: true})
	}
	steps := []string{"waiting", "confirmed", "working", "done"}
	at := 0
	for i, s := range steps {
		if s == step {
			at = i
		}
	}
	if step == "dismissed" || step == "cancelled" {
		steps = []string{"waiting", step}
		at = 1
	}
	for i, s := range steps {
		g := ui.Stage{Label: r.T("desk.track.step." + s)}
		switch {
		case i == 0:
			g.When, g.State = r.W2.Instant(n.At, now), ui.Passed
		case i == 1 && at >= 1:
			g.When, g.State = r.W2.Instant(n.DecidedAt, now), ui.Passed
		case i <= at:
			g.State = ui.Passed
		}
		if i == at && step != "done" {
			g.State = ui.Now
		}
		t.Line = append(t.Line, g)
	}
	switch step {
	case "dismissed":
		t.Tone, t.Note = ui.Soon, r.T("desk.dismiss.reason."+n.Reason)
		t.Line[1].State = ui.Missed
	case "cancelled":
		t.Tone = ui.Soon
		t.Line[1].State = ui.Missed
	case "done":
		t.Tone = ui.Done
	}
	return stranger(r, ui.Page{Heading: r.T("desk.track"), Sub: spaced(n.Tracking), Body: templ.Join(tracked(r.W2, t), above(tongue(r.W2, "/track/"+n.Tracking)))})
}

// progress is how far a notice is, as a guest is told.
func progress(n *desk.Notice) string {
	switch {
	case n.State == desk.Unread:
		return "waiting"
	case n.State == desk.Dismissed:
		return "dismissed"
	}
	switch n.JobState {
	case desk.Working, desk.Paused:
		return "working"
	case desk.Done, desk.Closed:
		return "done"
	case desk.Cancelled:
		return "cancelled"
	}
	return "confirmed"
}

// spaced is a tracking code as people read it out: ABCD-EFGH-JKMN.
func spaced(code string) string {
	var parts []string
	for len(code) > 4 {
		parts, code = append(parts, code[:4]), code[4:]
	}
	return strings.Join(append(parts, code), "-")
}
