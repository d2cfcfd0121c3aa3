package sheet_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"houqin/internal/base/sheet"
)

// sample opens a real spreadsheet that nobody of the house wrote.
func sample(t *testing.T, file string) *sheet.Book {
	t.Helper()
	dir := os.Getenv("HOUQIN_SAMPLES")
	if dir == "" {
		t.Skip("HOUQIN_SAMPLES names no folder: left out is how real spreadsheets of hospitals are read")
	}
	f, err := os.Open(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b, err := sheet.Open(filepath.Base(file), f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What is in each file was counted with other programs: the old workbooks cell
// by cell with one, the text files row by row with another.
func TestRealSpreadsheets(t *testing.T) {
	for _, c := range []struct {
		file            string
		kind            sheet.Kind
		sep             rune
		sheet           int
		rows, last      int // with content, and the number of the last
		header          int // its number
		columns         int
		texts, numbers  int // cells
		moments, merged int
		first, second   string // titles of two columns, by position 0 and 4
	}{
		{"hospital-stock/inventoryLevelImportData.xls", sheet.XLS, 0, 0, 1498, 1503, 1, 21, 14796, 4402, 0, 0, "Status", "Tags"},
		{"hospital-stock/purchaseOrders.xls", sheet.XLS, 0, 0, 137, 137, 1, 20, 655, 1038, 1, 0, "Product code", "Vendor"},
		{"nhs-eric/HospitalEstatesAndFacilitiesStatistics_11120.XLS", sheet.XLS, 0, 0, 243, 243, 2, 40, 2777, 6909, 0, 30, "Organisation Code", "Organisation Profile / Number of sites - General acute hospital (No.)"},
		{"nhs-eric/HospitalEstatesAndFacilitiesStatistics_11120.XLS", sheet.XLS, 0, 1, 1253, 1253, 2, 104, 30130, 100094, 0, 81, "Organisation Code", "Site Code"},
		{"nhs-eric/HospitalEstatesAndFacilitiesStatistics_9896.XLS", sheet.XLS, 0, 0, 253, 253, 2, 48, 1948, 10157, 0, 35, "Organisation Code", "Organisation Profile / Number of sites - General acute hospital (No.)"},
		{"nhs-eric/HospitalEstatesAndFacilitiesStatistics_9896.XLS", sheet.XLS, 0, 1, 1380, 1380, 2, 76, 12613, 92199, 0, 59, "Organisation Code", "Site Code"},
		{"nhs-eric/ERIC-2013-14.csv", sheet.Text, '$', 0, 253, 253, 2, 115, 28989, 0, 0, 0, "Organisation Code", "Organisation Profile / Number of sites - General acute hospital (No.)"},
		{"nhs-eric/ERIC-2014-15.csv", sheet.Text, '$', 0, 243, 243, 2, 108, 26089, 0, 0, 0, "Organisation Code", "Organisation Profile / Number of sites - General acute hospital (No.)"},
		{"asset-lives/minimum-useful-lives.xlsx", sheet.XLSX, 0, 0, 49, 49, 1, 5, 100, 96, 0, 48, "固定资产类别", "国标代码"},
		{"elevators/elevators_raw_manhattan_15k.csv", sheet.Text, ',', 0, 14995, 15001, 1, 29, 335993, 0, 0, 0, "DV_DEVICE_NUMBER", "TAX_BLOCK"},
		{"mwo-excavators/excavators.csv", sheet.Text, ',', 0, 5486, 5486, 1, 5, 27430, 0, 0, 0, "BscStartDate", "Cost"},
		{"mwo-excavators/excavators-cleaned.csv", sheet.Text, ',', 0, 5486, 5486, 1, 16, 87776, 0, 0, 0, "BscStartDate", "Cost"},
		{"mwo-excavators/vocab-excavators2018sexton-1g.csv", sheet.Text, ',', 0, 1768, 1768, 1, 5, 5474, 0, 0, 0, "tokens", "score"},
		{"la-311/requests_2020_10k.csv", sheet.Text, ',', 0, 10001, 10001, 1, 24, 229656, 0, 0, 0, "srnumber", "createddate"},
		{"cn-health-codes/ws-dept-codes.csv", sheet.Text, ',', 0, 224, 224, 1, 2, 448, 0, 0, 0, "code", ""},
		{"cn-divisions/areas.csv", sheet.Text, ',', 0, 2979, 2979, 1, 4, 11916, 0, 0, 0, "code", ""},
		{"cn-divisions/streets.csv", sheet.Text, ',', 0, 41353, 41353, 1, 5, 206765, 0, 0, 0, "code", "cityCode"},
		{"hospital-stock/WHO_products.csv", sheet.Text, ',', 0, 730, 730, 1, 28, 5143, 0, 0, 0, "Id", "Name"},
		{"hospital-stock/UNSPSC_categories.csv", sheet.Text, ',', 0, 202, 202, 1, 2, 404, 0, 0, 0, "Category Name", ""},
		{"demand/hospital.csv", sheet.Text, ',', 0, 85, 85, 1, 768, 65280, 0, 0, 0, "month", "TH8"},
	} {
		t.Run(c.file+string(rune('1'+c.sheet)), func(t *testing.T) {
			b := sample(t, c.file)
			if b.Kind != c.kind || b.Separator != c.sep || b.Kind == sheet.Text && b.Encoding != "UTF-8" {
				t.Errorf("%s, %q, %s", b.Kind, b.Separator, b.Encoding)
			}
			all := rows(t, b, c.sheet)
			texts, numbers, moments, merged := 0, 0, 0, 0
			for _, r := range all {
				for _, cell := range r.Cells {
					switch {
					case cell.Merged:
						merged++
					case cell.IsTime:
						moments++
					case cell.IsNumber:
						numbers++
					case cell.Text != "":
						texts++
					}
				}
				if sheet.IsSubtotal(r) {
					t.Errorf("row %d is no subtotal: %s", r.Number, seen([]sheet.Row{r}))
				}
			}
			if last := all[len(all)-1].Number; len(all) != c.rows || last != c.last {
				t.Errorf("%d rows, the last is %d", len(all), last)
			}
			if texts != c.texts || numbers != c.numbers || moments != c.moments || merged != c.merged {
				t.Errorf("%d texts, %d numbers, %d moments, %d merged", texts, numbers, moments, merged)
			}
			at, ok := sheet.FindHeader(all, nil)
			if !ok || all[at].Number != c.header {
				t.Fatalf("header at %d, %v", all[at].Number, ok)
			}
			columns := sheet.Columns(all, at)
			if len(columns) != c.columns || columns[0].Title() != c.first || c.second != "" && columns[4].Title() != c.second {
				t.Errorf("%d columns: %v", len(columns), columns[:min(5, len(columns))])
			}
		})
	}
}

func TestNoHeaderIsFoundInProse(t *testing.T) {
	all := rows(t, sample(t, "nhs-eric/HospitalEstatesAndFacilitiesStatistics_9896.XLS"), 2)
	if _, ok := sheet.FindHeader(all, nil); ok || len(all) != 1 {
		t.Errorf("%d rows, header %v", len(all), ok)
	}
}

func TestRealDates(t *testing.T) {
	column := func(file string, index int) (texts []string) {
		for _, r := range rows(t, sample(t, file), 0)[1:] {
			if index < len(r.Cells) {
				texts = append(texts, r.Cells[index].Text)
			}
		}
		return texts
	}
	created := column("la-311/requests_2020_10k.csv", 4)
	if order, ok := sheet.DateOrder(created); ok {
		t.Errorf("the first three days of January decide nothing, but %v", order)
	}
	order, ok := sheet.DateOrder(append(created, column("la-311/requests_2020_10k.csv", 7)...))
	if order != sheet.MDY || !ok {
		t.Errorf("with the closing dates: %v %v", order, ok)
	}
	for _, s := range created {
		if at, err := sheet.ParseMoment(s, order); err != nil || at.Year() != 2020 || at.Month() != 1 {
			t.Fatalf("%s: %v %v", s, at, err)
		}
	}
	refused := map[string]int{}
	for _, s := range column("elevators/elevators_raw_manhattan_15k.csv", 11) { // dates as whole numbers
		if s == "" {
			continue
		}
		if _, err := sheet.ParseDay(s, sheet.NoOrder); err != nil {
			refused[s]++
		}
	}
	if len(refused) != 0 {
		t.Errorf("refused %v", refused)
	}
}

// The forms filled in with words: each number is read or refused, none guessed.
func TestRealNumbers(t *testing.T) {
	all := rows(t, sample(t, "nhs-eric/ERIC-2014-15.csv"), 0)
	refused := map[string]int{}
	for _, r := range all[2:] {
		for _, c := range r.Cells[4:] {
			if _, err := sheet.ParseNumber(c.Text); err != nil && c.Text != "" {
				refused[strings.ToLower(c.Text)]++
			}
		}
	}
	for word := range refused {
		if strings.Trim(word, "0123456789.,") == "" {
			t.Errorf("%s is a number", word)
		}
	}
	if refused["not applicable"] == 0 {
		t.Errorf("refused are %v", refused)
	}
}
