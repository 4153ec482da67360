package sqltext

import (
	"fmt"
	"strconv"
	"strings"
)

// ForSQLite translates a statement for SQLite: ids($n) reads a JSON list, greatest
// and least are max and min, row locks are dropped.
func ForSQLite(sql string) (string, error) {
	tokens, err := Lex(sql)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if param, n := idsCall(tokens[i:]); n > 0 {
			b.WriteString("(SELECT value FROM json_each(" + param + "))")
			i += n - 1
			continue
		}
		if n := rowLock(tokens[i:]); n > 0 {
			i += n - 1
			continue
		}
		switch {
		case t.Is("greatest") && calls(tokens[i:]):
			b.WriteString("max")
		case t.Is("least") && calls(tokens[i:]):
			b.WriteString("min")
		default:
			b.WriteString(t.Text)
		}
	}
	return b.String(), nil
}

// ForPostgres translates a statement for PostgreSQL: x IN ids($n) becomes
// x = ANY($n::bigint[]), NOT IN becomes <> ALL.
func ForPostgres(sql string) (string, error) {
	tokens, err := Lex(sql)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i := 0; i < len(tokens); i++ {
		not, at := false, next(tokens, i)
		if tokens[i].Is("NOT") && at > 0 && tokens[at].Is("IN") {
			not = true
			at = next(tokens, at)
		} else if !tokens[i].Is("IN") {
			at = -1
		}
		if at > 0 {
			if param, n := idsCall(tokens[at:]); n > 0 {
				b.WriteString(map[bool]string{false: "= ANY(", true: "<> ALL("}[not] + param + "::bigint[])")
				i = at + n - 1
				continue
			}
		}
		if _, n := idsCall(tokens[i:]); n > 0 {
			return "", fmt.Errorf("line %d: ids($n) must follow IN or NOT IN", tokens[i].Line)
		}
		b.WriteString(tokens[i].Text)
	}
	return b.String(), nil
}

// ParamNumber is the n of a Param token.
func (t Token) ParamNumber() int {
	n, _ := strconv.Atoi(strings.TrimPrefix(t.Text, "$"))
	return n
}

// idsCall recognises ids($n) without spaces and returns "$n" and its token count.
func idsCall(t []Token) (string, int) {
	if len(t) >= 4 && t[0].Is("ids") && t[1].IsPunct("(") && t[2].Kind == Param && t[3].IsPunct(")") {
		return t[2].Text, 4
	}
	return "", 0
}

// rowLock recognises FOR UPDATE or FOR SHARE, with SKIP LOCKED, and returns its token count.
func rowLock(t []Token) int {
	if !t[0].Is("FOR") {
		return 0
	}
	at := next(t, 0)
	if at < 0 || !t[at].Is("UPDATE") && !t[at].Is("SHARE") {
		return 0
	}
	skip := next(t, at)
	if skip < 0 || !t[skip].Is("SKIP") {
		return at + 1
	}
	locked := next(t, skip)
	if locked < 0 || !t[locked].Is("LOCKED") {
		return 0
	}
	return locked + 1
}

func calls(t []Token) bool { return len(t) > 1 && t[1].IsPunct("(") }

// next is the index of the next token that is no space or comment; -1 at the end.
func next(t []Token, i int) int {
	for i++; i < len(t); i++ {
		if t[i].Kind != Space && t[i].Kind != Comment {
			return i
		}
	}
	return -1
}
