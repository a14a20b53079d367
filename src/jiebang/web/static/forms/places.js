// Where a link leads on a page of questions.

const takesFocus = (one) => one.type !== "hidden" && one.tabIndex >= 0;

/** Move the focus to the question or control that a hash such as `#q-name` leads to; whether there is one. */
export function goTo(form, hash) {
  const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (!target || !form.contains(target)) return false;
  const question = target.closest("[data-item]");
  (question ?? target).scrollIntoView({ block: "start" });
  const controls = [...question?.querySelectorAll("input, select, textarea, button") ?? []];
  // A list that can be searched takes the place of the one the page was sent with.
  const place = target === question ? controls.find(takesFocus) : target;
  if (place?.tomselect) place.tomselect.focus();
  else place?.focus({ preventScroll: true });
  return true;
}

/** On a fresh page: to the question that the address names, else to the list of errors. */
export function goWhereLinked(form) {
  if (!goTo(form, location.hash)) form.querySelector("[data-error-summary]")?.focus();
}
