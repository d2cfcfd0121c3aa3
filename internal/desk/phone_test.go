package desk_test

import (
	"bytes"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/people"
)

// A phone that comes by again gets the key it had: what it kept opens.
func TestAPhoneKeepsItsKey(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		p := people.Person{Number: "1001", Name: "护士"}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			ward := departments.Department{Code: "N1", Name: "一病区", Kind: departments.Ward}
			if err := departments.Found(t.Context(), tx, &ward); err != nil {
				return err
			}
			p.Department = ward.ID
			return people.Hire(t.Context(), tx, &p)
		})
		var keys [][]byte
		for range 3 {
			if err := d.Do(t.Context(), db.Actor{ID: p.ID, Name: p.Name}, func(tx *db.Tx) error {
				key, err := desk.PhoneKey(t.Context(), tx)
				keys = append(keys, key)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if len(keys[0]) != 32 || !bytes.Equal(keys[0], keys[1]) || !bytes.Equal(keys[1], keys[2]) {
			t.Errorf("%x", keys)
		}
	})
}
