// Questions that depend on the answers to others.

const isAnswer = (one) => one.name && !one.name.startsWith("asked:") && !one.name.startsWith("__");
const isChosen = (one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.type !== "hidden");

/** The controls of a question that stand in the page, whether asked or not. */
function controls(form, key) {
  return [...form.elements].filter((one) => one.name === key && isAnswer(one));
}

/** What is answered to a question now; nothing where the question itself is not asked. */
export function answered(form, key) {
  return controls(form, key)
    .filter((one) => isChosen(one) && !one.closest("[data-asked=no]"))
    .map((one) => one.value);
}

function filled(form, key) {
  const item = form.querySelector(`[data-item="${CSS.escape(key)}"]`);
  if (!item || item.closest("[data-asked=no]")) return false;
  const given = (one) => isAnswer(one) && (isChosen(one) || one.name === key) && one.value.trim() !== "";
  return [...item.querySelectorAll("input, select, textarea")].some(given);
}

function holds(form, condition) {
  const item = form.querySelector(`[data-item="${CSS.escape(condition.field)}"]`);
  // A question on another page, or one that cannot be changed here: the server decided.
  if (!item || item.classList.contains("form-closed")) return true;
  if ("filled" in condition) return filled(form, condition.field) === condition.filled;
  return answered(form, condition.field).some((one) => condition.any.includes(one));
}

/** Show the questions and sections that the answers call for, hide the others. */
export function showAsked(form) {
  // In the order of the page, so that a question behind a hidden one is hidden too.
  for (const part of form.querySelectorAll("[data-shown-when]")) {
    const asked = JSON.parse(part.dataset.shownWhen).every((condition) => holds(form, condition));
    part.hidden = !asked;
    part.dataset.asked = asked ? "yes" : "no";
  }
}
