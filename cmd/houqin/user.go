package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

type userCmd struct {
	Add   userAddCmd   `cmd:"" help:"Give a person an account and a role; makes the first administrator."`
	Token userTokenCmd `cmd:"" help:"Print a token by which a program acts for a person."`
	Close userCloseCmd `cmd:"" help:"Lock a person's account; sessions and tokens end at once."`

	FactorOff userFactorCmd `cmd:"" help:"Take the second factor off somebody who lost phone and recovery codes."`
}

// porter is the command line at work: it may take people on and give roles, and the
// trail shows that it was not done in the browser.
func porter() db.Actor {
	everywhere := db.Scope{All: true}
	return db.Actor{ID: "command line", Name: "命令行 command line", Source: "command line", Rights: db.Rights{
		people.MayHire: everywhere, people.MayGrant: everywhere, people.MaySee: everywhere,
		departments.MayChange: everywhere, departments.MaySee: everywhere,
	}}
}

type userAddCmd struct {
	Number     string `arg:"" help:"Staff number, of somebody known or new."`
	Name       string `arg:"" optional:"" help:"Name, when the person is new."`
	Role       string `help:"Role for the whole hospital; \"none\" for none." default:"administrator"`
	Login      string `help:"Name to sign in with. Default: the staff number."`
	Department string `help:"Code of the department of a new person. Default: the only one; in an empty hospital one is made." placeholder:"CODE"`
	BreakGlass bool   `help:"Give one of the three administrators' seats although somebody holds it. The trail says so."`
	house
	logging
}

func (userAddCmd) Help() string {
	return `
Opens an account and prints a password that counts once: at the first sign-in another
is chosen. For somebody who has an account it hands out a new password. The seats of
the three administrators are given here only while nobody holds them; later those who
hold them give them on, in the browser. No person may hold two.

Examples:
  houqin user add 1001 王建国
  houqin user add 1002 李敏 --role security_admin
  houqin user add 1003 --role dispatcher --login zhang.wei`
}

func (c *userAddCmd) Run(d *desk) error {
	return inHospital(d, c.house, c.logging, func(ctx context.Context, h *hospital.Hospital) error {
		var person people.Person
		err := h.DB.Do(ctx, porter(), func(tx *db.Tx) (err error) {
			person, err = c.add(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		password, err := people.HandOut(ctx, h.DB, porter(), person.ID)
		if err != nil {
			return err
		}
		account, err := people.AccountOf(ctx, h.DB, person.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "%s %s signs in as %s with the password\n\n  %s\n\nIt counts once, until %s; another is chosen then.\n",
			person.Number, person.Name, account.Login, password, account.ExpiresAt.In(h.DB.Zone).Format("2006-01-02 15:04"))
		return nil
	})
}

// add makes sure of the person, the account and the role.
func (c *userAddCmd) add(ctx context.Context, tx *db.Tx) (people.Person, error) {
	p, err := people.ByNumber(ctx, tx, c.Number)
	if fault.KindOf(err) == fault.NotFound {
		p = people.Person{Number: c.Number, Name: c.Name}
		if c.Name == "" {
			return p, fmt.Errorf("nobody has the number %s; to take somebody on, add the name", c.Number)
		}
		if p.Department, err = c.department(ctx, tx); err == nil {
			err = people.Hire(ctx, tx, &p)
		}
	}
	if err != nil {
		return p, err
	}
	account, err := people.AccountOf(ctx, tx, p.ID)
	switch login := c.Login; {
	case err != nil && fault.KindOf(err) != fault.NotFound:
		return p, err
	case err != nil || login != "":
		if login == "" {
			login = c.Number
		}
		if err := people.OpenAccount(ctx, tx, p.ID, login); err != nil {
			return p, err
		}
	}
	if account.Closed {
		if err := people.CloseAccount(ctx, tx, p.ID, false); err != nil {
			return p, err
		}
	}
	if c.Role == "none" || c.Role == "" {
		return p, nil
	}
	return p, c.grant(ctx, tx, p)
}

func (c *userAddCmd) department(ctx context.Context, tx *db.Tx) (string, error) {
	if c.Department != "" {
		d, err := departments.ByCode(ctx, tx, c.Department)
		if fault.KindOf(err) == fault.NotFound {
			err = fmt.Errorf("no department has the code %s", c.Department)
		}
		return d.ID, err
	}
	known, err := departments.Departments.All(ctx, tx, list.Where{}.And("d.closed = ?", false), 2)
	switch {
	case err != nil:
		return "", err
	case len(known) == 1:
		return known[0].ID, nil
	case len(known) > 1:
		return "", errors.New("say to which department the person belongs: --department CODE")
	}
	d := departments.Department{Code: "001", Name: "信息科", Kind: departments.Office}
	err = departments.Found(ctx, tx, &d)
	return d.ID, err
}

func (c *userAddCmd) grant(ctx context.Context, tx *db.Tx, p people.Person) error {
	role, err := people.RoleByCode(ctx, tx, c.Role)
	if fault.KindOf(err) == fault.NotFound {
		return fmt.Errorf("no role has the code %s", c.Role)
	}
	if err != nil {
		return err
	}
	holders, err := people.Holders(ctx, tx, role.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(holders, func(a people.Appointment) bool {
		return a.Person == p.ID && a.Extent == people.Everywhere && a.Holds(tx.Today())
	}) {
		return nil
	}
	seat := slices.ContainsFunc([]string{people.SystemSeat, people.SecuritySeat, people.AuditSeat}, func(s string) bool { return slices.Contains(role.Rights, s) })
	if seat && len(holders) > 0 {
		if !c.BreakGlass {
			return fmt.Errorf("%s holds the role %s already; whoever may grant gives it on in the browser, or add --break-glass", holders[0].PersonName, c.Role)
		}
		note := role.NameZh + " → " + p.Name
		if err := tx.Trail(ctx, db.Event{Noun: "people.grant", Record: p.ID, Action: "break_glass", Note: note}); err != nil {
			return err
		}
	}
	return people.Grant(ctx, tx, &people.Appointment{Person: p.ID, Role: role.ID, Extent: people.Everywhere, From: tx.Today()})
}

type userTokenCmd struct {
	Number string `arg:"" help:"Staff number of the person for whom the program acts."`
	Name   string `help:"What the token is for." required:"" placeholder:"TEXT"`
	Days   int64  `help:"How long it lives." default:"365"`
	house
	logging
}

func (userTokenCmd) Help() string {
	return `
Prints a token, now and never again. A program that sends it as
"Authorization: Bearer TOKEN" may do under /api what the person may do, no more; it
dies with their account. Only the token goes to standard output.

Examples:
  houqin user token 1001 --name monitoring --days 90
  TOKEN=$(houqin user token 1001 --name nightly-export)`
}

func (c *userTokenCmd) Run(d *desk) error {
	return inHospital(d, c.house, c.logging, func(ctx context.Context, h *hospital.Hospital) error {
		p, err := people.ByNumber(ctx, h.DB, c.Number)
		if err != nil {
			return err
		}
		account, err := people.AccountOf(ctx, h.DB, p.ID)
		if fault.KindOf(err) == fault.NotFound || err == nil && account.Closed {
			return fmt.Errorf("%s %s has no open account; houqin user add opens one", p.Number, p.Name)
		}
		if err != nil {
			return err
		}
		by, err := people.ActorOf(ctx, h.DB, p.ID, h.DB.Now())
		if err != nil {
			return err
		}
		by.Source = "command line"
		var secret string
		err = h.DB.Do(ctx, by, func(tx *db.Tx) (err error) {
			secret, err = people.MakeToken(ctx, tx, c.Name, c.Days)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(d.complaints, "For %s %s, until %s:\n", p.Number, p.Name,
			period.DayOf(h.DB.Now().Add(time.Duration(c.Days)*24*time.Hour), h.DB.Zone))
		fmt.Fprintln(d.out, secret)
		return nil
	})
}

type userCloseCmd struct {
	Number string `arg:"" help:"Staff number."`
	house
	logging
}

func (userCloseCmd) Help() string {
	return `
The person stays in the books and on the staff; they can sign in again once the
account is opened again, by houqin user add or in the browser.

Examples:
  houqin user close 1001`
}

func (c *userCloseCmd) Run(d *desk) error {
	return inHospital(d, c.house, c.logging, func(ctx context.Context, h *hospital.Hospital) error {
		p, err := people.ByNumber(ctx, h.DB, c.Number)
		if err != nil {
			return err
		}
		account, err := people.AccountOf(ctx, h.DB, p.ID)
		if fault.KindOf(err) == fault.NotFound || account.Closed {
			fmt.Fprintf(d.out, "%s %s has no open account.\n", p.Number, p.Name)
			return nil
		}
		if err == nil {
			by := porter()
			by.System = true // also the last administrator's: it may have been stolen
			err = h.DB.Do(ctx, by, func(tx *db.Tx) error { return people.CloseAccount(ctx, tx, p.ID, true) })
		}
		if err == nil {
			fmt.Fprintf(d.out, "The account of %s %s is locked; their sessions and tokens have ended.\n", p.Number, p.Name)
		}
		return err
	})
}

type userFactorCmd struct {
	Number string `arg:"" help:"Staff number."`
	house
	logging
}

func (userFactorCmd) Help() string {
	return `
For the day on which two administrators cannot do it in the browser. The trail says
so, and the three administrators see it on their pages until it is noted.

Examples:
  houqin user factor-off 1001`
}

func (c *userFactorCmd) Run(d *desk) error {
	return inHospital(d, c.house, c.logging, func(ctx context.Context, h *hospital.Hospital) error {
		p, err := people.ByNumber(ctx, h.DB, c.Number)
		if err != nil {
			return err
		}
		by := porter()
		by.System = true // one alone, by the host: what the two seats would do
		err = h.DB.Do(ctx, by, func(tx *db.Tx) error {
			_, err := people.DropFactor(ctx, tx, p.ID)
			return err
		})
		if err == nil {
			fmt.Fprintf(d.out, "%s %s signs in without the second factor, and sets up a new one where the role asks for it.\n", p.Number, p.Name)
		}
		return err
	})
}

// inHospital opens the hospital for one act.
func inHospital(d *desk, where house, log logging, f func(context.Context, *hospital.Hospital) error) error {
	l, err := log.logger(d.complaints)
	if err != nil {
		return err
	}
	ctx := context.Background()
	h, err := hospital.Open(ctx, where.hospital(l))
	if err != nil {
		return err
	}
	return errors.Join(f(ctx, h), h.Close())
}
