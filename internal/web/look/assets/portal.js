// The debtor's page without waiting: the sum follows the invoices that are chosen. Without
// this the page has a button for it.
(() => {
  "use strict";
  const form = document.getElementById("account");
  const sum = document.getElementById("sum");
  if (!form || !sum) return;
  document.documentElement.classList.add("live");
  let last = 0;
  form.addEventListener("change", async (e) => {
    if (e.target.name !== "item") return;
    const mine = ++last;
    try {
      const answer = await fetch(form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form)));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("sum");
      if (mine !== last || !fresh) return;
      sum.replaceChildren(...fresh.childNodes);
    } catch {
      document.documentElement.classList.remove("live");
    }
  });
})();
