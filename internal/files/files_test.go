package files_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"mime/multipart"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/files"
)

func kept(_ testing.TB, _ *files.Store, k files.Kept) files.File { return files.FileOf(k) }

// sent is a file as a browser sends it.
func sent(t testing.TB, name string, data []byte) *multipart.FileHeader {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", `form-data; name="f"; filename="x"`)
	p, err := w.CreatePart(h)
	if err != nil {
		t.Fatal(err)
	}
	p.Write(data)
	w.Close()
	form, err := multipart.NewReader(&b, w.Boundary()).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	form.File["f"][0].Filename = name
	return form.File["f"][0]
}

func hash(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

// eachStore runs f on a folder and on a bucket; again opens the same one as another
// copy of the program would, age lets its blobs grow old.
func eachStore(t *testing.T, f func(t *testing.T, s *files.Store, again func() *files.Store, age func(time.Duration))) {
	t.Run("folder", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "files")
		open := func() *files.Store {
			s, err := files.Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			return s
		}
		f(t, open(), open, func(by time.Duration) {
			filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					at := time.Now().Add(-by)
					err = os.Chtimes(path, at, at)
				}
				return err
			})
		})
	})
	t.Run("bucket", func(t *testing.T) {
		service, host, over := newBucketService(t)
		open := func() *files.Store {
			s, err := files.OpenBucket(t.Context(), "s3://KEY:SECRET@"+host+"/hospital/houqin?region=us-east-1", over)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		f(t, open(), open, service.age)
	})
}

func TestWhatOneCopyStoresAnotherReads(t *testing.T) {
	eachStore(t, func(t *testing.T, s *files.Store, again func() *files.Store, _ func(time.Duration)) {
		ctx, data := t.Context(), []byte("检修记录\n")
		k, err := s.Take(ctx, "记录.txt", data)
		if err != nil || k.SHA256 != hash(data) {
			t.Fatalf("%+v %v", k, err)
		}
		if got := content(t, again(), files.FileOf(k), false); !bytes.Equal(got, data) {
			t.Errorf("%q", got)
		}
		if err := s.Drop(ctx, k.SHA256); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Read(ctx, files.FileOf(k), false); fault.KindOf(err) != fault.Unavailable || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a blob that is not there: %v", err)
		}
		if there, err := s.Has(ctx, k.SHA256); there || err != nil {
			t.Errorf("has %v %v", there, err)
		}
		if err := s.Drop(ctx, k.SHA256); err != nil {
			t.Errorf("taken away twice: %v", err)
		}
	})
}

func TestAStoreThatCannotBeWrittenToIsRefused(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{plain, "s3:///bucket", "s3://host"} {
		if s, err := files.Open(t.Context(), address); err == nil {
			s.Close()
			t.Errorf("%s was opened", address)
		}
	}
	service, host, over := newBucketService(t)
	if _, err := files.OpenBucket(t.Context(), "s3://KEY:hush@"+host+"/elsewhere?region=us-east-1", over); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a bucket that is not there: %v", err)
	}
	s, err := files.OpenBucket(t.Context(), "s3://KEY:SECRET@"+host+"/hospital?region=us-east-1", over)
	if err != nil {
		t.Fatal(err)
	}
	service.down = true
	if _, err := s.Take(t.Context(), "a.txt", []byte("x")); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a service that is away: %v", err)
	}
}

func TestFilesAreAttachedAndRemoved(t *testing.T) {
	dbtest.EachClock(t, []fs.FS{files.Migrations}, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		ctx, s := t.Context(), store(t)
		nurse, other, head := dbtest.Person("nurse"), dbtest.Person("other"), dbtest.Person("head", files.MayRemove)
		attach := func(by db.Actor, record string, h *multipart.FileHeader) (f files.File, err error) {
			err = d.Do(ctx, by, func(tx *db.Tx) error {
				f, err = files.Attach(ctx, tx, s, files.Upload{Noun: "desk.job", Record: record, Header: h})
				return err
			})
			return f, err
		}
		photo := jpegOf(corners(40, 20))
		f, err := attach(nurse, "j1", sent(t, "漏水.jpeg", photo))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := attach(nurse, "j1", sent(t, "坏.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))); !fault.Is(err, "files.not_taken") {
			t.Errorf("a drawing: %v", err)
		}
		all, err := files.Of(ctx, d, "desk.job", "j1")
		if err != nil || len(all) != 1 || all[0] != f || f.Name != "漏水.jpg" || f.ByName != "nurse" || f.Width != 40 || f.At.IsZero() {
			t.Errorf("%+v %v", all, err)
		}
		if none, err := files.Of(ctx, d, "assets.card", "j1"); err != nil || len(none) != 0 {
			t.Errorf("another noun's record with the same id: %v %v", none, err)
		}
		if story, err := db.Story(ctx, d, "files.file", "j1"); err != nil || len(story) != 1 || story[0].Note != "漏水.jpg" {
			t.Errorf("%v %v", story, err)
		}
		remove := func(by db.Actor) error {
			return d.Do(ctx, by, func(tx *db.Tx) error { _, err := files.Remove(ctx, tx, f.ID); return err })
		}
		if err := remove(other); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("another's photo: %v", err)
		}
		if err := remove(head); err != nil {
			t.Error(err)
		}
		if err := remove(nurse); fault.KindOf(err) != fault.NotFound {
			t.Errorf("removed twice: %v", err)
		}
		if there, err := s.Has(ctx, f.SHA256); !there || err != nil {
			t.Errorf("the blob of a removed file stays: %v %v", there, err)
		}

		// A record is not a rubbish heap, and nobody fills the disk in a day.
		k, err := s.Take(ctx, "a.txt", []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		note := files.Upload{Noun: "desk.job", Kept: &k}
		attach = func(by db.Actor, record string, _ *multipart.FileHeader) (f files.File, err error) {
			note.Record = record
			err = d.Do(ctx, by, func(tx *db.Tx) error { _, err := files.Attach(ctx, tx, s, note); return err })
			return f, err
		}
		for i := range 200 {
			if _, err := attach(nurse, "j2", nil); err != nil {
				t.Fatal(i, err)
			}
		}
		if _, err := attach(nurse, "j2", nil); !fault.Is(err, "files.too_many") {
			t.Errorf("the 201st: %v", err)
		}
		dbtest.Do(t, d, db.Actor{ID: "nurse", System: true}, func(tx *db.Tx) error {
			for i := range 800 {
				note.Record = "k" + string(rune('a'+i%26))
				if _, err := files.Attach(ctx, tx, s, note); err != nil {
					return err
				}
			}
			return nil
		})
		if _, err := attach(nurse, "j3", nil); fault.KindOf(err) != fault.TooMany {
			t.Errorf("the 1001st of a day: %v", err)
		}
		clock.Add(25 * time.Hour)
		if _, err := attach(nurse, "j3", nil); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

// Holds: v5.0.0-14.2.7
func TestTheSweepTakesWhatNobodyNeeds(t *testing.T) {
	dbtest.Each(t, []fs.FS{files.Migrations}, func(t *testing.T, d *db.DB) {
		d.Now = time.Now // blobs are dated by the disk's clock
		eachStore(t, func(t *testing.T, s *files.Store, _ func() *files.Store, age func(time.Duration)) {
			ctx, record := t.Context(), t.Name()
			unit := func(ctx context.Context, f func(*db.Tx) error) error { return d.Do(ctx, db.System("files"), f) }
			photo, paper, orphan := jpegOf(corners(40, 30)), []byte("留下的 "+record), []byte("没人要的 "+record)
			attach := func(k files.Kept) error {
				return d.Do(ctx, dbtest.Person("nurse"), func(tx *db.Tx) error {
					f, err := files.Attach(ctx, tx, s, files.Upload{Noun: "desk.job", Record: record, Kept: &k})
					if err == nil && k.Mime == "image/jpeg" {
						_, err = files.Remove(ctx, tx, f.ID) // removed files keep their blobs, too
					}
					return err
				})
			}
			take := func(name string, b []byte) files.Kept {
				t.Helper()
				k, err := s.Take(ctx, name, b)
				if err != nil {
					t.Fatal(err)
				}
				return k
			}
			p, q, o := take("p.jpg", photo), take("q.txt", paper), take("o.txt", orphan)
			for _, k := range []files.Kept{p, q} {
				if err := attach(k); err != nil {
					t.Fatal(err)
				}
			}
			sweep := func(want int) {
				t.Helper()
				if n, err := files.Sweep(ctx, d, unit, s); n != want || err != nil {
					t.Errorf("swept %d, want %d: %v", n, want, err)
				}
			}
			sweep(0) // too young
			age(25 * time.Hour)
			take("new.txt", []byte("刚到的 "+record))
			sweep(1)
			sweep(0)
			if err := attach(o); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("what was swept cannot be attached without its bytes: %v", err)
			}
			if err := attach(take("o.txt", orphan)); err != nil {
				t.Errorf("sent again it can: %v", err)
			}
			var wrong []string
			verify := func() []string {
				t.Helper()
				wrong = nil
				if err := files.Verify(ctx, d, s, func(f files.File, why error) error {
					if f.Record == record {
						wrong = append(wrong, f.Name)
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				return wrong
			}
			if w := verify(); len(w) != 0 {
				t.Errorf("wrong: %v", w)
			}
			if err := s.Put(ctx, q.SHA256, []byte("改过的\n")); err != nil {
				t.Fatal(err)
			}
			if w := verify(); len(w) != 1 || w[0] != "q.txt" {
				t.Errorf("one was altered, told of: %v", w)
			}
		})
	})
}

// A blob that is being swept while somebody sends the same again is either there
// for the new file or the sender is told to send it once more; never lost unsaid.
// Holds: v5.0.0-15.4.2
func TestSweepAndAttachMeet(t *testing.T) {
	dbtest.Each(t, []fs.FS{files.Migrations}, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return time.Now().Add(48 * time.Hour) } // everything is old
		ctx, s := t.Context(), store(t)
		unit := func(ctx context.Context, f func(*db.Tx) error) error { return d.Do(ctx, db.System("files"), f) }
		stop, swept := make(chan struct{}), make(chan error)
		go func() {
			for {
				select {
				case <-stop:
					swept <- nil
					return
				default:
					if _, err := files.Sweep(ctx, d, unit, s); err != nil {
						swept <- err
						return
					}
				}
			}
		}()
		for i := range 60 {
			h := sent(t, "a.txt", []byte{byte('a' + i%26), '\n'})
			var f files.File
			err := d.Do(ctx, dbtest.Person("nurse"), func(tx *db.Tx) (err error) {
				f, err = files.Attach(ctx, tx, s, files.Upload{Noun: "desk.job", Record: "j", Header: h})
				return err
			})
			if err == nil {
				content(t, s, f, false)
			} else if fault.KindOf(err) != fault.Unavailable {
				t.Fatal(err)
			}
		}
		close(stop)
		if err := <-swept; err != nil {
			t.Error(err)
		}
	})
}
