package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"houqin/internal/base/db"
	"houqin/internal/files"
	"houqin/internal/hospital"
)

type verifyCmd struct {
	house
	logging
}

func (verifyCmd) Help() string {
	return `
Recomputes every balance from its postings and compares, lets the database examine
itself, reads every photo and document, and changes nothing; also while the program
serves. Exit code 0 when all
agrees, 1 when not: then each disagreement is a line.

Examples:
  houqin verify
  houqin verify --db postgres://houqin@db.example/houqin`
}

func (c *verifyCmd) Run(d *desk) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log, err := c.logger(d.complaints)
	if err != nil {
		return err
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
	books, err := hospital.Verify(ctx, base)
	if err != nil {
		return err
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
