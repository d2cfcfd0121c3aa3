package money

import "strings"

// Capitals is the amount as Chinese slips and cheques write it out, so that no digit
// can be added or changed: 1004.50 is 壹仟零肆元伍角整. After the rules for filling in
// bills of the People's Bank of China: zeros in a row are one 零, none stands before
// 角 alone, 整 follows what ends on 元 or 角.
func (f Fen) Capitals() string {
	const digits = "零壹贰叁肆伍陆柒捌玖"
	digit := func(n uint64) string { return string([]rune(digits)[n]) }
	u := uint64(f)
	var b strings.Builder
	if f < 0 {
		b.WriteString("负")
		u = -u
	}
	yuan, jiao, fen := u/100, u/10%10, u%10
	if yuan > 0 || u == 0 {
		b.WriteString(spell(yuan, digit))
		b.WriteString("元")
	}
	switch {
	case jiao > 0:
		b.WriteString(digit(jiao) + "角")
	case fen > 0 && yuan > 0:
		b.WriteString("零")
	}
	if fen > 0 {
		b.WriteString(digit(fen) + "分")
	} else {
		b.WriteString("整")
	}
	return b.String()
}

// spell writes a whole number in groups of four digits.
func spell(n uint64, digit func(uint64) string) string {
	if n == 0 {
		return digit(0)
	}
	var groups []uint64
	for ; n > 0; n /= 10000 {
		groups = append(groups, n%10000)
	}
	names := []string{"", "万", "亿", "万亿", "亿亿"}
	var b strings.Builder
	zero := false // a 零 is owed before the next digit
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		for place, size := range []uint64{1000, 100, 10, 1} {
			d := g / size % 10
			if d == 0 {
				zero = zero || b.Len() > 0
				continue
			}
			if zero {
				b.WriteString(digit(0))
			}
			zero = false
			b.WriteString(digit(d) + []string{"仟", "佰", "拾", ""}[place])
		}
		if g > 0 {
			b.WriteString(names[i])
			zero = false // 壹拾万柒仟: none is needed behind the name of a group
		}
	}
	return b.String()
}
