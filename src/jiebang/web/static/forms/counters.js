// How many characters are left in a long text.
import { say } from "./texts.js";

/** Count one text area anew. */
export function count(form, area) {
  const place = form.querySelector(`[data-counter-for="${CSS.escape(area.id)}"]`);
  if (!place || !area.dataset.limit) return;
  const left = Number(area.dataset.limit) - [...area.value.trim()].length;
  place.textContent = say(form, left < 0 ? "over" : "left", { n: Math.abs(left) });
  place.classList.toggle("text-danger", left < 0);
}

/** Count every text area of a form. */
export function countAll(form) {
  for (const area of form.querySelectorAll("textarea[data-limit]")) count(form, area);
}
