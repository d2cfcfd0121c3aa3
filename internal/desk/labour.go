package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

// Grades are the country's grades of skilled workers, the highest first; "" is nobody's
// grade yet.
var Grades = []string{"chief", "technician", "senior", "middle", "junior"}

// Hand is somebody who helped, and for how long.
type Hand struct {
	Person  string
	Minutes int64
}

// Piece is so many of a common job of the price list.
type Piece struct {
	Price  string
	Pieces int64
}

// Labour is a line of what a job's labour consists of.
type Labour struct {
	Person  string         `json:"person"`
	Name    string         `json:"name"`
	Grade   string         `json:"grade"`
	Minutes int64          `json:"minutes"`
	Rate    money.Fen      `json:"rate"` // an hour, or a piece
	Price   string         `json:"price"`
	Piece   string         `json:"piece"` // name of the common job
	Pieces  int64          `json:"pieces"`
	Amount  money.Fen      `json:"amount"`
	At      period.Instant `json:"at"`
}

// RateOf is what an hour of a grade costs; the general rate where the hospital has set
// none for it.
func RateOf(ctx context.Context, r db.Reader, grade string) (money.Fen, error) {
	if grade != "" {
		s, err := db.Setting(ctx, r, LabourRate+"."+grade)
		if err != nil {
			return 0, err
		}
		if n, err := strconv.ParseInt(s, 10, 64); s != "" && n > 0 {
			return money.Fen(n), err
		}
	}
	return Rate(ctx, r)
}

// SetRateOf changes what an hour of a grade costs, for jobs finished from now on; 0: the
// general rate.
func SetRateOf(ctx context.Context, tx *db.Tx, grade string, hour money.Fen) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	if !slices.Contains(Grades, grade) || hour < 0 || hour > 1_000_000 {
		return fault.OnField(grade, "base.money")
	}
	return db.Set(ctx, tx, LabourRate+"."+grade, fmt.Sprint(int64(hour)))
}

// Graded is a worker and their grade.
type Graded struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Grade  string `json:"grade"`
}

// GradesOf are the workers who have a grade, the highest first.
func GradesOf(ctx context.Context, r db.Reader) ([]Graded, error) {
	all, err := db.All(ctx, r, func(g *Graded) []any { return []any{&g.Person, &g.Name, &g.Grade} },
		`SELECT g.person, coalesce(p.name, ''), g.grade FROM desk_grade g LEFT JOIN people_person p ON p.id = g.person ORDER BY p.name, g.person`)
	slices.SortStableFunc(all, func(a, b Graded) int {
		return cmp.Compare(slices.Index(Grades, a.Grade), slices.Index(Grades, b.Grade))
	})
	return all, err
}

// SetGrades replaces which worker has which grade.
func SetGrades(ctx context.Context, tx *db.Tx, all []Graded) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	was, err := GradesOf(ctx, tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM desk_grade`); err != nil {
		return err
	}
	seen := map[string]bool{}
	for n, g := range all {
		if seen[g.Person] {
			return fault.OnField(fmt.Sprintf("workers.%d.person", n), "desk.graded_twice")
		}
		if seen[g.Person] = true; !slices.Contains(Grades, g.Grade) {
			return fault.OnField(fmt.Sprintf("workers.%d.grade", n), "base.bad_value", g.Grade)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO desk_grade (person, grade) VALUES ($1,$2)`, g.Person, g.Grade); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: "desk.settings", Record: "grades", Action: "grades", Before: was, After: all})
}

// labour books the work of one visit and says what it costs: the worker's minutes, and
// those of who helped, at the rate of each one's grade; common jobs of the price list
// stand for the worker's own minutes, at their price.
func labour(ctx context.Context, tx *db.Tx, j *Job, w *Work) (sum money.Fen, minutes int64, err error) {
	grades := map[string]string{}
	all, err := GradesOf(ctx, tx)
	if err != nil {
		return 0, 0, err
	}
	for _, g := range all {
		grades[g.Person] = g.Grade
	}
	var lines []Labour
	for n, p := range w.Priced {
		price, err := PriceByID(ctx, tx, p.Price)
		if err != nil {
			return 0, 0, err
		}
		if price.Closed || p.Pieces < 1 || p.Pieces > 1000 {
			return 0, 0, fault.OnField(fmt.Sprintf("priced.%d.pieces", n), "base.between", 1, 1000)
		}
		lines = append(lines, Labour{Person: tx.By.ID, Rate: price.Price, Price: price.ID, Pieces: p.Pieces, Amount: price.Price * money.Fen(p.Pieces)})
	}
	own := Labour{Person: tx.By.ID, Minutes: w.Minutes}
	if len(lines) > 0 {
		lines[0].Minutes, own.Minutes = w.Minutes, 0
	}
	lines = append(lines, own)
	for n, h := range w.Hands {
		if h.Person == tx.By.ID || h.Minutes < 1 || h.Minutes > 10_000 {
			return 0, 0, fault.OnField(fmt.Sprintf("hands.%d.minutes", n), "base.between", 1, 10_000)
		}
		lines = append(lines, Labour{Person: h.Person, Minutes: h.Minutes})
	}
	for _, l := range lines {
		if l.Price == "" && l.Minutes == 0 {
			continue
		}
		l.Grade = grades[l.Person]
		if l.Price == "" {
			if l.Rate, err = RateOf(ctx, tx, l.Grade); err != nil {
				return 0, 0, err
			}
			if l.Amount, err = money.Share(l.Rate, l.Minutes, 60); err != nil {
				return 0, 0, fault.OnField("minutes", "base.number")
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO desk_labour (id, job, at, person, grade, minutes, rate, price, pieces, amount) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
			tx.NewID(), j.ID, tx.At(), l.Person, l.Grade, l.Minutes, l.Rate, l.Price, l.Pieces, l.Amount); err != nil {
			return 0, 0, err
		}
		sum, minutes = sum+l.Amount, minutes+l.Minutes
	}
	return sum, minutes, nil
}

// LabourOf is what a job's labour consists of, in the order in which it was booked.
func LabourOf(ctx context.Context, r db.Reader, job string) ([]Labour, error) {
	return db.All(ctx, r, func(l *Labour) []any {
		return []any{&l.Person, &l.Name, &l.Grade, &l.Minutes, &l.Rate, &l.Price, &l.Piece, &l.Pieces, &l.Amount, &l.At}
	}, `SELECT l.person, coalesce(p.name, ''), l.grade, l.minutes, l.rate, l.price, coalesce(x.name, ''), l.pieces, l.amount, l.at
		FROM desk_labour l LEFT JOIN people_person p ON p.id = l.person LEFT JOIN desk_price x ON x.id = l.price
		WHERE l.job IN (SELECT id FROM desk_job WHERE id = $1 OR (merged_into = $1 AND merged_into <> '')) ORDER BY l.id`, job)
}

// ByGrade sums the minutes and the cost of a span of time by grade, the highest first; ""
// are those who have none.
func ByGrade(ctx context.Context, r db.Reader, from, to period.Instant) ([]Labour, error) {
	all, err := db.All(ctx, r, func(l *Labour) []any { return []any{&l.Grade, &l.Minutes, &l.Amount} },
		`SELECT grade, CAST(sum(minutes) AS BIGINT), CAST(sum(amount) AS BIGINT) FROM desk_labour WHERE at >= $1 AND at < $2 GROUP BY grade ORDER BY grade`, from, to)
	slices.SortStableFunc(all, func(a, b Labour) int {
		return cmp.Compare(slices.Index(append(Grades, ""), a.Grade), slices.Index(append(Grades, ""), b.Grade))
	})
	return all, err
}

// PriceNoun is what the trail calls a price.
const PriceNoun = "desk.price"

// Price is a common job at a price.
type Price struct {
	ID      string    `json:"id"`
	Code    string    `json:"code"`
	Name    string    `json:"name"`
	Trade   Trade     `json:"trade"`
	Minutes int64     `json:"minutes"`
	Price   money.Fen `json:"price"`
	Closed  bool      `json:"closed"`
	Version int64     `json:"version"`
}

// Prices is the price list.
var Prices = list.Of[Price]{
	Name: "desk.prices", From: "desk_price x", Order: "code", Alias: "x", Table: "desk_price", Short: true, Live: []string{PriceNoun}, Href: func(p *Price) string { return "/desk/prices/" + p.ID },
	Columns: []list.Column[Price]{
		{Key: "name", SQL: "x.name", Into: func(p *Price) any { return &p.Name }},
		{Key: "code", SQL: "x.code", Into: func(p *Price) any { return &p.Code }, Sort: true},
		{Key: "trade", SQL: "x.trade", Into: func(p *Price) any { return &p.Trade }, OneOf: Trades, Enum: "desk.trade"},
		{Key: "minutes", SQL: "x.minutes", Into: func(p *Price) any { return &p.Minutes }},
		{Key: "price", SQL: "x.price", Into: func(p *Price) any { return &p.Price }},
		{Key: "closed", SQL: "x.closed", Into: func(p *Price) any { return &p.Closed }},
		{Key: "id", SQL: "x.id", Into: func(p *Price) any { return &p.ID }, Hidden: true},
		{Key: "version", SQL: "x.version", Into: func(p *Price) any { return &p.Version }, Hidden: true},
	},
}

// PriceForm asks for a price.
var PriceForm = form.Of[Price]{Name: "desk.price", Fields: []form.Field[Price]{
	{Key: "code", Into: func(p *Price) any { return &p.Code }, Most: 20, Required: true},
	{Key: "name", Into: func(p *Price) any { return &p.Name }, Most: 80, Required: true},
	{Key: "trade", Into: func(p *Price) any { return &p.Trade }, OneOf: Trades, Enum: "desk.trade", Required: true},
	{Key: "minutes", Into: func(p *Price) any { return &p.Minutes }, Most: 10_000, Unit: "desk.minutes"},
	{Key: "price", Into: func(p *Price) any { return &p.Price }, Required: true},
	{Key: "closed", Into: func(p *Price) any { return &p.Closed }},
}}

// PriceByID is one price; NotFound when there is none.
func PriceByID(ctx context.Context, r db.Reader, id string) (Price, error) {
	return Prices.Get(ctx, r, list.Where{}.And("x.id = ?", id))
}

// SetPrice adds a price (without ID) or changes one; what was reckoned before stays. A code
// already there is a Conflict.
func SetPrice(ctx context.Context, tx *db.Tx, p *Price) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	p.Code, p.Name = strings.TrimSpace(p.Code), strings.TrimSpace(p.Name)
	var bad fault.Complaints
	if p.Code == "" {
		bad.Add("code", "base.required")
	}
	if p.Name == "" {
		bad.Add("name", "base.required")
	}
	if !slices.Contains(Trades, string(p.Trade)) {
		bad.Add("trade", "base.bad_value", string(p.Trade))
	}
	if p.Price < 0 || p.Price > 100_000_000 {
		bad.Add("price", "base.money")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	search, err := tx.Tokens(ctx, p.Code, p.Name)
	if err != nil {
		return err
	}
	if p.ID == "" {
		p.ID, p.Version = tx.NewID(), 1
		if _, err := tx.Exec(ctx, `INSERT INTO desk_price (id, code, name, trade, minutes, price, closed, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
			p.ID, p.Code, p.Name, p.Trade, p.Minutes, p.Price, p.Closed, search); err != nil {
			return db.Explain(err)
		}
		return tx.Trail(ctx, db.Event{Noun: PriceNoun, Record: p.ID, Action: "add", Note: p.Name, After: p})
	}
	was, err := PriceByID(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE desk_price SET code = $1, name = $2, trade = $3, minutes = $4, price = $5, closed = $6, search = $7, version = version + 1 WHERE id = $8 AND version = $9`,
		p.Code, p.Name, p.Trade, p.Minutes, p.Price, p.Closed, search, p.ID, p.Version); err != nil {
		return err
	}
	p.Version++
	return tx.Trail(ctx, db.Event{Noun: PriceNoun, Record: p.ID, Action: "change", Note: p.Name, Before: was, After: p})
}
