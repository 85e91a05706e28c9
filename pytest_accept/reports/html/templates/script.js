"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  // Storage may be refused to a page from disk; the choice then lasts as long as the page.
  const remembered = {
    get theme() { try { return localStorage.getItem("theme"); } catch { return null; } },
    set theme(value) { try { localStorage.setItem("theme", value); } catch { /* not kept */ } },
  };
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.querySelector(".theme");
  const isDark = () => (root.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
  const showTheme = () => button.setAttribute("aria-pressed", String(isDark()));
  if (["light", "dark"].includes(remembered.theme)) root.dataset.theme = remembered.theme;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remembered.theme = root.dataset.theme;
    showTheme();
  });
  prefersDark.addEventListener("change", showTheme);
  showTheme();

  const all = (selector) => Array.from(document.querySelectorAll(selector));

  // Rows and sections of a criterion carry its verdict and the words that find it.
  const filter = document.querySelector(".filter");
  if (filter) {
    const search = filter.querySelector("input[type=search]");
    const verdicts = Array.from(filter.querySelectorAll("input[type=checkbox]"));
    const said = filter.querySelector("[role=status]");
    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = new Set(verdicts.filter((box) => box.checked).map((box) => box.value));
      let shown = 0;
      let rows = 0;
      for (const item of all("[data-verdict]")) {
        const fits = (!verdicts.length || wanted.has(item.dataset.verdict))
          && words.every((word) => item.dataset.words.includes(word));
        item.hidden = !fits;
        if (item.tagName !== "TR") continue;
        rows += 1;
        shown += fits ? 1 : 0;
      }
      for (const group of all("[data-group]")) {
        group.hidden = !group.querySelector("[data-verdict]:not([hidden])");
      }
      said.textContent = shown === rows ? `all ${rows} shown` : `${shown} of ${rows} shown`;
    };
    filter.addEventListener("input", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
    filter.addEventListener("reset", () => setTimeout(apply));
    apply();
  }

  const open = (state) => { for (const each of all("details.criterion")) each.open = state; };
  for (const each of all("[data-open]")) {
    each.addEventListener("click", () => open(each.dataset.open === "all"));
  }

  // A link to a criterion opens it.
  const follow = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const details = target && target.closest("details");
    if (!details) return;
    for (const each of [details, details.closest("[data-group]")]) if (each) each.hidden = false;
    details.open = true;
    details.scrollIntoView();
    details.querySelector("summary").focus({ preventScroll: true });
  };
  addEventListener("hashchange", follow);
  for (const link of all("a[href^='#c-']")) link.addEventListener("click", () => setTimeout(follow));
  follow();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of closed) each.open = false; });
})();
