package desk_test

import (
	"bytes"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/desk"
)

// A phone that comes by again gets the key it had: what it kept opens.
func TestAPhoneKeepsItsKey(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		var keys [][]byte
		for range 3 {
			if err := d.Do(t.Context(), db.Actor{ID: "nurse", Name: "nurse"}, func(tx *db.Tx) error {
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
