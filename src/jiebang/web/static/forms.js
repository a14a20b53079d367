// Makes forms kinder where scripts run: counters, autosave, questions that depend on others, rows.
// Every form works without it. All texts come from the server in data-text-* attributes.
"use strict";

(() => {
  const AUTOSAVE_MS = 4000;
  const KEPT = "jiebang-draft:";
  const NOT_KEPT = new Set(["csrf_token", "revision"]);

  const say = (form, name, words = {}) =>
    (form.getAttribute(`data-text-${name}`) || "").replace(/\{(\w+)\}/g, (_all, key) => words[key] ?? "");

  // ---- counters -------------------------------------------------------------------------------

  function count(form, area) {
    const place = form.querySelector(`[data-counter-for="${CSS.escape(area.id)}"]`);
    if (!place || !area.dataset.limit) return;
    const left = Number(area.dataset.limit) - [...area.value.trim()].length;
    place.textContent = say(form, left < 0 ? "over" : "left", { n: Math.abs(left) });
    place.classList.toggle("text-danger", left < 0);
  }

  // ---- questions that depend on others --------------------------------------------------------

  function answered(form, name) {
    return [...form.elements]
      .filter((one) => one.name === name && !one.closest("[data-asked=no]"))
      .filter((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : true))
      .map((one) => one.value);
  }

  function showAsked(form) {
    // In the order of the page, so that a question behind a hidden one is hidden too.
    for (const part of form.querySelectorAll("[data-shown-when]")) {
      const name = part.dataset.shownWhen;
      const known = [...form.elements].some((one) => one.name === name);
      // A question on another page was answered there: the server decides.
      const asked = !known || answered(form, name).some((one) => JSON.parse(part.dataset.shownValues).includes(one));
      part.hidden = !asked;
      part.dataset.asked = asked ? "yes" : "no";
    }
  }

  // ---- rows of a table ------------------------------------------------------------------------

  function renumber(table) {
    const key = table.dataset.rows;
    const id = new RegExp(`^(f-${key}-)\\d+`);
    [...table.tBodies[0].rows].forEach((row, index) => {
      for (const one of row.querySelectorAll("[id]")) one.id = one.id.replace(id, `$1${index}`);
      for (const one of row.querySelectorAll("[aria-describedby]")) {
        one.setAttribute("aria-describedby", one.getAttribute("aria-describedby").replace(id, `$1${index}`));
      }
      for (const one of row.querySelectorAll("[data-counter-for]")) {
        one.dataset.counterFor = one.dataset.counterFor.replace(id, `$1${index}`);
      }
      for (const one of row.querySelectorAll("button[data-act]")) one.name = `${one.dataset.act}:${key}:${index}`;
      for (const one of row.querySelectorAll("[data-label]")) {
        const label = one.dataset.label.replace("{n}", String(index + 1));
        if (one.hasAttribute("aria-label")) one.setAttribute("aria-label", label);
        else one.textContent = label;
      }
    });
    const add = table.closest("fieldset").querySelector('button[data-act="add"]');
    if (add && table.dataset.max) add.hidden = table.tBodies[0].rows.length >= Number(table.dataset.max);
  }

  function firstControl(row) {
    return row.querySelector("input:not([type=hidden]), select, textarea");
  }

  function act(form, button) {
    const group = button.closest("fieldset");
    const table = group.querySelector("table[data-rows]");
    const body = table.tBodies[0];
    const row = button.closest("tr");
    let said = "";
    if (button.dataset.act === "add") {
      const fresh = group.querySelector("template").content.querySelector("tr").cloneNode(true);
      body.append(fresh);
      renumber(table);
      said = say(form, "row-added", { n: body.rows.length });
      firstControl(fresh).focus();
    } else if (button.dataset.act === "remove") {
      const number = row.sectionRowIndex + 1;
      const next = row.nextElementSibling || row.previousElementSibling;
      if (next) {
        row.remove();
      } else {
        for (const one of row.querySelectorAll("input:not([type=hidden]), select, textarea")) one.value = "";
      }
      renumber(table);
      said = say(form, "row-removed", { n: number });
      firstControl(next || row).focus();
    } else {
      const other = button.dataset.act === "up" ? row.previousElementSibling : row.nextElementSibling;
      if (other && button.dataset.act === "up") other.before(row);
      else if (other) other.after(row);
      renumber(table);
      said = say(form, "row-moved", { n: row.sectionRowIndex + 1 });
      button.focus();
    }
    group.querySelector("[data-rows-status]").textContent = said;
  }

  // ---- what is kept in the browser when the server cannot be reached ---------------------------

  const place = (form) => KEPT + form.dataset.draftId + ":" + (form.getAttribute("action") || "");

  function typed(form) {
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name));
  }

  const revision = (form) => form.querySelector('input[name="revision"]');

  // sent: the form itself was on its way, so a newer revision on the server is most likely this one.
  function keep(form, sent = false) {
    try {
      const kept = { sent, revision: revision(form)?.value, pairs: typed(form) };
      localStorage.setItem(place(form), JSON.stringify(kept));
    } catch {
      // No room or no permission: the page itself still holds what was typed.
    }
  }

  function forget(form) {
    try {
      localStorage.removeItem(place(form));
    } catch {
      // Nothing was kept then.
    }
  }

  function restore(form) {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(place(form)));
    } catch {
      return false;
    }
    const pairs = kept?.pairs;
    const moved = kept?.revision !== revision(form)?.value;
    if (!Array.isArray(pairs) || (kept.sent && moved) || JSON.stringify(pairs) === JSON.stringify(typed(form))) {
      forget(form);
      return false;
    }
    // Saved elsewhere since: with the old revision the server compares the two instead of overwriting.
    if (moved && revision(form)) revision(form).value = kept.revision;
    for (const table of form.querySelectorAll("table[data-rows]")) {
      const start = pairs.findIndex(([name, value]) => name === "__start__" && value === `${table.dataset.rows}:sequence`);
      const end = pairs.findIndex(([name, value]) => name === "__end__" && value === `${table.dataset.rows}:sequence`);
      const rows = pairs.slice(start, end).filter(([name, value]) => name === "__start__" && value === "row:mapping").length;
      const template = table.closest("fieldset").querySelector("template");
      while (start >= 0 && table.tBodies[0].rows.length < rows) {
        table.tBodies[0].append(template.content.querySelector("tr").cloneNode(true));
      }
      while (start >= 0 && rows > 0 && table.tBodies[0].rows.length > rows) table.tBodies[0].lastElementChild.remove();
      renumber(table);
    }
    const controls = new Map();
    for (const one of form.elements) {
      if (!one.name || one.type === "hidden" || one.type === "file" || one.tagName === "BUTTON") continue;
      if (one.tagName === "FIELDSET") continue;
      if (one.type === "radio" || one.type === "checkbox") {
        one.checked = pairs.some(([name, value]) => name === one.name && value === one.value);
      } else {
        controls.set(one.name, [...(controls.get(one.name) || []), one]);
      }
    }
    for (const [name, ones] of controls) {
      const values = pairs.filter(([other]) => other === name).map(([, value]) => value);
      ones.forEach((one, index) => {
        if (index < values.length) one.value = values[index];
      });
    }
    const notice = form.querySelector("[data-restored-notice]");
    if (notice) {
      notice.textContent = say(form, "restored");
      notice.hidden = false;
    }
    return true;
  }

  // ---- autosave -------------------------------------------------------------------------------

  function autosave(form) {
    const status = form.querySelector("[data-autosave-status]");
    const tell = (text) => {
      if (status) status.textContent = text;
    };
    let timer = null;
    let busy = false;
    let again = false;

    async function save() {
      timer = null;
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      const before = JSON.stringify(typed(form));
      const body = new FormData(form);
      // Files are sent with the form itself, not with every pause in typing.
      for (const name of [...body.keys()]) if (name.startsWith("upload:")) body.delete(name);
      try {
        const response = await fetch(form.dataset.autosaveUrl, {
          method: "POST",
          body: new URLSearchParams([...body]),
          headers: { "X-CSRF-Token": body.get("csrf_token") || "", Accept: "application/json" },
          credentials: "same-origin",
          redirect: "manual",
        });
        if (response.ok) {
          const answer = await response.json();
          if (revision(form) && answer.revision !== undefined) revision(form).value = answer.revision;
          if (before === JSON.stringify(typed(form))) forget(form);
          tell(say(form, "saved", { time: answer.saved_at_text }));
        } else {
          keep(form);
          const signedOut = response.type === "opaqueredirect" || [401, 403].includes(response.status);
          tell(say(form, response.status === 409 ? "conflict" : signedOut ? "signed-out" : "offline"));
        }
      } catch {
        keep(form);
        tell(say(form, "offline"));
      }
      busy = false;
      if (again) {
        again = false;
        soon();
      }
    }

    function soon() {
      timer ??= setTimeout(save, AUTOSAVE_MS);
    }

    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    form.addEventListener("jiebang:rows", soon);
    // A page that is left before the pause ends keeps what was typed; the next load gives it back.
    window.addEventListener("pagehide", () => {
      if (timer !== null) keep(form);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      timer = null;
      keep(form, true);
    });
    return soon;
  }

  // ---- start ----------------------------------------------------------------------------------

  function start(form) {
    form.addEventListener("input", (event) => {
      if (event.target.dataset.limit) count(form, event.target);
    });
    form.addEventListener("change", () => showAsked(form));
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-act]");
      if (!button) return;
      event.preventDefault();
      act(form, button);
      form.dispatchEvent(new Event("jiebang:rows"));
    });
    if (form.dataset.autosaveUrl && form.dataset.draftId) {
      const soon = autosave(form);
      if (restore(form)) soon();
    }
    for (const area of form.querySelectorAll("textarea[data-limit]")) count(form, area);
    showAsked(form);
    form.querySelector("[data-error-summary]")?.focus();
  }

  for (const form of document.querySelectorAll("form[data-form]")) start(form);
})();
