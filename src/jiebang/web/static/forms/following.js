// What follows from answers while one types: sums and counts, and answers inside a text.
// The server says the same after saving; here it is only sooner.
import { answered } from "./asked.js";
import { say } from "./texts.js";

const FEN = { 元: 100, 万元: 1_000_000 };

/** A typed number in plain digits, money in fen; NaN for what is none. */
function number(control) {
  const digits = control.value.normalize("NFKC").replace(/[\s,]/g, "").replace(/(万元|元)$/, "");
  if (!/^[+-]?\d+(\.\d+)?$/.test(digits)) return NaN;
  return control.dataset.unit ? Math.round(Number(digits) * FEN[control.dataset.unit]) : Number(digits);
}

function asked(form, selector) {
  return [...form.querySelectorAll(selector)].filter((one) => !one.closest("[data-asked=no]"));
}

/** The numbers at `key`, or in the column of `table.column`; null where one of them cannot be read. */
function numbers(form, path) {
  const [key, column] = path.split(".");
  const inside = `[data-item="${CSS.escape(key)}"]`;
  const worked = form.querySelector(`${inside} output[data-computed]`);
  if (worked) return worked.dataset.value ? [Number(worked.dataset.value)] : [];
  const named = `[name="${CSS.escape(column ?? key)}"]`;
  const found = asked(form, `${inside} ${named}`).filter((one) => one.value.trim()).map(number);
  return found.some(Number.isNaN) ? null : found;
}

function rowsFilled(form, key) {
  const rows = asked(form, `table[data-rows="${CSS.escape(key)}"] tbody tr`);
  const given = (one) => one.value.trim() !== "";
  return rows.filter((row) => [...row.querySelectorAll("input:not([type=hidden]), select, textarea")].some(given)).length;
}

/** The mean of a column weighted by another, where every row has both and the weights come to 100. */
function weighted(form, paths) {
  const [values, weights] = paths.map((path) => numbers(form, path));
  if (!values?.length || values.length !== weights?.length) return null;
  if (Number(weights.reduce((sum, one) => sum + one, 0).toFixed(6)) !== 100) return null;
  return values.reduce((sum, one, at) => sum + one * weights[at], 0) / 100;
}

function result(form, rule) {
  if (rule.count) return rowsFilled(form, rule.count);
  if (rule.weighted) return weighted(form, rule.weighted);
  const found = (rule.sum ?? rule.difference).map((path) => numbers(form, path));
  // Half a sum would be a wrong one.
  if (found.includes(null)) return null;
  const sums = found.map((ones) => ones.reduce((sum, one) => sum + one, 0));
  if (rule.difference) return found.every((ones) => ones.length) ? sums[0] - sums[1] : null;
  return found.flat().length ? sums.reduce((sum, one) => sum + one, 0) : null;
}

function written(value, unit) {
  if (value === null) return "";
  // Money as the site writes it everywhere; other figures without what adding fractions leaves behind.
  const money = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return unit ? `${(value / FEN[unit]).toLocaleString("en-US", money)} ${unit}` : String(Number(value.toFixed(6)));
}

function onThisPage(form, rule) {
  const paths = [rule.count, ...(rule.sum ?? []), ...(rule.difference ?? []), ...(rule.weighted ?? [])];
  return paths
    .filter(Boolean)
    .every((path) => form.querySelector(`[data-item="${CSS.escape(path.split(".")[0])}"]:not(.form-closed)`));
}

function shown(form, key) {
  const control = [...form.elements].find((one) => one.name === key && one.type !== "hidden");
  if (!control) return null;
  const words = answered(form, key).map((value) => {
    if (control.tagName === "SELECT") return value ? control.selectedOptions[0].text : "";
    if (control.type !== "radio" && control.type !== "checkbox") return value;
    const chosen = [...form.elements].find((one) => one.name === key && one.value === value);
    return chosen?.labels[0]?.textContent ?? value;
  });
  return words.join(say(form, "join")).trim();
}

/** Bring up to date all that follows from answers on this page. */
export function followAnswers(form) {
  for (const output of form.querySelectorAll("output[data-computed]")) {
    const rule = JSON.parse(output.dataset.computed);
    if (!onThisPage(form, rule)) continue;
    const value = result(form, rule);
    output.dataset.value = value ?? "";
    output.textContent = written(value, output.dataset.unit) || output.dataset.blank;
    output.classList.toggle("form-output--blank", value === null);
  }
  for (const place of form.querySelectorAll("[data-shows]")) {
    const words = shown(form, place.dataset.shows);
    if (words !== null) place.textContent = words || place.dataset.blank;
  }
}
