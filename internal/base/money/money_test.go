package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/money"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]money.Fen{
		"1,234.50": 123450, "1234.5": 123450, "0": 0, "-0.05": -5, ".5": 50, "5.": 500, " 12 ": 1200, "1.2300000": 123,
		"¥12.30": 1230, "￥１，２３４．５０": 123450, "-¥5": -500, "¥-5": -500, "−5": -500, "007": 700,
		"92233720368547758.07": math.MaxInt64, "-92,233,720,368,547,758.07": -math.MaxInt64, "1,000,000": 1_000_000_00,
	} {
		if got, err := money.Parse(s); err != nil || got != want {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	for s, want := range map[string]error{
		"": money.ErrAmount, ".": money.ErrAmount, "-": money.ErrAmount, "¥": money.ErrAmount, "--5": money.ErrAmount, "-¥-5": money.ErrAmount,
		"1e5": money.ErrAmount, "twelve": money.ErrAmount, "1,23": money.ErrAmount, "1,2345": money.ErrAmount, ",123": money.ErrAmount,
		"1234,567": money.ErrAmount, "1.2.3": money.ErrAmount, "1.00,0": money.ErrAmount, "1 234": money.ErrAmount, "0x10": money.ErrAmount,
		"NaN": money.ErrAmount, "+5": money.ErrAmount, "1_000": money.ErrAmount, "十二": money.ErrAmount,
		"0.005": money.ErrDecimals, "0.30000000000000004": money.ErrDecimals,
		"92233720368547758.08": money.ErrRange, "999999999999999999999": money.ErrRange,
	} {
		if got, err := money.Parse(s); got != 0 || !errors.Is(err, want) {
			t.Errorf("%q is %v, %v; want %v", s, got, err, want)
		}
	}
}

func TestString(t *testing.T) {
	for f, want := range map[money.Fen]string{0: "0.00", 5: "0.05", -5: "-0.05", 123450: "1234.50", math.MinInt64: "-92233720368547758.08"} {
		if got := f.String(); got != want {
			t.Errorf("%d fen are %s, want %s", int64(f), got, want)
		}
	}
}

func TestShare(t *testing.T) {
	type qty int64
	for _, c := range []struct {
		amount      money.Fen
		part, whole qty
		want        money.Fen
		err         error
	}{
		{100_00, 1, 3, 33_33, nil},
		{100_00, 2, 3, 66_67, nil},
		{5, 1, 2, 2, nil}, // 2.5 goes to the even 2
		{7, 1, 2, 4, nil}, // 3.5 goes to the even 4
		{-5, 1, 2, -2, nil},
		{-7, 1, 2, -4, nil},
		{7, -1, 2, -4, nil},
		{7, 1, -2, -4, nil},
		{-7, -1, 2, 4, nil},
		{0, 5, 7, 0, nil},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64, nil},
		{math.MinInt64, math.MaxInt64, math.MinInt64, math.MaxInt64, nil},
		{math.MaxInt64, 2, 1, 0, money.ErrRange},
		{math.MaxInt64, math.MaxInt64, 1, 0, money.ErrRange},
		{math.MinInt64, math.MinInt64, math.MaxInt64, 0, money.ErrRange},
		{5, 1, 0, 0, money.ErrShare},
	} {
		got, err := money.Share(c.amount, c.part, c.whole)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%v × %d ÷ %d = %v, %v; want %v, %v", c.amount, c.part, c.whole, got, err, c.want, c.err)
		}
	}
	if got, err := money.Mul(12_50, qty(3)); got != 37_50 || err != nil {
		t.Errorf("three at 12.50 cost %v, %v", got, err)
	}
	if _, err := money.Mul(math.MaxInt64, qty(-2)); !errors.Is(err, money.ErrRange) {
		t.Errorf("far too many: %v", err)
	}
}

// The same by big rational arithmetic, for any three numbers.
// Holds: v5.0.0-1.4.2
func TestShareIsExact(t *testing.T) {
	number := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1000, 1000))
	rapid.Check(t, func(t *rapid.T) {
		a, p, w := number.Draw(t, "amount"), number.Draw(t, "part"), number.Filter(func(n int64) bool { return n != 0 }).Draw(t, "whole")
		x := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(a), big.NewInt(p)), big.NewInt(w))
		want := halfEven(x)
		got, err := money.Share(money.Fen(a), p, w)
		if fits := new(big.Int).Abs(want).IsInt64(); fits != (err == nil) {
			t.Fatalf("%d × %d ÷ %d: %v, want %v", a, p, w, err, want)
		}
		if err == nil && int64(got) != want.Int64() {
			t.Fatalf("%d × %d ÷ %d = %d, want %v", a, p, w, got, want)
		}
	})
}

func halfEven(x *big.Rat) *big.Int {
	q, r := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	switch twice := r.Abs(r).Lsh(r, 1).Cmp(x.Denom()); {
	case twice > 0, twice == 0 && q.Bit(0) == 1:
		q.Add(q, big.NewInt(int64(x.Sign())))
	}
	return q
}

// A store that gives out its stock piece by piece ends with no stock and no money.
func TestIssuingEverythingEmptiesTheAccount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := money.Fen(rapid.Int64Range(0, 1e12).Draw(t, "value"))
		stock := rapid.Int64Range(1, 500).Draw(t, "stock")
		for stock > 0 {
			n := rapid.Int64Range(1, stock).Draw(t, "issue")
			cost, err := money.Share(value, n, stock)
			if err != nil || cost < 0 || cost > value {
				t.Fatalf("%d of %d from %v cost %v, %v", n, stock, value, cost, err)
			}
			value, stock = value-cost, stock-n
		}
		if value != 0 {
			t.Fatalf("%v left on an empty shelf", value)
		}
	})
}

func TestJSON(t *testing.T) {
	type bill struct{ Total, Paid money.Fen }
	b, err := json.Marshal(bill{Total: 123450})
	if err != nil || string(b) != `{"Total":"1234.50","Paid":"0.00"}` {
		t.Fatalf("%s, %v", b, err)
	}
	var out bill
	if err := json.Unmarshal(b, &out); err != nil || out.Total != 123450 {
		t.Fatalf("%+v, %v", out, err)
	}
	for _, bad := range []string{`{"Total":"1.234"}`, `{"Total":1234.5}`, `{"Total":""}`} {
		if json.Unmarshal([]byte(bad), &out) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestDatabase(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		var f, sum money.Fen
		row := d.QueryRowContext(t.Context(), `SELECT CAST($1 AS BIGINT) - 1, CAST(sum(1) AS BIGINT) WHERE 1 = 1`, money.Fen(-5))
		if err := row.Scan(&f, &sum); err != nil || f != -6 || sum != 1 {
			t.Errorf("%v %v, %v", f, sum, err)
		}
		if err := d.QueryRowContext(t.Context(), `SELECT sum(1) WHERE 1 = 0`).Scan(&f); err != nil || f != 0 {
			t.Errorf("the sum over nothing is %v, %v", f, err)
		}
		for _, q := range []string{`SELECT 1.5`, `SELECT '150'`} {
			if err := d.QueryRowContext(t.Context(), q).Scan(&f); err == nil {
				t.Errorf("%s was taken for fen", q)
			}
		}
	})
}

// Holds: DB3-8.1.4.4-d
func FuzzParse(f *testing.F) {
	for _, s := range []string{"1,234.50", "-¥0.05", "￥１", "0.001", "9,223"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := money.Parse(s)
		if err != nil {
			return
		}
		if again, err := money.Parse(got.String()); err != nil || again != got {
			t.Fatalf("%q is %v, which reads as %v, %v", s, got, again, err)
		}
	})
}

func BenchmarkShare(b *testing.B) {
	for b.Loop() {
		money.Share(123456789, int64(7), 13)
	}
}
