package catalog

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
)

// Class is one drawer of the catalogue; classes lie within classes.
type Class struct {
	ID         string `json:"id"`
	Code       string `json:"code"`
	Name       string `json:"name"`
	Parent     string `json:"parent"`
	ParentName string `json:"parent_name"`
	Supply     Supply `json:"supply"`    // the kind of goods it is of; "": as the class above
	CountsAs   Supply `json:"counts_as"` // the kind that holds
	Closed     bool   `json:"closed"`
	Version    int64  `json:"version"`
}

// Classes is the list of classes.
var Classes = list.Of[Class]{
	Name:  "catalog.classes",
	From:  `catalog_class c LEFT JOIN catalog_class p ON p.id = c.parent`,
	Order: "code", Live: []string{"catalog.class"},
	Href: func(c *Class) string { return "/classes/" + c.ID + "/edit" },
	Columns: []list.Column[Class]{
		{Key: "name", SQL: "c.name", Into: func(c *Class) any { return &c.Name }},
		{Key: "code", SQL: "c.code", Into: func(c *Class) any { return &c.Code }, Sort: true},
		{Key: "parent", SQL: "c.parent", Into: func(c *Class) any { return &c.Parent }, Ref: "classes", Text: func(c *Class) string { return c.ParentName }},
		{Key: "counts_as", SQL: "c.counts_as", Into: func(c *Class) any { return &c.CountsAs }, OneOf: Supplies, Enum: "catalog.supply"},
		{Key: "closed", SQL: "c.closed", Into: func(c *Class) any { return &c.Closed }},
		{Key: "supply", SQL: "c.supply", Into: func(c *Class) any { return &c.Supply }, Hidden: true},
		{Key: "id", SQL: "c.id", Into: func(c *Class) any { return &c.ID }, Hidden: true},
		{Key: "version", SQL: "c.version", Into: func(c *Class) any { return &c.Version }, Hidden: true},
		{Key: "parent_name", SQL: "coalesce(p.name, '')", Into: func(c *Class) any { return &c.ParentName }, Hidden: true},
	},
}

// ClassByID is one class; NotFound when there is none.
func ClassByID(ctx context.Context, r db.Reader, id string) (Class, error) {
	return Classes.Get(ctx, r, list.Where{}.And("c.id = ?", id))
}

// ClassByCode is the class with this code; NotFound when there is none.
func ClassByCode(ctx context.Context, r db.Reader, code string) (Class, error) {
	return Classes.Get(ctx, r, list.Where{}.And("c.code = ?", code))
}

// ClassesBelow is a class and all within it.
func ClassesBelow(ctx context.Context, r db.Reader, id string) ([]string, error) {
	return db.Texts(ctx, r, `WITH RECURSIVE below(id) AS (
			SELECT id FROM catalog_class WHERE id = $1
			UNION SELECT c.id FROM catalog_class c JOIN below b ON c.parent = b.id)
		SELECT id FROM below ORDER BY id`, id)
}

// AddClass adds a class. Invalid: a code that is taken, a parent that does not exist.
func AddClass(ctx context.Context, tx *db.Tx, c *Class) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	c.ID, c.Version, c.Closed = tx.NewID(), 1, false
	if err := checkClass(ctx, tx, c); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO catalog_class (id, code, name, parent, supply) VALUES ($1,$2,$3,$4,$5)`, c.ID, c.Code, c.Name, c.Parent, c.Supply); err != nil {
		return err
	}
	if err := resettle(ctx, tx, c.ID); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "catalog.class", Record: c.ID, Action: "add", Note: c.Name, After: c})
}

// ChangeClass renames or moves a class, or closes it and opens it again; a stale
// version is a Conflict, and a class cannot come to lie within itself.
func ChangeClass(ctx context.Context, tx *db.Tx, c *Class) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	was, err := ClassByID(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if err := checkClass(ctx, tx, c); err != nil {
		return err
	}
	err = tx.One(ctx, fault.Stale(),
		`UPDATE catalog_class SET code = $1, name = $2, parent = $3, supply = $4, closed = $5, version = version + 1 WHERE id = $6 AND version = $7`,
		c.Code, c.Name, c.Parent, c.Supply, c.Closed, c.ID, c.Version)
	if err != nil {
		return err
	}
	if err := resettle(ctx, tx, c.ID); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "catalog.class", Record: c.ID, Action: "change", Note: c.Name, Before: was, After: c})
}

func checkClass(ctx context.Context, tx *db.Tx, c *Class) error {
	var bad fault.Complaints
	c.Code, c.Name = strings.TrimSpace(c.Code), strings.TrimSpace(c.Name)
	if c.Code == "" {
		bad.Add("code", "base.required")
	}
	if c.Name == "" {
		bad.Add("name", "base.required")
	}
	if c.Supply != "" && !slices.Contains(Supplies, string(c.Supply)) {
		bad.Add("supply", "base.bad_value", string(c.Supply))
	}
	if c.Parent != "" {
		if _, err := ClassByID(ctx, tx, c.Parent); err != nil {
			if fault.KindOf(err) != fault.NotFound {
				return err
			}
			bad.Add("parent", "base.no_such", c.Parent)
		}
		below, err := ClassesBelow(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if slices.Contains(below, c.Parent) {
			bad.Add("parent", "catalog.within_itself")
		}
	}
	if _, taken, err := db.Text(ctx, tx, `SELECT id FROM catalog_class WHERE code = $1 AND id <> $2`, c.Code, c.ID); err != nil {
		return err
	} else if taken {
		bad.Add("code", "catalog.class_taken", c.Code)
	}
	return bad.Err()
}
