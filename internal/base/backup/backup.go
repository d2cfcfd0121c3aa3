// Package backup packs the hospital into one box while its people go on working,
// and unpacks it in an empty house, on either engine.
//
// A box holds every table as it stood at one moment, and the files that records
// refer to. Nothing is unpacked from a box in which a single byte is not as it was
// written.
package backup

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Words are the texts of this package's faults.
//
//go:embed words/*.json
var Words embed.FS

// Manifest says what is in a box.
type Manifest struct {
	db.Contents
	Files int64  `json:"files"`
	Parts []Part `json:"parts"`
}

// Rows of all tables.
func (m *Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

const (
	tablesFolder = "tables/"
	filesFolder  = "files/"
	halfWritten  = ".restoring-" // begins the name of a file while it is unpacked
	// tablePartMost bounds what a part of a table takes in memory.
	tablePartMost = 64 << 20
)

// Box is where a backup lies, or shall lie.
type Box struct {
	Path       string
	Passphrase string // enciphers it; "" leaves it readable
}

// Write packs the database and a folder of files while others go on writing. The
// box shows one moment, later than the call: whatever was confirmed before it is in
// it. Tables named in without are packed without their rows. A folder that is not
// there counts as empty. A box that is there already is not replaced: backup.exists.
func Write(ctx context.Context, d *db.DB, files string, without []string, program string, b Box) (*Manifest, error) {
	p, err := pack(b.Path, b.Passphrase, head{Format: format, Number: formatNumber, Program: program, Made: d.Now().UTC()})
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	if err := fill(ctx, p, d, files, without, m); err != nil {
		p.abort()
		return nil, err
	}
	if err := p.close(m); err != nil {
		return nil, err
	}
	return m, nil
}

func fill(ctx context.Context, p *packer, d *db.DB, files string, without []string, m *Manifest) error {
	numbers := map[string]int{}
	c, err := d.Dump(ctx, without, func(table string, part []byte) error {
		if len(part) > tablePartMost {
			return fmt.Errorf("a row of table %s is larger than %d MB", table, tablePartMost>>20)
		}
		numbers[table]++
		return p.put(fmt.Sprintf("%s%s/%06d.json", tablesFolder, table, numbers[table]), int64(len(part)), strings.NewReader(string(part)))
	})
	if err != nil {
		return err
	}
	m.Contents = *c
	m.Files, err = packFiles(ctx, p, files)
	return err
}

// packFiles adds a folder of files; links, and names that begin with a dot because
// they are half written, are left out. A file that is
// taken away meanwhile belonged to no record at the moment of the dump or later.
func packFiles(ctx context.Context, p *packer, folder string) (n int64, err error) {
	if folder == "" {
		return 0, nil
	}
	root, err := os.OpenRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !e.Type().IsRegular() || !safe(name) || strings.HasPrefix(e.Name(), ".") {
			return err
		}
		f, err := root.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		n++
		return p.put(filesFolder+name, info.Size(), f)
	})
	return n, err
}

// Look reads a whole box and says what is in it. It fails, kind Conflict, with
// backup.foreign, backup.damaged, backup.passphrase or backup.newer.
func Look(b Box) (*Manifest, error) {
	m, _, err := look(b)
	return m, err
}

func look(b Box) (*Manifest, [sha256.Size]byte, error) {
	_, m, sum, err := unpack(b.Path, b.Passphrase, func(name string, size int64, _ io.Reader) error {
		if strings.HasPrefix(name, tablesFolder) && size <= tablePartMost || strings.HasPrefix(name, filesFolder) {
			return nil
		}
		return fmt.Errorf("entry %q is none of a backup", name)
	})
	if err == nil && m.Hospital == "" {
		err = fault.New(fault.Conflict, "backup.foreign", b.Path)
	}
	return m, sum, err
}
