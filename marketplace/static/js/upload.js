/* Sends a form that takes a file, and shows how far it is (see templates/components/uploading.html).
   Without this script, or where no file is chosen, the browser sends the same form itself. */
import { initAll } from "../govuk/govuk-frontend.min.js";

const SAY_EACH = 25; // per cent: a screen reader hears four steps and not a hundred

/* Shows what the server says to a form that it refused, where its page would have been. */
function showInstead(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) return false;
  document.title = page.title;
  document.querySelector("main").replaceWith(main);
  initAll({ scope: main });
  followAll(main);
  scrollTo(0, 0);
  return true;
}

function follow(place, form) {
  const words = place.dataset;
  const said = place.querySelector("[data-upload-said]");
  const shown = place.querySelector("[data-upload-bar]");
  const bar = place.querySelector("progress");
  const cancel = place.querySelector("[data-upload-cancel]");
  const chosen = form.querySelector("input[type=file]");
  let request = null;

  function say(message, wrong = false) {
    said.className = wrong ? "govuk-error-message" : "govuk-hint";
    said.textContent = message;
  }

  function stop(message) {
    request = null;
    shown.hidden = true;
    say(message, true);
    chosen.focus();
  }

  function progressed(event) {
    const percent = Math.floor((100 * event.loaded) / event.total);
    const step = percent - (percent % SAY_EACH);
    // All of it being sent is told when it is: from then on nothing can be called back.
    if (step > bar.value - (bar.value % SAY_EACH) && step < 100)
      say(words.textSent.replace("{percent}", step));
    bar.value = percent;
  }

  function answered() {
    const isNext = request.getResponseHeader("Content-Type")?.startsWith("application/json");
    if (isNext) location.assign(JSON.parse(request.responseText).next);
    else if (!showInstead(request.responseText)) stop(words.textFailed);
  }

  function send(data) {
    request = new XMLHttpRequest();
    request.upload.addEventListener("progress", progressed);
    request.upload.addEventListener("load", () => {
      cancel.hidden = true;
      say(words.textChecking);
    });
    request.addEventListener("load", answered);
    request.addEventListener("error", () => stop(words.textFailed));
    request.addEventListener("abort", () => stop(words.textCancelled));
    request.open("POST", form.getAttribute("action") || location.href);
    request.setRequestHeader("X-Requested-With", "upload");
    bar.value = 0;
    shown.hidden = cancel.hidden = false;
    say(words.textSending);
    request.send(data);
  }

  form.addEventListener("submit", (event) => {
    const [file] = chosen.files;
    if (event.defaultPrevented || !file) return;
    event.preventDefault();
    if (request) return; // pressed twice
    if (file.size > Number(words.most)) {
      say(words.textLarge, true);
      chosen.focus();
    } else send(new FormData(form, event.submitter));
  });
  cancel.addEventListener("click", () => request?.abort());
}

function followAll(within) {
  for (const place of within.querySelectorAll("[data-upload]")) follow(place, place.closest("form"));
}

followAll(document);
