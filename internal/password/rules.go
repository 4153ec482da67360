package password

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Least and Most bound the length of a password, in characters. There is no rule about
// what it is made of: length is what counts, and a few words make a good one.
const (
	Least = 12
	Most  = 200
)

// Problem says why a password is not accepted; "" is a good one.
type Problem string

// Problems.
const (
	TooShort Problem = "too_short"
	TooLong  Problem = "too_long"
	Common   Problem = "common"   // among the first that are tried
	Personal Problem = "personal" // made of the login, the name or the address
)

// Words is what to tell the user.
func (p Problem) Words() string {
	switch p {
	case TooShort:
		return "use at least 12 characters; three or four words that nobody would put together are easy to keep"
	case TooLong:
		return "use at most 200 characters"
	case Common:
		return "this is one of the first passwords that are tried; three or four words that nobody would put " +
			"together are better"
	case Personal:
		return "leave out your name, your login and your address"
	}
	return ""
}

//go:embed common.txt
var commonList string

// common are words that passwords are made of, in small letters, without digits and
// signs around them.
var common = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(commonList) {
		m[w] = true
	}
	return m
}()

// Check says what is wrong with a password that somebody chose. about are the words that
// belong to the user: login, name, mail address, company.
func Check(password string, about ...string) Problem {
	n := utf8.RuneCountInString(password)
	switch {
	case n < Least:
		return TooShort
	case n > Most:
		return TooLong
	case guessable(password):
		return Common
	}
	for _, word := range about {
		if personal(letters(password), word) {
			return Personal
		}
	}
	return ""
}

// guessable reports whether a password is a known word, or nothing but a row of keys, a
// repetition or a count, with digits and signs around it.
func guessable(password string) bool {
	small := strings.ToLower(password)
	core := strings.TrimFunc(small, func(r rune) bool { return !unicode.IsLetter(r) })
	plain := letters(small)
	if common[core] || common[plain] || common[unit(plain)] || distinct(small) < 5 {
		return true
	}
	return utf8.RuneCountInString(unit(small)) < 6 || runs(small)
}

// letters is a text in small letters without anything else, with the digits that often
// stand for letters read as such.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if at := strings.IndexRune("013457@$!", r); at >= 0 {
			return rune("oieastasi"[at])
		}
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimRightFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }))
}

// unit is what a text repeats: "abc" of "abcabcabc", else the text itself.
func unit(s string) string {
	for n := 1; n <= len(s)/2; n++ {
		if len(s)%n == 0 && strings.Repeat(s[:n], len(s)/n) == s {
			return s[:n]
		}
	}
	return s
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// rows are the keys as they lie side by side, and as they are counted.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
	"qwertzuiop", "yxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"}

// runs reports whether nearly all of a text follows rows of keys, forwards or backwards:
// at most a quarter of its steps leave them.
func runs(s string) bool {
	chars := []rune(s)
	leaves := 0
	for i := 1; i < len(chars); i++ {
		pair, back := string(chars[i-1:i+1]), string([]rune{chars[i], chars[i-1]})
		follows := chars[i] == chars[i-1]
		for _, row := range rows {
			follows = follows || strings.Contains(row, pair) || strings.Contains(row, back)
		}
		if !follows {
			leaves++
		}
	}
	return leaves*4 < len(chars)
}

// personal reports whether little is left of a password without a word that belongs to
// the user.
func personal(plain, word string) bool {
	for _, part := range strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(part) >= 4 {
			plain = strings.ReplaceAll(plain, part, "")
		}
	}
	return utf8.RuneCountInString(plain) < 4
}
