package inbox

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/counting"
	"houqin/internal/desk"
	"houqin/internal/disposal"
	"houqin/internal/distribution"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/requests"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// Thing is something that waits, as any room says it: what it is, a word about it, its
// page, since when it waits and until when it may (zero: no day is set).
type Thing struct {
	Title string         `json:"title"`
	Note  string         `json:"note,omitempty"`
	Href  string         `json:"href"`
	Since period.Instant `json:"since"`
	Due   period.Instant `json:"due"`

	// In says title and note where they depend on the reader's language.
	In func(*words.Words) (title, note string) `json:"-"`
}

// Tone says whether it should have been done by now, or within four hours.
func (t *Thing) Tone(now time.Time) string {
	switch at := period.At(now); {
	case t.Due.IsZero():
		return ""
	case at >= t.Due:
		return "danger"
	case t.Due.Sub(at) < 4*time.Hour:
		return "soon"
	}
	return ""
}

// Heap is one kind of thing that waits in some room for this person to act. Its heading
// is the word inbox.<Name>; Href is where all of it is; the page follows changes of Noun.
// Lies reads what is most pressing first, at most limit, by an index of its own: it is
// asked for the count beside the door of every page.
type Heap struct {
	Name, Href, Noun string
	Has              func(db.Actor) bool
	Lies             func(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Thing, error)
}

// AtDoors are heaps whose count stands at their own door already.
var AtDoors = []Heap{
	{"notices", "/desk/notices?state=waiting", desk.NoticeNoun, holds(desk.MayDispatch), of(desk.ToDecide, guestNotice)},
	{"sounded", "/desk/alarms?state=waiting", desk.AlarmNoun, holds(desk.MayDispatch), of(desk.AlarmsToDecide, soundedAlarm)},
}

// Heaps are those of all rooms but the desk and the approvals: one line each. An empty
// heap is not shown.
var Heaps = []Heap{
	{"rule_changes", "/rule-changes?outcome=pending", rules.Noun, holds(rules.MayConfirm), of(rules.ToConfirm, ruleChange)},
	{"route_drafts", "/approvals/routes", approvals.RouteNoun, holds(approvals.MayForce), of(approvals.ToForce, routeDraft)},
	{"deliveries_dead", "/deliveries?state=dead", "messages.delivery", holds(messages.MayRun), of(messages.Undelivered, undelivered)},
	{"hard", "/desk/jobs?open=true&level.from=1", desk.Noun, holds(desk.MayLead), of(desk.Hard, hardJob)},
	{"complaints", "/desk/complaints?state=open", desk.ComplaintNoun, holds(desk.MayLead, desk.MayWork), of(desk.ToAnswer, complaint)},
	{"callbacks", "/desk/callbacks?state=waiting", desk.CallbackNoun, holds(desk.MayDispatch), of(desk.ToCall, callback)},
	{"purchase_needs", "/purchasing/needs?state=asked", purchasing.NeedNoun, holds(purchasing.MayPlan), of(purchasing.NeedsToPlan, askedNeed)},
	{"purchase_plans", "/purchasing/plans?state=approved", purchasing.PlanNoun, holds(purchasing.MayBuy), of(purchasing.PlansToBuy, plan)},
	{"purchase_orders", "/purchasing/orders?state=drafted", purchasing.Noun, holds(purchasing.MayAudit), of(purchasing.OrdersToAudit, order)},
	{"purchase_single", "/purchasing/enquiries?state=open", purchasing.EnquiryNoun, holds(purchasing.MayLeave), of(purchasing.LeaveAsked, single)},
	{"receipts_check", "/receiving/receipts?state=counted", receiving.Noun, holds(receiving.MayCheck), of(receiving.ToCheck, delivery)},
	{"receipts_post", "/receiving/receipts", receiving.Noun, holds(receiving.MayReceive), of(receiving.ToFinish, delivery)},
	{"supplier_licences", "/suppliers?closed=false", suppliers.Noun, holds(suppliers.MayChange), byDay(suppliers.Expiring, endingLicence)},
	{"supplier_accounts", "/suppliers", suppliers.Noun, holds(suppliers.MayConfirm), of(suppliers.ToConfirm, newAccount)},
	{"supplier_complaints", "/supplier-complaints?state=open", suppliers.ComplaintNoun, holds(suppliers.MayAnswer), of(suppliers.ToAnswer, heldAgainst)},
	{"invoices_match", "/receiving/invoices", receiving.InvoiceNoun, holds(receiving.MayMatch), of(receiving.ToMatch, supplierInvoice)},
	{"invoices_reclaim", "/receiving/invoices?state=paid", receiving.InvoiceNoun, holds(receiving.MayMatch), of(receiving.ToReclaim, supplierOwes)},
	{"invoices_clear", "/receiving/invoices?state=differs", receiving.InvoiceNoun, holds(receiving.MayClear), of(receiving.ToClear, supplierInvoice)},
	{"writeoffs_apply", "/disposal/slips?state=drawn", disposal.Noun, holds(disposal.MayApply), of(disposal.ToApply, slip)},
	{"writeoffs_verify", "/disposal/slips?open=true", disposal.Noun, holds(disposal.MayVerify), of(disposal.ToVerify, slip)},
	{"writeoffs_back", "/disposal/slips?open=true", disposal.Noun, holds(disposal.MayKeep), of(disposal.ToTakeBack, slip)},
	{"waste_money", "/disposal/sales?open=true", disposal.SaleNoun, holds(disposal.MaySell, disposal.MayCash), of(disposal.ToCash, wasteSale)},
	{"count_sheets", "/counting/sheets", counting.SheetNoun, holds(counting.MayCount), of(counting.ToCount, countSheet)},
	{"count_settle", "/counting/counts?state=counted", counting.Noun, holds(counting.MaySettle), of(counting.ToSettle, count)},
	{"count_post", "/counting/counts?state=approved", counting.Noun, holds(counting.MayPost), of(counting.ToPost, count)},
	{"shares_release", "/distribution/lists?state=drawn", distribution.Noun, holds(distribution.MayRelease), of(distribution.ToRelease, distributed)},
	{"shares_settle", "/distribution/lists?state=released", distribution.Noun, holds(distribution.MayHand), of(distribution.ToSettle, distributed)},
	{"shares_sign", "/distribution/mine", distribution.Noun, anybody, of(distribution.ToSign, myShare)},
	{"alarms", "/events?alarm=true&handled=false", "base.event", holds(people.AuditSeat), of(alarms, alarm)},
	{"certificates", "/certificates", people.CertificateNoun, holds(people.MayCertify, desk.MayWork), certificates},
	{"to_serve", "/requests/counter", requests.Noun, holds(requests.MayServe), of(requests.ToServe, goodsAsked)},
	{"to_take_over", "/requests/counter", requests.Noun, holds(requests.MayServe), of(requests.ToTakeOver, goodsMoved)},
	{"to_carry", "/tours", requests.TourNoun, anybody, of(requests.ToCarry, tourOut)},
	{"to_take_in", "/tour-returns?outcome=", requests.ReturnNoun, holds(requests.MayServe), of(requests.ToTakeIn, broughtBack)},
	{"asset_damages", "/asset-damages?open=true", assets.DamageNoun, holds(assets.MayChange), of(assets.ToLookInto, damage)},
	{"asset_owed", "/asset-damages?owed=true", assets.DamageNoun, holds(assets.MayRecover), of(assets.ToRecover, damage)},
	{"custodies", "/warehouse/custodies", warehouse.CustodyNoun, holds(warehouse.MayIssue), byDay(warehouse.ToFetchAway, othersGoods)},
	{"reserves", "/warehouse/reserves", "warehouse.reserve", holds(warehouse.MayIssue), byDay(warehouse.ToRestock, toRestock)},
	{"lots_ended", "/warehouse/lots", "warehouse.document", holds(warehouse.MayIssue), byDay(warehouse.Ended, endedLot)},
	{"store_low", "/warehouse/stock?state=low&ward=false", "warehouse.document", holds(warehouse.MayIssue), of(warehouse.Below, belowLeast)},
	{"month_close", "/warehouse/closes/new", "warehouse.close", holds(warehouse.MayClose), of(warehouse.ToClose, unclosed)},
	{"month_agree", "/warehouse/closes?agreed=false", "warehouse.close", holds(warehouse.MayAgree), of(warehouse.ToAgree, unagreed)},
	{"ward_checks", "/ward-store", wardstores.CountNoun, holds(wardstores.MayUse), byDay(wardstores.ToCount, wardCheck)},
	{"ward_low", "/ward-store", "warehouse.document", holds(wardstores.MayUse), of(wardstores.Low, lowGoods)},
	{"ward_loans", "/ward-stores/loans?open=true", wardstores.LoanNoun, holds(wardstores.MayUse), byDay(wardstores.ToGive, loan)},
	{"ward_losses", "/ward-stores/losses?state=reported", wardstores.LossNoun, holds(wardstores.MayLead), of(wardstores.ToApply, loss)},
	{"ward_counts", "/ward-stores/counts?open=true", wardstores.CountNoun, holds(wardstores.MayReconcile, wardstores.MayAudit), of(wardstores.ToCompare, wardCount)},
	{"ward_returns", "/ward-stores/returns?open=true", wardstores.BackNoun, holds(warehouse.MayReceive), of(wardstores.ToTake, sentBack)},
	{"to_collect", "/requests/mine", requests.Noun, holds(requests.MayAsk), of(requests.ToCollect, goodsAsked)},
}

// certificates have ended, or end soon: they are renewed before.
func certificates(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Thing, error) {
	return of(people.Expiring, func(c *people.Certificate) Thing {
		kind, name, ends := c.Kind, c.PersonName, c.EndsOn
		return Thing{Title: name, Href: "/certificates/" + c.ID, Due: ends.End(r.Location()), In: func(w *words.Words) (string, string) {
			return name + " " + w.T("people.certificate.kind."+kind), w.T("inbox.certificates.ends", w.Day(ends))
		}}
	})(ctx, r, by, limit)
}

// goodsAsked is a request for goods that waits at its next step.
func goodsAsked(q *requests.Request) Thing {
	return Thing{Title: q.Number + " " + q.Asker(), Href: "/requests/" + q.ID, Since: q.AskedAt, In: func(w *words.Words) (string, string) {
		return q.Number + " " + q.Asker(), w.T(requests.Noun + ".state." + string(q.State))
	}}
}

// goodsMoved are goods for a store: those on their way are signed for when they come.
func goodsMoved(q *requests.Request) Thing {
	if q.State == requests.Out {
		return goodsComing(q)
	}
	return goodsAsked(q)
}

// tourOut is a round through the house with goods to be signed for.
func tourOut(t *requests.Tour) Thing {
	return Thing{Title: t.Number, Note: t.StoreName, Href: "/tours/" + t.ID, Since: t.LeftAt}
}

// broughtBack is something that a ward did not accept of a tour.
func broughtBack(b *requests.Return) Thing {
	return Thing{Title: b.Title() + " " + b.Say(b.Qty), Note: b.DepartmentName, Href: "/tour-returns/" + b.ID, Since: b.At, In: func(w *words.Words) (string, string) {
		return b.Title() + " " + b.Say(b.Qty), b.DepartmentName + " · " + w.T("requests.why."+b.Why)
	}}
}

// holds is for who holds any of these permissions.
func holds(permissions ...string) func(db.Actor) bool {
	return func(by db.Actor) bool { return slices.ContainsFunc(permissions, by.May) }
}

func anybody(db.Actor) bool { return true }

// of makes things of the records that a room reads.
func of[T any](read func(context.Context, db.Reader, db.Actor, int) ([]T, error), thing func(*T) Thing) func(context.Context, db.Reader, db.Actor, int) ([]Thing, error) {
	return func(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Thing, error) {
		all, err := read(ctx, r, by, limit)
		things := make([]Thing, len(all))
		for i := range all {
			things[i] = thing(&all[i])
		}
		return things, err
	}
}

// ruleChange waits until the day on which it is to hold: from then on, or when another
// was confirmed over it, it can only be refused, and says so.
func ruleChange(c *rules.Change) Thing {
	return Thing{Title: c.Number, Href: "/rule-changes/" + c.ID, Since: c.At, In: func(w *words.Words) (string, string) {
		by := w.T("inbox.rule_changes.by", c.Clause, c.ByName, w.Day(c.Since))
		if c.Late {
			by = w.T("rules.changes.overtaken") + " · " + by
		}
		return w.T("inbox.rule_changes.one", rules.SayParam(w, c), rules.SayWas(w, c), rules.SayValue(w, c)), by
	}}
}

// routeDraft is another way of agreeing that waits for a second person before its day.
func routeDraft(rt *approvals.Route) Thing {
	kind, by, since := rt.Kind, rt.ByName, rt.Since
	return Thing{Title: kind, Href: "/approvals/drafts/" + rt.ID, Since: rt.At, In: func(w *words.Words) (string, string) {
		return approvals.SayKind(w, kind), w.T("inbox.route_drafts.by", by, w.Day(since))
	}}
}

// undelivered is a message that was given up.
func undelivered(d *messages.Delivery) Thing {
	event, number, to, why := d.Event, d.Number, d.ChannelName, d.Error
	return Thing{Title: number, Href: "/deliveries?state=dead", Since: d.At, In: func(w *words.Words) (string, string) {
		return strings.TrimSpace(w.T("messages.event."+event) + " " + number), w.T("inbox.deliveries_dead.to", to) + " · " + why
	}}
}

// hardJob was handed up: it is decided how it is done before it is due.
func hardJob(j *desk.Job) Thing {
	return Thing{Title: j.Title + " " + j.Number, Note: j.DepartmentName + " · " + j.Hard, Href: "/desk/jobs/" + j.ID, Since: j.RaisedAt, Due: j.Due}
}

// complaint is to be answered by its day.
func complaint(c *desk.Complaint) Thing {
	return Thing{Title: c.Title + " " + c.Number, Note: c.DepartmentName + " · " + c.Said, Href: "/desk/complaints/" + c.ID, Since: c.At, Due: c.Due}
}

// soundedAlarm waits for the desk's word.
func soundedAlarm(a *desk.Alarm) Thing {
	return Thing{Title: a.Text, Note: strings.TrimSpace(a.PanelName + " " + a.PlaceName + " " + a.Point), Href: "/desk/alarms/" + a.ID, Since: a.At}
}

// guestNotice is what a guest said is broken.
func guestNotice(n *desk.Notice) Thing {
	return Thing{Title: strings.TrimSpace(cmp.Or(n.Text, n.PlaceName+" "+n.AssetName)), Note: strings.TrimSpace(n.DepartmentName + " " + n.PlaceName), Href: "/desk/notices/" + n.ID, Since: n.At}
}

// callback is a ward to call.
func callback(k *desk.Callback) Thing {
	return Thing{Title: k.Title + " " + k.Number, Note: strings.TrimSpace(k.DepartmentName + " " + k.Caller + " " + k.Phone), Href: "/desk/callbacks/" + k.Job, Since: k.At}
}

// alarms are those that nobody has looked at; who may note that they did is the audit
// administrator.
func alarms(ctx context.Context, r db.Reader, _ db.Actor, limit int) ([]people.Occurrence, error) {
	all, err := people.Alarms(ctx, r)
	return all[:min(len(all), limit)], err
}

func alarm(e *people.Occurrence) Thing {
	return Thing{Title: e.Kind, Href: "/events/" + e.ID, Since: e.At, Due: e.At, In: func(w *words.Words) (string, string) {
		return w.T("people.events.kind." + e.Kind), strings.TrimSpace(cmp.Or(e.ByName, e.Source) + " " + e.Note)
	}}
}

// slip is a scrap form that waits for a step of this person.
func slip(s *disposal.Slip) Thing {
	return Thing{Title: s.Number + " " + s.DepartmentName, Note: s.Reason, Href: "/disposal/slips/" + s.ID, Since: max(s.DrawnAt, s.AppliedAt)}
}

// wasteSale is a sale of waste whose money is not where it belongs.
func wasteSale(s *disposal.Sale) Thing {
	return Thing{Title: s.Number + " " + s.Goods, Note: s.Buyer, Href: "/disposal/sales/" + s.ID, Since: max(s.AskedAt, s.SoldAt)}
}

// distributed is a list that waits for its next step.
func distributed(l *distribution.List) Thing {
	return Thing{Title: l.Title, Note: l.Number, Href: "/distribution/lists/" + l.ID, Since: max(l.DrawnAt, l.ReleasedAt)}
}

// myShare is what the person may fetch.
func myShare(s *distribution.Share) Thing {
	return Thing{Title: s.Title, Href: "/distribution/mine", In: func(w *words.Words) (string, string) {
		return s.Title, w.T("inbox.shares_sign.until", w.Day(s.Until))
	}}
}

// lying is one tray for each heap in which something lies for the person.
func lying(ctx context.Context, r db.Reader, by db.Actor, heaps []Heap) (trays []Tray, err error) {
	now := period.At(r.Moment())
	for _, h := range heaps {
		if !h.Has(by) {
			continue
		}
		things, err := h.Lies(ctx, r, by, Shown+1)
		if err != nil {
			return nil, err
		}
		if len(things) == 0 {
			continue
		}
		t := Tray{Name: h.Name, Href: h.Href, Jobs: []desk.Job{}, More: len(things) > Shown, Things: things[:min(len(things), Shown)]}
		for _, x := range t.Things {
			if !x.Due.IsZero() && x.Due <= now {
				t.Late++
			}
		}
		trays = append(trays, t)
	}
	return trays, nil
}

// Waiting counts what lies for a person in the heaps of all rooms but the desk and the
// approvals, which count at their own doors; each heap stops at a hundred.
func Waiting(ctx context.Context, r db.Reader, by db.Actor) (n int, late bool, err error) {
	now := period.At(r.Moment())
	for _, h := range Heaps {
		if !h.Has(by) {
			continue
		}
		things, err := h.Lies(ctx, r, by, 100)
		if err != nil {
			return n, late, err
		}
		n += len(things)
		late = late || slices.ContainsFunc(things, func(t Thing) bool { return !t.Due.IsZero() && t.Due <= now })
	}
	return n, late, nil
}

func askedNeed(n *purchasing.Need) Thing {
	return Thing{Title: n.DepartmentName, Note: n.Number + " · " + string(n.Month.Month()), Href: "/purchasing/needs/" + n.ID, Since: n.At}
}

func plan(p *purchasing.Plan) Thing {
	return Thing{Title: p.Number, Note: string(p.Month.Month()), Href: "/purchasing/plans/" + p.ID, Since: p.At}
}

func order(o *purchasing.Order) Thing {
	return Thing{Title: o.SupplierName, Note: o.Number, Href: "/purchasing/orders/" + o.ID, Since: o.At}
}

func single(e *purchasing.Enquiry) Thing {
	return Thing{Title: e.Number, Note: e.Single, Href: "/purchasing/enquiries/" + e.ID, Since: e.At}
}

// countSheet is a sheet that this person may count.
func countSheet(s *counting.Sheet) Thing {
	title, of, n, done, size := s.StoreName+" "+s.Label, s.CountNumber, s.N, s.Done, s.Size
	return Thing{Title: title, Href: "/counting/sheets/" + s.ID, Since: s.TakenAt, In: func(w *words.Words) (string, string) {
		return title, of + " · " + w.T("inbox.count_sheets.note", n, done, size)
	}}
}

// count is a count whose figures stand and that waits for a step of this person.
func count(c *counting.Count) Thing {
	return Thing{Title: c.StoreName, Note: c.Number, Href: "/counting/counts/" + c.ID, Since: c.CountedAt}
}

// delivery is what came and waits at its next step.
func delivery(x *receiving.Receipt) Thing {
	return Thing{Title: x.SupplierName, Href: "/receiving/receipts/" + x.ID, Since: x.At, In: func(w *words.Words) (string, string) {
		state := w.T(receiving.Noun + ".state." + string(x.State))
		if x.ToGoBack() {
			state = w.T("receiving.to_go_back")
		}
		return x.SupplierName, x.Number + " · " + state
	}}
}

// supplierInvoice waits to be held against what came, to be let pass, or to be paid.
func supplierInvoice(i *receiving.Invoice) Thing {
	return Thing{Title: i.SupplierName, Href: "/receiving/invoices/" + i.ID, Since: i.At, In: func(w *words.Words) (string, string) {
		return i.SupplierName, i.Number + " · " + w.T(receiving.InvoiceNoun+".state."+string(i.State))
	}}
}

// supplierOwes is money paid for goods that went back later.
func supplierOwes(i *receiving.Invoice) Thing {
	return Thing{Title: i.SupplierName, Href: "/receiving/invoices/" + i.ID, Since: i.Away[len(i.Away)-1].At, In: func(w *words.Words) (string, string) {
		return i.SupplierName, i.Number + " · " + w.T("receiving.note.owed", w.Money(i.Owed))
	}}
}

// damage is a report on an asset that waits for its next step.
func damage(x *assets.Damage) Thing {
	return Thing{Title: x.CardName + " " + x.CardNumber, Note: x.How, Href: "/asset-damages/" + x.ID, Since: x.At}
}
