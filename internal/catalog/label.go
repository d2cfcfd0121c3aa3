package catalog

import (
	"strings"

	"houqin/internal/base/period"
)

// LabelCode is what the code on a lot's label says: item, expiry and lot after GS1 where
// a GTIN is known for the item, else the item's own code or number.
func LabelCode(number string, codes []Barcode, lot string, expiry period.Day) string {
	own, gtin := number, ""
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
	if expiry != "" {
		s := strings.ReplaceAll(string(expiry), "-", "")
		code += "(17)" + s[2:]
	}
	if lot != "" && len(lot) <= 20 {
		code += "(10)" + lot
	}
	return code
}
