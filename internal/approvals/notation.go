package approvals

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/words"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/rules"
)

func fen(yuan int64) money.Fen { return money.Fen(yuan * 100) }

func (c cut) said() string {
	f := money.Fen(c / 2)
	if c%2 != 0 {
		return ">" + f.String()
	}
	return f.String()
}

// readSteps reads who is asked, in the notation in which ways are written down:
//
//	head → post:finance + post:audit → 2/post:a + post:b + post:c@16^post:president
//
// Stages follow each other by → (or >), + stands between those who are asked side by
// side, "2/" says that two of them are enough, "*" behind one that everybody who holds
// the post must agree ("*3": three of them), "@16" gives sixteen working hours, and
// "^" names who is asked when they have passed.
func readSteps(text string) (stages []Stage, err error) {
	text = strings.TrimSpace(strings.NewReplacer("->", then, ">", then, "＋", beside, "、", beside).Replace(text))
	if text == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, then) {
		s, err := readStage(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		stages = append(stages, s)
	}
	return stages, nil
}

func readStage(text string) (s Stage, err error) {
	number := func(t string) int64 {
		n, e := strconv.ParseInt(strings.TrimSpace(t), 10, 32)
		if e != nil || n < 1 || n > 2000 {
			err = fault.New(fault.Invalid, "approvals.bad_number", t)
		}
		return n
	}
	text, s.Instead, _ = strings.Cut(text, "^")
	s.Instead = strings.TrimSpace(s.Instead)
	text, hours, timed := strings.Cut(text, "@")
	if timed {
		s.Hours = number(hours)
	}
	if need, rest, ok := strings.Cut(text, "/"); ok {
		s.Need, text = number(need), rest
	}
	for one := range strings.SplitSeq(text, beside) {
		is, each, several := strings.Cut(strings.TrimSpace(one), "*")
		w := Who{Is: strings.TrimSpace(is)}
		if several {
			if w.Each = -1; strings.TrimSpace(each) != "" {
				w.Each = number(each)
			}
		}
		if w.Is == "" {
			return s, fault.New(fault.Invalid, "approvals.empty_step")
		}
		s.Who = append(s.Who, w)
	}
	return s, err
}

func (s Stage) written(say func(string) string) string {
	var who []string
	for _, w := range s.Who {
		t := say(w.Is)
		switch {
		case w.Each < 0:
			t += "*"
		case w.Each > 0:
			t += "*" + strconv.FormatInt(w.Each, 10)
		}
		who = append(who, t)
	}
	t := strings.Join(who, " "+beside+" ")
	if s.Need > 0 {
		t = strconv.FormatInt(s.Need, 10) + "/" + t
	}
	if s.Hours > 0 {
		t += "@" + strconv.FormatInt(s.Hours, 10)
	}
	if s.Instead != "" {
		t += "^" + say(s.Instead)
	}
	return t
}

// Line is a tier as an administrator writes it.
type Line struct {
	When       string `json:"when"` // in the notation, or else Tests
	Tests      []Test `json:"tests,omitempty"`
	Department string `json:"department"`
	Amount     string `json:"amount"`
	Steps      string `json:"steps"` // in the notation, or else Rows
	Rows       []Row  `json:"rows,omitempty"`
}

// Lines are a way's tiers as they are written, in the reader's words.
func (rt *Route) Lines(w *words.Words) []Line {
	all := make([]Line, len(rt.Tiers))
	for i, t := range rt.Tiers {
		var steps []string
		for _, s := range t.Stages {
			steps = append(steps, s.written(func(who string) string { return writtenWho(w, who) }))
		}
		all[i] = Line{When: t.When, Department: strings.Join(t.Departments, ","), Amount: t.AmountText(), Steps: strings.Join(steps, " "+then+" ")}
	}
	return all
}

// writtenWho is the reader's word for a post or a head, the notation itself for the rest.
func writtenWho(w *words.Words, who string) string {
	if post, ok := strings.CutPrefix(who, "post:"); ok {
		return w.T("approvals.post." + post)
	}
	if who == Head || who == Parent {
		return w.T("approvals.who." + who)
	}
	return who
}

// ReadLines makes a way of what was written or chosen; posts may stand under their names in
// either language, people by their staff number behind #. Invalid, every line at once.
func ReadLines(ctx context.Context, r db.Reader, book *words.Book, kind string, lines []Line) (Route, error) {
	rt := Route{Kind: kind}
	var bad fault.Complaints
	for n, l := range lines {
		path := "tiers." + strconv.Itoa(n) + "."
		t := Tier{When: strings.TrimSpace(l.When)}
		if l.Department != "" {
			t.Departments = strings.Split(l.Department, ",")
		}
		if len(l.Tests) > 0 {
			if t.When != "" {
				bad.Add(path+"when", "approvals.when_twice")
			}
			t.When = whenOf(kind, l.Tests, path+"tests", &bad)
		}
		var err error
		if t.From, t.Below, err = readAmount(l.Amount); err != nil {
			complain(&bad, path+"amount", err)
		}
		switch {
		case len(l.Rows) == 0:
			if t.Stages, err = readSteps(l.Steps); err != nil {
				complain(&bad, path+"steps", err)
			}
		case l.Steps != "":
			bad.Add(path+"steps", "approvals.steps_twice")
		default:
			t.Stages = stagesOf(l.Rows, path+"rows", &bad)
		}
		for i := range t.Stages {
			s := &t.Stages[i]
			for j := range s.Who {
				if s.Who[j].Is == "" {
					continue // a line that says so itself
				}
				if s.Who[j].Is, err = readWho(ctx, r, book, s.Who[j].Is); err != nil {
					complain(&bad, path+"steps", err)
				}
			}
			if s.Instead != "" {
				if s.Instead, err = readWho(ctx, r, book, s.Instead); err != nil {
					complain(&bad, path+"steps", err)
				}
			}
		}
		rt.Tiers = append(rt.Tiers, t)
	}
	return rt, bad.Err()
}

// readWho turns a post's or meeting's name, a parameter of the rulebook or #1065 into
// the notation.
func readWho(ctx context.Context, r db.Reader, book *words.Book, text string) (string, error) {
	kind, name, _ := strings.Cut(text, ":")
	switch {
	case text == Head || text == Parent:
		return text, nil
	case kind == "post" && (slices.Contains(Posts, name) || slices.Contains(Meetings, name)):
		return text, nil
	case kind == "role" && name != "", kind == "person" && name != "":
		return text, nil
	case strings.HasPrefix(text, "#"):
		p, err := people.ByNumber(ctx, r, text[1:])
		if err != nil {
			return text, fault.New(fault.Invalid, "approvals.no_such_who", text)
		}
		return "person:" + p.ID, nil
	}
	if p, _, ok := rules.Parameter(strings.TrimPrefix(text, "rule:")); ok && p.Type == rules.Post {
		return "rule:" + p.Key, nil
	}
	for _, lang := range []string{"zh", "en"} {
		w := book.In(lang)
		for _, who := range []string{Head, Parent} {
			if w.T("approvals.who."+who) == text {
				return who, nil
			}
		}
		for _, post := range slices.Concat(Posts, Meetings) {
			if w.T("approvals.post."+post) == text || post == text {
				return "post:" + post, nil
			}
		}
	}
	return text, fault.New(fault.Invalid, "approvals.no_such_who", text)
}

// SayWho is who is meant, as people read it, on a page that shows a way.
func SayWho(ctx context.Context, r db.Reader, w *words.Words, who string) string {
	kind, name, _ := strings.Cut(who, ":")
	switch kind {
	case Head, Parent:
		return w.T("approvals.who." + kind)
	case "post":
		return w.T("approvals.post." + name)
	case "role":
		role, err := people.RoleByCode(ctx, r, name)
		if err == nil {
			return role.Name(w.Lang)
		}
	case "person":
		if p, err := people.Get(ctx, r, name); err == nil {
			return p.Name
		}
	}
	return who
}

// SayDepartments are a tier's departments by name.
func (t *Tier) SayDepartments(ctx context.Context, r db.Reader, w *words.Words) (string, error) {
	var names []string
	for _, id := range t.Departments {
		d, err := departments.Get(ctx, r, id)
		if err != nil {
			return "", err
		}
		names = append(names, d.Name)
	}
	return w.List(names), nil
}
