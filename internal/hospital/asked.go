package hospital

import (
	"context"

	"houqin/internal/approvals"
	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/counting"
	"houqin/internal/desk"
	"houqin/internal/disposal"
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

// asks are the nouns about which rooms ask for approval. Who asks and would not hear
// the answer stops the start.
var asks = []string{disposal.Noun, disposal.SaleNoun, desk.Noun, requests.Noun, wardstores.LossNoun, wardstores.LoanNoun, purchasing.NeedNoun, purchasing.PlanNoun, counting.Noun, warehouse.CustodyNoun}

// papers are the pages of what the rooms ask about.
var papers = map[string]approvalsweb.Paper{
	desk.Noun:           {At: "/desk/jobs/", May: seen(web.SignedIn, desk.Get)},
	disposal.Noun:       {At: "/disposal/slips/", May: seen(disposal.MaySee, disposal.Get)},
	disposal.SaleNoun:   {At: "/disposal/sales/", May: seen(disposal.MaySee, disposal.GetSale)},
	requests.Noun:       {At: "/requests/", May: seen(web.SignedIn, requests.Get)},
	wardstores.LossNoun: {At: "/ward-stores/losses/", May: seen(web.SignedIn, wardstores.LossByID)},
	wardstores.LoanNoun: {At: "/ward-stores/loans/", May: seen(web.SignedIn, wardstores.LoanByID)},
	purchasing.NeedNoun: {At: "/purchasing/needs/", May: seen(web.SignedIn, purchasing.SeeNeed)},
	purchasing.PlanNoun: {At: "/purchasing/plans/", May: seen(purchasing.MaySee, func(ctx context.Context, r db.Reader, _ db.Actor, id string) (purchasing.Plan, error) {
		return purchasing.PlanByID(ctx, r, id)
	})},
	counting.Noun:         {At: "/counting/counts/", May: seen(counting.MaySee, counting.Get)},
	warehouse.CustodyNoun: {At: "/warehouse/custodies/", May: seen(warehouse.MaySee, warehouse.CustodyByID)},
}

// seen asks for a record as the page of it does.
func seen[T any](need string, get func(context.Context, db.Reader, db.Actor, string) (T, error)) func(context.Context, db.Reader, db.Actor, string) error {
	return func(ctx context.Context, r db.Reader, by db.Actor, id string) error {
		if need != web.SignedIn && !by.May(need) {
			return fault.New(fault.Forbidden, "base.need", need)
		}
		_, err := get(ctx, r, by, id)
		return err
	}
}

// used are the kinds of documents that they ask about; the rulebook has ways for more.
var used = []string{"purchasing.plan", "purchasing.urgent", "warehouse.request", "warehouse.adjustment", "warehouse.custody", "warehouse.loan", "assets.scrap", "assets.bulk_sale", "desk.outside"}

// hooks tells the rooms, in one list, what became of what they asked for.
func hooks() error {
	approvals.Used = used
	approvals.Ended[desk.Noun] = desk.OutsideEnded
	approvals.Ended[disposal.Noun] = disposal.Ended
	approvals.Ended[disposal.SaleNoun] = disposal.SaleEnded
	approvals.Ended[purchasing.NeedNoun] = purchasing.NeedEnded
	approvals.Ended[purchasing.PlanNoun] = purchasing.PlanEnded
	approvals.Ended[requests.Noun] = requests.Ended
	approvals.Ended[wardstores.LossNoun] = wardstores.LossEnded
	approvals.Ended[wardstores.LoanNoun] = wardstores.LoanEnded
	approvals.Ended[counting.Noun] = counting.Ended
	approvals.Ended[warehouse.CustodyNoun] = warehouse.CustodyEnded
	warehouse.FetchedFor = requests.FetchedFor
	warehouse.WentBack, warehouse.CameBack = receiving.WentBack, receiving.CameBack
	suppliers.OneHuman = people.OneHuman
	rules.Same = people.Same
	assets.Elsewhere = wardstores.Deducted
	rules.Proposed = tellProposed
	buying()
	return approvals.Wired(asks)
}

// tellProposed tells those who may confirm it that another value of a rule waits.
func tellProposed(ctx context.Context, tx *db.Tx, c rules.Change) error {
	to, err := people.HoldersOf(ctx, tx, rules.MayConfirm, tx.Today())
	if err != nil {
		return err
	}
	return messages.Tell(ctx, tx, messages.Word{Event: messages.RuleProposed, To: to, Args: []string{c.Number, c.Clause}, Number: c.Number, Href: "/rule-changes/" + c.ID})
}

// buying passes the planner what the stores cannot give the departments, and tells these
// what became of it.
func buying() {
	purchasing.Passed = func(ctx context.Context, r db.Reader) (all []purchasing.Extra, err error) {
		wanted, err := requests.ToBuy(ctx, r)
		for _, w := range wanted {
			all = append(all, purchasing.Extra{Request: w.Request, Line: w.Line, Department: w.Department, Item: w.Item, Qty: quantity.Qty(w.Qty)})
		}
		return all, err
	}
	ordered := func(ctx context.Context, tx *db.Tx, x purchasing.Extra, paper string, promised period.Day, event string, args ...string) error {
		switch err := requests.Ordered(ctx, tx, x.Request, x.Line, paper, promised); {
		case fault.Is(err, "requests.not_to_buy"):
			return nil // the department has it from elsewhere, or wants it no more
		case err != nil:
			return err
		}
		return tellAsker(ctx, tx, x, event, args...)
	}
	purchasing.Taken = func(ctx context.Context, tx *db.Tx, x purchasing.Extra, p *purchasing.Plan) error {
		return ordered(ctx, tx, x, p.Number, "", messages.GoodsPlanned, p.Number)
	}
	purchasing.Freed = func(ctx context.Context, tx *db.Tx, x purchasing.Extra, p *purchasing.Plan) error {
		return ordered(ctx, tx, x, "", "", messages.GoodsFreed, p.Number)
	}
	purchasing.Promised = func(ctx context.Context, tx *db.Tx, x purchasing.Extra, o *purchasing.Order) error {
		return ordered(ctx, tx, x, o.Number, o.Due, messages.GoodsOrdered, o.Number, string(o.Due))
	}
	purchasing.Came = func(ctx context.Context, tx *db.Tx, x purchasing.Extra, o *purchasing.Order) error {
		waited, err := requests.Came(ctx, tx, x.Request, x.Line, o.Number)
		if err != nil || !waited {
			return err
		}
		return tellAsker(ctx, tx, x, messages.GoodsCame, o.Number)
	}
}

// tellAsker tells who asked for goods that have to be bought what became of them.
func tellAsker(ctx context.Context, tx *db.Tx, x purchasing.Extra, event string, args ...string) error {
	i, err := catalog.Get(ctx, tx, x.Item)
	if err != nil {
		return err
	}
	q, err := requests.Requests.Get(ctx, tx, list.Where{}.And("q.id = ?", x.Request))
	if err != nil {
		return err
	}
	return messages.Tell(ctx, tx, messages.Word{Event: event, To: []string{q.Requester}, Args: append([]string{i.Title()}, args...), Number: q.Number, Href: "/requests/" + q.ID})
}
