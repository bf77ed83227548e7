/* Asks again how far the opening of the bids has come, and says so.
   Without this script the page's own link does the same. */

const ASK_AFTER = 3000; // opening some envelopes takes about as long

async function ask() {
  const shown = document.querySelector("[data-opening]");
  let page;
  try {
    const response = await fetch(location.href, {
      redirect: "error", // a sign-in that has become old must not look like an opening
    });
    if (!response.ok) return;
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return; // the link stays
  }
  const found = page.querySelector("[data-opening]");
  if (!found) {
    location.reload(); // all are opened: show the page that says so
    return;
  }
  const state = shown.querySelector("[data-progress]");
  const now = found.querySelector("[data-progress]").textContent;
  // A screen reader hears it only when it has changed.
  if (state.textContent !== now) state.textContent = now;
  setTimeout(ask, ASK_AFTER);
}

setTimeout(ask, ASK_AFTER);
