package catalog

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/quantity"
)

// Supply is the kind of goods that plans are drawn up for and receipts are told apart by.
type Supply string

const (
	Office     Supply = "office"
	Hardware   Supply = "hardware"
	Printed    Supply = "printed"
	Cotton     Supply = "cotton"
	Protection Supply = "protection" // labour protection
	Sundry     Supply = "sundry"     // none of these, whatever the class above is
)

// Supplies are all of them, as choices; Planned are those for which S-049 wants plans.
var (
	Supplies = []string{string(Office), string(Hardware), string(Printed), string(Cotton), string(Protection), string(Sundry)}
	Planned  = []string{string(Office), string(Hardware), string(Printed), string(Cotton)}
)

// resettle says anew what a class and all within it count as, after its place or its kind
// changed: the nearest of itself and those above it that says a kind.
func resettle(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `WITH RECURSIVE up(id, kind, parent) AS (
			SELECT c.id, c.supply, c.parent FROM catalog_class c WHERE c.id = $1
			UNION SELECT u.id, p.supply, p.parent FROM up u JOIN catalog_class p ON p.id = u.parent WHERE u.kind = ''),
		below(id, kind) AS (
			SELECT id, kind FROM up WHERE kind <> '' OR parent = ''
			UNION SELECT c.id, CASE WHEN c.supply <> '' THEN c.supply ELSE b.kind END FROM catalog_class c JOIN below b ON c.parent = b.id)
		UPDATE catalog_class SET counts_as = b.kind FROM below b WHERE b.id = catalog_class.id AND catalog_class.counts_as <> b.kind`, id)
	return err
}

// grams in what people call a unit of weight.
var grams = map[string]int64{"g": 1, "克": 1, "两": 50, "斤": 500, "市斤": 500, "kg": 1000, "公斤": 1000, "千克": 1000, "吨": 1_000_000, "t": 1_000_000}

var weighed = regexp.MustCompile(`^([0-9]{1,6})(?:\.([0-9]{1,3}))?\s*(kg|g|t|公斤|千克|市斤|斤|两|克|吨)(?:\s*/\s*(\S+))?$`)

// Grams is what so much of the item weighs: by a unit of weight among those it comes in,
// else by a specification that is one weight, such as 加碘 400克 or 25kg/袋. It is false
// of what has neither.
func (i Item) Grams(q quantity.Qty) (int64, bool) {
	if g := grams[strings.ToLower(i.Unit)]; g > 0 {
		return int64(q) * g, true
	}
	for _, p := range i.Packs {
		if g := grams[strings.ToLower(p.Unit)]; g > 0 {
			return int64(q) * g / p.Factor, true
		}
	}
	spec := strings.Fields(strings.ToLower(i.Spec))
	if len(spec) == 0 {
		return 0, false
	}
	m := weighed.FindStringSubmatch(spec[len(spec)-1])
	if m == nil || m[4] != "" && m[4] != strings.ToLower(i.Unit) {
		return 0, false
	}
	thousandths, _ := strconv.ParseInt(m[1]+(m[2] + "000")[:3], 10, 64) // nine digits at most
	return int64(q) * thousandths * grams[m[3]] / 1000, true
}
