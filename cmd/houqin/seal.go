package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"houqin/internal/base/db"
	"houqin/internal/base/seal"
	"houqin/internal/hospital"
)

// sealing says how seals are made.
type sealing struct {
	SealHash string `help:"Digest of new seals: sha256, or sm3 where commercial cryptography is asked for." enum:"sha256,sm3" default:"sha256" env:"HOUQIN_SEAL_HASH" setting:""`
}

type sealCmd struct {
	house
	logging
	sealing
}

func (sealCmd) Help() string {
	return `
Puts the books under seal as they stand, also while the program serves, and prints the
line of the newest seal. The program does so by itself every ten minutes. Kept on paper
or in another system, the line shows later whether anybody rewrote the books and their
seals: houqin verify --seal "LINE".

Examples:
  houqin seal
  houqin seal | lp
  houqin seal | logger -n log.example -P 514 --tcp`
}

func (c *sealCmd) Run(d *desk) error {
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
	if _, err := hospital.Seal(ctx, base, c.SealHash); err != nil {
		return err
	}
	last, err := seal.Last(ctx, base)
	if err != nil {
		return err
	}
	if last.Number == 0 {
		fmt.Fprintln(d.out, "There is nothing to seal.")
		return nil
	}
	a, err := last.Anchor(ctx, base)
	if err != nil {
		return err
	}
	fmt.Fprintln(d.out, a)
	return nil
}
