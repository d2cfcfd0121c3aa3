package inbox

import (
	"time"

	"houqin/internal/base/words"
	"houqin/internal/suppliers"
)

// endingLicence is a supplier of whose licences one ends: the last day is its due.
func endingLicence(s *suppliers.Supplier, zone *time.Location) Thing {
	return Thing{Title: s.Name, Href: "/suppliers/" + s.ID, Due: s.Expires.End(zone), In: func(w *words.Words) (string, string) {
		return s.Name, w.T("inbox.supplier_licences.ends", w.Day(s.Expires))
	}}
}

// newAccount waits for the second person.
func newAccount(a *suppliers.Account) Thing {
	return Thing{Title: a.SupplierName, Note: a.Bank + " " + a.Account, Href: "/suppliers/" + a.Supplier, Since: a.At}
}

// heldAgainst is a complaint about a supplier that waits for an answer.
func heldAgainst(c *suppliers.Complaint) Thing {
	return Thing{Title: c.SupplierName, Note: c.Number + " · " + c.Said, Href: "/supplier-complaints/" + c.ID, Since: c.At}
}
