// Command houqin runs the hospital behind the hospital.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

// cli is every command, one file each.
type cli struct {
	Demo    demoCmd    `cmd:"" help:"Build an invented hospital and serve it."`
	Serve   serveCmd   `cmd:"" help:"Serve a hospital."`
	Import  importCmd  `cmd:"" help:"Import a spreadsheet."`
	Verify  verifyCmd  `cmd:"" help:"Recompute every balance from its postings; exit 1 when something does not agree."`
	Backup  backupCmd  `cmd:"" help:"Write a backup while the program runs."`
	Restore restoreCmd `cmd:"" help:"Put a backup back in place of the database."`
	User    userCmd    `cmd:"" help:"Add the first administrator, print a token, close an account."`
	Check   checkCmd   `cmd:"" help:"Print the configuration in force and refuse unknown keys."`
	Migrate migrateCmd `cmd:"" help:"Bring the database up to this program."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func main() {
	var c cli
	parser := kong.Must(&c, kong.Name("houqin"), kong.Description("Houqin 后勤: hospital logistics in one file."), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	ctx, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	if err := ctx.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "houqin:", say(err))
		os.Exit(1)
	}
}
