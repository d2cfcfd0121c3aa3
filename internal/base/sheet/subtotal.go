package sheet

import (
	"strings"
	"unicode"
)

// subtotals are the words that sum up rows above, without spaces and in lower
// case.
var subtotals = []string{"合计", "小计", "总计", "共计", "累计", "总合计", "本页合计", "本页小计", "subtotal", "sub-total", "total", "totals", "grandtotal", "pagetotal"}

// IsSubtotal recognises the rows 合计, 小计, 总计, Subtotal, Total and their like:
// one cell says nothing else, or the first cell ends in such a word (内科小计,
// Ward 3 total) or begins with the English one and all others hold numbers.
// An article called 总计量表 or Total protein is none.
func IsSubtotal(row Row) bool {
	first, figures := "", true
	for _, c := range row.Cells {
		if c.Merged || c.Text == "" {
			continue
		}
		if !c.IsNumber {
			if plain := sumWord(c.Text); plain != "" {
				for _, w := range subtotals {
					if plain == w {
						return true
					}
				}
			}
		}
		if first == "" {
			first = c.Text
			continue
		}
		if !c.IsNumber && !dash(c.Text) {
			if _, err := ParseNumber(c.Text); err != nil {
				figures = false
			}
		}
	}
	if !figures || len([]rune(first)) > 40 {
		return false
	}
	plain := sumWord(first)
	for _, w := range []string{"合计", "小计", "总计", "subtotal", "sub-total"} {
		if strings.HasSuffix(plain, w) {
			return true
		}
	}
	low := strings.ToLower(strings.TrimFunc(first, invisible))
	return strings.HasSuffix(low, " total") || strings.HasPrefix(low, "total for ") || strings.HasPrefix(low, "subtotal ") || strings.HasPrefix(low, "total:")
}

func sumWord(s string) string {
	if len(s) > 120 {
		return ""
	}
	s = strings.Map(func(r rune) rune {
		if r = halfWidth(r); invisible(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return strings.TrimRight(s, ":")
}

func dash(s string) bool { return strings.Trim(s, "-—–/ ") == "" }
