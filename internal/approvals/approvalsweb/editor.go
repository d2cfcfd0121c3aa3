package approvalsweb

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/rules"
)

// written is a way as it stands in its form.
type written struct {
	Since  period.Day
	Reason string
	Tiers  []approvals.Line
}

// Whom a tier asks and on which condition is chosen, a row each, or written in the notation.
var (
	writing = form.Of[written]{Name: "approvals.writing", Fields: []form.Field[written]{
		{Key: "since", Into: func(w *written) any { return &w.Since }, Required: true, Hint: true},
		{Key: "reason", Into: func(w *written) any { return &w.Reason }, Required: true, Most: 300},
		form.LinesOf("tiers", func(w *written) *[]approvals.Line { return &w.Tiers }, &form.Of[approvals.Line]{Name: "approvals.line", Fields: []form.Field[approvals.Line]{
			{Key: "amount", Into: func(l *approvals.Line) any { return &l.Amount }, Most: 80},
			{Key: "when", Into: func(l *approvals.Line) any { return &l.When }, Most: 300},
			{Key: "department", Into: func(l *approvals.Line) any { return &l.Department }, Ref: "departments"},
			{Key: "steps", Into: func(l *approvals.Line) any { return &l.Steps }, Most: 600},
			form.LinesOf("tests", func(l *approvals.Line) *[]approvals.Test { return &l.Tests }, &test, 12),
			form.LinesOf("rows", func(l *approvals.Line) *[]approvals.Row { return &l.Rows }, &row, 40),
		}}, 30),
	}}
	test = form.Of[approvals.Test]{Name: "approvals.test", Fields: []form.Field[approvals.Test]{
		{Key: "join", Into: func(t *approvals.Test) any { return &t.Join }, Most: 4},
		{Key: "what", Into: func(t *approvals.Test) any { return &t.What }, Most: 40},
		{Key: "is", Into: func(t *approvals.Test) any { return &t.Is }, Most: 4},
		{Key: "value", Into: func(t *approvals.Test) any { return &t.Value }, Most: 40},
		{Key: "rule", Into: func(t *approvals.Test) any { return &t.Rule }, Most: 40},
	}}
	row = form.Of[approvals.Row]{Name: "approvals.row", Fields: []form.Field[approvals.Row]{
		{Key: "beside", Into: func(s *approvals.Row) any { return &s.Beside }, Most: 10},
		{Key: "who", Into: func(s *approvals.Row) any { return &s.Who }, Most: 60},
		{Key: "person", Into: func(s *approvals.Row) any { return &s.Person }, Ref: "people"},
		{Key: "each", Into: func(s *approvals.Row) any { return &s.Each }, Most: 4},
		{Key: "need", Into: func(s *approvals.Row) any { return &s.Need }, Most: 12},
		{Key: "hours", Into: func(s *approvals.Row) any { return &s.Hours }, Most: 2000},
		{Key: "instead", Into: func(s *approvals.Row) any { return &s.Instead }, Most: 60},
	}}
)

// edit draws the form for another way, filled with the one of today: rows to choose from,
// or, with ?as=text, the notation.
func edit(r *web.Req) error {
	rt, err := current(r)
	if err != nil {
		return err
	}
	text := r.URL.Query().Get("as") == "text"
	lines, to := rt.Lines(r.W2), "/approvals/routes/"+rt.Kind
	for n := range lines {
		if text {
			continue
		}
		lines[n].Steps, lines[n].Rows = "", rt.Tiers[n].Rows()
		if tests, ok := approvals.TestsOf(rt.Kind, lines[n].When); ok {
			lines[n].When, lines[n].Tests = "", tests
		}
	}
	f, err := r.Form(&writing, &written{Since: r.Site.DB.Today().AddDays(1), Tiers: lines}, ui.Form{ID: "way", Action: to + "/drafts", Submit: r.T("approvals.draft"), Cancel: to, Draft: true})
	if err != nil {
		return err
	}
	how, other := []string{r.T("approvals.how.amount")}, ui.Action{Name: "as-text", Label: r.T("approvals.edit.text"), Href: to + "/edit?as=text"}
	if text {
		f.ID, f.Action = "text", f.Action+"?as=text"
		tiers := &f.Fields[len(f.Fields)-1]
		tiers.Columns = tiers.Columns[:len(tiers.Columns)-2] // neither tests nor rows
		how = append(how, r.T("approvals.how.steps"), r.T("approvals.how.beside"), r.T("approvals.how.hours"))
		other = ui.Action{Name: "as-rows", Label: r.T("approvals.edit.rows"), Href: to + "/edit"}
	} else {
		f.Fields = unfold(r, &rt, f.Fields)
		if len(approvals.Attrs[rt.Kind]) > 0 {
			how = append(how, r.T("approvals.how.tests"))
		}
		how = append(how, r.T("approvals.how.rows"))
	}
	how = append(how, r.T("approvals.how.order"))
	if attrs := approvals.Attrs[rt.Kind]; text && len(attrs) > 0 {
		var names []string
		for _, a := range attrs {
			names = append(names, a.Key+" · "+r.T("approvals.attr."+a.Key))
		}
		how = append(how, r.T("approvals.how.when", r.W2.List(names)))
	}
	if text {
		var names []string
		for _, p := range slices.Concat(approvals.Posts, approvals.Meetings) {
			names = append(names, r.T("approvals.post."+p))
		}
		how = append(how, r.T("approvals.how.posts", r.W2.List(names)))
	}
	return r.Show(ui.Page{Heading: r.T("approvals.edit"), Sub: approvals.SayKind(r.W2, rt.Kind), Wide: true, Back: &ui.Link{Label: approvals.SayKind(r.W2, rt.Kind), Href: to}, Actions: []ui.Action{other},
		Body: ui.Below(ui.Ask(r.W2, f), howTo(r.T("approvals.how"), how))}, nil)
}

// unfold puts each tier of the form under a heading of its own, its condition and whom it
// asks in rows; one more tier waits empty. A condition that rows cannot say stays text.
func unfold(r *web.Req, rt *approvals.Route, fields []ui.Field) (out []ui.Field) {
	for _, x := range fields {
		if x.Kind != ui.KindLines {
			out = append(out, x)
			continue
		}
		for n := range len(x.Lines) + 1 {
			head, cells := r.T("approvals.tier_of", n+1, len(x.Lines)), slices.Clone(x.Columns)
			if n < len(x.Lines) {
				cells = x.Lines[n]
			} else {
				head = r.T("approvals.edit.more")
			}
			of := map[string]*ui.Field{}
			for i := range cells {
				cells[i].Name, cells[i].Half = "tiers."+strconv.Itoa(n)+"."+x.Columns[i].Name, cells[i].Kind != ui.KindLines
				of[x.Columns[i].Name] = &cells[i]
			}
			of["amount"].Example = r.T("approvals.amount.example")
			out = append(out, ui.Field{Kind: ui.KindHead, Label: head}, *of["amount"], *of["department"])
			rows, tests, when := of["rows"], of["tests"], of["when"]
			rows.Ordered, rows.Error = true, cmp.Or(rows.Error, of["steps"].Error)
			choose(r, rows)
			asks := len(approvals.Attrs[rt.Kind]) > 0
			if when.Value != "" || when.Error != "" && !asks {
				when.Half = false
				out = append(out, *when)
			} else if asks {
				tests.Spare, tests.Error = 1, cmp.Or(tests.Error, when.Error)
				chooseTests(r, rt, tests)
				out = append(out, *tests)
			}
			out = append(out, *rows)
		}
	}
	return out
}

// choose makes the columns of a tier's rows that have few answers into choices.
func choose(r *web.Req, x *ui.Field) {
	whom, posts := []ui.Option{{Label: r.T("approvals.row.nobody")}}, []ui.Option{{Label: r.T("approvals.row.above")}}
	add := func(value, label, group string) {
		o := ui.Option{Value: value, Label: label, Group: group}
		whom = append(whom, o)
		if group != r.T("approvals.row.meetings") {
			posts = append(posts, o)
		}
	}
	for _, who := range []string{approvals.Head, approvals.Parent} {
		add(who, r.T("approvals.who."+who), r.T("approvals.row.departments"))
	}
	for _, p := range approvals.Posts {
		add("post:"+p, r.T("approvals.post."+p), r.T("approvals.row.posts"))
	}
	for _, p := range approvals.Meetings {
		add("post:"+p, r.T("approvals.post."+p), r.T("approvals.row.meetings"))
	}
	for _, c := range rules.Book {
		for _, p := range c.Params {
			if p.Type == rules.Post {
				add("rule:"+p.Key, c.ID+" "+p.Name.In(r.W2.Lang), r.T("approvals.row.rules"))
			}
		}
	}
	each := []ui.Option{{Label: r.T("approvals.row.any")}, {Value: "all", Label: r.T("approvals.row.all")}}
	for n := 2; n <= 5; n++ {
		each = append(each, ui.Option{Value: strconv.Itoa(n), Label: r.T("approvals.row.some", n)})
	}
	offer(x, map[string][]ui.Option{"beside": {{Label: r.T("approvals.row.then")}, {Value: "beside", Label: r.T("approvals.row.beside.beside")}}, "who": whom, "each": each, "instead": posts},
		func(v string) string { return approvals.SayWho(r.Context(), r.Read(), r.W2, v) })
}

// offer makes columns of rows into choices. What else stands in one, a role, stays a
// choice under the name it is said by.
func offer(x *ui.Field, choices map[string][]ui.Option, say func(string) string) {
	for i := range x.Columns {
		c := &x.Columns[i]
		of, ok := choices[c.Name]
		if !ok {
			continue
		}
		c.Kind, c.Options = ui.KindChoice, of
		for n := range x.Lines {
			cell := &x.Lines[n][i]
			if v := cell.Value; !slices.ContainsFunc(of, func(o ui.Option) bool { return o.Value == v }) {
				cell.Options = append(slices.Clone(of), ui.Option{Value: v, Label: say(v)})
			} else {
				cell.Options = nil
			}
		}
	}
}

// chooseTests makes the rows of a condition into choices: the properties of the kind, how
// they compare, and with what. Columns that no property of the kind needs go.
func chooseTests(r *web.Req, rt *approvals.Route, x *ui.Field) {
	what, values, numbers := []ui.Option{{Label: r.T("approvals.test.nothing")}}, []ui.Option{{Label: r.T("approvals.test.none")}}, false
	for _, a := range approvals.Attrs[rt.Kind] {
		what = append(what, ui.Option{Value: a.Key, Label: r.T("approvals.attr." + a.Key)})
		numbers = numbers || a.Type == approvals.Number
		for _, v := range attrTexts[a.Key] {
			values = append(values, ui.Option{Value: v, Label: r.T("approvals.when.text." + v)})
		}
	}
	is := []ui.Option{{Label: r.T("approvals.test.equal")}, {Value: approvals.Comparisons[1], Label: r.T("approvals.test.is_not")}}
	figures := []ui.Option{{Label: r.T("approvals.test.none")}}
	if numbers {
		for _, c := range approvals.Comparisons[2:] {
			is = append(is, ui.Option{Value: c, Label: sign(c)})
		}
		for _, p := range approvals.Figures(clausesOf(rt)) {
			figures = append(figures, ui.Option{Value: p.Key, Label: strings.SplitN(p.Key, ".", 2)[0] + " " + p.Name.In(r.W2.Lang)})
		}
	}
	choices := map[string][]ui.Option{"join": {{Label: r.T("approvals.test.and")}, {Value: "or", Label: r.T("approvals.test.or")}}, "what": what, "is": is}
	if !numbers && len(values) > 1 {
		choices["value"] = values
	}
	if len(figures) > 1 {
		choices["rule"] = figures
	}
	for i := len(x.Columns) - 1; i >= 0; i-- {
		if name := x.Columns[i].Name; name == "value" && !numbers && len(values) == 1 || name == "rule" && len(figures) == 1 {
			x.Columns = slices.Delete(slices.Clone(x.Columns), i, i+1)
			for n := range x.Lines {
				x.Lines[n] = slices.Delete(x.Lines[n], i, i+1)
			}
		}
	}
	offer(x, choices, func(v string) string { return v })
}

func draft(r *web.Req) error {
	return web.Submit(r, &writing, edit, func(tx *db.Tx, w *written) (web.Done, error) {
		rt, err := approvals.ReadLines(r.Context(), tx, r.Site.Words, r.PathValue("kind"), w.Tiers)
		if err != nil {
			return web.Done{}, err
		}
		rt.Since, rt.Reason = w.Since, w.Reason
		err = approvals.Draft(r.Context(), tx, &rt)
		return web.Done{To: "/approvals/drafts/" + rt.ID, Say: "approvals.done.drafted", Data: rt}, err
	})
}
