package hospital_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/files"
	"houqin/internal/hospital"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// secret is a record of one department that nobody of another may learn of.
type secret struct {
	noun, id string
	// marks are what only those who see it may read.
	marks []string
}

// neighbours are a hospital with records of a ward, somebody of the ward, and somebody
// of another ward who holds every permission of the building, but there.
func neighbours(t *testing.T, h *hospital.Hospital) (secrets []secret, owner, other db.Actor) {
	t.Helper()
	ctx := t.Context()
	a, b := departments.Department{Code: "A1", Name: "甲病区", Kind: departments.Ward}, departments.Department{Code: "B1", Name: "乙病区", Kind: departments.Ward}
	staff := people.Person{Number: "A0001", Name: "甲某某"}
	card, store := assets.Card{Name: "密件监护仪"}, warehouse.Store{Code: "A-K", Name: "密件库房"}
	var job desk.Job
	var doc warehouse.Document
	dbtest.Do(t, h.DB, db.System("boss"), func(tx *db.Tx) error {
		for _, d := range []*departments.Department{&a, &b} {
			if err := departments.Found(ctx, tx, d); err != nil {
				return err
			}
		}
		staff.Department, store.Department, card.Department = a.ID, a.ID, a.ID
		if err := people.Hire(ctx, tx, &staff); err != nil {
			return err
		}
		room := places.Place{Code: "A-1", Name: "甲楼", Kind: places.Building}
		if err := places.Add(ctx, tx, &room); err != nil {
			return err
		}
		card.Place, store.Place = room.ID, room.ID
		if err := assets.Register(ctx, tx, &card); err != nil {
			return err
		}
		item := catalog.Item{Name: "棉签", Unit: "包", Category: catalog.Consumable}
		if err := catalog.Add(ctx, tx, &item); err != nil {
			return err
		}
		from := suppliers.Supplier{Name: "某公司"}
		if err := suppliers.Add(ctx, tx, &from); err != nil {
			return err
		}
		if err := warehouse.SetUp(ctx, tx, &store); err != nil {
			return err
		}
		var err error
		if doc, err = warehouse.Receive(ctx, tx, warehouse.Delivery{Store: store.ID, Supplier: from.ID, Invoice: "MJ-7788", Lines: []warehouse.In{{Item: item.ID, Qty: "3", Amount: "30"}}}); err != nil {
			return err
		}
		job, err = desk.Report(ctx, tx, &desk.Slip{Title: "密件水管漏水", Trade: "water", Department: a.ID, Place: room.ID, Asset: card.ID})
		return err
	})
	var picture files.File
	header := upload(t)
	dbtest.Do(t, h.DB, db.System("boss"), func(tx *db.Tx) (err error) {
		picture, err = files.Attach(ctx, tx, h.Files, files.Upload{Noun: desk.Noun, Record: job.ID, Header: header})
		return err
	})
	rights := func(unit string) db.Rights {
		r := db.Rights{}
		for _, p := range hospital.Permissions {
			// A worker sees what nobody was sent to yet, whose ever it is, and knows every store
			// that has parts; who audits sees all.
			if p != desk.MayWork && p != warehouse.MayUse && p != people.AuditSeat && p != people.MayWatch {
				r[p] = db.Scope{Units: []string{unit}}
			}
		}
		return r
	}
	return []secret{
			{"desk.job", job.ID, []string{"密件水管漏水", job.Number}}, {"files.file", picture.ID, []string{"mijian.png"}},
			{"assets.card", card.ID, []string{"密件监护仪", card.Number}}, {"warehouse.store", store.ID, []string{"密件库房"}},
			{"warehouse.document", doc.ID, []string{"MJ-7788"}}, {"people.person", staff.ID, []string{"甲某某", "A0001"}},
		}, db.Actor{ID: staff.ID, Name: staff.Name, Unit: a.ID, Rights: rights(a.ID)},
		db.Actor{ID: "06j10taa0183ztkfdbdd", Name: "乙某某", Unit: b.ID, Rights: rights(b.ID)}
}

// upload is a picture as a browser sends it.
func upload(t *testing.T) *multipart.FileHeader {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("files", "mijian.png")
	if err == nil {
		err = png.Encode(part, image.NewRGBA(image.Rect(0, 0, 8, 8)))
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	form, err := multipart.NewReader(&b, w.Boundary()).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	return form.File["files"][0]
}

// unmade is an id that no record has.
const unmade = "06j10taa0183ztkfdbdc"

// drawn are what every answer draws anew: keys of forms, numbers of requests.
var drawn = regexp.MustCompile(`[A-Z2-7]{12,}`)

// alike is an answer without what differs between any two.
func alike(w *httptest.ResponseRecorder, id string) string {
	text := w.Result().Status + " " + w.Header().Get("Location") + " " + w.Header().Get("Content-Type") + "\n" + w.Body.String()
	return drawn.ReplaceAllString(strings.ReplaceAll(strings.ReplaceAll(text, url.QueryEscape(id), "ID"), id, "ID"), "*")
}

// Every door that names a record, as page and for programs, prints, files and
// thumbnails, steps and forms, answers somebody of another department as if the record
// did not exist: whatever the route, so that a new one without a scope fails here.
//
// Holds: v5.0.0-8.2.2 v5.0.0-8.3.1 v5.0.0-8.3.2 AB-01 API1:2023 DB3-8.1.4.2-e DB3-8.1.4.2-f
func TestAnothersRecordIsNone(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		secrets, owner, other := neighbours(t, h)
		opened := map[string]bool{}
		for _, rt := range h.Site.Routes() {
			method, path, _ := strings.Cut(rt.At, " ")
			braces := inBraces.FindAllString(path, -1)
			if len(braces) == 0 || path == "/pick/{source}" {
				continue
			}
			for _, s := range secrets {
				at := func(id string) string {
					p := path
					for _, b := range braces {
						p = strings.ReplaceAll(p, b, id)
					}
					return p
				}
				for _, prefix := range []string{"", "/api"} {
					if prefix != "" && rt.PageOnly {
						continue
					}
					got, none := as(h, other, method, prefix+at(s.id)), as(h, other, method, prefix+at(unmade))
					if alike(got, s.id) != alike(none, unmade) {
						t.Errorf("%s %s%s tells of a %s: %d, and of none: %d\n%.300s", method, prefix, path, s.noun, got.Code, none.Code, got.Body)
					}
				}
				if method == "GET" && as(h, owner, method, at(s.id)).Code == 200 {
					opened[s.noun] = true
				}
			}
		}
		for _, s := range secrets {
			if !opened[s.noun] {
				t.Errorf("no door opens the %s to its own department: the walk proves nothing", s.noun)
			}
			// The files of a record, whose address names it otherwise.
			at := func(id string) string { return "/files?noun=" + s.noun + "&record=" + id }
			for _, prefix := range []string{"", "/api"} {
				if got, none := as(h, other, "GET", prefix+at(s.id)), as(h, other, "GET", prefix+at(unmade)); alike(got, s.id) != alike(none, unmade) {
					t.Errorf("the files of a %s: %d, and of none: %d", s.noun, got.Code, none.Code)
				}
			}
		}
	})
}

// No list, with any filter, search or sort, as page, JSON or file, and no picker tells
// somebody of another department of a record: neither its rows, nor a count, nor the
// name behind an id that was guessed.
//
// Holds: v5.0.0-8.2.2 v5.0.0-8.2.3 AB-01 AB-02 DB3-8.1.4.2-f
func TestListsAndPickersTellNothingOfOthers(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		secrets, owner, other := neighbours(t, h)
		found := map[string]bool{}
		sources := map[string]bool{}
		for _, rt := range h.Site.Routes() {
			_, path, _ := strings.Cut(rt.At, " ")
			if rt.List == nil || strings.Contains(path, "{") {
				continue
			}
			d := rt.List.Describe(other)
			queries := []string{"all=1", "format=csv"}
			if rt.Need == web.SignedIn || other.May(rt.Need) {
				for _, c := range d.Columns {
					if c.Sort {
						queries = append(queries, "sort=-"+c.Key)
					}
				}
			}
			for _, q := range queries {
				for _, prefix := range []string{"", "/api"} {
					body := as(h, other, "GET", prefix+path+"?"+q).Body.String()
					mine := as(h, owner, "GET", prefix+path+"?"+q).Body.String()
					for _, s := range secrets {
						for _, mark := range append(s.marks, s.id) {
							if strings.Contains(body, mark) {
								t.Errorf("%s%s?%s shows the %s %s", prefix, path, q, s.noun, mark)
							}
							found[s.noun] = found[s.noun] || strings.Contains(mine, mark)
						}
					}
				}
			}
			for _, s := range secrets {
				if d.Search {
					for _, mark := range s.marks {
						got, none := as(h, other, "GET", "/api"+path+"?q="+url.QueryEscape(mark)), as(h, other, "GET", "/api"+path+"?q=zzqxjk")
						if alike(got, mark) != alike(none, mark) {
							t.Errorf("%s: searching for %q answers %.200s, for nothing %.200s", path, mark, got.Body, none.Body)
						}
					}
				}
				for _, c := range d.Columns {
					if c.Ref == "" {
						continue
					}
					sources[c.Ref] = true
					for _, key := range []string{c.Key, c.Key + ".id"} {
						got, none := as(h, other, "GET", path+"?"+key+"="+s.id), as(h, other, "GET", path+"?"+key+"="+unmade)
						if alike(got, s.id) != alike(none, unmade) {
							t.Errorf("%s?%s= tells a %s from none", path, key, s.noun)
						}
					}
				}
			}
		}
		for source := range sources {
			for _, s := range secrets {
				for _, typed := range append(s.marks, s.id, "") {
					body := as(h, other, "GET", "/pick/"+source+"?q="+url.QueryEscape(typed)).Body.String()
					for _, mark := range append(s.marks, s.id) {
						if strings.Contains(body, mark) {
							t.Errorf("the picker of %s offers the %s for %q", source, s.noun, typed)
						}
					}
				}
			}
		}
		for _, s := range secrets {
			if s.noun != "files.file" && !found[s.noun] {
				t.Errorf("no list shows the %s to its own department: the walk proves nothing", s.noun)
			}
		}
		if len(sources) < 5 {
			t.Errorf("only the pickers of %v were asked", sources)
		}
	})
}
