package main

import (
	"context"
	"fmt"

	"houqin/internal/hospital"
)

type migrateCmd struct {
	house
	logging
}

func (migrateCmd) Help() string {
	return `
Brings an existing database, or a new empty one, to the state this program needs.
serve does the same when it starts; on PostgreSQL with several copies of the program
it is better done once, before them. A database newer than the program is refused.

Examples:
  houqin migrate --db /var/lib/houqin/houqin.db
  houqin migrate --db postgres://houqin@db.example/houqin`
}

func (c *migrateCmd) Run(d *desk) error {
	log, err := c.logger(d.complaints)
	if err != nil {
		return err
	}
	h, err := hospital.Open(context.Background(), c.hospital(log))
	if err != nil {
		return err
	}
	fmt.Fprintln(d.out, "The database is as this program needs it.")
	return h.Close()
}
