package sheet_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/sheet"
)

func key(err error) string {
	if f, ok := err.(*fault.Error); ok {
		return f.Key
	}
	return ""
}

func TestParseNumber(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"0", "0"}, {"12", "12"}, {"-12", "-12"}, {"+12", "12"}, {"007", "7"}, {" 12　", "12"},
		{"1234.5", "1234.5"}, {"1,234.5", "1234.5"}, {"1,234", "1234"}, {"12,345,678.90", "12345678.90"},
		{"0.125", "0.125"}, {".5", "0.5"}, {"-0.05", "-0.05"}, {"1.234", "1.234"},
		{"１，２３４．５", "1234.5"}, {"－３", "-3"}, {"（１２）", "-12"}, {"(12)", "-12"}, {"(1,234.50)", "-1234.50"}, {"−7", "-7"},
		{"12.5%", "0.125"}, {"12 %", "0.12"}, {"-3%", "-0.03"}, {"１０％", "0.10"}, {"(5%)", "-0.05"},
		{"999999999999999999", "999999999999999999"}, {"0.000000000000000001", "0.000000000000000001"},

		{"1.234,5", "sheet.number_ambiguous"}, {"12,5", "sheet.number_ambiguous"}, {"1,23,456", "sheet.number_ambiguous"},
		{"1,2345", "sheet.number_ambiguous"}, {",5", "sheet.number_ambiguous"}, {"5.", "sheet.number_ambiguous"}, {"1.2.3", "sheet.number_ambiguous"}, {"1234,567", "sheet.number_ambiguous"},
		{"6.90123E+12", "sheet.number_scientific"}, {"1e5", "sheet.number_scientific"},
		{"1000000000000000000", "sheet.number_too_long"},
		{"3盒", "sheet.number_unit"}, {"5万", "sheet.number_unit"}, {"2.5kg", "sheet.number_unit"}, {"12元", "sheet.number_unit"}, {"100?", "sheet.number_unit"},
		{"", "sheet.number"}, {"-", "sheet.number"}, {"Not Applicable", "sheet.number"}, {"¥12", "sheet.number"}, {"1 234", "sheet.number"},
		{"3-5", "sheet.number"}, {"2026-11-21", "sheet.number"}, {"--3", "sheet.number"}, {"(-3)", "sheet.number"}, {"(3", "sheet.number"}, {"十二", "sheet.number"}, {"١٢", "sheet.number"}, {"%", "sheet.number"}, {".", "sheet.number"},
	} {
		d, err := sheet.ParseNumber(c.text)
		if got := d.String(); err == nil && got != c.want || err != nil && key(err) != c.want {
			t.Errorf("%q: %s %v, want %s", c.text, got, err, c.want)
		}
	}
}

func TestDecimalInSmallestUnits(t *testing.T) {
	for _, c := range []struct {
		d      sheet.Decimal
		places int
		want   int64
		ok     bool
	}{
		{sheet.Decimal{Digits: 125, Places: 1}, 2, 1250, true},
		{sheet.Decimal{Digits: 1250, Places: 2}, 1, 125, true},
		{sheet.Decimal{Digits: 1255, Places: 2}, 1, 0, false},
		{sheet.Decimal{Digits: -5, Places: 2}, 2, -5, true},
		{sheet.Decimal{Digits: math.MaxInt64, Places: 2}, 2, math.MaxInt64, true},
		{sheet.Decimal{Digits: math.MaxInt64 / 2, Places: 0}, 1, 0, false},
		{sheet.Decimal{Digits: math.MinInt64, Places: 0}, 1, 0, false},
		{sheet.Decimal{Digits: 3}, 0, 3, true},
	} {
		if got, ok := c.d.Scaled(c.places); got != c.want || ok != c.ok {
			t.Errorf("%s at %d: %d %v", c.d, c.places, got, ok)
		}
	}
}

// What a spreadsheet keeps as a float comes out as it was typed.
func TestNumberCells(t *testing.T) {
	for want, f := range map[string]float64{"407.4": 407.4, "0.1": 0.1, "0.3": 0.1 + 0.2, "-183.05": -183.05, "6901234567892": 6901234567892, "0": 0, "100000000000000000": 1e17, "0.00001": 1e-5} {
		if d, err := sheet.NumberOf(sheet.Cell{IsNumber: true, Number: f}); err != nil || d.String() != want {
			t.Errorf("%v: %s %v", f, d, err)
		}
	}
	for want, c := range map[string]sheet.Cell{
		"sheet.number_too_long": {IsNumber: true, Number: 1e300},
		"sheet.number_is_day":   {IsTime: true, Text: "2026/11/21"},
		"sheet.number":          {IsError: true, Text: "#N/A"},
	} {
		if _, err := sheet.NumberOf(c); key(err) != want {
			t.Errorf("%+v: %v", c, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := sheet.Decimal{Digits: rapid.Int64Range(-1e14, 1e14).Draw(t, "digits"), Places: rapid.IntRange(0, 6).Draw(t, "places")}
		got, err := sheet.NumberOf(sheet.Cell{IsNumber: true, Number: d.Float64()})
		a, _ := got.Scaled(6)
		b, _ := d.Scaled(6)
		if err != nil || a != b {
			t.Fatalf("%s became %s: %v", d, got, err)
		}
		if back, err := sheet.ParseNumber(d.String()); err != nil || back != d {
			t.Fatalf("%s read back as %v: %v", d, back, err)
		}
	})
}

func TestParseMoment(t *testing.T) {
	for _, c := range []struct {
		text  string
		order sheet.Order
		want  string
	}{
		{"2026-11-21", 0, "2026-11-21 00:00:00"}, {"2026/11/21", 0, "2026-11-21 00:00:00"}, {"2026.11.21", 0, "2026-11-21 00:00:00"}, {"2026/1/2", 0, "2026-01-02 00:00:00"},
		{"2026年11月21日", 0, "2026-11-21 00:00:00"}, {"2026 年 1 月 2 日 8:00", 0, "2026-01-02 08:00:00"}, {"2026年1月2号", 0, "2026-01-02 00:00:00"}, {"26年11月21日", 0, "2026-11-21 00:00:00"},
		{"20261121", 0, "2026-11-21 00:00:00"}, {"２０２６／１１／２１", 0, "2026-11-21 00:00:00"}, {"20261121083000", 0, "2026-11-21 08:30:00"}, {"202611210830", 0, "2026-11-21 08:30:00"},
		{"2026-11-21 14:05", 0, "2026-11-21 14:05:00"}, {"2026-11-21T14:05:06", 0, "2026-11-21 14:05:06"}, {"2026-11-21 14:05:06.789", 0, "2026-11-21 14:05:06"},
		{"2026/11/21 2:05 PM", 0, "2026-11-21 14:05:00"}, {"2026/11/21 12:05 am", 0, "2026-11-21 00:05:00"}, {"2026/11/21 下午2:05", 0, "2026-11-21 14:05:00"}, {"2026年11月21日14时05分", 0, "2026-11-21 14:05:00"}, {"2026年11月21日 星期六 上午8点", 0, "2026-11-21 08:00:00"}, {"2026年11月21日14时", 0, "2026-11-21 14:00:00"},

		{"21/11/2026", 0, "2026-11-21 00:00:00"}, {"11/21/2026", 0, "2026-11-21 00:00:00"}, {"5/5/2026", 0, "2026-05-05 00:00:00"},
		{"11/10/2026", 0, "sheet.day_ambiguous"}, {"11/10/2026", sheet.DMY, "2026-10-11 00:00:00"}, {"11/10/2026", sheet.MDY, "2026-11-10 00:00:00"}, {"11/21/2026", sheet.DMY, "sheet.day_none"},
		{"1/31/20 0:05", sheet.MDY, "2020-01-31 00:05:00"}, {"1/31/20", 0, "2020-01-31 00:00:00"}, {"26/11/21", 0, "sheet.day_ambiguous"}, {"26/11/21", sheet.YMD, "2026-11-21 00:00:00"},
		{"1/2/49", sheet.DMY, "2049-02-01 00:00:00"}, {"1/2/50", sheet.DMY, "1950-02-01 00:00:00"}, {"99-12-31", 0, "1999-12-31 00:00:00"},
		{"2026-11-21", sheet.DMY, "2026-11-21 00:00:00"},

		{"2026-02-30", 0, "sheet.day_none"}, {"20261301", 0, "sheet.day_none"}, {"31/4/2026", 0, "sheet.day_none"}, {"0000-00-00", 0, "sheet.day"}, {"2026-00-10", 0, "sheet.day_none"},
		{"46347", 0, "sheet.day_serial"}, {"46347.5", 0, "sheet.day_serial"}, {"0", 0, "sheet.day_serial"}, {"12345678", 0, "sheet.day_serial"}, {"2026", 0, "sheet.day_serial"},
		{"", 0, "sheet.day"}, {"**", 0, "sheet.day"}, {"2026-11", 0, "sheet.day"}, {"2026-11/21", 0, "sheet.day"}, {"2026-11-21 25:00", 0, "sheet.day"}, {"2026-11-21 x", 0, "sheet.day"}, {"2026-11-21 14", 0, "sheet.day"}, {"2026-11-21 13:00 PM", 0, "sheet.day"}, {"明天", 0, "sheet.day"}, {"2026-11-21-1", 0, "sheet.day"}, {"1/2/3", 0, "sheet.day"}, {"2026年11月", 0, "sheet.day"}, {"1850-01-01", 0, "sheet.day"},
	} {
		at, err := sheet.ParseMoment(c.text, c.order)
		got := at.Format(time.DateTime)
		if err != nil {
			got = key(err)
		}
		if got != c.want {
			t.Errorf("%q in order %d: %s, want %s", c.text, c.order, got, c.want)
		}
	}
	at, err := sheet.ParseMoment("2026-11-21T14:05:00+08:00", 0)
	if err != nil || !at.Equal(time.Date(2026, 11, 21, 6, 5, 0, 0, time.UTC)) {
		t.Errorf("a zone of its own: %v %v", at, err)
	}
	if day, err := sheet.ParseDay("2026/11/21 23:59", 0); err != nil || day != "2026-11-21" {
		t.Errorf("%s %v", day, err)
	}
}

func TestDayCells(t *testing.T) {
	at := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		cell sheet.Cell
		day  period.Day
		key  string
	}{
		{"date", sheet.Cell{IsTime: true, Time: at, Text: "21-Nov-26"}, "2026-11-21", ""},
		{"text", sheet.Cell{Text: "2026.11.21"}, "2026-11-21", ""},
		{"digits as a number", sheet.Cell{IsNumber: true, Number: 20090115, Text: "20090115"}, "2009-01-15", ""},
		{"count of days without a date's format", sheet.Cell{IsNumber: true, Number: 46347, Text: "46347"}, "", "sheet.day_serial"},
		{"time of day", sheet.Cell{IsTime: true, Time: time.Date(1899, 12, 31, 8, 0, 0, 0, time.UTC), Text: "8:00"}, "", "sheet.day"},
		{"error", sheet.Cell{IsError: true, Text: "#N/A"}, "", "sheet.day"},
		{"empty", sheet.Cell{}, "", "sheet.day"},
	} {
		if day, err := sheet.DayOf(c.cell, 0); day != c.day || key(err) != c.key {
			t.Errorf("%s: %s %v", c.name, day, err)
		}
	}
}

func TestTheColumnDecidesTheOrderOfItsDates(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples string
		want    sheet.Order
		ok      bool
	}{
		{"American", "1/2/20|1/31/20|3/4/20", sheet.MDY, true},
		{"British", "01/02/2020|31/01/2020|", sheet.DMY, true},
		{"year of two digits in front", "20-11-21|20-12-31|19-01-05", sheet.NoOrder, false},
		{"year of two digits in front, one decides", "20-11-21|99-12-13|85-01-31", sheet.YMD, true},
		{"nothing decides", "01/02/2020|03/04/2020", sheet.NoOrder, false},
		{"two orders in one column", "31/01/2020|01/31/2020", sheet.NoOrder, false},
		{"certain dates do not vote", "2020-01-31|2020-02-29", sheet.NoOrder, false},
		{"certain dates and one of the other kind", "2020-01-31|31/01/2020|x", sheet.DMY, true},
		{"none", "", sheet.NoOrder, false},
	} {
		if got, ok := sheet.DateOrder(strings.Split(c.samples, "|")); got != c.want || ok != c.ok {
			t.Errorf("%s: %v %v", c.name, got, ok)
		}
	}
}
