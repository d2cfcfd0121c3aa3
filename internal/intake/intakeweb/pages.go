package intakeweb

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/intake"
)

// preview is what each row would do, and how the file was understood.
func preview(r *web.Req, m *intake.Import, here string) ([]templ.Component, error) {
	parts := []templ.Component{figures(r, m, here)}
	wrong := m.Refused - m.NoRecord
	hidden := func() []ui.Pair {
		return []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(m.Version)}}
	}
	good := m.New + m.Changed
	enter := ui.Action{Name: "start", Label: r.T("intake.start", good), Post: here + "/start", Tone: ui.Accent, Icon: "check", Hidden: hidden()}
	whole := ui.Action{Name: "whole", Label: r.T("intake.start_whole"), Post: here + "/start", Hidden: append(hidden(), ui.Pair{Name: "whole", Value: "1"})}
	if good == 0 {
		enter.Label, enter.Closed = r.T("intake.start_none"), r.T("intake.nothing_new")
		whole.Closed = enter.Closed
	} else if wrong > 0 {
		whole.Closed = r.T("intake.whole_not", wrong)
	}
	parts = append(parts, ui.Section(r.T("intake.decide"), ui.Buttons(r.W2, enter, whole,
		ui.Action{Name: "rows", Label: r.T("intake.each_row"), Href: here + "/rows", Icon: "list"},
		ui.Action{Name: "cancel", Label: r.T("intake.drop"), Post: here + "/cancel", Confirm: r.T("intake.drop_sure"), Hidden: hidden()})))
	more, err := wrongRows(r, m, here)
	if err != nil {
		return nil, err
	}
	parts = append(parts, more...)
	parts = append(parts, rules(r, m)...)
	f, err := mapping(r, m, here)
	return append(parts, f), err
}

// result is what became of the rows.
func result(r *web.Req, m *intake.Import, here string) ([]templ.Component, error) {
	tone, said := ui.Done, r.T("intake.result.done", m.Imported, m.Unchanged, m.Refused)
	switch m.State {
	case intake.Turned:
		tone, said = ui.Danger, r.T("intake.result.turned")
	case intake.Cancelled:
		tone, said = ui.Soon, r.T("intake.result.cancelled", m.Imported, m.Done, m.Total)
		if m.Imported == 0 {
			said = r.T("intake.result.cancelled_none")
		}
	case intake.Failed:
		tone, said = ui.Danger, m.Why(r.W2)
	}
	parts := []templ.Component{notice(tone, said)}
	if m.Done > 0 {
		parts = append(parts, figures(r, m, here))
	}
	if m.State == intake.Failed && m.Kept {
		var b []ui.Action
		if m.Found().Fingerprint != "" {
			f, err := mapping(r, m, here)
			if err != nil {
				return nil, err
			}
			parts = append(parts, f)
		}
		b = append(b, ui.Action{Name: "new", Label: r.T("intake.other_file"), Href: "/intake/new?kind=" + m.Kind, Tone: ui.Accent})
		parts = append(parts, ui.Buttons(r.W2, b...))
	}
	more, err := wrongRows(r, m, here)
	if err != nil {
		return nil, err
	}
	parts = append(parts, more...)
	return append(parts, rules(r, m)...), nil
}

// stack puts parts below each other with room between.
func stack(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Stack().Render(templ.WithChildren(ctx, templ.Join(parts...)), w)
	})
}

// notice is a sentence that stands out.
func notice(tone ui.Tone, said string) templ.Component {
	text := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(said))
		return err
	})
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Notice(tone).Render(templ.WithChildren(ctx, text), w)
	})
}

func figures(r *web.Req, m *intake.Import, here string) templ.Component {
	future := ""
	if m.State == intake.Ready {
		future = ".would"
	}
	one := func(key string, n int64, tone ui.Tone, href string) ui.Figure {
		if n == 0 {
			tone, href = ui.Plain, ""
		}
		return ui.Figure{Label: r.T("intake.figure." + key), Value: r.W2.Number(n), Unit: r.T("intake.rows_unit"), Tone: tone, Href: href}
	}
	listed := func(o intake.Outcome) string {
		if !m.Kept && m.State != intake.Done {
			return ""
		}
		return here + "/rows?outcome=" + string(o)
	}
	return ui.Figures(one("read", m.Done, ui.Plain, ""), one("new"+future, m.New, ui.Done, listed(intake.New)),
		one("changed"+future, m.Changed, ui.Accent, listed(intake.Changed)), one("unchanged", m.Unchanged, ui.Plain, listed(intake.Unchanged)),
		one("refused", m.Refused, ui.Danger, listed(intake.Refused)))
}

// shownWrong is how many refused rows stand on the page itself.
const shownWrong = 20

// wrongRows are the first refused rows, and the files with all of them.
func wrongRows(r *web.Req, m *intake.Import, here string) ([]templ.Component, error) {
	if m.Refused == 0 {
		return nil, nil
	}
	rows, err := intake.Rows.All(r.Context(), r.Read(), intake.Of(m.ID).And("w.outcome = 'refused'"), shownWrong)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	t := ui.Table{ID: "wrong", Caption: r.T("intake.refused_sheet"), Bare: true, Columns: []ui.Head{
		{Key: "line", Label: r.T("intake.rows.line")}, {Key: "column", Label: r.T("intake.rows.column")},
		{Key: "value", Label: r.T("intake.rows.value")}, {Key: "reason", Label: r.T("intake.rows.reason")}}}
	for i := range rows {
		row := &rows[i]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: row.LineText(), Sub: row.Label}, {Text: row.In(r.W2), Sub: row.Cell}, {Text: row.Value}, {Text: row.Because(r.W2), Tone: ui.Danger}}})
	}
	if m.Refused > int64(len(rows)) {
		t.Count = r.T("intake.refused_more", m.Refused-int64(len(rows)))
	}
	parts := []templ.Component{ui.Section(r.T("intake.refused_sheet"), ui.List(r.W2, t))}
	if m.Kept {
		parts = append(parts, ui.Buttons(r.W2,
			ui.Action{Name: "xlsx", Label: r.T("intake.refused_xlsx"), Href: here + "/refused?format=xlsx", Icon: "download"},
			ui.Action{Name: "csv", Label: r.T("intake.refused_csv"), Href: here + "/refused?format=csv", Icon: "download"}))
	}
	return parts, nil
}

// rules are what decided about the rows.
func rules(r *web.Req, m *intake.Import) []templ.Component {
	all := m.Rules()
	found := m.Found()
	var facts []ui.Fact
	if found.Sheet != "" {
		facts = append(facts, ui.Fact{Label: r.T("intake.sheet"), Text: found.Sheet}, ui.Fact{Label: r.T("intake.header_row"), Text: fmt.Sprint(found.Header), Num: true})
	}
	var left []string
	for _, c := range found.Columns {
		if c.Target == "" && c.Title != "" {
			left = append(left, c.Title)
		}
	}
	if len(left) > 0 {
		facts = append(facts, ui.Fact{Label: r.T("intake.left." + kept(m.Kind)), Text: strings.Join(left, r.T("intake.comma")), Wide: true})
	}
	parts := []templ.Component{}
	if len(facts) > 0 {
		parts = append(parts, ui.Section(r.T("intake.understood"), ui.Facts(facts...)))
	}
	if len(all) > 0 {
		t := ui.Table{ID: "rules", Caption: r.T("intake.rules"), Bare: true, Columns: []ui.Head{{Key: "rule", Label: r.T("intake.rule")}, {Key: "rows", Label: r.T("intake.rule_rows"), Num: true}}}
		for _, rule := range all {
			n := ""
			if rule.Rows > 0 {
				n = r.W2.Number(rule.Rows)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: rule.Say(r.W2)}, {Text: n, Num: true}}})
		}
		parts = append(parts, ui.Section(r.T("intake.rules"), ui.List(r.W2, t)))
	}
	return parts
}

func kept(kind string) string {
	if intake.KeepsExtra(kind) {
		return "beside"
	}
	return "out"
}

// mapping is the form in which a person corrects which column is what.
func mapping(r *web.Req, m *intake.Import, here string) (templ.Component, error) {
	targets, err := intake.TargetsOf(m.Kind)
	if err != nil {
		return nil, err
	}
	settings, err := intake.SettingsOf(m.Kind)
	if err != nil {
		return nil, err
	}
	found, given := m.Found(), m.Mapping()
	f := ui.Form{ID: "mapping", Action: here + "/correct", Version: web.VersionText(m.Version), Key: r.NewKey(), Submit: r.T("intake.correct"), Tone: ui.Plain, Intro: r.T("intake.mapping_intro")}
	var options []ui.Option
	for _, t := range targets {
		label := r.T("intake.target." + m.Kind + "." + t.Key)
		if t.Need {
			label += " *"
		}
		options = append(options, ui.Option{Value: t.Key, Label: label})
	}
	for _, c := range found.Columns {
		if c.Title == "" && len(c.Sample) == 0 {
			continue
		}
		label := c.Title
		if label == "" {
			label = r.T("intake.unnamed", c.Letter)
		}
		f.Fields = append(f.Fields, ui.Field{Name: "column." + c.Letter, Label: label, Kind: ui.KindChoice, Value: c.Target, Options: options, Example: r.T("intake.nobody." + kept(m.Kind)), Half: true,
			Hint: strings.Join(c.Sample, " · ")})
	}
	if len(settings) > 0 {
		f.Fields = append(f.Fields, ui.Field{Kind: ui.KindHead, Label: r.T("intake.whole_file")})
	}
	for _, s := range settings {
		x := ui.Field{Name: "setting." + s, Label: r.T("intake.setting." + s), Hint: r.T("intake.setting." + s + ".hint"), Value: given.Settings[s], Half: true, Max: 60}
		if s == "dates" {
			x.Kind, x.Example = ui.KindChoice, r.T("intake.dates.auto")
			x.Options = []ui.Option{{Value: "YMD", Label: r.T("intake.dates.ymd")},
				{Value: "DMY", Label: r.T("intake.dates.dmy")}, {Value: "MDY", Label: r.T("intake.dates.mdy")}}
		}
		f.Fields = append(f.Fields, x)
	}
	unknown, err := intake.UnknownWords(r.Context(), r.Read(), m)
	if err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		f.Fields = append(f.Fields, ui.Field{Kind: ui.KindHead, Label: r.T("intake.unknown_words")})
	}
	for i, u := range unknown {
		n := fmt.Sprintf("word.%d", i)
		x := ui.Field{Name: n, Label: r.T("intake.word_is", u.Value, r.T("intake.target."+m.Kind+"."+u.Target)), Kind: ui.KindChoice, Half: true,
			Example: r.T("intake.word_refused")}
		for _, w := range u.Words {
			x.Options = append(x.Options, ui.Option{Value: w, Label: w})
		}
		f.Fields = append(f.Fields, x)
		f.Hidden = append(f.Hidden, ui.Pair{Name: n + ".target", Value: u.Target}, ui.Pair{Name: n + ".value", Value: u.Value})
	}
	return ui.Section(r.T("intake.mapping"), ui.Ask(r.W2, f)), nil
}

// correct takes the answers of the mapping form.
func correct(r *web.Req) error {
	m, err := one(r)
	if err != nil {
		return err
	}
	in, err := r.Input()
	if err != nil {
		return err
	}
	targets, err := intake.TargetsOf(m.Kind)
	if err != nil {
		return err
	}
	to := m.Mapping()
	to.Columns = map[string]string{}
	for _, t := range targets {
		to.Columns[t.Key] = "" // what no column is given to is left out, not guessed again
	}
	twice := ""
	for _, c := range m.Found().Columns {
		key := in.Value("column." + c.Letter)
		if !slices.ContainsFunc(targets, func(t intake.Target) bool { return t.Key == key }) {
			continue
		}
		if to.Columns[key] != "" {
			twice = key
		}
		to.Columns[key] = "@" + c.Letter
	}
	settings, err := intake.SettingsOf(m.Kind)
	if err != nil {
		return err
	}
	to.Settings = map[string]string{}
	for _, s := range settings {
		if v := in.Value("setting." + s); v != "" {
			to.Settings[s] = v
		}
	}
	for i := 0; in.Value(fmt.Sprintf("word.%d.target", i)) != ""; i++ {
		n := fmt.Sprintf("word.%d", i)
		if v := in.Value(n); v != "" {
			if to.Values == nil {
				to.Values = map[string]map[string]string{}
			}
			key := in.Value(n + ".target")
			if to.Values[key] == nil {
				to.Values[key] = map[string]string{}
			}
			to.Values[key][in.Value(n+".value")] = v
		}
	}
	return r.Act(in, func(tx *db.Tx) (web.Done, error) {
		if twice != "" {
			return web.Done{}, intake.Twice(m.Kind, twice)
		}
		return web.Done{To: "/intake/" + m.ID}, intake.Correct(r.Context(), tx, m.ID, r.Version(), to)
	})
}
