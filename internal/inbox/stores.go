package inbox

import (
	"time"

	"houqin/internal/base/words"
	"houqin/internal/warehouse"
)

// unclosed is a month of a store that is over.
func unclosed(u *warehouse.Unclosed) Thing {
	return Thing{Title: u.StoreName + " " + string(u.Month), Href: "/warehouse/closes/new?store=" + u.Store}
}

// unagreed is a closed month that finance compares with its books.
func unagreed(c *warehouse.Close) Thing {
	month := string(c.Month.Month())
	return Thing{Title: c.StoreName + " " + month, Href: "/warehouse/closes/" + c.ID, Since: c.At, In: func(w *words.Words) (string, string) {
		return c.StoreName + " " + month, w.T("inbox.month_agree.closing", w.Money(c.Closing))
	}}
}

// belowLeast are goods of which the planner is to buy more, or another store to give.
func belowLeast(h *warehouse.Holding) Thing {
	return Thing{Title: h.Title(), Note: h.StoreName + " · " + h.Say(h.Qty) + " / " + h.Say(h.Least), Href: "/warehouse/stock/" + h.Store + "/" + h.Item, Since: h.Moved}
}

// endedLot is a lot past its last day.
func endedLot(l *warehouse.Lot, zone *time.Location) Thing {
	return Thing{Title: l.Title() + " " + l.Lot, Note: l.StoreName + " · " + l.Say(l.Qty), Href: "/warehouse/stock/" + l.Store + "/" + l.Item, Due: l.Expiry.End(zone)}
}

// toRestock is a piece of the emergency reserve that is short, or whose lot ends soon.
func toRestock(e *warehouse.Reserve, zone *time.Location) Thing {
	t := Thing{Title: e.Title(), Href: "/warehouse/stock/" + e.Store + "/" + e.Item, In: func(w *words.Words) (string, string) {
		note := e.StoreName + " · " + e.Say(e.Qty) + " / " + e.Say(e.Least)
		if e.Expiry != "" {
			note += " · " + w.T("inbox.reserves.ends", w.Day(e.Expiry))
		}
		return e.Title(), note
	}}
	if e.Expiry != "" {
		t.Due = e.Expiry.End(zone)
	}
	return t
}
