// Lets the time until a deadline run down, by the clock of the server. Without it the page says what was
// left when it was sent.
const SECONDS = { day: 86400, hour: 3600, minute: 60, second: 1 };

/** The two greatest units of a span of seconds, in the words of the page. */
function said(place, left, units) {
  const from = units.findIndex((unit) => left >= SECONDS[unit]);
  const shown = units.slice(from < 0 ? -1 : from).slice(0, 2);
  const parts = shown.map((unit, at) => {
    const whole = at === 0 ? left : left % SECONDS[shown[at - 1]];
    const number = Math.floor(whole / SECONDS[unit]);
    return (place.dataset[number === 1 ? unit : `${unit}s`] ?? "").replace("{n}", String(number));
  });
  return place.dataset.left.replace("{time}", parts.join(place.dataset.join));
}

function start(place) {
  const [shown, announced] = ["shown", "said"].map((name) => place.querySelector(`[data-countdown-${name}]`));
  // The server's clock at the moment the page was made; the visitor's own may be wrong, or be set meanwhile.
  const left = (Date.parse(place.dataset.deadline) - Date.parse(place.dataset.now)) / 1000;
  const begun = performance.now();
  let last = shown.textContent;

  function tick() {
    const now = Math.ceil(left - (performance.now() - begun) / 1000);
    if (now <= 0) {
      shown.textContent = place.dataset.over;
      announced.textContent = place.dataset.over;
      place.classList.add("countdown--over");
      return;
    }
    shown.textContent = said(place, now, ["day", "hour", "minute", "second"]);
    // Said aloud when the time in whole minutes (hours, while days are left) reads otherwise, not each second.
    const spoken = said(place, now, ["day", "hour", "minute"]);
    if (spoken !== last) announced.textContent = spoken;
    last = spoken;
    setTimeout(tick, 1000);
  }

  last = said(place, Math.ceil(left), ["day", "hour", "minute"]);
  tick();
}

for (const place of document.querySelectorAll("[data-deadline]")) start(place);
