package inbox

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/words"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// wardCheck is a check or count of a ward's own store that is due.
func wardCheck(d *wardstores.Due, zone *time.Location) Thing {
	return Thing{Title: d.Store.Name, Note: string(d.Day), Href: "/ward-stores/counts/new?kind=" + d.Kind + "&store=" + d.Store.ID, Due: d.Day.End(zone), In: func(w *words.Words) (string, string) {
		return w.T("wardstores.kind." + d.Kind), d.Store.Name + " · " + w.T("wardstores.due_by", string(d.Day))
	}}
}

// lowGoods are below the minimum of a ward's own store.
func lowGoods(h *warehouse.Holding) Thing {
	return Thing{Title: h.Title(), Note: h.StoreName + " · " + h.Say(h.Qty) + " / " + h.Say(h.Least), Href: "/ward-store?store=" + h.Store, Since: h.Moved}
}

func loan(l *wardstores.Loan, zone *time.Location) Thing {
	return Thing{Title: l.What, Note: l.BorrowerName + " · " + string(l.Due), Href: "/ward-stores/loans/" + l.ID, Since: max(l.At, l.LentAt), Due: l.Due.End(zone)}
}

func loss(l *wardstores.Loss) Thing {
	return Thing{Title: l.Title() + " " + l.Say(l.Qty), Note: l.How, Href: "/ward-stores/losses/" + l.ID, Since: l.At}
}

func wardCount(c *wardstores.Count) Thing {
	return Thing{Title: c.StoreName + " " + string(c.Month), Note: c.Number, Href: "/ward-stores/counts/" + c.ID, Since: max(c.At, c.ReconciledAt)}
}

func sentBack(b *wardstores.Backward) Thing {
	return Thing{Title: b.StoreName, Note: b.Number + " · " + b.Reason, Href: "/ward-stores/returns/" + b.ID, Since: b.At}
}

// byDay is of for things that are due by the end of a day.
func byDay[T any](read func(context.Context, db.Reader, db.Actor, int) ([]T, error), thing func(*T, *time.Location) Thing) func(context.Context, db.Reader, db.Actor, int) ([]Thing, error) {
	return func(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Thing, error) {
		return of(read, func(t *T) Thing { return thing(t, r.Location()) })(ctx, r, by, limit)
	}
}

// othersGoods may be taken into a store, or lie there beyond their day.
func othersGoods(c *warehouse.Custody, zone *time.Location) Thing {
	return Thing{Title: c.Name + " " + c.Many, Note: c.Owner, Href: "/warehouse/custodies/" + c.ID, Since: c.AskedAt, Due: c.Until.End(zone), In: func(w *words.Words) (string, string) {
		return c.Name + " " + c.Many, c.Owner + " · " + w.T("inbox.custodies.until", w.Day(c.Until))
	}}
}
