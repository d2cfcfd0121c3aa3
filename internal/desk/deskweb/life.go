package deskweb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// lifeRoutes are the doors of what happens to jobs besides their work: doubles, parts,
// what comes back, lateness, and what is said afterwards.
func (c *Counter) lifeRoutes(step func(string, string, func(*web.Req) error) web.Route) []web.Route {
	complaint := desk.Complaint{}
	return []web.Route{
		step("amend", web.SignedIn, c.amend),
		step("merge", desk.MayDispatch, c.merge),
		step("split", web.SignedIn, c.split),
		step("reopen", desk.MaySign, c.reopen),
		step("find", desk.MayWork, c.find),
		step("explain", web.SignedIn, c.explain),
		step("rate", desk.MaySign, c.rate),
		step("complain", desk.MaySign, c.complain),
		step("invoice", desk.MayDispatch, c.invoice),
		{At: "GET /desk/breaches", Need: desk.MaySee, Do: breaches, List: &desk.Breaches},
		{At: "GET /desk/callbacks", Need: desk.MayDispatch, Do: callbacks, List: &desk.Callbacks},
		{At: "GET /desk/callbacks/{id}", Need: desk.MayDispatch, Do: callback, Gives: desk.Callback{}},
		{At: "POST /desk/callbacks/{id}", Need: desk.MayDispatch, Do: callBack, Form: &desk.CallForm, Gives: desk.Callback{}},
		{At: "GET /desk/complaints", Need: web.SignedIn, Do: complaints, List: &desk.Complaints},
		{At: "GET /desk/complaints/{id}", Need: web.SignedIn, Do: showComplaint, Gives: complaint},
		{At: "POST /desk/complaints/{id}/answer", Need: web.SignedIn, Do: answer, Form: &desk.ReplyForm, Gives: complaint},
		{At: "GET /desk/figures", Need: desk.MaySee, Do: figures, Gives: []desk.Line{}},
		{At: "GET /desk/again", Need: desk.MaySee, Do: again, Gives: []desk.Again{}},
		{At: "GET /desk/month", Need: desk.MaySee, Do: month, PageOnly: true},
		{At: "GET /desk/firms", Need: desk.MaySee, Do: firms, List: &desk.Firms},
		{At: "GET /desk/prices", Need: desk.MayArrange, Do: prices, List: &desk.Prices},
		{At: "GET /desk/prices/new", Need: desk.MayArrange, Do: blankPrice, PageOnly: true},
		{At: "POST /desk/prices", Need: desk.MayArrange, Do: addPrice, Form: &desk.PriceForm, Gives: desk.Price{}},
		{At: "GET /desk/prices/{id}", Need: desk.MayArrange, Do: showPrice, Gives: desk.Price{}},
		{At: "POST /desk/prices/{id}", Need: desk.MayArrange, Do: changePrice, Form: &desk.PriceForm, Gives: desk.Price{}},
		{At: "GET /desk/terms", Need: desk.MayArrange, Do: terms, Gives: termed{}},
		{At: "POST /desk/terms", Need: desk.MayArrange, Do: setTerms, Form: &termsForm, Gives: termed{}},
		{At: "GET /desk/locks", Need: web.SignedIn, Do: locks, Gives: []desk.Lock{}},
	}
}

// dead: it ended without being done.
func dead(j *desk.Job) bool { return j.State == desk.Cancelled || j.State == desk.Merged }

// said is why a job was rated so.
func said(r *web.Req, j *desk.Job) string {
	var all []string
	for _, why := range j.Reasons.Words() {
		all = append(all, r.T("desk.reason."+why))
	}
	if j.Opinion != "" {
		all = append(all, j.Opinion)
	}
	return strings.Join(all, " · ")
}

// lifeNotes are what the reader must know of a job's life before acting.
func lifeNotes(r *web.Req, j *desk.Job) (ns []ui.Note, err error) {
	now := r.Read().Moment()
	if j.State == desk.Merged {
		kept, err := desk.Get(r.Context(), r.Read(), db.System("desk"), j.MergedInto)
		if err != nil {
			return nil, err
		}
		ns = append(ns, ui.Note{Text: r.T("desk.note.merged", kept.Number, r.T("desk.job.state."+string(kept.State)), kept.WorkerName), Tone: ui.Quiet})
	}
	if j.Urgency == desk.Emergency && (j.State == desk.Reported || j.State == desk.Dispatched) && !r.By.May(desk.MayWork) && !r.By.May(desk.MayDispatch) {
		phone, err := desk.Phone(r.Context(), r.Read())
		if err != nil {
			return nil, err
		}
		n := ui.Note{Text: r.T("desk.note.emergency"), Tone: ui.Danger}
		if phone != "" {
			n.Text = r.T("desk.note.emergency.phone", phone)
		}
		ns = append(ns, n)
	}
	if j.Reopened > 0 && j.Active() {
		ns = append(ns, ui.Note{Text: r.T("desk.note.reopened", j.Reopened, j.Reason), Tone: ui.Soon})
	}
	if j.RepeatOf != "" && j.Open {
		ns = append(ns, ui.Note{Text: r.T("desk.note.repeat"), Tone: ui.Soon})
	}
	if j.Rung > 0 && j.Active() {
		ns = append(ns, ui.Note{Text: r.T("desk.note.rung", r.T("desk.rung."+desk.Rungs[j.Rung-1])), Tone: ui.Danger})
	}
	if j.Silent {
		ns = append(ns, ui.Note{Text: r.T("desk.note.silent"), Tone: ui.Quiet})
	}
	at, err := desk.SilentAt(r.Context(), r.Read(), j)
	if err == nil && !at.IsZero() {
		ns = append(ns, ui.Note{Text: r.T("desk.note.silence", r.W2.Instant(at, now)), Tone: ui.Plain})
	}
	return ns, err
}

// lifeReady puts into the questions of these steps what is known already.
func lifeReady(r *web.Req, j *desk.Job, a *ui.Action) error {
	if a.Ask == nil {
		return nil
	}
	if a.Open || a.Name == "split" { // what was typed stays
		return offerKinds(r, a)
	}
	switch a.Name {
	case "amend":
		var now desk.Amendment
		now.Of(j)
		f, err := r.Form(&desk.AmendForm, &now, *a.Ask)
		if err != nil {
			return err
		}
		open := desk.Changeable(r.By, j)
		f.Fields = slices.DeleteFunc(f.Fields, func(x ui.Field) bool { return !slices.Contains(open, x.Name) })
		for i := range f.Fields {
			f.Fields[i].Half = f.Fields[i].Name != "title" && f.Fields[i].Name != "detail"
		}
		a.Ask.Fields = f.Fields
		return offerKinds(r, a)
	case "merge":
		near, err := desk.Nearby(r.Context(), r.Read(), r.By, j)
		if err != nil {
			return err
		}
		for i := range a.Ask.Fields {
			f := &a.Ask.Fields[i]
			if f.Name != "into" {
				continue
			}
			f.Kind = ui.KindCards
			for _, o := range near {
				f.Options = append(f.Options, ui.Option{Value: o.ID, Label: o.Title, Hint: strings.TrimSpace(o.Number + " " + o.PlaceName)})
			}
		}
	}
	return nil
}

// offerKinds offers the kinds of work where a step asks for one, the hospital's own with the
// program's.
func offerKinds(r *web.Req, a *ui.Action) (err error) {
	for i := range a.Ask.Fields {
		if x := &a.Ask.Fields[i]; x.Name == "trade" && (a.Name == "amend" || a.Name == "split") {
			x.Options, err = kindOptions(r)
		}
	}
	return err
}

// lifeOf is what belongs to a job besides its own facts: the jobs it has to do with, the
// deadlines it missed, what its labour consists of, the firm from outside, complaints.
func lifeOf(r *web.Req, j *desk.Job) (templ.Component, error) {
	ctx, now := r.Context(), r.Read().Moment()
	var parts []templ.Component
	kin := ui.Table{ID: "kin", Bare: true, Caption: r.T("desk.kin"), Columns: []ui.Head{{Label: r.T("desk.kin.how")}, {Label: r.T("desk.jobs.title")}, {Label: r.T("desk.jobs.state")}, {Label: r.T("desk.jobs.worker")}}}
	opened := func(o *desk.Job) string { // nobody is led where they are refused
		if _, err := desk.Get(ctx, r.Read(), r.By, o.ID); err != nil {
			return ""
		}
		return "/desk/jobs/" + o.ID
	}
	for _, k := range []struct {
		how  string
		read func() ([]desk.Job, error)
	}{
		{"double", func() ([]desk.Job, error) { return desk.Doubles(ctx, r.Read(), j.ID) }},
		{"part", func() ([]desk.Job, error) { return desk.Parted(ctx, r.Read(), j) }},
		{"found", func() ([]desk.Job, error) { return desk.FoundOn(ctx, r.Read(), j.ID) }},
		{"failure", func() ([]desk.Job, error) { return desk.Failures(ctx, r.Read(), j) }},
	} {
		all, err := k.read()
		if err != nil {
			return nil, err
		}
		for i := range all {
			o := &all[i]
			kin.Rows = append(kin.Rows, ui.Row{Href: opened(o), Cells: []ui.Cell{{Text: r.T("desk.kin." + k.how)}, {Text: o.Title, Sub: o.Number + " · " + r.W2.Instant(o.ReportedAt, now)}, {Text: r.T("desk.job.state." + string(o.State)), State: true, Tone: markTone(o)}, {Text: o.WorkerName, Sub: o.Done}}})
		}
	}
	for _, k := range []struct{ how, id string }{{"kept", j.MergedInto}, {"found_on", j.FoundOn}} {
		if k.id == "" {
			continue
		}
		o, err := desk.Get(ctx, r.Read(), db.System("desk"), k.id)
		if err != nil {
			return nil, err
		}
		kin.Rows = append(kin.Rows, ui.Row{Href: opened(&o), Cells: []ui.Cell{{Text: r.T("desk.kin." + k.how)}, {Text: o.Title, Sub: o.Number}, {Text: r.T("desk.job.state." + string(o.State)), State: true, Tone: markTone(&o)}, {Text: o.WorkerName}}})
	}
	if len(kin.Rows) > 0 {
		parts = append(parts, ui.Section(r.T("desk.kin"), ui.List(r.W2, kin)))
	}
	missed, err := desk.BreachesOf(ctx, r.Read(), j.ID)
	if err != nil {
		return nil, err
	}
	if len(missed) > 0 {
		t := ui.Table{ID: "missed", Bare: true, Caption: r.T("desk.breaches"), Columns: []ui.Head{{Label: r.T("desk.breaches.what")}, {Label: r.T("desk.breaches.due")}, {Label: r.T("desk.breaches.stood")}, {Label: r.T("desk.breaches.cause")}}}
		for _, b := range missed {
			cause := ui.Cell{Text: r.T("desk.cause.unsaid"), Tone: ui.Soon}
			if b.Cause != "" {
				cause = ui.Cell{Text: r.T("desk.cause." + b.Cause), Sub: strings.TrimSpace(b.Note + " " + b.By)}
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("desk.deadline." + b.What)}, {Text: r.W2.Instant(b.Due, now), Tone: ui.Danger}, {Text: r.T("desk.stood." + b.Stood)}, cause}})
		}
		parts = append(parts, ui.Section(r.T("desk.breaches"), ui.List(r.W2, t)))
	}
	labour, err := desk.LabourOf(ctx, r.Read(), j.ID)
	if err != nil {
		return nil, err
	}
	if len(labour) > 0 {
		t := ui.Table{ID: "labour", Bare: true, Caption: r.T("desk.labour"), Columns: []ui.Head{{Label: r.T("desk.labour.who")}, {Label: r.T("desk.labour.what")}, {Label: r.T("desk.labour.rate"), Num: true}, {Label: r.T("desk.labour.amount"), Num: true}}}
		for _, l := range labour {
			what := r.T("desk.n_minutes", l.Minutes)
			if l.Price != "" {
				what = l.Piece + " × " + r.W2.Number(l.Pieces)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Name, Sub: grade(r, l.Grade)}, {Text: what}, {Text: r.W2.Money(l.Rate)}, {Text: r.W2.Money(l.Amount)}}})
		}
		parts = append(parts, ui.Section(r.T("desk.labour"), ui.List(r.W2, t)))
	}
	if o, ok, err := desk.OutsideOf(ctx, r.Read(), j.ID); err != nil {
		return nil, err
	} else if ok {
		fs := []ui.Fact{{Label: r.T("desk.outside.firm"), Text: o.Firm}, {Label: r.T("desk.firms.state"), Text: r.T("desk.firms.state." + o.State), Sub: o.Paper, State: true},
			{Label: r.T("desk.outside.estimate"), Text: r.W2.Money(o.Estimate), Num: true}, {Label: r.T("desk.outside.why"), Text: o.Why, Wide: true}}
		if o.State == desk.Paid {
			fs = append(fs, ui.Fact{Label: r.T("desk.firms.actual"), Text: r.W2.Money(o.Actual), Sub: o.Invoice, Num: true})
		}
		parts = append(parts, ui.Section(r.T("desk.firms"), ui.Facts(fs...)))
	}
	if t, err := oldTable(r, j.ID); err != nil {
		return nil, err
	} else if t != nil {
		parts = append(parts, ui.Section(r.T("desk.old"), ui.List(r.W2, *t)))
	}
	said, err := desk.ComplaintsOf(ctx, r.Read(), j.ID)
	if err != nil {
		return nil, err
	}
	if len(said) > 0 {
		t := ui.Table{ID: "said", Bare: true, Caption: r.T("desk.complaints"), Columns: []ui.Head{{Label: r.T("desk.complaints.number")}, {Label: r.T("desk.complaints.said")}, {Label: r.T("desk.complaints.state")}, {Label: r.T("desk.complaints.owner")}, {Label: r.T("desk.complaints.answer")}}}
		for i := range said {
			c := &said[i]
			row := ui.Row{Cells: []ui.Cell{{Text: c.Number}, {Text: heldAgainst(r, c)}, {Text: r.T("desk.complaints.state." + c.State), State: true, Tone: ui.Tone(c.Tone(now))}, {Text: c.OwnerName, Sub: answerBy(r, c)}, {Text: c.Answer, Sub: c.AnsweredBy}}}
			if _, err := desk.ComplaintByID(ctx, r.Read(), r.By, c.ID); err == nil {
				row.Href = "/desk/complaints/" + c.ID
			}
			t.Rows = append(t.Rows, row)
		}
		parts = append(parts, ui.Section(r.T("desk.complaints"), ui.List(r.W2, t)))
	}
	if len(parts) == 0 {
		return nil, nil
	}
	return ui.Below(parts...), nil
}

// answerBy is until when an open complaint is answered.
func answerBy(r *web.Req, c *desk.Complaint) string {
	if c.State != "open" {
		return ""
	}
	return r.T("desk.complaints.by_then", r.W2.Due(c.Due, r.Read().Moment()))
}

func (c *Counter) amend(r *web.Req) error {
	return asked(c, r, &desk.AmendForm, "desk.done.amended", desk.Amend)
}
func (c *Counter) merge(r *web.Req) error {
	return asked(c, r, &desk.MergeForm, "desk.done.merged", desk.Merge)
}
func (c *Counter) split(r *web.Req) error {
	return asked(c, r, &desk.SplitForm, "desk.done.split", desk.Split)
}

// find makes a job of what was found on a round; the round's page comes back for the next.
func (c *Counter) find(r *web.Req) error {
	id := r.PathValue("id")
	return asked(c, r, &desk.FindForm, "desk.done.found", func(ctx context.Context, tx *db.Tx, _ string, version int64, f desk.Finding) (desk.Job, error) {
		made, err := desk.Find(ctx, tx, id, version, f)
		return desk.Job{ID: id, Number: made.Number}, err
	})
}
func (c *Counter) reopen(r *web.Req) error {
	return reasoned(c, r, &desk.ReopenForm, "desk.done.reopened", desk.Reopen)
}
func (c *Counter) explain(r *web.Req) error {
	return asked(c, r, &desk.ExplainForm, "desk.done.explained", desk.Explain)
}
func (c *Counter) rate(r *web.Req) error {
	return asked(c, r, &desk.RateForm, "desk.done.rated", desk.RateJob)
}
func (c *Counter) complain(r *web.Req) error {
	return reasoned(c, r, &desk.ComplainForm, "desk.done.complained", desk.Complain)
}
func (c *Counter) invoice(r *web.Req) error {
	return asked(c, r, &desk.InvoiceForm, "desk.done.invoiced", desk.Invoice)
}

func grade(r *web.Req, g string) string {
	if g == "" {
		return ""
	}
	return r.T("desk.grade." + g)
}

// version is how a form carries the version that its page shows; "" of what is not there yet.
func version(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
