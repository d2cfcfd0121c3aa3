package departmentsweb_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
)

// Clause: O-001
func TestDepartmentsAreKept(t *testing.T) {
	dbtest.Each(t, []fs.FS{departments.Migrations}, func(t *testing.T, d *db.DB) {
		site := sitetest.New(t, d, departmentsweb.Words)
		site.Room(departmentsweb.Routes)
		departmentsweb.Pickers(site.Site)
		site.Nobody("people")
		site.By = dbtest.Person("admin", departments.MaySee, departments.MayChange)
		form := func(kv ...string) url.Values {
			v := url.Values{}
			for i := 0; i < len(kv); i += 2 {
				v.Set(kv[i], kv[i+1])
			}
			return v
		}
		webtest.Run(t, site,
			webtest.Call{Method: "POST", URL: "/departments", Form: form("code", "", "name", "重症医学科", "kind", "nonsense"), Want: 422,
				See: []string{"重症医学科", "必填", "“nonsense”不是可选的值"}},
			webtest.Call{Method: "POST", URL: "/departments", Form: form("code", "ICU", "name", "重症医学科", "kind", "ward", "_key", "k1"), Want: 303},
			webtest.Call{Method: "POST", URL: "/departments", Form: form("code", "ICU", "name", "重症医学科", "kind", "ward", "_key", "k1"), Want: 303},
			webtest.Call{Method: "POST", URL: "/departments", Form: form("code", "ICU", "name", "别的科", "kind", "ward"), Want: 422, See: []string{"编码“ICU”已被使用", "别的科"}},
			webtest.Call{Method: "GET", URL: "/departments?q=zzyx", Want: 200, See: []string{"重症医学科", "共 1 条"}},
			webtest.Call{Method: "GET", URL: "/departments?kind=office", Want: 200, See: []string{"还没有科室"}},
			webtest.Call{Method: "GET", URL: "/departments?kind=nonsense", Want: 422},
			webtest.Call{Method: "GET", URL: "/departments?format=csv", Want: 200, See: []string{"重症医学科,ICU,病区"}},
		)
		icu, err := departments.ByCode(t.Context(), d, "ICU")
		if err != nil {
			t.Fatal(err)
		}
		at := "/departments/" + icu.ID
		webtest.Run(t, site,
			webtest.Call{Method: "POST", URL: at, Form: form("code", "ICU", "name", "重症监护室", "kind", "ward", "beds", "20", "_version", "1"), Want: 303},
			webtest.Call{Method: "POST", URL: at, Form: form("code", "ICU", "name", "又改了", "kind", "ward", "_version", "1"), Want: 409, See: []string{"别人已改过", "又改了"}},
			webtest.Call{Method: "POST", URL: at, Form: form("code", "ICU", "name", "自己的下级", "kind", "ward", "parent", "ICU", "_version", "2"), Want: 422, See: []string{"上级不能是它自己"}},
			webtest.Call{Method: "GET", URL: at, Want: 200, See: []string{"重症监护室", "20", "修改", "指定领用人"}},
			webtest.Call{Method: "POST", URL: at + "/requesters", Form: form("people.0.person", "没有这个人"), Want: 422, See: []string{"没有这个人"}},
			webtest.Call{Method: "POST", URL: "/campuses", Form: form("code", "D", "name", "东院区"), Want: 303},
			webtest.Call{Method: "POST", URL: "/campuses", Form: form("code", "D", "name", "又一个东院区"), Want: 409, See: []string{"已有相同的记录", "又一个东院区"}},
			webtest.Call{Method: "GET", URL: "/pick/campuses", Want: 200, See: []string{"东院区"}},
		)
		site.By = dbtest.PersonIn("nurse", "elsewhere", "desk.report")
		webtest.Run(t, site,
			webtest.Call{Method: "GET", URL: at, Want: 404},
			webtest.Call{Method: "POST", URL: at + "/close", Form: form("_version", "2"), Want: 403},
			webtest.Call{Method: "GET", URL: "/departments?q=重症", Want: 200, NotSee: []string{"重症监护室"}},
		)
		site.By = db.Actor{}
		webtest.Run(t, site, webtest.Call{Method: "GET", URL: at, Want: http.StatusSeeOther})
	})
}

func TestProgramsGetJSONAndEveryComplaint(t *testing.T) {
	dbtest.Each(t, []fs.FS{departments.Migrations}, func(t *testing.T, d *db.DB) {
		site := sitetest.New(t, d, departmentsweb.Words)
		site.Room(departmentsweb.Routes)
		departmentsweb.Pickers(site.Site)
		site.Nobody("people")
		site.By = dbtest.Person("robot", departments.MaySee, departments.MayChange)
		webtest.Run(t, site,
			webtest.Call{Method: "POST", URL: "/api/departments", JSON: map[string]any{"name": "供应科", "colour": "red"}, Want: 422, See: []string{`"field":"code"`, `"field":"kind"`, `"field":"colour"`}},
			webtest.Call{Method: "POST", URL: "/api/departments", JSON: map[string]any{"code": "G1", "name": "供应科", "kind": "office", "beds": 0}, Want: 200, See: []string{`"code":"G1"`}},
			webtest.Call{Method: "GET", URL: "/api/departments?size=1", Want: 200, See: []string{`"name":"供应科"`, `"count":1`}},
			webtest.Call{Method: "GET", URL: "/api/departments/00000000000000000000", Want: 404, See: []string{"urn:houqin:fault:base.not_found"}},
		)
	})
}

func TestADepartmentWithOpenChildrenStaysOpen(t *testing.T) {
	dbtest.Each(t, []fs.FS{departments.Migrations}, func(t *testing.T, d *db.DB) {
		admin := dbtest.Person("admin", departments.MayChange)
		top := departments.Department{Code: "N", Name: "内科", Kind: departments.Ward}
		dbtest.Do(t, d, admin, func(tx *db.Tx) error { return departments.Found(t.Context(), tx, &top) })
		child := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward, Parent: top.ID}
		dbtest.Do(t, d, admin, func(tx *db.Tx) error { return departments.Found(t.Context(), tx, &child) })
		err := d.Do(t.Context(), admin, func(tx *db.Tx) error { return departments.Close(t.Context(), tx, top.ID, 1) })
		if err == nil || !strings.Contains(err.Error(), "has_children") {
			t.Errorf("closed above an open child: %v", err)
		}
		dbtest.Do(t, d, admin, func(tx *db.Tx) error { return departments.Close(t.Context(), tx, child.ID, 1) })
		dbtest.Do(t, d, admin, func(tx *db.Tx) error { return departments.Close(t.Context(), tx, top.ID, 1) })
	})
}
