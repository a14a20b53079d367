// Long lists that can be searched: tom-select over a native list, which stays in the form and is sent.
import { say } from "./texts.js";

let library = null;

async function load() {
  library ??= import("../vendor/tom-select.base.min.js");
  await library;
  return globalThis.TomSelect;
}

function upgrade(TomSelect, form, select) {
  const label = select.getAttribute("aria-label") ?? select.labels[0]?.firstChild.textContent.trim();
  new TomSelect(select, {
    allowEmptyOption: false,
    maxOptions: null,
    highlight: false,
    hidePlaceholder: true,
    placeholder: say(form, "search"),
    searchField: ["text"],
    // The order of the list is its own: an official list is not sorted by how well it fits.
    sortField: [{ field: "$order" }, { field: "$score" }],
    onInitialize() {
      for (const part of [this.control_input, this.dropdown_content]) {
        part.setAttribute("aria-label", label);
        if (select.dataset.label) part.dataset.label = select.dataset.label;
      }
      for (const name of ["aria-describedby", "aria-invalid"]) {
        if (select.hasAttribute(name)) this.control_input.setAttribute(name, select.getAttribute(name));
      }
      // The list itself stays for the form to send; the search field speaks for it.
      select.setAttribute("aria-hidden", "true");
      // Who types and presses Enter means what was typed, not what the list still shows.
      const catchUp = (event) => event.key === "Enter" && this.refreshOptions(this.isOpen);
      this.control_input.addEventListener("keydown", catchUp, { capture: true });
    },
    render: {
      no_results: () => {
        const none = document.createElement("div");
        none.className = "no-results";
        none.setAttribute("role", "option");
        none.setAttribute("aria-disabled", "true");
        none.textContent = say(form, "found-none");
        return none;
      },
    },
  });
}

/** Make every long list of a form searchable that is not so yet. */
export async function makeSearchable(form) {
  const plain = [...form.querySelectorAll("select[data-searched]")].filter((one) => !one.tomselect);
  if (!plain.length) return;
  const TomSelect = await load();
  for (const select of plain) if (!select.tomselect && select.isConnected) upgrade(TomSelect, form, select);
}

/** Set a control to a value, whatever stands in its place on the page. */
export function set(control, value) {
  control.value = value;
  control.tomselect?.sync();
}

/** Empty a control. */
export function empty(control) {
  set(control, "");
}

/** Let go of the searchable lists of a row that goes away. */
export function forgetChoosing(row) {
  for (const select of row.querySelectorAll("select[data-searched]")) select.tomselect?.destroy();
}
