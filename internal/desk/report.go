package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/places"
)

// Slip is the repair notice a ward fills in (W-004), or the desk for a caller.
type Slip struct {
	Title      string  `json:"title"`
	Detail     string  `json:"detail,omitempty"`
	Trade      Trade   `json:"trade"`                // or the id of a kind of the hospital's own
	Urgency    Urgency `json:"urgency"`              // default normal
	Department string  `json:"department,omitempty"` // default the place's, if the person may report for it, else the person's own
	Place      string  `json:"place,omitempty"`
	Spot       string  `json:"spot,omitempty"`
	Bound      string  `json:"bound,omitempty"` // where to, of a kind that carries something
	Asset      string  `json:"asset,omitempty"`
	Caller     string  `json:"caller,omitempty"` // default the person who enters it
	Phone      string  `json:"phone,omitempty"`
	Source     string  `json:"source,omitempty"` // ward, phone, api
	// Anyway: report although the same trade has work in this place, or the asset has.
	Anyway bool `json:"anyway,omitempty"`
	// Answers to what the kind asks besides, in its order.
	Answers []string `json:"answers,omitempty"`

	// What the desk suggested while this was written; "" where it suggested nothing.
	AdvisedTrade   Trade   `json:"-"`
	AdvisedUrgency Urgency `json:"-"`

	since period.Instant // when it was told first; default now
	found string         // the job on whose way it was found
	turn  *turning       // the turn of a plan that raises it
}

// Report enters a job and routes it to the crew of its trade. Work still to be done
// on the same asset, or of the same trade in the same place, is a Conflict
// (desk.similar) unless s.Anyway.
func Report(ctx context.Context, tx *db.Tx, s *Slip) (Job, error) {
	if err := tx.Need(MayReport); err != nil {
		return Job{}, err
	}
	return enter(ctx, tx, s, tx.By)
}

// enter is Report by the rights of by: what a plan raises, and what is found on the way,
// needs no leave to report.
func enter(ctx context.Context, tx *db.Tx, s *Slip, by db.Actor) (Job, error) {
	s.Title = strings.TrimSpace(s.Title)
	if s.Urgency == "" {
		s.Urgency = Normal
	}
	j := Job{Title: s.Title, Detail: s.Detail, Trade: s.Trade, Urgency: s.Urgency, State: Reported, Open: true, Source: cmp.Or(s.Source, "ward"),
		Department: s.Department, Place: s.Place, Spot: s.Spot, Asset: s.Asset, Reporter: tx.By.ID, ReporterName: s.Caller, Phone: s.Phone, Bound: s.Bound, FoundOn: s.found, Round: OnCall,
		ReportedAt: cmp.Or(s.since, tx.At()), Version: 1}
	if j.ReporterName == "" {
		j.ReporterName = tx.By.Name
	}
	if j.Reporter == panelActor { // nobody to be told
		j.Reporter = ""
	}
	// What those who do the work find on their way is a finding of theirs (W-024).
	if j.Source == "ward" && tx.By.May(MayWork) && !tx.By.May(MayDispatch) {
		j.Source = "patrol"
	}
	if s.turn != nil {
		s.turn.mark(&j)
	}
	kind, err := KindOf(ctx, tx, string(s.Trade))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Job{}, err
	} else if err == nil {
		j.Trade = kind.Trade
	}
	if err := machine(ctx, tx, &j, by); err != nil {
		return Job{}, err
	}
	if kind.ID != "" && kind.Trade != j.Trade { // a medical device
		if kind, err = KindOf(ctx, tx, string(j.Trade)); err != nil {
			return Job{}, err
		}
	}
	at, err := around(ctx, tx, &j, j.Department)
	if err != nil {
		return Job{}, err
	}
	if err := at.settle(by, &j); err != nil {
		return Job{}, err
	}
	if err := j.whereTo(ctx, tx); err != nil {
		return Job{}, err
	}
	if s.turn == nil {
		if j.Answers, err = kind.asked(by, j.Department, s); err != nil {
			return Job{}, err
		}
	}
	if !by.MayIn(MayReport, j.Department) {
		return Job{}, fault.New(fault.Forbidden, "base.need", MayReport)
	}
	if !s.Anyway {
		if same, err := double(ctx, tx, &j); err != nil {
			return Job{}, err
		} else if same.Number != "" {
			return Job{}, fault.New(fault.Conflict, "desk.similar", same.Number, same.Title)
		}
	}
	if err := kind.arrange(ctx, tx, &j, at.criticality, j.ReportedAt); err != nil {
		return Job{}, err
	}
	if s.turn != nil {
		j.Due, j.AnswerDue, j.ComeDue = s.turn.due, 0, 0
	} else if err := j.seeRepeat(ctx, tx); err != nil {
		return Job{}, err
	}
	if err := markRepeated(ctx, tx, &j); err != nil {
		return Job{}, err
	}
	if err := at.sendTo(ctx, tx, kind.Crew); err != nil {
		return Job{}, err
	}
	j.Crew, j.ID = at.crew, tx.NewID()
	if j.Source != "ward" && j.Source != "api" { // a call, a notice and an alarm were looked at by who made them a job
		j.triage(tx)
	}
	if s.turn != nil {
		if err := at.sendTo(ctx, tx, s.turn.crew); err != nil {
			return Job{}, err
		}
		j.Crew = at.crew
	}
	if j.Number, err = tx.Number(ctx, "WX"); err != nil {
		return Job{}, err
	}
	if err := insert(ctx, tx, &j, ""); err != nil {
		return Job{}, err
	}
	if err := advised(ctx, tx, &j, s); err != nil {
		return Job{}, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "report", Note: j.Title, After: s}); err != nil {
		return j, err
	}
	if at.manner == InTurns {
		if err := inTurn(ctx, tx, &j); err != nil {
			return j, err
		}
	}
	return j, callOut(ctx, tx, &j)
}

// machine takes place and spot from the asset that is named, where the slip does
// not say them.
func machine(ctx context.Context, tx *db.Tx, j *Job, by db.Actor) error {
	if j.Asset == "" {
		return nil
	}
	c, err := assets.Get(ctx, tx, j.Asset)
	if fault.KindOf(err) == fault.NotFound {
		return fault.OnField("asset", "base.no_such", j.Asset)
	}
	if err != nil {
		return err
	}
	j.AssetName = c.Name
	// Medical devices have an owner of their own, whoever takes the call (W-033).
	if (c.Class == Medical) != (j.Trade == Medical) {
		if c.Class != Medical {
			return fault.OnField("trade", "desk.not_medical", c.Name).Under("W-033")
		}
		j.Trade = Medical
	}
	if j.Place == "" {
		j.Place, j.Spot = c.Place, cmp.Or(j.Spot, c.Spot)
	}
	if j.Department == "" && c.Department != "" && by.MayIn(MayReport, c.Department) {
		j.Department = c.Department
	}
	return nil
}

// whereTo reads the place that something is carried to; it is another than where it is.
func (j *Job) whereTo(ctx context.Context, tx *db.Tx) error {
	if j.Bound == "" {
		return nil
	}
	p, err := places.Get(ctx, tx, j.Bound)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return fault.OnField("bound", "base.no_such", j.Bound)
	case err != nil:
		return err
	case p.Closed:
		return fault.OnField("bound", "desk.place_closed", p.Path)
	case p.ID == j.Place:
		return fault.OnField("bound", "desk.bound_here")
	}
	j.BoundName = p.Path
	return nil
}

// scene is what the books know around a report: the place, its department, the
// department named and the crew of its trade.
// It is read in one look, since a report should cost few.
type scene struct {
	place, path, campus, owner, ownerName string
	placeClosed                           bool
	criticality                           string
	department, name                      string
	closed                                bool
	crew                                  string
	manner                                Manner
}

// settle completes place and department, and refuses what does not fit: every flaw
// at once.
func (at *scene) settle(by db.Actor, j *Job) error {
	bad := flaws(j)
	switch {
	case j.Place == "":
	case at.place == "":
		bad.Add("place", "base.no_such", j.Place)
	case at.placeClosed:
		bad.Add("place", "desk.place_closed", at.path)
	default:
		j.PlaceName = at.path
		if j.Department == "" && at.owner != "" && by.MayIn(MayReport, at.owner) {
			j.Department, j.DepartmentName = at.owner, at.ownerName
			return bad.Err()
		}
	}
	switch {
	case at.department != "" && at.closed:
		bad.Add("department", "desk.department_closed", at.name)
	case at.department != "":
		j.Department, j.DepartmentName = at.department, at.name
	case j.Department != "":
		bad.Add("department", "base.no_such", j.Department)
	default:
		bad.Add("department", "base.required")
	}
	return bad.Err()
}

// sendTo has another crew than that of the trade; "" leaves it.
func (at *scene) sendTo(ctx context.Context, tx *db.Tx, crew string) (err error) {
	if crew == "" || crew == at.crew {
		return nil
	}
	at.crew = crew
	at.manner, err = MannerOf(ctx, tx, crew)
	return err
}

// flaws are what is wrong with a slip by itself.
func flaws(j *Job) (bad fault.Complaints) {
	if j.Title == "" {
		bad.Add("title", "base.required")
	}
	if !slices.Contains(Trades, string(j.Trade)) {
		bad.Add("trade", "base.bad_value", string(j.Trade))
	}
	if !slices.Contains(Urgencies, string(j.Urgency)) {
		bad.Add("urgency", "base.bad_value", string(j.Urgency))
	}
	return bad
}
