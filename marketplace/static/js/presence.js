/* Says that this page is open, and shows who else has it open. Without this script a page shows who
   had it open when it was loaded. */

const EVERY = 60000; // a browser that is silent for three of these has gone

const place = document.querySelector("[data-presence]");
const told = place?.querySelector("[data-presence-told]");
const who = place?.querySelector("[data-presence-who]");

function message(more = {}) {
  const body = new FormData();
  const sent = { token: place.dataset.presence, ...more };
  sent.csrf_token = document.querySelector("[name=csrf_token]").value;
  for (const [name, value] of Object.entries(sent)) body.set(name, value);
  return { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" };
}

async function meet() {
  if (document.hidden) return; // who does not look at the page does not write there
  try {
    const response = await fetch(place.dataset.presenceAt, message());
    if (!response.ok) return;
    const { present } = await response.json();
    const words = present.join(" ");
    told.hidden = present.length === 0;
    if (who.textContent !== words) who.textContent = words;
  } catch {
    // Without a connection nobody knows; what was last heard stays.
  }
}

if (place) {
  meet();
  setTimeout(meet, 4000); // after a reload the page before may say late that it was left
  setInterval(meet, EVERY);
  document.addEventListener("visibilitychange", meet);
  addEventListener("pagehide", () => {
    fetch(place.dataset.presenceAt, { ...message({ left: "1" }), keepalive: true }).catch(() => {});
  });
}
