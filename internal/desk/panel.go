package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/id"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/places"
)

// PanelNoun is what the trail calls a system that tells of alarms.
const PanelNoun = "desk.panel"

// PanelSorts are what watches over the house by itself.
var PanelSorts = []string{"fire", "gas", "lift", "boiler", "power", "water", "building", "other"}

// Panel is a system outside that tells of alarms: with a key of its own, and with what its
// alarms become where they do not say more.
type Panel struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Sort           string         `json:"class"`
	Kind           string         `json:"kind"` // of the jobs it raises
	KindName       string         `json:"kind_name"`
	Trade          Trade          `json:"trade"`
	Urgency        Urgency        `json:"urgency"`
	Department     string         `json:"department"` // bears the cost and signs
	DepartmentName string         `json:"department_name"`
	Place          string         `json:"place"`
	PlaceName      string         `json:"place_name"`
	Auto           bool           `json:"auto"` // its alarms are jobs at once
	Most           int64          `json:"most"` // alarms taken in a minute
	Closed         bool           `json:"closed"`
	SeenAt         period.Instant `json:"seen_at"`
	Refused        int64          `json:"refused"`
	RefusedAt      period.Instant `json:"refused_at"`
	Alarms         int64          `json:"alarms"`
	Version        int64          `json:"version"`
}

// Panels is the list of them.
var Panels = list.Of[Panel]{
	Name: "desk.panels", From: `desk_panel n LEFT JOIN desk_kind k ON k.id = n.kind LEFT JOIN departments_department d ON d.id = n.department LEFT JOIN places_place p ON p.id = n.place`,
	Order: "name", Live: []string{PanelNoun}, Href: func(p *Panel) string { return "/desk/panels/" + p.ID },
	Columns: []list.Column[Panel]{
		{Key: "name", SQL: "n.name", Into: func(p *Panel) any { return &p.Name }, Sort: true},
		{Key: "class", SQL: "n.sort", Into: func(p *Panel) any { return &p.Sort }, OneOf: PanelSorts},
		{Key: "trade", SQL: "coalesce(k.trade, '')", Into: func(p *Panel) any { return &p.Trade }, OneOf: Trades, Enum: "desk.trade"},
		{Key: "urgency", SQL: "n.urgency", Into: func(p *Panel) any { return &p.Urgency }, OneOf: Urgencies, Enum: "desk.urgency"},
		{Key: "auto", SQL: "n.auto", Into: func(p *Panel) any { return &p.Auto }},
		{Key: "alarms", SQL: "(SELECT count(*) FROM desk_alarm a WHERE a.panel = n.id)", Into: func(p *Panel) any { return &p.Alarms }},
		{Key: "seen_at", SQL: "n.seen_at", Into: func(p *Panel) any { return &p.SeenAt }},
		{Key: "refused", SQL: "n.refused", Into: func(p *Panel) any { return &p.Refused }},
		{Key: "closed", SQL: "n.closed", Into: func(p *Panel) any { return &p.Closed }},
		{Key: "department", SQL: "n.department", Into: func(p *Panel) any { return &p.Department }, Ref: "departments", Text: func(p *Panel) string { return p.DepartmentName }, Aside: true},
		{Key: "place", SQL: "n.place", Into: func(p *Panel) any { return &p.Place }, Ref: "places", Text: func(p *Panel) string { return p.PlaceName }, Aside: true},
		{Key: "kind", SQL: "n.kind", Into: func(p *Panel) any { return &p.Kind }, Ref: "kinds", Text: func(p *Panel) string { return p.KindName }, Hidden: true},
		{Key: "most", SQL: "n.most", Into: func(p *Panel) any { return &p.Most }, Hidden: true},
		{Key: "refused_at", SQL: "n.refused_at", Into: func(p *Panel) any { return &p.RefusedAt }, Hidden: true},
		{Key: "kind_name", SQL: "coalesce(k.name, '')", Into: func(p *Panel) any { return &p.KindName }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(p *Panel) any { return &p.DepartmentName }, Hidden: true},
		{Key: "place_name", SQL: "coalesce(p.path, '')", Into: func(p *Panel) any { return &p.PlaceName }, Hidden: true},
		{Key: "id", SQL: "n.id", Into: func(p *Panel) any { return &p.ID }, Hidden: true},
		{Key: "version", SQL: "n.version", Into: func(p *Panel) any { return &p.Version }, Hidden: true},
	},
}

// PanelForm asks what a panel is.
var PanelForm = form.Of[Panel]{Name: "desk.panel", Fields: []form.Field[Panel]{
	{Key: "name", Into: func(p *Panel) any { return &p.Name }, Most: 40, Required: true, Hint: true},
	{Key: "class", Into: func(p *Panel) any { return &p.Sort }, OneOf: PanelSorts, Required: true},
	{Key: "kind", Into: func(p *Panel) any { return &p.Kind }, Kind: form.Choice, Required: true, Hint: true},
	{Key: "urgency", Into: func(p *Panel) any { return &p.Urgency }, OneOf: Urgencies, Enum: "desk.urgency", Required: true, Hint: true},
	{Key: "department", Into: func(p *Panel) any { return &p.Department }, Ref: "departments", Required: true, Hint: true},
	{Key: "place", Into: func(p *Panel) any { return &p.Place }, Ref: "places", Hint: true},
	{Key: "auto", Into: func(p *Panel) any { return &p.Auto }, Hint: true},
	{Key: "most", Into: func(p *Panel) any { return &p.Most }, Least: 1, Most: 600, Hint: true},
	{Key: "closed", Into: func(p *Panel) any { return &p.Closed }, Hint: true},
}}

// PanelByID is one of them; NotFound when there is none.
func PanelByID(ctx context.Context, r db.Reader, id string) (Panel, error) {
	return Panels.Get(ctx, r, list.Where{}.And("n.id = ?", id))
}

// Flooding are the panels that were refused alarms in the last hour, because they told of too
// many: what burns may be among those.
func Flooding(ctx context.Context, r db.Reader) ([]Panel, error) {
	return Panels.All(ctx, r, list.Where{}.And("n.closed = false AND n.refused_at > ?", period.At(r.Moment()).Add(-time.Hour)), 10)
}

// panelMark begins every key, so that a leaked one is found by its looks.
const panelMark = "houqin_alarm_"

func panelHash(key string) string {
	h := sha256.Sum256([]byte("alarm " + key))
	return hex.EncodeToString(h[:])
}

// PanelByKey is the panel that a key belongs to; SignIn when there is none, or it was
// closed. How a wrong key is wrong is not said.
func PanelByKey(ctx context.Context, r db.Reader, key string) (Panel, error) {
	none := fault.New(fault.SignIn, "desk.panel_key")
	if !strings.HasPrefix(key, panelMark) || len(key) > 100 {
		return Panel{}, none
	}
	p, err := Panels.Get(ctx, r, list.Where{}.And("n.hash = ? AND n.closed = false", panelHash(key)))
	if fault.KindOf(err) == fault.NotFound {
		err = none
	}
	return p, err
}

// SetPanel opens a panel or changes one (p.ID). The key of a new one is given once: the
// books keep only its hash. Needs MayArrange. Invalid, every flaw at once.
func SetPanel(ctx context.Context, tx *db.Tx, p *Panel) (key string, err error) {
	if err := tx.Need(MayArrange); err != nil {
		return "", err
	}
	if err := p.check(ctx, tx); err != nil {
		return "", err
	}
	if p.ID != "" {
		was, err := PanelByID(ctx, tx, p.ID)
		if err != nil {
			return "", err
		}
		if err := tx.One(ctx, fault.Stale(), `UPDATE desk_panel SET name = $1, sort = $2, kind = $3, urgency = $4, department = $5, place = $6, auto = $7, most = $8, closed = $9, version = version + 1
			WHERE id = $10 AND version = $11`, p.Name, p.Sort, p.Kind, p.Urgency, p.Department, p.Place, p.Auto, p.Most, p.Closed, p.ID, p.Version); err != nil {
			return "", err
		}
		return "", tx.Trail(ctx, db.Event{Noun: PanelNoun, Record: p.ID, Action: "change", Note: p.Name, Before: was, After: p})
	}
	p.ID, p.Version, key = tx.NewID(), 1, panelMark+strings.ToLower(id.Secret())
	if _, err := tx.Exec(ctx, `INSERT INTO desk_panel (id, name, sort, kind, urgency, department, place, auto, most, hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		p.ID, p.Name, p.Sort, p.Kind, p.Urgency, p.Department, p.Place, p.Auto, p.Most, panelHash(key)); err != nil {
		return "", err
	}
	return key, tx.Trail(ctx, db.Event{Noun: PanelNoun, Record: p.ID, Action: "open", Note: p.Name, After: p})
}

// Rekey gives a panel another key, and ends the one it had. Needs MayArrange.
func Rekey(ctx context.Context, tx *db.Tx, panel string, version int64) (key string, err error) {
	if err := tx.Need(MayArrange); err != nil {
		return "", err
	}
	p, err := PanelByID(ctx, tx, panel)
	if err != nil {
		return "", err
	}
	key = panelMark + strings.ToLower(id.Secret())
	if err := tx.One(ctx, fault.Stale(), `UPDATE desk_panel SET hash = $1, version = version + 1 WHERE id = $2 AND version = $3`, panelHash(key), p.ID, version); err != nil {
		return "", err
	}
	return key, tx.Trail(ctx, db.Event{Noun: PanelNoun, Record: p.ID, Action: "rekey", Note: p.Name})
}

func (p *Panel) check(ctx context.Context, tx *db.Tx) error {
	var bad fault.Complaints
	if p.Name = strings.TrimSpace(p.Name); p.Name == "" {
		bad.Add("name", "base.required")
	}
	if _, taken, err := db.First(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT id FROM desk_panel WHERE name = $1 AND id <> $2`, p.Name, p.ID); err != nil {
		return err
	} else if taken {
		bad.Add("name", "desk.panel_named_so", p.Name)
	}
	if !slices.Contains(PanelSorts, p.Sort) {
		bad.Add("class", "base.bad_value", p.Sort)
	}
	if !slices.Contains(Urgencies, string(p.Urgency)) {
		bad.Add("urgency", "base.bad_value", string(p.Urgency))
	}
	if p.Most == 0 {
		p.Most = 60
	}
	if p.Most < 1 || p.Most > 600 {
		bad.Add("most", "base.between", 1, 600)
	}
	switch k, err := KindOf(ctx, tx, p.Kind); {
	case fault.KindOf(err) == fault.NotFound:
		bad.Add("kind", "base.required")
	case err != nil:
		return err
	case k.Closed:
		bad.Add("kind", "desk.kind_not_offered")
	}
	switch d, err := departments.Get(ctx, tx, p.Department); {
	case fault.KindOf(err) == fault.NotFound:
		bad.Add("department", "base.required")
	case err != nil:
		return err
	case d.Closed:
		bad.Add("department", "desk.department_closed", d.Name)
	}
	if p.Place != "" {
		switch x, err := places.Get(ctx, tx, p.Place); {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add("place", "base.no_such", p.Place)
		case err != nil:
			return err
		case x.Closed:
			bad.Add("place", "desk.place_closed", x.Path)
		}
	}
	return bad.Err()
}
