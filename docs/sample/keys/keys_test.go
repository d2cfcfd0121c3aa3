package keys_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"houqin/docs/sample/keys"
	"houqin/docs/sample/keys/keysweb"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/places"
	"houqin/internal/places/placesweb"
)

var rooms = []fs.FS{departments.Migrations, places.Migrations, keys.Migrations}

var porter = dbtest.Person("porter", places.MayChange, keys.MaySee, keys.MayHang, keys.MayLend)

func hung(t *testing.T, d *db.DB) keys.Key {
	p := places.Place{Code: "B1", Name: "配电室", Kind: places.Room}
	k := keys.Key{Label: "K-07"}
	dbtest.Do(t, d, porter, func(tx *db.Tx) error {
		if err := places.Add(t.Context(), tx, &p); err != nil {
			return err
		}
		k.Place = p.ID
		return keys.Hang(t.Context(), tx, &k)
	})
	return k
}

func TestOfTwoWhoTakeAKeyOneGetsIt(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		k := hung(t, d)
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				errs[i] = d.Do(t.Context(), porter, func(tx *db.Tx) error {
					_, err := keys.Step(t.Context(), tx, k.ID, "lend", "somebody", 1)
					return err
				})
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || fault.KindOf(errs[0]) != fault.Conflict && fault.KindOf(errs[1]) != fault.Conflict {
			t.Errorf("%v and %v", errs[0], errs[1])
		}
	})
}

func TestAKeyIsLentAndComesBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		k := hung(t, d)
		s := sitetest.New(t, d, keysweb.Words, departmentsweb.Words, placesweb.Words)
		s.Room(keysweb.Routes)
		placesweb.Pickers(s.Site)
		s.By = porter
		at := "/keys/" + k.ID
		webtest.Run(t, s,
			webtest.Call{Method: "POST", URL: at + "/lend", Form: url.Values{"_version": {"1"}}, Want: 422, See: []string{"必填"}},
			webtest.Call{Method: "POST", URL: at + "/lend", Form: url.Values{"_version": {"1"}, "holder": {"老王"}}, Want: 303},
			webtest.Call{Method: "GET", URL: at, Want: 200, See: []string{"已借出", "老王", "归还", "报失"}},
			webtest.Call{Method: "POST", URL: at + "/lend", Form: url.Values{"_version": {"2"}, "holder": {"老李"}}, Want: 409, See: []string{"现在的状态是“已借出”，不能“借出”", "老李"}},
			webtest.Call{Method: "POST", URL: at + "/return", Form: url.Values{"_version": {"2"}}, Want: 303},
			webtest.Call{Method: "GET", URL: "/keys?q=pds", Want: 200, See: []string{"K-07", "在板上"}},
		)
	})
}

// What docs/room.md says of this room's size is so.
func TestTheRoomIsAsSmallAsItsPageSays(t *testing.T) {
	lines, files := 0, 0
	for _, pattern := range []string{"*.go", "*/*.go", "migrations/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			lines += bytes.Count(b, []byte("\n"))
			files++
		}
	}
	page, err := os.ReadFile("../../room.md")
	if err != nil {
		t.Fatal(err)
	}
	if said := fmt.Sprintf("four files of Go, one of SQL and two of words, %d lines with tests", lines); files != 5 || !bytes.Contains(page, []byte(said)) {
		t.Errorf("docs/room.md does not say %q of %d files", said, files)
	}
}
