// Command houqin runs the hospital behind the hospital.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	_ "time/tzdata" // the hospital's zone, also where no zone files are installed

	"github.com/alecthomas/kong"

	"houqin/internal/base/config"
)

// commands are what houqin can be told to do, a file each.
type commands struct {
	Demo    demoCmd    `cmd:"" help:"Build an invented hospital and serve it."`
	Serve   serveCmd   `cmd:"" help:"Serve a hospital."`
	Import  importCmd  `cmd:"" help:"Import a spreadsheet."`
	Seal    sealCmd    `cmd:"" help:"Put the books under seal and print the seal's line."`
	Verify  verifyCmd  `cmd:"" help:"Recompute every balance and examine every seal; exit 1 when something does not agree."`
	Rules   rulesCmd   `cmd:"" help:"Print how much of the rulebook this program keeps."`
	Backup  backupCmd  `cmd:"" help:"Write a backup while the program runs."`
	Restore restoreCmd `cmd:"" help:"Put a backup in the place of the database."`
	User    userCmd    `cmd:"" help:"Accounts: add, token, close, factor-off."`
	Keys    keysCmd    `cmd:"" help:"Change the key that seals authenticators."`
	Check   checkCmd   `cmd:"" help:"Print the configuration in force and refuse unknown names."`
	Migrate migrateCmd `cmd:"" help:"Bring the database up to this program."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr)) }

// run does one command: 0 when it succeeded, 1 when not, 2 when it was not understood.
func run(args, environ []string, out, complaints io.Writer) int {
	complain := func(code int, err error) int {
		fmt.Fprintln(complaints, "houqin:", say(err, environ))
		return code
	}
	file, err := configFile(args, environ)
	if err != nil {
		return complain(2, err)
	}
	code := -1
	var c commands
	parser, err := kong.New(&c, kong.Name("houqin"),
		kong.Description("Houqin 后勤: the hospital behind the hospital, in one program."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Vars{"metrics": metricsDefault}, kong.Writers(out, complaints), kong.Exit(func(n int) { code = n; panic(exit{}) }),
		kong.Resolvers(fromFile(file, environ)))
	if err != nil {
		return complain(2, err)
	}
	ctx, err := parse(parser, args, &code)
	if code >= 0 {
		return code // help was asked for and given
	}
	if err != nil {
		return complain(2, fmt.Errorf("%w (houqin --help tells more)", err))
	}
	known, secret := settings(parser.Model)
	if err := errors.Join(file.Refuse(known), file.Guard(secret), config.RefuseEnv(environ, "HOUQIN_", known, otherVariables)); err != nil {
		return complain(2, err)
	}
	if err := ctx.Run(&desk{out: out, complaints: complaints, environ: environ, file: file}); err != nil {
		if q, ok := errors.AsType[quiet](err); ok {
			return int(q)
		}
		return complain(1, err)
	}
	return 0
}

// otherVariables begin with HOUQIN_ too: the tests' own.
var otherVariables = []string{"HOUQIN_TEST_*", "HOUQIN_SAMPLES"}

// desk is what a command has at hand.
type desk struct {
	out, complaints io.Writer
	environ         []string
	file            *config.File
}

// quiet ends the program with a code; what is to be said has been said.
type quiet int

func (q quiet) Error() string { return fmt.Sprintf("exit code %d", int(q)) }

type exit struct{}

// parse reads the command line; asking for help ends it early.
func parse(parser *kong.Kong, args []string, code *int) (ctx *kong.Context, err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(exit); !ok {
				panic(p)
			}
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	return parser.Parse(args)
}

// configFile reads the file named by --config or HOUQIN_CONFIG; without, it is empty.
func configFile(args, environ []string) (*config.File, error) {
	path := variable(environ, "HOUQIN_CONFIG")
	for i, a := range args {
		if a == "--" {
			break
		}
		if a == "--config" && i+1 < len(args) {
			path = args[i+1]
		} else if v, ok := strings.CutPrefix(a, "--config="); ok {
			path = v
		}
	}
	if path == "" {
		return &config.File{}, nil
	}
	return config.Read(path)
}

// variable is the value of an environment variable, the last of its name.
func variable(environ []string, name string) (value string) {
	for _, e := range environ {
		if n, v, ok := strings.Cut(e, "="); ok && n == name {
			value = v
		}
	}
	return value
}

// fromFile puts the file's values below the environment's and above the defaults.
func fromFile(file *config.File, environ []string) kong.ResolverFunc {
	return func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		v, ok := file.Get(flag.Name)
		if !ok || !flag.Tag.Has("setting") || variable(environ, config.Env("HOUQIN_", flag.Name)) != "" {
			return nil, nil
		}
		return v, nil
	}
}

// settings are the names of all flags that may also stand in the file or the
// environment, and among them the secrets.
func settings(app *kong.Application) (names, secret []string) {
	for _, command := range app.Leaves(false) {
		for _, flags := range command.AllFlags(false) {
			for _, f := range flags {
				if f.Tag.Has("setting") && !slices.Contains(names, f.Name) {
					names = append(names, f.Name)
					if f.Tag.Has("secret") {
						secret = append(secret, f.Name)
					}
				}
			}
		}
	}
	return names, secret
}
