// What is kept in the browser until the server has it: nothing typed is lost by a crash or an ended sign-in.
import { set } from "./choosing.js";
import { fitRows } from "./rows.js";
import { say } from "./texts.js";

const KEPT = "jiebang-draft:";
const NOT_KEPT = new Set(["csrf_token", "revision"]);

const place = (form) => `${KEPT}${form.dataset.draftId}:${form.getAttribute("action") || ""}`;

/** The hidden input with the revision that the page was made from. */
export const revision = (form) => form.querySelector('input[name="revision"]');

/** What stands in a form, as pairs in the order of the page. */
export function typed(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name));
}

/** Keep what stands in a form. `sent`: it was on its way, so a newer revision is most likely this one. */
export function keep(form, sent = false) {
  try {
    const kept = { sent, revision: revision(form)?.value, pairs: typed(form) };
    localStorage.setItem(place(form), JSON.stringify(kept));
  } catch {
    // No room or no permission: the page itself still holds what was typed.
  }
}

/** The server has it all: keep nothing. */
export function forget(form) {
  try {
    localStorage.removeItem(place(form));
  } catch {
    // Nothing was kept then.
  }
}

function kept(form) {
  try {
    return JSON.parse(localStorage.getItem(place(form)));
  } catch {
    return null;
  }
}

function putBack(form, pairs) {
  for (const table of form.querySelectorAll("table[data-rows]")) fitRows(table, pairs);
  const seen = new Map();
  for (const one of form.elements) {
    if (!one.name || ["hidden", "file", "submit", "fieldset", "output"].includes(one.type)) continue;
    if (one.type === "radio" || one.type === "checkbox") {
      one.checked = pairs.some(([name, value]) => name === one.name && value === one.value);
      continue;
    }
    // Rows and parts share names: the n-th control of a name has its n-th value.
    const at = seen.get(one.name) ?? 0;
    seen.set(one.name, at + 1);
    const values = pairs.filter(([name]) => name === one.name);
    if (at < values.length) set(one, values[at][1]);
  }
}

/** Put back what was kept and the server has not; whether there was any. */
export function restore(form) {
  const found = kept(form);
  const pairs = found?.pairs;
  const moved = found?.revision !== revision(form)?.value;
  if (!Array.isArray(pairs) || (found.sent && moved) || JSON.stringify(pairs) === JSON.stringify(typed(form))) {
    forget(form);
    return false;
  }
  // Saved elsewhere since: with the old revision the server compares the two instead of overwriting.
  if (moved && revision(form)) revision(form).value = found.revision;
  putBack(form, pairs);
  const notice = form.querySelector("[data-restored-notice]");
  notice.textContent = say(form, "restored");
  notice.hidden = false;
  return true;
}
