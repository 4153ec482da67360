// The few things that markup alone cannot do. Every page works without them.
(() => {
  "use strict";
  const $ = (q, from) => (from || document).querySelector(q);
  const all = (q, from) => Array.from((from || document).querySelectorAll(q));
  const typing = (e) => /^(input|textarea|select)$/i.test(e.target.tagName) || e.target.isContentEditable;

  // Copy buttons take the text of what they name.
  document.addEventListener("click", async (e) => {
    const copy = e.target.closest("[data-copy]");
    if (!copy) return;
    e.preventDefault();
    const from = document.getElementById(copy.dataset.copy);
    const text = from ? from.dataset.text || from.value || from.textContent.trim() : copy.dataset.copy;
    const was = copy.textContent;
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = copy.dataset.done || "Copied";
    } catch {
      const pick = document.createRange();
      if (from) { pick.selectNodeContents(from); getSelection().removeAllRanges(); getSelection().addRange(pick); }
      copy.textContent = "Press Ctrl C";
    }
    setTimeout(() => { copy.textContent = was; }, 1800);
  });

  // Choices that take effect at once, dialogs, printing.
  document.addEventListener("change", (e) => {
    if (e.target.matches("[data-submit]")) e.target.form.requestSubmit();
    if (e.target.matches("[data-all]")) {
      all(e.target.dataset.all).forEach((box) => { box.checked = e.target.checked; });
      count();
    }
    if (e.target.matches("[data-pick]")) count();
  });
  document.addEventListener("click", (e) => {
    const opens = e.target.closest("[data-dialog]");
    if (opens) { const d = document.getElementById(opens.dataset.dialog); if (d && d.showModal) { e.preventDefault(); d.showModal(); } }
    const shuts = e.target.closest("[data-close]");
    if (shuts) { const d = shuts.closest("dialog"); if (d) { e.preventDefault(); d.close(); } }
    if (e.target.closest("[data-print]")) { e.preventDefault(); window.print(); }
    all("details.menu[open]").forEach((m) => { if (!m.contains(e.target)) m.open = false; });
  });
  function count() {
    const n = all("[data-pick]:checked").length;
    all("[data-picked]").forEach((el) => { el.textContent = n ? n + " chosen" : "none chosen"; });
    all("[data-needs-pick]").forEach((el) => { el.disabled = n === 0; });
  }

  // Files may be dropped.
  all(".drop").forEach((zone) => {
    const input = $("input[type=file]", zone);
    if (!input) return;
    const stop = (e) => { e.preventDefault(); e.stopPropagation(); };
    ["dragenter", "dragover"].forEach((n) => zone.addEventListener(n, (e) => { stop(e); zone.classList.add("over"); }));
    ["dragleave", "drop"].forEach((n) => zone.addEventListener(n, (e) => { stop(e); zone.classList.remove("over"); }));
    zone.addEventListener("drop", (e) => {
      if (!e.dataTransfer || !e.dataTransfer.files.length) return;
      input.files = e.dataTransfer.files;
      input.form.requestSubmit();
    });
    input.addEventListener("change", () => { if (input.files.length && input.hasAttribute("data-auto")) input.form.requestSubmit(); });
  });

  // The editor of a text: fields go where the cursor is, findings lead to their line, and the
  // preview follows what is written, in the form that was looked at last.
  document.addEventListener("click", (e) => {
    const put = e.target.closest("[data-insert]"), line = e.target.closest("[data-line]");
    const area = (put || line) && document.getElementById((put || line).dataset.into);
    if (!area) return;
    e.preventDefault();
    area.focus();
    if (put) {
      area.setRangeText(put.dataset.insert, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      const lines = area.value.split("\n"), n = Number(line.dataset.line) - 1;
      const from = lines.slice(0, n).join("\n").length + (n > 0 ? 1 : 0);
      area.setSelectionRange(from, from + (lines[n] || "").length);
    }
  });
  all("form[data-live]").forEach((form) => {
    let view = $(form.dataset.live), wait = 0;
    const show = () => { if (view) form.requestSubmit(view); };
    form.addEventListener("click", (e) => { const b = e.target.closest("[data-view]"); if (b) view = b; });
    form.addEventListener("input", (e) => { if (e.target.name !== "why") { clearTimeout(wait); wait = setTimeout(show, 500); } });
    show();
  });

  // Long forms say that they are at work; files that are too many are not even sent.
  document.addEventListener("submit", (e) => {
    const b = e.submitter;
    const files = $("input[type=file][data-max]", e.target);
    if (files) {
      const size = Array.from(files.files).reduce((sum, f) => sum + f.size, 0);
      const large = size > Number(files.dataset.max);
      all("[data-too-large]", e.target).forEach((el) => { el.hidden = !large; });
      if (large) { e.preventDefault(); files.value = ""; return; }
      all("[data-busy]", e.target).forEach((el) => { el.hidden = false; });
      e.target.classList.add("busy");
    }
    if (e.target.matches("[data-progress]")) watch(e.target);
    if (b && b.dataset.wait) { b.textContent = b.dataset.wait; setTimeout(() => { b.disabled = true; }, 0); }
  });

  // How far a long form is, as the server tells it, until the next page is there.
  function watch(form) {
    const says = $("[data-busy]", form);
    if (!says) return;
    says.hidden = false;
    const rows = Number(form.dataset.rows || 0), began = says.textContent;
    const timer = setInterval(async () => {
      try {
        const answer = await fetch(form.dataset.progress);
        const text = answer.status === 200 ? await answer.text() : "";
        says.textContent = text ? text.replace(/ rows? read/, (s) => (rows ? " of " + rows.toLocaleString("en") : "") + s) : began;
      } catch { clearInterval(timer); }
    }, 400);
  }

  // A column that is pasted into a grid fills the fields below each other.
  document.addEventListener("paste", (e) => {
    const grid = e.target.closest && e.target.matches("input") && e.target.closest("[data-grid]");
    const lines = grid ? e.clipboardData.getData("text").split(/\r?\n/).map((l) => l.trim()) : [];
    if (lines.length < 2) return;
    e.preventDefault();
    const fields = all("input:not([type=hidden])", grid);
    const from = fields.indexOf(e.target);
    lines.forEach((l, i) => { if (fields[from + i]) fields[from + i].value = l; });
  });

  // The calendar: messages are dragged to another day, or taken there with the arrow keys from
  // their Move button; Enter drops them, Escape leaves them. The form beside them does it.
  let moving = null, over = null;
  const says = (text) => { const el = $("#move-says"); if (el) el.textContent = text || el.dataset.empty; };
  function aim(day) {
    over = day;
    all("[data-day]").forEach((d) => d.classList.toggle("over", d === day));
    if (!moving || !day) return;
    const from = moving.elements.from.value;
    says(day.dataset.day < from ? "They stand on the first day that the rules allow: they can only be put off." : day.dataset.note);
  }
  function drop() {
    const form = moving, day = over;
    aim(null);
    moving = null;
    if (!form || !day || day.dataset.day === form.elements.from.value) { says(""); return; }
    form.elements.to.removeAttribute("min"); // the server says what is wrong with an earlier day
    form.elements.to.value = day.dataset.day;
    form.requestSubmit();
  }
  document.addEventListener("dragstart", (e) => {
    const line = e.target.closest && e.target.closest("[data-move]");
    moving = line && $("form", line);
    if (!moving) return;
    e.dataTransfer.effectAllowed = "move";
    e.dataTransfer.setData("text/plain", line.textContent.trim());
  });
  document.addEventListener("dragover", (e) => {
    const day = moving && e.target.closest && e.target.closest("[data-day]");
    if (!day) return;
    e.preventDefault();
    if (day !== over) aim(day);
  });
  document.addEventListener("drop", (e) => { if (moving && over) { e.preventDefault(); drop(); } });
  document.addEventListener("dragend", () => { aim(null); moving = null; });
  document.addEventListener("keydown", (e) => {
    const line = e.target.matches && e.target.matches("summary") && e.target.closest("[data-move]");
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (line && by) {
      e.preventDefault();
      const list = all("[data-day]");
      if (!moving) { moving = $("form", line); over = line.closest("[data-day]"); }
      aim(list[Math.min(list.length - 1, Math.max(0, list.indexOf(over) + by))]);
    } else if (moving && line && e.key === "Enter") {
      e.preventDefault();
      drop();
    } else if (moving && e.key === "Escape") {
      aim(null);
      moving = null;
      says("");
    }
  });

  // What an address names is opened where it is folded, and its first field is ready to type in.
  function unfold() {
    const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!named || !named.matches("details")) return;
    named.open = true;
    const f = $("input:not([type=hidden]),select,textarea", named);
    if (f) f.focus({ preventScroll: true });
    named.scrollIntoView({ block: "nearest" });
  }
  addEventListener("hashchange", unfold);
  document.addEventListener("click", (e) => {
    const to = e.target.closest('a[href^="#"]');
    if (to && to.hash === location.hash) setTimeout(unfold, 0);
  });
  unfold();

  // Keyboard: / search, j k move, Enter open, ? all keys; letters of a page stand on its buttons.
  let at = -1;
  const rows = () => all("[data-row]");
  function move(by) {
    const list = rows();
    if (!list.length) return;
    if (at < 0) at = list.findIndex((r) => r.classList.contains("sel"));
    at = Math.min(list.length - 1, Math.max(0, at + by));
    list.forEach((r, i) => r.classList.toggle("sel", i === at));
    const link = list[at].matches("a") ? list[at] : $("a", list[at]);
    if (link) link.focus({ preventScroll: true });
    list[at].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape" && typing(e)) { e.target.blur(); return; }
    if (typing(e) || $("dialog[open]")) return;
    switch (e.key) {
      case "/": { const s = $("#search"); if (s) { e.preventDefault(); s.focus(); s.select(); } return; }
      case "?": { const d = $("#keys"); if (d) { e.preventDefault(); d.showModal(); } return; }
      case "j": move(1); return;
      case "k": move(-1); return;
    }
    const target = $('[data-key="' + CSS.escape(e.key) + '"]');
    if (target) {
      e.preventDefault();
      if (target.matches("summary")) { target.parentElement.open = true; const f = $("input:not([type=hidden]),select,textarea", target.parentElement); if (f) f.focus(); }
      else if (target.matches("details")) { target.open = true; const f = $("input:not([type=hidden]),select,textarea", target); target.scrollIntoView({ block: "nearest" }); if (f) f.focus(); }
      else if (target.matches("textarea")) target.focus();
      else target.click();
    }
  });

  count();
})();
