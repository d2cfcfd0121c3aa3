package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/pgtest"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/hospital"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var quiet = slog.New(slog.DiscardHandler)

// build makes the program as it is given out.
func build(dir string) (string, error) {
	path := filepath.Join(dir, "houqin")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "houqin/cmd/houqin")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// place is where a hospital's books lie.
type place struct {
	address string
	data    string
	cluster *pgtest.Cluster
}

func (p *place) close() {
	if p.cluster != nil {
		p.cluster.Stop()
	}
}

// found makes an empty database on an engine: a file, or a durable server of its own.
func found(ctx context.Context, o options, engine string) (*place, error) {
	p := &place{data: filepath.Join(o.dir, "data")}
	if err := os.MkdirAll(p.data, 0o700); err != nil {
		return nil, err
	}
	switch engine {
	case "sqlite":
		p.address = filepath.Join(p.data, "houqin.db")
	case "postgres":
		var err error
		if p.cluster, err = pgtest.StartDurable(ctx); err != nil {
			return nil, err
		}
		if err := p.onServer(ctx, "CREATE DATABASE houqin"); err != nil {
			p.close()
			return nil, err
		}
		u, _ := url.Parse(p.cluster.DSN)
		u.Path = "/houqin"
		p.address = u.String()
	default:
		return nil, fmt.Errorf("no engine %q", engine)
	}
	return p, nil
}

// onServer runs a statement in the server's own database.
func (p *place) onServer(ctx context.Context, q string) error { return on(ctx, p.cluster.DSN, q) }

func on(ctx context.Context, address, q string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, q)
	return err
}

// crew is who works in the hospital and what they work with.
type crew struct {
	nurses, keepers []string // tokens
	dispatcher      string   // token
	login, password string   // of the dispatcher
	places          []string
	departments     []string
	team            string
	items           []string
	store, supplier string
	receiver        string
}

const (
	wards = 8
	rooms = 400
	goods = 60
	staff = 8 // nurses, and as many storekeepers

	opened = 10_000_000 // of each of the goods, when the store opens
)

// furnish fills the hospital through the rooms' own commands.
func furnish(ctx context.Context, p *place) (*crew, error) {
	h, err := hospital.Open(ctx, hospital.Config{DB: p.address, Data: p.data, Log: quiet})
	if err != nil {
		return nil, err
	}
	defer h.Close()
	c, err := hire(ctx, h.DB)
	return c, err
}

func hire(ctx context.Context, d *db.DB) (*crew, error) {
	c := &crew{login: "dispatcher", password: "Qinghe-2026-faults"}
	var hired []people.Person
	err := d.Do(ctx, db.System("faults"), func(tx *db.Tx) error {
		campus := departments.Campus{Code: "D", Name: "东院区"}
		if err := departments.FoundCampus(ctx, tx, &campus); err != nil {
			return err
		}
		for i := range wards + 1 {
			u := departments.Department{Code: fmt.Sprintf("N%02d", i), Name: fmt.Sprintf("第%d病区", i+1), Kind: departments.Ward, Campus: campus.ID}
			if i == wards {
				u.Kind, u.Name = departments.Team, "水电班"
			}
			if err := departments.Found(ctx, tx, &u); err != nil {
				return err
			}
			c.departments = append(c.departments, u.ID)
		}
		c.team, c.departments = c.departments[wards], c.departments[:wards]
		for i := range rooms {
			r := places.Place{Code: fmt.Sprintf("R%03d", i), Name: fmt.Sprintf("%03d病房", i), Kind: places.Building, Campus: campus.ID, Department: c.departments[i%wards]}
			if err := places.Add(ctx, tx, &r); err != nil {
				return err
			}
			c.places = append(c.places, r.ID)
		}
		store := warehouse.Store{Code: "ZK", Name: "总务库房", Department: c.team}
		if err := warehouse.SetUp(ctx, tx, &store); err != nil {
			return err
		}
		s := suppliers.Supplier{Name: "恒信五金（虚构）"}
		if err := suppliers.Add(ctx, tx, &s); err != nil {
			return err
		}
		c.store, c.supplier = store.ID, s.ID
		opening := warehouse.Stocktaking{Store: store.ID, Note: "期初"}
		for i := range goods {
			g := catalog.Item{Number: fmt.Sprintf("%05d", 10001+i), Name: "灯管", Spec: fmt.Sprint(i), Unit: "支", Category: catalog.Spare, Price: money.Fen(500 + i)}
			if err := catalog.Add(ctx, tx, &g); err != nil {
				return err
			}
			c.items = append(c.items, g.ID)
			opening.Lines = append(opening.Lines, warehouse.In{Item: g.ID, Qty: strconv.Itoa(opened), Price: "6.50"})
		}
		if _, err := warehouse.Open(ctx, tx, opening); err != nil {
			return err
		}
		for i := range 2*staff + 1 {
			p := people.Person{Number: fmt.Sprintf("%04d", 1001+i), Name: "王建国", Department: c.departments[i%wards]}
			role := "ward"
			if i >= staff {
				role = "storekeeper"
			}
			if i == 2*staff {
				role = "dispatcher"
			}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			r, err := people.RoleByCode(ctx, tx, role)
			if err != nil {
				return err
			}
			if err := people.Grant(ctx, tx, &people.Appointment{Person: p.ID, Role: r.ID, Extent: people.Everywhere, From: tx.Today().AddDays(-400)}); err != nil {
				return err
			}
			login := fmt.Sprintf("u%03d", i)
			if i == 2*staff {
				login = c.login
			}
			if err := people.OpenAccount(ctx, tx, p.ID, login); err != nil {
				return err
			}
			hired = append(hired, p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// The hospital lets its counter hand goods out without a request (S-050), and did so a
	// year ago: to then a clock that jumps does not get back.
	counter := rules.Change{Param: "S-050.counter", Value: "on", Since: d.Today().AddDays(-365), Reason: "faults"}
	for n, f := range []func(tx *db.Tx) error{
		func(tx *db.Tx) error { return rules.Propose(ctx, tx, &counter) },
		func(tx *db.Tx) error { return rules.Confirm(ctx, tx, counter.ID, "") },
	} {
		if err := d.Do(ctx, db.System(fmt.Sprint("faults", n)), func(tx *db.Tx) error {
			tx.Now = tx.Now.AddDate(0, 0, -367)
			return f(tx)
		}); err != nil {
			return nil, err
		}
	}
	c.receiver = hired[0].ID
	if err := people.SetPassword(ctx, d, db.System("faults"), hired[2*staff].ID, c.password); err != nil {
		return nil, err
	}
	for i, p := range hired {
		by, err := people.ActorOf(ctx, d, p.ID, d.Now())
		if err != nil {
			return nil, err
		}
		var token string
		if err := d.Do(ctx, by, func(tx *db.Tx) (err error) {
			token, err = people.MakeToken(ctx, tx, "faults", 300)
			return err
		}); err != nil {
			return nil, err
		}
		switch {
		case i < staff:
			c.nurses = append(c.nurses, token)
		case i < 2*staff:
			c.keepers = append(c.keepers, token)
		default:
			c.dispatcher = token
		}
	}
	return c, nil
}

var trades = desk.GuestTrades // what anybody may report
