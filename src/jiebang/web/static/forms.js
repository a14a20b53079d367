// Makes forms kinder where scripts run. Every form works without it.
// All texts come from the server in data-text-* attributes.
import { showAsked } from "./forms/asked.js";
import { autosave } from "./forms/autosave.js";
import { makeSearchable } from "./forms/choosing.js";
import { count, countAll } from "./forms/counters.js";
import { followDivisions } from "./forms/divisions.js";
import { followAnswers } from "./forms/following.js";
import { goTo, goWhereLinked } from "./forms/places.js";
import { act } from "./forms/rows.js";

function start(form) {
  const refresh = () => {
    showAsked(form);
    followAnswers(form);
  };
  form.addEventListener("input", (event) => {
    if (event.target.dataset.limit) count(form, event.target);
    refresh();
  });
  form.addEventListener("change", refresh);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-act]");
    if (button) {
      event.preventDefault();
      act(form, button);
      makeSearchable(form);
      refresh();
      form.dispatchEvent(new Event("jiebang:rows"));
    }
    const link = event.target.closest("[data-error-summary] a");
    if (link && goTo(form, link.hash)) event.preventDefault();
  });
  followDivisions(form);
  if (form.dataset.autosaveUrl && form.dataset.draftId) autosave(form);
  countAll(form);
  refresh();
  makeSearchable(form);
  goWhereLinked(form);
  form.dataset.ready = "";
}

for (const form of document.querySelectorAll("form[data-form]")) start(form);
