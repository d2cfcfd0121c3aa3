package hospital

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/intake"
	"houqin/internal/people"
	"houqin/internal/places"
)

// beginning is one of what a hospital needs before its first report can be worked, in the
// order in which it is done.
type beginning struct {
	key   string // hospital.begin.<key>
	n, of int64  // how many there are, of how many; of 0: as many as there are
	must  bool   // nothing works without it; the others make it work well
	done  bool
	may   string // who holds this does it
	href  string // here
}

// mayBegin says whether a person has a part in setting the hospital up.
func mayBegin(by db.Actor) bool {
	return slices.ContainsFunc([]string{people.MayHire, people.MayGrant, departments.MayChange, desk.MayArrange}, by.May)
}

// beginnings are all of them as they stand.
func beginnings(ctx context.Context, r db.Reader) (all []beginning, err error) {
	count := func(kinds string) (n int64) {
		if err == nil {
			var found list.Page[departments.Department]
			found, err = departments.Departments.Fetch(ctx, r, list.Query{Size: 1}, list.Where{}.And("d.closed = false AND d.kind IN ("+kinds+")"))
			n = int64(found.Count)
		}
		return n
	}
	enter := func(may string) (n int64) {
		if err == nil {
			n, err = people.Entering(ctx, r, may, r.Today())
		}
		return n
	}
	var seats int64
	for _, seat := range []string{people.SystemSeat, people.SecuritySeat, people.AuditSeat} {
		seats += min(enter(seat), 1)
	}
	wards, crews := count("'ward', 'clinic', 'technology', 'office'"), count("'team', 'contractor'")
	reports, sends, works, arranges := enter(desk.MayReport), enter(desk.MayDispatch), enter(desk.MayWork), enter(desk.MayArrange)
	if err != nil {
		return nil, err
	}
	rooms, err := places.Places.Fetch(ctx, r, list.Query{Size: 1}, list.Where{}.And("p.closed = false"))
	if err != nil {
		return nil, err
	}
	ready, err := desk.ReadyOf(ctx, r)
	if err != nil {
		return nil, err
	}
	phone, err := desk.Phone(ctx, r)
	if err != nil {
		return nil, err
	}
	said := int64(0)
	if phone != "" {
		said = 1
	}
	bring := func(kind string) string { return "/intake/new?kind=" + kind }
	all = []beginning{
		{key: "seats", n: seats, of: 3, must: true, done: seats == 3},
		{key: "departments", n: wards, must: true, done: wards > 1, may: intake.MayImport, href: bring("departments")}, // the first administrator brought one along
		{key: "crews", n: crews, must: true, done: crews > 0, may: departments.MayChange, href: "/departments"},
		{key: "places", n: int64(rooms.Count), must: true, done: rooms.Count > 0, may: intake.MayImport, href: bring("places")},
		{key: "workers", n: ready.Workers, must: true, done: ready.Workers > 0, may: intake.MayImport, href: bring("staff")},
		{key: "reports", n: reports, must: true, done: reports > 0, may: people.MaySee, href: "/people"},
		{key: "sends", n: sends, must: true, done: sends > 0, may: people.MaySee, href: "/people"},
		{key: "works", n: works, must: true, done: works > 0, may: people.MaySee, href: "/people"},
		{key: "arranges", n: arranges, must: true, done: arranges > 0, may: people.MaySee, href: "/people"},
		{key: "routes", n: ready.Kinds - ready.Unrouted, of: ready.Kinds, done: ready.Unrouted == 0, may: desk.MayArrange, href: "/desk/settings"},
		{key: "roster", n: ready.Rostered, of: ready.Workers, done: ready.Workers > 0 && ready.Rostered == ready.Workers, may: desk.MayRoster, href: "/desk/roster"},
		{key: "needs", n: ready.Needs, done: ready.Needs > 0, may: desk.MayArrange, href: "/desk/crews"},
		{key: "phone", n: said, done: said > 0, may: desk.MayArrange, href: "/desk/settings"},
		{key: "codes", n: ready.Codes, done: ready.Codes > 0, may: desk.MayHang, href: "/desk/codes"},
	}
	return all, nil
}

// lacking are how many there are without which nothing works.
func lacking(all []beginning) (n int) {
	for _, b := range all {
		if b.must && !b.done {
			n++
		}
	}
	return n
}

// toBegin is how many things without which nothing works are lacking; -1 where that does not
// concern the person, or the desk is at work.
func (h *Hospital) toBegin(r *web.Req) (int, error) {
	if !mayBegin(r.By) {
		return -1, nil
	}
	if begun, err := desk.Begun(r.Context(), r.Read()); begun || err != nil {
		return -1, err
	}
	all, err := beginnings(r.Context(), r.Read())
	return lacking(all), err
}

// begin says what a new hospital still needs before its first report can be worked, who does
// it, and leads there.
func begin(r *web.Req) error {
	if !mayBegin(r.By) {
		return r.Go("/")
	}
	all, err := beginnings(r.Context(), r.Read())
	if err != nil {
		return err
	}
	t := ui.Table{ID: "begin", Bare: true, Caption: r.T("hospital.begin"), Columns: []ui.Head{{Label: r.T("hospital.begin.what")}, {Label: r.T("hospital.begin.state")}, {Label: r.T("hospital.begin.have")}, {Label: r.T("hospital.begin.who"), Named: true}}}
	for _, b := range all {
		word, tone := "hospital.begin.done", ui.Done
		switch {
		case !b.done && b.must:
			word, tone = "hospital.begin.lacks", ui.Danger
		case !b.done:
			word, tone = "hospital.begin.better", ui.Soon
		}
		have := r.W2.Number(b.n)
		if b.of > 0 {
			have += " / " + r.W2.Number(b.of)
		}
		key := "hospital.begin." + b.key
		row := ui.Row{Cells: []ui.Cell{{Text: r.T(key), Sub: r.T(key + ".how")}, {Text: r.T(word), State: true, Tone: tone}, {Text: have, Num: true}, {Text: r.T(key + ".who")}}}
		if b.href != "" && r.By.May(b.may) {
			row.Href = b.href
		}
		t.Rows = append(t.Rows, row)
	}
	sub := r.T("hospital.begin.ready")
	if n := lacking(all); n > 0 {
		sub = r.T("hospital.begin.sub", n)
	}
	return r.Show(ui.Page{Heading: r.T("hospital.begin"), Sub: sub, Body: ui.Section("", ui.List(r.W2, t))}, nil)
}
