package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
)

// Minor is a small repair that a ward agreed with the worker in passing, and that was
// done before anybody wrote it down (W-006).
type Minor struct {
	Title      string `json:"title"`
	Trade      Trade  `json:"trade"`                // or the id of a kind of the hospital's own
	Department string `json:"department,omitempty"` // default the place's
	Place      string `json:"place,omitempty"`
	Spot       string `json:"spot,omitempty"`
	Caller     string `json:"caller,omitempty"` // with whom it was agreed
	Done       string `json:"done,omitempty"`   // default the title
	Minutes    int64  `json:"minutes"`
	DaysAgo    string `json:"days_ago,omitempty"` // of Ago; default "0", just now
}

// Ago are how many days back a repair may be registered.
var Ago = []string{"0", "1", "2", "3", "7"}

// Minors are the small repairs that come up all the time, with who does them: a tap each.
var Minors = []struct {
	Name  string
	Trade Trade
}{{"lamp", "electric"}, {"socket", "electric"}, {"tap", "water"}, {"drain", "water"}, {"lock", "metal"}, {"castor", "metal"}, {"hinge", "carpentry"}, {"screw", "other"}}

// minorMost is how long a small repair takes at most, in minutes; no clause has a figure.
// What takes longer is reported like everything else.
const minorMost = 120

// Register enters a small repair that is done already. It waits for the ward's signature
// like any other job; it has no deadline and nobody was sent. Needs MayWork. Invalid,
// every flaw at once: no title or trade, no department, more than two hours.
func Register(ctx context.Context, tx *db.Tx, m *Minor) (Job, error) {
	if err := tx.Need(MayWork); err != nil {
		return Job{}, err
	}
	m.Title = strings.TrimSpace(m.Title)
	kind, err := kindMeant(ctx, tx, m.Trade)
	if err != nil {
		return Job{}, err
	}
	j := Job{Title: m.Title, Trade: m.Trade, Urgency: Normal, State: Done, Open: true, Source: "after", Department: m.Department, Place: m.Place, Spot: m.Spot,
		ReporterName: m.Caller, Crew: tx.By.Unit, Worker: tx.By.ID, WorkerName: tx.By.Name, Done: cmp.Or(strings.TrimSpace(m.Done), m.Title), Minutes: m.Minutes, Version: 1}
	kind.lend(&j)
	at, err := around(ctx, tx, &j, j.Department)
	if err != nil {
		return j, err
	}
	if m.Department == "" && at.owner != "" {
		if j.Department = at.owner; at.owner != at.department {
			if at, err = around(ctx, tx, &j, j.Department); err != nil {
				return j, err
			}
		}
	}
	if m.Department == "" && at.owner == "" { // the worker's own crew is not whom it was done for
		at.department, j.Department = "", ""
	}
	var bad fault.Complaints
	if err := bad.Gather("", at.settle(tx.By, &j)); err != nil {
		return j, err
	}
	if kind.Closed && kind.Own() {
		bad.Add("trade", "desk.kind_not_offered")
	}
	if m.Minutes < 0 || m.Minutes > minorMost {
		bad.Add("minutes", "desk.not_minor", minorMost)
	}
	days, err := strconv.Atoi(cmp.Or(m.DaysAgo, "0"))
	if err != nil || !slices.Contains(Ago, strconv.Itoa(days)) {
		bad.Add("days_ago", "base.bad_value", m.DaysAgo)
	}
	if err := bad.Err(); err != nil {
		return j, err
	}
	if j.ReporterName == "" {
		j.ReporterName = j.DepartmentName
	}
	j.RegisteredAt = tx.At()
	j.FinishedAt = tx.At().Add(-time.Duration(days) * 24 * time.Hour)
	j.ReportedAt = j.FinishedAt.Add(-time.Duration(m.Minutes) * time.Minute)
	j.AcceptedAt, j.ArrivedAt = j.ReportedAt, j.ReportedAt
	if kind.ID == "" || kind.Costs {
		rate, err := Rate(ctx, tx)
		if err != nil {
			return j, err
		}
		if j.Labour, err = money.Share(rate, j.Minutes, 60); err != nil {
			return j, fault.OnField("minutes", "base.number")
		}
	}
	j.Cost = j.Labour
	j.ID = tx.NewID()
	if j.Number, err = tx.Number(ctx, "WX"); err != nil {
		return j, err
	}
	if err := insert(ctx, tx, &j, ""); err != nil {
		return j, err
	}
	return j, tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "register", Note: j.Title, After: m})
}

// lend puts the kind on a job that is done already: no time runs, and somebody signs.
func (k *Kind) lend(j *Job) {
	if k.ID == "" {
		return
	}
	j.Trade, j.Kind, j.KindVersion, j.Sign, j.Silence = k.Trade, k.ID, k.Version, k.Sign, k.Silence
	if k.Own() {
		j.KindName = k.Name
	}
	if j.Sign == SignNobody { // W-006
		j.Sign = SignWard
	}
}

// Trodden are the places of a worker's last fifty jobs, the latest first; at most six.
func Trodden(ctx context.Context, r db.Reader, worker string) ([]Haunt, error) {
	return db.All(ctx, r, func(h *Haunt) []any { return []any{&h.Place, &h.Path} },
		`SELECT place, path FROM (SELECT j.place AS place, p.path AS path, max(j.reported_at) AS latest
			FROM (SELECT place, reported_at FROM desk_job WHERE worker = $1 AND place <> '' ORDER BY reported_at DESC, id DESC LIMIT 50) j
			LEFT JOIN places_place p ON p.id = j.place WHERE p.closed = false GROUP BY j.place, p.path) trodden
		ORDER BY latest DESC, path LIMIT 6`, worker)
}
