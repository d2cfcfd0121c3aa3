package main

import (
	"context"
	"fmt"

	"houqin/internal/hospital"
)

type keysCmd struct {
	Rotate keysRotateCmd `cmd:"" help:"Put a new key in use and seal everything under it."`
}

type keysRotateCmd struct {
	Lost bool `help:"The old key is lost for good: take the second factor off whoever's it sealed. The trail says so, and the administrators are alarmed."`
	house
	logging
}

func (keysRotateCmd) Help() string {
	return `
The seeds of authenticators lie sealed in the database, under a key that lies outside
it. A new key is put before the old ones in the file, everything is sealed anew, and
the old ones may be taken out of the file afterwards. Backups from before still need
them. Stop the program first; where several copies of it serve one database, give each
the new file before it starts again.

Examples:
  houqin keys rotate
  houqin keys rotate --lost --data /var/lib/houqin`
}

func (c *keysRotateCmd) Run(d *desk) error {
	return inHospital(d, c.house, c.logging, func(ctx context.Context, h *hospital.Hospital) error {
		id, forgotten, err := h.NewKeys(ctx, porter(), c.Lost)
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "The key in use is %s.\n", id)
		if forgotten > 0 {
			fmt.Fprintf(d.out, "%d people set up a new authenticator at their next sign-in.\n", forgotten)
		}
		return nil
	})
}
