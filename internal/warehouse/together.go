package warehouse

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/catalog"
	"houqin/internal/rules"
)

// Apart are the storage conditions of which goods may not lie in one store: what
// burns, what eats, and what must stay clean (S-028). In one bin nothing lies
// together that is stored differently.
var Apart = [][2]string{{"flammable", "corrosive"}, {"flammable", "sterile"}, {"corrosive", "sterile"}}

// against are the conditions that may not lie in one store with this one.
func against(storage string) (all []string) {
	for _, pair := range Apart {
		switch storage {
		case pair[0]:
			all = append(all, pair[1])
		case pair[1]:
			all = append(all, pair[0])
		}
	}
	return all
}

// together complains of what comes into a store and may not lie with what is there,
// in the store or in the bin it is put in, or with what comes with it. bin gives the
// bin of a move.
func together(ctx context.Context, tx *db.Tx, store string, moves []Move, items map[string]catalog.Item, bin func(*Move) string, bad *fault.Complaints) error {
	must, err := rules.On(ctx, tx, "S-028.apart", tx.Today())
	if err != nil || !must {
		return err
	}
	type lies struct{ storage, bin, name string }
	var there []lies
	var opponents, bins []string
	for n := range moves {
		opponents = append(opponents, against(items[moves[n].Item].Storage)...)
		if b := bin(&moves[n]); b != "" {
			bins = append(bins, b)
		}
	}
	slices.Sort(opponents)
	slices.Sort(bins)
	into := func(l *lies) []any { return []any{&l.storage, &l.bin, &l.name} }
	if opponents = slices.Compact(opponents); opponents != nil {
		in, args := db.Listed(opponents, store)
		found, err := db.All(ctx, tx, into, `SELECT i.storage, '', min(i.name) FROM warehouse_stock s LEFT JOIN catalog_item i ON i.id = s.item
			WHERE s.qty > 0 AND i.storage IN `+in+` AND s.store = $1 GROUP BY i.storage ORDER BY i.storage`, args...)
		if err != nil {
			return err
		}
		there = append(there, found...)
	}
	for part := range slices.Chunk(slices.Compact(bins), chunk) {
		in, args := db.Listed(part)
		found, err := db.All(ctx, tx, into, `SELECT i.storage, b.bin, min(i.name) FROM warehouse_balance b LEFT JOIN catalog_item i ON i.id = b.item
			WHERE b.qty > 0 AND b.bin IN `+in+` GROUP BY i.storage, b.bin ORDER BY b.bin, i.storage`, args...)
		if err != nil {
			return err
		}
		there = append(there, found...)
	}
	for n := range moves {
		m := &moves[n]
		i, at := items[m.Item], bin(m)
		beside := slices.IndexFunc(there, func(l lies) bool { return l.bin == "" && slices.Contains(against(i.Storage), l.storage) })
		if beside >= 0 {
			bad.Cite("S-028", line("", m.Line, "item"), "warehouse.not_in_one_store", i.Title(), there[beside].name)
			continue
		}
		beside = slices.IndexFunc(there, func(l lies) bool { return l.bin != "" && l.bin == at && l.storage != i.Storage })
		if beside >= 0 {
			bad.Cite("S-028", line("", m.Line, "bin"), "warehouse.not_in_one_bin", i.Title(), there[beside].name)
			continue
		}
		there = append(there, lies{i.Storage, "", i.Title()})
		if at != "" {
			there = append(there, lies{i.Storage, at, i.Title()})
		}
	}
	return nil
}
