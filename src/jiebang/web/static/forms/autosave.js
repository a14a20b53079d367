// A draft saves itself; what could not be saved is kept in the browser and given back by the next load.
import { forget, keep, restore, revision, typed } from "./kept.js";
import { say } from "./texts.js";

const SAVE_MS = 4000;
const KEEP_MS = 400;

async function post(form) {
  const body = new FormData(form);
  // Files are sent with the form itself, not with every pause in typing.
  for (const name of [...body.keys()]) if (name.startsWith("upload:")) body.delete(name);
  return fetch(form.dataset.autosaveUrl, {
    method: "POST",
    body: new URLSearchParams([...body]),
    headers: { "X-CSRF-Token": body.get("csrf_token") || "", Accept: "application/json" },
    credentials: "same-origin",
    redirect: "manual",
  });
}

function why(response) {
  if (response.status === 409) return "conflict";
  return response.type === "opaqueredirect" || [401, 403].includes(response.status) ? "signed-out" : "offline";
}

async function save(form) {
  const before = JSON.stringify(typed(form));
  try {
    const response = await post(form);
    if (!response.ok) {
      keep(form);
      return say(form, why(response));
    }
    const answer = await response.json();
    if (revision(form) && answer.revision !== undefined) revision(form).value = answer.revision;
    if (before === JSON.stringify(typed(form))) forget(form);
    else keep(form);
    return say(form, "saved", { time: answer.saved_at_text });
  } catch {
    keep(form);
    return say(form, "offline");
  }
}

/** Whether something was typed before this script was there to see it. */
function begun(form) {
  return [...form.elements].some((one) => {
    if (one.type === "radio" || one.type === "checkbox") return one.checked !== one.defaultChecked;
    if (one.tagName === "SELECT") return one.selectedIndex > 0 && !one.options[one.selectedIndex].defaultSelected;
    const written = one.tagName === "TEXTAREA" || (one.tagName === "INPUT" && !["hidden", "file"].includes(one.type));
    return written && one.value !== one.defaultValue;
  });
}

/** Start saving a form while it is filled in. */
export function autosave(form) {
  const status = form.querySelector("[data-autosave-status]");
  let saving = null;
  let keeping = null;
  let busy = false;

  async function run() {
    saving = null;
    if (busy) {
      soon();
      return;
    }
    busy = true;
    clearTimeout(keeping);
    status.textContent = await save(form);
    busy = false;
  }

  function soon() {
    saving ??= setTimeout(run, SAVE_MS);
    clearTimeout(keeping);
    keeping = setTimeout(() => keep(form), KEEP_MS);
  }

  for (const event of ["input", "change", "jiebang:rows"]) form.addEventListener(event, soon);
  // A page that is left before the pause ends keeps what was typed.
  window.addEventListener("pagehide", () => {
    if (saving !== null) keep(form);
  });
  form.addEventListener("submit", () => {
    clearTimeout(saving);
    clearTimeout(keeping);
    saving = null;
    keep(form, true);
  });
  if (restore(form) || begun(form)) soon();
}
