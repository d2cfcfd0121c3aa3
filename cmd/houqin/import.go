package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/words"
	"houqin/internal/hospital"
	"houqin/internal/intake"
)

type importCmd struct {
	house
	logging
	Kind    string            `arg:"" help:"What the rows are: departments, places, staff, items, stock, orders, counts, assets or jobs." enum:"departments,places,staff,items,stock,orders,counts,assets,jobs" placeholder:"KIND"`
	File    string            `arg:"" help:"Spreadsheet: .xlsx, .xls, .csv or .tsv."`
	Map     string            `help:"File (JSON) that says which column is what." placeholder:"FILE"`
	Set     map[string]string `help:"Answer about the whole file: department=CODE, store=CODE, dates=DMY …" placeholder:"NAME=VALUE"`
	DryRun  bool              `help:"Say what each row would do and change nothing."`
	Whole   bool              `help:"Import all rows or none."`
	Refused string            `help:"Write the refused rows with their reasons to this .xlsx or .csv file." placeholder:"FILE"`
	JSON    bool              `name:"json" help:"Answer as JSON."`
}

func (importCmd) Help() string {
	return `
Brings a spreadsheet in as it is: the header is found under title rows, columns are
recognised by their names in Chinese and English, every rule that decided something is
said, and a row is either imported or refused by name. Running the same file twice
changes nothing.

The mapping file says what the program cannot find out; everything in it may be left out:
  {"columns": {"code": "科室编码", "name": "B", "phone": ""},
   "settings": {"dates": "DMY"},
   "values": {"unit": {"Boxes (10)": "box"}},
   "sheet": "Sheet1", "header": 3}
Columns are named by their header or their letter; "" leaves one out.

Exit code: 0 the file was dealt with, its refused rows are listed; 1 nothing was
imported, because the file or the database could not be read or used; 2 --whole refused
the file because of its rows (or the command line was not understood).

Examples:
  houqin import departments 科室.xlsx --db houqin.db
  houqin import items stock.xls --dry-run
  houqin import stock stock.xls --set store=MAIN --whole
  houqin import jobs history.csv --map history.json --json`
}

func (c *importCmd) Run(d *desk) error {
	err := c.bring(d)
	var q quiet
	if err != nil && c.JSON && !errors.As(err, &q) {
		if err := c.answer(d.out, intake.Told{Kind: c.Kind, File: filepath.Base(c.File), Error: say(err, d.environ), Rows: []intake.ToldRow{}}); err != nil {
			return err
		}
	}
	return err
}

// bring imports the file and says what became of it.
func (c *importCmd) bring(d *desk) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log, err := c.logger(d.complaints)
	if err != nil {
		return err
	}
	m, err := c.mapping()
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	h, err := hospital.Open(ctx, c.hospital(log))
	if err != nil {
		return err
	}
	defer h.Close()
	book, err := hospital.Book(h.DB.Zone)
	if err != nil {
		return err
	}
	w := book.In(terminal(d.environ))
	by := db.System("import")
	p, err := intake.Read(ctx, h.DB, c.Kind, filepath.Base(c.File), file, info.Size(), m)
	if err != nil {
		return err
	}
	var refused []intake.Result
	said := int64(0)
	progress := func(done int64) {
		if done >= said+progressRows && !c.JSON {
			said = done
			fmt.Fprintln(d.complaints, w.T("intake.cli.progress", said, p.Total))
		}
	}
	done := int64(0)
	report, err := intake.Run(ctx, h.DB, by, p, intake.Options{Whole: c.Whole, DryRun: c.DryRun, Progress: progress, Each: func(r intake.Result) error {
		done++
		progress(done)
		if r.Outcome == intake.Refused {
			refused = append(refused, r)
		}
		return nil
	}})
	whole := fault.Is(err, "intake.whole_refused")
	if err != nil && !whole {
		if report.Read > 0 && !c.Whole && !c.DryRun { // broken off half-way
			fmt.Fprintln(d.complaints, w.T("intake.cli.broken_off", report.Imported(), report.Read, p.Total))
		}
		return err
	}
	slices.SortStableFunc(refused, func(a, b intake.Result) int { return cmp.Compare(a.Row, b.Row) })
	if !c.DryRun && !whole {
		if err := intake.Note(ctx, h.DB, by, p, report, refused, info.Size()); err != nil {
			return err
		}
	}
	if c.Refused != "" {
		if err := c.writeRefused(p, refused, w); err != nil {
			return err
		}
	}
	if c.JSON {
		if err := c.answer(d.out, intake.Tell(p, report, refused, w, c.DryRun, c.Whole)); err != nil {
			return err
		}
	} else {
		c.tell(d.out, p, report, refused, w, whole)
	}
	if whole {
		return quiet(2)
	}
	return nil
}

// progressRows is after how many rows a line of progress is written.
const progressRows = 10_000

// mapping is the mapping file with the answers of the command line.
func (c *importCmd) mapping() (m intake.Mapping, err error) {
	if c.Map != "" {
		f, err := os.Open(c.Map)
		if err != nil {
			return m, err
		}
		defer f.Close()
		if m, err = intake.ReadMapping(f); err != nil {
			return m, err
		}
	}
	for k, v := range c.Set {
		if m.Settings == nil {
			m.Settings = map[string]string{}
		}
		m.Settings[k] = v
	}
	return m, nil
}

func (c *importCmd) writeRefused(p *intake.Plan, refused []intake.Result, w *words.Words) error {
	f, err := os.Create(c.Refused)
	if err != nil {
		return err
	}
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Refused)), ".")
	return errors.Join(p.WriteRefused(f, format, refused, w), f.Close())
}

// answer is the result for a program.
func (c *importCmd) answer(out io.Writer, told intake.Told) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(told)
}

// toldMost is how many refused rows are written out for a person.
const toldMost = 50

// tell is the result for a person.
func (c *importCmd) tell(out io.Writer, p *intake.Plan, r intake.Report, refused []intake.Result, w *words.Words, whole bool) {
	say := func(key string, args ...any) { fmt.Fprintln(out, w.T(key, args...)) }
	say("intake.cli.file", p.Name, words.Key("intake.kind."+p.Kind), p.Sheet, strconv.Itoa(p.Header))
	say("intake.cli.columns")
	for _, t := range p.TakenInOrder() {
		fmt.Fprintf(out, "  %s ← %s\n", w.T("intake.target."+p.Kind+"."+t.Name), t.Value)
	}
	if left := p.NotTaken(); len(left) > 0 {
		say(p.NotTakenKey(), strings.Join(left, ", "))
	}
	if len(r.Rules) > 0 {
		say("intake.cli.rules")
		for _, rule := range r.Rules {
			fmt.Fprintf(out, "  - %s", rule.Say(w))
			if rule.Rows > 0 {
				fmt.Fprint(out, w.T("intake.rows_behind", rule.Rows))
			}
			fmt.Fprintln(out)
		}
	}
	key := "intake.cli.done"
	switch {
	case whole:
		key = "intake.cli.whole"
	case c.DryRun:
		key = "intake.cli.would"
	}
	say(key, r.Read, r.Imported(), r.New, r.Changed, r.Unchanged, r.Refused)
	told := 0
	for _, res := range refused {
		if res.Held {
			continue
		}
		if told++; told > toldMost {
			say("intake.cli.more", r.Refused-r.Held-toldMost)
			break
		}
		at := w.T("intake.cli.row", strconv.Itoa(res.Row))
		if col := res.Where(w); col != "" {
			at += " · " + col
		}
		if res.Value != "" {
			at += " · “" + res.Value + "”"
		}
		fmt.Fprintf(out, "  %s: %s\n", at, res.Reason(w))
	}
}
