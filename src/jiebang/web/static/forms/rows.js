// Rows of a table: add, remove, move. The same buttons do the same without scripts, by way of the server.
import { say } from "./texts.js";
import { countAll } from "./counters.js";
import { empty, forgetChoosing } from "./choosing.js";

const CONTROLS = "input:not([type=hidden]), select, textarea";
/** Attributes that name ids of the same row. */
const POINTING = ["id", "for", "aria-describedby", "aria-controls", "aria-owns", "aria-labelledby", "aria-activedescendant", "data-counter-for"];

function renumber(table) {
  const key = table.dataset.rows;
  const id = new RegExp(`\\b(f-${key}-)\\d+`, "g");
  [...table.tBodies[0].rows].forEach((row, index) => {
    for (const name of POINTING) {
      for (const one of row.querySelectorAll(`[${name}]`)) {
        one.setAttribute(name, one.getAttribute(name).replace(id, `$1${index}`));
      }
    }
    for (const one of row.querySelectorAll("button[data-act]")) one.name = `${one.dataset.act}:${key}:${index}`;
    for (const one of row.querySelectorAll("[data-label]")) {
      const label = one.dataset.label.replace("{n}", String(index + 1));
      if (one.hasAttribute("aria-label")) one.setAttribute("aria-label", label);
      else one.textContent = label;
    }
  });
  const add = table.closest("fieldset").querySelector('button[data-act="add"]');
  if (table.dataset.max) add.hidden = table.tBodies[0].rows.length >= Number(table.dataset.max);
}

const fresh = (table) =>
  table.closest("fieldset").querySelector("template").content.querySelector("tr").cloneNode(true);
/** The first control of a row that takes the focus: behind a list that can be searched stands one that does not. */
const first = (row) => [...row.querySelectorAll(CONTROLS)].find((one) => one.tabIndex >= 0);

function add(form, table) {
  const row = fresh(table);
  table.tBodies[0].append(row);
  // Before the button may go: a browser lets go of the focus with what it hides.
  first(row).focus();
  renumber(table);
  countAll(form);
  return say(form, "row-added", { n: table.tBodies[0].rows.length });
}

function remove(form, table, row) {
  const number = row.sectionRowIndex + 1;
  const next = row.nextElementSibling || row.previousElementSibling;
  if (!next) {
    for (const one of row.querySelectorAll(CONTROLS)) empty(one);
    countAll(form);
    first(row).focus();
    return say(form, "row-emptied", { n: number });
  }
  forgetChoosing(row);
  row.remove();
  renumber(table);
  first(next).focus();
  return say(form, "row-removed", { n: number });
}

function move(form, table, row, button) {
  const other = button.dataset.act === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (other && button.dataset.act === "up") other.before(row);
  else if (other) other.after(row);
  renumber(table);
  button.focus();
  return say(form, "row-moved", { n: row.sectionRowIndex + 1 });
}

/** Do what a row button says, keep the focus near, and say what was done. */
export function act(form, button) {
  const group = button.closest("fieldset");
  const table = group.querySelector("table[data-rows]");
  const row = button.closest("tr");
  const acts = { add, remove, up: move, down: move };
  group.querySelector("[data-rows-status]").textContent = acts[button.dataset.act](form, table, row, button);
}

/** Give a table as many rows as the posted pairs have for it. */
export function fitRows(table, pairs) {
  const mark = `${table.dataset.rows}:sequence`;
  const start = pairs.findIndex(([name, value]) => name === "__start__" && value === mark);
  const end = pairs.findIndex(([name, value]) => name === "__end__" && value === mark);
  const rows = pairs.slice(start, end).filter(([name, value]) => name === "__start__" && value === "row:mapping").length;
  const body = table.tBodies[0];
  if (start < 0 || rows === 0) return;
  while (body.rows.length < rows) body.append(fresh(table));
  while (body.rows.length > rows) body.lastElementChild.remove();
  renumber(table);
}
