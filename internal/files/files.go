// Package files keeps the photos of broken taps, the delivery notes and the
// contracts: pictures and documents on records of any room.
//
// What people send is not trusted. It is known by its content, never by its name;
// pictures are decoded and written anew, upright and without where they were taken;
// documents are handed out only as downloads. The table says what there is, the
// Store holds the bytes, and every copy of the program must open the same Store:
// a folder they share, or an S3 bucket.
package files

import (
	"context"
	"embed"
	"mime/multipart"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. Who sees a record sees its files; who wrote a file may
// take it away again.
const (
	MayAttach = "files.attach" // add files to records one may see
	MayRemove = "files.remove" // take away what others added
)

// Permissions of this room.
var Permissions = []string{MayAttach, MayRemove}

// The most that is taken.
const (
	SizeMost   = 20_000_000 // bytes of a file
	PixelsMost = 40_000_000 // of a picture
	recordMost = 200        // files on one record
	dayMost    = 1000       // files one person adds in 24 hours
	dayBytes   = 2 << 30    // and their bytes
)

// File is one picture or document of a record.
type File struct {
	ID      string         `json:"id"`
	Noun    string         `json:"noun"`
	Record  string         `json:"record"`
	Name    string         `json:"name"`
	Mime    string         `json:"mime"`
	Size    int64          `json:"size"`
	SHA256  string         `json:"sha256"`
	Width   int64          `json:"width,omitempty"`
	Height  int64          `json:"height,omitempty"`
	By      string         `json:"by"`
	ByName  string         `json:"by_name"`
	At      period.Instant `json:"at"`
	Removed bool           `json:"removed,omitempty"`
	Waiting bool           `json:"waiting,omitempty"` // for the virus scanner; nobody gets it before
	thumb   string
}

// Picture says whether it can be looked at in a page.
func (f File) Picture() bool { return f.thumb != "" }

// Href is where it is handed out.
func (f File) Href() string { return "/files/" + f.ID }

// Guard says, for each noun, whether a person may see a record: nil when so, else
// NotFound or Forbidden. The rooms that own the records bring these in; a noun that
// nobody answers for is seen by nobody.
type Guard map[string]func(ctx context.Context, r db.Reader, by db.Actor, record string) error

// May is nil when the person may see the record, else NotFound: that a record is
// there is not for strangers to know.
func (g Guard) May(ctx context.Context, r db.Reader, by db.Actor, noun, record string) error {
	ask, ok := g[noun]
	if !ok {
		return fault.New(fault.NotFound, "base.not_found")
	}
	switch err := ask(ctx, r, by, record); fault.KindOf(err) {
	case fault.NotFound, fault.Forbidden:
		return fault.New(fault.NotFound, "base.not_found")
	default:
		return err
	}
}

// Upload is what is to be attached: Kept, when the Store received it before the
// unit of work began, else Header.
type Upload struct {
	Noun, Record string
	Name         string // shown instead of the file's own name
	Kept         *Kept
	Header       *multipart.FileHeader
}

// Attach adds a file to a record. The caller's command has said that the person
// may. Pictures take time to be written anew, and on SQLite everybody's units of
// work wait for this one: use Store.Receive before the unit where that is possible.
// Refused: what Receive refuses, the 201st file of a record (Conflict), a
// person's 1001st in a day or what makes it more than 2 GB (TooMany), a blob that the sweep has just taken away
// (Unavailable: send it again).
func Attach(ctx context.Context, tx *db.Tx, s *Store, u Upload) (File, error) {
	if u.Kept == nil {
		kept, err := s.Receive(ctx, u.Header)
		if err != nil {
			return File{}, err
		}
		u.Kept = &kept[0]
	}
	if err := room(ctx, tx, u); err != nil {
		return File{}, err
	}
	k := u.Kept
	f := File{ID: tx.NewID(), Noun: u.Noun, Record: u.Record, Name: k.Name, Mime: k.Mime, Size: k.Size, SHA256: k.SHA256, thumb: k.thumb,
		Width: k.Width, Height: k.Height, Waiting: k.waiting, By: tx.By.ID, ByName: tx.By.Name, At: tx.At()}
	if u.Name != "" {
		f.Name = named(u.Name, extension(k.Name))
	}
	for _, blob := range []string{f.SHA256, f.thumb} {
		if blob == "" {
			continue
		}
		if err := claim(ctx, tx, blob); err != nil {
			return File{}, err
		}
		there, err := s.shelf.has(ctx, blob)
		if err != nil {
			return File{}, away(err)
		}
		if !there {
			return File{}, fault.New(fault.Unavailable, "files.away")
		}
	}
	if err := insert(ctx, tx, &f); err != nil {
		return File{}, err
	}
	return f, tx.Trail(ctx, db.Event{Noun: "files.file", Record: u.Record, Action: "attach", Note: f.Name, After: f})
}

// room refuses more files than a record, or a person in a day, may have.
func room(ctx context.Context, tx *db.Tx, u Upload) error {
	n, err := count(ctx, tx, `noun = $1 AND record = $2 AND removed = false`, u.Noun, u.Record)
	if err != nil {
		return err
	}
	if n >= recordMost {
		return fault.New(fault.Conflict, "files.too_many", recordMost)
	}
	if tx.By.System {
		return nil
	}
	n, bytes, err := lately(ctx, tx, tx.By.ID, period.At(tx.Now.AddDate(0, 0, -1)))
	if err != nil {
		return err
	}
	if n >= dayMost || bytes+u.Kept.Size > dayBytes {
		return fault.New(fault.TooMany, "files.too_often", dayMost, dayBytes>>30)
	}
	return nil
}

// Hand gives the files of one record over to another, as when what was told becomes a
// job. The caller's command has said that the person may.
func Hand(ctx context.Context, tx *db.Tx, noun, record, toNoun, to string) error {
	n, err := hand(ctx, tx, noun, record, toNoun, to)
	if err != nil || n == 0 {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "files.file", Record: to, Action: "hand", Note: noun, After: map[string]string{"from": record}})
}

// Remove takes a file away from its record. Who added it may, and who holds
// MayRemove. The blob stays until its time of keeping has passed.
func Remove(ctx context.Context, tx *db.Tx, id string) (File, error) {
	f, err := Get(ctx, tx, id)
	if err != nil {
		return f, err
	}
	if !MayTakeAway(tx.By, f) {
		return f, fault.New(fault.Forbidden, "base.need", MayRemove)
	}
	if err := markRemoved(ctx, tx, id); err != nil {
		return f, err
	}
	return f, tx.Trail(ctx, db.Event{Noun: "files.file", Record: f.Record, Action: "remove", Note: f.Name, Before: f})
}

// MayTakeAway says whether the person may remove the file.
func MayTakeAway(by db.Actor, f File) bool { return by.May(MayRemove) || by.ID != "" && by.ID == f.By }
