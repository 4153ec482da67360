package sqltext

import (
	"fmt"
	"strings"
)

// TokenKind is the kind of a Token.
type TokenKind uint8

// Kinds of token.
const (
	Space TokenKind = iota
	Comment
	Word // identifier or keyword, unquoted
	Quoted
	Number
	String
	Param // $1
	Punct // one character, or <= >= <> != || ::
)

// Token is a piece of SQL text. The texts of all tokens together are the input.
type Token struct {
	Kind TokenKind
	Text string
	Line int // of its first character, from 1
}

// Is reports whether the token is this keyword, in any case.
func (t Token) Is(word string) bool { return t.Kind == Word && strings.EqualFold(t.Text, word) }

// IsPunct reports whether the token is this punctuation.
func (t Token) IsPunct(text string) bool { return t.Kind == Punct && t.Text == text }

// Name is the identifier in lower case, quotes removed; "" for other tokens.
func (t Token) Name() string {
	switch t.Kind {
	case Word:
		return strings.ToLower(t.Text)
	case Quoted:
		return strings.ReplaceAll(t.Text[1:len(t.Text)-1], `""`, `"`)
	}
	return ""
}

// Lex splits SQL into tokens. It fails on text that does not end (a string, a
// comment) and on characters outside the language.
func Lex(sql string) ([]Token, error) {
	var tokens []Token
	line := 1
	for at := 0; at < len(sql); {
		kind, n := scan(sql[at:])
		if n <= 0 {
			return nil, fmt.Errorf("line %d: cannot read %.20q", line, sql[at:])
		}
		text := sql[at : at+n]
		tokens = append(tokens, Token{kind, text, line})
		line += strings.Count(text, "\n")
		at += n
	}
	return tokens, nil
}

// Code drops spaces and comments.
func Code(tokens []Token) []Token {
	var code []Token
	for _, t := range tokens {
		if t.Kind != Space && t.Kind != Comment {
			code = append(code, t)
		}
	}
	return code
}

// scan returns the kind and length of the first token; length 0 if there is none.
func scan(s string) (TokenKind, int) {
	switch c := s[0]; {
	case isSpace(c):
		return Space, span(s, isSpace)
	case strings.HasPrefix(s, "--"):
		if n := strings.IndexByte(s, '\n'); n >= 0 {
			return Comment, n
		}
		return Comment, len(s)
	case strings.HasPrefix(s, "/*"):
		if n := strings.Index(s, "*/"); n >= 2 {
			return Comment, n + 2
		}
		return Comment, 0
	case c == '\'':
		return String, quoted(s, '\'')
	case c == '"':
		return Quoted, quoted(s, '"')
	case c == '$':
		if n := span(s[1:], isDigit); n > 0 {
			return Param, n + 1
		}
		return Param, 0
	case isDigit(c):
		return Number, span(s, func(c byte) bool { return isDigit(c) || c == '.' })
	case isLetter(c):
		return Word, span(s, func(c byte) bool { return isLetter(c) || isDigit(c) })
	}
	for _, p := range []string{"<=", ">=", "<>", "!=", "||", "::"} {
		if strings.HasPrefix(s, p) {
			return Punct, 2
		}
	}
	if strings.IndexByte("(),;.=<>+-*/%[]", s[0]) >= 0 {
		return Punct, 1
	}
	return Punct, 0
}

// quoted is the length of a string in which the quote is doubled to stand for itself.
func quoted(s string, quote byte) int {
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			i++
			continue
		}
		return i + 1
	}
	return 0
}

func span(s string, in func(byte) bool) int {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
