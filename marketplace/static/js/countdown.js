/* Counts on how long is left, from the server's instant that the page was made with. The device's
   clock may be wrong by minutes: only how much time passes is taken from it, never its reading.
   Without this script the page says what was left when it was made. */

const MINUTE = 60_000;
const LAST = 10 * MINUTE; // from here on seconds are shown, and what counts is said

/* The instant of the request: the page was made later, so this never promises more than there is. */
const asked = performance.getEntriesByType("navigation")[0]?.requestStart ?? 0;
const dateAtStart = Date.now() - performance.now() + asked;
let slept = false;

/* A device that slept may have stopped one clock, so then the one that moved further counts. */
function passed() {
  const counted = performance.now() - asked;
  return slept ? Math.max(counted, Date.now() - dateAtStart) : counted;
}

function named(number, unit) {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

/* As `time_left` of marketplace/core/dates.py says it, with seconds in the last minutes. */
export function words(left) {
  const seconds = Math.floor(left / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days >= 7) return named(days, "day");
  let pair = [[minutes, "minute"], [seconds % 60, "second"]];
  if (left > LAST) pair = [[hours, "hour"], [minutes % 60, "minute"]];
  if (days) pair = [[days, "day"], [hours % 24, "hour"]];
  const said = pair.filter(([number]) => number).map(([number, unit]) => named(number, unit));
  return said.join(" and ") || "less than a second";
}

function count(shown) {
  const scope = shown.parentElement;
  const last = scope.querySelector("[data-countdown-last]");
  const say = (template) => {
    const text = scope.querySelector(template)?.content.textContent.trim();
    // A screen reader hears it once, when it changes.
    if (!last || last.textContent.trim() === text) return;
    last.textContent = text;
  };
  const show = () => {
    const left = Number(shown.dataset.closes) - Number(shown.dataset.now) - passed();
    if (left <= 0) {
      shown.textContent = shown.dataset.closed;
      say("[data-countdown-over]");
      return;
    }
    const text = shown.dataset.text.replace("{left}", words(left));
    if (shown.textContent !== text) shown.textContent = text;
    if (left <= LAST) say("[data-countdown-words]");
    setTimeout(show, left <= LAST + MINUTE ? 1000 : MINUTE / 2);
  };
  document.addEventListener("visibilitychange", () => {
    slept = true;
  });
  show();
}

document.querySelectorAll("[data-countdown]").forEach(count);
