// What was typed into a form is kept in this window until it has been saved: a reload, a lost line, a session
// that ended in between lose nothing. A form asks for it with `data-draft`, the key that it is kept under.
"use strict";
const SENT = "draft sent";
const kept = (key) => {
  try {
    return JSON.parse(sessionStorage.getItem(`draft ${key}`)) ?? {};
  } catch {
    return {};
  }
};
const typed = (form) => {
  const fields = [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type));
  return fields.filter((field) => field.tagName !== "BUTTON");
};
const sent = sessionStorage.getItem(SENT);
sessionStorage.removeItem(SENT);
if (sent && document.querySelector("[data-saved]")) sessionStorage.removeItem(`draft ${sent}`);
for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = form.dataset.draft;
  const draft = kept(key);
  // What the server gives back with a mistake in it is as the person typed it.
  if (!form.querySelector("[role=alert]")) {
    const changed = typed(form).filter((field) => field.name in draft && draft[field.name] !== field.value);
    for (const field of changed) field.value = draft[field.name];
    if (changed.length) {
      form.querySelector("[data-draft-note]").hidden = false;
      form.closest("details")?.setAttribute("open", "");
    }
  }
  form.addEventListener("input", () => {
    const fields = Object.fromEntries(typed(form).map((field) => [field.name, field.value]));
    sessionStorage.setItem(`draft ${key}`, JSON.stringify(fields));
  });
  form.addEventListener("submit", () => sessionStorage.setItem(SENT, key));
}
