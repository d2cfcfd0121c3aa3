package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"houqin/internal/hospital"
)

type versionCmd struct{}

func (versionCmd) Help() string {
	return `
Example:
  houqin version`
}

func (versionCmd) Run(d *desk) error {
	_, err := fmt.Fprintf(d.out, "houqin %s%s %s %s/%s\n", hospital.Version, revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// revision is the commit the program was built from, when the build knew it.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	var commit, changed string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				changed = "+changes"
			}
		}
	}
	if len(commit) < 12 {
		return ""
	}
	return " (" + commit[:12] + changed + ")"
}
