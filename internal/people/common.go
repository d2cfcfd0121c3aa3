package people

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// commonest are the passwords that are guessed first: the 8,000 commonest of eight
// and more characters, and the 2,500 commonest words of four to seven letters, as
// the sorted first six bytes of their SHA-256. They were counted by the zxcvbn
// project (Dropbox, MIT licence, npm zxcvbn 4.4.2) in passwords that had leaked.
//
//go:embed common.bin
var commonest []byte

const printSize = 6

func among(s string) bool {
	sum := sha256.Sum256([]byte(s))
	at := func(i int) []byte { return commonest[i*printSize : (i+1)*printSize] }
	n := len(commonest) / printSize
	i := sort.Search(n, func(i int) bool { return bytes.Compare(at(i), sum[:printSize]) >= 0 })
	return i < n && bytes.Equal(at(i), sum[:printSize])
}

// local are words that people here begin or end a password with.
var local = strings.Fields(`woaini woaiwo aini woaiwojia wodemima mima zhongguo beijing shanghai guangzhou shenzhen baobao baobei laopo laogong
	mama baba xiaoxiao tiantian yiyuan renmin yisheng hushi huli houqin hospital doctor nurse admin root test user guest welcome
	wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang deng han feng cao peng`)

// rows are the ways a finger walks over the keys.
var rows = []string{"01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "!@#$%^&*()_+", "147258369", "789456123", "159753"}

// common says whether a password is one that is guessed first: a leaked favourite,
// such a word with digits or signs around it, a walk over the keys, a repetition, a
// date, a mobile number, a number of an identity card.
func common(password string) bool {
	s := strings.ToLower(strings.ReplaceAll(password, " ", ""))
	if among(s) || dull(s) || isNumber(s) {
		return true
	}
	// A word in its finery: Sunshine2027!, woaini1314. What is around it adds little.
	if w := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }); w != s && utf8.RuneCountInString(s)-utf8.RuneCountInString(w) <= 8 &&
		(w == "" && dull(letters(s)) || w != "" && (among(w) || slices.Contains(local, w) || dull(w))) {
		return true
	}
	// Digits with a letter or two: a123456789, 20270304zw.
	if d := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }); d != s && len(s)-len(d) <= 3 && (among(d) || dull(d) || isNumber(d)) {
		return true
	}
	return false
}

// letters is a text without its signs.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// dull: walks over the keys, and a few characters again and again.
func dull(s string) bool {
	r := []rune(s)
	if len(r) == 0 {
		return false
	}
	for n := 1; n <= 4 && n < len(r); n++ {
		again := true
		for i := n; i < len(r) && again; i++ {
			again = r[i] == r[i-n]
		}
		if again {
			return true
		}
	}
	back := slices.Clone(r)
	slices.Reverse(back)
	for _, row := range rows {
		if strings.Contains(row, s) || strings.Contains(row, string(back)) {
			return true
		}
	}
	return false
}

// isNumber: the numbers by which a person is known.
func isNumber(s string) bool {
	digits := len(s)
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			if i != 17 || s[i] != 'x' {
				return false
			}
		}
	}
	day := func(s string) bool { // of a month
		return s[0:2] >= "01" && s[0:2] <= "12" && s[2:4] >= "01" && s[2:4] <= "31"
	}
	switch digits {
	case 8:
		return (s[:2] == "19" || s[:2] == "20") && day(s[4:]) || day(s[:4]) && (s[4:6] == "19" || s[4:6] == "20")
	case 11:
		return s[0] == '1' && s[1] >= '3'
	case 18:
		return (s[6:8] == "19" || s[6:8] == "20") && day(s[10:14])
	}
	return false
}
