package intake

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/sheet"
)

// cell reads one cell into its destination and says whether anything stands there.
func (p *Plan) cell(key string, c sheet.Cell, into any, spell *Spelling, most int) (given bool, err error) {
	c, merged := c.Whole(), c.Merged
	if c.IsError {
		return true, no(key, "intake.error_value", c.Text)
	}
	text := c.Text
	if over, ok := p.Mapping.Values[key][text]; ok {
		if text = strings.TrimSpace(over); text == "" {
			return false, nil
		}
		c = sheet.Cell{Text: text}
	}
	if text == "" {
		return false, nil
	}
	to, isText := into.(*string)
	if (!isText || spell != nil) && void(text) {
		p.note("intake.rule.void", p.title(key))
		return false, nil
	}
	if merged {
		switch into.(type) {
		case *int64, *money.Fen, *sheet.Decimal:
			return true, no(key, "intake.merged_number", text)
		}
		p.note("intake.rule.merged", p.title(key))
	}
	switch {
	case spell != nil && isText:
		word, ok := spell.find(text)
		if !ok {
			return true, no(key, spell.Unknown, text)
		}
		*to = word
		return true, nil
	case isText:
		if most == 0 {
			most = 200
		}
		if strings.ContainsRune(text, '\uFFFD') {
			return true, no(key, "intake.broken_text", text)
		}
		if utf8.RuneCountInString(text) > most {
			return true, no(key, "base.too_long", most)
		}
		*to = text
		return true, nil
	}
	if b, ok := into.(*bool); ok {
		word, known := yesNo.find(text)
		if !known {
			return true, no(key, yesNo.Unknown, text)
		}
		*b = word == "yes"
		return true, nil
	}
	switch to := into.(type) {
	case *period.Day:
		*to, err = sheet.DayOf(c, p.orders[key])
	case *period.Instant:
		*to, err = p.instant(c, p.orders[key])
	case *sheet.Decimal:
		*to, err = figure(c)
	case *int64:
		var d sheet.Decimal
		if d, err = figure(c); err == nil {
			n, whole := d.Scaled(0)
			if !whole {
				err = no(key, "intake.not_whole", text)
			}
			*to = n
		}
	case *money.Fen:
		var d sheet.Decimal
		if d, err = figure(c); err == nil {
			n, exact := d.Scaled(2)
			if !exact {
				err = no(key, "intake.finer_than_fen", text)
			}
			*to = money.Fen(n)
		}
	default:
		err = fmt.Errorf("intake: %s cannot be read into a %T", key, into)
	}
	return true, about(key, err)
}

// about makes a fault of a cell a complaint about its column.
func about(key string, err error) error {
	if f, ok := err.(*fault.Error); ok {
		return no(key, f.Key, f.Args...)
	}
	return err
}

// instant is a moment on the hospital's clocks, unless the text names a zone itself.
func (p *Plan) instant(c sheet.Cell, order sheet.Order) (period.Instant, error) {
	t, err := sheet.MomentOf(c, order)
	if err != nil {
		return 0, err
	}
	if t.Location() == time.UTC && (c.IsTime || !strings.HasSuffix(c.Text, "Z")) {
		y, m, d := t.Date()
		t = time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), p.zone)
	}
	return period.At(t), nil
}

// figure reads a number, also of money with its sign: ¥12.50, 12.50元.
func figure(c sheet.Cell) (sheet.Decimal, error) {
	if !c.IsNumber && !c.IsTime {
		s := strings.TrimSpace(c.Text)
		for _, sign := range []string{"¥", "￥", "$", "RMB", "人民币"} {
			s = strings.TrimSpace(strings.TrimPrefix(s, sign))
		}
		for _, sign := range []string{"元", "圆"} {
			s = strings.TrimSpace(strings.TrimSuffix(s, sign))
		}
		c.Text = s
	}
	return sheet.NumberOf(c)
}

// void says whether a text stands for nothing where a number, a date or a word of a
// vocabulary belongs.
func void(s string) bool {
	if strings.Trim(s, "*-—–_ ") == "" {
		return true // ********, as programs print what is too long or not there
	}
	switch strings.ToLower(strings.Trim(s, " .")) {
	case "/", "\\", "n/a", "na", "#n/a", "null", "nil", "none", "无", "暂无", "空", "未知", "不详", "?", "？", "0000-00-00":
		return true
	}
	return false
}

// plain is a text without what people write in different ways: case, width, spaces
// and the points of abbreviations.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		case r == 0x3000 || r == 0xA0 || r == '\t' || r == '\n' || r == '\r':
			r = ' '
		}
		return r
	}, strings.ToLower(s))
	return strings.TrimRight(strings.Join(strings.Fields(s), " "), ".:")
}
