// Package deskweb is the counter of the one-stop desk: the ward's page, the
// worker's, the dispatcher's board and telephone, the director's day, and the slip.
package deskweb

import (
	"context"
	"embed"
	"slices"
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/files"
	"houqin/internal/people"
)

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// Counter is the desk's doors.
type Counter struct {
	Files *files.Store // where photos go; nil: none are taken
	// Advice is what was learned from past jobs; it suggests nothing until it is Known.
	Advice Adviser
}

// New opens the counter.
func New() *Counter { return &Counter{} }

// Routes are the doors of the room.
func (c *Counter) Routes() []web.Route {
	job := desk.Job{}
	step := func(name string, need string, do func(*web.Req) error) web.Route {
		rt := web.Route{At: "POST /desk/jobs/{id}/" + name, Need: need, Do: do, Gives: job}
		if s, err := desk.Life.Step(name); err == nil {
			rt.Form = s.Ask
		}
		if slices.Contains(away, name) {
			rt.Do = notTaken(rt.Do)
		}
		return rt
	}
	return slices.Concat(c.lifeRoutes(step), c.guestRoutes(), c.phoneRoutes(), c.noticeRoutes(), c.alarmRoutes(), panelRoutes(), codeRoutes(), oldRoutes(), kindRoutes(), standingRoutes(), []web.Route{
		{At: "GET /desk", Need: web.SignedIn, Do: home, PageOnly: true},
		{At: "GET /desk/ward", Need: desk.MayReport, Do: ward, PageOnly: true},
		{At: "GET /desk/report", Need: desk.MayReport, Do: c.blank, PageOnly: true},
		{At: "POST /desk/report", Need: desk.MayReport, Do: c.report, Form: &slipForm, Gives: job},
		{At: "GET /desk/after", Need: desk.MayWork, Do: blankAfter, PageOnly: true},
		{At: "POST /desk/after", Need: desk.MayWork, Do: registerAfter, Form: &afterForm, Gives: job},
		{At: "GET /desk/similar", Need: desk.MayReport, Do: similar, Gives: []Known{}},
		{At: "GET /desk/suggest", Need: desk.MayReport, Do: c.suggest, Gives: []desk.Advice{}},
		{At: "GET /desk/advice", Need: desk.MaySee, Do: c.advised, Gives: desk.Kept{}},
		{At: "GET /desk/call", Need: desk.MayDispatch, Do: c.phone, PageOnly: true},
		{At: "POST /desk/call", Need: desk.MayDispatch, Do: c.call, Form: &callForm, Gives: job},
		{At: "GET /desk/here", Need: desk.MayWork, Do: c.here, PageOnly: true},
		{At: "GET /desk/mine", Need: desk.MayWork, Do: c.mine, PageOnly: true},
		{At: "GET /desk/board", Need: desk.MaySee, Do: c.board, PageOnly: true},
		{At: "GET /desk/today", Need: desk.MaySee, Do: today, Gives: desk.Figures{}},
		{At: "GET /desk/costs", Need: desk.MaySee, Do: costs, Gives: []desk.Cost{}},
		{At: "POST /desk/sign", Need: desk.MaySign, Do: signAll, Form: &signAllForm},
		{At: "GET /desk/jobs", Need: web.SignedIn, Do: jobs, List: &desk.Jobs},
		{At: "GET /desk/jobs/{id}", Need: web.SignedIn, Do: c.show, Gives: job},
		{At: "GET /desk/jobs/{id}/slip", Need: web.SignedIn, Do: slip, PageOnly: true},
		{At: "GET /desk/jobs/{id}/send", Need: desk.MayDispatch, Do: c.propose, Gives: Proposal{}},
		{At: "GET /desk/roster", Need: desk.MaySee, Do: roster, Gives: []OnDuty{}},
		{At: "POST /desk/roster", Need: desk.MayRoster, Do: setRota, Form: &rotaForm, Gives: desk.Rota{}},
		{At: "POST /desk/roster/day", Need: desk.MayRoster, Do: setDay, Form: &swapForm, Gives: desk.Swap{}},
		{At: "POST /desk/roster/month", Need: desk.MayRoster, Do: enterMonth, Form: &monthForm},
		{At: "GET /desk/map", Need: desk.MaySee, Do: plan, Gives: []desk.Spot{}},
		{At: "GET /desk/shifts", Need: desk.MayArrange, Do: shifts, Gives: shiftSheet{}},
		{At: "POST /desk/shifts", Need: desk.MayArrange, Do: setShifts, Form: &shiftsForm, Gives: shiftSheet{}},
		{At: "GET /desk/crews", Need: desk.MayArrange, Do: crewSettings, Gives: crewRules{}},
		{At: "POST /desk/crews", Need: desk.MayArrange, Do: setCrews, Form: &crewRulesForm, Gives: crewRules{}},
		{At: "GET /desk/settings", Need: desk.MayArrange, Do: settings, Gives: arranged{}},
		{At: "POST /desk/settings", Need: desk.MayArrange, Do: arrange, Form: &settingsForm, Gives: arranged{}},
		step("dispatch", desk.MayDispatch, c.dispatch),
		step("reassign", desk.MayDispatch, c.reassign),
		step("triage", desk.MayDispatch, pressed("desk.done.triaged", desk.Triage)),
		step("grab", desk.MayWork, pressed("desk.done.grabbed", desk.Grab)),
		step("accept", desk.MayWork, pressed("desk.done.accepted", desk.Accept)),
		step("depart", desk.MayWork, pressed("desk.done.departed", desk.Depart)),
		step("arrive", desk.MayWork, pressed("desk.done.arrived", desk.Arrive)),
		step("resume", desk.MayWork, pressed("desk.done.resumed", desk.Resume)),
		step("pause", desk.MayWork, c.pause),
		step("finish", desk.MayWork, c.finish),
		step("decline", desk.MayWork, c.decline),
		step("escalate", web.SignedIn, c.escalate),
		step("plan", desk.MayLead, c.plan),
		step("take_back", desk.MayWork, c.takeBack),
		step("sign", desk.MaySign, c.sign),
		step("sign_here", desk.MayWork, c.signHere),
		step("return", desk.MaySign, c.sendBack),
		step("outside", desk.MayDispatch, c.outside),
		step("hire", desk.MayDispatch, pressed("desk.done.hired", desk.Hire)),
		step("cancel", web.SignedIn, c.cancel),
		step("hasten", desk.MayReport, hasten),
		step("comment", web.SignedIn, c.comment),
		step("picture", files.MayAttach, c.picture),
	})
}

// Home is where a person's own desk work is; "" when they have none.
func Home(by db.Actor) string {
	for _, at := range []struct{ may, to string }{{desk.MayDispatch, "/desk/board"}, {desk.MayWork, "/desk/mine"}, {desk.MaySee, "/desk/today"}, {desk.MayReport, "/desk/ward"}} {
		if by.May(at.may) {
			return at.to
		}
	}
	return ""
}

// Doors are the room's entries of the navigation, with what waits behind them.
func Doors(r *web.Req) ([]ui.NavItem, error) {
	waits, err := desk.Waits(r.Context(), r.Read(), r.By)
	if err != nil {
		return nil, err
	}
	var items []ui.NavItem
	for _, d := range []struct {
		may, href, key, icon string
		n                    int
		late                 bool
	}{
		{desk.MayDispatch, "/desk/board", "board", "layout-kanban", waits.Reported, waits.Late},
		{desk.MayDispatch, "/desk/call", "call", "phone-call", 0, false},
		{desk.MayDispatch, "/desk/notices", "notices", "messages", waits.Notices, false},
		{desk.MayDispatch, "/desk/alarms", "alarms", "bell-ringing", waits.Alarms, waits.Alarms > 0},
		{desk.MayDispatch, "/desk/map", "map", "map", 0, false},
		{desk.MayDispatch, "/desk/roster", "roster", "calendar-time", 0, false},
		{desk.MayWork, "/desk/mine", "mine", "tool", waits.Mine, waits.Late},
		{desk.MayWork, "/desk/after", "after", "circle-check", 0, false},
		{desk.MayReport, "/desk/ward", "ward", "home", waits.Unsigned, false},
		{desk.MayReport, "/desk/report", "report", "message-2", 0, false},
		{desk.MaySee, "/desk/today", "today", "dashboard", 0, false},
		{desk.MaySee, "/desk/figures", "figures", "chart-bar", 0, false},
		{desk.MayDispatch, "/desk/callbacks", "callbacks", "phone", 0, false},
		{web.SignedIn, "/desk/jobs", "jobs", "clipboard-list", 0, false},
		{desk.MaySee, "/desk/standing", "standing", "repeat", 0, false},
		{desk.MayHang, "/desk/codes", "codes", "qrcode", 0, false},
		{desk.MayArrange, "/desk/settings", "settings", "settings", 0, false},
	} {
		if d.may != web.SignedIn && !r.By.May(d.may) || d.key == "jobs" && Home(r.By) == "" {
			continue
		}
		key := ""
		if d.key == "call" {
			key = "F2" // the telephone rings wherever one is
		}
		items = append(items, ui.NavItem{Label: r.T("desk.door." + d.key), Key: key, Short: r.T("desk.door." + d.key + ".short"), Href: d.href, Icon: d.icon,
			Count: d.n, Late: d.late, Current: r.URL.Path == d.href})
	}
	return items, nil
}

func home(r *web.Req) error {
	if to := Home(r.By); to != "" {
		return r.Go(to)
	}
	return r.Go("/desk/jobs")
}

// Pickers find the crews and their people.
func Pickers(s *web.Site) {
	s.Picker("prices", pricePicker)
	s.Picker("kinds", kindPicker)
	s.Picker("panels", panelPicker)
	s.Picker("budgets", budgetPicker)
	s.Picker("crews", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			found, err := departments.Departments.Find(ctx, r, text, teams, 20)
			for _, d := range found {
				picks = append(picks, web.Pick{ID: d.ID, Label: d.Name, Hint: d.CampusName, Code: d.Code})
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			d, err := departments.Get(ctx, r, id)
			return d.Name, err
		}})
	s.Picker("workers", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			crews, err := departments.Departments.All(ctx, r, teams, 500)
			if err != nil {
				return nil, err
			}
			units := make([]string, len(crews))
			for i, c := range crews {
				units[i] = c.ID
			}
			found, err := people.People.Find(ctx, r, text, list.Where{}.And("p.closed = false").In("p.department", units), 20)
			if err != nil || len(found) == 0 {
				return nil, err
			}
			ids := make([]string, len(found))
			for i, p := range found {
				ids[i] = p.ID
			}
			load, err := desk.Loads(ctx, r, ids)
			for _, p := range found {
				hint := p.DepartmentName
				if n := load[p.ID]; n > 0 {
					hint += " · " + strconv.FormatInt(n, 10)
				}
				picks = append(picks, web.Pick{ID: p.ID, Label: p.Name, Hint: hint, Code: p.Number})
			}
			return picks, err
		},
		Sees: func(ctx context.Context, r db.Reader, by db.Actor, id string) error {
			p, err := people.Get(ctx, r, id)
			if err == nil {
				_, err = departments.Departments.Get(ctx, r, teams.And("d.id = ?", p.Department))
			}
			return err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			p, err := people.Get(ctx, r, id)
			return p.Name, err
		}})
}

// teams are the departments that work for others.
var teams = list.Where{}.And("d.closed = false AND d.kind IN ('team', 'contractor')")
