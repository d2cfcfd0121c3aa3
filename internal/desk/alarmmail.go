package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"houqin/internal/base/letterbox"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// lettered are the lines of a letter that say more than that there is an alarm, by how they
// begin: 点位：A3-017.
var lettered = map[string]func(*Sound, string){
	"编号": func(s *Sound, v string) { s.ID = v }, "id": func(s *Sound, v string) { s.ID = v },
	"点位": func(s *Sound, v string) { s.Point = v }, "point": func(s *Sound, v string) { s.Point = v },
	"位置": func(s *Sound, v string) { s.Place = v }, "place": func(s *Sound, v string) { s.Place = v },
	"紧急程度": urgently, "urgency": urgently,
	"恢复": overWith, "cleared": overWith,
}

// urgencies are what letters call them.
var urgencies = map[string]Urgency{"紧急": Emergency, "emergency": Emergency, "急": Urgent, "urgent": Urgent, "普通": Normal, "normal": Normal}

func urgently(s *Sound, v string) {
	if u, ok := urgencies[strings.ToLower(v)]; ok {
		s.Urgency = u
	}
}

func overWith(s *Sound, v string) {
	s.Cleared = strings.EqualFold(v, "true") || strings.EqualFold(v, "yes") || v == "1" || v == "是" || v == "已恢复"
}

// Mailed is what a letter of a panel tells: its subject, or its first line where it has
// none, and what single lines say more. A letter that comes twice is one alarm.
func Mailed(l *letterbox.Letter) Sound {
	s := Sound{ID: l.ID, Text: l.Subject}
	if !l.At.IsZero() {
		s.At = period.At(l.At)
	}
	for line := range strings.Lines(l.Text) {
		line = strings.TrimSpace(line)
		if s.Text == "" {
			s.Text = line
		}
		name, value, ok := strings.Cut(strings.Replace(line, "：", ":", 1), ":")
		if set := lettered[strings.ToLower(strings.TrimSpace(name))]; ok && set != nil {
			set(&s, words.Begin(strings.TrimSpace(value), 60))
		}
	}
	if s.ID == "" {
		sum := sha256.Sum256([]byte(l.From + "\n" + l.At.String() + "\n" + l.Subject + "\n" + l.Text))
		s.ID = hex.EncodeToString(sum[:16])
	}
	if s.Text == "" {
		s.Text = "—"
	}
	s.ID, s.Text = words.Begin(s.ID, 100), words.Begin(s.Text, 200)
	return s
}
