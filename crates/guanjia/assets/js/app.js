// What makes a page handier where scripts run. Every page works without this file.
"use strict";
// How many rows of a list are ticked, beside what can be done with them.
const countTicks = (form) => {
  const ticks = [...form.querySelectorAll(".tick")];
  const ticked = ticks.filter((tick) => tick.checked).length;
  const place = form.querySelector("[data-ticked]");
  place.textContent = ticked ? place.dataset.ticked.replace("#", ticked) : "";
  form.querySelectorAll(".ticked button").forEach((button) => (button.disabled = ticked === 0));
  const all = form.querySelector("[data-tick-all]");
  all.checked = ticked > 0 && ticked === ticks.length;
  all.indeterminate = ticked > 0 && ticked < ticks.length;
};
document.querySelectorAll("form.chosen-rows").forEach(countTicks);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  const form = event.target.closest("form.chosen-rows");
  if (!form) return;
  if (event.target.matches("[data-tick-all]")) form.querySelectorAll(".tick").forEach((tick) => (tick.checked = event.target.checked));
  countTicks(form);
});
// On a phone the rows come first: the filters wait behind their button, and chips say which are on.
if (matchMedia("(max-width: 720px)").matches) document.querySelectorAll(".filter-box").forEach((box) => (box.open = false));
// On paper nothing is folded: what a clause rests on is printed with it.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("main details:not([open])")];
  unfolded.forEach((details) => (details.open = true));
});
addEventListener("afterprint", () => unfolded.forEach((details) => (details.open = false)));
// What opens at the side takes the focus, and gives it back to the mark that opened it.
let opener = null;
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "side") return;
  opener = event.detail.requestConfig.elt;
  event.detail.target.focus();
});
const closeSide = () => {
  const side = document.getElementById("side");
  if (!side?.firstChild) return;
  side.replaceChildren();
  opener?.focus();
};
// A number that is copied comes as exact as it is known: the yuan behind the 亿元.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const around = range.commonAncestorContainer;
  const inside = (around.nodeType === Node.TEXT_NODE ? around.parentElement : around).closest("[data-exact]");
  if (inside && inside.textContent.trim() === selection.toString().trim()) {
    event.clipboardData.setData("text/plain", inside.dataset.exact);
    event.preventDefault();
  }
});
addEventListener("pageshow", () => document.querySelectorAll("form.chosen-rows").forEach(countTicks));
document.addEventListener("click", (event) => {
  const toggle = event.target.closest(".rail-toggle");
  if (toggle) {
    event.preventDefault();
    document.getElementById("rail").classList.toggle("open");
    return;
  }
  if (event.target.closest("[data-theme-switch]")) {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    return;
  }
  if (event.target.closest("[data-close-side]")) {
    closeSide();
    return;
  }
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a, button, input, label, select") && !getSelection().toString()) {
    location.href = row.dataset.href;
  }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing) {
    const search = document.getElementById("q");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  if (event.key === "Escape") {
    closeSide();
    document.querySelectorAll("details.menu[open]").forEach((menu) => (menu.open = false));
  }
});
