package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"houqin/internal/base/db"
	"houqin/internal/base/seal"
	"houqin/internal/files"
	"houqin/internal/hospital"
)

type verifyCmd struct {
	house
	logging
	Seal []string `help:"Line of a seal that was kept on paper or in another system; may be given several times." placeholder:"LINE" sep:"none"`
}

func (verifyCmd) Help() string {
	return `
Recomputes every balance from its postings and compares, examines every seal and every
sealed row, lets the database examine itself, reads every photo and document, and
changes nothing; also while the program serves. Exit code 0 when all agrees, 1 when
not: then each disagreement is a line, and of the sealed records the first is named
first. Whoever could rewrite the books with all their seals is found out by the line of
a seal that was kept outside.

Examples:
  houqin verify
  houqin verify --seal "houqin-seal 1f0a99c3 42 2026-11-21T16:00:00.000000Z sha256 9f86d08…"
  houqin verify --db postgres://houqin@db.example/houqin`
}

func (c *verifyCmd) Run(d *desk) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log, err := c.logger(d.complaints)
	if err != nil {
		return err
	}
	var anchors []seal.Anchor
	for _, line := range c.Seal {
		a, err := seal.ParseAnchor(line)
		if err != nil {
			return err
		}
		anchors = append(anchors, a)
	}
	if c.isFile() {
		if _, err := os.Stat(c.database()); err != nil {
			return err // opening would make an empty one
		}
	}
	base, err := db.Open(c.database())
	if err != nil {
		return err
	}
	defer base.Close()
	base.Log = log
	if err := base.Current(ctx, hospital.Migrations...); err != nil {
		return err
	}
	wrong, err := base.Sound(ctx)
	if err != nil {
		return err
	}
	books, err := hospital.Recompute(ctx, base)
	if err != nil {
		return err
	}
	sealed, err := hospital.VerifySeals(ctx, base, anchors...)
	if err != nil {
		return err
	}
	for _, f := range sealed.Findings {
		wrong = append(wrong, f.String())
	}
	store, err := files.Open(ctx, c.hospital(log).Files())
	if err != nil {
		return err
	}
	defer store.Close()
	wrong = append(wrong, books...)
	if err := files.Verify(ctx, base, store, func(f files.File, why error) error {
		wrong = append(wrong, fmt.Sprintf("file %s of %s %s: %v", f.Name, f.Noun, f.Record, why))
		return nil
	}); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%d seals over %d records; %d records wait for the next.\n", sealed.Seals, sealed.Records, sealed.Unsealed)
	if len(wrong) == 0 {
		fmt.Fprintln(d.out, "The books agree.")
		return nil
	}
	for _, w := range wrong {
		fmt.Fprintln(d.out, w)
	}
	fmt.Fprintf(d.complaints, "houqin: %d disagreements\n", len(wrong))
	return quiet(1)
}
