package inbox

import (
	"context"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/desk"
	"houqin/internal/disposal"
	"houqin/internal/distribution"
	"houqin/internal/purchasing"
	"houqin/internal/requests"
	"houqin/internal/wardstores"
)

// WardHeaps are what is open for a department in rooms other than the desk and the
// approvals, whoever asked for it: one line each, as of [Heaps]. Lies reads within the
// departments for which the person holds the room's permission.
var WardHeaps = []Heap{
	{"ward_sign", "/requests?state=out", requests.Noun, holds(requests.MayAsk), of(requests.ToSign, goodsComing)},
	{"ward_checks", "/ward-store", wardstores.CountNoun, holds(wardstores.MayUse), byDay(wardstores.ToCount, wardCheck)},
	{"ward_lent", "/ward-stores/loans?open=true", wardstores.LoanNoun, holds(wardstores.MayUse), byDay(wardstores.LentOf, loan)},
	{"ward_goods", "/requests?open=true", requests.Noun, holds(requests.MayAsk), of(requests.OpenOf, goodsAsked)},
	{"ward_needs", "/purchasing/needs", purchasing.NeedNoun, holds(purchasing.MayAsk), of(purchasing.OpenNeeds, wardNeed)},
	{"ward_shares", "/distribution/mine", distribution.Noun, anybody, of(sharesLeft, shareLeft)},
}

// goodsComing are on their way and are signed for when they come.
func goodsComing(q *requests.Request) Thing {
	t := goodsAsked(q)
	t.Href += "/sign"
	return t
}

// wardNeed is what the ward asked the planner for, with where it stands.
func wardNeed(n *purchasing.Need) Thing {
	number, month, state, who := n.Number, string(n.Month.Month()), string(n.State), n.ByName
	return Thing{Title: number, Href: "/purchasing/needs/" + n.ID, Since: n.At, In: func(w *words.Words) (string, string) {
		return number + " " + month, w.T("purchasing.needs.state."+state) + " · " + who
	}}
}

// sharesLeft is what people and floors of the wards that somebody reports for have not
// fetched.
func sharesLeft(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]distribution.Left, error) {
	return distribution.LeftOf(ctx, r, desk.Wards(by).Units, limit)
}

func shareLeft(l *distribution.Left) Thing {
	title, until, shares := l.Title, l.Until, l.Shares
	return Thing{Title: title, Href: "/distribution/mine", Since: l.Since, In: func(w *words.Words) (string, string) {
		return title, w.T("inbox.ward_shares.left", shares, w.Day(until))
	}}
}

// papersOf are the pages of the documents about which a ward asks, and who of the ward may
// open them, although they may not look into the case itself.
var papersOf = []struct{ noun, need, page string }{
	{requests.Noun, requests.MayAsk, "/requests/"},
	{purchasing.NeedNoun, purchasing.MayAsk, "/purchasing/needs/"},
	{wardstores.LossNoun, wardstores.MayUse, "/ward-stores/losses/"},
	{wardstores.LoanNoun, wardstores.MayUse, "/ward-stores/loans/"},
	{disposal.Noun, disposal.MaySee, "/disposal/slips/"},
	{desk.Noun, desk.MayReport, "/desk/jobs/"},
}

// wardCases are the documents of wards under way, whoever asked, with the pages of those
// that the person does not open as a case.
func wardCases(ctx context.Context, r db.Reader, by db.Actor, units []string) (t Tray, n int, err error) {
	may := map[string][]string{}
	for _, p := range papersOf {
		for _, u := range units {
			if by.MayIn(p.need, u) {
				may[p.noun] = append(may[p.noun], u)
			}
		}
	}
	cases, err := approvals.UnderWay(ctx, r, by, units, may, Shown+1)
	if err != nil {
		return t, 0, err
	}
	t = Tray{Name: "ward_cases", Href: "/approvals/asked", Jobs: []desk.Job{}, More: len(cases) > Shown, Cases: cases[:min(len(cases), Shown)], Pages: map[string]string{}}
	if by.May(approvals.MaySee) {
		t.Href = "/approvals/cases?open=true"
	}
	for _, c := range t.Cases {
		if sees, err := approvals.Sees(ctx, r, by, c.ID); err != nil {
			return t, 0, err
		} else if sees {
			continue
		}
		for _, p := range papersOf {
			if p.noun == c.Noun {
				t.Pages[c.ID] = p.page + c.Record
			}
		}
	}
	return t, len(cases), nil
}

// Ward is everything open for the departments that a person reports for, whoever asked:
// jobs not yet signed off, documents under way, paper owed, and what other rooms have
// open for them. An empty heap other than the jobs is left out.
func Ward(ctx context.Context, r db.Reader, by db.Actor) (trays []Tray, err error) {
	now := period.At(r.Moment())
	jobs, err := desk.Pending.All(ctx, r, desk.Ward(by), Shown+1)
	if err != nil {
		return nil, err
	}
	t := Tray{Name: "ward_jobs", Href: "/desk/jobs?open=true", More: len(jobs) > Shown, Jobs: jobs[:min(len(jobs), Shown)]}
	for i := range t.Jobs {
		if j := &t.Jobs[i]; j.Active() && !j.Due.IsZero() && j.Due <= now {
			t.Late++
		}
	}
	trays = append(trays, t)
	units := desk.Wards(by).Units
	cases, n, err := wardCases(ctx, r, by, units)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		trays = append(trays, cases)
	}
	debts, err := approvals.OwedOf(ctx, r, by, units, Shown+1)
	if err != nil {
		return nil, err
	}
	if len(debts) > 0 {
		t := Tray{Name: "ward_debts", Href: "/approvals/debts", Jobs: []desk.Job{}, More: len(debts) > Shown, Debts: debts[:min(len(debts), Shown)]}
		for i := range t.Debts {
			if t.Debts[i].Due <= now {
				t.Late++
			}
		}
		trays = append(trays, t)
	}
	others, err := lying(ctx, r, by, WardHeaps)
	return append(trays, others...), err
}
