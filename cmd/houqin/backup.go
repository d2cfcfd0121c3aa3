package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"houqin/internal/base/backup"
	"houqin/internal/base/config"
	"houqin/internal/hospital"
)

// boxes says how backups are enciphered. The passphrase itself has no flag that
// help shows: what stands on a command line is seen by everybody on the machine.
type boxes struct {
	BackupPassphraseFile string `help:"File with the passphrase that enciphers backups, its first line." placeholder:"FILE" env:"HOUQIN_BACKUP_PASSPHRASE_FILE" setting:""`
	BackupPassphrase     string `hidden:"" help:"The passphrase itself." env:"HOUQIN_BACKUP_PASSPHRASE" setting:"" secret:""`
}

func (b boxes) passphrase() (string, error) {
	if b.BackupPassphraseFile == "" {
		return b.BackupPassphrase, nil
	}
	return config.Secret(b.BackupPassphraseFile)
}

type backupCmd struct {
	File string `arg:"" help:"The backup to write, or a folder in which it is named by the moment."`
	house
	logging
	boxes
}

func (backupCmd) Help() string {
	return `
Writes everything, the database as it stands at one moment and the files, into one
file, while the program goes on serving. The file fits both databases: a backup of
an SQLite file can be restored into PostgreSQL and back. With a passphrase it is
enciphered (the age format); keep the passphrase elsewhere, without it the backup is
worth nothing. An existing file is never overwritten.

Not in it: who is signed in, and the keys of the program's own authority.

Examples:
  houqin backup /backup/houqin-monday.backup
  houqin backup /backup --config /etc/houqin.toml
  HOUQIN_BACKUP_PASSPHRASE=… houqin backup /backup`
}

func (c *backupCmd) Run(d *desk) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log, err := c.logger(d.complaints)
	if err != nil {
		return err
	}
	box := backup.Box{Path: c.File}
	if box.Passphrase, err = c.passphrase(); err != nil {
		return err
	}
	if info, err := os.Stat(c.File); err == nil && info.IsDir() {
		box.Path = filepath.Join(c.File, "houqin-"+time.Now().Format("20060102-150405")+".backup")
	}
	if c.isFile() {
		if _, err := os.Stat(c.database()); err != nil {
			return err // opening would make an empty one
		}
	}
	m, err := hospital.Backup(ctx, c.hospital(log), box)
	if err != nil {
		return err
	}
	info, err := os.Stat(box.Path)
	if err != nil {
		return err
	}
	if strings.HasPrefix(c.Files, "s3://") {
		fmt.Fprintln(d.out, "Photos and documents lie in a bucket and are not in the backup.")
	}
	fmt.Fprintf(d.out, "%s: %d rows of %d tables and %d files as of %s, %s.\n", box.Path, m.Rows(), len(m.Tables), m.Files,
		m.Taken.In(time.Local).Format("2006-01-02 15:04:05"), size(info.Size()))
	if box.Passphrase == "" {
		fmt.Fprintln(d.out, "It is not enciphered: whoever reads the file reads the hospital.")
	}
	return nil
}

// size is a number of bytes as people say it.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KB", (n+1023)>>10)
}
