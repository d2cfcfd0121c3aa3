package deskweb

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words/find"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/places"
)

// told is what a report page asks.
type told struct {
	desk.Slip
	Photos       form.Uploads
	Worker, Crew string // a caller's job may be dispatched at once
}

func slipFields(call bool) []form.Field[told] {
	trade := form.Field[told]{Key: "trade", Into: func(t *told) any { return &t.Trade }, Kind: form.Cards, Required: true} // a trade, or a kind of the hospital's own
	place := form.Field[told]{Key: "place", Into: func(t *told) any { return &t.Place }, Ref: "places"}
	title := form.Field[told]{Key: "title", Into: func(t *told) any { return &t.Title }, Most: 100, Hint: !call}
	bound := form.Field[told]{Key: "bound", Into: func(t *told) any { return &t.Bound }, Ref: "places"}
	urgency := form.Field[told]{Key: "urgency", Into: func(t *told) any { return &t.Urgency }, Kind: form.Cards, OneOf: desk.Urgencies, Enum: "desk.urgency"}
	fields := []form.Field[told]{place, trade, bound, title, urgency} // the place is filled in mostly: it is seen before it is sent
	if call {
		fields = []form.Field[told]{place, title, urgency, trade, bound} // how urgent is seen without scrolling
	}
	fields = append(fields,
		form.Field[told]{Key: "photos", Into: func(t *told) any { return &t.Photos }},
		form.Field[told]{Key: "spot", Into: func(t *told) any { return &t.Spot }, Most: 60},
		form.Field[told]{Key: "department", Into: func(t *told) any { return &t.Department }, Ref: "departments"},
		form.Field[told]{Key: "caller", Into: func(t *told) any { return &t.Caller }, Most: 40},
		form.Field[told]{Key: "phone", Into: func(t *told) any { return &t.Phone }, Most: 40},
		form.Field[told]{Key: "detail", Into: func(t *told) any { return &t.Detail }, Kind: form.Area, Most: 1000},
		form.Field[told]{Key: "asset", Into: func(t *told) any { return &t.Asset }, Ref: "assets"},
		form.Field[told]{Key: "answers", Into: func(t *told) any { return &t.Answers }},
		form.Field[told]{Key: "advised_trade", Into: func(t *told) any { return &t.AdvisedTrade }, Kind: form.Hidden, Most: 40},
		form.Field[told]{Key: "advised_urgency", Into: func(t *told) any { return &t.AdvisedUrgency }, Kind: form.Hidden, Most: 40},
		form.Field[told]{Key: "anyway", Into: func(t *told) any { return &t.Anyway }, Kind: form.Hidden},
	)
	if call {
		fields = append(fields,
			form.Field[told]{Key: "worker", Into: func(t *told) any { return &t.Worker }, Ref: "workers"},
			form.Field[told]{Key: "crew", Into: func(t *told) any { return &t.Crew }, Ref: "crews"})
	}
	return fields
}

var (
	slipForm = form.Of[told]{Name: "desk.report", Fields: slipFields(false), Check: kindNamed}
	callForm = form.Of[told]{Name: "desk.call", Fields: slipFields(true), Check: kindNamed}
)

// kindNamed refuses early what is neither a trade nor looks like a kind of the hospital's own.
func kindNamed(t *told, bad *fault.Complaints) {
	if len(t.Trade) < 16 && !slices.Contains(desk.Trades, string(t.Trade)) {
		bad.Add("trade", "base.bad_value", string(t.Trade))
	}
}

// icons of the trades and urgencies, as the cards show them.
var icons = map[string]string{"electric": "bolt", "water": "droplet", "hvac": "air-conditioning", "metal": "tools", "carpentry": "hammer", "lift": "elevator",
	"heating": "flame", "gas": "wind", "it": "device-desktop", "equipment": "bed", "medical": "heart", "cleaning": "broom", "moving": "truck", "patrol": "walk", "other": "dots",
	"emergency": "urgent", "urgent": "alarm", "normal": "clock", "planned": "calendar"}

// trades are who mostly sees to a class of assets.
var trades = map[string]desk.Trade{"lift": "lift", "power": "electric", "hvac": "hvac", "boiler": "heating", "gas": "gas", "water": "water", "computer": "it",
	"furniture": "carpentry", "medical": "medical", "kitchen": "equipment", "laundry": "equipment", "fire": "equipment", "security": "equipment"}

// Known is what is open already where somebody is about to report.
type Known struct {
	ID     string     `json:"id"`
	Number string     `json:"number"`
	Title  string     `json:"title"`
	State  desk.State `json:"state"`
	Trade  desk.Trade `json:"trade"`
	When   string     `json:"when"`
	Who    string     `json:"who"`    // the department, where it is another
	Worker string     `json:"worker"` // who was sent

	Hastened int64 `json:"hastened"`

	Steps []ui.Action `json:"-"`
}

// known lists the open jobs of a place, told in the reader's language. At the telephone they
// can be hastened at once: who calls again mostly asks for that.
func known(r *web.Req, place, form string) ([]Known, error) {
	ks := []Known{}
	if place == "" {
		return ks, nil
	}
	jobs, err := desk.Similar(r.Context(), r.Read(), place)
	for _, j := range jobs {
		k := Known{ID: j.ID, Number: j.Number, Title: j.Title, State: j.State, Trade: j.Trade, When: r.W2.Instant(j.ReportedAt, r.Read().Moment()), Worker: j.WorkerName, Hastened: j.Hastened}
		if j.Department != r.By.Unit {
			k.Who = j.DepartmentName
		}
		if form == "call" {
			open := slices.DeleteFunc(desk.Life.Open(r.By, &j), func(b flow.Button) bool { return b.Name != "hasten" })
			if k.Steps, err = r.Buttons(desk.Life.Name, "/desk/jobs/"+j.ID, 0, open); err == nil {
				k.Steps, err = hastenable(r, &j, k.Steps)
			}
			if err != nil {
				return nil, err
			}
			for i := range k.Steps {
				k.Steps[i].Icon, k.Steps[i].Hidden = stepIcons["hasten"], append(k.Steps[i].Hidden, ui.Pair{Name: "_back", Value: "/desk/call"})
			}
		}
		ks = append(ks, k)
	}
	return ks, err
}

func similar(r *web.Req) error {
	q := r.URL.Query()
	place := q.Get("place.id")
	if place == "" {
		place = q.Get("place")
	}
	ks, err := known(r, place, formAsked(r))
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("desk.known"), Body: alreadyOpen(r.W2, formAsked(r), ks)}, ks)
}

// formAsked is the form for which a part of it asks to be drawn again.
func formAsked(r *web.Req) string {
	if r.URL.Query().Get("form") == "call" {
		return "call"
	}
	return "report"
}

// blank is the empty slip, or the one that was refused.
func (c *Counter) blank(r *web.Req) error {
	t := &told{Slip: desk.Slip{Place: r.URL.Query().Get("place"), Urgency: desk.Normal, Department: r.By.Unit}}
	if a := r.URL.Query().Get("asset"); a != "" {
		card, err := assets.Get(r.Context(), r.Read(), a)
		if err != nil {
			return err
		}
		t.Asset, t.Place, t.Spot, t.Trade = card.ID, card.Place, card.Spot, trades[card.Class]
	}
	haunts, err := desk.Haunts(r.Context(), r.Read(), r.By.Unit, r.By.ID)
	if err != nil {
		return err
	}
	if t.Place == "" && len(haunts) > 0 && haunts[0].Mine {
		t.Place = haunts[0].Place
	}
	return c.write(r, &slipForm, t, haunts, templ.NopComponent, ui.Page{Heading: r.T("desk.report"), Back: &ui.Link{Label: r.T("desk.door.ward"), Href: "/desk/ward"}},
		ui.Form{ID: "report", Action: "/desk/report", Submit: r.T("desk.report.submit"), Draft: true, Hidden: []ui.Pair{{Name: "_offline", Value: r.T("desk.report")}, {Name: "_of", Value: "title"}}})
}

// write draws a slip to fill in, with what is open at its place.
func (c *Counter) write(r *web.Req, spec *form.Of[told], t *told, haunts []desk.Haunt, over templ.Component, p ui.Page, f ui.Form) error {
	f, err := r.Form(spec, t, f)
	if err != nil {
		return err
	}
	place := t.Place
	var fields []ui.Field
	for _, x := range f.Fields {
		switch x.Name {
		case "trade":
			if err := offered(r, spec, &f, &x); err != nil {
				return err
			}
		case "urgency":
			for i, o := range x.Options {
				x.Options[i].Icon = icons[o.Value]
				x.Options[i].Hint = r.T("desk.urgency." + o.Value + ".hint")
				if spec == &callForm {
					x.Options[i].Keys = find.Tokens(o.Label)
				}
			}
		case "answers", "bound":
			continue // they stand below the kind that asks
		case "place":
			place = x.Value
			x.Autofocus = spec == &callForm && place == "" && t.Phone != "" && r.Failed(spec) == nil // nobody knows the extension: ask where
			x.Favours = usual(haunts)
		case "title":
			x.Autofocus = spec == &callForm && place != "" && r.Failed(spec) == nil
			x.After = c.advice(r, f.ID, x.Value)
		case "advised_trade", "advised_urgency":
			continue // the advice says them
		case "department":
			if s := r.By.Scope(desk.MayReport); !s.All && len(s.Units) < 2 && x.Error == "" {
				continue // there is nothing to choose
			}
		case "photos":
			if c.Files == nil || spec == &callForm {
				continue
			}
		case "spot", "phone", "caller", "worker", "crew":
			x.Half = true
		}
		if spec == &slipForm && x.Name == "caller" && x.Error == "" {
			continue // one reports oneself
		}
		fields = append(fields, x)
	}
	f.Fields = fields
	if fault.Is(r.Failed(spec), "desk.similar") {
		f.More = []ui.Action{{Name: "anyway", Label: r.T("desk.report.anyway")}}
	}
	ks, err := known(r, place, f.ID)
	if err != nil {
		return err
	}
	if spec == &slipForm && r.URL.RawQuery == "" {
		if err := r.Keep(&p); err != nil {
			return err
		}
	}
	p.Narrow = true
	p.Body = templ.Join(over, alreadyOpen(r.W2, f.ID, ks), ui.Ask(r.W2, f))
	return r.Show(p, nil)
}

// usual offers the places from which one mostly reports, by the name of the room alone where no
// two of them are called the same.
func usual(haunts []desk.Haunt) (os []ui.Option) {
	room := func(h desk.Haunt) string { return h.Path[strings.LastIndex(h.Path, "/")+1:] }
	for _, h := range haunts {
		o := ui.Option{Value: h.Place, Label: strings.TrimSpace(room(h)), Hint: h.Path}
		for _, other := range haunts {
			if other.Place != h.Place && room(other) == room(h) {
				o.Label = h.Path
			}
		}
		os = append(os, o)
	}
	return os
}

// report enters a ward's slip.
func (c *Counter) report(r *web.Req) error {
	photos := c.take(r)
	return web.Submit(r, &slipForm, c.blank, func(tx *db.Tx, t *told) (web.Done, error) {
		j, err := c.enter(r, tx, t, "ward")
		if err == nil {
			err = photos.attach(r.Context(), tx, j.ID)
		}
		if err == nil {
			err = sayWhen(r, r.Context(), tx, j.ID)
		}
		return web.Done{To: "/desk/jobs/" + j.ID, Say: "desk.done.reported", Args: []string{j.Number}, Data: j}, err
	})
}

func (c *Counter) enter(r *web.Req, tx *db.Tx, t *told, source string) (desk.Job, error) {
	in, err := r.Input()
	if err != nil {
		return desk.Job{}, err
	}
	t.Anyway = t.Anyway || in.Value("_step") == "anyway" || r.Header.Get("If-Match") == "*" // a phone's second try: they have seen what is open
	if t.Title == "" {
		if k, err := desk.KindOf(r.Context(), tx, string(t.Trade)); err == nil {
			t.Title = called(r, &k)
		}
	}
	t.Source, t.Answers = source, in.Values["answers"] // an empty one keeps its place
	if strings.HasPrefix(r.URL.Path, "/api/") {
		t.Source = "api"
	}
	return desk.Report(r.Context(), tx, &t.Slip)
}

// phone is the dispatcher's slip: the extension that calls fills in place and ward.
func (c *Counter) phone(r *web.Req) error {
	ext := r.URL.Query().Get("phone")
	t := &told{Slip: desk.Slip{Phone: ext, Urgency: desk.Normal}}
	ask := ui.Form{ID: "extension", Action: "/desk/call", Method: "get", Submit: r.T("desk.call.look"), Tone: ui.Quiet, Inline: true, Fields: []ui.Field{
		{Name: "phone", Label: r.T("desk.call.extension"), Kind: ui.KindPhone, Value: ext, Autofocus: ext == "" && r.Failed(&callForm) == nil, Max: 40}}}
	p := ui.Page{Heading: r.T("desk.call"), Back: &ui.Link{Label: r.T("desk.door.board"), Href: "/desk/board"}}
	var said templ.Component = templ.NopComponent
	if ext != "" {
		at, err := places.ByExtension(r.Context(), r.Read(), ext)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			said = sentence(ui.Soon, r.T("desk.call.unknown", ext))
		case err != nil:
			return err
		default:
			t.Place, t.Department = at.ID, at.Department
			d, err := departments.Get(r.Context(), r.Read(), at.Department)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
			said = sentence(ui.Done, r.T("desk.call.known", ext, at.Path, d.Name))
		}
	}
	return c.write(r, &callForm, t, nil, above(ui.Ask(r.W2, ask), said), p, ui.Form{ID: "call", Action: "/desk/call", Submit: r.T("desk.report.submit")})
}

// call enters what a caller said, and sends somebody at once when named.
func (c *Counter) call(r *web.Req) error {
	return web.Submit(r, &callForm, c.phone, func(tx *db.Tx, t *told) (web.Done, error) {
		j, err := c.enter(r, tx, t, "phone")
		if err == nil && t.Worker+t.Crew != "" {
			j, err = desk.Dispatch(r.Context(), tx, j.ID, 0, desk.Assignment{Worker: t.Worker, Crew: t.Crew})
		}
		to := "/desk/board"
		if j.Worker == "" && t.Worker+t.Crew == "" {
			to = "/desk/jobs/" + j.ID + "/send?back=/desk/call"
		}
		return web.Done{To: to, Say: "desk.done.reported", Args: []string{j.Number}, Data: j}, err
	})
}
