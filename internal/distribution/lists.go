package distribution

import (
	"time"

	"houqin/internal/base/list"
)

func listTone(l *List, now time.Time) string {
	switch l.State {
	case Settled:
		return "done"
	case Dropped:
		return "quiet"
	}
	return "soon"
}

func shareTone(s *Share, _ time.Time) string {
	switch s.State {
	case "signed":
		return "done"
	case "left":
		return "quiet"
	}
	return "soon"
}

// Lists is the list of distributions, newest first.
var Lists = list.Of[List]{
	Name:  "distribution.lists",
	From:  `distribution_list l LEFT JOIN warehouse_store w ON w.id = l.store`,
	Order: "-id", Alias: "l", Table: "distribution_list", Live: []string{Noun},
	Href: func(l *List) string { return "/distribution/lists/" + l.ID },
	Columns: []list.Column[List]{
		{Key: "title", SQL: "l.title", Into: func(l *List) any { return &l.Title }},
		{Key: "number", SQL: "l.number", Into: func(l *List) any { return &l.Number }},
		{Key: "kind", SQL: "l.kind", Into: func(l *List) any { return &l.Kind }, OneOf: Kinds, Enum: "distribution.kind"},
		{Key: "festival", SQL: "l.festival", Into: func(l *List) any { return &l.Festival }, OneOf: Festivals, Enum: "distribution.festival"},
		{Key: "state", SQL: "l.state", Into: func(l *List) any { return &l.State }, OneOf: States, Enum: "distribution.list.state", Tone: listTone},
		{Key: "day", SQL: "l.day", Into: func(l *List) any { return &l.Day }, Range: true},
		{Key: "until", SQL: "l.until", Into: func(l *List) any { return &l.Until }, Range: true},
		{Key: "shares", SQL: "l.shares", Into: func(l *List) any { return &l.Shares }},
		{Key: "packs", SQL: "l.packs", Into: func(l *List) any { return &l.Packs }},
		{Key: "amount", SQL: "l.amount", Into: func(l *List) any { return &l.Amount }, Range: true},
		{Key: "store", SQL: "l.store", Into: func(l *List) any { return &l.Store }, Ref: "stores", Text: func(l *List) string { return l.StoreName }},
		{Key: "open", SQL: "l.open", Into: func(l *List) any { return &l.Open }, Aside: true},
		{Key: "drawn_name", SQL: "l.drawn_name", Into: func(l *List) any { return &l.DrawnName }, Aside: true},
		{Key: "drawn_at", SQL: "l.drawn_at", Into: func(l *List) any { return &l.DrawnAt }, Range: true, Aside: true},
		{Key: "released_name", SQL: "l.released_name", Into: func(l *List) any { return &l.ReleasedName }, Aside: true},
		{Key: "settled_day", SQL: "l.settled_day", Into: func(l *List) any { return &l.SettledDay }, Range: true, Aside: true},
		{Key: "signed_off", SQL: "(" + signedOff + ")", Into: func(l *List) any { return &l.SignedOff }, Hidden: true},
		{Key: "id", SQL: "l.id", Into: func(l *List) any { return &l.ID }, Hidden: true},
		{Key: "drawn_by", SQL: "l.drawn_by", Into: func(l *List) any { return &l.DrawnBy }, Hidden: true},
		{Key: "released_by", SQL: "l.released_by", Into: func(l *List) any { return &l.ReleasedBy }, Hidden: true},
		{Key: "released_at", SQL: "l.released_at", Into: func(l *List) any { return &l.ReleasedAt }, Hidden: true},
		{Key: "settled_name", SQL: "l.settled_name", Into: func(l *List) any { return &l.SettledName }, Hidden: true},
		{Key: "settled_at", SQL: "l.settled_at", Into: func(l *List) any { return &l.SettledAt }, Hidden: true},
		{Key: "note", SQL: "l.note", Into: func(l *List) any { return &l.Note }, Hidden: true},
		{Key: "version", SQL: "l.version", Into: func(l *List) any { return &l.Version }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(l *List) any { return &l.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "coalesce(w.department, '')", Into: func(l *List) any { return &l.Keeping }, Hidden: true},
	},
}

// Shares is who is entitled to what, and who signed.
var Shares = list.Of[Share]{
	Name:  "distribution.shares",
	From:  `distribution_share s LEFT JOIN distribution_list l ON l.id = s.list LEFT JOIN warehouse_store w ON w.id = l.store LEFT JOIN departments_department d ON d.id = s.department`,
	Order: "-id", Alias: "s", Table: "distribution_share", Live: []string{Noun},
	Href: func(s *Share) string { return "/distribution/shares/" + s.ID },
	Columns: []list.Column[Share]{
		{Key: "name", SQL: "s.name", Into: func(s *Share) any { return &s.Name }},
		{Key: "number", SQL: "s.number", Into: func(s *Share) any { return &s.Number }},
		{Key: "department", SQL: "s.department", Into: func(s *Share) any { return &s.Department }, Ref: "departments", Text: func(s *Share) string { return s.DepartmentName }},
		{Key: "packs", SQL: "s.packs", Into: func(s *Share) any { return &s.Packs }},
		{Key: "state", SQL: "s.state", Into: func(s *Share) any { return &s.State }, OneOf: Stages, Enum: "distribution.stage", Tone: shareTone},
		{Key: "signed_name", SQL: "s.signed_name", Into: func(s *Share) any { return &s.SignedName }},
		{Key: "signed_at", SQL: "s.signed_at", Into: func(s *Share) any { return &s.SignedAt }, Range: true},
		{Key: "handed_name", SQL: "s.handed_name", Into: func(s *Share) any { return &s.HandedName }, Aside: true},
		{Key: "list", SQL: "s.list", Into: func(s *Share) any { return &s.List }, Ref: "distributions", Text: func(s *Share) string { return s.Title }},
		{Key: "id", SQL: "s.id", Into: func(s *Share) any { return &s.ID }, Hidden: true},
		{Key: "person", SQL: "s.person", Into: func(s *Share) any { return &s.Person }, Hidden: true},
		{Key: "signed_by", SQL: "s.signed_by", Into: func(s *Share) any { return &s.SignedBy }, Hidden: true},
		{Key: "list_number", SQL: "coalesce(l.number, '')", Into: func(s *Share) any { return &s.ListNumber }, Hidden: true},
		{Key: "title", SQL: "coalesce(l.title, '')", Into: func(s *Share) any { return &s.Title }, Hidden: true},
		{Key: "until", SQL: "coalesce(l.until, '')", Into: func(s *Share) any { return &s.Until }, Hidden: true},
		{Key: "released", SQL: "coalesce(l.state, '')", Into: func(s *Share) any { return &s.released }, Hidden: true},
		{Key: "keeping", SQL: "coalesce(w.department, '')", Into: func(s *Share) any { return &s.keeping }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(s *Share) any { return &s.DepartmentName }, Hidden: true},
	},
}
