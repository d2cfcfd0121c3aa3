package hospital

import (
	"context"
	"strconv"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/jobs"
	"houqin/internal/base/watch"
	"houqin/internal/base/web"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// Limits of the rules of alarm.
const (
	sprayNames  = 5  // accounts tried in vain from one address
	sprayTimes  = 30 // or guesses, whosever
	spraySpan   = 10 * time.Minute
	massExport  = 5000 // rows of one export
	probeDoors  = 40   // refusals to one address
	probeWithin = 10 * time.Minute
)

// safety are the deeds of the trail that concern safety, and whether each is an alarm
// by itself; grants and exports are looked at more closely.
var safety = map[string]struct {
	kind  string
	alarm bool
}{
	"people.account.sign_in": {"sign_in", false}, "people.account.half": {"sign_in_half", false}, "people.account.fail": {"sign_in_bad", false},
	"people.account.expired": {"sign_in_bad", false}, "people.account.slow": {"sign_in_slow", true}, "people.account.recovery": {"sign_in", false},
	"people.account.sign_out": {"sign_out", false},
	"people.account.open":     {"admin", false}, "people.account.close": {"admin", false}, "people.account.reopen": {"admin", false}, "people.account.hand_out": {"admin", false},
	"people.account.factor_off": {"admin", false}, "people.account.keys_lost": {"break_glass", true}, "people.account.end_all": {"admin", false}, "people.account.set_password": {"admin", false},
	"people.token.make": {"admin", false}, "people.grant.grant": {"admin", false}, "people.grant.withdraw": {"admin", false}, "people.grant.break_glass": {"break_glass", true},
	"people.role.make": {"privilege", true}, "people.role.change": {"privilege", true}, "people.role.close": {"admin", false}, "people.policy.set": {"privilege", true},
	"base.setting.set": {"admin", false}, "base.database.restore": {"restore", true}, "base.export.export": {"export", false},
}

// guards puts the watchman on duty: he hears of refusals at the doors, of deeds once
// they are done, and of the clock.
func (h *Hospital) guards() {
	h.Watch = watch.New(h.DB, watch.Many("sign_in_bad", sprayNames, sprayTimes, spraySpan, "spraying"), watch.Many("refused", probeDoors, probeDoors, probeWithin, "spraying"), tellAlarms)
	h.DB.Followed = h.follow
	h.Site.Notice = h.notice
	h.Jobs.Every("base.keep", 24*time.Hour, func(ctx context.Context, tx *db.Tx) error { return jobs.Later(ctx, tx, KeepDue{}) })
	jobs.Outside(h.Jobs, func(ctx context.Context, _ KeepDue) error {
		_, err := watch.Sweep(ctx, h.DB)
		return err
	})
}

// toldMost is how many alarms of one second are told one by one: whoever is attacked is
// not to be drowned in letters. All of them stand in the list.
const toldMost = 10

// tellAlarms tells the security administrators of every alarm as it is written down.
func tellAlarms(ctx context.Context, tx *db.Tx, fresh []watch.Event) ([]watch.Event, error) {
	var to []string
	told := 0
	for _, e := range fresh {
		if !e.Alarm || told == toldMost {
			continue
		}
		if told++; to == nil {
			found, err := people.HoldersOf(ctx, tx, people.SecuritySeat, tx.Today())
			if err != nil {
				return nil, err
			}
			to = append([]string{}, found...)
		}
		if err := messages.Tell(ctx, tx, messages.Word{Event: messages.Alarm, To: to, Args: []string{e.ID, e.Kind}, Number: e.ID, Href: "/events/" + e.ID}); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// KeepDue asks for the removal of entries that were kept long enough.
type KeepDue struct{}

// follow makes an event of a deed that concerns safety.
func (h *Hospital) follow(d db.Deed) {
	what := d.Noun + "." + d.Action
	s, ok := safety[what]
	if !ok {
		return
	}
	ctx := context.Background()
	e := watch.Event{Kind: s.kind, Alarm: s.alarm, ByID: d.By.ID, By: d.By.Name, Source: d.By.Source, Request: d.By.Request, What: what, Record: d.Record, Note: d.Note}
	if in, ok := d.After.(people.Entrance); ok {
		e.Factor = in.Factor
	}
	switch {
	case what == "people.account.factor_off":
		if off, ok := d.After.(people.FactorOff); ok && off.Weighty {
			e.Kind, e.Alarm = "factor_off", true
		}
	case what == "people.grant.grant":
		if a, ok := d.After.(*people.Appointment); ok {
			if seat, err := people.IsSeat(ctx, h.DB, a.Role); err != nil || seat { // rather once too often
				e.Kind, e.Alarm = "administrator", true
			}
		}
	case what == "base.export.export":
		if n, _ := strconv.Atoi(d.Note); n >= massExport {
			e.Kind, e.Alarm = "export_mass", true
		}
	case what == "people.role.make" || what == "people.role.change":
		e.Alarm = !d.By.System // the program's own roles, at its start
	}
	h.Watch.Note(ctx, e)
}

// refusals are the failures that concern safety.
var refusals = map[fault.Kind]string{fault.Forbidden: "refused", fault.NotFound: "not_found", fault.Invalid: "invalid", fault.Conflict: "conflict", fault.TooLarge: "invalid",
	fault.TooMany: "rate", fault.Unavailable: "error", fault.Internal: "error"}

// notice makes an event of a request that was not carried out. Being asked to sign in
// is none, unless a program came with a key that opens nothing.
func (h *Hospital) notice(r *web.Req, err error) {
	kind, ok := refusals[fault.KindOf(err)]
	if fault.KindOf(err) == fault.SignIn && r.Header.Get("Authorization") != "" {
		kind, ok = "token_bad", true
	}
	if !ok || kind == "invalid" && r.Route.At == "POST /sign-in" { // a sign-in that fails is a deed of the trail
		return
	}
	e := watch.Event{Kind: kind, ByID: r.By.ID, By: r.By.Name, Source: r.By.Source, Request: r.Number, What: r.Route.At, Record: r.PathValue("id")}
	if e.Source == "" {
		e.Source = "web " + web.From(r.Request)
	}
	if kind != "error" { // what went wrong inside stands in the log, under the request's number
		e.Note = fault.KeyOf(err)
	}
	if kind == "token_bad" {
		e.Factor = "token"
	}
	h.Watch.Note(r.Context(), e)
}
