// Brings a page the scripts that it has a use for.
const uses = { "form[data-form]": "./forms.js", "[data-deadline]": "./countdown.js" };

// A list of errors is what somebody has to hear first; inside a form of questions forms.js sees to it.
document.querySelector("[data-error-summary]:not(form[data-form] *)")?.focus();

for (const [selector, script] of Object.entries(uses)) if (document.querySelector(selector)) import(script);
