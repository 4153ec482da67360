package sqltext

import (
	"strings"
	"testing"
)

func TestTokensAreTheText(t *testing.T) {
	const sql = "SELECT \"a b\", 'it''s -- no', $12 /* c */ -- d\nFROM x WHERE y<=3.5 AND z::text || 'q' <> '';"
	tokens, err := Lex(sql)
	if err != nil {
		t.Fatal(err)
	}
	var text, kinds strings.Builder
	for _, token := range tokens {
		text.WriteString(token.Text)
		if token.Kind != Space {
			kinds.WriteString(token.Text + "|")
		}
	}
	if text.String() != sql {
		t.Errorf("tokens give %q", text.String())
	}
	want := "SELECT|\"a b\"|,|'it''s -- no'|,|$12|/* c */|-- d|" +
		"FROM|x|WHERE|y|<=|3.5|AND|z|::|text||||'q'|<>|''|;|"
	if kinds.String() != want {
		t.Errorf("tokens\n%s\nwant\n%s", kinds.String(), want)
	}
	if tokens[2].Name() != "a b" || Code(tokens)[4].ParamNumber() != 0 && Code(tokens)[5].ParamNumber() != 12 {
		t.Errorf("names: %q", tokens[2].Name())
	}
	if last := tokens[len(tokens)-1]; last.Line != 2 {
		t.Errorf("the last token is on line %d", last.Line)
	}
}

func TestTextThatIsNoSQL(t *testing.T) {
	for _, sql := range []string{"'open", `"open`, "/* open", "a ; $", "x ? y", "`a`", "a := 1", "ä"} {
		if _, err := Lex(sql); err == nil {
			t.Errorf("%q was read", sql)
		}
	}
}

func TestTranslation(t *testing.T) {
	for _, c := range []struct{ sql, sqlite, postgres string }{
		{"SELECT a FROM b WHERE c = $1", "=", "="},
		{"c IN ids($2)", "c IN (SELECT value FROM json_each($2))", "c = ANY($2::bigint[])"},
		{"c not  in\n ids($2) AND d", "c not  in\n (SELECT value FROM json_each($2)) AND d",
			"c <> ALL($2::bigint[]) AND d"},
		{"c NOT IN (1, 2)", "=", "="},
		{"c IN (SELECT d FROM ids)", "=", "="},
		{"greatest(a, least(b, 3))", "max(a, min(b, 3))", "="},
		{"greatest + least", "=", "="},
		{"'greatest(a)' FOR UPDATE", "'greatest(a)' ", "="},
		{"x FOR SHARE", "x ", "="},
		{"x LIMIT 3 FOR UPDATE SKIP LOCKED", "x LIMIT 3 ", "="},
		{"x FOR UPDATE\n SKIP -- now\n LOCKED", "x ", "="},
		{"x FOR y", "=", "="},
	} {
		for name, form := range map[string]struct {
			translate func(string) (string, error)
			want      string
		}{"SQLite": {ForSQLite, c.sqlite}, "PostgreSQL": {ForPostgres, c.postgres}} {
			want := form.want
			if want == "=" {
				want = c.sql
			}
			if got, err := form.translate(c.sql); got != want || err != nil {
				t.Errorf("%s for %s: %q %v, want %q", c.sql, name, got, err, want)
			}
		}
	}
	if _, err := ForPostgres("SELECT ids($1)"); err == nil || !strings.Contains(err.Error(), "must follow IN") {
		t.Errorf("ids elsewhere: %v", err)
	}
	for _, translate := range []func(string) (string, error){ForSQLite, ForPostgres} {
		if _, err := translate("'open"); err == nil {
			t.Error("text that does not end was translated")
		}
	}
}

// FuzzLex: whatever is read is read whole, and can be translated for SQLite.
func FuzzLex(f *testing.F) {
	f.Add("SELECT a FROM b WHERE c IN ids($1) AND greatest(d, $2) > 'x''y' -- end\nFOR UPDATE SKIP LOCKED")
	f.Add("/* */ \"q\" NOT IN ids($1)")
	f.Fuzz(func(t *testing.T, sql string) {
		tokens, err := Lex(sql)
		if err != nil {
			return
		}
		var text strings.Builder
		for _, token := range tokens {
			text.WriteString(token.Text)
		}
		if text.String() != sql {
			t.Fatalf("%q became %q", sql, text.String())
		}
		if _, err := ForSQLite(sql); err != nil {
			t.Fatal(err)
		}
		ForPostgres(sql)
	})
}
