package receiving

import (
	"strings"

	"houqin/internal/catalog"
)

// LabelCode is what the code on a lot's label says: item, expiry and lot after GS1 where
// a GTIN is known for the item, else the item's own code or number.
func LabelCode(l Line, codes []catalog.Barcode) string {
	own, gtin := l.ItemNumber, ""
	for _, c := range codes {
		switch {
		case len(c.Code) == 14 && strings.Trim(c.Code, "0123456789") == "" && (gtin == "" || c.Unit == ""):
			gtin = c.Code
		case c.Unit == "":
			own = c.Code
		}
	}
	if gtin == "" {
		return own
	}
	code := "(01)" + gtin
	if l.Expiry != "" {
		s := strings.ReplaceAll(string(l.Expiry), "-", "")
		code += "(17)" + s[2:]
	}
	if l.Lot != "" && len(l.Lot) <= 20 {
		code += "(10)" + l.Lot
	}
	return code
}
