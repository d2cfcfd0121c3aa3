package words

import (
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

// tongue is what the formats of this package need to say in a language. A
// span's unit stands alone (20分钟) or before another (3小时20分).
type tongue struct {
	today, yesterday, tomorrow string
	day, hour, minute, second  [2]string
	between, instant           string // between two parts of a span; less than a second
	comma                      string // between things of one kind
}

var tongues = map[string]*tongue{
	"zh": {
		today: "今天 ", yesterday: "昨天 ", tomorrow: "明天 ",
		day: [2]string{"天", "天"}, hour: [2]string{"小时", "小时"}, minute: [2]string{"分钟", "分"}, second: [2]string{"秒", "秒"},
		instant: "不到1秒", comma: "、",
	},
	"en": {
		today: "Today ", yesterday: "Yesterday ", tomorrow: "Tomorrow ",
		day: [2]string{" d", " d"}, hour: [2]string{" h", " h"}, minute: [2]string{" min", " min"}, second: [2]string{" s", " s"},
		between: " ", instant: "under 1 s", comma: ", ",
	},
}

// Instant tells a moment as short as it can be seen from now: 今天 14:05,
// 昨天 09:10, 明天 08:00, 11-03 14:05 in this year, 2025-11-03 in another. Never
// is "".
func (w *Words) Instant(i period.Instant, now time.Time) string {
	if i.IsZero() {
		return ""
	}
	var space [32]byte
	b, t := space[:0], i.In(w.Zone)
	day, today := period.DayOf(t, w.Zone), period.DayOf(now, w.Zone)
	switch period.Days(today, day) {
	case 0:
		b = append(b, w.tongue.today...)
	case -1:
		b = append(b, w.tongue.yesterday...)
	case 1:
		b = append(b, w.tongue.tomorrow...)
	default:
		if day[:4] != today[:4] {
			return string(day)
		}
		b = append(append(b, day[5:]...), ' ')
	}
	return string(t.AppendFormat(b, "15:04"))
}

// Due tells a deadline as Instant does, midnight as the end of the day before: 今天 24:00.
func (w *Words) Due(i period.Instant, now time.Time) string {
	day, ends := i.Day(w.Zone), i.Add(-time.Minute)
	if i.IsZero() || day.Start(w.Zone) != i {
		return w.Instant(i, now)
	}
	if before, ok := strings.CutSuffix(w.Instant(ends, now), "23:59"); ok {
		return before + "24:00"
	}
	return w.Instant(ends, now)
}

// Full is 2026-11-21 14:05 on the clocks of the zone; "" for never.
func (w *Words) Full(i period.Instant) string {
	var space [32]byte
	return string(w.appendFull(space[:0], i))
}

func (w *Words) appendFull(b []byte, i period.Instant) []byte {
	if i.IsZero() {
		return b
	}
	return i.In(w.Zone).AppendFormat(b, "2006-01-02 15:04")
}

// Day is 2026-11-21 in either language, which no reader can mistake.
func (w *Words) Day(d period.Day) string { return string(d) }

// Money is 1,234.50, without the sign of the currency.
func (w *Words) Money(f money.Fen) string {
	var space [32]byte
	return string(appendMoney(space[:0], f))
}

// Number is 1,234.
func (w *Words) Number(n int64) string {
	var space [32]byte
	return string(appendGrouped(space[:0], n))
}

// List tells things of one kind one after another: 张三、李四.
func (w *Words) List(things []string) string { return strings.Join(things, w.tongue.comma) }

// Span says how long in its two largest units, cut, not rounded: 3小时20分 or
// 3 h 20 min, 2天, 45秒.
func (w *Words) Span(d time.Duration) string {
	var space [32]byte
	return string(w.appendSpan(space[:0], d))
}

func (w *Words) appendSpan(b []byte, d time.Duration) []byte {
	g := w.tongue
	if d < 0 {
		b, d = append(b, '-'), max(-d, -(d+1))
	}
	if d > 0 && d < time.Second {
		return append(b, g.instant...)
	}
	units := [...]struct {
		size time.Duration
		name *[2]string
	}{{24 * time.Hour, &g.day}, {time.Hour, &g.hour}, {time.Minute, &g.minute}, {time.Second, &g.second}}
	for i, u := range units {
		n := d / u.size
		if n == 0 {
			continue
		}
		b = strconv.AppendInt(b, int64(n), 10)
		if i < len(units)-1 {
			if rest := d % u.size / units[i+1].size; rest > 0 {
				b = append(append(b, u.name[1]...), g.between...)
				b = strconv.AppendInt(b, int64(rest), 10)
				return append(b, units[i+1].name[1]...)
			}
		}
		return append(b, u.name[0]...)
	}
	return append(append(b, '0'), g.minute[0]...)
}

func appendMoney(b []byte, f money.Fen) []byte {
	u := uint64(f)
	if f < 0 {
		b, u = append(b, '-'), -u
	}
	b = appendGroups(b, u/100)
	return append(b, '.', byte('0'+u/10%10), byte('0'+u%10))
}

// appendCount groups from five digits up: 1234 may be a year or a room.
func appendCount(b []byte, n int64) []byte {
	if n > -10000 && n < 10000 {
		return strconv.AppendInt(b, n, 10)
	}
	return appendGrouped(b, n)
}

func appendGrouped(b []byte, n int64) []byte {
	u := uint64(n)
	if n < 0 {
		b, u = append(b, '-'), -u
	}
	return appendGroups(b, u)
}

func appendGroups(b []byte, u uint64) []byte {
	var digits [20]byte
	d := strconv.AppendUint(digits[:0], u, 10)
	for i, c := range d {
		if i > 0 && (len(d)-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, c)
	}
	return b
}
