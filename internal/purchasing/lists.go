package purchasing

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
)

// Scope limits needs to the departments for which a person asks, unless they see all.
func Scope(by db.Actor) list.Where {
	if by.May(MayPlan) || by.May(MaySee) || by.May(MayBuy) {
		return list.Where{}
	}
	return list.Scoped(by.Scope(MayAsk), "n.department")
}

func tone(state string) string {
	switch state {
	case string(Refused), string(SentBack):
		return "danger"
	case string(Asked), string(Deciding), string(Draft), string(Drafted), string(Open), string(PartlyReceived):
		return "soon"
	case string(Agreed), string(Approved), string(Received), string(Awarded), string(Planned):
		return "done"
	}
	return "quiet"
}

// Needs is the list of what departments need, newest first.
var Needs = list.Of[Need]{
	Name:  "purchasing.needs",
	From:  `purchasing_need n LEFT JOIN departments_department d ON d.id = n.department`,
	Order: "-id", Like: []string{"n.number"}, Live: []string{NeedNoun},
	Href: func(n *Need) string { return "/purchasing/needs/" + n.ID },
	Columns: []list.Column[Need]{
		{Key: "number", SQL: "n.number", Into: func(n *Need) any { return &n.Number }},
		{Key: "department", SQL: "n.department", Into: func(n *Need) any { return &n.Department }, Ref: "departments", Text: func(n *Need) string { return n.DepartmentName }},
		{Key: "state", SQL: "n.state", Into: func(n *Need) any { return &n.State }, OneOf: NeedStates, Tone: func(n *Need, _ time.Time) string { return tone(string(n.State)) }},
		{Key: "kind", SQL: "n.kind", Into: func(n *Need) any { return &n.Kind }, OneOf: []string{string(Monthly), string(Urgent)}},
		{Key: "month", SQL: "n.month", Into: func(n *Need) any { return &n.Month }, Range: true, Text: func(n *Need) string { return string(n.Month.Month()) }},
		{Key: "lines", SQL: "n.lines", Into: func(n *Need) any { return &n.Lines }},
		{Key: "amount", SQL: "n.amount", Into: func(n *Need) any { return &n.Amount }, Range: true},
		{Key: "by_name", SQL: "n.by_name", Into: func(n *Need) any { return &n.ByName }},
		{Key: "at", SQL: "n.at", Into: func(n *Need) any { return &n.At }, Range: true},
		{Key: "id", SQL: "n.id", Into: func(n *Need) any { return &n.ID }, Hidden: true},
		{Key: "reason", SQL: "n.reason", Into: func(n *Need) any { return &n.Reason }, Hidden: true},
		{Key: "answer", SQL: "n.answer", Into: func(n *Need) any { return &n.Answer }, Hidden: true},
		{Key: "plan", SQL: "n.plan", Into: func(n *Need) any { return &n.Plan }, Hidden: true},
		{Key: "by", SQL: "n.by_id", Into: func(n *Need) any { return &n.By }, Hidden: true},
		{Key: "paper", SQL: "n.paper", Into: func(n *Need) any { return &n.Paper }, Hidden: true},
		{Key: "version", SQL: "n.version", Into: func(n *Need) any { return &n.Version }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(n *Need) any { return &n.DepartmentName }, Hidden: true},
	},
}

// Plans is the list of the house's plans, newest first.
var Plans = list.Of[Plan]{
	Name:  "purchasing.plans",
	From:  `purchasing_plan p LEFT JOIN departments_department d ON d.id = p.department`,
	Order: "-id", Like: []string{"p.number"}, Live: []string{PlanNoun},
	Href: func(p *Plan) string { return "/purchasing/plans/" + p.ID },
	Columns: []list.Column[Plan]{
		{Key: "number", SQL: "p.number", Into: func(p *Plan) any { return &p.Number }},
		{Key: "month", SQL: "p.month", Into: func(p *Plan) any { return &p.Month }, Range: true, Text: func(p *Plan) string { return string(p.Month.Month()) }},
		{Key: "state", SQL: "p.state", Into: func(p *Plan) any { return &p.State }, OneOf: PlanStates, Tone: func(p *Plan, _ time.Time) string { return tone(string(p.State)) }},
		{Key: "urgent", SQL: "p.urgent", Into: func(p *Plan) any { return &p.Urgent }},
		{Key: "lines", SQL: "p.lines", Into: func(p *Plan) any { return &p.Lines }},
		{Key: "amount", SQL: "p.amount", Into: func(p *Plan) any { return &p.Amount }, Range: true},
		{Key: "planner_name", SQL: "p.planner_name", Into: func(p *Plan) any { return &p.PlannerName }},
		{Key: "at", SQL: "p.at", Into: func(p *Plan) any { return &p.At }, Range: true},
		{Key: "papered", SQL: "(p.paper <> '')", Into: func(p *Plan) any { return &p.Papered }, Hidden: true},
		{Key: "reviewed", SQL: "(p.review <> '')", Into: func(p *Plan) any { return &p.Reviewed }, Hidden: true},
		{Key: "taken_over", SQL: "(p.external <> '')", Into: func(*Plan) any { return new(bool) }, Aside: true},
		{Key: "id", SQL: "p.id", Into: func(p *Plan) any { return &p.ID }, Hidden: true},
		{Key: "department", SQL: "p.department", Into: func(p *Plan) any { return &p.Department }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(p *Plan) any { return &p.DepartmentName }, Hidden: true},
		{Key: "review", SQL: "p.review", Into: func(p *Plan) any { return &p.Review }, Hidden: true},
		{Key: "planner", SQL: "p.planner", Into: func(p *Plan) any { return &p.Planner }, Hidden: true},
		{Key: "paper", SQL: "p.paper", Into: func(p *Plan) any { return &p.Paper }, Hidden: true},
		{Key: "version", SQL: "p.version", Into: func(p *Plan) any { return &p.Version }, Hidden: true},
	},
}

// Enquiries is the list of enquiries, newest first.
var Enquiries = list.Of[Enquiry]{
	Name:  "purchasing.enquiries",
	From:  `purchasing_enquiry e LEFT JOIN purchasing_plan p ON p.id = e.plan`,
	Order: "-id", Like: []string{"e.number"}, Live: []string{EnquiryNoun},
	Href: func(e *Enquiry) string { return "/purchasing/enquiries/" + e.ID },
	Columns: []list.Column[Enquiry]{
		{Key: "number", SQL: "e.number", Into: func(e *Enquiry) any { return &e.Number }},
		{Key: "state", SQL: "e.state", Into: func(e *Enquiry) any { return &e.State }, OneOf: EnquiryStates, Tone: func(e *Enquiry, _ time.Time) string { return tone(string(e.State)) }},
		{Key: "method", SQL: "e.method", Into: func(e *Enquiry) any { return &e.Method }, OneOf: Methods, Enum: "purchasing.method"},
		{Key: "amount", SQL: "e.amount", Into: func(e *Enquiry) any { return &e.Amount }, Range: true},
		{Key: "plan_number", SQL: "coalesce(p.number, '')", Into: func(e *Enquiry) any { return &e.PlanNumber }},
		{Key: "buyer_name", SQL: "e.buyer_name", Into: func(e *Enquiry) any { return &e.BuyerName }},
		{Key: "at", SQL: "e.at", Into: func(e *Enquiry) any { return &e.At }, Range: true},
		{Key: "awarded_at", SQL: "e.awarded_at", Into: func(e *Enquiry) any { return &e.AwardedAt }, Range: true},
		{Key: "surveyed", SQL: "(e.market <> '')", Into: func(e *Enquiry) any { return &e.Surveyed }, Hidden: true},
		{Key: "id", SQL: "e.id", Into: func(e *Enquiry) any { return &e.ID }, Hidden: true},
		{Key: "plan", SQL: "e.plan", Into: func(e *Enquiry) any { return &e.Plan }, Hidden: true},
		{Key: "bidders", SQL: "e.bidders", Into: func(e *Enquiry) any { return &e.Bidders }, Hidden: true},
		{Key: "market", SQL: "e.market", Into: func(e *Enquiry) any { return &e.Market }, Hidden: true},
		{Key: "why", SQL: "e.why", Into: func(e *Enquiry) any { return &e.Why }, Hidden: true},
		{Key: "single", SQL: "e.single", Into: func(e *Enquiry) any { return &e.Single }, Hidden: true},
		{Key: "leave_by", SQL: "e.leave_by", Into: func(e *Enquiry) any { return &e.LeaveBy }, Hidden: true},
		{Key: "leave_name", SQL: "e.leave_name", Into: func(e *Enquiry) any { return &e.LeaveName }, Hidden: true},
		{Key: "buyer", SQL: "e.buyer", Into: func(e *Enquiry) any { return &e.Buyer }, Hidden: true},
		{Key: "version", SQL: "e.version", Into: func(e *Enquiry) any { return &e.Version }, Hidden: true},
	},
}

// Orders is the list of orders, newest first.
var Orders = list.Of[Order]{
	Name:  "purchasing.orders",
	From:  `purchasing_order o LEFT JOIN suppliers_supplier s ON s.id = o.supplier LEFT JOIN purchasing_plan p ON p.id = o.plan`,
	Order: "-id", Like: []string{"o.number"}, Live: []string{Noun},
	Href: func(o *Order) string { return "/purchasing/orders/" + o.ID },
	Columns: []list.Column[Order]{
		{Key: "number", SQL: "o.number", Into: func(o *Order) any { return &o.Number }},
		{Key: "supplier", SQL: "o.supplier", Into: func(o *Order) any { return &o.Supplier }, Ref: "suppliers", Text: func(o *Order) string { return o.SupplierName }},
		{Key: "state", SQL: "o.state", Into: func(o *Order) any { return &o.State }, OneOf: OrderStates, Enum: "purchasing.order.state", Tone: func(o *Order, _ time.Time) string { return tone(string(o.State)) }},
		{Key: "amount", SQL: "o.amount", Into: func(o *Order) any { return &o.Amount }, Range: true},
		{Key: "lines", SQL: "o.lines", Into: func(o *Order) any { return &o.Lines }},
		{Key: "urgent", SQL: "coalesce(p.urgent, false)", Into: func(o *Order) any { return &o.Urgent }, Tone: func(o *Order, _ time.Time) string {
			if o.Urgent {
				return "danger"
			}
			return ""
		}},
		{Key: "store", SQL: "o.store", Into: func(o *Order) any { return &o.Store }, Hidden: true},
		{Key: "due", SQL: "o.due", Into: func(o *Order) any { return &o.Due }, Range: true},
		{Key: "method", SQL: "o.method", Into: func(o *Order) any { return &o.Method }, OneOf: OrderMethods, Enum: "purchasing.method"},
		{Key: "buyer_name", SQL: "o.buyer_name", Into: func(o *Order) any { return &o.BuyerName }},
		{Key: "at", SQL: "o.at", Into: func(o *Order) any { return &o.At }, Range: true},
		{Key: "apart", SQL: "(o.planner <> o.buyer)", Into: func(o *Order) any { return &o.Apart }, Hidden: true},
		{Key: "audited", SQL: "(o.auditor <> '')", Into: func(o *Order) any { return &o.Audited }, Hidden: true},
		{Key: "was_sent", SQL: "(o.sent_at > 0)", Into: func(o *Order) any { return &o.WasSent }, Hidden: true},
		{Key: "taken_over", SQL: "(o.external <> '')", Into: func(*Order) any { return new(bool) }, Aside: true},
		{Key: "id", SQL: "o.id", Into: func(o *Order) any { return &o.ID }, Hidden: true},
		{Key: "supplier_name", SQL: "coalesce(s.name, '')", Into: func(o *Order) any { return &o.SupplierName }, Hidden: true},
		{Key: "plan", SQL: "o.plan", Into: func(o *Order) any { return &o.Plan }, Hidden: true},
		{Key: "plan_number", SQL: "coalesce(p.number, '')", Into: func(o *Order) any { return &o.PlanNumber }, Hidden: true},
		{Key: "enquiry", SQL: "o.enquiry", Into: func(o *Order) any { return &o.Enquiry }, Hidden: true},
		{Key: "note", SQL: "o.note", Into: func(o *Order) any { return &o.Note }, Hidden: true},
		{Key: "planner", SQL: "o.planner", Into: func(o *Order) any { return &o.Planner }, Hidden: true},
		{Key: "buyer", SQL: "o.buyer", Into: func(o *Order) any { return &o.Buyer }, Hidden: true},
		{Key: "auditor", SQL: "o.auditor", Into: func(o *Order) any { return &o.Auditor }, Hidden: true},
		{Key: "auditor_name", SQL: "o.auditor_name", Into: func(o *Order) any { return &o.AuditorName }, Hidden: true},
		{Key: "audit", SQL: "o.audit", Into: func(o *Order) any { return &o.Audit }, Hidden: true},
		{Key: "labelled", SQL: "o.labelled", Into: func(o *Order) any { return &o.Labelled }, Hidden: true},
		{Key: "day", SQL: "o.day", Into: func(o *Order) any { return &o.Day }, Hidden: true},
		{Key: "sent_at", SQL: "o.sent_at", Into: func(o *Order) any { return &o.SentAt }, Hidden: true},
		{Key: "version", SQL: "o.version", Into: func(o *Order) any { return &o.Version }, Hidden: true},
	},
}

// Prices is the list of framework prices.
var Prices = list.Of[Price]{
	Name:  "purchasing.prices",
	From:  `purchasing_price p LEFT JOIN suppliers_supplier s ON s.id = p.supplier LEFT JOIN catalog_item i ON i.id = p.item`,
	Order: "-id", Like: []string{"i.name", "i.number", "p.contract"}, Short: true, Live: []string{PriceNoun},
	Columns: []list.Column[Price]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(p *Price) any { return &p.Name }, Text: func(p *Price) string { return catalog.Item{Name: p.Name, Spec: p.Spec}.Title() }},
		{Key: "supplier", SQL: "p.supplier", Into: func(p *Price) any { return &p.Supplier }, Ref: "suppliers", Text: func(p *Price) string { return p.SupplierName }},
		{Key: "price", SQL: "p.price", Into: func(p *Price) any { return &p.Price }},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(p *Price) any { return &p.Unit }},
		{Key: "contract", SQL: "p.contract", Into: func(p *Price) any { return &p.Contract }},
		{Key: "since", SQL: "p.since", Into: func(p *Price) any { return &p.Since }, Range: true},
		{Key: "until", SQL: "p.until", Into: func(p *Price) any { return &p.Until }, Range: true},
		{Key: "taken", SQL: "p.taken", Into: func(p *Price) any { return &p.Taken }, Said: func(_ *words.Words, p *Price) string { return p.Say(p.Taken) }},
		{Key: "most", SQL: "p.most", Into: func(p *Price) any { return &p.Most }, Said: func(_ *words.Words, p *Price) string {
			if p.Most == 0 {
				return "–"
			}
			return p.Say(p.Most)
		}},
		{Key: "closed", SQL: "p.closed", Into: func(p *Price) any { return &p.Closed }},
		{Key: "id", SQL: "p.id", Into: func(p *Price) any { return &p.ID }, Hidden: true},
		{Key: "item", SQL: "p.item", Into: func(p *Price) any { return &p.Item }, Hidden: true},
		{Key: "item_number", SQL: "coalesce(i.number, '')", Into: func(p *Price) any { return &p.Number }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(p *Price) any { return &p.Spec }, Hidden: true},
		{Key: "supplier_name", SQL: "coalesce(s.name, '')", Into: func(p *Price) any { return &p.SupplierName }, Hidden: true},
		{Key: "version", SQL: "p.version", Into: func(p *Price) any { return &p.Version }, Hidden: true},
	},
}

// Visible is nil when a person may see the plans, enquiries and orders of the house.
func Visible(_ context.Context, _ db.Reader, by db.Actor, _ string) error {
	if by.May(MaySee) {
		return nil
	}
	return fault.New(fault.NotFound, "base.not_found")
}

// NeedVisible is nil when a person sees a department's need.
func NeedVisible(ctx context.Context, r db.Reader, by db.Actor, id string) error {
	_, err := Needs.Get(ctx, r, Scope(by).And("n.id = ?", id))
	return err
}
