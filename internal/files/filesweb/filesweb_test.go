package filesweb_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/files"
	"houqin/internal/files/filesweb"
)

// wards guards jobs in these tests: job "3A-1" is for who works in ward 3A.
func wards(_ context.Context, _ db.Reader, by db.Actor, record string) error {
	if !strings.HasPrefix(record, by.Unit+"-") {
		return fault.New(fault.Forbidden, "base.need", "desk.see")
	}
	return nil
}

func photo() []byte {
	var b bytes.Buffer
	png.Encode(&b, image.NewGray(image.Rect(0, 0, 500, 300)))
	return b.Bytes()
}

// Holds: v5.0.0-8.2.2 v5.0.0-5.4.1 v5.0.0-3.2.1 AB-12
func TestFilesAtTheCounter(t *testing.T) {
	dbtest.Each(t, []fs.FS{files.Migrations}, func(t *testing.T, d *db.DB) {
		store, err := files.Open(t.Context(), filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		site := sitetest.New(t, d, filesweb.Words)
		site.Room(filesweb.New(store, files.Guard{"desk.job": wards}).Routes())
		nurse := dbtest.PersonIn("nurse", "3A", files.MayAttach)
		site.By = nurse
		me := webtest.New(t, site)
		page := me.Get("/files?noun=desk.job&record=3A-1&back=/desk/jobs/1").See("还没有附件")
		page.PressWant(422, "添加附件", nil).See("必填")
		page.PressWant(422, "添加附件", nil, webtest.File{Field: "files", Name: "页面.jpg", Body: []byte("<!DOCTYPE html><script>alert(1)</script>")}).
			See("不接受“页面.jpg”这种文件")
		page = page.Press("添加附件", nil, webtest.File{Field: "files", Name: "漏水.png", Body: photo()},
			webtest.File{Field: "files", Name: "配件报价\"; x=\".pdf", Body: []byte("%PDF-1.7\n%%EOF")}).
			See("已添加 2 个附件", "添加附件")
		all, err := files.Of(t.Context(), d, "desk.job", "3A-1")
		if err != nil || len(all) != 2 {
			t.Fatalf("%v %v", all, err)
		}
		pic, doc := all[0], all[1]
		header := func(p *webtest.Page, name, want string) {
			t.Helper()
			if got := p.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		for _, url := range []string{pic.Href(), pic.Href() + "/thumb", doc.Href()} {
			p := me.Do(webtest.Call{URL: url})
			header(p, "X-Content-Type-Options", "nosniff")
			header(p, "Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
			header(p, "Cache-Control", "private, no-cache")
			header(p, "Cross-Origin-Resource-Policy", "same-origin")
			if url == doc.Href() {
				header(p, "Content-Type", "application/pdf")
				header(p, "Content-Disposition", "attachment; filename*=UTF-8''%E9%85%8D%E4%BB%B6%E6%8A%A5%E4%BB%B7_%3B%20x%3D_.pdf")
			} else {
				header(p, "Content-Type", "image/jpeg")
				header(p, "Content-Disposition", "inline; filename*=UTF-8''%E6%BC%8F%E6%B0%B4.jpg")
			}
			me.Do(webtest.Call{URL: url, Header: map[string]string{"If-None-Match": p.Header.Get("ETag")}, Want: 304})
		}
		me.Do(webtest.Call{URL: doc.Href() + "/thumb", Want: 404})
		me.Do(webtest.Call{URL: "/api/files?noun=desk.job&record=3A-1", See: []string{`"name":"漏水.jpg"`, `"width":500`}})

		post := func(record string) webtest.Call {
			return webtest.Call{Name: "attach to " + record, URL: "/files", Form: url.Values{"noun": {"desk.job"}, "record": {record}},
				Files: []webtest.File{{Field: "files", Name: "a.png", Body: photo()}}, Want: 404}
		}
		site.By = dbtest.PersonIn("stranger", "5B", files.MayAttach, files.MayRemove)
		webtest.Run(t, site,
			webtest.Call{URL: pic.Href(), Want: 404, NotSee: []string{"漏水"}},
			webtest.Call{URL: pic.Href() + "/thumb", Want: 404},
			webtest.Call{URL: doc.Href(), Want: 404},
			webtest.Call{URL: "/api" + doc.Href(), Want: 404},
			webtest.Call{URL: "/files?noun=desk.job&record=3A-1", Want: 404, NotSee: []string{"漏水"}},
			webtest.Call{URL: "/files?noun=assets.card&record=5B-1", Want: 404},
			webtest.Call{URL: pic.Href() + "/remove", Form: url.Values{}, Want: 404},
			post("3A-1"),
		)
		site.By = db.Actor{}
		webtest.Run(t, site, webtest.Call{URL: pic.Href(), Want: 303}, webtest.Call{URL: "/api" + pic.Href(), Want: 401})
		site.By = dbtest.PersonIn("auditor", "3A")
		call := post("3A-1")
		call.Want = 403
		webtest.Run(t, site, call,
			webtest.Call{URL: pic.Href(), Want: 200},
			webtest.Call{URL: "/files?noun=desk.job&record=3A-1", NotSee: []string{"每个不超过"}},
			webtest.Call{URL: pic.Href() + "/remove", Form: url.Values{}, Want: 403})

		site.By = nurse
		me.Do(webtest.Call{URL: pic.Href() + "/remove", Form: url.Values{"back": {"/desk/jobs/1"}}, Want: 303})
		me.Get("/files?noun=desk.job&record=3A-1").See("已移除“漏水.jpg”", "移除附件").NotSee("/thumb")
		me.Do(webtest.Call{URL: pic.Href(), Want: 404})
		me.Do(webtest.Call{URL: pic.Href() + "/thumb", Want: 404})
	})
}
