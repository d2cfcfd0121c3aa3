package main

import (
	"fmt"

	"github.com/alecthomas/kong"

	"houqin/internal/base/config"
)

type checkCmd struct {
	serving
}

func (checkCmd) Help() string {
	return `
Prints every setting with its value and where it comes from: a flag, the environment,
a line of the file, or the default. Passwords are masked. Names that no setting has are
refused, in the file with their line; so are values that do not go together.

Examples:
  houqin check
  houqin check --config /etc/houqin.toml
  HOUQIN_ADDR=0.0.0.0:443 houqin check`
}

func (c *checkCmd) Run(d *desk, k *kong.Context) error {
	typed := map[string]bool{}
	for _, p := range k.Path {
		if p.Flag != nil && !p.Resolved {
			typed[p.Flag.Name] = true
		}
	}
	var values []config.Value
	for _, f := range k.Flags() {
		if !f.Tag.Has("setting") {
			continue
		}
		v := config.Value{Name: f.Name, Value: fmt.Sprint(k.FlagValue(f)), From: "default", Secret: f.Tag.Has("secret")}
		if list, ok := k.FlagValue(f).([]string); ok {
			v.Value = joined(list)
		}
		env := config.Env("HOUQIN_", f.Name)
		switch _, inFile := d.file.Get(f.Name); {
		case typed[f.Name]:
			v.From = "--" + f.Name
		case variable(d.environ, env) != "":
			v.From = "environment " + env
		case inFile:
			v.From = fmt.Sprintf("%s line %d", d.file.Path, d.file.Line(f.Name))
		}
		values = append(values, v)
	}
	if err := config.Print(d.out, values); err != nil {
		return err
	}
	return c.sensible()
}
