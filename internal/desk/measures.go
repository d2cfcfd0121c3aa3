package desk

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Sort of a figure: what its number is.
type Sort string

const (
	Counted Sort = "count"   // jobs
	Fen     Sort = "fen"     // a sum of money
	Minutes Sort = "minutes" // so many at most in half, or nine of ten, of the jobs
	Share   Sort = "share"   // tenths of a per cent of the jobs
	Stars   Sort = "stars"   // hundredths of a star
)

// Measure defines a figure, once for every page, print and program: which jobs it looks at,
// by which of their moments they fall into a span, and what is counted of them. Query is
// the same again as filters of the list: a figure opens exactly what it counted, Hit what
// made up a share.
type Measure struct {
	Key    string
	Sort   Sort
	Column string // the moment: reported_at, finished_at, closed_at
	Where  string // which jobs, beyond the span; "" all
	Value  string // what is summed or ranked, or, of a share, which jobs hit
	Tenths int    // of a rank: 5 the median, 9 nine of ten
	Query  []string
	Hit    []string
	Good   bool // more is better
}

const (
	here  = "j.source <> 'import'"
	tasks = "j.source NOT IN ('import', 'after', 'plan')" // those that somebody waits for, with a deadline
	live  = "j.state NOT IN ('cancelled', 'merged')"
)

// reached is a filter for what was reached at all: less than NotYet.
func reached(column string) string { return fmt.Sprintf("%s.to=%d", column, NotYet-1) }

// Measures are all figures of the desk.
var Measures = []Measure{
	{Key: "reported", Sort: Counted, Column: "reported_at", Where: live, Query: []string{alive}},
	{Key: "finished", Sort: Counted, Column: "finished_at", Good: true},
	{Key: "cost", Sort: Fen, Column: "finished_at", Value: "j.cost + j.outside"},
	{Key: "answer_half", Sort: Minutes, Column: "reported_at", Where: tasks + " AND " + live + " AND j.answered_at > 0", Value: took(minute, "j.answered_at", "j.reported_at"), Tenths: 5, Query: []string{told, alive, reached("answered_after")}},
	{Key: "answer_most", Sort: Minutes, Column: "reported_at", Where: tasks + " AND " + live + " AND j.answered_at > 0", Value: took(minute, "j.answered_at", "j.reported_at"), Tenths: 9, Query: []string{told, alive, reached("answered_after")}},
	{Key: "come_half", Sort: Minutes, Column: "reported_at", Where: tasks + " AND " + live + " AND j.came_at > 0", Value: took(minute, "j.came_at", "j.reported_at"), Tenths: 5, Query: []string{told, alive, reached("came_after")}},
	{Key: "come_most", Sort: Minutes, Column: "reported_at", Where: tasks + " AND " + live + " AND j.came_at > 0", Value: took(minute, "j.came_at", "j.reported_at"), Tenths: 9, Query: []string{told, alive, reached("came_after")}},
	{Key: "finish_half", Sort: Minutes, Column: "finished_at", Where: tasks, Value: took(minute, "j.finished_at", "j.reported_at"), Tenths: 5, Query: []string{told}},
	{Key: "finish_most", Sort: Minutes, Column: "finished_at", Where: tasks, Value: took(minute, "j.finished_at", "j.reported_at"), Tenths: 9, Query: []string{told}},
	{Key: "on_time", Sort: Share, Column: "finished_at", Where: tasks, Value: "NOT (j.due > 0 AND j.finished_at > j.due)", Query: []string{told}, Hit: []string{"overran=false"}, Good: true},
	{Key: "first_time", Sort: Share, Column: "finished_at", Where: here, Value: "j.returned = 0 AND j.reopened = 0 AND j.repeated = false", Query: []string{ownJobs}, Hit: []string{"returned.to=0", "reopened.to=0", "repeated=false"}, Good: true},
	{Key: "reopened", Sort: Counted, Column: "finished_at", Where: "j.reopened > 0", Query: []string{"reopened.from=1"}},
	{Key: "repeats", Sort: Counted, Column: "reported_at", Where: live + " AND j.repeat_of <> ''", Query: []string{alive, "repeat=true"}},
	{Key: "satisfaction", Sort: Stars, Column: "closed_at", Where: "j.state = 'closed' AND j.rating > 0", Value: "j.rating", Query: []string{"state=closed", "rating.from=1"}, Good: true},
	{Key: "silent", Sort: Counted, Column: "closed_at", Where: "j.state = 'closed' AND j.silent = true", Query: []string{"state=closed", "silent=true"}},
	{Key: "outside", Sort: Fen, Column: "finished_at", Where: "j.outside > 0", Value: "j.outside", Query: []string{"outside.from=0.01"}},
	{Key: "saved", Sort: Fen, Column: "finished_at", Where: "j.reused > 0", Value: "j.saved", Query: []string{"reused.from=1"}, Good: true},
	{Key: "per_bed", Sort: Stars, Column: "reported_at", Where: live, Query: []string{alive}},
	{Key: "per_area", Sort: Fen, Column: "finished_at", Value: "j.cost + j.outside"},
}

// Cut is by what figures are told apart.
type Cut struct {
	Key        string // also the filter of the list
	sql, name  string
	none       string // filter of those that have none
	beds, area string // SQL of the beds and of the square decimetres behind a key, where there are
}

// Cuts are all of them; month is told by asking for several spans.
var Cuts = []Cut{
	{Key: "department", sql: "j.department", name: "coalesce((SELECT d.name FROM departments_department d WHERE d.id = k.k), '')",
		beds: "coalesce((SELECT d.beds FROM departments_department d WHERE d.id = k.k), 0)", area: "coalesce((SELECT sum(p.area) FROM places_place p WHERE p.department = k.k AND p.closed = false), 0)"},
	{Key: "place", sql: "j.place", name: "coalesce((SELECT p.path FROM places_place p WHERE p.id = k.k), '')", none: "no_place=true",
		beds: "coalesce((SELECT p.beds FROM places_place p WHERE p.id = k.k), 0)", area: "coalesce((SELECT p.area FROM places_place p WHERE p.id = k.k), 0)"},
	{Key: "building", sql: buildingOf, name: "coalesce((SELECT p.path FROM places_place p WHERE p.id = k.k), '')", none: "no_building=true",
		beds: "coalesce((SELECT sum(r.beds)" + roomsIn + ", 0)", area: "coalesce((SELECT sum(r.area)" + roomsIn + ", 0)"},
	{Key: "trade", sql: "j.trade", name: "k.k"},
	{Key: "kind", sql: "j.kind", name: "coalesce((SELECT n.name FROM desk_kind n WHERE n.id = k.k), '')"},
	{Key: "budget", sql: "j.budget", name: "k.k", none: "no_budget=true"},
	{Key: "crew", sql: "j.crew", name: "coalesce((SELECT d.name FROM departments_department d WHERE d.id = k.k), '')", none: "no_crew=true"},
	{Key: "worker", sql: "j.worker", name: "coalesce((SELECT p.name FROM people_person p WHERE p.id = k.k), '')", none: "no_worker=true"},
	{Key: "round", sql: "j.round", name: "k.k"},
	{Key: "asset", sql: "j.asset", name: "coalesce((SELECT a.name FROM assets_card a WHERE a.id = k.k), '')", none: "no_asset=true"},
}

// buildingOf is the building in which a job's place stands, at most four steps up the tree of
// places; "" where there is none. roomsIn are the rooms of the building k.k.
const (
	buildingOf = `coalesce((SELECT CASE 'building' WHEN p0.kind THEN p0.id WHEN p1.kind THEN p1.id WHEN p2.kind THEN p2.id WHEN p3.kind THEN p3.id WHEN p4.kind THEN p4.id ELSE '' END
		FROM places_place p0 LEFT JOIN places_place p1 ON p1.id = p0.parent LEFT JOIN places_place p2 ON p2.id = p1.parent LEFT JOIN places_place p3 ON p3.id = p2.parent
		LEFT JOIN places_place p4 ON p4.id = p3.parent WHERE p0.id = j.place), '')`
	roomsIn = ` FROM places_place r, places_place h WHERE h.id = k.k AND r.campus = h.campus AND r.closed = false AND r.kind = 'room' AND substr(r.path, 1, length(h.path) + 3) = h.path || ' / ')`
)

// HasBeds and HasArea say whether the lines of the cut have beds and square metres to reckon by.
func (c *Cut) HasBeds() bool { return c.beds != "" }
func (c *Cut) HasArea() bool { return c.area != "" }

// whole is no cut: the whole hospital, all its beds and all its rooms.
var whole = Cut{sql: "''", name: "''", beds: "coalesce((SELECT sum(d.beds) FROM departments_department d WHERE d.closed = false), 0)",
	area: "coalesce((SELECT sum(p.area) FROM places_place p WHERE p.closed = false AND p.kind = 'room'), 0)"}

// Measured is a figure as it was counted: N in the unit of its sort, of so many jobs;
// Known is false where nothing can be said, such as the median of no jobs. Link opens
// them, HitLink those that made up a share.
type Measured struct {
	N       int64  `json:"n"`
	Of      int64  `json:"of"`
	Known   bool   `json:"known"`
	Link    string `json:"link"`
	HitLink string `json:"hit_link,omitempty"`
}

// Line are the figures of one department, place, trade and so on; Key "" are the jobs that
// have none.
type Line struct {
	Key     string              `json:"key"`
	Name    string              `json:"name"`
	Figures map[string]Measured `json:"figures"`
}

// Figured counts the figures of the jobs that a person sees, on the days from … until, both
// included; cut "" for the whole, else one of Cuts. Lines are in the order of how many jobs
// were reported.
func Figured(ctx context.Context, r db.Reader, by db.Actor, cut string, from, until period.Day) ([]Line, error) {
	c := whole
	if i := slices.IndexFunc(Cuts, func(c Cut) bool { return c.Key == cut }); i >= 0 {
		c = Cuts[i]
	}
	lines := map[string]*Line{}
	f := figuring{r: r, cut: c, from: from, until: until, lines: lines}
	f.first, f.end = rules.Moments(r, from, until)
	if s := by.Scope(MaySee); !s.All {
		units := slices.Clone(s.Units)
		slices.Sort(units)
		f.units = slices.Compact(units)
		if len(f.units) == 0 {
			return nil, nil
		}
	}
	for _, together := range f.looks() {
		if err := f.count(ctx, together); err != nil {
			return nil, fmt.Errorf("%s: %w", together[0].Key, err)
		}
	}
	all := make([]Line, 0, len(lines))
	for _, l := range lines {
		for _, m := range Measures { // nothing counted is a count of nothing
			if _, ok := l.Figures[m.Key]; !ok && m.Sort == Counted {
				l.Figures[m.Key] = Measured{Known: true}
			}
		}
		all = append(all, *l)
	}
	slices.SortFunc(all, func(a, b Line) int {
		if d := b.Figures["reported"].N + b.Figures["finished"].N - a.Figures["reported"].N - a.Figures["finished"].N; d != 0 {
			return int(d)
		}
		return strings.Compare(a.Key, b.Key)
	})
	return all, nil
}

// figuring is one counting of all figures.
type figuring struct {
	r           db.Reader
	cut         Cut
	from, until period.Day
	first, end  period.Instant
	units       []string // departments, where the person does not see all
	lines       map[string]*Line
}

// looks are the figures that one look at the jobs can count: those of one moment, and
// the ranks of one value.
func (f *figuring) looks() (all [][]*Measure) {
	at := map[[2]string]int{}
	for i := range Measures {
		m := &Measures[i]
		if m.Key == "per_bed" && f.cut.beds == "" || m.Key == "per_area" && f.cut.area == "" {
			continue
		}
		kind := [2]string{m.Column}
		if m.Sort == Minutes {
			kind[1] = m.Value + " of " + m.Where
		}
		n, ok := at[kind]
		if !ok {
			n, all = len(all), append(all, nil)
			at[kind] = n
		}
		all[n] = append(all[n], m)
	}
	return all
}

// jobs is the part of a query that says which jobs a figure looks at, and its arguments.
func (f *figuring) jobs(m *Measure) (string, []any) {
	q, args := fmt.Sprintf(" FROM desk_job j WHERE j.%s >= $1 AND j.%s < $2", m.Column, m.Column), []any{f.first, f.end}
	if len(f.units) > 0 {
		in, all := db.Listed(f.units, args...)
		return q + " AND j.department IN " + in, all
	}
	return q, args
}

// count counts figures that go together, for every line.
func (f *figuring) count(ctx context.Context, together []*Measure) error {
	jobs, args := f.jobs(together[0])
	var inner, outer strings.Builder
	for i, m := range together {
		where := cmp.Or(m.Where, "true")
		n, v := "count(*) FILTER (WHERE "+where+")", "0"
		switch {
		case m.Sort == Minutes: // the rank that so many tenths reach
			n, v = "max(c)", fmt.Sprintf("max(CASE WHEN n = (c * %d + 9) / 10 THEN v ELSE 0 END)", m.Tenths)
		case m.Sort == Share:
			v = "count(*) FILTER (WHERE " + where + " AND (" + m.Value + "))"
		case m.Value != "":
			v = "CAST(coalesce(sum(" + m.Value + ") FILTER (WHERE " + where + "), 0) AS BIGINT)"
		case m.Sort == Counted:
			v = n
		}
		per := "0"
		switch m.Key {
		case "per_bed":
			per = f.cut.beds
		case "per_area":
			per = f.cut.area
		}
		fmt.Fprintf(&inner, ", %s AS n%d, %s AS v%d", n, i, v, i)
		fmt.Fprintf(&outer, ", k.n%d, k.v%d, CAST(%s AS BIGINT)", i, i, per)
	}
	from := "SELECT " + f.cut.sql + " AS k" + inner.String() + jobs + " GROUP BY 1"
	if m := together[0]; m.Sort == Minutes {
		from = fmt.Sprintf(`SELECT k%s FROM (SELECT k, v, row_number() OVER (PARTITION BY k ORDER BY v) AS n, count(*) OVER (PARTITION BY k) AS c
			FROM (SELECT %s AS k, %s AS v%s AND %s) a) b GROUP BY k`, inner.String(), f.cut.sql, m.Value, jobs, cmp.Or(m.Where, "true"))
	}
	var key, name string
	got := make([]struct{ n, v, per int64 }, len(together))
	into := []any{&key, &name}
	for i := range got {
		into = append(into, &got[i].n, &got[i].v, &got[i].per)
	}
	return db.Each(ctx, f.r, "SELECT k.k, "+f.cut.name+outer.String()+" FROM ("+from+") k", args, func(scan db.Scan) error {
		if err := scan(into...); err != nil {
			return err
		}
		for i, m := range together {
			if got[i].n > 0 {
				f.tell(m, key, name, got[i].n, got[i].v, got[i].per)
			}
		}
		return nil
	})
}

// tell puts down a figure of a line: v of n jobs, for so many beds or square decimetres.
func (f *figuring) tell(m *Measure, key, name string, n, v, per int64) {
	l := f.lines[key]
	if l == nil {
		l = &Line{Key: key, Name: name, Figures: map[string]Measured{}}
		f.lines[key] = l
	}
	got := Measured{N: v, Of: n, Known: true, Link: f.link(m, key)}
	switch {
	case m.Sort == Share:
		got.N, got.HitLink = v*1000/n, f.link(m, key, m.Hit...)
	case m.Key == "per_bed":
		if got.Known = per > 0; got.Known {
			got.N = n * 100 / per
		}
	case m.Key == "per_area":
		if got.Known = per > 0; got.Known {
			got.N = v * 100 / per
		}
	case m.Sort == Stars:
		got.N = v * 100 / n
	}
	l.Figures[m.Key] = got
}

// link opens the jobs that a figure of a line looked at, and of these those that the
// filters leave.
func (f *figuring) link(m *Measure, key string, more ...string) string {
	q := append([]string{m.Column + ".from=" + string(f.from), m.Column + ".to=" + string(f.until)}, m.Query...)
	switch {
	case f.cut.Key == "kind" && slices.Contains(Trades, key): // people read it as a trade
		q = append(q, "trade="+key, "own_kind=false")
	case f.cut.Key != "" && key != "":
		q = append(q, f.cut.Key+"="+url.QueryEscape(key))
	case f.cut.Key != "":
		q = append(q, f.cut.none)
	}
	if len(f.units) > 0 && f.cut.Key != "department" {
		q = append(q, "department="+strings.Join(f.units, ","))
	}
	return "/desk/jobs?" + strings.Join(append(q, more...), "&")
}
