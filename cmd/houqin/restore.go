package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"houqin/internal/base/backup"
	"houqin/internal/base/db"
	"houqin/internal/hospital"
)

type restoreCmd struct {
	File     string    `arg:"" optional:"" help:"The backup."`
	FromCopy string    `help:"Instead of a backup: the continuous copy that serve --copy-to has kept." placeholder:"DIR|S3"`
	At       time.Time `help:"With --from-copy: as it stood at this moment (RFC 3339) instead of last." placeholder:"TIME"`
	Replace  bool      `help:"Replace a database that holds records; it is kept aside, and where is told."`
	Foreign  bool      `help:"Let the backup of one hospital replace the records of another."`
	house
	logging
	boxes
}

func (restoreCmd) Help() string {
	return `
Puts a backup in the place of the database and brings back its files. The program
must be stopped. The backup is first read to its end: a damaged, incomplete, foreign
or newer one is refused before anything is touched, and until the last moment the old
database stands. A backup of a hospital with records in place needs --replace; what
was there is kept, an SQLite file beside the new one, PostgreSQL's tables in a schema
of their own. Files are only added.

Afterwards the books are verified, and everybody signs in again. Tokens, passwords and roles are those of the
backup: look through them if some were withdrawn since.

Examples:
  houqin restore /backup/houqin-monday.backup --db /var/lib/houqin/houqin.db --data /var/lib/houqin
  houqin restore /backup/houqin-monday.backup --replace
  houqin restore houqin.backup --db postgres://houqin@db.example/houqin
  houqin restore --from-copy /mnt/other/houqin --at 2026-11-21T08:00:00+08:00 --replace`
}

func (c *restoreCmd) Run(d *desk) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log, err := c.logger(d.complaints)
	if err != nil {
		return err
	}
	how, r := db.Loading{Replace: c.Replace, Foreign: c.Foreign}, (*backup.Restored)(nil)
	switch {
	case (c.File == "") == (c.FromCopy == ""):
		return errors.New("say what to restore: a backup, or --from-copy")
	case c.FromCopy != "":
		r, err = hospital.RestoreCopy(ctx, c.hospital(log), c.FromCopy, c.At, how)
	default:
		box := backup.Box{Path: c.File}
		if box.Passphrase, err = c.passphrase(); err != nil {
			return err
		}
		r, err = hospital.Restore(ctx, c.hospital(log), box, how)
	}
	if r != nil {
		files := fmt.Sprintf("%d files", r.Files)
		if c.FromCopy != "" {
			files = "its files"
		}
		fmt.Fprintf(d.out, "Restored %d rows of %d tables and %s as of %s.\n", r.Rows(), len(r.Tables), files,
			r.Taken.In(time.Local).Format("2006-01-02 15:04:05"))
		if r.Kept != "" {
			fmt.Fprintln(d.out, "What was there before is kept as", r.Kept)
		}
	}
	if err != nil {
		return err
	}
	return (&verifyCmd{house: c.house, logging: c.logging}).Run(d)
}
