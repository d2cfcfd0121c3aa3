package people

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
)

// People is the list of staff: its page, filters, export and API.
var People = list.Of[Person]{
	Name:  "people.list",
	From:  `people_person p LEFT JOIN departments_department d ON d.id = p.department`,
	Order: "number", Alias: "p", Table: "people_person", Live: []string{"people.person"},
	Href: func(p *Person) string { return "/people/" + p.ID },
	Columns: []list.Column[Person]{
		{Key: "name", SQL: "p.name", Into: func(p *Person) any { return &p.Name }},
		{Key: "number", SQL: "p.number", Into: func(p *Person) any { return &p.Number }, Sort: true},
		{Key: "department", SQL: "p.department", Into: func(p *Person) any { return &p.Department }, Ref: "departments", Text: func(p *Person) string { return p.DepartmentName }},
		{Key: "posts", SQL: "p.posts", Into: func(p *Person) any { return &p.Posts }, Said: saidPosts},
		{Key: "trades", SQL: "p.trades", Into: func(p *Person) any { return &p.Trades }, Said: saidTrades},
		{Key: "phone", SQL: "p.phone", Into: func(p *Person) any { return &p.Phone }, Personal: true},
		{Key: "closed", SQL: "p.closed", Into: func(p *Person) any { return &p.Closed }, Tone: goneTone},
		{Key: "left_on", SQL: "p.left_on", Into: func(p *Person) any { return &p.LeftOn }, Hidden: true},
		{Key: "erased_at", SQL: "p.erased_at", Into: func(p *Person) any { return &p.ErasedAt }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(p *Person) any { return &p.DepartmentName }, Hidden: true},
		{Key: "id", SQL: "p.id", Into: func(p *Person) any { return &p.ID }, Hidden: true},
		{Key: "version", SQL: "p.version", Into: func(p *Person) any { return &p.Version }, Hidden: true},
	},
}

// Get is one person, also one who left; NotFound when there is none.
func Get(ctx context.Context, r db.Reader, id string) (Person, error) {
	return People.Get(ctx, r, list.Where{}.And("p.id = ?", id))
}

// ByNumber is the person with this staff number, in letters of either case.
func ByNumber(ctx context.Context, r db.Reader, number string) (Person, error) {
	return People.Get(ctx, r, list.Where{}.And("lower(p.number) = lower(?)", number))
}

func numberTaken(ctx context.Context, r db.Reader, number, but string) (taken bool, err error) {
	_, taken, err = db.Text(ctx, r,
		`SELECT id FROM people_person WHERE lower(number) = lower($1) AND id <> $2`, number, but)
	return taken, err
}

func insert(ctx context.Context, tx *db.Tx, p *Person) error {
	search, err := tx.Tokens(ctx, p.Number, p.Name, p.Phone)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO people_person (id, number, name, department, posts, trades, phone, search)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`, p.ID, p.Number, p.Name, p.Department, p.Posts, p.Trades, p.Phone, search)
	return err
}

func update(ctx context.Context, tx *db.Tx, p *Person) error {
	search, err := tx.Tokens(ctx, p.Number, p.Name, p.Phone)
	if err != nil {
		return err
	}
	return tx.One(ctx, fault.Stale(), `UPDATE people_person SET number = $1, name = $2, department = $3, posts = $4, trades = $5, phone = $6,
		search = $7, version = version + 1 WHERE id = $8 AND version = $9`,
		p.Number, p.Name, p.Department, p.Posts, p.Trades, p.Phone, search, p.ID, p.Version)
}

func settle(ctx context.Context, tx *db.Tx, p Person, phone, lang, theme string) error {
	search, err := tx.Tokens(ctx, p.Number, p.Name, phone)
	if err != nil {
		return err
	}
	return tx.One(ctx, fault.Stale(), `UPDATE people_person SET phone = $1, lang = $2, theme = $3, search = $4, version = version + 1
		WHERE id = $5 AND version = $6`, phone, lang, theme, search, p.ID, p.Version)
}

func shut(ctx context.Context, tx *db.Tx, id string, version int64) error {
	return tx.One(ctx, fault.Stale(), `UPDATE people_person SET closed = true, left_on = $1, version = version + 1
		WHERE id = $2 AND version = $3 AND closed = false`, tx.Today(), id, version)
}

// reopen also takes the old password away: the account was out of sight.
func reopen(ctx context.Context, tx *db.Tx, id string, version int64) error {
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_person SET closed = false, left_on = '', version = version + 1
		WHERE id = $1 AND version = $2 AND closed = true`, id, version); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE people_account SET password = '' WHERE person = $1`, id)
	return err
}

// Look is the language and the colours a person has chosen; "" where they have not.
func Look(ctx context.Context, r db.Reader, person string) (lang, theme string, err error) {
	type look struct{ lang, theme string }
	l, _, err := db.First(ctx, r, func(l *look) []any { return []any{&l.lang, &l.theme} }, `SELECT lang, theme FROM people_person WHERE id = $1`, person)
	return l.lang, l.theme, err
}
