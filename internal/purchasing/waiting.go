package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
)

// What waits for somebody, newest first, for the inbox.

// NeedsToPlan are the needs that lie with the planner.
func NeedsToPlan(ctx context.Context, r db.Reader, _ db.Actor, limit int) ([]Need, error) {
	return Needs.All(ctx, r, list.Where{}.And("n.state IN ('asked', 'agreed')"), limit)
}

// PlansToBuy are the plans of the last three months and later, agreed to, of which something is left to order, by
// anybody but who planned them.
func PlansToBuy(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Plan, error) {
	from := r.Today().AddMonths(-3).Month().First()
	return Plans.All(ctx, r, list.Where{}.And(`p.state = 'approved' AND p.planner <> ? AND p.month >= ? AND EXISTS (SELECT 1 FROM purchasing_plan_line l WHERE l.plan = p.id AND l.ordered < l.qty)`, by.ID, from), limit)
}

// OrdersToAudit are the orders whose prices nobody has looked at, but for one's own.
func OrdersToAudit(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Order, error) {
	return Orders.All(ctx, r, list.Where{}.And("o.state = 'drafted' AND o.buyer <> ? AND o.planner <> ?", by.ID, by.ID), limit)
}

// LeaveAsked are the enquiries for which leave for a single source is asked of somebody
// else than the buyer.
func LeaveAsked(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Enquiry, error) {
	return Enquiries.All(ctx, r, list.Where{}.And("e.state = 'open' AND e.single <> '' AND e.leave_by = '' AND e.buyer <> ?", by.ID), limit)
}
