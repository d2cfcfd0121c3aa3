package quantity_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/quantity"
)

var (
	gloves = []quantity.Pack{{"只", 1}, {"盒", 100}, {"箱", 1000}}
	soap   = []quantity.Pack{{"L", 1000}, {"mL", 1}, {"桶", 5000}}
	gas    = []quantity.Pack{{"m", 1}, {"m3", 10}}
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		packs []quantity.Pack
		text  string
		want  quantity.Qty
	}{
		{gloves, "12", 12}, {gloves, "2 箱", 2000}, {gloves, "2箱3盒", 2300}, {gloves, "2 箱 3 盒 4 只", 2304},
		{gloves, "0.5 箱", 500}, {gloves, "1,200 只", 1200}, {gloves, "-3盒", -300}, {gloves, "-1箱 5只", -1005},
		{gloves, "２　箱", 2000}, {gloves, " 1.500 盒 ", 150}, {gloves, "0", 0}, {gloves, "2箱30", 2030},
		{gloves, "0 箱", 0}, {gloves, "9223372036854775807", math.MaxInt64},
		{soap, "1.5L", 1500}, {soap, "1.5 l", 1500}, {soap, "3 ML", 3}, {soap, "2桶500ml", 10500},
		{gas, "2m3", 20}, {gas, "2 m3 1 m", 21}, {gas, "2m", 2},
		{nil, "7", 7},
	} {
		if got, err := quantity.Parse(c.text, c.packs); err != nil || got != c.want {
			t.Errorf("%q is %d, %v; want %d", c.text, got, err, c.want)
		}
	}
	for text, want := range map[string]error{
		"": quantity.ErrQuantity, "箱": quantity.ErrQuantity, "-": quantity.ErrQuantity, "--2": quantity.ErrQuantity, "两箱": quantity.ErrQuantity,
		"2 包": quantity.ErrUnit, "2 箱子": quantity.ErrUnit, "1e3": quantity.ErrUnit, "2 3": quantity.ErrUnit,
		"3只2箱": quantity.ErrQuantity, "1箱1箱": quantity.ErrQuantity, "2箱-3盒": quantity.ErrUnit,
		"1,23": quantity.ErrQuantity, ",123": quantity.ErrQuantity, "1.2.3": quantity.ErrQuantity, "5.": quantity.ErrQuantity, ".5": quantity.ErrQuantity,
		"1.5": quantity.ErrUneven, "0.0001 箱": quantity.ErrUneven, "0.00000000000001箱": quantity.ErrUneven,
		"9223372036854775808": quantity.ErrRange, "9223372036854775807 箱": quantity.ErrRange, "99999999999999999999999": quantity.ErrRange,
		"9223372036854775箱9223372036854775盒": quantity.ErrRange,
	} {
		if got, err := quantity.Parse(text, gloves); got != 0 || !errors.Is(err, want) {
			t.Errorf("%q is %d, %v; want %v", text, got, err, want)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		q     quantity.Qty
		packs []quantity.Pack
		want  string
	}{
		{2000, gloves, "2 箱"}, {2304, gloves, "2 箱 3 盒 4 只"}, {-105, gloves, "-1 盒 5 只"}, {0, gloves, "0 只"},
		{7, nil, "7"}, {105, []quantity.Pack{{"盒", 100}}, "1 盒 5"}, {math.MinInt64, nil, "-9223372036854775808"},
		{9, []quantity.Pack{{"双", 4}, {"个", 1}, {"打", 6}}, "1 打 3 个"},
	} {
		if got := c.q.Format(c.packs); got != c.want {
			t.Errorf("%d is %q, want %q", c.q, got, c.want)
		}
	}
}

func TestConversionIsExactOrRefused(t *testing.T) {
	box := quantity.Pack{Unit: "盒", Factor: 100}
	if q, err := box.Of(-3); q != -300 || err != nil {
		t.Errorf("three boxes back are %d, %v", q, err)
	}
	if n, err := box.Count(-300); n != -3 || err != nil {
		t.Errorf("300 back are %d boxes, %v", n, err)
	}
	if _, err := box.Count(250); !errors.Is(err, quantity.ErrUneven) {
		t.Errorf("250 in boxes: %v", err)
	}
	if _, err := box.Of(math.MaxInt64 / 99); !errors.Is(err, quantity.ErrRange) {
		t.Errorf("too many boxes: %v", err)
	}
	for _, p := range []quantity.Pack{{"空", 0}, {"负", -1}} {
		if _, err := p.Of(1); !errors.Is(err, quantity.ErrPacks) {
			t.Errorf("%v holds something: %v", p, err)
		}
		if _, err := p.Count(1); !errors.Is(err, quantity.ErrPacks) {
			t.Errorf("%v counts something: %v", p, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, packs := range [][]quantity.Pack{gloves, soap, gas, {{"个", 1}}} {
		if err := quantity.Check(packs); err != nil {
			t.Errorf("%v: %v", packs, err)
		}
	}
	for _, packs := range [][]quantity.Pack{
		nil, {{"盒", 100}}, {{"个", 1}, {"只", 1}}, {{"个", 1}, {"盒", 0}}, {{"个", 1}, {"个", 10}}, {{"l", 1}, {"L", 1000}},
		{{"个", 1}, {"盒", 10}, {"包", 10}}, {{"", 1}}, {{"个", 1}, {"5个装", 5}}, {{"个", 1}, {"大 箱", 50}}, {{"－", 1}},
	} {
		if err := quantity.Check(packs); !errors.Is(err, quantity.ErrPacks) {
			t.Errorf("%v were taken: %v", packs, err)
		}
	}
}

// What is written on a slip reads back as the same count, for any packs.
func TestWhatIsWrittenReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		packs := []quantity.Pack{{"个", 1}}
		for i, f := range rapid.SliceOfNDistinct(rapid.Int64Range(2, 1e6), 0, 4, rapid.ID).Draw(t, "factors") {
			packs = append(packs, quantity.Pack{Unit: []string{"箱", "盒", "包", "pk"}[i], Factor: f})
		}
		if err := quantity.Check(packs); err != nil {
			t.Fatal(err)
		}
		q := quantity.Qty(rapid.Int64Min(-math.MaxInt64).Draw(t, "q"))
		text := q.Format(packs)
		if got, err := quantity.Parse(text, packs); err != nil || got != q {
			t.Fatalf("%d is written %q, which reads as %d, %v", q, text, got, err)
		}
		p := rapid.SampledFrom(packs).Draw(t, "pack")
		if n, err := p.Count(q); err == nil {
			if back, err := p.Of(n); err != nil || back != q {
				t.Fatalf("%d is %d %s, which is %d, %v", q, n, p.Unit, back, err)
			}
		} else if int64(q)%p.Factor == 0 {
			t.Fatalf("%d in %v: %v", q, p, err)
		}
	})
}

// Decimals of a pack come out exactly or are refused.
func TestDecimals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		thousandths := rapid.Int64Range(0, 1e9).Draw(t, "thousandths")
		factor := rapid.Int64Range(2, 5000).Draw(t, "factor")
		packs := []quantity.Pack{{"个", 1}, {"箱", factor}}
		got, err := quantity.Parse(fmt.Sprintf("%d.%03d箱", thousandths/1000, thousandths%1000), packs)
		if whole := thousandths*factor%1000 == 0; whole != (err == nil) {
			t.Fatalf("%d thousandths of %d: %v", thousandths, factor, err)
		}
		if err == nil && int64(got) != thousandths*factor/1000 {
			t.Fatalf("%d thousandths of %d are %d", thousandths, factor, got)
		}
	})
}

func TestJSON(t *testing.T) {
	b, err := json.Marshal(map[string]quantity.Qty{"n": 12})
	if err != nil || string(b) != `{"n":12}` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestDatabase(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		var q quantity.Qty
		if err := d.QueryRowContext(t.Context(), `SELECT CAST($1 AS BIGINT) - 1`, quantity.Qty(-5)).Scan(&q); err != nil || q != -6 {
			t.Errorf("%d, %v", q, err)
		}
		if err := d.QueryRowContext(t.Context(), `SELECT sum(1) WHERE 1 = 0`).Scan(&q); err != nil || q != 0 {
			t.Errorf("the sum over nothing is %d, %v", q, err)
		}
		if err := d.QueryRowContext(t.Context(), `SELECT 1.5`).Scan(&q); err == nil {
			t.Error("one and a half was taken")
		}
	})
}

// Holds: DB3-8.1.4.4-d
func FuzzParse(f *testing.F) {
	for _, s := range []string{"2箱3盒4只", "-0.5 箱", "1,200", "２　箱"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := quantity.Parse(s, gloves)
		if err != nil {
			return
		}
		if again, err := quantity.Parse(q.Format(gloves), gloves); err != nil || again != q {
			t.Fatalf("%q is %d, which reads back as %d, %v", s, q, again, err)
		}
	})
}
