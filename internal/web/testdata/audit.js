// What a page must not have, whatever texts stand in it, and what it must say. The test runs
// this in a browser, on pages as they are shown and on pages as its parser reads them.
(() => {
	const mark = /zq[0-9]{4}/, marks = /zq[0-9]{4}/g;
	const foreign = ["base", "object", "embed", "applet", "frame", "frameset", "marquee", "portal", "plaintext", "xmp", "math", "foreignobject",
		"audio", "video", "source", "use", "animate", "set", "template", "font", "mglyph"];
	const says = ["value", "title", "alt", "aria-label", "placeholder", "href", "action", "id", "for", "name", "aria-labelledby",
		"aria-describedby", "download", "label", "datetime", "formaction", "list", "src", "headers", "content", "data-copy", "data-text"];
	const links = ["href", "src", "action", "formaction", "data", "xlink:href", "poster", "background", "cite", "data-hx-get", "data-hx-post",
		"data-hx-push-url", "hx-get", "hx-post"];
	const plain = (s) => s.replace(/[\s\p{Cc}\p{Cf}\p{Co}\p{Cn}\ufffd\u00b7]/gu, "");

	// one looks at an attribute; it returns what is wrong, or "".
	const one = (e, a, base, loose) => {
		if (!/^[a-zA-Z][a-zA-Z0-9:_-]*$/.test(a.name)) return "an odd attribute";
		if (/^on|^(x|v|ng)-|^(data-)?hx-(on|vals|vars|headers|ext|request)|^srcdoc$|^ping$|^srcset$|^http-equiv$|^is$/i.test(a.name)) return "an attribute that runs or loads";
		if (a.name === "data-style" && /url\(|expression|zq[0-9]/i.test(a.value)) return "a style";
		if (a.name === "style" && (!loose || /url\(|expression|zq[0-9]/i.test(a.value))) return "a style";
		if (links.includes(a.name)) {
			let to;
			try { to = new URL(a.value, base); } catch { return "an address that is none"; }
			const picture = e.localName === "img" && a.name === "src" && to.protocol === "data:";
			const nothing = e.localName === "link" && a.value === "data:,"; // the icon of a page that has none
			const mail = e.localName === "a" && (to.protocol === "mailto:" || to.protocol === "tel:");
			if (to.origin !== new URL(base).origin && !picture && !mail && !nothing && !(loose && to.protocol.startsWith("http"))) return "an address elsewhere";
		} else if (mark.test(a.value) && !says.includes(a.name) && !/^data-(?!hx)/.test(a.name)) return "a payload in an attribute";
		return "";
	};
	const audit = (doc, base, loose) => {
		const wrong = [];
		for (const e of doc.querySelectorAll("*")) {
			const tag = e.localName;
			if (e instanceof HTMLUnknownElement || foreign.includes(tag) || tag.includes("-") || tag === "noscript" && mark.test(e.textContent)) wrong.push("a foreign element: " + e.outerHTML.slice(0, 200));
			if (tag === "script" && !(e.src && new URL(e.getAttribute("src"), base).pathname.startsWith("/assets/") && !e.textContent)) wrong.push("a script: " + e.outerHTML.slice(0, 200));
			if (tag === "style" && (!loose || mark.test(e.textContent))) wrong.push("a style: " + e.outerHTML.slice(0, 200));
			for (const a of e.attributes) {
				const why = one(e, a, base, loose);
				if (why) wrong.push(why + ": " + a.name + " of " + e.outerHTML.slice(0, 300));
			}
		}
		return wrong;
	};
	// spoken is everything that a page says, in its text and in the attributes that are read out or filled in.
	const spoken = (doc) => {
		let all = doc.documentElement.textContent;
		for (const e of doc.querySelectorAll("[value],[title],[aria-label],[placeholder],[content]"))
			for (const n of ["value", "title", "aria-label", "placeholder", "content"]) all += " " + (e.getAttribute(n) || "");
		return all;
	};
	const result = (doc, base, page) => {
		const text = spoken(doc), short = plain(text);
		return { path: page.path, wrong: audit(doc, base, page.loose).slice(0, 5), marks: [...new Set(text.match(marks) || [])],
			missing: (page.texts || []).filter((t) => !short.includes(plain(t))) };
	};
	window.__audit = {
		here: (page) => result(document, location.href, page),
		// caught counts the payloads that would be noticed in a page that writes them down as they are.
		caught: (all) => all.filter((p) => [`<p>${p}</p>`, `<p title="${p}">x</p>`, `<p title='${p}'>x</p>`, `<a href="${p}">x</a>`, `<textarea>${p}</textarea>`].some(
			(html) => audit(new DOMParser().parseFromString(html, "text/html"), location.href, false).length)).length,
		// all reads pages without showing them, a few at a time.
		all: async (pages) => {
			const found = [];
			let next = 0;
			await Promise.all(Array.from({ length: 4 }, async () => {
				while (next < pages.length) {
					const page = pages[next++];
					const answer = await fetch(page.path, page.form ? { method: "POST", body: new URLSearchParams(page.form) } : {});
					const kind = answer.headers.get("Content-Type") || "";
					let body = await answer.text();
					if (page.loose) body = body.replaceAll(' style="', ' data-style="'); // its policy allows styles, that of this page does not
					if (answer.status >= 500) found.push({ path: page.path, wrong: ["status " + answer.status], marks: [], missing: [] });
					else if (kind.startsWith("text/html")) found.push(result(new DOMParser().parseFromString(body, "text/html"), new URL(page.path, location.href).href, page));
				}
			}));
			return found;
		},
	};
	return true;
})()
