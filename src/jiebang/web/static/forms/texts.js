// What the server has the script say.

/** The text `data-text-<name>` of a form, with `words` put in for what stands in braces. */
export function say(form, name, words = {}) {
  const text = form.getAttribute(`data-text-${name}`) || "";
  return text.replace(/\{(\w+)\}/g, (_all, key) => words[key] ?? "");
}
