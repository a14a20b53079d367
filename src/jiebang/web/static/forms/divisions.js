// 行政区划: offers the codes in use while one types, and says what a code is called.
const LIST = "divisions";
let names = null;

async function load() {
  names ??= fetch(new URL("../vendor/divisions.json", import.meta.url)).then((answer) => answer.json());
  return names;
}

/** Put the list into the page and at every field of a form that asks for a code. */
async function offer(form) {
  const known = await load();
  if (!document.getElementById(LIST)) {
    const list = document.createElement("datalist");
    list.id = LIST;
    for (const [code, name] of Object.entries(known)) list.append(new Option(name, code));
    document.body.append(list);
  }
  for (const input of form.querySelectorAll("input[data-division]")) input.setAttribute("list", LIST);
}

/** Follow the fields of a form that ask for the code of a division. */
export function followDivisions(form) {
  form.addEventListener("focusin", ({ target }) => {
    if ("division" in target.dataset && !target.list) offer(form);
  });
  form.addEventListener("input", async ({ target }) => {
    if (!("division" in target.dataset)) return;
    const known = await load();
    target.parentElement.querySelector("output").textContent = known[target.value.trim()] ?? "";
  });
}
