package peopleweb_test

import (
	"io/fs"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/people/peopleweb"
)

var rooms = []fs.FS{departments.Migrations, people.Migrations}

const goodPassword = "three blue kettles"

// house is a small hospital with its counter, and one person who can sign in.
func house(t *testing.T, d *db.DB) (*sitetest.Site, *peopleweb.Counter, people.Person) {
	t.Helper()
	site := sitetest.New(t, d, peopleweb.Words)
	c := peopleweb.New(site.Site, people.Permissions)
	site.Who = c.Visitor
	site.Room(c.Routes())
	peopleweb.Pickers(site.Site)
	site.Nobody("departments")
	site.Nobody("campuses")
	boss := db.System("boss")
	ward := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
	p := people.Person{Number: "0101", Name: "李华"}
	dbtest.Do(t, d, boss, func(tx *db.Tx) error {
		if err := departments.Found(t.Context(), tx, &ward); err != nil {
			return err
		}
		p.Department = ward.ID
		if err := people.Hire(t.Context(), tx, &p); err != nil {
			return err
		}
		return people.OpenAccount(t.Context(), tx, p.ID, "lihua")
	})
	if err := people.SetPassword(t.Context(), d, boss, p.ID, goodPassword); err != nil {
		t.Fatal(err)
	}
	return site, c, p
}

func TestAPersonSignsInAndOut(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		site, _, _ := house(t, d)
		who := webtest.New(t, site)
		page := who.Get("/sign-in?back=/people")
		page.PressWant(422, "登录", webtest.Fill{"login": {"lihua"}, "password": {"wrong"}}).See("登录名或密码不对", "lihua")
		got := page.PressWant(303, "登录", webtest.Fill{"login": {"ＬiHua"}, "password": {goodPassword}})
		if to := got.Header.Get("Location"); to != "/people" {
			t.Errorf("led to %q", to)
		}
	})
}
