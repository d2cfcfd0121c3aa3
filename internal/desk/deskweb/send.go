package deskweb

import (
	"slices"
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/people"
)

// proposed is how many people the page of a job proposes.
const proposed = 8

// Proposal is who could go to a job, the best first.
type Proposal struct {
	Job        desk.Job         `json:"job"`
	Candidates []desk.Candidate `json:"candidates"`
}

// propose shows who could go and why; Enter sends the first. ?back= says where the
// dispatcher came from.
func (c *Counter) propose(r *web.Req) error {
	j, err := desk.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	all, err := desk.Propose(r.Context(), r.Read(), &j, proposed)
	if err != nil || r.JSON() {
		if err == nil {
			err = r.Give(Proposal{j, all})
		}
		return err
	}
	back := r.URL.Query().Get("back")
	p := ui.Page{Heading: j.Title, Sub: j.Number, Mark: mark(r, &j), Narrow: true, Live: []string{desk.Noun}, Back: &ui.Link{Label: r.T("desk.door.board"), Href: "/desk/board"},
		Actions: []ui.Action{{Name: "job", Label: r.T("desk.send.job"), Href: "/desk/jobs/" + j.ID, Icon: "clipboard-list"}}}
	if back == "/desk/call" {
		p.Actions = append(p.Actions, ui.Action{Name: "call", Label: r.T("desk.send.later"), Href: "/desk/call", Icon: "phone-call"})
	}
	k := card(r, &j)
	k.Href = ""
	step := "dispatch"
	if j.State != desk.Reported {
		step = "reassign"
	}
	may := map[string]bool{}
	for _, b := range desk.Life.Open(r.By, &j) {
		may[b.Name] = true
	}
	var cards []ui.Job
	for i := range all {
		x := candidate(r, &all[i])
		if all[i].Lack == nil && all[i].Person != j.Worker && may[step] {
			x.Actions = []ui.Action{{Name: "send", Label: r.T("desk.send.to", all[i].Name), Post: "/desk/jobs/" + j.ID + "/" + step, Icon: "send", Focus: i == 0, Tone: ui.Plain,
				Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(j.Version)}, {Name: "_back", Value: back}, {Name: "worker", Value: all[i].Name}, {Name: "worker.id", Value: all[i].Person}}}}
			if i == 0 {
				x.Actions[0].Tone = ui.Accent
			}
		}
		cards = append(cards, x)
	}
	if len(all) > 0 && !slices.ContainsFunc(all, func(c desk.Candidate) bool { return c.Lack == nil }) {
		n := ui.Note{Text: r.T("desk.send.nobody_may"), Tone: ui.Soon}
		if r.By.May(people.MayCertify) || r.By.May(people.MaySee) {
			n.Link = &ui.Link{Label: r.T("people.certificates"), Href: "/certificates"}
		}
		p.Flash = append(p.Flash, n)
	}
	p.Body = proposal(r.W2, k, cards)
	return r.Show(p, nil)
}

// candidate is a person who could go, with what speaks for and against it.
func candidate(r *web.Req, c *desk.Candidate) ui.Job {
	k := ui.Job{Title: c.Name, Who: c.CrewName, Icon: "user"}
	say := func(tone ui.Tone, key string, args ...any) {
		k.Marks = append(k.Marks, ui.Mark{Word: r.T("desk.send."+key, args...), Tone: tone})
	}
	if c.Lack != nil {
		k.Tone = ui.Danger
		kind := r.T("people.certificate.kind." + c.Lack.Certificate)
		if c.Lack.Ended == "" {
			say(ui.Danger, "missing", kind)
		} else {
			say(ui.Danger, "ended", kind, c.Lack.Ended)
		}
	} else if c.Until == people.Endless {
		say(ui.Done, "certified")
	} else if c.Until != "" {
		say(ui.Done, "until", c.Until)
	}
	switch {
	case c.Duty.On && c.Duty.Known:
		say(ui.Done, "on", c.Duty.Shift)
	case c.Duty.On:
		say(ui.Plain, "hours")
	case c.Duty.Known:
		say(ui.Soon, "off")
	default:
		say(ui.Soon, "closed")
	}
	if c.Skilled {
		say(ui.Plain, "skilled")
	} else {
		say(ui.Soon, "unskilled")
	}
	switch {
	case c.Load == 0:
		say(ui.Plain, "free")
	case c.Ahead == 0:
		say(ui.Plain, "load", c.Load)
	default:
		say(ui.Plain, "ahead", c.Load, c.Ahead)
	}
	if c.Near != desk.Somewhere {
		k.Where = r.T("desk.send.near." + string(c.Near))
	}
	k.When = r.T("desk.send.wait", c.Wait)
	if c.Late {
		k.WhenTone = ui.Danger
		say(ui.Danger, "late")
	}
	if c.Declined {
		say(ui.Soon, "declined")
	}
	return k
}

// crewRules is what the hospital decides about sending people.
type crewRules struct {
	Needs   []desk.Need       `json:"needs"`
	Manners []desk.CrewManner `json:"manners"`
	Version int64             `json:"version"` // of desk.NeedSheet
}

var crewRulesForm = form.Of[crewRules]{Name: "desk.crews", Fields: []form.Field[crewRules]{
	form.LinesOf("needs", func(c *crewRules) *[]desk.Need { return &c.Needs }, &form.Of[desk.Need]{Name: "desk.need", Fields: []form.Field[desk.Need]{
		{Key: "trade", Into: func(n *desk.Need) any { return &n.Trade }, OneOf: desk.Trades, Enum: "desk.trade", Required: true},
		{Key: "certificate", Into: func(n *desk.Need) any { return &n.Certificate }, OneOf: people.CertificateKinds, Enum: "people.certificate.kind", Required: true},
	}}, 60),
	form.LinesOf("manners", func(c *crewRules) *[]desk.CrewManner { return &c.Manners }, &form.Of[desk.CrewManner]{Name: "desk.manner", Fields: []form.Field[desk.CrewManner]{
		{Key: "crew", Into: func(m *desk.CrewManner) any { return &m.Crew }, Ref: "crews", Required: true},
		{Key: "manner", Into: func(m *desk.CrewManner) any { return &m.Manner }, OneOf: desk.Manners, Required: true},
	}}, 60),
}}

// crewSettings shows which certificates work takes, what asking for the usual ones would
// stop, and how the crews come to their jobs.
func crewSettings(r *web.Req) error {
	var c crewRules
	var err error
	if c.Version, err = desk.SheetVersion(r.Context(), r.Read(), desk.NeedSheet); err != nil {
		return err
	}
	if c.Needs, err = desk.Needs(r.Context(), r.Read()); err != nil {
		return err
	}
	if c.Manners, err = desk.AllManners(r.Context(), r.Read()); err != nil {
		return err
	}
	shown := c
	if len(c.Needs) == 0 && r.URL.Query().Get("usual") != "" {
		shown.Needs = desk.UsualNeeds
	}
	f, err := r.Form(&crewRulesForm, &shown, ui.Form{ID: "crews", Action: "/desk/crews", Version: version(c.Version), Submit: r.T("desk.settings.save")})
	if err != nil {
		return err
	}
	t := ui.Table{ID: "unready", Bare: true, Caption: r.T("desk.crews.unready"), Columns: []ui.Head{{Label: r.T("desk.need.trade")}, {Label: r.T("desk.need.certificate")}, {Label: r.T("desk.crews.lacking"), Num: true}}}
	look := shown.Needs
	if len(look) == 0 {
		look = desk.UsualNeeds
	}
	for _, n := range look {
		lacking, of, err := desk.Unready(r.Context(), r.Read(), n)
		if err != nil {
			return err
		}
		tone := ui.Done
		if lacking > 0 {
			tone = ui.Soon
		}
		count := ui.Cell{Text: strconv.Itoa(lacking) + " / " + strconv.Itoa(of), Tone: tone}
		if of == 0 {
			count = ui.Cell{Text: r.T("desk.crews.no_crew"), Tone: ui.Quiet}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("desk.trade." + string(n.Trade))}, {Text: r.T("people.certificate.kind." + n.Certificate)}, count}})
	}
	asked := ui.Ask(r.W2, f)
	if fault.Is(r.Failed(&crewRulesForm), "base.stale") {
		saved := ui.Table{ID: "saved", Bare: true, Caption: r.T("desk.sheet.saved"), Columns: t.Columns[:2]}
		for _, n := range c.Needs {
			saved.Rows = append(saved.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("desk.trade." + string(n.Trade))}, {Text: r.T("people.certificate.kind." + n.Certificate)}}})
		}
		asked = ui.Below(ui.Section(r.T("desk.sheet.saved"), ui.List(r.W2, saved)), asked)
	}
	p := ui.Page{Heading: r.T("desk.crews"), Narrow: true, Back: &ui.Link{Label: r.T("desk.settings"), Href: "/desk/settings"}, Body: crewsBody(r.W2, asked, t),
		Actions: []ui.Action{{Name: "certificates", Label: r.T("people.certificates"), Href: "/certificates", Icon: "certificate"}, {Name: "shifts", Label: r.T("desk.shifts"), Href: "/desk/shifts", Icon: "clock"}}}
	if len(c.Needs) == 0 {
		p.Actions = append(p.Actions, ui.Action{Name: "usual", Label: r.T("desk.crews.usual"), Href: "/desk/crews?usual=1", Icon: "certificate"})
	}
	return r.Show(p, c)
}

func setCrews(r *web.Req) error {
	return web.Submit(r, &crewRulesForm, crewSettings, func(tx *db.Tx, c *crewRules) (web.Done, error) {
		err := desk.SetNeeds(r.Context(), tx, r.Version(), c.Needs)
		if err == nil {
			err = desk.SetManners(r.Context(), tx, c.Manners)
		}
		if err == nil {
			c.Version, err = desk.SheetVersion(r.Context(), tx, desk.NeedSheet)
		}
		return web.Done{To: "/desk/crews", Say: "desk.done.arranged", Data: c}, err
	})
}
